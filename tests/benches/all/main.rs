//! `cargo bench-all [ONLY]`: the budgets of the design, measured on real parts - SQLite files on the disk, HTTP over
//! loopback, the release binaries as processes, scanner and printer on pseudo-terminals. Prints one table in Markdown.
//!
//! ONLY takes the groups whose name contains it: scan, commit, till, sync, import, history; and peers, which is measured by
//! its name alone.

mod commit;
mod counter;
mod history;
mod import;
mod large;
mod measure;
mod pages;
mod peers;
mod postgres;
mod process;
mod scan;
mod sync;

use std::process::ExitCode;

use anyhow::Result;

use large::Place;
use measure::{Figure, Stopwatch, short};

type Group = fn(&Place) -> Result<Vec<Figure>>;

/// Measured only when named: it needs programs that nothing else here does.
const BY_NAME: &str = "peers";

const GROUPS: [(&str, Group); 7] = [
    ("scan", scan::measure),
    ("commit", commit::measure),
    ("till", process::measure),
    ("sync", sync::measure),
    ("import", import::measure),
    ("history", history::measure),
    (BY_NAME, peers::measure),
];

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one place of the benchmarks that prints: progress on standard error, the table on standard output"
)]
fn main() -> ExitCode {
    // Cargo adds flags of its own (`--bench`).
    let only = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let wanted = |name: &str| {
        only.as_ref()
            .map_or(name != BY_NAME, |only| name.contains(only.as_str()))
    };
    let place = match Place::new() {
        Ok(place) => place,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let mut rows = Vec::new();
    let mut failed = false;
    for (name, group) in GROUPS.iter().filter(|(name, _)| wanted(name)) {
        eprintln!("measuring: {name}");
        let watch = Stopwatch::start();
        match group(&place) {
            Ok(figures) => {
                eprintln!("  {name} took {}", short(watch.elapsed()));
                for figure in figures {
                    eprintln!("  {}", figure.row());
                    rows.push(figure.row());
                }
            }
            Err(error) => {
                failed = true;
                eprintln!("  {name} could not be measured: {error:#}");
            }
        }
    }
    println!("| what | measured | budget | met | times |\n|---|---|---|---|---|");
    for row in rows {
        println!("{row}");
    }
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
