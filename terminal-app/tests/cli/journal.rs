//! The journal by its commands: exported, verified, backed up, sent.

use terminal_app::store::Marker;

use super::doctor::doctor;
use super::*;

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
    Marker::of(&path).write(further).unwrap();
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
    let (_, out, _) = run(till(folder.path()).args(["backup", "before.db"]));
    assert_eq!(
        out,
        "before.db: complete; Kassa 1, not enrolled yet: no events\n"
    );
    enrolled(folder.path());
    let (code, out, err) = run(till(folder.path()).args(["backup", "copy.db"]));
    assert_eq!(code, 0, "{err}");
    assert_eq!(
        out,
        "copy.db: complete; Kassa 1 (till 3), epoch 1, up to event 1\n"
    );
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
    assert_eq!(out, "", "nothing was exchanged");
    assert!(
        err.contains("1 event waits on this till; nothing is lost"),
        "{err}"
    );
}

/// Kinds of the events in the journal, each with its epoch.
fn kinds(folder: &Path) -> Vec<(u64, String)> {
    let (code, out, err) = run(till(folder).args(["journal", "export"]));
    assert_eq!(code, 0, "{err}");
    out.lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let event: serde_json::Value =
                serde_json::from_str(line["event"].as_str().unwrap()).unwrap();
            let kind = event["kind"].as_str().unwrap().to_owned();
            (line["epoch"].as_u64().unwrap(), kind)
        })
        .collect()
}

/// `sync` alone, without `run` before it, sends nothing in an epoch that this database has lost.
#[test]
fn a_restored_till_is_noticed_by_sync_too() {
    let lost_two: fn(retail::wire::Head) -> retail::wire::Head = |head| retail::wire::Head {
        seq: head.seq + 2,
        ..head
    };
    let of_another: fn(retail::wire::Head) -> retail::wire::Head = |head| retail::wire::Head {
        hash: retail::ids::Hash([7; 32]),
        ..head
    };
    for (marker, told, opened) in [
        (
            lost_two,
            "events 2 to 3 of epoch 1",
            ["epoch_opened", "hole"].as_slice(),
        ),
        (of_another, "older copy", ["epoch_opened"].as_slice()),
    ] {
        let folder = folder();
        enrolled(folder.path());
        let path = folder.path().join("till.db");
        let head = Store::open(&path).unwrap().head().unwrap().unwrap();
        Marker::of(&path).write(marker(head)).unwrap();
        let settings = format!("{SETTINGS}[server]\nurl = \"http://127.0.0.1:1\"\n");
        std::fs::write(folder.path().join("till.toml"), settings).unwrap();
        let (code, _, err) = run(till(folder.path()).arg("sync"));
        assert_eq!(code, 1, "nobody is at head office");
        assert!(err.contains(told) && err.contains("epoch 2"), "{err}");
        let mut expected = vec![(1, "epoch_opened".to_owned())];
        expected.extend(opened.iter().map(|kind| (2, (*kind).to_owned())));
        assert_eq!(kinds(folder.path()), expected);
        let (_, _, err) = run(till(folder.path()).arg("sync"));
        assert!(!err.contains("epoch"), "once is enough: {err}");
        assert_eq!(kinds(folder.path()), expected);
    }
}

#[test]
fn a_till_of_another_shop_sends_nothing() {
    let folder = folder();
    enrolled(folder.path());
    let settings = SETTINGS.replace("\"dorp\"", "\"stad\"");
    let settings = format!("{settings}[server]\nurl = \"http://127.0.0.1:1\"\n");
    std::fs::write(folder.path().join("till.toml"), settings).unwrap();
    let (code, out, err) = run(till(folder.path()).arg("sync"));
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("enrolled in shop \"dorp\""), "{err}");
    assert!(err.contains("set [shop] id"), "{err}");
}
