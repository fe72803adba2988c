//! Records of a CSV file (RFC 4180), one at a time, with the line each begins at.
//!
//! Strict where a record would otherwise swallow its neighbours: a quote that is not closed, or text behind a closing
//! quote, breaks one line, and reading goes on at the next. A quote in the middle of a field (`42" scherm`) is a quote.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use memchr::{memchr, memchr_iter};

mod fields;
#[cfg(test)]
mod tests;

pub use self::fields::Fields;
use self::fields::Split;

/// The most bytes of one record. A real one is far shorter; a quote that is never closed must not eat the file.
const MAX_RECORD: usize = 64 * 1024;

/// What stood at a place of the file, with the line it begins at and its bytes as they stand there, without the line end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken<'r> {
    /// A record: [`Fields`] has what is in it.
    Record(u64, &'r str),
    /// A line that is no record, and why; no bytes of a line that is too long.
    Broken(u64, &'static str, &'r [u8]),
}

/// Reads records.
#[derive(Debug)]
pub struct Records<R> {
    reader: R,
    /// Lines that were read ahead of a record that broke.
    ahead: VecDeque<Vec<u8>>,
    line: u64,
    bytes: u64,
    /// The record that was taken last.
    whole: Vec<u8>,
    fields: Fields,
}

impl<R: BufRead> Records<R> {
    /// From the beginning of a file.
    pub fn new(reader: R) -> Self {
        Self {
            reader,
            ahead: VecDeque::new(),
            line: 0,
            bytes: 0,
            whole: Vec::new(),
            fields: Fields::default(),
        }
    }

    /// Bytes taken from the file so far.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next record or broken line; `None` at the end. Empty lines are passed over.
    ///
    /// # Errors
    /// What the reader says.
    pub fn take(&mut self) -> io::Result<Option<Taken<'_>>> {
        loop {
            self.whole.clear();
            if !self.next_line()? {
                return Ok(None);
            }
            let line = self.line;
            if self.whole.len() > MAX_RECORD {
                let why = "the line is too long";
                return Ok(Some(Taken::Broken(line, why, &[])));
            }
            if !without_end(&self.whole).is_empty() {
                return self.record(line).map(Some);
            }
        }
    }

    /// Some of the records that come next, as many as can be had without looking at each. False at the end, and before one
    /// that has to be looked at: [`Records::take`] does that.
    ///
    /// # Errors
    /// What the reader says.
    pub fn take_some(&mut self, lines: &mut Lines) -> io::Result<bool> {
        lines.clear(self.line + 1);
        if self.line == 0 || !self.ahead.is_empty() {
            return Ok(false);
        }
        let buffer = self.reader.fill_buf()?;
        let quote = memchr(b'"', buffer).unwrap_or(buffer.len());
        let plain = buffer.get(..quote).unwrap_or_default();
        let text = std::str::from_utf8(plain);
        let begins = || plain.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let plain = text.unwrap_or_else(|_| begins());
        let taken = lines.fill(plain);
        self.line += lines.ends.len() as u64;
        self.bytes += u64::try_from(taken).unwrap_or(0);
        self.reader.consume(taken);
        Ok(taken > 0)
    }

    /// The record that begins with the line just read, over as many lines as its quotes span.
    fn record(&mut self, line: u64) -> io::Result<Taken<'_>> {
        let mut starts = Vec::new();
        let broken = loop {
            let so_far = without_end(&self.whole);
            if memchr(b'"', so_far).is_none() {
                break None;
            }
            let next = self.whole.len();
            match self.fields.split(so_far) {
                Split::Whole => break None,
                Split::Broken(why) => break Some(why),
                Split::Open if !self.next_line()? => break Some("a quote is never closed"),
                Split::Open => {
                    starts.push(next);
                    if self.whole.len() > MAX_RECORD {
                        break Some("a quote is never closed");
                    }
                }
            }
        };
        let not_text = || {
            std::str::from_utf8(&self.whole)
                .is_err()
                .then_some("not UTF-8")
        };
        let broken = broken.or_else(not_text);
        if broken.is_some() {
            // Only the first line is broken: the others are read again, each for itself.
            while let Some(start) = starts.pop() {
                self.ahead.push_front(self.whole.split_off(start));
                self.line -= 1;
            }
        }
        let bytes = without_end(&self.whole);
        Ok(match (broken, std::str::from_utf8(bytes)) {
            (None, Ok(record)) => Taken::Record(line, record),
            (why, _) => Taken::Broken(line, why.unwrap_or("not UTF-8"), bytes),
        })
    }

    /// Puts the next physical line with its end behind the record; of one that is too long only so much that this can be
    /// seen. False at the end of the file.
    fn next_line(&mut self) -> io::Result<bool> {
        if let Some(line) = self.ahead.pop_front() {
            self.line += 1;
            self.whole.extend_from_slice(&line);
            return Ok(true);
        }
        let start = self.whole.len();
        let mut read = 0;
        loop {
            let buffer = self.reader.fill_buf()?;
            let end = memchr(b'\n', buffer);
            let used = end.map_or(buffer.len(), |at| at + 1);
            let room = (MAX_RECORD + 1).saturating_sub(self.whole.len() - start);
            let kept = buffer.get(..used.min(room)).unwrap_or_default();
            self.whole.extend_from_slice(kept);
            self.reader.consume(used);
            read += used;
            if end.is_some() || used == 0 {
                break;
            }
        }
        if read == 0 {
            return Ok(false);
        }
        self.bytes += u64::try_from(read).unwrap_or(0);
        if self.line == 0 && self.whole.starts_with(b"\xef\xbb\xbf") {
            self.whole.drain(..3);
        }
        self.line += 1;
        Ok(true)
    }
}

/// Lines without the end of the last one.
fn without_end(lines: &[u8]) -> &[u8] {
    lines
        .strip_suffix(b"\n")
        .map_or(lines, |lines| lines.strip_suffix(b"\r").unwrap_or(lines))
}

/// Whole lines without a quote, each a record.
#[derive(Debug, Default)]
pub struct Lines {
    /// The number of the first line.
    first: u64,
    text: String,
    /// Where each line ends, its line end included.
    ends: Vec<usize>,
}

impl Lines {
    fn clear(&mut self, first: u64) {
        self.first = first;
        self.text.clear();
        self.ends.clear();
    }

    /// Takes whole lines, up to one that is too long for a record; says how many bytes they are.
    fn fill(&mut self, text: &str) -> usize {
        let mut start = 0;
        for at in memchr_iter(b'\n', text.as_bytes()) {
            if at - start >= MAX_RECORD {
                break;
            }
            start = at + 1;
            self.ends.push(start);
        }
        self.text.push_str(text.get(..start).unwrap_or_default());
        start
    }

    /// The records, with the line of each. Empty lines are passed over.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = (u64, &str)> {
        let mut start = 0;
        let records = self.ends.iter().map(move |end| {
            let line = self.text.get(start..end - 1).unwrap_or_default();
            start = *end;
            line.strip_suffix('\r').unwrap_or(line)
        });
        (self.first..)
            .zip(records)
            .filter(|(_, record)| !record.is_empty())
    }
}
