//! When an event really happened. Nothing is refused for its clock: the till's time is corrected by what its clock was
//! off when the batch was sent, and a time that cannot be is clamped for ordering and flagged. Fixed once, at ingest.

use chrono::{DateTime, FixedOffset};

/// A clock that is off by less is right: the way over the network takes time too.
pub const TOLERANCE_MS: i64 = 30_000;
/// 2015-01-01: no journal is older than this program could be.
pub const EARLIEST_MS: i64 = 1_420_070_400_000;

/// A corrected time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corrected {
    /// Milliseconds since 1970-01-01 UTC.
    pub at_ms: i64,
    /// It was impossible, and this is the nearest that is not.
    pub clamped: bool,
}

/// What the till's clock is behind head office (negative: ahead), measured when it sent a batch.
#[must_use]
pub const fn offset(sent_ms: i64, received_ms: i64) -> i64 {
    received_ms.saturating_sub(sent_ms)
}

/// The corrected time of an event. `before_ms`: the corrected time of the event it stands on, where known.
#[must_use]
pub fn correct(
    at: DateTime<FixedOffset>,
    offset_ms: i64,
    received_ms: i64,
    before_ms: Option<i64>,
) -> Corrected {
    let correction = if offset_ms.saturating_abs() <= TOLERANCE_MS {
        0
    } else {
        offset_ms
    };
    let at_ms = at.timestamp_millis().saturating_add(correction);
    let latest = received_ms.saturating_add(TOLERANCE_MS);
    if at_ms > latest {
        Corrected {
            at_ms: received_ms,
            clamped: true,
        }
    } else if at_ms < EARLIEST_MS {
        Corrected {
            at_ms: before_ms.unwrap_or(EARLIEST_MS).max(EARLIEST_MS),
            clamped: true,
        }
    } else {
        Corrected {
            at_ms,
            clamped: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECEIVED: i64 = 1_795_000_000_000;

    #[track_caller]
    fn check(at_ms: i64, sent_ms: i64, before_ms: Option<i64>, expected: (i64, bool)) {
        let at = DateTime::from_timestamp_millis(at_ms)
            .unwrap()
            .fixed_offset();
        let found = correct(at, offset(sent_ms, RECEIVED), RECEIVED, before_ms);
        assert_eq!((found.at_ms, found.clamped), expected);
    }

    #[test]
    fn a_right_clock_is_left_alone() {
        check(
            RECEIVED - 60_000,
            RECEIVED - 900,
            None,
            (RECEIVED - 60_000, false),
        );
        check(
            RECEIVED + 5_000,
            RECEIVED + 5_000,
            None,
            (RECEIVED + 5_000, false),
        );
    }

    #[test]
    fn a_clock_that_is_off_is_corrected() {
        let hour = 3_600_000;
        check(
            RECEIVED - hour - 60_000,
            RECEIVED - hour,
            None,
            (RECEIVED - 60_000, false),
        );
        check(
            RECEIVED + hour - 60_000,
            RECEIVED + hour,
            None,
            (RECEIVED - 60_000, false),
        );
    }

    #[test]
    fn what_cannot_be_is_clamped_and_flagged() {
        check(RECEIVED + 90_000, RECEIVED, None, (RECEIVED, true));
        check(1_000, RECEIVED, None, (EARLIEST_MS, true));
        check(1_000, RECEIVED, Some(RECEIVED - 5), (RECEIVED - 5, true));
        check(i64::from(i32::MAX), i64::MIN, None, (RECEIVED, true));
    }
}
