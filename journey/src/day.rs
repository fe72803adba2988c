//! Calendar days and months as numbers, so that a million of them can be compared and sorted cheaply.
//! A *day number* counts days since 1970-01-01, a *month number* counts months since year 0.
//! Never a time zone in here: a local day was decided when its record was made.

use chrono::{Datelike, NaiveDate};

/// Milliseconds in one day.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// The day number of `day` (1970-01-01 is 0).
#[must_use]
pub fn number(day: NaiveDate) -> i32 {
    day.to_epoch_days()
}

/// The day with this number; days outside the calendar of `chrono` are clamped to its ends.
#[must_use]
pub fn from_number(number: i32) -> NaiveDate {
    NaiveDate::from_epoch_days(number).unwrap_or(if number < 0 {
        NaiveDate::MIN
    } else {
        NaiveDate::MAX
    })
}

/// The month number of a day number: 12 x year + month, January being 0.
#[must_use]
pub fn month_of(day_number: i32) -> i32 {
    let day = from_number(day_number);
    day.year() * 12 + i32::try_from(day.month0()).unwrap_or(0)
}

/// A month number as `YYYY-MM`.
#[must_use]
pub fn month_text(month: i32) -> String {
    format!(
        "{:04}-{:02}",
        month.div_euclid(12),
        month.rem_euclid(12) + 1
    )
}

/// The month number of a text `YYYY-MM`, or nothing when it is not one.
#[must_use]
pub fn month_from_text(text: &str) -> Option<i32> {
    let (year, month) = text.split_once('-')?;
    if year.len() != 4 || month.len() != 2 {
        return None;
    }
    let year: u16 = year.parse().ok()?;
    let month: u8 = month.parse().ok()?;
    ((1..=12).contains(&month)).then(|| i32::from(year) * 12 + i32::from(month) - 1)
}

/// The first day number of a month number.
#[must_use]
pub fn month_start(month: i32) -> i32 {
    let month0 = u32::try_from(month.rem_euclid(12)).unwrap_or(0);
    NaiveDate::from_ymd_opt(month.div_euclid(12), month0 + 1, 1).map_or(0, number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_count() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        assert_eq!(from_number(number(day)), day);
        assert_eq!(number(NaiveDate::from_ymd_opt(1970, 1, 1).unwrap()), 0);
        assert_eq!(month_text(month_of(number(day))), "2026-11");
        assert_eq!(month_from_text("2026-11"), Some(month_of(number(day))));
        assert_eq!(
            from_number(month_start(month_of(number(day)))),
            day.with_day(1).unwrap()
        );
        for wrong in ["2026-13", "2026-00", "2026-1", "x", "-026-01"] {
            assert_eq!(month_from_text(wrong), None, "{wrong}");
        }
    }
}
