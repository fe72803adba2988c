//! The printer on the hub, as the spooler sees it: commands pass the job, the job's bytes are let go piece by piece, and a
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

use crate::peripherals::line::Gone;
use crate::peripherals::printer::wire::{Start, Ticket, Wire};

/// Most bytes of the printer that wait for the spooler.
const SAID_MAX: usize = 1024;
/// Most bytes of commands that wait for the hub.
const COMMANDS_MAX: usize = 128;
/// Silence after which everything that the printer had to say is said.
const QUIET: Duration = Duration::from_millis(200);

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
struct State {
    /// The run of the hub that is here.
    here: Option<u32>,
    /// The hub's uptime at a moment of our clock, both in ms.
    uptime: Option<(u64, u64)>,
    /// Counts the sessions with hubs.
    sessions: u64,
    said: VecDeque<u8>,
    commands: VecDeque<u8>,
    job: Option<Job>,
    closed: bool,
}

struct Job {
    ticket: Ticket,
    /// The link has been told of it.
    told: bool,
    /// Bytes that may leave.
    allowed: usize,
    /// What the hub has room for: the bytes in front of it, and how many.
    wanted: Option<Wanted>,
    /// Bytes that have left for the printer.
    sent: Option<usize>,
    /// Some of it was given to a hub.
    given: bool,
    cancel: bool,
    cancel_said: bool,
    ended: Option<PrintOutcome>,
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
        Ok(Box::new(HubWire {
            printer: self.clone(),
            run,
            sessions,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits at most `wait` while `busy`.
    fn wait(&self, wait: Duration, mut busy: impl FnMut(&State) -> bool) -> MutexGuard<'_, State> {
        let waited = self
            .shared
            .changed
            .wait_timeout_while(self.lock(), wait, |state| !state.closed && busy(state));
        waited.unwrap_or_else(PoisonError::into_inner).0
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
    fn is_open(&self) -> bool {
        self.ended.is_none() && self.sent.unwrap_or(0) < self.ticket.bytes.len()
    }

    fn where_it_is(&self, here: Option<u32>) -> Option<Start> {
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

/// One conversation, with one run of a hub.
struct HubWire {
    printer: HubPrinter,
    run: u32,
    sessions: u64,
}

impl HubWire {
    /// Refused when it is another hub by now, or none ever again.
    fn check(&self, state: &State) -> Result<(), Gone> {
        if state.closed {
            return Err(Gone("the till stops".to_owned()));
        }
        match state.here {
            Some(run) if run != self.run => Err(Gone("the hub started again".to_owned())),
            _ => Ok(()),
        }
    }

    fn is_here(&self, state: &State) -> bool {
        state.here == Some(self.run)
    }
}

impl Wire for HubWire {
    fn read(&mut self, buffer: &mut [u8], wait: Duration) -> Result<usize, Gone> {
        let run = self.run;
        let mut state = self.printer.wait(wait, |state| {
            state.said.is_empty() && state.here.is_none_or(|here| here == run)
        });
        self.check(&state)?;
        let len = state.said.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(state.said.drain(..len)) {
            *to = from;
        }
        Ok(len)
    }

    fn command(&mut self, bytes: &[u8], wait: Duration) -> Result<usize, Gone> {
        let room = |state: &State| state.commands.len() + bytes.len() <= COMMANDS_MAX;
        let mut state = self
            .printer
            .wait(wait, |state| state.here.is_none() || !room(state));
        self.check(&state)?;
        if !self.is_here(&state) || !room(&state) {
            return Ok(0);
        }
        state.commands.extend(bytes);
        drop(state);
        self.printer.shared.waker.wake();
        Ok(bytes.len())
    }

    fn begin(&mut self, ticket: &Ticket, wait: Duration) -> Result<Start, Gone> {
        let ours = |state: &State| {
            state
                .job
                .as_ref()
                .is_some_and(|job| job.ticket.job == ticket.job)
        };
        {
            let mut state = self.printer.lock();
            if !ours(&state)
                && let Some(old) = &mut state.job
                && old.is_open()
            {
                old.cancel = true;
            }
        }
        self.printer.shared.waker.wake();
        let mut state = self.printer.wait(wait, |state| {
            let over = |job: &Job| job.ended.is_some();
            !ours(state) && !state.job.as_ref().is_none_or(over)
        });
        self.check(&state)?;
        if !ours(&state) {
            if state.job.as_ref().is_some_and(|job| job.ended.is_none()) {
                return Ok(Start::NotYet);
            }
            state.job = Some(Job {
                ticket: ticket.clone(),
                told: false,
                allowed: 0,
                wanted: None,
                sent: None,
                given: ticket.begun_on.is_some(),
                cancel: false,
                cancel_said: false,
                ended: None,
            });
        }
        drop(state);
        self.printer.shared.waker.wake();
        let place = |state: &State| {
            let job = state.job.as_ref()?;
            job.where_it_is(state.here)
        };
        let state = self.printer.wait(wait, |state| place(state).is_none());
        self.check(&state)?;
        Ok(place(&state).unwrap_or(Start::NotYet))
    }

    fn send(
        &mut self,
        ticket: &Ticket,
        from: usize,
        to: usize,
        wait: Duration,
    ) -> Result<usize, Gone> {
        let job_of = |state: &State| -> (usize, Option<PrintOutcome>) {
            match &state.job {
                Some(job) if job.ticket.job == ticket.job => {
                    (job.sent.unwrap_or(0).min(to), job.ended)
                }
                _ => (0, Some(PrintOutcome::Unknown)),
            }
        };
        if let Some(job) = &mut self.printer.lock().job
            && job.ticket.job == ticket.job
        {
            job.allowed = job.allowed.max(to);
        }
        self.printer.shared.waker.wake();
        let state = self.printer.wait(wait, |state| {
            let (sent, ended) = job_of(state);
            sent <= from && ended.is_none()
        });
        let (sent, ended) = job_of(&state);
        match ended {
            None | Some(PrintOutcome::Sent) => {
                if state.closed {
                    return Err(Gone("the till stops".to_owned()));
                }
                Ok(sent.saturating_sub(from))
            }
            Some(PrintOutcome::Unknown | PrintOutcome::NotBegun) => {
                Err(Gone("the hub started again".to_owned()))
            }
        }
    }

    fn end(&mut self, _sent: usize) -> bool {
        let mut state = self.printer.lock();
        let Some(job) = &mut state.job else {
            return false;
        };
        if job.is_open() {
            job.cancel = true;
        }
        let begun = job.given && job.ended != Some(PrintOutcome::NotBegun);
        drop(state);
        self.printer.shared.waker.wake();
        begun
    }

    fn is_current(&self) -> bool {
        let state = self.printer.lock();
        let busy = state.job.as_ref().is_some_and(|job| job.ended.is_none());
        !state.closed && (self.is_here(&state) || (busy && state.here.is_none()))
    }

    fn was_interrupted(&mut self) -> bool {
        let sessions = self.printer.lock().sessions;
        std::mem::replace(&mut self.sessions, sessions) != sessions
    }

    fn hub_ms(&self) -> Option<u64> {
        let (uptime_ms, at_ms) = self.printer.lock().uptime?;
        let since_ms = self.printer.clock.monotonic_ms().saturating_sub(at_ms);
        Some(uptime_ms + since_ms)
    }

    fn discard_input(&mut self) -> Result<(), Gone> {
        let mut buffer = [0; 256];
        // Bounded: a printer that never stops talking is none.
        for _ in 0..16 {
            if self.read(&mut buffer, QUIET)? == 0 {
                break;
            }
        }
        Ok(())
    }
}
