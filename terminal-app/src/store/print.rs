//! The print queue, for the spooler: rows that came with their event and go when they are settled.

use retail::ids::ReceiptNumber;
use rusqlite::OptionalExtension as _;

use super::{Store, StoreError, receipt_of_key};
use crate::peripherals::printer::{Begun, Job, JobError, JobNumber, JobSource};

const QUEUED: i64 = 0;
const SENDING: i64 = 1;
const UNKNOWN: i64 = 2;

/// The queue of this till's printer, over a connection of its own.
#[derive(Debug)]
pub struct PrintQueue(Store);

impl PrintQueue {
    /// Over this connection.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self(store)
    }

    fn execute(&self, sql: &str, values: impl rusqlite::Params) -> Result<usize, StoreError> {
        Ok(self.0.conn.prepare_cached(sql)?.execute(values)?)
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

impl From<rusqlite::Error> for JobError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl JobSource for PrintQueue {
    fn next(&mut self) -> Result<Option<Job>, JobError> {
        let row = self
            .0
            .conn
            .prepare_cached(
                "SELECT key, receipt, bytes FROM print_job WHERE state = ?1 ORDER BY key LIMIT 1",
            )?
            .query_row([QUEUED], |row| {
                Ok((row.get(0)?, row.get::<_, i64>(1)?, row.get(2)?))
            })
            .optional()?;
        row.map(|(key, receipt, bytes)| {
            Ok(Job {
                number: JobNumber(key),
                receipt: receipt_of_key(receipt)?,
                bytes,
            })
        })
        .transpose()
    }

    fn waiting(&mut self) -> Result<u32, JobError> {
        Ok(self
            .0
            .conn
            .prepare_cached("SELECT COUNT(*) FROM print_job WHERE state < ?1")?
            .query_row([UNKNOWN], |row| row.get(0))?)
    }

    fn asks(&mut self) -> Result<Option<(JobNumber, ReceiptNumber)>, JobError> {
        let row: Option<(i64, i64)> = self
            .0
            .conn
            .prepare_cached(
                "SELECT key, receipt FROM print_job WHERE state = ?1 ORDER BY key LIMIT 1",
            )?
            .query_row([UNKNOWN], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        row.map(|(key, receipt)| Ok((JobNumber(key), receipt_of_key(receipt)?)))
            .transpose()
    }

    fn mark_sending(&mut self, job: JobNumber, offset: usize) -> Result<(), JobError> {
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        self.execute(
            "UPDATE print_job SET state = ?2, sent = ?3 WHERE key = ?1",
            (job.0, SENDING, offset),
        )?;
        Ok(())
    }

    fn mark_begun(&mut self, job: JobNumber, begun: Begun, offset: usize) -> Result<(), JobError> {
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        self.execute(
            "UPDATE print_job SET state = ?2, sent = ?3, hub = ?4, hub_job = ?5, watched_ms = ?6 WHERE key = ?1",
            (
                job.0,
                SENDING,
                offset,
                i64::from(begun.hub),
                number(begun.job),
                number(begun.watched_ms),
            ),
        )?;
        Ok(())
    }

    fn interrupted(&mut self) -> Result<Option<(Job, Begun)>, JobError> {
        let row = self
            .0
            .conn
            .prepare_cached(
                "SELECT key, receipt, bytes, hub, hub_job, watched_ms FROM print_job
                 WHERE state = ?1 AND hub IS NOT NULL ORDER BY key DESC LIMIT 1",
            )?
            .query_row([SENDING], |row| {
                let begun = Begun {
                    hub: row.get(3)?,
                    job: row.get::<_, i64>(4)?.unsigned_abs(),
                    watched_ms: row.get::<_, i64>(5)?.unsigned_abs(),
                };
                let receipt: i64 = row.get(1)?;
                Ok((row.get(0)?, receipt, row.get(2)?, begun))
            })
            .optional()?;
        row.map(|(key, receipt, bytes, begun)| {
            let job = Job {
                number: JobNumber(key),
                receipt: receipt_of_key(receipt)?,
                bytes,
            };
            Ok((job, begun))
        })
        .transpose()
    }

    fn mark_printed(&mut self, job: JobNumber) -> Result<(), JobError> {
        self.execute("DELETE FROM print_job WHERE key = ?1", [job.0])?;
        Ok(())
    }

    fn mark_unknown(&mut self, job: JobNumber) -> Result<(), JobError> {
        self.execute(
            "UPDATE print_job SET state = ?2 WHERE key = ?1",
            (job.0, UNKNOWN),
        )?;
        Ok(())
    }

    fn doubt_interrupted(&mut self, except: Option<JobNumber>) -> Result<u32, JobError> {
        let doubted = self.execute(
            "UPDATE print_job SET state = ?2 WHERE state = ?1 AND key IS NOT ?3",
            (SENDING, UNKNOWN, except.map(|job| job.0)),
        )?;
        Ok(u32::try_from(doubted).unwrap_or(u32::MAX))
    }
}
