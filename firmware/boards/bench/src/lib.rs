//! A test bench for the hub's firmware: QEMU runs the real image, its three serial ports are
//! pseudo-terminals, and the till's real end of the link sits on the first.
//!
//! Needs `qemu-system-arm` and, in `HUB_IMAGE`, the ELF file of the lm3s6965 board built with
//! the feature `test-commands`.

mod rig;

pub use rig::{Rig, Seen};
