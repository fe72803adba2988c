//! The book: every receipt line and touchpoint of the organisation in memory ([`journey::Dataset`]), kept in step with
//! the store by what was appended since, whoever appended it (an import beside a running `serve` shows up too).
//!
//! *Derived state*: one customer's folded path and visits as bytes in the store, refolded when his history changed
//! ([`Office::settle`], in bounded steps) and equal to the letter to what a full rebuild gives ([`rebuild`]).

use std::collections::HashSet;
use std::sync::{PoisonError, RwLockReadGuard};

use chrono::{DateTime, FixedOffset, NaiveDate};
use journey::dataset::{CustomerNo, Full};
use journey::model::Model;
use journey::path::Folded;
use journey::{Dataset, Kind, Query, Record, Rows};
use retail::event::Event;
use serde::{Deserialize, Serialize};

use crate::api::Office;
use crate::people::{OUTSIDE, tombstone_key};
use crate::scope::{Filter, Scope};
use crate::store::rows::{Change, DerivedRow, Ends, EventRow, ImportedRow};
use crate::store::{self, Result, StoreError, Tables};

pub mod lookup;
mod moved;
pub mod rebuild;

/// Changes read in one go.
const CHANGES: u32 = 10_000;
/// Records taken in at once.
const AT_ONCE: usize = 16_384;
/// How often folding begins again because something came in meanwhile.
const PATIENCE: usize = 3;

/// Which data figures are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Goes up when everything is read again.
    pub run: u64,
    /// [`Dataset::version`] since.
    pub dataset: u64,
}

/// All records, with what they are up to date with.
#[derive(Debug)]
pub struct Book {
    dataset: Dataset,
    model: Model,
    ends: Ends,
    /// How often everything was read again.
    run: u64,
}

/// What is kept of one customer's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derived {
    /// Days with a sale.
    pub visits: u32,
    /// The last of them.
    pub last_visit: Option<NaiveDate>,
    /// The folded path.
    pub path: Folded,
}

impl Derived {
    /// Folds a history.
    #[must_use]
    pub fn of(dataset: &Dataset, model: &Model, customer: CustomerNo) -> Self {
        let history = dataset.history(customer);
        let days = history.visit_days();
        Self {
            visits: u32::try_from(days.len()).unwrap_or(u32::MAX),
            last_visit: days.last().copied(),
            path: journey::path::fold(&history, model),
        }
    }

    /// As bytes.
    ///
    /// # Errors
    /// Never for what was folded.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(|error| StoreError::Corrupt(error.to_string()))
    }

    /// And back; `None` for the bytes of another version, which the next refold replaces.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// Phase and state in force on a day (or at the last event, whichever is later).
    #[must_use]
    pub fn stage(&self, day: Option<NaiveDate>) -> Option<(String, Option<String>)> {
        let ends_on = self.path.ends_on();
        let path = self.path.at(day.map_or(ends_on, |day| day.max(ends_on)))?;
        let stage = path.stages.iter().rev().find(|stage| stage.to.is_none())?;
        let state = stage
            .state
            .and_then(|state| match serde_json::to_value(state) {
                Ok(serde_json::Value::String(name)) => Some(name),
                _ => None,
            });
        Some((stage.phase.clone(), state))
    }
}

fn full(error: Full) -> StoreError {
    StoreError::Unfit(error.to_string())
}

impl Book {
    /// An empty book.
    ///
    /// # Errors
    /// Never while the model that ships can be read.
    pub fn new() -> Result<Self> {
        Ok(Self {
            dataset: Dataset::new(),
            model: Model::default_model()
                .map_err(|error| StoreError::Unfit(format!("the default model: {error}")))?,
            ends: Ends::default(),
            run: 0,
        })
    }

    /// A book of everything in a store.
    ///
    /// # Errors
    /// What the store says.
    pub fn load(tables: &mut dyn Tables) -> Result<Self> {
        let mut book = Self::new()?;
        book.refresh(tables)?;
        Ok(book)
    }

    /// All records.
    #[must_use]
    pub const fn dataset(&self) -> &Dataset {
        &self.dataset
    }

    /// The default model.
    #[must_use]
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// The last local day with a sale, over everything.
    #[must_use]
    pub fn last_sale_day(&self) -> Option<NaiveDate> {
        journey::reports::last_sale_day(&self.dataset, &Query::all())
    }

    /// Which data this is: figures of one version stay right for it.
    #[must_use]
    pub const fn version(&self) -> Version {
        Version {
            run: self.run,
            dataset: self.dataset.version(),
        }
    }

    /// The records and the query of somebody who may see them.
    #[must_use]
    pub fn select(&self, scope: &Scope, filter: &Filter) -> (&Dataset, Query) {
        (&self.dataset, scope.query(filter))
    }

    /// Reads what was appended since. Everything is read again when something old changed.
    ///
    /// # Errors
    /// What the store says.
    pub fn refresh(&mut self, tables: &mut dyn Tables) -> Result<()> {
        let refreshed = self.read_on(tables);
        if refreshed.is_err() {
            // Half of what came since is in: the next reader begins anew.
            self.begin_anew();
        }
        refreshed
    }

    fn begin_anew(&mut self) {
        self.dataset = Dataset::new();
        self.ends = Ends::default();
        self.run += 1;
    }

    fn read_on(&mut self, tables: &mut dyn Tables) -> Result<()> {
        let ends = tables.ends()?;
        if ends == self.ends {
            return Ok(());
        }
        let restored = ends.imported < self.ends.imported
            || ends.event < self.ends.event
            || ends.change < self.ends.change;
        let changes = self.changes(tables)?;
        let reload = changes
            .iter()
            .any(|change| matches!(change, Change::Reload));
        let (mut after, changes) = if restored || (reload && self.ends != Ends::default()) {
            self.begin_anew();
            (Ends::default(), self.changes(tables)?)
        } else {
            (self.ends, changes)
        };
        // Who is forgotten, and who is another, comes first: records that follow find it so.
        for customer in self.outside(&changes) {
            self.dataset.forget(&customer).map_err(full)?;
        }
        for change in changes {
            match change {
                Change::Alias { customer, into } => {
                    self.dataset.merge(&customer, &into).map_err(full)?;
                }
                Change::Tombstone(key) if !key.starts_with(OUTSIDE) => {
                    self.dataset.forget(&key).map_err(full)?;
                }
                Change::Tombstone(_) | Change::Directory(_) | Change::Reload => {}
            }
        }
        let mut rows = Rows::new();
        tables.each_imported(after.imported, &mut |row| {
            after.imported = row.n;
            rows.push(&imported(&row)).map_err(full)?;
            hand_over(&mut rows, &mut self.dataset, AT_ONCE)
        })?;
        tables.each_event(after.event, &mut |row| {
            after.event = row.n;
            event(&row, &mut rows)?;
            hand_over(&mut rows, &mut self.dataset, AT_ONCE)
        })?;
        hand_over(&mut rows, &mut self.dataset, 1)?;
        self.ends = Ends {
            change: ends.change,
            ..ends
        };
        Ok(())
    }

    fn changes(&self, tables: &mut dyn Tables) -> Result<Vec<Change>> {
        let mut after = self.ends.change;
        let mut changes = Vec::new();
        loop {
            let page = tables.changes(after, CHANGES)?;
            let Some(last) = page.last() else {
                return Ok(changes);
            };
            after = last.rev;
            changes.extend(
                page.into_iter()
                    .map(|row| row.change)
                    .filter(|change| !matches!(change, Change::Directory(_))),
            );
        }
    }

    /// The outside customers of this book whom these changes forget. Rows that are read from now on lost them already.
    fn outside(&self, changes: &[Change]) -> Vec<String> {
        let keys: HashSet<&str> = changes
            .iter()
            .filter_map(|change| match change {
                Change::Tombstone(key) if key.starts_with(OUTSIDE) => Some(key.as_str()),
                _ => None,
            })
            .collect();
        if keys.is_empty() {
            return Vec::new();
        }
        let customers = self.dataset.customers().into_iter();
        customers
            .map(|number| self.dataset.customer_id(number))
            .filter(|id| keys.contains(tombstone_key(id).as_str()))
            .map(str::to_owned)
            .collect()
    }
}

/// The records of an event of a till.
fn event(row: &EventRow, rows: &mut Rows) -> Result<()> {
    let event = Event::read(&row.bytes)
        .map_err(|error| StoreError::Corrupt(format!("event {}: {error}", row.n)))?;
    let at: DateTime<FixedOffset> = DateTime::from_timestamp_millis(row.at_ms)
        .ok_or_else(|| StoreError::Corrupt(format!("event {}: its time", row.n)))?
        .with_timezone(event.at.offset());
    let branch = (row.branch != 0).then(|| row.branch.to_string());
    let around = journey::from_event::Around {
        shop: &row.shop,
        customer: row.customer.as_deref(),
        note: row.text.as_deref(),
        at,
        branch: branch.as_deref(),
    };
    for record in journey::from_event::records(&event, around) {
        rows.push(&record).map_err(full)?;
    }
    Ok(())
}

/// Takes in what was read, once it is much or everything.
fn hand_over(rows: &mut Rows, dataset: &mut Dataset, at_least: usize) -> Result<()> {
    if rows.len() >= at_least {
        dataset.append_rows(rows).map_err(full)?;
        *rows = Rows::new();
    }
    Ok(())
}

fn imported<'r>(row: &ImportedRow<'r>) -> Record<&'r str> {
    let kind = Kind::parse(row.kind);
    Record {
        till: row.till,
        customer: row.customer,
        receipt: row.receipt,
        product: row.product,
        category: row.category,
        quantity: row.quantity,
        amount_cents: row.amount_cents,
        imported: true,
        ..Record::bare(row.event_id, row.at_ms, row.offset_minutes, row.shop, kind)
    }
}

impl Office {
    /// The book, up to date with what is committed at this moment.
    ///
    /// # Errors
    /// What the store says.
    pub fn book(&self) -> Result<RwLockReadGuard<'_, Book>> {
        let ends = store::read(self.store(), |tables| tables.ends())?;
        {
            let book = self.book.read().unwrap_or_else(PoisonError::into_inner);
            if book.ends == ends {
                return Ok(book);
            }
        }
        {
            let mut book = self.book.write().unwrap_or_else(PoisonError::into_inner);
            store::read(self.store(), |tables| book.refresh(tables))?;
        }
        Ok(self.book.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Refolds at most `limit` customers whose history changed; gives how many still wait. Pages read on meanwhile: the
    /// book is held only while paths are folded, never while they are written.
    ///
    /// # Errors
    /// What the store says.
    pub fn settle(&self, limit: u32) -> Result<u64> {
        for _ in 0..PATIENCE {
            let customers = store::read(self.store(), |tables| tables.dirty(limit))?;
            if customers.is_empty() {
                return Ok(0);
            }
            let (ends, folded) = {
                let book = self.book()?;
                let folded: Result<Vec<_>> = customers.iter().map(|id| fold(&book, id)).collect();
                (book.ends, folded?)
            };
            let waiting = store::write(self.store(), |tables| {
                if tables.ends()? != ends {
                    // Something came in between: what was folded may be of before it.
                    return Ok(None);
                }
                for (customer, bytes) in customers.iter().zip(folded) {
                    put(tables, customer, bytes)?;
                }
                tables.dirty_count().map(Some)
            })?;
            if let Some(waiting) = waiting {
                return Ok(waiting);
            }
        }
        // So much comes in that there is no quiet moment: fold inside the writer's turn.
        store::write(self.store(), |tables| {
            let mut book = self.book.write().unwrap_or_else(PoisonError::into_inner);
            book.refresh(tables)?;
            for customer in tables.dirty(limit)? {
                put(tables, &customer, fold(&book, &customer)?)?;
            }
            tables.dirty_count()
        })
    }

    /// The last local day with a sale, over everything.
    ///
    /// # Errors
    /// What the store says.
    pub fn last_sale_day(&self) -> Result<Option<NaiveDate>> {
        Ok(self.book()?.last_sale_day())
    }
}

/// One customer's state folded from the book; nothing for who has no history, or is another by now.
fn fold(book: &Book, customer: &str) -> Result<Option<Vec<u8>>> {
    let known = book.dataset.customer(customer);
    let Some(number) = known.filter(|number| book.dataset.customer_id(*number) == customer) else {
        return Ok(None);
    };
    if book.dataset.history(number).is_empty() {
        return Ok(None);
    }
    Derived::of(&book.dataset, &book.model, number)
        .bytes()
        .map(Some)
}

/// Keeps what was folded, and tells tills when it is something else than before.
fn put(tables: &mut dyn Tables, customer: &str, folded: Option<Vec<u8>>) -> Result<()> {
    tables.clear_dirty(customer)?;
    let Some(bytes) = folded else {
        return tables.drop_derived(customer);
    };
    let changed = tables.put_derived(&DerivedRow {
        customer: customer.to_owned(),
        bytes,
    })?;
    if changed && let Ok(id) = customer.parse() {
        tables.add_change(&Change::Directory(id))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
