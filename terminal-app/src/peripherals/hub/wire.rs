//! The spooler's way to the printer on the hub: one conversation with one run of a hub, over what [`super::printer`] shares
//! with the hub's thread.

use std::time::Duration;

use link::till_end::PrintOutcome;

use super::printer::{HubPrinter, Job, State};
use crate::peripherals::line::Gone;
use crate::peripherals::printer::wire::{Start, Ticket, Wire};

/// Most bytes of commands that wait for the hub.
const COMMANDS_MAX: usize = 128;
/// Silence after which everything that the printer had to say is said.
const QUIET: Duration = Duration::from_millis(200);

/// One conversation, with one run of a hub.
pub(super) struct HubWire {
    printer: HubPrinter,
    run: u32,
    sessions: u64,
}

impl HubWire {
    pub(super) const fn new(printer: HubPrinter, run: u32, sessions: u64) -> Self {
        Self {
            printer,
            run,
            sessions,
        }
    }

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
        self.printer.wake_hub();
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
        self.printer.wake_hub();
        let mut state = self.printer.wait(wait, |state| {
            let over = |job: &Job| job.ended.is_some();
            !ours(state) && !state.job.as_ref().is_none_or(over)
        });
        self.check(&state)?;
        if !ours(&state) {
            if state.job.as_ref().is_some_and(|job| job.ended.is_none()) {
                return Ok(Start::NotYet);
            }
            state.job = Some(Job::of(ticket));
        }
        drop(state);
        self.printer.wake_hub();
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
        self.printer.wake_hub();
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
        self.printer.wake_hub();
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
        self.printer.hub_ms()
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
