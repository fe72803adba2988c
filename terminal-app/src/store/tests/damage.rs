//! Lost tails, other ways, unreadable events: what the start notices, and what the journal then declares.

use std::path::Path;

use retail::event::{Body, EpochWhy};
use retail::ids::{CashierId, CustomerId, Epoch, Hash, LinkId};
use retail::wire::{Down, Head, Side};

use super::{at, commit, customer, enrolled, page, sell};
use crate::store::{Marker, Store};
use crate::sync::outbox::Outbox as _;
use crate::till::{Commit, NewEvent, Shelf as _};

#[test]
fn a_lost_tail_is_noticed_and_declared() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut store = enrolled(&path);
    sell(&mut store, 100);
    store.backup(&folder.path().join("old.db")).unwrap();
    let lost = sell(&mut store, 200);
    Marker::of(&path).write(lost).unwrap();
    assert_eq!(store.behind_marker().unwrap(), None);
    assert_eq!(store.start_check(at()).unwrap(), None);
    drop(store);
    std::fs::copy(folder.path().join("old.db"), &path).unwrap();
    let mut store = Store::open(&path).unwrap();
    let (why, hole) = store.behind_marker().unwrap().unwrap();
    assert_eq!(why, EpochWhy::BehindMarker);
    assert_eq!(hole.map(|hole| (hole.from, hole.to)), Some((3, 3)));
    let opened = store.start_check(at()).unwrap().unwrap();
    assert_eq!(
        (opened.why, opened.epoch.get()),
        (EpochWhy::BehindMarker, 2)
    );
    let hole = opened.hole.unwrap();
    assert_eq!((hole.epoch, hole.from, hole.to), (Epoch::FIRST, 3, 3));
    assert_eq!(store.holes().unwrap(), [hole]);
    assert!(store.verify().unwrap().faults.is_empty());
    assert_eq!(store.next_receipt().unwrap().to_string(), "3-2-0000001");
    sell(&mut store, 300);
    assert_eq!(store.epochs().unwrap().len(), 2);
    assert_eq!(store.behind_marker().unwrap(), None, "declared");
    let again = store.start_check(at()).unwrap();
    assert_eq!(again, None, "killed before the marker was written anew");
}

#[test]
fn a_database_that_went_another_way_than_its_marker_is_a_fork() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut store = enrolled(&path);
    let head = sell(&mut store, 100);
    let other = Head {
        hash: Hash([3; 32]),
        ..head
    };
    Marker::of(&path).write(other).unwrap();
    assert_eq!(
        store.start_check(at()).unwrap().unwrap().why,
        EpochWhy::Fork
    );
}

#[test]
fn events_that_were_damaged_are_declared_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut store = enrolled(&path);
    for cents in 1..=5 {
        sell(&mut store, cents * 100);
    }
    let key = crate::store::event_key(Epoch::FIRST, 4).unwrap();
    let sql = "UPDATE event SET bytes = X'7B7D' WHERE key = ?1";
    store.conn.execute(sql, [key]).unwrap();
    assert_eq!(store.verify().unwrap().faults.len(), 1);
    let opened = store.start_check(at()).unwrap().unwrap();
    let hole = opened.hole.unwrap();
    assert_eq!((opened.why, hole.from, hole.to), (EpochWhy::Damage, 4, 4));
}

/// A till with an event that enrols a customer and can no longer be read; the customer, and where the event stood.
fn enrolment_lost(path: &Path) -> (Store, CustomerId, Head) {
    let mut store = enrolled(path);
    let who = customer();
    let link = LinkId([5; 16]);
    let profile = retail::loyalty::Profile {
        id: retail::ids::RecordId([6; 16]),
        customer: who,
        at: at(),
        till: None,
        card: Some("2610000000016".to_owned()),
        name: Some("Jip".to_owned()),
        email: None,
        member: None,
        marketing: None,
    };
    let event = NewEvent {
        link: Some((link, who)),
        profiles: vec![profile],
        ..Body::Enrolled(retail::event::Enrolled {
            link,
            cashier: CashierId::new(1).unwrap(),
        })
        .into()
    };
    let written = Commit {
        events: vec![event],
        ..Commit::default()
    };
    let lost = commit(&mut store, &written).unwrap().head.unwrap();
    sell(&mut store, 500);
    store
        .conn
        .execute(
            "UPDATE event SET bytes = x'00' WHERE hash = ?1",
            [lost.hash.0],
        )
        .unwrap();
    (store, who, lost)
}

fn sides(store: &Store) -> Vec<(i64, Side)> {
    let mut rows = store
        .conn
        .prepare("SELECT event, json FROM side ORDER BY event, n")
        .unwrap();
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
    rows.unwrap()
        .map(|row| {
            let (event, json) = row.unwrap();
            (event, serde_json::from_str(&json).unwrap())
        })
        .collect()
}

#[test]
fn the_profile_of_a_lost_enrolment_goes_on_with_the_event_that_declares_the_hole() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, who, lost) = enrolment_lost(&dir.path().join("till.db"));
    let opened = store.start_check(at()).unwrap().unwrap();
    let declared = crate::store::event_key(opened.epoch, 2).unwrap();
    let moved = sides(&store);
    assert!(
        moved.iter().any(|(event, side)| *event == declared
            && matches!(side, Side::Profile { seq: 2, profile } if profile.customer == who)),
        "{moved:?}"
    );
    let old = crate::store::event_key(lost.epoch, lost.seq).unwrap();
    let stays: Vec<_> = moved.iter().filter(|(event, _)| *event == old).collect();
    assert!(
        matches!(stays[..], [(_, Side::Link { .. })]),
        "the link says something about that event: {stays:?}"
    );

    // Who is forgotten leaves nothing there either.
    let forgotten = page(0, vec![Down::Tombstone { customer: who }], None, "a", true);
    store.apply_down(0, &forgotten).unwrap();
    assert_eq!(sides(&store), []);
}

#[test]
fn a_new_epoch_stands_above_the_marker_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut store = enrolled(&path);
    let head = sell(&mut store, 100);
    // The backup is from before two new epochs.
    let third = Epoch::new(3).unwrap();
    let lost = Head {
        epoch: third,
        seq: 7,
        ..head
    };
    Marker::of(&path).write(lost).unwrap();
    let opened = store.start_check(at()).unwrap().unwrap();
    assert_eq!(
        (opened.epoch.get(), opened.why),
        (4, EpochWhy::BehindMarker)
    );
    let hole = opened.hole.unwrap();
    assert_eq!((hole.epoch, hole.from, hole.to), (third, 1, 7));
}

#[test]
fn a_journal_that_is_damaged_all_over_is_told_within_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    for _ in 0..120 {
        sell(&mut store, 100);
    }
    store
        .conn
        .execute("UPDATE event SET bytes = x'7B7D'", [])
        .unwrap();
    let report = store.verify().unwrap();
    assert_eq!((report.events, report.faults.len()), (0, 100));
}

#[test]
fn every_profile_of_a_hole_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, who, lost) = enrolment_lost(&dir.path().join("till.db"));
    let key = crate::store::event_key(lost.epoch, lost.seq).unwrap();
    // A second statement beside the same event.
    store
        .conn
        .execute(
            "INSERT INTO side (event, n, json) SELECT event, 9, json FROM side
             WHERE event = ?1 AND instr(json, 'profile') > 0",
            [key],
        )
        .unwrap();
    let opened = store.start_check(at()).unwrap().unwrap();
    let declared = crate::store::event_key(opened.epoch, 2).unwrap();
    let moved = sides(&store).into_iter().filter(|(event, side)| {
        *event == declared
            && matches!(side, Side::Profile { profile, .. } if profile.customer == who)
    });
    assert_eq!(moved.count(), 2);
}
