//! New against returning customers by ISO week (Monday to Sunday, week 1 holds the first Thursday). A
//! customer is *new* in the week of his first visit of the whole history, *returning* in every later week
//! with a visit; a second visit in the week of the first makes nobody returning. Weeks without a visit
//! between the first and the last are given with zeros, so that a chart has no holes.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::Query;
use super::facts::{Customer, NO_DAY, Selection};
use crate::dataset::Dataset;
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

fn is_new(customer: &Customer<'_>, week: i32) -> bool {
    customer.first != NO_DAY && week_of(customer.first) == week
}

/// New against returning by week.
#[must_use]
pub fn weeks(dataset: &Dataset, query: &Query) -> Vec<Week> {
    let selection = Selection::new(dataset, query);
    let mut tally = Tally::new(&selection);
    selection.each_customer(|customer| tally.add(customer));
    tally.report()
}

/// What is gathered customer by customer.
#[derive(Debug)]
pub(super) struct Tally {
    first: i32,
    weeks: Vec<Week>,
}

impl Tally {
    pub(super) fn new(selection: &Selection<'_>) -> Self {
        let Some((first, last)) = selection.sale_days() else {
            return Self {
                first: 0,
                weeks: Vec::new(),
            };
        };
        let last = week_of(last);
        let first = week_of(first).max(last - MAX_WEEKS + 1);
        let mut tally = Self {
            first,
            weeks: (first..=last).map(empty).collect(),
        };
        for (day, sums) in selection.days() {
            if let Some(week) = tally.week(week_of(day)) {
                week.gross_anonymous_cents += sums.gross_anonymous;
            }
        }
        tally
    }

    fn week(&mut self, week: i32) -> Option<&mut Week> {
        let at = usize::try_from(week - self.first).ok()?;
        self.weeks.get_mut(at)
    }

    pub(super) fn add(&mut self, customer: &Customer<'_>) {
        let mut before = None;
        for entry in customer.chosen {
            let number = week_of(entry.day);
            let new = is_new(customer, number);
            let counts = entry.has_sale && before != Some(number);
            if counts {
                before = Some(number);
            }
            let Some(week) = self.week(number) else {
                continue;
            };
            if new {
                week.gross_new_cents += entry.gross;
                week.new += usize::from(counts);
            } else {
                week.gross_returning_cents += entry.gross;
                week.returning += usize::from(counts);
            }
        }
    }

    pub(super) fn report(self) -> Vec<Week> {
        self.weeks
    }
}

fn empty(week: i32) -> Week {
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
}

/// The number of the week of a day.
pub(super) fn number(monday: NaiveDate) -> i32 {
    week_of(day::number(monday))
}

/// Whether a customer is behind a week's figure.
pub(super) fn is_behind(customer: &Customer<'_>, week: i32, returning: bool) -> bool {
    is_new(customer, week) != returning && customer.visits.iter().any(|day| week_of(*day) == week)
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
