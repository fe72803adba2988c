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

mod cashiers;
mod doctor;
mod journal;

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
    let rejects = std::fs::read_to_string(folder.path().join("a.rejects.csv")).unwrap();
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
fn what_was_mended_in_the_rejects_file_is_imported_from_there() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let import = |name: &str| run(till(folder.path()).args(["articles", "import", name]));
    let csv = "vat_percent,name,gtin,price_cents,shelf\n\
               21,T-shirt,8712345678906,1999,3\n\
               21,\"Trui, rood\",8712345678907,4995,4\n\
               8,Thee,5901234123457,298,\n";
    std::fs::write(path("a.csv"), csv).unwrap();
    assert_eq!(import("a.csv").0, 0);
    let rejects = std::fs::read_to_string(path("a.rejects.csv")).unwrap();
    let lines: Vec<&str> = rejects.lines().collect();
    assert_eq!(
        lines.first(),
        Some(&"line,reason,vat_percent,name,gtin,price_cents,shelf")
    );
    assert!(
        lines[1].starts_with("3,") && lines[1].ends_with(",21,\"Trui, rood\",8712345678907,4995,4"),
        "{rejects}"
    );
    assert_eq!(
        lines[2],
        "4,\"vat_percent: 8% is not a btw rate; write 0, 9 or 21\",8,Thee,5901234123457,298,"
    );
    // An earlier list is written over; mended, all of it goes in.
    assert_eq!(import("a.csv").0, 0);
    let mended = rejects
        .replace("8712345678907", "9780306406157")
        .replace(",8,Thee", ",9,Thee");
    std::fs::write(path("a.rejects.csv"), mended).unwrap();
    let (code, out, err) = import("a.rejects.csv");
    assert_eq!(
        (code, out.as_str()),
        (0, "2 new, 0 changed, 0 unchanged, 0 rejected\n"),
        "{err}"
    );
    assert!(!path("a.rejects.rejects.csv").exists());
    // A clean run takes its list away, and nobody else's file.
    std::fs::write(
        path("a.csv"),
        csv.lines().take(2).collect::<Vec<_>>().join("\n"),
    )
    .unwrap();
    assert_eq!(import("a.csv").0, 0);
    assert!(!path("a.rejects.csv").exists());
    std::fs::write(path("a.rejects.csv"), "my notes").unwrap();
    let (code, out, err) = import("a.csv");
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("a.rejects.csv is there already"), "{err}");
    assert_eq!(
        std::fs::read_to_string(path("a.rejects.csv")).unwrap(),
        "my notes"
    );
}

#[test]
fn a_file_of_which_nothing_goes_in_is_no_success() {
    let folder = folder();
    let import = |csv: &str| {
        std::fs::write(folder.path().join("a.csv"), csv).unwrap();
        run(till(folder.path()).args(["articles", "import", "a.csv"]))
    };
    let header = "gtin,name,price_cents,vat_percent,category\n";
    let (code, out, err) = import(&format!("{header}8712345678907,Fout,1,21,\n"));
    assert_eq!(
        (code, out.as_str()),
        (1, "0 new, 0 changed, 0 unchanged, 1 rejected\n")
    );
    assert!(
        err.contains("error: nothing of a.csv went in") && err.contains("a.rejects.csv"),
        "{err}"
    );
    // No rows are no bad rows.
    assert_eq!(import(header).0, 0);
    // A Dutch spreadsheet parts columns by semicolons.
    let (code, _, err) =
        import(&format!("{header}8712345678906,T-shirt,1999,21,\n").replace(',', ";"));
    assert_eq!(code, 1);
    assert!(
        err.contains("parted by semicolons or tabs; they must be parted by commas"),
        "{err}"
    );
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
    let rejects = std::fs::read(folder.path().join("a.rejects.csv")).unwrap();
    let rejects = String::from_utf8_lossy(&rejects);
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
fn scans_are_explained_line_by_line() {
    let folder = folder();
    let mut command = till(folder.path());
    command.args(["barcode", "--json"]);
    let (code, out, _) =
        run(command.write_stdin("8712345678906\n8712345678907\n\\x41\\\\\nKLR-QTY-4\n\\x5dQ1\n"));
    assert_eq!(code, 0);
    let lines: Vec<serde_json::Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let kinds: Vec<_> = lines
        .iter()
        .map(|line| line["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["article", "invalid", "unknown", "command", "invalid"]
    );
    assert!(lines[1]["reason"].is_string());
    assert_eq!(lines[4]["reason"], "empty", "a symbology and no data");
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
fn the_sheet_of_command_barcodes_is_written() {
    let folder = folder();
    let (code, _, err) = run(till(folder.path()).args(["command-sheet", "sheet.html"]));
    assert_eq!(code, 0, "{err}");
    let sheet = std::fs::read_to_string(folder.path().join("sheet.html")).unwrap();
    assert!(sheet.contains("KLR-CASH"));
}

/// What was refused because the till was not enrolled yet is not said any longer when it is.
#[test]
fn a_till_that_is_enrolled_while_it_runs_forgets_that_it_was_not() {
    let folder = folder();
    let dir = folder.path();
    std::fs::write(
        dir.join("till.toml"),
        format!("{SETTINGS}[screen]\nlisten = \"127.0.0.1:0\"\n"),
    )
    .unwrap();
    let running = Running::start(dir);
    running.press(&serde_json::json!({"do": "start_return"}));
    running.wait(|state| state["notice"]["notice"] == "not_enrolled");
    enrolled(dir);
    let state = running.wait(|state| state["mode"]["mode"] == "logged_out");
    assert_eq!(state["notice"], serde_json::Value::Null);
}
