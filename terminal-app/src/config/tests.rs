use std::path::{Path, PathBuf};

use super::{Config, ConfigError, Parity, ScannerProtocol};

mod numbers;
mod table;

const WHOLE: &str = r#"
[shop]
id = "dorpsstraat"
name = "De Wollen Draad"
address = ["Dorpsstraat 1", "1234 AB Ons Dorp"]
kvk = "12345678"
vat_id = "NL001234567B01"
time_zone = "Europe/Amsterdam"

[till]
name = "Kassa 1"
cashier = "Anna"

[store]
path = "data/till.db"

[screen]
listen = "127.0.0.1:7071"

[[scanner]]
port = "dev/scanner"
baud = 115200
data_bits = 7
parity = "even"
stop_bits = 1
protocol = "ssi"

[[scanner]]
port = "/dev/serial/by-id/second"

[printer]
port = "dev/printer"
baud = 19200
profile = "epson-58"

[loyalty]
card_prefixes = ["261", "262"]

[cash]
rounding = false

[server]
url = "http://127.0.0.1:8080/"

[sync]
night = "23:30-04:00"
"#;

const FILE: &str = "/etc/klantreis/till.toml";

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(Path::new(FILE), text)
}

#[test]
fn every_key_of_the_settings_is_read() {
    let config = parse(WHOLE).unwrap();
    assert_eq!(config.shop.id, "dorpsstraat");
    assert_eq!(config.shop.address.len(), 2);
    assert_eq!(config.till.cashier.as_deref(), Some("Anna"));
    assert_eq!(config.store, PathBuf::from("/etc/klantreis/data/till.db"));
    assert_eq!(config.screen.listen.to_string(), "127.0.0.1:7071");
    let scanner = &config.scanners[0];
    assert_eq!(
        scanner.serial.port,
        PathBuf::from("/etc/klantreis/dev/scanner")
    );
    assert_eq!(
        (scanner.serial.baud, scanner.serial.data_bits),
        (115_200, 7)
    );
    assert_eq!(scanner.serial.parity, Parity::Even);
    assert_eq!(scanner.protocol, ScannerProtocol::Ssi);
    assert_eq!(
        config.scanners[1].serial.port,
        PathBuf::from("/dev/serial/by-id/second")
    );
    assert_eq!(config.printer.unwrap().profile.name, "epson-58");
    assert_eq!(config.card_prefixes, ["261", "262"]);
    assert!(!config.cash_rounding);
    assert_eq!(config.server.unwrap().url, "http://127.0.0.1:8080");
    assert_eq!(config.night.from.to_string(), "23:30:00");
}

#[test]
fn a_small_file_has_sensible_defaults() {
    let config = parse("[shop]\nid = \"x\"\nname = \"X\"\n[till]\nname = \"K\"\n").unwrap();
    assert_eq!(config.screen.listen.to_string(), "127.0.0.1:7070");
    assert_eq!(config.card_prefixes, ["261"]);
    assert_eq!(config.shop.time_zone, chrono_tz::Europe::Amsterdam);
    assert!(config.cash_rounding && config.server.is_none() && config.printer.is_none());
    assert_eq!(config.night.to.to_string(), "05:00:00");
}

/// Replaces one line of the whole file and says which line is blamed, and for what.
#[track_caller]
fn blames(original: &str, replacement: &str, in_reason: &str, in_cure: &str) {
    assert!(WHOLE.contains(original), "{original}");
    let text = WHOLE.replacen(original, replacement, 1);
    let error = parse(&text).unwrap_err();
    let line = text.lines().position(|l| l.contains(replacement)).unwrap() + 1;
    assert_eq!(error.line, Some(line), "{error} ({replacement})");
    assert!(error.reason.contains(in_reason), "{}", error.reason);
    assert!(error.cure.contains(in_cure), "{}", error.cure);
}

#[test]
fn brackets_and_letters_are_explained() {
    let one = "[shop]\nid = \"dorp\"\nname = \"De Draad\"\n[till]\nname = \"Kassa 1\"\n[scanner]\nport = \"s\"\n";
    let error = parse(one).unwrap_err();
    assert_eq!(error.line, Some(6), "{error}");
    assert!(error.reason.contains("only one"), "{}", error.reason);
    assert!(error.cure.contains("[[scanner]]"), "{}", error.cure);
    blames(
        "[printer]",
        "[[printer]]",
        "more than one",
        "write [printer]",
    );
    blames(
        "night = \"23:30-04:00\"",
        "night = \"25:00-26:00\"",
        "25:00-26:00",
        "from 00:00 to 23:59",
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), b"[shop]\nid = \"dorp\"\nname = \"Caf\xe9\"\n").unwrap();
    let error = Config::load(file.path()).unwrap_err();
    assert_eq!(error.line, Some(3), "{error}");
    assert!(error.cure.contains("UTF-8"), "{}", error.cure);
}

#[test]
fn what_must_be_a_list_is_shown_as_one() {
    blames(
        "address = [\"Dorpsstraat 1\", \"1234 AB Ons Dorp\"]",
        "address = \"Dorpsstraat 1\"",
        "`address` must be a list in [brackets]",
        "[\"one\", \"two\"]",
    );
}

#[test]
fn what_is_wrong_is_said_with_line_reason_and_cure() {
    blames(
        "baud = 115200",
        "bauds = 115200",
        "no setting `bauds`",
        "did you mean `baud`",
    );
    blames("baud = 115200", "baud = 9601", "9601", "9600");
    blames(
        "baud = 115200",
        "baud = \"fast\"",
        "`baud` must be a whole number, and \"fast\" is a text",
        "quotes",
    );
    blames(
        "rounding = false",
        "rounding = 1",
        "`rounding` must be true or false, and 1 is a whole number",
        "quotes",
    );
    blames(
        "kvk = \"12345678\"",
        "kvk = 12345678",
        "`kvk` must be a text in \"quotes\"",
        "quotes",
    );
    blames(
        "kvk = \"12345678\"",
        "kvk = \"8123\"",
        "`kvk` cannot be \"8123\"",
        "8 digits",
    );
    blames("\"12345678\"", "\"1234567x\"", "1234567x", "8 digits");
    blames("data_bits = 7", "data_bits = 9", "data_bits", "8");
    blames("parity = \"even\"", "parity = \"mark\"", "mark", "\"odd\"");
    blames(
        "card_prefixes = [\"261\", \"262\"]",
        "card_prefixes = []",
        "no number would be a loyalty card",
        "leave the line out",
    );
    blames(
        "protocol = \"ssi\"",
        "protocol = \"usb\"",
        "usb",
        "\"plain\"",
    );
    blames(
        "profile = \"epson-58\"",
        "profile = \"star\"",
        "star",
        "epson-80",
    );
    blames(
        "port = \"dev/printer\"",
        "port = \"/tmp\"",
        "not a serial port",
        "/dev/",
    );
    blames(
        "port = \"dev/printer\"",
        "port = \"COM3\"",
        "no port of Linux",
        "/dev/",
    );
    blames(
        "port = \"dev/printer\"",
        "port = \"\" # none",
        "empty",
        "port",
    );
    blames(
        "port = \"dev/printer\"",
        "port = \"dev/scanner\" # twice",
        "in use already, in line 21",
        "of its own",
    );
    blames(
        "Europe/Amsterdam",
        "Europe/Utrecht",
        "Utrecht",
        "Europe/Amsterdam",
    );
    blames("[\"261\", \"262\"]", "[\"261\", \"26x\"]", "26x", "digits");
    blames("127.0.0.1:7071", "127.0.0.1:99999", "99999", "65535");
    blames("23:30-04:00", "23:30", "night", "02:00-05:00");
    blames("23:30-04:00", "04:00-04:00", "night", "different");
    blames(
        "http://127.0.0.1:8080/",
        "http://kantoor.example/",
        "in the clear",
        "https://",
    );
    blames(
        "http://127.0.0.1:8080/",
        "kantoor.example",
        "url",
        "https://",
    );
    blames("[cash]", "[kas]", "no setting `kas`", "`cash`");
    blames("rounding = false", "rounding = ", "", "TOML");
}

#[test]
fn a_missing_setting_is_named() {
    let missing = |text: &str, reason: &str, cure: &str| {
        let error = parse(text).unwrap_err();
        assert!(error.reason.ends_with(reason), "{text}: {error}");
        assert!(error.cure.contains(cure), "{}", error.cure);
        assert!(error.cure.contains("README.md"), "{}", error.cure);
    };
    missing(
        "[shop]\nid = \"x\"\n[till]\nname = \"K\"\n",
        "`name` is missing in [shop]",
        "under [shop]",
    );
    missing(
        "[shop]\nid = \"x\"\nname = \"X\"\n\n[till]\n[cash]\nrounding = true\n",
        "`name` is missing in [till]",
        "under [till]",
    );
    missing(
        &format!("{ON_HUB}[[scanner]] # the first\nbaud = 9600\n"),
        "`port` is missing in [[scanner]]",
        "under [[scanner]]",
    );
    missing(
        "[till]\nname = \"K\"\n",
        "the section [shop] is missing",
        "add [shop]",
    );
    missing(
        "[shop]\nid = \"x\"\nname = \"X\"\n",
        "the section [till] is missing",
        "add [till]",
    );
}

#[test]
fn a_wrong_key_is_answered_with_the_keys_of_its_own_section() {
    let offers = |section: &str| {
        let lines = format!("{section}\nport = \"dev/x\"\ncolour = \"red\"\n");
        let error = with(&lines).unwrap_err();
        assert_eq!(error.line, Some(8), "{error}");
        error.cure
    };
    let printer = offers("[printer]");
    assert!(printer.contains("`profile`"), "{printer}");
    assert!(!printer.contains("`protocol`"), "{printer}");
    let scanner = offers("[[scanner]]");
    assert!(scanner.contains("`protocol`"), "{scanner}");
    assert!(!scanner.contains("`profile`"), "{scanner}");
}

#[test]
fn a_receipt_needs_no_number_of_the_chamber_of_commerce() {
    assert_eq!(with("").unwrap().shop.kvk, "");
    let empty = parse(&WHOLE.replace("\"12345678\"", "\"\"")).unwrap();
    assert_eq!(empty.shop.kvk, "");
    let spaced = parse(&WHOLE.replace("\"12345678\"", "\" 12345678 \"")).unwrap();
    assert_eq!(spaced.shop.kvk, "12345678");
}

const ON_HUB: &str = "[shop]\nid = \"a\"\nname = \"A\"\n[till]\nname = \"K\"\n";

/// The settings of a till with these further lines: 6 is the first of them.
fn with(lines: &str) -> Result<Config, ConfigError> {
    parse(&format!("{ON_HUB}{lines}"))
}

#[test]
fn a_hub_carries_printer_and_drawer_unless_it_is_said_otherwise() {
    let hub = |lines: &str| {
        let config = with(lines).unwrap();
        let hub = config.hub.clone().unwrap();
        let printer = hub.printer.map(|profile| profile.name);
        (
            hub.serial.baud,
            printer,
            hub.drawer,
            config.paper().is_some(),
        )
    };
    assert_eq!(
        hub("[hub]\nport = \"dev/hub\"\n"),
        (115_200, Some("epson-80"), true, true)
    );
    assert_eq!(
        hub(
            "[hub]\nport = \"dev/hub\"\nbaud = 57600\nprofile = \"generic-58\"\ndrawer = false\n[drawer]\npin = 5\n"
        ),
        (57_600, Some("generic-58"), false, true)
    );
    assert_eq!(
        hub("[hub]\nport = \"dev/hub\"\nprinter = false\n"),
        (115_200, None, true, false)
    );
    // A printer of its own beside the hub.
    assert_eq!(
        hub("[hub]\nport = \"dev/hub\"\n[printer]\nport = \"dev/printer\"\n"),
        (115_200, None, true, true)
    );
}

#[test]
fn what_cannot_hang_on_a_hub_is_said_with_line_and_cure() {
    let wrong = |lines: &str, line: usize, reason: &str, cure: &str| {
        let error = with(lines).unwrap_err();
        assert_eq!(error.line, Some(line), "{error}");
        assert!(error.reason.contains(reason), "{error}");
        assert!(error.cure.contains(cure), "{}", error.cure);
    };
    wrong(
        "[hub]\nport = \"dev/hub\"\nprinter = true\n[printer]\nport = \"dev/printer\"\n",
        8,
        "on the hub and on a port of its own",
        "remove `printer = true`",
    );
    wrong(
        "[hub]\nport = \"dev/hub\"\nprinter = false\nprofile = \"epson-58\"\n",
        9,
        "none hangs there",
        "move it to [printer]",
    );
    wrong(
        "[hub]\nport = \"dev/hub\"\nprofile = \"epson-99\"\n",
        8,
        "no printer profile",
        "epson-80",
    );
    wrong(
        "[hub]\nport = \"dev/hub\"\n[drawer]\npulse_ms = 100\n",
        9,
        "the drawer hangs on the hub",
        "drawer = false",
    );
    wrong(
        "[hub]\nport = \"dev/hub\"\nbaud = 1\n",
        8,
        "`baud` cannot be 1",
        "115200",
    );
    wrong(
        "[hub]\nport = \"dev/hub\"\n[[scanner]]\nport = \"dev/hub\"\n",
        7,
        "in use already, in line 9",
        "a port of its own",
    );
    wrong(
        "[hub]\nport = \"dev/hub\"\nprofil = \"epson-80\"\n",
        8,
        "no setting `profil`",
        "`profile`",
    );
}
