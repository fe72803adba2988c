//! What the till hears of the world around it: printer, scanners, hub, head office, clock and disk. Plain states; what is to
//! be done about them is decided in the steps of the till.

use chrono::{DateTime, Utc};
use retail::ids::ReceiptNumber;
use serde::{Deserialize, Serialize};

use super::effect::Beep;
use super::input::ScanDamage;
use crate::sync::office::CertificateTrouble;

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Head office has revoked this till: it keeps everything until it is allowed again.
    Revoked,
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
