//! The sample catalogue: a clothing-and-gift shop, some 60 articles with 9 and 21 % VAT. The numbers are made up.

/// The catalogue as a till imports it.
pub const CSV: &str = include_str!("catalogue.csv");

/// An article of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// GTIN-13.
    pub gtin: String,
    /// Its name.
    pub name: String,
    /// Its price in cents.
    pub price_cents: i64,
    /// `Kleding > Truien`.
    pub category: String,
}

/// All articles, in the order of the file.
///
/// # Errors
/// When the file in the source is not what it should be.
pub fn samples() -> anyhow::Result<Vec<Sample>> {
    let mut reader = csv::Reader::from_reader(CSV.as_bytes());
    reader
        .deserialize()
        .map(|row| {
            let (gtin, name, price_cents, _vat, category): (String, String, i64, String, String) =
                row?;
            Ok(Sample {
                gtin,
                name,
                price_cents,
                category,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use retail::barcode::Gtin;

    use super::*;

    #[test]
    fn every_number_has_its_check_digit_and_is_there_once() {
        let samples = samples().unwrap();
        assert!(samples.len() >= 60);
        let mut gtins: Vec<_> = samples.iter().map(|s| s.gtin.clone()).collect();
        assert!(gtins.iter().all(|gtin| gtin.parse::<Gtin>().is_ok()));
        gtins.sort();
        gtins.dedup();
        assert_eq!(gtins.len(), samples.len());
    }
}
