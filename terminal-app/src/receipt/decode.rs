//! Reads ESC/POS back: bytes to tokens, and tokens to the text that stands on the paper. It knows every command that
//! this project sends, and no more; the golden receipts are its output. The spooler uses the same reader to find the
//! places between two commands, where a real-time command may be put in.

use std::fmt::Write as _;

use devices::codepage;

/// One command, or a run of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// Characters of the code page.
    Text(&'a [u8]),
    /// `LF`: prints the line.
    LineFeed,
    /// `ESC d n`: prints the line and feeds n lines.
    Feed(u8),
    /// `ESC @`.
    Initialise,
    /// `ESC t n`.
    CodePage(u8),
    /// `ESC a n`: 0 left, 1 centre, 2 right.
    Align(u8),
    /// `ESC E n`.
    Bold(bool),
    /// `GS ! n`: times wider, times higher.
    Size(u8, u8),
    /// `GS h n`, `GS w n`, `GS H n`, `GS f n`: how a barcode looks. The command letter and its value.
    BarcodeSetting(u8, u8),
    /// `GS k m n data`.
    Barcode {
        /// m: 73 is Code 128.
        system: u8,
        /// As sent.
        data: &'a [u8],
    },
    /// `GS V ..`.
    Cut,
    /// `ESC p m t1 t2`: the connector (0 = pin 2).
    Drawer(u8),
    /// `GS r n`.
    PaperStatus(u8),
    /// `GS ( H`: the process id.
    ProcessId([u8; 4]),
    /// `GS a n`.
    AutomaticStatus(u8),
    /// `DLE EOT n`.
    RealTimeStatus(u8),
    /// `DLE DC4 1 m t`: the connector.
    DrawerNow(u8),
    /// `DLE ENQ n`.
    Recover(u8),
    /// A byte that begins nothing known.
    Unknown(u8),
}

/// The first token of `bytes` and its length; `None` when more bytes are needed (or there are none).
#[must_use]
pub fn next(bytes: &[u8]) -> Option<(Token<'_>, usize)> {
    match bytes {
        [] => None,
        [0x0A, ..] => Some((Token::LineFeed, 1)),
        [0x1B, rest @ ..] => escape(rest),
        [0x1D, rest @ ..] => group(rest),
        [0x10, rest @ ..] => real_time(rest),
        [byte, ..] if *byte < 0x20 || *byte == 0x7F => Some((Token::Unknown(*byte), 1)),
        _ => {
            let is_text = |byte: &u8| *byte >= 0x20 && *byte != 0x7F;
            let len = bytes.iter().take_while(|byte| is_text(byte)).count();
            bytes.get(..len).map(|text| (Token::Text(text), len))
        }
    }
}

fn escape(rest: &[u8]) -> Option<(Token<'_>, usize)> {
    Some(match rest {
        [b'@', ..] => (Token::Initialise, 2),
        [b't', n, ..] => (Token::CodePage(*n), 3),
        [b'a', n, ..] => (Token::Align(*n % 48), 3),
        [b'E', n, ..] => (Token::Bold(n & 1 == 1), 3),
        [b'd', n, ..] => (Token::Feed(*n), 3),
        [b'p', m, _, _, ..] => (Token::Drawer(*m), 5),
        [] | [b't' | b'a' | b'E' | b'd'] | [b'p', ..] => return None,
        _ => (Token::Unknown(0x1B), 1),
    })
}

fn group(rest: &[u8]) -> Option<(Token<'_>, usize)> {
    Some(match rest {
        [b'!', n, ..] => (Token::Size((n >> 4 & 7) + 1, (n & 7) + 1), 3),
        [command @ (b'h' | b'w' | b'H' | b'f'), n, ..] => (Token::BarcodeSetting(*command, *n), 3),
        [b'k', system @ 65..=79, len, data @ ..] => {
            let len = usize::from(*len);
            let data = data.get(..len)?;
            (
                Token::Barcode {
                    system: *system,
                    data,
                },
                4 + len,
            )
        }
        [b'V', 65 | 66, _, ..] => (Token::Cut, 4),
        [b'V', 0 | 1 | 48 | 49, ..] => (Token::Cut, 3),
        [b'r', n, ..] => (Token::PaperStatus(*n), 3),
        [b'a', n, ..] => (Token::AutomaticStatus(*n), 3),
        [b'(', b'H', 6, 0, 0x30, 0x30, d1, d2, d3, d4, ..] => {
            (Token::ProcessId([*d1, *d2, *d3, *d4]), 11)
        }
        []
        | [b'!' | b'h' | b'w' | b'H' | b'f' | b'r' | b'a' | b'k' | b'V' | b'(']
        | [b'k', 65..=79]
        | [b'V', 65 | 66]
        | [b'(', b'H'] => return None,
        [b'(', b'H', 6, ..] if rest.len() < 10 => return None,
        _ => (Token::Unknown(0x1D), 1),
    })
}

fn real_time(rest: &[u8]) -> Option<(Token<'_>, usize)> {
    Some(match rest {
        [0x04, n, ..] => (Token::RealTimeStatus(*n), 3),
        [0x05, n, ..] => (Token::Recover(*n), 3),
        [0x14, 0x01, m, _, ..] => (Token::DrawerNow(*m), 5),
        [] | [0x04 | 0x05 | 0x14] | [0x14, 0x01] | [0x14, 0x01, _] => return None,
        _ => (Token::Unknown(0x10), 1),
    })
}

/// Where `bytes` may be parted: the ends of pieces of at most `limit` bytes, each ending between two commands. A
/// single command longer than `limit` stays whole. The last end is the length.
#[must_use]
pub fn pieces(bytes: &[u8], limit: usize) -> Vec<usize> {
    let limit = limit.max(1);
    let mut ends = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some((token, len)) = bytes.get(at..).and_then(next) {
        let mut end = at + len;
        if end - start > limit {
            if at > start {
                ends.push(at);
                start = at;
            }
            if matches!(token, Token::Text(_)) {
                end = end.min(start + limit);
            }
        }
        at = end;
    }
    if ends.last() != Some(&bytes.len()) && !bytes.is_empty() {
        ends.push(bytes.len());
    }
    ends
}

/// The digits of a Code 128 as ESC/POS writes them: `{B` and `{C` change the code set, a byte of set C is two digits.
#[must_use]
pub fn code128_text(data: &[u8]) -> String {
    let mut text = String::new();
    let mut pairs = false;
    let mut rest = data;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, tail.first()) {
            (b'{', Some(set @ (b'A' | b'B' | b'C'))) => {
                pairs = *set == b'C';
                rest = tail.get(1..).unwrap_or(&[]);
            }
            _ if pairs => {
                // Writing to a String cannot fail.
                let _ = write!(text, "{byte:02}");
            }
            _ => text.push(char::from(byte)),
        }
    }
    text
}

/// The paper of a printer: what has been printed, line by line.
#[derive(Clone, Debug)]
pub struct Sheet {
    columns: usize,
    text: String,
    line: String,
    align: u8,
    wide: bool,
}

impl Sheet {
    /// Blank paper of this many columns.
    #[must_use]
    pub const fn new(columns: usize) -> Self {
        Self {
            columns,
            text: String::new(),
            line: String::new(),
            align: 0,
            wide: false,
        }
    }

    /// What has been printed so far. A cut is a line `~~~`, a barcode a line `||| digits |||`.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Takes the text off the printer.
    pub fn tear_off(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// Forgets a line that was received and not printed, and all settings: power went off.
    pub fn power_off(&mut self) {
        self.line.clear();
        self.align = 0;
        self.wide = false;
    }

    /// Carries out one token. Commands that leave nothing on paper are passed over.
    pub fn print(&mut self, token: &Token<'_>) {
        match token {
            Token::Text(bytes) => {
                let characters = bytes.iter().filter_map(|byte| codepage::decode(*byte));
                self.line.extend(characters);
            }
            Token::LineFeed => self.end_line(),
            Token::Feed(lines) => {
                for _ in 0..*lines {
                    self.end_line();
                }
            }
            Token::Initialise => self.power_off(),
            Token::Align(align) => self.align = *align,
            Token::Size(width, _) => self.wide = *width > 1,
            Token::Barcode { system, data } => {
                let content = if *system == 73 {
                    code128_text(data)
                } else {
                    data.iter().map(|byte| char::from(*byte)).collect()
                };
                self.line = format!("||| {content} |||");
                self.wide = false;
                self.end_line();
            }
            Token::Cut => {
                if !self.line.is_empty() {
                    self.end_line();
                }
                self.text.push_str("~~~\n");
            }
            Token::Unknown(byte) => {
                // Writing to a String cannot fail.
                let _ = write!(self.line, "<{byte:02X}>");
            }
            Token::Bold(_)
            | Token::CodePage(_)
            | Token::BarcodeSetting(..)
            | Token::Drawer(_)
            | Token::PaperStatus(_)
            | Token::ProcessId(_)
            | Token::AutomaticStatus(_)
            | Token::RealTimeStatus(_)
            | Token::DrawerNow(_)
            | Token::Recover(_) => {}
        }
    }

    fn end_line(&mut self) {
        let width = self.line.chars().count() * if self.wide { 2 } else { 1 };
        let room = self.columns.saturating_sub(width);
        let indent = match self.align {
            1 => room / 2,
            2 => room,
            _ => 0,
        };
        let line = format!("{:indent$}{}", "", self.line);
        self.text.push_str(line.trim_end());
        self.text.push('\n');
        self.line.clear();
    }
}

/// The text that `bytes` leave on paper of `columns` characters.
#[must_use]
pub fn to_text(bytes: &[u8], columns: usize) -> String {
    let mut sheet = Sheet::new(columns);
    let mut rest = bytes;
    while let Some((token, len)) = next(rest) {
        sheet.print(&token);
        rest = rest.get(len..).unwrap_or(&[]);
    }
    for byte in rest {
        sheet.print(&Token::Unknown(*byte));
    }
    sheet.text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn commands_are_read_whole_or_not_at_all() {
        let job = b"\x1B@\x1Bt\x13\x1Ba\x01\x1BE\x01\x1D!\x11Hi\n\x1BE\x00\x1Dh\x50\x1Dw\x02\x1DH\x02\x1Dk\x49\x04{C\x10\x04\x1DVB\x00\x1D(H\x06\x0000abcd\x1Dr\x01\x10\x04\x01\x10\x14\x01\x00\x01\x1Bp\x00\x19\xFA";
        let mut rest = &job[..];
        while let Some((token, len)) = next(rest) {
            assert!(!matches!(token, Token::Unknown(_)), "{token:?}");
            if !matches!(token, Token::Text(_)) {
                for cut in 0..len {
                    assert_eq!(next(&rest[..cut]), None, "{token:?} cut at {cut}");
                }
            }
            rest = &rest[len..];
        }
        assert_eq!(rest, b"");
    }

    #[test]
    fn a_command_longer_than_a_piece_stays_whole() {
        let job = b"ab\x1Dk\x49\x08{C123456cd";
        assert_eq!(pieces(job, 3), [2, 14, 16]);
    }

    #[test]
    fn code_128_in_both_sets() {
        assert_eq!(code128_text(b"{C\x00\x0A\x63"), "001099");
        assert_eq!(code128_text(b"{C\x00{B16{C\x04"), "001604");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 0..200), limit in 1_usize..40) {
            let mut rest = &bytes[..];
            while let Some((_, len)) = next(rest) {
                prop_assert!(len > 0 && len <= rest.len());
                rest = &rest[len..];
            }
            // What is left over is the beginning of one command.
            prop_assert!(rest.is_empty() || [0x10, 0x1B, 0x1D].contains(&rest[0]));
            let _text = to_text(&bytes, 42);
            let ends = pieces(&bytes, limit);
            prop_assert_eq!(ends.last().copied().unwrap_or(0), bytes.len());
            prop_assert!(ends.is_sorted());
        }

        #[test]
        fn pieces_are_small_and_end_between_commands(
            parts in prop::collection::vec(prop_oneof![
                Just(b"\x1BE\x01".to_vec()),
                Just(b"\x1Dk\x49\x04{C\x10\x04".to_vec()),
                Just(b"\n".to_vec()),
                prop::collection::vec(0x20_u8..0x7F, 1..90),
            ], 0..30),
            limit in 10_usize..64,
        ) {
            let bytes = parts.concat();
            let ends = pieces(&bytes, limit);
            let mut start = 0;
            for end in ends {
                prop_assert!(end > start && end - start <= limit);
                let mut rest = &bytes[start..end];
                while let Some((token, len)) = next(rest) {
                    prop_assert!(!matches!(token, Token::Unknown(_)));
                    rest = &rest[len..];
                }
                prop_assert_eq!(rest, b"");
                start = end;
            }
            prop_assert_eq!(start, bytes.len());
        }
    }
}
