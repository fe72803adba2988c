//! Money that passes the till without being turnover, shown apart from gross: statiegeld, gift cards and
//! cash rounding. Never part of any other report's amounts.

use serde::Serialize;

use super::Query;
use super::facts::Selection;
use crate::dataset::Dataset;

/// Money outside gross, in cents; what was given back is subtracted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ApartTotals {
    /// Statiegeld charged less statiegeld given back.
    pub deposit_cents: i64,
    /// Gift cards sold.
    pub gift_cards_cents: i64,
    /// Cash rounding: positive when the shop received more.
    pub rounding_cents: i64,
}

/// Sums what stands apart in the selection.
#[must_use]
pub fn apart(dataset: &Dataset, query: &Query) -> ApartTotals {
    let sums = Selection::new(dataset, query).sums();
    ApartTotals {
        deposit_cents: sums.deposit,
        gift_cards_cents: sums.gift_cards,
        rounding_cents: sums.rounding,
    }
}
