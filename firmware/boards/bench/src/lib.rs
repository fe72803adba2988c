//! A test bench for the hub's firmware: an emulator runs the real image, the till's real end of
//! the link sits on its first port, and the test is scanner and printer.
//!
//! | board | machine | needs |
//! |---|---|---|
//! | [`Board::Lm3s6965`] | QEMU, three pseudo-terminals | `qemu-system-arm`; `HUB_IMAGE`: the ELF file, built with the feature `test-commands` |
//! | [`Board::Lm3s6965Counted`] | the same, with its time counted in instructions | the same |
//! | [`Board::Pico`] | rp2040js, USB serial and two UARTs | Node, `npm ci` in the folder `pico` of this crate; `PICO_IMAGE`: the ELF file |
//! | [`Board::PicoWithTrouble`] | the same | `PICO_TEST_IMAGE`: the ELF file, built with the feature `test-commands` |

mod machine;
mod pulse;
mod rig;

pub use machine::{Board, Pin};
pub use pulse::{PULSE_MAX, PULSE_MIN, Pulse, REST_MIN, pulses};
pub use rig::{Rig, Seen};
