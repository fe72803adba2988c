//! Whose basket it is: one card, the card of another, and a card while the payment is under way.

use retail::sale::ReturnReason;

use super::bench::{Bench, CARD, JIP, NEW_CARD, OTHER_CARD, SHIRT, ean};
use crate::till::input::PaymentOutcome;
use crate::till::{Action, Beep, ModeView, Notice};

#[track_caller]
fn is_for(till: &Bench, name: &str) {
    let customer = till.view().customer.unwrap();
    assert_eq!(customer.customer.name.as_deref(), Some(name));
}

fn replaced(now: &str, before: &str) -> Notice {
    Notice::CustomerReplaced {
        now: Some(now.to_owned()),
        before: Some(before.to_owned()),
    }
}

#[test]
fn a_second_card_is_said_and_can_be_taken_back() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.article(CARD);
    till.article(OTHER_CARD);
    is_for(&till, "Truus");
    assert_eq!(till.beeps(), [Beep::Attention]);
    assert_eq!(till.view().notice, Some(replaced("Truus", "Jip")));
    till.act(Action::TakeBackCustomer);
    is_for(&till, "Jip");
    assert_eq!(till.view().notice, None);
    till.scan("KLR-CASH");
    assert!(till.shelf.sales.values().all(|(_, who)| *who == Some(JIP)));
}

#[test]
fn with_the_scanner_alone_the_last_card_counts() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.article(CARD);
    till.article(OTHER_CARD);
    till.article(CARD);
    is_for(&till, "Jip");
    assert_eq!(till.view().notice, Some(replaced("Jip", "Truus")));
}

#[test]
fn the_same_card_twice_is_no_news() {
    let mut till = Bench::new();
    till.article(CARD);
    till.article(CARD);
    assert_eq!(till.beeps(), [Beep::Good]);
    assert_eq!(till.view().notice, None);
}

#[test]
fn while_the_terminal_is_asked_the_first_card_stays() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.article(CARD);
    till.scan("KLR-CARD");
    till.article(OTHER_CARD);
    is_for(&till, "Jip");
    assert_eq!(till.beeps(), [Beep::Attention]);
    assert_eq!(
        till.view().notice,
        Some(Notice::CustomerStays {
            name: Some("Jip".to_owned())
        })
    );
    till.article(CARD);
    assert_eq!(till.beeps(), [Beep::Good], "his own card again");
    till.act(Action::PinAnswer {
        answer: PaymentOutcome::Paid,
    });
    assert!(till.shelf.sales.values().all(|(_, who)| *who == Some(JIP)));
}

#[test]
fn a_customer_who_joins_over_another_is_said_too() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.article(CARD);
    till.article(NEW_CARD);
    till.act(Action::StartEnrol);
    till.act(Action::Enrol {
        card: ean(NEW_CARD),
        name: "Sjoerd".to_owned(),
        email: String::new(),
        member: true,
        marketing: false,
    });
    assert_eq!(till.view().notice, Some(replaced("Sjoerd", "Jip")));
    assert!(till.view().customer.unwrap().new);
    till.restart();
    till.act(Action::TakeBackCustomer);
    is_for(&till, "Jip");
}

#[test]
fn a_customer_taken_off_does_not_come_back() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.article(CARD);
    till.article(OTHER_CARD);
    till.act(Action::ForgetCustomer);
    till.act(Action::TakeBackCustomer);
    assert_eq!(till.view().customer, None);
}

#[test]
fn a_return_belongs_to_whom_it_was_sold_to() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.article(CARD);
    till.scan("KLR-CASH");
    let number = till.view().last.unwrap().number;
    till.scan(&retail::barcode::receipt_code::encode(number));
    till.article(OTHER_CARD);
    assert_eq!(till.view().notice, Some(Notice::ReturnUnderway));
    till.act(Action::ReturnQuantity {
        line: 1,
        quantity: 1000,
    });
    till.act(Action::ReturnReason {
        line: None,
        reason: ReturnReason::Ruil,
    });
    till.act(Action::ConfirmReturn);
    assert_eq!(till.back().receipt.points, -19);
}

#[test]
fn who_is_on_the_sale_is_said_before_somebody_new_joins() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.article(CARD);
    till.act(Action::StartEnrol);
    assert_eq!(till.view().mode, ModeView::Selling);
    assert!(till.view().notice.is_some());
    is_for(&till, "Jip");
    till.act(Action::ForgetCustomer);
    till.act(Action::StartEnrol);
    assert_eq!(till.view().mode, ModeView::Enrolling { card: None });
    // A new card that was read says what is meant, whoever is on the sale.
    till.act(Action::Cancel);
    till.article(CARD);
    till.article(NEW_CARD);
    till.act(Action::StartEnrol);
    let card = Some(ean(NEW_CARD));
    assert_eq!(till.view().mode, ModeView::Enrolling { card });
}
