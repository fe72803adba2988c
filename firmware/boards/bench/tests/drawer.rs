//! The drawer's coil on the real image in QEMU, measured in the firmware's own time: whatever is
//! asked of the hub and whatever happens to it, no pulse is longer than 200 ms as long as
//! interrupts run, and none longer than the watchdog when they do not.
#![expect(
    clippy::expect_used,
    reason = "a bench that does not start is a failed test"
)]

use std::collections::BTreeSet;
use std::io::Write;

use bench::{Board, PULSE_MAX, PULSE_MIN, Pulse, REST_MIN, Rig, Seen, pulses};
use link::message::ResetReason;
use link::till_end::{DrawerEnd, Event};

const PIN: u8 = 2;
/// Two time-outs of the watchdog, and one step of what is told while it runs.
const WATCHDOG: f64 = 2_000.0 + 100.0;
/// A limit, not a measure: the machines of the tests may be slow.
const PATIENCE_MS: u64 = 120_000;

fn rig() -> Rig {
    let mut rig = Rig::start(Board::Lm3s6965Counted).expect("QEMU starts");
    let here = |rig: &Rig| rig.count(|seen| matches!(seen, Seen::Here(..))) > 0;
    assert!(rig.run_until(PATIENCE_MS, here), "no hello: {:?}", rig.seen);
    rig
}

fn coil(rig: &Rig) -> Vec<Pulse> {
    pulses(&rig.pins, PIN)
}

/// How often a board started: each tells how it found the pin.
fn starts(rig: &Rig) -> usize {
    rig.pins.iter().filter(|pin| pin.at_ms == 0.0).count()
}

/// The runs of the hub that the till met.
fn runs(rig: &Rig) -> usize {
    let boots = rig.seen.iter().filter_map(|seen| match seen {
        Seen::Here(boot, ..) => Some(*boot),
        _ => None,
    });
    boots.collect::<BTreeSet<_>>().len()
}

/// Asks for a pulse and waits for the answer.
fn ask(rig: &mut Rig, id: u32) -> DrawerEnd {
    let end = |rig: &Rig| {
        rig.seen.iter().find_map(|seen| match seen {
            Seen::Drawer(of, end) if *of == id => Some(*end),
            _ => None,
        })
    };
    rig.step(Event::OpenDrawer { id });
    assert!(rig.run_until(PATIENCE_MS, |rig| end(rig).is_some()));
    end(rig).expect("seen")
}

#[test]
fn pulses_asked_without_pause_keep_length_and_rest() {
    let mut rig = rig();
    assert_eq!(starts(&rig), 1);
    let (mut given, mut refused) = (0, 0);
    for id in 1.. {
        match ask(&mut rig, id) {
            DrawerEnd::Pulsed => given += 1,
            DrawerEnd::Resting => refused += 1,
            end => panic!("{end:?}"),
        }
        if given == 4 {
            break;
        }
    }
    assert!(rig.run_until(PATIENCE_MS, |rig| coil(rig).len() == given));
    let coil = coil(&rig);
    assert!(refused > given, "asked {refused} times within a rest");
    for pulse in &coil {
        assert!((PULSE_MIN..=PULSE_MAX).contains(&pulse.high_ms), "{coil:?}");
        assert!(pulse.rest_ms >= REST_MIN, "{coil:?}");
    }
}

/// Something goes wrong in the middle of a pulse. Answers the pulse; checks that the board
/// started anew for this reason, found its pin low, and gives a pulse of its own length again.
#[track_caller]
fn in_the_middle_of_a_pulse(command: &[u8], reason: ResetReason) -> Pulse {
    let mut rig = rig();
    rig.scanner.write_all(command).expect("open");
    assert!(rig.run_until(PATIENCE_MS, |rig| rig.codes().len() == 1));
    let broken = |rig: &Rig| coil(rig).len() == 1;
    for id in 1.. {
        let end = ask(&mut rig, id);
        if end != DrawerEnd::Resting {
            break;
        }
    }
    assert!(rig.run_until(PATIENCE_MS, broken), "{:?}", rig.pins);
    let restarted =
        |rig: &Rig| rig.count(|seen| matches!(seen, Seen::Here(_, _, why) if *why == reason)) > 0;
    assert!(rig.run_until(PATIENCE_MS, restarted), "{:?}", rig.seen);
    let found = rig.pins.iter().filter(|pin| pin.at_ms == 0.0);
    let found: Vec<bool> = found.map(|pin| pin.high).collect();
    assert_eq!(found, [false, false], "low as both starts found it");

    // A number that no pulse before had.
    for id in 1_000_000.. {
        if ask(&mut rig, id) == DrawerEnd::Pulsed {
            break;
        }
    }
    let again = |rig: &Rig| coil(rig).len() == 2;
    assert!(rig.run_until(20_000, again), "{:?}", rig.pins);
    let coil = coil(&rig);
    let (first, second) = (coil[0], coil[1]);
    assert!(
        (PULSE_MIN..=PULSE_MAX).contains(&second.high_ms),
        "{coil:?}"
    );
    assert!(second.rest_ms >= REST_MIN, "no rest after a start");
    first
}

#[test]
fn a_panic_puts_the_pin_low_at_once() {
    let pulse = in_the_middle_of_a_pulse(b"]C0KLR-TEST-PULSE-PANIC\r\n", ResetReason::Panic);
    assert!(!pulse.ended_by_reset, "{pulse:?}");
    // The panic comes some 20 ms into a pulse of 100.
    assert!((15.0..50.0).contains(&pulse.high_ms), "{pulse:?}");
}

#[test]
fn a_main_loop_that_hangs_does_not_hold_the_coil() {
    let pulse = in_the_middle_of_a_pulse(b"]C0KLR-TEST-PULSE-HANG\r\n", ResetReason::Watchdog);
    assert!(!pulse.ended_by_reset, "{pulse:?}");
    assert!(
        (PULSE_MIN..=PULSE_MAX).contains(&pulse.high_ms),
        "{pulse:?}"
    );
}

#[test]
fn with_interrupts_off_the_watchdog_ends_the_pulse() {
    let pulse = in_the_middle_of_a_pulse(b"]C0KLR-TEST-PULSE-STUCK\r\n", ResetReason::Watchdog);
    assert!(pulse.ended_by_reset, "{pulse:?}");
    assert!(pulse.high_ms <= WATCHDOG, "{pulse:?}");
}

#[test]
fn a_board_that_panics_again_and_again_never_heats_the_coil() {
    let mut rig = rig();
    for round in 1..=4 {
        rig.scanner
            .write_all(b"]C0KLR-TEST-PANIC\r\n")
            .expect("open");
        let here = |rig: &Rig| starts(rig) == round + 1 && runs(rig) == round + 1;
        assert!(rig.run_until(PATIENCE_MS, here), "{:?}", rig.seen);
        // Asked the moment it is back; given only when the coil has rested since the start.
        ask(&mut rig, u32::try_from(round).expect("few"));
    }
    assert_eq!(starts(&rig), 5);
    let coil = coil(&rig);
    assert!(coil.len() >= 4, "one for each panic: {coil:?}");
    assert!(
        coil.iter().all(|pulse| pulse.high_ms <= PULSE_MAX),
        "{coil:?}"
    );
    // A panic comes with the coil switched on in the worst moment; what the hub itself gives
    // is as long as a pulse, and never without its rest.
    let given: Vec<_> = coil
        .iter()
        .filter(|pulse| pulse.high_ms >= PULSE_MIN)
        .collect();
    assert!(
        given.iter().all(|pulse| pulse.rest_ms >= REST_MIN),
        "{coil:?}"
    );
}
