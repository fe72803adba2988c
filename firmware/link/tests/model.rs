//! The link under loss, damage, doubling and reordering of bytes and restarts of either end.
//!
//! Faults this model may make: it drops, flips, doubles and swaps bytes on the cable in both
//! directions, cuts the cable, kills the till at any step (its disk survives: committed scans,
//! begun print jobs), and kills the hub at any step (nothing survives; what its printer
//! already has is on paper). Afterwards the cable is good, and everything must come to an end:
//!
//! * nothing is sold twice, nothing that did not beep, and no beep is forgotten silently;
//! * while only the till restarts, every scan is sold, in order, and every job is printed whole;
//! * a job that ended *sent* is on paper exactly once, *not begun* not at all, and *unknown* at
//!   most once, from its beginning;
//! * a drawer pulse is given at most once and never after it is too old.
//!
//! A failure prints its seed; `LINK_SEED=n cargo test -p link --test model` replays it, and
//! `LINK_SEEDS=n` runs that many seeds of every kind.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a model that meets the impossible must stop"
)]

#[path = "model/cable.rs"]
mod cable;
#[path = "model/hub.rs"]
mod hub;
#[path = "model/till.rs"]
mod till;

use cable::{Cable, Rng};
use hub::Hub;
use till::Till;

/// Which faults a run makes.
#[derive(Clone, Copy, Debug)]
struct Faults {
    cable: bool,
    till_restarts: bool,
    hub_restarts: bool,
}

const FAULTY_MS: u64 = 12_000;
const END_MS: u64 = 150_000;

struct World {
    rng: Rng,
    hub: Hub,
    till: Till,
    to_hub: Cable,
    to_till: Cable,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        Self {
            hub: Hub::new(&mut rng, 0),
            till: Till::new(&mut rng, 0),
            to_hub: Cable::default(),
            to_till: Cable::default(),
            rng,
        }
    }

    fn run(&mut self, faults: Faults) {
        for now_ms in 0..END_MS {
            let faulty = now_ms < FAULTY_MS;
            let cable_faults = faulty && faults.cable;
            self.to_hub.set_faulty(cable_faults);
            self.to_till.set_faulty(cable_faults);
            if faulty {
                self.shop_life(now_ms);
                if faults.till_restarts && self.rng.one_in(1_500) {
                    self.till.restart(&mut self.rng, now_ms);
                }
                if faults.hub_restarts && self.rng.one_in(3_000) {
                    self.hub.restart(&mut self.rng, now_ms);
                }
            }
            let received = self.to_hub.take(&mut self.rng, now_ms);
            self.hub
                .advance(&received, now_ms, &mut self.rng, &mut self.to_till);
            let received = self.to_till.take(&mut self.rng, now_ms);
            self.till
                .advance(&received, now_ms, &mut self.rng, &mut self.to_hub);
            if !faulty && self.is_quiet() {
                break;
            }
        }
    }

    fn is_quiet(&self) -> bool {
        self.hub.scans_waiting() == 0 && self.till.is_settled()
    }

    /// Scans, receipts and drawers at random moments.
    fn shop_life(&mut self, now_ms: u64) {
        if self.rng.one_in(120) {
            self.hub.read_a_code(now_ms, &mut self.to_till);
        }
        if self.rng.one_in(900) {
            let len = self.rng.below(500);
            self.till.print_receipt(u32::try_from(len).unwrap_or(0));
        }
        if self.rng.one_in(1_500) {
            self.till.open_drawer(now_ms, &mut self.to_hub);
        }
    }

    fn check(&self, faults: Faults) {
        self.check_scans(faults);
        self.check_prints(faults);
        self.check_drawers();
        assert!(self.is_quiet(), "something never came to its end");
    }

    fn check_scans(&self, faults: Faults) {
        let sold = self.till.sold();
        let mut once = sold.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), sold.len(), "sold twice: {sold:?}");
        for code in &sold {
            assert!(self.hub.beeped().contains(code), "{code} never beeped");
        }
        for code in self.hub.beeped() {
            let told = sold.contains(code) || self.till.unconfirmed().contains(code);
            assert!(told, "{code} beeped and is neither sold nor asked about");
        }
        if !faults.hub_restarts {
            assert_eq!(&sold, self.hub.kept(), "every scan, in order");
            assert_eq!(self.hub.beeped(), self.hub.kept(), "one beep each");
            assert!(self.till.unconfirmed().is_empty());
        }
    }

    fn check_prints(&self, faults: Faults) {
        for (job, len, outcome) in self.till.jobs() {
            let paper = self.hub.paper(job);
            let expected: Vec<u32> = (0..len).collect();
            match outcome {
                Some(till::Outcome::Sent) => assert_eq!(paper, expected, "job {job} whole"),
                Some(till::Outcome::NotBegun) => assert!(paper.is_empty(), "job {job} not begun"),
                Some(till::Outcome::Unknown) => {
                    assert!(expected.starts_with(&paper), "job {job} doubled: {paper:?}");
                    assert!(faults.hub_restarts, "job {job} unknown without a reason");
                }
                None => panic!("job {job} never ended"),
            }
        }
    }

    fn check_drawers(&self) {
        for (id, asked_ms, end) in self.till.drawers() {
            let pulses = self.hub.pulses(id);
            assert!(pulses.len() <= 1, "drawer {id} pulsed twice");
            for pulse_ms in &pulses {
                assert!(*pulse_ms < asked_ms + 10_500, "drawer {id} too late");
            }
            match end {
                link::till_end::DrawerEnd::Pulsed => assert_eq!(pulses.len(), 1),
                link::till_end::DrawerEnd::Resting | link::till_end::DrawerEnd::TooLate => {
                    assert!(pulses.is_empty(), "drawer {id} pulsed");
                }
                link::till_end::DrawerEnd::Unknown => {}
            }
        }
    }
}

fn run_seeds(seeds: u64, faults: Faults) -> Vec<World> {
    let number = |name: &str| -> Option<u64> { std::env::var(name).ok()?.parse().ok() };
    let all = 0..number("LINK_SEEDS").unwrap_or(seeds);
    let seeds = number("LINK_SEED").map_or(all, |seed| seed..seed + 1);
    seeds
        .map(|seed| {
            let result = std::panic::catch_unwind(|| {
                let mut world = World::new(seed);
                world.run(faults);
                world.check(faults);
                world
            });
            result.unwrap_or_else(|_| panic!("seed {seed} with {faults:?}"))
        })
        .collect()
}

#[test]
fn a_good_cable() {
    let faults = Faults {
        cable: false,
        till_restarts: false,
        hub_restarts: false,
    };
    let worlds = run_seeds(5, faults);
    assert!(worlds.iter().all(|world| world.till.sold().len() > 20));
}

#[test]
fn a_bad_cable() {
    let worlds = run_seeds(
        25,
        Faults {
            cable: true,
            till_restarts: false,
            hub_restarts: false,
        },
    );
    let damaged: u64 = worlds
        .iter()
        .map(|world| world.to_hub.faults() + world.to_till.faults())
        .sum();
    assert!(damaged > 1_000, "the model damages nothing: {damaged}");
}

#[test]
fn the_till_restarts() {
    let worlds = run_seeds(
        40,
        Faults {
            cable: true,
            till_restarts: true,
            hub_restarts: false,
        },
    );
    let between: usize = worlds.iter().map(|world| world.till.committed_unsold).sum();
    assert!(between > 10, "no crash between commit and sale: {between}");
}

#[test]
fn both_ends_restart() {
    let worlds = run_seeds(
        60,
        Faults {
            cable: true,
            till_restarts: true,
            hub_restarts: true,
        },
    );
    let asked: usize = worlds
        .iter()
        .map(|world| world.till.unconfirmed().len())
        .sum();
    assert!(asked > 0, "no restart of the hub between commit and beep");
    let unknown = worlds
        .iter()
        .flat_map(|world| world.till.jobs())
        .filter(|(.., outcome)| *outcome == Some(till::Outcome::Unknown))
        .count();
    assert!(
        unknown > 10,
        "no restart of the hub within a job: {unknown}"
    );
}
