//! One print job on its way: piece by piece, each behind a look at the printer, then the wait for its end.

use std::time::Duration;

use devices::escpos::command::ProcessId;

use super::jobs::Job;
use super::session::{Reply, Session};
use super::spooler::{End, Worker};
use crate::peripherals::line::{CHUNK, Gone};
use crate::receipt::decode;
use crate::receipt::escpos::completion_request;
use crate::till::input::PrinterState;

/// How long a till that stops waits for the end of a receipt that was sent whole.
const STOPPING_MS: u64 = 3_000;
/// What became of a job.
pub(super) enum Outcome {
    Printed,
    /// In doubt, for this reason.
    Unknown(&'static str),
}

impl Worker {
    /// Sends the job piece by piece, each behind a look at the printer, then waits for its end.
    pub(super) fn send(
        &mut self,
        session: &mut Session,
        job: &Job,
        offset: &mut usize,
    ) -> Result<Outcome, End> {
        // Another one for every receipt and every attempt, so that a late answer to an earlier job confirms nothing.
        self.attempts = self.attempts.wrapping_add(1);
        let serial = job.receipt.serial.get();
        let id = ProcessId::from_number(serial.wrapping_add(self.attempts.wrapping_mul(40_503)));
        let mut bytes = job.bytes.clone();
        bytes.extend(completion_request(&self.settings.profile, id));
        session.await_end(id);
        for end in decode::pieces(&bytes, CHUNK) {
            if let Some(lost) = self.until_ready(session, job, *offset)? {
                return Ok(lost);
            }
            self.take_orders()?;
            self.pulse(session)?;
            let mut stalled_since = None;
            while *offset < end {
                let piece = bytes.get(*offset..end).unwrap_or(&[]);
                let taken = session.write(piece, self.look())?;
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
            match session.ask()? {
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
                self.jobs.mark_sending(job.number, offset)?;
            }
            self.pulse(session)?;
            self.recover(session)?;
            self.rest(session.state())?;
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
