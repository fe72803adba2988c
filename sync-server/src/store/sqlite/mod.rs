//! SQLite: one file in WAL mode, one writing connection with `synchronous=FULL`, a few reading ones.
//! Several processes may share the file (`serve` and a command beside it): a writer waits up to `BUSY` for the other.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{Result, Store, StoreError, Work};

mod history;
mod imports;
mod journal;
mod migrations;
mod office;
mod people;

/// How long a writer waits for another process.
const BUSY: Duration = Duration::from_secs(30);
/// Older ones have a WAL-reset bug that can corrupt a database.
const OLDEST: i32 = 3_051_003;
/// Reading connections kept for reuse; more are opened when more read at once.
const SPARE_READERS: usize = 4;
/// Prepared statements kept per connection: all of ours.
const STATEMENTS: usize = 128;

/// The engine.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Sqlite {
    /// Opens a database, making it when it is not there.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] for an engine too old, [`StoreError::Schema`] for a file that is not ours, or what the engine says.
    pub fn open(path: &Path) -> Result<Self> {
        if rusqlite::version_number() < OLDEST {
            return Err(StoreError::Unfit(format!(
                "SQLite {} can corrupt a database (WAL reset); 3.51.3 or newer is needed",
                rusqlite::version()
            )));
        }
        private(path)?;
        let writer = Connection::open(path)?;
        prepare(&writer)?;
        let mode: String = writer.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            return Err(StoreError::Unfit(format!(
                "the file system of {} does not allow SQLite's WAL mode (it stays {mode:?})",
                path.display()
            )));
        }
        writer.pragma_update(None, "synchronous", "FULL")?;
        writer.pragma_update(None, "wal_autocheckpoint", 4_000)?;
        migrations::run(&writer)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
        })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn reader(&self) -> Result<Connection> {
        if let Some(reader) = lock(&self.readers).pop() {
            return Ok(reader);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.path, flags)?;
        prepare(&reader)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(reader)
    }
}

/// A new file is for its owner's eyes only: it names people. SQLite gives the files beside it the same mode.
fn private(path: &Path) -> Result<()> {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match made {
        Err(source) if source.kind() != ErrorKind::AlreadyExists => Err(StoreError::File {
            path: path.display().to_string(),
            source,
        }),
        _ => Ok(()),
    }
}

fn prepare(connection: &Connection) -> Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -16_000)?;
    connection.pragma_update(None, "mmap_size", 268_435_456_i64)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(())
}

/// A panic in the middle of a transaction leaves a connection that is rolled back before its next use.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A transaction that is undone unless it is committed.
struct Transaction<'c> {
    connection: &'c Connection,
    open: bool,
}

impl<'c> Transaction<'c> {
    fn begin(connection: &'c Connection, how: &str) -> Result<Self> {
        connection.execute_batch(how)?;
        Ok(Self {
            connection,
            open: true,
        })
    }

    fn commit(mut self) -> Result<()> {
        self.connection.execute_batch("COMMIT")?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.open {
            // Nothing to do about a failing rollback: the connection's next BEGIN would say so.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}

impl Store for Sqlite {
    fn read(&self, work: Work<'_>) -> Result<()> {
        let reader = self.reader()?;
        let transaction = Transaction::begin(&reader, "BEGIN")?;
        work(&mut View(&reader))?;
        transaction.commit()?;
        let mut readers = lock(&self.readers);
        if readers.len() < SPARE_READERS {
            readers.push(reader);
        }
        Ok(())
    }

    fn write(&self, work: Work<'_>) -> Result<()> {
        let writer = lock(&self.writer);
        let transaction = Transaction::begin(&writer, "BEGIN IMMEDIATE")?;
        work(&mut View(&writer))?;
        transaction.commit()
    }
}

/// The tables inside a transaction.
struct View<'c>(&'c Connection);

/// An unsigned number as the engine stores it.
fn store(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|_| StoreError::Corrupt(format!("{number} is too large")))
}

/// And back.
fn load(number: i64) -> Result<u64> {
    u64::try_from(number).map_err(|_| StoreError::Corrupt(format!("{number} is negative")))
}

fn corrupt(what: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(what.to_string())
}

/// A blob of a fixed length.
fn bytes<const N: usize>(blob: &[u8]) -> Result<[u8; N]> {
    blob.try_into()
        .map_err(|_| corrupt(format!("{} bytes instead of {N}", blob.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::contract;

    #[test]
    fn keeps_the_contract() {
        contract::check(&mut || {
            let folder = tempfile::tempdir().unwrap();
            let store = Sqlite::open(&folder.path().join("head-office.db")).unwrap();
            (
                Box::new(store) as Box<dyn Store>,
                Box::new(folder) as Box<dyn std::any::Any>,
            )
        });
    }

    #[test]
    fn the_writer_is_durable_and_the_readers_only_read() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("head-office.db")).unwrap();
        let synchronous: i64 = lock(&store.writer)
            .query_row("PRAGMA synchronous", [], |row| row.get(0))
            .unwrap();
        assert_eq!(synchronous, 2, "FULL");
        let refused = store.read(&mut |tables| tables.set_meta("a", "b"));
        assert!(refused.is_err());
    }
}
