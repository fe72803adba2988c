//! The ARM PL011 UART, which both chips have. Received bytes are put into a ring by the
//! interrupt; bytes to send go into the transmitter's own FIFO as far as it has room. Register
//! layout after the PrimeCell UART (PL011) Technical Reference Manual, chapter 3.
//!
//! A full ring leaves the bytes in the receiver and its interrupt silent until there is room again, so a handler never
//! works for longer than one ring, and a line with flow control is held. Bytes that come faster still are lost in the
//! receiver, and counted; nothing is overwritten.
#![no_std]

mod register;

use core::cell::{Cell, RefCell};
use core::convert::Infallible;

use critical_section::Mutex;
use embedded_io::{ErrorType, Read, ReadReady, Write, WriteReady};
use heapless::Deque;

pub use register::Register;

/// Bytes between two turns of the board, with much to spare.
const RING: usize = 512;

const DATA: usize = 0x000;
const FLAGS: usize = 0x018;
const DIVISOR: usize = 0x024;
const DIVISOR_FRACTION: usize = 0x028;
const LINE_CONTROL: usize = 0x02C;
const CONTROL: usize = 0x030;
const INTERRUPT_MASK: usize = 0x038;
const INTERRUPT_CLEAR: usize = 0x044;

const RECEIVE_EMPTY: u32 = 1 << 4;
const TRANSMIT_FULL: u32 = 1 << 5;
const BUSY: u32 = 1 << 3;
const FRAMING_OR_PARITY_OR_BREAK: u32 = 0b111 << 8;
const OVERRUN: u32 = 1 << 11;
/// Receive, and receive time-out.
const RECEIVED: u32 = 1 << 4 | 1 << 6;

/// One UART and its ring, in static memory.
#[derive(Debug)]
pub struct Line {
    base: usize,
    received: Mutex<RefCell<Deque<u8, RING>>>,
    /// The ring is full and the interrupt silent: bytes wait in the receiver.
    waiting: Mutex<Cell<bool>>,
    lost: Mutex<Cell<u32>>,
}

impl Line {
    /// The UART at this address.
    ///
    /// # Safety
    ///
    /// `base` must be the address of a PL011, and of no other line of the program.
    #[expect(unsafe_code, reason = "an address is a promise")]
    #[must_use]
    pub const unsafe fn at(base: usize) -> Self {
        Self {
            base,
            received: Mutex::new(RefCell::new(Deque::new())),
            waiting: Mutex::new(Cell::new(false)),
            lost: Mutex::new(Cell::new(0)),
        }
    }

    /// Call it in the UART's interrupt: empties the receiver as far as the ring has room. Bytes
    /// damaged on the line are dropped; the parsers notice the gap.
    pub fn receive(&self) {
        critical_section::with(|section| {
            let mut ring = self.received.borrow(section).borrow_mut();
            let mut lost = 0;
            // Before the receiver is emptied: a byte that comes in behind it interrupts again.
            self.register(INTERRUPT_CLEAR).write(RECEIVED);
            while !ring.is_full() && !self.flag(RECEIVE_EMPTY) {
                let data = self.register(DATA).read();
                lost += u32::from(data & OVERRUN != 0);
                if data & FRAMING_OR_PARITY_OR_BREAK == 0 {
                    let [byte, ..] = data.to_le_bytes();
                    lost += u32::from(ring.push_back(byte).is_err());
                }
            }
            let waiting = ring.is_full();
            self.waiting.borrow(section).set(waiting);
            self.register(INTERRUPT_MASK)
                .write(if waiting { 0 } else { RECEIVED });
            let total = self.lost.borrow(section);
            total.set(total.get().saturating_add(lost));
        });
    }

    /// Bytes lost since the last call.
    pub fn take_lost(&self) -> u32 {
        critical_section::with(|section| self.lost.borrow(section).replace(0))
    }

    const fn register(&self, offset: usize) -> Register {
        Register::new(self.base, offset)
    }

    fn flag(&self, bit: u32) -> bool {
        self.register(FLAGS).read() & bit != 0
    }
}

/// The port of a line.
#[derive(Debug)]
pub struct Uart(&'static Line);

impl Uart {
    /// 8 data bits, no parity, one stop bit, FIFOs on. The UART must be clocked with `hertz`
    /// and out of reset; its interrupt is the caller's to unmask.
    #[must_use]
    pub fn start(line: &'static Line, hertz: u32, baud: u32) -> Self {
        line.register(CONTROL).write(0);
        // The divisor in 64ths, rounded.
        let divisor = hertz
            .saturating_mul(4)
            .saturating_add(baud / 2)
            .checked_div(baud)
            .unwrap_or(0);
        line.register(DIVISOR).write(divisor / 64);
        line.register(DIVISOR_FRACTION).write(divisor % 64);
        line.register(LINE_CONTROL).write(0b11 << 5 | 1 << 4);
        line.register(INTERRUPT_MASK).write(RECEIVED);
        line.register(CONTROL).write(1 << 9 | 1 << 8 | 1);
        // What waited through a reset does not interrupt any more.
        line.receive();
        Self(line)
    }
}

impl ErrorType for Uart {
    type Error = Infallible;
}

impl ReadReady for Uart {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        Ok(critical_section::with(|section| {
            !self.0.received.borrow(section).borrow().is_empty()
        }))
    }
}

impl Read for Uart {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let mut len = 0;
        let waiting = critical_section::with(|section| {
            let mut ring = self.0.received.borrow(section).borrow_mut();
            let bytes = core::iter::from_fn(|| ring.pop_front());
            for (slot, byte) in buffer.iter_mut().zip(bytes) {
                *slot = byte;
                len += 1;
            }
            self.0.waiting.borrow(section).get()
        });
        if waiting && len > 0 {
            self.0.receive();
        }
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
            self.0.register(DATA).write(u32::from(*byte));
            len += 1;
        }
        Ok(len)
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        while self.0.flag(BUSY) {}
        Ok(())
    }
}
