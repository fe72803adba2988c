//! Events read back as they were written; a chain notices every change.

use super::support::{body, chain, first, wall_time};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use retail::event::{Body, Event};
use retail::ids::{Hash, Position, TillId};
use retail::journal::{Batch, ChainError, Stored, Verifier, hash_event};

/// Walks a journal; the number of good events, or where it breaks.
fn walk(journal: &[Stored]) -> Result<usize, usize> {
    let mut verifier = Verifier::new();
    for (at, stored) in journal.iter().enumerate() {
        verifier.next(stored).map_err(|_| at)?;
    }
    Ok(journal.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn an_event_reads_back(body in body(), at in wall_time(), seq in 1..=Position::MAX_SEQ) {
        let position = Position { seq, ..first() };
        let bytes = Event::write(position, at, &body).expect("small enough");
        prop_assert!(!bytes.contains(&b'\n'), "one line");
        let read = Event::read(&bytes).expect("what was written is an event");
        prop_assert_eq!(&read.body, &body);
        prop_assert_eq!(read.position, position);
        prop_assert_eq!(read.at, at);
        prop_assert_eq!(read.at.offset(), at.offset(), "the shop's own offset stays");
        // The export promises these names in any reader.
        let json: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        for field in ["v", "till", "epoch", "seq", "at", "kind"] {
            prop_assert!(json.get(field).is_some(), "{}", field);
        }
        prop_assert_eq!(json["kind"].as_str(), Some(body.kind()));
    }

    #[test]
    fn a_name_stands_only_once(body in body(), at in wall_time()) {
        // A second field with the name of an envelope field would make two readers disagree.
        let bytes = Event::write(first(), at, &body).expect("small enough");
        let map: Vec<String> = serde_json::from_slice::<Names>(&bytes).expect("an object").0;
        let mut names = map.clone();
        names.sort();
        names.dedup();
        prop_assert_eq!(names.len(), map.len(), "{:?}", map);
    }

    #[test]
    fn reading_never_panics(bytes in vec(any::<u8>(), 0..200)) {
        let _ = Event::read(&bytes);
        let _ = Batch::decode(&bytes);
    }

    #[test]
    fn a_journal_is_whole(journal in chain()) {
        prop_assert_eq!(walk(&journal), Ok(journal.len()));
    }

    #[test]
    fn any_changed_byte_is_noticed(journal in chain(), event in any::<Index>(), byte in any::<Index>(), flip in 1_u8..) {
        let mut changed = journal;
        let event = event.index(changed.len());
        let byte = byte.index(changed[event].bytes.len());
        changed[event].bytes[byte] ^= flip;
        prop_assert_eq!(walk(&changed), Err(event));
    }

    #[test]
    fn a_rehashed_forgery_breaks_the_chain_behind_it(journal in chain(), event in any::<Index>()) {
        prop_assume!(journal.len() > 1);
        let event = event.index(journal.len() - 1);
        let mut forged = journal;
        forged[event].bytes.push(b' ');
        forged[event].hash = hash_event(forged[event].prev_hash, &forged[event].bytes);
        prop_assert_eq!(walk(&forged), Err(event + 1));
    }

    #[test]
    fn a_missing_doubled_or_swapped_event_is_noticed(journal in chain(), at in any::<Index>(), how in 0..3) {
        prop_assume!(journal.len() > 2);
        let at = at.index(journal.len() - 1);
        let mut changed = journal;
        match how {
            0 => drop(changed.remove(at)),
            1 => changed.insert(at, changed[at].clone()),
            _ => changed.swap(at, at + 1),
        }
        prop_assert!(walk(&changed).is_err());
    }
}

/// The field names of an object, doubles included.
struct Names(Vec<String>);

impl<'de> serde::Deserialize<'de> for Names {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Names;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some((name, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// An epoch begins with `epoch_opened` on zeros; the next one starts anew, and an older one never comes back.
#[test]
fn epochs_follow_each_other() {
    let at = chrono::DateTime::UNIX_EPOCH.fixed_offset();
    let opened = |epoch: u8| {
        let epoch = retail::ids::Epoch::new(epoch).expect("in range");
        let position = Position { epoch, ..first() };
        let body = Body::EpochOpened(retail::event::EpochOpened {
            prev_epoch: None,
            prev_seq: 0,
            prev_hash: Hash::ZERO,
            why: retail::event::EpochWhy::Fork,
        });
        let bytes = Event::write(position, at, &body).expect("small enough");
        Stored {
            position,
            prev_hash: Hash::ZERO,
            hash: hash_event(Hash::ZERO, &bytes),
            bytes,
        }
    };
    assert_eq!(walk(&[opened(1), opened(2), opened(5)]), Ok(3));
    assert_eq!(walk(&[opened(1), opened(2), opened(1)]), Err(2));
    let bytes = Event::write(
        first(),
        at,
        &Body::PrinterOutOfPaper(retail::event::Empty {}),
    )
    .expect("small enough");
    let stored = Stored {
        position: first(),
        prev_hash: Hash::ZERO,
        hash: hash_event(Hash::ZERO, &bytes),
        bytes,
    };
    assert_eq!(walk(&[stored]), Err(0));
}

/// A seq that is left out is noticed although the chain of hashes goes on.
#[test]
fn a_seq_cannot_be_skipped() {
    let at = chrono::DateTime::UNIX_EPOCH.fixed_offset();
    let body = Body::PrinterOutOfPaper(retail::event::Empty {});
    let mut verifier = Verifier::behind(first().epoch, 1, Hash([9; 32]));
    let stored = |seq| {
        let position = Position { seq, ..first() };
        let bytes = Event::write(position, at, &body).expect("small enough");
        let hash = hash_event(Hash([9; 32]), &bytes);
        Stored {
            position,
            prev_hash: Hash([9; 32]),
            hash,
            bytes,
        }
    };
    for seq in [1, 3] {
        let wrong = ChainError::WrongSeq {
            found: stored(seq).position,
            expected: 2,
        };
        assert_eq!(verifier.next(&stored(seq)), Err(wrong));
    }
    assert!(verifier.next(&stored(2)).is_ok());
}

/// An event that calls itself another than its place, and an epoch that begins with something else.
#[test]
fn an_event_stands_where_it_says_and_an_epoch_is_opened() {
    let stored = |position: Position, json: &str| {
        let bytes = json.as_bytes().to_vec();
        Stored {
            position,
            prev_hash: Hash::ZERO,
            hash: hash_event(Hash::ZERO, &bytes),
            bytes,
        }
    };
    let own = first();
    let event = |v: u32, position: Position, kind: &str| {
        format!(
            r#"{{"v":{v},"till":{},"epoch":{},"seq":{},"at":"2026-11-21T14:03:05Z","kind":"{kind}"}}"#,
            position.till, position.epoch, position.seq
        )
    };
    let walk_one = |json: &str| Verifier::new().next(&stored(own, json)).map(drop);
    assert_eq!(
        walk_one(&event(9, own, "epoch_opened")),
        Ok(()),
        "of a newer till"
    );
    assert_eq!(
        walk_one(&event(9, own, "price_check")),
        Err(ChainError::NotOpened(own))
    );
    assert_eq!(
        walk_one(&event(1, own, "price_check")),
        Err(ChainError::NotOpened(own))
    );
    let till = TillId::new(77).expect("in range");
    let epoch = own.epoch.next().expect("a next one");
    for written in [
        Position { till, ..own },
        Position { epoch, ..own },
        Position { seq: 2, ..own },
    ] {
        let wrong = ChainError::WrongName {
            stored: own,
            written,
        };
        assert_eq!(walk_one(&event(9, written, "epoch_opened")), Err(wrong));
    }
}
