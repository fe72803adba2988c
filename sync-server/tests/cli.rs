//! The command line as a user has it: real processes over real files.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

const HEADER: &str = "event_id,occurred_at,shop_id,till_id,customer_id,kind,receipt_id,product_id,category,quantity,amount_cents\n";
const ROWS: &str = "\
1,2026-01-05T10:00:00+01:00,utrecht,1,jip,sale,r1,sjaal,Mode,1,1995
2,2026-01-05T10:00:00+01:00,utrecht,1,jip,sale,r1,sjaal,Mode,1,1995
3,2026-03-01T11:00:00+01:00,utrecht,1,jip,sale,r2,kaars,Wonen,2,1000
4,2026-03-02T11:00:00+01:00,zwolle,2,,sale,r3,kaars,Wonen,0.5,250
5,2026-03-03T11:00:00+01:00,utrecht,1,jip,return,r4,kaars,Wonen,-1,-500
";

fn run(folder: &TempDir, args: &[&str]) -> assert_cmd::assert::Assert {
    with_input(folder, args, "")
}

fn with_input(folder: &TempDir, args: &[&str], input: &str) -> assert_cmd::assert::Assert {
    Command::cargo_bin("sync-server")
        .unwrap()
        .current_dir(folder.path())
        .args(args)
        .write_stdin(input)
        .assert()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn out(folder: &TempDir, args: &[&str]) -> String {
    text(&run(folder, args).success().get_output().stdout)
}

fn json(folder: &TempDir, args: &[&str]) -> Value {
    serde_json::from_str(&out(folder, args)).unwrap()
}

fn write(folder: &TempDir, name: &str, rows: &str) {
    fs::write(folder.path().join(name), format!("{HEADER}{rows}")).unwrap();
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn a_shop_a_code_and_an_owner() {
    let folder = folder();
    let add = [
        "shop",
        "add",
        "--id",
        "utrecht",
        "--name",
        "Oudegracht",
        "--time-zone",
        "Europe/Amsterdam",
    ];
    run(&folder, &add).success();
    run(&folder, &add).failure().code(1);
    run(
        &folder,
        &[
            "shop",
            "add",
            "--id",
            "x",
            "--name",
            "X",
            "--time-zone",
            "Mars/Base",
        ],
    )
    .failure()
    .code(1);
    let code = out(&folder, &["till-code", "--shop", "utrecht"]);
    let code = code.split_whitespace().last().unwrap();
    assert_eq!(code.len(), 14, "{code}");
    let unknown = run(&folder, &["till-code", "--shop", "zwolle"])
        .failure()
        .code(1);
    let said = text(&unknown.get_output().stderr);
    assert!(
        said.contains("error:") && said.contains("hint:") && said.contains("utrecht"),
        "{said}"
    );
    let owner = [
        "owner",
        "add",
        "--name",
        "Sara",
        "--all",
        "--password-stdin",
    ];
    with_input(&folder, &owner, "een lang wachtwoord\n").success();
    with_input(&folder, &owner, "kort\n").failure().code(1);
    run(&folder, &["owner", "add", "--name", "Sara"])
        .failure()
        .code(2);
    run(&folder, &["verify"]).success();
    run(&folder, &["--db", "elders.db", "verify"])
        .failure()
        .code(1);
    assert!(!Path::new(&folder.path().join("elders.db")).exists());
}

#[test]
fn an_import_twice_adds_nothing() {
    let folder = folder();
    write(&folder, "events.csv", ROWS);
    let first = out(&folder, &["import", "--csv", "events.csv"]);
    assert!(
        first.contains("5 new") && first.contains("0 rejected"),
        "{first}"
    );
    let second = out(&folder, &["import", "--csv", "events.csv"]);
    assert!(
        second.contains("0 new") && second.contains("5 known"),
        "{second}"
    );
    assert!(!folder.path().join("events.rejects.csv").exists());
    let volumes = json(&folder, &["report", "volumes", "--format", "json"]);
    assert_eq!(volumes["events"], 5);
    assert_eq!(volumes["sale_lines"], 4);
    assert_eq!(volumes["gross_cents"], 5240);
    assert_eq!(volumes["returns_cents"], 500);
    assert_eq!(volumes["net_cents"], 4740);
    assert_eq!(volumes["first_sale_day"], "2026-01-05");
    run(&folder, &["rebuild", "--check"]).success();
    let other = out(
        &folder,
        &["import", "--csv", "events.csv", "--source", "oud"],
    );
    assert!(other.contains("5 new"), "{other}");
}

#[test]
fn wrong_rows_are_rejected_with_line_and_reason_and_the_rest_goes_in() {
    let folder = folder();
    let wrong = format!(
        "{ROWS}6,yesterday,utrecht,1,,sale,r5,x,,1,100\n7,2026-03-04T11:00:00+01:00,utrecht,1,,sale,r6,x,,1.2345,100\n\
         1,2026-01-05T10:00:00+01:00,utrecht,1,jip,sale,r1,sjaal,Mode,1,1\n8,2026-03-04T11:00:00+01:00,utrecht,1,,adjustment,,x,,3,\n"
    );
    write(&folder, "events.csv", &wrong);
    let done = out(&folder, &["import", "--csv", "events.csv"]);
    assert!(
        done.contains("6 new") && done.contains("3 rejected"),
        "{done}"
    );
    let rejects = fs::read_to_string(folder.path().join("events.rejects.csv")).unwrap();
    let lines: Vec<&str> = rejects.lines().collect();
    assert_eq!(lines[0], "line,event_id,reason");
    assert!(
        lines[1].starts_with("7,6,") && lines[1].contains("occurred_at"),
        "{rejects}"
    );
    assert!(
        lines[2].starts_with("8,7,") && lines[2].contains("three decimals"),
        "{rejects}"
    );
    assert!(
        lines[3].starts_with("9,1,") && lines[3].contains("other content"),
        "{rejects}"
    );
    assert_eq!(lines.len(), 4);
    let again = out(&folder, &["import", "--csv", "."]);
    assert!(
        again.contains("0 new") && !again.contains("rejects.csv:"),
        "{again}"
    );
    fs::write(folder.path().join("no.csv"), "a,b\n1,2\n").unwrap();
    run(&folder, &["import", "--csv", "no.csv"])
        .failure()
        .code(1);
    run(&folder, &["import", "--csv", "gone.csv"])
        .failure()
        .code(1);
}

#[test]
fn reports_have_their_fields_and_filters() {
    let folder = folder();
    fs::create_dir(folder.path().join("history")).unwrap();
    let (first, second) = ROWS.split_at(ROWS.find("3,").unwrap());
    write(&folder, "history/a.csv", first);
    write(&folder, "history/b.csv", second);
    run(&folder, &["import", "--csv", "history"]).success();
    let report = |name: &str, more: &[&str]| {
        let mut args = vec!["report", name, "--format", "json"];
        args.extend_from_slice(more);
        json(&folder, &args)
    };
    let repeat = report("repeat", &[]);
    assert_eq!(repeat["purchasing_customers"], 1);
    assert_eq!(repeat["repeat_customers"], 1);
    assert_eq!(repeat["second_visit_within_days"][0]["days"], 30);
    assert_eq!(report("visits", &[])["median_days_between_visits"], 55.0);
    assert_eq!(report("cohorts", &[])[0]["cohort"], "2026-01");
    assert_eq!(report("returns", &[])["by_article"][0]["value_cents"], 500);
    let zwolle = report(
        "volumes",
        &[
            "--shop",
            "zwolle",
            "--from",
            "2026-03-01",
            "--to",
            "2026-03-31",
        ],
    );
    assert_eq!(zwolle["gross_cents"], 250);
    assert_eq!(report("volumes", &["--without-imported"])["events"], 0);
    let path = report("path", &["--customer", "jip", "--as-of", "2026-03-10"]);
    assert_eq!(
        (&path["customer"], &path["counted_visits"]),
        (&"jip".into(), &2.into())
    );
    assert_eq!(path["loyal_since"], "2026-03-01");
    let all = out(&folder, &["report", "path", "--all", "--format", "json"]);
    assert_eq!(all.lines().count(), 1);
    run(&folder, &["report", "path", "--customer", "niemand"])
        .failure()
        .code(1);
    run(&folder, &["report", "nothing"]).failure().code(2);
    run(&folder, &["report", "volumes", "--shop", "elders"])
        .failure()
        .code(1);
    for name in ["volumes", "repeat", "visits", "cohorts", "returns"] {
        for format in ["csv", "table"] {
            assert!(!out(&folder, &["report", name, "--format", format]).is_empty());
        }
    }
}

#[test]
fn a_forgotten_customer_stays_forgotten_after_a_second_import() {
    let folder = folder();
    write(&folder, "events.csv", ROWS);
    run(&folder, &["import", "--csv", "events.csv"]).success();
    run(&folder, &["customer", "forget", "--id", "jip"]).success();
    run(&folder, &["customer", "forget", "--id", "jip"])
        .failure()
        .code(1);
    write(
        &folder,
        "more.csv",
        "9,2026-04-01T11:00:00+02:00,utrecht,1,jip,sale,r9,x,,1,100\n",
    );
    run(
        &folder,
        &["import", "--csv", "events.csv", "--csv", "more.csv"],
    )
    .success();
    let volumes = json(&folder, &["report", "volumes", "--format", "json"]);
    assert_eq!(volumes["customers_purchasing"], 0);
    assert_eq!(volumes["gross_cents"], 5340, "the books stay whole");
    let log = fs::read_to_string(folder.path().join("head-office.db.forgotten")).unwrap();
    assert!(log.starts_with("sha256:") && !log.contains("jip"), "{log}");
    run(&folder, &["rebuild", "--check"]).success();
}

#[test]
fn serve_refuses_to_be_reached_without_tls() {
    let folder = folder();
    let refused = run(&folder, &["serve", "--listen", "0.0.0.0:0"])
        .failure()
        .code(1);
    let said = text(&refused.get_output().stderr);
    assert!(
        said.contains("TLS is required") && said.contains("--tls-cert"),
        "{said}"
    );
    run(&folder, &["serve", "--listen", "nowhere"])
        .failure()
        .code(1);
    run(&folder, &["serve", "--tls-cert", "a.pem"])
        .failure()
        .code(2);
}
