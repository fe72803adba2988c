//! The spooler: one thread that prints the queue and opens the drawer on the printer. A printer fault never reaches a
//! sale; it shows as a [`PrinterStatus`](crate::till::news::PrinterStatus) and as jobs that wait.
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
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use retail::clock::Clock;

use super::jobs::JobSource;
use super::settings::Settings;
use super::wire::Wire;
use super::worker::Worker;
use crate::peripherals::hub::HubPrinter;
use crate::peripherals::line::{self, SerialLine};
use crate::till::input::Input;

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
    pub(super) fn open(&self) -> Result<Box<dyn Wire>, String> {
        match self {
            Self::Serial(settings) => SerialLine::open(settings)
                .map(|line| Box::new(line) as Box<dyn Wire>)
                .map_err(|error| error.to_string()),
            Self::Hub(printer) => printer.open(),
        }
    }
}

/// What the till asks of the thread.
pub(super) enum Order {
    /// There is something new in the queue.
    Wake,
    /// A pulse for the drawer.
    OpenDrawer {
        /// When, in ms of the till's clock.
        asked_ms: u64,
    },
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
        let worker = Worker::new(port, settings, jobs, inputs, Arc::clone(&clock), receiver);
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
