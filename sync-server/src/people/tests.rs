use chrono::DateTime;
use retail::ids::RecordId;

use super::*;
use crate::kit::{Kassa, customer, desk, desk_in};
use crate::store::rows::Shop;

fn said(id: u8, at: &str, name: Option<&str>, marketing: Option<bool>) -> Profile {
    Profile {
        id: RecordId([id; 16]),
        customer: customer(1),
        at: DateTime::parse_from_rfc3339(at).unwrap(),
        till: None,
        card: None,
        name: name.map(str::to_owned),
        email: None,
        member: None,
        marketing: marketing.map(|given| Consent {
            given,
            wording: "post-1".to_owned(),
        }),
    }
}

fn member(merged_ms: Option<i64>, statements: &[Profile]) -> Member {
    Member {
        merged_ms,
        statements: statements.to_vec(),
    }
}

const MARCH: &str = "2026-03-01T10:00:00+01:00";
const APRIL: &str = "2026-04-01T10:00:00+02:00";
const MAY: &str = "2026-05-01T10:00:00+02:00";

#[test]
fn per_field_the_latest_statement_wins() {
    let person = fold(&[
        member(
            None,
            &[
                said(1, MARCH, Some("Jip"), Some(true)),
                said(2, MAY, None, None),
            ],
        ),
        member(Some(0), &[said(3, APRIL, Some("Janneke"), Some(true))]),
    ]);
    assert_eq!(person.name.as_deref(), Some("Janneke"));
    let withdrawn = fold(&[member(
        None,
        &[
            said(1, MARCH, Some("Jip"), None),
            said(2, MAY, Some(""), None),
        ],
    )]);
    assert_eq!(withdrawn.name, None, "an empty name takes the name away");
}

#[track_caller]
fn check_marketing(root: &[&Profile], alias: &[&Profile], merged: &str, expected: Option<bool>) {
    let merged = DateTime::parse_from_rfc3339(merged)
        .unwrap()
        .timestamp_millis();
    let owned = |said: &[&Profile]| said.iter().map(|&said| said.clone()).collect::<Vec<_>>();
    let person = fold(&[
        member(None, &owned(root)),
        member(Some(merged), &owned(alias)),
    ]);
    assert_eq!(person.marketing.map(|consent| consent.given), expected);
}

#[test]
fn marketing_needs_the_yes_of_both() {
    let (yes, no) = (
        said(1, MARCH, None, Some(true)),
        said(2, MARCH, None, Some(false)),
    );
    let silent = said(3, MARCH, Some("Jip"), None);
    check_marketing(&[&yes], &[&yes], APRIL, Some(true));
    check_marketing(&[&yes], &[&no], APRIL, Some(false));
    check_marketing(&[&no], &[&yes], APRIL, Some(false));
    check_marketing(&[&yes], &[&silent], APRIL, None);
    check_marketing(&[&yes], &[], APRIL, Some(true));
    let later = said(4, MAY, None, Some(true));
    check_marketing(
        &[&yes, &later],
        &[&said(5, MARCH, None, Some(false))],
        APRIL,
        Some(true),
    );
}

#[test]
fn a_restored_backup_forgets_again() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    kassa.sell(1_000, Some(customer(1)));
    kassa.state(1, customer(1), Some("2610000000018"), true);
    kassa.send_all(&desk).unwrap();
    let id = customer(1).to_string();
    let file = |name: &str| desk.folder.path().join(name);
    store::write(desk.office.store(), |tables| {
        tables.set_meta("note", "checkpoint")
    })
    .unwrap();
    for end in ["", "-wal"] {
        std::fs::copy(
            file(&format!("head-office.db{end}")),
            file(&format!("backup{end}")),
        )
        .unwrap();
    }
    assert_eq!(desk.office.forget(&id).unwrap().customers, 1);
    let log = std::fs::read_to_string(file("forgotten")).unwrap();
    assert_eq!(log, format!("{id}\n"));
    let crate::kit::Desk { office, folder, .. } = desk;
    drop(office);
    for end in ["", "-wal"] {
        let from = folder.path().join(format!("backup{end}"));
        std::fs::rename(from, folder.path().join(format!("head-office.db{end}"))).unwrap();
    }
    let _ = std::fs::remove_file(folder.path().join("head-office.db-shm"));
    let desk = desk_in(folder);
    let scope = desk.office.command_line_scope();
    assert_eq!(desk.office.person(&scope, &id).unwrap(), None);
    let text = store::read(desk.office.store(), |tables| tables.card("2610000000018"));
    assert_eq!(text.unwrap(), None);
}

/// Names, cards and texts of twenty customers; ten of them are forgotten.
#[test]
fn who_is_forgotten_leaves_no_word_in_any_file() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    let said = |mark: u8| {
        [
            format!("Jip {mark}\""),
            format!("26100000{mark:05}"),
            format!("maat van {mark}."),
        ]
    };
    for mark in 1..=20 {
        let [_, card, text] = said(mark);
        kassa.sell(1_000, Some(customer(mark)));
        kassa.state(mark, customer(mark), Some(&card), true);
        let id = RecordId([mark; 16]);
        let seq = kassa.head().seq;
        kassa.side.push(retail::wire::Side::Text { seq, id, text });
    }
    kassa.send_all(&desk).unwrap();
    desk.office.settle(100).unwrap();
    let left = || {
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(desk.folder.path()).unwrap() {
            bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
        }
        let holds = |text: &String| {
            let mut places = bytes.windows(text.len());
            places.any(|place| place == text.as_bytes())
        };
        let marks = (1..=20).filter(|mark| said(*mark).iter().any(holds));
        marks.collect::<Vec<u8>>()
    };
    assert_eq!(left(), (1..=20).collect::<Vec<u8>>());
    for mark in 1..=10 {
        desk.office.forget(&customer(mark).to_string()).unwrap();
    }
    assert_eq!(left(), (11..=20).collect::<Vec<u8>>());
    // While somebody reads what was before, the words must stay; they go when he is done.
    store::read(desk.office.store(), |tables| {
        tables.meta("org")?;
        desk.office.forget(&customer(11).to_string())
    })
    .unwrap();
    desk.office.scrub_again();
    assert_eq!(left(), (12..=20).collect::<Vec<u8>>());
}

#[test]
fn a_piece_of_a_line_in_the_log_costs_nobody_his_forgetting() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    kassa.sell(1_000, Some(customer(1)));
    kassa.send_all(&desk).unwrap();
    let log = desk.folder.path().join("forgotten");
    // The disk was full while somebody else was forgotten.
    std::fs::write(&log, "0202020202").unwrap();
    let id = customer(1).to_string();
    desk.office.forget(&id).unwrap();
    let lines = std::fs::read_to_string(&log).unwrap();
    assert_eq!(lines, format!("0202020202\n{id}\n"));
    let desk = desk_in(desk.folder);
    let tombstones = store::read(desk.office.store(), |tables| tables.tombstones()).unwrap();
    let keys: Vec<&str> = tombstones.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, [id.as_str()], "a piece is nobody");
}

#[test]
fn an_owner_logs_in_and_sees_his_shops_only() {
    let desk = desk();
    let other = Shop {
        id: "zwolle".to_owned(),
        name: "Sassenpoort".to_owned(),
        time_zone: "Europe/Amsterdam".to_owned(),
    };
    store::write(desk.office.store(), |tables| tables.add_shop(&other)).unwrap();
    let mut kassa = Kassa::enrol(&desk, 1);
    kassa.sell(1_000, Some(customer(1)));
    kassa.send_all(&desk).unwrap();
    let shops = |ids: &[&str]| Some(ids.iter().map(|&id| id.to_owned()).collect());
    let office = &desk.office;
    office
        .add_owner("Sara", shops(&["zwolle"]), "wachtwoord1")
        .unwrap();
    office.add_owner("Ties", None, "wachtwoord2").unwrap();
    assert!(office.add_owner("Kort", None, "kort").is_err());
    assert!(
        office
            .add_owner("Elders", shops(&["elders"]), "wachtwoord")
            .is_err()
    );
    assert_eq!(office.log_in("Sara", "wachtwoord2").unwrap(), None);
    assert_eq!(office.log_in("Niemand", "wachtwoord1").unwrap(), None);
    let (token, sara) = office.log_in("Sara", "wachtwoord1").unwrap().unwrap();
    assert_eq!(office.session(&token).unwrap(), Some(sara.clone()));
    assert_eq!(office.session(&"0".repeat(64)).unwrap(), None);
    let (_, ties) = office.log_in("Ties", "wachtwoord2").unwrap().unwrap();
    let id = customer(1).to_string();
    assert!(office.person(&ties.scope, &id).unwrap().is_some());
    assert_eq!(office.person(&sara.scope, &id).unwrap(), None);
    assert_eq!(office.tills(&sara.scope).unwrap().len(), 0);
    assert_eq!(office.shops(&sara.scope).unwrap(), [other]);
    desk.clock.0.fetch_add(
        crate::owner::SESSION_MS,
        std::sync::atomic::Ordering::Relaxed,
    );
    assert_eq!(office.session(&token).unwrap(), None, "over");
}
