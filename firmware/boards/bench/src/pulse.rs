//! What a pin did, read from its changes: how long it was high each time and how long it was
//! low before. Times are the firmware's own; where they begin anew, the board did.

use crate::machine::Pin;

/// The shortest pulse of the drawer's coil, in milliseconds.
pub const PULSE_MIN: f64 = 50.0;
/// The longest pulse, in milliseconds.
pub const PULSE_MAX: f64 = 200.0;
/// The shortest rest between two pulses, in milliseconds.
pub const REST_MIN: f64 = 500.0;

/// One time that a pin was high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pulse {
    /// How long it was low before, since the last pulse or since the board started.
    pub rest_ms: f64,
    /// How long it was high, as far as the board told.
    pub high_ms: f64,
    /// The firmware did not put it low: a reset did.
    pub ended_by_reset: bool,
}

/// The pulses of this pin, oldest first. One that has not ended is none yet.
#[must_use]
pub fn pulses(pins: &[Pin], number: u8) -> Vec<Pulse> {
    let mut pulses = Vec::new();
    let mut low_since_ms = 0.0;
    let mut high: Option<(f64, f64)> = None;
    for pin in pins.iter().filter(|pin| pin.number == number) {
        high = match (high, pin.high) {
            (None, false) => {
                // A board that starts tells how it found its pin.
                if pin.at_ms < low_since_ms {
                    low_since_ms = pin.at_ms;
                }
                None
            }
            (None, true) => Some((pin.at_ms, pin.at_ms)),
            (Some((on_ms, _)), true) => Some((on_ms, pin.at_ms)),
            (Some((on_ms, last_ms)), false) => {
                let ended_by_reset = pin.at_ms < last_ms;
                let off_ms = if ended_by_reset { last_ms } else { pin.at_ms };
                pulses.push(Pulse {
                    rest_ms: on_ms - low_since_ms,
                    high_ms: off_ms - on_ms,
                    ended_by_reset,
                });
                low_since_ms = pin.at_ms;
                None
            }
        };
    }
    pulses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(high: bool, at_ms: f64) -> Pin {
        let number = 2;
        Pin {
            number,
            high,
            at_ms,
        }
    }

    #[test]
    fn pulses_rests_and_resets_are_told_apart() {
        let pins = [
            pin(false, 0.0),
            pin(true, 1_000.0),
            pin(false, 1_100.0),
            pin(true, 1_700.0),
            pin(true, 1_750.0),
            pin(false, 0.0),
            pin(true, 600.0),
            pin(false, 650.0),
            pin(false, 0.0),
            pin(true, 900.0),
        ];
        let pulse = |rest_ms, high_ms, ended_by_reset| Pulse {
            rest_ms,
            high_ms,
            ended_by_reset,
        };
        let expected = [
            pulse(1_000.0, 100.0, false),
            pulse(600.0, 50.0, true),
            pulse(600.0, 50.0, false),
        ];
        assert_eq!(pulses(&pins, 2), expected);
        assert_eq!(pulses(&pins, 3), []);
    }
}
