//! The ledger: what reports go through, laid out for one pass. Built at first use, kept up to date with every record that
//! is appended (so that a batch of a till costs pages nothing), and laid out anew when something old changed.
//!
//! *Cell*: sums of one shop on one day. *Entry*: one customer's part of one receipt. Nothing in here is a figure of its
//! own: it says the same as the rows, in another order.

mod cells;
mod entries;

use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::thread;

use super::{Class, Dataset, NONE};

pub(crate) use self::cells::{Cells, Sums};
pub(crate) use self::entries::{Entries, Entry};

/// A receipt that comes further from the end than this many others is not put in its place one by one.
const LATE: usize = 65_536;

/// What reports go through.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    cells: Cells,
    entries: Entries,
    /// The sale lines that are turnover, as (cell, article): live and imported ones. This and what follows is laid out
    /// when somebody first asks for it.
    articles: OnceLock<Articles>,
    /// Receipts with a line, in order of their earliest line.
    by_time: OnceLock<Vec<u32>>,
}

type Articles = [Vec<(u32, u32)>; 2];

/// What a receipt was before a row came to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    receipt: u32,
    /// Its earliest line, if it had lines.
    first: Option<u32>,
}

impl Ledger {
    /// Customers on one thread, days on another.
    pub(super) fn build(dataset: &Dataset) -> Self {
        let mut ledger = Self::default();
        let customers = || Entries::build(dataset);
        ledger.entries = thread::scope(|scope| {
            let beside = thread::Builder::new().spawn_scoped(scope, customers);
            ledger.count(dataset);
            match beside {
                Ok(beside) => beside.join().unwrap_or_else(|panic| resume_unwind(panic)),
                // No thread to be had: one after the other then.
                Err(_) => customers(),
            }
        });
        ledger
    }

    /// Adds up cells.
    fn count(&mut self, dataset: &Dataset) {
        let rows = dataset.money_rows();
        for row in rows.filter(|row| dataset.receipt(*row) == NONE) {
            let cell = self.cells.of(dataset, row);
            self.cells.row(dataset, row, cell, 1);
        }
        for receipt in receipts(dataset) {
            self.cells.receipt(dataset, receipt, 1);
        }
    }

    /// Sums by shop and day.
    pub(crate) const fn cells(&self) -> &Cells {
        &self.cells
    }

    /// Receipts by customer.
    pub(crate) const fn entries(&self) -> &Entries {
        &self.entries
    }

    /// Receipts with a line, in order of their earliest line.
    pub(crate) fn by_time(&self, dataset: &Dataset) -> &[u32] {
        self.by_time.get_or_init(|| by_time(dataset))
    }

    /// The sale lines that are turnover, as (cell, article); imported ones or live ones.
    pub(crate) fn articles(&self, dataset: &Dataset, imported: bool) -> &[(u32, u32)] {
        let [live, outside] = self.articles.get_or_init(|| self.cells.articles(dataset));
        if imported { outside } else { live }
    }

    /// Takes a receipt out before a row comes to it.
    pub(super) fn leave(&mut self, dataset: &Dataset, receipt: u32) -> Before {
        if receipt != NONE {
            self.cells.receipt(dataset, receipt, -1);
        }
        Before {
            receipt,
            first: with_lines(dataset, receipt),
        }
    }

    /// Takes in a row and its receipt; `false` when the ledger should rather be laid out anew.
    pub(super) fn enter(&mut self, dataset: &Dataset, row: u32, before: Before) -> bool {
        let receipt = before.receipt;
        if receipt == NONE {
            let cell = self.cells.of(dataset, row);
            self.cells.row(dataset, row, cell, 1);
            self.article(dataset, row);
            return true;
        }
        let now = with_lines(dataset, receipt);
        if before.first.is_some() && now != before.first {
            // Its day and shop may be others now: lines of it are counted all over.
            return false;
        }
        self.cells.receipt(dataset, receipt, 1);
        self.article(dataset, row);
        if dataset.class(row) != Class::Other {
            self.entries.update(dataset, receipt);
            self.entries.tidy(dataset.owner_count());
        }
        now.is_none() || before.first.is_some() || self.put_in_time(dataset, receipt)
    }

    /// One customer became another.
    pub(super) fn merge(&mut self, from: u32, into: u32) {
        self.entries.merge(from, into);
    }

    fn article(&mut self, dataset: &Dataset, row: u32) {
        if let (Some(articles), Some(deciding)) = (self.articles.get_mut(), sold(dataset, row)) {
            let cell = self.cells.of(dataset, deciding);
            add_article(articles, dataset, row, cell);
        }
    }

    fn put_in_time(&mut self, dataset: &Dataset, receipt: u32) -> bool {
        let Some(by_time) = self.by_time.get_mut() else {
            return true;
        };
        let own = first(dataset, receipt);
        let start = by_time.len().saturating_sub(LATE);
        let late = by_time.get(start..).unwrap_or_default();
        let at = late.partition_point(|other| dataset.order(first(dataset, *other), own).is_lt());
        if at == 0 && start > 0 {
            return false;
        }
        by_time.insert(start + at, receipt);
        true
    }

    pub(super) fn bytes(&self) -> usize {
        let articles = self
            .articles
            .get()
            .map_or(0, |lists| lists.iter().map(Vec::capacity).sum());
        self.cells.bytes()
            + self.entries.bytes()
            + articles * 8
            + self.by_time.get().map_or(0, Vec::capacity) * 4
    }
}

/// Where a row that sold an article counts: the row that decides its day and shop.
fn sold(dataset: &Dataset, row: u32) -> Option<u32> {
    let sold = dataset.product(row) != NONE
        && dataset.class(row) == Class::Sale
        && dataset.apart(row).is_none();
    sold.then(|| with_lines(dataset, dataset.receipt(row)).unwrap_or(row))
}

fn add_article(articles: &mut Articles, dataset: &Dataset, row: u32, cell: u32) {
    let [live, outside] = articles;
    let list = if dataset.imported(row) { outside } else { live };
    list.push((cell, dataset.product(row)));
}

fn receipts(dataset: &Dataset) -> std::ops::Range<u32> {
    0..u32::try_from(dataset.receipt_count()).unwrap_or(NONE)
}

/// Receipts with a line, in order of their earliest line.
fn by_time(dataset: &Dataset) -> Vec<u32> {
    // With its instant beside it a receipt is compared without looking it up; events of one instant go by their ids.
    let mut by_time: Vec<(i64, u32, u32)> = receipts(dataset)
        .filter_map(|receipt| {
            let first = with_lines(dataset, receipt)?;
            Some((dataset.at_ms(first), first, receipt))
        })
        .collect();
    by_time.sort_unstable_by(|(at_a, first_a, _), (at_b, first_b, _)| {
        at_a.cmp(at_b)
            .then_with(|| dataset.order(*first_a, *first_b))
    });
    by_time.into_iter().map(|(_, _, receipt)| receipt).collect()
}

/// The earliest line of a receipt that has lines.
fn with_lines(dataset: &Dataset, receipt: u32) -> Option<u32> {
    dataset
        .receipt_info(receipt)
        .filter(|info| info.has_sale || info.has_return)
        .map(|info| info.first)
}

fn first(dataset: &Dataset, receipt: u32) -> u32 {
    with_lines(dataset, receipt).unwrap_or(NONE)
}
