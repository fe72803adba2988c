//! The printer on the hub, as both threads see it: commands pass the job, the job's bytes are let go piece by piece, and a
//! byte counts as sent when it has left the hub for the printer. Shared between the spooler's thread and the hub's; nobody
//! holds the lock while anything else is waited for.

use std::collections::VecDeque;
use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use link::message::{BootId, PRINTER_NOW_MAX};
use link::till_end::PrintOutcome;
use retail::clock::Clock;

use super::wire::HubWire;
use crate::peripherals::printer::wire::{Start, Ticket, Wire};

/// Most bytes of the printer that wait for the spooler.
const SAID_MAX: usize = 1024;

/// Wakes the hub's thread.
#[derive(Clone, Debug)]
pub struct Waker(Arc<UnixStream>);

impl Waker {
    /// Over one end of a pair; the other is read by the thread that is to wake. Must not block.
    #[must_use]
    pub fn new(end: UnixStream) -> Self {
        Self(Arc::new(end))
    }

    pub(super) fn wake(&self) {
        // A full pipe has woken it already.
        let _ = (&*self.0).write(&[0]);
    }
}

/// The way to the printer on the hub.
#[derive(Clone)]
pub struct HubPrinter {
    shared: Arc<Shared>,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for HubPrinter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HubPrinter").finish_non_exhaustive()
    }
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    waker: Waker,
}

#[derive(Default)]
pub(super) struct State {
    /// The run of the hub that is here.
    pub(super) here: Option<u32>,
    /// The hub's uptime at a moment of our clock, both in ms.
    pub(super) uptime: Option<(u64, u64)>,
    /// Counts the sessions with hubs.
    pub(super) sessions: u64,
    pub(super) said: VecDeque<u8>,
    pub(super) commands: VecDeque<u8>,
    pub(super) job: Option<Job>,
    pub(super) closed: bool,
}

pub(super) struct Job {
    pub(super) ticket: Ticket,
    /// The link has been told of it.
    told: bool,
    /// Bytes that may leave.
    pub(super) allowed: usize,
    /// What the hub has room for: the bytes in front of it, and how many.
    wanted: Option<Wanted>,
    /// Bytes that have left for the printer.
    pub(super) sent: Option<usize>,
    /// Some of it was given to a hub.
    pub(super) given: bool,
    pub(super) cancel: bool,
    cancel_said: bool,
    pub(super) ended: Option<PrintOutcome>,
}

#[derive(Clone, Copy, Debug)]
struct Wanted {
    run: u32,
    offset: usize,
    len: usize,
}

/// What the spooler wants of the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ToLink {
    /// A job of so many bytes.
    Print {
        job: u64,
        len: u32,
        begun_on: Option<BootId>,
    },
    /// A piece of it.
    Data {
        job: u64,
        offset: u32,
        data: Vec<u8>,
    },
    /// No more of it.
    Cancel { job: u64 },
    /// A part of a command.
    Now(Vec<u8>),
}

impl HubPrinter {
    /// Before any hub was heard.
    #[must_use]
    pub fn new(waker: Waker, clock: Arc<dyn Clock>) -> Self {
        Self {
            shared: Arc::new(Shared {
                state: Mutex::default(),
                changed: Condvar::new(),
                waker,
            }),
            clock,
        }
    }

    /// A conversation with the printer on the hub that is here.
    ///
    /// # Errors
    /// No hub is here.
    pub fn open(&self) -> Result<Box<dyn Wire>, String> {
        let state = self.lock();
        let run = state.here.ok_or("the hub is not there")?;
        let sessions = state.sessions;
        drop(state);
        Ok(Box::new(HubWire::new(self.clone(), run, sessions)))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits at most `wait` while `busy`.
    pub(super) fn wait(
        &self,
        wait: Duration,
        mut busy: impl FnMut(&State) -> bool,
    ) -> MutexGuard<'_, State> {
        let waited = self
            .shared
            .changed
            .wait_timeout_while(self.lock(), wait, |state| !state.closed && busy(state));
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// The hub's thread has something to do.
    pub(super) fn wake_hub(&self) {
        self.shared.waker.wake();
    }

    /// Milliseconds of the hub's own time, as far as it was heard.
    pub(super) fn hub_ms(&self) -> Option<u64> {
        let (uptime_ms, at_ms) = self.lock().uptime?;
        Some(uptime_ms + self.clock.monotonic_ms().saturating_sub(at_ms))
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.shared.changed.notify_all();
    }

    pub(super) fn here(&self, run: BootId, uptime_s: u32) {
        let now_ms = self.clock.monotonic_ms();
        self.change(|state| {
            state.here = Some(run.0);
            state.uptime = Some((u64::from(uptime_s) * 1_000, now_ms));
            state.sessions += 1;
            state.commands.clear();
        });
    }

    pub(super) fn gone(&self) {
        self.change(|state| {
            state.here = None;
            state.commands.clear();
            if let Some(job) = &mut state.job {
                job.wanted = None;
                job.cancel_said = false;
            }
        });
    }

    /// The hub's thread ends.
    pub(super) fn close(&self) {
        self.change(|state| {
            state.here = None;
            state.closed = true;
        });
    }

    pub(super) fn said(&self, bytes: &[u8]) {
        self.change(|state| {
            state.said.extend(bytes);
            let over = state.said.len().saturating_sub(SAID_MAX);
            state.said.drain(..over);
        });
    }

    pub(super) fn wanted(&self, job: u64, run: BootId, offset: u32, len: u16) {
        self.of_job(job, |job| {
            job.wanted = Some(Wanted {
                run: run.0,
                offset: usize::try_from(offset).unwrap_or(usize::MAX),
                len: usize::from(len),
            });
        });
    }

    pub(super) fn progress(&self, job: u64, sent: u32) {
        self.of_job(job, |job| {
            job.sent = Some(usize::try_from(sent).unwrap_or(usize::MAX));
        });
    }

    pub(super) fn ended(&self, job: u64, outcome: PrintOutcome) {
        self.of_job(job, |job| {
            job.ended = Some(outcome);
            if outcome == PrintOutcome::Sent {
                job.sent = Some(job.ticket.bytes.len());
            }
        });
    }

    fn of_job(&self, number: u64, change: impl FnOnce(&mut Job)) {
        self.change(|state| {
            if let Some(job) = state.job.as_mut().filter(|job| job.ticket.job == number) {
                change(job);
            }
        });
    }

    /// The next thing for the link, which has room for `room` bytes of commands.
    pub(super) fn next(&self, room: usize) -> Option<ToLink> {
        let mut state = self.lock();
        let here = state.here.is_some();
        if let Some(next) = state.job.as_mut().and_then(|job| job.next(here)) {
            drop(state);
            self.shared.changed.notify_all();
            return Some(next);
        }
        let len = state.commands.len().min(room).min(PRINTER_NOW_MAX);
        if state.here.is_none() || len == 0 {
            return None;
        }
        let bytes = state.commands.drain(..len).collect();
        drop(state);
        self.shared.changed.notify_all();
        Some(ToLink::Now(bytes))
    }
}

impl Job {
    pub(super) fn of(ticket: &Ticket) -> Self {
        Self {
            ticket: ticket.clone(),
            told: false,
            allowed: 0,
            wanted: None,
            sent: None,
            given: ticket.begun_on.is_some(),
            cancel: false,
            cancel_said: false,
            ended: None,
        }
    }

    fn next(&mut self, here: bool) -> Option<ToLink> {
        let number = self.ticket.job;
        if self.ended.is_some() {
            return None;
        }
        if !self.told {
            if self.cancel {
                self.ended = Some(PrintOutcome::NotBegun);
                return None;
            }
            self.told = true;
            return Some(ToLink::Print {
                job: number,
                len: u32::try_from(self.ticket.bytes.len()).unwrap_or(u32::MAX),
                begun_on: self.ticket.begun_on.map(BootId),
            });
        }
        if self.cancel {
            // A job that a hub may have is cancelled there, as soon as one is here: it must not go on printing.
            if self.cancel_said || (self.given && !here) {
                return None;
            }
            self.cancel_said = true;
            return Some(ToLink::Cancel { job: number });
        }
        let wanted = self.wanted?;
        let end = self.allowed.min(wanted.offset.saturating_add(wanted.len));
        let data = self.ticket.bytes.get(wanted.offset..end)?;
        if data.is_empty() {
            return None;
        }
        let data = data.to_vec();
        self.wanted = None;
        self.given = true;
        Some(ToLink::Data {
            job: number,
            offset: u32::try_from(wanted.offset).unwrap_or(u32::MAX),
            data,
        })
    }

    /// Some of it has not left for the printer, and nobody has said that it never will.
    pub(super) fn is_open(&self) -> bool {
        self.ended.is_none() && self.sent.unwrap_or(0) < self.ticket.bytes.len()
    }

    pub(super) fn where_it_is(&self, here: Option<u32>) -> Option<Start> {
        let at = |sent, hub| Start::At { sent, hub };
        match (self.ended, self.wanted, self.sent) {
            (Some(PrintOutcome::Sent), ..) => {
                Some(at(self.ticket.bytes.len(), self.ticket.begun_on.or(here)))
            }
            (Some(PrintOutcome::Unknown), ..) => Some(Start::Lost),
            (Some(PrintOutcome::NotBegun), ..) => Some(Start::NotYet),
            (None, Some(wanted), sent) => Some(at(sent.unwrap_or(0), Some(wanted.run))),
            (None, None, Some(sent)) => Some(at(sent, self.ticket.begun_on)),
            (None, None, None) => None,
        }
    }
}
