//! What ingest notes beside the events so that nobody has to read them all: every customer's points, the keys an event
//! is looked up by, and its corrected time. All of it follows from the bytes, the links and the batches that are kept; here
//! it is counted, copied out and corrected again. Nothing here reads or changes a path.

use std::collections::BTreeMap;

use retail::event::Event;

use crate::ingest::time::{self, Corrected};
use crate::ingest::{keys_of, points_of};
use crate::store::rows::{Change, EventKeys, KeyedEvent};
use crate::store::{Result, Tables};

/// Where the notes differ from the events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Customers (roots) whose balance is another, and how many points they lack; negative: they have too many.
    pub points: Vec<(String, i64)>,
    /// Events (by their row) that are looked up by something else, and what it should be.
    pub keys: Vec<(i64, EventKeys)>,
    /// Events (by their row) that are kept at another time than they happened at, and when that was.
    pub times: Vec<(i64, Corrected)>,
}

/// An event before all time: it happened when the one before it did, and that one is looked up behind the walk.
struct Early {
    n: i64,
    event: Event,
    row: KeyedEvent,
}

/// When an event happened, by the clocks of its batch.
fn happened(event: &Event, row: &KeyedEvent, before_ms: Option<i64>) -> Corrected {
    let timing = &row.timing;
    let offset_ms = time::offset(timing.sent_ms, timing.received_ms);
    time::correct(event.at, offset_ms, timing.received_ms, before_ms)
}

fn kept(row: &KeyedEvent) -> Corrected {
    Corrected {
        at_ms: row.timing.at_ms,
        clamped: row.timing.clamped,
    }
}

impl Beside {
    /// Reads every event. What cannot be read is for `verify` to say.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn compare(tables: &mut dyn Tables) -> Result<Self> {
        let mut found = Self::default();
        let mut lacking: BTreeMap<String, i64> = BTreeMap::new();
        let mut early = Vec::new();
        let mut times = BTreeMap::new();
        tables.each_keyed(&mut |row| {
            let Ok(event) = Event::read(&row.bytes) else {
                return Ok(());
            };
            let keys = keys_of(&event);
            if keys != row.keys {
                found.keys.push((row.n, keys));
            }
            if let Some(customer) = &row.customer {
                *lacking.entry(customer.clone()).or_default() += points_of(&event.body);
            }
            let right = happened(&event, &row, None);
            if right.clamped && right.at_ms == time::EARLIEST_MS {
                let n = row.n;
                early.push(Early { n, event, row });
            } else if right != kept(&row) {
                times.insert(row.n, right);
            }
            Ok(())
        })?;
        // In order of arrival, so that one such event finds what the one before it was put to.
        for Early { n, event, row } in early {
            let at = event.position;
            let before = match at.seq.checked_sub(1) {
                Some(seq) => tables.place(at.till, at.epoch, seq, row.prev_hash)?,
                None => None,
            };
            // What came in later was not known then.
            let before = before.filter(|before| before.n < n).map(|before| {
                let right: Option<&Corrected> = times.get(&before.n);
                right.map_or(before.at_ms, |right| right.at_ms)
            });
            let right = happened(&event, &row, before);
            if right != kept(&row) {
                times.insert(n, right);
            }
        }
        found.times = times.into_iter().collect();
        for alias in tables.aliases()? {
            if let Some(points) = lacking.remove(&alias.customer) {
                *lacking.entry(alias.into).or_default() += points;
            }
        }
        for (customer, points) in tables.all_points()? {
            *lacking.entry(customer).or_default() -= points;
        }
        found.points = lacking
            .into_iter()
            .filter(|(_, points)| *points != 0)
            .collect();
        Ok(found)
    }

    /// Notes what the events say, and when they happened; tills hear of the points.
    pub(super) fn put_right(&self, tables: &mut dyn Tables) -> Result<()> {
        for (n, keys) in &self.keys {
            tables.set_keys(*n, keys)?;
        }
        for (n, time) in &self.times {
            tables.set_time(*n, time.at_ms, time.clamped)?;
        }
        if !self.times.is_empty() {
            // Whoever read these events has them where they were.
            tables.add_change(&Change::Reload)?;
        }
        for (customer, points) in &self.points {
            tables.add_points(customer, *points)?;
            if let Ok(id) = customer.parse() {
                tables.add_change(&Change::Directory(id))?;
            }
        }
        Ok(())
    }
}
