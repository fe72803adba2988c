//! All records of an organisation in columns: small enough for ten million rows in memory, laid out for
//! reports that scan. Texts are numbers here (see `intern`); a *row* is one record, a [`CustomerNo`] one
//! distinct customer id, an *owner* the customer a row counts for once merges are resolved.
//!
//! Records come in any order, late ones too; nothing read from here depends on the order they came in,
//! except the numbers themselves. Doubles are the caller's: equal lines are common and real.

mod columns;
mod customers;
mod history;
mod intern;
mod ledger;
mod receipts;
mod rows;
mod view;

use std::sync::OnceLock;

use hashbrown::HashMap;
use thiserror::Error;

use self::columns::{Columns, Extra};
use self::customers::Customers;
use self::history::Index;
use self::intern::{Arena, Interner};
use self::ledger::Ledger;
use self::receipts::{Addition, Receipts};
use crate::record::{Kind, Record};

pub use self::history::History;
pub use self::rows::Rows;
pub use self::view::Event;

pub(crate) use self::columns::Class;
pub(crate) use self::ledger::{Entry, Sums};
pub(crate) use self::receipts::ReceiptInfo;

/// "No number": of customers, receipts, articles.
pub(crate) const NONE: u32 = u32::MAX;

/// The dataset holds as many rows, or different texts, as its numbers can name (some four thousand million).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the dataset is full")]
pub struct Full;

/// One distinct customer id in one dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerNo(pub(crate) u32);

/// All records, in columns.
#[derive(Debug, Default)]
pub struct Dataset {
    columns: Columns,
    event_ids: Arena,
    extras: HashMap<u32, Extra>,
    kinds: Vec<Kind>,
    kind_numbers: HashMap<Kind, u32>,
    shops: Interner,
    tills: Interner,
    receipt_names: Interner,
    products: Interner,
    product_names: HashMap<u32, String>,
    categories: Interner,
    receipts: Receipts,
    customers: Customers,
    index: OnceLock<Index>,
    ledger: OnceLock<Ledger>,
    version: u64,
}

impl Dataset {
    /// An empty dataset.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A dataset of these records.
    ///
    /// # Errors
    /// [`Full`] when there are too many.
    pub fn of<'a>(records: impl IntoIterator<Item = &'a Record>) -> Result<Self, Full> {
        let mut dataset = Self::new();
        let mut rows = Rows::new();
        for record in records {
            rows.push(record)?;
        }
        dataset.append_rows(&rows)?;
        Ok(dataset)
    }

    /// Adds one record, as [`Dataset::append_rows`] adds many.
    ///
    /// # Errors
    /// [`Full`]: nothing was added that a report would see.
    pub fn append<T: AsRef<str>>(&mut self, record: &Record<T>) -> Result<(), Full> {
        let mut rows = Rows::new();
        rows.push(record)?;
        self.append_rows(&rows)
    }

    /// Makes `from` an alias of `into` for good; their records become one history, known as `into`.
    /// Nothing happens (and `false` comes back) when one of them was forgotten or both are one already.
    ///
    /// # Errors
    /// [`Full`] when an id is new and there is no room for it.
    pub fn merge(&mut self, from: &str, into: &str) -> Result<bool, Full> {
        let was = self.customers.find(from);
        let merged = self.customers.merge(from, into)?;
        if merged {
            self.version += 1;
            let now = self.customers.find(into);
            if let (Some(ledger), Some(was), Some(now)) = (self.ledger.get_mut(), was, now) {
                ledger.merge(was, now);
            }
        }
        Ok(merged)
    }

    /// Forgets a customer and all his aliases: their records become anonymous, texts at them are deleted,
    /// and what still arrives under these ids becomes anonymous too. Returns how many records it touched.
    ///
    /// # Errors
    /// [`Full`] when the id is new and there is no room for it.
    pub fn forget(&mut self, customer: &str) -> Result<usize, Full> {
        let forgotten = self.customers.forget(customer)?;
        let mut touched = 0;
        for row in 0..self.columns.len_u32() {
            let raw = self.columns.customer(row);
            if raw != NONE && forgotten.contains(&raw) {
                self.columns.make_anonymous(row);
                if let Some(extra) = self.extras.get_mut(&row) {
                    extra.note = None;
                }
                touched += 1;
            }
        }
        self.note_receipts();
        self.index.take();
        self.ledger.take();
        self.version += 1;
        Ok(touched)
    }

    /// Customers whose history changed since the last call, as owners, each once.
    pub fn take_dirty(&mut self) -> Vec<CustomerNo> {
        self.customers.take_dirty()
    }

    /// Whether [`Dataset::take_moved`] has anybody to tell.
    #[must_use]
    pub fn any_moved(&self) -> bool {
        self.customers.any_moved()
    }

    /// Ids of customers with a receipt that a row of somebody else (or of nobody) put on another day since the last
    /// call: a receipt stands on the day of its earliest line, whoever's that is.
    pub fn take_moved(&mut self) -> Vec<String> {
        self.customers.take_moved()
    }

    /// Goes up with every change: figures taken at one version stay right for it.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there are no records.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Lays out what reports and histories are read from, so that the first of them need not wait for it.
    pub fn warm(&self) {
        let ledger = self.ledger();
        ledger.by_time(self);
        ledger.articles(self, false);
        self.index.get_or_init(|| Index::build(self));
    }

    /// What reports go through.
    pub(crate) fn ledger(&self) -> &Ledger {
        self.ledger.get_or_init(|| Ledger::build(self))
    }

    /// Memory of columns, texts and the ledger, in bytes, roughly: sparse notes and the index are left out.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let texts = [
            &self.shops,
            &self.tills,
            &self.receipt_names,
            &self.products,
            &self.categories,
        ];
        self.columns.bytes()
            + self.event_ids.bytes()
            + self.receipts.bytes()
            + texts.iter().map(|interner| interner.bytes()).sum::<usize>()
            + self.customers.bytes()
            + self.ledger.get().map_or(0, Ledger::bytes)
    }

    /// The customer of this id (after merges: the one he is known as), unless he was forgotten.
    #[must_use]
    pub fn customer(&self, id: &str) -> Option<CustomerNo> {
        self.customers.find(id).map(CustomerNo)
    }

    /// The id of a customer.
    #[must_use]
    pub fn customer_id(&self, customer: CustomerNo) -> &str {
        self.customers.id(customer.0)
    }

    /// Every customer with at least one record, aliases left out, ordered by id as bytes.
    #[must_use]
    pub fn customers(&self) -> Vec<CustomerNo> {
        let mut seen = vec![false; self.customers.len()];
        for row in self.rows() {
            let owner = self.owner(row);
            if let Some(seen) = seen.get_mut(owner as usize) {
                *seen = true;
            }
        }
        let mut owners: Vec<CustomerNo> = (0..)
            .zip(&seen)
            .filter(|(_, seen)| **seen)
            .map(|(number, _)| CustomerNo(number))
            .collect();
        owners.sort_unstable_by_key(|owner| self.customers.id(owner.0));
        owners
    }

    /// The shops with a record, in order of their ids as bytes.
    #[must_use]
    pub fn shops(&self) -> Vec<&str> {
        let mut shops: Vec<&str> = (0..self.shops.len_u32())
            .map(|shop| self.shops.get(shop))
            .collect();
        shops.sort_unstable();
        shops
    }

    /// The name of an article, where a record gave one.
    #[must_use]
    pub fn product_name(&self, product: &str) -> Option<&str> {
        self.product_names
            .get(&self.products.find(product)?)
            .map(String::as_str)
    }

    /// One customer's records in order.
    #[must_use]
    pub fn history(&self, customer: CustomerNo) -> History<'_> {
        let index = self.index.get_or_init(|| Index::build(self));
        let mut rows = Vec::new();
        for member in self.customers.members(customer.0) {
            index.rows_of(member, &mut rows);
        }
        if !rows.is_sorted_by(|a, b| self.order(*a, *b).is_lt()) {
            rows.sort_by(|a, b| self.order(*a, *b));
        }
        History {
            dataset: self,
            customer: self.customers.root_of(customer.0),
            rows,
        }
    }

    /// Every record, in no particular order.
    pub fn events(&self) -> impl Iterator<Item = Event<'_>> {
        self.rows().map(|row| self.event(row))
    }

    fn kind_number(&mut self, kind: &Kind) -> Result<u32, Full> {
        if let Some(number) = self.kind_numbers.get(kind) {
            return Ok(*number);
        }
        let number = u32::try_from(self.kinds.len()).map_err(|_| Full)?;
        self.kinds.push(kind.clone());
        self.kind_numbers.insert(kind.clone(), number);
        Ok(number)
    }

    fn note_receipt(&mut self, row: u32) {
        let receipt = self.columns.receipt(row);
        if receipt == NONE {
            return;
        }
        if !self.columns.is_event(row) {
            // Rounding is money on the receipt and nothing else.
            self.receipts.link(receipt, row);
            return;
        }
        let first = self.receipts.first(receipt);
        let addition = Addition {
            row,
            class: self.columns.class(row),
            earlier: first.is_none_or(|first| self.order(row, first).is_lt()),
            customer: self.columns.customer(row),
            imported: self.columns.imported(row),
            gross: self.gross(row),
            returns: self.returns(row),
        };
        let (earlier, own) = (self.receipts.note(receipt, addition), addition.customer);
        if !earlier || first.is_none_or(|first| self.columns.day(first) == self.columns.day(row)) {
            return;
        }
        for other in self.receipts.rows(receipt) {
            let customer = self.columns.customer(other);
            if customer != NONE && customer != own {
                self.customers.note_moved(customer);
            }
        }
    }

    /// Takes all rows into account anew.
    fn note_receipts(&mut self) {
        self.receipts.clear();
        for row in 0..self.columns.len_u32() {
            self.note_receipt(row);
        }
    }
}
