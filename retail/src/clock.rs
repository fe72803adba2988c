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
