//! How far a till has read the log of changes, as a number that does not survive a restored backup by accident.
//!
//! Every start of `serve` is a *generation*: a tag that rises with time. A cursor carries the tag under which it was given
//! out; the generations, with the revision at which each began, stand in the database. After a restore the revisions run on
//! from an earlier point: a cursor given out beyond the backup is then beyond the end of its generation, or of one that is
//! gone, and its till begins from zero. Layout: tag (30 bits), revision (32 bits), partial (1 bit).

use serde::{Deserialize, Serialize};

/// Generations that are remembered; a till that was away for longer begins from zero.
const REMEMBERED: usize = 256;
/// 2015-01-01 in seconds since 1970: tags are seconds since then.
const FIRST_SECOND: i64 = 1_420_070_400;
const TAG_BITS: u32 = 30;
const REV_BITS: u32 = 32;

/// One start of `serve`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Generation {
    tag: u64,
    /// The last revision before it.
    began_at: u64,
}

/// All that are remembered, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Generations(Vec<Generation>);

/// What a cursor says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The generation that gave it out.
    pub(super) tag: u64,
    /// Read up to this revision.
    pub(super) rev: u64,
    /// There was more to read: a place inside one reading, good in its own generation only.
    pub(super) partial: bool,
}

impl Cursor {
    /// The number a till keeps; 0 stays 0: the beginning.
    pub(super) const fn encode(self) -> u64 {
        if self.rev == 0 {
            return 0;
        }
        let tag = self.tag & ((1 << TAG_BITS) - 1);
        let rev = self.rev & ((1 << REV_BITS) - 1);
        (tag << (REV_BITS + 1)) | (rev << 1) | (self.partial as u64)
    }

    const fn decode(number: u64) -> Self {
        Self {
            tag: number >> (REV_BITS + 1),
            rev: (number >> 1) & ((1 << REV_BITS) - 1),
            partial: number & 1 == 1,
        }
    }
}

impl Generations {
    /// Begins one at this second, where the log ends at `end`; gives its tag.
    pub(super) fn begin(&mut self, now_s: i64, end: u64) -> u64 {
        let second = u64::try_from(now_s.saturating_sub(FIRST_SECOND)).unwrap_or(0);
        let after = self.0.last().map_or(1, |last| last.tag + 1);
        let tag = second.max(after).min((1 << TAG_BITS) - 1);
        self.0.push(Generation { tag, began_at: end });
        let surplus = self.0.len().saturating_sub(REMEMBERED);
        self.0.drain(..surplus);
        tag
    }

    /// The revision from which a till with this cursor reads on, where the log ends at `end`; `None`: from zero.
    pub(super) fn resume(&self, cursor: u64, end: u64) -> Option<u64> {
        if cursor == 0 {
            return Some(0);
        }
        let Cursor { tag, rev, partial } = Cursor::decode(cursor);
        let at = self.0.iter().position(|known| known.tag == tag)?;
        let next = self.0.get(at + 1);
        let good = match next {
            None => rev <= end,
            Some(next) => !partial && rev <= next.began_at,
        };
        good.then_some(rev)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_000_000;

    fn cursor(tag: u64, rev: u64, partial: bool) -> u64 {
        Cursor { tag, rev, partial }.encode()
    }

    #[test]
    fn a_cursor_reads_back_and_rises() {
        let mut generations = Generations::default();
        let first = generations.begin(NOW, 0);
        let second = generations.begin(NOW, 40);
        assert!(
            second > first,
            "even in the same second, or with a clock set back"
        );
        assert!(cursor(first, 40, false) > cursor(first, 39, true));
        assert!(cursor(second, 40, false) > cursor(first, 4_000_000, false));
        for (tag, rev, partial) in [(first, 1, true), (second, 4_294_967_295, false)] {
            let number = cursor(tag, rev, partial);
            assert_eq!(Cursor::decode(number), Cursor { tag, rev, partial });
            assert!(i64::try_from(number).is_ok());
        }
    }

    #[test]
    fn a_restart_goes_on_and_a_restore_begins_anew() {
        let mut generations = Generations::default();
        let first = generations.begin(NOW, 0);
        let backup = generations.clone();
        assert_eq!(generations.resume(cursor(first, 90, false), 100), Some(90));
        let second = generations.begin(NOW + 60, 100);
        // A restart: what was read is read.
        assert_eq!(
            generations.resume(cursor(first, 100, false), 120),
            Some(100)
        );
        assert_eq!(
            generations.resume(cursor(second, 110, false), 120),
            Some(110)
        );
        // A place inside a reading is not good for another process.
        assert_eq!(generations.resume(cursor(first, 90, true), 120), None);
        // The backup was made at revision 50; head office starts on it and goes on to 200.
        let mut restored = backup;
        restored.begin(NOW + 120, 50);
        assert_eq!(restored.resume(cursor(first, 50, false), 200), Some(50));
        assert_eq!(restored.resume(cursor(first, 90, false), 200), None);
        assert_eq!(restored.resume(cursor(second, 110, false), 200), None);
        assert_eq!(restored.resume(0, 200), Some(0));
    }
}
