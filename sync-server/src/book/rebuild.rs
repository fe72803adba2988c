//! The full rebuild: everything read and folded again, and compared with the derived state that grew bit by bit.

use std::collections::BTreeMap;

use super::{Book, Derived};
use crate::api::Office;
use crate::store::rows::DerivedRow;
use crate::store::{self, Result};

/// What a comparison found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Customers folded.
    pub customers: usize,
    /// Customers whose kept state is another than the rebuilt one, or is missing, or should not be there.
    pub differ: Vec<String>,
}

impl Office {
    /// Folds everything again beside the kept state and compares byte by byte. Nothing is changed.
    ///
    /// # Errors
    /// What the store says.
    pub fn rebuild_check(&self, progress: &mut dyn FnMut(usize, usize)) -> Result<Difference> {
        while self.settle(500)? > 0 {}
        store::read(self.store(), |tables| {
            let book = Book::load(tables)?;
            let mut kept = BTreeMap::new();
            tables.each_derived(&mut |row| {
                kept.insert(row.customer, row.bytes);
                Ok(())
            })?;
            // What came in since the settling is not compared: it waits for its turn.
            let waiting: std::collections::BTreeSet<String> =
                tables.dirty(u32::MAX)?.into_iter().collect();
            let customers = book.dataset.customers();
            let mut found = Difference::default();
            for (done, number) in customers.iter().enumerate() {
                let customer = book.dataset.customer_id(*number);
                let bytes = Derived::of(&book.dataset, &book.model, *number).bytes()?;
                let same = kept.remove(customer).is_some_and(|kept| kept == bytes);
                if !same && !waiting.contains(customer) {
                    found.differ.push(customer.to_owned());
                }
                progress(done + 1, customers.len());
            }
            found.customers = customers.len();
            found.differ.extend(
                kept.into_keys()
                    .filter(|customer| !waiting.contains(customer)),
            );
            Ok(found)
        })
    }

    /// Folds everything again and keeps it.
    ///
    /// # Errors
    /// What the store says.
    pub fn rebuild(&self, progress: &mut dyn FnMut(usize, usize)) -> Result<usize> {
        store::write(self.store(), |tables| {
            let book = Book::load(tables)?;
            let customers = book.dataset.customers();
            let mut gone = Vec::new();
            tables.each_derived(&mut |row| {
                gone.push(row.customer);
                Ok(())
            })?;
            for (done, number) in customers.iter().enumerate() {
                let customer = book.dataset.customer_id(*number).to_owned();
                let bytes = Derived::of(&book.dataset, &book.model, *number).bytes()?;
                tables.put_derived(&DerivedRow {
                    customer: customer.clone(),
                    bytes,
                })?;
                tables.clear_dirty(&customer)?;
                progress(done + 1, customers.len());
            }
            for customer in gone {
                let known = book.dataset.customer(&customer);
                if known.is_none_or(|number| book.dataset.customer_id(number) != customer) {
                    tables.drop_derived(&customer)?;
                }
            }
            Ok(customers.len())
        })
    }
}
