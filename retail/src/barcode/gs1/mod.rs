//! GS1 element strings: application identifiers (AIs) and their values, as they stand in GS1-128, DataMatrix,
//! QR, DataBar and DotCode symbols, in Digital Link addresses and printed in brackets below a code.
//!
//! *Raw* form writes FNC1 as `^`: `^0108712345678906` `10LOT1^21SERIAL`. Predefined-length AIs need no separator
//! behind them; superfluous and trailing ones are tolerated. Rules between AIs (which needs which) are not judged here:
//! a till takes what a label says and leaves the label's composition to its maker.

mod coupon;
mod date;
mod iso;
mod link;
mod lint;
mod message;
mod table;

use core::fmt;
use std::borrow::Cow;

pub use coupon::CouponError;
pub use link::{LinkError, LinkOptions, has_link_scheme, parse_link};
pub use lint::{Lint, LintError};
pub use message::{MessageError, ScanMessage, parse_scan};
use table::Entry;

/// The FNC1 character as a scanner transmits it between elements: ASCII group separator.
pub const GS: char = '\u{1d}';
/// The most elements one code may hold.
pub const MAX_ELEMENTS: usize = 64;

/// An application identifier: two to four digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ai {
    /// Left-justified: 01 is 100, 235 is 2350, 3103 is 3103.
    number: u16,
    len: u8,
}

impl Ai {
    /// Takes two to four digits; whether such an AI exists is not asked.
    #[must_use]
    pub fn new(digits: &str) -> Option<Self> {
        if !super::check::is_digits(digits) {
            return None;
        }
        let number: u16 = digits.parse().ok()?;
        match digits.len() {
            2 => Some(Self {
                number: number * 100,
                len: 2,
            }),
            3 => Some(Self {
                number: number * 10,
                len: 3,
            }),
            4 => Some(Self { number, len: 4 }),
            _ => None,
        }
    }

    /// The AI of the dictionary that `text` begins with, and the rest of the text.
    fn split(text: &str) -> Option<(Self, &'static Entry, &str)> {
        let first_two = text
            .get(..2)
            .filter(|t| super::check::is_digits(t))?
            .parse()
            .ok()?;
        let (digits, rest) = text.split_at_checked(table::ai_len(first_two)?)?;
        let ai = Self::new(digits)?;
        Some((ai, ai.entry()?, rest))
    }

    fn entry(self) -> Option<&'static Entry> {
        table::find(self.number).filter(|entry| entry.ai_len == usize::from(self.len))
    }

    /// The value of the last digit of a four-digit AI, where it tells the number of decimals.
    #[must_use]
    pub const fn last_digit(self) -> u16 {
        self.number % 10
    }

    /// True for `family` followed by one more digit: `is_family(310)` holds for 3100 to 3109.
    #[must_use]
    pub const fn is_family(self, family: u16) -> bool {
        self.len == 4 && self.number / 10 == family
    }
}

impl fmt::Display for Ai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.len {
            2 => write!(f, "{:02}", self.number / 100),
            3 => write!(f, "{:03}", self.number / 10),
            _ => write!(f, "{:04}", self.number),
        }
    }
}

impl fmt::Debug for Ai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ai({self})")
    }
}

/// Why a text is no GS1 element string.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Gs1Error {
    /// Raw data begin with FNC1.
    #[error("FNC1 is missing at the start")]
    MissingFnc1,
    /// There is nothing behind FNC1.
    #[error("there are no data")]
    Empty,
    /// No AI begins like this.
    #[error("no application identifier begins with {0:?}")]
    UnknownAi(String),
    /// Brackets do not pair up, or text stands outside of them.
    #[error("brackets and values do not follow each other")]
    Brackets,
    /// The separator stands inside of a value.
    #[error("AI ({0}) contains a separator")]
    Separator(Ai),
    /// A value has a length its AI does not know.
    #[error("AI ({ai}): the value {value:?} has a wrong length")]
    Length {
        /// The AI.
        ai: Ai,
        /// What was read.
        value: String,
    },
    /// A value does not pass a check of its AI.
    #[error("AI ({ai}): {error} in {value:?}")]
    Value {
        /// The AI.
        ai: Ai,
        /// What was read.
        value: String,
        /// What is wrong with it.
        error: LintError,
    },
    /// More than [`MAX_ELEMENTS`].
    #[error("there are too many elements")]
    TooMany,
}

/// One AI and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element<'a> {
    /// The identifier.
    pub ai: Ai,
    /// The value, as checked by the identifier's rules.
    pub value: Cow<'a, str>,
    /// Ends by its own length, so that no separator is needed behind it.
    predefined: bool,
}

/// The elements of one code, in the order in which they were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ElementString<'a>(Vec<Element<'a>>);

impl<'a> ElementString<'a> {
    /// Reads raw form: `^` and then elements, `^` between those that need a separator.
    ///
    /// # Errors
    /// [`Gs1Error`] names the first thing that is wrong.
    pub fn parse_raw(raw: &'a str) -> Result<Self, Gs1Error> {
        Self::parse_separated(raw.strip_prefix('^').ok_or(Gs1Error::MissingFnc1)?, '^')
    }

    /// Reads elements with `separator` between them, without the leading one.
    ///
    /// # Errors
    /// [`Gs1Error`] names the first thing that is wrong.
    pub fn parse_separated(data: &'a str, separator: char) -> Result<Self, Gs1Error> {
        let mut elements = Self::default();
        let mut rest = data.trim_start_matches(separator);
        if rest.is_empty() {
            return Err(Gs1Error::Empty);
        }
        while !rest.is_empty() {
            let (ai, entry, after) = Ai::split(rest).ok_or_else(|| unknown(rest))?;
            let end = after.find(separator).unwrap_or(after.len());
            let end = if entry.predefined {
                end.min(entry.lengths().1)
            } else {
                end
            };
            let (value, tail) = after
                .split_at_checked(end)
                .ok_or_else(|| wrong_length(ai, after))?;
            elements.push(ai, entry, Cow::Borrowed(value))?;
            rest = tail.trim_start_matches(separator);
        }
        Ok(elements)
    }

    /// Reads the form printed below a code: `(01)08712345678906(10)LOT1`. `\(` is a bracket within a value.
    ///
    /// # Errors
    /// [`Gs1Error`] names the first thing that is wrong.
    pub fn parse_bracketed(text: &'a str) -> Result<Self, Gs1Error> {
        let mut elements = Self::default();
        let mut rest = text;
        while !rest.is_empty() {
            let inner = rest.strip_prefix('(').ok_or(Gs1Error::Brackets)?;
            let (digits, after) = inner.split_once(')').ok_or(Gs1Error::Brackets)?;
            let ai = Ai::new(digits);
            let (ai, entry) = ai
                .and_then(|ai| Some((ai, ai.entry()?)))
                .ok_or_else(|| unknown(digits))?;
            let end = value_end(after);
            let (value, tail) = after.split_at_checked(end).ok_or(Gs1Error::Brackets)?;
            let value = if value.contains("\\(") {
                Cow::Owned(value.replace("\\(", "("))
            } else {
                Cow::Borrowed(value)
            };
            if value.contains(['^', GS]) {
                return Err(Gs1Error::Separator(ai));
            }
            elements.push(ai, entry, value)?;
            rest = tail;
        }
        if elements.0.is_empty() {
            Err(Gs1Error::Empty)
        } else {
            Ok(elements)
        }
    }

    /// Checks a value and adds it.
    fn push(&mut self, ai: Ai, entry: &Entry, value: Cow<'a, str>) -> Result<(), Gs1Error> {
        if self.0.len() >= MAX_ELEMENTS {
            return Err(Gs1Error::TooMany);
        }
        check_value(ai, entry, &value)?;
        self.0.push(Element {
            ai,
            value,
            predefined: entry.predefined,
        });
        Ok(())
    }

    /// The elements in the order in which they were read.
    #[must_use]
    pub fn elements(&self) -> &[Element<'a>] {
        &self.0
    }

    /// The value of the first element with this AI.
    #[must_use]
    pub fn get(&self, ai: &str) -> Option<&str> {
        let ai = Ai::new(ai)?;
        self.0
            .iter()
            .find(|element| element.ai == ai)
            .map(|element| &*element.value)
    }

    /// Raw form, with separators only where they are needed.
    #[must_use]
    pub fn to_raw(&self) -> String {
        use fmt::Write as _;
        let mut raw = String::with_capacity(64);
        let mut separate = true;
        for element in &self.0 {
            if separate {
                raw.push('^');
            }
            // Writing to a String cannot fail.
            let _ = write!(raw, "{}{}", element.ai, element.value);
            separate = !element.predefined;
        }
        raw
    }
}

fn unknown(text: &str) -> Gs1Error {
    Gs1Error::UnknownAi(text.chars().take(4).collect())
}

fn wrong_length(ai: Ai, value: &str) -> Gs1Error {
    Gs1Error::Length {
        ai,
        value: value.chars().take(100).collect(),
    }
}

/// Where a bracketed value ends: at the next bracket that is not escaped.
fn value_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        if byte == b'(' && !escaped {
            return at;
        }
        escaped = byte == b'\\' && !escaped;
    }
    text.len()
}

/// Checks a value against the components of its AI.
fn check_value(ai: Ai, entry: &Entry, value: &str) -> Result<(), Gs1Error> {
    let (min, max) = entry.lengths();
    if value.len() < min || value.len() > max {
        return Err(wrong_length(ai, value));
    }
    let wrong = |error| Gs1Error::Value {
        ai,
        value: value.chars().take(100).collect(),
        error,
    };
    let mut rest = value;
    for part in entry.parts {
        let len = part.max.min(rest.len());
        // A character of more than one byte is in no character set.
        let (text, tail) = rest
            .split_at_checked(len)
            .ok_or_else(|| wrong(LintError::NotCset82))?;
        rest = tail;
        if text.is_empty() && part.optional {
            continue;
        }
        if text.len() < part.min {
            return Err(wrong_length(ai, value));
        }
        part.set.lint().check(text).map_err(wrong)?;
        for lint in part.lints {
            lint.check(text).map_err(wrong)?;
        }
    }
    if rest.is_empty() {
        Ok(())
    } else {
        Err(wrong_length(ai, value))
    }
}
