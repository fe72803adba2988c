//! What ingest notes beside the events so that nobody has to read them all: every customer's points, and the keys an event
//! is looked up by. Both follow from the bytes and the links that are kept; here they are counted and copied out again.
//! Nothing here reads or changes a path.

use std::collections::BTreeMap;

use retail::event::Event;

use crate::ingest::{keys_of, points_of};
use crate::store::rows::{Change, EventKeys};
use crate::store::{Result, Tables};

/// Where the notes differ from the events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Customers (roots) whose balance is another, and how many points they lack; negative: they have too many.
    pub points: Vec<(String, i64)>,
    /// Events (by their row) that are looked up by something else, and what it should be.
    pub keys: Vec<(i64, EventKeys)>,
}

impl Beside {
    /// Reads every event. What cannot be read is for `verify` to say.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn compare(tables: &mut dyn Tables) -> Result<Self> {
        let mut found = Self::default();
        let mut lacking: BTreeMap<String, i64> = BTreeMap::new();
        tables.each_keyed(&mut |row| {
            let Ok(event) = Event::read(&row.bytes) else {
                return Ok(());
            };
            let keys = keys_of(&event);
            if keys != row.keys {
                found.keys.push((row.n, keys));
            }
            if let Some(customer) = row.customer {
                *lacking.entry(customer).or_default() += points_of(&event.body);
            }
            Ok(())
        })?;
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

    /// Notes what the events say; tills hear of the points.
    pub(super) fn put_right(&self, tables: &mut dyn Tables) -> Result<()> {
        for (n, keys) in &self.keys {
            tables.set_keys(*n, keys)?;
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
