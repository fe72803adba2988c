//! The queue of scans between hub and till, in the database. A scan is on the disk when its commit returns, before the hub
//! may beep. That it was confirmed is written without waiting for the disk: when a power cut takes it back, it takes the
//! basket that the scan went into back as well, and the hub is asked again.

use std::sync::Arc;

use chrono_tz::Tz;
use link::message::{BootId, ScanId, Verdict};
use link::till_end::Resume;
use retail::barcode::Settings;
use retail::clock::{Clock, wall_time};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use super::{Store, StoreError, connect};
use crate::peripherals::hub::{ReadyScan, ScanError, ScanQueue};
use crate::till::Beep;
use crate::till::input::{HubIdentity, UnheardScan};
use crate::till::known;

const COMMITTED: i64 = 0;
pub(super) const CONFIRMED: i64 = 1;
const UNHEARD: i64 = 2;

/// The queue of this till's hub, over connections of its own.
pub struct StoredScans {
    store: Store,
    quick: Connection,
    barcodes: Settings,
    clock: Arc<dyn Clock>,
    zone: Tz,
}

impl std::fmt::Debug for StoredScans {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredScans")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

/// The hub that this till heard last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubSeen {
    /// Version of the protocol it speaks.
    pub protocol: u8,
    /// Version of its firmware.
    pub firmware: String,
    /// The board.
    pub board: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

impl From<StoreError> for ScanError {
    fn from(error: StoreError) -> Self {
        Self {
            fault: error.fault(),
            reason: error.to_string(),
        }
    }
}

impl From<rusqlite::Error> for ScanError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl StoredScans {
    /// Over this connection and another one to the same database.
    pub fn new(
        store: Store,
        barcodes: Settings,
        clock: Arc<dyn Clock>,
        zone: Tz,
    ) -> Result<Self, StoreError> {
        let quick = connect(store.path(), "NORMAL")?;
        Ok(Self {
            store,
            quick,
            barcodes,
            clock,
            zone,
        })
    }

    fn verdict(&self, data: &[u8]) -> Verdict {
        let at = wall_time(self.clock.now(), self.zone);
        match known::sound_of(data, &self.barcodes, at, &self.store) {
            Ok(Beep::Unknown) => Verdict::Unknown,
            Ok(_) => Verdict::Good,
            Err(error) => {
                tracing::warn!(%error, "a scan could not be looked up");
                Verdict::Good
            }
        }
    }

    /// The last scan's beep is settled, this one's state too: one transaction.
    fn settle(&mut self, id: ScanId, state: i64) -> Result<(), ScanError> {
        let tx = self
            .quick
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute(
            "UPDATE hub_scan SET state = ?3 WHERE boot = ?1 AND sequence = ?2 AND state = ?4",
            (id.boot.0, id.sequence, state, COMMITTED),
        )?;
        tx.execute(
            "UPDATE hub_last SET settled = 1 WHERE boot = ?1 AND sequence = ?2",
            (id.boot.0, id.sequence),
        )?;
        tx.commit()?;
        Ok(())
    }

    fn ready_where(&self, sql: &str, id: Option<ScanId>) -> Result<Vec<ReadyScan>, ScanError> {
        let sql = format!("SELECT id, verdict, data FROM hub_scan WHERE state = ?1{sql}");
        let mut statement = self.quick.prepare_cached(&sql)?;
        let read = |row: &rusqlite::Row<'_>| {
            Ok(ReadyScan {
                ticket: row.get(0)?,
                verdict: if row.get::<_, i64>(1)? == 0 {
                    Verdict::Good
                } else {
                    Verdict::Unknown
                },
                data: row.get(2)?,
            })
        };
        let rows = match id {
            Some(id) => statement.query_map((CONFIRMED, id.boot.0, id.sequence), read)?,
            None => statement.query_map([CONFIRMED], read)?,
        };
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl ScanQueue for StoredScans {
    fn last(&mut self) -> Result<Option<Resume>, ScanError> {
        let row = self
            .quick
            .query_row("SELECT boot, sequence, settled FROM hub_last", [], |row| {
                Ok(Resume {
                    scan: ScanId {
                        boot: BootId(row.get(0)?),
                        sequence: row.get(1)?,
                    },
                    settled: row.get(2)?,
                })
            });
        Ok(row.optional()?)
    }

    fn ready(&mut self) -> Result<Vec<ReadyScan>, ScanError> {
        self.ready_where(" ORDER BY id", None)
    }

    fn unheard(&mut self) -> Result<Option<UnheardScan>, ScanError> {
        let row = self.quick.query_row(
            "SELECT id, data FROM hub_scan WHERE state = ?1 ORDER BY id LIMIT 1",
            [UNHEARD],
            |row| {
                Ok(UnheardScan {
                    scan: row.get(0)?,
                    read: crate::till::visible(&row.get::<_, Vec<u8>>(1)?),
                })
            },
        );
        Ok(row.optional()?)
    }

    fn commit(&mut self, id: ScanId, data: &[u8]) -> Result<Verdict, ScanError> {
        let verdict = self.verdict(data);
        let tx = self
            .store
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.prepare_cached(
            "INSERT INTO hub_scan (boot, sequence, verdict, state, data) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((
            id.boot.0,
            id.sequence,
            i64::from(verdict != Verdict::Good),
            COMMITTED,
            data,
        ))?;
        tx.prepare_cached(
            "INSERT INTO hub_last (id, boot, sequence, settled) VALUES (1, ?1, ?2, 0)
             ON CONFLICT (id) DO UPDATE SET boot = ?1, sequence = ?2, settled = 0",
        )?
        .execute((id.boot.0, id.sequence))?;
        tx.commit()?;
        Ok(verdict)
    }

    fn confirm(&mut self, id: ScanId) -> Result<Option<ReadyScan>, ScanError> {
        self.settle(id, CONFIRMED)?;
        let ready = self.ready_where(" AND boot = ?2 AND sequence = ?3", Some(id))?;
        Ok(ready.into_iter().next())
    }

    fn doubt(&mut self, id: ScanId) -> Result<(), ScanError> {
        self.settle(id, UNHEARD)
    }

    fn forget(&mut self, ticket: i64) -> Result<(), ScanError> {
        self.quick.execute(
            "DELETE FROM hub_scan WHERE id = ?1 AND state = ?2",
            (ticket, UNHEARD),
        )?;
        Ok(())
    }

    fn saw(&mut self, hub: &HubIdentity) -> Result<(), ScanError> {
        self.quick.execute(
            "INSERT INTO hub_seen (id, protocol, firmware, board, at_ms) VALUES (1, ?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET protocol = ?1, firmware = ?2, board = ?3, at_ms = ?4",
            (
                hub.protocol,
                &hub.firmware,
                &hub.board,
                self.clock.now().timestamp_millis(),
            ),
        )?;
        Ok(())
    }
}

impl Store {
    /// The hub that this till heard last; `None` before it heard any.
    pub fn hub_seen(&self) -> Result<Option<HubSeen>, StoreError> {
        let row = self.conn.query_row(
            "SELECT protocol, firmware, board, at_ms FROM hub_seen",
            [],
            |row| {
                Ok(HubSeen {
                    protocol: row.get(0)?,
                    firmware: row.get(1)?,
                    board: row.get(2)?,
                    at_ms: row.get(3)?,
                })
            },
        );
        Ok(row.optional()?)
    }
}
