//! The third zone: keypad, tiles and actions, and whatever the till asks for in their place.
//!
//! No dialog lies over the basket: a question takes the place of the keys, so that basket and total stay in sight.

use maud::{Markup, html};
use serde_json::json;

use super::parts::{Button, Face, json as action_json};
use super::strings::fill;
use super::{ask, goods_back, login, notices, pad};
use crate::till::{Action, ModeView, View};

pub(crate) fn work(face: &Face, view: &View) -> Markup {
    let w = face.words();
    match &view.mode {
        ModeView::NotEnrolled => login::not_enrolled(face, view),
        ModeView::LoggedOut { checking, wait_s } => {
            login::logged_out(face, view, *checking, *wait_s)
        }
        ModeView::Selling => selling(face, view),
        ModeView::AskingPrice { name, unit, .. } => ask::price(face, view, name, *unit),
        ModeView::PayingCard { amount, by_cashier } => ask::card(face, view, *amount, *by_cashier),
        ModeView::PaymentUnknown { amount } => ask::payment_unknown(face, view, *amount),
        ModeView::AskingReceipt => goods_back::which_receipt(face, view),
        ModeView::FetchingReceipt { number } => {
            goods_back::fetching(face, view, &fill(w.fetching, &[number]))
        }
        ModeView::Returning(back) => goods_back::panel(face, view, back),
        ModeView::Enrolling { card } => ask::enrol(face, view, card.as_deref()),
    }
}

/// The keys of an open sale.
fn selling(face: &Face, view: &View) -> Markup {
    let w = face.words();
    let entry = pad::Box {
        label: w.box_label,
        hint: w.box_hint,
        does: json!({"do": "entry"}),
        takes: "text",
        searches: true,
        letters: true,
    };
    html! {
        (pad::entry(face, &entry, w.enter))
        (found(face, view))
        div.messages {
            (notices::place(face, view))
            @if let Some(quantity) = view.next_quantity {
                p.next { (fill(w.next_quantity, &[&w.number(quantity)])) }
            }
        }
        div.pads {
            (pad::digits(face, &pad::quantity_key(face)))
            (pad::letters(face))
            (pad::quick_amounts(face, view))
        }
        (pay(face, view))
        (actions(face, view))
    }
}

fn found(face: &Face, view: &View) -> Markup {
    let w = face.words();
    html! {
        ul #found role="list" aria-label=(w.found) {
            @for article in &view.search {
                li {
                    button.key.hit type="button" data-clear data-do=(action_json(&Action::PickArticle { gtin: article.gtin.clone() })) {
                        span { (article.name) }
                        span.gtin { (article.gtin) }
                        span.money { @match article.price { Some(price) => (w.money(price)), None => (w.ask_price) } }
                    }
                }
            }
            @if !view.search.is_empty() {
                li {
                    button.key.hit.quiet type="button" data-clear data-do=(action_json(&Action::Search { text: String::new() })) { (w.close_found) }
                }
            }
        }
    }
}

fn pay(face: &Face, view: &View) -> Markup {
    let w = face.words();
    let keys = &face.keys;
    html! {
        div.pay role="group" aria-label=(w.sheet_pay) {
            (Button::typed(w.cash_exact, &json!({"do": "typed_cash_exact"}), "typed").keep().class("cash").key(keys.cash_exact.as_ref()).enabled(view.enabled.cash_exact).draw())
            (Button::typed(w.cash, &json!({"do": "typed_cash"}), "typed").class("cash").key(keys.cash.as_ref()).enabled(view.enabled.cash).draw())
            (Button::typed(w.card, &json!({"do": "typed_card"}), "typed").class("card").key(keys.card.as_ref()).enabled(view.enabled.card).draw())
        }
    }
}

fn actions(face: &Face, view: &View) -> Markup {
    let w = face.words();
    let keys = &face.keys;
    let able = &view.enabled;
    html! {
        div.actions role="group" aria-label=(w.actions) {
            (Button::new(w.goods_back, &Action::StartReturn).key(keys.goods_back.as_ref()).enabled(able.start_return).draw())
            (Button::new(w.customer, &Action::StartEnrol).key(keys.customer.as_ref()).enabled(able.customer).draw())
            (Button::new(w.copy, &Action::ReprintLast).key(keys.copy.as_ref()).enabled(able.reprint).draw())
            (Button::new(w.void_line, &Action::VoidLine { n: None }).key(keys.void_line.as_ref()).enabled(able.void_line).draw())
            (Button::new(w.cancel, &Action::Cancel).class("away").key(keys.cancel.as_ref()).enabled(able.cancel).draw())
            (Button::new(w.drawer, &Action::OpenDrawer).key(keys.drawer.as_ref()).enabled(able.drawer).draw())
        }
    }
}
