//! What the commands say: exit codes with a message and a hint, tables that fit a terminal, help with an example.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod cli_kit;

use std::fmt::Write as _;
use std::fs;

use cli_kit::{Folder, ROWS};

#[test]
fn what_can_be_mended_ends_with_one() {
    let folder = Folder::new();
    folder.csv("a.csv", ROWS);
    folder.out(&["import", "--csv", "a.csv"]);
    fs::write(
        folder.path("notes.txt"),
        "geen database, maar een lang genoeg verhaal\n".repeat(40),
    )
    .unwrap();
    fs::create_dir(folder.path("folder")).unwrap();
    let mend: &[(&[&str], &[&str])] = &[
        (
            &["--db", "elders.db", "verify"],
            &["there is no database elders.db", "hint:"],
        ),
        (
            &["--db", "elders.db", "report", "volumes"],
            &["there is no database", "hint:"],
        ),
        (
            &["--db", "elders.db", "rebuild", "--check"],
            &["there is no database", "hint:"],
        ),
        (
            &["--db", "notes.txt", "verify"],
            &["hint:", "no database of head office"],
        ),
        (&["--db", "folder", "report", "volumes"], &["hint:"]),
        (
            &["--db", "nowhere/x.db", "import", "--csv", "a.csv"],
            &["nowhere/x.db", "hint:"],
        ),
        (
            &["report", "volumes", "--shop", "elders"],
            &["no shop \"elders\"", "utrecht, zwolle"],
        ),
        (
            &["report", "path", "--customer", "niemand"],
            &["no customer \"niemand\"", "hint:"],
        ),
        (
            &["report", "path", "--customer", "jip", "--without-imported"],
            &["no customer \"jip\""],
        ),
        (
            &["report", "path", "--all", "--model", "geen"],
            &["no model", "aankoop-gebruik-loyaliteit"],
        ),
        (
            &["customer", "forget", "--id", "niemand"],
            &["no customer", "hint:"],
        ),
        (&["till-code", "--shop", "elders"], &["no shop", "hint:"]),
        (
            &["till", "revoke", "--till", "7"],
            &["no till 7", "till list"],
        ),
        (
            &["till", "allow", "--till", "7"],
            &["no till 7", "till list"],
        ),
        (&["import", "--undo", "77"], &["no import 77", "hint:"]),
    ];
    for (args, needles) in mend {
        folder.fails(args, 1, needles);
    }
    assert!(
        !folder.path("elders.db").exists(),
        "asking makes no database"
    );
}

#[test]
fn wrong_usage_ends_with_two() {
    let folder = Folder::new();
    folder.csv("a.csv", ROWS);
    folder.out(&["import", "--csv", "a.csv"]);
    let usage: &[(&[&str], &[&str])] = &[
        (&["report", "omzet"], &["volumes", "repeat"]),
        (
            &["report", "volumes", "--from", "14-3-2026"],
            &["--from", "like 2026-03-14"],
        ),
        (
            &["report", "volumes", "--to", "2026-02-30"],
            &["--to", "like 2026-03-14"],
        ),
        (
            &[
                "report",
                "volumes",
                "--from",
                "2026-03-02",
                "--to",
                "2026-03-01",
            ],
            &["after --to", "hint:"],
        ),
        (&["report", "path"], &["whose path", "--all"]),
        (
            &["report", "volumes", "--all"],
            &["belong to `report path`"],
        ),
        (
            &["report", "path", "--all", "--customer", "jip"],
            &["--all"],
        ),
        (
            &["owner", "add", "--name", "anna", "--password-stdin"],
            &["--shop", "--all"],
        ),
        (
            &[
                "owner",
                "add",
                "--name",
                "anna",
                "--password-stdin",
                "--all",
                "--shop",
                "a",
            ],
            &["--all", "--shop"],
        ),
        (&["import"], &["--csv", "--list", "--undo"]),
        (&["verify", "--fast"], &["--fast"]),
        (&[], &[]),
    ];
    for (args, needles) in usage {
        let said = folder.run(args);
        assert_eq!(said.code, 2, "{args:?}: {said:?}");
        for needle in *needles {
            assert!(
                said.err.contains(needle),
                "{args:?} without {needle:?}: {said:?}"
            );
        }
    }
    for day in ["2026-03-01", "2026-03-02"] {
        folder.out(&["report", "volumes", "--from", "2026-03-01", "--to", day]);
    }
}

#[test]
fn what_nobody_but_us_can_mend_ends_with_seventy() {
    let folder = Folder::new();
    folder.csv("a.csv", ROWS);
    folder.out(&["import", "--csv", "a.csv"]);
    // As a bug would: the program asks for a table that is not there.
    let database = rusqlite::Connection::open(folder.path("head-office.db")).unwrap();
    database.execute_batch("DROP TABLE derived").unwrap();
    let said = folder.run(&["rebuild"]);
    assert_eq!(said.code, 70, "{said:?}");
    for needle in ["bug:", "no such table", "please report this"] {
        assert!(said.err.contains(needle), "{said:?}");
    }
}

#[test]
fn a_table_rounds_and_says_why_a_figure_is_not_there() {
    let folder = Folder::new();
    folder.csv("a.csv", ROWS);
    folder.out(&["import", "--csv", "a.csv"]);
    let table = folder.out(&["report", "returns"]);
    assert!(
        table.contains("33.3%") && !table.contains("0.333"),
        "{table}"
    );
    assert!(!table.contains("no figure"), "{table}");
    let exact = folder.out(&["report", "returns", "--format", "csv"]);
    assert!(exact.contains("0.3333333333333333"), "{exact}");
    let volumes = folder.out(&["report", "volumes"]);
    let gross = volumes.lines().find(|line| line.starts_with("gross "));
    assert!(
        gross.is_some_and(|line| line.ends_with(" 52.40")),
        "{volumes}"
    );
    assert!(!volumes.contains("_cents"), "{volumes}");
    let exact = folder.out(&["report", "volumes", "--format", "csv"]);
    assert!(exact.contains("\ngross_cents,5240\n"), "{exact}");
    let nobody = ["report", "repeat", "--shop", "zwolle"];
    let table = folder.out(&nobody);
    let rate = table.lines().find(|line| line.starts_with("repeat_rate "));
    assert!(rate.is_some_and(|line| line.ends_with(" -")), "{table}");
    assert!(
        table.contains("-  no figure: nothing in this selection to count it over"),
        "{table}"
    );
    let mut exact = nobody.to_vec();
    exact.extend(["--format", "csv"]);
    assert!(folder.out(&exact).contains("repeat_rate,\n"));
}

#[test]
fn rfm_shows_euros_in_a_table_and_cents_in_a_file() {
    let folder = Folder::new();
    folder.csv("a.csv", ROWS);
    folder.out(&["import", "--csv", "a.csv"]);
    let table = folder.out(&["report", "rfm"]);
    let jip = table.lines().find(|line| line.starts_with("jip "));
    assert!(jip.is_some_and(|line| line.contains(" 49.90 ")), "{table}");
    // How many have each score stands below them as a grid: there is one customer, of score 111 by either way.
    let grid = table.lines().find(|line| line.starts_with("1 1 "));
    let counts: Vec<&str> = grid.unwrap_or_default().split_whitespace().collect();
    assert_eq!(counts[2..].join(" "), "1 . . . . 1 . . . .", "{table}");
    assert!(!table.contains("cells"), "{table}");
    let exact = folder.out(&["report", "rfm", "--format", "csv"]);
    assert!(exact.contains("\njip,2,2,4990,"), "{exact}");
}

/// A program that reads a list finds its columns also where nobody is in it.
#[test]
fn a_list_of_nobody_has_its_columns_in_a_file() {
    let folder = Folder::new();
    folder.csv("a.csv", ROWS);
    folder.out(&["import", "--csv", "a.csv"]);
    for report in [&["cohorts"][..], &["path", "--all"]] {
        let csv =
            |more: &[&str]| folder.out(&[&["report"], report, &["--format", "csv"], more].concat());
        let (jip, nobody) = (csv(&[]), csv(&["--from", "2030-01-01"]));
        assert_eq!(jip.lines().count(), 2, "{jip}");
        assert_eq!(jip.lines().next(), Some(nobody.trim_end()));
    }
}

#[test]
fn verify_tells_signed_from_unsigned() {
    let folder = Folder::new();
    folder.out(&[
        "shop",
        "add",
        "--id",
        "utrecht",
        "--name",
        "U",
        "--time-zone",
        "Europe/Amsterdam",
    ]);
    assert!(folder.out(&["verify"]).contains("nothing to verify"));
    folder.csv("a.csv", ROWS);
    folder.out(&["import", "--csv", "a.csv"]);
    let said = folder.out(&["verify"]);
    assert!(
        said.contains("there is no signed event to verify"),
        "{said}"
    );
    assert!(said.contains("5 imported rows are unsigned"), "{said}");
    assert!(!said.contains("is right"), "{said}");
    folder.out(&["import", "--undo", "1"]);
    assert!(folder.out(&["verify"]).contains("nothing to verify"));
}

/// Three years with long names, many months and big sums.
fn long_history() -> String {
    let mut rows = String::new();
    for n in 0..360 {
        let (year, month) = (2023 + n / 120, 1 + n / 10 % 12);
        writeln!(
            rows,
            "{n},{year}-{month:02}-{:02}T10:00:00+01:00,utrecht,1,een-klant-met-een-lange-naam-en-nummer-{},sale,r{n},{},Wonen > Verlichting > Kaarsen en kandelaars van glas,2,123456789",
            1 + n % 28,
            n % 37,
            "artikelnummer-dat-niet-ophoudt-".repeat(4)
        )
        .unwrap();
        if n % 3 == 0 {
            writeln!(
                rows,
                "b{n},{year}-{month:02}-28T11:00:00+01:00,utrecht,1,een-klant-met-een-lange-naam-en-nummer-{},return,x{n},{},Wonen > Verlichting > Kaarsen en kandelaars van glas,-1,-6172839",
                n % 37,
                "artikelnummer-dat-niet-ophoudt-".repeat(4)
            )
            .unwrap();
        }
    }
    rows
}

#[test]
fn every_table_fits_a_terminal_of_a_hundred_columns() {
    let folder = Folder::new();
    let name = "een-bestand-met-een-lange-naam-uit-de-oude-kassa-van-2023-tot-en-met-2025-en-nog-wat-meer-woorden.csv";
    folder.csv(name, &long_history());
    folder.out(&["import", "--csv", name]);
    let customer = "een-klant-met-een-lange-naam-en-nummer-1";
    for args in [
        &["report", "volumes"][..],
        &["report", "repeat"],
        &["report", "visits"],
        &["report", "cohorts"],
        &["report", "rfm"],
        &["report", "returns"],
        &["report", "path", "--all"],
        &["report", "path", "--customer", customer],
        &["import", "--list"],
        &["till", "list"],
    ] {
        let text = folder.out(args);
        for line in text.lines() {
            assert!(line.chars().count() <= 100, "{args:?}: {line}");
        }
    }
    folder.out(&["import", "--undo", "1"]);
    let list = folder.out(&["import", "--list"]);
    let row = list.lines().nth(1).unwrap();
    assert!(row.chars().count() <= 100, "{row}");
    let taken = row.split_once("taken back ").unwrap().1;
    assert!(
        chrono::NaiveDateTime::parse_from_str(taken, "%Y-%m-%d %H:%M").is_ok(),
        "whole: {row}"
    );
    folder.out(&["import", "--csv", name]);
    let cohorts = folder.out(&["report", "cohorts"]);
    assert!(
        cohorts.contains("month of their first visit") && cohorts.contains('%'),
        "{cohorts}"
    );
    assert!(cohorts.contains("+35"), "all months are there: {cohorts}");
    let path = folder.out(&["report", "path", "--customer", customer]);
    assert!(
        path.contains("purchase") && path.contains("visits that count"),
        "{path}"
    );
    // What a program reads stays exact.
    assert!(
        folder
            .out(&["report", "cohorts", "--format", "csv"])
            .starts_with("cohort,size,active,")
    );
}

#[test]
fn every_command_has_help_with_an_example() {
    let folder = Folder::new();
    for args in [
        &[][..],
        &["serve"],
        &["shop", "add"],
        &["till-code"],
        &["till", "list"],
        &["till", "revoke"],
        &["till", "allow"],
        &["owner", "add"],
        &["import"],
        &["report"],
        &["rebuild"],
        &["verify"],
        &["customer", "forget"],
    ] {
        for help in ["--help", "-h"] {
            let mut args = args.to_vec();
            args.push(help);
            let text = folder.out(&args);
            assert!(text.contains("Example"), "{args:?}: {text}");
            assert!(
                text.lines().all(|line| line.chars().count() <= 130),
                "{text}"
            );
        }
    }
}

#[test]
fn shops_tills_and_owners_are_listed_and_an_owner_goes() {
    let folder = Folder::new();
    folder.fails(&["owner", "list"], 1, &["there is no database"]);
    let add = ["--time-zone", "Europe/Amsterdam"];
    let shop = |id: &'static str, name: &'static str| {
        let args = [&["shop", "add", "--id", id, "--name", name], &add[..]].concat();
        folder.out(&args)
    };
    shop("utrecht", "Wol & Wilg");
    assert!(
        folder
            .out(&["owner", "list"])
            .contains("nobody may log in yet")
    );
    assert!(
        folder
            .out(&["till", "list"])
            .contains("no till has enrolled yet")
    );
    assert_eq!(folder.out(&["till", "list", "--format", "json"]), "[]\n");
    shop("zwolle", "Sassenpoort");
    for (name, sees) in [
        ("anna", &["--all"][..]),
        ("bert", &["--shop", "zwolle", "--shop", "utrecht"]),
    ] {
        let args = [&["owner", "add", "--name", name, "--password-stdin"], sees].concat();
        let said = folder.with_input(&args, "een goed wachtwoord");
        assert_eq!(said.code, 0, "{said:?}");
    }
    assert_eq!(
        folder.out(&["owner", "list"]),
        "owner  sees_every_shop  shops\nanna   true\nbert   false            zwolle, utrecht\n"
    );
    let json = folder.out(&["owner", "list", "--format", "json"]);
    let owners: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(owners[1]["shops"], serde_json::json!(["zwolle", "utrecht"]));
    assert!(!json.contains("argon2"), "{json}");
    let csv = folder.out(&["shop", "list", "--format", "csv"]);
    assert!(
        csv.starts_with("shop,name,time_zone,tills\nutrecht,Wol & Wilg,Europe/Amsterdam,"),
        "{csv}"
    );
    folder.fails(
        &["owner", "remove", "--name", "carla"],
        1,
        &["carla", "owner list"],
    );
    let said = folder.out(&["owner", "remove", "--name", "anna"]);
    assert!(said.contains("anna may no longer log in"), "{said}");
    assert!(!folder.out(&["owner", "list"]).contains("anna"));
}

#[test]
fn an_owner_may_see_a_shop_that_only_an_import_knows() {
    let folder = Folder::new();
    let add = |shop: &str| {
        let args = [
            "owner",
            "add",
            "--name",
            "anna",
            "--password-stdin",
            "--shop",
            shop,
        ];
        folder.with_input(&args, "een goed wachtwoord\n")
    };
    let nothing = add("utrecht");
    assert_eq!(nothing.code, 1, "{nothing:?}");
    assert!(
        nothing.err.contains("no shop \"utrecht\"") && nothing.err.contains("no shop yet"),
        "{nothing:?}"
    );
    folder.csv("a.csv", ROWS);
    folder.out(&["import", "--csv", "a.csv"]);
    let args = ["shop", "add", "--id", "breda", "--name", "B", "--time-zone"];
    folder.out(&[&args[..], &["Europe/Amsterdam"]].concat());
    let unknown = add("elders");
    assert_eq!(unknown.code, 1, "{unknown:?}");
    assert!(
        unknown.err.contains("no shop \"elders\"")
            && unknown
                .err
                .contains("the shops are: breda, utrecht, zwolle"),
        "{unknown:?}"
    );
    assert_eq!(add("zwolle").code, 0, "known by import");
    assert_eq!(add("breda").code, 0, "added");
    let owners = folder.out(&["owner", "list"]);
    assert!(
        owners.contains("breda") && !owners.contains("zwolle"),
        "{owners}"
    );
}

#[test]
fn the_id_of_a_shop_has_one_bound_and_a_reason_for_each_refusal() {
    let folder = Folder::new();
    let add = |id: &str| {
        folder.run(&[
            "shop",
            "add",
            "--id",
            id,
            "--name",
            "U",
            "--time-zone",
            "Europe/Amsterdam",
        ])
    };
    for (id, why) in [
        (
            &"u".repeat(65)[..],
            "it has 65 characters, and 64 is the most",
        ),
        ("de wol", "' ' is no letter, digit, hyphen or underscore"),
        ("caf\u{e9}", "is no letter"),
        ("", "it is empty"),
    ] {
        let said = add(id);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(
            said.err.contains(why) && said.err.contains("at most 64"),
            "{said:?}"
        );
    }
    assert_eq!(add(&"u".repeat(64)).code, 0);
    assert_eq!(add("utrecht_2-a").code, 0);
}
