//! Test images only: a scanner port on which `KLR-TEST-PANIC` makes the firmware panic and
//! `KLR-TEST-HANG` makes it hang, with the drawer's coil on, as the worst moment would have it.

use core::convert::Infallible;

use embedded_io::{ErrorType, Read, ReadReady, Write, WriteReady};

use pl011::Uart;

use crate::gpio;

const COMMAND: &[u8] = b"KLR-TEST-";

/// The scanner's port, watched.
pub(crate) struct Watched {
    port: Uart,
    matched: usize,
}

impl Watched {
    pub(crate) const fn new(port: Uart) -> Self {
        Self { port, matched: 0 }
    }

    fn watch(&mut self, byte: u8) {
        if self.matched == COMMAND.len() {
            self.matched = 0;
            self.obey(byte);
        }
        self.matched = match COMMAND.get(self.matched) {
            Some(next) if *next == byte => self.matched + 1,
            _ => usize::from(COMMAND.first() == Some(&byte)),
        };
    }

    /// The first letter tells the commands apart.
    fn obey(&self, letter: u8) {
        match letter {
            b'P' => {
                gpio::DRAWER.write(true);
                #[expect(clippy::panic, reason = "this is what the command is for")]
                {
                    panic!("as the test asked");
                }
            }
            b'H' => {
                gpio::DRAWER.write(true);
                loop {
                    cortex_m::asm::nop();
                }
            }
            _ => {}
        }
    }
}

impl ErrorType for Watched {
    type Error = Infallible;
}

impl ReadReady for Watched {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        self.port.read_ready()
    }
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let len = self.port.read(buffer)?;
        for byte in buffer.iter().take(len) {
            self.watch(*byte);
        }
        Ok(len)
    }
}

impl WriteReady for Watched {
    fn write_ready(&mut self) -> Result<bool, Infallible> {
        self.port.write_ready()
    }
}

impl Write for Watched {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.port.write(bytes)
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        self.port.flush()
    }
}
