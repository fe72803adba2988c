//! Imports of files: what each added, and taking one back. Rows of an import that was taken back are not there for any
//! reader from that moment on; they are deleted piece by piece afterwards, so that no writer waits long for it.

use journey::Record;
use rusqlite::{OptionalExtension, Row, params};

use super::{View, bytes, corrupt, load, store};
use crate::store::Result;
use crate::store::rows::{ImportRun, Inserted};
use crate::store::tables::ImportTables;

const RUN: &str = "SELECT id, file, source, started_ms, finished_ms, read, added, known, rejected, undone_ms, undone_rows FROM import_run";

/// The imports whose rows are gone for readers and may still be here.
pub(super) const TAKEN_BACK: &str =
    "(SELECT id FROM import_run WHERE undone_ms IS NOT NULL AND cleared_ms IS NULL)";

fn run(row: &Row<'_>) -> Result<ImportRun> {
    let undone: Option<i64> = row.get(10)?;
    Ok(ImportRun {
        id: row.get(0)?,
        file: row.get(1)?,
        source: row.get(2)?,
        started_ms: row.get(3)?,
        finished_ms: row.get(4)?,
        read: load(row.get(5)?)?,
        added: load(row.get(6)?)?,
        known: load(row.get(7)?)?,
        rejected: load(row.get(8)?)?,
        undone_ms: row.get(9)?,
        undone_rows: undone.map(load).transpose()?,
    })
}

impl View<'_> {
    fn insert_imported(&self, record: &Record, digest: &[u8; 16], import: i64) -> Result<bool> {
        let added = self
            .0
            .prepare_cached(
                "INSERT INTO imported (event_id, digest, at_ms, offset_minutes, shop, till, customer, kind, receipt, product, category, quantity, amount_cents, import)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT (event_id) DO NOTHING",
            )?
            .execute(params![
                record.event_id,
                digest,
                record.at_ms,
                record.offset_minutes,
                record.shop,
                record.till,
                record.customer,
                record.kind.as_str(),
                record.receipt,
                record.product,
                record.category,
                record.quantity,
                record.amount_cents,
                import
            ])?;
        Ok(added == 1)
    }
}

impl ImportTables for View<'_> {
    fn open_import(&mut self, file: &str, source: Option<&str>, now_ms: i64) -> Result<i64> {
        let stopped: Option<i64> = self
            .0
            .query_row(
                "SELECT max(id) FROM import_run WHERE file = ?1 AND source IS ?2 AND finished_ms IS NULL AND undone_ms IS NULL",
                (file, source),
                |row| row.get(0),
            )
            .optional()?
            .flatten();
        if let Some(id) = stopped {
            return Ok(id);
        }
        self.0.execute(
            "INSERT INTO import_run (file, source, started_ms) VALUES (?1, ?2, ?3)",
            (file, source, now_ms),
        )?;
        Ok(self.0.last_insert_rowid())
    }

    fn put_import(&mut self, run: &ImportRun) -> Result<bool> {
        let kept = self
            .0
            .prepare_cached(
                "UPDATE import_run SET finished_ms = ?2, read = ?3, added = ?4, known = ?5, rejected = ?6
                 WHERE id = ?1 AND undone_ms IS NULL",
            )?
            .execute((
                run.id,
                run.finished_ms,
                store(run.read)?,
                store(run.added)?,
                store(run.known)?,
                store(run.rejected)?,
            ))?;
        Ok(kept == 1)
    }

    fn import(&mut self, id: i64) -> Result<Option<ImportRun>> {
        let mut statement = self.0.prepare_cached(&format!("{RUN} WHERE id = ?1"))?;
        let mut rows = statement.query([id])?;
        rows.next()?.map(run).transpose()
    }

    fn imports(&mut self, limit: u32) -> Result<Vec<ImportRun>> {
        let mut statement = self
            .0
            .prepare_cached(&format!("{RUN} ORDER BY id DESC LIMIT ?1"))?;
        let mut rows = statement.query([limit])?;
        let mut runs = Vec::new();
        while let Some(row) = rows.next()? {
            runs.push(run(row)?);
        }
        Ok(runs)
    }

    fn imports_standing(&mut self) -> Result<Vec<(i64, u64)>> {
        let mut statement = self.0.prepare_cached(&format!(
            "SELECT import, count(*) FROM imported WHERE import NOT IN {TAKEN_BACK} GROUP BY import ORDER BY import"
        ))?;
        let mut rows = statement.query([])?;
        let mut standing = Vec::new();
        while let Some(row) = rows.next()? {
            standing.push((row.get(0)?, load(row.get(1)?)?));
        }
        Ok(standing)
    }

    fn add_imported(
        &mut self,
        record: &Record,
        digest: &[u8; 16],
        import: i64,
    ) -> Result<Inserted> {
        if self.insert_imported(record, digest, import)? {
            return Ok(Inserted::New);
        }
        let (n, known, gone): (i64, [u8; 16], bool) = {
            let mut statement = self.0.prepare_cached(&format!(
                "SELECT n, digest, import IN {TAKEN_BACK} FROM imported WHERE event_id = ?1"
            ))?;
            let mut rows = statement.query([&record.event_id])?;
            match rows.next()? {
                Some(row) => {
                    let digest = bytes(row.get_ref(1)?.as_blob().map_err(corrupt)?)?;
                    (row.get(0)?, digest, row.get(2)?)
                }
                None => return Err(corrupt("an event id that is there and is not")),
            }
        };
        if gone {
            self.0
                .prepare_cached("DELETE FROM imported WHERE n = ?1")?
                .execute([n])?;
            self.insert_imported(record, digest, import)?;
            return Ok(Inserted::New);
        }
        Ok(if known == *digest {
            Inserted::Same
        } else {
            Inserted::Other
        })
    }

    fn imported_count(&mut self) -> Result<u64> {
        load(self.0.query_row(
            &format!("SELECT count(*) FROM imported WHERE import NOT IN {TAKEN_BACK}"),
            [],
            |row| row.get(0),
        )?)
    }

    fn take_back(&mut self, id: i64, now_ms: i64) -> Result<u64> {
        self.0.execute(
            "INSERT INTO dirty (customer)
             SELECT DISTINCT coalesce(a.into_customer, i.customer) FROM imported i LEFT JOIN alias a ON a.customer = i.customer
             WHERE i.import = ?1 AND i.customer IS NOT NULL ON CONFLICT DO NOTHING",
            [id],
        )?;
        let rows: i64 = self.0.query_row(
            "SELECT count(*) FROM imported WHERE import = ?1",
            [id],
            |row| row.get(0),
        )?;
        self.0.execute(
            "UPDATE import_run SET undone_ms = ?2, undone_rows = ?3 WHERE id = ?1",
            (id, now_ms, rows),
        )?;
        load(rows)
    }

    fn beside_import(&mut self, id: i64) -> Result<Vec<String>> {
        let mut statement = self.0.prepare_cached(
            "SELECT DISTINCT coalesce(a.into_customer, i.customer) FROM imported i LEFT JOIN alias a ON a.customer = i.customer
             WHERE i.import <> ?1 AND i.customer IS NOT NULL
             AND i.receipt IN (SELECT receipt FROM imported WHERE import = ?1 AND receipt IS NOT NULL) ORDER BY 1",
        )?;
        let customers = statement.query_map([id], |row| row.get(0))?;
        Ok(customers.collect::<rusqlite::Result<_>>()?)
    }

    fn clear_taken_back(&mut self, after: i64, limit: u32, now_ms: i64) -> Result<Option<i64>> {
        let waiting: bool =
            self.0
                .query_row(&format!("SELECT EXISTS {TAKEN_BACK}"), [], |row| row.get(0))?;
        if !waiting {
            return Ok(None);
        }
        let upto: Option<i64> = self
            .0
            .prepare_cached(
                "SELECT max(n) FROM (SELECT n FROM imported WHERE n > ?1 ORDER BY n LIMIT ?2)",
            )?
            .query_row((after, limit), |row| row.get(0))?;
        if let Some(upto) = upto {
            self.0
                .prepare_cached(&format!(
                    "DELETE FROM imported WHERE n > ?1 AND n <= ?2 AND import IN {TAKEN_BACK}"
                ))?
                .execute((after, upto))?;
            return Ok(Some(upto));
        }
        // One that was taken back while this walked past its rows waits for the next walk.
        self.0.execute(
            &format!(
                "UPDATE import_run SET cleared_ms = ?1 WHERE id IN {TAKEN_BACK}
                 AND NOT EXISTS (SELECT 1 FROM imported WHERE import = import_run.id)"
            ),
            [now_ms],
        )?;
        Ok(None)
    }
}
