//! One view of the till for every mode and every trouble, as the screen gets them: for snapshots, for looking at, for tests.

use chrono::{NaiveDate, TimeZone, Utc};
use retail::ids::{CashierId, CustomerId, Epoch, ReceiptNumber, ReceiptSerial, TillId};
use retail::money::Cents;
use retail::quantity::{Quantity, Unit};
use retail::sale::{LineClass, ReturnReason, TenderKind};
use retail::vat::VatRate;
use terminal_app::till::input::{
    Cashier, ClockTrouble, DiskTrouble, FetchFailed, Health, HubIdentity, HubNotice, HubStart,
    HubState, HubStatus, PrinterQuestion, PrinterState, PrinterStatus, ScanDamage, ScannerStatus,
    SyncState, SyncStatus, UnheardScan,
};
use terminal_app::till::shelf::Customer;
use terminal_app::till::view::{
    CustomerPanel, Enabled, Found, LastReceipt, PaidPart, ReturnRow, ReturnView, Row,
};
use terminal_app::till::{ModeView, Notice, View};

/// A receipt number.
pub(crate) fn receipt(serial: u32) -> ReceiptNumber {
    ReceiptNumber {
        till: TillId::new(3).expect("a till"),
        epoch: Epoch::FIRST,
        serial: ReceiptSerial::new(serial).expect("a serial"),
    }
}

fn cashier(id: u16, name: &str) -> Cashier {
    Cashier {
        id: CashierId::new(id).expect("a cashier"),
        name: name.to_owned(),
    }
}

const SELLING: Enabled = Enabled {
    cash: true,
    cash_exact: true,
    card: true,
    start_return: true,
    customer: true,
    void_line: true,
    cancel: true,
    reprint: true,
    drawer: true,
    entry: true,
};

const ASKING: Enabled = Enabled {
    cash: false,
    cash_exact: false,
    card: false,
    start_return: false,
    customer: false,
    void_line: false,
    cancel: true,
    reprint: true,
    drawer: false,
    entry: true,
};

/// A till at rest, all well.
pub(crate) fn idle() -> View {
    View {
        rev: 7,
        shop: "Atelier Noord".to_owned(),
        till: "Kassa 1".to_owned(),
        cashier: Some(cashier(1, "Anna")),
        cashiers: vec![cashier(1, "Anna")],
        mode: ModeView::Selling,
        basket: Vec::new(),
        selected: None,
        total: Cents::ZERO,
        paid: Vec::new(),
        due: Cents::ZERO,
        due_cash: Cents::ZERO,
        quick_amounts: Vec::new(),
        buffer: String::new(),
        next_quantity: None,
        customer: None,
        search: Vec::new(),
        notice: None,
        last: None,
        sound: None,
        sound_aside: false,
        printer: PrinterStatus {
            state: PrinterState::Ready,
            queue: 0,
            asks: None,
        },
        scanners: vec![ScannerStatus {
            name: "/dev/serial/by-id/usb-honeywell-1".to_owned(),
            connected: true,
        }],
        hub: None,
        sync: SyncStatus {
            state: SyncState::UpToDate,
            waiting: 0,
            waiting_since: None,
            last_contact: Utc.with_ymd_and_hms(2026, 11, 21, 13, 3, 0).single(),
            ..SyncStatus::default()
        },
        health: Health::default(),
        enabled: Enabled {
            cash: false,
            cash_exact: false,
            card: false,
            void_line: false,
            cancel: false,
            ..SELLING
        },
    }
}

fn row(n: u32, name: &str, quantity: Quantity, unit: Unit, price: i64) -> Row {
    Row {
        n,
        gtin: format!("87123456789{n:02}"),
        name: name.to_owned(),
        quantity,
        unit,
        price: Cents(price),
        amount: quantity.price(Cents(price)),
        vat: VatRate::HIGH,
        class: LineClass::Goods,
        parent: None,
        fresh: false,
    }
}

/// A sale with a few lines.
pub(crate) fn selling() -> View {
    let mut basket = vec![
        row(
            1,
            "T-shirt biologisch katoen, maat M",
            Quantity::ONE,
            Unit::Piece,
            2495,
        ),
        row(2, "Sokken wol 39-42", Quantity::units(3), Unit::Piece, 895),
        row(3, "Dropjes zoet, los", Quantity(255), Unit::Kilogram, 1290),
        row(
            4,
            "Limonade vlierbloesem 0,5 l",
            Quantity::units(2),
            Unit::Piece,
            275,
        ),
        row(5, "Statiegeld", Quantity::units(2), Unit::Piece, 15),
        row(
            6,
            "Wenskaart ‘Gefeliciteerd’",
            Quantity::ONE,
            Unit::Piece,
            350,
        ),
    ];
    basket[4].class = LineClass::Deposit;
    basket[4].parent = Some(4);
    basket[5].fresh = true;
    let total: Cents = basket.iter().map(|row| row.amount).sum();
    View {
        total,
        due: total,
        due_cash: retail::cash::rounded(total),
        quick_amounts: retail::cash::quick_amounts(total, true),
        basket,
        enabled: SELLING,
        ..idle()
    }
}

/// A regular customer.
pub(crate) fn regular() -> CustomerPanel {
    CustomerPanel {
        customer: Customer {
            id: CustomerId([7; 16]),
            name: Some("Jip".to_owned()),
            points: 1284,
            visits: 17,
            phase: Some("loyaliteit".to_owned()),
            state: Some("teruggewonnen".to_owned()),
            last_visit: NaiveDate::from_ymd_opt(2026, 9, 2),
        },
        earns: 64,
        new: false,
    }
}

fn with_customer() -> View {
    View {
        customer: Some(regular()),
        ..selling()
    }
}

fn asking(mode: ModeView) -> View {
    View {
        mode,
        enabled: ASKING,
        quick_amounts: Vec::new(),
        ..with_customer()
    }
}

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

fn returning() -> View {
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
        }))
    }
}

/// Everything that can be wrong with the machine at once.
fn troubled() -> View {
    View {
        printer: PrinterStatus {
            state: PrinterState::PaperOut,
            queue: 3,
            asks: None,
        },
        scanners: vec![ScannerStatus {
            name: "/dev/serial/by-id/usb-honeywell-1".to_owned(),
            connected: false,
        }],
        sync: SyncStatus {
            state: SyncState::Unreachable,
            waiting: 214,
            waiting_since: Utc.with_ymd_and_hms(2026, 11, 20, 16, 41, 0).single(),
            last_contact: Utc.with_ymd_and_hms(2026, 11, 21, 8, 0, 0).single(),
            ..SyncStatus::default()
        },
        health: Health {
            clock: Some(ClockTrouble::SetBack),
            disk: Some(DiskTrouble::Low { free_mb: 212 }),
        },
        ..selling()
    }
}

/// Scanner, printer and drawer hang on the hub, and all is well.
fn on_hub() -> View {
    View {
        scanners: Vec::new(),
        hub: Some(HubStatus {
            state: HubState::Here,
            hub: Some(HubIdentity {
                firmware: "0.1.0".to_owned(),
                board: "pico".to_owned(),
                protocol: 1,
                started: HubStart::PowerOn,
            }),
            printer: true,
            drawer: true,
            drawer_open: Some(false),
            ..HubStatus::default()
        }),
        ..selling()
    }
}

/// The hub has restarted in the middle of a scan, and its devices have their troubles.
fn hub_troubled() -> View {
    let mut view = on_hub();
    view.notice = Some(Notice::Hub {
        event: HubNotice::DrawerTooLate,
    });
    if let Some(hub) = &mut view.hub {
        hub.display_fault = true;
        hub.printer_stalled = true;
        hub.scanner_errors = 3;
        hub.scans_lost = 1;
        hub.link_errors = 12;
        hub.drawer_open = Some(true);
        hub.unheard = Some(UnheardScan {
            scan: 7,
            read: "8719999001005".to_owned(),
        });
    }
    view
}

fn long_sale() -> View {
    let mut view = with_customer();
    view.basket = (1..=24)
        .map(|n| {
            row(
                n,
                "Geurkaars met een bijzonder lange naam en drie lonten",
                Quantity::units(i64::from(n % 3 + 1)),
                Unit::Piece,
                1295,
            )
        })
        .collect();
    view.basket[23].fresh = true;
    view.total = view.basket.iter().map(|row| row.amount).sum();
    view.due = view.total;
    view.due_cash = view.total;
    view
}

/// Text from outside that would be markup if it were not escaped.
pub(crate) const HOSTILE: &str = "<script>alert('x')</script>\"&";

fn hostile() -> View {
    let mut view = with_customer();
    view.shop = HOSTILE.to_owned();
    view.till = HOSTILE.to_owned();
    view.cashier = Some(cashier(1, HOSTILE));
    view.basket[0].name = HOSTILE.to_owned();
    view.selected = Some(1);
    view.notice = Some(Notice::UnknownCode {
        read: HOSTILE.to_owned(),
    });
    view.search = vec![Found {
        gtin: HOSTILE.to_owned(),
        name: HOSTILE.to_owned(),
        price: None,
    }];
    view.hub = hub_troubled().hub;
    if let Some(hub) = &mut view.hub {
        hub.state = HubState::Incompatible;
        if let Some(identity) = &mut hub.hub {
            identity.firmware = HOSTILE.to_owned();
            identity.board = HOSTILE.to_owned();
        }
        if let Some(unheard) = &mut hub.unheard {
            unheard.read = HOSTILE.to_owned();
        }
    }
    view.scanners[0].name = HOSTILE.to_owned();
    view.scanners[0].connected = false;
    if let Some(panel) = &mut view.customer {
        panel.customer.name = Some(HOSTILE.to_owned());
        panel.customer.phase = Some(HOSTILE.to_owned());
        panel.customer.state = Some(HOSTILE.to_owned());
    }
    view
}

type Named = (&'static str, View);

fn between_sales() -> Vec<Named> {
    let last = |change: Option<i64>| LastReceipt {
        number: receipt(42),
        total: Cents(6439),
        rounding: change.map_or(Cents::ZERO, |_| Cents(1)),
        tendered: change.map(|change| Cents(6440 + change)),
        change: change.map(Cents),
        cashier: None,
        day: None,
    };
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

fn sales() -> Vec<Named> {
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
    split.due_cash = split.due;
    vec![
        ("selling", selling()),
        ("customer", with_customer()),
        ("selected", refused),
        ("long_sale", long_sale()),
        ("split", split),
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

/// What a cashier is told about a scan or an amount.
fn told() -> Vec<Named> {
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

fn questions() -> Vec<Named> {
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
        (
            "enrolling",
            View {
                customer: None,
                ..asking(ModeView::Enrolling {
                    card: Some("2610000000016".to_owned()),
                })
            },
        ),
    ]
}

/// All samples with their names.
pub(crate) fn all() -> Vec<Named> {
    let mut all = between_sales();
    all.extend(sales());
    all.extend(told());
    all.extend(questions());
    all.push(("hub", on_hub()));
    all.push(("hub_troubled", hub_troubled()));
    all.push(("hostile", hostile()));
    for (_, view) in &mut all {
        // Where a till asks who pays, nothing else is enabled.
        if matches!(
            view.mode,
            ModeView::PayingCard { .. } | ModeView::PaymentUnknown { .. }
        ) {
            view.enabled = Enabled::default();
        }
    }
    all
}
