//! The three sounds, told apart without looking: one short for *good*, two short for *unknown*,
//! three long for *attention*.

use link::message::Beep;

/// On and off times in milliseconds, beginning with on.
const fn pattern(beep: Beep) -> &'static [u16] {
    match beep {
        Beep::Good => &[60, 40],
        Beep::Unknown => &[60, 60, 60, 120],
        Beep::Attention => &[250, 100, 250, 100, 250, 200],
    }
}

/// The buzzer.
#[derive(Clone, Debug, Default)]
pub struct Buzzer {
    playing: Option<Playing>,
}

#[derive(Clone, Copy, Debug)]
struct Playing {
    beep: Beep,
    part: usize,
    part_ends_ms: u64,
}

impl Buzzer {
    /// Silent.
    #[must_use]
    pub const fn new() -> Self {
        Self { playing: None }
    }

    /// Begins a sound. It replaces the one that plays, except that *attention* is played to its
    /// end: an urgent sound is not cut short by the beep of the next scan.
    pub fn play(&mut self, beep: Beep, now_ms: u64) {
        self.advance(now_ms);
        let urgent = self
            .playing
            .is_some_and(|playing| playing.beep == Beep::Attention);
        if !urgent || beep == Beep::Attention {
            self.playing = Self::part(beep, 0, now_ms);
        }
    }

    /// Goes on with the pattern.
    pub fn advance(&mut self, now_ms: u64) {
        while let Some(playing) = self.playing
            && now_ms >= playing.part_ends_ms
        {
            self.playing = Self::part(playing.beep, playing.part + 1, playing.part_ends_ms);
        }
    }

    /// Whether the buzzer must sound.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.playing
            .is_some_and(|playing| playing.part.is_multiple_of(2))
    }

    /// When [`advance`](Self::advance) has something to do.
    #[must_use]
    pub fn next_ms(&self) -> u64 {
        self.playing
            .map_or(u64::MAX, |playing| playing.part_ends_ms)
    }

    fn part(beep: Beep, part: usize, start_ms: u64) -> Option<Playing> {
        let length_ms = pattern(beep).get(part)?;
        Some(Playing {
            beep,
            part,
            part_ends_ms: start_ms.saturating_add(u64::from(*length_ms)),
        })
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::{vec, vec::Vec};

    /// Moments at which the sound changes.
    fn changes(buzzer: &mut Buzzer, from_ms: u64) -> Vec<(u64, bool)> {
        let mut changes = vec![(from_ms, buzzer.is_on())];
        for now_ms in from_ms..from_ms + 3_000 {
            buzzer.advance(now_ms);
            if changes.last().is_some_and(|(_, on)| *on != buzzer.is_on()) {
                changes.push((now_ms, buzzer.is_on()));
            }
        }
        assert_eq!(buzzer.next_ms(), u64::MAX);
        changes
    }

    #[test]
    fn one_two_three() {
        for (beep, sounds) in [(Beep::Good, 1), (Beep::Unknown, 2), (Beep::Attention, 3)] {
            let mut buzzer = Buzzer::new();
            buzzer.play(beep, 5);
            let on = changes(&mut buzzer, 5).iter().filter(|(_, on)| *on).count();
            assert_eq!(on, sounds, "{beep:?}");
        }
    }

    #[test]
    fn a_late_call_skips_what_is_over() {
        let mut buzzer = Buzzer::new();
        buzzer.play(Beep::Attention, 0);
        buzzer.advance(10_000);
        assert!(!buzzer.is_on());
    }

    #[test]
    fn attention_is_not_cut_short() {
        let mut buzzer = Buzzer::new();
        buzzer.play(Beep::Attention, 0);
        buzzer.play(Beep::Good, 100);
        assert_eq!(buzzer.next_ms(), 250);
        buzzer.play(Beep::Attention, 200);
        assert_eq!(buzzer.next_ms(), 450);
        let mut buzzer = Buzzer::new();
        buzzer.play(Beep::Unknown, 0);
        buzzer.play(Beep::Good, 10);
        assert_eq!(buzzer.next_ms(), 70);
    }
}
