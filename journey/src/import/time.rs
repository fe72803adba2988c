//! The time of a row: an ISO 8601 wall time with its offset. What the offset would have been is never guessed.

use chrono::{Datelike, NaiveDate, NaiveTime};

use super::{RowError, YEARS};

/// The instant and the offset of an ISO 8601 wall time: `YYYY-MM-DD`, `T` or a space, `hh:mm` with optional
/// seconds and fraction, and the offset as `Z`, `+hh`, `+hhmm` or `+hh:mm`. Fractions are cut to milliseconds.
pub(super) fn instant(text: &str) -> Result<(i64, i16), RowError> {
    let wrong = || RowError::Time(text.to_owned());
    let (Some(day), Some(rest)) = (text.get(..10), text.get(10..)) else {
        return Err(wrong());
    };
    let day = calendar_day(day).ok_or_else(wrong)?;
    if !YEARS.contains(&day.year()) {
        return Err(RowError::OutOfRange("occurred_at"));
    }
    let Some(rest) = rest.strip_prefix(['T', 't', ' ']) else {
        return Err(wrong());
    };
    let Some(end) = rest.find(['Z', 'z', '+', '-']) else {
        // A wall time that reads well lacks only its offset.
        return Err(if wall_time(rest).is_some() {
            RowError::NoOffset(text.to_owned())
        } else {
            wrong()
        });
    };
    let (time, zone) = rest.split_at(end);
    let (time, milliseconds) = wall_time(time).ok_or_else(wrong)?;
    let offset_minutes = offset(zone).ok_or_else(wrong)?;
    let local = day.and_time(time).and_utc().timestamp_millis() + milliseconds;
    Ok((local - i64::from(offset_minutes) * 60_000, offset_minutes))
}

/// `YYYY-MM-DD`, a day that exists.
fn calendar_day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('-');
    let (century, of_century) = parts.next()?.split_at_checked(2)?;
    let year = two_digits(century)? * 100 + two_digits(of_century)?;
    let (month, day) = (two_digits(parts.next()?)?, two_digits(parts.next()?)?);
    let rest = parts.next();
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day).filter(|_| rest.is_none())
}

fn wall_time(text: &str) -> Option<(NaiveTime, i64)> {
    let (whole, fraction) = text
        .split_once(['.', ','])
        .map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut parts = whole.split(':');
    let hour = two_digits(parts.next()?)?;
    let minute = two_digits(parts.next()?)?;
    let second = parts.next().map(two_digits);
    if parts.next().is_some() || (fraction.is_some() && second.is_none()) {
        return None;
    }
    let second = second.unwrap_or(Some(0))?;
    let milliseconds = match fraction {
        None => 0,
        Some(digits)
            if (1..=9).contains(&digits.len())
                && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            format!("{digits:0<3}").get(..3)?.parse().ok()?
        }
        Some(_) => return None,
    };
    Some((NaiveTime::from_hms_opt(hour, minute, second)?, milliseconds))
}

fn two_digits(text: &str) -> Option<u32> {
    match text.as_bytes() {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Some(u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
        }
        _ => None,
    }
}

fn offset(zone: &str) -> Option<i16> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.len() {
        2 => (digits, "00"),
        4 => digits.split_at(2),
        _ => digits.split_once(':')?,
    };
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    i16::try_from(hours * 60 + minutes)
        .ok()
        .map(|total| sign * total)
}
