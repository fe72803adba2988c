//! VAT (btw). Prices include it; one function serves screen, receipt, report and return.
//!
//! VAT per receipt and rate = gross x rate / (100 + rate), halves away from zero (Dutch practice for prices that include VAT).
//! The VAT of a return is the VAT of what was kept before minus the VAT of what is kept after.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::money::{Cents, divide_half_away};

/// A VAT rate in hundredths of a percent: 21 % is 2100.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct VatRate(pub u16);

impl VatRate {
    /// No VAT: statiegeld, gift cards.
    pub const ZERO: Self = Self(0);
    /// 9 %.
    pub const LOW: Self = Self(900);
    /// 21 %.
    pub const HIGH: Self = Self(2100);
    /// The rates of the Netherlands today. A history may hold others: 19 % until October 2012, 6 % until 2019.
    pub const DUTCH: [Self; 3] = [Self::ZERO, Self::LOW, Self::HIGH];

    /// The VAT inside an amount that includes it.
    #[must_use]
    pub fn inside(self, gross: Cents) -> Cents {
        let rate = i128::from(self.0);
        Cents(divide_half_away(i128::from(gross.0) * rate, 10_000 + rate))
    }
}

/// `21%` or `5,5%`.
impl fmt::Display for VatRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        if part == 0 {
            write!(f, "{whole}%")
        } else {
            write!(f, "{whole},{}%", format!("{part:02}").trim_end_matches('0'))
        }
    }
}

/// Why a rate was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a VAT percentage between 0 and 100 with at most two decimals: {0:?}")]
pub struct RateError(pub String);

impl FromStr for VatRate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let wrong = || RateError(text.to_owned());
        let trimmed = text.trim();
        let digits = trimmed.strip_suffix('%').unwrap_or(trimmed).trim_end();
        let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
        if whole.is_empty()
            || part.len() > 2
            || !whole
                .bytes()
                .chain(part.bytes())
                .all(|b| b.is_ascii_digit())
        {
            return Err(wrong());
        }
        let whole: u16 = whole.parse().map_err(|_| wrong())?;
        let part: u16 = format!("{part:0<2}").parse().map_err(|_| wrong())?;
        if whole > 100 || (whole == 100 && part > 0) {
            return Err(wrong());
        }
        Ok(Self(whole * 100 + part))
    }
}

/// One row of the table on a receipt. Always `base + vat == gross`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VatRow {
    /// The rate.
    pub rate: VatRate,
    /// Amount without VAT.
    pub base: Cents,
    /// The VAT.
    pub vat: Cents,
    /// Amount with VAT.
    pub gross: Cents,
}

impl VatRow {
    /// Its amounts are of a size that can be added up.
    pub(crate) fn is_bounded(&self) -> bool {
        [self.base, self.vat, self.gross]
            .iter()
            .all(|c| c.is_bounded())
    }
}

/// The table of a receipt: gross added up per rate, then VAT once per rate; rates ascending, rates without an amount left out.
pub fn table(lines: impl IntoIterator<Item = (VatRate, Cents)>) -> Vec<VatRow> {
    let mut gross_by_rate: BTreeMap<VatRate, Cents> = BTreeMap::new();
    for (rate, gross) in lines {
        *gross_by_rate.entry(rate).or_default() += gross;
    }
    gross_by_rate
        .into_iter()
        .filter(|(_, gross)| *gross != Cents::ZERO)
        .map(|(rate, gross)| row(rate, gross))
        .collect()
}

fn row(rate: VatRate, gross: Cents) -> VatRow {
    let vat = rate.inside(gross);
    VatRow {
        rate,
        base: gross - vat,
        vat,
        gross,
    }
}

/// The table of a return: what was kept `before` it minus what is kept `after` it, so that the sale and all its
/// returns together carry exactly the VAT of what the customer has. Amounts are negative; unchanged rates are left out.
#[must_use]
pub fn table_of_return(before: &[(VatRate, Cents)], after: &[(VatRate, Cents)]) -> Vec<VatRow> {
    let mut rows: BTreeMap<VatRate, VatRow> = BTreeMap::new();
    for (sign, kept) in [(-1, before), (1, after)] {
        for kept_row in table(kept.iter().copied()) {
            let entry = rows.entry(kept_row.rate).or_insert(VatRow {
                rate: kept_row.rate,
                base: Cents::ZERO,
                vat: Cents::ZERO,
                gross: Cents::ZERO,
            });
            entry.base += Cents(sign * kept_row.base.0);
            entry.vat += Cents(sign * kept_row.vat.0);
            entry.gross += Cents(sign * kept_row.gross.0);
        }
    }
    rows.into_values()
        .filter(|row| row.gross != Cents::ZERO)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vat_is_taken_once_per_rate() {
        // Three articles of 0,99: per line the VAT would be 3 x 17 = 51; on the receipt it is 52.
        let rows = table([
            (VatRate::HIGH, Cents(99)),
            (VatRate::HIGH, Cents(99)),
            (VatRate::HIGH, Cents(99)),
        ]);
        assert_eq!(
            rows,
            [VatRow {
                rate: VatRate::HIGH,
                base: Cents(245),
                vat: Cents(52),
                gross: Cents(297)
            }]
        );
    }

    #[test]
    fn rates_are_read_and_printed() {
        assert_eq!("21".parse(), Ok(VatRate::HIGH));
        assert_eq!("5.5".parse(), Ok(VatRate(550)));
        assert_eq!(VatRate(550).to_string(), "5,5%");
        assert_eq!(VatRate::LOW.to_string(), "9%");
        assert!("-9".parse::<VatRate>().is_err());
        assert_eq!("100".parse(), Ok(VatRate(10_000)));
        for wrong in ["101", "100.01", "5.555", "", "%", ".5", "x"] {
            assert!(wrong.parse::<VatRate>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_rate_without_an_amount_has_no_row() {
        let sold = [
            (VatRate::LOW, Cents(250)),
            (VatRate::HIGH, Cents(99)),
            (VatRate::HIGH, Cents(-99)),
        ];
        let rates = |rows: Vec<VatRow>| rows.iter().map(|row| row.rate).collect::<Vec<_>>();
        assert_eq!(rates(table(sold)), [VatRate::LOW]);
        assert_eq!(
            rates(table_of_return(&sold, &sold[1..])),
            [VatRate::LOW],
            "what is kept of the other rate did not change"
        );
    }

    #[test]
    fn a_full_return_carries_back_the_whole_vat() {
        let sold = [
            (VatRate::HIGH, Cents(99)),
            (VatRate::HIGH, Cents(99)),
            (VatRate::LOW, Cents(250)),
        ];
        let rows = table_of_return(&sold, &[]);
        let of_sale = table(sold);
        assert_eq!(
            rows.iter().map(|r| r.vat).sum::<Cents>(),
            -of_sale.iter().map(|r| r.vat).sum::<Cents>()
        );
    }
}
