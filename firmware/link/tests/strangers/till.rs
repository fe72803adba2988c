//! The till's end; the test is the hub.

use super::*;

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
