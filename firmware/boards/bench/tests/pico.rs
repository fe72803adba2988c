//! The Pico's real image in rp2040js: USB serial, both UARTs, and its pins as they move.

use std::io::Write;

use bench::{Board, PULSE_MAX, PULSE_MIN, Rig, Seen, pulses};
use link::till_end::PrintOutcome;

const DRAWER: u8 = 15;
const BUZZER: u8 = 14;

/// The emulator is slow.
const PATIENCE_MS: u64 = 90_000;

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
    let beeped = |rig: &Rig| pulses(&rig.pins, BUZZER).len() == 1;
    assert!(rig.run_until(PATIENCE_MS, beeped), "{:?}", rig.pins);

    let paper: Vec<u8> = (0..1_500_u16).map(|place| place.to_le_bytes()[0]).collect();
    rig.print(1, &paper);
    let printed = Seen::Printed(1, PrintOutcome::Sent);
    assert!(rig.run_until(PATIENCE_MS, |rig| rig.seen.contains(&printed)));
    assert!(rig.run_until(PATIENCE_MS, |rig| rig.paper == paper));

    assert!(rig.open_drawer(PATIENCE_MS), "{:?}", rig.seen);
    assert!(rig.run_until(PATIENCE_MS, |rig| pulses(&rig.pins, DRAWER).len() == 1));
    let coil = pulses(&rig.pins, DRAWER);
    assert!(
        coil.iter()
            .all(|pulse| (PULSE_MIN..=PULSE_MAX).contains(&pulse.high_ms)),
        "{coil:?}"
    );
}
