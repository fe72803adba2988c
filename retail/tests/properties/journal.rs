//! Events read back as they were written; a chain and a signed batch notice every change.

use super::support::{batch, body, chain, first, key, wall_time};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use retail::event::{Body, Event};
use retail::ids::{CustomerId, Hash, LinkId, Position, RecordId, TillId};
use retail::journal::{Batch, BatchError, Stored, Verifier, hash_event};
use retail::wire::{RequestSignature, Side};

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

    #[test]
    fn a_batch_arrives_as_it_left(journal in chain(), from in any::<Index>(), sides in vec(side(), 0..4)) {
        let key = key(1);
        let events = &journal[from.index(journal.len())..];
        let mut sent = batch(events, &key);
        sent.side = sides;
        let received = Batch::decode(&sent.encode().expect("encodes")).expect("decodes");
        prop_assert_eq!(&received, &sent);
        let verified = received.verify(&key.verifying_key()).expect("believed");
        let stored: Vec<Stored> = verified.iter().map(|(stored, _)| stored.clone()).collect();
        prop_assert_eq!(stored, events.to_vec());
    }

    #[test]
    fn a_batch_of_another_key_is_refused(journal in chain()) {
        let sent = batch(&journal, &key(1));
        prop_assert_eq!(sent.verify(&key(2).verifying_key()), Err(BatchError::BadSignature));
    }

    #[test]
    fn no_header_field_can_be_changed(journal in chain(), field in 0..9_usize) {
        let key = key(1);
        let mut sent = batch(&journal, &key);
        let header = &mut sent.header;
        match field {
            0 => header.org.0[0] ^= 1,
            1 => header.shop.push('x'),
            2 => header.till = TillId::new(999).expect("in range"),
            3 => header.epoch = header.epoch.next().expect("a next one"),
            4 => header.first += 1,
            5 => header.last += 1,
            6 => header.prev_hash.0[31] ^= 1,
            7 => header.head_hash.0[31] ^= 1,
            _ => header.hole = Some(1),
        }
        prop_assert_eq!(sent.verify(&key.verifying_key()), Err(BatchError::BadSignature));
    }

    #[test]
    fn events_are_bound_to_their_header(journal in chain(), event in any::<Index>(), how in 0..3) {
        let key = key(1);
        let mut sent = batch(&journal, &key);
        let event = event.index(sent.events.len());
        match how {
            0 => sent.events[event].push(b' '),
            1 => drop(sent.events.remove(event)),
            _ => sent.events.push(sent.events[event].clone()),
        }
        prop_assert!(sent.verify(&key.verifying_key()).is_err());
    }

    #[test]
    fn a_signed_lie_about_the_place_is_refused(journal in chain(), shift in prop_oneof![1..=Position::MAX_SEQ, Just(u64::MAX), u64::MAX - 20..=u64::MAX]) {
        // The till's own key, but the events are not those of the header.
        let key = key(1);
        let mut header = batch(&journal, &key).header;
        header.first = header.first.saturating_add(shift);
        header.last = header.last.saturating_add(shift);
        let events = journal.iter().map(|stored| stored.bytes.clone()).collect();
        let lie = Batch::sign(header, events, Vec::new(), 0, &key);
        prop_assert!(lie.verify(&key.verifying_key()).is_err());
    }

    #[test]
    fn a_request_belongs_to_till_method_path_nonce_and_body(
        body in vec(any::<u8>(), 0..100), nonce in any::<[u8; 16]>(), field in 0..5
    ) {
        let (signer, till, other) = (key(1), TillId::new(1).expect("in range"), TillId::new(2).expect("in range"));
        let signed = RequestSignature::sign(&signer, till, "POST", "/v1/batches", nonce, &body);
        let public = signer.verifying_key();
        prop_assert!(signed.verify(&public, till, "POST", "/v1/batches", &body));
        let mut wrong_body = body.clone();
        wrong_body.push(0);
        let mut wrong_nonce = signed.clone();
        wrong_nonce.nonce = hex::encode([nonce[0] ^ 1; 16]);
        prop_assume!(wrong_nonce.nonce != signed.nonce);
        let believed = match field {
            0 => signed.verify(&public, other, "POST", "/v1/batches", &body),
            1 => signed.verify(&public, till, "GET", "/v1/batches", &body),
            2 => signed.verify(&public, till, "POST", "/v1/heads", &body),
            3 => signed.verify(&public, till, "POST", "/v1/batches", &wrong_body),
            _ => wrong_nonce.verify(&public, till, "POST", "/v1/batches", &body),
        };
        prop_assert!(!believed);
    }
}

/// A side record of the first event.
fn side() -> impl Strategy<Value = Side> {
    prop_oneof![
        (any::<[u8; 16]>(), any::<[u8; 16]>()).prop_map(|(link, customer)| Side::Link {
            seq: 1,
            link: LinkId(link),
            customer: CustomerId(customer)
        }),
        (any::<[u8; 16]>(), any::<String>()).prop_map(|(id, text)| Side::Text {
            seq: 1,
            id: RecordId(id),
            text
        }),
    ]
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
        let wrong = retail::journal::ChainError::WrongSeq {
            found: stored(seq).position,
            expected: 2,
        };
        assert_eq!(verifier.next(&stored(seq)), Err(wrong));
    }
    assert!(verifier.next(&stored(2)).is_ok());
}

/// What even the till's own key cannot make good.
#[test]
fn a_signed_batch_has_its_bounds() {
    let key = key(1);
    let at = chrono::DateTime::UNIX_EPOCH.fixed_offset();
    let body = Body::PrinterOutOfPaper(retail::event::Empty {});
    let run = |first_seq: u64, count: u64, prev: Hash| -> Vec<Stored> {
        let mut prev_hash = prev;
        (first_seq..first_seq + count)
            .map(|seq| {
                let position = Position { seq, ..first() };
                let bytes = Event::write(position, at, &body).expect("small enough");
                let stored = Stored {
                    position,
                    prev_hash,
                    hash: hash_event(prev_hash, &bytes),
                    bytes,
                };
                prev_hash = stored.hash;
                stored
            })
            .collect()
    };
    let believed = |batch: &Batch| {
        batch
            .verify(&key.verifying_key())
            .map(|events| events.len())
    };
    let signed = |events: &[Stored], hole: Option<u64>| {
        let mut header = batch(events, &key).header;
        header.hole = hole;
        Batch::sign(
            header,
            events.iter().map(|event| event.bytes.clone()).collect(),
            Vec::new(),
            0,
            &key,
        )
    };

    let events = run(5, 3, Hash([9; 32]));
    assert_eq!(believed(&signed(&events, None)), Ok(3));
    assert_eq!(believed(&signed(&events, Some(2))), Ok(3));
    for hole in [0, 5, 7] {
        assert!(
            matches!(
                believed(&signed(&events, Some(hole))),
                Err(BatchError::Malformed(_))
            ),
            "{hole}"
        );
    }
    let on_nothing = signed(&run(1, 1, Hash([9; 32])), None);
    assert!(
        matches!(believed(&on_nothing), Err(BatchError::Malformed(_))),
        "the first event stands on zeros"
    );

    let full = signed(&run(2, 500, Hash([9; 32])), None)
        .encode()
        .expect("encodes");
    assert_eq!(
        Batch::decode(&full).map(|batch| batch.events.len()),
        Ok(500)
    );
    let over = signed(&run(2, 501, Hash([9; 32])), None)
        .encode()
        .expect("encodes");
    assert_eq!(Batch::decode(&over), Err(BatchError::TooLarge));
    let mut padded = signed(&events, None);
    padded.side = vec![Side::Text {
        seq: 5,
        id: RecordId([0; 16]),
        text: "x".repeat(retail::journal::MAX_BODY_BYTES),
    }];
    assert_eq!(
        Batch::decode(&padded.encode().expect("encodes")),
        Err(BatchError::TooLarge)
    );
}

/// An event over its bound is neither written nor read.
#[test]
fn an_event_has_its_bound() {
    let at = chrono::DateTime::UNIX_EPOCH.fixed_offset();
    let hole = |len: usize| {
        let epoch = first().epoch;
        Body::Hole(retail::event::Hole {
            epoch,
            from: 1,
            to: 1,
            reason: "x".repeat(len),
        })
    };
    let most = retail::event::MAX_EVENT_BYTES;
    let envelope = Event::write(first(), at, &hole(0))
        .expect("small enough")
        .len();
    let largest = Event::write(first(), at, &hole(most - envelope)).expect("just fits");
    assert_eq!(largest.len(), most);
    assert!(Event::read(&largest).is_ok());
    let too_large = Err(retail::event::EventError::TooLarge(most + 1));
    assert_eq!(
        Event::write(first(), at, &hole(most - envelope + 1)),
        too_large
    );
    let mut longer = largest;
    longer.push(b' ');
    assert!(Event::read(&longer).is_err());
}

/// Numbers that no shop has make an event unknown: it is kept and carried, and never added up.
#[test]
fn absurd_numbers_are_carried_but_not_counted() {
    let at = chrono::DateTime::UNIX_EPOCH.fixed_offset();
    let write = |amount: i64| {
        let body = Body::SaleCancelled(retail::event::SaleCancelled {
            cashier: retail::ids::CashierId::new(1).expect("in range"),
            lines: 1,
            total: retail::money::Cents(amount),
        });
        let bytes = Event::write(first(), at, &body).expect("small enough");
        Event::read(&bytes).expect("an event").body
    };
    let most = retail::money::Cents::MAX_EVENT.0;
    assert!(matches!(write(most), Body::SaleCancelled(_)));
    for amount in [most + 1, -most - 1, i64::MIN, i64::MAX] {
        assert!(matches!(write(amount), Body::Unknown { kind } if kind == "sale_cancelled"));
    }
}
