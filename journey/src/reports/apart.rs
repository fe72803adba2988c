//! Money that passes the till without being turnover, shown apart from gross: statiegeld, gift cards and
//! cash rounding. Never part of any other report's amounts.

use serde::Serialize;

use super::Query;
use super::facts::Selection;
use crate::dataset::Dataset;
use crate::record::Apart;

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
    let selection = Selection::new(dataset, query);
    let mut totals = ApartTotals::default();
    for row in dataset
        .money_rows()
        .filter(|row| selection.knows(*row) && selection.takes(*row))
    {
        match dataset.apart(row) {
            Some(Apart::Deposit) => totals.deposit_cents += dataset.amount(row),
            Some(Apart::GiftCard) => totals.gift_cards_cents += dataset.amount(row),
            Some(Apart::Rounding) => totals.rounding_cents += dataset.amount(row),
            None => {}
        }
    }
    totals
}
