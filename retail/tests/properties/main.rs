//! Properties that hold for every barcode, amount, receipt and journal, tried on generated ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod barcode;
mod batches;
mod journal;
mod shop;
mod support;
