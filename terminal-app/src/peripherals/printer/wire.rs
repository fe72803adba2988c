//! What a conversation with a printer goes over: a serial port of the till, or the hub. The spooler's rules are the same
//! for both; what differs is how closely it is known what has left for the printer, and what a restarted till still knows.

use std::sync::Arc;
use std::time::Duration;

use crate::peripherals::line::{Gone, SerialLine};

/// A job as the wire knows it.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// Its number at a hub, unique for ever.
    pub job: u64,
    /// All of it, with the question whether it came out.
    pub bytes: Arc<[u8]>,
    /// The run of the hub on which it was begun before the till restarted.
    pub begun_on: Option<u32>,
}

/// Where a job stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// It goes on behind so many bytes, which have left for the printer.
    At {
        /// Bytes that have left.
        sent: usize,
        /// The run of the hub; `None` on a port of the till.
        hub: Option<u32>,
    },
    /// What was printed before is not through yet.
    NotYet,
    /// Nobody knows how far it came.
    Lost,
}

/// One way to a printer.
pub trait Wire: Send {
    /// Waits at most `wait` for what the printer says; 0 when it said nothing.
    ///
    /// # Errors
    /// [`Gone`].
    fn read(&mut self, buffer: &mut [u8], wait: Duration) -> Result<usize, Gone>;

    /// Sends a part of a command that belongs to no job; answers how many bytes were taken, waiting at most `wait`.
    ///
    /// # Errors
    /// [`Gone`]: none of these bytes were taken.
    fn command(&mut self, bytes: &[u8], wait: Duration) -> Result<usize, Gone>;

    /// A job is to be sent. Nothing of it leaves before [`Wire::send`].
    ///
    /// # Errors
    /// [`Gone`].
    fn begin(&mut self, ticket: &Ticket, wait: Duration) -> Result<Start, Gone>;

    /// Lets the bytes of the job up to `to` leave; answers how many beyond `from` have, waiting at most `wait` for the
    /// first.
    ///
    /// # Errors
    /// [`Gone`].
    fn send(
        &mut self,
        ticket: &Ticket,
        from: usize,
        to: usize,
        wait: Duration,
    ) -> Result<usize, Gone>;

    /// The job is over, or given up after `sent` bytes. True when some of it may have come to the printer.
    fn end(&mut self, sent: usize) -> bool;

    /// True when it is still the device that was opened.
    fn is_current(&self) -> bool;

    /// True once after the way was broken for a while: what was asked before may never be answered.
    fn was_interrupted(&mut self) -> bool {
        false
    }

    /// Milliseconds of the hub's own time; `None` without a hub.
    fn hub_ms(&self) -> Option<u64> {
        None
    }

    /// Throws away what the printer said before.
    ///
    /// # Errors
    /// [`Gone`].
    fn discard_input(&mut self) -> Result<(), Gone>;
}

impl Wire for SerialLine {
    fn read(&mut self, buffer: &mut [u8], wait: Duration) -> Result<usize, Gone> {
        Self::read(self, buffer, wait)
    }

    fn command(&mut self, bytes: &[u8], wait: Duration) -> Result<usize, Gone> {
        self.write(bytes, wait)
    }

    fn begin(&mut self, _ticket: &Ticket, _wait: Duration) -> Result<Start, Gone> {
        Ok(Start::At { sent: 0, hub: None })
    }

    fn send(
        &mut self,
        ticket: &Ticket,
        from: usize,
        to: usize,
        wait: Duration,
    ) -> Result<usize, Gone> {
        self.write(ticket.bytes.get(from..to).unwrap_or(&[]), wait)
    }

    fn end(&mut self, sent: usize) -> bool {
        sent > 0
    }

    fn is_current(&self) -> bool {
        Self::is_current(self)
    }

    fn discard_input(&mut self) -> Result<(), Gone> {
        Self::discard_input(self)
    }
}
