//! AIM symbology identifiers (ISO/IEC 15424): `]`, a letter for the symbology and a modifier,
//! which a scanner can put in front of the data to say what kind of symbol it read.

/// An identifier as sent: `]`, symbology, modifier.
pub type Identifier = [u8; 3];

/// EAN-13, UPC-A and UPC-E: always 13 digits.
pub const EAN_13: Identifier = *b"]E0";
/// EAN/UPC with a 2- or 5-digit add-on.
pub const EAN_WITH_ADD_ON: Identifier = *b"]E3";
/// EAN-8.
pub const EAN_8: Identifier = *b"]E4";
/// Code 128 without FNC1 in front.
pub const CODE_128: Identifier = *b"]C0";
/// GS1-128.
pub const GS1_128: Identifier = *b"]C1";
/// Code 39 without check character.
pub const CODE_39: Identifier = *b"]A0";
/// Data Matrix ECC 200.
pub const DATA_MATRIX: Identifier = *b"]d1";
/// GS1 DataMatrix.
pub const GS1_DATA_MATRIX: Identifier = *b"]d2";
/// QR Code, model 2; also GS1 Digital Link.
pub const QR: Identifier = *b"]Q1";
/// GS1 QR Code.
pub const GS1_QR: Identifier = *b"]Q3";
/// GS1 DataBar and GS1-128 composites.
pub const GS1_DATA_BAR: Identifier = *b"]e0";
/// Interleaved 2 of 5 with a validated check digit (ITF-14).
pub const ITF_WITH_CHECK: Identifier = *b"]I1";

/// Splits a payload into its identifier and the data behind it; `None` when the payload does
/// not begin with `]`, a letter, and a digit or letter.
#[must_use]
pub fn split(payload: &[u8]) -> Option<(Identifier, &[u8])> {
    let (head, data) = payload.split_first_chunk::<3>()?;
    let [flag, symbology, modifier] = *head;
    let well_formed =
        flag == b']' && symbology.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric();
    well_formed.then_some((*head, data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_only_what_is_an_identifier() {
        assert_eq!(split(b"]E0871"), Some((EAN_13, &b"871"[..])));
        assert_eq!(split(b"]d2"), Some((GS1_DATA_MATRIX, &b""[..])));
        assert_eq!(split(b"]E"), None);
        assert_eq!(split(b"871"), None);
        assert_eq!(split(b"]]0x"), None);
        assert_eq!(split(b""), None);
    }
}
