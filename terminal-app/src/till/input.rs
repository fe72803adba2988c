//! What reaches the till: scans, what the cashier does on the screen, and news from printer, terminal, sync and machine.
//!
//! Scans have a channel of their own and are routed by the state of the till, never by the focus of a field. What the
//! cashier does carries an id made by the screen, so that a key repeat, a double tap or a retried request fires once.

use chrono::{DateTime, Utc};
use retail::ids::{CashierId, CustomerId, ReceiptNumber};
use retail::money::Cents;
use retail::sale::ReturnReason;
use serde::{Deserialize, Serialize};

use super::effect::Beep;
use super::shelf::ReceiptOnFile;
use crate::sync::office::CertificateTrouble;

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

/// What a cashier does. As JSON: `{"do":"pay_cash","tendered":2000}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Logs in. Without a cashier the PIN alone decides who it is.
    Login {
        /// Who says he is there.
        #[serde(default)]
        cashier: Option<CashierId>,
        /// Four to eight digits.
        pin: String,
    },
    /// Logs out; an open basket stays for the next cashier.
    Logout,
    /// A key of the keypad: a digit or a decimal comma goes into the number buffer.
    Key {
        /// `0`-`9` or `,`.
        key: char,
    },
    /// Takes the last character out of the number buffer.
    Backspace,
    /// Empties the number buffer and forgets a quantity set for the next article.
    ClearEntry,
    /// The number in the buffer (or `n`, in thousandths) becomes the quantity of the next article; used once.
    QuantityKey {
        /// Thousandths; `None` takes the buffer.
        #[serde(default)]
        n: Option<i64>,
    },
    /// The one box: an article number, a card, a receipt number or words to search for. `None` takes the buffer.
    Entry {
        /// As typed.
        #[serde(default)]
        text: Option<String>,
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
    /// The price of the article that was asked about; `None` takes the buffer.
    Price {
        /// Price of one unit.
        #[serde(default)]
        price: Option<Cents>,
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
        /// Thousandths; `None` takes the buffer.
        #[serde(default)]
        quantity: Option<i64>,
    },
    /// Removes line `n`, else the selected, else the last one.
    VoidLine {
        /// Its number.
        #[serde(default)]
        n: Option<u32>,
    },
    /// Pays with coins and notes. Less than is due is a part of a split payment.
    PayCash {
        /// What was handed over; `None` takes the buffer, an empty buffer means exact.
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

/// How the receipt printer is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PrinterStatus {
    /// How it is.
    pub state: PrinterState,
    /// Receipts that wait for it.
    pub queue: u32,
    /// A receipt of which nobody knows whether it came out.
    pub asks: Option<PrinterQuestion>,
}

/// What the spooler wants to know from the cashier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PrinterQuestion {
    /// The print job.
    pub job: i64,
    /// The receipt on it.
    pub receipt: ReceiptNumber,
}

/// States of a receipt printer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PrinterState {
    /// The settings name none.
    #[default]
    None,
    /// Ready.
    Ready,
    /// Ready, the paper is nearly gone.
    PaperLow,
    /// Out of paper.
    PaperOut,
    /// Its cover is open.
    CoverOpen,
    /// It does not answer, or said that it is off line.
    Offline,
    /// A fault that needs a hand: cutter, temperature.
    Error,
    /// Its port is not there.
    Missing,
}

/// One scanner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScannerStatus {
    /// As the settings name its port.
    pub name: String,
    /// Its port is open.
    pub connected: bool,
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

/// The peripheral hub.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HubStatus {
    /// How it is connected.
    pub state: HubState,
    /// The hub that is here, or was heard last since the start.
    pub hub: Option<HubIdentity>,
    /// The receipt printer hangs on it.
    pub printer: bool,
    /// The drawer hangs on it.
    pub drawer: bool,
    /// Pulses that the hub has given the drawer since the till started.
    pub pulses: u32,
    /// The drawer contact, where the board has one.
    pub drawer_open: Option<bool>,
    /// Bytes wait and the printer takes none.
    pub printer_stalled: bool,
    /// The customer display does not answer.
    pub display_fault: bool,
    /// Damaged frames from the scanner since the hub started.
    pub scanner_errors: u32,
    /// Scans that the hub could not keep since it started.
    pub scans_lost: u32,
    /// Damaged frames on the cable since the hub started.
    pub link_errors: u32,
    /// Bytes of its devices that came faster than the hub read them.
    pub overruns: u32,
    /// A scan of which nobody knows whether the hub beeped. It is not sold.
    pub unheard: Option<UnheardScan>,
}

/// How a hub is connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HubState {
    /// Its port is not there.
    #[default]
    Missing,
    /// The port is open and no hub answers.
    Silent,
    /// A hub answers whose firmware speaks another protocol.
    Incompatible,
    /// Connected.
    Here,
}

/// Who a hub is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HubIdentity {
    /// Version of its firmware.
    pub firmware: String,
    /// The board.
    pub board: String,
    /// Version of the protocol it speaks.
    pub protocol: u8,
    /// Why it started.
    pub started: HubStart,
}

/// Why a hub started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HubStart {
    /// Power was switched on.
    PowerOn,
    /// Its reset button.
    Button,
    /// The firmware hung and was started again.
    Watchdog,
    /// The firmware found a fault of its own.
    Fault,
    /// The board cannot tell.
    Unknown,
}

/// A scan of which nobody knows whether the hub beeped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnheardScan {
    /// Its place in the queue of scans.
    pub scan: i64,
    /// What was read, control bytes as `\xHH`.
    pub read: String,
}

/// What the screen and the journal of troubles call the scanners of the hub.
pub const HUB_SCANNER: &str = "hub";

/// What happened at the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum HubNotice {
    /// A scan came while the till took none; the hub beeped *attention*.
    ScanRefused,
    /// A scan could not be kept by the till; the hub beeped *attention*.
    ScanNotKept {
        /// What stood in the way.
        fault: StoreFault,
        /// In the words of the database.
        reason: String,
    },
    /// The hub had no room for a scan and beeped *attention*.
    ScanLost,
    /// Its scanner sent something that is no code; for one that is too long the hub beeped *attention*.
    Damaged {
        /// What is wrong with it.
        damage: ScanDamage,
    },
    /// The drawer did not open: its coil must rest first.
    DrawerResting,
    /// The drawer did not open: no hub within ten seconds.
    DrawerTooLate,
    /// Nobody knows whether the drawer opened.
    DrawerUnknown,
}

impl HubNotice {
    /// What the hub has sounded for it by itself.
    #[must_use]
    pub const fn heard(&self) -> Option<Beep> {
        match self {
            Self::ScanRefused
            | Self::ScanNotKept { .. }
            | Self::ScanLost
            | Self::Damaged {
                damage: ScanDamage::TooLong,
            } => Some(Beep::Attention),
            Self::Damaged { .. }
            | Self::DrawerResting
            | Self::DrawerTooLate
            | Self::DrawerUnknown => None,
        }
    }
}

/// The exchange with head office.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SyncStatus {
    /// How it stands.
    pub state: SyncState,
    /// Events that head office does not have yet.
    pub waiting: u64,
    /// When the oldest of them happened.
    pub waiting_since: Option<DateTime<Utc>>,
    /// The last time that head office answered.
    pub last_contact: Option<DateTime<Utc>>,
    /// What went wrong and was mended by itself since the start of the program; at most one of each, nothing is lost.
    pub notes: Vec<SyncNote>,
}

/// Something in the exchange that was mended by itself, and that somebody should hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum SyncNote {
    /// Head office knows another journal under this till's name (a restored backup, a copied card): a new epoch began.
    EpochOpened {
        /// Why.
        why: retail::event::EpochWhy,
    },
    /// Head office was restored from a backup and gets everything again.
    ServerRestored,
    /// Events of this till can no longer be read; a hole was declared.
    Unreadable {
        /// How many.
        events: u64,
    },
    /// Head office does not take these records; they are kept here, the others go on.
    SetApart {
        /// How many.
        records: u32,
    },
}

/// States of the exchange with head office.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SyncState {
    /// The settings name no head office.
    #[default]
    Off,
    /// Everything head office can have, it has.
    UpToDate,
    /// At work.
    Busy,
    /// Head office cannot be reached.
    Unreachable,
    /// What answers cannot prove to be head office.
    Untrusted {
        /// What is wrong with the proof.
        trouble: CertificateTrouble,
    },
    /// Head office refuses; someone must look into it.
    Refused {
        /// What it said.
        detail: String,
    },
    /// The till's own database stands in the way.
    Stuck {
        /// What it said.
        detail: String,
    },
}

/// Clock and disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Health {
    /// What is wrong with the clock.
    pub clock: Option<ClockTrouble>,
    /// What is wrong with the disk.
    pub disk: Option<DiskTrouble>,
}

/// What can be wrong with a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockTrouble {
    /// It says a year before 2026.
    NotSet,
    /// It is behind the last event of the journal.
    BehindJournal,
    /// It was set back while the till was running.
    SetBack,
}

/// What can keep the till from writing its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreFault {
    /// No room.
    DiskFull,
    /// Another program holds it for too long.
    Busy,
    /// It may not be written.
    NotWritable,
    /// It cannot be read.
    Damaged,
    /// The disk answers with an error.
    Disk,
    /// Something else.
    Other,
}

/// What can be wrong with a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "disk", rename_all = "snake_case")]
pub enum DiskTrouble {
    /// Little room is left.
    Low {
        /// Megabytes.
        free_mb: u64,
    },
    /// Nothing can be written.
    Full,
}
