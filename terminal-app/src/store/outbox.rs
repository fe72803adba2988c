//! The store as sync sees it: the cursor, what stands behind it, and what came down from head office.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use retail::day::DayTotals;
use retail::event::{Body, Event, Hole};
use retail::ids::{Epoch, Hash, Position};
use retail::wire::{Down, DownPage, Head};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};

use super::{Store, StoreError, event_key, key_parts};
use crate::sync::outbox::{Apart, Outbox, OutboxError, Row, Standing};

impl From<StoreError> for OutboxError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

impl From<rusqlite::Error> for OutboxError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

fn moment(ms: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(ms)
}

/// The last event of this journal that head office's figures count: what it says, where that is an event of ours. A twin's
/// event tells nothing of this journal; what head office confirmed does.
fn counted(tx: &Transaction<'_>, said: Option<Head>) -> Result<i64, StoreError> {
    let Some(said) = said else { return Ok(0) };
    let key = event_key(said.epoch, said.seq)?;
    let own: Option<[u8; 32]> = tx
        .prepare_cached("SELECT hash FROM event WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    if own == Some(said.hash.0) {
        return Ok(key);
    }
    let cursor: Option<i64> = tx.query_row("SELECT cursor FROM exchange", [], |row| row.get(0))?;
    Ok(cursor.unwrap_or(0))
}

fn restart(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE exchange SET down_after = 0, down_run = NULL, generation = generation + 1, sweep = 1",
        [],
    )?;
    Ok(())
}

/// The epochs with events after a key and the last seq of each, newest first: one look at the index for each.
fn epochs_down_to(conn: &Connection, after: i64) -> Result<Vec<(Epoch, u64)>, StoreError> {
    let mut epochs = Vec::new();
    let mut below = i64::MAX;
    loop {
        let key: Option<i64> = conn
            .prepare_cached("SELECT MAX(key) FROM event WHERE key < ?1")?
            .query_row([below], |row| row.get(0))?;
        let Some(key) = key.filter(|key| *key > after) else {
            return Ok(epochs);
        };
        let (epoch, seq) = key_parts(key)?;
        epochs.push((epoch, seq));
        below = event_key(epoch, 0)?;
    }
}

/// How many events stand after a key, by their numbers: they have no gaps, and reading the rows of a year takes seconds.
fn waiting(conn: &Connection, after: i64) -> Result<u64, StoreError> {
    let sent = match after {
        0 => None,
        key => Some(key_parts(key)?),
    };
    let waits = |(epoch, last): (Epoch, u64)| match sent {
        Some((at, seq)) if at == epoch => last.saturating_sub(seq),
        _ => last,
    };
    Ok(epochs_down_to(conn, after)?.into_iter().map(waits).sum())
}

impl Store {
    fn write(&mut self) -> Result<Transaction<'_>, StoreError> {
        Ok(self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    fn read_standing(&mut self) -> Result<Standing, StoreError> {
        let tx = self.conn.transaction()?;
        let (cursor, hash, down_after, down_run): (
            Option<i64>,
            Option<[u8; 32]>,
            i64,
            Option<String>,
        ) = tx.query_row(
            "SELECT cursor, cursor_hash, down_after, down_run FROM exchange",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )?;
        let after = cursor.unwrap_or(0);
        let waiting = waiting(&tx, after)?;
        let since: Option<i64> = tx
            .prepare_cached("SELECT at_ms FROM event WHERE key > ?1 ORDER BY key LIMIT 1")?
            .query_row([after], |row| row.get(0))
            .optional()?;
        let cursor = match (cursor, hash) {
            (Some(key), Some(hash)) => {
                let (epoch, seq) = key_parts(key)?;
                Some(Head {
                    epoch,
                    seq,
                    hash: Hash(hash),
                })
            }
            _ => None,
        };
        Ok(Standing {
            head: super::append::head(&tx)?,
            cursor,
            waiting,
            waiting_since: since.and_then(moment),
            down_after: down_after.unsigned_abs(),
            down_run,
        })
    }

    fn read_rows(
        &mut self,
        after: Option<(Epoch, u64)>,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let till = self.known()?.till;
        let after = match after {
            Some((epoch, seq)) => event_key(epoch, seq)?,
            None => 0,
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let tx = self.conn.transaction()?;
        let mut rows = Vec::new();
        {
            let mut statement = tx.prepare_cached(
                "SELECT e.key, e.prev_hash, e.hash, e.bytes, a.what FROM event e
                 LEFT JOIN apart a ON a.event = e.key WHERE e.key > ?1 ORDER BY e.key LIMIT ?2",
            )?;
            let mut sides =
                tx.prepare_cached("SELECT json FROM side WHERE event = ?1 ORDER BY n")?;
            let mut found = statement.query((after, limit))?;
            while let Some(row) = found.next()? {
                // A row that cannot be read at all is left out: what is missing is declared as a hole.
                let Ok(stored) = super::journal::stored_of(till, row) else {
                    continue;
                };
                let key: i64 = row.get(0)?;
                let side = sides
                    .query_map([key], |row| row.get::<_, String>(0))?
                    .filter_map(|json| serde_json::from_str(&json.ok()?).ok())
                    .collect();
                let apart = match row.get::<_, Option<i64>>(4)? {
                    None => None,
                    Some(0) => Some(Apart::Side),
                    Some(_) => Some(Apart::Event),
                };
                rows.push(Row {
                    stored,
                    side,
                    apart,
                });
            }
        }
        Ok(rows)
    }

    fn apply_page(&mut self, asked: u64, page: &DownPage) -> Result<(), StoreError> {
        let tx = self.write()?;
        let (after, run, generation, sweep): (i64, Option<String>, i64, bool) = tx.query_row(
            "SELECT down_after, down_run, generation, sweep FROM exchange",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )?;
        if after.unsigned_abs() != asked {
            return Ok(());
        }
        if run.as_ref().is_some_and(|run| *run != page.run) {
            restart(&tx)?;
            tx.commit()?;
            return Ok(());
        }
        let watermark = counted(&tx, page.watermark)?;
        for change in &page.changes {
            super::directory::apply(&tx, change, watermark, generation)?;
        }
        let done = page.complete && sweep;
        if done {
            super::directory::sweep(&tx, generation)?;
        }
        tx.execute(
            "UPDATE exchange SET down_after = ?1, down_run = ?2, sweep = ?3",
            (
                i64::try_from(page.cursor).unwrap_or(i64::MAX),
                &page.run,
                sweep && !done,
            ),
        )?;
        tx.commit()?;
        let forgets = |change: &Down| matches!(change, Down::Tombstone { .. });
        self.unscrubbed |= page.changes.iter().any(forgets);
        if let Err(error) = self.scrub() {
            // The page is in; a disk at fault is told by the next commit.
            tracing::warn!(%error, "what was deleted may still be in the files");
        }
        Ok(())
    }

    /// Calls `each` for the readable events among rows found by `sql`.
    fn each_event(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        mut each: impl FnMut(Event),
    ) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        while let Some(row) = rows.next()? {
            if let Ok(event) = Event::read(&row.get::<_, Vec<u8>>(0)?) {
                each(event);
            }
        }
        Ok(())
    }
}

impl Outbox for Store {
    fn standing(&mut self) -> Result<Standing, OutboxError> {
        Ok(self.read_standing()?)
    }

    fn epochs(&mut self) -> Result<Vec<(Epoch, u64)>, OutboxError> {
        let mut epochs = epochs_down_to(&self.conn, 0)?;
        epochs.reverse();
        Ok(epochs)
    }

    fn hash_at(&mut self, epoch: Epoch, seq: u64) -> Result<Option<Hash>, OutboxError> {
        Ok(self
            .conn
            .prepare_cached("SELECT hash FROM event WHERE key = ?1")?
            .query_row([event_key(epoch, seq)?], |row| row.get(0))
            .optional()?
            .map(Hash))
    }

    fn rows_after(
        &mut self,
        after: Option<(Epoch, u64)>,
        limit: usize,
    ) -> Result<Vec<Row>, OutboxError> {
        Ok(self.read_rows(after, limit)?)
    }

    fn raise_cursor(&mut self, to: Head) -> Result<(), OutboxError> {
        let key = event_key(to.epoch, to.seq)?;
        self.conn
            .prepare_cached(
                "UPDATE exchange SET cursor = ?1, cursor_hash = ?2 WHERE cursor IS NULL OR cursor < ?1",
            )?
            .execute((key, to.hash.0))?;
        Ok(())
    }

    fn lower_cursor(&mut self, to: Option<Head>) -> Result<(), OutboxError> {
        let tx = self.write()?;
        let key = to.map(|to| event_key(to.epoch, to.seq)).transpose()?;
        tx.execute(
            "UPDATE exchange SET cursor = ?1, cursor_hash = ?2",
            (key, to.map(|to| to.hash.0)),
        )?;
        restart(&tx)?;
        tx.commit()?;
        Ok(())
    }

    fn apply_down(&mut self, asked: u64, page: &DownPage) -> Result<(), OutboxError> {
        Ok(self.apply_page(asked, page)?)
    }

    fn restart_down(&mut self) -> Result<(), OutboxError> {
        let tx = self.write()?;
        restart(&tx)?;
        tx.commit()?;
        Ok(())
    }

    fn set_apart(&mut self, at: Position, what: Apart, reason: &str) -> Result<(), OutboxError> {
        self.conn.execute(
            "INSERT OR REPLACE INTO apart (event, what, reason) VALUES (?1, ?2, ?3)",
            (
                event_key(at.epoch, at.seq)?,
                i64::from(what == Apart::Event),
                reason,
            ),
        )?;
        Ok(())
    }

    fn holes(&mut self) -> Result<Vec<Hole>, OutboxError> {
        let mut holes = Vec::new();
        self.each_event(
            "SELECT e.bytes FROM hole h JOIN event e ON e.key = h.event ORDER BY e.key",
            [],
            |event| {
                if let Body::Hole(hole) = event.body {
                    holes.push(hole);
                }
            },
        )?;
        Ok(holes)
    }

    fn open_days(
        &mut self,
        before: NaiveDate,
        limit: usize,
    ) -> Result<Vec<NaiveDate>, OutboxError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT r.day FROM receipt r LEFT JOIN closed_day c ON c.day = r.day
             WHERE r.day < ?1 AND (c.event IS NULL OR c.event < r.event) ORDER BY r.day LIMIT ?2",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let days = statement.query_map((before.num_days_from_ce(), limit), |row| {
            row.get::<_, i32>(0)
        })?;
        let mut open = Vec::new();
        for day in days {
            open.extend(NaiveDate::from_num_days_from_ce_opt(day?));
        }
        Ok(open)
    }

    fn day_totals(&mut self, day: NaiveDate) -> Result<DayTotals, OutboxError> {
        let mut totals = DayTotals::default();
        self.each_event(
            "SELECT e.bytes FROM receipt r JOIN event e ON e.key = r.event WHERE r.day = ?1 ORDER BY e.key",
            [day.num_days_from_ce()],
            |event| totals.add(&event),
        )?;
        Ok(totals)
    }

    fn last_night(&mut self) -> Result<Option<DateTime<Utc>>, OutboxError> {
        let ms: Option<i64> =
            self.conn
                .query_row("SELECT last_night_ms FROM exchange", [], |row| row.get(0))?;
        Ok(ms.and_then(moment))
    }

    fn night_done(&mut self, at: DateTime<Utc>) -> Result<(), OutboxError> {
        self.conn.execute(
            "UPDATE exchange SET last_night_ms = ?1",
            [at.timestamp_millis()],
        )?;
        Ok(())
    }
}
