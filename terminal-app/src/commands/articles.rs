//! `articles import`: the catalogue from a CSV file.

use std::fs::File;
use std::io::{BufReader, IsTerminal as _};
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;

use crate::config::Config;
use crate::error::CliError;
use crate::out;
use crate::store::RejectedRow;

pub(super) fn import(config: &Config, file: &Path) -> Result<(), CliError> {
    let input = File::open(file).map_err(|e| CliError::file(file, &e))?;
    let mut store = super::open(config)?;
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new_spinner()
    } else {
        ProgressBar::hidden()
    };
    let report = store.import_articles(BufReader::new(input), |rows| {
        if rows % 1000 == 0 {
            bar.set_message(format!("{rows} articles read"));
            bar.tick();
        }
    })?;
    bar.finish_and_clear();
    out::line(format!(
        "{} new, {} changed, {} unchanged, {} rejected",
        report.added,
        report.changed,
        report.same,
        report.rejected.len()
    ))?;
    let rejects = rejects_file(file);
    if report.rejected.is_empty() {
        // A list of an earlier try would mislead.
        return match std::fs::remove_file(&rejects) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(CliError::file(&rejects, &e)),
            _ => Ok(()),
        };
    }
    for row in report.rejected.iter().take(5) {
        out::note(format!("line {}: {}", row.line, row.reason));
    }
    write_rejects(&rejects, &report.rejected).map_err(|e| CliError::file(&rejects, &e))?;
    out::note(format!(
        "all rejected rows, with their reasons: {}",
        rejects.display()
    ));
    if report.added + report.changed + report.same == 0 {
        return Err(CliError::new(
            format!(
                "nothing of {} went in: every row was rejected",
                file.display()
            ),
            format!("{} says why, line by line", rejects.display()),
        ));
    }
    Ok(())
}

fn rejects_file(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".rejects.csv");
    name.into()
}

fn write_rejects(path: &Path, rows: &[RejectedRow]) -> Result<(), std::io::Error> {
    let mut csv = csv::WriterBuilder::new()
        .flexible(true)
        .from_path(path)
        .map_err(std::io::Error::other)?;
    csv.write_record(["line", "reason", "row"])
        .map_err(std::io::Error::other)?;
    for row in rows {
        let (line, reason) = (row.line.to_string(), row.reason.as_str());
        let fields = [line.as_str(), reason]
            .into_iter()
            .chain(row.fields.iter().map(String::as_str));
        csv.write_record(fields).map_err(std::io::Error::other)?;
    }
    csv.flush()
}
