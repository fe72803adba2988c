//! Any commands with any text, read back as a display of 2 x 20 reads them: only known commands,
//! no control character of a text among them, the cursor never outside, and both lines of a
//! screen as they were meant.
#![no_main]

use devices::codepage;
use devices::display::dm_d110::{COLUMNS, Commands, Mode, ROWS};
use libfuzzer_sys::fuzz_target;

/// The glass, as far as the commands go.
struct Glass {
    cells: [[u8; COLUMNS]; ROWS],
    at: (usize, usize),
}

impl Glass {
    fn read(mut bytes: &[u8]) -> Self {
        let mut glass = Self {
            cells: [[b' '; COLUMNS]; ROWS],
            at: (0, 0),
        };
        while let Some((&byte, rest)) = bytes.split_first() {
            bytes = match (byte, rest) {
                (0x1B, [0x40, rest @ ..]) | (0x0C, rest) => {
                    glass.cells = [[b' '; COLUMNS]; ROWS];
                    glass.at = (0, 0);
                    rest
                }
                (0x0B, rest) => {
                    glass.at = (0, 0);
                    rest
                }
                (0x18, rest) => {
                    glass.cells[glass.at.0] = [b' '; COLUMNS];
                    rest
                }
                (0x1B, [0x74, _, rest @ ..]) | (0x1F, [1..=3, rest @ ..]) => rest,
                (0x1F, [0x58, 1..=4, rest @ ..]) => rest,
                (0x1F, [0x24, column @ 1..=20, row @ 1..=2, rest @ ..]) => {
                    glass.at = (usize::from(row - 1), usize::from(column - 1));
                    rest
                }
                (0x20..=0x7E | 0x80.., rest) => {
                    glass.put(byte);
                    rest
                }
                other => panic!("no command of a display: {other:?}"),
            };
        }
        glass
    }

    fn put(&mut self, byte: u8) {
        self.cells[self.at.0][self.at.1] = byte;
        self.at.1 += 1;
        if self.at.1 == COLUMNS {
            self.at = ((self.at.0 + 1) % ROWS, 0);
        }
    }
}

/// A command, its two numbers and its text.
type Command = (u8, u8, u8, String);

fuzz_target!(|input: (Vec<Command>, String, String)| {
    let (commands, upper, lower) = input;
    let mut all = Commands::<512>::new();
    for (kind, a, b, text) in &commands {
        all = match kind % 9 {
            0 => all.initialize(),
            1 => all.clear(),
            2 => all.home(),
            3 => all.clear_line(),
            4 => all.move_to(*a, *b),
            5 => all.mode(match a % 3 {
                0 => Mode::Overwrite,
                1 => Mode::VerticalScroll,
                _ => Mode::HorizontalScroll,
            }),
            6 => all.brightness(*a),
            7 => all.code_page(*a),
            _ => all.text(text),
        };
    }
    let all = all.screen(&upper, &lower);
    // Too many commands are refused as a whole.
    let Some(bytes) = all.bytes() else {
        return;
    };
    let glass = Glass::read(bytes);
    for (row, line) in [upper, lower].iter().enumerate() {
        let padded = codepage::encode_text(line).chain(std::iter::repeat(b' '));
        let expected: Vec<u8> = padded.take(COLUMNS).collect();
        assert_eq!(glass.cells[row][..], expected[..]);
    }
});
