//! The watchdog: a board that was not turned for two seconds is reset, and the reset puts the
//! drawer's pin low.

use crate::clock;
use crate::registers::{Register, SYSTEM};

const WATCHDOG: usize = 0x4000_0000;
const LOAD: Register = Register::at(WATCHDOG, 0x000);
const CONTROL: Register = Register::at(WATCHDOG, 0x008);
const RCGC0: Register = Register::at(SYSTEM, 0x100);

/// Resets at the second time-out in a row: after two seconds.
pub(crate) fn start() {
    const CLOCK: u32 = 1 << 3;
    const INTERRUPT_AND_RESET: u32 = 0b11;
    RCGC0.set(CLOCK);
    cortex_m::asm::delay(16);
    feed();
    CONTROL.write(INTERRUPT_AND_RESET);
}

/// Begins the count again.
pub(crate) fn feed() {
    const CLEAR: Register = Register::at(WATCHDOG, 0x00C);
    LOAD.write(clock::HERTZ);
    CLEAR.write(1);
}
