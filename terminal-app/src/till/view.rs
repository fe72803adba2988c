//! Everything the cashier's screen shows, as plain data. No text for humans: the screen has the words, in his language.

use chrono::NaiveDate;
use retail::ids::ReceiptNumber;
use retail::money::Cents;
use retail::quantity::{Quantity, Unit};
use retail::sale::{LineClass, ReturnReason, TenderKind};
use retail::vat::VatRate;
use serde::Serialize;

use super::effect::Beep;
use super::input::{Cashier, Health, HubStatus, PrinterStatus, ScannerStatus, SyncStatus};
pub use super::notice::Notice;
use super::shelf::Customer;

/// What the screen shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct View {
    /// Rises with every step.
    pub rev: u64,
    /// The shop's name.
    pub shop: String,
    /// The till's name.
    pub till: String,
    /// Who is logged in.
    pub cashier: Option<Cashier>,
    /// The cashiers of this till, for the log-in.
    pub cashiers: Vec<Cashier>,
    /// What the till is doing.
    pub mode: ModeView,
    /// The basket, in order; deposits stand below their article.
    pub basket: Vec<Row>,
    /// The selected line.
    pub selected: Option<u32>,
    /// Sum of the lines.
    pub total: Cents,
    /// Parts already paid in a split payment.
    pub paid: Vec<PaidPart>,
    /// What is still to be paid.
    pub due: Cents,
    /// What settles it in cash.
    pub due_cash: Cents,
    /// Amounts worth a key of their own, ascending, exact first.
    pub quick_amounts: Vec<Cents>,
    /// The quantity that the next article gets.
    pub next_quantity: Option<Quantity>,
    /// The customer of this basket; nobody while goods of another receipt come back.
    pub customer: Option<CustomerPanel>,
    /// Articles found by name.
    pub search: Vec<Found>,
    /// What the cashier must read.
    pub notice: Option<Notice>,
    /// The last receipt of who is logged in, made today: what was due, handed over and given back.
    pub last: Option<LastReceipt>,
    /// Nothing was put in a basket or cancelled since that receipt. After a return a sale may wait all the same.
    pub just_sold: bool,
    /// The last sound, and how many there were: a new number is a new sound.
    pub sound: Option<(u64, Beep)>,
    /// The last sound answers no scan, entry or press: a printer's alarm, a damaged scan. What is being typed stays.
    pub sound_aside: bool,
    /// The receipt printer.
    pub printer: PrinterStatus,
    /// The scanners.
    pub scanners: Vec<ScannerStatus>,
    /// The hub; `None` when the settings name none.
    pub hub: Option<HubStatus>,
    /// The exchange with head office.
    pub sync: SyncStatus,
    /// Clock and disk.
    pub health: Health,
    /// Which buttons do something now.
    pub enabled: Enabled,
}

/// What the till is doing.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum ModeView {
    /// Sells nothing yet: `terminal-app enrol` has not been done.
    NotEnrolled,
    /// Nobody is logged in.
    LoggedOut {
        /// A PIN is being looked at.
        checking: bool,
        /// Too many wrong PINs: seconds to wait.
        wait_s: Option<u64>,
    },
    /// Ready for scans.
    Selling,
    /// An article has no price.
    AskingPrice {
        /// Its number.
        gtin: String,
        /// Its name.
        name: String,
        /// How much of it.
        quantity: Quantity,
        /// What the quantity counts.
        unit: Unit,
    },
    /// The payment terminal is asked.
    PayingCard {
        /// What is asked; negative in a refund.
        amount: Cents,
        /// The cashier says himself what the terminal showed.
        by_cashier: bool,
    },
    /// Nobody knows what became of a card payment: the cashier must look before anything else.
    PaymentUnknown {
        /// What was asked; negative in a refund.
        amount: Cents,
    },
    /// Waits for the receipt of a return to be scanned.
    AskingReceipt,
    /// Fetches a receipt from head office.
    FetchingReceipt {
        /// Which.
        number: ReceiptNumber,
    },
    /// Goods come back.
    Returning(ReturnView),
    /// A new customer.
    Enrolling {
        /// The digits of his card, when scanned already.
        card: Option<String>,
    },
}

/// A return in the making.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReturnView {
    /// The receipt the goods were sold on.
    pub of: ReceiptNumber,
    /// Its lines.
    pub lines: Vec<ReturnRow>,
    /// What is paid back; zero or negative.
    pub total: Cents,
    /// How it is paid back; empty while nothing is chosen.
    pub refund: Vec<(TenderKind, Cents)>,
    /// The remark.
    pub remark: String,
    /// Everything that is needed is there.
    pub ready: bool,
    /// What other tills took back of it could not be asked.
    pub unchecked: bool,
}

/// A line of the receipt in a return.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReturnRow {
    /// Line of the receipt.
    pub line: u32,
    /// The article's number.
    pub gtin: String,
    /// Its name.
    pub name: String,
    /// What was sold.
    pub sold: Quantity,
    /// What can still come back.
    pub left: Quantity,
    /// What comes back now.
    pub chosen: Quantity,
    /// What the quantities count.
    pub unit: Unit,
    /// What is paid back for it; zero or negative.
    pub amount: Cents,
    /// Why.
    pub reason: Option<ReturnReason>,
    /// Follows its article by itself.
    pub deposit: bool,
}

/// A row of the basket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its number.
    pub n: u32,
    /// The article's number.
    pub gtin: String,
    /// Its name.
    pub name: String,
    /// How much.
    pub quantity: Quantity,
    /// What the quantity counts.
    pub unit: Unit,
    /// Price of one unit.
    pub price: Cents,
    /// What the row costs.
    pub amount: Cents,
    /// Its VAT rate.
    pub vat: VatRate,
    /// What it is in the books.
    pub class: LineClass,
    /// The row it belongs to.
    pub parent: Option<u32>,
    /// Was put in by the last step.
    pub fresh: bool,
}

/// A part of a split payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PaidPart {
    /// How.
    pub kind: TenderKind,
    /// How much.
    pub amount: Cents,
}

/// The customer of this basket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CustomerPanel {
    /// What the till knows.
    #[serde(flatten)]
    pub customer: Customer,
    /// Points that this basket earns.
    pub earns: i64,
    /// Joined just now.
    pub new: bool,
}

/// An article found by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Its number.
    pub gtin: String,
    /// Its name.
    pub name: String,
    /// Its price; `None` will be asked.
    pub price: Option<Cents>,
}

/// The last receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct LastReceipt {
    /// Its number.
    pub number: ReceiptNumber,
    /// What was due; negative for a return.
    pub total: Cents,
    /// *Afronding*.
    pub rounding: Cents,
    /// Cash handed over.
    pub tendered: Option<Cents>,
    /// Cash given back (of a return: the refund in cash).
    pub change: Option<Cents>,
    /// What went by card; negative for a return, zero when nothing did.
    #[serde(default)]
    pub card: Cents,
    /// The local day on which who is logged in made it; `None` once he has logged out: then it is nobody's change any more.
    #[serde(default)]
    pub day: Option<NaiveDate>,
}

/// Buttons that do something now.
#[expect(
    clippy::struct_excessive_bools,
    reason = "one switch for every button of the screen"
)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Enabled {
    /// `Contant`.
    pub cash: bool,
    /// `Contant gepast`.
    pub cash_exact: bool,
    /// `Pin`.
    pub card: bool,
    /// `Retour`.
    pub start_return: bool,
    /// `Klant`.
    pub customer: bool,
    /// `Verwijder regel`.
    pub void_line: bool,
    /// `Annuleren`.
    pub cancel: bool,
    /// `Kopie bon`.
    pub reprint: bool,
    /// Drawer without a sale.
    pub drawer: bool,
    /// The box for articles and cards.
    pub entry: bool,
}
