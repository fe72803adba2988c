use rusqlite::Connection;

use crate::kit::{Desk, Kassa, desk};

/// Two tills, three batches.
fn sold() -> Desk {
    let desk = desk();
    for mark in [1, 2] {
        let mut kassa = Kassa::enrol(&desk, mark);
        kassa.sell(1_000, None);
        kassa.send_all(&desk).unwrap();
        if mark == 2 {
            kassa.sell(500, None);
            kassa.sell(700, None);
            kassa.send(&desk, &kassa.batch(3, 4)).unwrap();
        }
    }
    desk
}

/// What `verify` finds once somebody has done this to the file.
#[track_caller]
fn check(sql: &str, expected: &[&str]) {
    let desk = sold();
    let sound = desk.office.verify(&mut |_, _| {}).unwrap();
    assert_eq!((sound.fault_count, sound.events), (0, 6));
    let file = Connection::open(desk.folder.path().join("head-office.db")).unwrap();
    file.execute_batch(sql).unwrap();
    let found = desk.office.verify(&mut |_, _| {}).unwrap();
    assert_eq!(found.faults, expected, "{sql}");
}

#[test]
fn a_lost_end_is_found_although_every_chain_before_it_is_right() {
    let told = "till 2 epoch 1: event 4 is not kept, and the till was told that it is";
    check(
        "DELETE FROM event WHERE batch = 3; DELETE FROM batch WHERE id = 3",
        &[told, "till 2: 4 events were taken and 2 are proven"],
    );
    check(
        "DELETE FROM event WHERE till = 2 AND seq = 4",
        &[
            "till 2 epoch 1 events 3-4 (batch 3): event 4 is not kept",
            told,
        ],
    );
    check(
        "UPDATE branch SET seq = 99 WHERE till = 2",
        &["till 2 epoch 1: event 99 is not kept, and the till was told that it is"],
    );
}

#[test]
fn a_till_of_which_nothing_is_left_is_found() {
    check(
        "DELETE FROM event WHERE till = 1; DELETE FROM batch WHERE till = 1; DELETE FROM branch WHERE till = 1",
        &["till 1: 2 events were taken and 0 are proven"],
    );
}

#[test]
fn an_event_without_a_batch_is_found() {
    check(
        "INSERT INTO event (till, epoch, seq, hash, prev_hash, branch, batch, kind, at_ms, clamped, day, bytes)
         SELECT till, epoch, 5, zeroblob(32), hash, branch, batch, kind, at_ms, clamped, day, bytes
         FROM event WHERE till = 2 AND seq = 4",
        &["7 events are kept and 6 are proven"],
    );
}
