//! The customers behind a figure, page by page: last visit, visits, spend. Amounts, visits and receipts are
//! those of the selection; the first visit is that of the whole history.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

use super::facts::{Customer, NO_DAY, Selection};
use super::{Query, cohorts, repeat, weeks};
use crate::dataset::{Class, CustomerNo, Dataset};
use crate::day;

/// The most rows of one page.
pub const MAX_PAGE: usize = 500;

/// The most rows of a file: what a worksheet holds below its header.
pub const MAX_EXPORT: usize = 1_048_575;

/// Which customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    /// Everyone with a sale receipt.
    Purchasing,
    /// Two visits or more.
    Repeat,
    /// Two sale receipts or more.
    RepeatByReceipts,
    /// `active[k]` of the cohort of this month number (see [`crate::day::month_from_text`]).
    Cohort {
        /// Month number.
        month: i32,
        /// Months after it.
        k: i32,
    },
    /// A figure of `second_visit_within_days`.
    SecondVisit {
        /// N.
        days: i32,
        /// Only those who returned, not all who are eligible.
        returned: bool,
    },
    /// New or returning in a week.
    Week {
        /// Any day of the week.
        monday: NaiveDate,
        /// Returning, not new.
        returning: bool,
    },
    /// Purchasing customers with a return line.
    WithReturn,
    /// Customers with returns and no sale receipt.
    OnlyReturns,
}

/// What to sort by; ties always by customer id as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    /// Last visit.
    #[default]
    LastVisit,
    /// First visit.
    FirstVisit,
    /// Number of visits.
    Visits,
    /// Net spend.
    Spend,
    /// Customer id.
    Customer,
}

/// Which page, in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// Sort key.
    pub sort: SortBy,
    /// Largest (latest) first.
    pub descending: bool,
    /// Rows to pass over.
    pub offset: usize,
    /// Rows to give, at most [`MAX_PAGE`].
    pub limit: usize,
}

impl Default for Paging {
    fn default() -> Self {
        Self {
            sort: SortBy::LastVisit,
            descending: true,
            offset: 0,
            limit: 100,
        }
    }
}

/// A page of a longer list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    /// How many rows the whole list has.
    pub total: usize,
    /// The rows of this page.
    pub rows: Vec<T>,
}

/// One customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CustomerRow {
    /// Customer id.
    pub customer: String,
    /// First visit of the whole history.
    pub first_visit: Option<NaiveDate>,
    /// Last visit in the selection.
    pub last_visit: Option<NaiveDate>,
    /// Visits in the selection.
    pub visits: usize,
    /// Sale receipts in the selection.
    pub receipts: usize,
    /// Gross.
    pub gross_cents: i64,
    /// Returns.
    pub returns_cents: i64,
    /// Gross less returns.
    pub net_cents: i64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Facts {
    first: Option<i32>,
    last: Option<i32>,
    visits: usize,
    receipts: usize,
    gross: i64,
    returns: i64,
    return_lines: usize,
}

/// The customers behind a figure, one page of at most [`MAX_PAGE`].
#[must_use]
pub fn customers(
    dataset: &Dataset,
    query: &Query,
    behind: Behind,
    paging: Paging,
) -> Page<CustomerRow> {
    list(
        dataset,
        query,
        behind,
        Paging {
            limit: paging.limit.min(MAX_PAGE),
            ..paging
        },
    )
}

/// The customers behind a figure for a file, at most [`MAX_EXPORT`] of them.
#[must_use]
pub fn export(
    dataset: &Dataset,
    query: &Query,
    behind: Behind,
    paging: Paging,
) -> Page<CustomerRow> {
    list(
        dataset,
        query,
        behind,
        Paging {
            limit: MAX_EXPORT,
            ..paging
        },
    )
}

/// One customer of the selection, found by his own history; nothing without a visit or return in it.
#[must_use]
pub fn customer(dataset: &Dataset, query: &Query, customer: CustomerNo) -> Option<CustomerRow> {
    let selection = Selection::new(dataset, query);
    let history = dataset.history(customer);
    let known = || history.rows().filter(|row| selection.knows(*row));
    let chosen = || known().filter(|row| selection.takes(*row));
    let sales = || chosen().filter(|row| selection.is_sale(*row));
    let visits: BTreeSet<i32> = sales().map(|row| selection.day(row)).collect();
    let first = known()
        .filter(|row| selection.is_sale(*row))
        .map(|row| selection.day(row))
        .min();
    let facts = Facts {
        first,
        last: visits.last().copied(),
        visits: visits.len(),
        receipts: sales()
            .map(|row| dataset.receipt(row))
            .collect::<BTreeSet<u32>>()
            .len(),
        gross: chosen().map(|row| dataset.gross(row)).sum(),
        returns: chosen().map(|row| dataset.returns(row)).sum(),
        return_lines: chosen()
            .filter(|row| dataset.class(*row) == Class::Return)
            .count(),
    };
    (facts.visits + facts.return_lines > 0).then(|| facts.row(history.customer_id()))
}

fn list(dataset: &Dataset, query: &Query, behind: Behind, paging: Paging) -> Page<CustomerRow> {
    let selection = Selection::new(dataset, query);
    let last_sale_day = selection.sale_days().map(|(_, last)| last);
    let mut found: Vec<(i64, u32)> = Vec::new();
    let mut facts: Vec<(u32, Facts)> = Vec::new();
    selection.each_customer(|customer| {
        if behind.has(customer, last_sale_day) {
            let own = Facts::of(customer);
            let place = u32::try_from(facts.len()).unwrap_or(u32::MAX);
            found.push((own.sort_key(paging), place));
            facts.push((customer.owner, own));
        }
    });
    let id = |place: u32| {
        let owner = facts.get(place as usize).map(|(owner, _)| *owner);
        owner.map_or("", |owner| dataset.owner_id(owner))
    };
    let by_id_downwards = paging.sort == SortBy::Customer && paging.descending;
    let order = |(a, place_a): &(i64, u32), (b, place_b): &(i64, u32)| {
        a.cmp(b).then_with(|| {
            let ids = id(*place_a).cmp(id(*place_b));
            if by_id_downwards { ids.reverse() } else { ids }
        })
    };
    let total = found.len();
    let end = paging.offset.saturating_add(paging.limit);
    if end < total {
        // Only what is shown is put in order.
        found.select_nth_unstable_by(end, order);
        found.truncate(end);
    }
    if paging.offset > 0 && paging.offset < found.len() {
        found.select_nth_unstable_by(paging.offset, order);
    }
    let shown = found.get_mut(paging.offset..).unwrap_or_default();
    shown.sort_unstable_by(order);
    let rows = shown
        .iter()
        .filter_map(|(_, place)| facts.get(*place as usize))
        .map(|(owner, facts)| facts.row(dataset.owner_id(*owner)));
    Page {
        total,
        rows: rows.collect(),
    }
}

impl Behind {
    /// Whether a customer is behind the figure.
    fn has(self, customer: &Customer<'_>, last_sale_day: Option<i32>) -> bool {
        let buys = !customer.visits.is_empty();
        let brings_back = || customer.chosen.iter().any(|entry| entry.return_lines > 0);
        match self {
            Self::Purchasing => buys,
            Self::Repeat => customer.visits.len() > 1,
            Self::RepeatByReceipts => customer.sale_receipts() > 1,
            Self::WithReturn => buys && brings_back(),
            Self::OnlyReturns => !buys && brings_back(),
            Self::Cohort { month, k } => cohorts::is_behind(customer, month, k),
            Self::Week { monday, returning } => {
                weeks::is_behind(customer, weeks::number(monday), returning)
            }
            Self::SecondVisit { days, returned } => {
                repeat::eligible(customer, days, last_sale_day)
                    && (!returned || repeat::returned(customer, days))
            }
        }
    }
}

impl Facts {
    fn of(customer: &Customer<'_>) -> Self {
        let chosen = || customer.chosen.iter();
        Self {
            first: Some(customer.first).filter(|first| *first != NO_DAY),
            last: customer.visits.last().copied(),
            visits: customer.visits.len(),
            receipts: customer.sale_receipts(),
            gross: chosen().map(|entry| entry.gross).sum(),
            returns: chosen().map(|entry| entry.returns).sum(),
            return_lines: chosen()
                .map(|entry| usize::try_from(entry.return_lines).unwrap_or_default())
                .sum(),
        }
    }

    /// A number that is smaller the earlier a customer comes in the order.
    fn sort_key(&self, paging: Paging) -> i64 {
        let day = |day: Option<i32>| day.map_or(i64::MIN, i64::from);
        let key = match paging.sort {
            SortBy::LastVisit => day(self.last),
            SortBy::FirstVisit => day(self.first),
            SortBy::Visits => i64::try_from(self.visits).unwrap_or(i64::MAX),
            SortBy::Spend => self.gross - self.returns,
            SortBy::Customer => 0,
        };
        if paging.descending { !key } else { key }
    }

    fn row(self, customer: &str) -> CustomerRow {
        CustomerRow {
            customer: customer.to_owned(),
            first_visit: self.first.map(day::from_number),
            last_visit: self.last.map(day::from_number),
            visits: self.visits,
            receipts: self.receipts,
            gross_cents: self.gross,
            returns_cents: self.returns,
            net_cents: self.gross - self.returns,
        }
    }
}
