//! Every customer's receipts in order of their days, one customer behind the other: a report goes through them once.
//! Customers whose receipts changed since it was laid out have a list of their own.

use hashbrown::HashMap;

use super::super::receipts::Part;
use super::super::{Dataset, NONE};

/// As many changed entries are never worth laying everything out anew.
const FEW: usize = 4_096;

/// A receipt as far as it belongs to one customer and came one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) gross: i64,
    pub(crate) returns: i64,
    /// The local day of the receipt.
    pub(crate) day: i32,
    pub(crate) receipt: u32,
    /// The shop of the receipt.
    pub(crate) shop: u32,
    pub(crate) return_lines: u32,
    pub(crate) has_sale: bool,
    pub(crate) imported: bool,
}

impl Entry {
    const EMPTY: Self = Self {
        gross: 0,
        returns: 0,
        day: 0,
        receipt: NONE,
        shop: NONE,
        return_lines: 0,
        has_sale: false,
        imported: false,
    };

    fn of(dataset: &Dataset, part: &Part) -> Self {
        let first = dataset
            .receipt_info(part.receipt)
            .map_or(NONE, |info| info.first);
        Self {
            gross: part.gross,
            returns: part.returns,
            day: dataset.day(first),
            receipt: part.receipt,
            shop: dataset.shop(first),
            return_lines: part.return_lines,
            has_sale: part.sale_lines > 0,
            imported: part.imported,
        }
    }

    /// In the order of days; receipts of one day by number, parts of one receipt live first.
    const fn key(&self) -> (i32, u32, bool) {
        (self.day, self.receipt, self.imported)
    }
}

/// The entries of all customers.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    starts: Vec<u32>,
    laid: Vec<Entry>,
    changed: HashMap<u32, Vec<Entry>>,
    /// How many there are in `changed`.
    moved: usize,
}

impl Entries {
    pub(super) fn build(dataset: &Dataset) -> Self {
        let mut starts = vec![0_u32; dataset.owner_count() + 1];
        dataset.each_part(|part| {
            if let Some(count) = starts.get_mut((part.owner as usize).saturating_add(1)) {
                *count += 1;
            }
        });
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut laid = vec![Entry::EMPTY; sum as usize];
        let mut next = starts.clone();
        next.pop();
        // Nobody's parts have no place.
        dataset.each_part(|part| {
            let Some(next) = next.get_mut(part.owner as usize) else {
                return;
            };
            if let Some(slot) = laid.get_mut(*next as usize) {
                *slot = Entry::of(dataset, &part);
            }
            *next += 1;
        });
        for bounds in starts.windows(2) {
            let &[start, end] = bounds else { continue };
            if let Some(own) = laid.get_mut(start as usize..end as usize)
                && !own.is_sorted_by_key(Entry::key)
            {
                own.sort_unstable_by_key(Entry::key);
            }
        }
        Self {
            starts,
            laid,
            changed: HashMap::new(),
            moved: 0,
        }
    }

    /// One customer's entries in order.
    pub(crate) fn of(&self, owner: u32) -> &[Entry] {
        if !self.changed.is_empty()
            && let Some(own) = self.changed.get(&owner)
        {
            return own;
        }
        let owner = owner as usize;
        match (self.starts.get(owner), self.starts.get(owner + 1)) {
            (Some(start), Some(end)) => self
                .laid
                .get(*start as usize..*end as usize)
                .unwrap_or_default(),
            _ => &[],
        }
    }

    /// A receipt has other parts than before; whoever it belonged to still has a part in it.
    pub(super) fn update(&mut self, dataset: &Dataset, receipt: u32) {
        let parts = dataset.parts_of(receipt);
        for part in parts.iter().filter(|part| part.owner != NONE) {
            let own = self.own(part.owner);
            let before = own.len();
            own.retain(|entry| entry.receipt != receipt);
            let gone = before - own.len();
            self.moved = self.moved.saturating_sub(gone);
        }
        for part in parts.iter().filter(|part| part.owner != NONE) {
            let entry = Entry::of(dataset, part);
            let own = self.own(part.owner);
            let at = own.partition_point(|other| other.key() < entry.key());
            own.insert(at, entry);
            self.moved += 1;
        }
    }

    /// One customer's entries become another's.
    pub(super) fn merge(&mut self, from: u32, into: u32) {
        let moved = std::mem::take(self.own(from));
        let own = self.own(into);
        own.extend(moved);
        own.sort_unstable_by_key(Entry::key);
    }

    /// Lays everything out anew once so much has changed that it is worth it.
    pub(super) fn tidy(&mut self, owners: usize) {
        if self.moved <= FEW.max(self.laid.len() / 4) {
            return;
        }
        let mut starts = Vec::with_capacity(owners + 1);
        let mut laid = Vec::with_capacity(self.laid.len() + self.moved);
        starts.push(0);
        for owner in 0..u32::try_from(owners).unwrap_or(NONE) {
            laid.extend_from_slice(self.of(owner));
            starts.push(u32::try_from(laid.len()).unwrap_or(NONE));
        }
        *self = Self {
            starts,
            laid,
            changed: HashMap::new(),
            moved: 0,
        };
    }

    fn own(&mut self, owner: u32) -> &mut Vec<Entry> {
        if !self.changed.contains_key(&owner) {
            let own = self.of(owner).to_vec();
            self.moved += own.len();
            self.changed.insert(owner, own);
        }
        self.changed.entry(owner).or_default()
    }

    pub(super) fn bytes(&self) -> usize {
        (self.laid.capacity() + self.moved) * size_of::<Entry>() + self.starts.capacity() * 4
    }
}
