//! Goods that come back: never more than was sold, refunded the way they were paid, VAT and points to the cent.

use retail::ids::{ReceiptNumber, TillId};
use retail::money::Cents;
use retail::quantity::Quantity;
use retail::sale::{ReturnReason, TenderKind};

use super::bench::{Bench, CARD, COLA, SHIRT, TEA, ean, number};
use crate::till::input::{FetchFailed, PaymentOutcome, SyncState, SyncStatus};
use crate::till::shelf::{ReceiptLookup, ReceiptOnFile};
use crate::till::{Action, Effect, Input, ModeView, Notice, Shelf as _};

pub(super) fn code(number: ReceiptNumber) -> String {
    retail::barcode::receipt_code::encode(number)
}

pub(super) fn take_back(till: &mut Bench, line: u32, pieces: i64) {
    till.act(Action::ReturnQuantity {
        line,
        quantity: pieces * 1000,
    });
    till.act(Action::ReturnReason {
        line: None,
        reason: ReturnReason::Defect,
    });
    till.act(Action::ConfirmReturn);
}

/// Three shirts and a tea, by a customer, in cash.
pub(super) fn sold() -> Bench {
    let mut till = Bench::new();
    till.article(CARD);
    till.scan("KLR-QTY-3");
    till.article(SHIRT);
    till.article(TEA);
    till.scan("KLR-CASH");
    assert_eq!(till.sale().points, 62);
    till
}

#[test]
fn returned_quantity_is_tracked_per_line() {
    let mut till = sold();
    till.scan(&code(number(1)));
    assert!(matches!(till.view().mode, ModeView::Returning(_)));
    take_back(&mut till, 1, 2);
    let back = till.back();
    assert_eq!(back.of, number(1));
    assert_eq!(back.receipt.lines[0].qty, Quantity::units(-2));
    assert_eq!(back.receipt.lines[0].reason, Some(ReturnReason::Defect));
    till.scan(&code(number(1)));
    till.act(Action::ReturnQuantity {
        line: 1,
        quantity: 2000,
    });
    assert_eq!(
        till.view().notice,
        Some(Notice::MoreThanSold {
            left: Quantity::ONE
        })
    );
    take_back(&mut till, 1, 1);
    till.scan(&code(number(1)));
    take_back(&mut till, 2, 1);
    till.scan(&code(number(1)));
    assert_eq!(
        till.view().notice,
        Some(Notice::NothingLeftToReturn { number: number(1) })
    );
    let kept: i64 = till
        .shelf
        .returns
        .iter()
        .map(|(_, back)| back.receipt.points)
        .sum();
    assert_eq!(kept, -62, "all points are taken back, and no more");
    let vat: i64 = till
        .shelf
        .returns
        .iter()
        .flat_map(|(_, b)| &b.receipt.vat)
        .map(|r| r.vat.0)
        .sum();
    let sold_vat: i64 = till.shelf.sales[&number(1)]
        .0
        .vat
        .iter()
        .map(|r| r.vat.0)
        .sum();
    assert_eq!(vat, -sold_vat, "no cent of VAT stays behind");
}

#[test]
fn a_refund_is_what_was_due_rounded_as_the_sale_was() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.act(Action::PayCash {
        tendered: Some(Cents(5000)),
    });
    till.scan(&code(number(1)));
    take_back(&mut till, 1, 1);
    let back = till.back().receipt;
    assert_eq!((back.total, back.rounding), (Cents(-1999), Cents(-1)));
    assert_eq!(back.tenders[0].amount, Cents(-2000));
    assert!(till.opens_drawer());
    assert_eq!(till.view().last.unwrap().change, Some(Cents(2000)));
}

#[test]
fn what_was_paid_by_card_goes_back_to_the_card() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.article(TEA);
    till.act(Action::PayCard {
        amount: Some(Cents(1000)),
    });
    till.act(Action::PinAnswer {
        answer: PaymentOutcome::Paid,
    });
    till.act(Action::PayCashExact);
    let last = till.view().last.unwrap();
    assert_eq!(
        (last.tendered, last.card),
        (Some(Cents(1295)), Cents(1000)),
        "both parts are named"
    );
    till.scan(&code(number(1)));
    take_back(&mut till, 1, 1);
    assert!(matches!(
        till.effects[1],
        Effect::AskTerminal {
            amount: Cents(-1000),
            ..
        }
    ));
    till.act(Action::PinAnswer {
        answer: PaymentOutcome::Refused,
    });
    assert!(
        matches!(till.view().mode, ModeView::Returning(_)),
        "nothing is lost"
    );
    till.act(Action::ConfirmReturn);
    till.act(Action::PinAnswer {
        answer: PaymentOutcome::Paid,
    });
    let tenders: Vec<_> = till
        .back()
        .receipt
        .tenders
        .iter()
        .map(|t| (t.kind, t.amount.0))
        .collect();
    assert_eq!(
        tenders,
        [(TenderKind::Card, -1000), (TenderKind::Cash, -1000)]
    );
    let last = till.view().last.unwrap();
    assert_eq!((last.change, last.card), (Some(Cents(1000)), Cents(-1000)));
}

#[test]
fn every_line_needs_its_reason() {
    let mut till = sold();
    till.scan(&code(number(1)));
    till.article(SHIRT);
    till.article(SHIRT);
    till.act(Action::ConfirmReturn);
    assert_eq!(till.view().notice, Some(Notice::ReasonMissing { line: 1 }));
    till.act(Action::ReturnReason {
        line: Some(1),
        reason: ReturnReason::Ruil,
    });
    till.act(Action::ReturnRemark {
        text: "te klein".to_owned(),
    });
    till.act(Action::ConfirmReturn);
    assert_eq!(till.back().receipt.lines[0].qty, Quantity::units(-2));
    let Some(Effect::Commit(commit)) = till.effects.first() else {
        panic!("no commit");
    };
    assert_eq!(commit.events[0].texts, ["te klein"]);
}

#[test]
fn a_deposit_comes_back_with_its_article() {
    let mut till = Bench::new();
    till.scan("KLR-QTY-6");
    till.article(COLA);
    till.scan("KLR-CASH");
    till.scan(&code(number(1)));
    take_back(&mut till, 1, 2);
    let back = till.back().receipt;
    assert_eq!(back.total, Cents(-2 * 149 - 2 * 15));
    assert_eq!(back.lines[1].parent, Some(1));
    assert_eq!(back.gross(), Cents(-2 * 149));
}

#[test]
fn the_open_basket_waits_for_the_return_to_be_done() {
    let mut till = sold();
    till.article(TEA);
    till.scan(&code(number(1)));
    till.scan("KLR-CASH");
    assert_eq!(till.view().notice, Some(Notice::ReturnUnderway));
    take_back(&mut till, 1, 1);
    assert_eq!(till.view().basket.len(), 1);
    assert_eq!(till.view().mode, ModeView::Selling);
}

/// The customer of the sale that waits has nothing to do with these goods; what to give back stands beside his sale.
#[test]
fn a_return_over_an_open_sale_shows_whose_and_how_much() {
    let mut till = Bench::new();
    till.article(TEA);
    till.scan("KLR-CASH");
    till.article(CARD);
    till.article(SHIRT);
    till.scan(&code(number(1)));
    assert!(matches!(till.view().mode, ModeView::Returning(_)));
    assert_eq!(till.view().customer, None, "the receipt is nobody's");
    take_back(&mut till, 1, 1);
    let view = till.view();
    assert_eq!(view.mode, ModeView::Selling);
    assert!(view.customer.is_some(), "his sale goes on");
    assert!(view.just_sold && !view.basket.is_empty());
    assert_eq!(view.last.unwrap().change, Some(Cents(300)));
    till.article(TEA);
    assert!(!till.view().just_sold);
}

#[test]
fn receipts_that_cannot_be_returned_say_why() {
    let mut till = sold();
    till.scan(&code(number(9)));
    assert_eq!(
        till.view().notice,
        Some(Notice::NoSuchReceipt { number: number(9) })
    );
    till.scan(&code(number(1)));
    take_back(&mut till, 1, 1);
    till.scan(&code(number(2)));
    assert_eq!(
        till.view().notice,
        Some(Notice::ReceiptIsReturn { number: number(2) })
    );
    till.scan(&code(number(1)));
    till.article(COLA);
    assert!(matches!(till.view().notice, Some(Notice::NotOnReceipt { read }) if read == "Cola"));
    // All of it chosen already: it is the receipt that knows its name.
    till.shelf.articles.clear();
    till.article(TEA);
    till.article(TEA);
    assert!(matches!(till.view().notice, Some(Notice::AllChosen { name }) if name == "Thee"));
    take_back(&mut till, 2, 1);
    till.scan(&code(number(1)));
    till.article(TEA);
    assert!(matches!(till.view().notice, Some(Notice::AllBack { name }) if name == "Thee"));
}

/// The receipt says what was sold, not today's catalogue: another till has other articles, and a range changes.
#[test]
fn an_article_that_the_catalogue_no_longer_has_comes_back_by_scanning_it() {
    let mut till = sold();
    till.shelf.articles.clear();
    till.scan(&code(number(1)));
    till.article(SHIRT);
    till.act(Action::Entry { text: ean(SHIRT) });
    let ModeView::Returning(back) = till.view().mode else {
        panic!("no return");
    };
    assert_eq!(back.lines[0].chosen, Quantity::units(2));
    till.article(COLA);
    assert_eq!(
        till.view().notice,
        Some(Notice::UnknownArticle { number: ean(COLA) })
    );
    till.act(Action::Cancel);
    till.article(SHIRT);
    assert!(till.view().basket.is_empty(), "it is sold no more");
}

#[test]
fn after_a_return_a_sale_cancelled_before_it_is_offered_no_more() {
    let mut till = sold();
    till.article(SHIRT);
    till.act(Action::Cancel);
    assert!(matches!(
        till.view().notice,
        Some(Notice::SaleCancelled { .. })
    ));
    till.scan(&code(number(1)));
    take_back(&mut till, 1, 1);
    assert_eq!(till.view().notice, None);
}

#[test]
fn a_receipt_of_another_till_is_fetched_or_refused_with_the_reason() {
    let mut till = sold();
    let other = ReceiptNumber {
        till: TillId::new(2).unwrap(),
        ..number(1)
    };
    till.input(Input::Sync(SyncStatus {
        state: SyncState::UpToDate,
        ..SyncStatus::default()
    }));
    till.scan(&code(other));
    assert!(till.effects.contains(&Effect::FetchReceipt(other)));
    till.input(Input::ReceiptFetched {
        number: other,
        result: Err(FetchFailed::Unreachable),
    });
    assert!(matches!(
        till.view().notice,
        Some(Notice::ReceiptNotFetched { .. })
    ));
    assert_eq!(
        till.view().sync.state,
        SyncState::Unreachable,
        "the bar does not say that all is well"
    );
    till.act(Action::Cancel);
    let on_file = ReceiptOnFile {
        number: other,
        ..on_file(&till, number(1))
    };
    let answer = Input::ReceiptFetched {
        number: other,
        result: Ok(Box::new(on_file)),
    };
    till.input(answer.clone());
    assert_eq!(
        till.view().mode,
        ModeView::Selling,
        "an answer nobody waits for changes nothing"
    );
    till.scan(&code(other));
    till.input(answer);
    take_back(&mut till, 1, 1);
    assert_eq!(till.back().of, other);
}

pub(super) fn on_file(till: &Bench, number: ReceiptNumber) -> ReceiptOnFile {
    match till.shelf.receipt(number).unwrap() {
        ReceiptLookup::Found(found) => *found,
        other => panic!("{other:?}"),
    }
}
