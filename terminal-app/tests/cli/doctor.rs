//! What the doctor finds, and the hub.

use super::*;

#[track_caller]
pub(crate) fn doctor(folder: &Path, more: &str) -> (i32, String) {
    std::fs::write(folder.join("till.toml"), format!("{SETTINGS}{more}")).unwrap();
    let (code, out, err) = run(till(folder).arg("doctor"));
    assert_eq!(err, "", "everything is said in its place");
    (code, out)
}

#[test]
fn the_doctor_finds_what_is_missing_and_says_what_to_do() {
    let folder = folder();
    drop(Store::open(&folder.path().join("till.db")).unwrap());
    let (code, out) = doctor(folder.path(), "[[scanner]]\nport = \"dev/scanner\"\n");
    assert_eq!(code, 1);
    for line in [
        "ok SQLite",
        "ok database",
        "!! aanmelding",
        "!! artikelen: 0",
        "!! medewerkers: 0",
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
    assert!(
        dutch.contains("ok aanmelding: Kassa 1, kassanummer 3 van winkel dorp\n"),
        "{dutch}"
    );
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
fn the_hub_is_looked_for_and_its_image_named() {
    let folder = folder();
    let dir = folder.path();
    let (code, _, said) = run(till(dir).args(["hub", "update-info"]));
    assert_eq!(code, 1);
    assert!(
        said.contains("staat geen hub") && said.contains("[hub]"),
        "{said}"
    );
    assert!(
        !said.contains("error") && !said.contains("hint"),
        "one language: {said}"
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

/// A mistyped path is not a new till.
#[test]
fn the_doctor_makes_no_database() {
    let folder = folder();
    let (code, out) = doctor(folder.path(), "[store]\npath = \"weg/till.db\"\n");
    assert_eq!(code, 1);
    assert!(
        out.contains("!! database: ") && out.contains("weg/till.db: er is nog geen database"),
        "{out}"
    );
    assert!(out.contains("Controleer [store] path"), "{out}");
    assert!(!folder.path().join("weg").exists());
}

#[test]
fn a_screen_that_others_can_open_is_said() {
    let folder = folder();
    let before = doctor(folder.path(), "").1;
    assert!(!before.contains("scherm"), "{before}");
    let open = doctor(folder.path(), "[screen]\nlisten = \"0.0.0.0:7070\"\n").1;
    assert!(
        open.contains("ok scherm: ook vanaf andere computers te openen, op 0.0.0.0:7070"),
        "{open}"
    );
    assert!(
        open.contains("zet dan [screen] listen op \"127.0.0.1:7070\""),
        "{open}"
    );
}
