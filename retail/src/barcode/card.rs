//! Loyalty cards: EAN-13 codes with a prefix that the shop reserved for them (default 261, in-store numbers).

use super::check;
use super::gtin::{Gtin, GtinError};

/// The prefixes used when nothing is configured.
pub const DEFAULT_PREFIXES: [&str; 1] = ["261"];

/// The fewest digits that can be a company's own GS1 number: anything shorter is shared by many companies.
const COMPANY_DIGITS: usize = 7;

/// Why a prefix cannot be used for cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrefixError {
    /// No digits, too few, or none left for a card's own number.
    #[error("a card prefix has 2 to 11 digits")]
    Digits,
    /// Articles of others begin with it too: at the till they would all be cards.
    #[error("articles begin with these digits too, and would be taken for cards")]
    Articles,
}

/// Checks a configured prefix. Numbers that only the shop itself gives out begin with 02, 04 or 20 to 29; a longer prefix may
/// be the shop's own company number at GS1, of which nobody else has articles.
///
/// # Errors
/// [`PrefixError`] names the rule.
pub fn check_prefix(prefix: &str) -> Result<(), PrefixError> {
    if !check::is_digits(prefix) || !(2..=11).contains(&prefix.len()) {
        return Err(PrefixError::Digits);
    }
    let of_the_shop = ["02", "04", "2"].iter().any(|own| prefix.starts_with(own));
    if of_the_shop || prefix.len() >= COMPANY_DIGITS {
        Ok(())
    } else {
        Err(PrefixError::Articles)
    }
}

/// The card number of a GTIN when it has one of the prefixes: its 13 digits.
#[must_use]
pub fn number<P: AsRef<str>>(gtin: Gtin, prefixes: &[P]) -> Option<String> {
    let digits = gtin.to_14();
    let digits = digits.strip_prefix('0')?;
    prefixes
        .iter()
        .any(|prefix| digits.starts_with(prefix.as_ref()))
        .then(|| digits.to_owned())
}

/// Makes the number of the `serial`-th card under a prefix, with its check digit.
///
/// # Errors
/// [`GtinError::Length`] when prefix and serial do not fit into 12 digits.
pub fn make(prefix: &str, serial: u64) -> Result<String, GtinError> {
    let width = 12_usize
        .checked_sub(prefix.len())
        .ok_or(GtinError::Length(prefix.len()))?;
    let body = format!("{prefix}{serial:0width$}");
    if body.len() != 12 {
        return Err(GtinError::Length(body.len() + 1));
    }
    let check = check::key_check_digit(&body).ok_or(GtinError::NotDigits)?;
    Ok(format!("{body}{check}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_cards_are_recognised() {
        let card = make("261", 42).expect("fits");
        let gtin = Gtin::parse(&card).expect("a good check digit");
        assert_eq!(number(gtin, &DEFAULT_PREFIXES), Some(card));
        assert_eq!(number(gtin, &["262"]), None);
        assert!(make("261", 1_000_000_000).is_err());
    }

    #[test]
    fn prefixes_are_digits() {
        assert_eq!(check_prefix("261"), Ok(()));
        for wrong in ["", "2", "26a", "261234567890"] {
            assert_eq!(check_prefix(wrong), Err(PrefixError::Digits), "{wrong}");
        }
    }

    #[test]
    fn a_prefix_that_articles_have_is_none_for_cards() {
        for own in ["20", "261", "29", "02", "045", "8712345", "87123456789"] {
            assert_eq!(check_prefix(own), Ok(()), "{own}");
        }
        for shared in ["87", "871", "00", "03", "30", "978", "981", "871234"] {
            assert_eq!(check_prefix(shared), Err(PrefixError::Articles), "{shared}");
        }
    }
}
