//! Long work: import, rebuild, verify. Progress on a terminal, one line of result for everybody.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{Done, ImportArgs};
use crate::api::Office;
use crate::error::CliError;
use crate::import::{Undone, files, rejects_path};
use crate::out;
use crate::store::rows::ImportRun;
use crate::verify::Verified;

/// Files that are named one by one.
const MOST_NAMES: usize = 20;
/// Customers refolded in one transaction.
const STEP: u32 = 5_000;

/// A bar that is shown on a terminal only.
pub(super) fn bar(what: &'static str, length: u64, bytes: bool) -> ProgressBar {
    let template = if bytes {
        "{msg} {wide_bar} {bytes}/{total_bytes} {eta}"
    } else {
        "{msg} {wide_bar} {pos}/{len} {eta}"
    };
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length)
        .with_style(style)
        .with_message(what)
}

pub(super) fn long(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

pub(super) fn import(office: &Office, args: &ImportArgs) -> Done {
    if args.list {
        return list(office);
    }
    if let Some(id) = args.undo {
        return undo(office, id);
    }
    let files = files(&args.csv)?;
    if files.len() > 1 && args.rejects.is_some() {
        return Err(CliError::usage(
            "one --rejects FILE for several files",
            "leave --rejects out: every file gets its own beside it",
        ));
    }
    clear(office)?;
    let mut nothing_in = None;
    let mut added = 0;
    let imported = files.iter().enumerate().try_for_each(|(at, file)| {
        // A file of which nothing went in does not keep the others out.
        let (done, left) = (files.get(..at), files.get(at + 1..));
        let (new, refused) = one(office, file, args).map_err(|error| match files.len() {
            1 => error,
            _ => error.also(&standing(
                done.unwrap_or_default(),
                left.unwrap_or_default(),
            )),
        })?;
        added += new;
        nothing_in = refused.or(nothing_in.take());
        Ok(())
    });
    // What is in is in: its paths are folded also when a later file stopped the rest.
    if added > 0 || imported.is_err() {
        office.mark_moved()?;
    }
    settle(office)?;
    imported.and(nothing_in.map_or(Ok(()), Err))
}

/// How far an import of several files came before one of them stopped it.
fn standing(done: &[PathBuf], left: &[PathBuf]) -> String {
    let mut parts = Vec::new();
    if !done.is_empty() {
        parts.push(format!("in already: {}", named(done)));
    }
    if !left.is_empty() {
        parts.push(format!("not looked at: {}", named(left)));
    }
    parts.push("run the same command again when it is mended: nothing goes in twice".to_owned());
    parts.join("; ")
}

/// Files by name, the first ones of many.
fn named(files: &[PathBuf]) -> String {
    let names: Vec<String> = files
        .iter()
        .take(MOST_NAMES)
        .map(|file| file.display().to_string())
        .collect();
    let more = files.len() - names.len();
    let names = names.join(", ");
    if more == 0 {
        names
    } else {
        format!("{names} and {more} more")
    }
}

/// Imports one file and says what became of it; gives how many rows are new, and what is wrong when every one was rejected.
fn one(
    office: &Office,
    file: &Path,
    args: &ImportArgs,
) -> Result<(u64, Option<CliError>), CliError> {
    let rejects = args.rejects.clone().unwrap_or_else(|| rejects_path(file));
    let length = fs::metadata(file).map_or(0, |metadata| metadata.len());
    let bar = bar("importing", length, true);
    let source = args.source.as_deref();
    let imported = office.import(file, source, &rejects, &mut |bytes| bar.set_position(bytes));
    bar.finish_and_clear();
    let summary = imported?;
    out::line(&format!(
        "{}: {} read, {} new, {} known already, {} rejected (import {})",
        file.display(),
        out::count(summary.rows, "row", "rows"),
        summary.added,
        summary.known,
        summary.rejected,
        summary.id
    ));
    if summary.rejected > 0 {
        out::error(&format!(
            "{}, with line and reason, in {}: mend them there and import that file",
            out::count(summary.rejected, "rejected row", "rejected rows"),
            rejects.display()
        ));
    }
    for warning in summary.warnings() {
        out::error(&format!("warning: {warning}"));
    }
    let nothing_in = summary.rejected > 0 && summary.rejected == summary.rows;
    let refused = nothing_in.then(|| {
        CliError::mend(
            format!(
                "nothing of {} went in: every row was rejected",
                file.display()
            ),
            format!("{} says why, line by line", rejects.display()),
        )
    });
    Ok((summary.added, refused))
}

/// A line of `import --list`.
#[derive(Serialize)]
struct ImportLine {
    import: i64,
    when_utc: String,
    file: String,
    source: Option<String>,
    read: u64,
    new: u64,
    known: u64,
    rejected: u64,
    state: String,
}

fn list(office: &Office) -> Done {
    let lines: Vec<ImportLine> = office.imports()?.into_iter().map(line_of).collect();
    if lines.is_empty() {
        out::line("nothing was imported yet");
        return Ok(());
    }
    super::report::print(&lines, super::Format::Table)
}

fn line_of((run, rows_in): (ImportRun, u64)) -> ImportLine {
    let state = match (run.undone_ms, run.finished_ms) {
        (Some(at), _) => format!("taken back {}", minute(at)),
        // Every row was rejected, or is in by another import (or was, and went with it).
        (None, Some(_)) if rows_in == 0 => "no rows in".to_owned(),
        (None, Some(_)) => format!("{} in", out::count(rows_in, "row", "rows")),
        (None, None) => "not finished".to_owned(),
    };
    ImportLine {
        import: run.id,
        when_utc: minute(run.started_ms),
        file: Path::new(&run.file).file_name().map_or_else(
            || run.file.clone(),
            |name| name.to_string_lossy().into_owned(),
        ),
        source: run.source,
        read: run.read,
        new: run.added,
        known: run.known,
        rejected: run.rejected,
        state,
    }
}

/// A minute in UTC; nothing for one that is not known.
fn minute(at_ms: i64) -> String {
    if at_ms == 0 {
        return String::new();
    }
    DateTime::from_timestamp_millis(at_ms)
        .map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M").to_string())
}

fn undo(office: &Office, id: i64) -> Done {
    let undone = office.undo_import(id)?;
    clear(office)?;
    match undone {
        Undone::Unknown => {
            return Err(CliError::mend(
                format!("there is no import {id}"),
                "`sync-server import --list` shows their numbers",
            ));
        }
        Undone::Before(run) => {
            return Err(CliError::mend(
                format!(
                    "import {id} was taken back already, {} UTC",
                    minute(run.undone_ms.unwrap_or_default())
                ),
                "`sync-server import --list` shows what is in; import the file again to put it in",
            ));
        }
        Undone::Rows(run, rows) => out::line(&format!(
            "took back import {id} ({}): {} gone from every report",
            run.file,
            out::count(rows, "row is", "rows are")
        )),
    }
    settle(office)
}

/// Deletes what was taken back: also what an earlier command did not get round to.
fn clear(office: &Office) -> Done {
    let bar = bar("clearing up", 0, false);
    office.clear_undone(&mut |rows| bar.set_position(rows))?;
    bar.finish_and_clear();
    Ok(())
}

/// Refolds who waits.
fn settle(office: &Office) -> Done {
    let mut waiting = office.settle(STEP)?;
    let bar = bar("paths", waiting, false);
    let all = waiting;
    while waiting > 0 {
        bar.set_position(all.saturating_sub(waiting));
        waiting = office.settle(STEP)?;
    }
    bar.finish_and_clear();
    Ok(())
}

pub(super) fn rebuild(office: &Office, check: bool) -> Done {
    let bar = bar("rebuilding", 0, false);
    let mut progress = |done: usize, all: usize| {
        bar.set_length(long(all));
        bar.set_position(long(done));
    };
    if !check {
        let customers = office.rebuild(&mut progress)?;
        bar.finish_and_clear();
        out::line(&format!(
            "rebuilt the paths of {}",
            out::count(long(customers), "customer", "customers")
        ));
        return Ok(());
    }
    let found = office.rebuild_check(&mut progress)?;
    bar.finish_and_clear();
    let mut wrong = Vec::new();
    if let Some(first) = found.differ.first() {
        wrong.push(format!(
            "{} of {} customers differ from a full rebuild, the first is {first}",
            found.differ.len(),
            found.customers
        ));
    }
    if let Some((first, points)) = found.beside.points.first() {
        wrong.push(format!(
            "the points of {} customers differ from their receipts, the first is {first} ({points:+} points)",
            found.beside.points.len()
        ));
    }
    if let Some((first, _)) = found.beside.keys.first() {
        wrong.push(format!(
            "{} events are looked up by something else than they say, the first is row {first}",
            found.beside.keys.len()
        ));
    }
    if let Some((first, _)) = found.beside.times.first() {
        wrong.push(format!(
            "{} events are kept at another time than they happened at, the first is row {first}",
            found.beside.times.len()
        ));
    }
    if !wrong.is_empty() {
        return Err(CliError::mend(
            wrong.join("; "),
            "`sync-server rebuild` puts it right; please report it, this should not happen",
        ));
    }
    out::line(&format!(
        "the paths of {} equal a full rebuild",
        out::count(long(found.customers), "customer", "customers")
    ));
    Ok(())
}

pub(super) fn verify(office: &Office) -> Done {
    let bar = bar("verifying", 0, false);
    let found = office.verify(&mut |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    for fault in &found.faults {
        out::error(fault);
    }
    if found.fault_count > 0 {
        return Err(CliError::mend(
            format!(
                "{} in the journals",
                out::count(found.fault_count, "fault", "faults")
            ),
            "restore a backup of the database: the tills send again what it lacks",
        ));
    }
    out::line(&proven(&found));
    if found.imported > 0 {
        out::line(&format!(
            "{} unsigned: outside histories, for which no till vouches (--without-imported leaves them out of a report)",
            out::count(found.imported, "imported row is", "imported rows are")
        ));
    }
    Ok(())
}

/// What was proven, in a sentence.
fn proven(found: &Verified) -> String {
    match (found.events, found.imported) {
        (0, 0) => {
            "nothing to verify: no till has sent anything, and nothing was imported".to_owned()
        }
        (0, _) => "no till has sent anything: there is no signed event to verify".to_owned(),
        (events, _) => format!(
            "verified {} in {}: every chain and signature is right",
            out::count(events, "signed event", "signed events"),
            out::count(found.batches, "batch", "batches")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(events: u64, imported: u64, expected: &str) {
        let found = Verified {
            events,
            batches: 2,
            imported,
            ..Verified::default()
        };
        assert!(proven(&found).starts_with(expected), "{}", proven(&found));
    }

    #[test]
    fn nothing_is_called_right_that_nobody_signed() {
        check(0, 0, "nothing to verify");
        check(0, 5, "no till has sent anything");
        check(7, 0, "verified 7 signed events in 2 batches");
        check(1, 5, "verified 1 signed event in 2 batches");
    }
}
