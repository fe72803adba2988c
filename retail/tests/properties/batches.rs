//! Properties of signed batches and requests: they arrive as they left, and every change is noticed.

use super::support::{batch, chain, first, key};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use retail::event::{Body, Event};
use retail::ids::{CustomerId, Hash, LinkId, Position, RecordId, TillId};
use retail::journal::{Batch, BatchError, Stored, hash_event};
use retail::wire::{RequestSignature, Side};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

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

/// A batch of a version this code does not know is not read as one that it does.
#[test]
fn a_batch_of_another_version_is_refused() {
    let key = key(1);
    let body = Body::PrinterOutOfPaper(retail::event::Empty {});
    let at = chrono::DateTime::UNIX_EPOCH.fixed_offset();
    let bytes = Event::write(first(), at, &body).expect("small enough");
    let hash = hash_event(Hash::ZERO, &bytes);
    let stored = Stored {
        position: first(),
        prev_hash: Hash::ZERO,
        hash,
        bytes,
    };
    for v in [0, 2] {
        let mut sent = batch(std::slice::from_ref(&stored), &key);
        sent.header.v = v;
        let read = Batch::decode(&sent.encode().expect("encodes"));
        assert!(matches!(read, Err(BatchError::Malformed(_))), "{v}");
    }
}
