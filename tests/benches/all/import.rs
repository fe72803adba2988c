//! An outside history comes in: reading, checking and keeping the rows, and folding the paths behind that - each for
//! itself, at two sizes, and in turns with a bare insert of the same rows into a table of the same shape.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rusqlite::{Connection, params};
use sync_server::Office;
use sync_server::clock::{SystemClock, SystemEntropy};
use sync_server::store::sqlite::Sqlite;

use crate::history;
use crate::large::Place;
use crate::measure::{Figure, Stopwatch, rate, short};

/// Receipts of both histories; a receipt has two rows on average.
const SIZES: [u64; 2] = [250_000, history::RECEIPTS];
/// Rows of one transaction of the bare insert: as many as the import takes.
const AT_ONCE: usize = 131_072;
/// Customers folded in one step, as the command does.
const STEP: u32 = 5_000;

pub(crate) fn measure(place: &Place) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for receipts in SIZES {
        let folder = place.folder(&format!("import-{receipts}"))?;
        let csv = folder.join("history.csv");
        let rows = usize::try_from(history::write(&csv, receipts)?)?;
        let (import, paths) = ours(&folder, &csv, rows)?;
        let bare = bare(&folder, &csv, rows)?;
        let what = format!("{rows} rows of CSV");
        figures.push(Figure::new(
            format!("import of {what}: read, checked and kept"),
            format!("{} rows ({})", rate(rows, import), short(import)),
            1,
        ));
        figures.push(Figure::new(
            format!("the same {what} inserted bare into SQLite, in the same transactions"),
            format!("{} rows ({})", rate(rows, bare), short(bare)),
            1,
        ));
        let ratio = import.as_micros() * 100 / bare.as_micros().max(1);
        figures.push(Figure::new(
            format!("import / bare insert ({rows} rows)"),
            format!("{}.{:02} x", ratio / 100, ratio % 100),
            1,
        ));
        figures.push(Figure::new(
            format!("paths of its customers, folded behind the import ({rows} rows)"),
            short(paths),
            1,
        ));
    }
    Ok(figures)
}

/// The import of head office, and the folding behind it.
fn ours(folder: &Path, csv: &Path, rows: usize) -> Result<(Duration, Duration)> {
    let office = Office::open(
        Box::new(Sqlite::open(&folder.join("head-office.db"))?),
        Box::new(SystemClock::new()),
        Box::new(SystemEntropy),
        None,
    )?;
    let watch = Stopwatch::start();
    let rejects = folder.join("history.rejects.csv");
    let summary = office.import(csv, None, &rejects, &mut |_| ())?;
    let import = watch.elapsed();
    ensure!(
        summary.added == rows as u64,
        "{} rows came in",
        summary.added
    );
    let watch = Stopwatch::start();
    while office.settle(STEP)? > 0 {}
    Ok((import, watch.elapsed()))
}

/// A table of the same columns with the same unique id, filled by nothing but inserts.
fn bare(folder: &Path, csv: &Path, rows: usize) -> Result<Duration> {
    let mut bare = Connection::open(folder.join("bare.db"))?;
    let mode: String = bare.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    ensure!(mode == "wal", "the bare database is in {mode} mode");
    bare.pragma_update(None, "synchronous", "FULL")?;
    bare.execute_batch(
        "CREATE TABLE imported (n INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, at TEXT, shop TEXT, till TEXT,
         customer TEXT, kind TEXT, receipt TEXT, product TEXT, category TEXT, quantity INTEGER, amount INTEGER) STRICT",
    )?;
    let watch = Stopwatch::start();
    let mut reader = csv::Reader::from_path(csv)?;
    let mut record = csv::StringRecord::new();
    let mut done = 0;
    while done < rows {
        let transaction = bare.transaction()?;
        {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO imported (event_id, at, shop, till, customer, kind, receipt, product, category, quantity, amount)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?;
            for _ in 0..AT_ONCE {
                if !reader.read_record(&mut record)? {
                    break;
                }
                let field = |at: usize| record.get(at).context("a short row");
                let number = |at: usize| -> Result<i64> { Ok(field(at)?.parse()?) };
                insert.execute(params![
                    field(0)?,
                    field(1)?,
                    field(2)?,
                    field(3)?,
                    field(4)?,
                    field(5)?,
                    field(6)?,
                    field(7)?,
                    field(8)?,
                    number(9)?,
                    number(10)?
                ])?;
                done += 1;
            }
        }
        transaction.commit()?;
    }
    Ok(watch.elapsed())
}
