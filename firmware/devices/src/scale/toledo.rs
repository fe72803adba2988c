//! Scales that speak Toledo 8217: the till sends `W`, the scale answers STX, the weight in
//! kilograms as digits with a point, CR; or STX, `?`, a status byte, CR when there is no weight
//! to give. The parity bit of 7-bit lines is ignored.

const STX: u8 = 0x02;
const CR: u8 = 0x0D;

/// Asks for the weight.
pub const REQUEST: [u8; 1] = [b'W'];

/// Most characters of a weight, the point included.
const WEIGHT_MAX: usize = 8;

/// Why the scale gives no weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoWeight {
    /// The load still moves: ask again.
    pub in_motion: bool,
    /// More than the scale can weigh.
    pub over_capacity: bool,
    /// Lighter than nothing: the scale needs to be set to zero.
    pub under_zero: bool,
}

impl NoWeight {
    const fn from_byte(status: u8) -> Self {
        Self {
            in_motion: status & 1 != 0,
            over_capacity: status & 2 != 0,
            under_zero: status & 4 != 0,
        }
    }
}

/// Why bytes were thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// Bytes in front of STX, or an answer that another STX interrupted.
    OutsideFrame,
    /// Not digits with at most one point and three decimals.
    Weight,
    /// The line fell silent before the CR.
    Unterminated,
}

/// What the bytes so far amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet, and all input was consumed.
    Incomplete,
    /// A stable weight in grams.
    Grams(u32),
    /// No weight now.
    NoWeight(NoWeight),
    /// Bytes that are no answer; parsing has gone on behind them.
    Malformed(Malformed),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Outside,
    /// Something else than STX came first; reported when the next answer begins or ends.
    Noise,
    Weight([u8; WEIGHT_MAX], usize),
    Question,
    Status(u8),
}

/// The streaming parser of one scale.
#[derive(Clone, Debug)]
pub struct Scale {
    silence_ms: u32,
    state: State,
    last_byte_ms: u64,
}

impl Scale {
    /// `silence_ms`: longest silence within an answer.
    #[must_use]
    pub const fn new(silence_ms: u32) -> Self {
        Self {
            silence_ms,
            state: State::Outside,
            last_byte_ms: 0,
        }
    }

    /// Takes bytes off the front of `input` up to the end of one answer. Call it until it
    /// answers [`Answer::Incomplete`]: then `input` is empty. `now_ms` is the time at which
    /// `input` was read.
    pub fn poll(&mut self, input: &mut &[u8], now_ms: u64) -> Answer {
        if let Some(deadline) = self.deadline_ms()
            && now_ms >= deadline
        {
            let noise = self.state == State::Noise;
            self.state = State::Outside;
            return Answer::Malformed(if noise {
                Malformed::OutsideFrame
            } else {
                Malformed::Unterminated
            });
        }
        while let Some((&byte, rest)) = input.split_first() {
            *input = rest;
            self.last_byte_ms = now_ms;
            if let Some(answer) = self.take(byte & 0x7F) {
                return answer;
            }
        }
        Answer::Incomplete
    }

    /// Call [`poll`](Self::poll) again at this moment even if nothing was read; `None` between
    /// answers.
    #[must_use]
    pub fn deadline_ms(&self) -> Option<u64> {
        (self.state != State::Outside)
            .then(|| self.last_byte_ms.saturating_add(u64::from(self.silence_ms)))
    }

    fn take(&mut self, byte: u8) -> Option<Answer> {
        let (next, answer) = match (self.state, byte) {
            (State::Question, status) => (State::Status(status), None),
            (State::Outside, STX) => (State::Weight([0; WEIGHT_MAX], 0), None),
            (State::Outside, CR) => (State::Outside, None),
            (_, STX) => (
                State::Weight([0; WEIGHT_MAX], 0),
                Some(Answer::Malformed(Malformed::OutsideFrame)),
            ),
            (State::Outside, _) => (State::Noise, None),
            (State::Noise, CR) => (
                State::Outside,
                Some(Answer::Malformed(Malformed::OutsideFrame)),
            ),
            (State::Noise, _) => (State::Noise, None),
            (State::Status(status), CR) => (
                State::Outside,
                Some(Answer::NoWeight(NoWeight::from_byte(status))),
            ),
            (State::Status(_), _) => (State::Noise, None),
            (State::Weight(_, 0), b'?') => (State::Question, None),
            (State::Weight(text, len), CR) => (
                State::Outside,
                Some(
                    text.get(..len)
                        .and_then(grams)
                        .map_or(Answer::Malformed(Malformed::Weight), Answer::Grams),
                ),
            ),
            (State::Weight(mut text, len), byte) => match text.get_mut(len) {
                Some(slot) => {
                    *slot = byte;
                    (State::Weight(text, len + 1), None)
                }
                None => (State::Noise, None),
            },
        };
        self.state = next;
        answer
    }
}

/// `"01.234"` is 1234 grams. Digits with at most one point and at most three decimals.
fn grams(text: &[u8]) -> Option<u32> {
    let mut parts = text.split(|byte| *byte == b'.');
    let whole = parts.next()?;
    let decimals = parts.next().unwrap_or(&[]);
    if parts.next().is_some() || decimals.len() > 3 || text.len() < 2 || whole.is_empty() {
        return None;
    }
    let padding = [b'0'; 3];
    let digits = whole
        .iter()
        .chain(decimals)
        .chain(padding.get(decimals.len()..)?);
    digits.copied().try_fold(0_u32, |value, digit| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::{vec, vec::Vec};

    use proptest::prelude::*;

    use super::*;

    fn drain(scale: &mut Scale, mut input: &[u8], now_ms: u64) -> Vec<Answer> {
        let mut answers = Vec::new();
        loop {
            match scale.poll(&mut input, now_ms) {
                Answer::Incomplete => return answers,
                answer => answers.push(answer),
            }
        }
    }

    #[track_caller]
    fn check(input: &[u8], expected: &[Answer]) {
        for cut in 0..=input.len() {
            let mut scale = Scale::new(200);
            let mut answers = drain(&mut scale, &input[..cut], 0);
            answers.extend(drain(&mut scale, &input[cut..], 10));
            answers.extend(drain(&mut scale, &[], 500));
            assert_eq!(answers, expected, "cut at {cut}");
        }
    }

    #[test]
    fn weights() {
        check(b"\x0201.234\r", &[Answer::Grams(1_234)]);
        check(
            b"\x0200.000\r\x0212.5\r",
            &[Answer::Grams(0), Answer::Grams(12_500)],
        );
        check(b"\x8201.\xB234\r", &[Answer::Grams(1_234)]);
        for bad in [
            &b"\x021.2345\r"[..],
            b"\x02\r",
            b"\x021.2.3\r",
            b"\x02.123\r",
            b"\x0212,34\r",
        ] {
            check(bad, &[Answer::Malformed(Malformed::Weight)]);
        }
    }

    #[test]
    fn no_weight_and_why() {
        let none = NoWeight {
            in_motion: false,
            over_capacity: false,
            under_zero: false,
        };
        let moving = NoWeight {
            in_motion: true,
            ..none
        };
        check(b"\x02?\x01\r", &[Answer::NoWeight(moving)]);
        // Moving, under zero, and outside the zero range: the status byte looks like CR.
        check(
            b"\x02?\x0D\r",
            &[Answer::NoWeight(NoWeight {
                under_zero: true,
                ..moving
            })],
        );
        check(
            b"\x02?\x02\r",
            &[Answer::NoWeight(NoWeight {
                over_capacity: true,
                ..none
            })],
        );
    }

    #[test]
    fn damage_is_reported_once_and_the_next_answer_kept() {
        let outside = Answer::Malformed(Malformed::OutsideFrame);
        check(b"xyz\x0201.000\r", &[outside, Answer::Grams(1_000)]);
        check(b"\x0201.\x0201.000\r", &[outside, Answer::Grams(1_000)]);
        check(b"\x02123456789\r", &[outside]);
        check(b"\x0201.0", &[Answer::Malformed(Malformed::Unterminated)]);
        check(b"xyz", &[outside]);
    }

    proptest! {
        #[test]
        fn any_split_of_any_bytes_gives_the_same(
            chunks in prop::collection::vec(
                prop::collection::vec(prop_oneof![any::<u8>(), Just(STX), Just(CR), Just(b'?'), Just(b'.'), Just(b'1')], 0..8),
                0..12,
            ),
        ) {
            let whole = chunks.concat();
            let mut one = Scale::new(200);
            let mut expected = drain(&mut one, &whole, 1);
            expected.extend(drain(&mut one, &[], 500));
            let mut other = Scale::new(200);
            let mut seen = vec![];
            for chunk in &chunks {
                seen.extend(drain(&mut other, chunk, 1));
            }
            seen.extend(drain(&mut other, &[], 500));
            prop_assert_eq!(seen, expected);
        }
    }
}
