//! The check at the start: is this journal the one that was written last? A till that lost its tail, stands on a restored
//! backup or can no longer read its last events opens the next epoch by itself, declares what is missing, and sells on.

use chrono::{DateTime, FixedOffset};
use retail::event::{Body, EpochOpened, EpochWhy, Event, Hole};
use retail::ids::{Epoch, Hash, TillId};
use retail::journal::Verifier;
use retail::wire::Head;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::append::{head, write_event};
use super::{Marker, Store, StoreError, event_key};

/// How many of the last events are checked at the start.
const CHECKED_TAIL: u64 = 200;

/// An epoch that was opened at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its number.
    pub epoch: Epoch,
    /// Why.
    pub why: EpochWhy,
    /// What is missing.
    pub hole: Option<Hole>,
}

impl Store {
    /// Compares the journal with its marker and checks its tail; opens the next epoch when something is missing.
    pub fn start_check(&mut self, at: DateTime<FixedOffset>) -> Result<Option<Opened>, StoreError> {
        let till = self.known()?.till;
        let marker = Marker::of(&self.path).read()?;
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let Some(now) = head(&tx)? else {
            return Err(StoreError::Damaged(
                "a till that is enrolled has no journal".to_owned(),
            ));
        };
        let opened = match marker
            .map(|marker| compare(&tx, now, marker))
            .transpose()?
            .flatten()
        {
            Some(found) => Some(found),
            None => {
                damaged_tail(&tx, till, now)?.map(|hole| (EpochWhy::Damage, now.epoch, Some(hole)))
            }
        };
        let Some((why, above, hole)) = opened else {
            return Ok(None);
        };
        let epoch = above
            .max(now.epoch)
            .next()
            .ok_or(StoreError::UsedUp("the epochs of this till"))?;
        open_epoch(&tx, till, epoch, why, hole.clone(), at)?;
        tx.commit()?;
        Ok(Some(Opened { epoch, why, hole }))
    }

    /// What the marker beside the database tells of a journal that lost its end, or is an older copy; `None`: nothing, or
    /// there is no marker. Changes nothing: `run` declares it when it starts.
    ///
    /// # Errors
    /// What the database says, and the file.
    pub fn behind_marker(&self) -> Result<Option<(EpochWhy, Option<Hole>)>, StoreError> {
        // The marker first: a till that runs may write both meanwhile, the journal before the marker.
        let Some(marker) = Marker::of(&self.path).read()? else {
            return Ok(None);
        };
        let Some(now) = head(&self.conn)? else {
            return Ok(None);
        };
        Ok(compare(&self.conn, now, marker)?.map(|(why, _, hole)| (why, hole)))
    }

    /// Opens an epoch; one that is not above the current one is passed over: someone was faster. Answers whether it was opened.
    pub fn open_epoch(
        &mut self,
        epoch: Epoch,
        why: EpochWhy,
        hole: Option<Hole>,
        at: DateTime<FixedOffset>,
    ) -> Result<bool, StoreError> {
        let till = self.known()?.till;
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        if head(&tx)?.is_some_and(|head| head.epoch >= epoch) {
            return Ok(false);
        }
        open_epoch(&tx, till, epoch, why, hole, at)?;
        tx.commit()?;
        Ok(true)
    }
}

type Found = (EpochWhy, Epoch, Option<Hole>);

/// What the marker says against what is here.
fn compare(conn: &Connection, now: Head, marker: Head) -> Result<Option<Found>, StoreError> {
    if (marker.epoch, marker.seq) > (now.epoch, now.seq) {
        let from = if marker.epoch == now.epoch {
            now.seq + 1
        } else {
            1
        };
        let hole = Hole {
            epoch: marker.epoch,
            from,
            to: marker.seq,
            reason: "tail_lost".to_owned(),
        };
        return Ok(Some((EpochWhy::BehindMarker, marker.epoch, Some(hole))));
    }
    let here: Option<[u8; 32]> = rusqlite::OptionalExtension::optional(conn.query_row(
        "SELECT hash FROM event WHERE key = ?1",
        [event_key(marker.epoch, marker.seq)?],
        |row| row.get(0),
    ))?;
    match here {
        Some(hash) if Hash(hash) == marker.hash => Ok(None),
        // Declared already; the marker was not written since.
        None if declared(conn, marker)? => Ok(None),
        // The marker stands on another history of this till: this database is an older copy that went its own way.
        _ => Ok(Some((EpochWhy::Fork, now.epoch, None))),
    }
}

/// Whether a hole that was declared holds this place.
fn declared(conn: &Connection, place: Head) -> Result<bool, StoreError> {
    let mut statement =
        conn.prepare("SELECT e.bytes FROM hole h JOIN event e ON e.key = h.event")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let event = Event::read(row.get_ref(0)?.as_blob().unwrap_or_default());
        if let Ok(Body::Hole(hole)) = event.map(|event| event.body)
            && hole.epoch == place.epoch
            && (hole.from..=hole.to).contains(&place.seq)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The events of the tail that cannot be read or do not stand on each other.
fn damaged_tail(tx: &Transaction<'_>, till: TillId, now: Head) -> Result<Option<Hole>, StoreError> {
    let first = now.seq.saturating_sub(CHECKED_TAIL - 1).max(1);
    let mut statement = tx.prepare(
        "SELECT key, prev_hash, hash, bytes FROM event WHERE key BETWEEN ?1 AND ?2 ORDER BY key",
    )?;
    let mut rows =
        statement.query((event_key(now.epoch, first)?, event_key(now.epoch, now.seq)?))?;
    let mut verifier: Option<Verifier> = None;
    let mut bad: Option<(u64, u64)> = None;
    while let Some(row) = rows.next()? {
        let stored = super::journal::stored_of(till, row)?;
        let at = stored.position;
        let mut next = verifier
            .take()
            .unwrap_or_else(|| Verifier::behind(at.epoch, at.seq - 1, stored.prev_hash));
        if next.next(&stored).is_err() {
            bad = Some((bad.map_or(at.seq, |(from, _)| from), at.seq));
            next = Verifier::behind(at.epoch, at.seq, stored.hash);
        }
        verifier = Some(next);
    }
    Ok(bad.map(|(from, to)| Hole {
        epoch: now.epoch,
        from,
        to,
        reason: "damaged".to_owned(),
    }))
}

fn open_epoch(
    tx: &Transaction<'_>,
    till: TillId,
    epoch: Epoch,
    why: EpochWhy,
    hole: Option<Hole>,
    at: DateTime<FixedOffset>,
) -> Result<(), StoreError> {
    let before = head(tx)?;
    let body = Body::EpochOpened(EpochOpened {
        prev_epoch: before.map(|head| head.epoch),
        prev_seq: before.map_or(0, |head| head.seq),
        prev_hash: before.map_or(Hash::ZERO, |head| head.hash),
        why,
    });
    let (first, _) = write_event(tx, till, epoch, None, at, &body)?;
    if let Some(hole) = hole {
        write_event(tx, till, epoch, Some(first), at, &Body::Hole(hole))?;
    }
    Ok(())
}
