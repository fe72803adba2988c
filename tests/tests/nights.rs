//! Simulated nights: thousands of them, each from a seed. See `tests::nights` for the faults and for what must hold.

#![expect(clippy::panic, reason = "a wrong number of nights stops the test")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use tests::nights::{self, Tally};

/// Nights when nobody says how many.
const NIGHTS: u64 = 2_000;

fn from_environment(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} is not a number: {text:?}")),
        Err(_) => otherwise,
    }
}

#[test]
fn nights() {
    let first = from_environment("KLANTREIS_SEED", 0);
    let count = from_environment("KLANTREIS_NIGHTS", NIGHTS);
    let next = AtomicU64::new(first);
    let failed = AtomicBool::new(false);
    let failures = Mutex::new(Vec::new());
    let total = Mutex::new(Tally::default());
    let threads = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !failed.load(Ordering::SeqCst) {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= first + count {
                        break;
                    }
                    match nights::run(seed) {
                        Ok((trace, tally)) => {
                            if count == 1 {
                                println!("{}", trace.lines().join("\n"));
                            }
                            total.lock().unwrap().merge(&tally);
                        }
                        Err(failure) => {
                            failed.store(true, Ordering::SeqCst);
                            failures.lock().unwrap().push(failure);
                        }
                    }
                }
            });
        }
    });
    for (what, number) in &total.lock().unwrap().counts {
        println!("{number:>8} {what}");
    }
    let mut failures = failures.into_inner().unwrap();
    failures.sort_by_key(|failure| failure.seed);
    if let Some(failure) = failures.first() {
        panic!("{failure}");
    }
    if count >= NIGHTS {
        assert_every_fault_happened(&total.into_inner().unwrap());
    }
}

/// A simulator that injects nothing proves nothing.
#[track_caller]
fn assert_every_fault_happened(total: &Tally) {
    for fault in [
        "wire: request lost",
        "wire: answer lost",
        "wire: delivered twice",
        "wire: delayed",
        "wire: arrived late",
        "wire: request cut short",
        "wire: answer cut short",
        "wire: an old answer",
        "head office: stopped before a commit",
        "head office: stopped after its work",
        "head office: stopped",
        "head office: restored",
        "till: stopped",
        "till: stopped while it wrote",
        "till: lost its tail",
        "till: restored, marker and all",
        "till: cloned",
        "till: an event unreadable",
        "till: its clock jumped",
        "forgotten",
    ] {
        assert!(
            total.counts.get(fault).copied().unwrap_or(0) > 0,
            "it never happened that {fault}"
        );
    }
}

/// The same seed makes the same night, to the letter.
#[test]
fn a_night_replays_identically() {
    for seed in [3, 77, 1_000_003] {
        let (once, _) = nights::run(seed).unwrap_or_else(|failure| panic!("{failure}"));
        let (again, _) = nights::run(seed).unwrap_or_else(|failure| panic!("{failure}"));
        for (a, b) in once.lines().iter().zip(again.lines()) {
            assert_eq!(a, b, "seed {seed}");
        }
        assert_eq!(once.digest(), again.digest(), "seed {seed}");
    }
}
