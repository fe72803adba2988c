//! The work in hand, saved after every step by a connection of its own that does not wait for the disk: it survives the end
//! of the process. What must survive a power cut (money being asked for) is saved again inside a commit.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use super::{Store, StoreError, connect};
use crate::till::Work;

pub(super) fn save(conn: &Connection, work: &Work) -> Result<(), StoreError> {
    let json = serde_json::to_string(work)
        .map_err(|e| StoreError::Unwritable(format!("the work in hand: {e}")))?;
    conn.prepare_cached(
        "INSERT INTO work (id, rev, json) VALUES (1, ?1, ?2)
         ON CONFLICT (id) DO UPDATE SET rev = excluded.rev, json = excluded.json",
    )?
    .execute((i64::try_from(work.rev).unwrap_or(i64::MAX), json))?;
    // What went into this work leaves the queue of scans with it: it is worked off once, whenever the till dies.
    if work.hub_scan() > 0 {
        conn.prepare_cached("DELETE FROM hub_scan WHERE id <= ?1 AND state = ?2")?
            .execute((work.hub_scan(), super::scans::CONFIRMED))?;
    }
    Ok(())
}

/// How long a save waits for another writer; the next step saves again.
const PATIENCE: Duration = Duration::from_millis(100);

/// Saves the work in hand without waiting for the disk.
#[derive(Debug)]
pub struct Drafts {
    conn: Connection,
}

impl Drafts {
    /// Opens the connection; the database exists.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let conn = connect(path, "NORMAL")?;
        conn.pragma_update(None, "wal_autocheckpoint", 0)?;
        conn.busy_timeout(PATIENCE)?;
        Ok(Self { conn })
    }

    /// Saves it.
    pub fn save(&mut self, work: &Work) -> Result<(), StoreError> {
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        save(&tx, work)?;
        tx.commit()?;
        Ok(())
    }
}

impl Store {
    /// The work in hand as it was saved last. What a later version wrote and this one cannot read is passed over.
    pub fn work(&self) -> Result<Option<Work>, StoreError> {
        let json: Option<String> = self
            .conn
            .query_row("SELECT json FROM work", [], |row| row.get(0))
            .optional()?;
        Ok(json.and_then(|json| match serde_json::from_str(&json) {
            Ok(work) => Some(work),
            Err(error) => {
                tracing::warn!(%error, "the saved basket cannot be read");
                None
            }
        }))
    }
}
