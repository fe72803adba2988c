//! `cohorts`: customers by the local month of their first visit, and how many of them come in later months.
//!
//! Under a selection a cohort holds the customers whose first visit is in it, and `active` counts visits in
//! it: so k = 0 is everyone there too. The last month is that of the last sale day of the selection; it is
//! partial when that day is not its last. The first day in the data is the first sale day of the whole
//! history, and *within 90 days* includes the ninetieth.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Query;
use super::facts::{Customer, Selection};
use crate::dataset::Dataset;
use crate::day;

/// Days after the first day in the data in which a cohort may hold old customers that look new.
const NEW_HISTORY_DAYS: i32 = 90;

/// One cohort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cohort {
    /// `YYYY-MM`.
    pub cohort: String,
    /// Customers whose first visit lies in the month.
    pub size: usize,
    /// How many of them have a visit in month + k; k = 0 is everyone.
    pub active: Vec<usize>,
    /// The data stop before the end of the last month.
    pub last_month_is_partial: bool,
    /// The cohort begins within 90 days of the first day in the data.
    pub history_may_start_earlier: bool,
}

/// Customers by the month of their first visit.
#[must_use]
pub fn cohorts(dataset: &Dataset, query: &Query) -> Vec<Cohort> {
    let selection = Selection::new(dataset, query);
    let mut tally = Tally::new(&selection);
    selection.each_customer(|customer| tally.add(customer));
    tally.report()
}

/// What is gathered customer by customer.
#[derive(Debug)]
pub(super) struct Tally {
    months: Months,
    /// Last day with a sale in the selection, and first day with one at all.
    ends: Option<(i32, i32)>,
    last_month: i32,
    active: BTreeMap<i32, Vec<usize>>,
}

impl Tally {
    pub(super) fn new(selection: &Selection<'_>) -> Self {
        let days = selection.sale_days();
        let last = days.map(|(_, last)| last);
        Self {
            months: Months::new(days),
            ends: last.zip(selection.first_sale_day_known()),
            last_month: last.map_or(0, day::month_of),
            active: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, customer: &Customer<'_>) {
        if !customer.is_new() {
            return;
        }
        let cohort = self.months.of(customer.first);
        let last_month = self.last_month;
        let counts = self.active.entry(cohort).or_insert_with(|| {
            vec![0; usize::try_from(last_month - cohort + 1).unwrap_or_default()]
        });
        let mut before = None;
        for day in customer.visits {
            let month = self.months.of(*day);
            if before.replace(month) == Some(month) {
                continue;
            }
            if let Some(slot) = usize::try_from(month - cohort)
                .ok()
                .and_then(|k| counts.get_mut(k))
            {
                *slot += 1;
            }
        }
    }

    pub(super) fn report(self) -> Vec<Cohort> {
        let Some((last_day, first_sale_day)) = self.ends else {
            return Vec::new();
        };
        let last_month_is_partial = day::month_start(self.last_month + 1) - 1 > last_day;
        self.active
            .into_iter()
            .map(|(cohort, active)| Cohort {
                cohort: day::month_text(cohort),
                size: active.first().copied().unwrap_or_default(),
                active,
                last_month_is_partial,
                history_may_start_earlier: day::month_start(cohort) - first_sale_day
                    <= NEW_HISTORY_DAYS,
            })
            .collect()
    }
}

/// The months of a range of days, looked up.
#[derive(Debug)]
struct Months {
    first: i32,
    months: Vec<i32>,
}

impl Months {
    /// The most days that are written out (some hundred and ten years).
    const MOST: i32 = 40_000;

    fn new(days: Option<(i32, i32)>) -> Self {
        let (first, last) = days.unwrap_or((0, 0));
        let last = last.min(first.saturating_add(Self::MOST));
        Self {
            first,
            months: (first..=last).map(day::month_of).collect(),
        }
    }

    fn of(&self, day: i32) -> i32 {
        let known = usize::try_from(day.saturating_sub(self.first))
            .ok()
            .and_then(|at| self.months.get(at));
        known.copied().unwrap_or_else(|| day::month_of(day))
    }
}

/// Whether a customer is behind `active[k]` of a cohort.
pub(super) fn is_behind(customer: &Customer<'_>, cohort: i32, k: i32) -> bool {
    let month = cohort.saturating_add(k);
    customer.is_new()
        && day::month_of(customer.first) == cohort
        && customer
            .visits
            .iter()
            .any(|day| day::month_of(*day) == month)
}
