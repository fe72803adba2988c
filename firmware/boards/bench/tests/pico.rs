//! The Pico's real image in rp2040js: USB serial, both UARTs, and its pins as they move.

use std::io::Write;

use bench::{Board, Pin, Rig, Seen};
use link::till_end::PrintOutcome;

const DRAWER: u8 = 15;
const BUZZER: u8 = 14;

/// The emulator is slow.
const PATIENCE_MS: u64 = 90_000;

fn changes(rig: &Rig, number: u8) -> Vec<Pin> {
    let pins = rig.pins.iter().filter(|pin| pin.number == number);
    pins.copied().collect()
}

/// How long the pin was high each time, in milliseconds of the firmware.
fn pulses(rig: &Rig, number: u8) -> Vec<f64> {
    let changes = changes(rig, number);
    let mut pairs = changes.windows(2);
    let mut pulses = Vec::new();
    while let Some([on, off]) = pairs.next() {
        if on.high && !off.high {
            pulses.push(off.at_ms - on.at_ms);
        }
    }
    pulses
}

#[test]
fn a_sale_over_usb() {
    let mut rig = Rig::start(Board::Pico).expect("the emulator starts");
    let here = |rig: &Rig| {
        rig.count(|seen| matches!(seen, Seen::Here(_, board, _) if board == "pico")) > 0
    };
    assert!(rig.run_until(PATIENCE_MS, here), "USB: {:?}", rig.seen);

    rig.scanner
        .write_all(b"]E08712345678906\r\n")
        .expect("open");
    let confirmed = |rig: &Rig| rig.count(|seen| matches!(seen, Seen::Confirmed(_))) == 1;
    assert!(rig.run_until(PATIENCE_MS, confirmed), "{:?}", rig.seen);
    assert_eq!(rig.codes(), ["]E08712345678906"]);
    let beeped = |rig: &Rig| pulses(rig, BUZZER).len() == 1;
    assert!(rig.run_until(PATIENCE_MS, beeped), "{:?}", rig.pins);

    let paper: Vec<u8> = (0..1_500_u16).map(|place| place.to_le_bytes()[0]).collect();
    rig.print(1, &paper);
    let printed = Seen::Printed(1, PrintOutcome::Sent);
    assert!(rig.run_until(PATIENCE_MS, |rig| rig.seen.contains(&printed)));
    assert!(rig.run_until(PATIENCE_MS, |rig| rig.paper == paper));

    assert!(rig.open_drawer(PATIENCE_MS), "{:?}", rig.seen);
    assert!(rig.run_until(PATIENCE_MS, |rig| pulses(rig, DRAWER).len() == 1));
    let pulse_ms = pulses(&rig, DRAWER).first().copied().unwrap_or_default();
    assert!((50.0..=200.0).contains(&pulse_ms), "{pulse_ms} ms");
}
