//! The hub against the real till's end of the link, over a cable that works.

extern crate std;

use std::{collections::VecDeque, string::String, vec, vec::Vec};

use proptest::prelude::*;

use link::message::{BootId, DISPLAY_LINE_MAX, Hello, Lights, ScanId, Verdict};
use link::till_end::{self, DrawerEnd, PrintOutcome, TillEnd};

use super::*;

mod slow_printer;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    Here(String),
    Scan(ScanId, Vec<u8>),
    Confirmed(ScanId),
    Said(Vec<u8>),
    Drawer(u32, DrawerEnd),
    Printed(u64, PrintOutcome),
    Notice(Notice),
    Status(Status),
}

struct Bench {
    hub: Hub<256, 128>,
    till: TillEnd,
    now_ms: u64,
    to_hub: VecDeque<Vec<u8>>,
    to_till: VecDeque<Vec<u8>>,
    to_scanner: Vec<u8>,
    displayed: Vec<(String, String)>,
    paper: Vec<u8>,
    printer_takes: usize,
    job: Vec<u8>,
    seen: Vec<Seen>,
    sounds: usize,
    pulses: Vec<(u64, u64)>,
    drawer_since: Option<u64>,
    buzzing: bool,
    /// The till commits scans at once, with this verdict.
    verdict: Option<Verdict>,
}

fn settings(scanner: Protocol) -> Settings {
    Settings {
        boot: Boot::Named(BootId(77)),
        firmware: "0.1.0",
        board: "bench",
        reset: ResetReason::PowerOn,
        scanner,
        drawer: drawer::Settings::new(100, 600),
        timing: Timing::default(),
    }
}

impl Bench {
    fn new(scanner: Protocol) -> Self {
        let mut bench = Self {
            hub: Hub::new(settings(scanner), 0),
            till: TillEnd::new(5, None, Timing::default(), 0),
            now_ms: 0,
            to_hub: VecDeque::new(),
            to_till: VecDeque::new(),
            to_scanner: Vec::new(),
            displayed: Vec::new(),
            paper: Vec::new(),
            printer_takes: 64,
            job: Vec::new(),
            seen: Vec::new(),
            sounds: 0,
            pulses: Vec::new(),
            drawer_since: None,
            buzzing: false,
            verdict: Some(Verdict::Good),
        };
        bench.run(50);
        bench
    }

    fn plain() -> Self {
        Self::new(Protocol::Plain(plain::Settings::default()))
    }

    fn hub(&mut self, event: Event<'_>) {
        let Self {
            hub,
            to_till,
            to_scanner,
            displayed,
            ..
        } = self;
        hub.step(event, self.now_ms, &mut |action| match action {
            Action::ToLink(bytes) => to_till.push_back(bytes.to_vec()),
            Action::ToScanner(bytes) => to_scanner.extend(bytes),
            Action::Display { upper, lower } => displayed.push((upper.into(), lower.into())),
        });
        let outputs = self.hub.outputs(self.now_ms);
        self.sounds += usize::from(outputs.buzzer && !self.buzzing);
        self.buzzing = outputs.buzzer;
        match (self.drawer_since, outputs.drawer) {
            (None, true) => self.drawer_since = Some(self.now_ms),
            (Some(since), false) => {
                self.pulses.push((since, self.now_ms));
                self.drawer_since = None;
            }
            _ => {}
        }
    }

    fn till(&mut self, event: till_end::Event<'_>) {
        let mut answers = Vec::new();
        let Self {
            till, to_hub, seen, ..
        } = self;
        till.step(event, self.now_ms, &mut |action| match action {
            till_end::Action::Send(bytes) => to_hub.push_back(bytes.to_vec()),
            till_end::Action::HubHere(Hello { board, .. }) => seen.push(Seen::Here(board.into())),
            till_end::Action::Scan { id, data, .. } => {
                seen.push(Seen::Scan(id, data.to_vec()));
                answers.push(Answer::Scan(id));
            }
            till_end::Action::Confirmed(id) => seen.push(Seen::Confirmed(id)),
            till_end::Action::PrinterSaid(bytes) => seen.push(Seen::Said(bytes.to_vec())),
            till_end::Action::Drawer { id, end } => seen.push(Seen::Drawer(id, end)),
            till_end::Action::PrintEnded { job, outcome } => {
                seen.push(Seen::Printed(job, outcome));
            }
            till_end::Action::PrintWanted {
                job, offset, len, ..
            } => answers.push(Answer::Print(job, offset, len)),
            till_end::Action::Notice(notice) => seen.push(Seen::Notice(notice)),
            till_end::Action::Status(status) => seen.push(Seen::Status(status)),
            till_end::Action::PrintProgress { .. } => {}
            other => panic!("{other:?}"),
        });
        for answer in answers {
            match (answer, self.verdict) {
                (Answer::Scan(id), Some(verdict)) => {
                    self.till(till_end::Event::Scanned { id, verdict });
                }
                (Answer::Scan(_), None) => {}
                (Answer::Print(job, offset, len), _) => {
                    let start = usize::try_from(offset).expect("small");
                    let data = self.job[start..start + usize::from(len)].to_vec();
                    let data = &data;
                    self.till(till_end::Event::PrintData { job, offset, data });
                }
            }
        }
    }

    fn run(&mut self, for_ms: u64) {
        for _ in 0..for_ms {
            self.now_ms += 1;
            while let Some(bytes) = self.to_hub.pop_front() {
                self.hub(Event::FromLink(&bytes));
            }
            while let Some(bytes) = self.to_till.pop_front() {
                self.till(till_end::Event::Received(&bytes));
            }
            let took = self.hub.for_printer().len().min(self.printer_takes);
            if took > 0 {
                self.paper.extend(&self.hub.for_printer()[..took]);
                self.hub(Event::PrinterTook(took));
            }
            self.hub(Event::Tick);
            self.till(till_end::Event::Tick);
        }
    }

    fn scans(&self) -> Vec<&[u8]> {
        let scans = self.seen.iter().filter_map(|seen| match seen {
            Seen::Scan(_, data) => Some(&data[..]),
            _ => None,
        });
        scans.collect()
    }

    fn last_status(&self) -> Status {
        let mut statuses = self.seen.iter().rev().filter_map(|seen| match seen {
            Seen::Status(status) => Some(*status),
            _ => None,
        });
        statuses.next().expect("a status")
    }
}

enum Answer {
    Scan(ScanId),
    Print(u64, u32, u16),
}

const fn scan(sequence: u32) -> ScanId {
    ScanId {
        boot: BootId(77),
        sequence,
    }
}

#[test]
fn a_scan_beeps_when_it_is_committed_and_not_before() {
    let mut bench = Bench::plain();
    assert_eq!(bench.seen.first(), Some(&Seen::Here("bench".into())));
    bench.verdict = None;
    bench.hub(Event::FromScanner(b"]E08712345678906\r"));
    bench.run(500);
    assert_eq!(bench.scans(), [b"]E08712345678906"]);
    assert_eq!(bench.sounds, 0);
    let (id, verdict) = (scan(1), Verdict::Good);
    bench.till(till_end::Event::Scanned { id, verdict });
    bench.run(500);
    assert_eq!(bench.sounds, 1);
    assert!(bench.seen.contains(&Seen::Confirmed(scan(1))));
}

#[test]
fn scans_wait_their_turn_and_what_does_not_fit_sounds_attention() {
    let mut bench = Bench::plain();
    bench.verdict = None;
    for number in 0..30 {
        let code = std::format!("]C0{number:010}\r");
        bench.hub(Event::FromScanner(code.as_bytes()));
    }
    bench.run(2_000);
    // 16 bytes a scan, 256 bytes in all.
    assert_eq!(bench.last_status().scans_lost, 14);
    assert!(bench.seen.contains(&Seen::Notice(Notice::ScanLost)));
    assert!(bench.sounds >= 3);
    bench.verdict = Some(Verdict::Good);
    let (id, verdict) = (scan(1), Verdict::Good);
    bench.till(till_end::Event::Scanned { id, verdict });
    bench.run(1_000);
    let expected: Vec<Vec<u8>> = (0..16)
        .map(|number| std::format!("]C0{number:010}").into_bytes())
        .collect();
    assert_eq!(bench.scans(), expected);
}

#[test]
fn an_ssi_scanner_is_acknowledged_when_its_code_is_kept() {
    let mut bench = Bench::new(Protocol::Ssi(ssi::decoder::Settings::default()));
    let packet = b"\x12\xF3\x00\x00\x0B8712345678906\xFC\x3E";
    bench.hub(Event::FromScanner(packet));
    bench.run(200);
    assert_eq!(bench.to_scanner, ssi::ACK);
    assert_eq!(bench.scans(), [b"]E08712345678906"]);
    bench.verdict = None;
    for _ in 0..13 {
        bench.hub(Event::FromScanner(packet));
    }
    bench.to_scanner.clear();
    bench.hub(Event::FromScanner(packet));
    assert_eq!(
        bench.to_scanner,
        ssi::NAK_DENIED,
        "not kept, not beeped for"
    );
    bench.to_scanner.clear();
    bench.hub(Event::FromScanner(b"\x07\xF3\x00\x00\x01NR\xFE\x65"));
    assert_eq!(bench.to_scanner, ssi::ACK);
    bench.till(till_end::Event::ScanEnable(false));
    bench.to_scanner.clear();
    bench.run(100);
    assert_eq!(bench.to_scanner, b"\x04\xEA\x04\x00\xFF\x0E");
    assert!(bench.seen.contains(&Seen::Notice(Notice::NoRead)));
}

#[test]
fn a_receipt_flows_as_the_printer_takes_it() {
    let mut bench = Bench::plain();
    bench.job = (0..4_096_u32)
        .map(|place| (place % 251).to_le_bytes()[0])
        .collect();
    bench.printer_takes = 1;
    let (job, len, begun_on) = (9, 4_096, None);
    bench.till(till_end::Event::Print { job, len, begun_on });
    bench.run(5_000);
    assert_eq!(bench.paper, bench.job);
    assert!(bench.seen.contains(&Seen::Printed(9, PrintOutcome::Sent)));
}

#[test]
fn a_stalled_printer_is_reported_and_status_requests_pass_the_job() {
    let mut bench = Bench::plain();
    bench.job = vec![b'x'; 300];
    bench.printer_takes = 0;
    let (job, len, begun_on) = (9, 300, None);
    bench.till(till_end::Event::Print { job, len, begun_on });
    bench.run(3_000);
    assert!(bench.last_status().printer_stalled);
    bench.till(till_end::Event::PrinterNow(&[0x10, 0x04, 0x01]));
    bench.run(100);
    bench.printer_takes = 3;
    bench.run(1);
    assert_eq!(bench.paper, [0x10, 0x04, 0x01]);
    bench.hub(Event::FromPrinter(&[0x12]));
    bench.run(1_000);
    assert!(bench.seen.contains(&Seen::Said(vec![0x12])));
    assert_eq!(bench.paper[3..], bench.job);
    assert!(!bench.last_status().printer_stalled);
}

#[test]
fn xoff_holds_the_job_and_nothing_else() {
    let mut bench = Bench::plain();
    bench.job = vec![b'x'; 100];
    bench.hub(Event::FromPrinter(&[0x13]));
    let (job, len, begun_on) = (9, 100, None);
    bench.till(till_end::Event::Print { job, len, begun_on });
    bench.till(till_end::Event::PrinterNow(&[0x10, 0x04, 0x02]));
    bench.run(500);
    assert_eq!(bench.paper, [0x10, 0x04, 0x02]);
    bench.hub(Event::FromPrinter(&[0x11]));
    bench.run(500);
    assert_eq!(bench.paper[3..], bench.job);
}

#[test]
fn a_cancelled_job_leaves_nothing_waiting() {
    let mut bench = Bench::plain();
    bench.job = vec![b'x'; 300];
    bench.printer_takes = 0;
    let (job, len, begun_on) = (9, 300, None);
    bench.till(till_end::Event::Print { job, len, begun_on });
    bench.run(500);
    bench.till(till_end::Event::PrintCancel { job });
    bench.run(500);
    assert!(
        bench
            .seen
            .contains(&Seen::Printed(9, PrintOutcome::Unknown))
    );
    bench.printer_takes = 64;
    bench.job = b"the next".to_vec();
    let (job, len, begun_on) = (10, 8, None);
    bench.till(till_end::Event::Print { job, len, begun_on });
    bench.run(500);
    assert_eq!(bench.paper, b"the next");
    assert!(bench.seen.contains(&Seen::Printed(10, PrintOutcome::Sent)));
}

#[test]
fn one_pulse_of_the_right_length_then_a_rest() {
    let mut bench = Bench::plain();
    bench.run(1_000);
    bench.till(till_end::Event::OpenDrawer { id: 1 });
    bench.run(300);
    bench.till(till_end::Event::OpenDrawer { id: 2 });
    bench.run(1_000);
    bench.till(till_end::Event::OpenDrawer { id: 3 });
    bench.run(1_000);
    let lengths: Vec<u64> = bench.pulses.iter().map(|(on, off)| off - on).collect();
    assert_eq!(lengths, [100, 100]);
    for seen in [
        Seen::Drawer(1, DrawerEnd::Pulsed),
        Seen::Drawer(2, DrawerEnd::Resting),
        Seen::Drawer(3, DrawerEnd::Pulsed),
    ] {
        assert!(bench.seen.contains(&seen), "{seen:?}");
    }
}

#[test]
fn lights_and_display_are_the_tills_and_go_with_it() {
    let mut bench = Bench::plain();
    let long = "x".repeat(2 * DISPLAY_LINE_MAX);
    let (upper, lower) = ("€ 12,50", long.as_str());
    bench.till(till_end::Event::Display { upper, lower });
    bench.till(till_end::Event::Lights(Lights {
        ready: true,
        attention: false,
    }));
    bench.run(200);
    let shown = bench.displayed.last().expect("shown");
    assert_eq!(shown.0, "€ 12,50");
    assert_eq!(shown.1.len(), DISPLAY_LINE_MAX);
    assert!(bench.hub.outputs(bench.now_ms).lit.ready);
    for _ in 0..3_000 {
        bench.now_ms += 1;
        bench.hub(Event::Tick);
    }
    let lit = bench.hub.outputs(bench.now_ms / 1_000 * 1_000 + 500).lit;
    assert_eq!(
        lit,
        Lit::default(),
        "no till, no lights but the blinking one"
    );
}

#[test]
fn contact_overruns_and_faults_reach_the_till() {
    let mut bench = Bench::plain();
    bench.hub(Event::DrawerContact { open: true });
    bench.hub(Event::Overruns(1));
    bench.hub(Event::Overruns(2));
    bench.hub(Event::DisplayFault);
    bench.hub(Event::FromScanner(b"no suffix"));
    bench.hub(Event::FromLink(&[0, 1, 2, 3, 0]));
    bench.run(900);
    let told = bench.seen.len();
    bench.run(5_000);
    assert_eq!(bench.seen.len(), told, "news only");
    let status = bench.last_status();
    assert_eq!(status.link_errors, 1);
    assert_eq!(status.drawer_open, Some(true));
    assert_eq!(status.overruns, 3);
    assert_eq!(status.scanner_errors, 1);
    assert!(bench.seen.contains(&Seen::Notice(Notice::DisplayFault)));
    assert!(bench.seen.contains(&Seen::Notice(Notice::ScannerNoise)));
}

#[test]
fn the_hub_asks_to_be_called_when_a_pulse_or_a_silence_ends() {
    let mut bench = Bench::plain();
    bench.run(1_000);
    bench.till(till_end::Event::OpenDrawer { id: 1 });
    bench.run(3);
    let since_ms = bench.drawer_since.expect("the coil is on");
    let next_ms = bench.hub.step(Event::Tick, bench.now_ms, &mut |_| {});
    assert!(next_ms <= since_ms + 100, "{next_ms}");
    let quick = plain::Settings {
        silence_ms: 50,
        ..plain::Settings::default()
    };
    let mut hub = Hub::<256, 128>::new(settings(Protocol::Plain(quick)), 0);
    hub.step(Event::Tick, 0, &mut |_| {});
    let next_ms = hub.step(Event::FromScanner(b"half"), 10, &mut |_| {});
    assert_eq!(next_ms, 60);
}

#[test]
fn a_cancelled_job_does_not_leave_the_printer_held() {
    let mut bench = Bench::plain();
    bench.job = vec![b'x'; 100];
    bench.hub(Event::FromPrinter(&[XOFF]));
    let (job, len, begun_on) = (9, 100, None);
    bench.till(till_end::Event::Print { job, len, begun_on });
    bench.run(500);
    bench.till(till_end::Event::PrintCancel { job });
    bench.run(500);
    bench.job = b"the next".to_vec();
    let (job, len, begun_on) = (10, 8, None);
    bench.till(till_end::Event::Print { job, len, begun_on });
    bench.run(500);
    assert_eq!(bench.paper, b"the next");
}

#[test]
fn what_passes_the_job_is_not_counted_for_it() {
    let mut bench = Bench::plain();
    bench.job = b"abc".to_vec();
    bench.hub(Event::FromPrinter(&[XOFF]));
    let (job, len, begun_on) = (9, 3, None);
    bench.till(till_end::Event::Print { job, len, begun_on });
    bench.run(500);
    bench.till(till_end::Event::PrinterNow(&[0x10, 0x04, 0x01]));
    bench.run(500);
    assert_eq!(bench.paper, [0x10, 0x04, 0x01]);
    let printed = Seen::Printed(9, PrintOutcome::Sent);
    assert!(!bench.seen.contains(&printed), "not a byte of it left");
    bench.hub(Event::FromPrinter(&[XON]));
    bench.run(500);
    assert!(bench.seen.contains(&printed));
}

#[test]
fn what_does_not_fit_past_the_job_is_left_out_whole() {
    let mut bench = Bench::plain();
    bench.printer_takes = 0;
    for mark in [1_u8, 2, 3] {
        bench.till(till_end::Event::PrinterNow(&[mark; 30]));
        bench.run(200);
    }
    bench.printer_takes = 64;
    bench.run(200);
    assert_eq!(bench.paper, [[1; 30], [2; 30]].concat());
}

#[test]
fn the_lights_of_a_till_that_is_gone_are_not_the_next_tills() {
    let mut bench = Bench::plain();
    bench.till(till_end::Event::Lights(Lights {
        ready: true,
        attention: false,
    }));
    bench.run(200);
    assert!(bench.hub.outputs(bench.now_ms).lit.ready);
    for _ in 0..3_000 {
        bench.now_ms += 1;
        bench.hub(Event::Tick);
    }
    bench.to_till.clear();
    bench.till = TillEnd::new(6, None, Timing::default(), bench.now_ms);
    bench.run(500);
    let lit = bench.hub.outputs(bench.now_ms).lit;
    assert!(lit.link && !lit.ready, "{lit:?}");
}

proptest! {
    #[test]
    fn garbage_on_every_port_stops_nothing(
        ssi_scanner in any::<bool>(),
        garbage in prop::collection::vec((0..3_u8, prop::collection::vec(any::<u8>(), 0..80), 1_u64..40), 0..60),
    ) {
        let mut bench = Bench::new(if ssi_scanner {
            Protocol::Ssi(ssi::decoder::Settings::default())
        } else {
            Protocol::Plain(plain::Settings::default())
        });
        for (port, bytes, wait_ms) in garbage {
            bench.hub(match port {
                0 => Event::FromLink(&bytes),
                1 => Event::FromScanner(&bytes),
                _ => Event::FromPrinter(&bytes),
            });
            bench.run(wait_ms);
        }
        bench.run(6_000);
        let packet = b"\x12\xF3\x00\x00\x0B8712345678906\xFC\x3E";
        let text = b"]E08712345678906\r";
        bench.hub(Event::FromScanner(if ssi_scanner { packet } else { text }));
        bench.run(1_000);
        prop_assert_eq!(bench.scans().last().copied(), Some(&b"]E08712345678906"[..]));
        prop_assert!(bench.pulses.is_empty());
    }
}
