//! The till at work: one thread owns the state and its database connection, takes inputs from a bounded queue, commits
//! first and acts after it. Devices, screen and sync have threads of their own and can never hold it up.

mod appender;
mod check;
mod engine;
mod health;
mod keeper;
mod lock;
mod paper;
mod room;
mod run;

pub use appender::StoreAppender;
pub use check::{StartError, check_start};
pub use engine::{Engine, Step};
pub use health::{Watch, free_mb};
pub use lock::{InstanceLock, LockError, Running};
pub use paper::ReceiptPaper;
pub use run::{RunError, run};

use crate::config::{Config, PinTerminal};
use crate::till::Setup;

/// What the settings decide about a sale.
#[must_use]
pub fn setup(config: &Config) -> Setup {
    Setup {
        shop: config.shop.name.clone(),
        till: config.till.name.clone(),
        cash_rounding: config.cash_rounding,
        head_office: config.server.is_some(),
        pin_by_cashier: config.pin == PinTerminal::Cashier,
        barcodes: config.barcode_settings(2026),
    }
}
