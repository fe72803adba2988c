//! `returns`: what comes back. Every rate is return over sale, each its own ratio. Returns and sales are
//! those of the selection; neither need to belong to each other.
//!
//! `units` counts everything imported but only pieces of live lines, statiegeld and gift cards left out.
//! `customers_with_return_of_purchasing` is a rate: purchasing customers with a return line, of all
//! purchasing customers. Lists leave out lines whose key is not known, and come largest value first (ties by
//! key as bytes), days since purchase in order of days. Days run from the day of the receipt that a return
//! names to the day of the return's own receipt.

use std::collections::BTreeMap;

use serde::Serialize;

use super::facts::Selection;
use super::volumes::Seen;
use super::{Query, count, rate};
use crate::dataset::{Class, Dataset, NONE};

/// The report `returns`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Returns {
    /// Return lines of sale lines.
    pub lines: Option<f64>,
    /// Units brought back of units sold.
    pub units: Option<f64>,
    /// Returns of gross.
    pub value: Option<f64>,
    /// Returns of gross, of identified customers.
    pub value_identified: Option<f64>,
    /// Return receipts of sale receipts.
    pub receipts: Option<f64>,
    /// Return receipts of sale receipts, of identified customers.
    pub receipts_identified: Option<f64>,
    /// Purchasing customers with a return, of purchasing customers.
    pub customers_with_return_of_purchasing: Option<f64>,
    /// How many customers have returns and no sale receipt.
    pub customers_with_only_returns: usize,
    /// By reason.
    pub by_reason: Vec<Group>,
    /// By article.
    pub by_article: Vec<Group>,
    /// By category.
    pub by_category: Vec<Group>,
    /// By days since the purchase.
    pub by_days_since_purchase: Vec<Group>,
}

/// Return lines that share a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Reason, article, category or number of days.
    pub key: String,
    /// How many lines.
    pub lines: usize,
    /// Their value, positive.
    pub value_cents: i64,
}

#[derive(Debug)]
struct Side {
    lines: usize,
    units: i64,
    value: i64,
    value_identified: i64,
    receipts: Seen,
    receipts_identified: Seen,
    customers: Seen,
}

impl Side {
    fn new(dataset: &Dataset) -> Self {
        Self {
            lines: 0,
            units: 0,
            value: 0,
            value_identified: 0,
            receipts: Seen::new(dataset.receipt_count()),
            receipts_identified: Seen::new(dataset.receipt_count()),
            customers: Seen::new(dataset.owner_count()),
        }
    }

    fn add(&mut self, dataset: &Dataset, row: u32, value: i64) {
        self.lines += 1;
        self.value += value;
        if dataset.apart(row).is_none() && (dataset.imported(row) || dataset.pieces(row)) {
            self.units += dataset.quantity(row);
        }
        let receipt = dataset.receipt(row);
        self.receipts.add(receipt);
        let owner = dataset.owner(row);
        if owner != NONE {
            self.value_identified += value;
            self.receipts_identified.add(receipt);
            self.customers.add(owner);
        }
    }
}

/// What comes back.
#[must_use]
pub fn returns(dataset: &Dataset, query: &Query) -> Returns {
    let selection = Selection::new(dataset, query);
    let (mut sold, mut back) = (Side::new(dataset), Side::new(dataset));
    let mut groups = Groups::default();
    for row in selection.rows() {
        match dataset.class(row) {
            Class::Sale => sold.add(dataset, row, dataset.gross(row)),
            Class::Return => {
                let value = dataset.returns(row);
                back.add(dataset, row, value);
                groups.add(&selection, row, value);
            }
            Class::Other => {}
        }
    }
    let owners = 0..u32::try_from(dataset.owner_count()).unwrap_or(NONE);
    let both = owners
        .filter(|owner| sold.customers.has(*owner) && back.customers.has(*owner))
        .count();
    let of = |part: usize, whole: usize| rate(count(part), count(whole));
    Returns {
        lines: of(back.lines, sold.lines),
        units: rate(-back.units, sold.units),
        value: rate(back.value, sold.value),
        value_identified: rate(back.value_identified, sold.value_identified),
        receipts: of(back.receipts.count, sold.receipts.count),
        receipts_identified: of(
            back.receipts_identified.count,
            sold.receipts_identified.count,
        ),
        customers_with_return_of_purchasing: of(both, sold.customers.count),
        customers_with_only_returns: back.customers.count - both,
        by_reason: largest_first(groups.reason),
        by_article: largest_first(groups.article),
        by_category: largest_first(groups.category),
        by_days_since_purchase: list(groups.days),
    }
}

#[derive(Debug, Default)]
struct Groups<'a> {
    reason: BTreeMap<&'a str, (usize, i64)>,
    article: BTreeMap<&'a str, (usize, i64)>,
    category: BTreeMap<&'a str, (usize, i64)>,
    days: BTreeMap<i32, (usize, i64)>,
}

impl<'a> Groups<'a> {
    fn add(&mut self, selection: &Selection<'a>, row: u32, value: i64) {
        let event = selection.dataset.event(row);
        note(
            &mut self.reason,
            event.reason().map(crate::record::Reason::as_str),
            value,
        );
        note(&mut self.article, event.product(), value);
        note(&mut self.category, event.category(), value);
        let sale = selection
            .dataset
            .returns_receipt(row)
            .and_then(|receipt| selection.dataset.receipt_info(receipt));
        let sale_day = sale
            .filter(|sale| sale.has_sale)
            .map(|sale| selection.dataset.day(sale.first));
        note(
            &mut self.days,
            sale_day.map(|sale_day| selection.day(row) - sale_day),
            value,
        );
    }
}

fn note<K: Ord>(groups: &mut BTreeMap<K, (usize, i64)>, key: Option<K>, value: i64) {
    if let Some(key) = key {
        let (lines, sum) = groups.entry(key).or_default();
        *lines += 1;
        *sum += value;
    }
}

fn list<K: ToString>(groups: BTreeMap<K, (usize, i64)>) -> Vec<Group> {
    groups
        .into_iter()
        .map(|(key, (lines, value_cents))| Group {
            key: key.to_string(),
            lines,
            value_cents,
        })
        .collect()
}

fn largest_first(groups: BTreeMap<&str, (usize, i64)>) -> Vec<Group> {
    let mut groups = list(groups);
    groups.sort_by_key(|group| std::cmp::Reverse(group.value_cents));
    groups
}
