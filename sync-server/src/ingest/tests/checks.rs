//! What head office finds out about events: goods that came back too often, days proven or not, impossible times.

use retail::day::{DayClosed, DayTotals};
use retail::event::{Body, Event, Hole};
use retail::ids::Epoch;
use retail::money::Cents;
use retail::sale::Receipt;
use retail::wire::{PATH_RECEIPTS, ReceiptAnswer};

use super::{kinds, net, problems};
use crate::kit::{Desk, Kassa, customer, desk};

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
fn more_returned_than_sold_is_flagged_in_a_later_epoch_too() {
    let desk = desk();
    let (mut seller, mut taker) = (Kassa::enrol(&desk, 1), Kassa::enrol(&desk, 2));
    seller.send_all(&desk).unwrap();
    seller.open_epoch();
    let receipt = seller.sell(1_000, None);
    taker.take_back(receipt, 2, 1_000);
    taker.send_all(&desk).unwrap();
    seller.send_all(&desk).unwrap();
    assert_eq!(kinds(&desk), ["returned_too_much"]);
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
    let differs = &days(&desk)[0];
    assert!(!differs.proven);
    assert_eq!(
        (differs.claimed.net().0, differs.found.net().0),
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

/// The last receipt of a till once more, otherwise.
fn again(kassa: &mut Kassa, change: impl FnOnce(&mut Receipt)) {
    let last = Event::read(&kassa.events.last().unwrap().bytes).unwrap();
    kassa.serial += 1;
    let serial = retail::ids::ReceiptSerial::new(kassa.serial).unwrap();
    let body = match last.body {
        Body::Sale(mut sale) => {
            change(&mut sale);
            sale.receipt = serial;
            Body::Sale(sale)
        }
        Body::Return(mut back) => {
            change(&mut back.receipt);
            back.receipt.receipt = serial;
            Body::Return(back)
        }
        other => panic!("no receipt: {other:?}"),
    };
    kassa.push(&body);
}

#[test]
fn a_receipt_that_does_not_add_up_is_flagged_once() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    let sold = kassa.sell(1_000, None);
    again(&mut kassa, |sale| sale.total.0 += 1);
    kassa.take_back(sold, 1, 1_000);
    again(&mut kassa, |back| back.total.0 -= 1);
    for _ in 0..2 {
        kassa.send_all(&desk).unwrap();
    }
    let flagged: Vec<_> = problems(&desk)
        .into_iter()
        .filter(|row| row.kind == "unbalanced")
        .map(|row| row.detail["event"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(flagged, ["001-01-0000000005", "001-01-0000000003"]);
}

#[test]
fn every_line_that_came_back_too_often_is_flagged() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    kassa.sell(1_000, None);
    // A sale of two lines, and two returns of both.
    again(&mut kassa, |sale| {
        let mut second = sale.lines[0].clone();
        second.n = 2;
        sale.lines.push(second);
    });
    let number = retail::ids::ReceiptNumber {
        till: kassa.enrolled.till,
        epoch: kassa.epoch,
        serial: retail::ids::ReceiptSerial::new(2).unwrap(),
    };
    kassa.take_back(number, 1, 1_000);
    again(&mut kassa, |back| {
        let mut second = back.lines[0].clone();
        second.of_line = Some(2);
        second.qty.0 *= 2;
        back.lines.push(second);
        // What no line of the sale is named by is no line of it.
        let mut unnamed = back.lines[0].clone();
        unnamed.of_line = None;
        back.lines.push(unnamed);
    });
    kassa.send_all(&desk).unwrap();
    let flagged: Vec<_> = problems(&desk)
        .into_iter()
        .filter(|row| row.kind == "returned_too_much")
        .map(|row| (row.detail["line"].as_i64(), row.detail["returned"].as_i64()))
        .collect();
    assert_eq!(
        flagged,
        [(Some(2), Some(2_000)), (Some(1), Some(2_000))],
        "one piece of each was sold"
    );
}

/// Totals of what a till sold and took back so far.
fn totals(kassa: &Kassa) -> DayTotals {
    let mut totals = DayTotals::default();
    for stored in &kassa.events {
        totals.add(&Event::read(&stored.bytes).unwrap());
    }
    totals
}

fn close(kassa: &mut Kassa, counted: i64) {
    let close = DayClosed {
        day: kassa.at.date_naive(),
        counted: Some(Cents(counted)),
        totals: totals(kassa),
    };
    kassa.push(&Body::DayClosed(close));
}

/// Counted cash in cents, and whether the day is proven.
fn day(desk: &Desk) -> (Option<i64>, bool) {
    let scope = desk.office.command_line_scope();
    let till = desk.office.tills(&scope).unwrap().remove(0);
    (till.days[0].counted_cents, till.days[0].proven)
}

#[test]
fn goods_that_come_back_open_a_closed_day_and_closing_it_again_proves_it() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    let sold = kassa.sell(1_000, None);
    close(&mut kassa, 1);
    kassa.send_all(&desk).unwrap();
    assert_eq!(day(&desk), (Some(1), true));
    kassa.take_back(sold, 1, 1_000);
    let last = kassa.head().seq;
    kassa.send(&desk, &kassa.batch(last, last)).unwrap();
    assert_eq!(day(&desk), (Some(1), false), "what was counted stays");
    close(&mut kassa, 2);
    kassa.send(&desk, &kassa.batch(last + 1, last + 1)).unwrap();
    assert_eq!(day(&desk), (Some(2), true));
}

#[test]
fn the_closing_that_came_last_at_the_till_holds_whenever_it_arrives() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    kassa.sell(1_000, None);
    close(&mut kassa, 1);
    kassa.sell(500, None);
    close(&mut kassa, 2);
    kassa.send(&desk, &kassa.batch(1, 2)).unwrap();
    let late = kassa.batch_behind_a_hole(4, 5, 3);
    kassa.send(&desk, &late).unwrap();
    assert_eq!(day(&desk), (Some(2), true));
    kassa.send(&desk, &kassa.batch(3, 3)).unwrap();
    assert_eq!(
        day(&desk),
        (Some(2), true),
        "the first closing is an old one"
    );
    // A twin's closing in the same place is another branch's: the first stays.
    let mut twin = kassa.clone();
    twin.events.pop();
    close(&mut twin, 3);
    twin.send(&desk, &twin.batch(5, 5)).unwrap();
    assert_eq!(day(&desk), (Some(2), true));
}

#[test]
fn a_declared_hole_is_shown_where_events_are_missing() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    for _ in 0..5 {
        kassa.sell(100, None);
    }
    kassa.send(&desk, &kassa.batch(1, 2)).unwrap();
    let late = kassa.batch_behind_a_hole(5, 6, 3);
    kassa.send(&desk, &late).unwrap();
    let first = kassa.head().seq + 1;
    let (one, two) = (Epoch::FIRST, Epoch::new(2).unwrap());
    let long = "x".repeat(100);
    for (epoch, from, to, reason) in [
        (one, 1, 6, "around what is missing already"),
        (one, 4, 6, "the end of it"),
        (one, 1, 2, "nothing is missing"),
        (one, 0, 900, "no place"),
        (one, 900, 899, "the wrong way round"),
        (two, 7, 7, "one"),
        (two, 1_000, 5_000_000_000, long.as_str()),
    ] {
        kassa.push(&Body::Hole(Hole {
            epoch,
            from,
            to,
            reason: reason.to_owned(),
        }));
    }
    let last = kassa.head().seq;
    for _ in 0..2 {
        kassa.send(&desk, &kassa.batch(first, last)).unwrap();
    }
    let scope = desk.office.command_line_scope();
    let mut holes = desk.office.tills(&scope).unwrap().remove(0).holes;
    holes.sort_by_key(|hole| hole.id);
    let shown: Vec<_> = holes
        .iter()
        .map(|hole| (hole.epoch, hole.from, hole.to, hole.reason.len()))
        .collect();
    assert_eq!(
        shown,
        [
            (one, 3, 4, 7),
            (one, 4, 4, 13),
            (two, 7, 7, 3),
            (two, 1_000, 101_000, 80)
        ]
    );
    assert_eq!(kinds(&desk), ["hole"; 4]);
}

#[test]
fn a_hole_that_is_smaller_by_now_is_not_declared_anew_by_a_second_delivery() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    for _ in 0..5 {
        kassa.sell(100, None);
    }
    kassa.send(&desk, &kassa.batch(1, 2)).unwrap();
    kassa
        .send(&desk, &kassa.batch_behind_a_hole(5, 6, 3))
        .unwrap();
    kassa.push(&Body::Hole(Hole {
        epoch: Epoch::FIRST,
        from: 3,
        to: 4,
        reason: "damaged".to_owned(),
    }));
    for (first, last) in [(7, 7), (3, 3), (7, 7)] {
        kassa.send(&desk, &kassa.batch(first, last)).unwrap();
    }
    assert_eq!(kinds(&desk), ["hole"]);
}

/// Till 1 was put back to a backup: two receipts bear one number, and both are real sales.
fn twins() -> (Desk, Kassa, Kassa, retail::ids::ReceiptNumber) {
    let desk = desk();
    let mut first = Kassa::enrol(&desk, 1);
    let mut second = first.clone();
    let number = first.sell(1_000, None);
    first.send_all(&desk).unwrap();
    assert_eq!(second.sell(400, Some(customer(1))), number);
    let answer = second.send_all(&desk).unwrap();
    assert_eq!((answer.forked, answer.open_epoch), (1, true));
    second.open_epoch();
    (desk, first, second, number)
}

#[test]
fn what_both_twins_sold_may_come_back() {
    let (desk, _, mut second, number) = twins();
    second.take_back(number, 1, 400);
    second.take_back(number, 1, 1_000);
    second.send_all(&desk).unwrap();
    assert_eq!(kinds(&desk), ["fork"], "two were sold and two came back");
    assert_eq!(net(&desk), 0);
    second.take_back(number, 1, 400);
    second.send_all(&desk).unwrap();
    assert_eq!(kinds(&desk), ["returned_too_much", "fork"]);
    let detail = &problems(&desk)[0].detail;
    assert_eq!(
        (&detail["sold"], &detail["returned"]),
        (&2_000.into(), &3_000.into())
    );
}

/// The customer's sale is the second under its number, and what he brings back names that number.
#[test]
fn a_return_of_the_second_twin_is_seen_on_its_customers_path() {
    let (desk, _, mut second, number) = twins();
    second.take_back_from(number, 1, 400, customer(1));
    second.send_all(&desk).unwrap();
    let book = desk.office.book().unwrap();
    let dataset = book.dataset();
    let jip = dataset.customer(&customer(1).to_string()).unwrap();
    let day = second.at.date_naive();
    let path = journey::path::path(&dataset.history(jip), book.model(), day);
    assert_eq!(path.anomalies, [], "{path:?}");
    assert_eq!(path.counted_visits, 0, "all of it came back");
}

/// What a newer till journals - a day closed in another way, a sale with more to it - is kept. By the definitions a touchpoint
/// counts as an event; what only keeps a journal does not, in any version.
#[test]
fn events_of_newer_versions_count_as_the_definitions_say() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    kassa.sell(1_000, None);
    kassa.send_all(&desk).unwrap();
    let volumes = || {
        let book = desk.office.book().unwrap();
        journey::reports::volumes(book.dataset(), &journey::Query::all())
    };
    let before = volumes();
    assert_eq!(before.events, 1);
    for kind in [
        "epoch_opened",
        "payment_settled",
        "receipt_copied",
        "day_closed",
        "hole",
    ] {
        kassa.push_newer(kind);
    }
    kassa.send(&desk, &kassa.batch(3, 7)).unwrap();
    assert_eq!(volumes(), before, "no touchpoint of anybody");
    for kind in ["sale", "return", "no_sale_drawer", "loyalty_game"] {
        kassa.push_newer(kind);
    }
    kassa.send(&desk, &kassa.batch(8, 11)).unwrap();
    let after = volumes();
    assert_eq!(after.events, before.events + 4, "kept and counted");
    assert_eq!(
        journey::reports::volumes::Volumes {
            events: before.events,
            ..after
        },
        before,
        "and in no sales figure"
    );
    assert_eq!(desk.office.verify(&mut |_, _| {}).unwrap().fault_count, 0);
}
