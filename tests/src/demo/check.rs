//! Do head office and the tills hold the same, event by event and to the cent?
//!
//! Looks from outside: what `journal export` prints at every till, against the rows of the head-office database and the
//! figures of its own report.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use retail::day::DayTotals;
use retail::event::Event;
use retail::money::Cents;
use rusqlite::{Connection, OpenFlags};
use serde::Deserialize;

use crate::shop::office::HeadOffice;
use crate::shop::till::Till;

/// What both sides came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Events of all tills.
    pub events: usize,
    /// Their sales, returns and tenders.
    pub totals: DayTotals,
}

/// What an event is called: till, epoch, seq.
pub type Name = (u16, u8, u64);
/// What it is: its hash in hex and its bytes.
pub type Held = (String, String);
type Events = BTreeMap<Name, Held>;

#[derive(Deserialize)]
struct Exported {
    till: u16,
    epoch: u8,
    seq: u64,
    hash: String,
    event: String,
}

/// Everything in a till's journal.
pub fn of_till(till: &Till) -> Result<Vec<(Name, Held)>> {
    till.run(&["journal", "export"], "")?
        .lines()
        .map(|line| {
            let row: Exported = serde_json::from_str(line).with_context(|| line.to_owned())?;
            Ok(((row.till, row.epoch, row.seq), (row.hash, row.event)))
        })
        .collect()
}

/// Everything at head office.
pub fn of_office(office: &HeadOffice) -> Result<Vec<(Name, Held)>> {
    let db = Connection::open_with_flags(office.db(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut rows = db.prepare("SELECT till, epoch, seq, hash, bytes FROM event")?;
    let rows = rows.query_map([], |row| {
        let hash: Vec<u8> = row.get(3)?;
        let bytes: Vec<u8> = row.get(4)?;
        Ok((
            (
                row.get(0)?,
                row.get(1)?,
                row.get::<_, i64>(2)?.unsigned_abs(),
            ),
            (
                hex::encode(hash),
                String::from_utf8_lossy(&bytes).into_owned(),
            ),
        ))
    })?;
    rows.map(|row| row.context("a row of head office"))
        .collect()
}

/// Compares all tills with head office; fails with what is missing, double or different.
pub fn compare(office: &HeadOffice, tills: &[Till]) -> Result<Sums> {
    let mut at_tills = Events::new();
    for till in tills {
        for (name, event) in of_till(till)? {
            ensure!(
                at_tills.insert(name, event).is_none(),
                "two tills wrote {name:?}"
            );
        }
    }
    let mut at_office = Events::new();
    for (name, event) in of_office(office)? {
        ensure!(
            at_office.insert(name, event).is_none(),
            "head office holds {name:?} twice"
        );
    }
    for (name, event) in &at_tills {
        match at_office.get(name) {
            None => bail!("head office does not have {name:?}: {}", event.1),
            Some(other) => ensure!(other == event, "head office has another {name:?}"),
        }
    }
    ensure!(
        at_office.len() == at_tills.len(),
        "head office has events that no till wrote"
    );
    let sums = Sums {
        events: at_tills.len(),
        totals: totals(&at_tills)?,
    };
    let report: serde_json::Value =
        serde_json::from_str(&office.run(&["report", "volumes", "--format", "json"], "")?)?;
    for (field, expected) in [
        ("gross_cents", sums.totals.gross),
        ("returns_cents", sums.totals.returned),
        ("net_cents", sums.totals.net()),
    ] {
        let found = report[field].as_i64().map(Cents);
        ensure!(
            found == Some(expected),
            "{field}: the tills say {expected}, the report says {}",
            report[field]
        );
    }
    Ok(sums)
}

fn totals(events: &Events) -> Result<DayTotals> {
    let mut totals = DayTotals::default();
    for (_, bytes) in events.values() {
        totals.add(&Event::read(bytes.as_bytes())?);
    }
    Ok(totals)
}
