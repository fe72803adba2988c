//! Between sales, sales and payments, and what the till tells in between.

use retail::money::Cents;
use retail::quantity::Quantity;
use retail::sale::TenderKind;
use terminal_app::till::input::{
    FetchFailed, PrinterQuestion, PrinterState, PrinterStatus, ScanDamage,
};
use terminal_app::till::view::{Enabled, Found, LastReceipt, PaidPart};
use terminal_app::till::{ModeView, Notice, View};

use super::{Named, asking, cashier, idle, long_sale, receipt, selling, troubled, with_customer};

fn last(change: Option<i64>) -> LastReceipt {
    LastReceipt {
        number: receipt(42),
        total: Cents(6439),
        rounding: change.map_or(Cents::ZERO, |_| Cents(1)),
        tendered: change.map(|change| Cents(6440 + change)),
        change: change.map(Cents),
        card: Cents(if change.is_some() { 0 } else { 6439 }),
        day: None,
    }
}

pub(super) fn between_sales() -> Vec<Named> {
    vec![
        (
            "not_enrolled",
            View {
                mode: ModeView::NotEnrolled,
                cashier: None,
                enabled: Enabled::default(),
                ..idle()
            },
        ),
        (
            "log_in",
            View {
                mode: ModeView::LoggedOut {
                    checking: false,
                    wait_s: None,
                },
                cashier: None,
                cashiers: vec![
                    cashier(1, "Anna"),
                    cashier(2, "Bram"),
                    cashier(3, "Chantal"),
                ],
                notice: Some(Notice::WrongPin),
                ..idle()
            },
        ),
        (
            "log_in_wait",
            View {
                mode: ModeView::LoggedOut {
                    checking: false,
                    wait_s: Some(27),
                },
                cashier: None,
                ..idle()
            },
        ),
        (
            "no_cashiers",
            View {
                mode: ModeView::LoggedOut {
                    checking: false,
                    wait_s: None,
                },
                cashier: None,
                cashiers: Vec::new(),
                ..idle()
            },
        ),
        (
            "cashier_removed",
            View {
                mode: ModeView::LoggedOut {
                    checking: false,
                    wait_s: None,
                },
                cashier: None,
                notice: Some(Notice::CashierRemoved {
                    name: "Bram".to_owned(),
                }),
                ..idle()
            },
        ),
        ("idle", idle()),
        (
            "change",
            View {
                last: Some(last(Some(560))),
                ..idle()
            },
        ),
        (
            "paid_exactly",
            View {
                last: Some(last(Some(0))),
                ..idle()
            },
        ),
        (
            "paid_by_card",
            View {
                last: Some(last(None)),
                ..idle()
            },
        ),
    ]
}

/// A part in cash, a part by card.
pub(super) fn two_ways() -> Vec<Named> {
    vec![
        (
            "paid_in_two_ways",
            View {
                last: Some(LastReceipt {
                    tendered: Some(Cents(2000)),
                    change: Some(Cents::ZERO),
                    rounding: Cents::ZERO,
                    card: Cents(4439),
                    ..last(Some(0))
                }),
                ..idle()
            },
        ),
        (
            "given_back_in_two_ways",
            View {
                last: Some(LastReceipt {
                    total: Cents(-749),
                    rounding: Cents::ZERO,
                    tendered: None,
                    change: Some(Cents(500)),
                    card: Cents(-249),
                    ..last(None)
                }),
                ..idle()
            },
        ),
    ]
}

pub(super) fn sales() -> Vec<Named> {
    let refused = View {
        notice: Some(Notice::PaymentRefused),
        selected: Some(2),
        ..with_customer()
    };
    let mut split = View {
        paid: vec![PaidPart {
            kind: TenderKind::Cash,
            amount: Cents(2000),
        }],
        ..selling()
    };
    split.due = split.total - Cents(2000);
    split.due_cash = retail::cash::rounded(split.due);
    split.notice = Some(Notice::PartTaken {
        part: Cents(2000),
        due: split.due,
    });
    vec![
        ("selling", selling()),
        ("customer", with_customer()),
        ("selected", refused),
        ("long_sale", long_sale()),
        ("split", split),
        ("returned_during_a_sale", returned_during_a_sale()),
        (
            "next_quantity",
            View {
                next_quantity: Some(Quantity::units(3)),
                ..selling()
            },
        ),
        (
            "search",
            View {
                search: [
                    "Trui lamswol grijs S",
                    "Trui lamswol grijs M",
                    "Trui merino blauw",
                ]
                .iter()
                .enumerate()
                .map(|(n, name)| Found {
                    gtin: format!("871234567{n:04}"),
                    name: (*name).to_owned(),
                    price: (n != 1).then_some(Cents(8995)),
                })
                .collect(),
                ..selling()
            },
        ),
        (
            "unknown_card",
            View {
                notice: Some(Notice::UnknownCard {
                    card: "2610000000016".to_owned(),
                }),
                ..selling()
            },
        ),
        (
            "not_fetched",
            View {
                notice: Some(Notice::ReceiptNotFetched {
                    number: receipt(9),
                    why: FetchFailed::Unreachable,
                }),
                ..asking(ModeView::AskingReceipt)
            },
        ),
        (
            "printer_question",
            View {
                printer: PrinterStatus {
                    state: PrinterState::Ready,
                    queue: 1,
                    asks: Some(PrinterQuestion {
                        job: 12,
                        receipt: receipt(42),
                    }),
                },
                ..with_customer()
            },
        ),
        ("troubled", troubled()),
    ]
}

/// The return is done, its money lies in the open drawer, and the sale that waited stands there again.
fn returned_during_a_sale() -> View {
    View {
        just_sold: true,
        last: Some(LastReceipt {
            number: receipt(43),
            total: Cents(-1999),
            rounding: Cents(-1),
            tendered: None,
            change: Some(Cents(2000)),
            card: Cents::ZERO,
            day: None,
        }),
        ..with_customer()
    }
}

/// What a cashier is told about a scan or an amount.
pub(super) fn told() -> Vec<Named> {
    vec![
        (
            "customer_replaced",
            View {
                notice: Some(Notice::CustomerReplaced {
                    now: Some("Jip".to_owned()),
                    before: None,
                }),
                ..with_customer()
            },
        ),
        (
            "customer_on_sale",
            View {
                notice: Some(Notice::CustomerOnSale {
                    name: Some("Jip".to_owned()),
                }),
                ..with_customer()
            },
        ),
        (
            "mistyped",
            View {
                notice: Some(Notice::WrongNumber),
                ..asking(ModeView::AskingReceipt)
            },
        ),
        (
            "not_exact",
            View {
                notice: Some(Notice::TypedIsNotExact {
                    typed: Cents(10_000),
                    exact: Cents(6440),
                }),
                ..with_customer()
            },
        ),
        (
            "damaged_scan",
            View {
                notice: Some(Notice::DamagedScan {
                    damage: ScanDamage::CutOff,
                    read: "87123".to_owned(),
                }),
                ..selling()
            },
        ),
    ]
}
