//! The catalogue: import from CSV, look-up by number, search by the beginnings of words, then inside them.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Read};
use std::time::Duration;

use retail::article::{Article, article_key};
use retail::barcode::Gtin;
use retail::money::Cents;
use retail::quantity::Unit;
use retail::vat::{RateError, VatRate};
use rusqlite::{OptionalExtension as _, Row, TransactionBehavior};

use super::{Store, StoreError};

const COLUMNS: &str = "gtin, name, price, vat, category, unit, deposit";
/// The longest number of an article, in characters.
const MAX_NUMBER: usize = 40;
/// Rows to a transaction: a till that sells meanwhile waits no longer than this takes.
const CHUNK: u64 = 200;
/// The time between two transactions that is left to a till that sells meanwhile.
const PAUSE: Duration = Duration::from_millis(4);
/// The longest name or category, in characters.
const MAX_TEXT: usize = 200;
/// The longest row that is read, in bytes.
const MAX_LINE: usize = 64 * 1024;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Articles that were not there.
    pub added: u64,
    /// Articles that were there and changed.
    pub changed: u64,
    /// Articles that were there just so.
    pub same: u64,
    /// Rows that were left out.
    pub rejected: Vec<RejectedRow>,
}

/// A row that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    /// Its line in the file, from 1.
    pub line: u64,
    /// Why.
    pub reason: String,
    /// The fields as read.
    pub fields: Vec<String>,
}

fn article_of(row: &Row<'_>) -> rusqlite::Result<Article> {
    Ok(Article {
        gtin: row.get(0)?,
        name: row.get(1)?,
        price: row.get::<_, Option<i64>>(2)?.map(Cents),
        vat: VatRate(row.get(3)?),
        category: row.get(4)?,
        unit: if row.get::<_, i64>(5)? == 1 {
            Unit::Kilogram
        } else {
            Unit::Piece
        },
        deposit: row.get::<_, Option<i64>>(6)?.map(Cents),
    })
}

impl Store {
    pub(super) fn find_article(&self, number: &str) -> Result<Option<Article>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM article WHERE key = ?1"))?
            .query_row([article_key(number)], article_of)
            .optional()?)
    }

    pub(super) fn search_articles(
        &self,
        words: &str,
        limit: usize,
    ) -> Result<Vec<Article>, StoreError> {
        let most = limit;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        // Every word in quotes, so that nothing typed is a search operator; the star looks for beginnings.
        let words: Vec<&str> = words
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(8)
            .collect();
        let beginnings = |words: &[&str]| {
            let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"*")).collect();
            quoted.join(" ")
        };
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = self.matching(
            "SELECT rowid FROM article_words WHERE article_words MATCH ?1 LIMIT 200",
            &[&beginnings(&words), &limit],
        )?;
        // What stands inside a word is looked for by three letters in a row; shorter words count by their beginnings only.
        let (long, short): (Vec<&str>, Vec<&str>) =
            words.iter().partition(|word| word.chars().count() >= 3);
        if found.len() >= most || long.is_empty() {
            return Ok(found);
        }
        let parts: Vec<String> = long.iter().map(|word| format!("\"{word}\"")).collect();
        let inside = if short.is_empty() {
            self.matching(
                "SELECT rowid FROM article_parts WHERE article_parts MATCH ?1 LIMIT 200",
                &[&parts.join(" "), &limit],
            )?
        } else {
            // The plus keeps SQLite from searching anew for every row that has the short words.
            self.matching(
                "SELECT rowid FROM article_parts WHERE article_parts MATCH ?1
                 AND +rowid IN (SELECT rowid FROM article_words WHERE article_words MATCH ?3) LIMIT 200",
                &[&parts.join(" "), &limit, &beginnings(&short)],
            )?
        };
        for article in inside {
            if found.len() < most && !found.iter().any(|known| known.gtin == article.gtin) {
                found.push(article);
            }
        }
        Ok(found)
    }

    /// The articles of these rows by name, at most as many as the second value says.
    fn matching(
        &self,
        rows: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<Article>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT a.gtin, a.name, a.price, a.vat, a.category, a.unit, a.deposit
             FROM ({rows}) f JOIN article a ON a.id = f.rowid ORDER BY a.name, a.gtin LIMIT ?2"
        ))?;
        let found = statement.query_map(values, article_of)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// How many articles there are.
    pub fn article_count(&self) -> Result<u64, StoreError> {
        let count: i64 = self
            .conn
            .query_row("SELECT COUNT(*) FROM article", [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// Reads `gtin,name,price_cents,vat_percent,category` (order free; `unit` and `deposit_cents` optional; others are
    /// passed over). Good rows go in (by small
    /// transactions: an import that is broken off is simply done again), others are reported; the same file twice changes nothing. `progress` gets the rows so far.
    pub fn import_articles(
        &mut self,
        csv: impl Read,
        mut progress: impl FnMut(u64),
    ) -> Result<ImportReport, StoreError> {
        let mut lines = Lines::new(csv);
        let header = match lines.next() {
            Some((_, line)) => Header::read(&line?.0).map_err(StoreError::BadFile)?,
            None => return Err(StoreError::BadFile("the file is empty".to_owned())),
        };
        let mut tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut report = ImportReport::default();
        let mut seen: HashSet<String> = HashSet::new();
        let mut count = 0;
        for (line, record) in lines {
            let (record, whole) = record?;
            count += 1;
            progress(count);
            if count % CHUNK == 0 {
                tx.commit()?;
                // Nobody wakes this thread: it only lets others have the write lock.
                std::thread::park_timeout(PAUSE);
                tx = self
                    .conn
                    .transaction_with_behavior(TransactionBehavior::Immediate)?;
            }
            let article = if whole {
                header.article(&record)
            } else {
                Err(format!("the row is longer than {MAX_LINE} bytes"))
            };
            match article.and_then(|article| {
                if seen.insert(article_key(&article.gtin).to_owned()) {
                    Ok(article)
                } else {
                    Err(format!(
                        "the number {} stands in this file twice",
                        article.gtin
                    ))
                }
            }) {
                Ok(article) => put(&tx, &article, &mut report)?,
                Err(reason) => report.rejected.push(RejectedRow {
                    line,
                    reason,
                    fields: record
                        .iter()
                        .map(|field| String::from_utf8_lossy(field).into_owned())
                        .collect(),
                }),
            }
        }
        tx.commit()?;
        Ok(report)
    }
}

fn put(
    tx: &rusqlite::Transaction<'_>,
    article: &Article,
    report: &mut ImportReport,
) -> Result<(), StoreError> {
    let key = article_key(&article.gtin).to_owned();
    let before = tx
        .prepare_cached(&format!("SELECT {COLUMNS} FROM article WHERE key = ?1"))?
        .query_row([&key], article_of)
        .optional()?;
    match before {
        Some(before) if before == *article => {
            report.same += 1;
            return Ok(());
        }
        Some(_) => report.changed += 1,
        None => report.added += 1,
    }
    tx.prepare_cached(
        "INSERT INTO article (key, gtin, name, price, vat, category, unit, deposit)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (key) DO UPDATE SET gtin = excluded.gtin, name = excluded.name, price = excluded.price,
             vat = excluded.vat, category = excluded.category, unit = excluded.unit, deposit = excluded.deposit",
    )?
    .execute((
        key,
        &article.gtin,
        &article.name,
        article.price.map(|price| price.0),
        article.vat.0,
        &article.category,
        i64::from(article.unit == Unit::Kilogram),
        article.deposit.map(|deposit| deposit.0),
    ))?;
    Ok(())
}

/// The rows of a CSV file, each a line: a quote that is never closed spoils its own row and no other.
struct Lines<R> {
    file: BufReader<R>,
    number: u64,
}

impl<R: Read> Lines<R> {
    fn new(file: R) -> Self {
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
    type Item = (u64, Result<(csv::ByteRecord, bool), StoreError>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (line, whole) = match self.line() {
                Ok(line) => line?,
                Err(error) => {
                    return Some((self.number, Err(StoreError::BadFile(error.to_string()))));
                }
            };
            if line.is_empty() {
                continue;
            }
            let mut record = csv::ByteRecord::new();
            // A line of bytes always makes a record: only a reader that fails could make it fail.
            let parsed = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .buffer_capacity(line.len() + 1)
                .from_reader(line.as_slice())
                .read_byte_record(&mut record)
                .map(|_| (record, whole))
                .map_err(|error| StoreError::BadFile(error.to_string()));
            return Some((self.number, parsed));
        }
    }
}

/// Where the columns stand.
struct Header {
    gtin: usize,
    name: usize,
    price: usize,
    vat: usize,
    category: Option<usize>,
    unit: Option<usize>,
    deposit: Option<usize>,
}

impl Header {
    fn read(header: &csv::ByteRecord) -> Result<Self, String> {
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

    fn article(&self, record: &csv::ByteRecord) -> Result<Article, String> {
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
