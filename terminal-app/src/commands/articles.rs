//! `articles import`: the catalogue from a CSV file.

use std::fs::File;
use std::io::{BufReader, IsTerminal as _};
use std::path::Path;

use indicatif::ProgressBar;

use super::rejects::Rejects;
use crate::config::Config;
use crate::error::CliError;
use crate::out;

pub(super) fn import(config: &Config, file: &Path) -> Result<(), CliError> {
    let input = File::open(file).map_err(|e| CliError::file(file, &e))?;
    // Looked at before anything goes in: rejects without a place would be lost.
    let rejects = Rejects::of(file)?;
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
    if report.rejected.is_empty() {
        return rejects.clear();
    }
    for row in report.rejected.iter().take(5) {
        out::note(format!("line {}: {}", row.line, row.reason));
    }
    rejects.write(&report)?;
    out::note(format!(
        "all rejected rows, with line and reason: {}: mend them there and import that file",
        rejects.path().display()
    ));
    if report.added + report.changed + report.same == 0 {
        return Err(CliError::new(
            format!(
                "nothing of {} went in: every row was rejected",
                file.display()
            ),
            format!("{} says why, line by line", rejects.path().display()),
        ));
    }
    Ok(())
}
