//! Port A: outputs for drawer, buzzer and lights, an input for the drawer contact. Ports D and G
//! lend two pins each to the UARTs of scanner and printer.

use core::convert::Infallible;

use embedded_hal::digital::{ErrorType, OutputPin};

use crate::system::{Register, SYSTEM, clock_module};

const PORT_A: usize = 0x4000_4000;
const DIRECTION: Register = Register::new(PORT_A, 0x400);
const ALTERNATE: Register = Register::new(PORT_A, 0x420);
const PULL_UP: Register = Register::new(PORT_A, 0x510);
const DIGITAL: Register = Register::new(PORT_A, 0x51C);
const RCGC2: Register = Register::new(SYSTEM, 0x108);

/// PA0 and PA1 are the link's UART, PA2 to PA6 outputs, PA7 an input.
const UART_PINS: u32 = 0b0000_0011;
const OUTPUTS: u32 = 0b0111_1100;
const INPUT: u32 = 0b1000_0000;
#[cfg(feature = "test-commands")]
const DRAWER: u32 = 0b0000_0100;

/// Port D and its bit in RCGC2; PD2 and PD3 are UART1's.
const SCANNER_PINS: (usize, u32, u32) = (0x4000_7000, 1 << 3, 0b1100);
/// Port G; PG0 and PG1 are UART2's.
const PRINTER_PINS: (usize, u32, u32) = (0x4002_6000, 1 << 6, 0b0011);

/// One pin of port A.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pin(u8);

impl Pin {
    pub(crate) const fn new(number: u8) -> Self {
        Self(number)
    }

    /// The data register is addressed with a mask, so writing one pin never touches another.
    const fn data(self) -> Register {
        Register::new(PORT_A, (1 << self.0) << 2)
    }

    pub(crate) fn write(self, high: bool) {
        self.data().write(if high { 0xFF } else { 0 });
    }

    pub(crate) fn is_high(self) -> bool {
        self.data().read() != 0
    }
}

/// Clocks the ports. Levels are written before the pins become outputs: none is ever high by
/// accident.
pub(crate) fn start() {
    clock_module(RCGC2, 1);
    #[cfg(feature = "test-commands")]
    crate::trouble::trace(found() & DRAWER != 0, 0);
    Register::new(PORT_A, (OUTPUTS as usize) << 2).write(0);
    DIRECTION.write(OUTPUTS);
    ALTERNATE.write(UART_PINS);
    PULL_UP.write(INPUT);
    DIGITAL.write(UART_PINS | OUTPUTS | INPUT);
    for (port, clock, pins) in [SCANNER_PINS, PRINTER_PINS] {
        clock_module(RCGC2, clock);
        Register::new(port, 0x420).set(pins);
        Register::new(port, 0x51C).set(pins);
    }
}

/// Pins that a reset left as outputs, and high.
#[cfg(feature = "test-commands")]
fn found() -> u32 {
    DIRECTION.read() & Register::new(PORT_A, 0xFF << 2).read()
}

impl ErrorType for Pin {
    type Error = Infallible;
}

impl OutputPin for Pin {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.write(false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.write(true);
        Ok(())
    }
}
