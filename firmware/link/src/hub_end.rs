//! The hub's end of the link. Keeps every scan until the till has given its verdict, counts the
//! bytes of a print job, and says hello until a till opens a session. It never asks the till
//! for anything twice in a session, and never drops a scan to make room.

use heapless::{Deque, Vec};
use serde::Serialize;

use crate::PROTOCOL;
pub use crate::channel::Timing;
use crate::channel::{Channel, send_outside};
use crate::frame::{Deframer, Frame, Header, Side};
use crate::message::{
    Beep, BootId, DrawerOutcome, FromHub, FromTill, Hello, Lights, Notice, PRINTER_SAYS_MAX,
    PrinterState, ResetReason, ScanId, Session, Status,
};
use crate::scan_queue::{Refused, ScanQueue};

/// The till is told of progress after so many bytes.
const PROGRESS_STEP: u32 = 64;
const NOTICES_MAX: usize = 8;
const DRAWERS_MAX: usize = 4;
const SAYS_MAX: usize = 4 * PRINTER_SAYS_MAX;

/// Where the name of this run comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boot {
    /// The board has made one that no earlier run had: from a source of randomness, or counted
    /// in memory that survives.
    Named(BootId),
    /// The board cannot: the name is made of the nonce of the first probe, mixed with whatever
    /// the board has. Until then scans are kept and nothing is said.
    ByProbe {
        /// Content of memory after power-on, a timer, a serial number.
        seed: u32,
    },
}

/// Who this hub is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// This run.
    pub boot: Boot,
    /// Version of the firmware.
    pub firmware: &'static str,
    /// The board.
    pub board: &'static str,
    /// Why it started.
    pub reset: ResetReason,
    /// Bytes of a print job that the hub takes ahead of the printer.
    pub print_window: u16,
}

/// What happens to the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Bytes came over the link.
    Received(&'a [u8]),
    /// A code was read.
    Scanned {
        /// Which scanner.
        scanner: u8,
        /// The code as a plain scanner sends it.
        data: &'a [u8],
    },
    /// So many bytes of [`Action::Print`] left for the printer.
    PrinterTook(u16),
    /// The printer sent these.
    PrinterSaid(&'a [u8]),
    /// What became of [`Action::OpenDrawer`].
    Drawer {
        /// Its number.
        id: u32,
        /// Whether the pulse was given.
        outcome: DrawerOutcome,
    },
    /// How the devices are now; `scans_lost` and `link_errors` are counted here.
    Status(Status),
    /// Something happened.
    Notice(Notice),
    /// Time passed.
    Tick,
}

/// What has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action<'a> {
    /// Send these over the link, in order.
    Send(&'a [u8]),
    /// Sound this.
    Beep(Beep),
    /// Put these behind what already waits for the printer. Never more than
    /// [`Identity::print_window`] bytes wait at a time.
    Print(&'a [u8]),
    /// Drop what waits for the printer.
    PrintCancel,
    /// Send these to the printer before anything that waits.
    PrinterNow(&'a [u8]),
    /// Give the drawer one pulse, and report with [`Event::Drawer`].
    OpenDrawer {
        /// The number to report under.
        id: u32,
    },
    /// Show these lines.
    Display {
        /// Upper line.
        upper: &'a str,
        /// Lower line.
        lower: &'a str,
    },
    /// Set the lights.
    Lights(Lights),
    /// Let the operator scan, or not.
    ScanEnable(bool),
    /// A till is at the other end, or no longer.
    TillHere(bool),
}

/// The hub's state machine; scans of `SCAN_BYTES` bytes in all wait for the till.
#[derive(Clone, Debug)]
pub struct HubEnd<const SCAN_BYTES: usize> {
    deframer: Deframer,
    core: Core<SCAN_BYTES>,
}

#[derive(Clone, Debug)]
struct Core<const SCAN_BYTES: usize> {
    identity: Identity,
    boot: Option<BootId>,
    timing: Timing,
    started_ms: u64,
    channel: Channel,
    here: bool,
    heard_ms: u64,
    hello_ms: u64,
    scans: ScanQueue<SCAN_BYTES>,
    /// The oldest scan was put under way in this session.
    scan_offered: bool,
    printer: PrinterState,
    printer_told: Option<PrinterState>,
    says: Vec<u8, SAYS_MAX>,
    drawers: Deque<(u32, DrawerOutcome), DRAWERS_MAX>,
    notices: Deque<Notice, NOTICES_MAX>,
    status: Status,
    status_told: bool,
    link_errors: u32,
    scans_lost: u32,
}

impl<const SCAN_BYTES: usize> HubEnd<SCAN_BYTES> {
    /// A hub that has just started.
    #[must_use]
    pub fn new(identity: Identity, timing: Timing, now_ms: u64) -> Self {
        Self {
            deframer: Deframer::new(),
            core: Core {
                identity,
                boot: match identity.boot {
                    Boot::Named(boot) => Some(boot),
                    Boot::ByProbe { .. } => None,
                },
                timing,
                started_ms: now_ms,
                channel: Channel::new(Side::Hub, timing),
                here: false,
                heard_ms: now_ms,
                hello_ms: now_ms,
                scans: ScanQueue::new(),
                scan_offered: false,
                printer: PrinterState::default(),
                printer_told: None,
                says: Vec::new(),
                drawers: Deque::new(),
                notices: Deque::new(),
                status: Status::default(),
                status_told: false,
                link_errors: 0,
                scans_lost: 0,
            },
        }
    }

    /// Takes one event and calls `act` for all that has to be done about it. Answers the moment
    /// at which to call again with [`Event::Tick`] if nothing else happens.
    pub fn step(&mut self, event: Event<'_>, now_ms: u64, act: &mut dyn FnMut(Action<'_>)) -> u64 {
        let core = &mut self.core;
        match event {
            Event::Received(mut input) => loop {
                match self.deframer.poll(&mut input) {
                    Frame::Incomplete => break,
                    Frame::Malformed(_) => core.link_errors = core.link_errors.saturating_add(1),
                    Frame::Whole(header, message) => core.receive(&header, message, now_ms, act),
                }
            },
            Event::Scanned { scanner, data } => core.scanned(scanner, data, act),
            Event::PrinterTook(bytes) => {
                let sent = core.printer.sent.saturating_add(u32::from(bytes));
                core.printer.sent = sent.min(core.printer.received);
            }
            Event::PrinterSaid(bytes) => core.printer_said(bytes),
            Event::Drawer { id, outcome } => {
                if core.drawers.is_full() {
                    core.drawers.pop_front();
                }
                let _kept = core.drawers.push_back((id, outcome));
            }
            Event::Status(mut status) => {
                status.link_errors = core.status.link_errors;
                status.scans_lost = core.status.scans_lost;
                core.status_told &= core.status == status;
                core.status = status;
            }
            Event::Notice(notice) => core.notice(notice),
            Event::Tick => {}
        }
        core.settle(now_ms, act)
    }

    /// Scans that wait for the till's verdict.
    #[must_use]
    pub const fn scans_waiting(&self) -> usize {
        self.core.scans.len()
    }

    /// Whether a till is at the other end.
    #[must_use]
    pub const fn till_here(&self) -> bool {
        self.core.here
    }
}

impl<const SCAN_BYTES: usize> Core<SCAN_BYTES> {
    fn in_session(&self) -> bool {
        self.channel.session() != Session::default()
    }

    fn receive(
        &mut self,
        header: &Header,
        message: &[u8],
        now_ms: u64,
        act: &mut dyn FnMut(Action<'_>),
    ) {
        if header.from != Side::Till {
            return;
        }
        if header.sequence == 0 && !message.is_empty() {
            self.receive_outside(header.session, message, now_ms);
            return;
        }
        if !self.in_session() || header.session != self.channel.session() {
            self.hello_ms = now_ms;
            return;
        }
        self.heard(now_ms);
        if !self.channel.receive(header).deliver {
            return;
        }
        if let Ok(message) = postcard::from_bytes(message) {
            self.obey(message, act);
        }
    }

    fn receive_outside(&mut self, session: Session, message: &[u8], now_ms: u64) {
        let Ok(message) = postcard::from_bytes::<FromTill<'_>>(message) else {
            return;
        };
        match message {
            FromTill::Probe { nonce } => {
                if let Boot::ByProbe { seed } = self.identity.boot {
                    self.boot.get_or_insert(BootId(mix(seed, nonce).max(1)));
                }
                self.hello_ms = now_ms;
            }
            FromTill::Open { protocol, hub } => {
                let current = self.channel.session();
                let older = session.till == current.till && session.number < current.number;
                if older || session == Session::default() {
                    return;
                }
                self.hello_ms = now_ms;
                if Some(hub) == self.boot && protocol == PROTOCOL && session != current {
                    self.begin(session);
                    self.heard(now_ms);
                }
            }
            _ => {}
        }
    }

    const fn heard(&mut self, now_ms: u64) {
        self.heard_ms = now_ms;
    }

    fn begin(&mut self, session: Session) {
        self.channel.begin(session);
        self.scan_offered = false;
        self.printer_told = None;
        self.status_told = false;
        self.drawers.clear();
    }

    fn obey(&mut self, message: FromTill<'_>, act: &mut dyn FnMut(Action<'_>)) {
        match message {
            FromTill::Scanned { id, verdict } => {
                let oldest = self.scans.front().map(|(sequence, ..)| sequence);
                if Some(id.boot) == self.boot && oldest == Some(id.sequence) {
                    self.scans.pop();
                    self.scan_offered = false;
                    act(Action::Beep(verdict.beep()));
                }
            }
            FromTill::Print { job, offset, data } => self.print(job, offset, data, act),
            FromTill::PrintCancel { job } => {
                if self.printer.job == Some(job) {
                    self.printer.received = self.printer.sent;
                    self.printer_told = None;
                    act(Action::PrintCancel);
                }
            }
            FromTill::PrinterNow(bytes) => act(Action::PrinterNow(bytes)),
            FromTill::OpenDrawer { id } => act(Action::OpenDrawer { id }),
            FromTill::Display { upper, lower } => act(Action::Display { upper, lower }),
            FromTill::Beep(beep) => act(Action::Beep(beep)),
            FromTill::Lights(lights) => act(Action::Lights(lights)),
            FromTill::ScanEnable(enable) => act(Action::ScanEnable(enable)),
            FromTill::Probe { .. } | FromTill::Open { .. } | FromTill::Nothing => {}
        }
    }

    fn print(&mut self, job: u64, offset: u32, data: &[u8], act: &mut dyn FnMut(Action<'_>)) {
        let drained = self.printer.sent == self.printer.received;
        if self.printer.job != Some(job) && offset == 0 && drained {
            self.printer = PrinterState {
                job: Some(job),
                received: 0,
                sent: 0,
            };
        }
        let waiting = self.printer.received - self.printer.sent;
        let room = u32::from(self.identity.print_window).saturating_sub(waiting);
        let fits = u32::try_from(data.len()).ok().filter(|len| *len <= room);
        match fits {
            Some(len) if self.printer.job == Some(job) && self.printer.received == offset => {
                self.printer.received += len;
                act(Action::Print(data));
            }
            // Not what was agreed: say again how far the printer is.
            _ => self.printer_told = None,
        }
    }

    fn scanned(&mut self, scanner: u8, data: &[u8], act: &mut dyn FnMut(Action<'_>)) {
        let notice = match self.scans.push(scanner, data) {
            Ok(()) => return,
            Err(Refused::Full) => Notice::ScanLost,
            Err(Refused::TooLong) => Notice::ScanTooLong,
        };
        self.scans_lost = self.scans_lost.saturating_add(1);
        self.notice(notice);
        act(Action::Beep(Beep::Attention));
    }

    fn notice(&mut self, notice: Notice) {
        if self.notices.is_full() {
            // The oldest two make room for the new one and for saying so.
            self.notices.pop_front();
            self.notices.pop_front();
            let _kept = self.notices.push_front(Notice::NoticesLost);
        }
        let _kept = self.notices.push_back(notice);
    }

    fn printer_said(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if self.says.is_full() {
                self.says.remove(0);
            }
            let _kept = self.says.push(byte);
        }
    }

    /// After every event: who is here, what goes out next, when to look again.
    fn settle(&mut self, now_ms: u64, act: &mut dyn FnMut(Action<'_>)) -> u64 {
        let gone_ms = self.heard_ms.saturating_add(u64::from(self.timing.gone_ms));
        let here = self.in_session() && now_ms < gone_ms;
        if here != self.here {
            self.here = here;
            self.hello_ms = self.hello_ms.min(now_ms);
            act(Action::TillHere(here));
        }
        if now_ms >= self.hello_ms {
            self.say_hello(now_ms, act);
        }
        if !self.in_session() {
            return self.hello_ms;
        }
        if self.channel.is_free() {
            self.put_next();
        }
        self.channel.flush(now_ms, |frame| act(Action::Send(frame)));
        let next_ms = self.channel.next_ms().min(self.hello_ms);
        if here { next_ms.min(gone_ms) } else { next_ms }
    }

    fn say_hello(&mut self, now_ms: u64, act: &mut dyn FnMut(Action<'_>)) {
        self.hello_ms = if self.here {
            u64::MAX
        } else {
            now_ms.saturating_add(u64::from(self.timing.alive_ms))
        };
        let Some(boot) = self.boot else {
            return;
        };
        let uptime_s = now_ms.saturating_sub(self.started_ms) / 1_000;
        let hello = FromHub::Hello(Hello {
            protocol: PROTOCOL,
            boot,
            session: self.channel.session(),
            firmware: self.identity.firmware,
            board: self.identity.board,
            uptime_s: u32::try_from(uptime_s).unwrap_or(u32::MAX),
            reset: self.identity.reset,
            print_window: self.identity.print_window,
        });
        send_outside(Side::Hub, self.channel.session(), &hello, |frame| {
            act(Action::Send(frame));
        });
    }

    fn put_next(&mut self) {
        if self.printer_told.is_none() {
            self.tell_printer();
        } else if let (false, Some(boot), Some((sequence, scanner, data))) =
            (self.scan_offered, self.boot, self.scans.front())
        {
            let id = ScanId { boot, sequence };
            let message = FromHub::Scan { id, scanner, data };
            self.scan_offered = self.channel.put(&message);
        } else if let Some((id, outcome)) = self.drawers.pop_front() {
            self.put(&FromHub::Drawer { id, outcome });
        } else if !self.says.is_empty() {
            let len = self.says.len().min(PRINTER_SAYS_MAX);
            let bytes = self.says.get(..len).unwrap_or(&[]);
            self.channel.put(&FromHub::PrinterSays(bytes));
            self.says.rotate_left(len);
            self.says.truncate(self.says.len() - len);
        } else if let Some(notice) = self.notices.pop_front() {
            self.put(&FromHub::Notice(notice));
        } else if self.printer_is_news() {
            self.tell_printer();
        } else if !self.status_told || self.own_counts_are_news() {
            self.status_told = true;
            self.status.link_errors = self.link_errors;
            self.status.scans_lost = self.scans_lost;
            self.put(&FromHub::Status(self.status));
        }
    }

    fn put(&mut self, message: &impl Serialize) {
        // Called only when the channel is free, with messages that are always short enough.
        let _under_way = self.channel.put(message);
    }

    fn tell_printer(&mut self) {
        self.printer_told = Some(self.printer);
        self.put(&FromHub::Printer(self.printer));
    }

    /// Progress worth a message: the job is through, or a good step further.
    fn printer_is_news(&self) -> bool {
        self.printer_told.is_some_and(|told| {
            told != self.printer
                && (self.printer.sent == self.printer.received
                    || told.job != self.printer.job
                    || self.printer.sent.saturating_sub(told.sent) >= PROGRESS_STEP)
        })
    }

    const fn own_counts_are_news(&self) -> bool {
        self.status.link_errors != self.link_errors || self.status.scans_lost != self.scans_lost
    }
}

/// Every bit of the result depends on every bit of both (the finalizer of MurmurHash3, which is
/// a bijection for either argument).
pub(crate) const fn mix(a: u32, b: u32) -> u32 {
    let mut h = a.rotate_left(16) ^ b;
    h ^= h >> 16;
    h = h.wrapping_mul(0x85EB_CA6B);
    h ^= h >> 13;
    h = h.wrapping_mul(0xC2B2_AE35);
    h ^ (h >> 16)
}
