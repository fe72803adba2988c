//! Reading the journal: one event, a run of them, the whole chain for export and verification.

use retail::event::{Body, Event};
use retail::ids::{Epoch, Hash, Position, ReceiptNumber};
use retail::journal::{ChainError, Stored, Verifier};
use retail::wire::Head;
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::{Store, StoreError, key_parts, receipt_key, receipt_of_key};
use crate::till::shelf::ReturnOnFile;

/// What a walk over the whole chain came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Events that are right.
    pub events: u64,
    /// Epochs seen.
    pub epochs: u32,
    /// What is wrong, at most 100 places, in order.
    pub faults: Vec<ChainError>,
}

pub(super) fn stored_of(till: retail::ids::TillId, row: &Row<'_>) -> Result<Stored, StoreError> {
    let (epoch, seq) = key_parts(row.get(0)?)?;
    Ok(Stored {
        position: Position { till, epoch, seq },
        prev_hash: Hash(row.get(1)?),
        hash: Hash(row.get(2)?),
        bytes: row.get(3)?,
    })
}

/// The event of a receipt of this till.
pub(super) fn receipt_event(
    conn: &Connection,
    number: ReceiptNumber,
) -> Result<Option<Event>, StoreError> {
    let bytes: Option<Vec<u8>> = conn
        .prepare_cached(
            "SELECT e.bytes FROM receipt r JOIN event e ON e.key = r.event WHERE r.number = ?1",
        )?
        .query_row([receipt_key(number)], |row| row.get(0))
        .optional()?;
    bytes
        .map(|bytes| Event::read(&bytes).map_err(|e| StoreError::Damaged(e.to_string())))
        .transpose()
}

impl Store {
    /// The last event of the journal.
    pub fn head(&self) -> Result<Option<Head>, StoreError> {
        super::append::head(&self.conn)
    }

    /// When the last event happened, in milliseconds since 1970.
    pub fn last_event_ms(&self) -> Result<Option<i64>, StoreError> {
        Ok(self
            .conn
            .query_row(
                "SELECT at_ms FROM event ORDER BY key DESC LIMIT 1",
                [],
                |row| row.get(0),
            )
            .optional()?)
    }

    /// Calls `each` for every event in journal order; stops at its first error.
    pub fn for_each_event<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(Stored) -> Result<(), E>,
    ) -> Result<(), E> {
        let till = self.known()?.till;
        let sql = "SELECT key, prev_hash, hash, bytes FROM event ORDER BY key";
        let mut statement = self.conn.prepare(sql).map_err(StoreError::from)?;
        let mut rows = statement.query([]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            each(stored_of(till, row)?)?;
        }
        Ok(())
    }

    /// Walks the whole chain. A journal without events is whole.
    pub fn verify(&self) -> Result<VerifyReport, StoreError> {
        const MAX_FAULTS: usize = 100;
        let mut report = VerifyReport::default();
        let mut verifier = Verifier::new();
        let mut epoch: Option<Epoch> = None;
        self.for_each_event(|stored| {
            if epoch != Some(stored.position.epoch) {
                epoch = Some(stored.position.epoch);
                report.epochs += 1;
            }
            match verifier.next(&stored) {
                Ok(_) => report.events += 1,
                Err(fault) => {
                    if report.faults.len() < MAX_FAULTS {
                        report.faults.push(fault);
                    }
                    let at = stored.position;
                    verifier = Verifier::behind(at.epoch, at.seq, stored.hash);
                }
            }
            Ok::<(), StoreError>(())
        })?;
        Ok(report)
    }

    /// What an event says, by its place.
    pub fn event_at(&self, epoch: Epoch, seq: u64) -> Result<Option<Event>, StoreError> {
        let bytes: Option<Vec<u8>> = self
            .conn
            .prepare_cached("SELECT bytes FROM event WHERE key = ?1")?
            .query_row([super::event_key(epoch, seq)?], |row| row.get(0))
            .optional()?;
        bytes
            .map(|bytes| Event::read(&bytes).map_err(|e| StoreError::Damaged(e.to_string())))
            .transpose()
    }
}

/// The returns of this till that name a receipt.
pub(super) fn returns_of(
    conn: &Connection,
    number: ReceiptNumber,
) -> Result<Vec<ReturnOnFile>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT r.number, e.bytes FROM receipt r JOIN event e ON e.key = r.event
         WHERE r.return_of = ?1 ORDER BY r.event",
    )?;
    let rows = statement.query_map([receipt_key(number)], |row| {
        Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?))
    })?;
    let mut returns = Vec::new();
    for row in rows {
        let (key, bytes) = row?;
        let event = Event::read(&bytes).map_err(|e| StoreError::Damaged(e.to_string()))?;
        if let Body::Return(back) = event.body {
            let number = receipt_of_key(key)?;
            returns.push(ReturnOnFile { number, back });
        }
    }
    Ok(returns)
}
