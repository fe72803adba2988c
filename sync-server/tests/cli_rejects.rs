//! What an import does not take: the rejects file, mending rows in it, and whose file it never writes over.
mod cli_kit;

use std::fs;

use cli_kit::{Folder, HEADER, ROWS};

#[test]
fn a_row_that_is_rejected_stands_in_the_rejects_as_in_its_file() {
    let folder = Folder::new();
    folder.csv("a.csv", ROWS);
    folder.out(&["import", "--csv", "a.csv", "--source", "oud"]);
    folder.csv(
        "b.csv",
        "1,2026-01-05T10:00:00+01:00,utrecht,1,jip,sale,r1,sjaal,Mode,1,1\n",
    );
    let said = folder.run(&[
        "import",
        "--csv",
        "b.csv",
        "--source",
        "oud",
        "--rejects",
        "r.csv",
    ]);
    assert!(
        said.out.contains("0 new, 0 known already, 1 rejected"),
        "{said:?}"
    );
    assert!(said.err.contains("r.csv"), "{said:?}");
    assert_eq!(
        fs::read_to_string(folder.path("r.csv")).unwrap(),
        format!(
            "line,reason,{HEADER}2,another row with this event_id has other content,\
             1,2026-01-05T10:00:00+01:00,utrecht,1,jip,sale,r1,sjaal,Mode,1,1\n"
        )
    );
}

#[test]
fn rejected_rows_are_mended_where_they_stand_and_imported() {
    let folder = Folder::new();
    let bad = "\
6,gisteren,utrecht,1,jip,sale,r6,\"kaars, \"\"rood\"\"\",Wonen,1,700
7,2026-03-06T11:00:00+01:00,utrecht,1,jip,sale,r7,\"thee,Wonen,1,800
8,2026-03-07T11:00:00+01:00,utrecht,1,jip,sale,r8,koek,Wonen,1,900,te veel
";
    folder.csv("a.csv", &format!("{ROWS}{bad}"));
    let said = folder.ends(&["import", "--csv", "a.csv"], 0);
    assert!(said.err.contains("import that file"), "{said:?}");
    let path = folder.path("a.rejects.csv");
    let rejects = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = rejects.lines().collect();
    assert_eq!(lines[0], format!("line,reason,{}", HEADER.trim_end()));
    for (line, row) in lines[1..].iter().zip(bad.lines()) {
        assert!(line.ends_with(&format!(",{row}")), "{line}");
    }
    assert!(
        lines[1].starts_with("7,\"occurred_at \"\"gisteren\"\" is not"),
        "{rejects}"
    );
    let mended = rejects
        .replace(",gisteren", ",2026-03-05T11:00:00+01:00")
        .replace("\"thee,", "thee,")
        .replace(",te veel", "");
    fs::write(&path, &mended).unwrap();
    folder.fails(
        &[
            "import",
            "--csv",
            "a.rejects.csv",
            "--rejects",
            "a.rejects.csv",
        ],
        1,
        &["a.rejects.csv is the file that is imported", "hint:"],
    );
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        mended,
        "it is still there"
    );
    let said = folder.out(&["import", "--csv", "a.rejects.csv"]);
    assert!(
        said.contains("3 read") || said.contains("3 rows read, 3 new"),
        "{said}"
    );
    assert_eq!(folder.json(&["volumes"])["gross_cents"], 5240 + 2400);
    // A file that held no rows yet makes way too.
    fs::write(folder.path("r.csv"), "line,event_id,reason\n2,,not UTF-8\n").unwrap();
    folder.out(&["import", "--csv", "a.rejects.csv", "--rejects", "r.csv"]);
    assert!(!folder.path("r.csv").exists());
}

#[test]
fn rejects_are_never_written_over_another_file() {
    let folder = Folder::new();
    folder.csv("a.csv", ROWS);
    let before = fs::read(folder.path("a.csv")).unwrap();
    // The history itself, by a slip of the hand; and somebody's notes.
    fs::write(folder.path("notes.txt"), "niet weggooien").unwrap();
    for (rejects, why) in [
        ("a.csv", "a.csv is the file that is imported"),
        (
            "notes.txt",
            "notes.txt is there already and holds no rejects",
        ),
    ] {
        folder.fails(
            &["import", "--csv", "a.csv", "--rejects", rejects],
            1,
            &[why, "hint: give --rejects FILE another name"],
        );
    }
    assert_eq!(fs::read(folder.path("a.csv")).unwrap(), before);
    assert_eq!(
        fs::read_to_string(folder.path("notes.txt")).unwrap(),
        "niet weggooien"
    );
    assert!(
        folder
            .out(&["import", "--list"])
            .contains("nothing was imported")
    );
    // Rejects of an earlier run make way.
    folder.csv("b.csv", "x,nooit,a,1,,sale,r,,,1,1\n");
    folder.ends(&["import", "--csv", "b.csv", "--rejects", "r.csv"], 1);
    assert!(folder.path("r.csv").exists());
    folder.out(&["import", "--csv", "a.csv", "--rejects", "r.csv"]);
    assert!(!folder.path("r.csv").exists());
}

#[test]
fn a_file_of_which_nothing_goes_in_ends_with_1_and_keeps_no_other_out() {
    let folder = Folder::new();
    folder.csv(
        "bad.csv",
        "1,gisteren,utrecht,1,jip,sale,r1,sjaal,Mode,1,1995\n",
    );
    folder.csv("good.csv", ROWS);
    let said = folder.ends(&["import", "--csv", "bad.csv", "--csv", "good.csv"], 1);
    assert!(said.out.contains("bad.csv: 1 row read, 0 new"), "{said:?}");
    assert!(
        said.out.contains("good.csv: 5 rows read, 5 new"),
        "{said:?}"
    );
    assert!(
        said.err.contains("error: nothing of bad.csv went in")
            && said.err.contains("hint: bad.rejects.csv says why"),
        "{said:?}"
    );
    // Rows that are rejected beside others, or are there already, are told; the command did its work.
    folder.csv(
        "mixed.csv",
        &format!("{ROWS}6,gisteren,utrecht,1,jip,sale,r1,sjaal,Mode,1,1995\n"),
    );
    let said = folder.ends(&["import", "--csv", "mixed.csv"], 0);
    assert!(
        said.err.contains("1 rejected row, with line and reason"),
        "{said:?}"
    );
}
