//! Batches, events as a tree, branches, holes, closed days.

use chrono::NaiveDate;
use retail::ids::{Epoch, Hash, LinkId, TillId};
use retail::wire::Head;
use rusqlite::{Row, ToSql, params};

use super::{View, bytes, corrupt, load, store};
use crate::store::Result;
use crate::store::rows::{
    BatchRow, Branch, DayRow, EventKeys, EventRow, HoleRow, KeyedEvent, NewEvent, Place, Timing,
};
use crate::store::tables::JournalTables;

/// An event with the customer of its link and its texts.
const EVENT: &str = "SELECT e.n, e.till, t.shop, e.epoch, e.seq, e.hash, e.prev_hash, e.branch, e.batch, e.at_ms, l.customer,
    (SELECT group_concat(x.text, char(10)) FROM text x WHERE x.event = e.n), e.bytes
    FROM event e JOIN till t ON t.till = e.till LEFT JOIN link l ON l.link = e.link";
/// An index of returns alone is asked once for every event.
pub(super) const RETURNED: &str = "SELECT DISTINCT e.receipt FROM event e WHERE e.till = ?1 AND e.epoch = ?2 AND e.seq BETWEEN ?3 AND ?4
    AND EXISTS (SELECT 1 FROM event back WHERE back.of_receipt = e.receipt) ORDER BY e.receipt";
const PLACE: &str = "SELECT n, seq, hash, prev_hash, branch, at_ms FROM event";

fn hash(row: &Row<'_>, column: usize) -> Result<Hash> {
    Ok(Hash(bytes(
        row.get_ref(column)?.as_blob().map_err(corrupt)?,
    )?))
}

fn till(row: &Row<'_>, column: usize) -> Result<TillId> {
    TillId::new(row.get(column)?).map_err(corrupt)
}

fn epoch(row: &Row<'_>, column: usize) -> Result<Epoch> {
    Epoch::new(row.get(column)?).map_err(corrupt)
}

fn seq(row: &Row<'_>, column: usize) -> Result<u64> {
    load(row.get(column)?)
}

fn day(row: &Row<'_>, column: usize) -> Result<NaiveDate> {
    let text = row.get_ref(column)?.as_str().map_err(corrupt)?;
    text.parse().map_err(corrupt)
}

fn head(row: &Row<'_>, at: usize) -> Result<Head> {
    Ok(Head {
        epoch: epoch(row, at)?,
        seq: seq(row, at + 1)?,
        hash: hash(row, at + 2)?,
    })
}

fn place_row(row: &Row<'_>) -> Result<Place> {
    Ok(Place {
        n: row.get(0)?,
        seq: seq(row, 1)?,
        hash: hash(row, 2)?,
        prev_hash: hash(row, 3)?,
        branch: row.get(4)?,
        at_ms: row.get(5)?,
    })
}

fn event_row(row: &Row<'_>) -> Result<EventRow> {
    Ok(EventRow {
        n: row.get(0)?,
        till: till(row, 1)?,
        shop: row.get(2)?,
        epoch: epoch(row, 3)?,
        seq: seq(row, 4)?,
        hash: hash(row, 5)?,
        prev_hash: hash(row, 6)?,
        branch: row.get(7)?,
        batch: row.get(8)?,
        at_ms: row.get(9)?,
        customer: row.get(10)?,
        text: row.get(11)?,
        bytes: row.get(12)?,
    })
}

impl View<'_> {
    fn events(&self, rest: &str, params: &[&dyn ToSql]) -> Result<Vec<EventRow>> {
        let mut statement = self.0.prepare_cached(&format!("{EVENT} {rest}"))?;
        let mut rows = statement.query(params)?;
        let mut events = Vec::new();
        while let Some(row) = rows.next()? {
            events.push(event_row(row)?);
        }
        Ok(events)
    }
}

impl JournalTables for View<'_> {
    fn places(&mut self, till: TillId, epoch: Epoch, from: u64, to: u64) -> Result<Vec<Place>> {
        let mut statement = self.0.prepare_cached(&format!(
            "{PLACE} WHERE till = ?1 AND epoch = ?2 AND seq BETWEEN ?3 AND ?4 ORDER BY seq, n"
        ))?;
        let mut rows = statement.query((till.get(), epoch.get(), store(from)?, store(to)?))?;
        let mut places = Vec::new();
        while let Some(row) = rows.next()? {
            places.push(place_row(row)?);
        }
        Ok(places)
    }

    fn place(&mut self, till: TillId, epoch: Epoch, seq: u64, hash: Hash) -> Result<Option<Place>> {
        let mut statement = self.0.prepare_cached(&format!(
            "{PLACE} WHERE till = ?1 AND epoch = ?2 AND seq = ?3 AND hash = ?4"
        ))?;
        let mut rows = statement.query((till.get(), epoch.get(), store(seq)?, hash.0))?;
        rows.next()?.map(place_row).transpose()
    }

    fn last_before(&mut self, till: TillId, epoch: Epoch, seq: u64) -> Result<Option<Head>> {
        let mut statement = self.0.prepare_cached(
            "SELECT epoch, seq, hash FROM event WHERE till = ?1 AND (epoch, seq) < (?2, ?3) ORDER BY epoch DESC, seq DESC, n LIMIT 1",
        )?;
        let mut rows = statement.query((till.get(), epoch.get(), store(seq)?))?;
        rows.next()?.map(|row| head(row, 0)).transpose()
    }

    fn branches(&mut self, till: TillId, limit: u32) -> Result<Vec<Branch>> {
        let mut statement = self.0.prepare_cached(
            "SELECT branch, epoch, seq, hash, from_seq, updated_ms FROM branch WHERE till = ?1 ORDER BY epoch DESC, branch LIMIT ?2",
        )?;
        let mut rows = statement.query((till.get(), limit))?;
        let mut branches = Vec::new();
        while let Some(row) = rows.next()? {
            branches.push(Branch {
                branch: row.get(0)?,
                head: head(row, 1)?,
                from_seq: seq(row, 4)?,
                updated_ms: row.get(5)?,
            });
        }
        Ok(branches)
    }

    fn put_branch(&mut self, till: TillId, branch: &Branch) -> Result<()> {
        let head = branch.head;
        self.0
            .prepare_cached(
                "INSERT INTO branch (till, epoch, branch, seq, hash, from_seq, updated_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (till, epoch, branch) DO UPDATE SET hash = iif(excluded.seq > seq, excluded.hash, hash),
                 seq = max(seq, excluded.seq), updated_ms = excluded.updated_ms",
            )?
            .execute(params![
                till.get(),
                head.epoch.get(),
                branch.branch,
                store(head.seq)?,
                head.hash.0,
                store(branch.from_seq)?,
                branch.updated_ms
            ])?;
        Ok(())
    }

    fn add_batch(&mut self, batch: &BatchRow) -> Result<i64> {
        self.0
            .prepare_cached(
                "INSERT INTO batch (till, epoch, first, last, header, signature, received_ms, sent_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                batch.till.get(),
                batch.epoch.get(),
                store(batch.first)?,
                store(batch.last)?,
                batch.header,
                batch.signature,
                batch.received_ms,
                batch.sent_ms
            ])?;
        Ok(self.0.last_insert_rowid())
    }

    fn add_events(&mut self, events: &[NewEvent<'_>]) -> Result<Vec<i64>> {
        let mut insert = self.0.prepare_cached(
            "INSERT INTO event (till, epoch, seq, hash, prev_hash, branch, batch, kind, at_ms, clamped, day, receipt, of_receipt, link, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?;
        let mut keys = Vec::with_capacity(events.len());
        // Most events of a batch are of one day.
        let (mut day, mut day_text) = (NaiveDate::MIN, NaiveDate::MIN.to_string());
        for event in events {
            if day != event.keys.day {
                day = event.keys.day;
                day_text = day.to_string();
            }
            insert.execute(params![
                event.till.get(),
                event.epoch.get(),
                store(event.seq)?,
                event.hash.0,
                event.prev_hash.0,
                event.branch,
                event.batch,
                event.keys.kind,
                event.at_ms,
                event.clamped,
                day_text,
                event.keys.receipt,
                event.keys.of,
                event.keys.link.map(|LinkId(link)| link),
                event.bytes
            ])?;
            keys.push(self.0.last_insert_rowid());
        }
        Ok(keys)
    }

    fn batches(&mut self, after: i64, limit: u32) -> Result<Vec<BatchRow>> {
        let mut statement = self.0.prepare_cached(
            "SELECT id, till, epoch, first, last, header, signature, received_ms, sent_ms FROM batch WHERE id > ?1 ORDER BY id LIMIT ?2",
        )?;
        let mut rows = statement.query((after, limit))?;
        let mut batches = Vec::new();
        while let Some(row) = rows.next()? {
            batches.push(BatchRow {
                id: row.get(0)?,
                till: till(row, 1)?,
                epoch: epoch(row, 2)?,
                first: seq(row, 3)?,
                last: seq(row, 4)?,
                header: row.get(5)?,
                signature: bytes(row.get_ref(6)?.as_blob().map_err(corrupt)?)?,
                received_ms: row.get(7)?,
                sent_ms: row.get(8)?,
            });
        }
        Ok(batches)
    }

    fn batch_count(&mut self) -> Result<u64> {
        load(
            self.0
                .query_row("SELECT count(*) FROM batch", [], |row| row.get(0))?,
        )
    }

    fn event_count(&mut self) -> Result<u64> {
        load(
            self.0
                .query_row("SELECT count(*) FROM event", [], |row| row.get(0))?,
        )
    }

    fn events_between(
        &mut self,
        till: TillId,
        epoch: Epoch,
        from: u64,
        to: u64,
    ) -> Result<Vec<EventRow>> {
        self.events(
            "WHERE e.till = ?1 AND e.epoch = ?2 AND e.seq BETWEEN ?3 AND ?4 ORDER BY e.seq, e.n",
            &[&till.get(), &epoch.get(), &store(from)?, &store(to)?],
        )
    }

    fn each_event(
        &mut self,
        after: i64,
        visit: &mut dyn FnMut(EventRow) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self
            .0
            .prepare_cached(&format!("{EVENT} WHERE e.n > ?1 ORDER BY e.n"))?;
        let mut rows = statement.query([after])?;
        while let Some(row) = rows.next()? {
            visit(event_row(row)?)?;
        }
        Ok(())
    }

    fn each_keyed(&mut self, visit: &mut dyn FnMut(KeyedEvent) -> Result<()>) -> Result<()> {
        let mut statement = self.0.prepare_cached(
            "SELECT e.n, e.kind, e.day, e.receipt, e.of_receipt, e.link, l.customer, e.bytes,
                 e.prev_hash, e.at_ms, e.clamped, b.sent_ms, b.received_ms
             FROM event e JOIN batch b ON b.id = e.batch LEFT JOIN link l ON l.link = e.link ORDER BY e.n",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let link = row.get_ref(5)?.as_blob_or_null().map_err(corrupt)?;
            visit(KeyedEvent {
                n: row.get(0)?,
                keys: EventKeys {
                    kind: row.get(1)?,
                    day: day(row, 2)?,
                    receipt: row.get(3)?,
                    of: row.get(4)?,
                    link: link.map(bytes).transpose()?.map(LinkId),
                },
                customer: row.get(6)?,
                bytes: row.get(7)?,
                prev_hash: hash(row, 8)?,
                timing: Timing {
                    at_ms: row.get(9)?,
                    clamped: row.get(10)?,
                    sent_ms: row.get(11)?,
                    received_ms: row.get(12)?,
                },
            })?;
        }
        Ok(())
    }

    fn set_time(&mut self, n: i64, at_ms: i64, clamped: bool) -> Result<()> {
        self.0
            .prepare_cached("UPDATE event SET at_ms = ?2, clamped = ?3 WHERE n = ?1")?
            .execute((n, at_ms, clamped))?;
        Ok(())
    }

    fn set_keys(&mut self, n: i64, keys: &EventKeys) -> Result<()> {
        self.0
            .prepare_cached(
                "UPDATE event SET kind = ?2, day = ?3, receipt = ?4, of_receipt = ?5, link = ?6 WHERE n = ?1",
            )?
            .execute(params![
                n,
                keys.kind,
                keys.day.to_string(),
                keys.receipt,
                keys.of,
                keys.link.map(|LinkId(link)| link),
            ])?;
        Ok(())
    }

    fn events_of_receipt(&mut self, receipt: i64) -> Result<Vec<EventRow>> {
        self.events("WHERE e.receipt = ?1 ORDER BY e.n", &[&receipt])
    }

    fn returns_of_receipt(&mut self, receipt: i64) -> Result<Vec<EventRow>> {
        self.events("WHERE e.of_receipt = ?1 ORDER BY e.n", &[&receipt])
    }

    fn returned_receipts(
        &mut self,
        till: TillId,
        epoch: Epoch,
        from: u64,
        to: u64,
    ) -> Result<Vec<i64>> {
        let mut statement = self.0.prepare_cached(RETURNED)?;
        let receipts = statement
            .query_map((till.get(), epoch.get(), store(from)?, store(to)?), |row| {
                row.get(0)
            })?;
        Ok(receipts.collect::<rusqlite::Result<_>>()?)
    }

    fn receipts_of_day(&mut self, till: TillId, day: NaiveDate) -> Result<Vec<EventRow>> {
        self.events(
            "WHERE e.till = ?1 AND e.day = ?2 AND e.receipt IS NOT NULL ORDER BY e.n",
            &[&till.get(), &day.to_string()],
        )
    }

    fn add_hole(&mut self, hole: &HoleRow) -> Result<bool> {
        let added = self.0.execute(
            "INSERT INTO hole (till, epoch, from_seq, to_seq, reason, declared_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (till, epoch, from_seq, to_seq) DO NOTHING",
            params![
                hole.till.get(),
                hole.epoch.get(),
                store(hole.from)?,
                store(hole.to)?,
                hole.reason,
                hole.declared_ms
            ],
        )?;
        Ok(added == 1)
    }

    fn holes(&mut self, limit: u32) -> Result<Vec<HoleRow>> {
        let mut statement = self.0.prepare_cached(
            "SELECT id, till, epoch, from_seq, to_seq, reason, declared_ms, acknowledged_ms FROM hole
             ORDER BY acknowledged_ms IS NOT NULL, id DESC LIMIT ?1",
        )?;
        let mut rows = statement.query([limit])?;
        let mut holes = Vec::new();
        while let Some(row) = rows.next()? {
            holes.push(HoleRow {
                id: row.get(0)?,
                till: till(row, 1)?,
                epoch: epoch(row, 2)?,
                from: seq(row, 3)?,
                to: seq(row, 4)?,
                reason: row.get(5)?,
                declared_ms: row.get(6)?,
                acknowledged_ms: row.get(7)?,
            });
        }
        Ok(holes)
    }

    fn acknowledge_hole(&mut self, id: i64, now_ms: i64) -> Result<bool> {
        let done = self.0.execute(
            "UPDATE hole SET acknowledged_ms = ?2 WHERE id = ?1 AND acknowledged_ms IS NULL",
            (id, now_ms),
        )?;
        Ok(done == 1)
    }

    fn day(&mut self, till: TillId, day: NaiveDate) -> Result<Option<DayRow>> {
        let mut statement = self
            .0
            .prepare_cached(&format!("{DAY} WHERE till = ?1 AND day = ?2"))?;
        let mut rows = statement.query((till.get(), day.to_string()))?;
        rows.next()?.map(day_row).transpose()
    }

    fn put_day(&mut self, row: &DayRow) -> Result<()> {
        let claimed = serde_json::to_string(&row.claimed).map_err(corrupt)?;
        let found = serde_json::to_string(&row.found).map_err(corrupt)?;
        self.0
            .prepare_cached(
                "INSERT OR REPLACE INTO day (till, day, claimed, found, proven, counted_cents, epoch, seq, hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                row.till.get(),
                row.day.to_string(),
                claimed,
                found,
                row.proven,
                row.counted_cents,
                row.at.epoch.get(),
                store(row.at.seq)?,
                row.at.hash.0
            ])?;
        Ok(())
    }

    fn days(&mut self, limit: u32) -> Result<Vec<DayRow>> {
        let mut statement = self
            .0
            .prepare_cached(&format!("{DAY} ORDER BY day DESC, till LIMIT ?1"))?;
        let mut rows = statement.query([limit])?;
        let mut days = Vec::new();
        while let Some(row) = rows.next()? {
            days.push(day_row(row)?);
        }
        Ok(days)
    }
}

const DAY: &str =
    "SELECT till, day, claimed, found, proven, counted_cents, epoch, seq, hash FROM day";

fn day_row(row: &Row<'_>) -> Result<DayRow> {
    let json = |column: usize| {
        let text = row.get_ref(column)?.as_str().map_err(corrupt)?;
        serde_json::from_str(text).map_err(corrupt)
    };
    Ok(DayRow {
        till: till(row, 0)?,
        day: day(row, 1)?,
        claimed: json(2)?,
        found: json(3)?,
        proven: row.get(4)?,
        counted_cents: row.get(5)?,
        at: head(row, 6)?,
    })
}
