//! Who may use the till: added, listed, removed, named by the settings.

use std::time::Duration;

use super::*;

const LIMIT: Duration = Duration::from_secs(60);

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

#[test]
fn every_slip_has_its_own_cure() {
    let folder = folder();
    add(folder.path(), "Anna", "4821");
    let tried = |name: &str, pin: &str| {
        let mut command = till(folder.path());
        command.args(["cashier", "add", "--name", name, "--pin-stdin"]);
        let (code, _, err) = run(command.write_stdin(pin));
        assert_eq!(code, 1);
        err
    };
    let taken = tried("Bram", "4821");
    assert!(taken.contains("choose another PIN"), "{taken}");
    let nameless = tried(" ", "2222");
    assert!(
        nameless.contains("--name Anna") && !nameless.contains("echo"),
        "{nameless}"
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

/// A slip of the pen in the settings is said before anything starts; in a shop without cashiers the name makes one.
#[test]
fn a_cashier_of_the_settings_that_nobody_is_is_refused() {
    let folder = folder();
    let dir = folder.path();
    let settings = |cashier: &str| {
        let text =
            format!("{SETTINGS}cashier = \"{cashier}\"\n[screen]\nlisten = \"127.0.0.1:0\"\n");
        std::fs::write(dir.join("till.toml"), text).unwrap();
    };
    let list = || run(till(dir).args(["cashier", "list"])).1;
    settings("Sanne");
    enrolled(dir);
    let running = Running::start(dir);
    running.wait(|state| state["cashier"]["name"] == "Sanne");
    drop(running);
    add(dir, "Daan", "2345");
    settings("Sanen");
    // A till that starts all the same would run for ever.
    let (code, out, err) = run(till(dir).arg("run").timeout(LIMIT));
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    for said in [
        "till.toml, line 6: ",
        "no cashier \"Sanen\"",
        "\"Sanne\", \"Daan\"",
        "terminal-app cashier list",
    ] {
        assert!(err.contains(said), "{said}: {err}");
    }
    assert!(!list().contains("Sanen"), "nobody was made: {}", list());
    let (_, found, _) = run(till(dir).arg("doctor"));
    assert!(
        found.contains("!! medewerkers: 2, maar [till] cashier noemt Sanen"),
        "{found}"
    );
    settings("2");
    let running = Running::start(dir);
    running.wait(|state| state["cashier"]["name"] == "Daan");
}
