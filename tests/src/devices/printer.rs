//! A receipt printer on a pseudo-terminal, with a thread of its own. Everything it can suffer is a method; everything
//! it does can be waited for.

use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::engine::{Engine, PrinterKind, Seen};
use super::pty::Pty;

/// How long the printer waits for the line to take an answer.
const ROOM: Duration = Duration::from_secs(10);
/// At a person's pace: so many bytes, then this pause; a receipt takes about two seconds, as on paper.
const PACED_BYTES: usize = 30;
/// See [`PACED_BYTES`].
const PACED_PAUSE_MS: u8 = 50;

#[derive(Debug)]
struct State {
    engine: Engine,
    /// It prints at a pace that a person can follow.
    paced: bool,
    /// The cable is to be in (true) or out.
    wants_cable: bool,
    /// Bytes to send.
    answers: Vec<u8>,
    stop: bool,
    trouble: Option<String>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A printer that is plugged in.
#[derive(Debug)]
pub struct Printer {
    shared: Arc<Shared>,
    wake: UnixStream,
    thread: Option<JoinHandle<()>>,
}

impl Printer {
    /// A printer under this name: powered, with paper, its cover closed.
    ///
    /// # Errors
    /// When there is no pseudo-terminal, no thread, or no link can be made.
    pub fn plug_in(name: &Path, kind: PrinterKind) -> io::Result<Self> {
        let (wake, woken) = UnixStream::pair()?;
        woken.set_nonblocking(true)?;
        let mut engine = Engine::new(kind);
        engine.seen.plugged = true;
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                engine,
                paced: false,
                wants_cable: true,
                answers: Vec::new(),
                stop: false,
                trouble: None,
            }),
            changed: Condvar::new(),
        });
        let cable = Cable {
            name: name.to_owned(),
            line: Some(Pty::plug_in(name)?),
            woken,
            resting: false,
            shared: Arc::clone(&shared),
        };
        let thread = std::thread::Builder::new()
            .name("simulated printer".to_owned())
            .spawn(move || cable.run())?;
        Ok(Self {
            shared,
            wake,
            thread: Some(thread),
        })
    }

    /// What can be seen of it now.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.shared.lock().engine.seen.clone()
    }

    /// Waits until `happened`, at most `limit`; false when it did not.
    #[must_use]
    pub fn wait(&self, limit: Duration, mut happened: impl FnMut(&Seen) -> bool) -> bool {
        let state = self.shared.lock();
        let waited = self
            .shared
            .changed
            .wait_timeout_while(state, limit, |state| !happened(&state.engine.seen));
        let (_state, result) = waited.unwrap_or_else(PoisonError::into_inner);
        !result.timed_out()
    }

    /// What went wrong with the simulator itself.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.shared.lock().trouble.clone()
    }

    /// Switches it off: it forgets its buffer, and bytes sent to it are lost.
    pub fn power_off(&self) {
        self.change(|state| state.engine.power_off());
    }

    /// Switches it on.
    pub fn power_on(&self) {
        self.change(|state| state.engine.power_on());
    }

    /// Its power fails in the middle: when `bytes` more have come in.
    pub fn lose_power_after(&self, bytes: usize) {
        self.change(|state| state.engine.fails_after = Some(bytes));
    }

    /// Someone pulls its cable when `bytes` more have come in.
    pub fn unplug_after(&self, bytes: usize) {
        self.change(|state| state.engine.unplugs_after = Some(bytes));
    }

    /// The paper is at its end after `lines` more lines (0: now).
    pub fn run_out_of_paper_after(&self, lines: usize) {
        self.change(|state| state.engine.lines_left = Some(lines));
    }

    /// A new roll; what waits in the buffer is printed.
    pub fn put_paper_in(&self) {
        self.change(|state| {
            state.engine.lines_left = None;
            state.engine.paper_low = false;
        });
    }

    /// The roll is nearly used up.
    pub fn paper_low(&self) {
        self.change(|state| state.engine.paper_low = true);
    }

    /// Opens (true) or closes the cover.
    pub fn open_cover(&self, open: bool) {
        self.change(|state| state.engine.cover_open = open);
    }

    /// Takes no bytes off the line (true), or goes on where it was.
    pub fn stall(&self, stalled: bool) {
        self.change(|state| state.engine.stalled = stalled);
    }

    /// Takes no bytes any more when `bytes` more to be printed have come in, until [`Printer::stall`] is given `false`.
    pub fn stall_after(&self, bytes: usize) {
        self.change(|state| state.engine.stalls_after = Some(bytes));
    }

    /// Answers no status question (true), as a printer that has only one wire.
    pub fn mute(&self, mute: bool) {
        self.change(|state| state.engine.mute = mute);
    }

    /// Prints as slowly as a printer does, so that a person can pull the cable in the middle of a receipt. Stories do
    /// not: they say after how many bytes.
    pub fn at_a_persons_pace(&self) {
        self.change(|state| state.paced = true);
    }

    /// Pulls the cable, and waits until it is out.
    pub fn unplug(&self) {
        self.cable(false);
    }

    /// Plugs it in again: the same name, another device.
    pub fn replug(&self) {
        self.cable(true);
    }

    fn cable(&self, plugged: bool) {
        self.change(|state| state.wants_cable = plugged);
        // A simulator in trouble says so by itself.
        let _ = self.wait(ROOM, |seen| seen.plugged == plugged);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.shared.lock();
        change(&mut state);
        let mut answers = state.engine.receive(&[]);
        state.engine.work(&mut answers);
        state.answers.extend(answers);
        drop(state);
        self.shared.changed.notify_all();
        self.wake();
    }

    fn wake(&self) {
        // A full pipe has woken it already.
        let _ = (&self.wake).write(&[0]);
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.wake();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so itself.
            let _ = thread.join();
        }
    }
}

/// The printer's side of the cable.
struct Cable {
    name: PathBuf,
    line: Option<Pty>,
    woken: UnixStream,
    /// It has just taken bytes in, at a person's pace.
    resting: bool,
    shared: Arc<Shared>,
}

impl Cable {
    fn run(mut self) {
        while !self.shared.lock().stop {
            if let Err(error) = self.step() {
                self.shared.lock().trouble = Some(error.to_string());
                self.shared.changed.notify_all();
                return;
            }
            self.shared.changed.notify_all();
        }
    }

    fn step(&mut self) -> io::Result<()> {
        let (wants_cable, stalled, answers) = {
            let mut state = self.shared.lock();
            let answers = std::mem::take(&mut state.answers);
            (state.wants_cable, state.engine.stalled, answers)
        };
        match (&mut self.line, wants_cable) {
            (Some(_), false) => self.line = None,
            (None, true) => self.line = Some(Pty::plug_in(&self.name)?),
            (Some(line), true) => line.send(&answers, ROOM)?,
            (None, false) => {}
        }
        self.shared.lock().engine.seen.plugged = self.line.is_some();
        self.shared.changed.notify_all();
        let readable = self.sleep(stalled)?;
        if let Some(line) = &mut self.line
            && readable
        {
            self.resting = self.shared.lock().paced;
            let bytes = if self.resting {
                line.receive_some(PACED_BYTES, Duration::ZERO)?
            } else {
                line.receive(Duration::ZERO)?
            };
            let mut state = self.shared.lock();
            let answers = state.engine.receive(&bytes);
            state.answers.extend(answers);
            if state.engine.is_pulled_by(bytes.len()) {
                state.wants_cable = false;
                state.answers.clear();
            }
        }
        Ok(())
    }

    /// Waits for bytes (unless stalled) or for a change. True when there are bytes.
    fn sleep(&mut self, stalled: bool) -> io::Result<bool> {
        if !self.shared.lock().answers.is_empty() {
            return Ok(false);
        }
        let resting = std::mem::take(&mut self.resting);
        let mut fds = vec![PollFd::new(self.woken.as_fd(), PollFlags::POLLIN)];
        if let Some(line) = &self.line
            && !stalled
            && !resting
        {
            fds.push(PollFd::new(line.as_fd(), PollFlags::POLLIN));
        }
        let limit = if resting {
            PollTimeout::from(PACED_PAUSE_MS)
        } else {
            PollTimeout::NONE
        };
        poll(&mut fds, limit)?;
        let has = |fd: Option<&PollFd<'_>>| {
            fd.and_then(PollFd::revents)
                .is_some_and(|seen| !seen.is_empty())
        };
        let (woken, readable) = (has(fds.first()), has(fds.get(1)));
        if woken {
            let mut crumbs = [0; 64];
            // Only empties the pipe; there is nothing in it to know.
            let _ = self.woken.read(&mut crumbs);
        }
        Ok(readable)
    }
}
