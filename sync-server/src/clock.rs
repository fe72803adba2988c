//! The one real clock and the one real source of randomness of head office.

use std::time::{Instant, SystemTime};

use chrono::{DateTime, Utc};
use retail::clock::{Clock, Entropy};

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// Starts counting.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one adapter of this binary that asks the machine for the time"
    )]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one adapter of this binary that asks the machine for the time"
    )]
    fn now(&self) -> DateTime<Utc> {
        SystemTime::now().into()
    }

    fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// The random bytes of the operating system.
#[derive(Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(
        clippy::disallowed_methods,
        clippy::expect_used,
        reason = "the one adapter of this binary that asks the machine for randomness; keys made without it would be worse than a stop"
    )]
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}
