//! Carries bytes and levels between a board's ports and the logic. Nothing here waits: a port is
//! read when it has something and written as far as it takes something.

use embedded_hal::digital::OutputPin;
use embedded_io::{Read, ReadReady, Write, WriteReady};
use heapless::Vec;

use crate::driver::display::CustomerDisplay;
use crate::driver::pins::Pins;
use crate::logic::{Action, Event, Hub, Settings};

/// Bytes for the link that its port did not take yet; holds a few frames.
const LINK_OUT: usize = 768;
const SCANNER_OUT: usize = 32;
/// Bytes read from a port at once.
const READ_MAX: usize = 64;
/// Reads of one port in a turn: no port keeps the others waiting.
const READS_MAX: usize = 8;

/// A serial port that never blocks when it says it is ready.
pub trait Port: Read + ReadReady + Write + WriteReady {}

impl<P: Read + ReadReady + Write + WriteReady> Port for P {}

/// The ports of a board.
#[derive(Debug)]
pub struct Ports<L, S, P> {
    /// To the till.
    pub link: L,
    /// To the scanner.
    pub scanner: S,
    /// To the printer.
    pub printer: P,
}

/// A board: its ports, its pins, its display and the logic.
#[derive(Debug)]
pub struct Board<L, S, P, D, O, const SCAN: usize, const PRINT: usize> {
    hub: Hub<SCAN, PRINT>,
    ports: Ports<L, S, P>,
    pins: O,
    display: D,
    link_out: Vec<u8, LINK_OUT>,
    scanner_out: Vec<u8, SCANNER_OUT>,
}

/// Something that takes the output levels.
pub trait OutputPins {
    /// Writes what changed. A pin that cannot be written is tried again at the next turn.
    fn write(&mut self, outputs: crate::logic::Outputs);
}

impl<D, B, L, R, A> OutputPins for Pins<D, B, L, R, A>
where
    D: OutputPin,
    B: OutputPin,
    L: OutputPin,
    R: OutputPin,
    A: OutputPin,
{
    fn write(&mut self, outputs: crate::logic::Outputs) {
        // Nobody to tell, and the level that was not written is tried again.
        let _written = Self::write(self, outputs);
    }
}

impl<L, S, P, D, O, const SCAN: usize, const PRINT: usize> Board<L, S, P, D, O, SCAN, PRINT>
where
    L: Port,
    S: Port,
    P: Port,
    D: CustomerDisplay,
    O: OutputPins,
{
    /// A board that has just started; its pins are low.
    pub fn new(
        settings: Settings,
        ports: Ports<L, S, P>,
        pins: O,
        display: D,
        now_ms: u64,
    ) -> Self {
        Self {
            hub: Hub::new(settings, now_ms),
            ports,
            pins,
            display,
            link_out: Vec::new(),
            scanner_out: Vec::new(),
        }
    }

    /// Something that the board itself noticed: the drawer contact, overruns.
    pub fn notice(&mut self, event: Event<'_>, now_ms: u64) {
        self.step(event, now_ms);
    }

    /// Reads and writes all that is ready, once. Answers the moment at which to call again if
    /// no port becomes ready before; feed the watchdog behind it.
    pub fn turn(&mut self, now_ms: u64) -> u64 {
        let mut buffer = [0; READ_MAX];
        for _ in 0..READS_MAX {
            let Some(bytes) = read(&mut self.ports.link, &mut buffer) else {
                break;
            };
            self.step(Event::FromLink(bytes), now_ms);
        }
        for _ in 0..READS_MAX {
            let Some(bytes) = read(&mut self.ports.scanner, &mut buffer) else {
                break;
            };
            self.step(Event::FromScanner(bytes), now_ms);
        }
        for _ in 0..READS_MAX {
            let Some(bytes) = read(&mut self.ports.printer, &mut buffer) else {
                break;
            };
            self.step(Event::FromPrinter(bytes), now_ms);
        }
        while !self.hub.for_printer().is_empty() {
            let took = write(&mut self.ports.printer, self.hub.for_printer());
            if took == 0 {
                break;
            }
            self.step(Event::PrinterTook(took), now_ms);
        }
        let next_ms = self.step(Event::Tick, now_ms);
        drain(&mut self.ports.link, &mut self.link_out);
        drain(&mut self.ports.scanner, &mut self.scanner_out);
        next_ms
    }

    fn step(&mut self, event: Event<'_>, now_ms: u64) -> u64 {
        let Self {
            hub,
            display,
            link_out,
            scanner_out,
            ..
        } = self;
        let mut display_fault = false;
        let mut next_ms = hub.step(event, now_ms, &mut |action| match action {
            Action::ToLink(bytes) => put(link_out, bytes),
            Action::ToScanner(bytes) => put(scanner_out, bytes),
            Action::Display { upper, lower } => {
                display_fault |= display.show(upper, lower).is_err();
            }
        });
        if display_fault {
            next_ms = hub.step(Event::DisplayFault, now_ms, &mut |action| {
                if let Action::ToLink(bytes) = action {
                    put(link_out, bytes);
                }
            });
        }
        self.pins.write(self.hub.outputs(now_ms));
        next_ms
    }
}

/// What the port has, or `None` when it has nothing or is broken.
fn read<'b, P: Port>(port: &mut P, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    if !port.read_ready().unwrap_or(false) {
        return None;
    }
    let len = port.read(buffer).ok()?;
    buffer.get(..len).filter(|bytes| !bytes.is_empty())
}

/// How many bytes the port took.
fn write<P: Port>(port: &mut P, bytes: &[u8]) -> usize {
    if bytes.is_empty() || !port.write_ready().unwrap_or(false) {
        return 0;
    }
    port.write(bytes).unwrap_or(0)
}

/// All or nothing: a frame that does not fit is dropped whole, and the link repeats it.
fn put<const N: usize>(out: &mut Vec<u8, N>, bytes: &[u8]) {
    let _kept = out.extend_from_slice(bytes);
}

/// Writes as much of `out` as the port takes.
fn drain<P: Port, const N: usize>(port: &mut P, out: &mut Vec<u8, N>) {
    loop {
        let took = write(port, out).min(out.len());
        if took == 0 {
            return;
        }
        out.rotate_left(took);
        out.truncate(out.len() - took);
    }
}

#[cfg(test)]
mod tests;
