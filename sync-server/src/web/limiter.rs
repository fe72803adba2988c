//! How often somebody may try a wrong password: per name and address together, per address, and per name from anywhere.
//! Counts live in memory for a quarter of an hour; the list of them is bounded, the oldest goes first.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// A quarter of an hour.
const WINDOW_MS: u64 = 15 * 60_000;
/// Wrong tries of one name from one address.
const OF_BOTH: u32 = 5;
/// Wrong tries from one address.
const OF_ADDRESS: u32 = 20;
/// Wrong tries of one name from anywhere.
const OF_NAME: u32 = 50;
/// Counts kept.
const MOST: usize = 10_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Both(String, IpAddr),
    Address(IpAddr),
    Name(String),
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    count: u32,
    since_ms: u64,
}

/// Who tried how often.
#[derive(Debug, Default)]
pub(crate) struct Limiter(Mutex<HashMap<Key, Tries>>);

fn keys(name: &str, address: IpAddr) -> [(Key, u32); 3] {
    let name = name.trim().to_lowercase();
    [
        (Key::Both(name.clone(), address), OF_BOTH),
        (Key::Address(address), OF_ADDRESS),
        (Key::Name(name), OF_NAME),
    ]
}

impl Limiter {
    /// Counts a try before it is checked; gives the minutes to wait when there were too many. Counting first leaves
    /// no gap for tries at the same moment; [`Self::forgive`] takes a right one back.
    pub(crate) fn try_in(&self, name: &str, address: IpAddr, now_ms: u64) -> Result<(), u64> {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = keys(name, address).into_iter().filter_map(|(key, most)| {
            let tries = tries.get(&key)?;
            let age_ms = now_ms.saturating_sub(tries.since_ms);
            (age_ms < WINDOW_MS && tries.count >= most)
                .then(|| (WINDOW_MS - age_ms).div_ceil(60_000))
        });
        if let Some(minutes) = waits.max() {
            return Err(minutes);
        }
        if tries.len() + 3 > MOST {
            tries.retain(|_, tries| now_ms.saturating_sub(tries.since_ms) < WINDOW_MS);
        }
        if tries.len() + 3 > MOST {
            // The older half goes at once: many strangers must not make every try expensive.
            let mut times: Vec<u64> = tries.values().map(|tries| tries.since_ms).collect();
            times.sort_unstable();
            let middle = times.get(times.len() / 2).copied().unwrap_or(now_ms);
            tries.retain(|_, tries| tries.since_ms > middle);
        }
        for (key, _) in keys(name, address) {
            let entry = tries.entry(key).or_insert(Tries {
                count: 0,
                since_ms: now_ms,
            });
            if now_ms.saturating_sub(entry.since_ms) >= WINDOW_MS {
                *entry = Tries {
                    count: 0,
                    since_ms: now_ms,
                };
            }
            entry.count = entry.count.saturating_add(1);
        }
        Ok(())
    }

    /// The password was right after all.
    pub(crate) fn forgive(&self, name: &str, address: IpAddr) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, _) in keys(name, address) {
            match key {
                Key::Both(..) => {
                    tries.remove(&key);
                }
                Key::Address(_) | Key::Name(_) => {
                    if let Some(entry) = tries.get_mut(&key) {
                        entry.count = entry.count.saturating_sub(1);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn the_sixth_wrong_try_waits() {
        let limiter = Limiter::default();
        for _ in 0..5 {
            assert_eq!(limiter.try_in("Ans", HOME, 0), Ok(()));
        }
        assert_eq!(limiter.try_in(" ans ", HOME, 60_000), Err(14));
        assert_eq!(limiter.try_in("bo", HOME, 60_000), Ok(()), "another name");
        assert_eq!(limiter.try_in("ans", HOME, WINDOW_MS), Ok(()), "later");
    }

    #[test]
    fn a_right_password_clears_the_count() {
        let limiter = Limiter::default();
        for _ in 0..100 {
            assert_eq!(limiter.try_in("ans", HOME, 0), Ok(()));
            limiter.forgive("ans", HOME);
        }
    }

    #[test]
    fn many_names_from_one_address_wait_and_memory_is_bounded() {
        let limiter = Limiter::default();
        let waits = (0..100).filter(|n| limiter.try_in(&format!("n{n}"), HOME, 0).is_err());
        assert_eq!(waits.count(), 80);
        for n in 0..20_000_u32 {
            let address = IpAddr::V4(n.into());
            let _ = limiter.try_in(&n.to_string(), address, u64::from(n));
        }
        assert!(limiter.0.lock().unwrap().len() <= MOST);
    }
}
