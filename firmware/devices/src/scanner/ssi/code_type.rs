//! SSI code types, the first data byte of DECODE_DATA, and what they are in the words of AIM
//! identifiers, so that a code is classified in one way whichever protocol brought it.

use crate::scanner::aim::{self, Identifier};

/// What kind of symbol was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbology {
    /// Code 39.
    Code39,
    /// Code 128.
    Code128,
    /// GS1-128.
    Gs1128,
    /// Interleaved 2 of 5.
    Itf,
    /// UPC-A.
    UpcA,
    /// UPC-E, number system 0 or 1.
    UpcE,
    /// EAN-8.
    Ean8,
    /// EAN-13.
    Ean13,
    /// Bookland EAN: an ISBN.
    Bookland,
    /// Data Matrix.
    DataMatrix,
    /// QR Code.
    Qr,
    /// GS1 DataBar: omnidirectional, limited or expanded.
    DataBar,
    /// Any other.
    Other(u8),
}

/// A 2- or 5-digit add-on behind an EAN or UPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddOn {
    /// Two digits.
    Two,
    /// Five digits.
    Five,
}

impl AddOn {
    /// Digits of the add-on.
    #[must_use]
    pub const fn digits(self) -> usize {
        match self {
            Self::Two => 2,
            Self::Five => 5,
        }
    }
}

/// The code type byte, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeType {
    /// The byte as received.
    pub byte: u8,
    /// What was read.
    pub symbology: Symbology,
    /// Its add-on, whose digits are the last ones of the data.
    pub add_on: Option<AddOn>,
}

impl CodeType {
    /// Takes the byte apart. `+40h` and `+80h` mark an add-on of EAN and UPC only.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Self {
        let (base, add_on) = match byte & 0xC0 {
            0x40 => (byte & 0x3F, Some(AddOn::Two)),
            0x80 => (byte & 0x3F, Some(AddOn::Five)),
            _ => (byte, None),
        };
        let symbology = Self::base(base);
        let takes_add_on = matches!(
            symbology,
            Symbology::UpcA
                | Symbology::UpcE
                | Symbology::Ean8
                | Symbology::Ean13
                | Symbology::Bookland
        );
        if add_on.is_some() && !takes_add_on {
            return Self {
                byte,
                symbology: Symbology::Other(byte),
                add_on: None,
            };
        }
        Self {
            byte,
            symbology,
            add_on,
        }
    }

    const fn base(base: u8) -> Symbology {
        match base {
            0x01 | 0x13 => Symbology::Code39,
            0x03 => Symbology::Code128,
            0x06 => Symbology::Itf,
            0x08 => Symbology::UpcA,
            0x09 | 0x10 => Symbology::UpcE,
            0x0A => Symbology::Ean8,
            0x0B => Symbology::Ean13,
            0x0F => Symbology::Gs1128,
            0x16 => Symbology::Bookland,
            0x1B => Symbology::DataMatrix,
            0x1C => Symbology::Qr,
            0x23..=0x25 | 0x30..=0x32 => Symbology::DataBar,
            other => Symbology::Other(other),
        }
    }

    /// Writes to `out` what a plain scanner with AIM identifiers would have sent for the same
    /// symbol: UPC-A and UPC-E as 13 digits, an add-on behind them under `]E3`. Data of an
    /// unexpected length, and symbologies that a shop does not use, go out without identifier.
    /// `None` when `out` is too short; `data.len() + 16` always suffices.
    pub fn write_aim<'o>(self, data: &[u8], out: &'o mut [u8]) -> Option<&'o [u8]> {
        let (main, add_on) = match self.add_on {
            Some(add_on) => data.split_at_checked(data.len().wrapping_sub(add_on.digits()))?,
            None => (data, &[][..]),
        };
        let mut digits = [b'0'; 13];
        let gtin = self.write_gtin(main, &mut digits);
        let (identifier, main): (Option<Identifier>, &[u8]) = match (gtin, self.symbology) {
            (Some(gtin), Symbology::Ean8) if add_on.is_empty() => (Some(aim::EAN_8), gtin),
            (Some(gtin), _) if add_on.is_empty() => (Some(aim::EAN_13), gtin),
            (Some(gtin), _) => (Some(aim::EAN_WITH_ADD_ON), gtin),
            (None, symbology) => (symbology.identifier(data), main),
        };
        let identifier = identifier.as_ref().map_or(&[][..], |id| id);
        let mut end = 0;
        for part in [identifier, main, add_on] {
            out.get_mut(end..end + part.len())?.copy_from_slice(part);
            end += part.len();
        }
        out.get(..end)
    }

    /// The GTIN digits of an EAN or UPC: 8 for an EAN-8, else 13.
    fn write_gtin<'d>(self, main: &[u8], digits: &'d mut [u8; 13]) -> Option<&'d [u8]> {
        if !main.iter().all(u8::is_ascii_digit) {
            return None;
        }
        match (self.symbology, main.len()) {
            (Symbology::Ean13 | Symbology::Bookland, 13) => digits.copy_from_slice(main),
            (Symbology::UpcA, 12) => digits.get_mut(1..)?.copy_from_slice(main),
            (Symbology::UpcA, 13) if main.starts_with(b"0") => digits.copy_from_slice(main),
            (Symbology::UpcE, 8) => {
                let expanded = expand_upc_e(main.first_chunk()?)?;
                digits.get_mut(1..)?.copy_from_slice(&expanded);
            }
            (Symbology::Ean8, 8) => {
                let room = digits.get_mut(..8)?;
                room.copy_from_slice(main);
                return Some(room);
            }
            _ => return None,
        }
        Some(digits)
    }
}

impl Symbology {
    /// The identifier of a symbol whose data are not an EAN or UPC of the right length.
    fn identifier(self, data: &[u8]) -> Option<Identifier> {
        match self {
            Self::Code39 => Some(aim::CODE_39),
            Self::Code128 => Some(aim::CODE_128),
            Self::Gs1128 => Some(aim::GS1_128),
            Self::DataMatrix => Some(aim::DATA_MATRIX),
            Self::Qr => Some(aim::QR),
            Self::DataBar => Some(aim::GS1_DATA_BAR),
            Self::Itf if data.len() == 14 => Some(aim::ITF_WITH_CHECK),
            Self::Itf
            | Self::UpcA
            | Self::UpcE
            | Self::Ean8
            | Self::Ean13
            | Self::Bookland
            | Self::Other(_) => None,
        }
    }
}

/// The 12 digits of the UPC-A that the 8 digits of a UPC-E stand for; the check digit is taken
/// over, not verified. `None` for other number systems than 0 and 1 (GS1 General Specifications
/// 5.2.2.4.2).
#[must_use]
pub fn expand_upc_e(upc_e: &[u8; 8]) -> Option<[u8; 12]> {
    let [system, a, b, c, d, e, f, check] = *upc_e;
    if !upc_e.iter().all(u8::is_ascii_digit) || !matches!(system, b'0' | b'1') {
        return None;
    }
    let z = b'0';
    let (maker, item) = match f {
        b'0'..=b'2' => ([a, b, f, z, z], [z, z, c, d, e]),
        b'3' => ([a, b, c, z, z], [z, z, z, d, e]),
        b'4' => ([a, b, c, d, z], [z, z, z, z, e]),
        _ => ([a, b, c, d, e], [z, z, z, z, f]),
    };
    let mut upc_a = [z; 12];
    for (slot, digit) in upc_a.iter_mut().zip(
        core::iter::once(system)
            .chain(maker)
            .chain(item)
            .chain(core::iter::once(check)),
    ) {
        *slot = digit;
    }
    Some(upc_a)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(byte: u8, data: &str, expected: &str) {
        let mut out = [0; 64];
        let written = CodeType::from_byte(byte).write_aim(data.as_bytes(), &mut out);
        assert_eq!(written.map(std::str::from_utf8), Some(Ok(expected)));
    }

    #[test]
    fn speaks_as_a_plain_scanner_would() {
        check(0x0B, "8712345678906", "]E08712345678906");
        check(0x08, "036000291452", "]E00036000291452");
        check(0x09, "02345673", "]E00023456000073");
        check(0x0A, "96385074", "]E496385074");
        check(0x4B, "871234567890612", "]E3871234567890612");
        check(0x88, "03600029145212345", "]E3003600029145212345");
        check(0x03, "KLR-CASH", "]C0KLR-CASH");
        check(0x0F, "0108712345678906", "]C10108712345678906");
        check(
            0x1C,
            "https://example.nl/01/08712345678906",
            "]Q1https://example.nl/01/08712345678906",
        );
        check(0x24, "0108712345678906", "]e00108712345678906");
        check(0x31, "0108712345678906", "]e00108712345678906");
        check(0x06, "18712345678903", "]I118712345678903");
        check(0x16, "9789028423794", "]E09789028423794");
        check(0x16, "9028423798", "9028423798");
        check(0x0B, "871", "871");
        check(0xC0, "x", "x");
    }

    #[test]
    fn an_add_on_belongs_to_ean_and_upc_only() {
        assert_eq!(CodeType::from_byte(0x43).symbology, Symbology::Other(0x43));
        assert_eq!(CodeType::from_byte(0x43).add_on, None);
        assert_eq!(CodeType::from_byte(0x8A).add_on, Some(AddOn::Five));
        let mut out = [0; 8];
        assert_eq!(CodeType::from_byte(0x4B).write_aim(b"1", &mut out), None);
    }

    #[test]
    fn expands_upc_e() {
        for (short, long) in [
            (b"02345673", b"023456000073"),
            (b"02345147", b"023450000017"),
            (b"06397126", b"063200009716"),
            (b"08679339", b"086700000939"),
        ] {
            assert_eq!(expand_upc_e(short), Some(*long));
        }
        assert_eq!(expand_upc_e(b"22345673"), None);
        assert_eq!(expand_upc_e(b"0234567x"), None);
    }

    proptest! {
        #[test]
        fn any_data_of_any_type_is_written_or_refused(
            byte in any::<u8>(),
            data in prop::collection::vec(any::<u8>(), 0..40),
            room in 0_usize..64,
        ) {
            let mut out = std::vec![0; room];
            let code_type = CodeType::from_byte(byte);
            let written = code_type.write_aim(&data, &mut out).map(<[u8]>::len);
            let add_on = code_type.add_on.map_or(0, AddOn::digits);
            if room >= data.len() + 16 && data.len() >= add_on {
                prop_assert!(written.is_some());
            }
        }
    }
}
