//! The image of the Pico as a UF2 file, which one drags onto the drive that a Pico shows when it is
//! plugged in with its button held down.

mod block;
mod elf;

pub use block::encode;
pub use elf::{Image, Invalid};
