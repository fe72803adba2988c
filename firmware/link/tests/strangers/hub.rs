//! The hub's end; the test is the till.

use super::*;

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
