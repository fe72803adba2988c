//! Devices of a shop's counter on real pseudo-terminals: a receipt printer, a plain scanner, an SSI scanner, and the hub
//! that joins them to one cable. The till opens them by the name of a link, as it opens `/dev/serial/by-id/..`, so a test
//! (or the demo) can unplug a device and plug it in again under the same name on another pseudo-terminal.
//!
//! Faults they may make: a printer can run out of paper, have its cover open, be switched off and on, lose power after
//! so many bytes, stop taking bytes for a while, and leave commands unanswered; a scanner can be split at any byte, sent
//! without its end, and lose the till's acknowledgements; a cable of the hub can carry bytes that nobody sent. All of these happen on real counters, so the till must come
//! through every one of them without losing or doubling a receipt or a sale.
//!
//! ```no_run
//! use std::path::Path;
//! use tests::devices::{PlainScanner, Printer, PrinterKind, LIMIT};
//!
//! let printer = Printer::plug_in(Path::new("/tmp/shop/printer"), PrinterKind::default())?;
//! let mut scanner = PlainScanner::plug_in(Path::new("/tmp/shop/scanner"))?;
//! // .. start a till with these two ports ..
//! scanner.scan("8712345678906")?;
//! assert!(printer.wait(LIMIT, |seen| seen.cuts == 1));
//! println!("{}", printer.seen().paper);
//! # Ok::<(), std::io::Error>(())
//! ```

mod cable;
mod clock;
mod engine;
mod hub;
mod printer;
mod pty;
mod qemu;
mod scanner;
mod ssi;

use std::time::Duration;

pub use clock::ShiftedClock;
pub use engine::{PrinterKind, Pulse, Seen};
pub use hub::{HubBoard, HubPort, image as hub_image};
pub use printer::Printer;
pub use pty::Pty;
pub use scanner::PlainScanner;
pub use ssi::{CODE_128, Delivery, EAN_13, SsiScanner, packet};

/// How long a test waits for what must happen: far longer than it ever takes, so that a busy machine does not matter.
pub const LIMIT: Duration = Duration::from_secs(60);
