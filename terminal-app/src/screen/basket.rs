//! The first zone: what the customer buys or brings back, and what it comes to.
//!
//! The table is called *Winkelmand* and the total is a status called *Totaal*. While the basket is empty the change of the
//! last sale stands there, large, until the next scan; of a return made during a sale it stands above the sale.

use maud::{Markup, html};
use retail::money::Cents;
use retail::quantity::{Quantity, Unit};
use retail::sale::{ReturnReason, TenderKind};

use super::parts::{Button, Face, json, money, reason, tender};
use super::strings::{Strings, fill};
use crate::till::view::{LastReceipt, ReturnRow, ReturnView, Row};
use crate::till::{Action, ModeView, View};

pub(crate) fn basket(face: &Face, view: &View) -> Markup {
    match &view.mode {
        ModeView::NotEnrolled | ModeView::LoggedOut { .. } => html! {},
        ModeView::Returning(back) => returning(face, view, back),
        _ => selling(face, view),
    }
}

fn selling(face: &Face, view: &View) -> Markup {
    let w = face.words();
    html! {
        @if let Some(last) = beside(view) { (last_receipt(w, last, true)) }
        div.lines tabindex="-1" {
            table class=[view.basket.iter().any(is_wide).then_some("wide")] aria-label=(w.basket) {
                thead { tr {
                    th.num scope="col" { (w.quantity) }
                    th scope="col" { (w.article) }
                    th.num scope="col" { (w.price) }
                    th.num scope="col" { (w.amount) }
                } }
                tbody { @for row in &view.basket { (basket_row(w, view, row)) } }
            }
            @if view.basket.is_empty() { (between(w, view)) }
        }
        (foot(w, view))
    }
}

/// Its price or amount has more figures than the columns of a common sale hold.
const fn is_wide(row: &Row) -> bool {
    row.price.abs().0 >= 100_000 || row.amount.abs().0 >= 1_000_000
}

fn basket_row(w: &Strings, view: &View, row: &Row) -> Markup {
    let selected = view.selected == Some(row.n);
    let child = row.parent.is_some();
    html! {
        tr #{ "row-" (row.n) } .selected[selected] .child[child] .fresh[row.fresh] {
            td.num { (w.quantity(row.quantity, row.unit)) }
            td.name {
                @if child { (row.name) }
                @else {
                    div.item {
                        button.pick type="button" data-do=(json(&Action::SelectLine { n: row.n })) aria-pressed=(selected) { (row.name) }
                        @if selected && row.unit == Unit::Piece { (step(w.one_less, row, -1)) (step(w.one_more, row, 1)) }
                    }
                }
            }
            td.num { (w.plain(row.price)) }
            td.num { (w.plain(row.amount)) }
        }
    }
}

/// One more or one less of the selected row.
fn step(label: &str, row: &Row, by: i64) -> Markup {
    let next = Quantity(row.quantity.0 + by * Quantity::ONE.0);
    let action = if next > Quantity::ZERO {
        Action::SetQuantity {
            n: Some(row.n),
            quantity: next.0,
        }
    } else {
        Action::VoidLine { n: Some(row.n) }
    };
    stepper(
        &fill(label, &[&row.name]),
        by,
        &action,
        next <= Quantity::MAX_LINE,
    )
}

fn stepper(label: &str, by: i64, action: &Action, enabled: bool) -> Markup {
    html! {
        button.key.step type="button" data-again data-do=(json(action)) aria-label=(label) disabled[!enabled] {
            (if by < 0 { "−" } else { "+" })
        }
    }
}

/// What stands there between two sales. While something is asked the next customer has to wait for it.
fn between(w: &Strings, view: &View) -> Markup {
    let last = view.last.as_ref().filter(|_| view.just_sold);
    html! {
        div.between {
            @if let Some(last) = last { (last_receipt(w, last, false)) }
            @if view.mode == ModeView::Selling { p.ready { strong { (w.ready) } br; (w.ready_hint) } }
        }
    }
}

/// Goods came back while a sale was open: what to give back stands beside it, until the sale goes on.
fn beside(view: &View) -> Option<&LastReceipt> {
    let waiting = view.mode == ModeView::Selling && !view.basket.is_empty();
    let last = view.last.as_ref().filter(|last| last.total.is_negative());
    last.filter(|_| waiting && view.just_sold && view.paid.is_empty())
}

fn last_receipt(w: &Strings, last: &LastReceipt, beside: bool) -> Markup {
    // Who paid exactly gets nothing back: then what was paid is worth knowing.
    let change = last.change.filter(|change| *change != Cents::ZERO);
    let (label, amount) = match (change, last.total.is_negative()) {
        (Some(change), false) => (w.change, change),
        (Some(back), true) => (w.refunded, back.abs()),
        (None, false) => (w.paid, last.total + last.rounding),
        (None, true) => (w.given_back, (last.total + last.rounding).abs()),
    };
    html! {
        div #last class=[beside.then_some("beside")] role="status" aria-label=(label) {
            span.label { (label) }
            span.amount { (w.money(amount)) }
            span.detail {
                (fill(w.last_receipt, &[&last.number])) " · " (w.total) " " (w.in_text(last.total))
                @if last.rounding != Cents::ZERO { " · " (fill(w.rounding, &[&w.in_text(last.rounding)])) }
                @if let Some(tendered) = last.tendered { " · " (fill(w.tendered, &[&w.in_text(tendered)])) }
                @if last.card != Cents::ZERO && last.change.is_some() { " · " (fill(w.card_share, &[&w.in_text(last.card)])) }
                @if last.tendered.is_none() && last.change.is_none() { " · " (w.by_card) }
            }
        }
    }
}

/// The total; once a part is paid, what is still due takes its place as the figure that counts.
fn foot(w: &Strings, view: &View) -> Markup {
    let split = !view.paid.is_empty();
    html! {
        div.foot {
            div.total.minor[split] {
                div {
                    span.label { (w.total) }
                    span.detail { (line_count(w, view)) @if !split && view.due_cash != view.due { " " span.money { "· " (in_cash(w, view)) } } }
                }
                output #total role="status" aria-live="polite" aria-label=(w.total) { (w.money(view.total)) }
            }
            @if split {
                ul.paid {
                    @for part in &view.paid {
                        li {
                            span { (tender(w, part.kind)) }
                            @if part.kind == TenderKind::Cash { (Button::new(w.take_back, &Action::TakeBackCash).class("small").draw()) }
                            (money(w, -part.amount))
                        }
                    }
                }
                div.total.due {
                    div {
                        span.label { (w.still_due) }
                        @if view.due_cash != view.due { span.detail { (in_cash(w, view)) } }
                    }
                    output #due role="status" aria-live="polite" aria-label=(w.still_due) { (w.money(view.due)) }
                }
            }
        }
    }
}

fn line_count(w: &Strings, view: &View) -> String {
    let articles = view.basket.iter().filter(|row| row.parent.is_none());
    match articles.count() {
        0 => String::new(),
        1 => w.lines_one.to_owned(),
        more => fill(w.lines, &[&more]),
    }
}

/// What settles it in cash.
fn in_cash(w: &Strings, view: &View) -> String {
    fill(w.in_cash, &[&w.in_text(view.due_cash)])
}

fn returning(face: &Face, view: &View, back: &ReturnView) -> Markup {
    let w = face.words();
    let title = fill(w.return_lines, &[&back.of]);
    html! {
        div.lines tabindex="-1" {
            @if back.unchecked { p.unchecked role="status" { (w.return_unchecked) } }
            table.back aria-label=(title) {
                caption { (title) }
                thead { tr {
                    th scope="col" { (w.article) }
                    th.num scope="col" { (w.sold) }
                    th.num scope="col" { (w.comes_back) }
                    th.num scope="col" { (w.amount) }
                } }
                tbody { @for row in &back.lines { (return_row(w, row)) } }
            }
        }
        div.foot {
            div.total {
                div { span.label { (w.refund_total) } }
                output #total role="status" aria-live="polite" aria-label=(w.total) { (w.money(back.total)) }
            }
            @if !view.basket.is_empty() { p.detail { (fill(w.sale_waits, &[&w.in_text(view.total)])) } }
        }
    }
}

fn return_row(w: &Strings, row: &ReturnRow) -> Markup {
    let chosen = row.chosen > Quantity::ZERO;
    let unit = match row.unit {
        Unit::Piece => Quantity::ONE,
        Unit::Kilogram => Quantity(100),
    };
    let set = |quantity: Quantity| Action::ReturnQuantity {
        line: row.line,
        quantity: quantity.0.clamp(0, row.left.0),
    };
    html! {
        tr #{ "back-" (row.line) } .selected[chosen] .child[row.deposit] {
            td.name {
                (row.name)
                @if let Some(back) = back_already(row) { br; span.detail { (fill(w.back_already, &[&w.quantity(back, row.unit)])) } }
            }
            td.num { (w.quantity(row.sold, row.unit)) }
            td.num {
                @if row.deposit { (w.follows) }
                @else if row.left == Quantity::ZERO { (w.none_left) }
                @else {
                    span.steps {
                        (stepper(&fill(w.one_less, &[&row.name]), -1, &set(row.chosen + -unit), chosen))
                        b { (w.quantity(row.chosen, row.unit)) }
                        (stepper(&fill(w.one_more, &[&row.name]), 1, &set(row.chosen + unit), row.chosen < row.left))
                    }
                }
            }
            td.num { @if chosen { (w.plain(row.amount)) } }
        }
        @if chosen && !row.deposit {
            tr.selected.why { td colspan="4" { (reasons(w, row)) } }
        }
    }
}

/// A part of the line came back before: how much. Of what all came back the line says so itself, a deposit follows.
fn back_already(row: &ReturnRow) -> Option<Quantity> {
    let back = row.sold + -row.left;
    (back > Quantity::ZERO && row.left > Quantity::ZERO && !row.deposit).then_some(back)
}

/// Why this line comes back.
fn reasons(w: &Strings, row: &ReturnRow) -> Markup {
    html! {
        div.reasons role="group" aria-label=(fill(w.reason_of, &[&row.name])) {
            @for one in ReturnReason::ALL {
                @let action = Action::ReturnReason { line: Some(row.line), reason: one };
                button.key.chip type="button" data-do=(json(&action)) aria-pressed=(row.reason == Some(one)) { (reason(w, one)) }
            }
        }
    }
}
