//! Imported rows, customers to refold, and derived state.

use rusqlite::{OptionalExtension, Row, Rows};

use super::imports::TAKEN_BACK;
use super::{View, corrupt, load};
use crate::store::Result;
use crate::store::rows::{DerivedRow, Ends, ImportedRow};
use crate::store::tables::HistoryTables;

const IMPORTED: &str = "SELECT n, event_id, at_ms, offset_minutes, shop, till, customer, kind, receipt, product, category, quantity, amount_cents FROM imported";

fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str> {
    row.get_ref(column)?.as_str().map_err(corrupt)
}

fn optional<'r>(row: &'r Row<'_>, column: usize) -> Result<Option<&'r str>> {
    row.get_ref(column)?.as_str_or_null().map_err(corrupt)
}

fn each(mut rows: Rows<'_>, visit: &mut dyn FnMut(ImportedRow<'_>) -> Result<()>) -> Result<()> {
    while let Some(row) = rows.next()? {
        visit(ImportedRow {
            n: row.get(0)?,
            event_id: text(row, 1)?,
            at_ms: row.get(2)?,
            offset_minutes: row.get(3)?,
            shop: text(row, 4)?,
            till: text(row, 5)?,
            customer: optional(row, 6)?,
            kind: text(row, 7)?,
            receipt: optional(row, 8)?,
            product: optional(row, 9)?,
            category: optional(row, 10)?,
            quantity: row.get(11)?,
            amount_cents: row.get(12)?,
        })?;
    }
    Ok(())
}

impl HistoryTables for View<'_> {
    fn ends(&mut self) -> Result<Ends> {
        Ok(self
            .0
            .prepare_cached(
                "SELECT (SELECT coalesce(max(n), 0) FROM imported), (SELECT coalesce(max(n), 0) FROM event),
                 (SELECT coalesce(max(rev), 0) FROM change)",
            )?
            .query_row([], |row| {
                Ok(Ends {
                    imported: row.get(0)?,
                    event: row.get(1)?,
                    change: row.get(2)?,
                })
            })?)
    }

    fn each_imported(
        &mut self,
        after: i64,
        visit: &mut dyn FnMut(ImportedRow<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.0.prepare_cached(&format!(
            "{IMPORTED} WHERE n > ?1 AND import NOT IN {TAKEN_BACK} ORDER BY n"
        ))?;
        each(statement.query([after])?, visit)
    }

    fn add_dirty(&mut self, customer: &str) -> Result<()> {
        self.0
            .prepare_cached("INSERT INTO dirty (customer) VALUES (?1) ON CONFLICT DO NOTHING")?
            .execute([customer])?;
        Ok(())
    }

    fn dirty(&mut self, limit: u32) -> Result<Vec<String>> {
        let mut statement = self
            .0
            .prepare_cached("SELECT customer FROM dirty ORDER BY customer LIMIT ?1")?;
        let customers = statement.query_map([limit], |row| row.get(0))?;
        Ok(customers.collect::<rusqlite::Result<_>>()?)
    }

    fn dirty_count(&mut self) -> Result<u64> {
        load(
            self.0
                .query_row("SELECT count(*) FROM dirty", [], |row| row.get(0))?,
        )
    }

    fn clear_dirty(&mut self, customer: &str) -> Result<()> {
        self.0
            .prepare_cached("DELETE FROM dirty WHERE customer = ?1")?
            .execute([customer])?;
        Ok(())
    }

    fn put_derived(&mut self, row: &DerivedRow) -> Result<bool> {
        let changed = self
            .0
            .prepare_cached(
                "INSERT INTO derived (customer, bytes) VALUES (?1, ?2)
                 ON CONFLICT (customer) DO UPDATE SET bytes = excluded.bytes WHERE bytes <> excluded.bytes",
            )?
            .execute((&row.customer, &row.bytes))?;
        Ok(changed == 1)
    }

    fn derived(&mut self, customer: &str) -> Result<Option<Vec<u8>>> {
        Ok(self
            .0
            .prepare_cached("SELECT bytes FROM derived WHERE customer = ?1")?
            .query_row([customer], |row| row.get(0))
            .optional()?)
    }

    fn drop_derived(&mut self, customer: &str) -> Result<()> {
        self.0
            .execute("DELETE FROM derived WHERE customer = ?1", [customer])?;
        Ok(())
    }

    fn each_derived(&mut self, visit: &mut dyn FnMut(DerivedRow) -> Result<()>) -> Result<()> {
        let mut statement = self
            .0
            .prepare_cached("SELECT customer, bytes FROM derived ORDER BY customer")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            visit(DerivedRow {
                customer: row.get(0)?,
                bytes: row.get(1)?,
            })?;
        }
        Ok(())
    }
}
