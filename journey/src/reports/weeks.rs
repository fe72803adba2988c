//! New against returning customers by ISO week (Monday to Sunday, week 1 holds the first Thursday). A
//! customer is *new* in the week of his first visit of the whole history, *returning* in every later week
//! with a visit; a second visit in the week of the first makes nobody returning. Weeks without a visit
//! between the first and the last are given with zeros, so that a chart has no holes.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::Query;
use super::facts::{NO_DAY, Selection, by_owner, day_of, first_day, first_days};
use crate::dataset::{Dataset, NONE};
use crate::day;

/// More weeks than this (forty years) are not a chart: the oldest are left out.
const MAX_WEEKS: i32 = 2_080;

/// One week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Week {
    /// `2026-W47`.
    pub week: String,
    /// Its Monday.
    pub monday: NaiveDate,
    /// Customers whose first visit lies in it.
    pub new: usize,
    /// Customers with a visit in it and their first visit in an earlier week.
    pub returning: usize,
    /// Gross of the new ones.
    pub gross_new_cents: i64,
    /// Gross of the returning ones.
    pub gross_returning_cents: i64,
    /// Gross without a customer.
    pub gross_anonymous_cents: i64,
}

/// Days since 1969-12-29, a Monday, in whole weeks.
fn week_of(day: i32) -> i32 {
    (day + 3).div_euclid(7)
}

fn monday_of(week: i32) -> i32 {
    week * 7 - 3
}

fn is_new(firsts: &[i32], owner: u32, week: i32) -> bool {
    let first = first_day(firsts, owner);
    first != NO_DAY && week_of(first) == week
}

/// New against returning by week.
#[must_use]
pub fn weeks(dataset: &Dataset, query: &Query) -> Vec<Week> {
    let selection = Selection::new(dataset, query);
    let Some((first, last)) = selection.sale_days() else {
        return Vec::new();
    };
    let last = week_of(last);
    let first = week_of(first).max(last - MAX_WEEKS + 1);
    let mut weeks: Vec<Week> = (first..=last)
        .map(|week| {
            let monday = day::from_number(monday_of(week));
            let iso = monday.iso_week();
            Week {
                week: format!("{:04}-W{:02}", iso.year(), iso.week()),
                monday,
                new: 0,
                returning: 0,
                gross_new_cents: 0,
                gross_returning_cents: 0,
                gross_anonymous_cents: 0,
            }
        })
        .collect();
    let all = selection.all_visits();
    let firsts = first_days(dataset, &all);
    let at = |week: i32| usize::try_from(week - first).ok();
    for (owner, visits) in by_owner(&selection.visits_of(&all)) {
        for visits in visits.chunk_by(|a, b| week_of(day_of(*a)) == week_of(day_of(*b))) {
            let Some(week) = visits.first().map(|key| week_of(day_of(*key))) else {
                continue;
            };
            if let Some(slot) = at(week).and_then(|at| weeks.get_mut(at)) {
                if is_new(&firsts, owner, week) {
                    slot.new += 1;
                } else {
                    slot.returning += 1;
                }
            }
        }
    }
    for part in selection.parts() {
        let week = week_of(selection.day_of_receipt(part.receipt));
        if let Some(slot) = at(week).and_then(|at| weeks.get_mut(at)) {
            if part.owner == NONE {
                slot.gross_anonymous_cents += part.gross;
            } else if is_new(&firsts, part.owner, week) {
                slot.gross_new_cents += part.gross;
            } else {
                slot.gross_returning_cents += part.gross;
            }
        }
    }
    weeks
}

/// The customers behind one week's figure.
pub(super) fn behind(selection: &Selection<'_>, monday: NaiveDate, returning: bool) -> Vec<u32> {
    let week = week_of(day::number(monday));
    let all = selection.all_visits();
    let firsts = first_days(selection.dataset, &all);
    by_owner(&selection.visits_of(&all))
        .filter(|(owner, visits)| {
            visits.iter().any(|key| week_of(day_of(*key)) == week)
                && is_new(&firsts, *owner, week) != returning
        })
        .map(|(owner, _)| owner)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday() {
        for (day, week) in [
            ("2026-11-21", "2026-W47"),
            ("2026-11-23", "2026-W48"),
            ("2027-01-03", "2026-W53"),
            ("1969-12-31", "1970-W01"),
        ] {
            let day: NaiveDate = day.parse().unwrap();
            let monday = day::from_number(monday_of(week_of(day::number(day))));
            assert_eq!(monday.weekday(), chrono::Weekday::Mon);
            let iso = monday.iso_week();
            assert_eq!(format!("{:04}-W{:02}", iso.year(), iso.week()), week);
        }
    }
}
