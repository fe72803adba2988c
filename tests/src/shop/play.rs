//! A sale that is played up to a moment and then interrupted, for stories that kill. A moment is chosen by what was sent,
//! shown or printed, never by time.

use anyhow::{Result, ensure};
use retail::ids::ReceiptNumber;
use serde_json::Value;

use super::counter::{basket, last_receipt};
use super::till::Till;
use crate::devices::LIMIT;

/// When a sale is interrupted.
#[derive(Clone, Copy, Debug)]
pub enum Moment {
    /// This scan was sent by the scanner; nobody knows how far it has come.
    ScanSent(usize),
    /// The screen has shown what this scan did.
    ScanShown(usize),
    /// The scan that pays was sent.
    PaySent,
    /// So many bytes have come to the printer since.
    Printed(usize),
    /// The screen has shown the receipt.
    PaidShown,
}

/// What was seen of a sale before it was interrupted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// Articles that were sent.
    pub sent: usize,
    /// Of those, what the screen has shown.
    pub shown: usize,
    /// The scan that pays was sent.
    pub pay_sent: bool,
    /// The receipt that the screen has shown.
    pub receipt: Option<ReceiptNumber>,
}

/// Scans and waits until the screen shows so many lines. The printer may have its own news meanwhile.
///
/// # Errors
/// When it does not.
pub fn scan_line(till: &mut Till, code: &str, lines: usize) -> Result<Value> {
    till.scanner.scan(code)?;
    till.wait("the line that was scanned", |state| {
        basket(state).len() == lines
    })
}

/// Plays a sale of `codes`, paid by the scan `pay`, up to the moment; the caller kills. An empty basket to begin with.
///
/// # Errors
/// When the till does not come so far.
pub fn play(till: &mut Till, codes: &[String], pay: &str, moment: Moment) -> Result<Seen> {
    let mut seen = Seen::default();
    let before = last_receipt(&till.state()?);
    let printed = till.printer.seen().received;
    for (code, n) in codes.iter().zip(0..) {
        seen.sent += 1;
        if matches!(moment, Moment::ScanSent(at) if at == n) {
            till.scanner.scan(code)?;
            return Ok(seen);
        }
        scan_line(till, code, n + 1)?;
        seen.shown += 1;
        if matches!(moment, Moment::ScanShown(at) if at == n) {
            return Ok(seen);
        }
    }
    seen.pay_sent = true;
    till.scanner.scan(pay)?;
    match moment {
        Moment::Printed(bytes) => ensure!(
            till.printer
                .wait(LIMIT, |paper| paper.received >= printed + bytes),
            "nothing is printed: {:#}",
            till.state()?
        ),
        Moment::PaidShown => {
            let state = till.wait("the receipt", |state| last_receipt(state) != before)?;
            seen.receipt = last_receipt(&state);
        }
        Moment::ScanSent(_) | Moment::ScanShown(_) | Moment::PaySent => {}
    }
    Ok(seen)
}
