//! The shop as real processes: head office and tills, started from their own binaries, for stories and the demo.

pub mod browser;
pub mod counter;
pub mod hub;
pub mod office;
pub mod paper;
pub mod play;
pub mod process;
pub mod reckoning;
pub mod till;
pub mod wire;
