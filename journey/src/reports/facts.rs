//! What reports go through: the selection, and every customer with what of his is selected, one after the other. A report
//! adds up what it wants of each in a tally of its own, so that several reports cost one pass.

use super::{Imported, Query};
use crate::dataset::{Class, Dataset, Entry, NONE, Sums};
use crate::day;

/// No day.
pub(crate) const NO_DAY: i32 = i32::MAX;

/// A query with its names looked up.
#[derive(Debug)]
pub(crate) struct Selection<'a> {
    pub(crate) dataset: &'a Dataset,
    from: i32,
    to: i32,
    /// Which shops count; none is all.
    shops: Option<Vec<bool>>,
    exclude_imported: bool,
    /// Whether everything known is selected.
    takes_all: bool,
}

impl<'a> Selection<'a> {
    pub(crate) fn new(dataset: &'a Dataset, query: &Query) -> Self {
        let shops = query.shops.as_ref().map(|names| {
            let mut counts = vec![false; dataset.shop_count()];
            for shop in names.iter().filter_map(|name| dataset.shop_number(name)) {
                if let Some(counts) = counts.get_mut(shop as usize) {
                    *counts = true;
                }
            }
            counts
        });
        Self {
            dataset,
            from: query.from.map_or(i32::MIN, day::number),
            to: query.to.map_or(i32::MAX, day::number),
            shops,
            exclude_imported: query.imported == Imported::Exclude,
            takes_all: query.from.is_none() && query.to.is_none() && query.shops.is_none(),
        }
    }

    /// The last day of the selection, if it has one.
    pub(crate) const fn to(&self) -> i32 {
        self.to
    }

    /// Whether a row is part of the history at all.
    pub(crate) fn knows(&self, row: u32) -> bool {
        !(self.exclude_imported && self.dataset.imported(row))
    }

    /// The row that says a row's day and shop: the earliest line of its receipt.
    fn deciding(&self, row: u32) -> u32 {
        let receipt = self.dataset.receipt(row);
        if receipt == NONE {
            return row;
        }
        match self.dataset.receipt_info(receipt) {
            Some(info) if info.has_sale || info.has_return => info.first,
            _ => row,
        }
    }

    /// The local day a row counts for.
    pub(crate) fn day(&self, row: u32) -> i32 {
        self.dataset.day(self.deciding(row))
    }

    /// Whether a known row is selected.
    pub(crate) fn takes(&self, row: u32) -> bool {
        if self.takes_all {
            return true;
        }
        self.takes_first(self.deciding(row))
    }

    /// The rows of the history.
    pub(crate) fn known_rows(&self) -> impl Iterator<Item = u32> + '_ {
        self.dataset.rows().filter(|row| self.knows(*row))
    }

    /// The selected rows.
    pub(crate) fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        self.known_rows().filter(|row| self.takes(*row))
    }

    /// The first day of the selection, if it has one.
    pub(crate) const fn from(&self) -> i32 {
        self.from
    }

    /// Whether rows of outside histories are left out.
    pub(crate) const fn live_only(&self) -> bool {
        self.exclude_imported
    }

    fn takes_place(&self, day: i32, shop: u32) -> bool {
        self.takes_all
            || (day >= self.from
                && day <= self.to
                && self
                    .shops
                    .as_ref()
                    .is_none_or(|shops| shops.get(shop as usize) == Some(&true)))
    }

    /// Whether a receipt is selected, given the row of its earliest line.
    pub(crate) fn takes_first(&self, first: u32) -> bool {
        self.takes_all || self.takes_place(self.dataset.day(first), self.dataset.shop(first))
    }

    /// Everything selected, added up.
    pub(crate) fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        for cell in self.dataset.ledger().cells().iter() {
            if self.takes_place(cell.day, cell.shop) {
                sums.add(cell.sums(self.exclude_imported), 1);
            }
        }
        sums
    }

    /// Sums of the selection by shop and day, in no particular order.
    pub(crate) fn days(&self) -> impl Iterator<Item = (i32, &Sums)> {
        let cells = self.dataset.ledger().cells().iter();
        cells
            .filter(|cell| self.takes_place(cell.day, cell.shop))
            .map(|cell| (cell.day, cell.sums(self.exclude_imported)))
    }

    /// Of every cell of the ledger: whether it is selected, and its shop.
    pub(crate) fn cells(&self) -> Vec<(bool, u32)> {
        let cells = self.dataset.ledger().cells().iter();
        cells
            .map(|cell| (self.takes_place(cell.day, cell.shop), cell.shop))
            .collect()
    }

    /// First and last local day with a selected sale receipt, anonymous ones included.
    pub(crate) fn sale_days(&self) -> Option<(i32, i32)> {
        let days = self
            .days()
            .filter(|(_, sums)| sums.sale_receipts > 0)
            .map(|(day, _)| day);
        days.fold(None, |range: Option<(i32, i32)>, day| {
            Some(range.map_or((day, day), |(first, last)| (first.min(day), last.max(day))))
        })
    }

    /// First local day with a known sale receipt, in the whole history.
    pub(crate) fn first_sale_day_known(&self) -> Option<i32> {
        let cells = self.dataset.ledger().cells().iter();
        cells
            .filter(|cell| cell.sums(self.exclude_imported).sale_receipts > 0)
            .map(|cell| cell.day)
            .min()
    }

    /// Shows every customer with something selected, in order of their numbers.
    pub(crate) fn each_customer(&self, mut show: impl FnMut(&Customer<'_>)) {
        let entries = self.dataset.ledger().entries();
        let (mut chosen, mut visits) = (Vec::new(), Vec::new());
        for owner in 0..u32::try_from(self.dataset.owner_count()).unwrap_or(NONE) {
            let own = entries.of(owner);
            let all = self.takes_all && !self.exclude_imported;
            let chosen: &[Entry] = if all {
                own
            } else {
                self.choose(own, &mut chosen);
                &chosen
            };
            if chosen.is_empty() {
                continue;
            }
            visits.clear();
            for entry in chosen.iter().filter(|entry| entry.has_sale) {
                if visits.last() != Some(&entry.day) {
                    visits.push(entry.day);
                }
            }
            let (first, second) = self.first_days(own);
            show(&Customer {
                owner,
                first,
                second,
                chosen,
                visits: &visits,
            });
        }
    }

    fn choose(&self, own: &[Entry], into: &mut Vec<Entry>) {
        into.clear();
        let start = own.partition_point(|entry| entry.day < self.from);
        let later = own.get(start..).unwrap_or_default();
        into.extend(
            later
                .iter()
                .take_while(|entry| entry.day <= self.to)
                .filter(|entry| {
                    self.takes_place(entry.day, entry.shop)
                        && !(self.exclude_imported && entry.imported)
                }),
        );
    }

    /// The days of the first and the second visit, over the whole history.
    fn first_days(&self, own: &[Entry]) -> (i32, i32) {
        let mut days = own
            .iter()
            .filter(|entry| entry.has_sale && !(self.exclude_imported && entry.imported))
            .map(|entry| entry.day);
        let first = days.next().unwrap_or(NO_DAY);
        (first, days.find(|day| *day != first).unwrap_or(NO_DAY))
    }

    pub(crate) fn is_sale(&self, row: u32) -> bool {
        self.dataset.class(row) == Class::Sale && self.dataset.receipt(row) != NONE
    }
}

/// A customer with something selected.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Customer<'a> {
    pub(crate) owner: u32,
    /// The day of the first visit of the whole history over all shops, [`NO_DAY`] without one.
    pub(crate) first: i32,
    /// The day of the second one.
    pub(crate) second: i32,
    /// What is selected of his receipts, in order of their days.
    pub(crate) chosen: &'a [Entry],
    /// The selected visits: distinct days with a sale receipt, in order.
    pub(crate) visits: &'a [i32],
}

impl Customer<'_> {
    /// Whether the first visit of all is selected.
    pub(crate) fn is_new(&self) -> bool {
        self.visits.first() == Some(&self.first)
    }

    /// Selected sale receipts.
    pub(crate) fn sale_receipts(&self) -> usize {
        let mut before = None;
        let receipts = self.chosen.iter().filter(|entry| entry.has_sale);
        receipts
            .filter(|entry| before.replace(entry.receipt) != Some(entry.receipt))
            .count()
    }
}
