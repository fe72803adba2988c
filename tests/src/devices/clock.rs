//! The machine's clock, which a test may put forward.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use retail::clock::Clock;

/// Runs like the machine's clock, ahead of it by what [`ShiftedClock::advance_ms`] was given.
#[derive(Debug)]
pub struct ShiftedClock {
    start: Instant,
    ahead_ms: AtomicU64,
}

impl Default for ShiftedClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "device threads wait for real descriptors, so their tests run on the machine's clock"
    )]
    fn default() -> Self {
        Self {
            start: Instant::now(),
            ahead_ms: AtomicU64::new(0),
        }
    }
}

impl ShiftedClock {
    /// Puts the clock forward.
    pub fn advance_ms(&self, ms: u64) {
        self.ahead_ms.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ShiftedClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "device threads wait for real descriptors, so their tests run on the machine's clock"
    )]
    fn now(&self) -> DateTime<Utc> {
        let ahead = i64::try_from(self.ahead_ms.load(Ordering::SeqCst)).unwrap_or(i64::MAX);
        Utc::now() + TimeDelta::milliseconds(ahead)
    }

    fn monotonic_ms(&self) -> u64 {
        let elapsed = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        elapsed + self.ahead_ms.load(Ordering::SeqCst)
    }
}
