//! One print job on its way: piece by piece, each behind a look at the printer, then the wait for its end.

use std::time::Duration;

use devices::escpos::command::ProcessId;

use super::jobs::{Begun, Job};
use super::session::{Reply, Session};
use super::wire::Ticket;
use super::worker::{End, Worker};
use crate::peripherals::line::{CHUNK, Gone};
use crate::receipt::decode;
use crate::receipt::escpos::completion_request;
use crate::till::input::PrinterState;

/// How long a till that stops waits for the end of a receipt that was sent whole.
const STOPPING_MS: u64 = 3_000;
/// Numbers of jobs fit a column of the database.
const MAX_NUMBER: u64 = i64::MAX.unsigned_abs();

/// What became of a job.
pub(super) enum Outcome {
    Printed,
    /// In doubt, for this reason.
    Unknown(&'static str),
}

/// Between two notes on the disk that the printer on a hub is being watched, ms of the hub's time.
const NOTE_MS: u64 = 1_000;

impl Worker {
    /// The job as it is sent. On a hub it has a number that no other job ever had, and a till that goes on with it makes
    /// the very same bytes again.
    pub(super) fn ticket(&mut self, job: &Job, before: Option<Begun>) -> (Ticket, ProcessId) {
        // Another one for every receipt and every attempt, so that a late answer to an earlier job confirms nothing.
        self.attempts = self.attempts.wrapping_add(1);
        let serial = job.receipt.serial.get();
        let attempt = serial.wrapping_add(self.attempts.wrapping_mul(40_503));
        let number = before.map_or_else(
            || {
                let now_ms = self.clock.now().timestamp_millis().unsigned_abs();
                (now_ms << 20) | u64::from(attempt % ProcessId::COUNT)
            },
            |begun| begun.job,
        ) & MAX_NUMBER;
        let id = ProcessId::from_number(
            u32::try_from(number % u64::from(ProcessId::COUNT)).unwrap_or_default(),
        );
        let mut bytes = job.bytes.clone();
        bytes.extend(completion_request(&self.settings.profile, id));
        let ticket = Ticket {
            job: number,
            bytes: bytes.into(),
            begun_on: before.map(|begun| begun.hub),
        };
        (ticket, id)
    }

    /// Sends the job piece by piece, each behind a look at the printer, then waits for its end.
    pub(super) fn send(
        &mut self,
        session: &mut Session,
        job: &Job,
        ticket: &Ticket,
        id: ProcessId,
        goes_on: bool,
        offset: &mut usize,
    ) -> Result<Outcome, End> {
        session.await_end(id);
        if goes_on && *offset >= ticket.bytes.len() {
            // The answer may have come while the till was away.
            let request = completion_request(&self.settings.profile, id);
            session.write_all(&request, self.look())?;
        }
        for end in decode::pieces(&ticket.bytes, CHUNK) {
            if end <= *offset {
                continue;
            }
            if let Some(lost) = self.until_ready(session, job, *offset)? {
                return Ok(lost);
            }
            self.take_orders()?;
            self.pulse(session)?;
            let mut stalled_since = None;
            while *offset < end {
                let taken = session.send(ticket, *offset, end, self.look())?;
                *offset += taken;
                session.listen(Duration::ZERO)?;
                if taken > 0 {
                    stalled_since = None;
                    continue;
                }
                self.take_orders()?;
                if self.stopping {
                    return Err(End::Stop);
                }
                let since = *stalled_since.get_or_insert(session.now_ms());
                if session.now_ms().saturating_sub(since) >= self.settings.patience.silent_ms {
                    return Ok(Outcome::Unknown("the port took no more"));
                }
            }
        }
        self.until_out(session, job, *offset)
    }

    /// Waits for a printer that can print. `Some` when it lost what it had.
    fn until_ready(
        &mut self,
        session: &mut Session,
        job: &Job,
        offset: usize,
    ) -> Result<Option<Outcome>, End> {
        let mut silent_since = None;
        let mut noted = false;
        loop {
            let asked_at = session.now_ms();
            let reply = session.ask()?;
            if reply == Reply::Answers {
                self.note_watched(session, job, offset);
            }
            match reply {
                Reply::Answers if session.status().is_ready() => {
                    self.tell(session.state())?;
                    return Ok(None);
                }
                Reply::Answers => silent_since = None,
                Reply::PowerLost => return Ok(Some(Outcome::Unknown("the printer lost power"))),
                Reply::Silent => {
                    let since = *silent_since.get_or_insert(asked_at);
                    if !session.is_current() {
                        return Err(Gone("its name leads to another device".to_owned()).into());
                    }
                    if session.now_ms().saturating_sub(since) >= self.settings.patience.silent_ms {
                        return Ok(Some(Outcome::Unknown("the printer is silent")));
                    }
                    self.take_orders()?;
                    if self.stopping {
                        return Err(End::Stop);
                    }
                    self.tell(PrinterState::Offline)?;
                    continue;
                }
            }
            if !noted {
                noted = true;
                let kept = self.jobs.mark_sending(job.number, offset);
                self.noted(kept);
            }
            self.pulse(session)?;
            self.recover(session)?;
            self.rest(session.state())?;
        }
    }

    /// On a hub: a till that is started again must know how long nobody watched the printer.
    fn note_watched(&mut self, session: &Session, job: &Job, offset: usize) {
        if let (Some(now_ms), Some(mut begun)) = (session.hub_ms(), self.begun)
            && now_ms.saturating_sub(begun.watched_ms) >= NOTE_MS
        {
            begun.watched_ms = now_ms;
            self.begun = Some(begun);
            let kept = self.jobs.mark_begun(job.number, begun, offset);
            self.noted(kept);
        }
    }

    /// Everything is sent: waits until the printer says that it is out.
    fn until_out(
        &mut self,
        session: &mut Session,
        job: &Job,
        offset: usize,
    ) -> Result<Outcome, End> {
        let ids = self.settings.profile.process_id;
        let mut ready_since = session.now_ms();
        loop {
            let finished = session.finished();
            if finished.queued && (finished.process_id || !ids || !session.knows_process_ids()) {
                return Ok(Outcome::Printed);
            }
            if session.listen(Duration::from_millis(100))? {
                continue;
            }
            if finished.process_id {
                // Printers that answer ids and not `GS r`: the id is enough, once nothing follows it.
                return Ok(Outcome::Printed);
            }
            let before = session.now_ms();
            if let Some(lost) = self.until_ready(session, job, offset)? {
                let done = session.finished();
                return Ok(if done.process_id {
                    Outcome::Printed
                } else {
                    lost
                });
            }
            if session.now_ms().saturating_sub(before) > self.settings.patience.look_ms {
                // It was off line in between: its time begins anew.
                ready_since = session.now_ms();
            }
            let waited = session.now_ms().saturating_sub(ready_since);
            if self.stopping && waited >= STOPPING_MS {
                return Err(End::Stop);
            }
            if waited >= self.settings.patience.finish_ms {
                return Ok(Outcome::Unknown("the printer never said that it was done"));
            }
            self.take_orders()?;
            self.pulse(session)?;
        }
    }
}
