//! One end of the link against an other end that the test speaks by hand, frame by frame: what
//! belongs to another session, another run or another version of the protocol changes nothing,
//! and what was said before is not obeyed again, however late it comes.

#![expect(
    clippy::expect_used,
    reason = "messages of the test are short enough for a frame"
)]

use link::PROTOCOL;
use link::frame::{Deframer, Frame, Header, Side, encode};
use link::hub_end::{self, Boot, HubEnd, Identity};
use link::message::{
    Beep, BootId, DrawerOutcome, FromHub, FromTill, Hello, PrinterState, ResetReason, ScanId,
    Session, Verdict,
};
use link::till_end::{self, DrawerEnd, PrintOutcome, Resume, TillEnd, Timing};
use serde::Serialize;

const BOOT: BootId = BootId(7);
const OTHER_BOOT: BootId = BootId(8);

const fn session(number: u32) -> Session {
    Session { till: 1, number }
}

const fn scan(boot: BootId, sequence: u32) -> ScanId {
    ScanId { boot, sequence }
}

/// A frame as it goes over the cable; `sequence` 0 is outside the sequence.
fn wire(from: Side, session: Session, sequence: u32, message: &impl Serialize) -> Vec<u8> {
    let mut room = [0; 300];
    let message = postcard::to_slice(message, &mut room).expect("short enough");
    let header = Header {
        from,
        session,
        sequence,
        acknowledged: 0,
    };
    encode(&header, message).expect("short enough").to_vec()
}

/// What the hub did, as far as anybody could notice.
#[derive(Debug, PartialEq, Eq)]
enum Did {
    Beep(Beep),
    Print(Vec<u8>),
    Pulse(u32),
    Here(bool),
}

struct Hub {
    end: HubEnd<200>,
    now_ms: u64,
    sent: Vec<u8>,
}

impl Hub {
    fn new() -> Self {
        let identity = Identity {
            boot: Boot::Named(BOOT),
            firmware: "1",
            board: "x",
            reset: ResetReason::Pin,
            print_window: 64,
        };
        Self {
            end: HubEnd::new(identity, Timing::default(), 0),
            now_ms: 0,
            sent: Vec::new(),
        }
    }

    /// In session 2, which the till opened after it gave up its first.
    fn open() -> Self {
        let mut hub = Self::new();
        assert_eq!(
            hub.hears_open(session(2), PROTOCOL, BOOT),
            [Did::Here(true)]
        );
        hub
    }

    fn takes(&mut self, event: hub_end::Event<'_>) -> Vec<Did> {
        let mut done = Vec::new();
        let sent = &mut self.sent;
        self.end
            .step(event, self.now_ms, &mut |action| match action {
                hub_end::Action::Send(bytes) => sent.extend(bytes),
                hub_end::Action::Beep(beep) => done.push(Did::Beep(beep)),
                hub_end::Action::Print(bytes) => done.push(Did::Print(bytes.to_vec())),
                hub_end::Action::OpenDrawer { id } => done.push(Did::Pulse(id)),
                hub_end::Action::TillHere(here) => done.push(Did::Here(here)),
                _ => {}
            });
        done
    }

    fn hears(&mut self, session: Session, sequence: u32, message: FromTill<'_>) -> Vec<Did> {
        let bytes = wire(Side::Till, session, sequence, &message);
        self.takes(hub_end::Event::Received(&bytes))
    }

    fn hears_open(&mut self, session: Session, protocol: u8, hub: BootId) -> Vec<Did> {
        self.hears(session, 0, FromTill::Open { protocol, hub })
    }

    fn reads(&mut self, code: &str) {
        let data = code.as_bytes();
        assert_eq!(self.takes(hub_end::Event::Scanned { scanner: 0, data }), []);
    }

    /// The messages it sent since the last call, in its sequence.
    fn said(&mut self) -> Vec<Vec<u8>> {
        let sent = core::mem::take(&mut self.sent);
        let mut input = &sent[..];
        let mut deframer = Deframer::new();
        let mut said = Vec::new();
        while let Frame::Whole(header, message) = deframer.poll(&mut input) {
            if header.sequence != 0 {
                said.push(message.to_vec());
            }
        }
        said
    }
}

#[test]
fn a_hub_of_another_run_is_not_opened() {
    let mut hub = Hub::new();
    assert_eq!(hub.hears_open(session(2), PROTOCOL, OTHER_BOOT), []);
    assert_eq!(hub.hears(session(2), 1, FromTill::OpenDrawer { id: 1 }), []);
    assert!(!hub.end.till_here());
}

#[test]
fn a_till_of_another_version_opens_no_session() {
    let mut hub = Hub::new();
    assert_eq!(hub.hears_open(session(2), PROTOCOL + 1, BOOT), []);
    assert!(!hub.end.till_here());
}

#[test]
fn a_session_that_is_over_is_not_opened_again() {
    let mut hub = Hub::open();
    assert_eq!(hub.hears_open(session(1), PROTOCOL, BOOT), []);
    let pulse = hub.hears(session(2), 1, FromTill::OpenDrawer { id: 1 });
    assert_eq!(pulse, [Did::Pulse(1)], "session 2 goes on");
}

#[test]
fn an_offer_that_comes_again_does_not_begin_the_session_anew() {
    let mut hub = Hub::open();
    let pulse = FromTill::OpenDrawer { id: 1 };
    assert_eq!(hub.hears(session(2), 1, pulse), [Did::Pulse(1)]);
    assert_eq!(hub.hears_open(session(2), PROTOCOL, BOOT), []);
    assert_eq!(hub.hears(session(2), 1, pulse), [], "a second pulse");
}

#[test]
fn frames_of_another_session_are_not_obeyed_by_the_hub() {
    let mut hub = Hub::open();
    let pulse = FromTill::OpenDrawer { id: 1 };
    assert_eq!(hub.hears(session(1), 1, pulse), []);
    let other = Session { till: 9, number: 2 };
    assert_eq!(hub.hears(other, 1, pulse), []);
    assert_eq!(hub.hears(session(2), 1, pulse), [Did::Pulse(1)]);
}

#[test]
fn a_message_out_of_turn_is_not_obeyed() {
    let mut hub = Hub::open();
    assert_eq!(hub.hears(session(2), 2, FromTill::OpenDrawer { id: 2 }), []);
    let first = hub.hears(session(2), 1, FromTill::OpenDrawer { id: 1 });
    assert_eq!(first, [Did::Pulse(1)]);
}

#[test]
fn what_the_hub_itself_sent_is_not_obeyed() {
    let mut hub = Hub::open();
    let echo = wire(Side::Hub, session(2), 1, &FromTill::OpenDrawer { id: 1 });
    assert_eq!(hub.takes(hub_end::Event::Received(&echo)), []);
}

#[test]
fn a_verdict_on_another_scan_beeps_for_none() {
    let mut hub = Hub::open();
    hub.reads("]E08712345678906");
    let verdict = Verdict::Good;
    for (sequence, id) in [
        (1, scan(OTHER_BOOT, 1)),
        (2, scan(BOOT, 2)),
        (3, scan(BOOT, 0)),
    ] {
        let message = FromTill::Scanned { id, verdict };
        assert_eq!(hub.hears(session(2), sequence, message), [], "{id:?}");
        assert_eq!(hub.end.scans_waiting(), 1, "{id:?}");
    }
    let id = scan(BOOT, 1);
    let message = FromTill::Scanned { id, verdict };
    let beep = hub.hears(session(2), 4, message);
    assert_eq!(beep, [Did::Beep(Beep::Good)]);
    assert_eq!(hub.hears(session(2), 5, message), [], "one beep each");
}

#[test]
fn print_data_from_another_place_are_refused_and_the_place_is_said_again() {
    let mut hub = Hub::open();
    let print = |offset, data| {
        let job = 5;
        FromTill::Print { job, offset, data }
    };
    let first = hub.hears(session(2), 1, print(0, b"abc"));
    assert_eq!(first, [Did::Print(b"abc".to_vec())]);
    assert_eq!(hub.hears(session(2), 2, print(0, b"abc")), [], "doubled");
    assert_eq!(hub.hears(session(2), 3, print(4, b"e")), [], "a gap");
    hub.said();
    // Whatever was under way is acknowledged, so that there is room for more.
    for sequence in 4..8 {
        hub.acknowledge(session(2), sequence);
    }
    let state = FromHub::Printer(PrinterState {
        job: Some(5),
        received: 3,
        sent: 0,
    });
    let mut room = [0; 60];
    let state = postcard::to_slice(&state, &mut room)
        .expect("short")
        .to_vec();
    assert!(hub.said().contains(&state), "where it is");
    let third = hub.hears(session(2), 4, print(3, b"d"));
    assert_eq!(third, [Did::Print(b"d".to_vec())]);
}

#[test]
fn another_job_waits_until_the_printer_has_the_last_one() {
    let mut hub = Hub::open();
    let print = |job, data| FromTill::Print {
        job,
        offset: 0,
        data,
    };
    let first = hub.hears(session(2), 1, print(5, b"abc"));
    assert_eq!(first, [Did::Print(b"abc".to_vec())]);
    assert_eq!(hub.hears(session(2), 2, print(6, b"x")), []);
    assert_eq!(hub.takes(hub_end::Event::PrinterTook(3)), []);
    let second = hub.hears(session(2), 3, print(6, b"x"));
    assert_eq!(second, [Did::Print(b"x".to_vec())]);
}

impl Hub {
    /// Says that everything arrived that the hub said up to number `sequence`.
    fn acknowledge(&mut self, session: Session, sequence: u32) {
        let header = |acknowledged| Header {
            from: Side::Till,
            session,
            sequence: 0,
            acknowledged,
        };
        for acknowledged in 0..=sequence {
            let frame = encode(&header(acknowledged), &[]).expect("short");
            self.takes(hub_end::Event::Received(&frame));
        }
    }
}

/// What the till was told to do.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Here,
    Gone,
    Incompatible(u8),
    Scan(ScanId),
    Confirmed(ScanId),
    Unconfirmed(ScanId),
    Drawer(DrawerEnd),
    Wanted(u32, u16),
    Ended(PrintOutcome),
}

struct Till {
    end: TillEnd,
    now_ms: u64,
    sent: Vec<u8>,
}

impl Till {
    fn new(resume: Option<Resume>) -> Self {
        Self {
            end: TillEnd::new(1, resume, Timing::default(), 0),
            now_ms: 0,
            sent: Vec::new(),
        }
    }

    /// In its first session, with this run of a hub whose printer has nothing.
    fn open(resume: Option<Resume>, boot: BootId) -> Self {
        let mut till = Self::new(resume);
        till.meets(session(1), boot);
        till
    }

    fn meets(&mut self, with: Session, boot: BootId) -> Vec<Told> {
        self.hears_hello(Session::default(), PROTOCOL, boot);
        self.hears_hello(with, PROTOCOL, boot)
    }

    fn takes(&mut self, event: till_end::Event<'_>) -> Vec<Told> {
        let mut told = Vec::new();
        let sent = &mut self.sent;
        self.end
            .step(event, self.now_ms, &mut |action| match action {
                till_end::Action::Send(bytes) => sent.extend(bytes),
                till_end::Action::HubHere(_) => told.push(Told::Here),
                till_end::Action::HubGone => told.push(Told::Gone),
                till_end::Action::Incompatible(hello) => {
                    told.push(Told::Incompatible(hello.protocol));
                }
                till_end::Action::Scan { id, .. } => told.push(Told::Scan(id)),
                till_end::Action::Confirmed(id) => told.push(Told::Confirmed(id)),
                till_end::Action::Unconfirmed(id) => told.push(Told::Unconfirmed(id)),
                till_end::Action::Drawer { end, .. } => told.push(Told::Drawer(end)),
                till_end::Action::PrintWanted { offset, len, .. } => {
                    told.push(Told::Wanted(offset, len));
                }
                till_end::Action::PrintEnded { outcome, .. } => told.push(Told::Ended(outcome)),
                _ => {}
            });
        told
    }

    fn hears(&mut self, session: Session, sequence: u32, message: FromHub<'_>) -> Vec<Told> {
        let bytes = wire(Side::Hub, session, sequence, &message);
        self.takes(till_end::Event::Received(&bytes))
    }

    fn hears_hello(&mut self, session: Session, protocol: u8, boot: BootId) -> Vec<Told> {
        let hello = Hello {
            protocol,
            boot,
            session,
            firmware: "1",
            board: "x",
            uptime_s: 1,
            reset: ResetReason::PowerOn,
            print_window: 64,
        };
        self.hears(session, 0, FromHub::Hello(hello))
    }

    fn hears_scan(&mut self, session: Session, sequence: u32, id: ScanId) -> Vec<Told> {
        let (scanner, data) = (0, &b"]E08712345678906"[..]);
        self.hears(session, sequence, FromHub::Scan { id, scanner, data })
    }

    fn acknowledged(&mut self, session: Session, acknowledged: u32) -> Vec<Told> {
        let header = Header {
            from: Side::Hub,
            session,
            sequence: 0,
            acknowledged,
        };
        let frame = encode(&header, &[]).expect("short");
        self.takes(till_end::Event::Received(&frame))
    }
}

#[test]
fn a_hub_of_another_version_is_named_and_not_spoken_to() {
    let mut till = Till::new(None);
    let told = till.hears_hello(Session::default(), PROTOCOL + 1, BOOT);
    assert_eq!(told, [Told::Incompatible(PROTOCOL + 1)]);
    assert_eq!(
        till.hears_hello(session(1), PROTOCOL + 1, BOOT),
        [Told::Incompatible(PROTOCOL + 1)]
    );
    assert_eq!(till.end.hub(), None);
    let mut till = Till::open(None, BOOT);
    let told = till.hears_hello(session(1), PROTOCOL + 1, BOOT);
    assert_eq!(told, [Told::Gone, Told::Incompatible(PROTOCOL + 1)]);
}

#[test]
fn frames_of_another_session_are_not_obeyed_by_the_till() {
    let mut till = Till::open(None, BOOT);
    assert_eq!(till.hears_scan(session(9), 1, scan(BOOT, 1)), []);
    let other = Session { till: 9, number: 1 };
    assert_eq!(till.hears_scan(other, 1, scan(BOOT, 1)), []);
    let told = till.hears_scan(session(1), 1, scan(BOOT, 1));
    assert_eq!(told, [Told::Scan(scan(BOOT, 1))]);
}

#[test]
fn what_the_till_itself_sent_is_not_obeyed() {
    let mut till = Till::open(None, BOOT);
    let (scanner, data) = (0, &b"1"[..]);
    let id = scan(BOOT, 1);
    let message = FromHub::Scan { id, scanner, data };
    let echo = wire(Side::Till, session(1), 1, &message);
    assert_eq!(till.takes(till_end::Event::Received(&echo)), []);
}

#[test]
fn a_scan_is_confirmed_by_the_acknowledgement_of_its_verdict_and_by_nothing_else() {
    let mut till = Till::open(None, BOOT);
    let (id, verdict) = (scan(BOOT, 1), Verdict::Good);
    assert_eq!(till.hears_scan(session(1), 1, id), [Told::Scan(id)]);
    assert_eq!(till.takes(till_end::Event::Scanned { id, verdict }), []);
    assert_eq!(till.acknowledged(session(1), 0), []);
    assert_eq!(till.acknowledged(session(1), 2), [], "not said yet");
    assert_eq!(till.acknowledged(session(1), 1), [Told::Confirmed(id)]);
    assert_eq!(till.hears_scan(session(1), 2, id), [], "already has it");
}

#[test]
fn the_same_number_of_another_run_is_another_scan() {
    let resume = Resume {
        scan: scan(OTHER_BOOT, 5),
        settled: true,
    };
    let mut till = Till::open(Some(resume), BOOT);
    for (sequence, number) in [(1, 1), (2, 5)] {
        let id = scan(BOOT, number);
        let told = till.hears_scan(session(1), sequence, id);
        assert_eq!(told, [Told::Scan(id)]);
    }
}

#[test]
fn a_committed_scan_of_a_hub_that_restarted_is_asked_about_once() {
    let resume = Resume {
        scan: scan(OTHER_BOOT, 5),
        settled: false,
    };
    let mut till = Till::new(Some(resume));
    let told = till.meets(session(1), BOOT);
    assert_eq!(told, [Told::Here, Told::Unconfirmed(scan(OTHER_BOOT, 5))]);
    // A new session with the same hub does not ask again.
    assert_eq!(till.takes(till_end::Event::HungUp), [Told::Gone]);
    assert_eq!(till.meets(session(2), BOOT), [Told::Here]);
}

#[test]
fn a_refused_scan_is_neither_confirmed_nor_asked_about() {
    let id = scan(BOOT, 1);
    let verdict = Verdict::Refused;
    let mut till = Till::open(None, BOOT);
    till.hears_scan(session(1), 1, id);
    till.takes(till_end::Event::Scanned { id, verdict });
    assert_eq!(till.acknowledged(session(1), 1), []);
    let mut till = Till::open(None, BOOT);
    till.hears_scan(session(1), 1, id);
    till.takes(till_end::Event::Scanned { id, verdict });
    assert_eq!(till.takes(till_end::Event::HungUp), [Told::Gone]);
    assert_eq!(till.meets(session(2), OTHER_BOOT), [Told::Here]);
}

/// A job of 10 bytes of which the hub has some; `begun` on this run.
fn printing() -> Till {
    let mut till = Till::open(None, BOOT);
    till.hears(session(1), 1, FromHub::Printer(PrinterState::default()));
    let (job, len, begun_on) = (5, 10, None);
    let wanted = till.takes(till_end::Event::Print { job, len, begun_on });
    assert_eq!(wanted, [Told::Wanted(0, 10)]);
    let (offset, data) = (0, &b"01234"[..]);
    till.takes(till_end::Event::PrintData { job, offset, data });
    till
}

#[test]
fn a_job_goes_on_at_the_byte_that_the_hub_has_not() {
    let mut till = printing();
    assert_eq!(till.takes(till_end::Event::HungUp), [Told::Gone]);
    assert_eq!(till.meets(session(2), BOOT), [Told::Here]);
    let state = PrinterState {
        job: Some(5),
        received: 3,
        sent: 1,
    };
    let told = till.hears(session(2), 1, FromHub::Printer(state));
    assert_eq!(told, [Told::Wanted(3, 7)]);
}

#[test]
fn a_job_is_sent_when_it_left_for_the_printer_and_not_before() {
    let mut till = Till::open(None, BOOT);
    let (job, len, begun_on) = (5, 10, Some(BOOT));
    till.takes(till_end::Event::Print { job, len, begun_on });
    let state = |sent| {
        FromHub::Printer(PrinterState {
            job: Some(5),
            received: 10,
            sent,
        })
    };
    assert_eq!(till.hears(session(1), 1, state(9)), []);
    let ended = [Told::Ended(PrintOutcome::Sent)];
    assert_eq!(till.hears(session(1), 2, state(10)), ended);
}

#[test]
fn a_job_that_another_run_began_is_unknown() {
    let mut till = Till::open(None, BOOT);
    let (job, len, begun_on) = (5, 10, Some(OTHER_BOOT));
    till.takes(till_end::Event::Print { job, len, begun_on });
    let told = till.hears(session(1), 1, FromHub::Printer(PrinterState::default()));
    assert_eq!(told, [Told::Ended(PrintOutcome::Unknown)]);
}

#[test]
fn how_a_cancelled_job_ends() {
    let job = 5;
    let cancel = till_end::Event::PrintCancel { job };
    let (len, begun_on) = (10, None);
    let mut till = Till::new(None);
    till.takes(till_end::Event::Print { job, len, begun_on });
    let ended = [Told::Ended(PrintOutcome::NotBegun)];
    assert_eq!(till.takes(cancel), ended, "no hub has a byte of it");

    let mut till = printing();
    assert_eq!(till.takes(cancel), [], "the hub is told first");
    let gone = [Told::Ended(PrintOutcome::Unknown), Told::Gone];
    assert_eq!(till.takes(till_end::Event::HungUp), gone);

    let mut till = printing();
    till.takes(till_end::Event::HungUp);
    let ended = [Told::Ended(PrintOutcome::Unknown)];
    assert_eq!(till.takes(cancel), ended, "nobody to tell");
}

#[test]
fn a_pulse_that_is_too_old_is_not_sent() {
    let mut till = Till::new(None);
    assert_eq!(till.takes(till_end::Event::OpenDrawer { id: 1 }), []);
    till.now_ms = 9_999;
    assert_eq!(till.takes(till_end::Event::Tick), []);
    till.now_ms = 10_000;
    let late = [Told::Drawer(DrawerEnd::TooLate)];
    assert_eq!(till.takes(till_end::Event::Tick), late);
}

#[test]
fn a_pulse_whose_answer_got_lost_is_unknown_and_not_asked_again() {
    let mut till = Till::open(None, BOOT);
    assert_eq!(till.takes(till_end::Event::OpenDrawer { id: 1 }), []);
    till.sent.clear();
    let told = till.takes(till_end::Event::HungUp);
    assert_eq!(told, [Told::Drawer(DrawerEnd::Unknown), Told::Gone]);
    assert_eq!(till.meets(session(2), BOOT), [Told::Here]);
    let pulse = FromTill::OpenDrawer { id: 1 };
    let asked = wire(Side::Till, session(2), 1, &pulse);
    let asked_again = till.sent.windows(asked.len()).any(|sent| sent == asked);
    assert!(!asked_again);
}

#[test]
fn a_late_answer_to_another_pulse_ends_none() {
    let mut till = Till::open(None, BOOT);
    till.takes(till_end::Event::OpenDrawer { id: 2 });
    let outcome = DrawerOutcome::Pulsed;
    let other = FromHub::Drawer { id: 1, outcome };
    assert_eq!(till.hears(session(1), 1, other), []);
    let this = FromHub::Drawer { id: 2, outcome };
    let ended = [Told::Drawer(DrawerEnd::Pulsed)];
    assert_eq!(till.hears(session(1), 2, this), ended);
}

impl Till {
    /// Whether it sent this message since its `sent` was cleared.
    fn said(&mut self, session: Session, sequence: u32, message: FromTill<'_>) -> bool {
        let mut room = [0; 300];
        let message = postcard::to_slice(&message, &mut room).expect("short");
        let sent = core::mem::take(&mut self.sent);
        let mut input = &sent[..];
        let mut deframer = Deframer::new();
        let mut said = false;
        while let Frame::Whole(header, bytes) = deframer.poll(&mut input) {
            said |= header.session == session && header.sequence == sequence && bytes == message;
        }
        said
    }
}

#[test]
fn a_pulse_under_way_is_not_repeated_when_it_is_too_old() {
    let mut till = Till::open(None, BOOT);
    till.takes(till_end::Event::OpenDrawer { id: 1 });
    let pulse = FromTill::OpenDrawer { id: 1 };
    assert!(till.said(session(1), 1, pulse));
    // The hub is there and has not got it, for ten seconds.
    for _ in 0..10 {
        till.now_ms += 999;
        assert_eq!(till.acknowledged(session(1), 0), []);
        assert!(till.said(session(1), 1, pulse), "repeated");
    }
    till.now_ms += 999;
    let unknown = [Told::Drawer(DrawerEnd::Unknown)];
    assert_eq!(till.acknowledged(session(1), 0), unknown);
    assert!(till.said(session(1), 1, FromTill::Nothing), "in its place");
}

#[test]
fn a_new_session_is_told_the_verdict_that_may_have_got_lost_and_no_other() {
    let (id, verdict) = (scan(BOOT, 1), Verdict::Unknown);
    let answer = FromTill::Scanned { id, verdict };
    let mut till = Till::open(None, BOOT);
    till.hears_scan(session(1), 1, id);
    till.takes(till_end::Event::Scanned { id, verdict });
    assert!(till.said(session(1), 1, answer));
    till.takes(till_end::Event::HungUp);
    till.meets(session(2), BOOT);
    assert!(till.said(session(2), 1, answer), "again");
    assert_eq!(till.acknowledged(session(2), 1), [Told::Confirmed(id)]);
    till.takes(till_end::Event::HungUp);
    till.meets(session(3), BOOT);
    assert!(!till.said(session(3), 1, answer), "the hub knows it");
}

#[test]
fn a_new_session_is_told_what_the_hub_is_to_show() {
    let (upper, lower) = ("a", "b");
    let display = FromTill::Display { upper, lower };
    let lights = FromTill::Lights(link::message::Lights {
        ready: true,
        attention: false,
    });
    let enable = FromTill::ScanEnable(true);
    let mut till = Till::new(None);
    till.takes(till_end::Event::Display { upper, lower });
    till.takes(till_end::Event::Lights(link::message::Lights {
        ready: true,
        attention: false,
    }));
    till.takes(till_end::Event::ScanEnable(true));
    for number in 1..3 {
        till.meets(session(number), BOOT);
        for (sequence, message) in [(1, lights), (2, enable), (3, display)] {
            assert!(till.said(session(number), sequence, message), "{message:?}");
            till.acknowledged(session(number), sequence);
        }
        till.takes(till_end::Event::HungUp);
    }
}

#[test]
fn a_till_that_falls_silent_is_gone_and_one_that_speaks_is_here_again() {
    let mut hub = Hub::open();
    hub.now_ms = 1_999;
    assert_eq!(hub.takes(hub_end::Event::Tick), []);
    hub.now_ms = 2_000;
    assert_eq!(hub.takes(hub_end::Event::Tick), [Did::Here(false)]);
    assert!(!hub.end.till_here());
    let pulse = hub.hears(session(2), 1, FromTill::OpenDrawer { id: 1 });
    assert_eq!(pulse, [Did::Pulse(1), Did::Here(true)]);
}

#[test]
fn what_became_of_a_pulse_is_not_told_to_the_next_session() {
    let mut hub = Hub::open();
    let outcome = DrawerOutcome::Pulsed;
    assert_eq!(hub.takes(hub_end::Event::Drawer { id: 1, outcome }), []);
    assert_eq!(hub.hears_open(session(3), PROTOCOL, BOOT), []);
    hub.said();
    for sequence in 1..6 {
        hub.acknowledge(session(3), sequence);
    }
    let mut room = [0; 20];
    let answer = FromHub::Drawer { id: 1, outcome };
    let answer = postcard::to_slice(&answer, &mut room).expect("short");
    assert!(hub.said().iter().all(|said| said != answer));
}

#[test]
fn a_piece_that_is_larger_than_the_window_is_not_taken() {
    let mut hub = Hub::open();
    let data = &[b'x'; 65][..];
    let print = |data| FromTill::Print {
        job: 5,
        offset: 0,
        data,
    };
    assert_eq!(hub.hears(session(2), 1, print(data)), []);
    let fits = hub.hears(session(2), 2, print(&data[..64]));
    assert_eq!(fits, [Did::Print(vec![b'x'; 64])]);
}
