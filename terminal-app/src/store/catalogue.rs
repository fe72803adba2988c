//! The catalogue as a CSV file: its rows one by one, and a row as an article or the reason why it is none. Keeps nothing.

use std::io::{BufRead as _, BufReader, Read};

use retail::article::Article;
use retail::barcode::Gtin;
use retail::money::Cents;
use retail::quantity::Unit;
use retail::vat::{RateError, VatRate};

use super::StoreError;

/// The longest number of an article, in characters.
const MAX_NUMBER: usize = 40;
/// The longest name or category, in characters.
const MAX_TEXT: usize = 200;
/// The longest row that is read, in bytes.
pub(super) const MAX_LINE: usize = 64 * 1024;

/// A row of a CSV file.
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    /// As it stands, without its end.
    pub(super) bytes: Vec<u8>,
    pub(super) record: csv::ByteRecord,
    /// Whether all of it was read.
    pub(super) whole: bool,
}

/// The rows of a CSV file, each a line: a quote that is never closed spoils its own row and no other.
pub(super) struct Lines<R> {
    file: BufReader<R>,
    number: u64,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(file: R) -> Self {
        Self {
            file: BufReader::new(file),
            number: 0,
        }
    }

    /// The next line without its end, and whether it is all of it: at most [`MAX_LINE`] bytes are read. `None` at the end of
    /// the file.
    fn line(&mut self) -> std::io::Result<Option<(Vec<u8>, bool)>> {
        let mut line = Vec::new();
        let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
        let read = self
            .file
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        let mut whole = true;
        if read == MAX_LINE && line.last() != Some(&b'\n') {
            // What is behind the bound belongs to the same row. Half a price is a price: such a row is refused.
            self.file.skip_until(b'\n')?;
            whole = false;
        }
        while matches!(line.last(), Some(b'\n' | b'\r')) {
            line.pop();
        }
        Ok(Some((line, whole)))
    }
}

impl<R: Read> Iterator for Lines<R> {
    type Item = Result<Line, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (bytes, whole) = match self.line() {
                Ok(line) => line?,
                Err(error) => return Some(Err(StoreError::BadFile(error.to_string()))),
            };
            if bytes.is_empty() {
                continue;
            }
            let mut record = csv::ByteRecord::new();
            // A line of bytes always makes a record: only a reader that fails could make it fail.
            let parsed = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .buffer_capacity(bytes.len() + 1)
                .from_reader(bytes.as_slice())
                .read_byte_record(&mut record);
            return Some(match parsed {
                Ok(_) => Ok(Line {
                    number: self.number,
                    bytes,
                    record,
                    whole,
                }),
                Err(error) => Err(StoreError::BadFile(error.to_string())),
            });
        }
    }
}

/// Where the columns stand.
pub(super) struct Header {
    gtin: usize,
    name: usize,
    price: usize,
    vat: usize,
    category: Option<usize>,
    unit: Option<usize>,
    deposit: Option<usize>,
}

impl Header {
    pub(super) fn read(header: &csv::ByteRecord) -> Result<Self, String> {
        // A spreadsheet whose decimal sign is the comma parts columns by something else.
        if header.len() == 1
            && header
                .iter()
                .any(|line| line.contains(&b';') || line.contains(&b'\t'))
        {
            return Err(
                "the columns are parted by semicolons or tabs; they must be parted by commas"
                    .to_owned(),
            );
        }
        let find = |name: &str| {
            header.iter().position(|column| {
                String::from_utf8_lossy(column)
                    .trim()
                    .trim_start_matches('\u{feff}')
                    .eq_ignore_ascii_case(name)
            })
        };
        let need = |name: &str| {
            find(name).ok_or_else(|| {
                format!(
                    "the file has no column `{name}`; its first line must name gtin,name,price_cents,vat_percent,category"
                )
            })
        };
        Ok(Self {
            gtin: need("gtin")?,
            name: need("name")?,
            price: need("price_cents")?,
            vat: need("vat_percent")?,
            category: find("category"),
            unit: find("unit"),
            deposit: find("deposit_cents"),
        })
    }

    pub(super) fn article(&self, record: &csv::ByteRecord) -> Result<Article, String> {
        let field = |at: usize| {
            let bytes = record.get(at).ok_or("the row is too short")?;
            let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8")?;
            let text = text.trim();
            if text.contains(char::is_control) {
                return Err("a control character in a field");
            }
            Ok(text)
        };
        let optional = |at: Option<usize>| at.map_or(Ok(""), field);
        let text = |what: &str, text: &str| {
            if text.chars().count() > MAX_TEXT {
                Err(format!("the {what} is longer than {MAX_TEXT} characters"))
            } else {
                Ok(text.to_owned())
            }
        };
        let gtin = number(field(self.gtin)?)?;
        let name = text("name", field(self.name)?)?;
        if name.is_empty() {
            return Err("the name is empty".to_owned());
        }
        Ok(Article {
            gtin,
            name,
            price: cents("price_cents", field(self.price)?)?,
            vat: rate(field(self.vat)?)?,
            category: text("category", optional(self.category)?)?,
            unit: match optional(self.unit)?.to_lowercase().as_str() {
                "" | "piece" | "stuk" | "st" => Unit::Piece,
                "kg" | "kilogram" => Unit::Kilogram,
                other => return Err(format!("unit: not piece or kg: {other:?}")),
            },
            deposit: cents("deposit_cents", optional(self.deposit)?)?.filter(|d| *d > Cents::ZERO),
        })
    }
}

/// A number of an article: a GTIN with a right check digit, or the shop's own number of another length.
fn number(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("the gtin is empty".to_owned());
    }
    if text.len() > MAX_NUMBER || text.contains(char::is_whitespace) {
        return Err(format!("gtin: not an article number: {text:?}"));
    }
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    if digits && matches!(text.len(), 8 | 12 | 13 | 14) {
        Gtin::parse(text).map_err(|e| format!("gtin {text}: {e}"))?;
    }
    Ok(text.to_owned())
}

/// A rate that a shop may charge today: with any other every receipt would be wrong.
fn rate(text: &str) -> Result<VatRate, String> {
    let rate: VatRate = text
        .parse()
        .map_err(|error: RateError| format!("vat_percent: {error}"))?;
    if VatRate::DUTCH.contains(&rate) {
        Ok(rate)
    } else {
        Err(format!(
            "vat_percent: {rate} is not a btw rate; write 0, 9 or 21"
        ))
    }
}

/// Whole cents, zero or more; empty asks the cashier.
fn cents(what: &str, text: &str) -> Result<Option<Cents>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .ok()
        .map(Cents)
        .filter(|amount| (Cents::ZERO..=Cents::MAX_INPUT).contains(amount))
        .map(Some)
        .ok_or_else(|| format!("{what}: not a whole number of cents from 0 to 100000000: {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<VatRate, &str>) {
        match (rate(text), expected) {
            (Ok(found), Ok(rate)) => assert_eq!(found, rate),
            (Err(reason), Err(needle)) => assert!(reason.contains(needle), "{reason}"),
            (found, _) => assert_eq!(found, Ok(VatRate(u16::MAX)), "{text}"),
        }
    }

    #[test]
    fn only_the_rates_of_today_are_taken() {
        check("0", Ok(VatRate::ZERO));
        check("9 %", Ok(VatRate::LOW));
        check("21,0", Ok(VatRate::HIGH));
        check("19", Err("19% is not a btw rate; write 0, 9 or 21"));
        check("6", Err("6% is not a btw rate"));
        check("", Err("not a VAT percentage"));
    }
}
