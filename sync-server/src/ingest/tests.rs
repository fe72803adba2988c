use proptest::prelude::*;
use proptest::sample::SizeRange;
use retail::day::{DayClosed, DayTotals};
use retail::event::{Body, Event, Hole};
use retail::ids::Epoch;
use retail::wire::{
    Down, DownPage, HeadsAnswer, HeadsQuery, PATH_DOWN, PATH_HEADS, PATH_RECEIPTS, ReceiptAnswer,
    Refusal, Side,
};

use crate::kit::{Desk, Kassa, customer, desk};
use crate::store::read;
use crate::store::rows::ProblemRow;

fn problems(desk: &Desk) -> Vec<ProblemRow> {
    desk.office
        .problems(&desk.office.command_line_scope())
        .unwrap()
}

fn kinds(desk: &Desk) -> Vec<String> {
    problems(desk).into_iter().map(|row| row.kind).collect()
}

fn net(desk: &Desk) -> i64 {
    let book = desk.office.book().unwrap();
    journey::reports::volumes(book.dataset(), &journey::Query::all()).net_cents
}

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

#[test]
fn a_card_enrolled_twice_keeps_its_first_customer() {
    let desk = desk();
    let (mut first, mut second) = (Kassa::enrol(&desk, 1), Kassa::enrol(&desk, 2));
    for (kassa, mark, yes) in [(&mut first, 1, true), (&mut second, 2, false)] {
        kassa.sell(1_000, Some(customer(mark)));
        kassa.state(mark, customer(mark), Some("2610000000018"), yes);
        kassa.send_all(&desk).unwrap();
    }
    assert_eq!(kinds(&desk), ["card_twice"]);
    let (one, two) = (customer(1).to_string(), customer(2).to_string());
    let scope = desk.office.command_line_scope();
    let person = desk.office.person(&scope, &two).unwrap().unwrap();
    assert_eq!(
        (person.id, person.aliases, person.points),
        (one.clone(), vec![two], 20)
    );
    assert_eq!(person.cards, ["2610000000018"]);
    assert!(!person.marketing.unwrap().given, "only if both gave it");
    let book = desk.office.book().unwrap();
    let visits = journey::reports::volumes(book.dataset(), &journey::Query::all());
    assert_eq!(visits.customers_purchasing, 1);
    drop(book);

    let page = first.ask(&desk, "GET", &format!("{PATH_DOWN}?after=0"), &[]);
    let page: DownPage = serde_json::from_slice(&page.body).unwrap();
    assert_eq!(page.watermark, Some(first.head()));
    let entries: Vec<_> = page
        .changes
        .iter()
        .filter_map(|change| match change {
            Down::Customer(entry) => Some(entry),
            _ => None,
        })
        .collect();
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].points, entries[0].visits), (20, 1));
    assert_eq!(entries[0].phase.as_deref(), Some("gebruik"));
    assert!(page.changes.contains(&Down::Alias {
        customer: customer(2),
        into: customer(1)
    }));
    assert_eq!(
        desk.office.rebuild_check(&mut |_, _| {}).unwrap().differ,
        Vec::<String>::new()
    );
}

#[test]
fn late_links_of_a_forgotten_customer_are_dropped_and_counted() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    kassa.sell(1_000, Some(customer(1)));
    kassa.state(1, customer(1), Some("2610000000018"), true);
    kassa.send_all(&desk).unwrap();
    desk.office.forget(&customer(1).to_string()).unwrap();
    kassa.sell(700, Some(customer(1)));
    kassa.state(2, customer(1), Some("2610000000018"), true);
    kassa.side.push(Side::Text {
        seq: kassa.head().seq,
        id: retail::ids::RecordId([4; 16]),
        text: "met een naam erin".to_owned(),
    });
    kassa.send_all(&desk).unwrap();
    let scope = desk.office.command_line_scope();
    let till = desk.office.tills(&scope).unwrap().remove(0).till;
    assert_eq!(
        till.traffic.dropped_late, 5,
        "two links, two statements, a text"
    );
    assert_eq!(
        desk.office
            .person(&scope, &customer(1).to_string())
            .unwrap(),
        None
    );
    let book = desk.office.book().unwrap();
    let volumes = journey::reports::volumes(book.dataset(), &journey::Query::all());
    assert_eq!(
        (volumes.net_cents, volumes.sale_receipts_identified),
        (1_700, 0),
        "the books stay whole"
    );
}

#[test]
fn more_returned_than_sold_is_flagged_wherever_it_comes_first() {
    let desk = desk();
    let (mut seller, mut taker) = (Kassa::enrol(&desk, 1), Kassa::enrol(&desk, 2));
    let receipt = seller.sell(1_000, None);
    taker.take_back(receipt, 1, 1_000);
    taker.take_back(receipt, 1, 1_000);
    taker.send_all(&desk).unwrap();
    assert_eq!(
        kinds(&desk),
        Vec::<String>::new(),
        "the sale is not here yet"
    );
    seller.send_all(&desk).unwrap();
    assert_eq!(kinds(&desk), ["returned_too_much"]);
    let digits = retail::barcode::receipt_code::encode(receipt);
    let reply = taker.ask(&desk, "GET", &format!("{PATH_RECEIPTS}/{digits}"), &[]);
    let answer: ReceiptAnswer = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!((answer.number, answer.returns.len()), (receipt, 2));
    let nothing = taker.ask(
        &desk,
        "GET",
        &format!("{PATH_RECEIPTS}/00101000009900"),
        &[],
    );
    assert_eq!(nothing.status, 404);
}

#[test]
fn a_closed_day_is_proven_by_the_sum_of_its_events() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    kassa.sell(1_000, None);
    let mut totals = DayTotals::default();
    for stored in &kassa.events {
        totals.add(&Event::read(&stored.bytes).unwrap());
    }
    let day = kassa.at.date_naive();
    let close = |totals: &DayTotals| {
        Body::DayClosed(DayClosed {
            day,
            counted: None,
            totals: totals.clone(),
        })
    };
    kassa.push(&close(&totals));
    kassa.send_all(&desk).unwrap();
    let days = |desk: &Desk| {
        let scope = desk.office.command_line_scope();
        desk.office.tills(&scope).unwrap().remove(0).days
    };
    assert!(days(&desk)[0].proven);
    kassa.sell(250, None);
    let last = kassa.head().seq;
    kassa.send(&desk, &kassa.batch(last, last)).unwrap();
    let difference = days(&desk)[0].difference().unwrap();
    assert_eq!(
        (difference.claimed_net_cents, difference.found_net_cents),
        (1_000, 1_250)
    );
}

#[test]
fn a_till_with_a_wrong_clock_is_corrected_and_an_impossible_time_is_flagged() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    let right = kassa.at;
    kassa.sell(100, None);
    kassa.at = right - chrono::TimeDelta::days(30_000);
    kassa.sell(100, None);
    kassa.send_all(&desk).unwrap();
    assert_eq!(kinds(&desk), ["clock"]);
    let book = desk.office.book().unwrap();
    let days: Vec<_> = book
        .dataset()
        .events()
        .map(|event| event.local_day())
        .collect();
    assert_eq!(days, [right.date_naive(); 2]);
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

#[test]
fn numbers_of_receipts_come_back() {
    let number: retail::ids::ReceiptNumber = "999-99-9999999".parse().unwrap();
    assert_eq!(super::receipt_key(number), 999_999_999_999);
    assert_eq!(super::receipt_number(999_999_999_999), Some(number));
    assert_eq!(super::receipt_number(7), None);
}

/// The first delivery came without its side records (head office had refused them once): what it lacked is counted when
/// it comes, once.
#[test]
fn links_and_texts_that_come_later_are_counted_once() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    kassa.sell(1_995, Some(customer(1)));
    kassa.side.push(Side::Text {
        seq: kassa.head().seq,
        id: retail::ids::RecordId([4; 16]),
        text: "maat 42".to_owned(),
    });
    let mut bare = kassa.batch(1, 2);
    bare.side.clear();
    kassa.send(&desk, &bare).unwrap();
    let seen = || {
        let book = desk.office.book().unwrap();
        let volumes = journey::reports::volumes(book.dataset(), &journey::Query::all());
        let notes = book
            .dataset()
            .events()
            .filter(|event| event.note() == Some("maat 42"));
        let notes = notes.count();
        let points = read(desk.office.store(), |tables| {
            tables.points(&customer(1).to_string())
        });
        (volumes.gross_identified_cents, notes, points.unwrap())
    };
    assert_eq!(seen(), (0, 0, 0));
    for _ in 0..2 {
        kassa.send_all(&desk).unwrap();
        assert_eq!(seen(), (1_995, 1, 19));
    }
    let rebuilt = desk.office.rebuild_check(&mut |_, _| {}).unwrap();
    assert_eq!(rebuilt.differ, Vec::<String>::new());
    // A text alone, of an event that is there with its customer.
    kassa.side.push(Side::Text {
        seq: kassa.head().seq,
        id: retail::ids::RecordId([5; 16]),
        text: "en een tas".to_owned(),
    });
    kassa.send_all(&desk).unwrap();
    let book = desk.office.book().unwrap();
    let said = |text: &str| {
        let mut notes = book.dataset().events().filter_map(|event| event.note());
        notes.any(|note| note.contains(text))
    };
    assert!(said("maat 42") && said("en een tas"));
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
