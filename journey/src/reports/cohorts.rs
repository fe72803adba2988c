//! `cohorts`: customers by the local month of their first visit, and how many of them come in later months.
//!
//! Under a selection a cohort holds the customers whose first visit is in it, and `active` counts visits in
//! it: so k = 0 is everyone there too. The last month is that of the last sale day of the selection; it is
//! partial when that day is not its last. The first day in the data is the first sale day of the whole
//! history, and *within 90 days* includes the ninetieth.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Query;
use super::facts::{Selection, by_owner, day_of, first_day, first_days};
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
    let (Some((_, last_day)), Some(first_sale_day)) =
        (selection.sale_days(), selection.first_sale_day_known())
    else {
        return Vec::new();
    };
    let last_month = day::month_of(last_day);
    let last_month_is_partial = day::month_start(last_month + 1) - 1 > last_day;
    let mut active: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    for (_, months) in new_by_month(&selection) {
        let Some(cohort) = months.first() else {
            continue;
        };
        let counts = active.entry(*cohort).or_insert_with(|| {
            vec![0; usize::try_from(last_month - cohort + 1).unwrap_or_default()]
        });
        for month in &months {
            if let Some(slot) = usize::try_from(month - cohort)
                .ok()
                .and_then(|k| counts.get_mut(k))
            {
                *slot += 1;
            }
        }
    }
    active
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

/// Everyone whose first visit is in the selection, with the distinct months of the selected visits.
fn new_by_month(selection: &Selection<'_>) -> Vec<(u32, Vec<i32>)> {
    let all = selection.all_visits();
    let firsts = first_days(selection.dataset, &all);
    let selected = selection.visits_of(&all);
    by_owner(&selected)
        .filter(|(owner, visits)| {
            visits
                .first()
                .is_some_and(|key| day_of(*key) == first_day(&firsts, *owner))
        })
        .map(|(owner, visits)| {
            let mut months: Vec<i32> = visits
                .iter()
                .map(|key| day::month_of(day_of(*key)))
                .collect();
            months.dedup();
            (owner, months)
        })
        .collect()
}

/// The customers behind `active[k]` of a cohort.
pub(super) fn behind(selection: &Selection<'_>, cohort: i32, k: i32) -> Vec<u32> {
    new_by_month(selection)
        .into_iter()
        .filter(|(_, months)| {
            months.first() == Some(&cohort)
                && months.binary_search(&(cohort.saturating_add(k))).is_ok()
        })
        .map(|(owner, _)| owner)
        .collect()
}
