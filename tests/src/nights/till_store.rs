//! The till's real store, as a night drives it.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, FixedOffset};
use retail::event::Event;
use retail::ids::ReceiptSerial;
use terminal_app::store::{Marker, Paper, Store, Writing};
use terminal_app::till::shelf::{Customer, Shelf as _};
use terminal_app::till::{Commit, Work};

use super::machine::{Id, database};
use crate::dice::Dice;

/// A till without a printer.
struct NoPaper;

impl Paper for NoPaper {
    fn render(&self, _: &Event, _: bool, _: Option<i64>) -> Result<Option<Vec<u8>>, String> {
        Ok(None)
    }
}

/// Opens the store and compares it with its marker, as `run` does.
pub(super) fn start(dir: &Path, at: DateTime<FixedOffset>) -> Result<Store> {
    let mut store = Store::open(&database(dir))?;
    store.start_check(at)?;
    mark(&store, dir)?;
    Ok(store)
}

/// Says in the marker how far the journal has come.
fn mark(store: &Store, dir: &Path) -> Result<()> {
    if let Some(head) = store.head()? {
        Marker::of(&database(dir)).write(head)?;
    }
    Ok(())
}

/// Commits a step. The marker follows most of the time: it is written off the sale's path, and may be late.
pub(super) fn commit(
    store: &mut Store,
    dir: &Path,
    commit: &Commit,
    at: DateTime<FixedOffset>,
    dice: &mut Dice,
) -> Result<()> {
    store.commit(
        commit,
        &Work::default(),
        &mut Writing {
            at,
            entropy: dice,
            paper: &NoPaper,
        },
    )?;
    if !dice.one_in(4) {
        mark(store, dir)?;
    }
    Ok(())
}

/// The number of the next receipt.
pub(super) fn next_serial(store: &Store) -> Result<ReceiptSerial> {
    Ok(store.next_receipt().context("no receipt number")?.serial)
}

/// Who has a card.
pub(super) fn customer_by_card(store: &Store, card: &str) -> Result<Option<Customer>> {
    Ok(store.customer_by_card(card)?)
}

/// The till's own walk over its journal; and that every event is kept at the time it says, which the walk does not look at.
pub(super) fn verify(store: &Store) -> Result<Vec<String>> {
    let mut faults: Vec<String> = store
        .verify()?
        .faults
        .iter()
        .map(ToString::to_string)
        .collect();
    let conn = rusqlite::Connection::open(store.path())?;
    conn.busy_timeout(std::time::Duration::from_secs(5))?;
    let mut statement = conn.prepare("SELECT at_ms, bytes FROM event")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (kept_ms, bytes): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        if let Ok(event) = Event::read(&bytes)
            && event.at.timestamp_millis() != kept_ms
        {
            faults.push(format!("{} is kept at {kept_ms}", event.position));
        }
    }
    Ok(faults)
}

/// Copies the marker, when there is one.
pub(super) fn copy_marker(from: &Path, to: &Path) -> Result<()> {
    let name = "till.db.marker";
    match std::fs::copy(from.join(name), to.join(name)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Changes one byte of an event on the disk.
pub(super) fn damage(database: &Path, id: Id) -> Result<()> {
    let conn = rusqlite::Connection::open(database)?;
    conn.busy_timeout(std::time::Duration::from_secs(5))?;
    let changed = conn.execute(
        "UPDATE event SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"v\":1', '\"v\":7') AS BLOB) WHERE hash = ?1",
        [id.hash.0],
    )?;
    if changed == 1 {
        Ok(())
    } else {
        bail!("{id:?} is not there to damage");
    }
}
