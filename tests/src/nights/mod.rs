//! Simulated nights: tills, a network and head office from one seed, with everything that can go wrong between them.
//!
//! Each night runs the real store, journal, plan and session of some tills and the real ingest of head office on real SQLite
//! files; only time, chance and the wire are ours. The same seed makes the same night, to the letter of its trace.
//!
//! # The faults, and why everything must survive them
//! - The wire loses a request or its answer, delivers a request twice, late (after others, after a restart of either side, after
//!   a restore), cuts requests and answers short, and gives an answer to an earlier question (of what is fetched: to the same
//!   question, as a cache does): a shop's line does all of that, and HTTP hides only some of it. Bits are not flipped inside a request that arrives: TLS sees to that.
//! - A till stops before or after any write of the exchange, and between any two steps: power fails at no convenient moment.
//!   What was committed is there again (SQLite with `synchronous=FULL`), nothing else is promised.
//! - Head office stops before or after any of its commits; its transactions are whole.
//! - The last commits of a till are lost while its marker file still knows them: a disk that lied about being durable.
//! - A till's database is replaced by an older copy, with or without its marker: somebody restored a backup. What was only in
//!   the replaced file went with its disk.
//! - A till's folder is copied and both go on under one key: a cloned card.
//! - An event in a till's database becomes unreadable, sent or not.
//! - Head office's database is replaced by an older copy (not older than the enrolment of its tills: those would have to enrol
//!   anew); its log of tombstones, which lives beside the backups, stays.
//! - The same card is enrolled at several tills that do not know of each other, a customer is forgotten while his links are
//!   still on the way, and clocks jump by up to two years.
//!
//! When the faults stop, everything must come together by itself: see `oracle`.

use std::fmt;
use std::path::PathBuf;

mod clock;
mod headquarters;
mod machine;
mod network;
mod oracle;
mod shopping;
mod store_faults;
mod till_store;
mod trace;
mod world;

pub use trace::Trace;

/// A night that went wrong.
#[derive(Debug)]
pub struct Failure {
    /// Its seed.
    pub seed: u64,
    /// What is wrong.
    pub what: String,
    /// What happened, to the end.
    pub trace: Trace,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "night {} went wrong: {}", self.seed, self.what)?;
        writeln!(f, "the end of what happened:")?;
        for line in self.trace.tail(60) {
            writeln!(f, "  {line}")?;
        }
        write!(
            f,
            "to see it again: cargo xtask nights --from {} --seeds 1",
            self.seed
        )
    }
}

/// What a night saw: how often each fault really happened, and what everything came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// By name, in the order of the names.
    pub counts: std::collections::BTreeMap<&'static str, u64>,
}

impl Tally {
    /// Counts one.
    pub fn add(&mut self, what: &'static str, number: u64) {
        *self.counts.entry(what).or_default() += number;
    }

    /// Adds another night.
    pub fn merge(&mut self, other: &Self) {
        for (what, number) in &other.counts {
            self.add(what, *number);
        }
    }
}

/// Runs the night of a seed.
pub fn run(seed: u64) -> Result<(Trace, Tally), Box<Failure>> {
    let mut world = world::World::new(seed);
    match world.night() {
        Ok(()) => Ok(world.into_record()),
        Err(error) => {
            let (trace, _) = world.into_record();
            Err(Box::new(Failure {
                seed,
                what: format!("{error:#}"),
                trace,
            }))
        }
    }
}

/// Where nights keep their files: in memory where there is such a place, since they fear no power cut of this machine.
fn scratch() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    }
}
