//! What the till asks for in place of its keys: a price, a receipt, a return, a new customer.

use retail::money::Cents;
use retail::quantity::{Quantity, Unit};
use retail::sale::{ReturnReason, TenderKind};
use terminal_app::till::view::{ReturnRow, ReturnView};
use terminal_app::till::{ModeView, Notice, View};

use super::{Named, asking, receipt, selling};

fn back_row(line: u32, name: &str, sold: i64, left: i64, chosen: i64, price: i64) -> ReturnRow {
    ReturnRow {
        line,
        gtin: format!("87123456789{line:02}"),
        name: name.to_owned(),
        sold: Quantity::units(sold),
        left: Quantity::units(left),
        chosen: Quantity::units(chosen),
        unit: Unit::Piece,
        amount: Cents(-price * chosen),
        reason: None,
        deposit: false,
    }
}

pub(super) fn returning() -> View {
    let mut lines = vec![
        back_row(1, "T-shirt biologisch katoen, maat M", 1, 1, 1, 2495),
        back_row(2, "Sokken wol 39-42", 3, 2, 1, 895),
        back_row(3, "Limonade vlierbloesem 0,5 l", 2, 2, 0, 275),
        back_row(4, "Statiegeld", 2, 2, 0, 15),
        back_row(5, "Wenskaart ‘Gefeliciteerd’", 1, 0, 0, 350),
    ];
    lines[0].reason = Some(ReturnReason::Ruil);
    lines[1].reason = Some(ReturnReason::Defect);
    lines[3].deposit = true;
    View {
        customer: None,
        basket: Vec::new(),
        ..asking(ModeView::Returning(ReturnView {
            of: receipt(41),
            lines,
            total: Cents(-3390),
            refund: vec![
                (TenderKind::Card, Cents(-2000)),
                (TenderKind::Cash, Cents(-1390)),
            ],
            remark: "Naad is los na één keer wassen".to_owned(),
            ready: true,
            unchecked: false,
        }))
    }
}

fn returning_unchecked() -> View {
    let mut view = returning();
    if let ModeView::Returning(back) = &mut view.mode {
        back.unchecked = true;
    }
    view
}

pub(super) fn questions() -> Vec<Named> {
    vec![
        (
            "asking_price",
            asking(ModeView::AskingPrice {
                gtin: "8712345678906".to_owned(),
                name: "Boeket seizoen".to_owned(),
                quantity: Quantity::ONE,
                unit: Unit::Piece,
            }),
        ),
        (
            "paying_card",
            asking(ModeView::PayingCard {
                amount: Cents(6439),
                by_cashier: true,
            }),
        ),
        (
            "paying_card_wait",
            asking(ModeView::PayingCard {
                amount: Cents(6439),
                by_cashier: false,
            }),
        ),
        (
            "payment_unknown",
            asking(ModeView::PaymentUnknown {
                amount: Cents(6439),
            }),
        ),
        (
            "refund_unknown",
            asking(ModeView::PaymentUnknown {
                amount: Cents(-2000),
            }),
        ),
        ("asking_receipt", asking(ModeView::AskingReceipt)),
        (
            "fetching_receipt",
            asking(ModeView::FetchingReceipt {
                number: receipt(41),
            }),
        ),
        ("returning", returning()),
        ("returning_unchecked", returning_unchecked()),
        (
            "returning_while_a_sale_waits",
            View {
                mode: returning().mode,
                customer: None,
                ..selling()
            },
        ),
        (
            "enrolling",
            View {
                customer: None,
                ..asking(ModeView::Enrolling {
                    card: Some("2610000000016".to_owned()),
                })
            },
        ),
        (
            "enrolling_refused",
            View {
                customer: None,
                notice: Some(Notice::MembershipNeeded { email_wrong: true }),
                ..asking(ModeView::Enrolling {
                    card: Some("2610000000016".to_owned()),
                })
            },
        ),
    ]
}
