//! Import as a head office meets it: odd rows, odd files, a stop in the middle, and taking an import back.
mod cli_kit;

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cli_kit::{Folder, HEADER, ROWS};

#[test]
fn what_is_odd_goes_in_and_is_told_with_count_and_line() {
    let folder = Folder::new();
    let odd = "\
1,2135-01-05T10:00:00+01:00,utrecht,1,jip,sale,r1,sjaal,Mode,1,1995
2,2026-01-05T10:00:00+01:00,utrecht,1,jip,sale,r2,sjaal,Mode,0,300
3,2026-01-05T10:00:00+01:00,utrecht,1,jip,sale,r2,korting,Mode,1,-50
4,2026-01-06T10:00:00+01:00,utrecht,1,jip,return,r3,sjaal,Mode,1,100
5,2026-01-06T10:00:00+01:00,utrecht,1,,adjustment,,sjaal,Mode,-3,
6,2026-01-06T10:00:00+01:00,utrecht,1,,adjustment,,sjaal,Mode,-2,
7,2026-01-06T10:00:00+01:00,utrecht,1,jip,Sale,r4,sjaal,Mode,1,100
";
    folder.csv("odd.csv", odd);
    let said = folder.run(&["import", "--csv", "odd.csv"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.out.contains("7 new, 0 known already, 0 rejected"),
        "{said:?}"
    );
    for told in [
        "1 row lies in the future",
        "1 return has a positive sign",
        "1 sale has a negative quantity or amount",
        "1 line has an amount and the quantity 0",
        "2 rows of the unknown kind \"adjustment\"",
        "1 row of the unknown kind \"Sale\"",
    ] {
        assert!(
            said.err.contains(&format!("warning: {told}")),
            "{told}: {said:?}"
        );
    }
    for line in [
        "(line 2)",
        "(line 3)",
        "(line 4)",
        "(line 5)",
        "(lines 6, 7)",
        "(line 8)",
    ] {
        assert!(said.err.contains(line), "{line}: {said:?}");
    }
    assert!(
        said.err.contains("`sync-server import --undo 1`"),
        "{said:?}"
    );
    // The second import brought none of them: taking it back would change nothing.
    let again = folder.run(&["import", "--csv", "odd.csv"]);
    assert!(again.err.contains("lies in the future"), "{again:?}");
    assert!(
        !again.err.contains("--undo 2") && again.err.contains("import --list"),
        "{again:?}"
    );
    // They count as they stand.
    let volumes = folder.json(&["volumes"]);
    assert_eq!(volumes["gross_cents"], 1995 + 300 - 50);
    assert_eq!(volumes["returns_cents"], -100);
    assert_eq!(
        (&volumes["events"], &volumes["sale_lines"]),
        (&7.into(), &3.into())
    );
    folder.csv("plain.csv", ROWS);
    let plain = folder.run(&["import", "--csv", "plain.csv", "--source", "b"]);
    assert!(plain.err.is_empty(), "{plain:?}");
}

#[test]
fn an_import_is_taken_back_and_put_in_again() {
    let folder = Folder::new();
    folder.csv("a.csv", ROWS);
    folder.csv(
        "b.csv",
        "6,2026-03-05T11:00:00+01:00,utrecht,1,jip,sale,r6,kaars,Wonen,1,700\n7,2026-03-06T11:00:00+01:00,zwolle,1,mo,sale,r7,kaars,Wonen,1,800\n",
    );
    folder.fails(&["import", "--list"], 1, &["there is no database"]);
    folder.out(&[
        "import", "--csv", "a.csv", "--csv", "b.csv", "--source", "oud",
    ]);
    let both = folder.json(&["volumes"]);
    assert_eq!(both["gross_cents"], 5240 + 1500);
    let list = folder.out(&["import", "--list"]);
    let rows: Vec<&str> = list.lines().collect();
    assert!(
        rows[1].contains("a.csv") && rows[1].contains("oud"),
        "{list}"
    );
    assert!(
        rows[2].contains("b.csv") && rows[2].trim_end().ends_with("in"),
        "{list}"
    );

    let undone = folder.out(&["import", "--undo", "2"]);
    assert!(undone.contains("2 rows are gone"), "{undone}");
    let without = folder.json(&["volumes"]);
    assert_eq!(
        (&without["gross_cents"], &without["customers_purchasing"]),
        (&5240.into(), &1.into())
    );
    assert_eq!(
        folder.json(&["path", "--customer", "jip"])["counted_visits"],
        2
    );
    folder.fails(
        &["report", "path", "--customer", "mo"],
        1,
        &["there is no customer", "hint:"],
    );
    folder.out(&["rebuild", "--check"]);
    assert!(folder.out(&["import", "--list"]).contains("taken back"));
    folder.fails(
        &["import", "--undo", "2"],
        1,
        &["taken back already", "hint:"],
    );
    folder.fails(&["import", "--undo", "9"], 1, &["no import 9", "--list"]);

    let again = folder.out(&[
        "import", "--csv", "a.csv", "--csv", "b.csv", "--source", "oud",
    ]);
    assert!(
        again.contains("0 new, 5 known") && again.contains("2 new, 0 known"),
        "{again}"
    );
    assert_eq!(folder.json(&["volumes"]), both);
    folder.out(&["rebuild", "--check"]);

    // Only what the first file brought goes; what the second found there already went in with the first.
    folder.out(&["import", "--undo", "1"]);
    assert_eq!(folder.json(&["volumes"])["gross_cents"], 1500);
}

/// A receipt stands on the day of its earliest line. Another file may bring that line, of nobody or of somebody else
/// (a card scanned late, a shared receipt), and take it away again: whose visit it moves is folded anew.
#[test]
fn a_line_of_somebody_else_moves_the_visit_of_a_receipt() {
    for whose in ["", "mo"] {
        let folder = Folder::new();
        folder.csv(
            "a.csv",
            "2,2026-03-06T00:01:00+01:00,utrecht,1,jip,sale,r1,kaars,Wonen,1,700\n",
        );
        folder.csv(
            "b.csv",
            &format!("1,2026-03-05T23:59:00+01:00,utrecht,1,{whose},sale,r1,sjaal,Mode,1,300\n"),
        );
        folder.out(&["import", "--csv", "a.csv"]);
        folder.out(&["import", "--csv", "b.csv"]);
        folder.out(&["rebuild", "--check"]);
        let began = || folder.json(&["path", "--customer", "jip"])["stages"][0]["from"].clone();
        assert_eq!(began(), "2026-03-05");
        folder.out(&["import", "--undo", "2"]);
        folder.out(&["rebuild", "--check"]);
        assert_eq!(began(), "2026-03-06");
    }
}

/// The list says of every import how many rows are in by it now, and nothing is called in that is not.
#[test]
fn the_list_of_imports_says_what_is_in() {
    let folder = Folder::new();
    folder.csv("a.csv", ROWS);
    folder.csv("again.csv", ROWS);
    folder.csv("bad.csv", "x,nooit,a,1,,sale,r,,,1,1\n");
    folder.out(&["import", "--csv", "a.csv"]);
    folder.out(&["import", "--csv", "again.csv"]);
    folder.ends(&["import", "--csv", "bad.csv"], 1);
    let rows = || -> Vec<String> {
        let list = folder.out(&["import", "--list"]);
        list.lines().skip(1).map(str::to_owned).collect()
    };
    let [a, again, bad] = rows().try_into().unwrap();
    assert!(a.trim_end().ends_with("  5 rows in"), "{a}");
    assert!(again.trim_end().ends_with("  no rows in"), "{again}");
    assert!(bad.trim_end().ends_with("  no rows in"), "{bad}");
    folder.out(&["import", "--undo", "1"]);
    let [a, again, _] = rows().try_into().unwrap();
    assert!(a.contains("taken back"), "{a}");
    assert!(again.trim_end().ends_with("  no rows in"), "{again}");
}

/// What was mended in the rejects of a file begins with the same name.
#[test]
fn the_list_of_imports_tells_a_file_from_its_rejects() {
    let folder = Folder::new();
    for name in ["history.csv", "history.rejects.csv"] {
        folder.csv(name, ROWS);
        folder.out(&["import", "--csv", name]);
    }
    folder.out(&["import", "--undo", "1"]);
    let list = folder.out(&["import", "--list"]);
    let files: Vec<&str> = list
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().nth(3))
        .collect();
    assert_eq!(files.len(), 2, "{list}");
    assert_ne!(files[0], files[1], "{list}");
}

#[test]
fn a_year_that_was_mistyped_is_told_with_its_line_and_its_cure() {
    let folder = Folder::new();
    folder.csv(
        "a.csv",
        "1,2099-03-05T11:00:00+01:00,utrecht,1,jip,sale,r6,kaars,Wonen,1,700\n",
    );
    let said = folder.run(&["import", "--csv", "a.csv"]);
    assert!(said.err.contains("(line 2)"), "{said:?}");
    assert!(said.err.contains("sync-server import --undo 1"), "{said:?}");
}

#[test]
fn usage_of_import_is_checked() {
    let folder = Folder::new();
    folder.csv("a.csv", ROWS);
    for args in [
        &["import"][..],
        &["import", "--csv", "a.csv", "--undo", "1"],
        &["import", "--list", "--undo", "1"],
        &["import", "--list", "--source", "x"],
        // An empty name would make the same file another history, and every figure twice as large.
        &["import", "--csv", "a.csv", "--source", ""],
        &["import", "--csv", "a.csv", "--source", " "],
        &["import", "--undo", "first"],
        &[
            "import",
            "--csv",
            "a.csv",
            "--csv",
            "a.csv",
            "--rejects",
            "r.csv",
        ],
    ] {
        folder.fails(args, 2, &[]);
    }
}

/// Head office is killed with the first transaction in and the second on its way; the same import then completes.
#[expect(
    clippy::disallowed_methods,
    reason = "a generous limit on waiting for another process"
)]
#[test]
fn a_kill_in_the_middle_and_the_same_import_again() {
    const FIRST: usize = 64 * 2048;
    let folder = Folder::new();
    let mut rows = String::from(HEADER);
    for n in 0..FIRST + 500 {
        let day = 1 + n % 28;
        writeln!(
            rows,
            "{n},2026-01-{day:02}T10:00:00+01:00,utrecht,1,k{},sale,r{n},p,,1,{}",
            n % 40,
            n % 7
        )
        .unwrap();
    }
    let pipe = folder.path("all.csv");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let mut import = Command::new(env!("CARGO_BIN_EXE_sync-server"))
        .current_dir(folder.path(""))
        .args(["import", "--csv", "all.csv"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut writer = OpenOptions::new().write(true).open(&pipe).unwrap();
    writer.write_all(rows.as_bytes()).unwrap();
    // The pipe stays open: rows beyond the first transaction wait for more that never comes.
    let started = Instant::now();
    loop {
        let list = folder.run(&["import", "--list"]);
        if list.out.contains(&FIRST.to_string()) {
            assert!(list.out.contains("not finished"), "{list:?}");
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(300), "{list:?}");
    }
    import.kill().unwrap();
    import.wait().unwrap();
    drop(writer);
    fs::remove_file(&pipe).unwrap();
    fs::write(&pipe, &rows).unwrap();
    let said = folder.out(&["import", "--csv", "all.csv"]);
    assert!(
        said.contains(&format!("500 new, {FIRST} known already, 0 rejected")),
        "{said}"
    );
    let volumes = folder.json(&["volumes"]);
    let gross: usize = (0..FIRST + 500).map(|n| n % 7).sum();
    assert_eq!(volumes["gross_cents"], gross);
    let list = folder.out(&["import", "--list"]);
    assert_eq!(list.lines().count(), 2, "it is one import: {list}");
    assert!(list.contains(&(FIRST + 500).to_string()), "{list}");
    folder.out(&["rebuild", "--check"]);
    folder.out(&["import", "--undo", "1"]);
    assert_eq!(folder.json(&["volumes"])["events"], 0);
}

#[test]
fn files_as_other_programs_write_them() {
    let folder = Folder::new();
    let body = ROWS
        .replace("sjaal", "\"sjaal, \"\"wol\"\"\nlang\"")
        .replace('\n', "\r\n");
    fs::create_dir(folder.path("history")).unwrap();
    fs::write(
        folder.path("history/A.CSV"),
        format!("\u{feff}{}{body}", HEADER.replace('\n', "\r\n")),
    )
    .unwrap();
    let mut latin =
        format!("{HEADER}6,2026-03-05T11:00:00+01:00,utrecht,1,jip,sale,r6,caf").into_bytes();
    latin.push(0xe9);
    latin.extend_from_slice(
        b",Wonen,1,700\n7,2026-03-06T11:00:00+01:00,utrecht,1,jip,sale,r7,thee,Wonen,1,800\n",
    );
    fs::write(folder.path("history/latin.csv"), latin).unwrap();
    let said = folder.run(&["import", "--csv", "history"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.out.contains("5 new") && said.out.contains("1 new, 0 known already, 1 rejected"),
        "{said:?}"
    );
    let rejects = fs::read(folder.path("history/latin.rejects.csv")).unwrap();
    let mut expected = format!(
        "line,reason,{HEADER}2,not UTF-8,6,2026-03-05T11:00:00+01:00,utrecht,1,jip,sale,r6,caf"
    )
    .into_bytes();
    expected.push(0xe9);
    expected.extend_from_slice(b",Wonen,1,700\n");
    assert_eq!(rejects, expected, "the row as it stands, to the byte");
    let articles = folder.json(&["volumes"]);
    assert_eq!(
        (&articles["products_sold"], &articles["gross_cents"]),
        (&3.into(), &6040.into())
    );
}

#[test]
fn files_that_are_no_history_are_refused_and_the_others_go_in() {
    let folder = Folder::new();
    folder.csv("good.csv", ROWS);
    for (name, text, needle) in [
        ("empty.csv", String::new(), "the file is empty"),
        ("dutch.csv", HEADER.replace(',', ";"), "semicolons"),
        (
            "other.csv",
            "a,b\n1,2\n".to_owned(),
            "missing columns: event_id",
        ),
        ("twice.csv", HEADER.replace("till_id", "shop_id"), "shop_id"),
        ("latin.csv", "caf\u{e9}".to_owned(), "missing columns"),
    ] {
        fs::write(folder.path(name), text).unwrap();
        folder.fails(
            &["import", "--csv", "good.csv", "--csv", name],
            1,
            &[needle, "hint:", name],
        );
    }
    folder.fails(
        &["import", "--csv", "nowhere.csv"],
        1,
        &["nowhere.csv", "hint:"],
    );
    fs::create_dir(folder.path("nothing")).unwrap();
    folder.fails(
        &["import", "--csv", "nothing"],
        1,
        &["no CSV file", "hint:"],
    );
    assert_eq!(folder.json(&["volumes"])["events"], 5);
    // The paths of what went in are folded, although a later file stopped the command.
    assert_eq!(
        folder.json(&["path", "--customer", "jip"])["counted_visits"],
        2
    );
    // A file with a header and no rows is a history without events.
    folder.csv("header.csv", "");
    assert!(
        folder
            .out(&["import", "--csv", "header.csv"])
            .contains("0 rows read")
    );
}

#[test]
fn an_import_of_several_files_that_stops_says_how_far_it_came() {
    let folder = Folder::new();
    fs::create_dir(folder.path("jaren")).unwrap();
    for (name, text) in [
        ("2023.csv", format!("{HEADER}{ROWS}")),
        ("2024.csv", HEADER.replace(',', ";")),
        ("2025.csv", HEADER.to_owned()),
        ("2026.csv", HEADER.to_owned()),
    ] {
        fs::write(folder.path("jaren").join(name), text).unwrap();
    }
    let import = ["import", "--csv", "jaren"];
    folder.fails(
        &import,
        1,
        &[
            "jaren/2024.csv: the columns",
            "in already: jaren/2023.csv; not looked at: jaren/2025.csv, jaren/2026.csv; run the same command again",
            "nothing goes in twice",
        ],
    );
    fs::write(folder.path("jaren/2024.csv"), HEADER).unwrap();
    let said = folder.out(&import);
    assert!(
        said.contains("2023.csv: 5 rows read, 0 new, 5 known"),
        "{said}"
    );
    assert!(said.contains("2026.csv: 0 rows read"), "{said}");
    // One file alone has no others to speak of.
    fs::write(folder.path("dutch.csv"), HEADER.replace(',', ";")).unwrap();
    let said = folder.ends(&["import", "--csv", "dutch.csv"], 1);
    assert!(!said.err.contains("same command"), "{said:?}");
}

#[test]
fn taken_back_beside_a_running_head_office() {
    let folder = Folder::new();
    folder.csv("a.csv", ROWS);
    folder.out(&["import", "--csv", "a.csv"]);
    let mut serve = Command::new(env!("CARGO_BIN_EXE_sync-server"))
        .current_dir(folder.path(""))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(serve.stdout.take().unwrap()));
    assert!(lines.next().unwrap().unwrap().contains("listening"));
    folder.out(&["import", "--undo", "1"]);
    assert_eq!(folder.json(&["volumes"])["events"], 0);
    folder.out(&["rebuild", "--check"]);
    folder.out(&["import", "--csv", "a.csv"]);
    assert_eq!(folder.json(&["volumes"])["events"], 5);
    folder.out(&["verify"]);
    // A backup is one moment, whoever works beside it.
    folder.out(&["backup", "b.db"]);
    folder.csv(
        "b.csv",
        "6,2026-03-05T11:00:00+01:00,utrecht,1,jip,sale,r6,kaars,Wonen,1,700\n",
    );
    folder.out(&["import", "--csv", "b.csv"]);
    let mode = fs::metadata(folder.path("b.db")).unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o600, "it names people");
    folder.fails(&["backup", "b.db"], 1, &["b.db is there already", "hint:"]);
    let stopped = Command::new("kill")
        .arg(serve.id().to_string())
        .status()
        .unwrap();
    assert!(stopped.success());
    assert!(serve.wait().unwrap().success());
    assert_eq!(folder.json(&["volumes"])["events"], 6);
    folder.out(&["--db", "b.db", "verify"]);
    let then = folder.out(&["--db", "b.db", "report", "volumes", "--format", "json"]);
    assert!(then.contains("\"events\": 5"), "{then}");
    folder.fails(
        &["--db", "none.db", "backup", "c.db"],
        1,
        &["there is no database"],
    );
    assert!(!folder.path("c.db").exists());
}
