//! What head office finds out about events: goods that came back too often, days proven or not, impossible times.

use retail::day::{DayClosed, DayTotals};
use retail::event::{Body, Event};
use retail::wire::{PATH_RECEIPTS, ReceiptAnswer};

use super::kinds;
use crate::kit::{Desk, Kassa, desk};

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
