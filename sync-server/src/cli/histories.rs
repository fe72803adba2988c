//! Long work: import, rebuild, verify. Progress on a terminal, one line of result for everybody.

use std::fs;

use indicatif::{ProgressBar, ProgressStyle};

use super::{Done, ImportArgs};
use crate::api::Office;
use crate::error::CliError;
use crate::import::{files, rejects_path};
use crate::out;

/// Customers refolded in one transaction.
const STEP: u32 = 5_000;

/// A bar that is shown on a terminal only.
fn bar(what: &'static str, length: u64, bytes: bool) -> ProgressBar {
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

fn long(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

pub(super) fn import(office: &Office, args: &ImportArgs) -> Done {
    let files = files(&args.csv)?;
    if files.len() > 1 && args.rejects.is_some() {
        return Err(CliError::mend(
            "one --rejects FILE for several files",
            "leave --rejects out: every file gets its own beside it",
        ));
    }
    for file in &files {
        let rejects = args.rejects.clone().unwrap_or_else(|| rejects_path(file));
        let length = fs::metadata(file).map_or(0, |metadata| metadata.len());
        let bar = bar("importing", length, true);
        let source = args.source.as_deref();
        let summary =
            office.import(file, source, &rejects, &mut |bytes| bar.set_position(bytes))?;
        bar.finish_and_clear();
        let name = file.display();
        out::line(&format!(
            "{name}: {} rows read, {} new, {} known already, {} rejected",
            summary.rows, summary.added, summary.known, summary.rejected
        ));
        if summary.rejected > 0 {
            out::error(&format!(
                "{} rejected row(s), with line and reason, in {}",
                summary.rejected,
                rejects.display()
            ));
        }
        if summary.positive_returns > 0 {
            out::error(&format!(
                "{} return(s) have a positive sign and count as they stand: returns are negative in quantity and amount",
                summary.positive_returns
            ));
        }
        if summary.forgotten > 0 {
            out::error(&format!(
                "{} row(s) of forgotten customers were taken in without them",
                summary.forgotten
            ));
        }
    }
    settle(office)
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
        out::line(&format!("rebuilt the paths of {customers} customers"));
        return Ok(());
    }
    let found = office.rebuild_check(&mut progress)?;
    bar.finish_and_clear();
    if let Some(first) = found.differ.first() {
        return Err(CliError::mend(
            format!(
                "{} of {} customers differ from a full rebuild, the first is {first}",
                found.differ.len(),
                found.customers
            ),
            "`sync-server rebuild` puts it right; please report it, this should not happen",
        ));
    }
    out::line(&format!(
        "the paths of {} customers equal a full rebuild",
        found.customers
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
            format!("{} fault(s) in the journals", found.fault_count),
            "restore a backup of the database: the tills send again what it lacks",
        ));
    }
    out::line(&format!(
        "verified {} events in {} batches: every chain and signature is right",
        found.events, found.batches
    ));
    Ok(())
}
