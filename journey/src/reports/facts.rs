//! What reports scan for: the selection, visits, receipts and money per customer.
//! Keys are (owner, day) or (owner, receipt) packed in 64 bits, so that sorting them is sorting numbers.

use super::{Imported, Query};
use crate::dataset::{Class, Dataset, NONE, Part};
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
        self.takes_deciding(self.deciding(row))
    }

    fn takes_deciding(&self, deciding: u32) -> bool {
        let day = self.dataset.day(deciding);
        day >= self.from
            && day <= self.to
            && self
                .shops
                .as_ref()
                .is_none_or(|shops| shops.get(self.dataset.shop(deciding) as usize) == Some(&true))
    }

    /// The rows of the history.
    pub(crate) fn known_rows(&self) -> impl Iterator<Item = u32> + '_ {
        self.dataset.rows().filter(|row| self.knows(*row))
    }

    /// The selected rows.
    pub(crate) fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        self.known_rows().filter(|row| self.takes(*row))
    }

    /// The known receipts, by their parts.
    fn known_parts(&self) -> impl Iterator<Item = Part> + '_ {
        self.dataset
            .parts()
            .filter(|part| !(self.exclude_imported && part.imported))
    }

    /// The selected receipts, by their parts. A line without a receipt, which no source makes, is in none.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        self.known_parts()
            .filter(|part| self.takes_receipt(part.receipt))
    }

    fn takes_receipt(&self, receipt: u32) -> bool {
        self.takes_all
            || self
                .dataset
                .receipt_info(receipt)
                .is_some_and(|info| self.takes_deciding(info.first))
    }

    /// The local day of a receipt.
    pub(crate) fn day_of_receipt(&self, receipt: u32) -> i32 {
        self.dataset
            .receipt_info(receipt)
            .map_or(NO_DAY, |info| self.dataset.day(info.first))
    }

    /// Every known visit as a sorted list of (owner, day) keys.
    pub(crate) fn all_visits(&self) -> Vec<u64> {
        keys(self.dataset.owner_count(), self.known_parts(), |part| {
            day_bits(self.day_of_receipt(part.receipt))
        })
    }

    /// Every selected visit as a sorted list of (owner, day) keys.
    pub(crate) fn visits(&self) -> Vec<u64> {
        keys(self.dataset.owner_count(), self.parts(), |part| {
            day_bits(self.day_of_receipt(part.receipt))
        })
    }

    /// The selected visits, given all of them.
    pub(crate) fn visits_of(&self, all: &[u64]) -> Vec<u64> {
        if self.takes_all {
            all.to_vec()
        } else {
            self.visits()
        }
    }

    /// Every selected (owner, sale receipt), sorted.
    pub(crate) fn sale_receipts(&self) -> Vec<u64> {
        keys(self.dataset.owner_count(), self.parts(), |part| {
            part.receipt
        })
    }

    /// First and last local day with a selected sale receipt, anonymous ones included.
    pub(crate) fn sale_days(&self) -> Option<(i32, i32)> {
        let days = self
            .parts()
            .filter(|part| part.sale_lines > 0)
            .map(|part| self.day_of_receipt(part.receipt));
        days.fold(None, |range: Option<(i32, i32)>, day| {
            Some(range.map_or((day, day), |(first, last)| (first.min(day), last.max(day))))
        })
    }

    /// First local day with a known sale receipt, in the whole history.
    pub(crate) fn first_sale_day_known(&self) -> Option<i32> {
        self.known_parts()
            .filter(|part| part.sale_lines > 0)
            .map(|part| self.day_of_receipt(part.receipt))
            .min()
    }

    pub(crate) fn is_sale(&self, row: u32) -> bool {
        self.dataset.class(row) == Class::Sale && self.dataset.receipt(row) != NONE
    }
}

/// Sorted keys of (owner, what `low` says) over sale receipts of customers, each once. Sorted by counting
/// owners: receipts come nearly in order of time, so the keys of one owner are nearly sorted then.
fn keys(owners: usize, parts: impl Iterator<Item = Part>, low: impl Fn(&Part) -> u32) -> Vec<u64> {
    let mut next = vec![0_usize; owners + 1];
    let mut unsorted = Vec::new();
    for part in parts.filter(|part| part.owner != NONE && part.sale_lines > 0) {
        unsorted.push(u64::from(part.owner) << 32 | u64::from(low(&part)));
        if let Some(count) = next.get_mut(part.owner as usize + 1) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for start in &mut next {
        sum += *start;
        *start = sum;
    }
    let mut keys = vec![0_u64; unsorted.len()];
    for key in unsorted {
        if let Some(next) = next.get_mut(owner_of(key) as usize) {
            if let Some(slot) = keys.get_mut(*next) {
                *slot = key;
            }
            *next += 1;
        }
    }
    for own in keys.chunk_by_mut(|a, b| owner_of(*a) == owner_of(*b)) {
        if !own.is_sorted() {
            own.sort_unstable();
        }
    }
    keys.dedup();
    keys
}

fn day_bits(day: i32) -> u32 {
    (day ^ i32::MIN).cast_unsigned()
}

/// The owner of a key.
pub(crate) const fn owner_of(key: u64) -> u32 {
    (key >> 32) as u32
}

/// The day of a (owner, day) key.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the lower half of 64 bits is wanted"
)]
pub(crate) const fn day_of(key: u64) -> i32 {
    (key as u32).cast_signed() ^ i32::MIN
}

/// Splits sorted keys into one slice per owner.
pub(crate) fn by_owner(keys: &[u64]) -> impl Iterator<Item = (u32, &[u64])> {
    keys.chunk_by(|a, b| owner_of(*a) == owner_of(*b))
        .filter_map(|keys| keys.first().map(|key| (owner_of(*key), keys)))
}

/// The first visit day of every owner, [`NO_DAY`] without one.
pub(crate) fn first_days(dataset: &Dataset, all_visits: &[u64]) -> Vec<i32> {
    let mut first = vec![NO_DAY; dataset.owner_count()];
    for (owner, keys) in by_owner(all_visits) {
        if let (Some(slot), Some(key)) = (first.get_mut(owner as usize), keys.first()) {
            *slot = day_of(*key);
        }
    }
    first
}

/// The first visit day of one owner.
pub(crate) fn first_day(first_days: &[i32], owner: u32) -> i32 {
    first_days.get(owner as usize).copied().unwrap_or(NO_DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_owner_then_day() {
        let key = |owner: u32, day: i32| u64::from(owner) << 32 | u64::from(day_bits(day));
        let mut keys = [key(1, 5), key(0, 7), key(1, -3), key(0, -9)];
        keys.sort_unstable();
        let back: Vec<(u32, i32)> = keys
            .iter()
            .map(|key| (owner_of(*key), day_of(*key)))
            .collect();
        assert_eq!(back, [(0, -9), (0, 7), (1, -3), (1, 5)]);
    }
}
