//! A receipt stands on the day of its earliest line, whoever's that is. So a row of an outside history can move the visit
//! of a customer it does not name: his path is folded anew like those of the customers of the rows.

use std::sync::PoisonError;

use crate::api::Office;
use crate::store::{self, Result};

impl Office {
    /// Lets customers wait to be refolded whose visits rows of somebody else moved. Reads the book up to date.
    ///
    /// # Errors
    /// What the store says; the next call finds them again.
    pub fn mark_moved(&self) -> Result<()> {
        if !self.book()?.dataset.any_moved() {
            return Ok(());
        }
        // Not while the book is held: who holds the store may be waiting for it.
        let moved = {
            let mut book = self.book.write().unwrap_or_else(PoisonError::into_inner);
            book.dataset.take_moved()
        };
        let marked = self.mark(&moved);
        if marked.is_err() {
            let mut book = self.book.write().unwrap_or_else(PoisonError::into_inner);
            book.begin_anew();
        }
        marked
    }

    /// The same for an import whose rows are gone for readers and still there: what it moved moves back.
    pub(crate) fn mark_moved_back(&self, import: i64) -> Result<()> {
        // A long walk, so not in the turn of a writer.
        let beside = store::read(self.store(), |tables| tables.beside_import(import))?;
        self.mark(&beside)
    }

    fn mark(&self, customers: &[String]) -> Result<()> {
        if customers.is_empty() {
            return Ok(());
        }
        store::write(self.store(), |tables| {
            customers
                .iter()
                .try_for_each(|customer| tables.add_dirty(customer))
        })
    }
}
