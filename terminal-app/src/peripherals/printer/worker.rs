//! The spooler's thread itself: looks for the printer, prints the queue job by job, opens the drawer, tells how it is. The
//! rules are those of [`super::spooler`]; [`super::send`] is one job on its way.
//!
//! What became of a job is kept before the next one is begun: when the disk does not take it, it is tried again, and
//! nothing is printed meanwhile.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};

use devices::escpos::command::{INITIALIZE, RECOVER_AND_CLEAR, RECOVER_AND_CONTINUE};
use retail::clock::Clock;

use super::jobs::{Begun, Job, JobError, JobNumber, JobSource};
use super::send::Outcome;
use super::session::{Reply, Session, UNWATCHED_MS};
use super::settings::Settings;
use super::spooler::{Order, Port};
use super::wire::{Start, Ticket, Wire};
use crate::peripherals::line::Gone;
use crate::peripherals::port::Once;
use crate::till::input::{Input, PrinterState, PrinterStatus};

/// Why the thread leaves what it was doing.
pub(super) enum End {
    Gone(Gone),
    Stop,
    Jobs(JobError),
}

impl From<Gone> for End {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

impl From<JobError> for End {
    fn from(error: JobError) -> Self {
        Self::Jobs(error)
    }
}

/// What became of a job, to be kept.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Printed,
    Unknown,
}

/// The thread itself.
pub(super) struct Worker {
    port: Port,
    pub(super) settings: Settings,
    pub(super) jobs: Box<dyn JobSource>,
    pub(super) inputs: SyncSender<Input>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) orders: Receiver<Order>,
    pub(super) told: Option<PrinterStatus>,
    /// When the drawer was asked to open.
    pub(super) drawer: Option<u64>,
    /// A job marked *sending* of which no byte has left.
    held: Option<Job>,
    /// The job that the till was sending by way of a hub when it stopped.
    resume: Option<(Job, Begun)>,
    /// After this it is in doubt.
    resume_by_ms: u64,
    /// The job under way, when it is on a hub.
    pub(super) begun: Option<Begun>,
    /// The printer may hold a part of a receipt.
    torso: bool,
    /// A job that is over, and not yet kept as such.
    unbooked: Option<(JobNumber, Fate)>,
    /// It is known what was being sent when the till stopped.
    looked_back: bool,
    port_trouble: Once,
    queue_trouble: Once,
    /// In the middle of a job.
    pub(super) printing: bool,
    /// The till stops: finish the job if the printer is willing, then end.
    pub(super) stopping: bool,
    /// Jobs sent since the start.
    pub(super) attempts: u32,
}

impl Worker {
    pub(super) fn new(
        port: Port,
        settings: Settings,
        jobs: Box<dyn JobSource>,
        inputs: SyncSender<Input>,
        clock: Arc<dyn Clock>,
        orders: Receiver<Order>,
    ) -> Self {
        Self {
            port,
            settings,
            jobs,
            inputs,
            clock,
            orders,
            told: None,
            drawer: None,
            held: None,
            resume: None,
            resume_by_ms: 0,
            begun: None,
            torso: false,
            unbooked: None,
            looked_back: false,
            port_trouble: Once::default(),
            queue_trouble: Once::default(),
            printing: false,
            stopping: false,
            attempts: 0,
        }
    }

    pub(super) fn run(mut self) {
        loop {
            let end = match self.go() {
                Err(End::Gone(gone)) => {
                    tracing::warn!(%gone, "printer lost");
                    self.rest(PrinterState::Missing)
                }
                other => other,
            };
            match end {
                Err(End::Stop) => return,
                Err(End::Jobs(error)) => {
                    self.troubled(&error);
                    if matches!(self.wait(), Err(End::Stop)) {
                        return;
                    }
                }
                Ok(()) | Err(End::Gone(_)) => {}
            }
        }
    }

    /// Once round: what became of earlier jobs is kept, then the printer is looked for and served until it is gone.
    fn go(&mut self) -> Result<(), End> {
        self.keep_fate()?;
        if !self.looked_back {
            self.find_interrupted()?;
            self.looked_back = true;
        }
        match self.port.open() {
            Ok(line) => {
                self.port_trouble.over();
                tracing::info!("printer port open");
                self.serve(line)
            }
            Err(error) => {
                if self.port_trouble.is_new(&error) {
                    tracing::warn!(error, "waiting for the printer");
                }
                self.rest(PrinterState::Missing)
            }
        }
    }

    /// Keeps what became of the job that is over; tried again until the disk takes it.
    fn keep_fate(&mut self) -> Result<(), JobError> {
        if let Some((job, fate)) = self.unbooked {
            match fate {
                Fate::Printed => self.jobs.mark_printed(job)?,
                Fate::Unknown => self.jobs.mark_unknown(job)?,
            }
            self.unbooked = None;
        }
        Ok(())
    }

    fn book(&mut self, job: JobNumber, fate: Fate) -> Result<(), End> {
        self.unbooked = Some((job, fate));
        Ok(self.keep_fate()?)
    }

    pub(super) fn troubled(&mut self, error: &JobError) {
        if self.queue_trouble.is_new(&error) {
            tracing::error!(%error, "the print queue");
        }
    }

    /// A note that the next start would like to have: a job under way goes on without it.
    pub(super) fn noted(&mut self, kept: Result<(), JobError>) {
        match kept {
            Ok(()) => self.queue_trouble.over(),
            Err(error) => self.troubled(&error),
        }
    }

    /// What was being sent when the till stopped: a job on a hub can go on, every other one is in doubt.
    fn find_interrupted(&mut self) -> Result<(), JobError> {
        if matches!(self.port, Port::Hub(_)) {
            self.resume = self.jobs.interrupted()?;
            self.resume_by_ms = self.clock.monotonic_ms() + 2 * UNWATCHED_MS;
        }
        let goes_on = self.resume.as_ref().map(|(job, _)| job.number);
        let count = self.jobs.doubt_interrupted(goes_on)?;
        if count > 0 {
            tracing::warn!(count, "receipts were being printed when the till stopped");
            self.torso = true;
        }
        Ok(())
    }

    /// Tells how it is, waits a moment.
    pub(super) fn rest(&mut self, state: PrinterState) -> Result<(), End> {
        if self.clock.monotonic_ms() >= self.resume_by_ms
            && let Some((job, _)) = self.resume.take()
        {
            self.doubt(&job, "the hub stayed away")?;
        }
        self.tell(state)?;
        self.wait()
    }

    /// Talks to the printer on an open port until that is gone.
    fn serve(&mut self, line: Box<dyn Wire>) -> Result<(), End> {
        let mut session = Session::new(line, Arc::clone(&self.clock))?;
        loop {
            self.take_orders()?;
            match session.ask()? {
                Reply::Answers => {}
                Reply::Silent | Reply::PowerLost => {
                    // Between jobs there is nothing to lose.
                    session.forget();
                    if !session.is_current() {
                        return Err(Gone("its name leads to another device".to_owned()).into());
                    }
                    self.rest(PrinterState::Offline)?;
                    continue;
                }
            }
            self.pulse(&mut session)?;
            self.recover(&mut session)?;
            if let Some((job, begun)) = self.resume.take() {
                self.tell(session.state())?;
                self.go_on(&mut session, job, begun)?;
                continue;
            }
            if session.status().is_ready()
                && let Some(job) = self.next_job()?
            {
                self.tell(session.state())?;
                self.print(&mut session, job, None)?;
                continue;
            }
            self.rest(session.state())?;
        }
    }

    fn next_job(&mut self) -> Result<Option<Job>, End> {
        match self.held.take() {
            Some(job) => Ok(Some(job)),
            None => Ok(self.jobs.next()?),
        }
    }

    /// Goes on with a job that the till was sending when it stopped, unless the printer may have lost what it had.
    fn go_on(&mut self, session: &mut Session, job: Job, begun: Begun) -> Result<(), End> {
        let watched = session
            .hub_ms()
            .is_some_and(|now_ms| now_ms.saturating_sub(begun.watched_ms) <= UNWATCHED_MS);
        if watched {
            self.print(session, job, Some(begun))
        } else {
            self.doubt(&job, "nobody watched the printer for a while")
        }
    }

    /// Prints one job and books what became of it. `before`: it was begun on a hub before the till restarted.
    fn print(&mut self, session: &mut Session, job: Job, before: Option<Begun>) -> Result<(), End> {
        let (ticket, id) = self.ticket(&job, before);
        let started = self.begin(session, &job, &ticket, before);
        let mut offset = match started {
            Ok(Start::At { sent, .. }) => sent,
            // Not one byte of it was let go.
            Ok(Start::NotYet) if before.is_none() => {
                session.give_up(0);
                self.held = Some(job);
                return Ok(());
            }
            Err(End::Gone(gone)) if before.is_none() => {
                session.give_up(0);
                self.held = Some(job);
                return Err(gone.into());
            }
            Ok(Start::NotYet | Start::Lost) => {
                session.give_up(0);
                return self.doubt(&job, "the hub does not know how far it came");
            }
            Err(End::Gone(gone)) => {
                self.doubt(&job, "the hub went away")?;
                return Err(gone.into());
            }
            Err(other) => {
                match before {
                    None => self.held = Some(job),
                    Some(begun) => self.resume = Some((job, begun)),
                }
                return Err(other);
            }
        };
        self.printing = true;
        let sent = self.send(session, &job, &ticket, id, before.is_some(), &mut offset);
        self.printing = false;
        session.end_job();
        let reason = match sent {
            Ok(Outcome::Printed) => {
                session.give_up(offset);
                return self.book(job.number, Fate::Printed);
            }
            Ok(Outcome::Unknown(reason)) => reason,
            Err(End::Gone(gone)) => {
                self.over(session.give_up(offset), job, "the port went away")?;
                return Err(gone.into());
            }
            // What a hub has of it stays there for the next start.
            Err(other) => return Err(other),
        };
        let touched = session.give_up(offset);
        session.forget();
        self.over(touched, job, reason)
    }

    /// A job is given up: in doubt when some of it may have come to the printer, else as good as new.
    fn over(&mut self, touched: bool, job: Job, reason: &str) -> Result<(), End> {
        if touched {
            return self.doubt(&job, reason);
        }
        self.held = Some(job);
        Ok(())
    }

    /// Everything before the first byte: the way is free, the torso of an earlier receipt is off, the job is *sending*.
    fn begin(
        &mut self,
        session: &mut Session,
        job: &Job,
        ticket: &Ticket,
        before: Option<Begun>,
    ) -> Result<Start, End> {
        let since_ms = session.now_ms();
        let start = loop {
            let start = session.begin(ticket, self.look())?;
            let waited_ms = session.now_ms().saturating_sub(since_ms);
            if start != Start::NotYet || waited_ms >= self.settings.patience.silent_ms {
                break start;
            }
            self.take_orders()?;
        };
        let Start::At { sent, hub } = start else {
            return Ok(start);
        };
        if before.is_none() && !self.clear_torso(session)? {
            return Ok(Start::NotYet);
        }
        self.begun = hub.map(|hub| Begun {
            hub,
            job: ticket.job,
            watched_ms: session.hub_ms().unwrap_or(0),
        });
        match self.begun {
            Some(begun) => self.jobs.mark_begun(job.number, begun, sent)?,
            None => self.jobs.mark_sending(job.number, 0)?,
        }
        Ok(start)
    }

    fn doubt(&mut self, job: &Job, reason: &str) -> Result<(), End> {
        tracing::warn!(receipt = %job.receipt, reason, "a receipt may not have come out");
        self.torso = true;
        self.book(job.number, Fate::Unknown)
    }

    /// Clears the printer's buffer and cuts off the torso of a receipt, before anything else is printed. False when the
    /// port takes nothing.
    fn clear_torso(&mut self, session: &mut Session) -> Result<bool, End> {
        if self.torso {
            let mut bytes = RECOVER_AND_CLEAR.to_vec();
            bytes.extend(INITIALIZE);
            bytes.extend([b'\n', 0x1D, b'V', 66, 0]);
            if !session.write_all(&bytes, self.look())? {
                return Ok(false);
            }
            session.settle()?;
            self.torso = false;
        }
        Ok(true)
    }

    /// Asks a printer to go on after an error whose cause is gone (a cutter that was freed).
    pub(super) fn recover(&self, session: &mut Session) -> Result<(), End> {
        let status = session.status();
        if status.recoverable_error && !status.cover_open && !status.paper_end {
            session.write_all(&RECOVER_AND_CONTINUE, self.look())?;
        }
        Ok(())
    }
}
