//! The demo: a head office and a shop with two tills, as real processes on simulated devices.
//!
//! [`year`] plans the history; the rest plays it. Everything it shows was made by the till's and the server's own code.

pub mod year;
