//! How much RAM the LM3S6965 image really takes, variables and stack together, after everything
//! that a shop does with it; xtask holds the image's variables to the bound, this the rest.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench that does not start is a failed test; the figure is what one wants to know"
)]

use std::io::Write;

use bench::{Board, Rig, Seen};
use link::till_end::{Event, PrintOutcome};

const RAM_MAX: u64 = 16 * 1_024;
const PATIENCE_MS: u64 = 120_000;

#[test]
fn all_memory_that_is_ever_used_fits_the_bound() {
    let mut rig = Rig::start(Board::Lm3s6965).expect("QEMU starts");
    let paper = vec![b'x'; 4_096];
    rig.print(1, &paper);
    // Longer than any code may be, then codes enough to fill the queue, then one that is sold.
    rig.scanner.write_all(&[b'9'; 400]).expect("open");
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
    rig.printer.write_all(&[0x12; 200]).expect("open");
    let printed = Seen::Printed(1, PrintOutcome::Sent);
    assert!(rig.run_until(PATIENCE_MS, |rig| rig.seen.contains(&printed)));
    assert!(rig.open_drawer(PATIENCE_MS), "{:?}", rig.seen);
    assert!(rig.run_until(
        PATIENCE_MS,
        |rig| rig.count(|seen| matches!(seen, Seen::Scan(..))) > 9
    ));
    // It tells once a second; the last second counts too.
    let told = rig.ram();
    rig.run_until(3_000, |rig| rig.ram() > told);
    let ram = rig.ram();
    println!("lm3s6965: at most {ram} bytes of RAM, variables and stack together");
    assert!(ram > 4_096, "it did not tell: {ram}");
    assert!(ram <= RAM_MAX, "{ram} bytes are more than {RAM_MAX}");
}
