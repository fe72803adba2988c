//! The watchdog: a board that was not turned for two seconds is reset, and the reset puts the
//! drawer's pin low.

use crate::clock;
use crate::system::{Register, SYSTEM, clock_module};

const WATCHDOG: usize = 0x4000_0000;
const LOAD: Register = Register::new(WATCHDOG, 0x000);
const CONTROL: Register = Register::new(WATCHDOG, 0x008);
const RCGC0: Register = Register::new(SYSTEM, 0x100);

/// Resets at the second time-out in a row: after two seconds.
pub(crate) fn start() {
    const CLOCK: u32 = 1 << 3;
    const INTERRUPT_AND_RESET: u32 = 0b11;
    clock_module(RCGC0, CLOCK);
    feed();
    CONTROL.write(INTERRUPT_AND_RESET);
}

/// Begins the count again.
pub(crate) fn feed() {
    const CLEAR: Register = Register::new(WATCHDOG, 0x00C);
    LOAD.write(clock::HERTZ);
    CLEAR.write(1);
}
