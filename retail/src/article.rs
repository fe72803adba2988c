//! An article of the catalogue, as the till knows it. What was sold is copied into the event; the catalogue may change.

use serde::{Deserialize, Serialize};

use crate::money::Cents;
use crate::quantity::Unit;
use crate::vat::VatRate;

/// One article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Its GTIN or the shop's own number, in digits as the catalogue writes it.
    pub gtin: String,
    /// What screen and receipt call it.
    pub name: String,
    /// Price of one unit, VAT included; `None` asks the cashier.
    pub price: Option<Cents>,
    /// Its rate.
    pub vat: VatRate,
    /// `Kleding > Truien`; may be empty.
    pub category: String,
    /// Pieces or kilograms.
    pub unit: Unit,
    /// Statiegeld of one unit: sold with it as a child line, without VAT, outside gross.
    pub deposit: Option<Cents>,
}

/// How an article is found whatever length its number was written in: digits without leading zeros.
#[must_use]
pub fn article_key(number: &str) -> &str {
    let key = number.trim().trim_start_matches('0');
    if key.is_empty() { "0" } else { key }
}

#[cfg(test)]
mod tests {
    use super::article_key;

    #[test]
    fn an_article_is_one_whatever_length_its_number_was_written_in() {
        for (number, key) in [
            ("08712345678906", "8712345678906"),
            ("8712345678906", "8712345678906"),
            (" 00042 ", "42"),
            ("000", "0"),
            ("", "0"),
            ("T-shirt", "T-shirt"),
        ] {
            assert_eq!(article_key(number), key, "{number:?}");
        }
    }
}
