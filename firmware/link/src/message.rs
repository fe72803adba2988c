//! What hub and till say to each other. Text and data are borrowed from the frame they came in.
//! New variants go behind the old ones: postcard numbers them in order.

use serde::{Deserialize, Serialize};

/// Longest scan, in bytes. Longer codes are refused with a beep.
pub const SCAN_MAX: usize = 256;
/// Most bytes of a print job in one message.
pub const PRINT_CHUNK_MAX: usize = 128;
/// Most bytes of the printer's answers in one message.
pub const PRINTER_SAYS_MAX: usize = 64;
/// Most bytes that are sent to the printer past the print job.
pub const PRINTER_NOW_MAX: usize = 32;
/// Longest line of the customer display, in bytes of UTF-8.
pub const DISPLAY_LINE_MAX: usize = 80;

/// Names one run of a hub, from power-on or reset to the next; never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BootId(pub u32);

/// Names one session: a random number of the till's run, and a count within it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Session {
    /// The till's run.
    pub till: u32,
    /// Counts the sessions of this run from 1; 0 is no session.
    pub number: u32,
}

/// Names one scan for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ScanId {
    /// The hub's run in which it was read.
    pub boot: BootId,
    /// Counts the scans of this run from 1.
    pub sequence: u32,
}

/// Why the hub started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResetReason {
    /// Power was switched on.
    PowerOn,
    /// The reset pin or button.
    Pin,
    /// The firmware hung.
    Watchdog,
    /// The firmware found something that must not happen.
    Panic,
    /// The board cannot tell.
    Unknown,
}

/// Who the hub is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello<'a> {
    /// [`crate::PROTOCOL`] of its firmware.
    pub protocol: u8,
    /// This run of the hub.
    pub boot: BootId,
    /// The session the hub is in; the default one for none.
    pub session: Session,
    /// Version of its firmware.
    pub firmware: &'a str,
    /// What board it is.
    pub board: &'a str,
    /// Seconds since it started.
    pub uptime_s: u32,
    /// Why it started.
    pub reset: ResetReason,
    /// Bytes that the hub takes ahead of the printer.
    pub print_window: u16,
}

/// The three sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Beep {
    /// Scanned and committed.
    Good,
    /// Scanned and committed, and nobody knows what it is.
    Unknown,
    /// Look at the screen.
    Attention,
}

/// The hub's lights that the till decides on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lights {
    /// The till takes scans.
    pub ready: bool,
    /// The till wants somebody to look.
    pub attention: bool,
}

/// How far the printer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrinterState {
    /// The job of the counts; `None` since the hub started.
    pub job: Option<u64>,
    /// Bytes of the job that the hub received.
    pub received: u32,
    /// Bytes of the job that left for the printer.
    pub sent: u32,
}

/// What became of a drawer pulse at the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DrawerOutcome {
    /// The pulse was given.
    Pulsed,
    /// The drawer's coil must rest first.
    Resting,
}

/// How the hub's devices are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The drawer contact, where the board has one.
    pub drawer_open: Option<bool>,
    /// Bytes wait and the printer takes none (its flow control says stop).
    pub printer_stalled: bool,
    /// Damaged frames from the scanner since start.
    pub scanner_errors: u32,
    /// Scans that could not be kept since start.
    pub scans_lost: u32,
    /// Damaged frames on the link since start.
    pub link_errors: u32,
    /// Bytes of the devices that came faster than they were read.
    pub overruns: u32,
}

/// Something that happened at the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// A scan could not be kept: the queue is full. The hub beeped *attention*.
    ScanLost,
    /// A code longer than [`SCAN_MAX`]. The hub beeped *attention*.
    ScanTooLong,
    /// The scanner sent something that is no code.
    ScannerNoise,
    /// The trigger was pulled and nothing was read.
    NoRead,
    /// The customer display does not answer.
    DisplayFault,
    /// Earlier notices were dropped to make room.
    NoticesLost,
}

/// What the till made of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Committed to the input queue.
    Good,
    /// Committed to the input queue, and nobody knows what it is.
    Unknown,
    /// Not committed, and it never will be.
    Refused,
}

impl Verdict {
    /// The sound of it.
    #[must_use]
    pub const fn beep(self) -> Beep {
        match self {
            Self::Good => Beep::Good,
            Self::Unknown => Beep::Unknown,
            Self::Refused => Beep::Attention,
        }
    }
}

/// From the hub to the till.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FromHub<'a> {
    /// Outside the sequence: who is here.
    #[serde(borrow)]
    Hello(Hello<'a>),
    /// A code was read. The next one follows when this one has its verdict.
    Scan {
        /// Its name.
        id: ScanId,
        /// Which scanner, counted from 0.
        scanner: u8,
        /// The code as a plain scanner sends it, AIM identifier included.
        data: &'a [u8],
    },
    /// How far the printer is; the first message of every session.
    Printer(PrinterState),
    /// Bytes that the printer sent.
    PrinterSays(&'a [u8]),
    /// What became of a pulse.
    Drawer {
        /// The till's number of it.
        id: u32,
        /// Whether it was given.
        outcome: DrawerOutcome,
    },
    /// How the devices are.
    Status(Status),
    /// Something happened.
    Notice(Notice),
}

/// From the till to the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FromTill<'a> {
    /// Outside the sequence: is anybody there?
    Probe {
        /// A number that no earlier probe had; a hub without randomness of its own makes its
        /// boot id from it.
        nonce: u32,
    },
    /// Outside the sequence: begin the session of the header.
    Open {
        /// [`crate::PROTOCOL`] of the till.
        protocol: u8,
        /// The run of the hub that is meant.
        hub: BootId,
    },
    /// The verdict on a scan.
    Scanned {
        /// Which.
        id: ScanId,
        /// What the till made of it.
        verdict: Verdict,
    },
    /// Bytes of a print job.
    Print {
        /// Which, unique for ever.
        job: u64,
        /// Bytes of the job in front of these.
        offset: u32,
        /// At most [`PRINT_CHUNK_MAX`].
        data: &'a [u8],
    },
    /// Do not print what still waits of this job.
    PrintCancel {
        /// Which.
        job: u64,
    },
    /// Bytes for the printer at once, past the job: status requests, recovery.
    PrinterNow(&'a [u8]),
    /// Give the drawer one pulse.
    OpenDrawer {
        /// The till's number of it.
        id: u32,
    },
    /// Both lines of the customer display.
    Display {
        /// Upper line.
        upper: &'a str,
        /// Lower line.
        lower: &'a str,
    },
    /// Sound this.
    Beep(Beep),
    /// Show this.
    Lights(Lights),
    /// Whether the operator may scan.
    ScanEnable(bool),
    /// Takes the place of a message that became too old.
    Nothing,
}
