//! AIM symbology identifiers (ISO/IEC 15424): the three characters `]cm` a scanner can put in front of its data.
//! They say which kind of code was read, and so what the same digits mean.

use serde::Serialize;

/// The kind of code that was read, as far as it changes what the data mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Symbology {
    /// EAN-13, UPC-A, or UPC-E sent as 13 digits.
    Ean13,
    /// EAN-8.
    Ean8,
    /// UPC-A sent as 12 digits.
    UpcA,
    /// UPC-E sent as its 8 digits.
    UpcE,
    /// EAN/UPC followed by the digits of a 2- or 5-digit add-on.
    EanWithAddOn,
    /// Only the 2- or 5-digit add-on beside an EAN/UPC.
    AddOnOnly,
    /// Plain Code 128.
    Code128,
    /// Code 128 with GS1 element strings.
    Gs1Code128,
    /// Plain Data Matrix.
    DataMatrix,
    /// GS1 DataMatrix.
    Gs1DataMatrix,
    /// Plain QR Code; also carries GS1 Digital Link addresses.
    Qr,
    /// GS1 QR Code.
    Gs1Qr,
    /// GS1 DataBar, also the two-dimensional part of a composite.
    Gs1DataBar,
    /// Plain DotCode.
    DotCode,
    /// GS1 DotCode.
    Gs1DotCode,
    /// Interleaved 2 of 5 (ITF-14).
    Itf,
    /// Code 39.
    Code39,
}

impl Symbology {
    /// The symbology of an identifier such as `]E0`; `None` for one a shop does not meet.
    #[must_use]
    pub fn from_aim(identifier: &str) -> Option<Self> {
        Some(match identifier {
            "]E0" => Self::Ean13,
            "]E1" | "]E2" => Self::AddOnOnly,
            "]E3" => Self::EanWithAddOn,
            "]E4" => Self::Ean8,
            "]C0" => Self::Code128,
            "]C1" => Self::Gs1Code128,
            "]d1" => Self::DataMatrix,
            "]d2" => Self::Gs1DataMatrix,
            "]Q1" => Self::Qr,
            "]Q3" => Self::Gs1Qr,
            "]e0" => Self::Gs1DataBar,
            "]J0" => Self::DotCode,
            "]J1" => Self::Gs1DotCode,
            "]I0" | "]I1" => Self::Itf,
            "]A0" => Self::Code39,
            _ => return None,
        })
    }

    /// The symbology of the code type byte of a Zebra SSI decode packet (40h and 80h added: with an add-on
    /// of two and five digits). `None` for a type a shop does not meet.
    #[must_use]
    pub const fn from_ssi(code_type: u8) -> Option<Self> {
        match code_type {
            0x01 => Some(Self::Code39),
            0x03 => Some(Self::Code128),
            0x06 => Some(Self::Itf),
            0x08 => Some(Self::UpcA),
            0x09 => Some(Self::UpcE),
            0x0A => Some(Self::Ean8),
            0x0B | 0x16 => Some(Self::Ean13),
            0x0F => Some(Self::Gs1Code128),
            0x1B => Some(Self::DataMatrix),
            0x1C => Some(Self::Qr),
            0x23..=0x25 => Some(Self::Gs1DataBar),
            0x48 | 0x49 | 0x4A | 0x4B | 0x88 | 0x89 | 0x8A | 0x8B => Some(Self::EanWithAddOn),
            _ => None,
        }
    }

    /// True when the data are GS1 element strings by definition.
    #[must_use]
    pub const fn is_gs1(self) -> bool {
        matches!(
            self,
            Self::Gs1Code128
                | Self::Gs1DataMatrix
                | Self::Gs1Qr
                | Self::Gs1DataBar
                | Self::Gs1DotCode
        )
    }
}

/// Splits `]cm` off a scan. `None` when the scan does not begin like an identifier.
pub(super) fn split(scan: &str) -> Option<(&str, &str)> {
    if !scan.starts_with(']') || !scan.is_char_boundary(3) {
        return None;
    }
    scan.split_at_checked(3)
}

#[cfg(test)]
mod tests {
    use super::Symbology::{self, *};

    #[test]
    fn identifiers_of_iso_15424() {
        for (identifier, symbology) in [
            ("]E0", Some(Ean13)),
            ("]E1", Some(AddOnOnly)),
            ("]E2", Some(AddOnOnly)),
            ("]E3", Some(EanWithAddOn)),
            ("]E4", Some(Ean8)),
            ("]C0", Some(Code128)),
            ("]C1", Some(Gs1Code128)),
            ("]C2", None),
            ("]d1", Some(DataMatrix)),
            ("]d2", Some(Gs1DataMatrix)),
            ("]Q1", Some(Qr)),
            ("]Q3", Some(Gs1Qr)),
            ("]e0", Some(Gs1DataBar)),
            ("]J0", Some(DotCode)),
            ("]J1", Some(Gs1DotCode)),
            ("]I0", Some(Itf)),
            ("]I1", Some(Itf)),
            ("]A0", Some(Code39)),
            ("E0", None),
        ] {
            assert_eq!(Symbology::from_aim(identifier), symbology, "{identifier}");
        }
    }

    /// Code types of the SSI programmer's guide: with an add-on of two digits 40h is added, of five digits 80h.
    #[test]
    fn code_types_of_ssi() {
        for (code_type, symbology) in [
            (0x01, Code39),
            (0x03, Code128),
            (0x06, Itf),
            (0x08, UpcA),
            (0x09, UpcE),
            (0x0A, Ean8),
            (0x0B, Ean13),
            (0x0F, Gs1Code128),
            (0x16, Ean13),
            (0x1B, DataMatrix),
            (0x1C, Qr),
            (0x23, Gs1DataBar),
            (0x24, Gs1DataBar),
            (0x25, Gs1DataBar),
        ] {
            assert_eq!(
                Symbology::from_ssi(code_type),
                Some(symbology),
                "{code_type:#x}"
            );
        }
        for code_type in 0x08..=0x0B {
            assert_eq!(Symbology::from_ssi(code_type + 0x40), Some(EanWithAddOn));
            assert_eq!(Symbology::from_ssi(code_type + 0x80), Some(EanWithAddOn));
        }
        assert_eq!(Symbology::from_ssi(0x11), None, "PDF417 is met in no shop");
    }
}
