//! Journals as a tree: forks and twins, what a batch stands on, and the holes in between.

use retail::event::{Body, Hole};
use retail::ids::Epoch;
use retail::wire::{HeadsAnswer, HeadsQuery, PATH_HEADS, Refusal};

use super::{kinds, net};
use crate::kit::{Kassa, desk};

#[test]
fn a_restored_backup_is_a_fork_and_both_branches_count() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    kassa.sell(1_000, None);
    let mut backup = kassa.clone();
    kassa.sell(2_000, None);
    kassa.send_all(&desk).unwrap();
    backup.sell(400, None);
    let answer = backup.send(&desk, &backup.batch(3, 3)).unwrap();
    assert_eq!(
        (answer.accepted, answer.forked, answer.open_epoch),
        (1, 1, true)
    );
    backup.open_epoch();
    backup.sell(50, None);
    let answer = backup.send_all(&desk).unwrap();
    assert!(!answer.open_epoch);
    assert_eq!(net(&desk), 3_450);
    assert_eq!(kinds(&desk), ["fork"]);
    let tills = desk
        .office
        .tills(&desk.office.command_line_scope())
        .unwrap();
    assert_eq!((tills[0].forks, tills[0].branches.len()), (1, 3));
    assert_eq!(desk.office.verify(&mut |_, _| {}).unwrap().fault_count, 0);
}

#[test]
fn heads_say_up_to_where_and_a_new_epoch_on_unknown_ground_is_a_gap() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    kassa.sell(1_000, None);
    let known = kassa.head();
    kassa.send_all(&desk).unwrap();
    kassa.sell(2_000, None);
    let locator = vec![kassa.head(), known];
    let query = HeadsQuery {
        nonce: "0".repeat(32),
        locator,
    };
    let body = serde_json::to_vec(&query).unwrap();
    let reply = kassa.ask(&desk, "POST", PATH_HEADS, &body);
    let answer: HeadsAnswer = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!((answer.known, answer.heads), (Some(known), vec![known]));
    kassa.open_epoch();
    let refused = kassa.send_all(&desk);
    assert_eq!(refused, Err(Refusal::Gap { after: Some(known) }));
}

#[test]
fn a_hole_is_taken_shown_and_kept() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    for _ in 0..5 {
        kassa.sell(100, None);
    }
    kassa.send(&desk, &kassa.batch(1, 2)).unwrap();
    let mut late = kassa.batch(5, 6);
    late.header.hole = Some(3);
    let late = retail::journal::Batch::sign(
        late.header.clone(),
        late.events.clone(),
        Vec::new(),
        late.sent_at_ms,
        &kassa.key,
    );
    kassa.send(&desk, &late).unwrap();
    kassa.push(&Body::Hole(Hole {
        epoch: Epoch::FIRST,
        from: 3,
        to: 4,
        reason: "damaged".to_owned(),
    }));
    kassa.send(&desk, &kassa.batch(7, 7)).unwrap();
    let scope = desk.office.command_line_scope();
    let holes = desk.office.tills(&scope).unwrap().remove(0).holes;
    assert_eq!(holes.len(), 1, "declared twice is one hole");
    assert_eq!((holes[0].from, holes[0].to), (3, 4));
    assert!(desk.office.acknowledge_hole(&scope, holes[0].id).unwrap());
    assert_eq!(desk.office.verify(&mut |_, _| {}).unwrap().fault_count, 0);
}

/// A twin sends everything again from the first event on: the trunk is known, then its own branch is, and what is new
/// goes on there.
#[test]
fn a_twin_that_sends_from_the_start_stays_on_its_branch() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    kassa.sell(1_000, None);
    let mut twin = kassa.clone();
    kassa.sell(2_000, None);
    kassa.sell(3_000, None);
    kassa.send_all(&desk).unwrap();
    twin.sell(400, None);
    twin.send(&desk, &twin.batch(3, 3)).unwrap();
    twin.sell(500, None);
    let answer = twin.send_all(&desk).unwrap();
    assert_eq!(
        (answer.accepted, answer.duplicates, answer.forked),
        (1, 3, 1)
    );
    assert!(answer.open_epoch, "it stands on the second branch");
    let tills = desk
        .office
        .tills(&desk.office.command_line_scope())
        .unwrap();
    let ends: Vec<_> = tills[0].branches.iter().map(|branch| branch.head).collect();
    assert_eq!(ends.len(), 2, "{ends:?}");
    assert!(ends.contains(&kassa.head()) && ends.contains(&twin.head()));
    assert_eq!(kinds(&desk), ["fork"]);
    assert_eq!(net(&desk), 6_900);
}

/// Only what is missing here is shown as missing, and a hole behind what an epoch stands on excuses nothing.
#[test]
fn a_hole_is_as_large_as_what_is_missing() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    for _ in 0..6 {
        kassa.sell(100, None);
    }
    let resign = |kassa: &Kassa, mut batch: retail::journal::Batch, hole: u64| {
        batch.header.hole = Some(hole);
        retail::journal::Batch::sign(
            batch.header,
            batch.events,
            Vec::new(),
            batch.sent_at_ms,
            &kassa.key,
        )
    };
    kassa.send(&desk, &kassa.batch(1, 4)).unwrap();
    let late = resign(&kassa, kassa.batch(6, 7), 3);
    kassa.send(&desk, &late).unwrap();
    let scope = desk.office.command_line_scope();
    let holes = desk.office.tills(&scope).unwrap().remove(0).holes;
    let shown: Vec<_> = holes.iter().map(|hole| (hole.from, hole.to)).collect();
    assert_eq!(shown, [(5, 5)]);

    let mut twin = Kassa::enrol(&desk, 2);
    twin.sell(100, None);
    let mut kept = twin.clone();
    for _ in 0..3 {
        kept.sell(200, None);
    }
    kept.send_all(&desk).unwrap();
    twin.sell(300, None);
    // It stands on its own third event, which head office does not have, and says that only later ones are lost.
    let end = twin.head();
    twin.open_epoch();
    let opening = resign(&twin, twin.batch(1, 1), end.seq + 1);
    assert_eq!(
        twin.send(&desk, &opening),
        Err(Refusal::Gap {
            after: Some(kept.head())
        })
    );
    let opening = resign(&twin, twin.batch(1, 1), end.seq);
    assert!(twin.send(&desk, &opening).is_ok());
}
