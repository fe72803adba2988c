//! Cash rounding ("afronding") to 5 cents, on what is paid in cash only, symmetric for refunds.
//!
//! 1, 2 -> 0; 3, 4 -> 5; 6, 7 -> 5; 8, 9 -> 10. The difference is a tender line of its own: outside gross, VAT and points.

use crate::money::Cents;

/// The amount of coins and notes that settles `due`.
#[must_use]
pub fn rounded(due: Cents) -> Cents {
    let magnitude = (due.0.unsigned_abs() + 2) / 5 * 5;
    let magnitude = i64::try_from(magnitude).unwrap_or(i64::MAX);
    Cents(if due.is_negative() {
        -magnitude
    } else {
        magnitude
    })
}

/// What the books call *afronding*: rounded minus due, between -2 and +2 cents.
#[must_use]
pub fn rounding_of(due: Cents) -> Cents {
    rounded(due) - due
}

/// Amounts worth a key of their own when `due` is to be paid: exact (rounded where the shop `rounds`) and what the next
/// whole euro, five, ten, twenty, fifty and hundred come to. Every one of them settles the sale. Ascending, without
/// doubles, at most six.
#[must_use]
pub fn quick_amounts(due: Cents, rounds: bool) -> Vec<Cents> {
    let exact = if rounds { rounded(due) } else { due };
    if exact.0 <= 0 {
        return Vec::new();
    }
    let mut amounts = vec![exact];
    for step in [100, 500, 1000, 2000, 5000, 10_000] {
        amounts.push(Cents((exact.0 + step - 1) / step * step));
    }
    amounts.sort_unstable();
    amounts.dedup();
    amounts.truncate(6);
    amounts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ten_last_digits() {
        for (due, paid) in [
            (100, 100),
            (101, 100),
            (102, 100),
            (103, 105),
            (104, 105),
            (105, 105),
            (106, 105),
            (107, 105),
            (108, 110),
            (109, 110),
        ] {
            assert_eq!(rounded(Cents(due)), Cents(paid));
            assert_eq!(
                rounded(Cents(-due)),
                Cents(-paid),
                "a refund rounds like a sale"
            );
        }
    }

    #[test]
    fn quick_amounts_cover_the_due() {
        assert_eq!(
            quick_amounts(Cents(1237), true),
            [1235, 1300, 1500, 2000, 5000, 10_000].map(Cents).to_vec()
        );
        assert_eq!(
            quick_amounts(Cents(1237), false).first(),
            Some(&Cents(1237)),
            "a shop that does not round is paid to the cent"
        );
        assert_eq!(
            quick_amounts(Cents(12_000), false),
            [12_000, 15_000, 20_000].map(Cents).to_vec(),
            "no amount twice"
        );
        assert_eq!(quick_amounts(Cents(0), false), Vec::new());
        assert_eq!(
            quick_amounts(Cents(2), true),
            Vec::new(),
            "nothing to hand over"
        );
    }
}
