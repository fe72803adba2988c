//! What reaches the till: scans, what the cashier does on the screen, and news from printer, terminal, sync and machine.
//!
//! Scans have a channel of their own and are routed by the state of the till, never by the focus of a field. What the
//! cashier does carries an id made by the screen, so that a key repeat, a double tap or a retried request fires once.

use retail::ids::{CashierId, CustomerId, ReceiptNumber};
use retail::money::Cents;
use retail::sale::ReturnReason;
use serde::{Deserialize, Serialize};

use super::effect::Beep;
pub use super::news::{
    ClockTrouble, DiskTrouble, HUB_SCANNER, Health, HubIdentity, HubNotice, HubStart, HubState,
    HubStatus, PrinterQuestion, PrinterState, PrinterStatus, ScannerStatus, StoreFault, SyncNote,
    SyncState, SyncStatus, UnheardScan,
};
use super::shelf::ReceiptOnFile;

/// A frame of a scanner, complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScannedCode {
    /// The data as read, an AIM identifier in front where the scanner sends one; suffix and framing taken off.
    pub data: Vec<u8>,
    /// The code type byte of a Zebra SSI packet; `None` for scanners that do not say.
    pub ssi_type: Option<u8>,
    /// The scanner it came from, as the settings name its port, or `hub`.
    pub scanner: String,
}

/// Bytes of a scanner that are no code: they came in damaged, or are too many. Never a part of a sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedScan {
    /// The scanner they came from, as the settings name its port.
    pub scanner: String,
    /// What is wrong with them.
    pub damage: ScanDamage,
    /// What was received, or its beginning; empty when nobody knows.
    pub read: Vec<u8>,
}

/// A confirmed scan of the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubScan {
    /// Its place in the queue of scans; ascending, never used twice.
    pub ticket: i64,
    /// What the hub beeped for it.
    pub heard: Beep,
    /// The code.
    pub code: ScannedCode,
}

/// What can be wrong with what a scanner sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanDamage {
    /// It was cut off: no suffix came, or the cable was pulled in the middle.
    CutOff,
    /// It is longer than any code of a shop.
    TooLong,
    /// It is damaged on the way: noise, a wrong checksum.
    Noise,
}

/// One thing that happened, in the order in which the till saw it.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A code was scanned.
    Scan(ScannedCode),
    /// Something was scanned and did not come through; heard once a burst.
    DamagedScan(DamagedScan),
    /// A code was scanned at the hub: it is in the queue of scans, and the hub has beeped.
    HubScan(HubScan),
    /// News of the hub.
    Hub(Box<HubStatus>),
    /// Something happened at the hub that the cashier should know.
    HubSays(HubNotice),
    /// The cashier did something on the screen.
    Action {
        /// Made by the screen, at most 64 characters; the same id fires once.
        id: String,
        /// What he did.
        action: Action,
    },
    /// The PIN of [`super::Effect::CheckPin`] was looked at: whose it is, or nobody's.
    PinChecked(Option<Cashier>),
    /// News of the receipt printer.
    Printer(PrinterStatus),
    /// The printer could not open the drawer within ten seconds: it stays shut.
    DrawerShut,
    /// A scanner appeared or went away.
    Scanner(ScannerStatus),
    /// The payment terminal answered.
    Payment(PaymentAnswer),
    /// Head office answered [`super::Effect::FetchReceipt`].
    ReceiptFetched {
        /// Which receipt was asked for.
        number: ReceiptNumber,
        /// The receipt, or why it cannot be had.
        result: Result<Box<ReceiptOnFile>, FetchFailed>,
    },
    /// News of the exchange with head office.
    Sync(SyncStatus),
    /// News of clock and disk.
    Health(Health),
    /// Something was not kept: the disk is full, the database cannot be written. Sent by the runtime after it took the step back.
    NotKept {
        /// What stood in the way.
        fault: StoreFault,
        /// In the words of the database, for who has to mend it.
        reason: String,
    },
    /// The till was enrolled while it runs.
    Enrolled,
    /// Who can log in at this till, after a change.
    Cashiers(Vec<Cashier>),
    /// The directory of customers changed underneath: what the screen shows of this one may be old.
    CustomerChanged(CustomerId),
    /// Time passed.
    Tick,
}

/// A cashier of this till. The name never leaves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cashier {
    /// The number that events carry.
    pub id: CashierId,
    /// What the screen calls him.
    pub name: String,
}

impl Cashier {
    /// Meant by a name or a number of the settings.
    #[must_use]
    pub fn is_called(&self, name_or_number: &str) -> bool {
        self.name == name_or_number || self.id.to_string() == name_or_number
    }
}

/// What a cashier does. As JSON: `{"do":"pay_cash","tendered":2000}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Logs in. The PIN says who it is.
    Login {
        /// Four to eight digits.
        pin: String,
    },
    /// Logs out; an open basket stays for the next cashier.
    Logout,
    /// Forgets a quantity set for the next article and what was found; the screen empties its box by itself.
    ClearEntry,
    /// The quantity of the next article; used once.
    QuantityKey {
        /// Thousandths.
        n: i64,
    },
    /// The one box: an article number, a card, a receipt number or words to search for.
    Entry {
        /// As typed.
        text: String,
    },
    /// Looks for articles by name while someone types; the answer is [`super::view::View::search`].
    Search {
        /// Words.
        text: String,
    },
    /// Takes an article out of what was found.
    PickArticle {
        /// Its number as [`super::view::Found::gtin`] gives it.
        gtin: String,
    },
    /// The price of the article that was asked about.
    Price {
        /// Price of one unit.
        price: Cents,
    },
    /// Selects a line of the basket.
    SelectLine {
        /// Its number.
        n: u32,
    },
    /// Gives the selected line (or line `n`) another quantity; less than before is journaled as a void of the difference.
    SetQuantity {
        /// Its number; `None`: the selected, else the last line.
        #[serde(default)]
        n: Option<u32>,
        /// Thousandths.
        quantity: i64,
    },
    /// Removes line `n`, else the selected, else the last one.
    VoidLine {
        /// Its number.
        #[serde(default)]
        n: Option<u32>,
    },
    /// Pays with coins and notes. Less than is due is a part of a split payment.
    PayCash {
        /// What was handed over; `None` means exact.
        #[serde(default)]
        tendered: Option<Cents>,
    },
    /// Pays exactly what is due in cash (rounded where the shop rounds).
    PayCashExact,
    /// Pays exactly while an amount stands in the box: done when it is that very amount, asked about otherwise.
    PayCashTyped {
        /// What stands in the box.
        typed: Cents,
    },
    /// Pays by card.
    PayCard {
        /// A part of what is due; `None`: all of it.
        #[serde(default)]
        amount: Option<Cents>,
    },
    /// What the cashier read off the payment terminal.
    PinAnswer {
        /// What it said.
        answer: PaymentOutcome,
    },
    /// Gives a cash part of a split payment back before the sale is complete.
    TakeBackCash,
    /// Takes the customer off the basket.
    ForgetCustomer,
    /// The card that was scanned before the last one is the right one: its customer is put back.
    TakeBackCustomer,
    /// The basket that was cancelled last comes back, if no other was begun since.
    TakeBackCancelled,
    /// Puts the dialog away; without one a quantity that waits for its article; without that the whole basket.
    Cancel,
    /// Asks for the receipt of a return.
    StartReturn,
    /// How much of a line comes back, in thousandths; 0 takes it out of the return.
    ReturnQuantity {
        /// Line of the receipt.
        line: u32,
        /// Thousandths.
        quantity: i64,
    },
    /// Why a line comes back.
    ReturnReason {
        /// Line of the receipt; `None`: all chosen lines.
        #[serde(default)]
        line: Option<u32>,
        /// Why.
        reason: ReturnReason,
    },
    /// A remark of the customer at a return; kept beside the journal, at most 500 characters.
    ReturnRemark {
        /// What he said.
        text: String,
    },
    /// Takes the goods back and the money out.
    ConfirmReturn,
    /// Opens the form for a new customer.
    StartEnrol,
    /// A new customer with an unused card.
    Enrol {
        /// The digits of the card.
        card: String,
        /// First name; may be empty.
        #[serde(default)]
        name: String,
        /// E-mail address; may be empty.
        #[serde(default)]
        email: String,
        /// Takes part in the programme.
        member: bool,
        /// May be written to.
        #[serde(default)]
        marketing: bool,
    },
    /// Prints the last receipt again, marked KOPIE.
    ReprintLast,
    /// Opens the drawer without a sale.
    OpenDrawer,
    /// Did this receipt come out of the printer? Asked after it lost power or went away in the middle.
    PrinterAnswer {
        /// The print job.
        job: i64,
        /// It came out whole.
        printed: bool,
    },
    /// The cashier has read that this scan of the hub was perhaps not heard, and is not sold.
    UnheardRead {
        /// Its place in the queue of scans.
        scan: i64,
    },
    /// Puts the message on the screen away.
    DismissNotice,
}

/// What became of a card payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentOutcome {
    /// Paid.
    Paid,
    /// Not paid.
    Refused,
    /// Nobody knows yet.
    Unknown,
}

/// An answer of the payment terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentAnswer {
    /// The request it answers; an answer to another request is passed over.
    pub request: u64,
    /// What became of it.
    pub outcome: PaymentOutcome,
}

/// Why a receipt of another till could not be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum FetchFailed {
    /// Head office cannot be reached.
    Unreachable,
    /// Head office has no such receipt.
    NoSuchReceipt,
    /// This till has no head office in its settings.
    NoServer,
    /// Head office refuses, or gave an answer that cannot be read.
    Refused {
        /// What it said.
        detail: String,
    },
}
