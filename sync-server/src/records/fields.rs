//! The fields of one record. Most records have no quote and are parted where their commas are.

use std::ops::Range;

use memchr::memchr;

/// Where a byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    FieldStart,
    Plain,
    Quoted,
    Closed,
}

/// What became of some bytes.
pub(super) enum Split {
    Whole,
    /// A quote is still open.
    Open,
    Broken(&'static str),
}

/// The fields of one record after the other.
#[derive(Debug, Default)]
pub struct Fields {
    spans: Vec<Range<usize>>,
    /// What the spans lie in when there are quotes: the fields without them.
    unquoted: Option<Vec<u8>>,
}

impl Fields {
    /// The fields of a record as it was taken.
    #[inline]
    pub fn of<'f>(&'f mut self, record: &'f str) -> impl Iterator<Item = &'f str> {
        self.split(record.as_bytes());
        let text = match &self.unquoted {
            None => record,
            // Quotes are letters of their own, so what is left without them is text as well.
            Some(unquoted) => std::str::from_utf8(unquoted).unwrap_or_default(),
        };
        let spans = self.spans.iter();
        spans.map(move |span| text.get(span.clone()).unwrap_or_default())
    }

    pub(super) fn split(&mut self, record: &[u8]) -> Split {
        self.spans.clear();
        self.unquoted = None;
        if memchr(b'"', record).is_some() {
            return self.split_quoted(record);
        }
        let mut start = 0;
        each_comma(record, |comma| {
            self.spans.push(start..comma);
            start = comma + 1;
        });
        self.spans.push(start..record.len());
        Split::Whole
    }

    fn split_quoted(&mut self, record: &[u8]) -> Split {
        let mut text = Vec::with_capacity(record.len());
        let mut start = 0;
        let mut at = At::FieldStart;
        for byte in record {
            at = match (at, byte) {
                (At::FieldStart, b'"') => At::Quoted,
                (At::FieldStart | At::Plain | At::Closed, b',') => {
                    self.spans.push(start..text.len());
                    start = text.len();
                    At::FieldStart
                }
                (At::FieldStart | At::Plain, byte) => {
                    text.push(*byte);
                    At::Plain
                }
                (At::Quoted, b'"') => At::Closed,
                (At::Quoted, byte) => {
                    text.push(*byte);
                    At::Quoted
                }
                (At::Closed, b'"') => {
                    text.push(b'"');
                    At::Quoted
                }
                (At::Closed, _) => return Split::Broken("text stands behind a closing quote"),
            };
        }
        if at == At::Quoted {
            return Split::Open;
        }
        self.spans.push(start..text.len());
        self.unquoted = Some(text);
        Split::Whole
    }
}

/// Where the commas stand, eight bytes at a time: fields are too short for a search that begins anew behind each.
pub(super) fn each_comma(record: &[u8], mut found: impl FnMut(usize)) {
    const COMMAS: u64 = u64::from_ne_bytes([b','; 8]);
    const LOW: u64 = u64::from_ne_bytes([0x7f; 8]);
    let (eights, rest) = record.as_chunks::<8>();
    for (number, eight) in eights.iter().enumerate() {
        let other = u64::from_le_bytes(*eight) ^ COMMAS;
        // The upper bit of every byte that is a comma: all its bits are zero here, so nothing is carried into that one.
        let mut commas = !(((other & LOW) + LOW) | other | LOW);
        while commas != 0 {
            found(number * 8 + commas.trailing_zeros() as usize / 8);
            commas &= commas - 1;
        }
    }
    let start = eights.len() * 8;
    for (at, byte) in rest.iter().enumerate() {
        if *byte == b',' {
            found(start + at);
        }
    }
}
