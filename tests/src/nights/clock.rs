//! The time of a night: one true clock, and what each box believes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use retail::clock::Clock;

/// The true time, moved by the world only.
#[derive(Clone, Debug)]
pub(super) struct TrueTime(Arc<AtomicI64>);

impl TrueTime {
    pub(super) fn new(start: DateTime<Utc>) -> Self {
        Self(Arc::new(AtomicI64::new(start.timestamp_millis())))
    }

    pub(super) fn pass(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    pub(super) fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// The clock of one box: the true time and an error that jumps.
#[derive(Clone, Debug)]
pub(super) struct BoxClock {
    time: TrueTime,
    error_ms: Arc<AtomicI64>,
}

impl BoxClock {
    pub(super) fn right(time: &TrueTime) -> Self {
        Self {
            time: time.clone(),
            error_ms: Arc::new(AtomicI64::new(0)),
        }
    }

    pub(super) fn set_error(&self, ms: i64) {
        self.error_ms.store(ms, Ordering::SeqCst);
    }

    /// A clock of its own with the same error: another box.
    pub(super) fn copy(&self) -> Self {
        Self {
            time: self.time.clone(),
            error_ms: Arc::new(AtomicI64::new(self.error_ms.load(Ordering::SeqCst))),
        }
    }
}

impl Clock for BoxClock {
    fn now(&self) -> DateTime<Utc> {
        let ms = self.time.now_ms() + self.error_ms.load(Ordering::SeqCst);
        DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::UNIX_EPOCH)
    }

    fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.time.now_ms()).unwrap_or(0)
    }
}
