//! The three UARTs and what they are for.

use pl011::{Line, Uart};

use crate::clock;
use crate::system::{Register, SYSTEM, clock_module};

const RCGC1: Register = Register::new(SYSTEM, 0x104);

#[expect(unsafe_code, reason = "an address is a promise")]
// SAFETY: UART0 of the datasheet, used by this line only.
pub(crate) static LINK: Line = unsafe { Line::at(0x4000_C000) };
#[expect(unsafe_code, reason = "an address is a promise")]
// SAFETY: UART1 of the datasheet, used by this line only.
pub(crate) static SCANNER: Line = unsafe { Line::at(0x4000_D000) };
#[expect(unsafe_code, reason = "an address is a promise")]
// SAFETY: UART2 of the datasheet, used by this line only.
pub(crate) static PRINTER: Line = unsafe { Line::at(0x4000_E000) };

/// Clocks all three; before any is started.
pub(crate) fn clock_all() {
    clock_module(RCGC1, 0b111);
}

pub(crate) fn start(line: &'static Line, baud: u32) -> Uart {
    Uart::start(line, clock::HERTZ, baud)
}

/// Bytes lost on all lines since the last call.
pub(crate) fn take_lost() -> u32 {
    [&LINK, &SCANNER, &PRINTER]
        .into_iter()
        .fold(0, |lost: u32, line| lost.saturating_add(line.take_lost()))
}
