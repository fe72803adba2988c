//! Links, aliases, statements, cards, texts, tombstones, points, and the log of changes.

use retail::ids::{CustomerId, LinkId, RecordId};
use rusqlite::{OptionalExtension, params};

use super::{View, corrupt};
use crate::store::Result;
use crate::store::rows::{AliasRow, Change, ChangeRow, ProfileRow};
use crate::store::tables::PeopleTables;

const DIRECTORY: i64 = 0;
const ALIAS: i64 = 1;
const TOMBSTONE: i64 = 2;
const RELOAD: i64 = 3;

fn alias_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<AliasRow> {
    Ok(AliasRow {
        customer: row.get(0)?,
        into: row.get(1)?,
        at_ms: row.get(2)?,
    })
}

/// A text anywhere in a JSON document: its wildcards are signs, what JSON escapes is anything.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for sign in text.chars() {
        match sign {
            '%' | '_' | '!' => pattern.extend(['!', sign]),
            '"' | '\\' => pattern.push('%'),
            sign if sign.is_control() => pattern.push('%'),
            sign if sign.is_ascii() => pattern.push(sign),
            _ => pattern.push('_'),
        }
    }
    pattern.push('%');
    pattern
}

impl View<'_> {
    fn texts(&self, sql: &str, key: &str) -> Result<Vec<String>> {
        let mut statement = self.0.prepare_cached(sql)?;
        let texts = statement.query_map([key], |row| row.get(0))?;
        Ok(texts.collect::<rusqlite::Result<_>>()?)
    }

    fn text(&self, sql: &str, key: &str) -> Result<Option<String>> {
        Ok(self
            .0
            .prepare_cached(sql)?
            .query_row([key], |row| row.get(0))
            .optional()?)
    }
}

impl PeopleTables for View<'_> {
    fn link(&mut self, link: LinkId) -> Result<Option<String>> {
        Ok(self
            .0
            .prepare_cached("SELECT customer FROM link WHERE link = ?1")?
            .query_row([link.0], |row| row.get(0))
            .optional()?)
    }

    fn add_link(&mut self, link: LinkId, customer: &str) -> Result<bool> {
        let added = self
            .0
            .prepare_cached(
                "INSERT INTO link (link, customer) VALUES (?1, ?2) ON CONFLICT (link) DO NOTHING",
            )?
            .execute((link.0, customer))?;
        Ok(added == 1)
    }

    fn root(&mut self, customer: &str) -> Result<String> {
        let into = self.text(
            "SELECT into_customer FROM alias WHERE customer = ?1",
            customer,
        )?;
        Ok(into.unwrap_or_else(|| customer.to_owned()))
    }

    fn members(&mut self, root: &str) -> Result<Vec<String>> {
        let mut members = vec![root.to_owned()];
        members.extend(self.texts(
            "SELECT customer FROM alias WHERE into_customer = ?1 ORDER BY customer",
            root,
        )?);
        Ok(members)
    }

    fn add_alias(&mut self, alias: &AliasRow) -> Result<()> {
        self.0.execute(
            "UPDATE alias SET into_customer = ?2 WHERE into_customer = ?1",
            (&alias.customer, &alias.into),
        )?;
        self.0.execute(
            "INSERT INTO alias (customer, into_customer, at_ms) VALUES (?1, ?2, ?3)",
            (&alias.customer, &alias.into, alias.at_ms),
        )?;
        Ok(())
    }

    fn aliases(&mut self) -> Result<Vec<AliasRow>> {
        let mut statement = self
            .0
            .prepare_cached("SELECT customer, into_customer, at_ms FROM alias ORDER BY customer")?;
        let aliases = statement.query_map([], alias_row)?;
        Ok(aliases.collect::<rusqlite::Result<_>>()?)
    }

    fn alias(&mut self, customer: &str) -> Result<Option<AliasRow>> {
        Ok(self
            .0
            .prepare_cached("SELECT customer, into_customer, at_ms FROM alias WHERE customer = ?1")?
            .query_row([customer], alias_row)
            .optional()?)
    }

    fn add_profile(&mut self, id: RecordId, customer: &str, row: &ProfileRow) -> Result<bool> {
        let added = self
            .0
            .prepare_cached(
                "INSERT INTO profile (id, customer, at_ms, json) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO NOTHING",
            )?
            .execute((id.0, customer, row.at_ms, &row.json))?;
        Ok(added == 1)
    }

    fn profiles(&mut self, customer: &str) -> Result<Vec<ProfileRow>> {
        let mut statement = self.0.prepare_cached(
            "SELECT json, at_ms FROM profile WHERE customer = ?1 ORDER BY at_ms, id",
        )?;
        let profiles = statement.query_map([customer], |row| {
            Ok(ProfileRow {
                json: row.get(0)?,
                at_ms: row.get(1)?,
            })
        })?;
        Ok(profiles.collect::<rusqlite::Result<_>>()?)
    }

    fn profiles_with(
        &mut self,
        text: &str,
        visit: &mut dyn FnMut(String, ProfileRow) -> Result<bool>,
    ) -> Result<()> {
        let mut statement = self.0.prepare_cached(
            "SELECT customer, json, at_ms FROM profile WHERE json LIKE ?1 ESCAPE '!' ORDER BY id",
        )?;
        let mut rows = statement.query([pattern(text)])?;
        while let Some(row) = rows.next()? {
            let profile = ProfileRow {
                json: row.get(1)?,
                at_ms: row.get(2)?,
            };
            if !visit(row.get(0)?, profile)? {
                break;
            }
        }
        Ok(())
    }

    fn card(&mut self, card: &str) -> Result<Option<String>> {
        self.text("SELECT customer FROM card WHERE card = ?1", card)
    }

    fn add_card(&mut self, card: &str, customer: &str) -> Result<()> {
        self.0.execute(
            "INSERT INTO card (card, customer) VALUES (?1, ?2)",
            (card, customer),
        )?;
        Ok(())
    }

    fn cards(&mut self, customer: &str) -> Result<Vec<String>> {
        self.texts(
            "SELECT card FROM card WHERE customer = ?1 ORDER BY card",
            customer,
        )
    }

    fn add_text(
        &mut self,
        id: RecordId,
        event: i64,
        link: Option<LinkId>,
        text: &str,
    ) -> Result<bool> {
        let added = self.0.execute(
            "INSERT INTO text (id, event, link, text) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO NOTHING",
            params![id.0, event, link.map(|LinkId(link)| link), text],
        )?;
        Ok(added == 1)
    }

    fn tombstoned(&mut self, key: &str) -> Result<bool> {
        Ok(self
            .0
            .prepare_cached("SELECT 1 FROM tombstone WHERE key = ?1")?
            .exists([key])?)
    }

    fn tombstones(&mut self) -> Result<Vec<(String, i64)>> {
        let mut statement = self
            .0
            .prepare_cached("SELECT key, at_ms FROM tombstone ORDER BY key")?;
        let tombstones = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(tombstones.collect::<rusqlite::Result<_>>()?)
    }

    fn add_tombstone(&mut self, key: &str, at_ms: i64) -> Result<bool> {
        let added = self.0.execute(
            "INSERT INTO tombstone (key, at_ms) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING",
            (key, at_ms),
        )?;
        Ok(added == 1)
    }

    fn erase(&mut self, customer: &str) -> Result<u64> {
        for sql in [
            "DELETE FROM text WHERE link IN (SELECT link FROM link WHERE customer = ?1)",
            "DELETE FROM link WHERE customer = ?1",
            "DELETE FROM profile WHERE customer = ?1",
            "DELETE FROM card WHERE customer = ?1",
            "DELETE FROM balance WHERE customer = ?1",
            "DELETE FROM derived WHERE customer = ?1",
            "DELETE FROM dirty WHERE customer = ?1",
            "DELETE FROM change WHERE kind = 0 AND customer = ?1",
            "DELETE FROM problem WHERE kind = 'card_twice' AND instr(detail, ?1) > 0",
        ] {
            self.0.execute(sql, [customer])?;
        }
        let imported = self.0.execute(
            "UPDATE imported SET customer = NULL WHERE customer = ?1",
            [customer],
        )?;
        u64::try_from(imported).map_err(corrupt)
    }

    fn add_points(&mut self, customer: &str, points: i64) -> Result<()> {
        self.0
            .prepare_cached(
                "INSERT INTO balance (customer, points) VALUES (?1, ?2) ON CONFLICT (customer) DO UPDATE SET points = points + excluded.points",
            )?
            .execute((customer, points))?;
        Ok(())
    }

    fn points(&mut self, customer: &str) -> Result<i64> {
        let points: Option<i64> = self
            .0
            .prepare_cached("SELECT points FROM balance WHERE customer = ?1")?
            .query_row([customer], |row| row.get(0))
            .optional()?;
        Ok(points.unwrap_or(0))
    }

    fn all_points(&mut self) -> Result<Vec<(String, i64)>> {
        let mut statement = self
            .0
            .prepare_cached("SELECT customer, points FROM balance ORDER BY customer")?;
        let points = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(points.collect::<rusqlite::Result<_>>()?)
    }

    fn move_points(&mut self, from: &str, to: &str) -> Result<()> {
        let points = self.points(from)?;
        self.0
            .execute("DELETE FROM balance WHERE customer = ?1", [from])?;
        self.add_points(to, points)
    }

    fn add_change(&mut self, change: &Change) -> Result<i64> {
        let (kind, customer, into) = match change {
            Change::Directory(customer) => (DIRECTORY, customer.to_string(), None),
            Change::Alias { customer, into } => (ALIAS, customer.clone(), Some(into)),
            Change::Tombstone(key) => (TOMBSTONE, key.clone(), None),
            Change::Reload => (RELOAD, String::new(), None),
        };
        self.0
            .prepare_cached(
                "INSERT OR REPLACE INTO change (kind, customer, into_customer) VALUES (?1, ?2, ?3)",
            )?
            .execute((kind, customer, into))?;
        Ok(self.0.last_insert_rowid())
    }

    fn changes(&mut self, after: i64, limit: u32) -> Result<Vec<ChangeRow>> {
        let mut statement = self.0.prepare_cached(
            "SELECT rev, kind, customer, into_customer FROM change WHERE rev > ?1 ORDER BY rev LIMIT ?2",
        )?;
        let mut rows = statement.query((after, limit))?;
        let mut changes = Vec::new();
        while let Some(row) = rows.next()? {
            let customer: String = row.get(2)?;
            let change = match row.get(1)? {
                DIRECTORY => Change::Directory(customer.parse::<CustomerId>().map_err(corrupt)?),
                ALIAS => Change::Alias {
                    customer,
                    into: row.get(3)?,
                },
                TOMBSTONE => Change::Tombstone(customer),
                RELOAD => Change::Reload,
                other => return Err(corrupt(format!("change of kind {other}"))),
            };
            changes.push(ChangeRow {
                rev: row.get(0)?,
                change,
            });
        }
        Ok(changes)
    }
}
