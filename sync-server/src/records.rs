//! Records of a CSV file (RFC 4180), one at a time, with the line each begins at.
//!
//! Strict where a record would otherwise swallow its neighbours: a quote that is not closed, or text behind a closing
//! quote, breaks one line, and reading goes on at the next. A quote in the middle of a field (`42" scherm`) is a quote.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read as _};

use csv::{ByteRecord, StringRecord};

/// The most bytes of one record. A real one is far shorter; a quote that is never closed must not eat the file.
const MAX_RECORD: usize = 64 * 1024;

/// What stood at a place of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// A record, the line it begins at, and its bytes as they stand there.
    Record(u64, StringRecord, Vec<u8>),
    /// A line that is no record, why, and its bytes; none of a line that is too long.
    Broken(u64, &'static str, Vec<u8>),
}

/// Reads records.
#[derive(Debug)]
pub(crate) struct Records<R> {
    reader: R,
    /// Lines that were read ahead of a record that broke.
    ahead: VecDeque<Vec<u8>>,
    line: u64,
    bytes: u64,
}

/// Where a byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    FieldStart,
    Plain,
    Quoted,
    Closed,
}

/// What became of some bytes.
enum Parsed {
    Record(ByteRecord),
    /// A quote is still open.
    Open,
    Broken(&'static str),
}

impl<R: BufRead> Records<R> {
    /// From the beginning of a file.
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            ahead: VecDeque::new(),
            line: 0,
            bytes: 0,
        }
    }

    /// Bytes taken from the file so far.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next record or broken line; `None` at the end. Empty lines are passed over.
    pub(crate) fn take(&mut self) -> io::Result<Option<Taken>> {
        loop {
            let Some(first) = self.next_line()? else {
                return Ok(None);
            };
            let line = self.line;
            if first.len() > MAX_RECORD {
                let why = "the line is too long";
                return Ok(Some(Taken::Broken(line, why, Vec::new())));
            }
            if !first.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
                return self.record(line, first).map(Some);
            }
        }
    }

    /// The record that begins with `first`, over as many lines as its quotes span.
    fn record(&mut self, line: u64, first: Vec<u8>) -> io::Result<Taken> {
        let first_bytes = first.len();
        let mut whole = first;
        let mut further = Vec::new();
        let broken = loop {
            match parse(&whole) {
                Parsed::Record(record) => match StringRecord::from_byte_record(record) {
                    Ok(record) => {
                        let end = without_end(&whole).len();
                        whole.truncate(end);
                        return Ok(Taken::Record(line, record, whole));
                    }
                    Err(_) => break "not UTF-8",
                },
                Parsed::Broken(why) => break why,
                Parsed::Open => match self.next_line()? {
                    Some(next) => {
                        let fits = whole.len() + next.len() <= MAX_RECORD;
                        whole.extend_from_slice(&next);
                        further.push(next);
                        if !fits {
                            break "a quote is never closed";
                        }
                    }
                    None => break "a quote is never closed",
                },
            }
        };
        // Only the first line is broken: the others are read again, each for itself.
        for next in further.into_iter().rev() {
            self.line -= 1;
            self.ahead.push_front(next);
        }
        whole.truncate(first_bytes);
        let end = without_end(&whole).len();
        whole.truncate(end);
        Ok(Taken::Broken(line, broken, whole))
    }

    /// A physical line with its end; of one that is too long only so much that this can be seen.
    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        if let Some(line) = self.ahead.pop_front() {
            self.line += 1;
            return Ok(Some(line));
        }
        let mut line = Vec::new();
        let most = u64::try_from(MAX_RECORD + 1).unwrap_or(u64::MAX);
        self.reader
            .by_ref()
            .take(most)
            .read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        self.bytes += u64::try_from(line.len()).unwrap_or(0);
        if line.len() > MAX_RECORD && line.last() != Some(&b'\n') {
            self.skip_line()?;
        }
        if self.line == 0 && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        self.line += 1;
        Ok(Some(line))
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(buffer.len(), |at| at + 1);
            let done = end.is_some() || buffer.is_empty();
            self.reader.consume(used);
            self.bytes += u64::try_from(used).unwrap_or(0);
            if done {
                return Ok(());
            }
        }
    }
}

/// Lines without the end of the last one.
fn without_end(lines: &[u8]) -> &[u8] {
    lines
        .strip_suffix(b"\n")
        .map_or(lines, |lines| lines.strip_suffix(b"\r").unwrap_or(lines))
}

/// Splits the bytes of whole lines into fields; the last line end is the record's own.
fn parse(bytes: &[u8]) -> Parsed {
    let mut record = ByteRecord::new();
    let mut field = Vec::new();
    let mut at = At::FieldStart;
    for byte in without_end(bytes) {
        at = match (at, byte) {
            (At::FieldStart, b'"') => At::Quoted,
            (At::FieldStart | At::Plain | At::Closed, b',') => {
                record.push_field(&field);
                field.clear();
                At::FieldStart
            }
            (At::FieldStart | At::Plain, byte) => {
                field.push(*byte);
                At::Plain
            }
            (At::Quoted, b'"') => At::Closed,
            (At::Quoted, byte) => {
                field.push(*byte);
                At::Quoted
            }
            (At::Closed, b'"') => {
                field.push(b'"');
                At::Quoted
            }
            (At::Closed, _) => return Parsed::Broken("text stands behind a closing quote"),
        };
    }
    if at == At::Quoted {
        return Parsed::Open;
    }
    record.push_field(&field);
    Parsed::Record(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(u64, Result<&[&str], &str>)]) {
        let mut records = Records::new(text.as_bytes());
        let mut found = Vec::new();
        while let Some(taken) = records.take().unwrap() {
            found.push(match taken {
                Taken::Record(line, record, _) => (
                    line,
                    Ok(record.iter().map(str::to_owned).collect::<Vec<_>>()),
                ),
                Taken::Broken(line, why, _) => (line, Err(why)),
            });
        }
        let expected: Vec<_> = expected
            .iter()
            .map(|(line, row)| {
                (
                    *line,
                    row.map(|fields| fields.iter().map(|f| (*f).to_owned()).collect::<Vec<_>>()),
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn quotes_lines_and_ends() {
        check(
            "\u{feff}a,b\r\n\"x, \"\"y\"\"\nz\",\r\n\n,42\" scherm",
            &[
                (1, Ok(&["a", "b"])),
                (2, Ok(&["x, \"y\"\nz", ""])),
                (5, Ok(&["", "42\" scherm"])),
            ],
        );
    }

    #[test]
    fn a_record_is_given_as_it_stands_too() {
        let text = "\u{feff}a,b\r\n\"x,\ny\",1\r\nu1,\"K,1\nu2,\"K\"x\n";
        let mut records = Records::new(text.as_bytes());
        let mut found = Vec::new();
        while let Some(taken) = records.take().unwrap() {
            let (Taken::Record(_, _, bytes) | Taken::Broken(_, _, bytes)) = taken;
            found.push(String::from_utf8(bytes).unwrap());
        }
        assert_eq!(found, ["a,b", "\"x,\ny\",1", "u1,\"K,1", "u2,\"K\"x"]);
    }

    #[test]
    fn a_stray_quote_breaks_its_own_line_and_no_other() {
        let open = "a quote is never closed";
        let behind = "text stands behind a closing quote";
        check(
            "u1,\"K,1\nu2,K,1\n",
            &[(1, Err(open)), (2, Ok(&["u2", "K", "1"]))],
        );
        check(
            "u1,\"K,1\nu2,\"K,1\nu3,K,1\n",
            &[(1, Err(behind)), (2, Err(open)), (3, Ok(&["u3", "K", "1"]))],
        );
        check(
            "u1,\"K\"x,1\nu2,K,1\n",
            &[(1, Err(behind)), (2, Ok(&["u2", "K", "1"]))],
        );
    }

    #[test]
    fn a_line_without_end_is_given_up_and_the_next_is_read() {
        let long = "x".repeat(MAX_RECORD + 10);
        check(
            &format!("{long}\na,b\n"),
            &[(1, Err("the line is too long")), (2, Ok(&["a", "b"]))],
        );
    }
}
