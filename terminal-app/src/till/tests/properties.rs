//! No sequence of inputs loses or doubles a line; money always adds up; a restart at any moment changes nothing.

use std::collections::BTreeMap;

use proptest::prelude::*;
use retail::event::Body;
use retail::money::Cents;
use retail::sale::ReturnReason;

use super::bench::{BUTTON, Bench, CARD, COLA, NEW_CARD, OTHER_CARD, SHIRT, TEA, ean, number};
use crate::till::input::{DamagedScan, PaymentAnswer, PaymentOutcome, ScanDamage};
use crate::till::{Action, Input};

/// What can happen at a till.
#[derive(Clone, Debug)]
enum Happening {
    Scan(String),
    Noise,
    Do(Action),
    Again,
    Answer(PaymentOutcome),
    Restart,
}

fn outcome() -> impl Strategy<Value = PaymentOutcome> {
    prop_oneof![
        Just(PaymentOutcome::Paid),
        Just(PaymentOutcome::Refused),
        Just(PaymentOutcome::Unknown)
    ]
}

fn action() -> impl Strategy<Value = Action> {
    let line = 1..6_u32;
    prop_oneof![
        (-1..15_i64).prop_map(|q| Action::QuantityKey { n: q * 500 }),
        prop::sample::select(vec![
            ean(SHIRT),
            ean(BUTTON),
            String::new(),
            "thee".to_owned()
        ])
        .prop_map(|text| Action::Entry { text }),
        (1..3000_i64).prop_map(|c| Action::Price { price: Cents(c) }),
        line.clone().prop_map(|n| Action::SelectLine { n }),
        (line.clone(), 0..5_i64).prop_map(|(n, q)| Action::SetQuantity {
            n: Some(n),
            quantity: q * 1000,
        }),
        line.clone().prop_map(|n| Action::VoidLine { n: Some(n) }),
        (0..5000_i64).prop_map(|c| Action::PayCash {
            tendered: Some(Cents(c))
        }),
        Just(Action::PayCashExact),
        (1..3000_i64).prop_map(|c| Action::PayCard {
            amount: Some(Cents(c))
        }),
        Just(Action::PayCard { amount: None }),
        outcome().prop_map(|answer| Action::PinAnswer { answer }),
        Just(Action::TakeBackCash),
        Just(Action::Cancel),
        Just(Action::StartReturn),
        (line, 0..4_i64).prop_map(|(line, q)| Action::ReturnQuantity {
            line,
            quantity: q * 1000,
        }),
        Just(Action::ReturnReason {
            line: None,
            reason: ReturnReason::Spijt,
        }),
        Just(Action::ConfirmReturn),
        Just(Action::StartEnrol),
        Just(Action::ReprintLast),
        Just(Action::ForgetCustomer),
        Just(Action::TakeBackCustomer),
        Just(Action::TakeBackCancelled),
        (1..3000_i64).prop_map(|c| Action::PayCashTyped { typed: Cents(c) }),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    let codes: Vec<String> = [SHIRT, TEA, COLA, BUTTON, CARD, OTHER_CARD, NEW_CARD]
        .iter()
        .map(|body| ean(body))
        .chain(
            [
                "KLR-CASH",
                "KLR-CARD",
                "KLR-VOID",
                "KLR-QTY-3",
                "KLR-CANCEL",
                "nonsense",
            ]
            .map(str::to_owned),
        )
        .chain((1..4).map(|n| retail::barcode::receipt_code::encode(number(n))))
        .collect();
    prop_oneof![
        6 => prop::sample::select(codes).prop_map(Happening::Scan),
        6 => action().prop_map(Happening::Do),
        1 => Just(Happening::Noise),
        1 => Just(Happening::Again),
        2 => outcome().prop_map(Happening::Answer),
        1 => Just(Happening::Restart),
    ]
}

/// What went into baskets must be sold, voided, cancelled or still there.
#[derive(Debug, Default)]
struct Ledger {
    sold: i64,
    voided: i64,
    cancelled: i64,
}

impl Ledger {
    fn of(events: &[Body]) -> Self {
        let mut ledger = Self::default();
        for event in events {
            match event {
                Body::Sale(sale) => ledger.sold += sale.total.0,
                Body::LineVoided(void) => ledger.voided += void.line.amount.0,
                Body::SaleCancelled(cancelled) => ledger.cancelled += cancelled.total.0,
                _ => {}
            }
        }
        ledger
    }
}

/// The money that the till put into its basket in one step, seen from outside.
fn added(before: &crate::till::View, after: &crate::till::View, events: &[Body]) -> i64 {
    let moved = Ledger::of(events);
    after.total.0 - before.total.0 + moved.sold + moved.voided + moved.cancelled
}

fn run(happenings: &[Happening]) -> Result<(), TestCaseError> {
    let mut till = Bench::new();
    let mut last: Option<Input> = None;
    let mut cancelled = 0;
    for (index, happening) in happenings.iter().enumerate() {
        let before = till.view();
        let events_before = till.events.len();
        match happening {
            Happening::Scan(data) => {
                till.scan(data);
            }
            Happening::Do(action) => {
                let input = Input::Action {
                    id: format!("step-{index}"),
                    action: action.clone(),
                };
                last = Some(input.clone());
                till.input(input);
            }
            Happening::Again => {
                if let Some(input) = &last {
                    till.input(input.clone());
                    prop_assert_eq!(before.basket.len(), till.view().basket.len());
                    prop_assert_eq!(events_before, till.events.len());
                }
            }
            Happening::Answer(outcome) => {
                let request = till.state.work.request;
                till.input(Input::Payment(PaymentAnswer {
                    request,
                    outcome: *outcome,
                }));
            }
            Happening::Noise => {
                till.input(Input::DamagedScan(DamagedScan {
                    scanner: "scanner".to_owned(),
                    damage: ScanDamage::Noise,
                    read: b"871\xff".to_vec(),
                }));
            }
            Happening::Restart => till.restart(),
        }
        let after = till.view();
        let events = &till.events[events_before..];
        if matches!(happening, Happening::Do(Action::TakeBackCancelled)) {
            let added = added(&before, &after, events);
            prop_assert!(added == 0 || (added == cancelled && before.basket.is_empty()));
            cancelled -= added;
        } else {
            check_added(added(&before, &after, events), happening)?;
        }
        for event in events {
            if let Body::SaleCancelled(sale) = event {
                cancelled = sale.total.0;
            }
        }
        check_step(&before, &after, events)?;
    }
    check_returns(&till)
}

/// Only what puts an article in may add money.
fn check_added(added: i64, happening: &Happening) -> Result<(), TestCaseError> {
    prop_assert!(added >= 0, "a line went without a trace: {happening:?}");
    let may_add = matches!(
        happening,
        Happening::Scan(_)
            | Happening::Do(
                Action::Price { .. } | Action::SetQuantity { .. } | Action::Entry { .. }
            )
    );
    prop_assert!(
        added == 0 || may_add,
        "a line came from nowhere: {happening:?}"
    );
    Ok(())
}

fn check_step(
    before: &crate::till::View,
    after: &crate::till::View,
    events: &[Body],
) -> Result<(), TestCaseError> {
    let lines: i64 = after.basket.iter().map(|row| row.amount.0).sum();
    prop_assert_eq!(lines, after.total.0);
    let paid: i64 = after.paid.iter().map(|part| part.amount.0).sum();
    prop_assert_eq!(after.due.0, after.total.0 - paid);
    for event in events {
        if let Body::Sale(sale) = event {
            prop_assert_eq!(sale.total, before.total, "what was shown is what was sold");
            prop_assert_eq!(sale.lines.len(), before.basket.len());
            prop_assert!(after.basket.is_empty());
            let numbers: Vec<u32> = sale.lines.iter().map(|line| line.n).collect();
            let expected: Vec<u32> = (1..).take(sale.lines.len()).collect();
            prop_assert_eq!(numbers, expected);
        }
    }
    Ok(())
}

/// Never more back than was sold, in pieces and in money.
fn check_returns(till: &Bench) -> Result<(), TestCaseError> {
    let mut back: BTreeMap<(_, u32), (i64, i64)> = BTreeMap::new();
    for (_, returned) in &till.shelf.returns {
        for line in &returned.receipt.lines {
            let sum = back
                .entry((returned.of, line.of_line.unwrap_or(0)))
                .or_default();
            sum.0 -= line.qty.0;
            sum.1 -= line.amount.0;
        }
    }
    for ((number, n), (quantity, amount)) in back {
        let sale = &till.shelf.sales[&number].0;
        let line = sale.lines.iter().find(|line| line.n == n).unwrap();
        prop_assert!(quantity <= line.qty.0);
        prop_assert!(amount <= line.amount.0);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_is_lost_or_doubled(happenings in prop::collection::vec(happening(), 1..80)) {
        run(&happenings)?;
    }
}
