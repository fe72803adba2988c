//! The print job under way: asked for piece by piece, never further ahead of the printer than
//! the hub has room, and never sent again from the start.

use heapless::Vec;

use super::{Act, Action, Core, Link};
use crate::message::{BootId, FromTill, PRINT_CHUNK_MAX};

/// How a print job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrintOutcome {
    /// Every byte left for the printer, once.
    Sent,
    /// Not one byte was given to a hub.
    NotBegun,
    /// Some bytes may have been printed: ask the cashier.
    Unknown,
}

#[derive(Clone, Debug)]
pub(super) struct Job {
    id: u64,
    len: u32,
    /// The hub that may have some of its bytes.
    begun_on: Option<BootId>,
    /// The next byte for the hub; `None` until the hub has said in this session how far it is.
    next: Option<u32>,
    /// Bytes were asked for and did not come yet.
    asked: bool,
    /// Bytes for the hub, from `next` on.
    chunk: Vec<u8, PRINT_CHUNK_MAX>,
    cancel: Cancel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cancel {
    No,
    ToSay,
    Said,
}

impl Job {
    /// A new session: ask again from where the hub says it is.
    pub(super) fn begin_session(&mut self) {
        self.next = None;
        self.asked = false;
        self.chunk.clear();
    }
}

impl Core {
    pub(super) fn start_job(&mut self, id: u64, len: u32, begun_on: Option<BootId>) {
        if self.job.is_none() {
            self.job = Some(Job {
                id,
                len,
                begun_on,
                next: None,
                asked: false,
                chunk: Vec::new(),
                cancel: Cancel::No,
            });
        }
    }

    pub(super) fn print_data(&mut self, id: u64, offset: u32, data: &[u8]) {
        let Some(job) = self.job.as_mut().filter(|job| job.id == id && job.asked) else {
            return;
        };
        let rest = job.len.saturating_sub(offset);
        let fits = u32::try_from(data.len()).is_ok_and(|len| len <= rest);
        if job.next == Some(offset) && fits {
            job.chunk.clear();
            // At most as many as were asked for.
            job.asked = job.chunk.extend_from_slice(data).is_err() || data.is_empty();
        }
    }

    pub(super) fn cancel_job(&mut self, id: u64, act: &mut Act<'_>) {
        let open = self.is_open();
        let Some(job) = self.job.as_mut().filter(|job| job.id == id) else {
            return;
        };
        match job.begun_on {
            None => self.end_job(PrintOutcome::NotBegun, act),
            Some(_) if !open => self.end_job(PrintOutcome::Unknown, act),
            Some(_) if job.cancel == Cancel::No => job.cancel = Cancel::ToSay,
            Some(_) => {}
        }
    }

    pub(super) fn cancel_to_say(&mut self) -> Option<u64> {
        let job = self.job.as_mut()?;
        (job.cancel == Cancel::ToSay).then(|| {
            job.cancel = Cancel::Said;
            job.id
        })
    }

    pub(super) fn abandon_cancelled_job(&mut self, act: &mut Act<'_>) {
        if self
            .job
            .as_ref()
            .is_some_and(|job| job.cancel != Cancel::No)
        {
            self.end_job(PrintOutcome::Unknown, act);
        }
    }

    pub(super) fn end_job(&mut self, outcome: PrintOutcome, act: &mut Act<'_>) {
        if let Some(job) = self.job.take() {
            act(Action::PrintEnded {
                job: job.id,
                outcome,
            });
        }
    }

    /// The hub said how far the printer is.
    pub(super) fn progress(&mut self, act: &mut Act<'_>) {
        if let (Some(job), Some(state)) = (&self.job, self.printer)
            && state.job == Some(job.id)
            && job.begun_on.is_some()
        {
            act(Action::PrintProgress {
                job: job.id,
                sent: state.sent,
            });
        }
    }

    /// Decides where to begin in this session, asks for the next bytes, or ends the job.
    pub(super) fn advance_job(&mut self, act: &mut Act<'_>) {
        let (Link::Open { hub }, Some(state), Some(job)) =
            (self.link, self.printer, self.job.as_mut())
        else {
            return;
        };
        let at_hub = state.job == Some(job.id);
        let next = match (job.next, job.begun_on) {
            (Some(next), _) => next,
            (None, Some(begun_on)) if begun_on != hub => {
                return self.end_job(PrintOutcome::Unknown, act);
            }
            // The hub already knows this number, and this job was never begun: not the same job.
            (None, None) if at_hub => return self.end_job(PrintOutcome::Unknown, act),
            (None, Some(_)) if at_hub => state.received,
            (None, _) if state.sent < state.received => return,
            (None, _) => 0,
        };
        job.next = Some(next);
        let sent = if at_hub { state.sent } else { 0 };
        if sent >= job.len && next >= job.len {
            return self.end_job(PrintOutcome::Sent, act);
        }
        let ahead = next.saturating_sub(sent);
        let room = u32::from(self.print_window).saturating_sub(ahead);
        let len = room.min(job.len.saturating_sub(next));
        let len = u16::try_from(len).unwrap_or(u16::MAX).min(CHUNK_MAX);
        let idle = !job.asked && job.chunk.is_empty() && job.cancel == Cancel::No;
        if idle && len > 0 {
            job.asked = true;
            act(Action::PrintWanted {
                job: job.id,
                hub,
                offset: next,
                len,
            });
        }
    }

    pub(super) fn put_print(&mut self) {
        let (Link::Open { hub }, Some(job)) = (self.link, self.job.as_mut()) else {
            return;
        };
        let (Some(offset), false) = (job.next, job.chunk.is_empty()) else {
            return;
        };
        let message = FromTill::Print {
            job: job.id,
            offset,
            data: &job.chunk,
        };
        if self.channel.put(&message) {
            job.begun_on = Some(hub);
            let len = u32::try_from(job.chunk.len()).unwrap_or(0);
            job.next = Some(offset.saturating_add(len));
            job.chunk.clear();
        }
    }
}

const CHUNK_MAX: u16 = 128;
const _: () = assert!(CHUNK_MAX as usize == PRINT_CHUNK_MAX);
