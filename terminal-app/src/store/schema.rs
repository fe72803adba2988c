//! The tables, as small numbered migrations with checksums. An applied migration is never edited: a change is a new one.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use sha2::{Digest as _, Sha256};

use super::StoreError;

/// In order; the version of a database is the number of those it has.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
];

pub(super) fn migrate(conn: &mut Connection) -> Result<(), StoreError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if is_current(conn, known)? {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, checksum TEXT NOT NULL) STRICT",
    )?;
    let found: i64 = tx.query_row("SELECT COALESCE(MAX(version), 0) FROM migration", [], |r| {
        r.get(0)
    })?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (version, sql) in (1i64..).zip(MIGRATIONS) {
        let checksum = hex::encode(Sha256::digest(sql.as_bytes()));
        let applied: Option<String> = tx
            .query_row(
                "SELECT checksum FROM migration WHERE version = ?1",
                [version],
                |r| r.get(0),
            )
            .optional()?;
        match applied {
            Some(applied) if applied == checksum => {}
            Some(_) => return Err(StoreError::OtherHistory(version)),
            None => {
                tx.execute_batch(sql)?;
                tx.execute(
                    "INSERT INTO migration (version, checksum) VALUES (?1, ?2)",
                    (version, &checksum),
                )?;
            }
        }
    }
    tx.pragma_update(None, "user_version", known)?;
    tx.commit()?;
    Ok(())
}

/// The common case, read without taking the write lock.
fn is_current(conn: &Connection, known: i64) -> Result<bool, StoreError> {
    let found: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    if found < known {
        return Ok(false);
    }
    let mut statement = conn.prepare("SELECT checksum FROM migration ORDER BY version")?;
    let applied: Vec<String> = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for ((version, sql), applied) in (1i64..).zip(MIGRATIONS).zip(&applied) {
        if *applied != hex::encode(Sha256::digest(sql.as_bytes())) {
            return Err(StoreError::OtherHistory(version));
        }
    }
    Ok(applied.len() == MIGRATIONS.len())
}
