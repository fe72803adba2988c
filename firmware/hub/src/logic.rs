//! The hub itself, as a pure state machine over the link, the device parsers and the timing of
//! drawer, buzzer and lamps. It keeps a scan before it acknowledges it to the scanner, and
//! counts a byte as printed when the printer's port has taken it.

mod scanner;

use devices::scanner::{plain, ssi};
use heapless::{Deque, Vec};
use link::hub_end::{self, Boot, HubEnd, Identity, Timing};
use link::message::{DrawerOutcome, Lights, Notice, ResetReason, Status};

use self::scanner::{Heard, Port};
use crate::buzzer::Buzzer;
use crate::drawer::{self, Drawer};
use crate::lamps::{Lamps, Lit};

/// Bytes past the print job that wait for the printer.
const NOW_MAX: usize = 64;
/// Neither occurs in any answer of a printer.
const XON: u8 = 0x11;
const XOFF: u8 = 0x13;
/// The printer counts as stalled when it takes nothing for so long.
const STALL_MS: u64 = 2_000;
/// Drawer pulses in one event: the till asks for one at a time.
const PULSES_MAX: usize = 4;

/// How the scanner speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Text with a suffix.
    Plain(plain::Settings),
    /// Packets.
    Ssi(ssi::decoder::Settings),
}

/// What a board decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The name of this run of the hub.
    pub boot: Boot,
    /// Version of the firmware.
    pub firmware: &'static str,
    /// The board.
    pub board: &'static str,
    /// Why it started.
    pub reset: ResetReason,
    /// How the scanner speaks.
    pub scanner: Protocol,
    /// The drawer's coil.
    pub drawer: drawer::Settings,
    /// The link's time-outs.
    pub timing: Timing,
}

/// What happens to the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Bytes came over the link.
    FromLink(&'a [u8]),
    /// Bytes came from the scanner.
    FromScanner(&'a [u8]),
    /// Bytes came from the printer.
    FromPrinter(&'a [u8]),
    /// The printer's port took this many of [`Hub::for_printer`].
    PrinterTook(usize),
    /// The drawer contact.
    DrawerContact {
        /// Whether it is open.
        open: bool,
    },
    /// The customer display did not answer.
    DisplayFault,
    /// So many bytes of the devices came faster than they were read.
    Overruns(u32),
    /// Time passed.
    Tick,
}

/// What has to be done at once. Drawer, buzzer and lamps are read with [`Hub::outputs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action<'a> {
    /// Send these over the link, all or none.
    ToLink(&'a [u8]),
    /// Send these to the scanner.
    ToScanner(&'a [u8]),
    /// Show these lines.
    Display {
        /// Upper line.
        upper: &'a str,
        /// Lower line.
        lower: &'a str,
    },
}

/// The levels of the pins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outputs {
    /// The drawer's coil.
    pub drawer: bool,
    /// The buzzer.
    pub buzzer: bool,
    /// The lights.
    pub lit: Lit,
}

type Act<'f> = dyn FnMut(Action<'_>) + 'f;

/// The hub; `SCAN` bytes of scans wait for the till, `PRINT` bytes for the printer.
#[derive(Clone, Debug)]
pub struct Hub<const SCAN: usize, const PRINT: usize> {
    end: HubEnd<SCAN>,
    scanner: Port,
    devices: Devices<PRINT>,
}

/// Everything that the link commands.
#[derive(Clone, Debug)]
struct Devices<const PRINT: usize> {
    print: Deque<u8, PRINT>,
    print_now: Deque<u8, NOW_MAX>,
    /// The printer said XOFF: its buffer is full, only what passes the job may be sent.
    printer_full: bool,
    printer_took_ms: u64,
    drawer: Drawer,
    buzzer: Buzzer,
    lamps: Lamps,
    status: Status,
    scan_enable: Option<bool>,
    /// To be reported to the link after the event in progress.
    pulses: Vec<(u32, DrawerOutcome), PULSES_MAX>,
    /// A scan could not be kept.
    refused: bool,
}

impl<const SCAN: usize, const PRINT: usize> Hub<SCAN, PRINT> {
    /// A hub that has just started.
    #[must_use]
    pub fn new(settings: Settings, now_ms: u64) -> Self {
        let identity = Identity {
            boot: settings.boot,
            firmware: settings.firmware,
            board: settings.board,
            reset: settings.reset,
            print_window: u16::try_from(PRINT).unwrap_or(u16::MAX),
        };
        Self {
            end: HubEnd::new(identity, settings.timing, now_ms),
            scanner: Port::new(settings.scanner),
            devices: Devices {
                print: Deque::new(),
                print_now: Deque::new(),
                printer_full: false,
                printer_took_ms: now_ms,
                drawer: Drawer::new(settings.drawer, now_ms),
                buzzer: Buzzer::new(),
                lamps: Lamps::default(),
                status: Status::default(),
                scan_enable: None,
                pulses: Vec::new(),
                refused: false,
            },
        }
    }

    /// Takes one event and calls `act` for all that has to be done at once. Answers the moment
    /// at which to call again with [`Event::Tick`] if nothing else happens.
    pub fn step(&mut self, event: Event<'_>, now_ms: u64, act: &mut Act<'_>) -> u64 {
        self.devices.drawer.advance(now_ms);
        self.devices.buzzer.advance(now_ms);
        match event {
            Event::FromLink(bytes) => {
                self.link(hub_end::Event::Received(bytes), now_ms, act);
            }
            Event::FromScanner(bytes) => self.scanner_sent(bytes, now_ms, act),
            Event::FromPrinter(bytes) => {
                self.devices.flow_control(bytes);
                self.link(hub_end::Event::PrinterSaid(bytes), now_ms, act);
            }
            Event::PrinterTook(bytes) => {
                let printed = self.devices.printer_took(bytes, now_ms);
                if printed > 0 {
                    self.link(hub_end::Event::PrinterTook(printed), now_ms, act);
                }
            }
            Event::DrawerContact { open } => self.devices.status.drawer_open = Some(open),
            Event::DisplayFault => {
                self.link(hub_end::Event::Notice(Notice::DisplayFault), now_ms, act);
            }
            Event::Overruns(bytes) => {
                let status = &mut self.devices.status;
                status.overruns = status.overruns.saturating_add(bytes);
            }
            Event::Tick => self.scanner_sent(&[], now_ms, act),
        }
        self.settle(now_ms, act)
    }

    /// Bytes for the printer, oldest first, possibly not all of them. Tell how many its port
    /// took with [`Event::PrinterTook`] before any other event.
    #[must_use]
    pub fn for_printer(&self) -> &[u8] {
        let devices = &self.devices;
        if !devices.print_now.is_empty() {
            devices.print_now.as_slices().0
        } else if devices.printer_full {
            &[]
        } else {
            devices.print.as_slices().0
        }
    }

    /// The levels of the pins at this moment.
    #[must_use]
    pub fn outputs(&self, now_ms: u64) -> Outputs {
        Outputs {
            drawer: self.devices.drawer.is_on(),
            buzzer: self.devices.buzzer.is_on(),
            lit: self.devices.lamps.lit(now_ms),
        }
    }

    fn scanner_sent(&mut self, mut input: &[u8], now_ms: u64, act: &mut Act<'_>) {
        loop {
            let Self {
                end,
                scanner,
                devices,
            } = self;
            devices.refused = false;
            let mut link = |event| {
                end.step(event, now_ms, &mut |action| {
                    devices.carry_out(action, now_ms, act);
                });
            };
            let reply = match scanner.poll(&mut input, now_ms) {
                Heard::Nothing => return,
                Heard::Code { data, reply } => {
                    link(hub_end::Event::Scanned { scanner: 0, data });
                    // A code that cannot be kept must not be beeped for by the scanner.
                    if core::mem::take(&mut devices.refused) && !reply.is_empty() {
                        ssi::NAK_DENIED
                    } else {
                        reply
                    }
                }
                Heard::NoRead { reply } => {
                    link(hub_end::Event::Notice(Notice::NoRead));
                    reply
                }
                Heard::Noise { reply } => {
                    link(hub_end::Event::Notice(Notice::ScannerNoise));
                    let errors = &mut devices.status.scanner_errors;
                    *errors = errors.saturating_add(1);
                    reply
                }
                Heard::Other { reply } => reply,
            };
            if !reply.is_empty() {
                act(Action::ToScanner(reply));
            }
        }
    }

    fn link(&mut self, event: hub_end::Event<'_>, now_ms: u64, act: &mut Act<'_>) -> u64 {
        let Self { end, devices, .. } = self;
        end.step(event, now_ms, &mut |action| {
            devices.carry_out(action, now_ms, act);
        })
    }

    fn settle(&mut self, now_ms: u64, act: &mut Act<'_>) -> u64 {
        while let Some((id, outcome)) = self.devices.pulses.pop() {
            self.link(hub_end::Event::Drawer { id, outcome }, now_ms, act);
        }
        if let Some(enable) = self.devices.scan_enable.take() {
            self.scanner
                .enable(enable, &mut |bytes| act(Action::ToScanner(bytes)));
        }
        self.devices.watch_printer(now_ms);
        let status = self.devices.status;
        let link_ms = self.link(hub_end::Event::Status(status), now_ms, act);
        [
            link_ms,
            self.scanner.deadline_ms(),
            self.devices.next_ms(now_ms),
        ]
        .into_iter()
        .fold(u64::MAX, u64::min)
    }
}

impl<const PRINT: usize> Devices<PRINT> {
    fn carry_out(&mut self, action: hub_end::Action<'_>, now_ms: u64, act: &mut Act<'_>) {
        match action {
            hub_end::Action::Send(bytes) => act(Action::ToLink(bytes)),
            hub_end::Action::Beep(beep) => {
                self.buzzer.play(beep, now_ms);
                self.refused |= beep == link::message::Beep::Attention;
            }
            hub_end::Action::Print(bytes) => {
                if self.print.is_empty() {
                    self.printer_took_ms = now_ms;
                }
                for byte in bytes {
                    // Never full: the link keeps to the window, which is this capacity.
                    let _kept = self.print.push_back(*byte);
                }
            }
            hub_end::Action::PrintCancel => {
                self.print.clear();
                self.printer_full = false;
            }
            hub_end::Action::PrinterNow(bytes) => {
                if NOW_MAX - self.print_now.len() >= bytes.len() {
                    for byte in bytes {
                        let _kept = self.print_now.push_back(*byte);
                    }
                }
            }
            hub_end::Action::OpenDrawer { id } => {
                let outcome = self.drawer.open(now_ms);
                let _kept = self.pulses.push((id, outcome));
            }
            hub_end::Action::Display { upper, lower } => act(Action::Display { upper, lower }),
            hub_end::Action::Lights(lights) => self.lamps.wanted = lights,
            hub_end::Action::ScanEnable(enable) => self.scan_enable = Some(enable),
            hub_end::Action::TillHere(here) => {
                self.lamps.till_here = here;
                if !here {
                    self.lamps.wanted = Lights::default();
                }
            }
        }
    }

    /// Takes bytes off the queue that [`Hub::for_printer`] showed; answers how many of them
    /// belong to the print job.
    fn printer_took(&mut self, bytes: usize, now_ms: u64) -> u16 {
        self.printer_took_ms = now_ms;
        if !self.print_now.is_empty() {
            for _ in 0..bytes {
                self.print_now.pop_front();
            }
            return 0;
        }
        let taken = bytes.min(self.print.len());
        for _ in 0..taken {
            self.print.pop_front();
        }
        u16::try_from(taken).unwrap_or(u16::MAX)
    }

    fn flow_control(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match *byte {
                XON => self.printer_full = false,
                XOFF => self.printer_full = true,
                _ => {}
            }
        }
    }

    fn watch_printer(&mut self, now_ms: u64) {
        let waits = !self.print.is_empty() || !self.print_now.is_empty();
        let stalled_ms = self.printer_took_ms.saturating_add(STALL_MS);
        self.status.printer_stalled = waits && now_ms >= stalled_ms;
    }

    fn next_ms(&self, now_ms: u64) -> u64 {
        let waits = !self.print.is_empty() && !self.status.printer_stalled;
        let stall_ms = if waits {
            self.printer_took_ms.saturating_add(STALL_MS)
        } else {
            u64::MAX
        };
        self.drawer
            .next_ms()
            .min(self.buzzer.next_ms())
            .min(self.lamps.next_ms(now_ms))
            .min(stall_ms)
    }
}

#[cfg(test)]
mod tests;
