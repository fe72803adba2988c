//! The three UARTs (ARM PL011). Received bytes are put into a ring by the interrupt; bytes to
//! send go into the transmitter's own FIFO as far as it has room.

use core::cell::{Cell, RefCell};
use core::convert::Infallible;

use cortex_m::interrupt::{self, Mutex};
use embedded_io::{ErrorType, Read, ReadReady, Write, WriteReady};
use heapless::Deque;

use crate::clock;
use crate::registers::{Register, SYSTEM};

/// Bytes between two turns of the board, with much to spare.
const RING: usize = 512;

/// Link to the till.
pub(crate) static LINK: Line = Line::new(0x4000_C000, 0);
/// Scanner.
pub(crate) static SCANNER: Line = Line::new(0x4000_D000, 1);
/// Printer.
pub(crate) static PRINTER: Line = Line::new(0x4000_E000, 2);

static OVERRUNS: Mutex<Cell<u32>> = Mutex::new(Cell::new(0));

const RCGC1: Register = Register::at(SYSTEM, 0x104);

const RECEIVE_EMPTY: u32 = 1 << 4;
const TRANSMIT_FULL: u32 = 1 << 5;
const FRAMING_OR_PARITY_OR_BREAK: u32 = 0b111 << 8;
const OVERRUN: u32 = 1 << 11;

/// One UART and its ring.
pub(crate) struct Line {
    base: usize,
    number: u8,
    received: Mutex<RefCell<Deque<u8, RING>>>,
}

impl Line {
    const fn new(base: usize, number: u8) -> Self {
        Self {
            base,
            number,
            received: Mutex::new(RefCell::new(Deque::new())),
        }
    }

    const fn register(&self, offset: usize) -> Register {
        Register::at(self.base, offset)
    }

    const fn data(&self) -> Register {
        self.register(0x000)
    }

    fn flag(&self, bit: u32) -> bool {
        self.register(0x018).read() & bit != 0
    }

    /// Called by the interrupt: empties the receiver. Bytes damaged on the line are dropped; the
    /// parsers notice the gap.
    pub(crate) fn receive(&self) {
        interrupt::free(|section| {
            let mut ring = self.received.borrow(section).borrow_mut();
            let mut lost = 0;
            while !self.flag(RECEIVE_EMPTY) {
                let data = self.data().read();
                lost += u32::from(data & OVERRUN != 0);
                if data & FRAMING_OR_PARITY_OR_BREAK == 0 {
                    let [byte, ..] = data.to_le_bytes();
                    lost += u32::from(ring.push_back(byte).is_err());
                }
            }
            // Receive, and receive time-out.
            self.register(0x044).write(1 << 4 | 1 << 6);
            let overruns = OVERRUNS.borrow(section);
            overruns.set(overruns.get().saturating_add(lost));
        });
    }
}

/// Bytes lost on all lines since the last call.
pub(crate) fn take_overruns() -> u32 {
    interrupt::free(|section| OVERRUNS.borrow(section).replace(0))
}

/// The port of a line.
pub(crate) struct Uart(&'static Line);

impl Uart {
    /// 8 data bits, no parity, one stop bit, FIFOs on (PL011 manual, 3.3).
    pub(crate) fn start(line: &'static Line, baud: u32) -> Self {
        RCGC1.set(1 << line.number);
        cortex_m::asm::delay(16);
        line.register(0x030).write(0);
        // The divisor in 64ths, rounded.
        let divisor = (clock::HERTZ * 4 + baud / 2) / baud;
        line.register(0x024).write(divisor / 64);
        line.register(0x028).write(divisor % 64);
        line.register(0x02C).write(0b11 << 5 | 1 << 4);
        line.register(0x038).write(1 << 4 | 1 << 6);
        line.register(0x030).write(1 << 9 | 1 << 8 | 1);
        Self(line)
    }
}

impl ErrorType for Uart {
    type Error = Infallible;
}

impl ReadReady for Uart {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        Ok(interrupt::free(|section| {
            !self.0.received.borrow(section).borrow().is_empty()
        }))
    }
}

impl Read for Uart {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let mut len = 0;
        interrupt::free(|section| {
            let mut ring = self.0.received.borrow(section).borrow_mut();
            for (slot, byte) in buffer
                .iter_mut()
                .zip(core::iter::from_fn(|| ring.pop_front()))
            {
                *slot = byte;
                len += 1;
            }
        });
        Ok(len)
    }
}

impl WriteReady for Uart {
    fn write_ready(&mut self) -> Result<bool, Infallible> {
        Ok(!self.0.flag(TRANSMIT_FULL))
    }
}

impl Write for Uart {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        let mut len = 0;
        for byte in bytes {
            if self.0.flag(TRANSMIT_FULL) {
                break;
            }
            self.0.data().write(u32::from(*byte));
            len += 1;
        }
        Ok(len)
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        const BUSY: u32 = 1 << 3;
        while self.0.flag(BUSY) {}
        Ok(())
    }
}
