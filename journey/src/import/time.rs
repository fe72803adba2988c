//! The time of a row: an ISO 8601 wall time with its offset. What the offset would have been is never guessed.

use chrono::{Datelike, NaiveDate};

use super::{RowError, YEARS};
use crate::day::{self, DAY_MS};

/// The instant and the offset of an ISO 8601 wall time: `YYYY-MM-DD`, `T` or a space, `hh:mm` with optional
/// seconds and fraction, and the offset as `Z`, `+hh`, `+hhmm` or `+hh:mm`. Fractions are cut to milliseconds.
pub(super) fn instant(text: &str) -> Result<(i64, i16), RowError> {
    let wrong = || RowError::Time(text.to_owned());
    let (day, rest) = calendar_day(text.as_bytes()).ok_or_else(wrong)?;
    if !YEARS.contains(&day.year()) {
        return Err(RowError::OutOfRange("occurred_at"));
    }
    let (b'T' | b't' | b' ', rest) = rest.split_first().ok_or_else(wrong)? else {
        return Err(wrong());
    };
    let (of_day, zone) = wall_time(rest).ok_or_else(wrong)?;
    if zone.is_empty() {
        // A wall time that reads well lacks only its offset.
        return Err(RowError::NoOffset(text.to_owned()));
    }
    let offset_minutes = offset(zone).ok_or_else(wrong)?;
    let local = i64::from(day::number(day)) * DAY_MS + of_day;
    Ok((local - i64::from(offset_minutes) * 60_000, offset_minutes))
}

/// `YYYY-MM-DD`, a day that exists, and what stands behind it.
fn calendar_day(text: &[u8]) -> Option<(NaiveDate, &[u8])> {
    let (century, rest) = two_digits(text)?;
    let (of_century, rest) = two_digits(rest)?;
    let (month, rest) = two_digits(behind(rest, b'-')?)?;
    let (day, rest) = two_digits(behind(rest, b'-')?)?;
    let year = i32::try_from(century * 100 + of_century).ok()?;
    Some((NaiveDate::from_ymd_opt(year, month, day)?, rest))
}

/// The milliseconds of the day that `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fraction` is, and what stands behind it.
fn wall_time(text: &[u8]) -> Option<(i64, &[u8])> {
    let (hour, rest) = two_digits(text)?;
    let (minute, rest) = two_digits(behind(rest, b':')?)?;
    let (second, rest) = match rest.split_first() {
        Some((b':', rest)) => two_digits(rest)?,
        // A fraction of what?
        Some((b'.' | b',', _)) => return None,
        _ => (0, rest),
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (milliseconds, rest) = match rest.split_first() {
        Some((b'.' | b',', rest)) => fraction(rest)?,
        _ => (0, rest),
    };
    let seconds = i64::from(hour * 3_600 + minute * 60 + second);
    Some((seconds * 1_000 + milliseconds, rest))
}

/// One to nine digits behind the point as milliseconds, and what stands behind them.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=9).contains(&digits) {
        return None;
    }
    let (digits, rest) = text.split_at_checked(digits)?;
    let places = digits.iter().chain(std::iter::repeat(&b'0')).take(3);
    let milliseconds = places.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some((milliseconds, rest))
}

fn behind(text: &[u8], byte: u8) -> Option<&[u8]> {
    let (first, rest) = text.split_first()?;
    (*first == byte).then_some(rest)
}

fn two_digits(text: &[u8]) -> Option<(u32, &[u8])> {
    match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] => {
            Some((u32::from(tens - b'0') * 10 + u32::from(ones - b'0'), rest))
        }
        _ => None,
    }
}

fn offset(zone: &[u8]) -> Option<i16> {
    let (sign, digits) = match zone.split_first()? {
        (b'Z' | b'z', []) => return Some(0),
        (b'+', digits) => (1, digits),
        (b'-', digits) => (-1, digits),
        _ => return None,
    };
    let (hours, rest) = two_digits(digits)?;
    let (minutes, rest) = match rest {
        [] => (0, rest),
        rest => two_digits(behind(rest, b':').unwrap_or(rest))?,
    };
    if hours > 23 || minutes > 59 || !rest.is_empty() {
        return None;
    }
    let total = i16::try_from(hours * 60 + minutes).ok()?;
    Some(sign * total)
}
