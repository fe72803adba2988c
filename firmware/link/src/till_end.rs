//! The till's end of the link. It opens sessions, offers scans to be committed, feeds a print
//! job as the hub has room, and says what became of everything it was asked to do.
//!
//! What the till must keep on disk: the name of the last committed scan and whether it was
//! confirmed ([`Resume`]), and of a print job that was begun the hub's boot id. Both before
//! answering. It never repeats a print job or a drawer pulse of its own accord.

mod job;
mod scan;
mod session;
mod words;

use heapless::{Deque, String, Vec};

use self::job::Job;
pub use self::job::PrintOutcome;
use self::scan::Committed;
use self::session::Link;
pub use self::words::{Action, DrawerEnd, Event, Resume};
use crate::channel::Channel;
pub use crate::channel::Timing;
use crate::frame::{Deframer, Frame, Side};
use crate::message::{
    Beep, BootId, DISPLAY_LINE_MAX, DrawerOutcome, FromHub, FromTill, Lights, PRINTER_NOW_MAX,
    PrinterState, ScanId,
};

/// A drawer pulse older than this is never sent.
pub const DRAWER_MAX_AGE_MS: u64 = 10_000;
const BEEPS_MAX: usize = 4;

type Act<'f> = dyn FnMut(Action<'_>) + 'f;

/// The till's state machine.
#[derive(Clone, Debug)]
pub struct TillEnd {
    deframer: Deframer,
    core: Core,
}

/// What is under way to the hub, as far as somebody waits for its arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UnderWay {
    Other,
    Verdict(ScanId),
    Drawer,
    Cancel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waiting,
    UnderWay,
    Arrived,
}

#[derive(Clone, Copy, Debug)]
struct Drawer {
    id: u32,
    asked_ms: u64,
    stage: Stage,
}

/// What the hub is to show, and whether it was told in this session.
#[derive(Clone, Debug)]
struct Shown<T> {
    value: Option<T>,
    told: bool,
}

impl<T> Shown<T> {
    const fn new() -> Self {
        Self {
            value: None,
            told: false,
        }
    }

    fn set(&mut self, value: T) {
        self.value = Some(value);
        self.told = false;
    }

    fn next(&mut self) -> Option<&T> {
        if self.told {
            return None;
        }
        self.told = true;
        self.value.as_ref()
    }
}

type Line = String<DISPLAY_LINE_MAX>;

#[derive(Clone, Debug)]
struct Core {
    till: u32,
    timing: Timing,
    channel: Channel,
    link: Link,
    sessions: u32,
    heard_ms: u64,
    try_ms: u64,
    under_way: UnderWay,
    committed: Option<Committed>,
    offered: Option<ScanId>,
    printer: Option<PrinterState>,
    print_window: u16,
    job: Option<Job>,
    printer_now: Vec<u8, PRINTER_NOW_MAX>,
    drawer: Option<Drawer>,
    beeps: Deque<Beep, BEEPS_MAX>,
    display: Shown<(Line, Line)>,
    lights: Shown<Lights>,
    scan_enable: Shown<bool>,
}

impl TillEnd {
    /// `till` is a random number of this run of the till; `resume` is what it kept on disk.
    #[must_use]
    pub fn new(till: u32, resume: Option<Resume>, timing: Timing, now_ms: u64) -> Self {
        Self {
            deframer: Deframer::new(),
            core: Core {
                till,
                timing,
                channel: Channel::new(Side::Till, timing),
                link: Link::Seeking,
                sessions: 0,
                heard_ms: now_ms,
                try_ms: now_ms,
                under_way: UnderWay::Other,
                committed: resume.map(Committed::before),
                offered: None,
                printer: None,
                print_window: 0,
                job: None,
                printer_now: Vec::new(),
                drawer: None,
                beeps: Deque::new(),
                display: Shown::new(),
                lights: Shown::new(),
                scan_enable: Shown::new(),
            },
        }
    }

    /// Takes one event and calls `act` for all that has to be done about it. Answers the moment
    /// at which to call again with [`Event::Tick`] if nothing else happens.
    pub fn step(&mut self, event: Event<'_>, now_ms: u64, act: &mut Act<'_>) -> u64 {
        let core = &mut self.core;
        match event {
            Event::Received(mut input) => loop {
                match self.deframer.poll(&mut input) {
                    Frame::Incomplete => break,
                    Frame::Malformed(_) => {}
                    Frame::Whole(header, message) => core.receive(&header, message, now_ms, act),
                }
            },
            Event::HungUp => {
                self.deframer.hang_up();
                core.close(now_ms, act);
            }
            Event::Scanned { id, verdict } => core.scanned(id, verdict, act),
            Event::Print { job, len, begun_on } => core.start_job(job, len, begun_on),
            Event::PrintData { job, offset, data } => core.print_data(job, offset, data),
            Event::PrintCancel { job } => core.cancel_job(job, act),
            Event::PrinterNow(bytes) => {
                if core.is_open() {
                    let _kept = core.printer_now.extend_from_slice(bytes);
                }
            }
            Event::OpenDrawer { id } => core.open_drawer(id, now_ms, act),
            Event::Display { upper, lower } => core.display.set((line(upper), line(lower))),
            Event::Beep(beep) => {
                if core.is_open() {
                    let _kept = core.beeps.push_back(beep);
                }
            }
            Event::Lights(lights) => core.lights.set(lights),
            Event::ScanEnable(enable) => core.scan_enable.set(enable),
            Event::Tick => {}
        }
        core.settle(now_ms, act)
    }

    /// The hub of the session, if one is open.
    #[must_use]
    pub const fn hub(&self) -> Option<BootId> {
        match self.core.link {
            Link::Open { hub } => Some(hub),
            Link::Seeking | Link::Opening { .. } => None,
        }
    }

    /// Bytes of [`Event::PrinterNow`] that would not be dropped now.
    #[must_use]
    pub fn printer_now_room(&self) -> usize {
        PRINTER_NOW_MAX.saturating_sub(self.core.printer_now.len())
    }
}

impl Core {
    fn obey(&mut self, message: FromHub<'_>, act: &mut Act<'_>) {
        match message {
            FromHub::Scan { id, scanner, data } => self.scan(id, scanner, data, act),
            FromHub::Printer(state) => {
                self.printer = Some(state);
                self.progress(act);
            }
            FromHub::PrinterSays(bytes) => act(Action::PrinterSaid(bytes)),
            FromHub::Drawer { id, outcome } => {
                if self.drawer.is_some_and(|drawer| drawer.id == id) {
                    let end = match outcome {
                        DrawerOutcome::Pulsed => DrawerEnd::Pulsed,
                        DrawerOutcome::Resting => DrawerEnd::Resting,
                    };
                    self.drawer = None;
                    act(Action::Drawer { id, end });
                }
            }
            FromHub::Status(status) => act(Action::Status(status)),
            FromHub::Notice(notice) => act(Action::Notice(notice)),
            FromHub::Hello(_) => {}
        }
    }

    fn open_drawer(&mut self, id: u32, now_ms: u64, act: &mut Act<'_>) {
        if self.drawer.is_some() {
            let end = DrawerEnd::Resting;
            act(Action::Drawer { id, end });
            return;
        }
        self.drawer = Some(Drawer {
            id,
            asked_ms: now_ms,
            stage: Stage::Waiting,
        });
    }

    fn expire_drawer(&mut self, now_ms: u64, act: &mut Act<'_>) {
        let Some(Drawer {
            id,
            asked_ms,
            stage,
        }) = self.drawer
        else {
            return;
        };
        if now_ms < asked_ms.saturating_add(DRAWER_MAX_AGE_MS) {
            return;
        }
        let end = match stage {
            Stage::Waiting => DrawerEnd::TooLate,
            Stage::UnderWay => {
                self.channel.replace(&FromTill::Nothing);
                self.under_way = UnderWay::Other;
                DrawerEnd::Unknown
            }
            Stage::Arrived => DrawerEnd::Unknown,
        };
        self.drawer = None;
        act(Action::Drawer { id, end });
    }

    /// What was under way has arrived.
    fn arrived(&mut self, act: &mut Act<'_>) {
        match core::mem::replace(&mut self.under_way, UnderWay::Other) {
            UnderWay::Other => {}
            UnderWay::Verdict(id) => {
                self.verdict_arrived(id, act);
            }
            UnderWay::Drawer => {
                if let Some(drawer) = &mut self.drawer {
                    drawer.stage = Stage::Arrived;
                }
            }
            UnderWay::Cancel => self.abandon_cancelled_job(act),
        }
    }

    /// After every event: what goes out next, when to look again.
    fn settle(&mut self, now_ms: u64, act: &mut Act<'_>) -> u64 {
        self.expire_drawer(now_ms, act);
        self.keep_session(now_ms, act);
        if self.is_open() {
            self.advance_job(act);
            if self.channel.is_free() {
                self.put_next();
            }
            self.channel.flush(now_ms, |frame| act(Action::Send(frame)));
        }
        let drawer_ms = self.drawer.map_or(u64::MAX, |drawer| {
            drawer.asked_ms.saturating_add(DRAWER_MAX_AGE_MS)
        });
        self.next_session_ms().min(drawer_ms)
    }

    fn put_next(&mut self) {
        if let Some((message, under_way)) = self.next_awaited() {
            self.under_way = under_way;
            let _under_way = self.channel.put(&message);
        } else if !self.printer_now.is_empty() {
            let _under_way = self.channel.put(&FromTill::PrinterNow(&self.printer_now));
            self.printer_now.clear();
        } else if let Some(beep) = self.beeps.pop_front() {
            let _under_way = self.channel.put(&FromTill::Beep(beep));
        } else if let Some(lights) = self.lights.next() {
            let _under_way = self.channel.put(&FromTill::Lights(*lights));
        } else if let Some(enable) = self.scan_enable.next() {
            let _under_way = self.channel.put(&FromTill::ScanEnable(*enable));
        } else if let Some((upper, lower)) = self.display.next() {
            let _under_way = self.channel.put(&FromTill::Display { upper, lower });
        } else {
            self.put_print();
        }
    }

    /// Messages whose arrival somebody waits for come first.
    fn next_awaited(&mut self) -> Option<(FromTill<'static>, UnderWay)> {
        if let Some((id, verdict)) = self.committed.as_mut().and_then(Committed::take_verdict) {
            return Some((FromTill::Scanned { id, verdict }, UnderWay::Verdict(id)));
        }
        if let Some(drawer) = &mut self.drawer
            && drawer.stage == Stage::Waiting
        {
            drawer.stage = Stage::UnderWay;
            return Some((FromTill::OpenDrawer { id: drawer.id }, UnderWay::Drawer));
        }
        self.cancel_to_say()
            .map(|job| (FromTill::PrintCancel { job }, UnderWay::Cancel))
    }
}

/// As many characters as a display line holds.
fn line(text: &str) -> Line {
    let mut line = Line::new();
    for character in text.chars() {
        if line.push(character).is_err() {
            break;
        }
    }
    line
}
