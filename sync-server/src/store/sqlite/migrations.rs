//! Numbered migrations with checksums. One that was applied is never edited; a database that a newer program wrote,
//! or whose applied migrations are not ours to the letter, is refused before anything is changed.

use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use crate::store::{Result, StoreError};

/// In order; the number is the place in this list, from 1.
const MIGRATIONS: &[(&str, &str)] = &[
    (
        "head_office",
        include_str!("migrations/0001_head_office.sql"),
    ),
    (
        "import_runs",
        include_str!("migrations/0002_import_runs.sql"),
    ),
];

/// Marks a file as ours (`PRAGMA application_id`): "KLHO".
const APPLICATION_ID: i64 = 0x4b4c_484f;

/// Brings a database up to date, in one transaction. One that is up to date already is only read: opening it waits for
/// no writer.
pub(super) fn run(connection: &Connection) -> Result<()> {
    if is_current(connection)? {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    match migrate(connection) {
        Ok(()) => Ok(connection.execute_batch("COMMIT")?),
        Err(error) => {
            // The first error is the one that explains; a failed rollback ends with the connection.
            let _ = connection.execute_batch("ROLLBACK");
            Err(error)
        }
    }
}

fn checksum(sql: &str) -> String {
    hex::encode(Sha256::digest(sql.as_bytes()))
}

fn application_id(connection: &Connection) -> Result<i64> {
    Ok(connection.query_row("PRAGMA application_id", [], |row| row.get(0))?)
}

/// Ours, and every migration applied to the letter and none besides; what is wrong otherwise is for `migrate` to say.
fn is_current(connection: &Connection) -> Result<bool> {
    if application_id(connection)? != APPLICATION_ID {
        return Ok(false);
    }
    let listed = "SELECT count(*) FROM sqlite_schema WHERE name = 'migration'";
    if connection.query_row(listed, [], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(false);
    }
    let mut statement = connection.prepare("SELECT checksum FROM migration ORDER BY number")?;
    let applied = statement.query_map([], |row| row.get(0))?;
    let applied: Vec<String> = applied.collect::<rusqlite::Result<_>>()?;
    let ours: Vec<String> = MIGRATIONS.iter().map(|(_, sql)| checksum(sql)).collect();
    Ok(applied == ours)
}

fn migrate(connection: &Connection) -> Result<()> {
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let id = application_id(connection)?;
    if tables > 0 && id != APPLICATION_ID {
        return Err(StoreError::Schema(
            "this file is a database of another program".to_owned(),
        ));
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT",
    )?;
    let newest: i64 = connection.query_row(
        "SELECT coalesce(max(number), 0) FROM migration",
        [],
        |row| row.get(0),
    )?;
    if newest > i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX) {
        return Err(StoreError::Schema(format!(
            "the database is of a newer version (migration {newest}); use the newer program"
        )));
    }
    for (number, (name, sql)) in (1_i64..).zip(MIGRATIONS) {
        let checksum = checksum(sql);
        let applied: Option<String> = connection
            .query_row(
                "SELECT checksum FROM migration WHERE number = ?1",
                [number],
                |row| row.get(0),
            )
            .optional()?;
        match applied {
            Some(applied) if applied == checksum => {}
            Some(_) => {
                return Err(StoreError::Schema(format!(
                    "migration {number} ({name}) of this database is not the one of this program"
                )));
            }
            None => {
                connection.execute_batch(sql)?;
                connection.execute(
                    "INSERT INTO migration (number, name, checksum) VALUES (?1, ?2, ?3)",
                    (number, name, checksum),
                )?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_changes_nothing() {
        let connection = Connection::open_in_memory().unwrap();
        run(&connection).unwrap();
        run(&connection).unwrap();
    }

    #[test]
    fn a_changed_or_newer_migration_is_refused() {
        let connection = Connection::open_in_memory().unwrap();
        run(&connection).unwrap();
        connection
            .execute("UPDATE migration SET checksum = 'x'", [])
            .unwrap();
        assert!(matches!(run(&connection), Err(StoreError::Schema(_))));
        connection
            .execute("UPDATE migration SET number = 99 WHERE number = 1", [])
            .unwrap();
        assert!(
            matches!(run(&connection), Err(StoreError::Schema(text)) if text.contains("newer"))
        );
    }

    #[test]
    fn rows_from_before_imports_were_listed_are_one_import() {
        let old = Connection::open_in_memory().unwrap();
        let (name, sql) = MIGRATIONS[0];
        old.pragma_update(None, "application_id", APPLICATION_ID)
            .unwrap();
        old.execute_batch("CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT")
            .unwrap();
        old.execute_batch(sql).unwrap();
        let checksum = hex::encode(Sha256::digest(sql.as_bytes()));
        old.execute("INSERT INTO migration VALUES (1, ?1, ?2)", (name, checksum))
            .unwrap();
        let row = "INSERT INTO imported (event_id, digest, at_ms, offset_minutes, shop, till, kind, quantity, amount_cents)
             VALUES ('a', x'00', 0, 0, 's', '', 'sale', 1, 1)";
        old.execute(row, []).unwrap();
        run(&old).unwrap();
        let kept: (i64, i64) = old
            .query_row(
                "SELECT r.id, r.added FROM import_run r JOIN imported i ON i.import = r.id",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap();
        assert_eq!(kept, (0, 1));
        old.execute(
            "INSERT INTO import_run (file, started_ms) VALUES ('b', 1)",
            [],
        )
        .unwrap();
        assert_eq!(old.last_insert_rowid(), 1, "numbers go on behind it");

        let new = Connection::open_in_memory().unwrap();
        run(&new).unwrap();
        let runs: i64 = new
            .query_row("SELECT count(*) FROM import_run", [], |row| row.get(0))
            .unwrap();
        assert_eq!(runs, 0);
    }

    #[test]
    fn another_programs_file_is_left_alone() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE notes (text TEXT)")
            .unwrap();
        assert!(matches!(run(&connection), Err(StoreError::Schema(_))));
        let id: i64 = connection
            .query_row("PRAGMA application_id", [], |row| row.get(0))
            .unwrap();
        assert_eq!(id, 0);
    }
}
