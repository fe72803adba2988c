//! Ten million rows of sales history from one CSV file to customer summaries, cohorts, RFM and repeat rate: by the journey
//! engine in this process, and by DuckDB and Polars in a Python of their own. All must find the same figures. Not part of a
//! run without a name: it needs those two installed, and 1 GB of disk.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use journey::{Dataset, Query, Record, Rows, import, reports};
use serde::Deserialize;
use sync_server::records::{Fields, Lines, Records, Taken};

use crate::history;
use crate::large::Place;
use crate::measure::{Figure, Stopwatch, short};

/// Receipts of two rows on average.
const RECEIPTS: u64 = 5_000_000;
/// Bytes read at a time: some 40,000 rows.
const AT_ONCE: usize = 4 * 1024 * 1024;
/// Threads that check rows: one more than cores, so that none waits for its turn to be over.
const CHECKING: usize = 3;
/// Stretches that wait for each of them, and behind each.
const WAITING: usize = 2;
/// What stands in a column that no question asks for.
const NOT_ASKED: &str = "-";
const DUCKDB: &str = include_str!("../peers/duckdb_peer.py");
const POLARS: &str = include_str!("../peers/polars_peer.py");

/// What everybody must find alike.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Found {
    /// Customers with a sale.
    customers: usize,
    /// Of them with two visits or more.
    repeat: usize,
    visits: usize,
    gross: i64,
    /// Every cell of the cohorts added up.
    active: usize,
    /// Customers in RFM cell 555.
    best: usize,
}

pub(crate) fn measure(place: &Place) -> Result<Vec<Figure>> {
    let csv = place.folder("peers")?.join("history.csv");
    let rows = history::write(&csv, RECEIPTS)?;
    // Or the first to read would run beside the writing of it.
    File::open(&csv)?.sync_all()?;
    let what = format!("{rows} rows of CSV to customers, cohorts, RFM, repeat rate");
    let watch = Stopwatch::start();
    let dataset = read(&csv)?;
    let found = ask(&dataset);
    let ours = watch.elapsed();
    let watch = Stopwatch::start();
    ensure!(ask(&dataset) == found, "the second answer differs");
    let again = watch.elapsed();
    let mut figures = vec![
        Figure::new(format!("{what}, journey engine"), short(ours), 1),
        Figure::new("the questions alone, of what is in memory", short(again), 1),
    ];
    for (name, script) in [("DuckDB", DUCKDB), ("Polars", POLARS)] {
        let watch = Stopwatch::start();
        let theirs = peer(name, script, &csv)?;
        let took = watch.elapsed();
        let asked = Duration::from_millis(theirs.asked_ms);
        let theirs = theirs.found;
        ensure!(theirs == found, "{name} found {theirs:?}, we {found:?}");
        let ratio = times(took, ours);
        figures.push(Figure::new(format!("{what}, {name}"), short(took), 1));
        figures.push(
            Figure::new(
                format!("time of {name} / of the journey engine, with reading the file"),
                ratio.0,
                1,
            )
            .budget("over 1 x", ratio.1),
        );
        figures.push(Figure::new(
            format!("the same of the questions alone, {name}'s tables in memory too"),
            times(asked, again).0,
            1,
        ));
    }
    Ok(figures)
}

/// How many times as long, and whether it is longer.
fn times(theirs: Duration, ours: Duration) -> (String, bool) {
    let percent = theirs.as_micros() * 100 / ours.as_micros().max(1);
    (
        format!("{}.{:02} x", percent / 100, percent % 100),
        percent > 100,
    )
}

/// A stretch of the file.
enum Stretch {
    Lines(Lines),
    /// A record that lay across two reads.
    Record(String),
}

/// The file in memory, by the import's own rules: one thread reads, some check and sort into columns, this one keeps them in
/// the order of the file.
fn read(csv: &Path) -> Result<Dataset> {
    let mut dataset = Dataset::new();
    let mut records = Records::new(BufReader::with_capacity(AT_ONCE, File::open(csv)?));
    let mut fields = Fields::default();
    let names = match records.take()? {
        Some(Taken::Record(_, names)) => names,
        other => bail!("no header: {other:?}"),
    };
    let header = import::Header::parse(fields.of(names))?;
    std::thread::scope(|scope| {
        let mut stretches = Vec::new();
        let mut checked = Vec::new();
        for _ in 0..CHECKING {
            let (send_stretch, stretch) = sync_channel::<Stretch>(WAITING);
            let (send_rows, rows) = sync_channel::<Result<Rows>>(WAITING);
            let header = &header;
            scope.spawn(move || {
                for stretch in stretch {
                    // Whoever takes them is gone when something failed.
                    if send_rows.send(check(header, &stretch)).is_err() {
                        break;
                    }
                }
            });
            stretches.push(send_stretch);
            checked.push(rows);
        }
        let reading = scope.spawn(move || hand_out(records, &stretches));
        let mut turns = checked.iter().cycle();
        while let Some(Ok(rows)) = turns.next().map(Receiver::recv) {
            dataset.append_rows(&rows?)?;
        }
        reading.join().ok().context("the reading thread failed")?
    })?;
    Ok(dataset)
}

/// Reads on, and gives everybody a stretch in turn.
fn hand_out(mut records: Records<BufReader<File>>, to: &[SyncSender<Stretch>]) -> Result<()> {
    for turn in to.iter().cycle() {
        let mut lines = Lines::default();
        let stretch = if records.take_some(&mut lines)? {
            Stretch::Lines(lines)
        } else {
            match records.take()? {
                Some(Taken::Record(_, record)) => Stretch::Record(record.to_owned()),
                Some(broken) => bail!("{broken:?}"),
                None => break,
            }
        };
        turn.send(stretch)?;
    }
    Ok(())
}

fn check(header: &import::Header, stretch: &Stretch) -> Result<Rows> {
    let mut rows = Rows::new();
    let mut fields = Fields::default();
    let mut add = |record| -> Result<()> {
        match import::row(header, fields.of(record), None) {
            // No question is about these, and nobody else reads them either.
            Ok((record, _)) => Ok(rows.push(&Record {
                event_id: NOT_ASKED.into(),
                till: NOT_ASKED.into(),
                product: None,
                category: None,
                ..record
            })?),
            Err(error) => bail!("{error}: {record}"),
        }
    };
    match stretch {
        Stretch::Lines(lines) => lines.iter().try_for_each(|(_, record)| add(record))?,
        Stretch::Record(record) => add(record)?,
    }
    Ok(rows)
}

fn ask(dataset: &Dataset) -> Found {
    let all = Query::all();
    let repeat = reports::repeat(dataset, &all);
    let cohorts = reports::cohorts(dataset, &all);
    let rfm = reports::rfm(dataset, &all);
    Found {
        customers: repeat.purchasing_customers,
        repeat: repeat.repeat_customers,
        visits: reports::visits(dataset, &all).visits,
        gross: rfm.customers.iter().map(|customer| customer.m).sum(),
        active: cohorts.iter().flat_map(|cohort| &cohort.active).sum(),
        best: rfm.ntile_cells.get("555").copied().unwrap_or_default(),
    }
}

/// What another engine answers.
#[derive(Deserialize)]
struct Answer {
    /// How long its questions took, its tables in memory.
    asked_ms: u64,
    #[serde(flatten)]
    found: Found,
}

/// `PYTHON` names another interpreter than python3.
fn peer(name: &str, script: &str, csv: &Path) -> Result<Answer> {
    let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let output = Command::new(&python)
        .args(["-c", script])
        .arg(csv)
        .output()
        .with_context(|| format!("{} does not run", python.to_string_lossy()))?;
    ensure!(
        output.status.success(),
        "{name} gave no answer (pip install duckdb polars): {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}
