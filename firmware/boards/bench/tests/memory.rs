//! How much RAM the images really take, variables and stack together, after everything that a
//! shop does with them; xtask holds an image's variables to the bound, this the rest.
#![expect(
    clippy::expect_used,
    reason = "a bench that does not start is a failed test"
)]

use bench::{Board, Rig, Seen};
use link::till_end::{Event, PrintOutcome};

const RAM_MAX: u64 = 16 * 1_024;
/// The Pico's emulator is slow, and the machines of the tests may be.
const PATIENCE_MS: u64 = 400_000;

/// A shop's worst minute: a long receipt, a code that is too long, more codes than the queue
/// holds, the display, a status request, a printer that talks, the drawer.
#[track_caller]
fn all_memory_fits_the_bound(board: Board) {
    let mut rig = Rig::start(board).expect("the emulator starts");
    let here = |rig: &Rig| rig.count(|seen| matches!(seen, Seen::Here(..))) > 0;
    assert!(rig.run_until(PATIENCE_MS, here), "no hello: {:?}", rig.seen);
    let paper = vec![b'x'; 4_096];
    rig.print(1, &paper);
    rig.send(|rig| &mut rig.scanner, &[b'9'; 400])
        .expect("open");
    for number in 0..60 {
        let code = format!("]d2{number:0120}\r\n");
        rig.send(|rig| &mut rig.scanner, code.as_bytes())
            .expect("open");
    }
    rig.step(Event::Display {
        upper: "Wintertrui met een heel lange omschrijving",
        lower: "€ 89,95",
    });
    rig.step(Event::PrinterNow(&[0x10, 0x04, 0x01]));
    rig.send(|rig| &mut rig.printer, &[0x12; 200])
        .expect("open");
    let printed = Seen::Printed(1, PrintOutcome::Sent);
    assert!(rig.run_until(PATIENCE_MS, |rig| rig.seen.contains(&printed)));
    assert!(rig.open_drawer(PATIENCE_MS), "{:?}", rig.seen);
    assert!(rig.run_until(PATIENCE_MS, |rig| rig.scans > 9));
    // Told now and then: what was told twice more has seen all of the above.
    let told = rig.told();
    assert!(rig.run_until(PATIENCE_MS, |rig| rig.told() > told + 1));
    let ram = rig.ram();
    println!("{board:?}: at most {ram} bytes of RAM, variables and stack together");
    assert!(ram > 4_096, "it did not tell: {ram}");
    assert!(ram <= RAM_MAX, "{ram} bytes are more than {RAM_MAX}");
}

#[test]
fn the_lm3s6965_keeps_to_it() {
    all_memory_fits_the_bound(Board::Lm3s6965);
}

#[test]
fn the_pico_keeps_to_it() {
    all_memory_fits_the_bound(Board::Pico);
}
