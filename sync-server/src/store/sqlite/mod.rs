//! SQLite: one file in WAL mode, one writing connection with `synchronous=FULL`, a few reading ones.
//! Several processes may share the file (`serve` and a command beside it): a writer waits up to `BUSY` for the other.
//!
//! *Turn*: a lock file beside the database that a writer holds from when it wants to begin until it has begun. SQLite
//! itself only looks now and then whether it may write; an import, which writes one transaction after the other, would
//! keep tills and log-ins out until it ends. With the turn, who waits comes next.
//!
//! Names and texts are deleted when somebody is forgotten. `secure_delete` puts zeros in their place, in pages that are free
//! too; the log before that is emptied by [`Store::scrub`].

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
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
/// How long emptying the log waits for readers; tills wait with it.
const SCRUB: Duration = Duration::from_millis(500);
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
    turn: File,
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
            turn: turn_file(path)?,
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
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
        let mut readers = lock(&self.readers);
        if readers.len() < SPARE_READERS {
            readers.push(reader);
        }
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
    fn a_look_up_is_prepared_once_and_uses_its_index() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("head-office.db")).unwrap();
        let connection = lock(&store.writer);
        for (column, index) in [("of_receipt", "event_of"), ("receipt", "event_receipt")] {
            let sql = format!("SELECT n FROM event WHERE {column} = ?1 ORDER BY n");
            let plan: String = connection
                .query_row(&format!("EXPLAIN QUERY PLAN {sql}"), [1], |row| row.get(3))
                .unwrap();
            assert!(plan.contains(index), "{plan}");
            let mut statement = connection.prepare(&sql).unwrap();
            for receipt in 0..9 {
                assert!(!statement.exists([receipt]).unwrap());
            }
            let again = statement.get_status(rusqlite::StatementStatus::RePrepare);
            assert_eq!(again, 0, "{sql}");
        }
    }

    #[test]
    fn who_writes_without_a_pause_keeps_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("head-office.db");
        let importing = Sqlite::open(&path).unwrap();
        let serving = Sqlite::open(&path).unwrap();
        let (done, stop) = std::sync::mpsc::channel();
        let (begun, begins) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            let long = scope.spawn(move || {
                for round in 1..1_000 {
                    let mut stopped = false;
                    importing
                        .write(&mut |tables| {
                            tables.set_meta("round", &round.to_string())?;
                            let _ = begun.send(());
                            let held = Duration::from_millis(20);
                            stopped = stop.recv_timeout(held).is_ok();
                            Ok(())
                        })
                        .unwrap();
                    if stopped {
                        return round;
                    }
                }
                panic!("nobody else ever came to write");
            });
            begins.recv().unwrap();
            for turn in 0..5 {
                serving
                    .write(&mut |tables| tables.set_meta("turn", &turn.to_string()))
                    .unwrap();
            }
            done.send(()).unwrap();
            assert!(long.join().unwrap() > 1);
        });
    }

    #[test]
    fn a_database_that_is_up_to_date_opens_while_another_writes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("head-office.db");
        let writing = Sqlite::open(&path).unwrap();
        writing
            .write(&mut |tables| {
                tables.set_meta("a", "b")?;
                let opened = Sqlite::open(&path)?;
                opened.read(&mut |tables| {
                    assert_eq!(tables.meta("a")?, None, "not committed yet");
                    Ok(())
                })
            })
            .unwrap();
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
