//! One customer's records in order (instant, event id), and the index that finds them: built at first use
//! by counting, kept up to date by a tail that is folded in once it has grown to half of what is indexed.

use chrono::NaiveDate;
use hashbrown::HashMap;

use super::{Class, Dataset, Event, NONE};
use crate::day;

/// A tail up to this long is never worth a rebuild.
const SMALL_TAIL: usize = 1024;

/// Which rows belong to which customer number.
#[derive(Debug)]
pub(super) struct Index {
    starts: Vec<u32>,
    rows: Vec<u32>,
    tail: HashMap<u32, Vec<u32>>,
    tail_len: usize,
}

impl Index {
    pub(super) fn build(dataset: &Dataset) -> Self {
        let mut starts = vec![0_u32; dataset.customers.len() + 1];
        let owned = || {
            dataset
                .rows()
                .map(|row| (row, dataset.columns.customer(row)))
                .filter(|(_, customer)| *customer != NONE)
        };
        for (_, customer) in owned() {
            if let Some(count) = starts.get_mut(customer as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut rows = vec![0_u32; sum as usize];
        let mut next = starts.clone();
        for (row, customer) in owned() {
            if let Some(next) = next.get_mut(customer as usize) {
                if let Some(slot) = rows.get_mut(*next as usize) {
                    *slot = row;
                }
                *next += 1;
            }
        }
        for bounds in starts.windows(2) {
            let &[start, end] = bounds else { continue };
            if let Some(slice) = rows.get_mut(start as usize..end as usize)
                && !slice.is_sorted_by(|a, b| dataset.order(*a, *b).is_lt())
            {
                slice.sort_by(|a, b| dataset.order(*a, *b));
            }
        }
        Self {
            starts,
            rows,
            tail: HashMap::new(),
            tail_len: 0,
        }
    }

    /// Adds a row; `false` when the index should rather be built anew at its next use.
    pub(super) fn add(&mut self, customer: u32, row: u32) -> bool {
        if customer != NONE {
            self.tail.entry(customer).or_default().push(row);
            self.tail_len += 1;
        }
        self.tail_len <= SMALL_TAIL.max(self.rows.len() / 2)
    }

    pub(super) fn rows_of(&self, customer: u32, into: &mut Vec<u32>) {
        let bound = |at: usize| self.starts.get(at).map(|bound| *bound as usize);
        if let (Some(start), Some(end)) = (bound(customer as usize), bound(customer as usize + 1)) {
            into.extend(self.rows.get(start..end).unwrap_or_default());
        }
        if let Some(tail) = self.tail.get(&customer) {
            into.extend(tail);
        }
    }
}

/// One customer's records in order.
#[derive(Debug, Clone)]
pub struct History<'a> {
    pub(super) dataset: &'a Dataset,
    pub(super) customer: u32,
    pub(super) rows: Vec<u32>,
}

impl<'a> History<'a> {
    /// The customer's id.
    #[must_use]
    pub fn customer_id(&self) -> &'a str {
        self.dataset.customers.id(self.customer)
    }

    /// The records in order.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = Event<'a>> + ExactSizeIterator + '_ {
        self.rows.iter().map(|row| self.dataset.event(*row))
    }

    pub(crate) const fn owner(&self) -> u32 {
        self.customer
    }

    /// The days of his visits in order: distinct local days with a sale receipt, counted or not.
    #[must_use]
    pub fn visit_days(&self) -> Vec<NaiveDate> {
        let sales = self
            .events()
            .filter(|event| event.class() == Class::Sale && event.receipt().is_some());
        let mut days: Vec<NaiveDate> = sales.map(Event::counted_day).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        self.rows.iter().copied()
    }

    /// How many records there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no records.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What was known at the end of a local day. A receipt is known whole on the day of its earliest line,
    /// also when midnight falls between its lines.
    #[must_use]
    pub fn until(mut self, as_of: NaiveDate) -> Self {
        let last = day::number(as_of);
        let dataset = self.dataset;
        self.rows
            .retain(|row| dataset.event(*row).known_day() <= last);
        self
    }

    /// The records in the order of the days they count for, and within a day in order. It is another order
    /// than that of the instants only where shops keep clocks half a day apart, or a receipt runs over midnight.
    pub(crate) fn by_day(&self) -> Vec<Event<'a>> {
        let mut events: Vec<Event<'a>> = self.events().collect();
        if !events.is_sorted_by_key(|event| event.known_day()) {
            events.sort_by_key(|event| event.known_day());
        }
        events
    }

    /// Only what happened in these shops: what somebody who may see them may know of him.
    #[must_use]
    pub fn in_shops(mut self, shops: &[String]) -> Self {
        let dataset = self.dataset;
        self.rows.retain(|row| {
            let shop = dataset.event(*row).shop();
            shops.iter().any(|id| id == shop)
        });
        self
    }

    /// Without rows of outside histories.
    #[must_use]
    pub fn without_imported(mut self) -> Self {
        let dataset = self.dataset;
        self.rows.retain(|row| !dataset.columns.imported(*row));
        self
    }
}
