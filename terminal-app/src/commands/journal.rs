//! `journal export` and `journal verify`.

use retail::event::Hole;
use serde::Serialize;

use crate::config::Config;
use crate::error::CliError;
use crate::out;
use crate::store::StoreError;

/// One line of an export.
#[derive(Serialize)]
struct Exported<'a> {
    till: u16,
    epoch: u8,
    seq: u64,
    prev_hash: String,
    hash: String,
    event: &'a str,
}

pub(super) fn export(config: &Config) -> Result<(), CliError> {
    let store = super::open(config)?;
    if store.identity().is_none() {
        return Err(StoreError::NotEnrolled.into());
    }
    let mut lines = out::Lines::begin();
    store.for_each_event(|stored| {
        let event = std::str::from_utf8(&stored.bytes).map_err(|_| {
            CliError::new(
                format!("event {} is damaged", stored.position),
                "run terminal-app journal verify",
            )
        })?;
        let json = serde_json::to_string(&Exported {
            till: stored.position.till.get(),
            epoch: stored.position.epoch.get(),
            seq: stored.position.seq,
            prev_hash: stored.prev_hash.to_string(),
            hash: stored.hash.to_string(),
            event,
        })
        .map_err(|e| CliError::bug(e.to_string()))?;
        lines.line(&json)
    })?;
    lines.end()
}

/// What the marker beside the database knows and the journal does not.
fn lost(hole: Option<&Hole>) -> String {
    match hole {
        Some(hole) => format!(
            "the end of the journal is gone: events {} to {} of epoch {} were written and are not here",
            hole.from, hole.to, hole.epoch
        ),
        None => "this journal is an older copy that went its own way: the marker beside it stands on an event that is not here".to_owned(),
    }
}

pub(super) fn verify(config: &Config) -> Result<(), CliError> {
    let store = super::open(config)?;
    if store.identity().is_none() {
        return Err(StoreError::NotEnrolled.into());
    }
    let behind = store.behind_marker()?;
    let report = store.verify()?;
    for fault in &report.faults {
        out::note(fault.to_string());
    }
    if let Some((_, hole)) = behind {
        return Err(CliError::new(
            lost(hole.as_ref()),
            "keep the database; start the till: it says what is missing to head office and goes on in a new epoch",
        ));
    }
    if report.faults.is_empty() {
        out::line(format!(
            "{} in {}: every hash and every link is right",
            out::count(report.events, "event", "events"),
            out::count(report.epochs.into(), "epoch", "epochs")
        ))
    } else {
        Err(CliError::new(
            format!(
                "the journal has {}",
                out::count(report.faults.len() as u64, "fault", "faults")
            ),
            "keep the database; start the till: it declares what it can no longer read and sells on",
        ))
    }
}
