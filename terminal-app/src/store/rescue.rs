//! What travels beside an event that can no longer be read. Links and texts say something about that event and stay with
//! it. A profile says something about a customer: it goes on with the event that declares the hole, or nobody but this till
//! would ever know whose card it is.

use retail::event::Hole;
use retail::ids::CustomerId;
use retail::wire::{Head, Side};
use rusqlite::Transaction;

use super::{StoreError, event_key};

/// Moves the profiles of a hole to the event that declares it.
pub(super) fn profiles(tx: &Transaction<'_>, hole: &Hole, at: Head) -> Result<(), StoreError> {
    let to = event_key(at.epoch, at.seq)?;
    let found: Vec<(i64, i64, String)> = tx
        .prepare_cached(
            "SELECT event, n, json FROM side WHERE event BETWEEN ?1 AND ?2 ORDER BY event, n",
        )?
        .query_map(
            (
                event_key(hole.epoch, hole.from)?,
                event_key(hole.epoch, hole.to)?,
            ),
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?
        .collect::<Result<_, _>>()?;
    let mut next: i64 = tx.query_row(
        "SELECT COALESCE(MAX(n) + 1, 0) FROM side WHERE event = ?1",
        [to],
        |row| row.get(0),
    )?;
    for (event, n, json) in found {
        // What cannot be read, or is no profile, stays where it is.
        let Ok(Side::Profile { profile, .. }) = serde_json::from_str(&json) else {
            continue;
        };
        let moved = Side::Profile {
            seq: at.seq,
            profile,
        };
        let json = serde_json::to_string(&moved)
            .map_err(|e| StoreError::Unwritable(format!("a side record: {e}")))?;
        tx.execute(
            "UPDATE side SET event = ?1, n = ?2, json = ?3 WHERE event = ?4 AND n = ?5",
            (to, next, json, event, n),
        )?;
        next += 1;
    }
    Ok(())
}

/// What was moved of a customer goes when he is forgotten; others of the same hole stay.
pub(super) fn forget(tx: &Transaction<'_>, customer: CustomerId) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM side WHERE event IN (SELECT event FROM hole) AND instr(json, ?1) > 0",
        [customer.to_string()],
    )?;
    Ok(())
}
