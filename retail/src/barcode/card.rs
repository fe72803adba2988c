//! Loyalty cards: EAN-13 codes with a prefix that the shop reserved for them (default 261, in-store numbers).

use super::check;
use super::gtin::{Gtin, GtinError};

/// The prefixes used when nothing is configured.
pub const DEFAULT_PREFIXES: [&str; 1] = ["261"];

/// Why a prefix cannot be used for cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a card prefix has 2 to 11 digits")]
pub struct PrefixError;

/// Checks a configured prefix.
///
/// # Errors
/// [`PrefixError`] names the rule.
pub fn check_prefix(prefix: &str) -> Result<(), PrefixError> {
    if check::is_digits(prefix) && (2..=11).contains(&prefix.len()) {
        Ok(())
    } else {
        Err(PrefixError)
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
            assert_eq!(check_prefix(wrong), Err(PrefixError), "{wrong}");
        }
    }
}
