//! `visits`: how often customers come. Gaps are whole days between successive visits of one customer within
//! the selection, pooled over customers; a median of an even count is the mean of the middle two.

use serde::Serialize;

use super::facts::{Selection, by_owner, day_of};
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
    let keys = Selection::new(dataset, query).visits();
    let mut gaps: Vec<i64> = Vec::with_capacity(keys.len());
    let mut means: Vec<f64> = Vec::new();
    for (_, visits) in by_owner(&keys) {
        let before = gaps.len();
        gaps.extend(visits.windows(2).map(|pair| match pair {
            [a, b] => i64::from(day_of(*b) - day_of(*a)),
            _ => 0,
        }));
        let own = gaps.get(before..).unwrap_or_default();
        means.extend(rate(own.iter().sum(), count(own.len())));
    }
    gaps.sort_unstable();
    // Sorted before they are added up: the same data give the same last bit in any order of arrival.
    means.sort_unstable_by(f64::total_cmp);
    let sum: f64 = means.iter().sum();
    Visits {
        visits: keys.len(),
        median_days_between_visits: middle(&gaps).and_then(|(low, high)| rate(low + high, 2)),
        mean_days_between_visits: rate(gaps.iter().sum(), count(gaps.len())),
        per_customer_mean_gap: MeanGap {
            mean: rate(1, count(means.len())).map(|_| sum / divisor(means.len())),
            median: middle(&means).map(|(low, high)| f64::midpoint(low, high)),
        },
    }
}

/// The middle two of a sorted list (twice the same when its count is odd).
fn middle<T: Copy>(sorted: &[T]) -> Option<(T, T)> {
    let low = sorted.len().checked_sub(1)? / 2;
    Some((*sorted.get(low)?, *sorted.get(sorted.len() / 2)?))
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
const fn divisor(len: usize) -> f64 {
    len as f64
}
