//! Code page 858: CP850 with the euro sign at D5h; what Dutch and other western European
//! printers and displays have.

/// The characters of 80h to FFh.
const UPPER: [char; 128] = [
    'Ç', 'ü', 'é', 'â', 'ä', 'à', 'å', 'ç', 'ê', 'ë', 'è', 'ï', 'î', 'ì', 'Ä', 'Å', //
    'É', 'æ', 'Æ', 'ô', 'ö', 'ò', 'û', 'ù', 'ÿ', 'Ö', 'Ü', 'ø', '£', 'Ø', '×', 'ƒ', //
    'á', 'í', 'ó', 'ú', 'ñ', 'Ñ', 'ª', 'º', '¿', '®', '¬', '½', '¼', '¡', '«', '»', //
    '░', '▒', '▓', '│', '┤', 'Á', 'Â', 'À', '©', '╣', '║', '╗', '╝', '¢', '¥', '┐', //
    '└', '┴', '┬', '├', '─', '┼', 'ã', 'Ã', '╚', '╔', '╩', '╦', '╠', '═', '╬', '¤', //
    'ð', 'Ð', 'Ê', 'Ë', 'È', '€', 'Í', 'Î', 'Ï', '┘', '┌', '█', '▄', '¦', 'Ì', '▀', //
    'Ó', 'ß', 'Ô', 'Ò', 'õ', 'Õ', 'µ', 'þ', 'Þ', 'Ú', 'Û', 'Ù', 'ý', 'Ý', '¯', '´', //
    '\u{AD}', '±', '‗', '¾', '¶', '§', '÷', '¸', '°', '¨', '·', '¹', '³', '²', '■', '\u{A0}',
];

/// What stands for a character that CP858 does not have.
pub const REPLACEMENT: u8 = b'?';

/// The byte of a printable character; control characters have none, so that text from outside
/// can never carry a command to a device.
#[must_use]
pub fn encode(character: char) -> Option<u8> {
    if matches!(character, ' '..='~') {
        return u8::try_from(u32::from(character)).ok();
    }
    let position = UPPER.iter().position(|upper| *upper == character)?;
    u8::try_from(position + 0x80).ok()
}

/// The bytes of `text`, one a character, [`REPLACEMENT`] for what CP858 does not have.
pub fn encode_text(text: &str) -> impl Iterator<Item = u8> + '_ {
    text.chars()
        .map(|character| encode(character).unwrap_or(REPLACEMENT))
}

/// The character of a byte; `None` for control bytes.
#[must_use]
pub fn decode(byte: u8) -> Option<char> {
    match byte {
        0x20..=0x7E => Some(char::from(byte)),
        0x80.. => UPPER.get(usize::from(byte & 0x7F)).copied(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::vec::Vec;

    #[test]
    fn known_places() {
        for (character, byte) in [
            ('€', 0xD5),
            ('é', 0x82),
            ('ë', 0x89),
            ('ï', 0x8B),
            ('½', 0xAB),
            ('°', 0xF8),
        ] {
            assert_eq!(encode(character), Some(byte), "{character}");
        }
        let bytes: Vec<u8> = encode_text("€ 5,95 日\u{1B}").collect();
        assert_eq!(bytes, b"\xD5 5,95 ??");
    }

    #[test]
    fn there_and_back() {
        for byte in 0..=u8::MAX {
            if let Some(character) = decode(byte) {
                assert_eq!(encode(character), Some(byte));
            } else {
                assert!(byte < 0x20 || byte == 0x7F);
            }
        }
    }
}
