//! The catalogue: import from CSV, look-up by number, search by the beginnings of words, then inside them.

use std::collections::HashSet;
use std::io::Read;
use std::time::Duration;

use retail::article::{Article, article_key};
use retail::money::Cents;
use retail::quantity::Unit;
use retail::vat::VatRate;
use rusqlite::{OptionalExtension as _, Row, TransactionBehavior};

use super::catalogue::{Header, Lines, MAX_LINE};
use super::{Store, StoreError};

const COLUMNS: &str = "gtin, name, price, vat, category, unit, deposit";
/// Rows to a transaction: a till that sells meanwhile waits no longer than this takes.
const CHUNK: u64 = 200;
/// The time between two transactions that is left to a till that sells meanwhile.
const PAUSE: Duration = Duration::from_millis(4);

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Articles that were not there.
    pub added: u64,
    /// Articles that were there and changed.
    pub changed: u64,
    /// Articles that were there just so.
    pub same: u64,
    /// The first line of the file, which names its columns.
    pub names: Vec<u8>,
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
    /// The row as it stands in the file; empty for one that is too long.
    pub bytes: Vec<u8>,
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
        let (header, names) = match lines.next().transpose()? {
            Some(line) => {
                let header = Header::read(&line.record).map_err(StoreError::BadFile)?;
                (header, line.bytes)
            }
            None => return Err(StoreError::BadFile("the file is empty".to_owned())),
        };
        let mut tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut report = ImportReport {
            names,
            ..ImportReport::default()
        };
        let mut seen: HashSet<String> = HashSet::new();
        let mut count = 0;
        for line in lines {
            let line = line?;
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
            let article = if line.whole {
                header.article(&line.record)
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
                    line: line.number,
                    reason,
                    // Half a row would look like one that can be mended.
                    bytes: if line.whole { line.bytes } else { Vec::new() },
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
