//! What is taken and what is refused, and that the order and the number of deliveries change nothing.

use proptest::prelude::*;
use proptest::sample::SizeRange;
use retail::wire::Refusal;

use super::net;
use crate::kit::{Desk, Kassa, customer, desk};
use crate::store::read;

#[test]
fn a_batch_is_safe_and_a_second_delivery_adds_nothing() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    kassa.sell(1_995, Some(customer(1)));
    kassa.sell(500, None);
    let answer = kassa.send_all(&desk).unwrap();
    assert_eq!((answer.accepted, answer.duplicates), (3, 0));
    assert_eq!(answer.safe, kassa.head());
    let again = kassa.send_all(&desk).unwrap();
    assert_eq!((again.accepted, again.duplicates), (0, 3));
    assert_eq!(net(&desk), 2_495);
    let points = read(desk.office.store(), |tables| {
        tables.points(&customer(1).to_string())
    });
    assert_eq!(points.unwrap(), 19);
    let verified = desk.office.verify(&mut |_, _| {}).unwrap();
    assert_eq!(
        (verified.events, verified.batches, verified.fault_count),
        (3, 1, 0)
    );
}

#[test]
fn every_wrong_batch_has_its_typed_reason() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    let other = Kassa::enrol(&desk, 2);
    kassa.sell(500, None);
    kassa.sell(600, None);
    let good = kassa.batch(1, 3);

    let mut wrong = good.clone();
    wrong.signature[3] ^= 1;
    assert_eq!(kassa.send(&desk, &wrong), Err(Refusal::BadSignature));
    assert_eq!(other.send(&desk, &good), Err(Refusal::ForeignTill));
    let stranger = Kassa {
        key: other.key.clone(),
        ..kassa.clone()
    };
    assert_eq!(
        stranger.send(&desk, &good),
        Err(Refusal::BadRequestSignature)
    );
    let mut broken = good.clone();
    broken.events.swap(1, 2);
    assert!(matches!(
        kassa.send(&desk, &broken),
        Err(Refusal::BrokenChain { .. })
    ));
    assert_eq!(
        kassa.send(&desk, &kassa.batch(2, 3)),
        Err(Refusal::Gap { after: None })
    );
    let bomb = zstd::encode_all(&vec![0; 200 << 20][..], 1).unwrap();
    assert_eq!(kassa.send_body(&desk, &bomb), Err(Refusal::TooLarge));
    assert!(matches!(
        kassa.send_body(&desk, b"{}"),
        Err(Refusal::Malformed { .. })
    ));
    assert_eq!(net(&desk), 0, "nothing of it was kept");
    assert!(
        kassa.send(&desk, &good).is_ok(),
        "and nothing stands in the way"
    );

    crate::store::write(desk.office.store(), |tables| {
        tables.revoke_till(kassa.enrolled.till, 1)
    })
    .unwrap();
    assert_eq!(kassa.send(&desk, &good), Err(Refusal::Revoked));
}

/// Its halves are read at once; the till hears what it would hear of one pass.
#[test]
fn a_long_batch_is_refused_for_the_first_of_its_events_that_is_wrong() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    for cents in 1..200 {
        kassa.sell(cents, None);
    }
    let good = kassa.batch(1, 200);
    for wrong in [&[0][..], &[30], &[99, 100], &[100], &[30, 170], &[199]] {
        let mut broken = good.clone();
        for at in wrong {
            broken.events[*at] = format!("{{\"broken\":{at}}}").into_bytes();
        }
        let first = broken.verify(&kassa.key.verifying_key()).unwrap_err();
        assert_eq!(
            kassa.send(&desk, &broken),
            Err(Refusal::BrokenChain {
                detail: first.to_string()
            })
        );
    }
    let answer = kassa.send(&desk, &good).unwrap();
    assert_eq!((answer.accepted, answer.safe), (200, kassa.head()));
    assert_eq!(net(&desk), (1..200).sum::<i64>());
}

#[test]
fn numbers_of_receipts_come_back() {
    let number: retail::ids::ReceiptNumber = "999-99-9999999".parse().unwrap();
    assert_eq!(crate::ingest::receipt_key(number), 999_999_999_999);
    assert_eq!(crate::ingest::receipt_number(999_999_999_999), Some(number));
    assert_eq!(crate::ingest::receipt_number(7), None);
}

/// Net, events, points, and every customer's derived state.
type State = (i64, usize, Vec<i64>, Vec<(String, Vec<u8>)>);

/// What does not depend on the order of arrival.
fn state(desk: &Desk) -> State {
    while desk.office.settle(3).unwrap() > 0 {}
    let found = desk.office.rebuild_check(&mut |_, _| {}).unwrap();
    assert_eq!(found.differ, Vec::<String>::new());
    let volumes = {
        let book = desk.office.book().unwrap();
        journey::reports::volumes(book.dataset(), &journey::Query::all())
    };
    let (points, derived) = read(desk.office.store(), |tables| {
        let mut points = Vec::new();
        for mark in 1..=3 {
            points.push(tables.points(&customer(mark).to_string())?);
        }
        let mut derived = Vec::new();
        tables.each_derived(&mut |row| {
            derived.push((row.customer, row.bytes));
            Ok(())
        })?;
        Ok((points, derived))
    })
    .unwrap();
    (volumes.net_cents, volumes.events, points, derived)
}

/// One delivery: which till, and up to which of its cuts.
fn deliveries(size: impl Into<SizeRange>) -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0..2_usize, 0..4_usize), size)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_any_repetition_gives_the_same_state(
        sales in prop::collection::vec((0..2_usize, 1..50_000_i64, 0..4_u8), 1..24),
        order in deliveries(0..16),
    ) {
        let build = |desk: &Desk| {
            let mut tills = [Kassa::enrol(desk, 1), Kassa::enrol(desk, 2)];
            for (at, cents, who) in &sales {
                tills[*at].at += chrono::TimeDelta::seconds(60);
                tills[*at].sell(*cents, (*who > 0).then(|| customer(*who)));
            }
            tills
        };
        let straight = desk();
        straight.clock.0.fetch_add(86_400_000, std::sync::atomic::Ordering::Relaxed);
        let mut tills = build(&straight);
        for till in &mut tills {
            till.sent_at_ms += 86_400_000;
            till.send_all(&straight).unwrap();
        }
        let crooked = desk();
        crooked.clock.0.fetch_add(86_400_000, std::sync::atomic::Ordering::Relaxed);
        let mut tills = build(&crooked);
        for till in &mut tills {
            till.sent_at_ms += 86_400_000;
        }
        for (at, cut) in order {
            let till = &tills[at];
            let last = till.head().seq;
            let first = (last * cut as u64 / 4).max(1);
            let until = (first + last / 3).min(last);
            // Out of order is a gap: refused, and nothing is kept of it.
            match till.send(&crooked, &till.batch(first, until)) {
                Ok(_) | Err(Refusal::Gap { .. }) => {}
                Err(other) => prop_assert!(false, "{other}"),
            }
        }
        for till in &tills {
            till.send_all(&crooked).unwrap();
        }
        prop_assert_eq!(state(&straight), state(&crooked));
        prop_assert_eq!(crooked.office.verify(&mut |_, _| {}).unwrap().fault_count, 0);
    }
}
