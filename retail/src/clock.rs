//! Time and randomness as arguments.
//!
//! Each binary has one real [`Clock`] and one real [`Entropy`]; tests and simulated nights pass their own.
//! Nothing in this crate ever asks the machine for either.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use chrono_tz::Tz;

/// The time of day and the time that passes.
pub trait Clock: Send + Sync {
    /// The instant now, as the machine believes it.
    fn now(&self) -> DateTime<Utc>;
    /// Milliseconds since some fixed moment; never goes back, unaffected by someone setting the clock.
    fn monotonic_ms(&self) -> u64;
}

/// A source of random bytes that nobody can guess.
pub trait Entropy: Send {
    /// Fills `bytes` whole.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// 16 random bytes.
pub fn random_16(entropy: &mut dyn Entropy) -> [u8; 16] {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    bytes
}

/// 32 random bytes, as for a key.
pub fn random_32(entropy: &mut dyn Entropy) -> [u8; 32] {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    bytes
}

/// The wall time of a shop at an instant, with the offset in force there.
#[must_use]
pub fn wall_time(instant: DateTime<Utc>, zone: Tz) -> DateTime<FixedOffset> {
    instant.with_timezone(&zone).fixed_offset()
}

/// The calendar day in the shop's own time. Never the UTC day.
#[must_use]
pub fn local_day(instant: DateTime<Utc>, zone: Tz) -> NaiveDate {
    instant.with_timezone(&zone).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Amsterdam;

    #[track_caller]
    fn check(instant: &str, wall: &str, day: &str) {
        let instant: DateTime<Utc> = instant.parse().unwrap();
        assert_eq!(wall_time(instant, Amsterdam).to_rfc3339(), wall);
        assert_eq!(local_day(instant, Amsterdam).to_string(), day);
    }

    #[test]
    fn a_shop_has_its_own_day_and_offset() {
        check(
            "2026-01-31T23:30:00Z",
            "2026-02-01T00:30:00+01:00",
            "2026-02-01",
        );
        check(
            "2026-07-31T22:00:00Z",
            "2026-08-01T00:00:00+02:00",
            "2026-08-01",
        );
        // The hour that summer time skips, and the one that comes twice.
        check(
            "2026-03-29T00:59:59Z",
            "2026-03-29T01:59:59+01:00",
            "2026-03-29",
        );
        check(
            "2026-03-29T01:00:00Z",
            "2026-03-29T03:00:00+02:00",
            "2026-03-29",
        );
        check(
            "2026-10-25T00:30:00Z",
            "2026-10-25T02:30:00+02:00",
            "2026-10-25",
        );
        check(
            "2026-10-25T01:30:00Z",
            "2026-10-25T02:30:00+01:00",
            "2026-10-25",
        );
    }
}
