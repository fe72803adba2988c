//! The commands of the till as a user meets them: real processes on real files.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails where it stands"
)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use assert_cmd::Command;
use chrono::DateTime;
use ed25519_dalek::SigningKey;
use retail::ids::{OrgId, TillId};
use retail::wire::EnrolAnswer;
use tempfile::TempDir;
use terminal_app::store::Store;

const SETTINGS: &str =
    "[shop]\nid = \"dorp\"\nname = \"De Wollen Draad\"\n[till]\nname = \"Kassa 1\"\n";

/// A folder with settings in it.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("till.toml"), SETTINGS).unwrap();
    folder
}

fn till(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_terminal-app"));
    command.current_dir(folder);
    command
}

/// Runs a command and says `(exit code, standard output, standard error)`.
#[track_caller]
fn run(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn enrolled(folder: &Path) {
    let mut store = Store::open(&folder.join("till.db")).unwrap();
    let answer = EnrolAnswer {
        org: OrgId([1; 16]),
        shop: "dorp".to_owned(),
        shop_name: "De Wollen Draad".to_owned(),
        time_zone: "Europe/Amsterdam".to_owned(),
        till: TillId::new(3).unwrap(),
        directory_key: "02".repeat(32),
    };
    let at = DateTime::parse_from_rfc3339("2026-11-21T14:03:00+01:00").unwrap();
    store
        .enrol(&answer, &SigningKey::from_bytes(&[4; 32]), at)
        .unwrap();
}

#[test]
fn wrong_usage_is_2_and_help_has_examples() {
    let folder = folder();
    let (code, _, err) = run(till(folder.path()).arg("sell"));
    assert_eq!(code, 2);
    assert!(err.contains("Usage"));
    let (code, out, _) = run(till(folder.path()).args(["cashier", "add", "--help"]));
    assert_eq!(code, 0);
    assert!(out.contains("Example"));
}

#[test]
fn wrong_settings_are_said_with_line_reason_and_cure() {
    let folder = folder();
    let wrong = format!("{SETTINGS}[[scanner]]\nport = \"/dev/ttyS0\"\nboud = 9600\n");
    std::fs::write(folder.path().join("till.toml"), wrong).unwrap();
    let (code, out, err) = run(till(folder.path()).arg("run"));
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        err.contains("line 8") && err.contains("no setting `boud`"),
        "{err}"
    );
    assert!(err.contains("did you mean `baud`"), "{err}");
}

#[test]
fn settings_can_stand_elsewhere_and_paths_are_relative_to_them() {
    let folder = TempDir::new().unwrap();
    let inner = folder.path().join("etc");
    std::fs::create_dir(&inner).unwrap();
    std::fs::write(
        inner.join("kassa.toml"),
        format!("{SETTINGS}[store]\npath = \"data/t.db\"\n"),
    )
    .unwrap();
    let mut command = till(folder.path());
    command.args([
        "cashier",
        "add",
        "--name",
        "Anna",
        "--pin-stdin",
        "--config",
        "etc/kassa.toml",
    ]);
    let (code, out, err) = run(command.write_stdin("4821\n"));
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, "cashier 1: Anna\n");
    assert!(inner.join("data/t.db").exists());
}

#[test]
fn bad_rows_go_to_a_rejects_file_and_the_rest_goes_in() {
    let folder = folder();
    let csv = "gtin,name,price_cents,vat_percent,category\n\
               8712345678906,T-shirt,1999,21,Kleding\n\
               8712345678907,Fout,1,21,\n\
               5901234123457,Thee,\"2,98\",9,\n";
    std::fs::write(folder.path().join("a.csv"), csv).unwrap();
    let (code, out, err) = run(till(folder.path()).args(["articles", "import", "a.csv"]));
    assert_eq!(code, 0, "{err}");
    assert_eq!(out, "1 new, 0 changed, 0 unchanged, 2 rejected\n");
    let rejects = std::fs::read_to_string(folder.path().join("a.csv.rejects.csv")).unwrap();
    assert!(
        rejects.contains("3,") && rejects.contains("check digit"),
        "{rejects}"
    );
    let (_, out, _) = run(till(folder.path()).args(["articles", "import", "a.csv"]));
    assert_eq!(out, "0 new, 0 changed, 1 unchanged, 2 rejected\n");
    std::fs::write(folder.path().join("b.csv"), "a,b\n1,2\n").unwrap();
    let (code, _, err) = run(till(folder.path()).args(["articles", "import", "b.csv"]));
    assert_eq!(code, 1);
    assert!(err.contains("no column `gtin`"), "{err}");
}

#[test]
fn a_stray_quote_or_a_foreign_letter_spoils_its_own_row_only() {
    let folder = folder();
    let mut csv = b"gtin,name,price_cents,vat_percent,category\r\n".to_vec();
    csv.extend_from_slice(b"8712345678906,\"Trui rood,4995,21,Truien\r\n");
    csv.extend_from_slice(b"5901234123457,\"Thee, groen\",298,9,\r\n\r\n");
    csv.extend_from_slice(b"4006381333931,Caf\xe9,100,9,\r\n");
    csv.extend_from_slice(b"9780306406157,Boek,100,9,");
    std::fs::write(folder.path().join("a.csv"), csv).unwrap();
    let (code, out, err) = run(till(folder.path()).args(["articles", "import", "a.csv"]));
    assert_eq!(code, 0, "{err}");
    assert_eq!(out, "2 new, 0 changed, 0 unchanged, 2 rejected\n");
    let rejects = std::fs::read_to_string(folder.path().join("a.csv.rejects.csv")).unwrap();
    assert!(rejects.contains("\n2,the row is too short,"), "{rejects}");
    assert!(rejects.contains("\n5,not UTF-8,"), "{rejects}");
    // What is no such file at all is said with what to do about it.
    for wrong in [b"".as_slice(), b"\xff\xfe\x00a", b"a,b\n1,2\n"] {
        std::fs::write(folder.path().join("b.csv"), wrong).unwrap();
        let (code, _, err) = run(till(folder.path()).args(["articles", "import", "b.csv"]));
        assert_eq!(code, 1);
        assert!(err.contains("save it as CSV in UTF-8"), "{err}");
    }
}

#[test]
fn a_pin_that_is_none_is_refused() {
    let folder = folder();
    let mut command = till(folder.path());
    command.args(["cashier", "add", "--name", "Anna", "--pin-stdin"]);
    let (code, _, err) = run(command.write_stdin("12\n"));
    assert_eq!(code, 1);
    assert!(
        err.contains("4 to 8 digits") && err.contains("hint"),
        "{err}"
    );
}

fn add(folder: &Path, name: &str, pin: &str) {
    let mut command = till(folder);
    command.args(["cashier", "add", "--name", name, "--pin-stdin"]);
    let (code, _, err) = run(command.write_stdin(pin));
    assert_eq!((code, err.as_str()), (0, ""));
}

#[test]
fn cashiers_are_listed_and_taken_away() {
    let folder = folder();
    let dir = folder.path();
    let (code, out, err) = run(till(dir).args(["cashier", "list"]));
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(err.contains("no cashier yet"), "{err}");
    add(dir, "Anna", "4821");
    add(dir, "Bram", "2222");
    let (_, out, _) = run(till(dir).args(["cashier", "list"]));
    assert_eq!(out, "cashier 1: Anna\ncashier 2: Bram\n");

    let (code, out, err) = run(till(dir).args(["cashier", "remove", "--name", "Bram"]));
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (0, "removed cashier 2: Bram\n", "")
    );
    let (code, _, err) = run(till(dir).args(["cashier", "remove", "--name", "Bram"]));
    assert_eq!(code, 1);
    assert!(
        err.contains("no cashier \"Bram\"") && err.contains("cashier list"),
        "{err}"
    );
    let (_, out, _) = run(till(dir).args(["cashier", "list"]));
    assert!(out.contains("cashier 2: Bram (removed "), "{out}");
    // His number stays his; the last one may go, and the owner hears what that means.
    add(dir, "Cleo", "2222");
    run(till(dir).args(["cashier", "remove", "--name", "Cleo"]));
    let (code, out, err) = run(till(dir).args(["cashier", "remove", "--name", "Anna"]));
    assert_eq!((code, out.as_str()), (0, "removed cashier 1: Anna\n"));
    assert!(err.contains("nobody can log in any more"), "{err}");

    // Who is logged in by the settings would come back by himself.
    add(dir, "Dirk", "4444");
    std::fs::write(
        dir.join("till.toml"),
        format!("{SETTINGS}cashier = \"Dirk\"\n"),
    )
    .unwrap();
    let (code, _, err) = run(till(dir).args(["cashier", "remove", "--name", "Dirk"]));
    assert_eq!(code, 1);
    assert!(
        err.contains("always logged in") && err.contains("[till] cashier"),
        "{err}"
    );
    let (_, out, _) = run(till(dir).args(["cashier", "list"]));
    assert!(
        out.contains("cashier 4: Dirk (logged in from the start"),
        "{out}"
    );
}

/// A till at work, ended with the test.
struct Running {
    process: Child,
    /// The address of its screen.
    url: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let ended = self.process.kill().and_then(|()| self.process.wait());
        assert!(ended.is_ok() || std::thread::panicking(), "{ended:?}");
    }
}

impl Running {
    fn start(folder: &Path) -> Self {
        let mut process = std::process::Command::new(env!("CARGO_BIN_EXE_terminal-app"))
            .arg("run")
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut first)
            .unwrap();
        let url = first.trim().rsplit_once(' ').unwrap().1.to_owned();
        Self { process, url }
    }

    fn get(&self, path: &str) -> String {
        let answer = ureq::get(format!("{}{path}", self.url)).call();
        answer.unwrap().body_mut().read_to_string().unwrap()
    }

    fn press(&self, action: &serde_json::Value) {
        let page = self.get("");
        let (_, token) = page.split_once("name=\"token\" content=\"").unwrap();
        let token = token.split('"').next().unwrap();
        ureq::post(format!("{}action", self.url))
            .header("x-klantreis-token", token)
            .header("origin", self.url.trim_end_matches('/'))
            .content_type("application/json")
            .send(serde_json::json!({"id": "a-1", "action": action}).to_string())
            .unwrap();
    }

    /// The first state that is so.
    #[track_caller]
    fn wait(&self, is_so: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
        let state =
            |path: &str| serde_json::from_str::<serde_json::Value>(&self.get(path)).unwrap();
        let mut now = state("state");
        for _ in 0..20 {
            if is_so(&now) {
                break;
            }
            // Answered with the next state, or after a long wait with the same.
            now = state(&format!("state?after={}", now["rev"]));
        }
        assert!(is_so(&now), "never so: {now}");
        now
    }
}

#[test]
fn a_running_till_hears_who_was_taken_away() {
    let folder = folder();
    let dir = folder.path();
    std::fs::write(
        dir.join("till.toml"),
        format!("{SETTINGS}[screen]\nlisten = \"127.0.0.1:0\"\n"),
    )
    .unwrap();
    enrolled(dir);
    add(dir, "Anna", "4821");
    let running = Running::start(dir);
    running.press(&serde_json::json!({"do": "login", "pin": "4821"}));
    running.wait(|state| state["cashier"]["name"] == "Anna");
    let (code, _, err) = run(till(dir).args(["cashier", "remove", "--name", "Anna"]));
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("he is logged in"), "{err}");
    let state = running.wait(|state| state["cashier"].is_null());
    assert_eq!(state["notice"]["notice"], "cashier_removed");
    assert_eq!(state["cashiers"], serde_json::json!([]));
}

#[test]
fn scans_are_explained_line_by_line() {
    let folder = folder();
    let mut command = till(folder.path());
    command.args(["barcode", "--json"]);
    let (code, out, _) =
        run(command.write_stdin("8712345678906\n8712345678907\n\\x41\\\\\nKLR-QTY-4"));
    assert_eq!(code, 0);
    let lines: Vec<serde_json::Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let kinds: Vec<_> = lines
        .iter()
        .map(|line| line["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["article", "invalid", "unknown", "command"]);
    assert!(lines[1]["reason"].is_string());
}

#[test]
fn one_line_in_is_one_object_out_however_long() {
    let folder = folder();
    let mut command = till(folder.path());
    command.args(["barcode", "--json"]);
    let long = "9".repeat(2_000_000);
    let exact = "9".repeat(64 * 1024 - 1);
    let (code, out, _) = run(command.write_stdin(format!("{long}\n{exact}\nKLR-QTY-4\n{long}")));
    assert_eq!(code, 0);
    let kinds: Vec<String> = out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| {
            line["reason"]
                .as_str()
                .or(line["kind"].as_str())
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(kinds, ["too_long", "too_long", "command", "too_long"]);
}

#[test]
fn a_journal_behind_its_marker_is_not_called_right() {
    let folder = folder();
    enrolled(folder.path());
    let path = folder.path().join("till.db");
    let head = Store::open(&path).unwrap().head().unwrap().unwrap();
    let further = retail::wire::Head {
        seq: head.seq + 2,
        ..head
    };
    terminal_app::store::Marker::of(&path)
        .write(further)
        .unwrap();
    let (code, out, err) = run(till(folder.path()).args(["journal", "verify"]));
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        err.contains("events 2 to 3 of epoch 1") && err.contains("hint"),
        "{err}"
    );
    let (code, out) = doctor(folder.path(), "");
    assert_eq!(code, 1);
    assert!(
        out.contains("!! kassaboek: het einde ontbreekt: gebeurtenissen 2 tot en met 3"),
        "{out}"
    );
}

#[test]
fn the_journal_is_exported_and_verified() {
    let folder = folder();
    let (code, _, err) = run(till(folder.path()).args(["journal", "export"]));
    assert_eq!(code, 1);
    assert!(
        err.contains("not enrolled") && err.contains("hint"),
        "{err}"
    );
    enrolled(folder.path());
    let (code, out, _) = run(till(folder.path()).args(["journal", "export"]));
    assert_eq!(code, 0);
    let line: serde_json::Value = serde_json::from_str(out.trim()).unwrap();
    assert_eq!((&line["till"], &line["seq"]), (&3.into(), &1.into()));
    assert_eq!(line["prev_hash"].as_str().unwrap(), "0".repeat(64));
    let event: serde_json::Value = serde_json::from_str(line["event"].as_str().unwrap()).unwrap();
    for key in ["v", "till", "epoch", "seq", "at", "kind"] {
        assert!(!event[key].is_null(), "{key}");
    }
    let (code, out, _) = run(till(folder.path()).args(["journal", "verify"]));
    assert_eq!(
        (code, out.contains("1 event in 1 epoch: ")),
        (0, true),
        "{out}"
    );
}

#[test]
fn a_backup_is_a_whole_till() {
    let folder = folder();
    enrolled(folder.path());
    let (code, _, err) = run(till(folder.path()).args(["backup", "copy.db"]));
    assert_eq!(code, 0, "{err}");
    let copy = Store::open(&folder.path().join("copy.db")).unwrap();
    assert_eq!(copy.identity().unwrap().till.get(), 3);
    let (code, _, err) = run(till(folder.path()).args(["backup", "copy.db"]));
    assert_eq!(code, 1);
    assert!(err.contains("exists already"), "{err}");
}

#[test]
fn sync_and_enrol_without_head_office_say_so() {
    let folder = folder();
    let (code, _, err) = run(till(folder.path()).args(["enrol", "--code", "X"]));
    assert_eq!(code, 1);
    assert!(err.contains("names no head office"), "{err}");
    enrolled(folder.path());
    // A port that nobody listens at: taken and let go of.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let settings = format!("{SETTINGS}[server]\nurl = \"http://127.0.0.1:{port}\"\n");
    std::fs::write(folder.path().join("till.toml"), settings).unwrap();
    let (code, out, err) = run(till(folder.path()).arg("sync"));
    assert_eq!(code, 1);
    assert!(out.contains("sent 0 events"), "{out}");
    assert!(
        err.contains("1 event waits on this till; nothing is lost"),
        "{err}"
    );
}

#[track_caller]
fn doctor(folder: &Path, more: &str) -> (i32, String) {
    std::fs::write(folder.join("till.toml"), format!("{SETTINGS}{more}")).unwrap();
    let (code, out, err) = run(till(folder).arg("doctor"));
    assert_eq!(err, "", "everything is said in its place");
    (code, out)
}

#[test]
fn the_doctor_finds_what_is_missing_and_says_what_to_do() {
    let folder = folder();
    let (code, out) = doctor(folder.path(), "[[scanner]]\nport = \"dev/scanner\"\n");
    assert_eq!(code, 1);
    for line in [
        "ok SQLite",
        "ok database",
        "!! aanmelding",
        "!! artikelen: 0",
        "!! kassamedewerkers: 0",
        "ok schijf",
        "!! scanner",
        "ok printer: staat niet in de instellingen",
        "ok hoofdkantoor: staat niet in de instellingen",
        "4 punten vragen aandacht.",
    ] {
        assert!(out.contains(line), "{line}: {out}");
    }
    // What is wrong has its cure right under it.
    let lines: Vec<&str> = out.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        if line.starts_with("!!") {
            assert!(lines[at + 1].starts_with("   "), "{line}: {out}");
        }
    }
}

#[test]
fn the_doctor_speaks_one_language() {
    let folder = folder();
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let more = format!(
        "[[scanner]]\nport = \"dev/scanner\"\n[printer]\nport = \"dev/printer\"\n[server]\nurl = \"http://127.0.0.1:{port}\"\n"
    );
    let (_, before) = doctor(folder.path(), &more);
    assert!(
        before.contains("!! hoofdkantoor"),
        "nobody is there: {before}"
    );
    enrolled(folder.path());
    let (_, dutch) = doctor(folder.path(), &more);
    for word in ["poort bestaat niet", "niet bereikbaar", "punten vragen"] {
        assert!(dutch.contains(word), "{word}: {dutch}");
    }
    for word in ["the ", "port does", "cannot", "check"] {
        assert!(!dutch.contains(word), "{word}: {dutch}");
    }
    let (_, english) = doctor(
        folder.path(),
        &format!("{more}[screen]\nlanguage = \"en\"\n"),
    );
    for word in ["port does not exist", "out of reach", "points need"] {
        assert!(english.contains(word), "{word}: {english}");
    }
    for word in ["poort", "kassa ", "bereikbaar", "winkel "] {
        assert!(!english.contains(word), "{word}: {english}");
    }
}

#[test]
fn the_doctor_looks_on_where_the_database_cannot_be_used() {
    let folder = folder();
    std::fs::write(
        folder.path().join("till.db"),
        "dit is geen database, al heet het zo",
    )
    .unwrap();
    let (code, out) = doctor(folder.path(), "");
    assert_eq!(code, 1);
    assert!(out.contains("!! database"), "{out}");
    assert!(out.contains("beschadigd of geen database"), "{out}");
    assert!(out.contains("ok schijf"), "{out}");
    assert!(out.contains("1 punt vraagt aandacht."), "{out}");
}

#[test]
fn the_sheet_of_command_barcodes_is_written() {
    let folder = folder();
    let (code, _, err) = run(till(folder.path()).args(["command-sheet", "sheet.html"]));
    assert_eq!(code, 0, "{err}");
    let sheet = std::fs::read_to_string(folder.path().join("sheet.html")).unwrap();
    assert!(sheet.contains("KLR-CASH"));
}

#[test]
fn the_hub_is_looked_for_and_its_image_named() {
    let folder = folder();
    let dir = folder.path();
    let (code, _, said) = run(till(dir).args(["hub", "update-info"]));
    assert_eq!(code, 1);
    assert!(
        said.contains("staat geen hub") && said.contains("[hub]"),
        "{said}"
    );
    let (code, _, _) = run(till(dir).arg("hub"));
    assert_eq!(code, 2);
    let (code, help, _) = run(till(dir).args(["hub", "update-info", "--help"]));
    assert_eq!(code, 0);
    assert!(help.contains("which image fits"), "{help}");

    let settings = format!("{SETTINGS}[hub]\nport = \"dev/hub\"\n");
    std::fs::write(dir.join("till.toml"), settings).unwrap();
    let (code, out, said) = run(till(dir).args(["hub", "update-info"]));
    assert_eq!(code, 1);
    assert!(said.contains("poort bestaat niet"), "{said}");
    for text in ["pico", "hub.uf2", "BOOTSEL", "lm3s6965"] {
        assert!(out.contains(text), "{text}: {out}");
    }
    let (code, out, _) = run(till(dir).arg("doctor"));
    assert_eq!(code, 1);
    let line = out.lines().find(|line| line.starts_with("!! hub: "));
    assert!(
        line.is_some_and(|line| line.ends_with("poort bestaat niet")),
        "{out}"
    );
}
