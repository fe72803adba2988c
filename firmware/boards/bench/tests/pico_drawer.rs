//! The drawer's coil on the Pico's real image in rp2040js, which shows its pins as they move and
//! starts the chip anew when the watchdog says so. Times are the chip's own.
#![expect(
    clippy::expect_used,
    reason = "a bench that does not start is a failed test"
)]

use std::io::Write;

use bench::{Board, PULSE_MAX, PULSE_MIN, Pin, REST_MIN, Rig, Seen, pulses};
use link::message::ResetReason;
use link::till_end::{DrawerEnd, Event};

const PIN: u8 = 15;
/// What the alarm and its interrupt take.
const LATENCY: f64 = 1.0;
/// The emulator is slow, and the machines of the tests may be.
const PATIENCE_MS: u64 = 400_000;

fn rig() -> Rig {
    let mut rig = Rig::start(Board::PicoWithTrouble).expect("the emulator starts");
    let here = |rig: &Rig| rig.count(|seen| matches!(seen, Seen::Here(..))) > 0;
    assert!(rig.run_until(PATIENCE_MS, here), "no hello: {:?}", rig.seen);
    rig
}

/// Asks until a pulse is on; answers how often the coil was refused its pulse before.
fn until_on(rig: &mut Rig, id: &mut u32) -> usize {
    let highs = |rig: &Rig| {
        let highs = rig.pins.iter().filter(|pin| pin.number == PIN && pin.high);
        highs.count()
    };
    let before = highs(rig);
    let mut refused = 0;
    while highs(rig) == before {
        *id += 1;
        rig.step(Event::OpenDrawer { id: *id });
        let id = *id;
        let ended = move |rig: &Rig| rig.count(|seen| is_end(seen, id)) == 1;
        let answered = rig.run_until(PATIENCE_MS, |rig| ended(rig) || highs(rig) > before);
        assert!(answered, "{:?}", rig.seen);
        refused += rig.count(|seen| *seen == Seen::Drawer(id, DrawerEnd::Resting));
    }
    refused
}

fn is_end(seen: &Seen, id: u32) -> bool {
    matches!(seen, Seen::Drawer(of, _) if *of == id)
}

/// Lets something go wrong in the middle of a pulse, and waits for the next start.
#[track_caller]
fn in_the_middle_of_a_pulse(rig: &mut Rig, id: &mut u32, command: &[u8], reason: ResetReason) {
    let starts = |rig: &Rig| {
        let starts = rig.pins.iter().filter(|pin| pin.number == Pin::START);
        starts.count()
    };
    let before = starts(rig);
    let scans = rig.codes().len();
    rig.scanner.write_all(command).expect("open");
    assert!(rig.run_until(PATIENCE_MS, |rig| rig.codes().len() > scans));
    until_on(rig, id);
    assert!(rig.run_until(PATIENCE_MS, |rig| starts(rig) > before));
    // The USB port goes away with its chip.
    rig.step(Event::HungUp);
    let here =
        |rig: &Rig| rig.count(|seen| matches!(seen, Seen::Here(_, _, why) if *why == reason)) > 0;
    assert!(rig.run_until(PATIENCE_MS, here), "{:?}", rig.seen);
}

/// One life of one board, because the emulator takes its time.
#[test]
fn no_pulse_is_too_long_whatever_happens() {
    let mut rig = rig();
    let mut id = 0;
    let refused = until_on(&mut rig, &mut id);
    assert!(refused > 2, "asked {refused} times within the first rest");
    // Over before anything goes wrong: the trouble belongs to the next one.
    let over = |rig: &Rig| pulses(&rig.pins, PIN).len() == 1;
    assert!(rig.run_until(PATIENCE_MS, over), "{:?}", rig.pins);
    in_the_middle_of_a_pulse(
        &mut rig,
        &mut id,
        b"]C0KLR-TEST-PULSE-HANG\r\n",
        ResetReason::Watchdog,
    );
    in_the_middle_of_a_pulse(
        &mut rig,
        &mut id,
        b"]C0KLR-TEST-PULSE-PANIC\r\n",
        ResetReason::Panic,
    );
    let coil = pulses(&rig.pins, PIN);
    let [normal, hang, panic] = coil[..] else {
        panic!("{coil:?}");
    };
    assert!(
        (PULSE_MIN..=PULSE_MAX).contains(&normal.high_ms),
        "{coil:?}"
    );
    assert!(normal.rest_ms >= REST_MIN, "{coil:?}");
    assert!(hang.rest_ms >= REST_MIN, "{coil:?}");
    let guarded = PULSE_MAX - LATENCY..=PULSE_MAX + LATENCY;
    assert!(guarded.contains(&hang.high_ms), "{coil:?}");
    assert!((15.0..60.0).contains(&panic.high_ms), "{coil:?}");
}
