//! `volumes`: how much there is. `events` counts lines and touchpoints, unknown kinds included; `shops`
//! counts shops with any selected event; `products_sold` counts articles with a sale line that is turnover.

use chrono::NaiveDate;
use serde::Serialize;

use super::Query;
use super::facts::Selection;
use crate::dataset::{Class, Dataset, NONE};
use crate::day;

/// The report `volumes`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Volumes {
    /// Lines and touchpoints.
    pub events: usize,
    /// Lines sold.
    pub sale_lines: usize,
    /// Lines brought back.
    pub return_lines: usize,
    /// Lines sold without a customer.
    pub anonymous_sale_lines: usize,
    /// Distinct receipts with a sale line.
    pub sale_receipts: usize,
    /// Those with a sale line of a customer.
    pub sale_receipts_identified: usize,
    /// Distinct receipts with a return line.
    pub return_receipts: usize,
    /// Customers with a sale receipt.
    pub customers_purchasing: usize,
    /// Sum of sale lines.
    pub gross_cents: i64,
    /// Minus the sum of return lines.
    pub returns_cents: i64,
    /// Gross less returns.
    pub net_cents: i64,
    /// Gross of customers.
    pub gross_identified_cents: i64,
    /// Returns of customers.
    pub returns_identified_cents: i64,
    /// Distinct shops.
    pub shops: usize,
    /// Distinct articles sold.
    pub products_sold: usize,
    /// First local day with a sale receipt.
    pub first_sale_day: Option<NaiveDate>,
    /// Last local day with a sale receipt.
    pub last_sale_day: Option<NaiveDate>,
}

/// A set of small numbers that counts its members.
#[derive(Debug)]
pub(super) struct Seen {
    seen: Vec<bool>,
    pub(super) count: usize,
}

impl Seen {
    pub(super) fn new(len: usize) -> Self {
        Self {
            seen: vec![false; len],
            count: 0,
        }
    }

    /// Adds a number; [`NONE`] is no member.
    pub(super) fn add(&mut self, number: u32) {
        if let Some(seen) = self.seen.get_mut(number as usize)
            && !*seen
        {
            *seen = true;
            self.count += 1;
        }
    }

    pub(super) fn has(&self, number: u32) -> bool {
        self.seen.get(number as usize) == Some(&true)
    }
}

/// Counts the selection.
#[must_use]
pub fn volumes(dataset: &Dataset, query: &Query) -> Volumes {
    let selection = Selection::new(dataset, query);
    let mut report = Volumes::default();
    let mut receipts = Seen::new(dataset.receipt_count());
    let mut receipts_identified = Seen::new(dataset.receipt_count());
    let mut return_receipts = Seen::new(dataset.receipt_count());
    let mut customers = Seen::new(dataset.owner_count());
    let mut shops = Seen::new(dataset.shop_count());
    let mut products = Seen::new(dataset.product_count());
    for row in selection.rows() {
        report.events += 1;
        shops.add(dataset.shop(row));
        let identified = dataset.owner(row) != NONE;
        let receipt = dataset.receipt(row);
        let (gross, returns) = (dataset.gross(row), dataset.returns(row));
        report.gross_cents += gross;
        report.returns_cents += returns;
        if identified {
            report.gross_identified_cents += gross;
            report.returns_identified_cents += returns;
        }
        match dataset.class(row) {
            Class::Sale => {
                report.sale_lines += 1;
                receipts.add(receipt);
                if identified {
                    receipts_identified.add(receipt);
                } else {
                    report.anonymous_sale_lines += 1;
                }
                if receipt != NONE {
                    customers.add(dataset.owner(row));
                }
                if dataset.apart(row).is_none() {
                    products.add(dataset.product(row));
                }
            }
            Class::Return => {
                report.return_lines += 1;
                return_receipts.add(receipt);
            }
            Class::Other => {}
        }
    }
    report.net_cents = report.gross_cents - report.returns_cents;
    report.sale_receipts = receipts.count;
    report.sale_receipts_identified = receipts_identified.count;
    report.return_receipts = return_receipts.count;
    report.customers_purchasing = customers.count;
    report.shops = shops.count;
    report.products_sold = products.count;
    if let Some((first, last)) = selection.sale_days() {
        report.first_sale_day = Some(day::from_number(first));
        report.last_sale_day = Some(day::from_number(last));
    }
    report
}
