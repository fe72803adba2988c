//! Layouts of in-store codes that carry a weight or a price (prefixes 02 and 20-29).
//!
//! The standard leaves the digits to each country or shop, so a layout is a setting, a pattern of 13 characters:
//! digits that must stand there, `I` item, `W` weight in grams, `P` price in cents, `V` check digit of the price,
//! `C` check digit of the whole: `21IIIIIWWWWWC`, `23IIIIIPPPPPC`, `02IIIIVPPPPPC`.

use core::fmt;
use core::ops::Range;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::check;
use crate::money::Cents;
use crate::quantity::Quantity;

/// Why a pattern is no layout. The message names the cure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// Not 13 characters.
    #[error("a layout has 13 characters, not {0}")]
    Length(usize),
    /// A character that means nothing.
    #[error("{0:?} means nothing in a layout: use digits, I, W, P, V and a C at the end")]
    Character(char),
    /// The digits in front are no in-store prefix.
    #[error("a layout begins with 02 or 20 to 29, the numbers a shop may give out itself")]
    Prefix,
    /// The same letter in two places, or digits between letters.
    #[error("the places of {0:?} must stand together")]
    Scattered(char),
    /// No C at the end.
    #[error("a layout ends with one C, the check digit")]
    CheckDigit,
    /// No item number.
    #[error("a layout needs places for the item: I")]
    Item,
    /// Not exactly one of weight and price.
    #[error("a layout needs either W (weight) or P (price)")]
    Measure,
    /// The price check digit exists for prices of 4 and 5 digits.
    #[error("V is one digit and checks a price of 4 or 5 digits")]
    PriceCheck,
}

/// What the variable digits say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    Weight,
    Price,
}

/// One layout. Prints as the pattern it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pattern: String,
    prefix_len: usize,
    item: Range<usize>,
    measure: Measure,
    value: Range<usize>,
    price_check: Option<usize>,
}

/// What a code says according to a layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// The item's digits.
    pub item: String,
    /// The same code with zeros for the variable digits (and its check digit mended): how a catalogue names the item.
    pub reference: String,
    /// The weight in thousandths of a kilogram.
    pub weight: Option<Quantity>,
    /// The price of this piece.
    pub price: Option<Cents>,
}

/// The inner price check digit is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the check digit of the price is wrong")]
pub struct PriceCheckError;

impl Layout {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`LayoutError`] says what to change.
    pub fn parse(pattern: &str) -> Result<Self, LayoutError> {
        let len = pattern.chars().count();
        if len != 13 {
            return Err(LayoutError::Length(len));
        }
        if let Some(odd) = pattern
            .chars()
            .find(|c| !(c.is_ascii_digit() || "IWPVC".contains(*c)))
        {
            return Err(LayoutError::Character(odd));
        }
        let prefix_len = pattern.bytes().take_while(u8::is_ascii_digit).count();
        let prefix = &pattern[..prefix_len];
        if !(prefix.starts_with("02") || (prefix.starts_with('2') && prefix_len >= 2)) {
            return Err(LayoutError::Prefix);
        }
        if let Some(stray) = pattern[prefix_len..].chars().find(char::is_ascii_digit) {
            return Err(LayoutError::Scattered(stray));
        }
        if run(pattern, 'C')? != Some(12..13) {
            return Err(LayoutError::CheckDigit);
        }
        let item = run(pattern, 'I')?.ok_or(LayoutError::Item)?;
        let (measure, value) = match (run(pattern, 'W')?, run(pattern, 'P')?) {
            (Some(weight), None) => (Measure::Weight, weight),
            (None, Some(price)) => (Measure::Price, price),
            _ => return Err(LayoutError::Measure),
        };
        let price_check = run(pattern, 'V')?;
        if let Some(place) = &price_check
            && (place.len() != 1 || measure != Measure::Price || !matches!(value.len(), 4 | 5))
        {
            return Err(LayoutError::PriceCheck);
        }
        let price_check = price_check.map(|place| place.start);
        Ok(Self {
            pattern: pattern.to_owned(),
            prefix_len,
            item,
            measure,
            value,
            price_check,
        })
    }

    /// Reads 13 digits with a right check digit; `None` when the code has another prefix.
    ///
    /// # Errors
    /// [`PriceCheckError`] when the layout has a price check digit and it is wrong.
    pub fn read(&self, digits: &str) -> Result<Option<Measured>, PriceCheckError> {
        if digits.len() != 13
            || !check::is_digits(digits)
            || digits[..self.prefix_len] != self.pattern[..self.prefix_len]
        {
            return Ok(None);
        }
        let value = &digits[self.value.clone()];
        if let Some(at) = self.price_check {
            let found = digits[at..=at].parse().ok();
            if check::price_check_digit(value) != found {
                return Err(PriceCheckError);
            }
        }
        // At most ten digits: always fits.
        let number: i64 = value.parse().unwrap_or(0);
        let (weight, price) = match self.measure {
            Measure::Weight => (Some(Quantity(number)), None),
            Measure::Price => (None, Some(Cents(number))),
        };
        Ok(Some(Measured {
            item: digits[self.item.clone()].to_owned(),
            reference: self.reference(digits),
            weight,
            price,
        }))
    }

    /// The code with zeros for weight or price, and its own check digit.
    fn reference(&self, digits: &str) -> String {
        let body: String = digits[..12]
            .char_indices()
            .map(|(at, digit)| {
                if self.value.contains(&at) || self.price_check == Some(at) {
                    '0'
                } else {
                    digit
                }
            })
            .collect();
        let check = check::key_check_digit(&body).unwrap_or(0);
        format!("{body}{check}")
    }
}

/// The places of a letter; an error when they do not stand together.
fn run(pattern: &str, letter: char) -> Result<Option<Range<usize>>, LayoutError> {
    let (Some(first), Some(last)) = (pattern.find(letter), pattern.rfind(letter)) else {
        return Ok(None);
    };
    if pattern[first..=last].chars().all(|c| c == letter) {
        Ok(Some(first..last + 1))
    } else {
        Err(LayoutError::Scattered(letter))
    }
}

impl FromStr for Layout {
    type Err = LayoutError;

    fn from_str(pattern: &str) -> Result<Self, LayoutError> {
        Self::parse(pattern)
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.pattern)
    }
}

impl Serialize for Layout {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.pattern)
    }
}

impl<'de> Deserialize<'de> for Layout {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pattern = String::deserialize(deserializer)?;
        Self::parse(&pattern).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(pattern: &str, body: &str) -> Result<Option<Measured>, PriceCheckError> {
        let check = check::key_check_digit(body).expect("digits");
        Layout::parse(pattern)
            .expect("a layout")
            .read(&format!("{body}{check}"))
    }

    #[test]
    fn weight_and_price() {
        let weighed = read("21IIIIIWWWWWC", "211234500750")
            .expect("no price check")
            .expect("the prefix fits");
        assert_eq!(
            (weighed.item.as_str(), weighed.weight, weighed.price),
            ("12345", Some(Quantity(750)), None)
        );
        assert!(
            weighed.reference.starts_with("211234500000")
                && check::key_is_valid(&weighed.reference)
        );

        let priced = read("23IIIIIPPPPPC", "231234501299")
            .expect("no price check")
            .expect("the prefix fits");
        assert_eq!((priced.weight, priced.price), (None, Some(Cents(1299))));
        assert_eq!(read("23IIIIIPPPPPC", "221234501299"), Ok(None));
    }

    #[test]
    fn inner_price_check_digit() {
        assert!(
            read("02IIIIVPPPPPC", "021234614685")
                .expect("right price check")
                .is_some()
        );
        assert_eq!(read("02IIIIVPPPPPC", "021234514685"), Err(PriceCheckError));
        let measured = read("20IIIIIVPPPPC", "201234592875")
            .expect("right price check")
            .expect("the prefix fits");
        assert!(
            measured.reference.starts_with("201234500000"),
            "the inner check digit belongs to the price"
        );
    }

    #[test]
    fn patterns_that_are_none() {
        let error = |pattern: &str| Layout::parse(pattern).expect_err("no layout");
        assert_eq!(error("21IIIIIWWWWW"), LayoutError::Length(12));
        assert_eq!(error("87IIIIIWWWWWC"), LayoutError::Prefix);
        assert_eq!(error("2IIIIIIWWWWWC"), LayoutError::Prefix);
        assert_eq!(error("21IIIIIXXXXXC"), LayoutError::Character('X'));
        assert_eq!(error("21IIIWWWWWIIC"), LayoutError::Scattered('I'));
        assert_eq!(error("21IIIII00WWWC"), LayoutError::Scattered('0'));
        assert_eq!(error("21IIIIIWWWWWW"), LayoutError::CheckDigit);
        assert_eq!(error("2100000WWWWWC"), LayoutError::Item);
        assert_eq!(error("21IIIIIWWPPPC"), LayoutError::Measure);
        assert_eq!(error("21IIIIVPPPPPP"), LayoutError::CheckDigit);
        assert_eq!(error("21IIIIVVPPPPC"), LayoutError::PriceCheck);
        assert_eq!(error("21IIIIVWWWWWC"), LayoutError::PriceCheck);
    }
}
