//! Shops, tills, codes, owners, sessions, problems.

use retail::ids::TillId;
use rusqlite::{OptionalExtension, Row, params};

use super::{View, bytes, corrupt, load, store};
use crate::store::Result;
use crate::store::rows::{OwnerRow, ProblemRow, SessionRow, Shop, Till, Traffic};
use crate::store::tables::OfficeTables;

const TILL: &str = "SELECT till, shop, name, public_key, enrolled_ms, revoked_ms, events, duplicates, forked, dropped_late,
    last_batch_ms, last_seen_ms, clock_offset_ms, last_event_ms, last_receipt FROM till";

fn till_row(row: &Row<'_>) -> Result<Till> {
    Ok(Till {
        till: TillId::new(row.get(0)?).map_err(corrupt)?,
        shop: row.get(1)?,
        name: row.get(2)?,
        public_key: bytes(row.get_ref(3)?.as_blob().map_err(corrupt)?)?,
        enrolled_ms: row.get(4)?,
        revoked_ms: row.get(5)?,
        traffic: Traffic {
            events: load(row.get(6)?)?,
            duplicates: load(row.get(7)?)?,
            forked: load(row.get(8)?)?,
            dropped_late: load(row.get(9)?)?,
            last_batch_ms: row.get(10)?,
            last_seen_ms: row.get(11)?,
            clock_offset_ms: row.get(12)?,
            last_event_ms: row.get(13)?,
            last_receipt: row.get(14)?,
        },
    })
}

fn shop_row(row: &Row<'_>) -> rusqlite::Result<Shop> {
    Ok(Shop {
        id: row.get(0)?,
        name: row.get(1)?,
        time_zone: row.get(2)?,
    })
}

fn owner_row(row: &Row<'_>) -> Result<OwnerRow> {
    let shops: Option<String> = row.get(2)?;
    Ok(OwnerRow {
        name: row.get(0)?,
        password: row.get(1)?,
        shops: shops
            .map(|json| serde_json::from_str(&json))
            .transpose()
            .map_err(corrupt)?,
    })
}

impl OfficeTables for View<'_> {
    fn meta(&mut self, key: &str) -> Result<Option<String>> {
        Ok(self
            .0
            .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
            .query_row([key], |row| row.get(0))
            .optional()?)
    }

    fn set_meta(&mut self, key: &str, value: &str) -> Result<()> {
        self.0.execute(
            "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )?;
        Ok(())
    }

    fn add_shop(&mut self, shop: &Shop) -> Result<bool> {
        let added = self.0.execute(
            "INSERT INTO shop (id, name, time_zone) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO NOTHING",
            (&shop.id, &shop.name, &shop.time_zone),
        )?;
        Ok(added == 1)
    }

    fn shops(&mut self) -> Result<Vec<Shop>> {
        let mut statement = self
            .0
            .prepare_cached("SELECT id, name, time_zone FROM shop ORDER BY id")?;
        let shops = statement.query_map([], shop_row)?;
        Ok(shops.collect::<rusqlite::Result<_>>()?)
    }

    fn shop(&mut self, id: &str) -> Result<Option<Shop>> {
        Ok(self
            .0
            .prepare_cached("SELECT id, name, time_zone FROM shop WHERE id = ?1")?
            .query_row([id], shop_row)
            .optional()?)
    }

    fn add_code(&mut self, digest: &[u8; 32], shop: &str, expires_ms: i64) -> Result<()> {
        self.0.execute(
            "INSERT INTO till_code (digest, shop, expires_ms) VALUES (?1, ?2, ?3)",
            (digest, shop, expires_ms),
        )?;
        Ok(())
    }

    fn shop_of_code(&mut self, digest: &[u8; 32], now_ms: i64) -> Result<Option<String>> {
        Ok(self
            .0
            .query_row(
                "SELECT shop FROM till_code WHERE digest = ?1 AND used_by IS NULL AND expires_ms > ?2",
                (digest, now_ms),
                |row| row.get(0),
            )
            .optional()?)
    }

    fn use_code(&mut self, digest: &[u8; 32], till: TillId) -> Result<()> {
        self.0.execute(
            "UPDATE till_code SET used_by = ?2 WHERE digest = ?1",
            (digest, till.get()),
        )?;
        Ok(())
    }

    fn free_till(&mut self) -> Result<Option<TillId>> {
        let last: u16 = self
            .0
            .query_row("SELECT coalesce(max(till), 0) FROM till", [], |row| {
                row.get(0)
            })?;
        Ok(TillId::new(last.saturating_add(1)).ok())
    }

    fn add_till(&mut self, till: &Till) -> Result<()> {
        self.0.execute(
            "INSERT INTO till (till, shop, name, public_key, enrolled_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            (till.till.get(), &till.shop, &till.name, till.public_key, till.enrolled_ms),
        )?;
        Ok(())
    }

    fn tills(&mut self) -> Result<Vec<Till>> {
        let mut statement = self.0.prepare_cached(&format!("{TILL} ORDER BY till"))?;
        let mut rows = statement.query([])?;
        let mut tills = Vec::new();
        while let Some(row) = rows.next()? {
            tills.push(till_row(row)?);
        }
        Ok(tills)
    }

    fn till(&mut self, till: TillId) -> Result<Option<Till>> {
        let mut statement = self.0.prepare_cached(&format!("{TILL} WHERE till = ?1"))?;
        let mut rows = statement.query([till.get()])?;
        rows.next()?.map(till_row).transpose()
    }

    fn set_traffic(&mut self, till: TillId, traffic: &Traffic) -> Result<()> {
        self.0
            .prepare_cached(
                "UPDATE till SET events = ?2, duplicates = ?3, forked = ?4, dropped_late = ?5, last_batch_ms = ?6,
                 last_seen_ms = ?7, clock_offset_ms = ?8, last_event_ms = ?9, last_receipt = ?10 WHERE till = ?1",
            )?
            .execute(params![
                till.get(),
                store(traffic.events)?,
                store(traffic.duplicates)?,
                store(traffic.forked)?,
                store(traffic.dropped_late)?,
                traffic.last_batch_ms,
                traffic.last_seen_ms,
                traffic.clock_offset_ms,
                traffic.last_event_ms,
                traffic.last_receipt,
            ])?;
        Ok(())
    }

    fn revoke_till(&mut self, till: TillId, now_ms: i64) -> Result<bool> {
        let revoked = self.0.execute(
            "UPDATE till SET revoked_ms = coalesce(revoked_ms, ?2) WHERE till = ?1",
            (till.get(), now_ms),
        )?;
        Ok(revoked == 1)
    }

    fn allow_till(&mut self, till: TillId) -> Result<bool> {
        let allowed = self.0.execute(
            "UPDATE till SET revoked_ms = NULL WHERE till = ?1",
            [till.get()],
        )?;
        Ok(allowed == 1)
    }

    fn put_owner(&mut self, owner: &OwnerRow) -> Result<()> {
        let shops = owner
            .shops
            .as_ref()
            .map(serde_json::to_string)
            .transpose()
            .map_err(corrupt)?;
        self.0.execute(
            "INSERT INTO owner (name, password, shops) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET password = excluded.password, shops = excluded.shops",
            (&owner.name, &owner.password, shops),
        )?;
        // A new password or scope ends what was opened under the old one.
        self.0
            .execute("DELETE FROM session WHERE owner = ?1", [&owner.name])?;
        Ok(())
    }

    fn owner(&mut self, name: &str) -> Result<Option<OwnerRow>> {
        let mut statement = self
            .0
            .prepare_cached("SELECT name, password, shops FROM owner WHERE name = ?1")?;
        let mut rows = statement.query([name])?;
        rows.next()?.map(owner_row).transpose()
    }

    fn owners(&mut self) -> Result<Vec<OwnerRow>> {
        let mut statement = self
            .0
            .prepare_cached("SELECT name, password, shops FROM owner ORDER BY name")?;
        let mut rows = statement.query([])?;
        let mut owners = Vec::new();
        while let Some(row) = rows.next()? {
            owners.push(owner_row(row)?);
        }
        Ok(owners)
    }

    fn remove_owner(&mut self, name: &str) -> Result<bool> {
        self.0
            .execute("DELETE FROM session WHERE owner = ?1", [name])?;
        let removed = self
            .0
            .execute("DELETE FROM owner WHERE name = ?1", [name])?;
        Ok(removed == 1)
    }

    fn add_session(&mut self, session: &SessionRow) -> Result<()> {
        self.0.execute(
            "DELETE FROM session WHERE expires_ms <= ?1",
            [session.created_ms],
        )?;
        self.0.execute(
            "INSERT INTO session (token, owner, csrf, created_ms, expires_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            (session.token, &session.owner, &session.csrf, session.created_ms, session.expires_ms),
        )?;
        Ok(())
    }

    fn session(&mut self, token: &[u8; 32], now_ms: i64) -> Result<Option<SessionRow>> {
        Ok(self
            .0
            .prepare_cached("SELECT owner, csrf, created_ms, expires_ms FROM session WHERE token = ?1 AND expires_ms > ?2")?
            .query_row((token, now_ms), |row| {
                Ok(SessionRow {
                    token: *token,
                    owner: row.get(0)?,
                    csrf: row.get(1)?,
                    created_ms: row.get(2)?,
                    expires_ms: row.get(3)?,
                })
            })
            .optional()?)
    }

    fn drop_session(&mut self, token: &[u8; 32]) -> Result<()> {
        self.0
            .execute("DELETE FROM session WHERE token = ?1", [token])?;
        Ok(())
    }

    fn add_problem(
        &mut self,
        key: &str,
        kind: &str,
        at_ms: i64,
        till: Option<TillId>,
        detail: &serde_json::Value,
    ) -> Result<bool> {
        let added = self
            .0
            .prepare_cached(
                "INSERT INTO problem (key, kind, at_ms, till, detail) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (key) DO NOTHING",
            )?
            .execute((key, kind, at_ms, till.map(TillId::get), detail.to_string()))?;
        Ok(added == 1)
    }

    fn problems(&mut self, limit: u32) -> Result<Vec<ProblemRow>> {
        let mut statement = self.0.prepare_cached(
            "SELECT id, kind, at_ms, till, detail FROM problem WHERE resolved_ms IS NULL ORDER BY id DESC LIMIT ?1",
        )?;
        let mut rows = statement.query([limit])?;
        let mut problems = Vec::new();
        while let Some(row) = rows.next()? {
            let till: Option<u16> = row.get(3)?;
            problems.push(ProblemRow {
                id: row.get(0)?,
                kind: row.get(1)?,
                at_ms: row.get(2)?,
                till: till.map(TillId::new).transpose().map_err(corrupt)?,
                detail: serde_json::from_str(row.get_ref(4)?.as_str().map_err(corrupt)?)
                    .map_err(corrupt)?,
            });
        }
        Ok(problems)
    }

    fn resolve_problem(&mut self, id: i64, now_ms: i64) -> Result<bool> {
        let resolved = self.0.execute(
            "UPDATE problem SET resolved_ms = ?2 WHERE id = ?1 AND resolved_ms IS NULL",
            (id, now_ms),
        )?;
        Ok(resolved == 1)
    }
}
