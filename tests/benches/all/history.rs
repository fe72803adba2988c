//! A million receipts (about two million imported rows): the import, every report as a command and inside the book, and
//! head office's memory.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, FixedOffset, TimeDelta};
use journey::{Dataset, Query, reports};
use sync_server::Office;
use sync_server::clock::{SystemClock, SystemEntropy};
use sync_server::store::sqlite::Sqlite;
use tests::dice::Dice;
use tests::shop::office::HeadOffice;

use crate::large::Place;
use crate::measure::{Figure, Samples, Stopwatch, megabytes, rate, short};
use crate::pages;

/// Receipts of the history, of one to three lines each.
pub(crate) const RECEIPTS: u64 = 1_000_000;
/// Customers with a card in it.
pub(crate) const CUSTOMERS: u64 = 60_000;
const SHOPS: u64 = 3;
const DAYS: u64 = 3 * 365;
/// How often a report is made inside the book.
const TIMES: usize = 5;
const COMMANDS: [&str; 7] = [
    "volumes", "repeat", "visits", "cohorts", "rfm", "returns", "path",
];

pub(crate) fn measure(place: &Place) -> Result<Vec<Figure>> {
    let folder = place.folder("history")?;
    let csv = folder.join("history.csv");
    let rows = write(&csv, RECEIPTS)?;
    let mut office = HeadOffice::new(&folder, 0);
    let mut figures = Vec::new();
    let watch = Stopwatch::start();
    office.run(&["import", "--csv", &csv.to_string_lossy()], "")?;
    let took = watch.elapsed();
    figures.push(Figure::new(
        format!("import of 1,000,000 receipts ({rows} rows of CSV, 60,000 customers, 3 years)"),
        format!(
            "{} rows ({})",
            rate(usize::try_from(rows)?, took),
            short(took)
        ),
        1,
    ));
    for name in COMMANDS {
        let mut command = vec!["report", name, "--format", "json"];
        if name == "path" {
            command.push("--all");
        }
        let mut samples = Samples::default();
        let printed = samples.take(|| office.run(&command, ""))?;
        ensure!(!printed.is_empty(), "report {name} printed nothing");
        figures.push(Figure::new(
            format!("`sync-server {}`, whole process", command.join(" ")),
            short(samples.most()),
            1,
        ));
    }
    figures.extend(inside(office.db(), rows)?);
    figures.extend(pages::measure(&mut office)?);
    Ok(figures)
}

/// The book in this process: loaded, and every report from it.
fn inside(db: &Path, rows: u64) -> Result<Vec<Figure>> {
    let office = Office::open(
        Box::new(Sqlite::open(db)?),
        Box::new(SystemClock::new()),
        Box::new(SystemEntropy),
        None,
    )?;
    let mut load = Samples::default();
    let book = load.take(|| office.book())?;
    let dataset = book.dataset();
    ensure!(
        dataset.len() as u64 == rows,
        "{} rows in the book",
        dataset.len()
    );
    let mut figures = vec![Figure::new(
        "the book read into memory",
        format!(
            "{}, {}",
            short(load.most()),
            megabytes(dataset.bytes() as u64 / 1024)
        ),
        1,
    )];
    let mut laid = Samples::default();
    laid.take(|| dataset.warm());
    figures.push(Figure::new(
        "what pages go through laid out (once after the start, then kept up to date)",
        format!(
            "{}, {} in all",
            short(laid.most()),
            megabytes(dataset.bytes() as u64 / 1024)
        ),
        1,
    ));
    let mut made = |name: &str, report: &dyn Fn(&Dataset, &Query) -> Result<()>| -> Result<()> {
        let mut samples = Samples::default();
        for _ in 0..TIMES {
            samples.take(|| report(dataset, &Query::all()))?;
        }
        figures.push(Figure::new(
            format!("report {name} in the book"),
            format!("p50 {}", short(samples.median())),
            samples.len(),
        ));
        Ok(())
    };
    made("volumes", &|data, query| {
        ensure!(reports::volumes(data, query).events > 0, "nothing");
        Ok(())
    })?;
    made("repeat", &|data, query| {
        ensure!(
            reports::repeat(data, query).purchasing_customers > 0,
            "nobody"
        );
        Ok(())
    })?;
    made("visits", &|data, query| {
        ensure!(reports::visits(data, query).visits > 0, "nothing");
        Ok(())
    })?;
    made("cohorts", &|data, query| {
        ensure!(!reports::cohorts(data, query).is_empty(), "nothing");
        Ok(())
    })?;
    made(
        "of the overview page (all of the above, weeks too)",
        &|data, query| {
            ensure!(reports::overview(data, query).volumes.events > 0, "nothing");
            Ok(())
        },
    )?;
    made("rfm", &|data, query| {
        ensure!(!reports::rfm(data, query).customers.is_empty(), "nobody");
        Ok(())
    })?;
    made("returns", &|data, query| {
        let returns = reports::returns(data, query);
        ensure!(!returns.by_category.is_empty(), "nothing");
        Ok(())
    })?;
    let model = book.model();
    made("path of every customer", &|data, _| {
        let last = reports::last_sale_day(data, &Query::all()).context("no sale")?;
        let mut stages = 0;
        for customer in data.customers() {
            stages += journey::path::path(&data.history(customer), model, last)
                .stages
                .len();
        }
        ensure!(stages > 0, "no stage");
        Ok(())
    })?;
    Ok(figures)
}

/// A customer of the history, by number.
pub(crate) fn customer(number: u64) -> String {
    format!("K{number:06}")
}

/// Writes the file: receipts of one to three lines through three years, a few customers come often and many seldom. Gives
/// the number of its rows.
pub(crate) fn write(path: &Path, receipts: u64) -> Result<u64> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    writeln!(
        file,
        "event_id,occurred_at,shop_id,till_id,customer_id,kind,receipt_id,product_id,category,quantity,amount_cents"
    )?;
    let first: DateTime<FixedOffset> = DateTime::parse_from_rfc3339("2023-10-02T09:00:00+02:00")?;
    let mut dice = Dice::new(8);
    let mut row = 0;
    for receipt in 0..receipts {
        let day = receipt * DAYS / receipts;
        let seconds = i64::try_from(day * 86_400 + dice.below(9 * 3_600))?;
        let at = (first + TimeDelta::seconds(seconds)).to_rfc3339();
        let shop = dice.below(SHOPS);
        let customer = if dice.percent(30) {
            String::new()
        } else {
            customer(dice.below(CUSTOMERS).min(dice.below(CUSTOMERS)))
        };
        let back = dice.one_in(18);
        let (kind, sign) = if back { ("return", "-") } else { ("sale", "") };
        for _ in 0..=dice.below(3) {
            let (product, pieces) = (dice.below(4_000), 1 + dice.below(2));
            let cents = pieces * (195 + product * 3);
            writeln!(
                file,
                "E{row},{at},winkel-{shop},{shop}-1,{customer},{kind},R{receipt},P{product},Groep {} > Soort {},{sign}{pieces},{sign}{cents}",
                product % 9,
                product % 60
            )?;
            row += 1;
        }
    }
    file.flush()?;
    Ok(row)
}
