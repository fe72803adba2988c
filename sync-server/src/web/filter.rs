//! What is asked of the figures, as it stands in an address: period, shop, and whether imported history counts.
//! A period is a choice (this month) or two days of one's own; the scope adds its shops later, whatever is asked.

use chrono::{Datelike, Days, NaiveDate};

use super::params::{Params, join, push};
use crate::scope::Filter;

/// Which days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Period {
    /// From the first of this month.
    Month,
    /// The last 84 days, today included.
    Weeks12,
    /// From 1 January.
    Year,
    /// Everything.
    #[default]
    All,
    /// Days of one's own.
    Own,
}

impl Period {
    /// All choices, as a page shows them.
    pub(crate) const CHOICES: [Self; 4] = [Self::Month, Self::Weeks12, Self::Year, Self::All];

    const fn name(self) -> &'static str {
        match self {
            Self::Month => "maand",
            Self::Weeks12 => "12weken",
            Self::Year => "jaar",
            Self::All => "alles",
            Self::Own => "eigen",
        }
    }
}

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) period: Period,
    pub(crate) from: Option<NaiveDate>,
    pub(crate) to: Option<NaiveDate>,
    pub(crate) shop: Option<String>,
    pub(crate) without_imported: bool,
    /// Lines after today that everything leaves out.
    pub(crate) after_today: usize,
}

impl Asked {
    /// Reads an address. Nothing is passed over: other figures than those that were asked for are worse than none.
    pub(crate) fn read(params: &Params, today: NaiveDate) -> Result<Self, Misread> {
        let (from, to) = (day_of(params, "van")?, day_of(params, "tot")?);
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            return Err(Misread::Backwards { from, to });
        }
        let chosen = match params.get("periode") {
            Some("maand") => Period::Month,
            Some("12weken") => Period::Weeks12,
            Some("jaar") => Period::Year,
            None | Some("alles" | "eigen") => Period::All,
            Some(other) => return Err(Misread::choice("periode", other)),
        };
        let period = if from.is_some() || to.is_some() {
            Period::Own
        } else {
            chosen
        };
        let without_imported = match params.get("import") {
            None => false,
            Some("uit") => true,
            Some(other) => return Err(Misread::choice("import", other)),
        };
        let (from, to) = match period {
            Period::Month => (today.with_day(1), Some(today)),
            Period::Weeks12 => (today.checked_sub_days(Days::new(83)), Some(today)),
            Period::Year => (today.with_ordinal(1), Some(today)),
            Period::All => (None, None),
            Period::Own => (from, to),
        };
        Ok(Self {
            period,
            from,
            to,
            shop: params.get("winkel").map(str::to_owned),
            without_imported,
            after_today: 0,
        })
    }

    /// Everything, but not beyond this day: `lines` lie after it.
    pub(crate) fn ends(self, today: NaiveDate, lines: usize) -> Self {
        Self {
            to: Some(today),
            after_today: lines,
            ..self
        }
    }

    /// The name of a chosen period, for a form; days of one's own stand in their fields.
    pub(crate) const fn period_name(&self) -> Option<&'static str> {
        match self.period {
            Period::All | Period::Own => None,
            other => Some(other.name()),
        }
    }

    /// As a filter that a scope makes a query of.
    pub(crate) fn filter(&self) -> Filter {
        Filter {
            from: self.from,
            to: self.to,
            shop: self.shop.clone(),
            as_of: None,
            without_imported: self.without_imported,
        }
    }

    /// As the query string of an address, with `more` behind it.
    pub(crate) fn query_string(&self, more: &[(&str, &str)]) -> String {
        let mut query = String::new();
        match self.period {
            Period::All => {}
            Period::Own => {
                for (name, day) in [("van", self.from), ("tot", self.to)] {
                    if let Some(day) = day {
                        push(&mut query, name, &day.to_string());
                    }
                }
            }
            other => push(&mut query, "periode", other.name()),
        }
        if let Some(shop) = &self.shop {
            push(&mut query, "winkel", shop);
        }
        if self.without_imported {
            push(&mut query, "import", "uit");
        }
        for (name, value) in more {
            push(&mut query, name, value);
        }
        query
    }

    /// A link to a path with this and more.
    pub(crate) fn link(&self, path: &str, more: &[(&str, &str)]) -> String {
        join(path, &self.query_string(more))
    }

    /// The same with another period.
    pub(crate) fn with_period(&self, period: Period) -> Self {
        Self {
            period,
            from: None,
            to: None,
            ..self.clone()
        }
    }

    /// The same for one day.
    pub(crate) fn on(&self, day: NaiveDate) -> Self {
        Self {
            period: Period::Own,
            from: Some(day),
            to: Some(day),
            ..self.clone()
        }
    }
}

/// What an address asks for that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Misread {
    /// What should be a day and is none.
    Day { name: &'static str, text: String },
    /// The first day comes after the last.
    Backwards { from: NaiveDate, to: NaiveDate },
    /// A choice, a figure or a number that there is not.
    Choice { name: &'static str, text: String },
}

impl Misread {
    /// A choice that there is not.
    pub(crate) fn choice(name: &'static str, text: &str) -> Self {
        let text = text.to_owned();
        Self::Choice { name, text }
    }
}

fn day_of(params: &Params, name: &'static str) -> Result<Option<NaiveDate>, Misread> {
    let Some(text) = params.get(name) else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| Misread::Day {
        name,
        text: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(address: &str, from: Option<&str>, to: Option<&str>) {
        let today = day("2026-11-21");
        let asked = Asked::read(&Params::parse(address), today).unwrap();
        assert_eq!(asked.from, from.map(day), "{address}");
        assert_eq!(asked.to, to.map(day), "{address}");
        let again = Asked::read(&Params::parse(&asked.query_string(&[("x", "1")])), today).unwrap();
        assert_eq!(again, asked, "{address}");
    }

    #[test]
    fn periods() {
        check("", None, None);
        check("periode=maand", Some("2026-11-01"), Some("2026-11-21"));
        check("periode=12weken", Some("2026-08-30"), Some("2026-11-21"));
        check(
            "periode=jaar&winkel=utrecht",
            Some("2026-01-01"),
            Some("2026-11-21"),
        );
        check(
            "van=2026-02-01&tot=2026-02-28",
            Some("2026-02-01"),
            Some("2026-02-28"),
        );
        check("van=2026-02-01&import=uit", Some("2026-02-01"), None);
        check("periode=maand&van=2026-02-01", Some("2026-02-01"), None);
        check("periode=alles&van=&tot=&import=", None, None);
    }

    #[track_caller]
    fn misread(address: &str, expected: &Misread) {
        let read = Asked::read(&Params::parse(address), day("2026-11-21"));
        assert_eq!(read.as_ref(), Err(expected), "{address}");
    }

    #[test]
    fn what_cannot_be_read_is_not_passed_over() {
        for (name, text) in [("van", "2026-13-99"), ("tot", "gisteren")] {
            let text = text.to_owned();
            misread(&format!("{name}={text}"), &Misread::Day { name, text });
        }
        let (from, to) = (day("2026-03-02"), day("2026-03-01"));
        misread(
            "van=2026-03-02&tot=2026-03-01",
            &Misread::Backwards { from, to },
        );
        misread("periode=eeuw", &Misread::choice("periode", "eeuw"));
        misread("import=half", &Misread::choice("import", "half"));
    }
}
