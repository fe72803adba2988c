//! What a till keeps, in one SQLite file: journal with its side records, articles, customers, cashiers, print queue, work in hand.
//!
//! Any thread and any command opens a [`Store`] of its own; SQLite's write-ahead log lets them read while one writes, and
//! every append reads the head inside its own transaction. A commit is on the disk when it returns (`synchronous=FULL`).

mod append;
mod articles;
mod cashiers;
mod catalogue;
mod directory;
mod error;
mod identity;
mod journal;
mod marker;
mod outbox;
mod print;
mod rescue;
mod scans;
mod schema;
mod shelf;
mod start;
mod work;

use std::path::{Path, PathBuf};
use std::time::Duration;

use retail::ids::TillId;
use retail::wire::Head;
use rusqlite::backup::StepResult;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

pub use append::{Appended, Paper, Writing};
pub use articles::{ImportReport, RejectedRow};
pub use cashiers::{CashierError, Listed};
pub use error::StoreError;
pub use identity::Identity;
pub use journal::VerifyReport;
pub use marker::Marker;
pub use print::PrintQueue;
pub use scans::{HubSeen, StoredScans};
pub use start::Opened;
pub use work::Drafts;

/// How long a connection waits for another one that writes.
const BUSY: Duration = Duration::from_secs(5);
/// How long emptying the log waits for another connection.
const SCRUB: Duration = Duration::from_millis(200);
/// The oldest SQLite without the WAL-reset fault.
const OLDEST_SQLITE: i32 = 3_051_003;
/// Bits of an event's key that hold its seq; the epoch stands above them.
const SEQ_BITS: u32 = 40;

/// What a backup holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// Whose journal; `None` before enrolment.
    pub till: Option<TillId>,
    /// Its last event.
    pub head: Option<Head>,
}

/// One connection to the till's database.
#[derive(Debug)]
pub struct Store {
    conn: Connection,
    path: PathBuf,
    identity: Option<Identity>,
    /// Somebody was forgotten, and what was said of him may still be in the write-ahead log.
    unscrubbed: bool,
}

impl Store {
    /// Opens the database, makes it when it is not there, and brings it up to date.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if rusqlite::version_number() < OLDEST_SQLITE {
            return Err(StoreError::OldSqlite(rusqlite::version().to_owned()));
        }
        identity::make_private(path)?;
        let mut conn = connect(path, "FULL")?;
        schema::migrate(&mut conn)?;
        let identity = identity::load(&conn)?;
        Ok(Self {
            conn,
            path: path.to_owned(),
            identity,
            unscrubbed: false,
        })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Who this till is; `None` before enrolment.
    #[must_use]
    pub const fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Makes the database believe that the disk ends here; 0 takes the limit away.
    #[cfg(test)]
    pub(crate) fn end_of_disk(&self, extra_pages: i64) {
        let used: i64 = self
            .conn
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .unwrap();
        let most = if extra_pages == 0 {
            1_000_000_000
        } else {
            used + extra_pages
        };
        self.conn
            .query_row(&format!("PRAGMA max_page_count = {most}"), [], |_| Ok(()))
            .unwrap();
    }

    /// Moves what the write-ahead log holds into the database file, as far as nobody reads it. Off the sale's path.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        self.conn
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Empties the write-ahead log when somebody was forgotten. Whoever reads meanwhile keeps it, and the sale does not wait:
    /// then it is for the next time.
    fn scrub(&mut self) -> Result<(), StoreError> {
        if !self.unscrubbed {
            return Ok(());
        }
        self.checkpoint()?;
        self.conn.busy_timeout(SCRUB)?;
        let busy = self
            .conn
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        self.conn.busy_timeout(BUSY)?;
        self.unscrubbed = busy?;
        Ok(())
    }

    /// For the till's own loop: checkpoints are left to [`Store::checkpoint`], so that no sale waits for one, and more pages
    /// stay in memory.
    pub fn for_the_loop(&self) -> Result<(), StoreError> {
        self.conn.pragma_update(None, "wal_autocheckpoint", 0)?;
        self.conn.pragma_update(None, "cache_size", -4096)?;
        Ok(())
    }

    /// Copies the whole database to a new file while others go on using it: as it is at one moment, however much is sold
    /// meanwhile. What could not be finished is taken away again.
    ///
    /// # Errors
    /// [`StoreError::BackupExists`]; [`StoreError::Full`] when the copy does not fit.
    pub fn backup(&self, to: &Path) -> Result<BackedUp, StoreError> {
        if to.exists() {
            return Err(StoreError::BackupExists(to.to_owned()));
        }
        identity::make_private(to)?;
        self.copy_to(to).inspect_err(|_| {
            // The trouble is told; a file that cannot be removed either is not a second one.
            let _ = std::fs::remove_file(to);
        })
    }

    fn copy_to(&self, to: &Path) -> Result<BackedUp, StoreError> {
        let mut copy = Connection::open(to)?;
        // One moment for what is told and what is copied, however much is sold meanwhile.
        let moment = self.conn.unchecked_transaction()?;
        let told = BackedUp {
            till: identity::load(&moment)?.map(|identity| identity.till),
            head: append::head(&moment)?,
        };
        let backup = rusqlite::backup::Backup::new(&moment, &mut copy)?;
        // In one step, under one read lock: between two steps somebody else's commit would begin it anew.
        match backup.step(-1)? {
            StepResult::Done => Ok(told),
            _ => Err(StoreError::Busy),
        }
    }
}

/// A connection with everything a till's connections have in common.
fn connect(path: &Path, synchronous: &str) -> Result<Connection, StoreError> {
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.busy_timeout(BUSY)?;
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(StoreError::NoWal(mode));
    }
    conn.pragma_update(None, "synchronous", synchronous)?;
    let level: i64 = conn.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
    if synchronous == "FULL" && level < 2 {
        return Err(StoreError::NoWal(format!("synchronous={level}")));
    }
    conn.pragma_update(None, "foreign_keys", true)?;
    // Who is forgotten leaves no words in pages that are free.
    conn.pragma_update(None, "secure_delete", true)?;
    conn.pragma_update(None, "cache_size", -1024)?;
    conn.set_prepared_statement_cache_capacity(64);
    // A plan never depends on a value: a statement is prepared once.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(conn)
}

/// The key of an event: ascending in journal order, and small enough for any JSON reader.
pub(crate) fn event_key(epoch: retail::ids::Epoch, seq: u64) -> Result<i64, StoreError> {
    i64::try_from(seq)
        .ok()
        .filter(|seq| *seq < 1 << SEQ_BITS)
        .map(|seq| (i64::from(epoch.get()) << SEQ_BITS) | seq)
        .ok_or_else(|| StoreError::Damaged(format!("seq {seq} is out of range")))
}

/// An event's key read back.
pub(crate) fn key_parts(key: i64) -> Result<(retail::ids::Epoch, u64), StoreError> {
    let wrong = || StoreError::Damaged(format!("event key {key}"));
    let epoch = u8::try_from(key >> SEQ_BITS)
        .ok()
        .and_then(|epoch| retail::ids::Epoch::new(epoch).ok())
        .ok_or_else(wrong)?;
    let seq = u64::try_from(key & ((1 << SEQ_BITS) - 1)).map_err(|_| wrong())?;
    Ok((epoch, seq))
}

/// A receipt number as one integer, ascending in journal order within a till: its first twelve digits.
pub(crate) fn receipt_key(number: retail::ids::ReceiptNumber) -> i64 {
    i64::from(number.till.get()) * 1_000_000_000
        + i64::from(number.epoch.get()) * 10_000_000
        + i64::from(number.serial.get())
}

/// A receipt number read back.
pub(crate) fn receipt_of_key(key: i64) -> Result<retail::ids::ReceiptNumber, StoreError> {
    let parts = || {
        let till = u16::try_from(key / 1_000_000_000).ok()?;
        let epoch = u8::try_from(key / 10_000_000 % 100).ok()?;
        let serial = u32::try_from(key % 10_000_000).ok()?;
        Some(retail::ids::ReceiptNumber {
            till: TillId::new(till).ok()?,
            epoch: retail::ids::Epoch::new(epoch).ok()?,
            serial: retail::ids::ReceiptSerial::new(serial).ok()?,
        })
    };
    parts().ok_or_else(|| StoreError::Damaged(format!("receipt key {key}")))
}

/// 16 bytes of a column.
pub(crate) fn bytes_16(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<[u8; 16]> {
    row.get(at)
}

#[cfg(test)]
pub(crate) mod tests;
