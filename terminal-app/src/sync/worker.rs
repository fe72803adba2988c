//! Sync all day, in a thread of its own with its own database connection: the till's loop never waits for it.
//!
//! It sends what waits shortly after it was written, asks for changes every minute, waits ever longer while head office is
//! away, and does the nightly run (close the days that are over, then a full exchange). What it has to
//! write in the journal goes through a connection of its own: every writer reads the head inside its transaction.

mod desk;

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use chrono_tz::Tz;
use retail::clock::{Clock, Entropy};

use self::desk::Desk;
use super::backoff::wait_ms;
use super::office::{HeadOffice, Retry};
use super::outbox::{Appender, Outbox, OutboxError};
use super::pack::Credentials;
use crate::config::NightWindow;
use crate::till::Input;
use crate::till::input::SyncStatus;

pub use self::desk::close_days;

/// How long after an event was written it is sent: what comes in the same breath goes along.
const GATHER_MS: u64 = 500;

/// What the thread works with.
pub struct Setup {
    /// Opens the thread's own connection to the till's store; asked again when it could not.
    pub open: Box<dyn FnMut() -> Result<Box<dyn Outbox>, OutboxError> + Send>,
    /// Writes in the journal, through a connection of its own.
    pub appender: Box<dyn Appender + Send>,
    /// Head office; `None` when the settings name none: then days are closed, and that is all.
    pub office: Option<Box<dyn HeadOffice + Send>>,
    /// Who signs.
    pub who: Credentials,
    /// The shop's time zone.
    pub zone: Tz,
    /// When the nightly run may happen.
    pub night: NightWindow,
    /// The machine's clock.
    pub clock: Arc<dyn Clock>,
    /// For nonces and jitter.
    pub entropy: Box<dyn Entropy>,
    /// Takes news for the till's loop; must not block for long.
    pub report: Box<dyn Fn(Input) + Send>,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setup")
            .field("who", &self.who)
            .field("night", &self.night)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Command {
    Written,
    Now,
    Stop,
}

/// The running thread.
#[derive(Debug)]
pub struct Worker {
    commands: SyncSender<Command>,
    thread: Option<JoinHandle<()>>,
}

/// Starts the thread. Call it when the screen is ready: a missed night runs first thing.
pub fn spawn(setup: Setup) -> io::Result<Worker> {
    let (commands, inbox) = mpsc::sync_channel(16);
    let thread = thread::Builder::new()
        .name("sync".to_owned())
        .spawn(move || work(setup, &inbox))?;
    Ok(Worker {
        commands,
        thread: Some(thread),
    })
}

impl Worker {
    /// Something was written: it goes out in a moment. Never blocks.
    pub fn written(&self) {
        // A full inbox holds a reason to work already.
        let _ = self.commands.try_send(Command::Written);
    }

    /// Somebody wants it now, whatever the last attempt said. Never blocks.
    pub fn now(&self) {
        let _ = self.commands.try_send(Command::Now);
    }

    /// Asks the thread to end; it does so after the request it is waiting for. Does not wait for it.
    pub fn stop(&mut self) {
        let _ = self.commands.try_send(Command::Stop);
        self.thread.take();
    }
}

fn work(mut setup: Setup, inbox: &Receiver<Command>) {
    let Some(outbox) = open_outbox(&mut setup, inbox) else {
        return;
    };
    let mut desk = Desk::new(setup, outbox);
    let mut due_ms = desk.setup.clock.monotonic_ms();
    loop {
        let now_ms = desk.setup.clock.monotonic_ms();
        match inbox.recv_timeout(Duration::from_millis(due_ms.saturating_sub(now_ms))) {
            Ok(Command::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            Ok(Command::Written) if !desk.is_failing() => {
                due_ms = due_ms.min(desk.setup.clock.monotonic_ms() + GATHER_MS);
            }
            // A busy till does not cut the waits after failures short; the cashier sees how much waits.
            Ok(Command::Written) => desk.tell(None),
            Ok(Command::Now) | Err(RecvTimeoutError::Timeout) => {
                let wait_ms = desk.round();
                due_ms = desk.setup.clock.monotonic_ms() + wait_ms;
            }
        }
    }
}

/// The thread's own connection to the store, tried until there is one; `None`: the till stops.
fn open_outbox(setup: &mut Setup, inbox: &Receiver<Command>) -> Option<Box<dyn Outbox>> {
    for failures in 1.. {
        let error = match (setup.open)() {
            Ok(outbox) => return Some(outbox),
            Err(error) => error,
        };
        if failures == 1 {
            tracing::error!(%error, "sync cannot open the till's database");
        }
        (setup.report)(Input::Sync(SyncStatus {
            state: desk::state_of(&error.into()),
            ..SyncStatus::default()
        }));
        let due_ms = setup.clock.monotonic_ms() + wait_ms(Retry::Soon, failures, 0);
        loop {
            let left_ms = due_ms.saturating_sub(setup.clock.monotonic_ms());
            match inbox.recv_timeout(Duration::from_millis(left_ms)) {
                Ok(Command::Stop) | Err(RecvTimeoutError::Disconnected) => return None,
                Ok(Command::Written) => {}
                Ok(Command::Now) | Err(RecvTimeoutError::Timeout) => break,
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;
