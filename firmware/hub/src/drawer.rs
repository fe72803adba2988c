//! The drawer's coil: one pulse of a bounded length, then a rest. A pulse that is asked for
//! while the coil is on or rests is refused, never queued.

use link::message::DrawerOutcome;

/// Shortest pulse.
pub const PULSE_MIN_MS: u16 = 50;
/// Longest pulse.
pub const PULSE_MAX_MS: u16 = 200;
/// Shortest rest between two pulses.
pub const REST_MIN_MS: u16 = 500;

/// How long the coil is on and how long it rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pulse_ms: u16,
    rest_ms: u16,
}

impl Settings {
    /// Values out of bounds are moved to the nearest bound.
    #[must_use]
    pub fn new(pulse_ms: u16, rest_ms: u16) -> Self {
        Self {
            pulse_ms: pulse_ms.clamp(PULSE_MIN_MS, PULSE_MAX_MS),
            rest_ms: rest_ms.max(REST_MIN_MS),
        }
    }
}

impl Default for Settings {
    /// On for 100 ms, a rest of 1 s.
    fn default() -> Self {
        Self::new(100, 1_000)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ready,
    On { off_ms: u64 },
    Resting { ready_ms: u64 },
}

/// The coil.
#[derive(Clone, Debug)]
pub struct Drawer {
    settings: Settings,
    state: State,
}

impl Drawer {
    /// Off, and resting: a board that resets again and again must not hold the coil on.
    #[must_use]
    pub fn new(settings: Settings, now_ms: u64) -> Self {
        let ready_ms = now_ms.saturating_add(u64::from(settings.rest_ms));
        Self {
            settings,
            state: State::Resting { ready_ms },
        }
    }

    /// Begins a pulse if the coil is ready.
    pub fn open(&mut self, now_ms: u64) -> DrawerOutcome {
        self.advance(now_ms);
        if self.state != State::Ready {
            return DrawerOutcome::Resting;
        }
        self.state = State::On {
            off_ms: now_ms.saturating_add(u64::from(self.settings.pulse_ms)),
        };
        DrawerOutcome::Pulsed
    }

    /// Ends what time has ended.
    pub fn advance(&mut self, now_ms: u64) {
        match self.state {
            // The rest begins when the pin really goes low, however late that is.
            State::On { off_ms } if now_ms >= off_ms => {
                self.state = State::Resting {
                    ready_ms: now_ms.saturating_add(u64::from(self.settings.rest_ms)),
                };
            }
            State::Resting { ready_ms } if now_ms >= ready_ms => self.state = State::Ready,
            State::Ready | State::On { .. } | State::Resting { .. } => {}
        }
    }

    /// Whether the pin must be high.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        matches!(self.state, State::On { .. })
    }

    /// When [`advance`](Self::advance) has something to do.
    #[must_use]
    pub const fn next_ms(&self) -> u64 {
        match self.state {
            State::Ready => u64::MAX,
            State::On { off_ms } => off_ms,
            State::Resting { ready_ms } => ready_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn settings_stay_within_bounds() {
        assert_eq!(Settings::new(0, 0), Settings::new(50, 500));
        assert_eq!(Settings::new(9_999, 700), Settings::new(200, 700));
    }

    #[test]
    fn not_before_the_first_rest() {
        let mut drawer = Drawer::new(Settings::default(), 0);
        assert_eq!(drawer.open(999), DrawerOutcome::Resting);
        assert_eq!(drawer.open(1_000), DrawerOutcome::Pulsed);
        assert_eq!(drawer.next_ms(), 1_100);
    }

    proptest! {
        #[test]
        fn pulses_and_rests_keep_their_bounds(
            pulse_ms in any::<u16>(),
            rest_ms in 0_u16..3_000,
            steps in prop::collection::vec((1_u64..400, any::<bool>()), 1..200),
        ) {
            let mut drawer = Drawer::new(Settings::new(pulse_ms, rest_ms), 0);
            let (mut on_ms, mut off_ms, mut now_ms) = (None, 0_u64, 0_u64);
            for (wait, open) in steps {
                // The hub is called at the latest at the moment that was asked for.
                now_ms = (now_ms + wait).min(drawer.next_ms());
                drawer.advance(now_ms);
                if open {
                    drawer.open(now_ms);
                }
                match (on_ms, drawer.is_on()) {
                    (None, true) => {
                        prop_assert!(now_ms - off_ms >= 500, "no rest");
                        on_ms = Some(now_ms);
                    }
                    (Some(since), false) => {
                        prop_assert!((50..=200).contains(&(now_ms - since)), "a wrong pulse");
                        off_ms = now_ms;
                        on_ms = None;
                    }
                    _ => {}
                }
            }
        }
    }
}
