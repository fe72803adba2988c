//! Everything the cashier's screen shows, as plain data. No text for humans: the screen has the words, in his language.

use chrono::NaiveDate;
use retail::ids::{CashierId, ReceiptNumber};
use retail::money::Cents;
use retail::quantity::{Quantity, Unit};
use retail::sale::{LineClass, ReturnReason, TenderKind};
use retail::vat::VatRate;
use serde::Serialize;

use super::effect::Beep;
use super::input::{
    Cashier, FetchFailed, Health, HubNotice, HubStatus, PrinterStatus, ScanDamage, ScannerStatus,
    StoreFault, SyncStatus,
};
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
    /// The number buffer.
    pub buffer: String,
    /// The quantity that the next article gets.
    pub next_quantity: Option<Quantity>,
    /// The customer of this basket.
    pub customer: Option<CustomerPanel>,
    /// Articles found by name.
    pub search: Vec<Found>,
    /// What the cashier must read.
    pub notice: Option<Notice>,
    /// The last receipt of who is logged in, made today: what was due, handed over and given back.
    pub last: Option<LastReceipt>,
    /// Nothing was put in a basket or cancelled since that receipt.
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
    /// Who made it; `None` once he has logged out.
    #[serde(default)]
    pub cashier: Option<CashierId>,
    /// The local day on which he did.
    #[serde(default)]
    pub day: Option<NaiveDate>,
}

impl LastReceipt {
    /// Still worth a place on the screen: this cashier made it today. What another one gave back, or he himself before he
    /// logged out, is nobody's change any more.
    pub(super) fn is_of(&self, cashier: Option<CashierId>, today: NaiveDate) -> bool {
        self.cashier.is_some() && self.cashier == cashier && self.day == Some(today)
    }
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

/// What the cashier must read. Stays until the next good step or until it is put away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// A scan or entry that is no code of this shop; `read` has control bytes as `\xHH`.
    UnknownCode {
        /// What was read.
        read: String,
    },
    /// A code with a check digit that is wrong, or otherwise broken.
    WrongCode {
        /// What was read.
        read: String,
        /// What is wrong with it, in the words of the barcode rules.
        reason: String,
    },
    /// Something was scanned and did not come through whole.
    DamagedScan {
        /// What is wrong with it.
        damage: ScanDamage,
        /// What can be read of it; may be empty.
        read: String,
    },
    /// A right number that no article has.
    UnknownArticle {
        /// The number.
        number: String,
    },
    /// A card that nobody has: offers to enrol.
    UnknownCard {
        /// Its digits.
        card: String,
    },
    /// A command barcode that does not exist.
    UnknownCommand {
        /// What was read.
        read: String,
    },
    /// Log in first.
    LogInFirst,
    /// The till is not enrolled.
    NotEnrolled,
    /// No cashier has this PIN.
    WrongPin,
    /// Something is being paid: first finish that.
    PaymentUnderway,
    /// The terminal refused the card.
    PaymentRefused,
    /// The terminal says of an earlier request, settled already, that it was paid: look into it.
    StrayPayment,
    /// The basket is empty.
    EmptyBasket,
    /// The article on screen needs its price first.
    PriceFirst,
    /// A part was paid already: give it back first, or finish the payment.
    PartlyPaid,
    /// The typed number makes no sense here.
    NotANumber {
        /// What was typed.
        typed: String,
    },
    /// A quantity that cannot be: zero, too large, or a broken number of pieces.
    WrongQuantity,
    /// The quantity that waited for the next article was put away.
    QuantityForgotten {
        /// Which.
        quantity: Quantity,
    },
    /// The basket was cancelled; it can come back.
    SaleCancelled {
        /// What it came to.
        total: Cents,
    },
    /// Another sale is under way: the cancelled one cannot come back.
    SaleUnderway,
    /// An amount that cannot be: zero, negative, or over a million.
    WrongAmount,
    /// *Contant gepast* while another amount was typed.
    TypedIsNotExact {
        /// What was typed.
        typed: Cents,
        /// What is exact.
        exact: Cents,
    },
    /// The card of another customer was scanned: the sale is his now, and can go back.
    CustomerReplaced {
        /// First name of the customer now.
        now: Option<String>,
        /// First name of the one before.
        before: Option<String>,
    },
    /// The card of another customer was scanned during the payment: the sale stays with the first.
    CustomerStays {
        /// First name of the customer.
        name: Option<String>,
    },
    /// More lines than a receipt holds.
    BasketFull,
    /// Nothing is selected.
    NoLine,
    /// Finish or put away the return first.
    ReturnUnderway,
    /// No receipt with this number.
    NoSuchReceipt {
        /// Which.
        number: ReceiptNumber,
    },
    /// The receipt is one of a return itself.
    ReceiptIsReturn {
        /// Which.
        number: ReceiptNumber,
    },
    /// Everything on it came back already.
    NothingLeftToReturn {
        /// Which.
        number: ReceiptNumber,
    },
    /// The article scanned is not on the receipt, or all of it is chosen already.
    NotOnReceipt {
        /// What was read.
        read: String,
    },
    /// More than can still come back.
    MoreThanSold {
        /// The most that can be.
        left: Quantity,
    },
    /// A line has no reason yet.
    ReasonMissing {
        /// Which line.
        line: u32,
    },
    /// The receipt is of another till, and cannot be had.
    ReceiptNotFetched {
        /// Which.
        number: ReceiptNumber,
        /// Why.
        why: FetchFailed,
    },
    /// The card is somebody's already.
    CardTaken,
    /// The digits are no card of this shop.
    NotACard {
        /// What was typed.
        typed: String,
    },
    /// Not an e-mail address.
    NotAnEmail,
    /// A customer joins with a yes to membership only.
    MembershipNeeded,
    /// Joined.
    Enrolled,
    /// There is no receipt to copy.
    NothingToCopy,
    /// This epoch's receipt numbers are used up, or the till may not write.
    NoReceiptNumber,
    /// The article in the code is past its date.
    Expired {
        /// Its name.
        name: String,
        /// The date in the code.
        date: String,
    },
    /// A price or weight in a barcode does not fit the article.
    WrongMeasure {
        /// What was read.
        read: String,
    },
    /// The discount, coupon or voucher that was scanned cannot be taken here.
    NotAccepted {
        /// What was read.
        read: String,
    },
    /// Something happened at the hub.
    Hub {
        /// What.
        event: HubNotice,
    },
    /// A copy of the receipt goes to the printer.
    Copied {
        /// Which.
        number: ReceiptNumber,
    },
    /// A basket was found after a restart or a log-in and stands here again.
    BasketRestored,
    /// Nothing was kept of the last step: read why.
    NotKept {
        /// What stood in the way.
        fault: StoreFault,
        /// In the words of the database.
        reason: String,
    },
    /// Something could not be looked up.
    StoreTrouble {
        /// In the words of the database.
        reason: String,
    },
}

impl Notice {
    /// The cashier has to deal with it: news of less weight does not take its place.
    #[must_use]
    pub const fn is_pressing(&self) -> bool {
        matches!(
            self,
            Self::UnknownCard { .. }
                | Self::CustomerReplaced { .. }
                | Self::TypedIsNotExact { .. }
                | Self::PaymentRefused
                | Self::StrayPayment
                | Self::BasketRestored
                | Self::NotKept { .. }
        )
    }
}
