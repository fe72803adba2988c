//! Graphic OLED displays with an SSD1306 controller on I2C, 128 x 64 pixels: a small upper line
//! for what was scanned, a large lower line for the amount. The controller is driven by the
//! `ssd1306` crate; this file decides what stands where.

use embedded_graphics::mono_font::iso_8859_15::{FONT_7X14, FONT_10X20};
use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::prelude::{Drawable, Point};
use embedded_graphics::text::{Baseline, Text};
use embedded_hal::i2c::I2c;
use ssd1306::mode::{BufferedGraphicsMode, DisplayConfig};
use ssd1306::prelude::{DisplayRotation, I2CInterface};
use ssd1306::size::DisplaySize128x64;
use ssd1306::{I2CDisplayInterface, Ssd1306};

use super::display::CustomerDisplay;

const WIDTH: u32 = 128;
const UPPER_TOP: i32 = 4;
const LOWER_TOP: i32 = 36;

/// The display did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer;

type Panel<I> =
    Ssd1306<I2CInterface<I>, DisplaySize128x64, BufferedGraphicsMode<DisplaySize128x64>>;

/// The display.
pub struct Oled<I> {
    panel: Panel<I>,
    ready: bool,
}

impl<I> core::fmt::Debug for Oled<I> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Oled")
            .field("ready", &self.ready)
            .finish_non_exhaustive()
    }
}

impl<I: I2c> Oled<I> {
    /// At address 3Ch. Nothing is sent before the first [`show`](CustomerDisplay::show): the
    /// display may be plugged in later, or never.
    pub fn new(i2c: I) -> Self {
        let interface = I2CDisplayInterface::new(i2c);
        Self {
            panel: Ssd1306::new(interface, DisplaySize128x64, DisplayRotation::Rotate0)
                .into_buffered_graphics_mode(),
            ready: false,
        }
    }

    fn draw(&mut self, upper: &str, lower: &str) -> Result<(), NoAnswer> {
        if !self.ready {
            self.panel.init().map_err(|_| NoAnswer)?;
        }
        self.panel.clear_buffer();
        self.line(upper, &FONT_7X14, UPPER_TOP)?;
        self.line(lower, &FONT_10X20, LOWER_TOP)?;
        self.panel.flush().map_err(|_| NoAnswer)
    }

    /// Draws what fits; nothing wraps.
    fn line(&mut self, text: &str, font: &MonoFont<'_>, top: i32) -> Result<(), NoAnswer> {
        let columns = WIDTH
            .checked_div(font.character_size.width)
            .and_then(|columns| usize::try_from(columns).ok())
            .unwrap_or(0);
        let end = text.char_indices().nth(columns);
        let fits = end.and_then(|(at, _)| text.get(..at)).unwrap_or(text);
        // A line break in a text from outside must not move what is below it.
        let first = fits.lines().next().unwrap_or("");
        let style = MonoTextStyle::new(font, BinaryColor::On);
        Text::with_baseline(first, Point::new(0, top), style, Baseline::Top)
            .draw(&mut self.panel)
            .map(|_| ())
            .map_err(|_| NoAnswer)
    }
}

impl<I: I2c> CustomerDisplay for Oled<I> {
    type Error = NoAnswer;

    /// A display that was not started, or did not answer, is started (anew): it may have been
    /// plugged in again.
    fn show(&mut self, upper: &str, lower: &str) -> Result<(), NoAnswer> {
        let shown = self.draw(upper, lower);
        self.ready = shown.is_ok();
        shown
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use core::cell::RefCell;
    use core::ops::Range;
    use std::rc::Rc;

    use embedded_hal::i2c::{ErrorKind, ErrorType, NoAcknowledgeSource, Operation};

    use super::*;

    /// The panel at the other end of the bus: 8 pages of 128 columns, written from left to
    /// right and from top to bottom within the window of the last commands (datasheet 10.1.3).
    #[derive(Clone)]
    struct Glass(Rc<RefCell<Memory>>);

    struct Memory {
        pixels: [[u8; 128]; 8],
        columns: Range<usize>,
        pages: Range<usize>,
        at: (usize, usize),
        plugged: bool,
        on: bool,
    }

    impl Glass {
        fn new() -> Self {
            Self(Rc::new(RefCell::new(Memory {
                pixels: [[0xA5; 128]; 8],
                columns: 0..128,
                pages: 0..8,
                at: (0, 0),
                plugged: true,
                on: false,
            })))
        }

        /// Rows that have ink.
        fn inked(&self) -> std::vec::Vec<usize> {
            let memory = self.0.borrow();
            let lit = |row: &usize| {
                let bit = 1 << (row % 8);
                memory.pixels[row / 8].iter().any(|byte| byte & bit != 0)
            };
            (0..64).filter(lit).collect()
        }
    }

    impl Memory {
        fn command(&mut self, bytes: &[u8]) {
            match bytes {
                [0x21, start, end, rest @ ..] => {
                    self.columns = usize::from(*start)..usize::from(*end) + 1;
                    self.at.1 = self.columns.start;
                    self.command(rest);
                }
                [0x22, start, end, rest @ ..] => {
                    self.pages = usize::from(*start)..usize::from(*end) + 1;
                    self.at.0 = self.pages.start;
                    self.command(rest);
                }
                [0xAF, rest @ ..] => {
                    self.on = true;
                    self.command(rest);
                }
                // Commands with one argument; all others have none.
                [
                    0x20 | 0x81 | 0x8D | 0xA8 | 0xD3 | 0xD5 | 0xD9 | 0xDA | 0xDB,
                    _,
                    rest @ ..,
                ]
                | [_, rest @ ..] => self.command(rest),
                [] => {}
            }
        }

        fn data(&mut self, bytes: &[u8]) {
            for byte in bytes {
                let (page, column) = self.at;
                self.pixels[page][column] = *byte;
                self.at.1 += 1;
                if self.at.1 == self.columns.end {
                    self.at = (page + 1, self.columns.start);
                }
                if self.at.0 == self.pages.end {
                    self.at.0 = self.pages.start;
                }
            }
        }
    }

    impl ErrorType for Glass {
        type Error = ErrorKind;
    }

    impl I2c for Glass {
        fn transaction(
            &mut self,
            address: u8,
            operations: &mut [Operation<'_>],
        ) -> Result<(), ErrorKind> {
            let mut memory = self.0.borrow_mut();
            if address != 0x3C || !memory.plugged {
                return Err(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address));
            }
            for operation in operations {
                match operation {
                    Operation::Write([0x00, commands @ ..]) => memory.command(commands),
                    Operation::Write([0x40, data @ ..]) => memory.data(data),
                    other => panic!("{other:?}"),
                }
            }
            Ok(())
        }
    }

    fn shows(lines: &[(&str, &str)]) -> Glass {
        let glass = Glass::new();
        let mut oled = Oled::new(glass.clone());
        for (upper, lower) in lines {
            assert_eq!(oled.show(upper, lower), Ok(()));
        }
        assert!(glass.0.borrow().on);
        glass
    }

    #[test]
    fn each_line_has_its_place() {
        let upper = shows(&[("Totaal", "")]).inked();
        let lower = shows(&[("", "€ 12,50")]).inked();
        assert!(upper.iter().all(|row| (4..18).contains(row)), "{upper:?}");
        assert!(lower.iter().all(|row| (36..56).contains(row)), "{lower:?}");
        assert!(upper.len() > 6 && lower.len() > 10);
        assert!(
            shows(&[("", "")]).inked().is_empty(),
            "what was there before"
        );
    }

    #[test]
    fn nothing_of_the_last_text_stays() {
        let after = shows(&[("Wintertrui", "€ 89,95"), ("Totaal", "€ 1,00")]);
        let fresh = shows(&[("Totaal", "€ 1,00")]);
        assert_eq!(after.0.borrow().pixels, fresh.0.borrow().pixels);
    }

    #[test]
    fn what_does_not_fit_is_cut_off() {
        let long = shows(&[("123456789012345678XXXX", "123456789012XXX\nYYY")]);
        let fits = shows(&[("123456789012345678", "123456789012")]);
        assert_eq!(long.0.borrow().pixels, fits.0.borrow().pixels);
        let broken = shows(&[("a\nb", "")]);
        assert_eq!(
            broken.0.borrow().pixels,
            shows(&[("a", "")]).0.borrow().pixels
        );
    }

    #[test]
    fn a_display_that_was_unplugged_is_started_anew() {
        let glass = Glass::new();
        let mut oled = Oled::new(glass.clone());
        glass.0.borrow_mut().plugged = false;
        assert_eq!(oled.show("a", "b"), Err(NoAnswer));
        glass.0.swap(&Glass::new().0);
        assert_eq!(oled.show("a", "b"), Ok(()));
        assert!(glass.0.borrow().on, "started");
        assert_eq!(
            glass.0.borrow().pixels,
            shows(&[("a", "b")]).0.borrow().pixels
        );
    }
}
