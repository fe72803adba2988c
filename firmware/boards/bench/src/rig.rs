//! A machine, three ports and a till. The till commits every scan at once and prints what it is told.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::time::Instant;

use link::message::{BootId, Notice, ResetReason, ScanId, Status, Verdict};
use link::till_end::{Action, DrawerEnd, Event, PrintOutcome, Resume, TillEnd};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::machine::{Board, Machine, Pin};

/// What the till saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A hub: its board and why it started.
    Here(BootId, String, ResetReason),
    /// No hub any more.
    Gone,
    /// A scan was offered and committed.
    Scan(ScanId, String),
    /// The hub beeped for it.
    Confirmed(ScanId),
    /// Nobody knows whether it did.
    Unconfirmed(ScanId),
    /// A print job ended.
    Printed(u64, PrintOutcome),
    /// The printer sent this.
    Said(Vec<u8>),
    /// A drawer pulse ended.
    Drawer(u32, DrawerEnd),
    /// How the devices are.
    Status(Status),
    /// Something happened.
    Notice(Notice),
}

/// The bench.
#[derive(Debug)]
pub struct Rig {
    board: Board,
    machine: Machine,
    link: File,
    /// The cable of the scanner.
    pub scanner: File,
    /// The cable of the printer.
    pub printer: File,
    till: TillEnd,
    runs: u32,
    start: Instant,
    due_ms: u64,
    job: Vec<u8>,
    begun_on: Option<BootId>,
    out: Vec<u8>,
    /// Everything the till saw, oldest first.
    pub seen: Vec<Seen>,
    /// How many scans are in it.
    pub scans: usize,
    /// How many confirmations are in it.
    pub confirmed: usize,
    /// How many ended print jobs are in it.
    pub ended: usize,
    /// Everything that was printed.
    pub paper: Vec<u8>,
    /// Changes of the output pins, where the machine shows them.
    pub pins: Vec<Pin>,
}

impl Rig {
    /// Starts the machine of a board.
    ///
    /// # Errors
    ///
    /// When there is no image, no emulator, or it does not start.
    pub fn start(board: Board) -> io::Result<Self> {
        let (machine, [link, scanner, printer]) = Machine::start(board)?;
        Ok(Self {
            board,
            machine,
            link,
            scanner,
            printer,
            till: TillEnd::new(1, None, board.timing(), 0),
            runs: 1,
            start: now(),
            due_ms: 0,
            job: Vec::new(),
            begun_on: None,
            out: Vec::new(),
            seen: Vec::new(),
            scans: 0,
            confirmed: 0,
            ended: 0,
            paper: Vec::new(),
            pins: Vec::new(),
        })
    }

    /// Kills the machine and starts it anew: power off and on.
    ///
    /// # Errors
    ///
    /// When it does not start again.
    pub fn restart_hub(&mut self) -> io::Result<()> {
        self.machine.stop();
        let (machine, [link, scanner, printer]) = Machine::start(self.board)?;
        self.machine = machine;
        self.link = link;
        self.scanner = scanner;
        self.printer = printer;
        self.out.clear();
        self.step(Event::HungUp);
        Ok(())
    }

    /// Kills the till; what it had committed and confirmed it still knows.
    pub fn restart_till(&mut self) {
        let scans = self.seen.iter().rev();
        let last = scans.clone().find_map(|seen| match seen {
            Seen::Scan(id, _) => Some(*id),
            _ => None,
        });
        let resume = last.map(|scan| Resume {
            scan,
            settled: scans.clone().any(|seen| *seen == Seen::Confirmed(scan)),
        });
        self.runs += 1;
        let now_ms = self.now_ms();
        self.till = TillEnd::new(self.runs, resume, self.board.timing(), now_ms);
        self.out.clear();
        self.due_ms = now_ms;
    }

    /// Begins to print.
    pub fn print(&mut self, job: u64, bytes: &[u8]) {
        self.job = bytes.to_vec();
        self.begun_on = None;
        self.print_again(job);
    }

    /// Goes on with the job of the last [`Rig::print`], after the till restarted.
    pub fn print_again(&mut self, job: u64) {
        let len = u32::try_from(self.job.len()).unwrap_or(u32::MAX);
        let begun_on = self.begun_on;
        self.step(Event::Print { job, len, begun_on });
    }

    /// Hands the till an event.
    pub fn step(&mut self, event: Event<'_>) {
        let now_ms = self.now_ms();
        let Self {
            till,
            out,
            seen,
            scans,
            confirmed,
            ended,
            ..
        } = self;
        let mut wanted = None;
        let mut scanned = None;
        self.due_ms = till.step(event, now_ms, &mut |action| match action {
            Action::Send(bytes) => out.extend(bytes),
            Action::HubHere(hello) => {
                seen.push(Seen::Here(hello.boot, hello.board.into(), hello.reset));
            }
            Action::HubGone => seen.push(Seen::Gone),
            Action::Incompatible(_) | Action::PrintProgress { .. } => {}
            Action::Scan { id, data, .. } => {
                let text = String::from_utf8_lossy(data).into_owned();
                seen.push(Seen::Scan(id, text));
                *scans += 1;
                scanned = Some(id);
            }
            Action::Confirmed(id) => {
                seen.push(Seen::Confirmed(id));
                *confirmed += 1;
            }
            Action::Unconfirmed(id) => seen.push(Seen::Unconfirmed(id)),
            Action::PrintWanted {
                job,
                hub,
                offset,
                len,
            } => wanted = Some((job, hub, offset, len)),
            Action::PrintEnded { job, outcome } => {
                seen.push(Seen::Printed(job, outcome));
                *ended += 1;
            }
            Action::PrinterSaid(bytes) => seen.push(Seen::Said(bytes.to_vec())),
            Action::Drawer { id, end } => seen.push(Seen::Drawer(id, end)),
            Action::Status(status) => seen.push(Seen::Status(status)),
            Action::Notice(notice) => seen.push(Seen::Notice(notice)),
        });
        if let Some(id) = scanned {
            let verdict = Verdict::Good;
            self.step(Event::Scanned { id, verdict });
        }
        if let Some((job, hub, offset, len)) = wanted {
            self.begun_on.get_or_insert(hub);
            let start = usize::try_from(offset).unwrap_or(usize::MAX);
            let end = start.saturating_add(usize::from(len));
            let data = self.job.get(start..end).unwrap_or(&[]).to_vec();
            let data = &data;
            self.step(Event::PrintData { job, offset, data });
        }
    }

    /// Opens the drawer as a cashier does: again, when the coil rests (it does after every
    /// start). Answers whether it got its pulse.
    pub fn open_drawer(&mut self, wait_ms: u64) -> bool {
        let end_ms = self.now_ms() + wait_ms;
        for id in 1.. {
            self.step(Event::OpenDrawer { id });
            let ended = |seen: &Seen| matches!(seen, Seen::Drawer(of, _) if *of == id);
            let left_ms = end_ms.saturating_sub(self.now_ms());
            if !self.run_until(left_ms, |rig| rig.count(ended) == 1) {
                return false;
            }
            if self.seen.contains(&Seen::Drawer(id, DrawerEnd::Pulsed)) {
                return true;
            }
            self.run_until(500, |_| false);
        }
        false
    }

    /// Runs until `done` or for `wait_ms`. Answers whether it was done.
    pub fn run_until(&mut self, wait_ms: u64, done: impl Fn(&Self) -> bool) -> bool {
        let end_ms = self.now_ms() + wait_ms;
        loop {
            if done(self) {
                return true;
            }
            let now_ms = self.now_ms();
            if now_ms >= end_ms {
                return false;
            }
            let wait_ms = self.due_ms.min(end_ms).saturating_sub(now_ms).min(100);
            self.wait(wait_ms);
            let received = take(&mut self.link);
            self.step(Event::Received(&received));
            self.paper.extend(take(&mut self.printer));
            self.pins.extend(self.machine.pins());
            // The scanner is not read by this till; what is sent to it must not fill its port.
            take(&mut self.scanner);
            self.flush();
        }
    }

    /// Writes to a port, as fast as it takes it, while everything else goes on.
    ///
    /// # Errors
    ///
    /// When the port is broken or takes nothing for a minute.
    pub fn send(&mut self, port: fn(&mut Self) -> &mut File, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        let mut waits = 0;
        while !rest.is_empty() {
            match port(self).write(rest) {
                Ok(len) => {
                    rest = rest.get(len..).unwrap_or(&[]);
                    waits = 0;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock && waits < 6_000 => {
                    waits += 1;
                    self.run_until(10, |_| false);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The cable of the link, to disturb it.
    pub const fn link(&mut self) -> &mut File {
        &mut self.link
    }

    /// Codes of the scans, oldest first.
    #[must_use]
    pub fn codes(&self) -> Vec<&str> {
        let codes = self.seen.iter().filter_map(|seen| match seen {
            Seen::Scan(_, code) => Some(code.as_str()),
            _ => None,
        });
        codes.collect()
    }

    /// What the till saw beside scans and their confirmations: why they may be late.
    #[must_use]
    pub fn apart_from_scans(&self) -> Vec<&Seen> {
        let others = self
            .seen
            .iter()
            .filter(|seen| !matches!(seen, Seen::Scan(..) | Seen::Confirmed(_)));
        others.collect()
    }

    /// The most memory that the board used so far, variables and stack together, in bytes; 0
    /// while it did not tell.
    #[must_use]
    pub const fn ram(&self) -> u64 {
        self.machine.ram
    }

    /// How many times the board told its memory.
    #[must_use]
    pub const fn told(&self) -> u64 {
        self.machine.told
    }

    /// How many times the till saw something like this.
    #[must_use]
    pub fn count(&self, like: impl Fn(&Seen) -> bool) -> usize {
        self.seen.iter().filter(|seen| like(seen)).count()
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn wait(&self, wait_ms: u64) {
        let events = if self.out.is_empty() {
            PollFlags::POLLIN
        } else {
            PollFlags::POLLIN | PollFlags::POLLOUT
        };
        let mut ports = [
            PollFd::new(self.link.as_fd(), events),
            PollFd::new(self.printer.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.scanner.as_fd(), PollFlags::POLLIN),
        ];
        let wait = PollTimeout::try_from(wait_ms).unwrap_or(PollTimeout::ZERO);
        // An interrupted wait is only a shorter one.
        let _ready = poll(&mut ports, wait);
    }

    fn flush(&mut self) {
        if self.out.is_empty() {
            return;
        }
        if let Ok(len) = self.link.write(&self.out) {
            self.out.drain(..len);
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one clock of the bench: the machines run in real time"
)]
fn now() -> Instant {
    Instant::now()
}

fn take(port: &mut File) -> Vec<u8> {
    let mut taken = Vec::new();
    let mut buffer = [0; 4_096];
    while let Ok(len) = port.read(&mut buffer) {
        if len == 0 {
            break;
        }
        taken.extend(buffer.iter().take(len));
    }
    taken
}
