//! Goods that come back: which receipt, which reason, what is paid back. The lines themselves stand in the first zone.

use maud::{Markup, html};
use retail::sale::ReturnReason;
use serde_json::json;

use super::ask::cancel;
use super::parts::{Button, Face, json as action_json, money, reason, tender};
use super::{notices, pad};
use crate::till::view::ReturnView;
use crate::till::{Action, View};

pub(crate) fn which_receipt(face: &Face, view: &View) -> Markup {
    let w = face.words();
    let entry = pad::Box {
        label: w.box_receipt,
        hint: w.box_receipt,
        does: json!({"do": "entry"}),
        takes: "text",
        searches: false,
        letters: false,
    };
    html! {
        div.panel role="group" tabindex="-1" aria-labelledby="asked" {
            h1 #asked { (w.ask_receipt_title) }
            p { (w.ask_receipt) }
            (pad::entry(face, &entry, w.enter))
            (notices::place(face, view))
            div.pads { (pad::digits(face, &html! {})) }
            div.answers { (cancel(face, view)) }
        }
    }
}

pub(crate) fn fetching(face: &Face, view: &View, text: &str) -> Markup {
    let w = face.words();
    html! {
        div.panel role="group" tabindex="-1" aria-labelledby="asked" {
            h1 #asked { (w.return_title) }
            p.wait role="status" { span.spin aria-hidden="true" {} (text) }
            (notices::place(face, view))
            div.answers { (cancel(face, view)) }
        }
    }
}

pub(crate) fn panel(face: &Face, view: &View, back: &ReturnView) -> Markup {
    let w = face.words();
    let entry = pad::Box {
        label: w.box_return,
        hint: w.box_return,
        does: json!({"do": "entry"}),
        takes: "text",
        searches: false,
        letters: true,
    };
    let chosen = || {
        back.lines
            .iter()
            .filter(|row| row.chosen.0 > 0 && !row.deposit)
    };
    let any = chosen().next().is_some();
    html! {
        div.panel role="group" tabindex="-1" aria-labelledby="asked" {
            h1 #asked { (w.return_title) }
            (pad::entry(face, &entry, w.enter))
            (notices::place(face, view))
            div.reasons role="group" aria-label=(w.reason_all) {
                span.detail { (w.reason_all) }
                @for one in ReturnReason::ALL {
                    @let action = Action::ReturnReason { line: None, reason: one };
                    @let pressed = any && chosen().all(|row| row.reason == Some(one));
                    button.key.chip type="button" data-do=(action_json(&action)) aria-pressed=(pressed) disabled[!any] { (reason(w, one)) }
                }
            }
            label.field {
                span { (w.remark) " " em { (w.optional) } }
                input type="text" name="text" value=(back.remark) maxlength="500" autocomplete="off" data-change="{\"do\":\"return_remark\"}";
            }
            div.pads { (pad::digits(face, &html! {})) (pad::letters(face)) }
            @if !back.refund.is_empty() {
                ul.paid aria-label=(w.to_refund) {
                    @for (kind, amount) in &back.refund { li { span { (w.to_refund) " · " (tender(w, *kind)) } (money(w, amount.abs())) } }
                }
            }
            @if !any { p.detail { (w.return_what) } }
            @else if !back.ready { p.detail { (w.return_why) } }
            div.answers {
                (cancel(face, view))
                (Button::new(w.confirm_return, &Action::ConfirmReturn).class("primary").enabled(back.ready).draw())
            }
        }
    }
}
