//! What sync needs of the till's store, as two traits: [`Outbox`] reads the journal and keeps the cursor, [`Appender`] is the
//! till's one writer of events.
//!
//! Between two calls anything may be appended by somebody else; nothing that was read may have changed. Every method that
//! writes is one transaction, committed when it returns.

use chrono::{DateTime, NaiveDate, Utc};
use retail::day::DayTotals;
use retail::event::{Body, EpochWhy, Hole};
use retail::ids::{Epoch, Hash, Position};
use retail::journal::Stored;
use retail::wire::{DownPage, Head, Side};

/// The store could not do it; for a human.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the till's database: {0}")]
pub struct OutboxError(pub String);

/// Where the till stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The last event of the journal; `None` for a till that has written nothing.
    pub head: Option<Head>,
    /// Everything up to here is safe at head office.
    pub cursor: Option<Head>,
    /// Events after the cursor.
    pub waiting: u64,
    /// When the first of them happened.
    pub waiting_since: Option<DateTime<Utc>>,
    /// Changes of head office are applied up to here.
    pub down_after: u64,
    /// The run of the head-office database they came from.
    pub down_run: Option<String>,
}

/// Head office will not take this; the till keeps it and sends what follows without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    /// The side records of an event.
    Side,
    /// The event itself.
    Event,
}

/// An event with what travels beside it, as the store found it: possibly damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The event and its place.
    pub stored: Stored,
    /// Its side records.
    pub side: Vec<Side>,
    /// Set apart by [`Outbox::set_apart`].
    pub apart: Option<Apart>,
}

/// The till's store, as sync sees it.
pub trait Outbox {
    /// Where the till stands, read in one transaction.
    fn standing(&mut self) -> Result<Standing, OutboxError>;

    /// The epochs of the journal with the last seq of each, ascending.
    fn epochs(&mut self) -> Result<Vec<(Epoch, u64)>, OutboxError>;

    /// The hash stored at a place; `None` when nothing is there.
    fn hash_at(&mut self, epoch: Epoch, seq: u64) -> Result<Option<Hash>, OutboxError>;

    /// At most `limit` rows strictly after a place (`None`: from the beginning), in journal order. Rows that cannot be read at all are left out.
    fn rows_after(
        &mut self,
        after: Option<(Epoch, u64)>,
        limit: usize,
    ) -> Result<Vec<Row>, OutboxError>;

    /// Moves the cursor forward to `to`; does nothing when it is there or beyond.
    fn raise_cursor(&mut self, to: Head) -> Result<(), OutboxError>;

    /// Moves the cursor back to `to` (`None`: nothing is safe) because head office was restored from a backup, and starts [`Outbox::restart_down`] in the same transaction.
    fn lower_cursor(&mut self, to: Option<Head>) -> Result<(), OutboxError>;

    /// Applies a page of changes that was asked for after `asked`; does nothing when another page was applied since.
    fn apply_down(&mut self, asked: u64, page: &DownPage) -> Result<(), OutboxError>;

    /// Fetches everything from zero again: what came down before and does not come again is gone when a page says `complete`.
    fn restart_down(&mut self) -> Result<(), OutboxError>;

    /// Remembers that head office will not take this, and why.
    fn set_apart(&mut self, at: Position, what: Apart, reason: &str) -> Result<(), OutboxError>;

    /// The holes that the journal declares already.
    fn holes(&mut self) -> Result<Vec<Hole>, OutboxError>;

    /// Local days before `before` with receipts that no `day_closed` after them covers; at most `limit`, oldest first.
    fn open_days(&mut self, before: NaiveDate, limit: usize)
    -> Result<Vec<NaiveDate>, OutboxError>;

    /// The sums of one local day over all epochs, from the journal itself.
    fn day_totals(&mut self, day: NaiveDate) -> Result<DayTotals, OutboxError>;

    /// When the last nightly run was completed.
    fn last_night(&mut self) -> Result<Option<DateTime<Utc>>, OutboxError>;

    /// Remembers a completed nightly run.
    fn night_done(&mut self, at: DateTime<Utc>) -> Result<(), OutboxError>;
}

/// Something sync wants in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Append {
    /// A new epoch, and a hole declared right behind its first event.
    Epoch {
        /// Its number: above every one of this till that anybody knows.
        epoch: Epoch,
        /// Why.
        why: EpochWhy,
        /// What can no longer be read.
        hole: Option<Hole>,
    },
    /// An event in the epoch that is open: `hole` or `day_closed`.
    Event(Body),
}

/// The till's one writer of events. Returns after the commit.
pub trait Appender {
    /// Writes it. An epoch that is not above the current one is passed over: someone was faster.
    fn append(&mut self, request: Append) -> Result<(), OutboxError>;
}
