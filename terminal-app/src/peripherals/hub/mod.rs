//! The peripheral hub: one serial cable to a board with scanner, printer, drawer, buzzer, lights and customer display.
//! A thread owns the port, waits for a missing one and connects again by itself; [`core`] is its pure part.
//!
//! How a scan is neither lost nor sold twice:
//! 1. the hub keeps a scan until the till has committed it to its queue ([`scans`]); only then the hub beeps;
//! 2. only a scan that is known to have beeped is handed to the till; one of which nobody knows is shown to the cashier;
//! 3. a scan leaves the queue in the transaction that keeps the work in hand it went into. A till that is killed before
//!    finds it in the queue again, and works it off once.
//!
//! The printer on the hub has the same spooler as one on a port of the till: [`printer`] is its way there. A drawer pulse
//! is asked once and never after ten seconds.

pub mod boards;
pub mod core;
pub mod display;
pub mod doctor;
pub mod printer;
pub mod scans;
mod wire;
mod words;
mod worker;

pub use self::core::{Core, Order};
pub use self::printer::HubPrinter;
pub use self::scans::{ReadyScan, ScanError, ScanQueue};
pub use self::worker::{Hub, Settings, StartError, status_of};
