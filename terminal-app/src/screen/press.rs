//! What the page posts: an action as it stands, or something with a typed text that is read here, once.
//!
//! Pure: text in, [`Action`] out or the words that tell the cashier what was wrong with it.

use retail::money::{AmountError, Cents};
use retail::quantity::Quantity;
use serde::Deserialize;
use serde_json::Value;

use super::strings::{Strings, fill};
use crate::till::Action;

/// The most bytes of a post.
pub const MAX_BODY: usize = 4096;
/// The longest id of an action.
pub const MAX_ID: usize = 64;

/// A post of the page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Post {
    id: String,
    action: Value,
}

/// Actions with a text that a person typed. As JSON: `{"do":"typed_cash","typed":"50"}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Typed {
    /// [`Action::PayCash`]; nothing typed means exact.
    TypedCash {
        /// What was handed over.
        typed: String,
    },
    /// [`Action::PayCashExact`]; with something typed [`Action::PayCashTyped`].
    TypedCashExact {
        /// What stands in the box.
        typed: String,
    },
    /// [`Action::PayCard`]; nothing typed means all of it.
    TypedCard {
        /// A part of what is due.
        typed: String,
    },
    /// [`Action::Price`].
    TypedPrice {
        /// Price of one unit.
        typed: String,
    },
    /// [`Action::QuantityKey`].
    TypedQuantity {
        /// How many.
        typed: String,
    },
}

/// Why a post was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PressError {
    /// The page sent something that is no action: a fault of the page, not of the cashier.
    NotAnAction(String),
    /// The cashier typed something that does not fit; the text is in his language.
    Typed(String),
}

/// Reads a post into its id and action.
///
/// # Errors
/// [`PressError`].
pub fn read(words: &Strings, body: &[u8]) -> Result<(String, Action), PressError> {
    let post: Post =
        serde_json::from_slice(body).map_err(|error| PressError::NotAnAction(error.to_string()))?;
    if post.id.is_empty() || post.id.len() > MAX_ID || !post.id.is_ascii() {
        return Err(PressError::NotAnAction(format!(
            "an id has 1 to {MAX_ID} ASCII characters"
        )));
    }
    let typed = post.action["do"]
        .as_str()
        .is_some_and(|name| name.starts_with("typed_"));
    let action = if typed {
        let typed = Typed::deserialize(&post.action)
            .map_err(|error| PressError::NotAnAction(error.to_string()))?;
        meant(words, &typed)?
    } else {
        Action::deserialize(&post.action)
            .map_err(|error| PressError::NotAnAction(error.to_string()))?
    };
    Ok((post.id, action))
}

fn meant(words: &Strings, typed: &Typed) -> Result<Action, PressError> {
    Ok(match typed {
        Typed::TypedCash { typed } => Action::PayCash {
            tendered: optional(words, typed)?,
        },
        Typed::TypedCashExact { typed } => match optional(words, typed)? {
            Some(typed) => Action::PayCashTyped { typed },
            None => Action::PayCashExact,
        },
        Typed::TypedCard { typed } => Action::PayCard {
            amount: optional(words, typed)?,
        },
        Typed::TypedPrice { typed } => Action::Price {
            price: required(words, typed)?,
        },
        Typed::TypedQuantity { typed } => {
            let typed = typed.trim();
            if typed.is_empty() {
                return Err(PressError::Typed(words.type_first.to_owned()));
            }
            let quantity: Quantity = typed
                .parse()
                .map_err(|_| PressError::Typed(fill(words.not_quantity, &[&typed])))?;
            Action::QuantityKey { n: quantity.0 }
        }
    })
}

fn optional(words: &Strings, typed: &str) -> Result<Option<Cents>, PressError> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    required(words, typed).map(Some)
}

fn required(words: &Strings, typed: &str) -> Result<Cents, PressError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(PressError::Typed(words.type_first.to_owned()));
    }
    typed.parse().map_err(|error| match error {
        AmountError::TooLarge(_) => {
            let most = words.in_text(Cents::MAX_INPUT);
            PressError::Typed(fill(words.amount_too_high, &[&typed, &most]))
        }
        AmountError::NotAnAmount(_) => PressError::Typed(fill(words.not_amount, &[&typed])),
    })
}

#[cfg(test)]
mod tests {
    use super::super::strings::NL;
    use super::*;

    #[track_caller]
    fn check(action: &str, expected: Action) {
        let body = format!("{{\"id\":\"1-2\",\"action\":{action}}}");
        assert_eq!(read(&NL, body.as_bytes()), Ok(("1-2".to_owned(), expected)));
    }

    #[test]
    fn actions_are_taken_as_they_stand() {
        check("{\"do\":\"pay_cash_exact\"}", Action::PayCashExact);
        check(
            "{\"do\":\"select_line\",\"n\":3}",
            Action::SelectLine { n: 3 },
        );
    }

    #[test]
    fn typed_texts_are_read_once() {
        check(
            "{\"do\":\"typed_cash\",\"typed\":\" 50 \"}",
            Action::PayCash {
                tendered: Some(Cents(5000)),
            },
        );
        check(
            "{\"do\":\"typed_cash\",\"typed\":\"\"}",
            Action::PayCash { tendered: None },
        );
        check(
            "{\"do\":\"typed_cash_exact\",\"typed\":\"\"}",
            Action::PayCashExact,
        );
        check(
            "{\"do\":\"typed_cash_exact\",\"typed\":\"20\"}",
            Action::PayCashTyped { typed: Cents(2000) },
        );
        check(
            "{\"do\":\"typed_card\",\"typed\":\"\"}",
            Action::PayCard { amount: None },
        );
        check(
            "{\"do\":\"typed_price\",\"typed\":\"12,5\"}",
            Action::Price { price: Cents(1250) },
        );
        check(
            "{\"do\":\"typed_quantity\",\"typed\":\"3\"}",
            Action::QuantityKey { n: 3000 },
        );
    }

    #[track_caller]
    fn refused(body: &str) -> PressError {
        read(&NL, body.as_bytes()).expect_err(body)
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(
            refused("{\"id\":\"1\",\"action\":{\"do\":\"typed_price\",\"typed\":\"twaalf\"}}"),
            PressError::Typed("‘twaalf’ is geen bedrag. Typ bijvoorbeeld 12,50.".to_owned())
        );
        assert_eq!(
            refused("{\"id\":\"1\",\"action\":{\"do\":\"typed_cash\",\"typed\":\"99999999\"}}"),
            PressError::Typed(
                "‘99999999’ is te hoog: een bedrag is hoogstens €\u{a0}1.000.000,00.".to_owned()
            )
        );
        assert_eq!(
            refused("{\"id\":\"1\",\"action\":{\"do\":\"typed_quantity\",\"typed\":\"\"}}"),
            PressError::Typed("Typ eerst een getal.".to_owned())
        );
        let barcode =
            "{\"id\":\"1\",\"action\":{\"do\":\"typed_quantity\",\"typed\":\"8712345678906\"}}";
        assert_eq!(
            refused(barcode),
            PressError::Typed("‘8712345678906’ is geen aantal. Typ bijvoorbeeld 3.".to_owned())
        );
    }

    #[test]
    fn what_is_no_action_is_refused() {
        for body in [
            "",
            "[]",
            "{\"id\":\"1\"}",
            "{\"id\":\"\",\"action\":{\"do\":\"cancel\"}}",
            "{\"id\":\"1\",\"action\":{\"do\":\"give_discount\"}}",
            "{\"id\":\"1\",\"action\":{\"do\":\"typed_discount\",\"typed\":\"1\"}}",
            "{\"id\":\"1\",\"action\":{\"do\":\"select_line\",\"n\":-1}}",
            "{\"id\":\"1\",\"action\":{\"do\":\"cancel\"},\"more\":1}",
            "{\"id\":\"1\",\"action\":\"cancel\"}",
        ] {
            assert!(
                matches!(refused(body), PressError::NotAnAction(_)),
                "{body}"
            );
        }
        let long = format!(
            "{{\"id\":\"{}\",\"action\":{{\"do\":\"cancel\"}}}}",
            "x".repeat(65)
        );
        assert!(matches!(refused(&long), PressError::NotAnAction(_)));
    }
}
