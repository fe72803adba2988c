//! One record seen in its columns, and the scans that reports are made of.

use std::cmp::Ordering;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Utc};

use super::columns::Class;
use super::{Dataset, NONE, ReceiptInfo};
use crate::day;
use crate::record::{Apart, Kind, Reason, local_time};

/// One record in its dataset.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    dataset: &'a Dataset,
    row: u32,
}

impl<'a> Event<'a> {
    /// Unique in the organisation.
    #[must_use]
    pub fn event_id(self) -> &'a str {
        self.dataset.event_ids.get(self.row)
    }

    /// Milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn at_ms(self) -> i64 {
        self.dataset.columns.at_ms(self.row)
    }

    /// Wall time in the shop.
    #[must_use]
    pub fn local_time(self) -> NaiveDateTime {
        local_time(self.at_ms(), self.dataset.columns.offset_minutes(self.row))
    }

    /// Calendar day in the shop's own time.
    #[must_use]
    pub fn local_day(self) -> NaiveDate {
        day::from_number(self.dataset.columns.day(self.row))
    }

    /// Wall time with its offset.
    #[must_use]
    pub fn at(self) -> DateTime<FixedOffset> {
        let minutes = i32::from(self.dataset.columns.offset_minutes(self.row));
        let instant: DateTime<Utc> =
            DateTime::from_timestamp_millis(self.at_ms()).unwrap_or_default();
        FixedOffset::east_opt(minutes * 60).map_or_else(
            || instant.fixed_offset(),
            |offset| instant.with_timezone(&offset),
        )
    }

    /// Shop.
    #[must_use]
    pub fn shop(self) -> &'a str {
        self.dataset.shops.get(self.dataset.columns.shop(self.row))
    }

    /// Till; may be empty.
    #[must_use]
    pub fn till(self) -> &'a str {
        self.dataset.tills.get(self.dataset.columns.till(self.row))
    }

    /// The customer it counts for.
    #[must_use]
    pub fn customer(self) -> Option<&'a str> {
        let owner = self.dataset.owner(self.row);
        (owner != NONE).then(|| self.dataset.customers.id(owner))
    }

    /// What happened.
    #[must_use]
    pub fn kind(self) -> &'a Kind {
        let number = self.dataset.columns.kind(self.row) as usize;
        self.dataset.kinds.get(number).unwrap_or(&Kind::Wait)
    }

    /// Receipt.
    #[must_use]
    pub fn receipt(self) -> Option<&'a str> {
        let receipt = self.dataset.columns.receipt(self.row);
        (receipt != NONE).then(|| self.dataset.receipt_names.get(receipt))
    }

    /// Line on the receipt, 0 where it is not known.
    #[must_use]
    pub fn line(self) -> u16 {
        self.dataset.columns.line(self.row)
    }

    /// Article.
    #[must_use]
    pub fn product(self) -> Option<&'a str> {
        let product = self.dataset.columns.product(self.row);
        (product != NONE).then(|| self.dataset.products.get(product))
    }

    /// Its name, where any record gave one.
    #[must_use]
    pub fn product_name(self) -> Option<&'a str> {
        self.dataset
            .product_names
            .get(&self.dataset.columns.product(self.row))
            .map(String::as_str)
    }

    /// Category.
    #[must_use]
    pub fn category(self) -> Option<&'a str> {
        let category = self.dataset.columns.category(self.row);
        (category != NONE).then(|| self.dataset.categories.get(category))
    }

    /// Quantity in thousandths.
    #[must_use]
    pub fn quantity(self) -> i64 {
        self.dataset.columns.quantity(self.row)
    }

    /// Amount in cents.
    #[must_use]
    pub fn amount_cents(self) -> i64 {
        self.dataset.columns.amount_cents(self.row)
    }

    /// The sale line (receipt, line) this return names.
    #[must_use]
    pub fn returns_line(self) -> Option<(&'a str, u16)> {
        let (receipt, line) = self.dataset.extras.get(&self.row)?.returns?;
        Some((self.dataset.receipt_names.get(receipt), line))
    }

    /// Why it came back.
    #[must_use]
    pub fn reason(self) -> Option<Reason> {
        self.dataset.extras.get(&self.row)?.reason
    }

    /// Score of a feedback.
    #[must_use]
    pub fn score(self) -> Option<u8> {
        self.dataset.extras.get(&self.row)?.score
    }

    /// Text.
    #[must_use]
    pub fn note(self) -> Option<&'a str> {
        self.dataset.extras.get(&self.row)?.note.as_deref()
    }

    /// From an outside history.
    #[must_use]
    pub fn imported(self) -> bool {
        self.dataset.columns.imported(self.row)
    }

    /// Outside gross.
    #[must_use]
    pub fn apart(self) -> Option<Apart> {
        self.dataset.columns.apart(self.row)
    }

    /// The local day it counts for: that of its receipt's earliest line, its own without a receipt.
    #[must_use]
    pub fn counted_day(self) -> NaiveDate {
        day::from_number(self.receipt_day())
    }

    pub(crate) fn class(self) -> Class {
        self.dataset.columns.class(self.row)
    }

    pub(crate) fn day_number(self) -> i32 {
        self.dataset.columns.day(self.row)
    }

    /// The local day it became known: a line with its receipt, a touchpoint on its own day (a feedback names
    /// the receipt of a day long past).
    pub(crate) fn known_day(self) -> i32 {
        match self.class() {
            Class::Other => self.day_number(),
            Class::Sale | Class::Return => self.receipt_day(),
        }
    }

    /// The local day of its receipt's earliest line; its own day without a receipt.
    pub(crate) fn receipt_day(self) -> i32 {
        let receipt = self.dataset.columns.receipt(self.row);
        let lines = |info: &ReceiptInfo| info.has_sale || info.has_return;
        self.dataset
            .receipt_info(receipt)
            .filter(lines)
            .map_or_else(
                || self.day_number(),
                |info| self.dataset.columns.day(info.first),
            )
    }
}

/// Scans.
impl Dataset {
    /// Every line and touchpoint.
    pub(crate) fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.columns.len_u32()).filter(|row| self.columns.is_event(*row))
    }

    /// Every line and touchpoint, and the rounding of payments.
    pub(crate) fn money_rows(&self) -> impl Iterator<Item = u32> + '_ {
        0..self.columns.len_u32()
    }

    pub(crate) const fn event(&self, row: u32) -> Event<'_> {
        Event { dataset: self, row }
    }

    /// The order of events: (instant, event id as bytes).
    pub(crate) fn order(&self, a: u32, b: u32) -> Ordering {
        self.columns
            .at_ms(a)
            .cmp(&self.columns.at_ms(b))
            .then_with(|| self.event_ids.get(a).cmp(self.event_ids.get(b)))
    }

    /// The customer number a row counts for, or [`NONE`].
    pub(crate) fn owner(&self, row: u32) -> u32 {
        self.customers.root_of(self.columns.customer(row))
    }

    pub(crate) fn owner_count(&self) -> usize {
        self.customers.len()
    }

    pub(crate) fn owner_id(&self, owner: u32) -> &str {
        self.customers.id(owner)
    }

    pub(crate) fn at_ms(&self, row: u32) -> i64 {
        self.columns.at_ms(row)
    }

    pub(crate) fn day(&self, row: u32) -> i32 {
        self.columns.day(row)
    }

    pub(crate) fn shop(&self, row: u32) -> u32 {
        self.columns.shop(row)
    }

    pub(crate) fn shop_count(&self) -> usize {
        self.shops.len()
    }

    pub(crate) fn shop_number(&self, shop: &str) -> Option<u32> {
        self.shops.find(shop)
    }

    pub(crate) fn receipt(&self, row: u32) -> u32 {
        self.columns.receipt(row)
    }

    pub(crate) fn receipt_count(&self) -> usize {
        self.receipts.len()
    }

    pub(crate) fn receipt_find(&self, name: &str) -> Option<u32> {
        self.receipt_names.find(name)
    }

    pub(crate) fn receipt_name(&self, receipt: u32) -> &str {
        self.receipt_names.get(receipt)
    }

    pub(crate) fn receipt_info(&self, receipt: u32) -> Option<ReceiptInfo> {
        self.receipts.info(receipt)
    }

    /// What a row is to the sales figures.
    pub(crate) fn class(&self, row: u32) -> Class {
        self.columns.class(row)
    }

    pub(crate) fn apart(&self, row: u32) -> Option<Apart> {
        self.columns.apart(row)
    }

    pub(crate) fn imported(&self, row: u32) -> bool {
        self.columns.imported(row)
    }

    pub(crate) fn pieces(&self, row: u32) -> bool {
        self.columns.pieces(row)
    }

    pub(crate) fn product(&self, row: u32) -> u32 {
        self.columns.product(row)
    }

    pub(crate) fn product_count(&self) -> usize {
        self.products.len()
    }

    pub(crate) fn quantity(&self, row: u32) -> i64 {
        self.columns.quantity(row)
    }

    pub(crate) fn amount(&self, row: u32) -> i64 {
        self.columns.amount_cents(row)
    }

    /// The receipt number a return names.
    pub(crate) fn returns_receipt(&self, row: u32) -> Option<u32> {
        self.extras.get(&row)?.returns.map(|(receipt, _)| receipt)
    }
}
