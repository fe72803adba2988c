//! `volumes`: how much there is. `events` counts lines and touchpoints, unknown kinds included; `shops`
//! counts shops with any selected event; `products_sold` counts articles with a sale line that is turnover.

use chrono::NaiveDate;
use serde::Serialize;

use super::Query;
use super::facts::Selection;
use crate::dataset::Dataset;
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
    let mut customers = 0;
    selection.each_customer(|customer| customers += usize::from(!customer.visits.is_empty()));
    report(&selection, customers)
}

/// The report, given how many customers have a sale receipt.
pub(super) fn report(selection: &Selection<'_>, customers_purchasing: usize) -> Volumes {
    let sums = selection.sums();
    let count = |number: i64| usize::try_from(number).unwrap_or_default();
    let cells = selection.cells();
    let days = selection.sale_days();
    Volumes {
        events: count(sums.events),
        sale_lines: count(sums.sale_lines),
        return_lines: count(sums.return_lines),
        anonymous_sale_lines: count(sums.anonymous_sale_lines),
        sale_receipts: count(sums.sale_receipts),
        sale_receipts_identified: count(sums.sale_receipts_identified),
        return_receipts: count(sums.return_receipts),
        customers_purchasing,
        gross_cents: sums.gross,
        returns_cents: sums.returns,
        net_cents: sums.gross - sums.returns,
        gross_identified_cents: sums.gross_identified,
        returns_identified_cents: sums.returns_identified,
        shops: shops(selection, &cells),
        products_sold: products(selection, &cells),
        first_sale_day: days.map(|(first, _)| day::from_number(first)),
        last_sale_day: days.map(|(_, last)| day::from_number(last)),
    }
}

/// Shops in which a selected event happened: nearly always those of the receipts.
fn shops(selection: &Selection<'_>, cells: &[(bool, u32)]) -> usize {
    let ledger = selection.dataset.ledger();
    let live_only = selection.live_only();
    let mut shops = Seen::new(selection.dataset.shop_count());
    for (cell, (chosen, shop)) in ledger.cells().iter().zip(cells) {
        if *chosen && cell.sums(live_only).events_here > 0 {
            shops.add(*shop);
        }
    }
    for (cell, shop) in ledger.cells().elsewhere(live_only) {
        if cells.get(cell as usize).is_some_and(|(chosen, _)| *chosen) {
            shops.add(shop);
        }
    }
    shops.count
}

fn products(selection: &Selection<'_>, cells: &[(bool, u32)]) -> usize {
    let ledger = selection.dataset.ledger();
    let known = selection.dataset.product_count();
    let mut products = Seen::new(known);
    for imported in [false, true] {
        if imported && selection.live_only() {
            continue;
        }
        for (cell, product) in ledger.articles(selection.dataset, imported).iter().rev() {
            if cells.get(*cell as usize).is_some_and(|(chosen, _)| *chosen) {
                products.add(*product);
                if products.count == known {
                    return known;
                }
            }
        }
    }
    products.count
}
