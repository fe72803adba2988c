//! Quantity in thousandths of a unit: pieces, or kilograms to the gram. Signed: what comes back is negative.

use std::fmt;
use std::ops::{Add, Neg, Sub};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::money::{Cents, divide_half_away};

/// A quantity in thousandths of its unit.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Quantity(pub i64);

/// What a quantity counts. Quantities of different units are never added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Pieces.
    #[default]
    Piece,
    /// Kilograms, from a scale or a weighed barcode.
    Kilogram,
}

impl Unit {
    /// True for [`Unit::Piece`], which events leave out.
    #[must_use]
    pub const fn is_piece(&self) -> bool {
        matches!(self, Self::Piece)
    }
}

impl Quantity {
    /// One unit.
    pub const ONE: Self = Self(1000);
    /// None.
    pub const ZERO: Self = Self(0);
    /// The most one line may hold: 9,999 units.
    pub const MAX_LINE: Self = Self(9_999_000);

    /// A whole number of units.
    #[must_use]
    pub const fn units(units: i64) -> Self {
        Self(units * 1000)
    }

    /// Whole units, or `None` for a broken quantity.
    #[must_use]
    pub const fn whole(self) -> Option<i64> {
        if self.0 % 1000 == 0 {
            Some(self.0 / 1000)
        } else {
            None
        }
    }

    /// What this quantity costs at `price` per unit, halves away from zero.
    #[must_use]
    pub fn price(self, price: Cents) -> Cents {
        Cents(divide_half_away(
            i128::from(self.0) * i128::from(price.0),
            1000,
        ))
    }
}

/// `3` or `0,255`.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.whole() {
            Some(units) => write!(f, "{units}"),
            None => {
                let sign = if self.0 < 0 { "-" } else { "" };
                let thousandths = self.0.unsigned_abs();
                let decimals = format!("{:03}", thousandths % 1000);
                write!(
                    f,
                    "{sign}{},{}",
                    thousandths / 1000,
                    decimals.trim_end_matches('0')
                )
            }
        }
    }
}

/// Why a quantity was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Not a decimal number.
    #[error("not a quantity: {0:?}")]
    NotAQuantity(String),
    /// Finer than a thousandth.
    #[error("more than three decimals: {0:?}")]
    TooFine(String),
    /// Beyond 9,999,999 units.
    #[error("quantity too large: {0:?}")]
    TooLarge(String),
}

/// Reads `2`, `-1`, `0.255` or `0,255`; more than three decimals are refused, trailing zeros included.
impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let wrong = || QuantityError::NotAQuantity(text.to_owned());
        let trimmed = text.trim();
        let (negative, digits) = match trimmed.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
        };
        let (units, decimals) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if (units.is_empty() && decimals.is_empty()) || !all_digits(units) || !all_digits(decimals)
        {
            return Err(wrong());
        }
        if decimals.len() > 3 {
            return Err(QuantityError::TooFine(text.to_owned()));
        }
        let units = units.trim_start_matches('0');
        if units.len() > 7 {
            return Err(QuantityError::TooLarge(text.to_owned()));
        }
        let units: i64 = if units.is_empty() {
            0
        } else {
            units.parse().map_err(|_| wrong())?
        };
        let thousandths: i64 = format!("{decimals:0<3}").parse().map_err(|_| wrong())?;
        let quantity = units * 1000 + thousandths;
        Ok(Self(if negative { -quantity } else { quantity }))
    }
}

impl Add for Quantity {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Quantity {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Quantity {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints() {
        for (typed, thousandths, printed) in [
            ("2", 2000, "2"),
            ("-1", -1000, "-1"),
            ("0.255", 255, "0,255"),
            ("1,50", 1500, "1,5"),
        ] {
            let quantity: Quantity = typed.parse().unwrap();
            assert_eq!(quantity, Quantity(thousandths));
            assert_eq!(quantity.to_string(), printed);
        }
        assert!(matches!(
            "1.2345".parse::<Quantity>(),
            Err(QuantityError::TooFine(_))
        ));
        assert!("".parse::<Quantity>().is_err());
        assert!("1e3".parse::<Quantity>().is_err());
    }

    #[test]
    fn price_rounds_halves_away_from_zero() {
        assert_eq!(Quantity(500).price(Cents(5)), Cents(3));
        assert_eq!(Quantity(-500).price(Cents(5)), Cents(-3));
        assert_eq!(Quantity::units(3).price(Cents(199)), Cents(597));
    }
}
