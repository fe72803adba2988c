//! The spooler: one thread that prints the queue and opens the drawer. A printer fault never reaches a sale; it shows
//! as a [`PrinterStatus`] and as jobs that wait.
//!
//! How a receipt is neither lost nor doubled:
//! 1. a job is *sending* in the store before its first byte leaves;
//! 2. a printer that is off line (paper, cover) keeps its buffer: the job stops where it is and waits, without limit;
//! 3. when it is back without a loss of power, the job goes on from there, never from its start;
//! 4. when the port went away, or the power did, or nothing is heard for too long, the job is *unknown*: the cashier
//!    looks at the paper and decides; a reprint is another job, marked KOPIE;
//! 5. before anything is sent after that, the printer's buffer is cleared and the torso of the receipt cut off.
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

use super::jobs::{Job, JobError, JobSource};
use super::send::Outcome;
use super::session::{Reply, Session};
use super::settings::{Drawer, Settings};
use crate::peripherals::line::{Gone, SerialLine};
use crate::receipt::profile::DrawerKick;
use crate::till::input::{Input, PrinterQuestion, PrinterState, PrinterStatus};

/// After this a drawer that was asked to open stays shut.
pub const DRAWER_FRESH_MS: u64 = 10_000;

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
        settings: Settings,
        jobs: Box<dyn JobSource>,
        inputs: SyncSender<Input>,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Self> {
        let (orders, receiver) = sync_channel(32);
        let worker = Worker {
            settings,
            jobs,
            inputs,
            clock: Arc::clone(&clock),
            orders: receiver,
            told: None,
            drawer: None,
            held: None,
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
    pub(super) settings: Settings,
    pub(super) jobs: Box<dyn JobSource>,
    inputs: SyncSender<Input>,
    clock: Arc<dyn Clock>,
    orders: Receiver<Order>,
    told: Option<PrinterStatus>,
    /// When the drawer was asked to open.
    drawer: Option<u64>,
    /// A job marked *sending* of which no byte has left.
    held: Option<Job>,
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
        match self.jobs.doubt_interrupted() {
            Ok(0) => {}
            Ok(count) => {
                tracing::warn!(count, "receipts were being printed when the till stopped");
                self.torso = true;
            }
            Err(error) => tracing::error!(%error, "the print queue"),
        }
        loop {
            let end = match SerialLine::open(&self.settings.line) {
                Ok(line) => {
                    self.trouble.clear();
                    tracing::info!(port = %self.settings.line.path.display(), "printer port open");
                    self.serve(line)
                }
                Err(error) => {
                    let text = error.to_string();
                    if text != self.trouble {
                        tracing::warn!(%error, "waiting for the printer");
                        self.trouble = text;
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

    /// Tells how it is, waits a moment.
    pub(super) fn rest(&mut self, state: PrinterState) -> Result<(), End> {
        self.tell(state)?;
        self.wait()
    }

    /// Talks to the printer on an open port until that is gone.
    fn serve(&mut self, line: SerialLine) -> Result<(), End> {
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
            if session.status().is_ready()
                && let Some(job) = self.next_job()?
            {
                self.tell(session.state())?;
                self.print(&mut session, job)?;
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

    /// Prints one job and books what became of it.
    fn print(&mut self, session: &mut Session, job: Job) -> Result<(), End> {
        self.clear_torso(session)?;
        self.jobs.mark_sending(job.number, 0)?;
        let mut offset = 0;
        self.printing = true;
        let sent = self.send(session, &job, &mut offset);
        self.printing = false;
        session.end_job();
        let reason = match sent {
            Ok(Outcome::Printed) => {
                self.jobs.mark_printed(job.number)?;
                return Ok(());
            }
            Ok(Outcome::Unknown(reason)) => reason,
            Err(End::Gone(gone)) if offset == 0 => {
                self.held = Some(job);
                return Err(gone.into());
            }
            Err(End::Gone(gone)) => {
                self.doubt(&job, "the port went away")?;
                return Err(gone.into());
            }
            Err(other) => return Err(other),
        };
        session.forget();
        self.doubt(&job, reason)
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
