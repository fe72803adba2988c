//! When the nightly run is due, as a pure function: every till has its own minute in the configured window.
//!
//! The minute is a hash of the till's number, so that the tills of a chain come one after another. A night that was missed
//! (the box was off) is due at once.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use retail::ids::TillId;
use sha2::{Digest, Sha256};

use crate::config::NightWindow;

impl NightWindow {
    /// Its length in minutes; at least 1, below a day.
    #[must_use]
    pub fn minutes(self) -> u32 {
        let minutes = self.to.signed_duration_since(self.from).num_minutes();
        u32::try_from(minutes.rem_euclid(24 * 60))
            .unwrap_or(0)
            .max(1)
    }

    /// The minute of this till, counted from the beginning of the window.
    #[must_use]
    pub fn minute_of(self, till: TillId) -> u32 {
        let digest = Sha256::digest(till.get().to_be_bytes());
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&digest[..4]);
        u32::from_be_bytes(bytes) % self.minutes()
    }

    /// The instant of this till's slot in the night that begins on `evening`'s date (or early that day).
    fn slot(self, evening: NaiveDate, till: TillId, zone: Tz) -> Option<DateTime<Utc>> {
        let wall =
            evening.and_time(self.from) + TimeDelta::minutes(i64::from(self.minute_of(till)));
        // An hour that summer time skips: the one after it. An hour that comes twice: the first.
        zone.from_local_datetime(&wall)
            .earliest()
            .or_else(|| {
                zone.from_local_datetime(&(wall + TimeDelta::hours(1)))
                    .earliest()
            })
            .map(|instant| instant.with_timezone(&Utc))
    }

    /// The last slot of this till that is not after `now`.
    #[must_use]
    pub fn last_slot(self, now: DateTime<Utc>, till: TillId, zone: Tz) -> Option<DateTime<Utc>> {
        let today = now.with_timezone(&zone).date_naive();
        (0..=2)
            .filter_map(|back| today.checked_sub_days(Days::new(back)))
            .filter_map(|day| self.slot(day, till, zone))
            .find(|slot| *slot <= now)
    }

    /// Is a nightly run due? `last` is when the last one was completed; one that lies in the future was the work of a wrong clock.
    #[must_use]
    pub fn due(
        self,
        now: DateTime<Utc>,
        last: Option<DateTime<Utc>>,
        till: TillId,
        zone: Tz,
    ) -> bool {
        let Some(slot) = self.last_slot(now, till, zone) else {
            return false;
        };
        last.is_none_or(|last| last < slot || last > now + TimeDelta::days(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Amsterdam;

    fn till(n: u16) -> TillId {
        TillId::new(n).unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn window(from: &str, to: &str) -> NightWindow {
        NightWindow {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        }
    }

    #[test]
    fn windows_are_measured() {
        assert_eq!(window("02:00:00", "05:00:00").minutes(), 180);
        assert_eq!(window("23:30:00", "01:00:00").minutes(), 90);
    }

    #[test]
    fn every_till_has_its_own_minute_inside_the_window() {
        let window = window("02:00:00", "05:00:00");
        let minutes: std::collections::HashSet<u32> =
            (1..=60).map(|n| window.minute_of(till(n))).collect();
        assert!(minutes.iter().all(|minute| *minute < 180));
        assert!(minutes.len() > 30, "spread: {}", minutes.len());
    }

    #[test]
    fn due_once_a_night_and_at_once_when_missed() {
        let window = window("02:00:00", "02:01:00");
        let due =
            |now: &str, last: Option<&str>| window.due(at(now), last.map(at), till(1), Amsterdam);
        // 02:00 in Amsterdam in winter is 01:00 UTC.
        assert!(!due("2026-01-10T00:59:00Z", Some("2026-01-09T01:05:00Z")));
        assert!(due("2026-01-10T01:00:00Z", Some("2026-01-09T01:05:00Z")));
        assert!(!due("2026-01-10T01:10:00Z", Some("2026-01-10T01:05:00Z")));
        assert!(
            due("2026-01-14T07:30:00Z", Some("2026-01-09T01:05:00Z")),
            "missed"
        );
        assert!(due("2026-01-14T07:30:00Z", None), "never ran");
        assert!(
            due("2026-01-14T07:30:00Z", Some("2031-01-01T00:00:00Z")),
            "wrong clock"
        );
    }

    #[test]
    fn the_hour_that_summer_time_skips_is_made_up_for() {
        let window = window("02:30:00", "02:31:00");
        // 29 March 2026: 02:00 becomes 03:00.
        assert_eq!(
            window.last_slot(at("2026-03-29T12:00:00Z"), till(1), Amsterdam),
            Some(at("2026-03-29T01:30:00Z"))
        );
    }

    #[test]
    fn a_window_past_midnight_belongs_to_the_evening() {
        let window = window("23:59:00", "00:01:00");
        let slot = window.last_slot(at("2026-01-10T12:00:00Z"), till(1), Amsterdam);
        assert!(
            slot == Some(at("2026-01-09T22:59:00Z")) || slot == Some(at("2026-01-09T23:00:00Z")),
            "{slot:?}"
        );
    }
}
