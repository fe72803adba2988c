//! The words of the shop: money, quantity, VAT, barcodes, article, sale, receipt, event, journal.
//!
//! Everything here is pure. Time and randomness are arguments ([`clock::Clock`], [`clock::Entropy`]);
//! there is no input or output, no float touches money, and no function decides on its own what day it is.
//! Till and head office meet in these types: what a till writes ([`event`], [`journal`]) is what head office reads,
//! and what they say to each other is in [`wire`].

pub mod article;
pub mod barcode;
pub mod cash;
pub mod clock;
pub mod day;
pub mod event;
pub mod ids;
pub mod journal;
pub mod loyalty;
pub mod money;
pub mod quantity;
pub mod sale;
pub mod vat;
pub mod wire;
