//! Amounts and quantities as people of a language write them; the same as on the owner's pages. Integers to the last moment.

use retail::money::{Cents, english_signs};
use retail::quantity::{Quantity, Unit};

use super::strings::Strings;

/// As it stands before the euro sign: a real minus, not a hyphen.
pub(super) const MINUS: char = '\u{2212}';

impl Strings {
    /// An amount by itself: `€ 1.234,50`, `−€ 6,95`. Its element does not break.
    pub(crate) fn money(&self, amount: Cents) -> String {
        self.signed(amount, self.euro)
    }

    /// An amount in a sentence: it does not break after the euro sign.
    pub(crate) fn in_text(&self, amount: Cents) -> String {
        self.money(amount).replace(' ', "\u{a0}")
    }

    /// An amount in a column, without the euro sign: `1.234,50`, `−6,95`.
    pub(crate) fn plain(&self, amount: Cents) -> String {
        self.signed(amount, "")
    }

    fn signed(&self, amount: Cents, before: &str) -> String {
        let sign = if amount.is_negative() {
            MINUS.to_string()
        } else {
            String::new()
        };
        format!("{sign}{before}{}", self.with_signs(&amount.abs().plain()))
    }

    /// A count: `1.284`.
    pub(crate) fn count(&self, number: i64) -> String {
        let plain = self.plain(Cents(number.saturating_mul(100)));
        let cents = format!("{}00", self.decimal);
        plain.strip_suffix(&cents).unwrap_or(&plain).to_owned()
    }

    /// `3`, `0,255`.
    pub(crate) fn number(&self, quantity: Quantity) -> String {
        self.with_signs(&quantity.to_string())
    }

    /// `3`, `0,255 kg`.
    pub(crate) fn quantity(&self, quantity: Quantity, unit: Unit) -> String {
        let number = self.number(quantity);
        match unit {
            Unit::Piece => number,
            Unit::Kilogram => format!("{number} kg"),
        }
    }

    /// What is written the Dutch way with the signs of this language.
    fn with_signs(&self, dutch: &str) -> String {
        if self.decimal == "," {
            dutch.to_owned()
        } else {
            english_signs(dutch)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::strings::{EN, NL};
    use super::*;

    #[test]
    fn amounts_are_written_as_on_the_owner_s_pages() {
        for (cents, nl, en) in [
            (123_450, "€ 1.234,50", "€1,234.50"),
            (-695, "−€ 6,95", "−€6.95"),
            (0, "€ 0,00", "€0.00"),
        ] {
            assert_eq!(NL.money(Cents(cents)), nl);
            assert_eq!(EN.money(Cents(cents)), en);
        }
        assert_eq!(NL.in_text(Cents(6440)), "€\u{a0}64,40");
        assert_eq!(NL.plain(Cents(-123_400)), "−1.234,00");
        assert_eq!(EN.plain(Cents(-5)), "−0.05");
    }

    #[test]
    fn counts_and_quantities_have_the_signs_of_the_language() {
        assert_eq!(
            (NL.count(1284), EN.count(1284)),
            ("1.284".to_owned(), "1,284".to_owned())
        );
        assert_eq!(NL.quantity(Quantity(255), Unit::Kilogram), "0,255 kg");
        assert_eq!(EN.quantity(Quantity(255), Unit::Kilogram), "0.255 kg");
        assert_eq!(EN.quantity(Quantity::units(3), Unit::Piece), "3");
    }
}
