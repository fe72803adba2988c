//! One exchange over a real store, with a head office that says what it is told to say.

use retail::ids::{OrgId, ReceiptNumber, TillId};
use retail::journal::Batch;
use retail::wire::{BatchAnswer, DownPage, HeadsAnswer, ReceiptAnswer};

use super::*;
use crate::clock::{SystemClock, SystemEntropy};
use crate::store::Store;
use crate::store::tests::{enrolled, sell};
use crate::sync::direct::Direct;

/// Head office, by what it answers.
struct Says<'a> {
    batch: &'a mut dyn FnMut(&Batch) -> Result<BatchAnswer, CallError>,
    known: Option<Head>,
    page: DownPage,
    pages: u32,
}

impl HeadOffice for Says<'_> {
    fn batch(&mut self, body: &[u8]) -> Result<BatchAnswer, CallError> {
        let body = zstd::decode_all(body).unwrap();
        (self.batch)(&Batch::decode(&body).unwrap())
    }

    fn heads(&mut self, query: &HeadsQuery) -> Result<HeadsAnswer, CallError> {
        Ok(HeadsAnswer {
            nonce: query.nonce.clone(),
            known: self.known,
            heads: self.known.into_iter().collect(),
        })
    }

    fn down(&mut self, _: u64) -> Result<DownPage, CallError> {
        self.pages += 1;
        assert!(self.pages < 10, "asked for ever");
        Ok(self.page.clone())
    }

    fn receipt(&mut self, _: ReceiptNumber) -> Result<ReceiptAnswer, CallError> {
        Err(CallError::Offline(String::new()))
    }
}

fn page(cursor: u64, complete: bool) -> DownPage {
    DownPage {
        changes: Vec::new(),
        cursor,
        complete,
        watermark: None,
        run: "a".to_owned(),
    }
}

fn all_of(batch: &Batch) -> Head {
    Head {
        epoch: batch.header.epoch,
        seq: batch.header.last,
        hash: batch.header.head_hash,
    }
}

fn taken(batch: &Batch) -> BatchAnswer {
    BatchAnswer {
        safe: all_of(batch),
        accepted: u32::try_from(batch.events.len()).unwrap(),
        duplicates: 0,
        forked: 0,
        open_epoch: false,
    }
}

fn run(
    store: &mut Store,
    ask_heads: bool,
    office: &mut Says<'_>,
) -> (Summary, Result<(), SyncError>) {
    let clock = SystemClock::new();
    let mut second = Store::open(store.path()).unwrap();
    let mut session = Session::new(ask_heads);
    let result = session.run(&mut Parts {
        outbox: store,
        appender: &mut Direct {
            store: &mut second,
            clock: &clock,
            zone: chrono_tz::Europe::Amsterdam,
        },
        office,
        who: &Credentials {
            org: OrgId([1; 16]),
            shop: "dorp".to_owned(),
            till: TillId::new(3).unwrap(),
            key: ed25519_dalek::SigningKey::from_bytes(&[4; 32]),
        },
        clock: &clock,
        entropy: &mut SystemEntropy,
    });
    (session.summary, result)
}

#[test]
fn a_page_that_leads_nowhere_is_asked_for_once() {
    for (cursor, complete) in [(0, true), (0, false), (7, true), (7, false)] {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&folder.path().join("till.db")).unwrap();
        let mut office = Says {
            batch: &mut |_| Err(CallError::Offline(String::new())),
            known: None,
            page: page(cursor, complete),
            pages: 0,
        };
        let (_, done) = run(&mut store, false, &mut office);
        match done {
            Ok(()) => assert!(complete),
            Err(SyncError::Call(CallError::Protocol(_))) => assert!(!complete),
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn a_proxy_with_a_small_bound_gets_small_batches_and_nothing_is_set_apart() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    for _ in 0..20 {
        sell(&mut store, 100);
    }
    for bound in [0, 3] {
        let mut sent = 0;
        let mut office = Says {
            batch: &mut |batch| {
                if batch.events.len() > bound {
                    return Err(CallError::TooLongForTheWay);
                }
                sent += batch.events.len();
                Ok(taken(batch))
            },
            known: None,
            page: page(1, true),
            pages: 0,
        };
        let (summary, done) = run(&mut store, false, &mut office);
        assert_eq!(summary.set_apart, 0, "head office has not seen it");
        let waiting = store.standing().unwrap().waiting;
        if bound == 0 {
            assert_eq!(done, Err(CallError::TooLongForTheWay.into()));
            assert_eq!((sent, waiting), (0, 21));
        } else {
            assert_eq!((done, sent, waiting), (Ok(()), 21, 0));
        }
    }
}

#[test]
fn what_nobody_asked_moves_no_cursor() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    let first = sell(&mut store, 100);
    store.raise_cursor(first).unwrap();
    let last = sell(&mut store, 200);
    let other = Head {
        hash: Hash([9; 32]),
        ..first
    };
    let mut office = Says {
        // A batch of this till, and not the one that was sent.
        batch: &mut |batch| {
            Ok(BatchAnswer {
                safe: Head {
                    hash: Hash([9; 32]),
                    ..all_of(batch)
                },
                ..taken(batch)
            })
        },
        known: Some(other),
        page: page(1, true),
        pages: 0,
    };
    for ask_heads in [false, true] {
        let (_, done) = run(&mut store, ask_heads, &mut office);
        assert!(
            matches!(done, Err(SyncError::Call(CallError::Protocol(_)))),
            "{done:?}"
        );
        let standing = store.standing().unwrap();
        assert_eq!((standing.cursor, standing.head), (Some(first), Some(last)));
    }
}

#[test]
fn a_hole_is_declared_once_and_in_a_new_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut store = enrolled(&path);
    let (first, bad) = (sell(&mut store, 100), sell(&mut store, 200));
    sell(&mut store, 300);
    store.raise_cursor(first).unwrap();
    let outside = rusqlite::Connection::open(&path).unwrap();
    outside
        .execute(
            "UPDATE event SET bytes = x'7B7D' WHERE hash = ?1",
            [bad.hash.0],
        )
        .unwrap();
    // The first answer is lost: the same hole is met again.
    let mut lost = false;
    let mut office = Says {
        batch: &mut |batch| {
            if std::mem::replace(&mut lost, true) {
                Ok(taken(batch))
            } else {
                Err(CallError::Offline(String::new()))
            }
        },
        known: None,
        page: page(1, true),
        pages: 0,
    };
    let (summary, done) = run(&mut store, false, &mut office);
    assert_eq!(done, Err(CallError::Offline(String::new()).into()));
    assert_eq!((summary.unreadable, summary.epochs_opened), (1, 1));
    let (summary, done) = run(&mut store, false, &mut office);
    assert_eq!((done, summary.unreadable), (Ok(()), 0));
    let holes = store.holes().unwrap();
    assert_eq!(holes.len(), 1);
    assert_eq!((holes[0].from, holes[0].to), (bad.seq, bad.seq));
    let standing = store.standing().unwrap();
    assert_eq!(standing.head.unwrap().epoch.get(), 2);
    assert_eq!(standing.waiting, 0);
}
