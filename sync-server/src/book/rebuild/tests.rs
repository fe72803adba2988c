use std::panic::{AssertUnwindSafe, catch_unwind};

use retail::wire::{Down, DownPage, PATH_DOWN};
use sha2::{Digest, Sha256};

use super::*;
use crate::kit::{Desk, Kassa, customer, desk, desk_in, try_desk_in};
use crate::store::rows::DerivedRow;

/// Two days of one customer, a day of another, all folded.
fn sold() -> (Desk, Kassa) {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    kassa.sell(1_000, Some(customer(1)));
    kassa.sell(500, Some(customer(2)));
    kassa.at -= chrono::TimeDelta::days(40);
    kassa.sell(2_000, Some(customer(1)));
    kassa.send_all(&desk).unwrap();
    while desk.office.settle(10).unwrap() > 0 {}
    (desk, kassa)
}

fn derived(desk: &Desk) -> Vec<DerivedRow> {
    store::read(desk.office.store(), |tables| {
        let mut rows = Vec::new();
        tables.each_derived(&mut |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    })
    .unwrap()
}

/// The database as an older program left it: no version, and one customer folded otherwise (a visit more).
fn outdated() -> (Desk, Kassa, Vec<DerivedRow>) {
    let (desk, kassa) = sold();
    let right = derived(&desk);
    let mut old = Derived::read(&right[0].bytes).unwrap();
    old.visits += 1;
    store::write(desk.office.store(), |tables| {
        tables.put_derived(&DerivedRow {
            customer: right[0].customer.clone(),
            bytes: old.bytes()?,
        })?;
        tables.set_meta(FOLD_KEY, "1")
    })
    .unwrap();
    assert_ne!(derived(&desk), right);
    (desk, kassa, right)
}

/// The visits of a customer as a till hears them from here on.
fn told(desk: &Desk, kassa: &Kassa, after: u64) -> (Vec<u32>, u64) {
    let page = kassa.ask(desk, "GET", &format!("{PATH_DOWN}?after={after}"), &[]);
    let page: DownPage = serde_json::from_slice(&page.body).unwrap();
    let visits = page.changes.iter().filter_map(|change| match change {
        Down::Customer(entry) if entry.customer == customer(1) => Some(entry.visits),
        _ => None,
    });
    (visits.collect(), page.cursor)
}

#[test]
fn a_database_of_an_older_program_is_folded_anew_at_its_first_start() {
    let (desk, mut kassa, right) = outdated();
    let name = customer(9);
    kassa.state(1, customer(1), Some("2610000000018"), true);
    kassa.state(2, name, Some("2610000000025"), true);
    kassa.send_all(&desk).unwrap();
    store::write(desk.office.store(), |tables| {
        tables.clear_dirty(&customer(1).to_string())
    })
    .unwrap();
    let (wrong, cursor) = told(&desk, &kassa, 0);
    assert_eq!(wrong, [3], "what the old program folded");
    let Desk { office, folder, .. } = desk;
    drop(office);

    let mut heard = Vec::new();
    let desk = try_desk_in(folder, &mut |done, all| heard.push((done, all))).unwrap();
    assert_eq!(heard, [(1, 2), (2, 2)], "with progress");
    assert_eq!(derived(&desk), right);
    assert_eq!(told(&desk, &kassa, cursor).0, [2], "tills hear of it");
    let nothing: [String; 0] = [];
    let check = desk.office.rebuild_check(&mut |_, _| {}).unwrap();
    assert_eq!(check.differ, nothing);

    let Desk { office, folder, .. } = desk;
    drop(office);
    let mut again = 0;
    try_desk_in(folder, &mut |_, _| again += 1).unwrap();
    assert_eq!(again, 0, "once is enough");
}

#[test]
fn a_stop_half_way_leaves_it_to_the_next_start() {
    let (desk, _, right) = outdated();
    let old = derived(&desk);
    let stopped = catch_unwind(AssertUnwindSafe(|| {
        desk.office
            .fold_anew_when_outdated(&mut |done, _| assert!(done < 2, "pulled the plug"))
    }));
    assert!(stopped.is_err());
    assert_eq!(derived(&desk), old, "all or nothing");
    let Desk { office, folder, .. } = desk;
    drop(office);
    assert_eq!(derived(&desk_in(folder)), right);
}

#[test]
fn a_check_finds_what_differs() {
    let (desk, _, right) = outdated();
    let found = desk.office.rebuild_check(&mut |_, _| {}).unwrap();
    assert_eq!(found.differ, [right[0].customer.clone()]);
    assert_eq!(desk.office.rebuild(&mut |_, _| {}).unwrap(), 2);
    assert_eq!(derived(&desk), right);
}

#[test]
fn points_and_keys_follow_from_the_events() {
    let (desk, mut kassa) = sold();
    // One more card of customer 1, and somebody whose receipts stay without him.
    kassa.sell(3_000, Some(customer(3)));
    kassa.state(3, customer(1), Some("2610000000018"), true);
    kassa.state(4, customer(3), Some("2610000000018"), true);
    kassa.sell(700, Some(customer(4)));
    kassa.send_all(&desk).unwrap();
    desk.office.forget(&customer(4).to_string()).unwrap();
    let check = || desk.office.rebuild_check(&mut |_, _| {}).unwrap().beside;
    assert_eq!(check(), Beside::default());

    let file = rusqlite::Connection::open(desk.folder.path().join("head-office.db")).unwrap();
    file.execute_batch(
        "UPDATE balance SET points = 9999 WHERE points = 60;
         DELETE FROM balance WHERE points = 5;
         INSERT INTO balance VALUES ('nobody', 7);
         UPDATE event SET receipt = 1, day = '2020-01-01' WHERE seq = 2",
    )
    .unwrap();
    let found = check();
    let (one, two) = (customer(1).to_string(), customer(2).to_string());
    let expected = [(one, 60 - 9_999), (two, 5), ("nobody".to_owned(), -7)];
    assert_eq!(found.points, expected);
    let [(_, keys)] = &found.keys[..] else {
        panic!("one event: {found:?}")
    };
    assert_eq!(keys.day.to_string(), "2026-11-21");

    let (_, cursor) = told(&desk, &kassa, 0);
    desk.office.rebuild(&mut |_, _| {}).unwrap();
    assert_eq!(check(), Beside::default());
    let page = kassa.ask(&desk, "GET", &format!("{PATH_DOWN}?after={cursor}"), &[]);
    let page: DownPage = serde_json::from_slice(&page.body).unwrap();
    let points = page.changes.iter().filter_map(|change| match change {
        Down::Customer(entry) => Some((entry.customer, entry.points)),
        _ => None,
    });
    assert!(
        points.collect::<Vec<_>>().contains(&(customer(1), 60)),
        "tills hear of the points: {page:?}"
    );
}

/// A till whose clock fell back to 1970 between two sales; and one wrong time in the file, on either side of that.
#[test]
fn when_an_event_happened_follows_from_its_batch() {
    let (desk, mut kassa) = sold();
    let right = kassa.at;
    let cursor = kassa.head().seq;
    kassa.at = chrono::DateTime::UNIX_EPOCH.fixed_offset();
    kassa.sell(100, Some(customer(1)));
    kassa.sell(200, None);
    kassa.at = right;
    kassa.sell(300, None);
    // Two batches: the first stands on what is here already, and half of what it holds stands on an event of 1970.
    for (first, last) in [(cursor + 1, cursor + 1), (cursor + 2, cursor + 3)] {
        kassa.send(&desk, &kassa.batch(first, last)).unwrap();
    }
    let check = || desk.office.rebuild_check(&mut |_, _| {}).unwrap().beside;
    assert_eq!(check(), Beside::default());
    let instants = || {
        let book = desk.office.book().unwrap();
        let events = book.dataset().events();
        events.map(|event| event.at_ms()).collect::<Vec<_>>()
    };
    let before = instants();

    let file = rusqlite::Connection::open(desk.folder.path().join("head-office.db")).unwrap();
    file.execute_batch(
        "UPDATE event SET at_ms = at_ms + 1 WHERE seq IN (2, 4, 6); UPDATE event SET clamped = 1 WHERE seq = 3",
    )
    .unwrap();
    let found = check();
    let rows: Vec<i64> = found.times.iter().map(|(n, _)| *n).collect();
    assert_eq!(rows, [2, 3, 4, 6], "{found:?}");
    let clamped: Vec<bool> = found.times.iter().map(|(_, time)| time.clamped).collect();
    assert_eq!(clamped, [false, false, false, true]);
    assert_eq!((found.points.len(), found.keys.len()), (0, 0));

    desk.office.rebuild(&mut |_, _| {}).unwrap();
    assert_eq!(check(), Beside::default());
    assert_eq!(instants(), before, "who read them reads them again");
}

/// Folding otherwise without a new version would leave old databases as they are. When this fails, raise
/// [`FOLD_VERSION`] and put the new digest here.
#[test]
fn the_version_stands_for_these_bytes() {
    let (desk, _) = sold();
    let mut digest = Sha256::new();
    for row in derived(&desk) {
        digest.update(row.customer);
        digest.update(row.bytes);
    }
    let digest = hex::encode(digest.finalize());
    assert_eq!((FOLD_VERSION, &digest[..16]), ("3", "585d4bd62d47a3e9"));
}
