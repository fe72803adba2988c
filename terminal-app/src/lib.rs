//! The till of one POS box.
//!
//! `till` is the sale, pure; `store` keeps it; `runtime` is the loop between them. Devices live in `peripherals`, paper in
//! `receipt`, the cashier's screen in `screen`, the exchange with head office in `sync`.

pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod error;
pub mod out;
pub mod peripherals;
pub mod receipt;
pub mod runtime;
pub mod screen;
pub mod store;
pub mod sync;
pub mod till;
