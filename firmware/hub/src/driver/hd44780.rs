//! Character displays with an HD44780 controller behind a PCF8574 I2C backpack, the blue and
//! green modules sold everywhere: 2 lines of 16 or 20 characters.
//!
//! Wiring of the backpack: P0 RS, P1 R/W (always low: write), P2 E, P3 backlight, P4-P7 D4-D7.
//! Byte layout and times after the HD44780U datasheet (Hitachi ADE-207-272), figure 24 and
//! tables 6 and 12. The character ROM has no euro sign and few accents: the euro is put into
//! character memory, letters with accents lose them.
//!
//! ```
//! use embedded_hal::{delay::DelayNs, i2c::I2c};
//! use hub::driver::{display::CustomerDisplay, hd44780::Hd44780};
//!
//! fn greet<I: I2c, D: DelayNs>(i2c: I, delay: D) -> Result<(), I::Error> {
//!     let mut display = Hd44780::new(i2c, delay, 0x27, 16);
//!     display.show("Welkom", "€ 12,50")
//! }
//! ```

use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

use super::display::CustomerDisplay;

const RS: u8 = 0x01;
const ENABLE: u8 = 0x04;
const BACKLIGHT: u8 = 0x08;

/// Where the euro sign is put in character memory; 8 to 15 mirror 0 to 7.
const EURO: u8 = 0x08;
const EURO_PIXELS: [u8; 8] = [0x06, 0x09, 0x1C, 0x08, 0x1C, 0x09, 0x06, 0x00];

/// Longest line there is.
const COLUMNS_MAX: u8 = 20;

/// The display.
#[derive(Debug)]
pub struct Hd44780<I, D> {
    i2c: I,
    delay: D,
    address: u8,
    columns: u8,
    ready: bool,
}

impl<I: I2c, D: DelayNs> Hd44780<I, D> {
    /// `address` is 27h (PCF8574) or 3Fh (PCF8574A) unless its jumpers were changed. Nothing
    /// is sent before the first [`show`](CustomerDisplay::show): the display may be plugged in
    /// later, or never.
    pub fn new(i2c: I, delay: D, address: u8, columns: u8) -> Self {
        Self {
            i2c,
            delay,
            address,
            columns: columns.min(COLUMNS_MAX),
            ready: false,
        }
    }

    /// Whatever mode the controller was left in: three times 8-bit, then 4-bit.
    fn start(&mut self) -> Result<(), I::Error> {
        self.delay.delay_ms(50);
        for wait_us in [4_500, 150, 150] {
            self.nibble(0x30, 0)?;
            self.delay.delay_us(wait_us);
        }
        self.nibble(0x20, 0)?;
        // 4 bits, 2 lines; on without cursor; cursor moves right; clear.
        for command in [0x28, 0x0C, 0x06, 0x01] {
            self.byte(command, 0)?;
        }
        self.delay.delay_us(2_000);
        self.byte(0x40, 0)?;
        for row in EURO_PIXELS {
            self.byte(row, RS)?;
        }
        self.ready = true;
        Ok(())
    }

    fn line(&mut self, address: u8, text: &str) -> Result<(), I::Error> {
        self.byte(0x80 | address, 0)?;
        let padded = text.chars().map(character).chain(core::iter::repeat(b' '));
        for byte in padded.take(usize::from(self.columns)) {
            self.byte(byte, RS)?;
        }
        Ok(())
    }

    fn byte(&mut self, byte: u8, select: u8) -> Result<(), I::Error> {
        let high = (byte & 0xF0) | select | BACKLIGHT;
        let low = (byte << 4) | select | BACKLIGHT;
        // At the 100 kHz that a PCF8574 allows, the next byte on the bus takes longer than any
        // command but clear.
        self.i2c
            .write(self.address, &[high | ENABLE, high, low | ENABLE, low])
    }

    fn nibble(&mut self, high: u8, select: u8) -> Result<(), I::Error> {
        let high = high | select | BACKLIGHT;
        self.i2c.write(self.address, &[high | ENABLE, high])
    }
}

impl<I: I2c, D: DelayNs> CustomerDisplay for Hd44780<I, D> {
    type Error = I::Error;

    /// Shows both lines without clearing first, so nothing flickers. A display that was
    /// not started, or did not answer, is started (anew): it may have been plugged in again.
    fn show(&mut self, upper: &str, lower: &str) -> Result<(), Self::Error> {
        if !self.ready {
            self.start()?;
        }
        let shown = self.line(0x00, upper).and_then(|()| self.line(0x40, lower));
        self.ready = shown.is_ok();
        shown
    }
}

/// The character code of the A00 ROM.
fn character(character: char) -> u8 {
    match character {
        '€' => EURO,
        'á' | 'à' | 'â' | 'ã' | 'å' => b'a',
        'ä' => 0xE1,
        'é' | 'è' | 'ê' | 'ë' => b'e',
        'í' | 'ì' | 'î' | 'ï' => b'i',
        'ó' | 'ò' | 'ô' | 'õ' => b'o',
        'ö' => 0xEF,
        'ú' | 'ù' | 'û' => b'u',
        'ü' => 0xF5,
        'ñ' => 0xEE,
        'ç' => b'c',
        'ß' => 0xE2,
        'É' | 'È' | 'Ê' | 'Ë' => b'E',
        'Ä' | 'Á' | 'À' => b'A',
        'Ö' | 'Ó' | 'Ò' => b'O',
        'Ü' | 'Ú' | 'Ù' => b'U',
        '°' => 0xDF,
        // The ROM has a yen sign and arrows in these places.
        '\\' | '~' => b'-',
        ' '..='}' => u8::try_from(character).unwrap_or(b'?'),
        _ => b'?',
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};
    use embedded_hal_mock::eh1::delay::NoopDelay;
    use embedded_hal_mock::eh1::i2c::{Mock, Transaction};

    use super::*;

    const ADDRESS: u8 = 0x27;

    fn nibbles(byte: u8, select: u8) -> Transaction {
        let high = (byte & 0xF0) | select | 0x08;
        let low = (byte << 4) | select | 0x08;
        Transaction::write(ADDRESS, std::vec![high | 4, high, low | 4, low])
    }

    fn start() -> Vec<Transaction> {
        let mut expected = Vec::new();
        for high in [0x38, 0x38, 0x38, 0x28] {
            expected.push(Transaction::write(ADDRESS, std::vec![high | 4, high]));
        }
        for command in [0x28, 0x0C, 0x06, 0x01, 0x40] {
            expected.push(nibbles(command, 0));
        }
        expected.extend(EURO_PIXELS.map(|row| nibbles(row, 1)));
        expected
    }

    fn line(address: u8, bytes: &[u8]) -> Vec<Transaction> {
        let mut expected = std::vec![nibbles(0x80 | address, 0)];
        expected.extend(bytes.iter().map(|byte| nibbles(*byte, 1)));
        expected
    }

    #[test]
    fn every_transaction_of_start_and_show() {
        let mut expected = start();
        expected.extend(line(0x00, b"Totaal          "));
        expected.extend(line(0x40, b"\x08 12,50 caf e\xDF? "));
        let mut i2c = Mock::new(&expected);
        let mut display = Hd44780::new(i2c.clone(), NoopDelay, ADDRESS, 16);
        assert_eq!(display.show("Totaal", "€ 12,50 caf é°日"), Ok(()));
        i2c.done();
    }

    /// Notes how long it was asked to wait, in nanoseconds.
    #[derive(Clone, Default)]
    struct Waits(std::rc::Rc<core::cell::RefCell<Vec<u32>>>);

    impl DelayNs for Waits {
        fn delay_ns(&mut self, ns: u32) {
            self.0.borrow_mut().push(ns);
        }
    }

    #[test]
    fn the_controller_gets_the_times_of_its_datasheet() {
        let mut expected = start();
        expected.extend(line(0x00, b" "));
        expected.extend(line(0x40, b" "));
        let mut i2c = Mock::new(&expected);
        let waits = Waits::default();
        let mut display = Hd44780::new(i2c.clone(), waits.clone(), ADDRESS, 1);
        assert_eq!(display.show("", ""), Ok(()));
        i2c.done();
        // 40 ms after power-on, 4.1 ms and 100 us between the first commands (figure 24), and
        // 1.52 ms for clear (table 6).
        let least = [40_000_000, 4_100_000, 100_000, 100_000, 1_520_000];
        let waits = waits.0.borrow();
        assert_eq!(waits.len(), least.len(), "{waits:?}");
        assert!(
            waits.iter().zip(least).all(|(wait, least)| *wait >= least),
            "{waits:?}"
        );
    }

    #[test]
    fn what_does_not_fit_is_cut_off() {
        let mut expected = start();
        expected.extend(line(0x00, b"12345678901234567890"));
        expected.extend(line(0x40, b"                    "));
        let mut i2c = Mock::new(&expected);
        let mut display = Hd44780::new(i2c.clone(), NoopDelay, ADDRESS, 40);
        assert_eq!(display.show("123456789012345678901234", ""), Ok(()));
        i2c.done();
    }

    #[test]
    fn a_display_that_was_unplugged_is_started_anew() {
        let fault = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);
        let mut expected = start();
        expected.push(nibbles(0x80, 0).with_error(fault));
        expected.extend(start());
        expected.extend(line(0x00, b"a"));
        expected.extend(line(0x40, b"b"));
        let mut i2c = Mock::new(&expected);
        let mut display = Hd44780::new(i2c.clone(), NoopDelay, ADDRESS, 1);
        assert_eq!(display.show("a", "b"), Err(fault));
        assert_eq!(display.show("a", "b"), Ok(()));
        i2c.done();
    }
}
