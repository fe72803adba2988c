//! Test images only: a scanner's port on which words of a test are heard, beside what the port
//! does anyway. `KLR-TEST-PANIC` makes the firmware panic, `KLR-TEST-HANG` stops its main loop,
//! `KLR-TEST-STUCK` stops it with interrupts off; with `PULSE-` in between (`KLR-TEST-PULSE-HANG`)
//! it happens in the middle of the next drawer pulse. What exactly happens is the board's.
#![no_std]

use embedded_io::{ErrorType, Read, ReadReady, Write, WriteReady};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A panic.
    Panic,
    /// The main loop never comes back; interrupts go on.
    Hang,
    /// The main loop never comes back and interrupts are off.
    Stuck,
}

/// When it goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At once.
    Now,
    /// In the middle of the next drawer pulse.
    InPulse,
}

const WORDS: [(&[u8], When, Trouble); 6] = [
    (b"KLR-TEST-PANIC", When::Now, Trouble::Panic),
    (b"KLR-TEST-HANG", When::Now, Trouble::Hang),
    (b"KLR-TEST-STUCK", When::Now, Trouble::Stuck),
    (b"KLR-TEST-PULSE-PANIC", When::InPulse, Trouble::Panic),
    (b"KLR-TEST-PULSE-HANG", When::InPulse, Trouble::Hang),
    (b"KLR-TEST-PULSE-STUCK", When::InPulse, Trouble::Stuck),
];
const LONGEST: usize = 20;

/// The scanner's port, overheard.
#[derive(Debug)]
pub struct Overheard<P> {
    port: P,
    last: [u8; LONGEST],
    ask: fn(When, Trouble),
}

impl<P> Overheard<P> {
    /// Calls `ask` for every word that comes in.
    #[must_use]
    pub const fn new(port: P, ask: fn(When, Trouble)) -> Self {
        Self {
            port,
            last: [0; LONGEST],
            ask,
        }
    }

    fn hear(&mut self, byte: u8) {
        self.last.rotate_left(1);
        if let Some(newest) = self.last.last_mut() {
            *newest = byte;
        }
        let word = WORDS.iter().find(|(word, ..)| self.last.ends_with(word));
        if let Some((_, when, trouble)) = word {
            (self.ask)(*when, *trouble);
        }
    }
}

impl<P: ErrorType> ErrorType for Overheard<P> {
    type Error = P::Error;
}

impl<P: ReadReady> ReadReady for Overheard<P> {
    fn read_ready(&mut self) -> Result<bool, P::Error> {
        self.port.read_ready()
    }
}

impl<P: Read> Read for Overheard<P> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, P::Error> {
        let len = self.port.read(buffer)?;
        for byte in buffer.iter().take(len) {
            self.hear(*byte);
        }
        Ok(len)
    }
}

impl<P: WriteReady> WriteReady for Overheard<P> {
    fn write_ready(&mut self) -> Result<bool, P::Error> {
        self.port.write_ready()
    }
}

impl<P: Write> Write for Overheard<P> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, P::Error> {
        self.port.write(bytes)
    }

    fn flush(&mut self) -> Result<(), P::Error> {
        self.port.flush()
    }
}
