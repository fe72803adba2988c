//! Dates and times inside of GS1 values, checked as calendar dates. Which century is meant is not decided here.

use super::super::check;
use super::lint::{LintError, digits, ensure};

fn two_digits(text: &str, at: usize) -> Option<u8> {
    text.get(at..at + 2)
        .filter(|t| check::is_digits(t))?
        .parse()
        .ok()
}

pub(super) fn short_date(text: &str, day_may_be_zero: bool) -> Result<(), LintError> {
    ensure(text.len() == 6, LintError::Length)?;
    digits(text)?;
    // Every year 00-99 that is a multiple of four is a leap year in the window of the standard (1976-2075).
    let leap = two_digits(text, 0).is_some_and(|year| year % 4 == 0);
    month_and_day(text.get(2..).unwrap_or_default(), leap, day_may_be_zero)
}

pub(super) fn full_date(text: &str) -> Result<(), LintError> {
    ensure(text.len() == 8, LintError::Length)?;
    digits(text)?;
    let year: u32 = text
        .get(..4)
        .and_then(|t| t.parse().ok())
        .ok_or(LintError::Length)?;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    month_and_day(text.get(4..).unwrap_or_default(), leap, false)
}

fn month_and_day(text: &str, leap: bool, day_may_be_zero: bool) -> Result<(), LintError> {
    let last = match two_digits(text, 0) {
        Some(1 | 3 | 5 | 7 | 8 | 10 | 12) => 31,
        Some(4 | 6 | 9 | 11) => 30,
        Some(2) if leap => 29,
        Some(2) => 28,
        _ => return Err(LintError::Month),
    };
    let day = two_digits(text, 2).ok_or(LintError::Day)?;
    ensure(day <= last && (day > 0 || day_may_be_zero), LintError::Day)
}

/// Two digits with a value below `limit`.
pub(super) fn below(text: &str, limit: u8) -> Result<(), LintError> {
    ensure(text.len() == 2, LintError::Length)?;
    digits(text)?;
    ensure(
        two_digits(text, 0).is_some_and(|value| value < limit),
        LintError::Time,
    )
}
