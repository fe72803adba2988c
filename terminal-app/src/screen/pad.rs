//! The box and its keys: one field for everything that is typed, digits and letters under it.
//!
//! The keys type into the field that had the focus last; that happens in the browser, without a word to the till.

use maud::{Markup, PreEscaped, html};
use retail::money::Cents;
use serde_json::{Value, json};

use super::parts::{Button, Face, json as action_json, money};
use super::strings::fill;
use crate::till::{Action, View};

/// What the box is for.
pub(crate) struct Box<'a> {
    /// Its accessible name.
    pub(crate) label: &'a str,
    /// What stands in it while it is empty.
    pub(crate) hint: &'a str,
    /// What it does, without the text.
    pub(crate) does: Value,
    /// The key under which the text goes in.
    pub(crate) takes: &'a str,
    /// Looks for articles while someone types.
    pub(crate) searches: bool,
    /// Letters make sense here.
    pub(crate) letters: bool,
}

/// The field with its key.
pub(crate) fn entry(face: &Face, field: &Box<'_>, enter: &str) -> Markup {
    let w = face.words();
    html! {
        form.box data-do=(field.does.to_string()) data-take=(field.takes) {
            input #entry type="text" name="typed" aria-label=(field.label) placeholder=(field.hint) maxlength="100"
                autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="go"
                data-search[field.searches] data-focus-key=[face.keys.find.as_ref()];
            @if field.letters {
                button.key.letters type="button" data-letters aria-label=(w.letters_label) { (w.letters) }
                button.key.digits type="button" data-letters aria-label=(w.digits_label) { (w.digits) }
            }
            button.key.go type="submit" aria-label=(enter) { (ENTER) }
        }
    }
}

/// An arrow back, as on the Enter key.
const ENTER: PreEscaped<&str> = PreEscaped(
    r#"<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M20 5v7a2 2 0 0 1-2 2H6m5-5-5 5 5 5" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>"#,
);

/// An arrow with a cross: delete.
const DELETE: PreEscaped<&str> = PreEscaped(
    r#"<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M9 5h11a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H9l-6-7zm3 4 6 6m0-6-6 6" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>"#,
);

fn types(text: &str) -> Markup {
    html! { button.key.digit type="button" data-pad=(text) { (text) } }
}

fn delete(label: &str) -> Markup {
    html! { button.key.edit type="button" data-pad="back" aria-label=(label) { (DELETE) } }
}

/// Digits, with a column of their own at the right for whatever the mode needs.
pub(crate) fn digits(face: &Face, right: &Markup) -> Markup {
    let w = face.words();
    html! {
        div.pad.digits role="group" aria-label=(w.keypad) {
            div.numbers {
                (types("7")) (types("8")) (types("9"))
                (types("4")) (types("5")) (types("6"))
                (types("1")) (types("2")) (types("3"))
                (types("0")) (types("00")) (types(w.decimal))
            }
            div.edits {
                (delete(w.backspace))
                button.key.edit type="button" data-pad="clear" data-do=(action_json(&Action::ClearEntry)) { (w.clear) }
                (right)
            }
        }
    }
}

/// The ten digits of a PIN; dead while nobody may log in.
pub(crate) fn pin(face: &Face, enabled: bool) -> Markup {
    let w = face.words();
    html! {
        div.pad.digits role="group" aria-label=(w.keypad) {
            div.numbers {
                @for digit in ["7", "8", "9", "4", "5", "6", "1", "2", "3", "0"] {
                    button.key.digit type="button" data-pad=(digit) disabled[!enabled] { (digit) }
                }
            }
            div.edits {
                button.key.edit type="button" data-pad="back" aria-label=(w.backspace) disabled[!enabled] { (DELETE) }
                button.key.edit type="button" data-pad="clear" disabled[!enabled] { (w.clear) }
            }
        }
    }
}

/// Letters and digits, for names and e-mail addresses without a keyboard on the counter.
pub(crate) fn letters(face: &Face) -> Markup {
    let w = face.words();
    html! {
        div.pad.letters role="group" aria-label=(w.letters_label) {
            @for row in ["1234567890", "qwertyuiop", "asdfghjkl-", "zxcvbnm.@"] {
                @for letter in row.chars() { (types(&letter.to_string())) }
                @if row.starts_with('z') { (delete(w.backspace)) }
            }
            (types("_")) (types("+")) (types("'"))
            button.key.digit.space type="button" data-pad=" " { (w.space) }
            (types(",")) (types("é")) (types("ë"))
        }
    }
}

/// Notes and coins: amounts worth a key. What the customer gives is one press.
pub(crate) fn quick_amounts(face: &Face, view: &View) -> Markup {
    const NOTES: [Cents; 4] = [Cents(500), Cents(1000), Cents(2000), Cents(5000)];
    let w = face.words();
    // The first is exact: it has a key of its own.
    let amounts: Vec<Cents> = view
        .quick_amounts
        .iter()
        .copied()
        .filter(|amount| *amount > view.due_cash)
        .take(4)
        .collect();
    let known = amounts.len();
    let amounts = if known == 0 { NOTES.to_vec() } else { amounts };
    html! {
        div.quick role="group" aria-label=(w.quick) {
            @for amount in amounts {
                @let action = Action::PayCash { tendered: Some(amount) };
                button.key type="button" data-do=(action_json(&action)) aria-label=(fill(w.quick_label, &[&w.money(amount)]))
                    disabled[known == 0 || !view.enabled.cash] { (money(w, amount)) }
            }
        }
    }
}

/// Takes the number in the box as quantity of the next article.
pub(crate) fn quantity_key(face: &Face) -> Markup {
    Button::typed(
        face.words().quantity_key,
        &json!({"do": "typed_quantity"}),
        "typed",
    )
    .class("edit")
    .key(face.keys.quantity.as_ref())
    .draw()
}
