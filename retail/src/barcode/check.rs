//! Check digits: of GS1 keys (GTIN, SSCC, GLN..) and of the price inside an in-store code.
//!
//! Sources: GS1 General Specifications, sections 7.9.1 (keys) and 7.9.2 to 7.9.4 (price check digits).
//! Everything works on ASCII digits; a character that is no digit gives `None`, never a wrong answer.

/// The value 0-9 of one ASCII digit.
pub(super) fn digit(byte: u8) -> Option<u8> {
    byte.is_ascii_digit().then(|| byte - b'0')
}

/// True when `text` is one or more ASCII digits and nothing else.
#[must_use]
pub fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The check digit (0-9) that belongs behind `digits`: weights 3, 1, 3, 1.. from the right, up to the next ten.
/// `None` for an empty text or one that is not all digits.
#[must_use]
pub fn key_check_digit(digits: &str) -> Option<u8> {
    if digits.is_empty() {
        return None;
    }
    let mut sum = 0_u8;
    for (position, byte) in digits.bytes().rev().enumerate() {
        let weight = if position % 2 == 0 { 3 } else { 1 };
        sum = (sum + digit(byte)? * weight) % 10;
    }
    Some((10 - sum) % 10)
}

/// True when the last digit of `digits` is the check digit of those before it.
#[must_use]
pub fn key_is_valid(digits: &str) -> bool {
    let Some(split) = digits
        .len()
        .checked_sub(1)
        .filter(|&at| digits.is_char_boundary(at))
    else {
        return false;
    };
    let (body, last) = digits.split_at(split);
    let expected = key_check_digit(body);
    expected.is_some() && expected == last.bytes().next().and_then(digit)
}

/// Weighted products of the price check digit; the name is the weight of the General Specifications.
const TWO_MINUS: [u8; 10] = [0, 2, 4, 6, 8, 9, 1, 3, 5, 7];
const THREE: [u8; 10] = [0, 3, 6, 9, 2, 5, 8, 1, 4, 7];
const FIVE_PLUS: [u8; 10] = [0, 5, 1, 6, 2, 7, 3, 8, 4, 9];
const FIVE_MINUS: [u8; 10] = [0, 5, 9, 4, 8, 3, 7, 2, 6, 1];

/// The check digit of a four- or five-digit price field of an in-store code (`2875` gives 9, `14685` gives 6).
/// `None` for any other length or a character that is no digit.
#[must_use]
pub fn price_check_digit(price: &str) -> Option<u8> {
    let weights: &[&[u8; 10]] = match price.len() {
        4 => &[&TWO_MINUS, &TWO_MINUS, &THREE, &FIVE_MINUS],
        5 => &[&FIVE_PLUS, &TWO_MINUS, &FIVE_MINUS, &FIVE_PLUS, &TWO_MINUS],
        _ => return None,
    };
    let mut sum = 0_u8;
    for (byte, weight) in price.bytes().zip(weights) {
        sum += weight.get(usize::from(digit(byte)?))?;
    }
    if price.len() == 4 {
        return Some(sum * 3 % 10);
    }
    // Five digits: the digit whose 5- product fills the sum up to the next ten.
    let missing = (10 - sum % 10) % 10;
    FIVE_MINUS
        .iter()
        .zip(0_u8..)
        .find_map(|(&product, value)| (product == missing).then_some(value))
}

/// The two check digits 02-98 of ISO/IEC 7064 MOD 97-10 for a number: the number followed by them is 1 modulo 97.
#[must_use]
pub fn mod97_check_digits(number: u64) -> u64 {
    let rest = u128::from(number) * 100 % 97;
    98 - u64::try_from(rest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_check_digits() {
        assert_eq!(key_check_digit("871234567890"), Some(6));
        assert_eq!(key_check_digit("0234567"), Some(3));
        assert_eq!(key_check_digit(""), None);
        assert_eq!(key_check_digit("12a"), None);
        assert!(key_is_valid("123456789012345675"));
        assert!(!key_is_valid("0"), "a single digit has no body to check");
        assert!(!key_is_valid("123é"));
    }

    #[test]
    fn price_check_digits_of_the_general_specifications() {
        assert_eq!(price_check_digit("2875"), Some(9));
        assert_eq!(price_check_digit("14685"), Some(6));
        assert_eq!(price_check_digit("123"), None);
        assert_eq!(price_check_digit("12x4"), None);
    }

    #[test]
    fn mod97_makes_the_whole_one() {
        for number in [0, 1, 12_345_678, 999_999_999_999] {
            assert_eq!((number * 100 + mod97_check_digits(number)) % 97, 1);
        }
    }
}
