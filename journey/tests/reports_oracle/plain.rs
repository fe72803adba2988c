//! The ground rules read plainly: what is known, what is selected, visits and receipts.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use journey::Query;
use journey::record::{Kind, Record};
use journey::reports::Imported;

/// The selection of a history, as the ground rules say it.
pub(super) struct Plain<'a> {
    /// Everything known.
    pub(super) known: Vec<&'a Record>,
    /// What is selected.
    pub(super) chosen: Vec<&'a Record>,
    /// Earliest line of each receipt.
    pub(super) first: BTreeMap<&'a str, &'a Record>,
    pub(super) to: Option<NaiveDate>,
}

impl<'a> Plain<'a> {
    pub(super) fn new(records: &'a [Record], query: &Query) -> Self {
        let known: Vec<&Record> = records
            .iter()
            .filter(|r| query.imported == Imported::Include || !r.imported)
            .collect();
        let mut first: BTreeMap<&str, &Record> = BTreeMap::new();
        // A receipt's time is a fact of the receipt, whatever is asked about.
        for record in records
            .iter()
            .filter(|r| matches!(r.kind, Kind::Sale | Kind::Return))
        {
            let slot = first
                .entry(record.receipt.as_deref().unwrap())
                .or_insert(record);
            if (record.at_ms, &record.event_id) < (slot.at_ms, &slot.event_id) {
                *slot = record;
            }
        }
        let mut plain = Self {
            known,
            chosen: Vec::new(),
            first,
            to: query.to,
        };
        plain.chosen = plain
            .known
            .iter()
            .copied()
            .filter(|r| {
                let decides = plain.decides(r);
                let day = decides.local_day();
                query.from.is_none_or(|from| day >= from)
                    && query.to.is_none_or(|to| day <= to)
                    && query
                        .shops
                        .as_ref()
                        .is_none_or(|shops| shops.contains(&decides.shop))
            })
            .collect();
        plain
    }

    pub(super) fn decides(&self, record: &'a Record) -> &'a Record {
        record
            .receipt
            .as_deref()
            .and_then(|receipt| self.first.get(receipt))
            .copied()
            .unwrap_or(record)
    }

    pub(super) fn day(&self, record: &'a Record) -> NaiveDate {
        self.decides(record).local_day()
    }

    pub(super) fn sales(&self) -> impl Iterator<Item = &'a Record> + '_ {
        self.chosen.iter().copied().filter(|r| r.kind == Kind::Sale)
    }

    pub(super) fn backs(&self) -> impl Iterator<Item = &'a Record> + '_ {
        self.chosen
            .iter()
            .copied()
            .filter(|r| r.kind == Kind::Return)
    }

    pub(super) fn visits_among(
        &self,
        records: &[&'a Record],
    ) -> BTreeMap<&'a str, BTreeSet<NaiveDate>> {
        let mut visits: BTreeMap<&str, BTreeSet<NaiveDate>> = BTreeMap::new();
        for sale in records.iter().filter(|r| r.kind == Kind::Sale) {
            if let Some(customer) = sale.customer.as_deref() {
                visits.entry(customer).or_default().insert(self.day(sale));
            }
        }
        visits
    }

    pub(super) fn visits(&self) -> BTreeMap<&'a str, BTreeSet<NaiveDate>> {
        self.visits_among(&self.chosen)
    }

    pub(super) fn history_visits(&self) -> BTreeMap<&'a str, BTreeSet<NaiveDate>> {
        self.visits_among(&self.known)
    }

    pub(super) fn last_sale_day(&self) -> Option<NaiveDate> {
        self.sales().map(|r| self.day(r)).max()
    }

    pub(super) fn receipts<T: Ord>(
        records: impl Iterator<Item = &'a Record>,
        key: impl Fn(&'a Record) -> Option<T>,
    ) -> BTreeSet<T> {
        records.filter_map(key).collect()
    }
}

pub(super) fn cents<'a>(records: impl Iterator<Item = &'a Record>) -> i64 {
    records
        .filter(|r| r.apart.is_none())
        .map(|r| r.amount_cents)
        .sum()
}

pub(super) fn frac(part: i64, whole: i64) -> Option<f64> {
    if whole == 0 {
        None
    } else {
        Some(part as f64 / whole as f64)
    }
}

pub(super) fn receipt_of(record: &Record) -> Option<&str> {
    record.receipt.as_deref()
}

pub(super) fn identified_receipt(record: &Record) -> Option<&str> {
    record.customer.as_ref().and(record.receipt.as_deref())
}
