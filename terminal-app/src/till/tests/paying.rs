//! Cash, card and both; what a restart finds; what leaves a trace.

use retail::event::Body;
use retail::money::Cents;
use retail::quantity::Quantity;
use retail::sale::TenderKind;

use super::bench::{Bench, CARD, SHIRT, TEA, at, number};
use crate::till::input::{
    PaymentAnswer, PaymentOutcome, PrinterQuestion, PrinterState, PrinterStatus,
};
use crate::till::{Action, Beep, Effect, Input, ModeView, Notice, Now, Print};

fn cash(cents: i64) -> Action {
    Action::PayCash {
        tendered: Some(Cents(cents)),
    }
}

#[test]
fn the_common_sale_takes_three_actions() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.act(Action::PayCashExact);
    let sale = till.sale();
    assert_eq!(sale.total, Cents(1999));
    assert_eq!(sale.rounding, Cents(1));
    assert_eq!(sale.tenders[0].amount, Cents(2000));
    assert!(till.opens_drawer());
    let view = till.view();
    assert_eq!(view.mode, ModeView::Selling);
    assert!(view.basket.is_empty() && view.customer.is_none());
    assert_eq!(view.last.unwrap().number, number(1));
}

#[test]
fn a_drawer_that_stays_shut_is_said_until_the_next_thing_happens() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.act(Action::PayCashExact);
    till.input(Input::DrawerShut);
    assert_eq!(till.beeps(), [Beep::Attention]);
    assert_eq!(till.view().notice, Some(Notice::DrawerShut));
    till.article(SHIRT);
    assert_eq!(till.view().notice, None, "the next sale has begun");
    till.input(Input::DrawerShut);
    till.act(Action::OpenDrawer);
    assert_eq!(till.view().notice, None, "it is tried again");
    till.act(cash(1000));
    let part = till.view().notice;
    till.input(Input::DrawerShut);
    assert_eq!(till.view().notice, part, "what must be dealt with stays");
}

#[test]
fn the_common_sale_takes_the_scanner_alone() {
    let mut till = Bench::new();
    till.article(CARD);
    till.scan("KLR-QTY-2");
    till.article(SHIRT);
    till.article(TEA);
    till.scan("KLR-VOID");
    till.scan("KLR-CASH");
    let sale = till.sale();
    assert_eq!((sale.lines.len(), sale.total), (1, Cents(3998)));
    assert_eq!(sale.points, 39);
    till.scan("KLR-REPRINT");
    assert_eq!(
        till.view().notice,
        Some(Notice::Copied { number: number(1) })
    );
    assert!(matches!(till.events.last(), Some(Body::ReceiptCopied(copy)) if copy.of == number(1)));
    till.article(TEA);
    till.scan("KLR-CANCEL");
    assert!(matches!(till.events.last(), Some(Body::SaleCancelled(c)) if c.lines == 1));
    assert!(till.view().basket.is_empty());
}

#[test]
fn a_sale_cancelled_by_mistake_comes_back_whole_and_once() {
    let mut till = Bench::new();
    till.article(CARD);
    till.article(SHIRT);
    till.article(TEA);
    let before = till.view();
    till.scan("KLR-CANCEL");
    let view = till.view();
    assert!(view.basket.is_empty() && view.customer.is_none());
    assert_eq!(
        view.notice,
        Some(Notice::SaleCancelled {
            total: before.total
        })
    );
    till.act(Action::TakeBackCancelled);
    let view = till.view();
    assert_eq!(
        (view.total, view.basket.len()),
        (before.total, before.basket.len())
    );
    assert_eq!(view.customer, before.customer);
    till.act(Action::TakeBackCancelled);
    assert_eq!(
        till.view().notice,
        Some(Notice::SaleUnderway),
        "not into a sale"
    );
    till.scan("KLR-CASH");
    till.act(Action::TakeBackCancelled);
    assert!(till.view().basket.is_empty(), "not twice");
    // A till that was switched off in between offers it again.
    till.article(SHIRT);
    till.scan("KLR-CANCEL");
    till.restart();
    assert_eq!(
        till.view().notice,
        Some(Notice::SaleCancelled { total: Cents(1999) })
    );
    till.act(Action::TakeBackCancelled);
    assert_eq!(till.view().basket.len(), 1);
    till.scan("KLR-CASH");
    // Other keys do not take the offer away; only the next sale does, or who puts it away.
    till.article(SHIRT);
    till.scan("KLR-CANCEL");
    let offered = till.view().notice;
    assert!(matches!(offered, Some(Notice::SaleCancelled { .. })));
    till.act(Action::QuantityKey { n: 3000 });
    assert_eq!(till.view().notice, offered);
    till.scan("87123456");
    assert_ne!(till.view().notice, offered);
    till.act(Action::DismissNotice);
    assert_eq!(till.view().notice, offered, "behind another message");
    till.act(Action::TakeBackCancelled);
    assert_eq!(till.view().basket.len(), 1);
    assert_eq!(till.view().notice, None);
    till.scan("KLR-CANCEL");
    till.scan("KLR-CANCEL");
    till.act(Action::DismissNotice);
    assert_eq!(till.view().notice, None);
    till.act(Action::ClearEntry);
    assert_eq!(till.view().notice, None, "put away for good");
    // Whoever goes on with another sale is through with it.
    till.article(SHIRT);
    till.scan("KLR-CANCEL");
    till.article(TEA);
    till.scan("KLR-VOID");
    till.act(Action::TakeBackCancelled);
    assert!(till.view().basket.is_empty());
}

#[test]
fn paid_stands_there_only_until_something_else_happens() {
    let mut till = Bench::new();
    till.article(TEA);
    till.scan("KLR-CASH");
    assert!(till.view().just_sold);
    till.article(TEA);
    till.scan("KLR-VOID");
    let view = till.view();
    assert!(
        view.basket.is_empty() && !view.just_sold,
        "nobody paid this"
    );
    assert!(view.last.is_some(), "and Kopie bon still knows its receipt");
}

#[test]
fn due_tendered_and_change_are_three_fields() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.act(cash(5000));
    let tender = till.sale().tenders[0];
    assert_eq!(tender.amount, Cents(2000));
    assert_eq!(tender.tendered, Some(Cents(5000)));
    assert_eq!(tender.change, Some(Cents(3000)));
    let last = till.view().last.unwrap();
    assert_eq!((last.total, last.change), (Cents(1999), Some(Cents(3000))));
}

#[test]
fn rounding_is_for_cash_only_and_for_shops_that_want_it() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.act(Action::PayCard { amount: None });
    till.act(Action::PinAnswer {
        answer: PaymentOutcome::Paid,
    });
    assert_eq!(till.sale().rounding, Cents::ZERO);
    let mut exact = Bench::with(false, true);
    exact.article(SHIRT);
    exact.act(Action::PayCashExact);
    assert_eq!(exact.sale().tenders[0].amount, Cents(1999));
}

#[test]
fn what_remains_for_cash_is_rounded_in_a_split_payment() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.act(Action::PayCard {
        amount: Some(Cents(1001)),
    });
    till.act(Action::PinAnswer {
        answer: PaymentOutcome::Paid,
    });
    assert_eq!(till.view().due, Cents(998));
    assert_eq!(till.view().due_cash, Cents(1000));
    till.act(Action::VoidLine { n: None });
    assert_eq!(till.view().notice, Some(Notice::PartlyPaid));
    till.act(cash(2000));
    let sale = till.sale();
    assert_eq!(sale.rounding, Cents(2));
    let kinds: Vec<_> = sale.tenders.iter().map(|t| (t.kind, t.amount.0)).collect();
    assert_eq!(kinds, [(TenderKind::Card, 1001), (TenderKind::Cash, 1000)]);
}

#[test]
fn cash_first_and_the_rest_by_card() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.act(cash(1000));
    assert!(till.opens_drawer());
    // It may be a slip of the finger: it is heard, and what is still to be paid is said.
    assert_eq!(till.beeps(), [Beep::Attention]);
    assert_eq!(
        till.view().notice,
        Some(Notice::PartTaken {
            part: Cents(1000),
            due: Cents(999)
        })
    );
    assert_eq!(till.view().due, Cents(999));
    till.act(Action::Cancel);
    assert_eq!(till.view().notice, Some(Notice::PartlyPaid));
    till.act(Action::PayCard { amount: None });
    till.act(Action::PinAnswer {
        answer: PaymentOutcome::Paid,
    });
    assert_eq!(till.sale().tenders.len(), 2);
}

#[test]
fn amounts_that_cannot_be_are_refused() {
    let mut till = Bench::new();
    till.act(Action::PayCashExact);
    assert_eq!(till.view().notice, Some(Notice::EmptyBasket));
    till.article(SHIRT);
    for wrong in [cash(0), cash(-500), cash(1998), cash(20_000_000)] {
        till.act(wrong);
        assert_eq!(till.view().notice, Some(Notice::WrongAmount));
    }
    assert!(till.events.is_empty());
}

#[test]
fn a_card_payment_is_never_booked_on_hope() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.scan("KLR-CARD");
    let asked: Vec<_> = till.effects.iter().map(std::mem::discriminant).collect();
    assert_eq!(
        asked[0],
        std::mem::discriminant(&Effect::Commit(Box::default())),
        "the basket is safe before the terminal is asked"
    );
    assert!(matches!(
        till.effects[1],
        Effect::AskTerminal {
            amount: Cents(1999),
            ..
        }
    ));
    till.scan("KLR-CARD");
    till.scan("KLR-CASH");
    assert_eq!(till.view().notice, Some(Notice::PaymentUnderway));
    assert!(till.events.is_empty());
    till.act(Action::PinAnswer {
        answer: PaymentOutcome::Refused,
    });
    assert_eq!(till.view().notice, Some(Notice::PaymentRefused));
    assert_eq!(till.view().mode, ModeView::Selling);
    assert_eq!(till.view().basket.len(), 1);
}

#[test]
fn a_payment_under_way_at_a_restart_is_unknown_and_asked_about() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.scan("KLR-CARD");
    till.restart();
    assert_eq!(
        till.view().mode,
        ModeView::PaymentUnknown {
            amount: Cents(1999)
        }
    );
    assert_eq!(till.view().notice, Some(Notice::BasketRestored));
    till.scan("KLR-CASH");
    assert_eq!(till.view().notice, Some(Notice::PaymentUnderway));
    till.act(Action::PinAnswer {
        answer: PaymentOutcome::Paid,
    });
    let kinds: Vec<_> = till.events.iter().map(Body::kind).collect();
    assert_eq!(kinds, ["payment_settled", "sale"]);
}

#[test]
fn an_answer_to_another_request_books_nothing() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.scan("KLR-CARD");
    let answer = |request, outcome| Input::Payment(PaymentAnswer { request, outcome });
    till.input(answer(99, PaymentOutcome::Paid));
    assert_eq!(till.view().notice, Some(Notice::StrayPayment));
    assert!(till.events.is_empty());
    till.input(answer(1, PaymentOutcome::Unknown));
    assert!(matches!(till.view().mode, ModeView::PaymentUnknown { .. }));
    till.input(answer(1, PaymentOutcome::Paid));
    assert!(!till.sale().tenders[0].by_cashier);
}

#[test]
fn a_key_repeat_or_a_retried_request_fires_once() {
    let mut till = Bench::new();
    till.article(SHIRT);
    let pay = Input::Action {
        id: "same".to_owned(),
        action: Action::PayCashExact,
    };
    till.input(pay.clone());
    assert!(till.input(pay.clone()).is_empty());
    till.restart();
    till.article(TEA);
    assert!(till.input(pay).is_empty(), "not even after a restart");
    assert_eq!(till.events.len(), 1);
    assert_eq!(till.view().basket.len(), 1);
}

#[test]
fn removed_lines_leave_a_trace() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.act(Action::QuantityKey { n: 5_000 });
    till.article(TEA);
    till.act(Action::SetQuantity {
        n: Some(2),
        quantity: 2000,
    });
    till.act(Action::VoidLine { n: Some(1) });
    let voided: Vec<_> = till
        .events
        .iter()
        .map(|event| match event {
            Body::LineVoided(void) => (void.line.qty, void.line.amount.0),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        voided,
        [(Quantity::units(3), 3 * 298), (Quantity::ONE, 1999)]
    );
    till.act(Action::PayCashExact);
    assert_eq!(till.sale().lines[0].n, 1, "lines of a receipt count from 1");
}

#[test]
fn an_open_basket_survives_a_restart_and_a_log_out() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.article(CARD);
    till.act(Action::Logout);
    till.restart();
    let view = till.view();
    assert_eq!(view.basket.len(), 1);
    assert!(view.customer.is_some());
    assert!(matches!(view.mode, ModeView::LoggedOut { .. }));
}

#[test]
fn a_printer_fault_never_blocks_a_sale_and_its_question_makes_a_copy() {
    let mut till = Bench::new();
    let status = |state, asks| {
        Input::Printer(PrinterStatus {
            state,
            queue: 1,
            asks,
        })
    };
    till.input(status(PrinterState::PaperOut, None));
    assert_eq!(till.beeps(), [Beep::Attention]);
    till.input(status(PrinterState::PaperOut, None));
    assert_eq!(till.events.len(), 1, "once a fault");
    till.article(SHIRT);
    till.scan("KLR-CASH");
    assert_eq!(till.sale().total, Cents(1999));
    let asks = PrinterQuestion {
        job: 5,
        receipt: number(1),
    };
    till.input(status(PrinterState::Ready, Some(asks)));
    let no = Action::PrinterAnswer {
        job: 5,
        printed: false,
    };
    till.act(no.clone());
    let Some(Effect::Commit(commit)) = till.effects.first() else {
        panic!("no commit");
    };
    assert_eq!(commit.print, Some(Print::CopyOf(number(1))));
    assert_eq!(commit.settle_job, Some((5, false)));
    assert!(till.act(no).is_empty(), "asked and answered once");
}

/// The change of who went home, or of yesterday, is nobody's: the screen is calm. The copy of it can still be had.
#[test]
fn the_last_receipt_stands_there_for_who_made_it_today() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.act(Action::PayCashExact);
    assert!(till.view().last.is_some());
    till.restart();
    assert!(till.view().last.is_some(), "after a restart in between too");
    let tomorrow = Now {
        wall: at() + chrono::Days::new(1),
        mono_ms: till.mono_ms,
    };
    assert_eq!(till.state.view(true, &tomorrow).last, None);
    let anna = till.view().cashier;
    till.act(Action::Logout);
    till.act(Action::Login {
        pin: "1234".to_owned(),
    });
    till.input(Input::PinChecked(anna));
    assert_eq!(till.view().last, None);
    assert!(till.view().enabled.reprint);
    till.act(Action::ReprintLast);
    assert!(matches!(
        till.events.last(),
        Some(Body::ReceiptCopied(copy)) if copy.of == number(1)
    ));
}

#[test]
fn the_wait_of_a_customer_is_measured() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.mono_ms += 42_400;
    till.scan("KLR-CASH");
    assert_eq!(till.sale().wait_s, Some(42));
}

#[test]
fn an_amount_beside_exact_cash_is_asked_about_and_never_dropped() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.act(Action::PayCashTyped { typed: Cents(5000) });
    assert_eq!(
        till.view().notice,
        Some(Notice::TypedIsNotExact {
            typed: Cents(5000),
            exact: Cents(2000),
        })
    );
    assert_eq!(till.beeps(), [Beep::Attention]);
    assert!(till.view().sound_aside, "the box keeps the amount");
    assert!(till.events.is_empty(), "nothing is paid");
    till.act(Action::PayCash {
        tendered: Some(Cents(5000)),
    });
    assert_eq!(till.sale().tenders[0].change, Some(Cents(3000)));
    assert_eq!(till.view().notice, None);
}

#[test]
fn the_exact_amount_typed_is_exact_rounded_or_not() {
    for typed in [2000, 1999] {
        let mut till = Bench::new();
        till.article(SHIRT);
        till.act(Action::PayCashTyped {
            typed: Cents(typed),
        });
        assert_eq!(till.sale().tenders[0].amount, Cents(2000), "{typed}");
        assert_eq!(till.sale().tenders[0].change, None);
    }
}
