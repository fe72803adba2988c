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
    DrawerPin, INITIALIZE, ProcessId, RECOVER_AND_CLEAR, RECOVER_AND_CONTINUE, drawer_pulse,
    drawer_pulse_now,
};
use retail::clock::Clock;

use super::jobs::{Job, JobError, JobSource};
use super::session::{Reply, Session};
use crate::config;
use crate::peripherals::line::{self, CHUNK, Gone, SerialLine};
use crate::receipt::decode;
use crate::receipt::escpos::completion_request;
use crate::receipt::profile::{DrawerKick, Profile};
use crate::till::input::{Input, PrinterQuestion, PrinterState, PrinterStatus};

/// After this a drawer that was asked to open stays shut.
pub const DRAWER_FRESH_MS: u64 = 10_000;

/// The drawer on the printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawer {
    /// Pin of the connector.
    pub pin: DrawerPin,
    /// Length of the pulse, ms (50 to 500).
    pub pulse_ms: u16,
}

impl Default for Drawer {
    /// Pin 2, 100 ms.
    fn default() -> Self {
        Self {
            pin: DrawerPin::Two,
            pulse_ms: 100,
        }
    }
}

/// How long the spooler waits for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Between two looks at an idle, missing or waiting printer, ms.
    pub look_ms: u64,
    /// Silence in the middle of a job after which it is unknown, ms. A printer that is only busy answers sooner.
    pub silent_ms: u64,
    /// How long a printer that is ready and answers may take to say that a job is out, ms.
    pub finish_ms: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            look_ms: 1_000,
            silent_ms: 8_000,
            finish_ms: 30_000,
        }
    }
}

/// One printer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its port.
    pub line: line::Settings,
    /// What it can do.
    pub profile: Profile,
    /// The drawer on it.
    pub drawer: Drawer,
    /// How long to wait.
    pub patience: Patience,
}

impl Settings {
    /// What `[printer]` and `[drawer]` say, with the usual patience.
    #[must_use]
    pub fn new(printer: &config::Printer, drawer: &config::Drawer) -> Self {
        Self {
            line: line::Settings::from(&printer.serial),
            profile: printer.profile,
            drawer: Drawer {
                pin: if drawer.pin == 0 {
                    DrawerPin::Two
                } else {
                    DrawerPin::Five
                },
                pulse_ms: u16::try_from(drawer.pulse.as_millis()).unwrap_or(u16::MAX),
            },
            patience: Patience::default(),
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
    /// Stops the thread; a job in the middle stays *sending* in the store and is in doubt at the next start.
    fn drop(&mut self) {
        drop(self.orders.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so itself.
            let _ = thread.join();
        }
    }
}

/// Why the thread leaves what it was doing.
enum End {
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

/// What became of a job.
enum Outcome {
    Printed,
    /// In doubt, for this reason.
    Unknown(&'static str),
}

struct Worker {
    settings: Settings,
    jobs: Box<dyn JobSource>,
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
    fn rest(&mut self, state: PrinterState) -> Result<(), End> {
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
        let sent = self.send(session, &job, &mut offset);
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

    /// Sends the job piece by piece, each behind a look at the printer, then waits for its end.
    fn send(
        &mut self,
        session: &mut Session,
        job: &Job,
        offset: &mut usize,
    ) -> Result<Outcome, End> {
        // Modulo the count of ids, so the cut at 32 bits changes nothing.
        let number = u32::try_from(job.number.0.rem_euclid(i64::from(ProcessId::COUNT)));
        let id = ProcessId::from_number(number.unwrap_or_default());
        let mut bytes = job.bytes.clone();
        bytes.extend(completion_request(&self.settings.profile, id));
        session.await_end(id);
        for end in decode::pieces(&bytes, CHUNK) {
            if let Some(lost) = self.until_ready(session, job, *offset)? {
                return Ok(lost);
            }
            self.take_orders()?;
            self.pulse(session)?;
            let mut stalled_since = None;
            while *offset < end {
                let piece = bytes.get(*offset..end).unwrap_or(&[]);
                let taken = session.write(piece, self.look())?;
                *offset += taken;
                session.listen(Duration::ZERO)?;
                if taken > 0 {
                    stalled_since = None;
                    continue;
                }
                self.take_orders()?;
                let since = *stalled_since.get_or_insert(session.now_ms());
                if session.now_ms().saturating_sub(since) >= self.settings.patience.silent_ms {
                    return Ok(Outcome::Unknown("the port took no more"));
                }
            }
        }
        self.until_out(session, job, *offset)
    }

    /// Waits for a printer that can print. `Some` when it lost what it had.
    fn until_ready(
        &mut self,
        session: &mut Session,
        job: &Job,
        offset: usize,
    ) -> Result<Option<Outcome>, End> {
        let mut silent_since = None;
        let mut noted = false;
        loop {
            let asked_at = session.now_ms();
            match session.ask()? {
                Reply::Answers if session.status().is_ready() => {
                    self.tell(session.state())?;
                    return Ok(None);
                }
                Reply::Answers => silent_since = None,
                Reply::PowerLost => return Ok(Some(Outcome::Unknown("the printer lost power"))),
                Reply::Silent => {
                    let since = *silent_since.get_or_insert(asked_at);
                    if !session.is_current() {
                        return Err(Gone("its name leads to another device".to_owned()).into());
                    }
                    if session.now_ms().saturating_sub(since) >= self.settings.patience.silent_ms {
                        return Ok(Some(Outcome::Unknown("the printer is silent")));
                    }
                    self.tell(PrinterState::Offline)?;
                    self.take_orders()?;
                    continue;
                }
            }
            if !noted {
                noted = true;
                self.jobs.mark_sending(job.number, offset)?;
            }
            self.pulse(session)?;
            self.recover(session)?;
            self.rest(session.state())?;
        }
    }

    /// Everything is sent: waits until the printer says that it is out.
    fn until_out(
        &mut self,
        session: &mut Session,
        job: &Job,
        offset: usize,
    ) -> Result<Outcome, End> {
        let ids = self.settings.profile.process_id;
        let mut ready_since = session.now_ms();
        loop {
            let finished = session.finished();
            if finished.queued && (finished.process_id || !ids || !session.knows_process_ids()) {
                return Ok(Outcome::Printed);
            }
            if session.listen(Duration::from_millis(100))? {
                continue;
            }
            if finished.process_id {
                // Printers that answer ids and not `GS r`: the id is enough, once nothing follows it.
                return Ok(Outcome::Printed);
            }
            let before = session.now_ms();
            if let Some(lost) = self.until_ready(session, job, offset)? {
                let done = session.finished();
                return Ok(if done.process_id {
                    Outcome::Printed
                } else {
                    lost
                });
            }
            if session.now_ms().saturating_sub(before) > self.settings.patience.look_ms {
                // It was off line in between: its time begins anew.
                ready_since = session.now_ms();
            }
            if session.now_ms().saturating_sub(ready_since) >= self.settings.patience.finish_ms {
                return Ok(Outcome::Unknown("the printer never said that it was done"));
            }
            self.take_orders()?;
            self.pulse(session)?;
        }
    }

    /// Clears the printer's buffer and cuts off the torso of a receipt, before anything else is printed.
    fn clear_torso(&mut self, session: &mut Session) -> Result<(), End> {
        if self.torso {
            let mut bytes = RECOVER_AND_CLEAR.to_vec();
            bytes.extend(INITIALIZE);
            bytes.extend([b'\n', 0x1D, b'V', 66, 0]);
            session.write_all(&bytes, self.look())?;
            self.torso = false;
        }
        Ok(())
    }

    /// Asks a printer to go on after an error whose cause is gone (a cutter that was freed).
    fn recover(&self, session: &mut Session) -> Result<(), End> {
        let status = session.status();
        if status.recoverable_error && !status.cover_open && !status.paper_end {
            session.write_all(&RECOVER_AND_CONTINUE, self.look())?;
        }
        Ok(())
    }

    /// Opens the drawer if that was asked for just now. The printer has answered a moment ago.
    fn pulse(&mut self, session: &mut Session) -> Result<(), End> {
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
    fn take_orders(&mut self) -> Result<(), End> {
        loop {
            match self.orders.try_recv() {
                Ok(order) => self.take_order(&order),
                Err(TryRecvError::Empty) => return Ok(()),
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

    const fn look(&self) -> Duration {
        Duration::from_millis(self.settings.patience.look_ms)
    }

    /// Reports to the till what has changed; again at the next look when the till is behind. Never waits.
    fn tell(&mut self, state: PrinterState) -> Result<(), End> {
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
            Err(TrySendError::Disconnected(_)) => return Err(End::Stop),
        }
        Ok(())
    }
}
