//! Reports: pure functions of a dataset and a [`Query`], with the JSON names of the report definitions.
//! Every function says its definition; where a sentence leaves room, the decision stands beside it.
//!
//! Decisions that all share:
//! - A selection takes *receipts*: a row counts with its receipt, by the local day and shop of the receipt's
//!   earliest line; a touchpoint without a receipt (or on one that has no line) by its own day and shop.
//! - *First visit* is over the whole history and all shops; leaving imported rows out leaves them out of the
//!   history too.
//! - A customer's first visit is *in the selection* when one of its receipts is.
//! - Statiegeld and gift cards are lines of their receipt (they count as lines and make a visit), but their
//!   money is outside gross and returns; see [`apart::apart`].

pub mod apart;
pub mod cohorts;
pub mod customers;
pub(crate) mod facts;
pub mod overview;
pub mod receipts;
pub mod repeat;
pub mod returns;
pub mod rfm;
pub mod visits;
pub mod volumes;
pub mod weeks;

use chrono::NaiveDate;

use crate::dataset::{CustomerNo, Dataset};

pub use apart::apart;
pub use cohorts::cohorts;
pub use customers::customers;
pub use overview::overview;
pub use repeat::repeat;
pub use returns::returns;
pub use rfm::rfm;
pub use visits::visits;
pub use volumes::volumes;
pub use weeks::weeks;

/// Whether rows of outside histories count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Imported {
    /// They count.
    #[default]
    Include,
    /// As if they were not there.
    Exclude,
}

/// Which receipts a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Query {
    /// First local day, inclusive.
    pub from: Option<NaiveDate>,
    /// Last local day, inclusive.
    pub to: Option<NaiveDate>,
    /// Only these shops; none is all shops, an empty list is no shop.
    pub shops: Option<Vec<String>>,
    /// Whether imported rows count.
    pub imported: Imported,
    /// The day a path is seen at; default the last sale day in the data. Reports of receipts do not use it.
    pub as_of: Option<NaiveDate>,
}

impl Query {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Only this shop.
    #[must_use]
    pub fn shop(mut self, shop: impl Into<String>) -> Self {
        self.shops = Some(vec![shop.into()]);
        self
    }

    /// Only these days, inclusive.
    #[must_use]
    pub const fn between(mut self, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Self {
        self.from = from;
        self.to = to;
        self
    }

    /// Without imported rows.
    #[must_use]
    pub const fn without_imported(mut self) -> Self {
        self.imported = Imported::Exclude;
        self
    }
}

/// The last local day with a sale receipt in the selection: the default `as_of` of paths.
#[must_use]
pub fn last_sale_day(dataset: &Dataset, query: &Query) -> Option<NaiveDate> {
    let (_, last) = facts::Selection::new(dataset, query).sale_days()?;
    Some(crate::day::from_number(last))
}

/// The day paths are seen at unless another is asked for: the last sale day of the selection; where nothing was
/// sold, the last day on which anything in it happened.
#[must_use]
pub fn seen_at(dataset: &Dataset, query: &Query) -> Option<NaiveDate> {
    let selection = facts::Selection::new(dataset, query);
    let last = selection.sale_days().map(|(_, last)| last);
    let last = last.or_else(|| selection.rows().map(|row| selection.day(row)).max())?;
    Some(crate::day::from_number(last))
}

/// The customers with a line or touchpoint in the selection, in order of their ids as bytes: whose paths a
/// report of paths shows.
#[must_use]
pub fn customers_of(dataset: &Dataset, query: &Query) -> Vec<CustomerNo> {
    let selection = facts::Selection::new(dataset, query);
    let mut seen = vec![false; dataset.owner_count()];
    for row in selection.rows() {
        if let Some(seen) = seen.get_mut(dataset.owner(row) as usize) {
            *seen = true;
        }
    }
    let mut owners: Vec<CustomerNo> = (0..)
        .zip(&seen)
        .filter(|(_, seen)| **seen)
        .map(|(owner, _)| CustomerNo(owner))
        .collect();
    owners.sort_unstable_by_key(|owner| dataset.owner_id(owner.0));
    owners
}

/// A fraction; nothing when there is nothing to divide by.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts and cents stay far below 2^53"
)]
pub(crate) fn rate(part: i64, whole: i64) -> Option<f64> {
    (whole != 0).then(|| part as f64 / whole as f64)
}

/// A count as a number that can be a part of a rate.
pub(crate) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
