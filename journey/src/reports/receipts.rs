//! Down to the paper: receipts of a customer or of the whole selection, and the lines of one receipt.
//! Receipts come latest first; a receipt stands at its earliest line.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::Serialize;

use super::Query;
use super::customers::{MAX_PAGE, Page};
use super::facts::Selection;
use crate::dataset::{Class, CustomerNo, Dataset, Event, NONE};
use crate::record::{Apart, Reason};

/// One receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptRow {
    /// Receipt.
    pub receipt: String,
    /// Its earliest line.
    pub at: DateTime<FixedOffset>,
    /// The local day it counts for.
    pub day: NaiveDate,
    /// Shop.
    pub shop: String,
    /// Till.
    pub till: String,
    /// Customer, if any line has one.
    pub customer: Option<String>,
    /// Sale lines.
    pub sale_lines: usize,
    /// Return lines.
    pub return_lines: usize,
    /// Gross.
    pub gross_cents: i64,
    /// Returns.
    pub returns_cents: i64,
    /// Gross less returns.
    pub net_cents: i64,
    /// From an outside history.
    pub imported: bool,
}

/// One line of a receipt, or a touchpoint on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineRow {
    /// Event id.
    pub event_id: String,
    /// When.
    pub at: DateTime<FixedOffset>,
    /// Kind.
    pub kind: String,
    /// Line number where it is known.
    pub line: Option<u16>,
    /// Article.
    pub product: Option<String>,
    /// Its name.
    pub product_name: Option<String>,
    /// Category.
    pub category: Option<String>,
    /// Thousandths.
    pub quantity: i64,
    /// Cents.
    pub amount_cents: i64,
    /// Outside gross.
    pub outside_gross: bool,
    /// Receipt that a return names.
    pub returns_receipt: Option<String>,
    /// Line that a return names.
    pub returns_line: Option<u16>,
    /// Why it came back.
    pub reason: Option<Reason>,
    /// Text.
    pub note: Option<String>,
}

/// Receipts of one customer within the selection, latest first.
#[must_use]
pub fn of_customer(
    dataset: &Dataset,
    query: &Query,
    customer: CustomerNo,
    offset: usize,
    limit: usize,
) -> Page<ReceiptRow> {
    let selection = Selection::new(dataset, query);
    let history = dataset.history(customer);
    let rows = history
        .rows()
        .filter(|row| selection.knows(*row) && selection.takes(*row));
    page(&selection, rows, offset, limit)
}

/// Receipts of the selection (a day, a shop), latest first.
#[must_use]
pub fn of_selection(
    dataset: &Dataset,
    query: &Query,
    offset: usize,
    limit: usize,
) -> Page<ReceiptRow> {
    let selection = Selection::new(dataset, query);
    page(&selection, selection.rows(), offset, limit)
}

/// The lines of one receipt and the touchpoints on it, in order.
#[must_use]
pub fn lines(dataset: &Dataset, receipt: &str) -> Vec<LineRow> {
    let Some(number) = dataset.receipt_find(receipt) else {
        return Vec::new();
    };
    let mut rows: Vec<u32> = dataset
        .rows()
        .filter(|row| dataset.receipt(*row) == number)
        .collect();
    rows.sort_by(|a, b| dataset.order(*a, *b));
    rows.into_iter()
        .map(|row| line(dataset.event(row)))
        .collect()
}

fn line(event: Event<'_>) -> LineRow {
    LineRow {
        event_id: event.event_id().to_owned(),
        at: event.at(),
        kind: event.kind().as_str().to_owned(),
        line: Some(event.line()).filter(|line| *line != 0),
        product: event.product().map(str::to_owned),
        product_name: event.product_name().map(str::to_owned),
        category: event.category().map(str::to_owned),
        quantity: event.quantity(),
        amount_cents: event.amount_cents(),
        outside_gross: matches!(event.apart(), Some(Apart::Deposit | Apart::GiftCard)),
        returns_receipt: event.returns_line().map(|(receipt, _)| receipt.to_owned()),
        returns_line: event.returns_line().map(|(_, line)| line),
        reason: event.reason(),
        note: event.note().map(str::to_owned),
    }
}

#[derive(Debug, Default)]
struct Sums {
    sale_lines: usize,
    return_lines: usize,
    gross: i64,
    returns: i64,
    owner: Option<u32>,
}

fn page(
    selection: &Selection<'_>,
    rows: impl Iterator<Item = u32>,
    offset: usize,
    limit: usize,
) -> Page<ReceiptRow> {
    let dataset = selection.dataset;
    let mut receipts: BTreeMap<u32, Sums> = BTreeMap::new();
    for row in
        rows.filter(|row| dataset.class(*row) != Class::Other && dataset.receipt(*row) != NONE)
    {
        let sums = receipts.entry(dataset.receipt(row)).or_default();
        match dataset.class(row) {
            Class::Sale => sums.sale_lines += 1,
            _ => sums.return_lines += 1,
        }
        sums.gross += selection.gross(row);
        sums.returns += selection.returns(row);
        let owner = dataset.owner(row);
        sums.owner = sums.owner.or((owner != NONE).then_some(owner));
    }
    let first = |receipt: u32| {
        dataset
            .receipt_info(receipt)
            .map_or(NONE, |info| info.first)
    };
    let mut order: Vec<(u32, u32)> = receipts
        .keys()
        .map(|receipt| (first(*receipt), *receipt))
        .collect();
    order.sort_by(|(a, _), (b, _)| dataset.order(*b, *a));
    let rows = order
        .iter()
        .skip(offset)
        .take(limit.min(MAX_PAGE))
        .filter_map(|(first, receipt)| {
            let sums = receipts.get(receipt)?;
            let event = dataset.event(*first);
            Some(ReceiptRow {
                receipt: dataset.receipt_name(*receipt).to_owned(),
                at: event.at(),
                day: event.local_day(),
                shop: event.shop().to_owned(),
                till: event.till().to_owned(),
                customer: sums.owner.map(|owner| dataset.owner_id(owner).to_owned()),
                sale_lines: sums.sale_lines,
                return_lines: sums.return_lines,
                gross_cents: sums.gross,
                returns_cents: sums.returns,
                net_cents: sums.gross - sums.returns,
                imported: event.imported(),
            })
        });
    Page {
        total: order.len(),
        rows: rows.collect(),
    }
}
