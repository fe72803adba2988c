//! The chip's interrupts that this board uses; all others end in the fault handler.

use cortex_m::interrupt::InterruptNumber;

use crate::{fault, uart};

/// Interrupts of the chip that have a place in the table (LM3S6965 datasheet, table 2-9).
const COUNT: usize = 44;

#[derive(Clone, Copy)]
#[repr(u16)]
pub(crate) enum Interrupt {
    Uart0 = 5,
    Uart1 = 6,
    Uart2 = 33,
}

#[expect(unsafe_code, reason = "the trait is unsafe to implement")]
// SAFETY: the numbers are those of the datasheet and each is a valid index of the table below.
unsafe impl InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        self as u16
    }
}

type Handler = extern "C" fn();

#[expect(
    unsafe_code,
    reason = "the linker script looks for this symbol in this section"
)]
#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
static __INTERRUPTS: [Handler; COUNT] = {
    let mut table: [Handler; COUNT] = [unexpected; COUNT];
    table[Interrupt::Uart0 as usize] = uart0;
    table[Interrupt::Uart1 as usize] = uart1;
    table[Interrupt::Uart2 as usize] = uart2;
    table
};

/// Calls `unmask` for every interrupt in use.
pub(crate) fn unmask(mut unmask: impl FnMut(Interrupt)) {
    for interrupt in [Interrupt::Uart0, Interrupt::Uart1, Interrupt::Uart2] {
        unmask(interrupt);
    }
}

extern "C" fn uart0() {
    uart::LINK.receive();
}

extern "C" fn uart1() {
    uart::SCANNER.receive();
}

extern "C" fn uart2() {
    uart::PRINTER.receive();
}

extern "C" fn unexpected() {
    fault::restart();
}
