//! The hub of the model: the real end of the link, a printer port of 1 byte a millisecond with
//! a ring in front of it, a beeper, a drawer.

use std::collections::VecDeque;

use link::hub_end::{Action, Boot, Event, HubEnd, Identity, Timing};
use link::message::{Beep, BootId, DrawerOutcome, ResetReason};

use crate::cable::{Cable, Rng};

const WINDOW: u16 = 250;

pub(crate) struct Hub {
    end: HubEnd<512>,
    due_ms: u64,
    ring: VecDeque<u8>,
    /// Out of paper until then.
    stalled_until_ms: u64,
    on_paper: Vec<u8>,
    next_code: u32,
    /// Read and not yet answered by the till.
    waiting: VecDeque<u32>,
    kept: Vec<u32>,
    beeped: Vec<u32>,
    pulses: Vec<(u32, u64)>,
}

#[derive(Default)]
struct Done {
    sent: Vec<Vec<u8>>,
    beeps: Vec<Beep>,
    print: Vec<u8>,
    cancel: bool,
    pulses: Vec<u32>,
}

fn end(rng: &mut Rng, now_ms: u64) -> HubEnd<512> {
    let random = u32::try_from(rng.next() >> 32).unwrap_or(1).max(1);
    // A board with randomness, or one that starts the same every time.
    let boot = if rng.one_in(2) {
        Boot::Named(BootId(random))
    } else {
        Boot::ByProbe { seed: 1 }
    };
    let identity = Identity {
        boot,
        firmware: "1.2.3",
        board: "model",
        reset: ResetReason::PowerOn,
        print_window: WINDOW,
    };
    HubEnd::new(identity, Timing::default(), now_ms)
}

impl Hub {
    pub(crate) fn new(rng: &mut Rng, now_ms: u64) -> Self {
        Self {
            end: end(rng, now_ms),
            due_ms: now_ms,
            ring: VecDeque::new(),
            stalled_until_ms: 0,
            on_paper: Vec::new(),
            next_code: 0,
            waiting: VecDeque::new(),
            kept: Vec::new(),
            beeped: Vec::new(),
            pulses: Vec::new(),
        }
    }

    pub(crate) fn restart(&mut self, rng: &mut Rng, now_ms: u64) {
        self.end = end(rng, now_ms);
        self.due_ms = now_ms;
        self.ring.clear();
        self.waiting.clear();
    }

    pub(crate) fn read_a_code(&mut self, now_ms: u64, cable: &mut Cable) {
        let code = self.next_code;
        self.next_code += 1;
        let data = format!("]C0{code:010}");
        let before = self.end.scans_waiting();
        let event = Event::Scanned {
            scanner: 0,
            data: data.as_bytes(),
        };
        let done = self.step(event, now_ms, cable);
        if done.beeps.contains(&Beep::Attention) {
            assert_eq!(self.end.scans_waiting(), before, "refused and kept");
        } else {
            self.waiting.push_back(code);
            self.kept.push(code);
        }
    }

    pub(crate) fn advance(
        &mut self,
        received: &[u8],
        now_ms: u64,
        rng: &mut Rng,
        cable: &mut Cable,
    ) {
        if !received.is_empty() {
            self.carry_out(Event::Received(received), now_ms, cable);
        }
        if rng.one_in(3_000) {
            self.stalled_until_ms = now_ms + rng.below(5_000);
        }
        if now_ms >= self.stalled_until_ms && !self.ring.is_empty() {
            self.on_paper.extend(self.ring.drain(..1));
            self.carry_out(Event::PrinterTook(1), now_ms, cable);
        }
        if now_ms >= self.due_ms {
            self.carry_out(Event::Tick, now_ms, cable);
        }
    }

    fn carry_out(&mut self, event: Event<'_>, now_ms: u64, cable: &mut Cable) {
        let done = self.step(event, now_ms, cable);
        for beep in done.beeps {
            assert_eq!(beep, Beep::Good);
            let code = self.waiting.pop_front().expect("a beep for nothing");
            self.beeped.push(code);
        }
        self.ring.extend(done.print);
        assert!(
            self.ring.len() <= usize::from(WINDOW),
            "more than the window"
        );
        assert!(!done.cancel, "nobody cancelled");
        for id in done.pulses {
            self.pulses.push((id, now_ms));
            let outcome = DrawerOutcome::Pulsed;
            self.carry_out(Event::Drawer { id, outcome }, now_ms, cable);
        }
    }

    fn step(&mut self, event: Event<'_>, now_ms: u64, cable: &mut Cable) -> Done {
        let mut done = Done::default();
        self.due_ms = self.end.step(event, now_ms, &mut |action| match action {
            Action::Send(bytes) => done.sent.push(bytes.to_vec()),
            Action::Beep(beep) => done.beeps.push(beep),
            Action::Print(bytes) => done.print.extend(bytes),
            Action::PrintCancel => done.cancel = true,
            Action::OpenDrawer { id } => done.pulses.push(id),
            Action::PrinterNow(_)
            | Action::Display { .. }
            | Action::Lights(_)
            | Action::ScanEnable(_)
            | Action::TillHere(_) => {}
        });
        for bytes in &done.sent {
            cable.send(bytes, now_ms);
        }
        done
    }

    pub(crate) fn scans_waiting(&self) -> usize {
        self.end.scans_waiting()
    }

    /// Codes that the hub took, in order.
    pub(crate) fn kept(&self) -> &Vec<u32> {
        &self.kept
    }

    pub(crate) fn beeped(&self) -> &Vec<u32> {
        &self.beeped
    }

    pub(crate) fn pulses(&self, id: u32) -> Vec<u64> {
        let of_id = self.pulses.iter().filter(|(pulse, _)| *pulse == id);
        of_id.map(|(_, at_ms)| *at_ms).collect()
    }

    /// Places within the job of its bytes on paper, in the order of the paper. The model's jobs
    /// print each place as 4 bytes that also name the job; a piece cut off by a restart of the
    /// hub ends at a place that is not whole.
    pub(crate) fn paper(&self, job: u64) -> Vec<u32> {
        let mut places = Vec::new();
        let mut at = 0;
        while let Some(record) = self.on_paper.get(at..at + super::till::RECORD) {
            match super::till::parse_record(record) {
                Some((of, place)) => {
                    if of == job {
                        places.push(place);
                    }
                    at += super::till::RECORD;
                }
                None => at += 1,
            }
        }
        places
    }
}
