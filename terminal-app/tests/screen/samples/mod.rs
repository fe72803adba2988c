//! One view of the till for every mode and every trouble, as the screen gets them: for snapshots, for looking at, for tests.

use chrono::{NaiveDate, TimeZone as _, Utc};
use retail::ids::{CashierId, CustomerId, Epoch, ReceiptNumber, ReceiptSerial, TillId};
use retail::money::Cents;
use retail::quantity::{Quantity, Unit};
use retail::sale::LineClass;
use retail::vat::VatRate;
use terminal_app::till::input::{
    Cashier, ClockTrouble, DiskTrouble, Health, HubState, PrinterState, PrinterStatus,
    ScannerStatus, SyncState, SyncStatus,
};
use terminal_app::till::shelf::Customer;
use terminal_app::till::view::{CustomerPanel, Enabled, Found, Row};
use terminal_app::till::{ModeView, Notice, View};

use self::hub::{hub_troubled, on_hub};
use self::moments::{between_sales, sales, told, two_ways};
use self::questions::questions;

mod hub;
mod moments;
mod questions;

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
        next_quantity: None,
        customer: None,
        search: Vec::new(),
        notice: None,
        last: None,
        just_sold: true,
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
    view.basket[23] = row(
        24,
        "Wollen jas kort",
        Quantity::units(999),
        Unit::Piece,
        117_995,
    );
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

/// All samples with their names.
pub(crate) fn all() -> Vec<Named> {
    let mut all = between_sales();
    all.extend(two_ways());
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
