//! The second zone: whose basket this is, points and visits, and where this customer is on the path
//! *aankoop - gebruik - loyaliteit*. Only a first name: a queue is looking on.

use maud::{Markup, html};

use super::parts::{Face, json};
use super::strings::{Strings, fill};
use crate::till::shelf::Customer;
use crate::till::view::CustomerPanel;
use crate::till::{Action, ModeView, View};

/// The phases of the default model, in order.
const PHASES: [&str; 3] = ["aankoop", "gebruik", "loyaliteit"];

pub(crate) fn customer(face: &Face, view: &View) -> Markup {
    let w = face.words();
    if matches!(
        view.mode,
        ModeView::NotEnrolled | ModeView::LoggedOut { .. }
    ) {
        return html! {};
    }
    html! {
        @match &view.customer {
            Some(panel) => (known(w, panel)),
            // Goods that come back belong to whom they were sold to.
            None if matches!(view.mode, ModeView::Returning(_)) => {}
            None => {
                div.nobody {
                    span.face aria-hidden="true" {}
                    p { strong { (w.no_customer) } br; (w.no_customer_hint) }
                }
            }
        }
    }
}

fn known(w: &Strings, panel: &CustomerPanel) -> Markup {
    let customer = &panel.customer;
    let name = customer.name.as_deref().unwrap_or(w.nameless);
    let initial: String = customer
        .name
        .iter()
        .filter_map(|name| name.chars().next())
        .flat_map(char::to_uppercase)
        .collect();
    html! {
        div.known {
            div.person {
                span.face aria-hidden="true" { (initial) }
                div {
                    strong.name { (name) }
                    span.detail { (since(w, panel)) }
                }
                dl {
                    (figure(w, customer.points, w.points_one, w.points, (panel.earns != 0).then_some((panel.earns, w.with_this))))
                    (figure(w, i64::from(customer.visits), w.visits_one, w.visits, None))
                }
                button.key.close type="button" data-do=(json(&Action::ForgetCustomer)) aria-label=(w.take_off) { "×" }
            }
            (path(w, customer))
        }
    }
}

fn since(w: &Strings, panel: &CustomerPanel) -> String {
    match (panel.new, panel.customer.last_visit) {
        (true, _) => w.new_member.to_owned(),
        (false, Some(day)) => fill(w.last_visit, &[&day.format("%d-%m-%Y")]),
        (false, None) => w.first_visit.to_owned(),
    }
}

fn figure(w: &Strings, number: i64, one: &str, many: &str, extra: Option<(i64, &str)>) -> Markup {
    html! {
        div {
            dt { (if number == 1 { one } else { many }) }
            dd {
                (w.count(number))
                @if let Some((more, why)) = extra { " " span.extra { (signed(w, more)) span.sr { " " (why) } } }
            }
        }
    }
}

/// `+180.369`, `−5`.
fn signed(w: &Strings, number: i64) -> String {
    let sign = if number < 0 {
        super::figures::MINUS
    } else {
        '+'
    };
    format!("{sign}{}", w.count(number.saturating_abs()))
}

/// The path as three stations, the present one marked, and the state in it.
fn path(w: &Strings, customer: &Customer) -> Markup {
    let phase = customer.phase.as_deref();
    let here = PHASES.iter().position(|name| Some(*name) == phase);
    html! {
        ol.path aria-label=(w.path) {
            @for (place, name) in PHASES.iter().enumerate() {
                @let is_here = here == Some(place);
                li.here[is_here].passed[here.is_some_and(|here| place < here)] aria-current=[is_here.then_some("step")] {
                    (phase_word(w, name))
                    @if is_here { @if let Some(state) = customer.state.as_deref() { span.state { (state_word(w, state)) } } }
                }
            }
            @if let (None, Some(other)) = (here, phase) { li.here aria-current="step" { (other) } }
        }
    }
}

/// The word for a phase of the default model; any other is shown as head office calls it.
fn phase_word<'a>(w: &Strings, phase: &'a str) -> &'a str {
    match phase {
        "aankoop" => w.phase_purchase,
        "gebruik" => w.phase_use,
        "loyaliteit" => w.phase_loyalty,
        other => other,
    }
}

fn state_word<'a>(w: &Strings, state: &'a str) -> &'a str {
    match state {
        "slapend" => w.state_asleep,
        "teruggewonnen" => w.state_won_back,
        "teruggebracht" => w.state_brought_back,
        other => other,
    }
}
