//! `visits`: how often customers come. Gaps are whole days between successive visits of one customer within
//! the selection, pooled over customers; a median of an even count is the mean of the middle two.

use serde::Serialize;

use super::facts::{Customer, Selection};
use super::{Query, count, rate};
use crate::dataset::Dataset;

/// The report `visits`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Visits {
    /// Distinct (customer, local day) with a sale receipt.
    pub visits: usize,
    /// Median gap.
    pub median_days_between_visits: Option<f64>,
    /// Mean gap.
    pub mean_days_between_visits: Option<f64>,
    /// Over customers with two visits or more: each one's mean gap.
    pub per_customer_mean_gap: MeanGap,
}

/// Mean and median over customers of their mean gaps.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeanGap {
    /// Mean of the means.
    pub mean: Option<f64>,
    /// Median of the means.
    pub median: Option<f64>,
}

/// How often customers come.
#[must_use]
pub fn visits(dataset: &Dataset, query: &Query) -> Visits {
    let mut tally = Tally::default();
    Selection::new(dataset, query).each_customer(|customer| tally.add(customer));
    tally.report()
}

/// What is gathered customer by customer.
#[derive(Debug, Default)]
pub(super) struct Tally {
    visits: usize,
    /// Days between successive visits.
    gaps: Vec<i32>,
    days: i64,
    means: Vec<f64>,
}

impl Tally {
    pub(super) fn add(&mut self, customer: &Customer<'_>) {
        self.visits += customer.visits.len();
        let (Some(first), Some(last)) = (customer.visits.first(), customer.visits.last()) else {
            return;
        };
        self.gaps
            .extend(customer.visits.windows(2).map(|pair| match pair {
                [a, b] => b - a,
                _ => 0,
            }));
        // The gaps of one customer add up to the time between his first and last visit.
        let days = i64::from(*last) - i64::from(*first);
        self.days += days;
        self.means
            .extend(rate(days, count(customer.visits.len() - 1)));
    }

    pub(super) fn report(mut self) -> Visits {
        let gaps = count(self.gaps.len());
        // Sorted before they are added up: the same data give the same last bit in any order of arrival.
        self.means.sort_unstable_by(f64::total_cmp);
        Visits {
            visits: self.visits,
            median_days_between_visits: middle(&mut self.gaps)
                .and_then(|(low, high)| rate(i64::from(low) + i64::from(high), 2)),
            mean_days_between_visits: rate(self.days, gaps),
            per_customer_mean_gap: MeanGap {
                mean: mean(&self.means),
                median: middle_of(&self.means).map(|(low, high)| f64::midpoint(low, high)),
            },
        }
    }
}

/// The middle two of a list (twice the same when its count is odd), without sorting all of it.
fn middle(gaps: &mut [i32]) -> Option<(i32, i32)> {
    let len = gaps.len();
    if len == 0 {
        return None;
    }
    let (below, high, _) = gaps.select_nth_unstable(len / 2);
    let high = *high;
    let low = if len.is_multiple_of(2) {
        below.iter().max().copied()?
    } else {
        high
    };
    Some((low, high))
}

/// The middle two of a sorted list.
fn middle_of(sorted: &[f64]) -> Option<(f64, f64)> {
    let low = sorted.len().checked_sub(1)? / 2;
    Some((*sorted.get(low)?, *sorted.get(sorted.len() / 2)?))
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
