//! Records on their way into a dataset: a piece of one, with numbers of its own for the texts in it. Whoever reads records
//! fills it, on another thread too; [`Dataset::append_rows`] then asks the dataset's number of every different text once,
//! and takes over the rest column by column.
//!
//! Nothing is read from here: a record that came this way is seen in its dataset.

use hashbrown::HashMap;

use super::columns::{self, Columns, Extra};
use super::intern::{Arena, Interner};
use super::{Dataset, Full, NONE};
use crate::record::{Kind, Record};

/// Records in columns.
#[derive(Debug, Default)]
pub struct Rows {
    columns: Columns,
    event_ids: Arena,
    extras: Vec<(u32, Extra)>,
    kinds: Interner,
    shops: Interner,
    tills: Interner,
    /// As they follow each other: one may stand here more than once.
    customers: Interner,
    /// The same.
    receipts: Interner,
    products: Interner,
    product_names: HashMap<u32, String>,
    categories: Interner,
}

/// What the numbers of some rows are in a dataset.
#[derive(Debug)]
pub(super) struct Numbers {
    pub(super) kinds: Vec<u32>,
    pub(super) shops: Vec<u32>,
    pub(super) tills: Vec<u32>,
    pub(super) customers: Vec<u32>,
    pub(super) receipts: Vec<u32>,
    pub(super) products: Vec<u32>,
    pub(super) categories: Vec<u32>,
}

/// The number that stands for another; none stays none.
pub(super) fn translate(numbers: &[u32], number: u32) -> u32 {
    numbers.get(number as usize).copied().unwrap_or(NONE)
}

impl Rows {
    /// No rows yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one record. Amounts and quantities beyond the bounds of an import are clamped to them, so that no sum overflows.
    ///
    /// # Errors
    /// [`Full`] when there are too many of them.
    pub fn push<T: AsRef<str>>(&mut self, record: &Record<T>) -> Result<(), Full> {
        let row = self.columns.next_row().ok_or(Full)?;
        let product = optional(record.product.as_ref(), |text| self.products.intern(text))?;
        let numbers = columns::Numbers {
            kind: self.kinds.intern(record.kind.as_str())?,
            shop: self.shops.intern(record.shop.as_ref())?,
            till: self.tills.intern(record.till.as_ref())?,
            customer: optional(record.customer.as_ref(), |text| self.customers.follow(text))?,
            receipt: optional(record.receipt.as_ref(), |text| self.receipts.follow(text))?,
            product,
            category: optional(record.category.as_ref(), |text| {
                self.categories.intern(text)
            })?,
        };
        let returns = match &record.returns_line {
            Some(line) => Some((self.receipts.follow(line.receipt.as_ref())?, line.line)),
            None => None,
        };
        if let Some(name) = record.product_name.as_ref().filter(|_| product != NONE) {
            self.product_names
                .entry(product)
                .or_insert_with(|| name.as_ref().to_owned());
        }
        let extra = Extra {
            returns,
            reason: record.reason,
            score: record.score,
            note: record.note.as_ref().map(|note| note.as_ref().into()),
        };
        if !extra.is_empty() {
            self.extras.push((row, extra));
        }
        self.columns.push(record, numbers);
        self.event_ids.push(record.event_id.as_ref());
        Ok(())
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn optional<T: AsRef<str>>(
    text: Option<&T>,
    number: impl FnOnce(&str) -> Result<u32, Full>,
) -> Result<u32, Full> {
    text.map_or(Ok(NONE), |text| number(text.as_ref()))
}

impl Dataset {
    /// Adds records; their customers become dirty. A forgotten customer's late record counts as anonymous, its text is dropped.
    ///
    /// # Errors
    /// [`Full`]: nothing was added that a report would see.
    pub fn append_rows(&mut self, rows: &Rows) -> Result<(), Full> {
        let first = self.columns.room(rows.len()).ok_or(Full)?;
        let kinds: Result<Vec<u32>, Full> = rows
            .kinds
            .iter()
            .map(|name| self.kind_number(&Kind::parse(name)))
            .collect();
        let numbers = Numbers {
            kinds: kinds?,
            shops: self.shops.intern_all(&rows.shops)?,
            tills: self.tills.intern_all(&rows.tills)?,
            customers: self.customers.numbers_for_records(&rows.customers)?,
            receipts: self.receipt_names.intern_all(&rows.receipts)?,
            products: self.products.intern_all(&rows.products)?,
            categories: self.categories.intern_all(&rows.categories)?,
        };
        for (product, name) in &rows.product_names {
            self.product_names
                .entry(translate(&numbers.products, *product))
                .or_insert_with(|| name.clone());
        }
        for (row, extra) in &rows.extras {
            let customer = rows.columns.customer(*row);
            let of_forgotten = customer != NONE && translate(&numbers.customers, customer) == NONE;
            let returns = extra.returns;
            let extra = Extra {
                returns: returns.map(|(to, line)| (translate(&numbers.receipts, to), line)),
                note: extra.note.clone().filter(|_| !of_forgotten),
                ..*extra
            };
            if !extra.is_empty() {
                self.extras.insert(first + row, extra);
            }
        }
        self.columns.extend(&rows.columns, &numbers);
        self.event_ids.extend(&rows.event_ids);
        self.receipts
            .grow(self.receipt_names.len(), self.columns.len());
        self.take_in(first);
        self.version += rows.len() as u64;
        Ok(())
    }

    /// Takes the rows from this one on into account, that stand in the columns already.
    fn take_in(&mut self, first: u32) {
        let mut ledger = self.ledger.take();
        let mut index = self.index.take();
        let mut touched = NONE;
        for row in first..self.columns.len_u32() {
            let receipt = self.columns.receipt(row);
            let before = ledger.as_mut().map(|ledger| ledger.leave(self, receipt));
            self.note_receipt(row);
            if let (Some(laid), Some(before)) = (&mut ledger, before)
                && !laid.enter(self, row, before)
            {
                ledger = None;
            }
            let customer = self.columns.customer(row);
            // Lines of one receipt follow each other.
            if customer != touched {
                self.customers.touch(customer);
                touched = customer;
            }
            let event = self.columns.is_event(row);
            if let Some(laid) = &mut index
                && !laid.add(if event { customer } else { NONE }, row)
            {
                index = None;
            }
        }
        // Both are empty: they were taken out above.
        if let Some(ledger) = ledger {
            let _ = self.ledger.set(ledger);
        }
        if let Some(index) = index {
            let _ = self.index.set(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::ReturnsLine;

    #[test]
    fn many_at_once_are_the_same_as_one_by_one() {
        let bare = Record::new("e-1", 1, 60, "utrecht", Kind::Enrolled);
        let whole = Record {
            till: "1".to_owned(),
            customer: Some("k".to_owned()),
            receipt: Some("r-é".to_owned()),
            product: Some("870".to_owned()),
            product_name: Some("Sjaal".to_owned()),
            category: Some(String::new()),
            returns_line: Some(ReturnsLine {
                receipt: "r-0".to_owned(),
                line: 3,
            }),
            note: Some("te klein".to_owned()),
            ..Record::new("e-2", 2, 60, "utrecht", Kind::Other("x".to_owned()))
        };
        let again = Record {
            event_id: "e-3".to_owned(),
            ..whole.clone()
        };
        let records = [bare, whole, again];
        let mut rows = Rows::new();
        assert!(rows.is_empty());
        let mut one_by_one = Dataset::new();
        for record in &records {
            rows.push(record).unwrap();
            one_by_one.append(record).unwrap();
        }
        let mut at_once = Dataset::new();
        at_once.append_rows(&rows).unwrap();
        assert_eq!((rows.len(), at_once.len()), (3, 3));
        let told = |dataset: &Dataset| -> Vec<String> {
            let events = dataset.events();
            events
                .map(|event| {
                    format!(
                        "{} {} {:?} {:?} {:?} {:?} {:?} {:?}",
                        event.event_id(),
                        event.shop(),
                        event.customer(),
                        event.kind(),
                        event.receipt(),
                        event.product_name(),
                        event.category(),
                        event.note()
                    )
                })
                .collect()
        };
        assert_eq!(told(&at_once), told(&one_by_one));
        assert_eq!(
            told(&at_once)[2],
            "e-3 utrecht Some(\"k\") Other(\"x\") Some(\"r-é\") Some(\"Sjaal\") Some(\"\") Some(\"te klein\")"
        );
        assert_eq!(at_once.extras[&1].returns, one_by_one.extras[&1].returns);
        assert_eq!(at_once.take_dirty(), one_by_one.take_dirty());
    }

    #[test]
    fn what_was_forgotten_comes_in_without_a_name() {
        let late = Record {
            customer: Some("k".to_owned()),
            note: Some("te klein".to_owned()),
            ..Record::new("e-1", 1, 60, "utrecht", Kind::Feedback)
        };
        let mut dataset = Dataset::new();
        dataset.forget("k").unwrap();
        dataset.append(&late).unwrap();
        let event = dataset.events().next().unwrap();
        assert_eq!((event.customer(), event.note()), (None, None));
        assert!(dataset.extras.is_empty());
    }
}
