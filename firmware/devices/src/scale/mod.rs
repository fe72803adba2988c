//! Scales.

pub mod toledo;
