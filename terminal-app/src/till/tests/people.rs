//! Who is at the till: what happens to a cashier who is taken away, and to what he was doing.

use retail::ids::CashierId;
use retail::money::Cents;

use super::bench::{Bench, SHIRT};
use crate::till::input::{Cashier, PaymentOutcome};
use crate::till::{Action, Input, ModeView, Notice};

fn cashier(id: u16, name: &str) -> Cashier {
    Cashier {
        id: CashierId::new(id).unwrap(),
        name: name.to_owned(),
    }
}

fn removed() -> Option<Notice> {
    Some(Notice::CashierRemoved {
        name: "Anna".to_owned(),
    })
}

#[test]
fn who_is_taken_away_is_logged_out_and_the_sale_stays_for_the_next() {
    let mut till = Bench::new();
    let bram = cashier(2, "Bram");
    till.article(SHIRT);
    till.input(Input::Cashiers(vec![bram.clone()]));
    let view = till.view();
    assert_eq!((view.cashier, view.notice), (None, removed()));
    till.article(SHIRT);
    assert_eq!(till.view().basket.len(), 1, "nobody sells now");
    till.input(Input::PinChecked(Some(bram.clone())));
    let view = till.view();
    assert_eq!(
        (view.cashier, view.notice),
        (Some(bram), Some(Notice::BasketRestored))
    );
    till.act(Action::PayCashExact);
    assert_eq!(till.sale().cashier.get(), 2);
}

/// Nobody else knows what the terminal said to the card that he asked for.
#[test]
fn who_is_taken_away_finishes_his_card_payment() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.act(Action::PayCard { amount: None });
    till.input(Input::Cashiers(vec![cashier(2, "Bram")]));
    assert!(matches!(till.view().mode, ModeView::PayingCard { .. }));
    till.act(Action::PinAnswer {
        answer: PaymentOutcome::Paid,
    });
    assert_eq!(till.sale().total, Cents(1999));
    let view = till.view();
    assert_eq!((view.cashier, view.notice), (None, removed()));
}

#[test]
fn who_is_taken_away_while_his_pin_is_looked_at_stays_out() {
    let mut till = Bench::with(true, false);
    till.act(Action::Login {
        pin: "4821".to_owned(),
    });
    till.input(Input::Cashiers(vec![cashier(2, "Bram")]));
    till.input(Input::PinChecked(Some(cashier(1, "Anna"))));
    let view = till.view();
    assert_eq!((view.cashier, view.notice), (None, Some(Notice::WrongPin)));
}

#[test]
fn who_was_taken_away_while_the_till_was_off_is_not_logged_in_after_it() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.state.cashiers = vec![cashier(2, "Bram")];
    till.restart();
    let view = till.view();
    assert_eq!((view.cashier, view.notice), (None, removed()));
}
