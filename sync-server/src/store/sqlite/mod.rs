//! SQLite: one file in WAL mode, one writing connection with `synchronous=FULL`, a few reading ones.
//! Several processes may share the file (`serve` and a command beside it): a writer waits up to `BUSY` for the other.
//!
//! *Turn*: a lock file beside the database that a writer holds from when it wants to begin until it has begun. SQLite
//! itself only looks now and then whether it may write; an import, which writes one transaction after the other, would
//! keep tills and log-ins out until it ends. With the turn, who waits comes next.
//!
//! *Writing back*: what commits left in the log goes into the database, so that the log can begin anew. SQLite would do that
//! inside a commit, and a till would wait for it. [`Store::write_back`] does it beside the writer; a commit does it only when
//! nobody else did (an import, a `serve` whose tills never pause), and then only what is left.
//!
//! Names and texts are deleted when somebody is forgotten. `secure_delete` puts zeros in their place, in pages that are free
//! too; the log before that is emptied by [`Store::scrub`].

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;
use rusqlite::{Connection, OpenFlags};

use super::{Result, Store, StoreError, Work};

mod backup;
mod history;
mod imports;
mod journal;
mod migrations;
mod office;
mod people;

/// How long a writer waits for another process.
const BUSY: Duration = Duration::from_secs(30);
/// How long emptying the log waits for readers; tills wait with it.
const SCRUB: Duration = Duration::from_millis(500);
/// Older ones have a WAL-reset bug that can corrupt a database.
const OLDEST: i32 = 3_051_003;
/// Pages in the log from which on it is written back beside the writer.
const LONG_LOG: i32 = 1_000;
/// Pages in the log from which on a commit writes it back itself: the log has a bound.
const LONGEST_LOG: i32 = 4_000;
/// Reading connections kept for reuse; more are opened when more read at once.
const SPARE_READERS: usize = 4;
/// Prepared statements kept per connection: all of ours.
const STATEMENTS: usize = 128;

/// The engine.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    turn: File,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    /// Pages in the log after the last commit of this process.
    log: Arc<AtomicI32>,
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
        let mut writer = Connection::open(path)?;
        prepare(&writer)?;
        let mode: String = writer.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            return Err(StoreError::Unfit(format!(
                "the file system of {} does not allow SQLite's WAL mode (it stays {mode:?})",
                path.display()
            )));
        }
        let log = Arc::new(AtomicI32::new(0));
        let length = Arc::clone(&log);
        // Takes the place of SQLite's own `wal_autocheckpoint`.
        writer.wal_hook(Some(move |wal: &mut Wal, pages| {
            length.store(pages, Ordering::Relaxed);
            if pages >= LONGEST_LOG {
                // The commit is done whatever comes of this, and the next one tries again.
                let _ = wal.checkpoint();
            }
            Ok(())
        }))?;
        migrations::run(&writer)?;
        Ok(Self {
            path: path.to_owned(),
            turn: turn_file(path)?,
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
            log,
        })
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

    fn keep(&self, reader: Connection) {
        let mut readers = lock(&self.readers);
        if readers.len() < SPARE_READERS {
            readers.push(reader);
        }
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
        Err(source) if source.kind() != ErrorKind::AlreadyExists => Err(file_error(path)(source)),
        _ => Ok(()),
    }
}

/// The lock file of the turn: empty, never read.
fn turn_file(path: &Path) -> Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".turn");
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&name)
        .map_err(file_error(Path::new(&name)))
}

fn file_error(path: &Path) -> impl Fn(std::io::Error) -> StoreError {
    let path = path.display().to_string();
    move |source| StoreError::File {
        path: path.clone(),
        source,
    }
}

fn prepare(connection: &Connection) -> Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A plan never depends on a value: without this SQLite prepares a statement anew for every value that could be compared
    // with the condition of a partial index (`event_of`), which was most of the work of a batch.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Not FAST: that leaves in free pages what was deleted.
    connection.pragma_update(None, "secure_delete", true)?;
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
        self.keep(reader);
        Ok(())
    }

    fn write(&self, work: Work<'_>) -> Result<()> {
        let writer = lock(&self.writer);
        self.turn.lock().map_err(file_error(&self.path))?;
        let begun = Transaction::begin(&writer, "BEGIN IMMEDIATE");
        // Whoever waits may go on waiting for the database; a lock that cannot be let go ends with the process.
        let _ = self.turn.unlock();
        let transaction = begun?;
        work(&mut View(&writer))?;
        transaction.commit()
    }

    fn scrub(&self) -> Result<bool> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(SCRUB)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // The most of it while nobody waits, so that the rest keeps writers out for a moment only.
        let checkpoint = |sql| connection.query_row(sql, [], |row| row.get::<_, bool>(0));
        checkpoint("PRAGMA wal_checkpoint(PASSIVE)")?;
        let busy = checkpoint("PRAGMA wal_checkpoint(TRUNCATE)")?;
        Ok(!busy)
    }

    fn write_back(&self) -> Result<()> {
        if self.log.load(Ordering::Relaxed) < LONG_LOG {
            return Ok(());
        }
        // Who only reads may do this too: no row changes. Whether somebody else is at it already does not matter.
        let reader = self.reader()?;
        reader.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        self.keep(reader);
        Ok(())
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
mod tests;
