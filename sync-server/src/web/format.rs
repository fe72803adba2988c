//! Numbers, money, days and times as people of a language write them. Amounts stay integers to the last moment.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};
use chrono_tz::Tz;
use retail::money::{Cents, english_signs};

use super::strings::Language;

const NBSP: char = '\u{a0}';

const MONTHS_NL: [&str; 12] = [
    "jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec",
];
const MONTHS_EN: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

impl Language {
    fn swap(self, dutch: &str) -> String {
        match self {
            Self::Nl => dutch.to_owned(),
            Self::En => english_signs(dutch),
        }
    }

    /// `€ 1.234,50`
    pub(crate) fn money(self, cents: i64) -> String {
        let sign = if cents < 0 { "\u{2212}" } else { "" };
        let plain = Cents(cents.saturating_abs()).plain();
        let gap = if self == Self::Nl {
            NBSP.to_string()
        } else {
            String::new()
        };
        format!("{sign}€{gap}{}", self.swap(&plain))
    }

    /// `1.234`
    pub(crate) fn number(self, number: i64) -> String {
        let sign = if number < 0 { "\u{2212}" } else { "" };
        let plain = Cents(
            i64::try_from(number.unsigned_abs())
                .unwrap_or(i64::MAX / 100)
                .saturating_mul(100),
        )
        .plain();
        let whole = plain.split(',').next().unwrap_or_default();
        format!("{sign}{}", self.swap(whole))
    }

    /// A count.
    pub(crate) fn count(self, count: usize) -> String {
        self.number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// `1 klant` or `12 klanten`: the words for one, or those for many with the count filled in.
    pub(crate) fn plural(self, count: usize, one: &str, many: &str) -> String {
        plural_of(&self.count(count), one, many)
    }

    /// `1 dag` or `17,5 dagen`, of a number that is written already.
    pub(crate) fn days(self, written: &str) -> String {
        let words = self.strings();
        plural_of(written, words.one_day, words.n_days)
    }

    /// `1 maand` or `3 maanden`.
    pub(crate) fn month_count(self, count: usize) -> String {
        let words = self.strings();
        self.plural(count, words.one_month, words.n_months)
    }

    /// `48,3%`
    pub(crate) fn rate(self, rate: f64) -> String {
        self.swap(&format!("{:.1}%", rate * 100.0).replace('.', ","))
    }

    /// `17,5`
    pub(crate) fn decimal(self, value: f64) -> String {
        let text = format!("{:.1}", value.abs());
        let (whole, tenths) = text.split_once('.').unwrap_or((&text, "0"));
        let sign = if value < 0.0 && text != "0.0" {
            "\u{2212}"
        } else {
            ""
        };
        let whole = self.number(whole.parse().unwrap_or(i64::MAX));
        if tenths == "0" {
            return format!("{sign}{whole}");
        }
        format!("{sign}{whole}{}{tenths}", self.swap(","))
    }

    /// Thousandths as a quantity.
    pub(crate) fn quantity(self, thousandths: i64) -> String {
        let plain = retail::quantity::Quantity(thousandths).to_string();
        self.swap(&plain.replace('-', "\u{2212}"))
    }

    fn months(self) -> &'static [&'static str; 12] {
        match self {
            Self::Nl => &MONTHS_NL,
            Self::En => &MONTHS_EN,
        }
    }

    fn month_name(self, month0: u32) -> &'static str {
        usize::try_from(month0)
            .ok()
            .and_then(|month| self.months().get(month))
            .copied()
            .unwrap_or_default()
    }

    /// `21-11-2026`; in English `21 Nov 2026`.
    pub(crate) fn day(self, day: NaiveDate) -> String {
        match self {
            Self::Nl => day.format("%d-%m-%Y").to_string(),
            Self::En => format!(
                "{} {} {}",
                day.day(),
                self.month_name(day.month0()),
                day.year()
            ),
        }
    }

    /// `21 nov 2026`, for headings and axes.
    pub(crate) fn day_in_words(self, day: NaiveDate) -> String {
        format!(
            "{} {} {}",
            day.day(),
            self.month_name(day.month0()),
            day.year()
        )
    }

    /// `21-11-2026 14:03`
    pub(crate) fn time(self, at: NaiveDateTime) -> String {
        format!("{}{NBSP}{}", self.day(at.date()), self.clock(at))
    }

    /// `14:03`
    pub(crate) fn clock(self, at: NaiveDateTime) -> String {
        format!("{:02}:{:02}", at.hour(), at.minute())
    }

    /// An instant in a time zone.
    pub(crate) fn instant(self, ms: i64, zone: Tz) -> String {
        self.time(local(ms, zone))
    }

    /// `nov 2026` for `2026-11`; another text stays as it is.
    pub(crate) fn month(self, month: &str) -> String {
        let Some(number) = journey::day::month_from_text(month) else {
            return month.to_owned();
        };
        let month0 = u32::try_from(number.rem_euclid(12)).unwrap_or(0);
        format!("{} {}", self.month_name(month0), number.div_euclid(12))
    }
}

/// The words for one where the number reads as one, or those for many with the number filled in.
fn plural_of(written: &str, one: &str, many: &str) -> String {
    if written == "1" {
        one.to_owned()
    } else {
        many.replace("{}", written)
    }
}

/// Wall time of an instant.
pub(crate) fn local(ms: i64, zone: Tz) -> NaiveDateTime {
    DateTime::<Utc>::from_timestamp_millis(ms)
        .unwrap_or_default()
        .with_timezone(&zone)
        .naive_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_numbers() {
        let (nl, en) = (Language::Nl, Language::En);
        assert_eq!(nl.money(123_450), "€\u{a0}1.234,50");
        assert_eq!(en.money(123_450), "€1,234.50");
        assert_eq!(nl.money(-5), "\u{2212}€\u{a0}0,05");
        assert_eq!(nl.number(1_234_567), "1.234.567");
        assert_eq!(en.number(-1_234), "\u{2212}1,234");
        assert_eq!(nl.number(0), "0");
        assert_eq!(nl.rate(0.4834), "48,3%");
        assert_eq!(en.rate(1.0), "100.0%");
        assert_eq!(nl.decimal(17.5), "17,5");
        assert_eq!(nl.decimal(17.0), "17");
        assert_eq!(nl.decimal(6_822.84), "6.822,8");
        assert_eq!(en.decimal(6_822.84), "6,822.8");
        assert_eq!(nl.decimal(0.04), "0");
        assert_eq!(nl.quantity(-1_500), "\u{2212}1,5");
    }

    #[test]
    fn one_is_one_and_the_rest_are_many() {
        let (nl, en) = (Language::Nl, Language::En);
        for (written, dutch, english) in [
            (nl.decimal(1.0), "1 dag", "1 day"),
            (nl.decimal(1.5), "1,5 dagen", "1,5 days"),
            (nl.number(0), "0 dagen", "0 days"),
            (nl.number(30), "30 dagen", "30 days"),
        ] {
            assert_eq!(nl.days(&written), dutch);
            assert_eq!(en.days(&written), english);
        }
        assert_eq!(nl.month_count(1), "1 maand");
        assert_eq!(nl.month_count(12), "12 maanden");
        assert_eq!(en.month_count(1), "1 month");
        assert_eq!(nl.plural(1_200, "1 klant", "{} klanten"), "1.200 klanten");
    }

    #[test]
    fn days_and_times() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        assert_eq!(Language::Nl.day(day), "01-03-2026");
        assert_eq!(Language::En.day(day), "1 Mar 2026");
        assert_eq!(Language::Nl.day_in_words(day), "1 mrt 2026");
        assert_eq!(Language::Nl.month("2026-03"), "mrt 2026");
        assert_eq!(Language::Nl.month("x"), "x");
        assert_eq!(
            Language::Nl.instant(1_767_223_800_000, chrono_tz::Europe::Amsterdam),
            "01-01-2026\u{a0}00:30"
        );
    }
}
