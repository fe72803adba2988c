//! What a firmware image takes of flash and RAM, and the same image as a UF2 file, which one
//! drags onto the drive that a Pico shows when it is plugged in with its button held down.

mod elf;
pub mod uf2;

pub use elf::{Image, Invalid};
