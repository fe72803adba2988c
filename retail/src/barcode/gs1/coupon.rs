//! The inside of North American coupons: AI 8110 (coupon code) and AI 8112 (positive offer file).
//!
//! A coupon is a row of fields without separators; a digit before a field (its VLI) says how long it is.
//! Source: GS1 US coupon application standards, as the GS1 Barcode Syntax Dictionary checks them.

use super::super::check;
use super::lint::Lint;

/// What is wrong with a coupon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CouponError {
    /// A coupon consists of digits.
    #[error("a character is no digit")]
    NotDigit,
    /// A field, or the digit that says how long it is, is missing or cut off.
    #[error("{0} is missing or too short")]
    Truncated(&'static str),
    /// A field has a value that does not exist.
    #[error("{0} is invalid")]
    Invalid(&'static str),
    /// The coupon expires before it starts.
    #[error("it expires before it starts")]
    ExpiresBeforeStart,
    /// Something follows that is no field.
    #[error("there is more behind the last field")]
    Excess,
}

/// Reads fields from the front of the digits.
struct Fields<'a>(&'a str);

impl<'a> Fields<'a> {
    fn take(&mut self, len: usize, field: &'static str) -> Result<&'a str, CouponError> {
        let (head, tail) = self
            .0
            .split_at_checked(len)
            .ok_or(CouponError::Truncated(field))?;
        self.0 = tail;
        Ok(head)
    }

    /// One digit out of `values`.
    fn digit(&mut self, values: &[u8], field: &'static str) -> Result<u8, CouponError> {
        let digit = self
            .take(1, field)?
            .bytes()
            .next()
            .and_then(check::digit)
            .ok_or(CouponError::NotDigit)?;
        if values.contains(&digit) {
            Ok(digit)
        } else {
            Err(CouponError::Invalid(field))
        }
    }

    /// A length digit out of `vlis` and then a field of `base` plus that many digits.
    fn variable(
        &mut self,
        vlis: &[u8],
        base: usize,
        field: &'static str,
    ) -> Result<(), CouponError> {
        let vli = self.digit(vlis, field)?;
        self.take(base + usize::from(vli), field).map(drop)
    }

    /// Takes `tag` off the front if it stands there.
    fn tag(&mut self, tag: char) -> bool {
        match self.0.strip_prefix(tag) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn date(&mut self, field: &'static str) -> Result<&'a str, CouponError> {
        let date = self.take(6, field)?;
        Lint::ShortDate
            .check(date)
            .map_err(|_| CouponError::Invalid(field))?;
        Ok(date)
    }

    /// Requirement, its code and the family code of one purchase.
    fn purchase(&mut self, field: &'static str) -> Result<(), CouponError> {
        self.variable(&[1, 2, 3, 4, 5], 0, field)?;
        self.digit(&[0, 1, 2, 3, 4, 9], field)?;
        self.take(3, field).map(drop)
    }

    /// The company prefix of another purchase; 9 says it is that of the first.
    fn other_company(&mut self, field: &'static str) -> Result<(), CouponError> {
        match self.digit(&[0, 1, 2, 3, 4, 5, 6, 9], field)? {
            9 => Ok(()),
            vli => self.take(6 + usize::from(vli), field).map(drop),
        }
    }

    fn end(&self) -> Result<(), CouponError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(CouponError::Excess)
        }
    }
}

fn fields(text: &str) -> Result<Fields<'_>, CouponError> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(Fields(text))
    } else {
        Err(CouponError::NotDigit)
    }
}

/// The year of a two-digit one: coupons live in this century, those of the last are long gone.
fn in_order(date: &str) -> (bool, &str) {
    (date < "51", date)
}

/// Checks the value of AI 8110.
pub(super) fn check_code(text: &str) -> Result<(), CouponError> {
    let mut fields = fields(text)?;
    fields.variable(&[0, 1, 2, 3, 4, 5, 6], 6, "company prefix")?;
    fields.take(6, "offer code")?;
    fields.variable(&[1, 2, 3, 4, 5], 0, "save value")?;
    fields.purchase("first purchase")?;
    if fields.tag('1') {
        fields.digit(&[0, 1, 2, 3], "additional purchase rules code")?;
        fields.purchase("second purchase")?;
        fields.other_company("second company prefix")?;
    }
    if fields.tag('2') {
        fields.purchase("third purchase")?;
        fields.other_company("third company prefix")?;
    }
    let expires = if fields.tag('3') {
        Some(fields.date("expiration date")?)
    } else {
        None
    };
    let starts = if fields.tag('4') {
        Some(fields.date("start date")?)
    } else {
        None
    };
    if let (Some(expires), Some(starts)) = (expires, starts)
        && in_order(expires) < in_order(starts)
    {
        return Err(CouponError::ExpiresBeforeStart);
    }
    if fields.tag('5') {
        fields.variable(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 6, "serial number")?;
    }
    if fields.tag('6') {
        fields.variable(&[1, 2, 3, 4, 5, 6, 7], 6, "retailer")?;
    }
    if fields.tag('9') {
        fields.digit(&[0, 1, 2, 5, 6], "save value code")?;
        fields.digit(&[0, 1, 2], "save value applies to item")?;
        fields.digit(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "store coupon flag")?;
        fields.digit(&[0, 1], "do not multiply flag")?;
    }
    fields.end()
}

/// Checks the value of AI 8112.
pub(super) fn check_pos_offer(text: &str) -> Result<(), CouponError> {
    let mut fields = fields(text)?;
    fields.digit(&[0, 1], "format code")?;
    fields.variable(&[0, 1, 2, 3, 4, 5, 6], 6, "funder")?;
    fields.take(6, "offer code")?;
    fields.variable(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 6, "serial number")?;
    fields.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A coupon with an expiration date (3) and a start date (4), years of two digits.
    #[track_caller]
    fn dates(expires: &str, starts: &str) -> Result<(), CouponError> {
        check_code(&format!("012345612345611110123{}{expires}4{starts}", 3))
    }

    #[test]
    fn a_coupon_starts_before_it_expires() {
        assert_eq!(dates("261231", "260101"), Ok(()));
        assert_eq!(dates("260101", "260101"), Ok(()));
        assert_eq!(
            dates("260101", "261231"),
            Err(CouponError::ExpiresBeforeStart)
        );
        assert_eq!(
            dates("010101", "991231"),
            Ok(()),
            "over the turn of the century"
        );
    }
}
