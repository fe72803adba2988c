//! The words of the link in those of the till, and back. Pure; decides nothing.

use link::message::{Beep as Sound, Hello, Notice, ResetReason, ScanId, Status, Verdict};
use link::till_end::{Action, DrawerEnd, PrintOutcome};

use super::printer::HubPrinter;
use super::scans::ReadyScan;
use crate::till::Beep;
use crate::till::input::{HUB_SCANNER, HubIdentity, HubScan, HubStart, Input, ScannedCode};

/// Bytes that wait for the port. A frame that does not fit is dropped whole: the link repeats it.
const OUT_MAX: usize = 4096;

/// What the link did, on its own.
pub(super) enum Did {
    Here(HubIdentity),
    Gone,
    Incompatible(HubIdentity),
    Scan(ScanId, Vec<u8>),
    Settled(ScanId, bool),
    Drawer(DrawerEnd),
    Status(Status),
    Notice(Notice),
}

/// What the link wants done: bytes for the port and the printer's part at once, the rest is noted in `did`.
pub(super) fn carry_out(
    action: Action<'_>,
    out: &mut Vec<u8>,
    printer: &HubPrinter,
    did: &mut Vec<Did>,
) {
    match action {
        Action::Send(bytes) => {
            if out.len() + bytes.len() <= OUT_MAX {
                out.extend(bytes);
            }
        }
        Action::HubHere(hello) => {
            printer.here(hello.boot, hello.uptime_s);
            did.push(Did::Here(identity(&hello)));
        }
        Action::HubGone => {
            printer.gone();
            did.push(Did::Gone);
        }
        Action::Incompatible(hello) => did.push(Did::Incompatible(identity(&hello))),
        Action::Scan { id, data, .. } => did.push(Did::Scan(id, data.to_vec())),
        Action::Confirmed(id) => did.push(Did::Settled(id, true)),
        Action::Unconfirmed(id) => did.push(Did::Settled(id, false)),
        Action::PrintWanted {
            job,
            hub,
            offset,
            len,
        } => printer.wanted(job, hub, offset, len),
        Action::PrintProgress { job, sent } => printer.progress(job, sent),
        Action::PrintEnded { job, outcome } => {
            if outcome == PrintOutcome::Unknown {
                tracing::warn!(job, "nobody knows how far the hub printed");
            }
            printer.ended(job, outcome);
        }
        Action::PrinterSaid(bytes) => printer.said(bytes),
        Action::Drawer { end, .. } => did.push(Did::Drawer(end)),
        Action::Status(status) => did.push(Did::Status(status)),
        Action::Notice(notice) => did.push(Did::Notice(notice)),
    }
}

/// Who a hub says it is.
#[must_use]
pub(super) fn identity(hello: &Hello<'_>) -> HubIdentity {
    HubIdentity {
        firmware: hello.firmware.to_owned(),
        board: hello.board.to_owned(),
        protocol: hello.protocol,
        started: match hello.reset {
            ResetReason::PowerOn => HubStart::PowerOn,
            ResetReason::Pin => HubStart::Button,
            ResetReason::Watchdog => HubStart::Watchdog,
            ResetReason::Panic => HubStart::Fault,
            ResetReason::Unknown => HubStart::Unknown,
        },
    }
}

/// A scan that the till may work off.
pub(super) fn input_of(scan: &ReadyScan) -> Input {
    Input::HubScan(HubScan {
        ticket: scan.ticket,
        heard: match scan.verdict {
            Verdict::Good => Beep::Good,
            Verdict::Unknown => Beep::Unknown,
            Verdict::Refused => Beep::Attention,
        },
        code: ScannedCode {
            data: scan.data.clone(),
            ssi_type: None,
            scanner: HUB_SCANNER.to_owned(),
        },
    })
}

/// The hub's sound for one of the till's.
pub(super) const fn sound(beep: Beep) -> Sound {
    match beep {
        Beep::Good => Sound::Good,
        Beep::Unknown => Sound::Unknown,
        Beep::Attention => Sound::Attention,
    }
}
