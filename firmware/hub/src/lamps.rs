//! The three lights: *link* is on while a till is here and blinks while none is, *ready* and
//! *attention* are the till's, and go out with it; *attention* blinks to be seen.

use link::message::Lights;

/// Half a period of blinking.
const BLINK_MS: u64 = 500;

/// Which lights are lit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lit {
    /// A till is here.
    pub link: bool,
    /// The till takes scans.
    pub ready: bool,
    /// Somebody must look at the screen.
    pub attention: bool,
}

/// What the lights depend on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lamps {
    /// A till is at the other end of the link.
    pub till_here: bool,
    /// What the till wants.
    pub wanted: Lights,
}

impl Lamps {
    /// The lights at this moment.
    #[must_use]
    pub const fn lit(&self, now_ms: u64) -> Lit {
        let blink = (now_ms / BLINK_MS).is_multiple_of(2);
        Lit {
            link: self.till_here || blink,
            ready: self.till_here && self.wanted.ready,
            attention: self.till_here && self.wanted.attention && blink,
        }
    }

    /// When they may change by themselves.
    #[must_use]
    pub const fn next_ms(&self, now_ms: u64) -> u64 {
        if !self.till_here || self.wanted.attention {
            (now_ms / BLINK_MS + 1).saturating_mul(BLINK_MS)
        } else {
            u64::MAX
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_till_only_the_link_blinks() {
        let lamps = Lamps {
            till_here: false,
            wanted: Lights {
                ready: true,
                attention: true,
            },
        };
        let dark = Lit::default();
        assert_eq!(lamps.lit(0), Lit { link: true, ..dark });
        assert_eq!(lamps.lit(500), dark);
        assert_eq!(lamps.next_ms(499), 500);
        assert_eq!(lamps.next_ms(500), 1_000);
    }

    #[test]
    fn with_a_till_attention_blinks() {
        let mut lamps = Lamps {
            till_here: true,
            wanted: Lights {
                ready: true,
                attention: false,
            },
        };
        let calm = Lit {
            link: true,
            ready: true,
            attention: false,
        };
        assert_eq!((lamps.lit(0), lamps.next_ms(0)), (calm, u64::MAX));
        lamps.wanted.attention = true;
        assert!(lamps.lit(0).attention && !lamps.lit(500).attention);
    }
}
