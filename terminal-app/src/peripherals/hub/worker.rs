//! The hub's thread: owns the port, waits for a missing one, and carries bytes, orders and news between port, till and
//! [`Core`]. It is woken by the port, by an order and by the printer's spooler; it never waits for the till.

use std::io::{self, Read as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use link::till_end::Timing;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use retail::clock::{Clock, Entropy, random_16};

use super::core::{Core, Order};
use super::printer::{HubPrinter, Waker};
use super::scans::{ScanError, ScanQueue};
use crate::peripherals::line::{self, Gone, SerialLine};
use crate::peripherals::port::{self, End, Tenant};
use crate::till::input::{HubStatus, Input};

/// Between two attempts to open a port that is not there, ms.
const REOPEN_MS: u64 = 500;
/// Longest wait for anything, ms.
const LOOK_MS: u64 = 500;
/// Between two attempts to hand something to a till that is behind, ms.
const BEHIND_MS: u64 = 10;
/// How long the port may take to accept bytes before other things get their turn.
const ROOM: Duration = Duration::from_millis(20);
/// Orders that wait. One that finds no room is dropped: nothing here must ever hold up a sale.
const ORDERS_MAX: usize = 64;

/// One hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its port.
    pub line: line::Settings,
    /// The receipt printer hangs on it.
    pub printer: bool,
    /// The drawer hangs on it.
    pub drawer: bool,
}

/// What is known of a hub before it is heard.
#[must_use]
pub fn status_of(settings: &Settings) -> HubStatus {
    HubStatus {
        printer: settings.printer,
        drawer: settings.drawer,
        ..HubStatus::default()
    }
}

/// Why the thread did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The operating system gives no thread or no pipe.
    #[error("the operating system: {0}")]
    System(#[from] io::Error),
    /// The queue of scans.
    #[error("the queue of scans: {0}")]
    Scans(#[from] ScanError),
}

/// The hub's thread. It ends when this is dropped or the till takes no more inputs.
#[derive(Debug)]
pub struct Hub {
    orders: Option<SyncSender<Order>>,
    waker: Waker,
    printer: HubPrinter,
    thread: Option<JoinHandle<()>>,
}

impl Hub {
    /// Starts the thread. `entropy` names this run of the till.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(
        settings: Settings,
        queue: Box<dyn ScanQueue>,
        inputs: SyncSender<Input>,
        clock: Arc<dyn Clock>,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, StartError> {
        let (ours, theirs) = UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        theirs.set_nonblocking(true)?;
        let waker = Waker::new(ours);
        let printer = HubPrinter::new(waker.clone(), Arc::clone(&clock));
        let (orders, receiver) = sync_channel(ORDERS_MAX);
        let [a, b, c, d, ..] = random_16(entropy);
        let devices = status_of(&settings);
        let core = Core::new(
            u32::from_le_bytes([a, b, c, d]),
            queue,
            printer.clone(),
            Timing::default(),
            devices,
            clock.monotonic_ms(),
        )?;
        let worker = Worker {
            settings,
            core,
            printer: printer.clone(),
            inputs,
            clock,
            orders: receiver,
            woken: theirs,
        };
        let thread = std::thread::Builder::new()
            .name("hub".to_owned())
            .spawn(move || worker.run())?;
        Ok(Self {
            orders: Some(orders),
            waker,
            printer,
            thread: Some(thread),
        })
    }

    /// The way to the printer on it.
    #[must_use]
    pub fn printer(&self) -> HubPrinter {
        self.printer.clone()
    }

    /// Gives an order. Never waits.
    pub fn order(&self, order: Order) {
        if let Some(orders) = &self.orders
            && orders.try_send(order).is_err()
        {
            tracing::warn!("the hub takes no more orders");
        }
        self.waker.wake();
    }
}

impl Drop for Hub {
    /// Stops the thread and waits for it, at most a moment.
    fn drop(&mut self) {
        drop(self.orders.take());
        self.waker.wake();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so itself.
            let _ = thread.join();
        }
    }
}

struct Worker {
    settings: Settings,
    core: Core,
    printer: HubPrinter,
    inputs: SyncSender<Input>,
    clock: Arc<dyn Clock>,
    orders: Receiver<Order>,
    woken: UnixStream,
}

impl Tenant for Worker {
    fn serve(&mut self, line: SerialLine) -> End {
        self.core.port_opened();
        let end = self.carry(line);
        if matches!(end, End::Gone(_)) {
            self.core.port_gone(self.clock.monotonic_ms());
        }
        end
    }

    /// A while without a port: orders still age, the till still hears.
    fn wait(&mut self) -> Result<(), End> {
        let until_ms = self.clock.monotonic_ms() + REOPEN_MS;
        loop {
            self.turn()?;
            let now_ms = self.clock.monotonic_ms();
            let left_ms = until_ms.saturating_sub(now_ms);
            if left_ms == 0 {
                return Ok(());
            }
            let wait = self.wait_ms().min(Duration::from_millis(left_ms));
            let timeout = PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX);
            let mut fds = [PollFd::new(self.woken.as_fd(), PollFlags::POLLIN)];
            // An interrupted wait is a short one.
            let _ = poll(&mut fds, timeout);
            self.drain_waker();
            self.core.tick(self.clock.monotonic_ms());
            // Nobody is there to hear it.
            self.core.took(usize::MAX);
        }
    }
}

impl Worker {
    fn run(mut self) {
        let line = self.settings.line.clone();
        port::keep(&line, &mut self);
        self.printer.close();
    }

    /// Carries bytes until the port is gone.
    fn carry(&mut self, mut line: SerialLine) -> End {
        let mut buffer = [0; 512];
        loop {
            if let Err(end) = self.turn() {
                return end;
            }
            let wait = self.wait_ms();
            while !self.core.out().is_empty() {
                match line.write(self.core.out(), ROOM) {
                    Ok(0) => break,
                    Ok(count) => self.core.took(count),
                    Err(gone) => return gone.into(),
                }
            }
            let wait = if self.core.out().is_empty() {
                wait
            } else {
                Duration::ZERO
            };
            let read = match line.read_or_woken(&mut buffer, wait, self.woken.as_fd()) {
                Ok(count) => buffer.get(..count).unwrap_or(&[]),
                Err(gone) => return gone.into(),
            };
            let now_ms = self.clock.monotonic_ms();
            if read.is_empty() {
                if self.drain_waker() == 0 && !line.is_current() {
                    return Gone("its name leads to another device".to_owned()).into();
                }
                self.core.tick(now_ms);
            } else {
                self.core.received(read, now_ms);
            }
        }
    }

    /// Orders in, news out.
    fn turn(&mut self) -> Result<(), End> {
        loop {
            match self.orders.try_recv() {
                Ok(order) => self.core.order(order, self.clock.monotonic_ms()),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return Err(End::Stop),
            }
        }
        let mut ended = false;
        let inputs = &self.inputs;
        self.core.hand_over(
            &mut |input| {
                inputs.try_send(input).map_err(|error| match error {
                    TrySendError::Full(input) => input,
                    TrySendError::Disconnected(input) => {
                        ended = true;
                        input
                    }
                })
            },
            self.clock.monotonic_ms(),
        );
        if ended { Err(End::Stop) } else { Ok(()) }
    }

    fn wait_ms(&self) -> Duration {
        let due_ms = self.core.due_ms();
        let left_ms = due_ms.saturating_sub(self.clock.monotonic_ms());
        let most_ms = if self.core.has_news() {
            BEHIND_MS
        } else {
            LOOK_MS
        };
        Duration::from_millis(left_ms.min(most_ms))
    }

    /// Empties the waker; answers how many times it was rung.
    fn drain_waker(&mut self) -> usize {
        let mut crumbs = [0; 64];
        self.woken.read(&mut crumbs).unwrap_or(0)
    }
}
