//! Customer displays of the DM-D110 family: 2 lines of 20 characters over serial. Builds
//! command bytes in a buffer of fixed capacity; text that does not fit a line is cut off, and
//! control characters in it never reach the display.

use crate::{buffer::Buffer, codepage};

/// Characters on a line.
pub const COLUMNS: usize = 20;
/// Lines.
pub const ROWS: usize = 2;
/// Capacity that holds a [`Commands::screen`] with code page, modes and brightness.
pub const SCREEN_MAX: usize = 64;

/// What happens behind the last column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `US MD1`: go on at the next line.
    Overwrite,
    /// `US MD2`: the lower line moves up.
    VerticalScroll,
    /// `US MD3`: the line moves left.
    HorizontalScroll,
}

/// Command bytes; a command that does not fit is left out and remembered as overflow.
#[derive(Clone, Debug)]
pub struct Commands<const N: usize> {
    buffer: Buffer<N>,
    overflow: bool,
}

impl<const N: usize> Default for Commands<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Commands<N> {
    /// No commands yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            buffer: Buffer::new(),
            overflow: false,
        }
    }

    /// The bytes to send, or `None` when a command did not fit.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        (!self.overflow).then(|| self.buffer.as_slice())
    }

    /// `ESC @`: back to the settings after power-on, and clear.
    #[must_use]
    pub fn initialize(self) -> Self {
        self.push(&[0x1B, 0x40])
    }

    /// `CLR`: clear both lines.
    #[must_use]
    pub fn clear(self) -> Self {
        self.push(&[0x0C])
    }

    /// `HOM`: to the first column of the upper line.
    #[must_use]
    pub fn home(self) -> Self {
        self.push(&[0x0B])
    }

    /// `CAN`: clear the line of the cursor.
    #[must_use]
    pub fn clear_line(self) -> Self {
        self.push(&[0x18])
    }

    /// `US $ x y`: to a column (1 to 20) and row (1 or 2); others are cut off there.
    #[must_use]
    pub fn move_to(self, column: u8, row: u8) -> Self {
        self.push(&[0x1F, 0x24, column.clamp(1, 20), row.clamp(1, 2)])
    }

    /// Sets what happens behind the last column.
    #[must_use]
    pub fn mode(self, mode: Mode) -> Self {
        let number = match mode {
            Mode::Overwrite => 1,
            Mode::VerticalScroll => 2,
            Mode::HorizontalScroll => 3,
        };
        self.push(&[0x1F, number])
    }

    /// `US X n`: brightness 1 (20 %) to 4 (100 %); others are cut off there.
    #[must_use]
    pub fn brightness(self, level: u8) -> Self {
        self.push(&[0x1F, 0x58, level.clamp(1, 4)])
    }

    /// `ESC t n`: code page; 19 is CP858 on most displays.
    #[must_use]
    pub fn code_page(self, number: u8) -> Self {
        self.push(&[0x1B, 0x74, number])
    }

    /// Text at the cursor, in CP858.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        for byte in codepage::encode_text(text) {
            self = self.push(&[byte]);
        }
        self
    }

    /// Both lines, each filled up with spaces or cut off to 20 columns; nothing flickers,
    /// because nothing is cleared first.
    #[must_use]
    pub fn screen(mut self, upper: &str, lower: &str) -> Self {
        for (row, line) in [(1, upper), (2, lower)] {
            self = self.move_to(1, row);
            let padded = codepage::encode_text(line).chain(core::iter::repeat(b' '));
            for byte in padded.take(COLUMNS) {
                self = self.push(&[byte]);
            }
        }
        self
    }

    fn push(mut self, bytes: &[u8]) -> Self {
        self.overflow |= !self.buffer.extend(bytes);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_as_published() {
        let commands = Commands::<SCREEN_MAX>::new()
            .initialize()
            .code_page(19)
            .mode(Mode::VerticalScroll)
            .brightness(9)
            .clear()
            .home()
            .move_to(0, 9)
            .clear_line()
            .text("€é\n");
        assert_eq!(
            commands.bytes(),
            Some(&b"\x1B@\x1Bt\x13\x1F\x02\x1FX\x04\x0C\x0B\x1F$\x01\x02\x18\xD5\x82?"[..])
        );
    }

    #[test]
    fn a_screen_is_always_forty_columns() {
        let commands = Commands::<SCREEN_MAX>::new()
            .initialize()
            .code_page(19)
            .mode(Mode::Overwrite)
            .brightness(4)
            .screen("Totaal", "een regel die veel te lang is");
        assert_eq!(
            commands.bytes(),
            Some(
                &b"\x1B@\x1Bt\x13\x1F\x01\x1FX\x04\x1F$\x01\x01Totaal              \x1F$\x01\x02een regel die veel t"
                    [..]
            )
        );
    }

    #[test]
    fn what_does_not_fit_is_not_sent_in_part() {
        assert_eq!(Commands::<3>::new().text("abc").bytes(), Some(&b"abc"[..]));
        assert_eq!(Commands::<3>::new().text("abc").move_to(1, 1).bytes(), None);
    }
}
