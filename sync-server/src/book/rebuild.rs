//! The full rebuild: everything read and folded again, compared with the derived state that grew bit by bit, or put in
//! its place - by command, and at the first start of a program that folds otherwise (`FOLD_VERSION`). What ingest noted
//! beside the events, points and the keys of look-ups, is compared and put right by command.

mod beside;

use std::collections::BTreeMap;

pub use self::beside::Beside;
use super::{Book, Derived, put};
use crate::api::Office;
use crate::store::{self, Result, Tables};

/// What this program folds histories to. It goes up with every change that folds the same history to other bytes, so
/// that a database of an older program is folded anew at its first start.
pub(crate) const FOLD_VERSION: &str = "3";
/// The setting of the database that says which version folded what is kept; databases before version 2 have none.
pub(crate) const FOLD_KEY: &str = "fold";

/// What a comparison found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Customers folded.
    pub customers: usize,
    /// Customers whose kept state is another than the rebuilt one, or is missing, or should not be there.
    pub differ: Vec<String>,
    /// What differs beside that.
    pub beside: Beside,
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
            found.beside = Beside::compare(tables)?;
            Ok(found)
        })
    }

    /// Folds everything again and keeps it; tills hear of those whose state is another now.
    ///
    /// # Errors
    /// What the store says.
    pub fn rebuild(&self, progress: &mut dyn FnMut(usize, usize)) -> Result<usize> {
        store::write(self.store(), |tables| {
            Beside::compare(tables)?.put_right(tables)?;
            fold_all(tables, progress)
        })
    }

    /// Folds everything again when what is kept was folded by a program that folds otherwise; gives how many customers.
    /// One transaction: whoever looks meanwhile waits, and a stop half-way leaves it all to the next start.
    pub(crate) fn fold_anew_when_outdated(
        &self,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Option<usize>> {
        let current = |tables: &mut dyn Tables| {
            let version = tables.meta(FOLD_KEY)?;
            Ok(version.is_some_and(|version| version == FOLD_VERSION))
        };
        // Asked without the writer's lock first: nearly every start ends here.
        if store::read(self.store(), current)? {
            return Ok(None);
        }
        let folded = store::write(self.store(), |tables| {
            if current(tables)? {
                return Ok(None);
            }
            tracing::info!("this version folds paths otherwise: folding every customer's anew");
            let customers = fold_all(tables, progress)?;
            tables.set_meta(FOLD_KEY, FOLD_VERSION)?;
            Ok(Some(customers))
        })?;
        if let Some(customers) = folded {
            tracing::info!(customers, "every path is folded as this version does it");
        }
        Ok(folded)
    }
}

/// Folds every customer from all events, inside the caller's transaction.
fn fold_all(tables: &mut dyn Tables, progress: &mut dyn FnMut(usize, usize)) -> Result<usize> {
    let book = Book::load(tables)?;
    let customers = book.dataset.customers();
    let mut gone = Vec::new();
    tables.each_derived(&mut |row| {
        gone.push(row.customer);
        Ok(())
    })?;
    for (done, number) in customers.iter().enumerate() {
        let customer = book.dataset.customer_id(*number);
        let bytes = Derived::of(&book.dataset, &book.model, *number).bytes()?;
        put(tables, customer, Some(bytes))?;
        progress(done + 1, customers.len());
    }
    for customer in gone {
        let known = book.dataset.customer(&customer);
        if known.is_none_or(|number| book.dataset.customer_id(number) != customer) {
            tables.drop_derived(&customer)?;
        }
    }
    Ok(customers.len())
}

#[cfg(test)]
mod tests;
