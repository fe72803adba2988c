use chrono::DateTime;
use retail::event::{ByCashier, EpochOpened, EpochWhy};
use retail::ids::{CashierId, Epoch, OrgId, Position, TillId};
use retail::journal::hash_event;

use super::*;

fn event(seq: u64, prev: Hash, mark: u16) -> (Stored, Event) {
    let body = if seq == 1 {
        Body::EpochOpened(EpochOpened {
            prev_epoch: None,
            prev_seq: 0,
            prev_hash: Hash::ZERO,
            why: EpochWhy::Enrolled,
        })
    } else {
        Body::DrawerOpened(ByCashier {
            cashier: CashierId::new(mark).unwrap(),
        })
    };
    let at = DateTime::parse_from_rfc3339("2026-11-21T14:03:05+01:00").unwrap();
    let position = Position {
        till: TillId::new(1).unwrap(),
        epoch: Epoch::FIRST,
        seq,
    };
    let bytes = Event::write(position, at, &body).unwrap();
    let stored = Stored {
        position,
        prev_hash: prev,
        hash: hash_event(prev, &bytes),
        bytes,
    };
    let event = Event::read(&stored.bytes).unwrap();
    (stored, event)
}

/// A chain from `from`, standing on `prev`, of events with this mark.
fn chain(from: u64, to: u64, prev: Hash, mark: u16) -> Vec<(Stored, Event)> {
    let mut prev = prev;
    (from..=to)
        .map(|seq| {
            let event = event(seq, prev, mark);
            prev = event.0.hash;
            event
        })
        .collect()
}

fn header(events: &[(Stored, Event)]) -> BatchHeader {
    let (first, last) = (&events[0].0, &events[events.len() - 1].0);
    BatchHeader {
        v: 1,
        org: OrgId([1; 16]),
        shop: "utrecht".to_owned(),
        till: first.position.till,
        epoch: first.position.epoch,
        first: first.position.seq,
        last: last.position.seq,
        prev_hash: first.prev_hash,
        head_hash: last.hash,
        hole: None,
    }
}

fn known(kept: &[(&[(Stored, Event)], u32)]) -> Known {
    let mut places: Vec<Place> = kept
        .iter()
        .flat_map(|(events, branch)| events.iter().map(|(stored, _)| (stored, *branch)))
        .enumerate()
        .map(|(n, (stored, branch))| Place {
            n: n as i64 + 1,
            seq: stored.position.seq,
            hash: stored.hash,
            prev_hash: stored.prev_hash,
            branch,
            at_ms: 0,
        })
        .collect();
    places.sort_by_key(|place| (place.seq, place.n));
    Known {
        last_before: None,
        places,
        opened_on_known: true,
        free_branch: kept.iter().map(|(_, branch)| branch + 1).max().unwrap_or(1),
    }
}

fn new(verdict: &Verdict) -> Vec<Option<u32>> {
    let branch = |fate: &Fate| match fate {
        Fate::New { branch } => Some(*branch),
        Fate::Duplicate { .. } => None,
    };
    verdict.fates.iter().map(branch).collect()
}

#[test]
fn a_journal_grows_on_its_first_branch() {
    let all = chain(1, 4, Hash::ZERO, 1);
    let first = decide(&header(&all), &all, &known(&[])).unwrap();
    assert_eq!(new(&first), [Some(0); 4]);
    assert!(!first.open_epoch());
    let again = decide(&header(&all), &all, &known(&[(&all, 0)])).unwrap();
    assert_eq!((new(&again), again.forked), (vec![None; 4], 0));
    let half = decide(&header(&all), &all, &known(&[(&all[..2], 0)])).unwrap();
    assert_eq!(new(&half), [None, None, Some(0), Some(0)]);
}

#[test]
fn the_same_name_with_another_hash_is_a_branch_and_only_its_till_moves() {
    let first = chain(1, 4, Hash::ZERO, 1);
    let twin = chain(3, 5, first[1].0.hash, 2);
    let verdict = decide(&header(&twin), &twin, &known(&[(&first, 0)])).unwrap();
    assert_eq!(new(&verdict), [Some(1); 3]);
    assert_eq!(verdict.forked, 2, "seq 5 was free");
    assert_eq!(verdict.fork, Some(Fork { branch: 1, seq: 3 }));
    assert!(verdict.open_epoch());

    let kept = known(&[(&first, 0), (&twin, 1)]);
    let on = chain(5, 6, first[3].0.hash, 1);
    let goes_on = decide(&header(&on), &on, &kept).unwrap();
    assert_eq!((new(&goes_on), goes_on.fork), (vec![Some(0); 2], None));
    assert!(!goes_on.open_epoch(), "the first branch goes on");
    let twin_on = chain(6, 7, twin[2].0.hash, 2);
    let twin_on = decide(&header(&twin_on), &twin_on, &kept).unwrap();
    assert_eq!((new(&twin_on), twin_on.fork), (vec![Some(1); 2], None));
    assert!(twin_on.open_epoch(), "still told to move");
}

#[test]
fn a_gap_is_refused_with_what_is_there() {
    let all = chain(1, 6, Hash::ZERO, 1);
    let late = &all[4..];
    let after = Head {
        epoch: Epoch::FIRST,
        seq: 2,
        hash: all[1].0.hash,
    };
    let mut kept = known(&[]);
    kept.last_before = Some(after);
    assert_eq!(
        decide(&header(late), late, &kept),
        Err(Refusal::Gap { after: Some(after) })
    );
    let mut declared = header(late);
    declared.hole = Some(3);
    let verdict = decide(&declared, late, &kept).unwrap();
    assert_eq!(verdict.hole, Some((3, 4)));
    declared.hole = Some(4);
    assert!(
        decide(&declared, late, &kept).is_err(),
        "3 is neither there nor declared"
    );
    declared.hole = Some(5);
    assert!(decide(&declared, late, &kept).is_err());
}

#[test]
fn a_new_epoch_must_stand_on_what_is_kept() {
    let all = chain(1, 2, Hash::ZERO, 1);
    let mut kept = known(&[]);
    kept.opened_on_known = false;
    assert_eq!(
        decide(&header(&all), &all, &kept),
        Err(Refusal::Gap { after: None })
    );
    let mut again = known(&[(&all, 0)]);
    again.opened_on_known = false;
    assert!(decide(&header(&all), &all, &again).is_ok(), "it is there");
}
