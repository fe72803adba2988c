//! The checks a component of a GS1 value must pass: character sets, check digits, dates, codes of ISO lists.
//!
//! A check looks at one component and knows nothing of the rest of the message. Names in [`Lint::from_name`] are those
//! of the GS1 Barcode Syntax Dictionary, whose rules these follow. Dates are checked as calendar dates; whether
//! they have passed is for the caller, who knows what day it is.

use super::super::check;
use super::coupon::{self, CouponError};
use super::date::{below, full_date, short_date};
use super::iso;

/// One check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    missing_docs,
    reason = "each variant is named after the rule it checks; the dictionary's name stands in from_name"
)]
pub enum Lint {
    Digits,
    Cset82,
    Cset39,
    Cset64,
    KeyCheck,
    PairCheck,
    Key,
    KeyOff1,
    DateOptionalDay,
    ShortDate,
    FullDate,
    Hour,
    Minute,
    Second,
    HourMinute,
    Country,
    Country999,
    CountryAlpha2,
    Currency,
    Iban,
    Percent,
    PieceOfTotal,
    PositionInSequence,
    Latitude,
    Longitude,
    YesNo,
    Zero,
    NonZero,
    NoZeroPrefix,
    Winding,
    ImporterIndex,
    MediaType,
    Sex,
    Hyphen,
    HasNonDigit,
    CouponCode,
    CouponPosOffer,
}

/// What a component got wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "the message of each variant is its documentation"
)]
pub enum LintError {
    #[error("a character is no digit")]
    NotDigit,
    #[error("a character is outside the permitted set (CSET 82)")]
    NotCset82,
    #[error("a character is outside the permitted set (CSET 39)")]
    NotCset39,
    #[error("a character is outside the permitted set (CSET 64)")]
    NotCset64,
    #[error("the number of padding characters is wrong")]
    Padding,
    #[error("the length is wrong")]
    Length,
    #[error("the check digit is wrong")]
    CheckDigit,
    #[error("the check character pair is wrong")]
    CheckPair,
    #[error("the company prefix is invalid")]
    CompanyPrefix,
    #[error("there is no such month")]
    Month,
    #[error("there is no such day")]
    Day,
    #[error("there is no such time")]
    Time,
    #[error("there is no such country code")]
    Country,
    #[error("there is no such currency code")]
    Currency,
    #[error("the bank account number is invalid")]
    Iban,
    #[error("a percent sequence is invalid")]
    Percent,
    #[error("the piece number and the total do not fit")]
    PieceOfTotal,
    #[error("the position and the end do not fit")]
    PositionInSequence,
    #[error("the place on earth is out of range")]
    Coordinate,
    #[error("only certain values are permitted here")]
    Value,
    #[error("the coupon is invalid: {0}")]
    Coupon(CouponError),
}

/// The characters of CSET 82, in the order of their values.
const CSET_82: &[u8; 82] =
    b"!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
/// The characters of a check pair, in the order of their values.
const CSET_32: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

impl Lint {
    /// The check of that name in the GS1 Barcode Syntax Dictionary.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "csetnumeric" => Self::Digits,
            "cset82" => Self::Cset82,
            "cset39" => Self::Cset39,
            "cset64" => Self::Cset64,
            "csum" => Self::KeyCheck,
            "csumalpha" => Self::PairCheck,
            "key" => Self::Key,
            "keyoff1" => Self::KeyOff1,
            "yymmd0" => Self::DateOptionalDay,
            "yymmdd" => Self::ShortDate,
            "yyyymmdd" => Self::FullDate,
            "hh" => Self::Hour,
            "mi" => Self::Minute,
            "ss" => Self::Second,
            "hhmi" => Self::HourMinute,
            "iso3166" => Self::Country,
            "iso3166999" => Self::Country999,
            "iso3166alpha2" => Self::CountryAlpha2,
            "iso4217" => Self::Currency,
            "iban" => Self::Iban,
            "pcenc" => Self::Percent,
            "pieceoftotal" => Self::PieceOfTotal,
            "posinseqslash" => Self::PositionInSequence,
            "latitude" => Self::Latitude,
            "longitude" => Self::Longitude,
            "yesno" => Self::YesNo,
            "zero" => Self::Zero,
            "nonzero" => Self::NonZero,
            "nozeroprefix" => Self::NoZeroPrefix,
            "winding" => Self::Winding,
            "importeridx" => Self::ImporterIndex,
            "mediatype" => Self::MediaType,
            "iso5218" => Self::Sex,
            "hyphen" => Self::Hyphen,
            "hasnondigit" => Self::HasNonDigit,
            "couponcode" => Self::CouponCode,
            "couponposoffer" => Self::CouponPosOffer,
            _ => return None,
        })
    }

    /// Checks one component.
    ///
    /// # Errors
    /// [`LintError`] says what is wrong.
    pub fn check(self, text: &str) -> Result<(), LintError> {
        match self {
            Self::Digits => digits(text),
            Self::Cset82 => all(text, |b| CSET_82.contains(&b), LintError::NotCset82),
            Self::Cset39 => all(text, is_cset39, LintError::NotCset39),
            Self::Cset64 => cset64(text),
            Self::KeyCheck => {
                digits(text)?;
                ensure(check::key_is_valid(text), LintError::CheckDigit)
            }
            Self::PairCheck => check_pair(text),
            Self::Key => company_prefix(text),
            Self::KeyOff1 => company_prefix(text.get(1..).unwrap_or_default()),
            Self::DateOptionalDay => short_date(text, true),
            Self::ShortDate => short_date(text, false),
            Self::FullDate => full_date(text),
            Self::Hour => below(text, 24),
            Self::Minute | Self::Second => below(text, 60),
            Self::HourMinute => {
                let (hour, minute) = text.split_at_checked(2).ok_or(LintError::Length)?;
                below(hour, 24)?;
                below(minute, 60)
            }
            Self::Country => listed(text, &iso::COUNTRIES, LintError::Country),
            Self::Country999 if text == "999" => Ok(()),
            Self::Country999 => listed(text, &iso::COUNTRIES, LintError::Country),
            Self::CountryAlpha2 => ensure(is_alpha2(text), LintError::Country),
            Self::Currency => listed(text, &iso::CURRENCIES, LintError::Currency),
            Self::Iban => ensure(is_iban(text), LintError::Iban),
            Self::Percent => ensure(percent_is_valid(text), LintError::Percent),
            Self::PieceOfTotal => piece_of_total(text),
            Self::PositionInSequence => {
                ensure(position_is_valid(text), LintError::PositionInSequence)
            }
            Self::Latitude => coordinate(text, 1_800_000_000),
            Self::Longitude => coordinate(text, 3_600_000_000),
            Self::YesNo => one_of(text, &["0", "1"]),
            Self::Zero => ensure(
                !text.is_empty() && text.bytes().all(|b| b == b'0'),
                LintError::Value,
            ),
            Self::NonZero => {
                digits(text)?;
                ensure(text.bytes().any(|b| b != b'0'), LintError::Value)
            }
            Self::NoZeroPrefix => {
                ensure(text.len() == 1 || !text.starts_with('0'), LintError::Value)
            }
            Self::Winding => one_of(text, &["0", "1", "9"]),
            Self::ImporterIndex => ensure(
                text.len() == 1 && text.bytes().all(is_cset64),
                LintError::Value,
            ),
            Self::MediaType => {
                digits(text)?;
                let value: u32 = text.parse().map_err(|_| LintError::Value)?;
                ensure(
                    (1..=10).contains(&value) || (80..=99).contains(&value),
                    LintError::Value,
                )
            }
            Self::Sex => one_of(text, &["0", "1", "2", "9"]),
            Self::Hyphen => ensure(text.bytes().all(|b| b == b'-'), LintError::Value),
            Self::HasNonDigit => {
                ensure(text.bytes().any(|b| !b.is_ascii_digit()), LintError::Value)
            }
            Self::CouponCode => coupon::check_code(text).map_err(LintError::Coupon),
            Self::CouponPosOffer => coupon::check_pos_offer(text).map_err(LintError::Coupon),
        }
    }
}

pub(super) fn ensure(holds: bool, error: LintError) -> Result<(), LintError> {
    if holds { Ok(()) } else { Err(error) }
}

fn all(text: &str, permitted: impl Fn(u8) -> bool, error: LintError) -> Result<(), LintError> {
    ensure(text.bytes().all(permitted), error)
}

fn one_of(text: &str, values: &[&str]) -> Result<(), LintError> {
    ensure(values.contains(&text), LintError::Value)
}

pub(super) fn digits(text: &str) -> Result<(), LintError> {
    all(text, |b| b.is_ascii_digit(), LintError::NotDigit)
}

fn is_cset39(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase() || matches!(byte, b'#' | b'-' | b'/')
}

fn is_cset64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn cset64(text: &str) -> Result<(), LintError> {
    let body = text.trim_end_matches('=');
    all(body, is_cset64, LintError::NotCset64)?;
    let padding = text.len() - body.len();
    ensure(
        padding == 0 || (padding <= 2 && text.len().is_multiple_of(3)),
        LintError::Padding,
    )
}

/// Four leading digits: the shortest GS1 Company Prefix. Whether it was ever issued is not known here.
fn company_prefix(text: &str) -> Result<(), LintError> {
    let prefix = text.as_bytes().get(..4).ok_or(LintError::CompanyPrefix)?;
    ensure(
        prefix.iter().all(u8::is_ascii_digit),
        LintError::CompanyPrefix,
    )
}

/// Check character pair, General Specifications 7.9.5: values of CSET 82 weighted from the right with the primes
/// 2, 3, 5.., summed modulo 1021, written in base 32.
fn check_pair(text: &str) -> Result<(), LintError> {
    let body_len = text.len().checked_sub(2).ok_or(LintError::Length)?;
    // The prime weights are defined for 97 characters; longer values do not exist.
    ensure(body_len <= 97, LintError::Length)?;
    let (body, pair) = text
        .split_at_checked(body_len)
        .ok_or(LintError::NotCset82)?;
    let mut sum = 0_u32;
    let primes = (2_u32..).filter(|&n| (2..n).all(|d| n % d != 0));
    for (byte, prime) in body.bytes().rev().zip(primes) {
        let value = CSET_82
            .iter()
            .zip(0_u32..)
            .find(|&(&c, _)| c == byte)
            .ok_or(LintError::NotCset82)?
            .1;
        sum = (sum + value * prime) % 1021;
    }
    let expected = [sum >> 5, sum & 31].map(|at| {
        usize::try_from(at)
            .ok()
            .and_then(|at| CSET_32.get(at))
            .copied()
    });
    let found = pair.bytes().map(Some);
    ensure(found.eq(expected), LintError::CheckPair)
}

fn listed(text: &str, list: &[u16], error: LintError) -> Result<(), LintError> {
    let found = text.len() == 3
        && check::is_digits(text)
        && text
            .parse()
            .is_ok_and(|code| list.binary_search(&code).is_ok());
    ensure(found, error)
}

fn is_alpha2(text: &str) -> bool {
    iso::COUNTRIES_ALPHA2
        .binary_search_by(|code| code.as_slice().cmp(text.as_bytes()))
        .is_ok()
}

/// ISO 13616: country, two check digits, up to 30 characters; rearranged and read in base 36 it is 1 modulo 97.
fn is_iban(text: &str) -> bool {
    if !(10..=34).contains(&text.len())
        || !text
            .bytes()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
    {
        return false;
    }
    let (head, tail) = text.split_at(4);
    let rest = tail
        .chars()
        .chain(head.chars())
        .filter_map(|c| c.to_digit(36))
        .fold(0, |rest, value| {
            let scale = if value > 9 { 100 } else { 10 };
            (rest * scale + value) % 97
        });
    is_alpha2(&head[..2]) && rest == 1
}

fn percent_is_valid(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        after
            .as_bytes()
            .get(..2)
            .is_some_and(|h| h.iter().all(u8::is_ascii_hexdigit))
    })
}

fn piece_of_total(text: &str) -> Result<(), LintError> {
    ensure(
        !text.is_empty() && text.len().is_multiple_of(2),
        LintError::Length,
    )?;
    digits(text)?;
    let (piece, total) = text.split_at(text.len() / 2);
    let zero = |t: &str| t.bytes().all(|b| b == b'0');
    // Equally long digits compare like numbers.
    ensure(
        !zero(piece) && !zero(total) && piece <= total,
        LintError::PieceOfTotal,
    )
}

fn position_is_valid(text: &str) -> bool {
    let Some((position, end)) = text.split_once('/') else {
        return false;
    };
    let number = |t: &str| {
        if t.starts_with('0') || !check::is_digits(t) {
            None
        } else {
            t.parse::<u32>().ok()
        }
    };
    matches!((number(position), number(end)), (Some(position), Some(end)) if position <= end)
}

fn coordinate(text: &str, max: u64) -> Result<(), LintError> {
    ensure(text.len() == 10, LintError::Length)?;
    digits(text)?;
    ensure(
        text.parse::<u64>().is_ok_and(|value| value <= max),
        LintError::Coordinate,
    )
}
