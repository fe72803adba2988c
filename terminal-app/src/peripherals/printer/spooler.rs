//! The spooler: one thread that prints the queue and opens the drawer on the printer. A printer fault never reaches a
//! sale; it shows as a [`PrinterStatus`] and as jobs that wait.
//!
//! How a receipt is neither lost nor doubled:
//! 1. a job is *sending* in the store before its first byte leaves;
//! 2. a printer that is off line (paper, cover) keeps its buffer: the job stops where it is and waits, without limit;
//! 3. when it is back without a loss of power, the job goes on from there, never from its start;
//! 4. when the port went away, or the power did, or nothing is heard for too long, the job is *unknown*: the cashier
//!    looks at the paper and decides; a reprint is another job, marked KOPIE;
//! 5. before anything is sent after that, the printer's buffer is cleared and the torso of the receipt cut off.
//!
//! On a hub the same holds, with one more: the hub outlives the till. A till that restarts goes on at the byte where the
//! hub is, if it is the same run of the hub and the printer was unwatched for no longer than a loss of power takes. When
//! the hub restarts, the job is unknown.
//!
//! A job is printed when the printer has answered its process id, or (printers without process ids) `GS r` behind it.
//! A drawer pulse is sent while it is fresh and the printer answers; after ten seconds it is forgotten.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel,
};
use std::thread::JoinHandle;
use std::time::Duration;

use devices::escpos::command::{
    INITIALIZE, RECOVER_AND_CLEAR, RECOVER_AND_CONTINUE, drawer_pulse, drawer_pulse_now,
};
use retail::clock::Clock;

use super::jobs::{Begun, Job, JobError, JobSource};
use super::send::Outcome;
use super::session::{Reply, Session, UNWATCHED_MS};
use super::settings::{Drawer, Settings};
use super::wire::{Start, Ticket, Wire};
use crate::peripherals::hub::HubPrinter;
use crate::peripherals::line::{self, Gone, SerialLine};
use crate::receipt::profile::DrawerKick;
use crate::till::input::{Input, PrinterQuestion, PrinterState, PrinterStatus};

/// After this a drawer that was asked to open stays shut.
pub const DRAWER_FRESH_MS: u64 = 10_000;

/// Where the printer hangs.
#[derive(Clone, Debug)]
pub enum Port {
    /// On a serial port of the till.
    Serial(line::Settings),
    /// On the hub.
    Hub(HubPrinter),
}

impl Port {
    fn open(&self) -> Result<Box<dyn Wire>, String> {
        match self {
            Self::Serial(settings) => SerialLine::open(settings)
                .map(|line| Box::new(line) as Box<dyn Wire>)
                .map_err(|error| error.to_string()),
            Self::Hub(printer) => printer.open(),
        }
    }
}

enum Order {
    Wake,
    OpenDrawer { asked_ms: u64 },
}

/// The spooler's thread. It ends when this is dropped.
pub struct Spooler {
    orders: Option<SyncSender<Order>>,
    clock: Arc<dyn Clock>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Spooler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spooler").finish_non_exhaustive()
    }
}

impl Spooler {
    /// Starts the thread. News of the printer goes to `inputs`.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(
        port: Port,
        settings: Settings,
        jobs: Box<dyn JobSource>,
        inputs: SyncSender<Input>,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Self> {
        let (orders, receiver) = sync_channel(32);
        let worker = Worker {
            port,
            settings,
            jobs,
            inputs,
            clock: Arc::clone(&clock),
            orders: receiver,
            told: None,
            drawer: None,
            held: None,
            resume: None,
            resume_by_ms: 0,
            begun: None,
            torso: false,
            trouble: String::new(),
            printing: false,
            stopping: false,
            attempts: 0,
        };
        let thread = std::thread::Builder::new()
            .name("printer".to_owned())
            .spawn(move || worker.run())?;
        Ok(Self {
            orders: Some(orders),
            clock,
            thread: Some(thread),
        })
    }

    /// A job was queued, or the cashier has answered. Never waits.
    pub fn wake(&self) {
        self.order(Order::Wake);
    }

    /// Opens the drawer, now or not at all. Never waits.
    pub fn open_drawer(&self) {
        self.order(Order::OpenDrawer {
            asked_ms: self.clock.monotonic_ms(),
        });
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &self.orders
            && orders.try_send(order).is_err()
        {
            tracing::warn!("the spooler takes no more orders");
        }
    }
}

impl Drop for Spooler {
    /// Stops the thread. A receipt that is just coming out of a ready printer is finished, within seconds; one that
    /// waits in the middle stays *sending* in the store and is in doubt at the next start.
    fn drop(&mut self) {
        drop(self.orders.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so itself.
            let _ = thread.join();
        }
    }
}

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

/// The thread itself.
pub(super) struct Worker {
    port: Port,
    pub(super) settings: Settings,
    pub(super) jobs: Box<dyn JobSource>,
    inputs: SyncSender<Input>,
    pub(super) clock: Arc<dyn Clock>,
    orders: Receiver<Order>,
    told: Option<PrinterStatus>,
    /// When the drawer was asked to open.
    drawer: Option<u64>,
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
    trouble: String,
    /// In the middle of a job.
    printing: bool,
    /// The till stops: finish the job if the printer is willing, then end.
    pub(super) stopping: bool,
    /// Jobs sent since the start.
    pub(super) attempts: u32,
}

impl Worker {
    fn run(mut self) {
        if let Err(error) = self.find_interrupted() {
            tracing::error!(%error, "the print queue");
        }
        loop {
            let end = match self.port.open() {
                Ok(line) => {
                    self.trouble.clear();
                    tracing::info!("printer port open");
                    self.serve(line)
                }
                Err(error) => {
                    if error != self.trouble {
                        tracing::warn!(%error, "waiting for the printer");
                        self.trouble = error;
                    }
                    self.rest(PrinterState::Missing)
                }
            };
            let end = match end {
                Err(End::Gone(gone)) => {
                    tracing::warn!(%gone, "printer lost");
                    self.rest(PrinterState::Missing)
                }
                other => other,
            };
            match end {
                Err(End::Stop) => return,
                Err(End::Jobs(error)) => {
                    tracing::error!(%error, "the print queue");
                    if matches!(self.wait(), Err(End::Stop)) {
                        return;
                    }
                }
                Ok(()) | Err(End::Gone(_)) => {}
            }
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
                self.held = before.is_none().then_some(job);
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
                self.jobs.mark_printed(job.number)?;
                return Ok(());
            }
            Ok(Outcome::Unknown(reason)) => reason,
            Err(End::Gone(gone)) if !session.give_up(offset) => {
                self.held = Some(job);
                return Err(gone.into());
            }
            Err(End::Gone(gone)) => {
                self.doubt(&job, "the port went away")?;
                return Err(gone.into());
            }
            // What a hub has of it stays there for the next start.
            Err(other) => return Err(other),
        };
        session.give_up(offset);
        session.forget();
        self.doubt(&job, reason)
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
        if before.is_none() {
            self.clear_torso(session)?;
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
        self.jobs.mark_unknown(job.number)?;
        Ok(())
    }

    /// Clears the printer's buffer and cuts off the torso of a receipt, before anything else is printed.
    fn clear_torso(&mut self, session: &mut Session) -> Result<(), End> {
        if self.torso {
            let mut bytes = RECOVER_AND_CLEAR.to_vec();
            bytes.extend(INITIALIZE);
            bytes.extend([b'\n', 0x1D, b'V', 66, 0]);
            session.write_all(&bytes, self.look())?;
            session.settle()?;
            self.torso = false;
        }
        Ok(())
    }

    /// Asks a printer to go on after an error whose cause is gone (a cutter that was freed).
    pub(super) fn recover(&self, session: &mut Session) -> Result<(), End> {
        let status = session.status();
        if status.recoverable_error && !status.cover_open && !status.paper_end {
            session.write_all(&RECOVER_AND_CONTINUE, self.look())?;
        }
        Ok(())
    }

    /// Opens the drawer if that was asked for just now. The printer has answered a moment ago.
    pub(super) fn pulse(&mut self, session: &mut Session) -> Result<(), End> {
        let Some(asked_ms) = self.drawer else {
            return Ok(());
        };
        if session.now_ms().saturating_sub(asked_ms) >= DRAWER_FRESH_MS {
            self.drawer = None;
            tracing::warn!("the drawer was not opened in time; it stays shut");
            return Ok(());
        }
        let Drawer { pin, pulse_ms } = self.settings.drawer;
        let bytes = match self.settings.profile.drawer {
            DrawerKick::RealTime => {
                let tenths = u8::try_from(pulse_ms.div_ceil(100)).unwrap_or(u8::MAX);
                drawer_pulse_now(pin, tenths)
            }
            // It would wait in the buffer of a printer that is off line, and open the drawer much later.
            DrawerKick::Queued if !session.status().is_ready() => return Ok(()),
            DrawerKick::Queued => drawer_pulse(pin, pulse_ms, pulse_ms.max(100)),
        };
        self.drawer = None;
        session.write_all(&bytes, self.look())?;
        Ok(())
    }

    /// Takes the orders that are there, without waiting.
    pub(super) fn take_orders(&mut self) -> Result<(), End> {
        loop {
            match self.orders.try_recv() {
                Ok(order) => self.take_order(&order),
                Err(TryRecvError::Empty) => return Ok(()),
                Err(TryRecvError::Disconnected) if self.printing => {
                    self.stopping = true;
                    return Ok(());
                }
                Err(TryRecvError::Disconnected) => return Err(End::Stop),
            }
        }
    }

    /// Waits for an order, at most until the next look at the printer is due.
    fn wait(&mut self) -> Result<(), End> {
        match self.orders.recv_timeout(self.look()) {
            Ok(order) => {
                self.take_order(&order);
                Ok(())
            }
            Err(RecvTimeoutError::Timeout) => Ok(()),
            Err(RecvTimeoutError::Disconnected) => Err(End::Stop),
        }
    }

    const fn take_order(&mut self, order: &Order) {
        match *order {
            Order::Wake => {}
            Order::OpenDrawer { asked_ms } => self.drawer = Some(asked_ms),
        }
    }

    pub(super) const fn look(&self) -> Duration {
        Duration::from_millis(self.settings.patience.look_ms)
    }

    /// Reports to the till what has changed; again at the next look when the till is behind. Never waits.
    pub(super) fn tell(&mut self, state: PrinterState) -> Result<(), End> {
        let status = PrinterStatus {
            state,
            queue: self.jobs.waiting()?,
            asks: self.jobs.asks()?.map(|(job, receipt)| PrinterQuestion {
                job: job.0,
                receipt,
            }),
        };
        if self.told.as_ref() == Some(&status) {
            return Ok(());
        }
        match self.inputs.try_send(Input::Printer(status.clone())) {
            Ok(()) => self.told = Some(status),
            Err(TrySendError::Full(_)) => {}
            Err(TrySendError::Disconnected(_)) if self.printing => self.stopping = true,
            Err(TrySendError::Disconnected(_)) => return Err(End::Stop),
        }
        Ok(())
    }
}
