//! Customer displays.

pub mod dm_d110;
