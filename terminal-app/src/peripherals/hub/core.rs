//! The pure part of the hub's thread: the link's end of the till, the queue of scans, and what the till is told. It opens
//! no port, reads no clock and waits for nothing; whoever drives it gives it bytes, orders and the time.

use std::collections::VecDeque;

use link::message::{Lights, Notice, ScanId, Verdict};
use link::till_end::{DrawerEnd, Event, TillEnd, Timing};

use super::printer::{HubPrinter, ToLink};
use super::scans::{ReadyScan, ScanError, ScanQueue};
use super::words::{Did, carry_out, input_of, sound};
use crate::peripherals::port::Once;
use crate::till::Beep;
use crate::till::input::{HubIdentity, HubNotice, HubState, HubStatus, Input, ScanDamage};

/// Scans that wait for a till that is behind; the next one then waits in the hub, without its beep.
const READY_MAX: usize = 32;
/// Notices that wait; the oldest goes.
const NOTICES_MAX: usize = 16;
/// A customer display that showed something since, and said nothing, is well again after this.
const DISPLAY_WELL_MS: u64 = 30_000;

/// What the till wants of the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// A pulse for the drawer, now or not at all.
    OpenDrawer,
    /// A sound.
    Beep(Beep),
    /// Both lines of the customer display.
    Show(String, String),
    /// The lights.
    Lights(Lights),
    /// Whether scans are taken.
    TakeScans(bool),
    /// The cashier has read of an unheard scan.
    Forget(i64),
}

/// Hands an input to the till, or gives it back when the till is behind.
pub type Hand<'a> = dyn FnMut(Input) -> Result<(), Input> + 'a;

/// The till's side of the hub.
pub struct Core {
    end: TillEnd,
    queue: Box<dyn ScanQueue>,
    printer: HubPrinter,
    /// Bytes for the port.
    out: Vec<u8>,
    due_ms: u64,
    /// A scan that waits for its verdict.
    offered: Option<(ScanId, Vec<u8>)>,
    /// Committed scans whose beep is known, and not yet kept as such: true when it was heard.
    settling: VecDeque<(ScanId, bool)>,
    ready: VecDeque<ReadyScan>,
    notices: VecDeque<HubNotice>,
    status: HubStatus,
    told: Option<HubStatus>,
    /// `None` until the till has said so.
    takes_scans: Option<bool>,
    drawers: u32,
    shown: bool,
    display_fault_ms: Option<u64>,
    trouble: Once,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl Core {
    /// `run` is a random number of this run of the till; the status says what hangs on the hub.
    ///
    /// # Errors
    /// When the queue of scans cannot be read.
    pub fn new(
        run: u32,
        mut queue: Box<dyn ScanQueue>,
        printer: HubPrinter,
        timing: Timing,
        devices: HubStatus,
        now_ms: u64,
    ) -> Result<Self, ScanError> {
        let end = TillEnd::new(run, queue.last()?, timing, now_ms);
        let ready = queue.ready()?.into();
        let mut status = devices;
        status.unheard = queue.unheard()?;
        Ok(Self {
            end,
            queue,
            printer,
            out: Vec::new(),
            due_ms: now_ms,
            offered: None,
            settling: VecDeque::new(),
            ready,
            notices: VecDeque::new(),
            status,
            told: None,
            takes_scans: None,
            drawers: 0,
            shown: false,
            display_fault_ms: None,
            trouble: Once::default(),
        })
    }

    /// When to call [`Core::tick`] at the latest, in ms.
    #[must_use]
    pub const fn due_ms(&self) -> u64 {
        self.due_ms
    }

    /// Bytes for the port, oldest first.
    #[must_use]
    pub fn out(&self) -> &[u8] {
        &self.out
    }

    /// The port took so many of them.
    pub fn took(&mut self, bytes: usize) {
        self.out.drain(..bytes.min(self.out.len()));
    }

    /// The port is open.
    pub fn port_opened(&mut self) {
        self.status.state = HubState::Silent;
    }

    /// The port is gone, and what waited for it.
    pub fn port_gone(&mut self, now_ms: u64) {
        self.out.clear();
        self.link(Event::HungUp, now_ms);
        self.status.state = HubState::Missing;
        self.settle(now_ms);
    }

    /// Bytes came in.
    pub fn received(&mut self, bytes: &[u8], now_ms: u64) {
        self.link(Event::Received(bytes), now_ms);
        self.settle(now_ms);
    }

    /// Time passed, or the printer's side has something to say.
    pub fn tick(&mut self, now_ms: u64) {
        self.link(Event::Tick, now_ms);
        self.settle(now_ms);
    }

    /// Does what the till wants.
    pub fn order(&mut self, order: Order, now_ms: u64) {
        match order {
            Order::OpenDrawer => {
                self.drawers = self.drawers.wrapping_add(1);
                let id = self.drawers;
                self.link(Event::OpenDrawer { id }, now_ms);
            }
            Order::Beep(beep) => self.link(Event::Beep(sound(beep)), now_ms),
            Order::Show(upper, lower) => {
                self.shown = true;
                let (upper, lower) = (&upper, &lower);
                self.link(Event::Display { upper, lower }, now_ms);
            }
            Order::Lights(lights) => self.link(Event::Lights(lights), now_ms),
            Order::TakeScans(takes) => {
                self.takes_scans = Some(takes);
                self.link(Event::ScanEnable(takes), now_ms);
            }
            Order::Forget(ticket) => {
                match self
                    .queue
                    .forget(ticket)
                    .and_then(|()| self.queue.unheard())
                {
                    Ok(unheard) => self.status.unheard = unheard,
                    Err(error) => self.troubled(&error),
                }
            }
        }
        self.settle(now_ms);
    }

    /// Something waits to be handed over.
    #[must_use]
    pub fn has_news(&self) -> bool {
        !self.ready.is_empty()
            || !self.notices.is_empty()
            || self.told.as_ref() != Some(&self.status)
    }

    /// Hands over what the till has to know: scans first, in order, until it takes no more.
    pub fn hand_over(&mut self, hand: &mut Hand<'_>, now_ms: u64) {
        while let Some(scan) = self.ready.front() {
            if hand(input_of(scan)).is_err() {
                return;
            }
            self.ready.pop_front();
        }
        while let Some(notice) = self.notices.front() {
            if hand(Input::HubSays(notice.clone())).is_err() {
                return;
            }
            self.notices.pop_front();
        }
        if self.told.as_ref() != Some(&self.status) {
            let status = self.status.clone();
            if hand(Input::Hub(Box::new(status.clone()))).is_err() {
                return;
            }
            self.told = Some(status);
        }
        // A scan may have waited for room here.
        self.decide(now_ms);
    }

    /// One event of the link, with everything that follows from it.
    fn link(&mut self, event: Event<'_>, now_ms: u64) {
        let mut did = Vec::new();
        let Self {
            end, out, printer, ..
        } = self;
        self.due_ms = end.step(event, now_ms, &mut |action| {
            carry_out(action, out, printer, &mut did);
        });
        for done in did {
            self.heard(done, now_ms);
        }
    }

    fn heard(&mut self, did: Did, now_ms: u64) {
        match did {
            Did::Here(identity) => {
                tracing::info!(firmware = identity.firmware, board = identity.board, started = ?identity.started, "hub connected");
                self.fresh(HubState::Here);
                self.saw(identity);
            }
            Did::Gone => {
                tracing::warn!("the hub is not heard any more");
                self.fresh(HubState::Silent);
            }
            Did::Incompatible(identity) => {
                if self.status.state != HubState::Incompatible {
                    tracing::warn!(
                        firmware = identity.firmware,
                        protocol = identity.protocol,
                        "the hub speaks another protocol"
                    );
                }
                self.fresh(HubState::Incompatible);
                self.saw(identity);
            }
            Did::Scan(id, data) => self.offered = Some((id, data)),
            Did::Settled(id, heard) => self.settling.push_back((id, heard)),
            Did::Drawer(end) => {
                tracing::info!(?end, "drawer");
                match end {
                    DrawerEnd::Pulsed => self.status.pulses = self.status.pulses.wrapping_add(1),
                    DrawerEnd::Resting => self.note(HubNotice::DrawerResting),
                    DrawerEnd::TooLate => self.note(HubNotice::DrawerTooLate),
                    DrawerEnd::Unknown => self.note(HubNotice::DrawerUnknown),
                }
            }
            Did::Status(status) => {
                self.status.drawer_open = status.drawer_open;
                self.status.printer_stalled = status.printer_stalled;
                self.status.scanner_errors = status.scanner_errors;
                self.status.scans_lost = status.scans_lost;
                self.status.link_errors = status.link_errors;
                self.status.overruns = status.overruns;
            }
            Did::Notice(notice) => self.notice(notice, now_ms),
        }
    }

    /// Notes who the hub is, also for commands that run while the till holds its port.
    fn saw(&mut self, identity: HubIdentity) {
        if self.status.hub.as_ref() == Some(&identity) {
            return;
        }
        if let Err(error) = self.queue.saw(&identity) {
            tracing::warn!(%error, "the hub was not noted");
        }
        self.status.hub = Some(identity);
    }

    /// Another state of the connection: what was known of the devices is old.
    fn fresh(&mut self, state: HubState) {
        self.status = HubStatus {
            state,
            hub: self.status.hub.take(),
            printer: self.status.printer,
            drawer: self.status.drawer,
            pulses: self.status.pulses,
            unheard: self.status.unheard.take(),
            ..HubStatus::default()
        };
    }

    fn notice(&mut self, notice: Notice, now_ms: u64) {
        match notice {
            Notice::ScanLost => self.note(HubNotice::ScanLost),
            Notice::ScanTooLong => self.note(HubNotice::Damaged {
                damage: ScanDamage::TooLong,
            }),
            Notice::ScannerNoise => self.note(HubNotice::Damaged {
                damage: ScanDamage::Noise,
            }),
            Notice::NoRead => tracing::debug!("the trigger was pulled, nothing was read"),
            Notice::DisplayFault => {
                self.display_fault_ms = Some(now_ms);
                self.shown = false;
            }
            Notice::NoticesLost => tracing::warn!("the hub dropped notices to make room"),
        }
    }

    fn note(&mut self, notice: HubNotice) {
        tracing::warn!(?notice, "hub");
        if self.notices.len() >= NOTICES_MAX {
            self.notices.pop_front();
        }
        self.notices.push_back(notice);
    }

    fn troubled(&mut self, error: &ScanError) {
        if self.trouble.is_new(error) {
            tracing::error!(%error, "the queue of scans");
        }
    }

    /// After everything: scans on their way through the queue, the printer's side, the display.
    fn settle(&mut self, now_ms: u64) {
        self.keep_settled();
        self.decide(now_ms);
        while let Some(next) = self.printer.next(self.end.printer_now_room()) {
            self.pass_on(next, now_ms);
        }
        let well_ms = self.display_fault_ms.map(|at| at + DISPLAY_WELL_MS);
        if self.shown && well_ms.is_some_and(|at| now_ms >= at) {
            self.display_fault_ms = None;
        }
        self.status.display_fault = self.display_fault_ms.is_some();
    }

    /// Keeps what became of committed scans; tried again when the disk does not take it.
    fn keep_settled(&mut self) {
        while let Some((id, heard)) = self.settling.front().copied() {
            let kept = if heard {
                self.queue.confirm(id).map(|ready| self.ready.extend(ready))
            } else {
                let doubted = self.queue.doubt(id);
                doubted.and_then(|()| self.queue.unheard()).map(|unheard| {
                    self.status.unheard = unheard;
                })
            };
            if let Err(error) = kept {
                return self.troubled(&error);
            }
            self.trouble.over();
            self.settling.pop_front();
        }
    }

    /// Gives the verdict on the scan that waits for one.
    fn decide(&mut self, now_ms: u64) {
        let Some(takes_scans) = self.takes_scans else {
            return;
        };
        if !self.settling.is_empty() || self.ready.len() >= READY_MAX {
            return;
        }
        let Some((id, data)) = self.offered.take() else {
            return;
        };
        let verdict = if takes_scans {
            self.queue.commit(id, &data).unwrap_or_else(|error| {
                self.troubled(&error);
                let ScanError { fault, reason } = error;
                self.note(HubNotice::ScanNotKept { fault, reason });
                Verdict::Refused
            })
        } else {
            self.note(HubNotice::ScanRefused);
            Verdict::Refused
        };
        self.link(Event::Scanned { id, verdict }, now_ms);
        self.keep_settled();
    }

    fn pass_on(&mut self, next: ToLink, now_ms: u64) {
        match next {
            ToLink::Print { job, len, begun_on } => {
                self.link(Event::Print { job, len, begun_on }, now_ms);
            }
            ToLink::Data { job, offset, data } => {
                let data = &data;
                self.link(Event::PrintData { job, offset, data }, now_ms);
            }
            ToLink::Cancel { job } => self.link(Event::PrintCancel { job }, now_ms),
            ToLink::Now(bytes) => self.link(Event::PrinterNow(&bytes), now_ms),
        }
    }
}
