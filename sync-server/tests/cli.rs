//! The command line as a user has it: real processes over real files.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod cli_kit;

use std::fs;

use cli_kit::{Folder, HEADER, ROWS};
use serde_json::Value;

fn json(folder: &Folder, args: &[&str]) -> Value {
    serde_json::from_str(&folder.out(args)).unwrap()
}

#[test]
fn a_shop_a_code_and_an_owner() {
    let folder = Folder::new();
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
    folder.out(&add);
    folder.ends(&add, 1);
    folder.ends(
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
        1,
    );
    let code = folder.out(&["till-code", "--shop", "utrecht"]);
    let code = code.split_whitespace().last().unwrap();
    assert_eq!(code.len(), 14, "{code}");
    let unknown = folder.ends(&["till-code", "--shop", "zwolle"], 1);
    let said = unknown.err;
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
    assert_eq!(folder.with_input(&owner, "een lang wachtwoord\n").code, 0);
    assert_eq!(folder.with_input(&owner, "kort\n").code, 1);
    folder.ends(&["owner", "add", "--name", "Sara"], 2);
    folder.out(&["verify"]);
    folder.ends(&["--db", "elders.db", "verify"], 1);
    assert!(!folder.path("elders.db").exists());
}

#[test]
fn an_import_twice_adds_nothing() {
    let folder = Folder::new();
    folder.csv("events.csv", ROWS);
    let first = folder.out(&["import", "--csv", "events.csv"]);
    assert!(
        first.contains("5 new") && first.contains("0 rejected"),
        "{first}"
    );
    let second = folder.out(&["import", "--csv", "events.csv"]);
    assert!(
        second.contains("0 new") && second.contains("5 known"),
        "{second}"
    );
    assert!(!folder.path("events.rejects.csv").exists());
    let volumes = json(&folder, &["report", "volumes", "--format", "json"]);
    assert_eq!(volumes["events"], 5);
    assert_eq!(volumes["sale_lines"], 4);
    assert_eq!(volumes["gross_cents"], 5240);
    assert_eq!(volumes["returns_cents"], 500);
    assert_eq!(volumes["net_cents"], 4740);
    assert_eq!(volumes["first_sale_day"], "2026-01-05");
    folder.out(&["rebuild", "--check"]);
    let other = folder.out(&["import", "--csv", "events.csv", "--source", "oud"]);
    assert!(other.contains("5 new"), "{other}");
}

#[test]
fn wrong_rows_are_rejected_with_line_and_reason_and_the_rest_goes_in() {
    let folder = Folder::new();
    let wrong = format!(
        "{ROWS}6,yesterday,utrecht,1,,sale,r5,x,,1,100\n7,2026-03-04T11:00:00+01:00,utrecht,1,,sale,r6,x,,1.2345,100\n\
         1,2026-01-05T10:00:00+01:00,utrecht,1,jip,sale,r1,sjaal,Mode,1,1\n8,2026-03-04T11:00:00+01:00,utrecht,1,,adjustment,,x,,3,\n"
    );
    folder.csv("events.csv", &wrong);
    let done = folder.out(&["import", "--csv", "events.csv"]);
    assert!(
        done.contains("6 new") && done.contains("3 rejected"),
        "{done}"
    );
    let rejects = fs::read_to_string(folder.path("events.rejects.csv")).unwrap();
    let lines: Vec<&str> = rejects.lines().collect();
    assert_eq!(lines[0], format!("line,reason,{}", HEADER.trim_end()));
    for (line, number, reason, row) in [
        (
            lines[1],
            "7,",
            "occurred_at",
            ",6,yesterday,utrecht,1,,sale,r5,x,,1,100",
        ),
        (lines[2], "8,", "three decimals", ",sale,r6,x,,1.2345,100"),
        (lines[3], "9,", "other content", ",sale,r1,sjaal,Mode,1,1"),
    ] {
        assert!(
            line.starts_with(number) && line.contains(reason) && line.ends_with(row),
            "{rejects}"
        );
    }
    assert_eq!(lines.len(), 4);
    let again = folder.out(&["import", "--csv", "."]);
    assert!(
        again.contains("0 new") && !again.contains("rejects.csv:"),
        "{again}"
    );
    fs::write(folder.path("no.csv"), "a,b\n1,2\n").unwrap();
    folder.ends(&["import", "--csv", "no.csv"], 1);
    folder.ends(&["import", "--csv", "gone.csv"], 1);
}

#[test]
fn reports_have_their_fields_and_filters() {
    let folder = Folder::new();
    fs::create_dir(folder.path("history")).unwrap();
    let (first, second) = ROWS.split_at(ROWS.find("3,").unwrap());
    folder.csv("history/a.csv", first);
    folder.csv("history/b.csv", second);
    folder.out(&["import", "--csv", "history"]);
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
    let all = folder.out(&["report", "path", "--all", "--format", "json"]);
    assert_eq!(all.lines().count(), 1);
    folder.ends(&["report", "path", "--customer", "niemand"], 1);
    folder.ends(&["report", "nothing"], 2);
    folder.ends(&["report", "volumes", "--shop", "elders"], 1);
    for name in ["volumes", "repeat", "visits", "cohorts", "returns"] {
        for format in ["csv", "table"] {
            assert!(!folder.out(&["report", name, "--format", format]).is_empty());
        }
    }
}

#[test]
fn a_forgotten_customer_stays_forgotten_after_a_second_import() {
    let folder = Folder::new();
    folder.csv("events.csv", ROWS);
    folder.out(&["import", "--csv", "events.csv"]);
    folder.out(&["customer", "forget", "--id", "jip"]);
    folder.ends(&["customer", "forget", "--id", "jip"], 1);
    folder.csv(
        "more.csv",
        "9,2026-04-01T11:00:00+02:00,utrecht,1,jip,sale,r9,x,,1,100\n",
    );
    folder.out(&["import", "--csv", "events.csv", "--csv", "more.csv"]);
    let volumes = json(&folder, &["report", "volumes", "--format", "json"]);
    assert_eq!(volumes["customers_purchasing"], 0);
    assert_eq!(volumes["gross_cents"], 5340, "the books stay whole");
    let log = fs::read_to_string(folder.path("head-office.db.forgotten")).unwrap();
    assert!(log.starts_with("sha256:") && !log.contains("jip"), "{log}");
    folder.out(&["rebuild", "--check"]);
}

#[test]
fn serve_refuses_to_be_reached_without_tls() {
    let folder = Folder::new();
    let refused = folder.ends(&["serve", "--listen", "0.0.0.0:0"], 1);
    let said = refused.err;
    assert!(
        said.contains("TLS is required") && said.contains("--tls-cert"),
        "{said}"
    );
    folder.ends(&["serve", "--listen", "nowhere"], 1);
    folder.ends(&["serve", "--tls-cert", "a.pem"], 2);
}
