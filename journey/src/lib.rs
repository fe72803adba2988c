//! Events to histories, histories to paths, models and reports.
//!
//! The words: a [`record::Record`] is one receipt line or one touchpoint; a [`dataset::Dataset`] holds all
//! of them in columns; a *history* is one customer's records in order; a *path* is what a model makes of a
//! history; a *report* is a figure over the dataset, defined to the letter beside its function.
//!
//! Pure: nothing here reads a file, a clock or a source of randomness, and nothing here fails on bad data:
//! what cannot be right is handed back as data (row errors, anomalies).

pub mod dataset;
pub mod day;
pub mod from_event;
pub mod import;
pub mod model;
pub mod path;
pub mod record;
pub mod reports;

pub use dataset::{Dataset, Rows};
pub use record::{Kind, Record};
pub use reports::Query;
