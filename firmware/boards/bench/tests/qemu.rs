//! The real image in QEMU: a shop's life through it, and both ends restarted in the middle.
#![expect(
    clippy::expect_used,
    reason = "a bench that does not start is a failed test"
)]

use std::collections::BTreeSet;
use std::io::Write;

use bench::{Board, Rig, Seen};
use link::message::{BootId, ResetReason};
use link::till_end::PrintOutcome;

/// A limit that only a broken hub reaches, also on a machine that has other things to do.
const LONG_MS: u64 = 60_000;

fn rig() -> Rig {
    let mut rig = Rig::start(Board::Lm3s6965).expect("QEMU starts");
    assert!(
        rig.run_until(LONG_MS, |rig| rig.count(is_here) > 0),
        "no hello: {:?}",
        rig.seen
    );
    rig
}

fn is_here(seen: &Seen) -> bool {
    matches!(seen, Seen::Here(_, board, _) if board == "lm3s6965")
}

/// The runs of the hub that the till met.
fn boots(rig: &Rig) -> BTreeSet<BootId> {
    let boots = rig.seen.iter().filter_map(|seen| match seen {
        Seen::Here(boot, ..) => Some(*boot),
        _ => None,
    });
    boots.collect()
}

fn is_confirmed(seen: &Seen) -> bool {
    matches!(seen, Seen::Confirmed(_))
}

fn receipt(len: u32) -> Vec<u8> {
    (0..len)
        .map(|place| place.wrapping_mul(2_654_435_761).to_be_bytes()[0])
        .collect()
}

#[test]
fn a_sale_scan_receipt_status_and_drawer() {
    let mut rig = rig();
    rig.scanner
        .write_all(b"]E08712345678906\r\n")
        .expect("open");
    assert!(rig.run_until(LONG_MS, |rig| rig.count(is_confirmed) == 1));
    assert_eq!(rig.codes(), ["]E08712345678906"]);
    let paper = receipt(4_096);
    rig.print(1, &paper);
    let printed = Seen::Printed(1, PrintOutcome::Sent);
    assert!(rig.run_until(LONG_MS, |rig| rig.seen.contains(&printed)));
    assert!(rig.run_until(LONG_MS, |rig| rig.paper.len() >= paper.len()));
    assert_eq!(rig.paper, paper);
    rig.printer.write_all(&[0x12]).expect("open");
    assert!(rig.run_until(LONG_MS, |rig| rig.seen.contains(&Seen::Said(vec![0x12]))));
    assert!(rig.open_drawer(LONG_MS), "{:?}", rig.seen);
}

#[test]
fn ten_thousand_scans_at_full_speed_while_receipts_print() {
    const SCANS: usize = 10_000;
    let mut rig = rig();
    let paper = receipt(4_096);
    let mut jobs = 0;
    for number in 0..SCANS {
        if rig.ended == jobs {
            jobs += 1;
            rig.print(u64::try_from(jobs).expect("few"), &paper);
        }
        let code = format!("]C0{number:010}\r\n");
        rig.send(|rig| &mut rig.scanner, code.as_bytes())
            .expect("open");
        // As fast as they are taken, never more than the hub can keep.
        let sent = number + 1;
        assert!(
            rig.run_until(LONG_MS, |rig| rig.scans + 100 >= sent),
            "{} of {sent}: {:?}",
            rig.scans,
            rig.apart_from_scans()
        );
    }
    assert!(
        rig.run_until(LONG_MS, |rig| rig.confirmed == SCANS),
        "{} confirmed of {}: {:?}",
        rig.confirmed,
        rig.scans,
        rig.apart_from_scans()
    );
    let expected: Vec<String> = (0..SCANS)
        .map(|number| format!("]C0{number:010}"))
        .collect();
    assert_eq!(rig.codes(), expected);
    assert!(rig.run_until(LONG_MS, |rig| rig.paper.len() == jobs * paper.len()));
    assert_eq!(rig.paper, paper.repeat(jobs));
    assert!(jobs > 2, "only {jobs} receipts");
}

#[test]
fn the_till_restarts_and_loses_nothing() {
    let mut rig = rig();
    let paper = receipt(6_000);
    rig.print(7, &paper);
    for round in 0..5 {
        assert!(rig.run_until(LONG_MS, |rig| rig.paper.len() > round * 1_000));
        rig.restart_till();
        let code = format!("]C0ROUND-{round}\r\n");
        rig.scanner.write_all(code.as_bytes()).expect("open");
        rig.print_again(7);
        assert!(rig.run_until(LONG_MS, |rig| rig.count(is_confirmed) == round + 1));
    }
    assert!(rig.run_until(LONG_MS, |rig| rig.paper.len() >= paper.len()));
    rig.run_until(500, |_| false);
    assert_eq!(rig.paper, paper);
    assert_eq!(rig.codes().len(), 5, "each scan once");
}

#[test]
fn the_hub_restarts_and_nothing_is_doubled() {
    let mut rig = rig();
    let paper = receipt(6_000);
    rig.print(7, &paper);
    assert!(rig.run_until(LONG_MS, |rig| rig.paper.len() > 1_000));
    rig.restart_hub().expect("QEMU starts again");
    let unknown = Seen::Printed(7, PrintOutcome::Unknown);
    assert!(rig.run_until(LONG_MS, |rig| rig.seen.contains(&unknown)));
    assert!(paper.starts_with(&rig.paper), "doubled");
    assert_eq!(boots(&rig).len(), 2, "two runs, two names");
    rig.scanner.write_all(b"]C0AFTER\r\n").expect("open");
    assert!(rig.run_until(LONG_MS, |rig| rig.count(is_confirmed) == 1));
}

#[track_caller]
fn check_restart(command: &[u8], reason: ResetReason) {
    let mut rig = rig();
    rig.scanner.write_all(command).expect("open");
    let restarted =
        |rig: &Rig| rig.count(|seen| matches!(seen, Seen::Here(_, _, why) if *why == reason)) > 0;
    assert!(rig.run_until(LONG_MS, restarted), "{:?}", rig.seen);
    rig.scanner.write_all(b"]C0AFTER\r\n").expect("open");
    assert!(rig.run_until(LONG_MS, |rig| rig.codes().last() == Some(&"]C0AFTER")));
}

#[test]
fn a_panic_restarts_the_hub_and_says_so() {
    check_restart(b"]C0KLR-TEST-PANIC\r\n", ResetReason::Panic);
}

#[test]
fn the_watchdog_restarts_a_hub_that_hangs() {
    check_restart(b"]C0KLR-TEST-HANG\r\n", ResetReason::Watchdog);
}
