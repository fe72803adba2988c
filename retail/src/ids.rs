//! Names of things: till, epoch, cashier, customer, link, receipt number, position in a journal.
//!
//! A till is a number 1-999 given out by head office. Customers and links are 128 random bits, written in hex.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::clock::{Entropy, random_16};

/// Why a name was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a {what}: {text:?}")]
pub struct IdError {
    /// What was expected.
    pub what: &'static str,
    /// What was read.
    pub text: String,
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident, $inner:ty, $what:literal, $range:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name($inner);

        impl $name {
            /// The name for a number, when it is in range.
            pub fn new(number: $inner) -> Result<Self, IdError> {
                if ($range).contains(&number) {
                    Ok(Self(number))
                } else {
                    Err(IdError { what: $what, text: number.to_string() })
                }
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> $inner {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(<$inner>::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let number = text.parse().map_err(|_| IdError { what: $what, text: text.to_owned() })?;
                Self::new(number)
            }
        }
    };
}

number_id!(
    /// A till, 1-999, unique in the organisation.
    TillId, u16, "till number (1-999)", 1..=999
);
number_id!(
    /// An epoch of a till's journal, 1-99. A new one begins when the till can no longer prove that its head is the last.
    Epoch, u8, "epoch (1-99)", 1..=99
);
number_id!(
    /// The number of a cashier at his till. Never a name.
    CashierId, u16, "cashier number (1-9999)", 1..=9999
);
number_id!(
    /// The number on a receipt, without gaps per till and epoch, 1-9,999,999.
    ReceiptSerial, u32, "receipt serial (1-9999999)", 1..=9_999_999
);

/// The longest id of a shop, in characters.
pub const MAX_SHOP_ID: usize = 64;

/// Why a text cannot be the id of a shop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShopIdError {
    /// Nothing.
    #[error("it is empty")]
    Empty,
    /// More than [`MAX_SHOP_ID`] characters.
    #[error("it has {0} characters, and {MAX_SHOP_ID} is the most")]
    TooLong(usize),
    /// Something else than a letter of ASCII, a digit, a hyphen or an underscore.
    #[error("{0:?} is no letter, digit, hyphen or underscore")]
    Sign(char),
}

/// Whether a shop that is made can have this id. It stands in settings, batches and addresses, so it holds nothing that
/// one of them would have to escape. Shops of imported rows are named as their source names them.
///
/// # Errors
/// [`ShopIdError`]
pub fn check_shop_id(id: &str) -> Result<(), ShopIdError> {
    let plain = |sign: &char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_');
    match id.chars().count() {
        0 => Err(ShopIdError::Empty),
        long if long > MAX_SHOP_ID => Err(ShopIdError::TooLong(long)),
        _ => match id.chars().find(|sign| !plain(sign)) {
            Some(sign) => Err(ShopIdError::Sign(sign)),
            None => Ok(()),
        },
    }
}

impl Epoch {
    /// The first epoch of a till.
    pub const FIRST: Self = Self(1);

    /// The epoch after this one; `None` past 99.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::new(self.0 + 1).ok()
    }
}

impl ReceiptSerial {
    /// The first receipt of an epoch.
    pub const FIRST: Self = Self(1);

    /// The next number; `None` past 9,999,999.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::new(self.0 + 1).ok()
    }
}

/// What a receipt is called everywhere: till, epoch and serial.
/// Printed and scanned as 14 digits ([`crate::barcode::receipt_code`]), shown as `3-1-0000042`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReceiptNumber {
    /// The till that wrote it.
    pub till: TillId,
    /// The epoch it was written in.
    pub epoch: Epoch,
    /// Its number in that epoch.
    pub serial: ReceiptSerial,
}

impl fmt::Display for ReceiptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{:07}", self.till, self.epoch, self.serial.get())
    }
}

impl FromStr for ReceiptNumber {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError {
            what: "receipt number",
            text: text.to_owned(),
        };
        let mut parts = text.split('-');
        let mut part = || parts.next().ok_or_else(wrong);
        let number = Self {
            till: part()?.parse()?,
            epoch: part()?.parse()?,
            serial: part()?.parse()?,
        };
        if parts.next().is_some() {
            Err(wrong())
        } else {
            Ok(number)
        }
    }
}

/// Where an event stands: `(till, epoch, seq)`. Ordered within one till as the journal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The till.
    pub till: TillId,
    /// Its epoch.
    pub epoch: Epoch,
    /// From 1 in every epoch, without gaps.
    pub seq: u64,
}

/// Fixed width, so that text order is journal order: `003-01-0000000042`.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:03}-{:02}-{:010}",
            self.till.get(),
            self.epoch.get(),
            self.seq
        )
    }
}

impl Position {
    /// The largest seq: what the fixed width of an event id holds.
    pub const MAX_SEQ: u64 = 9_999_999_999;

    /// The event id of one line of this event: `003-01-0000000042-0001`. Lines count from 1.
    #[must_use]
    pub fn line(self, line: u32) -> String {
        format!("{self}-{line:04}")
    }
}

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// A new one, from random bytes.
            pub fn random(entropy: &mut dyn Entropy) -> Self {
                Self(random_16(entropy))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hex::<32>(f, &self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), hex::encode(self.0))
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let mut bytes = [0; 16];
                hex::decode_to_slice(text, &mut bytes)
                    .map_err(|_| IdError { what: $what, text: text.to_owned() })?;
                Ok(Self(bytes))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

random_id!(
    /// An organisation: one head-office database.
    OrgId, "organisation id (32 hex digits)"
);
random_id!(
    /// A customer. Says nothing about the person.
    CustomerId, "customer id (32 hex digits)"
);
random_id!(
    /// What an event carries instead of a customer; the pair (link, customer) is a side record outside the chain.
    LinkId, "link (32 hex digits)"
);
random_id!(
    /// The name of one side record, so that a second delivery adds nothing.
    RecordId, "record id (32 hex digits)"
);

/// A SHA-256 hash, written as 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// 32 zero bytes: what stands before the first event of an epoch.
    pub const ZERO: Self = Self([0; 32]);
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex::<64>(f, &self.0)
    }
}

/// As `hex::encode`, without a text of its own for it. A batch says hundreds of ids.
fn write_hex<const DIGITS: usize>(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    let mut digits = [0; DIGITS];
    hex::encode_to_slice(bytes, &mut digits).map_err(|_| fmt::Error)?;
    f.write_str(str::from_utf8(&digits).map_err(|_| fmt::Error)?)
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| IdError {
            what: "hash (64 hex digits)",
            text: text.to_owned(),
        })?;
        Ok(Self(bytes))
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_is_named_by_plain_signs() {
        for id in ["u", "utrecht-1", "Zwolle_2", &"x".repeat(64)] {
            assert_eq!(check_shop_id(id), Ok(()), "{id}");
        }
        assert_eq!(check_shop_id(""), Err(ShopIdError::Empty));
        let long = "\u{e9}".repeat(65);
        assert_eq!(check_shop_id(&long), Err(ShopIdError::TooLong(65)));
        for (id, sign) in [
            ("a b", ' '),
            ("caf\u{e9}", '\u{e9}'),
            ("a/b", '/'),
            ("a\n", '\n'),
        ] {
            assert_eq!(check_shop_id(id), Err(ShopIdError::Sign(sign)), "{id}");
        }
    }

    #[test]
    fn numbers_have_their_range() {
        assert!(TillId::new(0).is_err() && TillId::new(1).is_ok());
        assert!(TillId::new(999).is_ok() && TillId::new(1_000).is_err());
        assert!(Epoch::new(0).is_err() && Epoch::new(99).is_ok() && Epoch::new(100).is_err());
        assert!(CashierId::new(0).is_err() && CashierId::new(9_999).is_ok());
        assert!(CashierId::new(10_000).is_err());
        assert!(ReceiptSerial::new(0).is_err() && ReceiptSerial::new(9_999_999).is_ok());
        assert!(ReceiptSerial::new(10_000_000).is_err());
        assert!(Epoch::new(98).unwrap().next().is_some());
        assert!(Epoch::new(99).unwrap().next().is_none());
        assert!(ReceiptSerial::new(9_999_999).unwrap().next().is_none());
        assert!(serde_json::from_str::<TillId>("1000").is_err());
    }

    #[test]
    fn what_is_no_receipt_number() {
        let shown = "3-1-0000042";
        assert_eq!(shown.parse::<ReceiptNumber>().unwrap().to_string(), shown);
        for wrong in [
            "", "3", "3-1", "3-1-", "3-1-0", "1000-1-1", "3-100-1", "3-1-42-7", "3-1-x",
        ] {
            assert!(wrong.parse::<ReceiptNumber>().is_err(), "{wrong}");
        }
    }
}
