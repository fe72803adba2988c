//! What goes between the till and the spooler's thread: orders and the drawer in, news of the printer out. Nothing here waits
//! longer than until the next look at the printer is due.

use std::sync::mpsc::{RecvTimeoutError, TryRecvError, TrySendError};
use std::time::Duration;

use devices::escpos::command::{drawer_pulse, drawer_pulse_now};

use super::jobs::JobError;
use super::session::Session;
use super::settings::Drawer;
use super::spooler::{DRAWER_FRESH_MS, Order};
use super::worker::{End, Worker};
use crate::receipt::profile::DrawerKick;
use crate::till::input::{Input, PrinterQuestion, PrinterState, PrinterStatus};

impl Worker {
    /// Opens the drawer if that was asked for just now. The printer has answered a moment ago.
    pub(super) fn pulse(&mut self, session: &mut Session) -> Result<(), End> {
        self.forget_stale_pulse()?;
        let Some(asked_ms) = self.drawer.filter(|asked_ms| self.is_fresh(*asked_ms)) else {
            return Ok(());
        };
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
        if !session.write_all(&bytes, self.look())? {
            // Nothing of it has left: it is tried again while it is fresh.
            self.drawer = Some(asked_ms);
        }
        Ok(())
    }

    fn is_fresh(&self, asked_ms: u64) -> bool {
        self.clock.monotonic_ms().saturating_sub(asked_ms) < DRAWER_FRESH_MS
    }

    /// A drawer that could not be opened in time stays shut, and the till hears so once; again at the next look when it is
    /// behind.
    fn forget_stale_pulse(&mut self) -> Result<(), End> {
        if self.drawer.is_none_or(|asked_ms| self.is_fresh(asked_ms)) {
            return Ok(());
        }
        match self.inputs.try_send(Input::DrawerShut) {
            Ok(()) => {
                self.drawer = None;
                tracing::warn!("the drawer was not opened in time; it stays shut");
            }
            Err(TrySendError::Full(_)) => {}
            Err(TrySendError::Disconnected(_)) if self.printing => self.stopping = true,
            Err(TrySendError::Disconnected(_)) => return Err(End::Stop),
        }
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
    pub(super) fn wait(&mut self) -> Result<(), End> {
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

    /// Reports to the till what has changed; again at the next look when the till is behind, or the queue cannot be read.
    /// Never waits.
    pub(super) fn tell(&mut self, state: PrinterState) -> Result<(), End> {
        self.forget_stale_pulse()?;
        let status = match self.status(state) {
            Ok(status) => status,
            Err(error) => {
                self.troubled(&error);
                return Ok(());
            }
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

    fn status(&mut self, state: PrinterState) -> Result<PrinterStatus, JobError> {
        Ok(PrinterStatus {
            state,
            queue: self.jobs.waiting()?,
            asks: self.jobs.asks()?.map(|(job, receipt)| PrinterQuestion {
                job: job.0,
                receipt,
            }),
        })
    }
}
