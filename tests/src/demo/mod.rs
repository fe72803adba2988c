//! The demo: a head office and a shop with two tills, as real processes on simulated devices.
//!
//! [`year`] plans a year, [`history`] lives it at the tills, [`shop`] lays everything out, [`page`] is a counter without
//! hardware, [`day`] plays a scripted day and [`check`] compares both sides. Everything it shows was made by the till's and
//! the server's own code.

pub mod catalogue;
pub mod check;
pub mod day;
pub mod history;
pub mod page;
pub mod shop;
pub mod year;
