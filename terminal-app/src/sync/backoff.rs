//! How long to wait before the next attempt, as a pure function.
//!
//! *Soon*: the line or head office was away; doubling from a second to a minute. *After mending*: someone has to do something
//! first (a revoked key, an unknown till); doubling from a minute to half an hour. A quarter of jitter keeps the tills of a
//! chain from knocking together after an outage.

use super::office::Retry;

/// The first wait after a failure that passes by itself, in milliseconds.
pub const SOON_FIRST_MS: u64 = 1_000;
/// The longest wait after failures that pass by themselves.
pub const SOON_MAX_MS: u64 = 60_000;
/// The first wait when someone has to mend something.
pub const MENDING_FIRST_MS: u64 = 60_000;
/// The longest wait when someone has to mend something.
pub const MENDING_MAX_MS: u64 = 30 * 60_000;

/// Milliseconds to wait after `failures` failures in a row (from 1). `jitter` is any random number.
#[must_use]
pub fn wait_ms(retry: Retry, failures: u32, jitter: u32) -> u64 {
    let (first, max) = match retry {
        Retry::Soon => (SOON_FIRST_MS, SOON_MAX_MS),
        Retry::AfterMending => (MENDING_FIRST_MS, MENDING_MAX_MS),
    };
    let doublings = failures.saturating_sub(1).min(16);
    let full = first.saturating_mul(1 << doublings).min(max);
    full - u64::from(jitter) % (full / 4 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_their_bound() {
        assert_eq!(wait_ms(Retry::Soon, 1, 0), 1_000);
        assert_eq!(wait_ms(Retry::Soon, 2, 0), 2_000);
        assert_eq!(wait_ms(Retry::Soon, 6, 0), 32_000);
        assert_eq!(wait_ms(Retry::Soon, 7, 0), 60_000);
        assert_eq!(wait_ms(Retry::Soon, u32::MAX, 0), 60_000);
        assert_eq!(wait_ms(Retry::AfterMending, 1, 0), 60_000);
        assert_eq!(wait_ms(Retry::AfterMending, 40, 0), 1_800_000);
    }

    #[test]
    fn jitter_takes_off_at_most_a_quarter() {
        for failures in 1..20 {
            for jitter in [0, 1, 77, 250, 251, 9_999_999, u32::MAX] {
                let full = wait_ms(Retry::Soon, failures, 0);
                let wait = wait_ms(Retry::Soon, failures, jitter);
                assert!(
                    wait <= full && wait >= full - full / 4 - 1,
                    "{wait} of {full}"
                );
            }
        }
    }
}
