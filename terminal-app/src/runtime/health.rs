//! Clock and disk, watched: a clock that is wrong dates receipts wrongly, a full disk stops the till. Neither stops a sale.

use std::path::Path;

use chrono::{DateTime, TimeZone as _, Utc};

use crate::till::input::{ClockTrouble, DiskTrouble, Health};

/// Less room than this is little, in megabytes.
const LOW_MB: u64 = 200;
/// Less than this is none.
const FULL_MB: u64 = 5;
/// A clock may be corrected this far without anybody minding, in milliseconds.
const SLACK_MS: i64 = 5_000;

/// Remembers how late it has been.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watch {
    latest_ms: i64,
}

impl Watch {
    /// Looks at the clock and the room on the disk. `last_event_ms`: when the last event of the journal happened.
    pub fn look(
        &mut self,
        now: DateTime<Utc>,
        last_event_ms: Option<i64>,
        free_mb: Option<u64>,
    ) -> Health {
        let now_ms = now.timestamp_millis();
        let set_back = now_ms + SLACK_MS < self.latest_ms;
        self.latest_ms = self.latest_ms.max(now_ms);
        let not_set = Utc
            .with_ymd_and_hms(2026, 1, 1, 0, 0, 0)
            .single()
            .is_some_and(|first| now < first);
        let clock = if not_set {
            Some(ClockTrouble::NotSet)
        } else if set_back {
            Some(ClockTrouble::SetBack)
        } else if last_event_ms.is_some_and(|last| now_ms + SLACK_MS < last) {
            Some(ClockTrouble::BehindJournal)
        } else {
            None
        };
        let disk = match free_mb {
            Some(free_mb) if free_mb < FULL_MB => Some(DiskTrouble::Full),
            Some(free_mb) if free_mb < LOW_MB => Some(DiskTrouble::Low { free_mb }),
            _ => None,
        };
        Health { clock, disk }
    }
}

/// Room for this user on the disk of a file, in megabytes; `None` when it cannot be known.
#[must_use]
pub fn free_mb(file: &Path) -> Option<u64> {
    let folder = file.parent().filter(|f| !f.as_os_str().is_empty());
    let stat = nix::sys::statvfs::statvfs(folder.unwrap_or(Path::new("."))).ok()?;
    Some(stat.blocks_available().saturating_mul(stat.fragment_size()) / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_wrong_clock_is_seen() {
        let mut watch = Watch::default();
        let noon = at("2026-11-21T12:00:00Z");
        let health = |watch: &mut Watch, now, last| watch.look(now, last, None).clock;
        assert_eq!(health(&mut watch, noon, None), None);
        let hour_back = at("2026-11-21T11:00:00Z");
        assert_eq!(
            health(&mut watch, hour_back, None),
            Some(ClockTrouble::SetBack)
        );
        assert_eq!(health(&mut watch, noon, None), None);
        let later = Some(at("2026-11-21T13:00:00Z").timestamp_millis());
        assert_eq!(
            health(&mut watch, noon, later),
            Some(ClockTrouble::BehindJournal)
        );
        let never_set = at("1970-01-01T00:00:12Z");
        assert_eq!(
            health(&mut Watch::default(), never_set, None),
            Some(ClockTrouble::NotSet)
        );
    }

    #[test]
    fn a_small_disk_is_seen() {
        let now = at("2026-11-21T12:00:00Z");
        let disk = |mb| Watch::default().look(now, None, mb).disk;
        assert_eq!(disk(Some(10_000)), None);
        assert_eq!(disk(Some(150)), Some(DiskTrouble::Low { free_mb: 150 }));
        assert_eq!(disk(Some(2)), Some(DiskTrouble::Full));
        assert_eq!(disk(None), None);
    }

    #[test]
    fn the_disk_of_a_file_has_room() {
        let folder = tempfile::tempdir().unwrap();
        assert!(free_mb(&folder.path().join("till.db")).is_some());
    }
}
