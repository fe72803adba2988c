//! What the till asks for while a sale is open: a price, the outcome of a card payment, a new customer.
//!
//! A scan never lands in these fields: scanners have their own way to the till, which answers here.

use maud::{Markup, html};
use retail::money::Cents;
use retail::quantity::Unit;
use serde_json::json;

use super::parts::{Button, Face};
use super::strings::fill;
use super::{notices, pad};
use crate::till::input::PaymentOutcome;
use crate::till::{Action, View};

/// The key that leaves a question.
pub(crate) fn cancel(face: &Face, view: &View) -> Markup {
    Button::new(face.words().cancel, &Action::Cancel)
        .class("away")
        .key(face.keys.cancel.as_ref())
        .enabled(view.enabled.cancel)
        .draw()
}

pub(crate) fn price(face: &Face, view: &View, name: &str, unit: Unit) -> Markup {
    let w = face.words();
    let label = fill(w.box_price, &[&name]);
    let per = match unit {
        Unit::Piece => w.per_piece,
        Unit::Kilogram => w.per_kilo,
    };
    let entry = pad::Box {
        label: &label,
        hint: per,
        does: json!({"do": "typed_price"}),
        takes: "typed",
        searches: false,
        letters: false,
    };
    html! {
        div.panel role="group" tabindex="-1" aria-labelledby="asked" {
            h1 #asked { (w.price_title) }
            p { (fill(w.price_of, &[&name])) }
            (pad::entry(face, &entry, w.set_price))
            (notices::place(face, view))
            div.pads { (pad::digits(face, &html! {})) }
            div.answers {
                (cancel(face, view))
                (Button::typed(w.set_price, &entry.does, "typed").class("primary").draw())
            }
        }
    }
}

pub(crate) fn card(face: &Face, view: &View, amount: Cents, by_cashier: bool) -> Markup {
    let w = face.words();
    let refund = amount.is_negative();
    let (title, paid) = if refund {
        (w.card_refund_title, w.card_refunded)
    } else {
        (w.card_title, w.card_paid)
    };
    html! {
        div.panel role="group" tabindex="-1" aria-labelledby="asked" {
            h1 #asked { (title) }
            p.sum { (w.money(amount.abs())) }
            (notices::place(face, view))
            @if by_cashier {
                p { (w.card_ask) }
                div.answers.tall {
                    (outcome(paid, PaymentOutcome::Paid, "primary"))
                    (outcome(w.card_refused, PaymentOutcome::Refused, "away"))
                    (outcome(w.card_unknown, PaymentOutcome::Unknown, ""))
                }
            } @else {
                p.wait role="status" { span.spin aria-hidden="true" {} (w.card_wait) }
            }
            @if view.enabled.cancel { div.answers { (cancel(face, view)) } }
        }
    }
}

pub(crate) fn payment_unknown(face: &Face, view: &View, amount: Cents) -> Markup {
    let w = face.words();
    let (title, paid) = if amount.is_negative() {
        (w.unknown_refund_title, w.unknown_refunded)
    } else {
        (w.unknown_title, w.unknown_paid)
    };
    html! {
        div.panel.serious role="group" tabindex="-1" aria-labelledby="asked" {
            h1 #asked { (title) }
            p.sum { (w.money(amount.abs())) }
            p { (w.unknown_text) }
            (notices::place(face, view))
            div.answers.tall {
                (outcome(paid, PaymentOutcome::Paid, "primary"))
                (outcome(w.unknown_not, PaymentOutcome::Refused, "away"))
            }
        }
    }
}

fn outcome(label: &str, answer: PaymentOutcome, class: &str) -> Markup {
    Button::new(label, &Action::PinAnswer { answer })
        .class(class)
        .draw()
}

pub(crate) fn enrol(face: &Face, view: &View, card: Option<&str>) -> Markup {
    let w = face.words();
    html! {
        form #enrol.panel aria-labelledby="asked" data-do="{\"do\":\"enrol\"}" data-fields {
            h1 #asked { (w.enrol_title) }
            div.fields {
                label.field {
                    span { (w.card_number) }
                    input type="text" name="card" inputmode="numeric" autocomplete="off" maxlength="20" required
                        value=[card] data-given=[card] placeholder=(w.card_scan) data-first[card.is_none()];
                }
                label.field {
                    span { (w.first_name) " " em { (w.optional) } }
                    input type="text" name="name" autocomplete="off" maxlength="60" autocapitalize="words" spellcheck="false" data-first[card.is_some()];
                }
                label.field {
                    span { (w.email) " " em { (w.optional) } }
                    input type="text" name="email" inputmode="email" autocomplete="off" maxlength="120" autocapitalize="off" spellcheck="false";
                }
            }
            fieldset.consents {
                legend.detail { (w.read_aloud) }
                label.consent { input type="checkbox" name="member"; span { b { (w.membership_short) } " " (w.membership) } }
                label.consent { input type="checkbox" name="marketing"; span { b { (w.marketing_short) } " " (w.marketing) } }
            }
            (notices::place(face, view))
            (pad::letters(face))
            div.answers {
                (cancel(face, view))
                button.key.primary type="submit" { (w.enrol) }
            }
        }
    }
}
