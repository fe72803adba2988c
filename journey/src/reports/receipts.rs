//! Down to the paper: receipts of a customer or of the whole selection, and the lines of one receipt.
//! Receipts come latest first; a receipt stands at its earliest line.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::Serialize;

use super::Query;
use super::customers::{MAX_EXPORT, MAX_PAGE, Page};
use super::facts::Selection;
use crate::dataset::{Class, CustomerNo, Dataset, Event, NONE};
use crate::day::DAY_MS;
use crate::record::{Apart, Reason};

/// Further than any local time is from UTC.
const FURTHEST_MS: i64 = i16::MAX as i64 * 60_000;

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
    /// The customer of the earliest line that has one.
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

/// Receipts of one customer within the selection, latest first; sums are of his lines.
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
    let lines = history
        .rows()
        .filter(|row| is_line(dataset, *row) && selection.knows(*row) && selection.takes(*row));
    let mut receipts: Vec<u32> = lines.map(|row| dataset.receipt(row)).collect();
    receipts.sort_unstable();
    receipts.dedup();
    let owner = history.owner();
    receipts.sort_unstable_by(|a, b| dataset.order(first(dataset, *b), first(dataset, *a)));
    let shown = receipts.iter().skip(offset).take(limit.min(MAX_PAGE));
    Page {
        total: receipts.len(),
        rows: shown
            .map(|receipt| row(&selection, *receipt, |row| dataset.owner(row) == owner))
            .collect(),
    }
}

/// Which receipts of a selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Which {
    /// All of them.
    #[default]
    All,
    /// Those with at least one sale line: the sale receipts of `volumes`.
    Sales,
}

/// Receipts of the selection (a day, a shop), latest first.
#[must_use]
pub fn of_selection(
    dataset: &Dataset,
    query: &Query,
    offset: usize,
    limit: usize,
) -> Page<ReceiptRow> {
    which_of_selection(dataset, query, Which::All, offset, limit)
}

/// The same of some of the receipts.
#[must_use]
pub fn which_of_selection(
    dataset: &Dataset,
    query: &Query,
    which: Which,
    offset: usize,
    limit: usize,
) -> Page<ReceiptRow> {
    let selection = Selection::new(dataset, query);
    let sums = selection.sums();
    let total = match which {
        Which::All => sums.receipts,
        Which::Sales => sums.sale_receipts,
    };
    Page {
        total: usize::try_from(total).unwrap_or_default(),
        rows: latest(&selection, which)
            .skip(offset)
            .take(limit.min(MAX_PAGE))
            .map(|receipt| row(&selection, receipt, |_| true))
            .collect(),
    }
}

/// The selected receipts, latest first.
fn latest<'a>(selection: &'a Selection<'a>, which: Which) -> impl Iterator<Item = u32> + 'a {
    let dataset = selection.dataset;
    let by_time = dataset.ledger().by_time(dataset);
    let at_ms = |receipt: u32| dataset.at_ms(first(dataset, receipt));
    // A local day begins at another instant in every zone, but nowhere more than so far from that of UTC.
    let instant = |day: i32| i64::from(day) * DAY_MS;
    let start = by_time
        .partition_point(|receipt| at_ms(*receipt) < instant(selection.from()) - FURTHEST_MS);
    let end = by_time.partition_point(|receipt| {
        at_ms(*receipt) < instant(selection.to()) + DAY_MS + FURTHEST_MS
    });
    by_time
        .get(start..end)
        .unwrap_or_default()
        .iter()
        .rev()
        .copied()
        .filter(move |receipt| {
            let counts = |row: u32| match which {
                Which::All => is_line(dataset, row),
                Which::Sales => dataset.class(row) == Class::Sale,
            };
            selection.takes_first(first(dataset, *receipt))
                && ((which == Which::All && !selection.live_only())
                    || dataset
                        .rows_of_receipt(*receipt)
                        .any(|row| counts(row) && selection.knows(row)))
        })
}

fn first(dataset: &Dataset, receipt: u32) -> u32 {
    dataset
        .receipt_info(receipt)
        .map_or(NONE, |info| info.first)
}

fn is_line(dataset: &Dataset, row: u32) -> bool {
    dataset.class(row) != Class::Other && dataset.receipt(row) != NONE
}

/// The latest receipts of the selection for a file, at most so many and never more than [`MAX_EXPORT`].
#[must_use]
pub fn export(dataset: &Dataset, query: &Query, most: usize) -> Vec<ReceiptRow> {
    which_export(dataset, query, Which::All, most)
}

/// The same of some of the receipts.
#[must_use]
pub fn which_export(
    dataset: &Dataset,
    query: &Query,
    which: Which,
    most: usize,
) -> Vec<ReceiptRow> {
    let selection = Selection::new(dataset, query);
    latest(&selection, which)
        .take(most.min(MAX_EXPORT))
        .map(|receipt| row(&selection, receipt, |_| true))
        .collect()
}

/// One receipt, when it is in the selection.
#[must_use]
pub fn receipt(dataset: &Dataset, query: &Query, receipt: &str) -> Option<ReceiptRow> {
    let selection = Selection::new(dataset, query);
    let number = dataset.receipt_find(receipt)?;
    dataset
        .rows_of_receipt(number)
        .any(|row| is_line(dataset, row) && selection.knows(row) && selection.takes(row))
        .then(|| row(&selection, number, |_| true))
}

/// The lines of one receipt and the touchpoints on it, in order.
#[must_use]
pub fn lines(dataset: &Dataset, receipt: &str) -> Vec<LineRow> {
    let Some(number) = dataset.receipt_find(receipt) else {
        return Vec::new();
    };
    let mut rows: Vec<u32> = dataset.rows_of_receipt(number).collect();
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

/// A receipt with the sums of the known lines that `own` takes.
fn row(selection: &Selection<'_>, receipt: u32, own: impl Fn(u32) -> bool) -> ReceiptRow {
    let dataset = selection.dataset;
    let lines = dataset
        .rows_of_receipt(receipt)
        .filter(|row| is_line(dataset, *row) && selection.knows(*row) && own(*row));
    let first = dataset.event(first(dataset, receipt));
    receipt_row(dataset, first, receipt, lines)
}

fn receipt_row(
    dataset: &Dataset,
    first: Event<'_>,
    receipt: u32,
    lines: impl Iterator<Item = u32>,
) -> ReceiptRow {
    let mut sums = ReceiptRow {
        receipt: dataset.receipt_name(receipt).to_owned(),
        at: first.at(),
        day: first.local_day(),
        shop: first.shop().to_owned(),
        till: first.till().to_owned(),
        customer: None,
        sale_lines: 0,
        return_lines: 0,
        gross_cents: 0,
        returns_cents: 0,
        net_cents: 0,
        imported: first.imported(),
    };
    let mut named: Option<u32> = None;
    for row in lines {
        match dataset.class(row) {
            Class::Sale => sums.sale_lines += 1,
            _ => sums.return_lines += 1,
        }
        sums.gross_cents += dataset.gross(row);
        sums.returns_cents += dataset.returns(row);
        if dataset.owner(row) != NONE && named.is_none_or(|other| dataset.order(row, other).is_lt())
        {
            named = Some(row);
        }
    }
    sums.net_cents = sums.gross_cents - sums.returns_cents;
    sums.customer = named.map(|row| dataset.owner_id(dataset.owner(row)).to_owned());
    sums
}
