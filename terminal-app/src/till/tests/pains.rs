//! What other tills get wrong, and this one must not: the pains that have no better place among the tests.

use std::collections::BTreeMap;

use retail::day::DayTotals;
use retail::event::{Body, Event};
use retail::ids::{Epoch, Position, TillId};
use retail::money::Cents;
use retail::sale::{Receipt, ReturnReason};

use super::bench::{Bench, CARD, SHIRT, TEA, at, number};
use crate::till::Action;

fn take_back(till: &mut Bench, line: u32) {
    till.scan(&retail::barcode::receipt_code::encode(number(1)));
    till.act(Action::ReturnQuantity {
        line,
        quantity: 1000,
    });
    till.act(Action::ReturnReason {
        line: None,
        reason: ReturnReason::Spijt,
    });
    till.act(Action::ConfirmReturn);
}

/// Three shirts and three teas by a customer in cash, and all of it back, a piece at a time.
fn sold_and_brought_back() -> (Receipt, Vec<Receipt>) {
    let mut till = Bench::new();
    till.article(CARD);
    till.scan("KLR-QTY-3");
    till.article(SHIRT);
    till.scan("KLR-QTY-3");
    till.article(TEA);
    till.scan("KLR-CASH");
    let sale = till.sale();
    let mut back = Vec::new();
    for line in [1, 2, 1, 2, 1, 2] {
        take_back(&mut till, line);
        back.push(till.back().receipt);
    }
    (sale, back)
}

#[test]
fn a_refund_does_not_keep_the_points() {
    let (sale, back) = sold_and_brought_back();
    assert!(sale.points > 0);
    let taken: i64 = back.iter().map(|receipt| receipt.points).sum();
    assert_eq!(taken, -sale.points, "piece by piece, and nothing is left");
}

#[test]
fn vat_does_not_drift_by_a_cent_over_returns_in_pieces() {
    let (sale, back) = sold_and_brought_back();
    let mut sums: BTreeMap<_, Cents> = BTreeMap::new();
    for row in back
        .iter()
        .flat_map(|receipt| &receipt.vat)
        .chain(&sale.vat)
    {
        *sums.entry(row.rate).or_default() += row.vat;
    }
    assert_eq!(sums.len(), 2);
    assert!(sums.values().all(|sum| *sum == Cents::ZERO), "{sums:?}");
}

#[test]
fn change_is_never_counted_as_money_in_the_drawer() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.act(Action::PayCash {
        tendered: Some(Cents(5000)),
    });
    let mut day = DayTotals::default();
    for body in &till.events {
        day.add(&Event {
            v: 1,
            position: Position {
                till: TillId::new(1).unwrap(),
                epoch: Epoch::FIRST,
                seq: 2,
            },
            at: at(),
            body: body.clone(),
        });
    }
    assert_eq!((day.gross, day.rounding), (Cents(1999), Cents(1)));
    assert_eq!(day.cash, Cents(2000), "fifty came in, thirty went out");
}

#[test]
fn a_paid_receipt_cannot_be_changed_any_more() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.scan("KLR-CASH");
    let events = till.events.len();
    for action in [
        Action::VoidLine { n: None },
        Action::Cancel,
        Action::TakeBackCash,
        Action::PayCashExact,
        Action::PayCard { amount: None },
    ] {
        till.act(action);
    }
    till.restart();
    let receipts = |event: &&Body| matches!(event, Body::Sale(_) | Body::Return(_));
    assert_eq!(till.events.iter().filter(receipts).count(), 1);
    assert_eq!(till.events.len(), events, "nothing was written about it");
}
