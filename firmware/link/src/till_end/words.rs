//! The words between the till and its end of the link: what happens at the till, and what has to be done about it.

use super::PrintOutcome;
use crate::message::{Beep, BootId, Hello, Lights, Notice, ScanId, Status, Verdict};

/// The last scan that the till had committed when it stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resume {
    /// Its name.
    pub scan: ScanId,
    /// [`Action::Confirmed`] or [`Action::Unconfirmed`] was carried out.
    pub settled: bool,
}

/// What happens at the till.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Bytes came over the link.
    Received(&'a [u8]),
    /// The port is gone.
    HungUp,
    /// The verdict on [`Action::Scan`]; the scan is committed unless it is refused.
    Scanned {
        /// Its name.
        id: ScanId,
        /// The verdict.
        verdict: Verdict,
    },
    /// Print a job of `len` bytes. One at a time; another one is ignored until
    /// [`Action::PrintEnded`].
    Print {
        /// Unique for ever.
        job: u64,
        /// Bytes.
        len: u32,
        /// The hub of the first [`Action::PrintWanted`] of this job, if there was one before
        /// the till restarted.
        begun_on: Option<BootId>,
    },
    /// Answers [`Action::PrintWanted`].
    PrintData {
        /// Which.
        job: u64,
        /// Bytes in front of these.
        offset: u32,
        /// At most as many as were wanted.
        data: &'a [u8],
    },
    /// Give up the job; it ends in any case.
    PrintCancel {
        /// Which.
        job: u64,
    },
    /// Send these to the printer past the job, if a hub is here; dropped when more than
    /// [`PRINTER_NOW_MAX`](crate::message::PRINTER_NOW_MAX) bytes would wait.
    PrinterNow(&'a [u8]),
    /// Give the drawer a pulse.
    OpenDrawer {
        /// Named in [`Action::Drawer`].
        id: u32,
    },
    /// Show these lines; the hub shows them again after it restarted.
    Display {
        /// Upper line.
        upper: &'a str,
        /// Lower line.
        lower: &'a str,
    },
    /// Sound this, if a hub is here and no more than a few sounds wait.
    Beep(Beep),
    /// Set the lights; set again after the hub restarted.
    Lights(Lights),
    /// Let the operator scan, or not; said again after the hub restarted.
    ScanEnable(bool),
    /// Time passed.
    Tick,
}

/// What became of a drawer pulse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawerEnd {
    /// Given.
    Pulsed,
    /// Not given: the coil must rest, or another pulse is not through yet.
    Resting,
    /// Not given: no hub within [`DRAWER_MAX_AGE_MS`](super::DRAWER_MAX_AGE_MS).
    TooLate,
    /// Asked, and the answer got lost.
    Unknown,
}

/// What has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action<'a> {
    /// Send these over the link, in order.
    Send(&'a [u8]),
    /// A session with this hub has begun.
    HubHere(Hello<'a>),
    /// No hub is heard any more.
    HubGone,
    /// A hub is here whose firmware speaks another protocol.
    Incompatible(Hello<'a>),
    /// Commit this scan to the input queue under its name, then give the verdict.
    Scan {
        /// Its name.
        id: ScanId,
        /// Which scanner.
        scanner: u8,
        /// The code as a plain scanner sends it.
        data: &'a [u8],
    },
    /// The hub has beeped for this committed scan: it may be sold.
    Confirmed(ScanId),
    /// The hub restarted, and nobody knows whether it beeped for this committed scan: do not
    /// sell it, ask the cashier.
    Unconfirmed(ScanId),
    /// Hand over these bytes of the job. Before answering for the first time, note on disk that
    /// the job was begun on this hub.
    PrintWanted {
        /// Which.
        job: u64,
        /// This hub.
        hub: BootId,
        /// Bytes in front.
        offset: u32,
        /// At most so many.
        len: u16,
    },
    /// So many bytes of the job left for the printer.
    PrintProgress {
        /// Which.
        job: u64,
        /// Bytes.
        sent: u32,
    },
    /// The job is over.
    PrintEnded {
        /// Which.
        job: u64,
        /// How.
        outcome: PrintOutcome,
    },
    /// The printer sent these.
    PrinterSaid(&'a [u8]),
    /// What became of a pulse.
    Drawer {
        /// Which.
        id: u32,
        /// How it ended.
        end: DrawerEnd,
    },
    /// How the hub's devices are.
    Status(Status),
    /// Something happened at the hub.
    Notice(Notice),
}
