//! The barcode of a receipt number: 14 digits, printed as Code 128 C.
//! Till (3), epoch (2), serial (7) and two check digits of ISO/IEC 7064 MOD 97-10: read as one number, the whole is 1
//! modulo 97, so that every wrong digit and every swap of neighbours is noticed.

use super::check;
use crate::ids::{Epoch, ReceiptNumber, ReceiptSerial, TillId};

/// How many digits the code has.
pub const LEN: usize = 14;

/// Why digits are no receipt number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptCodeError {
    /// Not 14 digits.
    #[error("a receipt code has {LEN} digits")]
    Form,
    /// The check digits do not fit.
    #[error("the check digits of the receipt number are wrong")]
    CheckDigits,
    /// Till, epoch or serial is zero.
    #[error("there is no such till, epoch or receipt")]
    Range,
}

/// The 14 digits of a receipt number.
#[must_use]
pub fn encode(number: ReceiptNumber) -> String {
    let body = u64::from(number.till.get()) * 1_000_000_000
        + u64::from(number.epoch.get()) * 10_000_000
        + u64::from(number.serial.get());
    format!("{body:012}{:02}", check::mod97_check_digits(body))
}

/// Reads the 14 digits back.
///
/// # Errors
/// [`ReceiptCodeError`] says what is wrong.
pub fn decode(digits: &str) -> Result<ReceiptNumber, ReceiptCodeError> {
    if digits.len() != LEN || !check::is_digits(digits) {
        return Err(ReceiptCodeError::Form);
    }
    let whole: u64 = digits.parse().map_err(|_| ReceiptCodeError::Form)?;
    if whole % 97 != 1 {
        return Err(ReceiptCodeError::CheckDigits);
    }
    let range = |_| ReceiptCodeError::Range;
    Ok(ReceiptNumber {
        till: digits[..3].parse::<TillId>().map_err(range)?,
        epoch: digits[3..5].parse::<Epoch>().map_err(range)?,
        serial: digits[5..12].parse::<ReceiptSerial>().map_err(range)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fourteen_digits_that_are_one_modulo_97() {
        let number: ReceiptNumber = "3-1-0000042".parse().expect("a receipt number");
        let code = encode(number);
        assert_eq!(code.len(), LEN);
        assert!(code.starts_with("003010000042"));
        assert_eq!(code.parse::<u64>().expect("digits") % 97, 1);
        assert_eq!(decode(&code), Ok(number));
    }

    #[test]
    fn what_is_none() {
        assert_eq!(decode("0030100000421"), Err(ReceiptCodeError::Form));
        assert_eq!(decode("00301000004299"), Err(ReceiptCodeError::CheckDigits));
        assert_eq!(decode("00000000000001"), Err(ReceiptCodeError::Range));
    }
}
