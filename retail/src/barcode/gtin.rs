//! GTIN: the number of a trade item. GTIN-8, -12, -13 and -14 are one number space of 14 digits;
//! a shorter one is the same number with leading zeros, so identity is the number alone.
//! Also UPC-E expansion and what the prefix says about who may use the number.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::check;

/// Why a text is no GTIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GtinError {
    /// Not 8, 12, 13 or 14 characters.
    #[error("a GTIN has 8, 12, 13 or 14 digits, not {0}")]
    Length(usize),
    /// A character that is no digit.
    #[error("a GTIN consists of digits")]
    NotDigits,
    /// The last digit is not the check digit of the others.
    #[error("check digit is {found}, {expected} was expected")]
    CheckDigit {
        /// The digit that should have been there.
        expected: u8,
        /// The digit that was there.
        found: u8,
    },
    /// UPC-E exists for number systems 0 and 1 only.
    #[error("UPC-E starts with 0 or 1")]
    NumberSystem,
}

/// A checked GTIN. Two GTINs are equal when their 14-digit forms are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gtin(u64);

/// What the first digits of a GTIN say about its use (GS1 General Specifications, section 1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PrefixUse {
    /// An ordinary number, unique in the world.
    Global,
    /// 02 and 20-29, and GTIN-8 starting with 0 or 2: given out by the shop itself.
    InStore,
    /// 04: for use within one company.
    CompanyInternal,
    /// 977: serial publications; the add-on is the issue.
    Issn,
    /// 978 and 979: books (979-0 is sheet music).
    Isbn,
    /// 980: refund receipts, such as those of bottle machines.
    RefundReceipt,
    /// 981-984 and 99: coupons.
    Coupon,
}

impl Gtin {
    /// Reads 8, 12, 13 or 14 digits with a right check digit.
    ///
    /// # Errors
    /// [`GtinError`] says what is wrong.
    pub fn parse(text: &str) -> Result<Self, GtinError> {
        if !matches!(text.len(), 8 | 12 | 13 | 14) {
            return Err(GtinError::Length(text.chars().count()));
        }
        if !check::is_digits(text) {
            return Err(GtinError::NotDigits);
        }
        let (body, last) = text.split_at(text.len() - 1);
        let expected = check::key_check_digit(body).ok_or(GtinError::NotDigits)?;
        let found = last.parse().map_err(|_| GtinError::NotDigits)?;
        if expected != found {
            return Err(GtinError::CheckDigit { expected, found });
        }
        text.parse().map(Self).map_err(|_| GtinError::NotDigits)
    }

    /// Expands the eight digits of a UPC-E symbol (number system, six digits, check digit) to its GTIN-12.
    ///
    /// # Errors
    /// [`GtinError::NumberSystem`] for anything but 0 and 1, else as [`Gtin::parse`].
    pub fn from_upc_e(text: &str) -> Result<Self, GtinError> {
        if text.len() != 8 {
            return Err(GtinError::Length(text.chars().count()));
        }
        if !check::is_digits(text) {
            return Err(GtinError::NotDigits);
        }
        let (system, d, check) = (&text[..1], &text[1..7], &text[7..]);
        if !matches!(system, "0" | "1") {
            return Err(GtinError::NumberSystem);
        }
        let (manufacturer, item) = match d.as_bytes().last() {
            Some(b'0'..=b'2') => (
                format!("{}{}00", &d[..2], &d[5..]),
                format!("00{}", &d[2..5]),
            ),
            Some(b'3') => (format!("{}00", &d[..3]), format!("000{}", &d[3..5])),
            Some(b'4') => (format!("{}0", &d[..4]), format!("0000{}", &d[4..5])),
            _ => (d[..5].to_owned(), format!("0000{}", &d[5..])),
        };
        Self::parse(&format!("{system}{manufacturer}{item}{check}"))
    }

    /// The number; below 10^14.
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// Takes back what [`Gtin::as_u64`] gave, for instance from a database. `None` when it is no GTIN.
    #[must_use]
    pub fn from_u64(number: u64) -> Option<Self> {
        Self::parse(&format!("{number:014}")).ok()
    }

    /// The 14-digit form, with leading zeros.
    #[must_use]
    pub fn to_14(self) -> String {
        format!("{:014}", self.0)
    }

    /// How many digits the number has on a label: 8, 12, 13 or 14.
    #[must_use]
    pub const fn natural_len(self) -> usize {
        match self.0 {
            0..=99_999_999 => 8,
            100_000_000..=999_999_999_999 => 12,
            1_000_000_000_000..=9_999_999_999_999 => 13,
            _ => 14,
        }
    }

    /// The packaging indicator: 0 for the item itself, 1-8 for a case of it, 9 for variable measure.
    #[must_use]
    pub const fn indicator(self) -> u64 {
        self.0 / 10_000_000_000_000
    }

    /// Who may use this number, by its prefix.
    #[must_use]
    pub const fn prefix_use(self) -> PrefixUse {
        if self.0 < 100_000_000 {
            // GTIN-8: 0 and 2 are for the shop itself.
            return match self.0 / 10_000_000 {
                0 | 2 => PrefixUse::InStore,
                _ => PrefixUse::Global,
            };
        }
        match self.0 / 10_000_000_000 % 1_000 {
            20..=29 | 200..=299 => PrefixUse::InStore,
            40..=49 => PrefixUse::CompanyInternal,
            981..=984 | 990..=999 => PrefixUse::Coupon,
            977 => PrefixUse::Issn,
            978 | 979 => PrefixUse::Isbn,
            980 => PrefixUse::RefundReceipt,
            _ => PrefixUse::Global,
        }
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$}", self.0, width = self.natural_len())
    }
}

impl fmt::Debug for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gtin({self})")
    }
}

impl FromStr for Gtin {
    type Err = GtinError;

    fn from_str(text: &str) -> Result<Self, GtinError> {
        Self::parse(text)
    }
}

impl Serialize for Gtin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:014}", self.0))
    }
}

impl<'de> Deserialize<'de> for Gtin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn upc_e(short: &str, long: &str) {
        assert_eq!(Gtin::from_upc_e(short), Gtin::parse(long), "{short}");
    }

    #[test]
    fn upc_e_expands_by_its_last_digit() {
        upc_e("02345673", "023456000073");
        upc_e("02345147", "023450000017");
        upc_e("06397126", "063200009716");
        upc_e("08679339", "086700000939");
        assert_eq!(Gtin::from_upc_e("22345673"), Err(GtinError::NumberSystem));
    }

    #[test]
    fn shorter_forms_are_the_same_number() {
        let short = Gtin::parse("8712345678906").expect("a good GTIN");
        assert_eq!(Gtin::parse("08712345678906"), Ok(short));
        assert_eq!(short.to_14(), "08712345678906");
        assert_eq!(short.to_string(), "8712345678906");
        assert_eq!(Gtin::from_u64(short.as_u64()), Some(short));
        assert_eq!(
            serde_json::to_string(&short).expect("json"),
            "\"08712345678906\""
        );
        assert_eq!(
            serde_json::from_str::<Gtin>("\"8712345678906\"").expect("json"),
            short
        );
    }

    #[test]
    fn wrong_ones_say_why() {
        assert_eq!(
            Gtin::parse("8712345678905"),
            Err(GtinError::CheckDigit {
                expected: 6,
                found: 5
            })
        );
        assert_eq!(Gtin::parse("12345"), Err(GtinError::Length(5)));
        assert_eq!(Gtin::parse("87123456789o6"), Err(GtinError::NotDigits));
    }

    #[test]
    fn prefixes() {
        let with = |body: &str| {
            let check = check::key_check_digit(body).expect("digits");
            Gtin::parse(&format!("{body}{check}"))
                .expect("a good GTIN")
                .prefix_use()
        };
        assert_eq!(with("871234567890"), PrefixUse::Global);
        assert_eq!(with("261234567890"), PrefixUse::InStore);
        assert_eq!(with("021234567890"), PrefixUse::InStore);
        assert_eq!(with("041234567890"), PrefixUse::CompanyInternal);
        assert_eq!(with("977123456789"), PrefixUse::Issn);
        assert_eq!(with("978123456789"), PrefixUse::Isbn);
        assert_eq!(with("979012345678"), PrefixUse::Isbn);
        assert_eq!(with("980123456789"), PrefixUse::RefundReceipt);
        for coupon in ["981", "982", "983", "984", "990", "995", "999"] {
            assert_eq!(with(&format!("{coupon}123456789")), PrefixUse::Coupon);
        }
        for ordinary in ["019", "030", "050", "199", "300", "976", "985", "989"] {
            assert_eq!(with(&format!("{ordinary}123456789")), PrefixUse::Global);
        }
        assert_eq!(with("0123456"), PrefixUse::InStore);
        assert_eq!(with("8712345"), PrefixUse::Global);
    }
}
