//! The customers behind a figure, page by page: last visit, visits, spend. Amounts, visits and receipts are
//! those of the selection; the first visit is that of the whole history.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

use super::facts::{NO_DAY, Selection, by_owner, day_of, first_days};
use super::{Query, cohorts, repeat, weeks};
use crate::dataset::{Class, CustomerNo, Dataset, NONE};
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
    let facts = facts(&selection);
    let of = |owner: u32| facts.get(owner as usize).copied().unwrap_or_default();
    let everyone = || 0..u32::try_from(facts.len()).unwrap_or(NONE);
    let mut owners: Vec<u32> = match behind {
        Behind::Purchasing => everyone().filter(|owner| of(*owner).visits > 0).collect(),
        Behind::Repeat => everyone().filter(|owner| of(*owner).visits > 1).collect(),
        Behind::RepeatByReceipts => everyone().filter(|owner| of(*owner).receipts > 1).collect(),
        Behind::WithReturn => everyone()
            .filter(|owner| of(*owner).visits > 0 && of(*owner).return_lines > 0)
            .collect(),
        Behind::OnlyReturns => everyone()
            .filter(|owner| of(*owner).visits == 0 && of(*owner).return_lines > 0)
            .collect(),
        Behind::Cohort { month, k } => cohorts::behind(&selection, month, k),
        Behind::Week { monday, returning } => weeks::behind(&selection, monday, returning),
        Behind::SecondVisit { days, returned } => second_visit(&selection, days, returned),
    };
    owners.sort_by(|a, b| {
        let (fa, fb) = (of(*a), of(*b));
        let order = match paging.sort {
            SortBy::LastVisit => fa.last.cmp(&fb.last),
            SortBy::FirstVisit => fa.first.cmp(&fb.first),
            SortBy::Visits => fa.visits.cmp(&fb.visits),
            SortBy::Spend => (fa.gross - fa.returns).cmp(&(fb.gross - fb.returns)),
            SortBy::Customer => dataset.owner_id(*a).cmp(dataset.owner_id(*b)),
        };
        let order = if paging.descending {
            order.reverse()
        } else {
            order
        };
        order.then_with(|| dataset.owner_id(*a).cmp(dataset.owner_id(*b)))
    });
    let rows = owners.iter().skip(paging.offset).take(paging.limit);
    Page {
        total: owners.len(),
        rows: rows
            .map(|owner| of(*owner).row(dataset.owner_id(*owner)))
            .collect(),
    }
}

impl Facts {
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

fn second_visit(selection: &Selection<'_>, days: i32, returned: bool) -> Vec<u32> {
    let all = selection.all_visits();
    let selected = selection.visits_of(&all);
    let last = selection.sale_days().map(|(_, last)| last);
    repeat::new_customers(selection, &all, &selected)
        .into_iter()
        .filter(|customer| customer.eligible(days, last) && (!returned || customer.returned(days)))
        .map(|customer| customer.owner)
        .collect()
}

fn facts(selection: &Selection<'_>) -> Vec<Facts> {
    let dataset = selection.dataset;
    let mut facts = vec![Facts::default(); dataset.owner_count()];
    for part in selection.parts() {
        if let Some(facts) = facts.get_mut(part.owner as usize) {
            facts.gross += part.gross;
            facts.returns += part.returns;
            facts.return_lines += usize::try_from(part.return_lines).unwrap_or_default();
        }
    }
    let all = selection.all_visits();
    let firsts = first_days(dataset, &all);
    for (facts, first) in facts.iter_mut().zip(&firsts) {
        facts.first = Some(*first).filter(|first| *first != NO_DAY);
    }
    for (owner, visits) in by_owner(&selection.visits_of(&all)) {
        if let Some(facts) = facts.get_mut(owner as usize) {
            facts.last = visits.last().map(|key| day_of(*key));
            facts.visits = visits.len();
        }
    }
    for (owner, receipts) in by_owner(&selection.sale_receipts()) {
        if let Some(facts) = facts.get_mut(owner as usize) {
            facts.receipts = receipts.len();
        }
    }
    facts
}
