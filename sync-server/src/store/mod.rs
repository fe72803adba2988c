//! What head office keeps, behind one trait, so that an engine can be exchanged.
//!
//! A [`Store`] runs a piece of work inside one transaction: [`read()`] sees one consistent state, [`write()`] is all or
//! nothing and durable when it returns. The tables ([`tables`]) are the words both engines share; they hold no rules:
//! what a batch means is decided in `ingest`, never here. `contract` is the suite that every engine must pass.

use std::fmt;

#[cfg(test)]
pub(crate) mod contract;
pub mod rows;
pub mod sqlite;
pub mod tables;

pub use tables::Tables;

/// What went wrong with the store. Never the fault of a till.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine refused.
    #[error("the database: {0}")]
    Engine(#[from] rusqlite::Error),
    /// The file is of a newer program, or was changed by hand.
    #[error("{0}")]
    Schema(String),
    /// The engine itself cannot be used.
    #[error("{0}")]
    Unfit(String),
    /// What is stored is not what this program stores.
    #[error("the database holds something that cannot be right: {0}")]
    Corrupt(String),
    /// The file outside the database.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

/// The result of work on a store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A piece of work inside one transaction.
pub type Work<'w> = &'w mut dyn FnMut(&mut dyn Tables) -> Result<()>;

/// An engine.
pub trait Store: Send + Sync + fmt::Debug {
    /// Runs `work` on one consistent state. It cannot change anything.
    ///
    /// # Errors
    /// What the engine or the work says.
    fn read(&self, work: Work<'_>) -> Result<()>;

    /// Runs `work` in one transaction: committed and durable when this returns `Ok`, undone otherwise. One at a time.
    ///
    /// # Errors
    /// What the engine or the work says.
    fn write(&self, work: Work<'_>) -> Result<()>;

    /// Makes sure that what was deleted is in no file of the engine any more. False: somebody was reading what was before
    /// it, and it must be asked for again.
    ///
    /// # Errors
    /// What the engine says.
    fn scrub(&self) -> Result<bool>;

    /// Brings home what commits left in a log, when that is much: work that no commit need wait for, and that whoever
    /// committed should ask for once he has answered. It keeps out neither readers nor writers, and changes nothing that
    /// anybody can see.
    ///
    /// # Errors
    /// What the engine says.
    fn write_back(&self) -> Result<()>;
}

/// [`Store::read`] with a value.
///
/// # Errors
/// As there.
pub fn read<T>(store: &dyn Store, work: impl FnOnce(&mut dyn Tables) -> Result<T>) -> Result<T> {
    once(work, |work| store.read(work))
}

/// [`Store::write`] with a value.
///
/// # Errors
/// As there.
pub fn write<T>(store: &dyn Store, work: impl FnOnce(&mut dyn Tables) -> Result<T>) -> Result<T> {
    once(work, |work| store.write(work))
}

fn once<T>(
    work: impl FnOnce(&mut dyn Tables) -> Result<T>,
    run: impl FnOnce(Work<'_>) -> Result<()>,
) -> Result<T> {
    let mut work = Some(work);
    let mut value = None;
    run(&mut |tables| {
        if let Some(work) = work.take() {
            value = Some(work(tables)?);
        }
        Ok(())
    })?;
    value.ok_or_else(|| StoreError::Unfit("the engine did not run its work".to_owned()))
}
