//! The two UARTs and what they are for.

use pl011::{Line, Uart};
use rp2040_hal::pac::{self, interrupt};

#[expect(unsafe_code, reason = "an address is a promise")]
// SAFETY: UART0 of the datasheet, used by this line only.
static SCANNER: Line = unsafe { Line::at(0x4003_4000) };
#[expect(unsafe_code, reason = "an address is a promise")]
// SAFETY: UART1 of the datasheet, used by this line only.
static PRINTER: Line = unsafe { Line::at(0x4003_8000) };

/// Starts the scanner's and the printer's port.
pub(crate) fn start(
    resets: &pac::RESETS,
    hertz: u32,
    scanner_baud: u32,
    printer_baud: u32,
) -> (Uart, Uart) {
    resets
        .reset()
        .modify(|_, bits| bits.uart0().clear_bit().uart1().clear_bit());
    while resets.reset_done().read().uart0().bit_is_clear()
        || resets.reset_done().read().uart1().bit_is_clear()
    {}
    let ports = (
        Uart::start(&SCANNER, hertz, scanner_baud),
        Uart::start(&PRINTER, hertz, printer_baud),
    );
    #[expect(unsafe_code, reason = "no critical section depends on this mask")]
    // SAFETY: the handlers share data with this thread only through critical sections.
    unsafe {
        pac::NVIC::unmask(pac::Interrupt::UART0_IRQ);
        pac::NVIC::unmask(pac::Interrupt::UART1_IRQ);
    }
    ports
}

/// Bytes lost on both lines since the last call.
pub(crate) fn take_lost() -> u32 {
    SCANNER.take_lost().saturating_add(PRINTER.take_lost())
}

#[interrupt]
fn UART0_IRQ() {
    SCANNER.receive();
}

#[interrupt]
fn UART1_IRQ() {
    PRINTER.receive();
}
