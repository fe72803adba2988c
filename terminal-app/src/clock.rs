//! The one real clock and the one real source of randomness of the till. Everything else takes them as arguments.

use std::time::Instant;

use chrono::{DateTime, Utc};
use retail::clock::{Clock, Entropy};

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct RealClock {
    start: Instant,
}

impl RealClock {
    /// Starts counting.
    #[expect(clippy::disallowed_methods, reason = "the one real clock of the till")]
    #[must_use]
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Clock for RealClock {
    #[expect(clippy::disallowed_methods, reason = "the one real clock of the till")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealEntropy;

impl Entropy for RealEntropy {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one real source of randomness of the till"
    )]
    #[expect(
        clippy::expect_used,
        reason = "a machine without randomness must not make keys or ids: there is nothing better to do than stop"
    )]
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}
