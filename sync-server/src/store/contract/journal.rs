//! Batches, the tree of events, branches, holes, days.

use chrono::NaiveDate;
use retail::day::DayTotals;
use retail::ids::{Epoch, Hash, LinkId, RecordId, TillId};
use retail::wire::Head;

use super::office::{shop, till};
use crate::store::rows::{BatchRow, Branch, DayRow, EventKeys, HoleRow, NewEvent, Timing};
use crate::store::{Result, Store, Tables, read, write};

fn one() -> TillId {
    TillId::new(1).unwrap()
}

fn epoch(number: u8) -> Epoch {
    Epoch::new(number).unwrap()
}

fn day() -> NaiveDate {
    "2026-11-21".parse().unwrap()
}

fn batch() -> BatchRow {
    BatchRow {
        id: 1,
        till: one(),
        epoch: epoch(1),
        first: 1,
        last: 3,
        header: "{}".to_owned(),
        signature: [9; 64],
        received_ms: 70,
        sent_ms: 60,
    }
}

/// An event of epoch 1; its hash is its mark.
pub(super) fn event(seq: u64, mark: u8, batch: i64) -> NewEvent<'static> {
    NewEvent {
        batch,
        till: one(),
        epoch: epoch(1),
        seq,
        hash: Hash([mark; 32]),
        prev_hash: Hash([mark - 1; 32]),
        branch: 0,
        at_ms: 50,
        clamped: false,
        keys: EventKeys {
            kind: "sale".to_owned(),
            day: day(),
            receipt: Some(1_010_000_000 + i64::from(mark)),
            of: None,
            link: Some(LinkId([mark; 16])),
        },
        bytes: vec![mark].leak(),
    }
}

/// The shop, the till and one batch; gives the batch's id.
pub(super) fn ground(tables: &mut dyn Tables) -> i64 {
    tables.add_shop(&shop()).unwrap();
    tables.add_till(&till(1)).unwrap();
    tables.add_batch(&batch()).unwrap()
}

pub(super) fn check(store: &dyn Store) {
    write(store, |tables| {
        let id = ground(tables);
        assert_eq!(tables.batches(0, 9)?, vec![BatchRow { id, ..batch() }]);
        assert_eq!(
            (tables.batches(id, 9)?.len(), tables.batch_count()?),
            (0, 1)
        );
        let events = [(1, 1), (2, 2), (2, 7), (3, 3)].map(|(seq, mark)| event(seq, mark, id));
        let keys = tables.add_events(&events)?;
        assert!(keys.is_sorted() && keys.len() == 4, "{keys:?}");
        assert_eq!(tables.add_events(&[])?, Vec::<i64>::new());
        assert_eq!(tables.event_count()?, 4);
        Ok(())
    })
    .unwrap();
    let twice = write(store, |tables| tables.add_events(&[event(2, 2, 1)]));
    assert!(twice.is_err(), "one name and one hash is one event");
    tree(store);
    readers(store);
    branches(store);
    holes_and_days(store);
}

fn tree(store: &dyn Store) {
    read(store, |tables| {
        let places = tables.places(one(), epoch(1), 2, 3)?;
        let marks: Vec<_> = places
            .iter()
            .map(|place| (place.seq, place.hash.0[0]))
            .collect();
        assert_eq!(marks, [(2, 2), (2, 7), (3, 3)], "by seq, then arrival");
        assert_eq!(tables.places(one(), epoch(2), 1, 3)?, vec![]);
        assert!(tables.place(one(), epoch(1), 2, Hash([7; 32]))?.is_some());
        assert!(tables.place(one(), epoch(1), 3, Hash([7; 32]))?.is_none());
        let before = |epoch, seq| tables.last_before(one(), epoch, seq);
        let mut before = before;
        assert_eq!(before(epoch(1), 3)?.map(|head| head.seq), Some(2));
        assert_eq!(before(epoch(2), 1)?.map(|head| head.seq), Some(3));
        assert_eq!(before(epoch(1), 1)?, None);
        Ok(())
    })
    .unwrap();
}

fn readers(store: &dyn Store) {
    write(store, |tables| {
        tables.add_link(LinkId([2; 16]), "jip")?;
        let two = tables.place(one(), epoch(1), 2, Hash([2; 32]))?.unwrap();
        assert!(tables.add_text(RecordId([1; 16]), two.n, None, "mooi")?);
        assert!(
            !tables.add_text(RecordId([1; 16]), two.n, None, "mooi")?,
            "once"
        );
        let mut seen = Vec::new();
        tables.each_event(1, &mut |row| {
            seen.push((row.bytes[0], row.customer, row.text));
            Ok(())
        })?;
        let jip = (2, Some("jip".to_owned()), Some("mooi".to_owned()));
        assert_eq!(seen, [jip, (7, None, None), (3, None, None)], "by arrival");
        assert_eq!(tables.events_between(one(), epoch(1), 1, 2)?.len(), 3);
        assert_eq!(tables.events_of_receipt(1_010_000_007)?[0].bytes, [7]);
        let mut back = event(4, 9, 1);
        back.keys.of = Some(1_010_000_007);
        assert!(tables.returned_receipts(one(), epoch(1), 1, 9)?.is_empty());
        let n = tables.add_events(std::slice::from_ref(&back))?[0];
        let returned = |tables: &mut dyn Tables, from, to| {
            tables.returned_receipts(one(), epoch(1), from, to).unwrap()
        };
        assert_eq!(returned(tables, 1, 9), [1_010_000_007], "once, with a name");
        assert_eq!(returned(tables, 2, 2), [1_010_000_007]);
        assert_eq!(returned(tables, 3, 9), Vec::<i64>::new());
        assert_eq!(tables.returns_of_receipt(1_010_000_007)?[0].seq, 4);
        assert_eq!(tables.receipts_of_day(one(), day())?.len(), 5);
        assert_eq!(tables.receipts_of_day(one(), NaiveDate::MIN)?.len(), 0);
        assert_eq!(keyed(tables)?.last(), Some(&(n, back.keys.clone(), None)));
        let keys = EventKeys {
            kind: "pause".to_owned(),
            day: NaiveDate::MIN,
            receipt: None,
            of: None,
            link: None,
        };
        tables.set_keys(n, &keys)?;
        assert_eq!(keyed(tables)?.last(), Some(&(n, keys, None)));
        let second = &keyed(tables)?[1];
        assert_eq!(second.2.as_deref(), Some("jip"), "whose link it is");
        assert_eq!(second.1, event(2, 2, 1).keys, "the others stay");
        let timing = Timing {
            at_ms: 50,
            clamped: false,
            sent_ms: 60,
            received_ms: 70,
        };
        assert_eq!(timed(tables)?.last(), Some(&(n, Hash([8; 32]), timing)));
        tables.set_time(n, 40, true)?;
        let put = Timing {
            at_ms: 40,
            clamped: true,
            ..timing
        };
        let now = timed(tables)?;
        assert_eq!(now.last(), Some(&(n, Hash([8; 32]), put)));
        assert!(now.iter().all(|(of, _, when)| *of == n || *when == timing));
        Ok(())
    })
    .unwrap();
}

/// Every event's row, keys and customer.
fn keyed(tables: &mut dyn Tables) -> Result<Vec<(i64, EventKeys, Option<String>)>> {
    let mut rows = Vec::new();
    tables.each_keyed(&mut |row| {
        rows.push((row.n, row.keys, row.customer));
        Ok(())
    })?;
    Ok(rows)
}

/// Every event's row, the hash before it, and when it happened.
fn timed(tables: &mut dyn Tables) -> Result<Vec<(i64, Hash, Timing)>> {
    let mut rows = Vec::new();
    tables.each_keyed(&mut |row| {
        rows.push((row.n, row.prev_hash, row.timing));
        Ok(())
    })?;
    Ok(rows)
}

fn branches(store: &dyn Store) {
    let head = |seq, mark| Head {
        epoch: epoch(1),
        seq,
        hash: Hash([mark; 32]),
    };
    let branch = |number, head| Branch {
        branch: number,
        head,
        from_seq: 1,
        updated_ms: 5,
    };
    write(store, |tables| {
        tables.put_branch(one(), &branch(0, head(3, 3)))?;
        tables.put_branch(one(), &branch(0, head(2, 2)))?;
        tables.put_branch(one(), &branch(1, head(2, 7)))?;
        let kept = tables.branches(one(), 9)?;
        assert_eq!(
            kept,
            [branch(0, head(3, 3)), branch(1, head(2, 7))],
            "a head never goes back"
        );
        assert_eq!(tables.branches(one(), 1)?.len(), 1);
        Ok(())
    })
    .unwrap();
}

fn holes_and_days(store: &dyn Store) {
    let hole = HoleRow {
        id: 0,
        till: one(),
        epoch: epoch(1),
        from: 5,
        to: 9,
        reason: "damaged".to_owned(),
        declared_ms: 1,
        acknowledged_ms: None,
    };
    let mut closed = DayRow {
        till: one(),
        day: day(),
        claimed: DayTotals {
            sales: 2,
            ..DayTotals::default()
        },
        found: DayTotals::default(),
        proven: false,
        counted_cents: Some(10_000),
        at: Head {
            epoch: epoch(1),
            seq: 9,
            hash: Hash([1; 32]),
        },
    };
    write(store, |tables| {
        assert!(tables.add_hole(&hole)?);
        assert!(!tables.add_hole(&hole)?, "once");
        let id = tables.holes(9)?[0].id;
        assert!(tables.acknowledge_hole(id, 7)?);
        assert!(!tables.acknowledge_hole(id, 8)?);
        assert_eq!(tables.holes(9)?[0].acknowledged_ms, Some(7));
        tables.put_day(&closed)?;
        closed.proven = true;
        tables.put_day(&closed)?;
        assert_eq!(tables.day(one(), day())?, Some(closed.clone()));
        assert_eq!(tables.days(9)?, vec![closed.clone()]);
        assert_eq!(tables.day(one(), NaiveDate::MIN)?, None);
        Ok(())
    })
    .unwrap();
}
