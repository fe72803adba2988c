//! `journal export` and `journal verify`.

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

pub(super) fn verify(config: &Config) -> Result<(), CliError> {
    let store = super::open(config)?;
    if store.identity().is_none() {
        return Err(StoreError::NotEnrolled.into());
    }
    let report = store.verify()?;
    for fault in &report.faults {
        out::note(fault.to_string());
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
