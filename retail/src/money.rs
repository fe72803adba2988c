//! Money in whole cents of a euro. Signed: a refund is negative. Never a float.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A number that is written the Dutch way, with the signs of English: comma and point change places.
#[must_use]
pub fn english_signs(dutch: &str) -> String {
    let swapped = |sign| match sign {
        ',' => '.',
        '.' => ',',
        other => other,
    };
    dutch.chars().map(swapped).collect()
}

/// An amount in cents.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Cents(pub i64);

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest amount a person may type or a barcode may hold: one million euro.
    pub const MAX_INPUT: Self = Self(100_000_000);

    /// The largest amount an event may carry, a hundred thousand million euro: nine hundred thousand of them can be added up.
    pub const MAX_EVENT: Self = Self(10_000_000_000_000);

    /// True when the amount is at most [`Cents::MAX_EVENT`], either way.
    #[must_use]
    pub const fn is_bounded(self) -> bool {
        self.0 >= -Self::MAX_EVENT.0 && self.0 <= Self::MAX_EVENT.0
    }

    /// The amount without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// True for amounts below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whole euros, rounded towards zero: what a loyalty programme counts.
    #[must_use]
    pub const fn whole_euros(self) -> i64 {
        self.0 / 100
    }

    /// Without the euro sign, for a column of a receipt: `1.234,50` or `-0,05`.
    #[must_use]
    pub fn plain(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        let euros = (cents / 100).to_string();
        let mut grouped = String::with_capacity(euros.len() + euros.len() / 3);
        for (index, digit) in euros.chars().enumerate() {
            if index > 0 && (euros.len() - index).is_multiple_of(3) {
                grouped.push('.');
            }
            grouped.push(digit);
        }
        format!("{sign}{grouped},{:02}", cents % 100)
    }
}

/// `€ 1.234,50`, the way a Dutch till prints it.
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "€ {}", self.plain())
    }
}

/// Why a typed amount was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not digits with at most one decimal comma or point.
    #[error("not an amount: {0:?}")]
    NotAnAmount(String),
    /// Above [`Cents::MAX_INPUT`].
    #[error("amount too large: {0:?}")]
    TooLarge(String),
}

/// Reads what a person types: `12`, `12,5`, `12,50`, `12.50`, `€ 1.234,50`, with an optional minus sign.
/// A point or comma with one or two digits after it is the decimal sign. Groups of three digits may be separated by the
/// other sign, or by either where there are no decimals. Anything else is refused: a slip must not become a price.
impl FromStr for Cents {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        let wrong = || AmountError::NotAnAmount(text.to_owned());
        let trimmed = text.trim().trim_start_matches('€').trim();
        let (negative, digits) = match trimmed.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, trimmed),
        };
        let (euros, cents, decimal_sign) = match digits.rfind([',', '.']) {
            Some(at) if digits.len() - at - 1 <= 2 => (
                &digits[..at],
                &digits[at + 1..],
                digits[at..].chars().next(),
            ),
            _ => (digits, "", None),
        };
        if (euros.is_empty() && cents.is_empty()) || !cents.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let euros = ungroup(euros, decimal_sign).ok_or_else(wrong)?;
        let significant = euros.trim_start_matches('0');
        if significant.len() > 9 {
            return Err(AmountError::TooLarge(text.to_owned()));
        }
        let euros: i64 = if significant.is_empty() {
            0
        } else {
            significant.parse().map_err(|_| wrong())?
        };
        let cents: i64 = format!("{cents:0<2}").parse().map_err(|_| wrong())?;
        let amount = euros * 100 + cents;
        if amount > Self::MAX_INPUT.0 {
            return Err(AmountError::TooLarge(text.to_owned()));
        }
        Ok(Self(if negative { -amount } else { amount }))
    }
}

/// Whole euros without their separators; `None` when the groups are not of three digits, begin with a zero, or use
/// the decimal sign.
fn ungroup(euros: &str, decimal_sign: Option<char>) -> Option<String> {
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let Some(separator) = euros.chars().find(|c| matches!(c, '.' | ',')) else {
        return digits(euros).then(|| euros.to_owned());
    };
    let mut groups = euros.split(separator);
    let first = groups.next()?;
    let grouped = Some(separator) != decimal_sign
        && (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && digits(first)
        && groups.all(|group| group.len() == 3 && digits(group));
    grouped.then(|| euros.replace(separator, ""))
}

impl Add for Cents {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Cents {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl AddAssign for Cents {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Cents {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Neg for Cents {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl<'a> Sum<&'a Self> for Cents {
    fn sum<I: Iterator<Item = &'a Self>>(amounts: I) -> Self {
        amounts.copied().sum()
    }
}

/// `numerator / denominator`, halves away from zero: the one rounding rule of the shop.
/// `denominator` is positive; zero gives zero.
#[must_use]
pub fn divide_half_away(numerator: i128, denominator: i128) -> i64 {
    if denominator <= 0 {
        return 0;
    }
    let magnitude = (numerator.unsigned_abs() * 2 + denominator.unsigned_abs())
        / (denominator.unsigned_abs() * 2);
    let magnitude = i64::try_from(magnitude).unwrap_or(i64::MAX);
    if numerator < 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &str, cents: i64, printed: &str) {
        let amount: Cents = typed.parse().unwrap();
        assert_eq!(amount, Cents(cents));
        assert_eq!(amount.to_string(), printed);
    }

    #[test]
    fn amounts_are_read_and_printed_the_dutch_way() {
        check("12", 1200, "€ 12,00");
        check("12,5", 1250, "€ 12,50");
        check("12.50", 1250, "€ 12,50");
        check("€ 1.234,50", 123_450, "€ 1.234,50");
        check("1.234", 123_400, "€ 1.234,00");
        check("12,", 1200, "€ 12,00");
        check("-0,05", -5, "€ -0,05");
        check(",50", 50, "€ 0,50");
        check("1000000", 100_000_000, "€ 1.000.000,00");
    }

    #[test]
    fn nonsense_is_refused() {
        for typed in [
            "",
            "-",
            ",",
            "12a",
            "1,2,3x",
            "--3",
            "8712345678906",
            "1000000,01",
            "12,3456",
            "0,255",
            "1,2,34",
            "1.23,45",
            "1.234.50",
            ".234",
            "1.234,567",
        ] {
            assert!(typed.parse::<Cents>().is_err(), "{typed}");
        }
    }

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(divide_half_away(5, 2), 3);
        assert_eq!(divide_half_away(-5, 2), -3);
        assert_eq!(divide_half_away(4, 3), 1);
        assert_eq!(divide_half_away(-4, 3), -1);
        assert_eq!(divide_half_away(4, 0), 0);
        assert_eq!(divide_half_away(i128::MAX / 4, 1), i64::MAX);
        assert_eq!(divide_half_away(i128::MIN / 4, 1), -i64::MAX);
    }
}
