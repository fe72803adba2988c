//! `repeat`: who comes back. Customers, visits and receipts are those of the selection; first visits are
//! those of the whole history. A second visit is sought at any shop, up to the last day of the query; who is
//! *eligible* had N days for it before the last sale day of the selection.

use serde::Serialize;

use super::facts::{Customer, NO_DAY, Selection};
use super::{Query, count, rate};
use crate::dataset::Dataset;

/// The report `repeat`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Repeat {
    /// Customers with a sale receipt.
    pub purchasing_customers: usize,
    /// Customers with two visits or more.
    pub repeat_customers: usize,
    /// Of the purchasing customers.
    pub repeat_rate: Option<f64>,
    /// Customers with two sale receipts or more; the report itself says their rate only.
    #[serde(skip)]
    pub repeat_customers_by_receipts: usize,
    /// Customers with two sale receipts or more, of the purchasing customers.
    pub repeat_rate_by_receipts: Option<f64>,
    /// Gross on days after the customer's first day, of the gross of identified customers.
    pub repeat_revenue_share: Option<f64>,
    /// Second visits.
    pub second_visit_within_days: Vec<SecondVisit>,
}

/// How many came a second time within so many days.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SecondVisit {
    /// N.
    pub days: i32,
    /// Customers whose first day + N is not after the last sale day.
    pub eligible: usize,
    /// Those of them whose second visit came at most N days after the first.
    pub returned: usize,
    /// Returned of eligible.
    pub rate: Option<f64>,
}

/// The numbers of days of `second_visit_within_days`.
pub const SECOND_VISIT_DAYS: [i32; 5] = [30, 60, 90, 180, 365];

/// Whether a customer is new in the selection and had so many days for a second visit.
pub(super) fn eligible(customer: &Customer<'_>, days: i32, last_sale_day: Option<i32>) -> bool {
    customer.is_new()
        && last_sale_day.is_some_and(|last| customer.first.saturating_add(days) <= last)
}

/// Whether the second visit of somebody eligible came within so many days. All of these days lie before the last sale
/// day, and so within the query.
pub(super) fn returned(customer: &Customer<'_>, days: i32) -> bool {
    customer.second != NO_DAY && customer.second - customer.first <= days
}

/// Who comes back.
#[must_use]
pub fn repeat(dataset: &Dataset, query: &Query) -> Repeat {
    let selection = Selection::new(dataset, query);
    let mut tally = Tally::new(&selection);
    selection.each_customer(|customer| tally.add(customer));
    tally.report()
}

/// What is gathered customer by customer.
#[derive(Debug)]
pub(super) struct Tally {
    last_sale_day: Option<i32>,
    purchasing: usize,
    repeating: usize,
    by_receipts: usize,
    identified: i64,
    later: i64,
    /// Eligible and returned, by the days of [`SECOND_VISIT_DAYS`].
    second: [(usize, usize); 5],
}

impl Tally {
    pub(super) fn new(selection: &Selection<'_>) -> Self {
        Self {
            last_sale_day: selection.sale_days().map(|(_, last)| last),
            purchasing: 0,
            repeating: 0,
            by_receipts: 0,
            identified: 0,
            later: 0,
            second: [(0, 0); 5],
        }
    }

    pub(super) fn add(&mut self, customer: &Customer<'_>) {
        for entry in customer.chosen {
            self.identified += entry.gross;
            if entry.day > customer.first {
                self.later += entry.gross;
            }
        }
        if customer.visits.is_empty() {
            return;
        }
        self.purchasing += 1;
        self.repeating += usize::from(customer.visits.len() > 1);
        self.by_receipts += usize::from(customer.sale_receipts() > 1);
        for (days, (eligible_customers, returned_customers)) in
            SECOND_VISIT_DAYS.into_iter().zip(&mut self.second)
        {
            if eligible(customer, days, self.last_sale_day) {
                *eligible_customers += 1;
                *returned_customers += usize::from(returned(customer, days));
            }
        }
    }

    pub(super) fn report(self) -> Repeat {
        let second_visit_within_days = SECOND_VISIT_DAYS
            .into_iter()
            .zip(self.second)
            .map(|(days, (eligible, returned))| SecondVisit {
                days,
                eligible,
                returned,
                rate: rate(count(returned), count(eligible)),
            })
            .collect();
        Repeat {
            purchasing_customers: self.purchasing,
            repeat_customers: self.repeating,
            repeat_rate: rate(count(self.repeating), count(self.purchasing)),
            repeat_customers_by_receipts: self.by_receipts,
            repeat_rate_by_receipts: rate(count(self.by_receipts), count(self.purchasing)),
            repeat_revenue_share: rate(self.later, self.identified),
            second_visit_within_days,
        }
    }
}
