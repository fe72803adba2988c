//! What the cashier must read: notices in words, and the question whether a receipt came out.
//!
//! One notice at a time, in one place that never moves the keys. What was read by a scanner is quoted and escaped.

use std::fmt::Display;

use maud::{Markup, html};

use super::parts::{Button, Face};
use super::strings::{Strings, fill};
use crate::till::input::{FetchFailed, PrinterQuestion, ScanDamage, StoreFault};
use crate::till::{Action, Notice, View};

/// How loud a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Good to know.
    Good,
    /// Something was not understood, or must be done first.
    Mind,
    /// Something went wrong that the cashier has to deal with.
    Bad,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Mind => "mind",
            Self::Bad => "bad",
        }
    }
}

/// The words of a notice, and a second line where there is a way out.
pub(crate) fn words(w: &Strings, notice: &Notice) -> (Tone, String, Option<String>) {
    let hint = |text: &str| Some(text.to_owned());
    let mind = |text: &str, of: &dyn Display| (Tone::Mind, fill(text, &[of]), None);
    match notice {
        Notice::UnknownCode { read } => mind(w.n_unknown_code, read),
        Notice::WrongCode { read, .. } => (
            Tone::Mind,
            fill(w.n_wrong_code, &[read]),
            hint(w.n_wrong_code_hint),
        ),
        Notice::DamagedScan { damage, read } => damaged(w, *damage, read),
        Notice::UnknownArticle { number } => (
            Tone::Mind,
            fill(w.n_unknown_article, &[number]),
            hint(w.n_unknown_article_hint),
        ),
        Notice::UnknownCard { card } => mind(w.n_unknown_card, card),
        Notice::UnknownCommand { read } => mind(w.n_unknown_command, read),
        Notice::NotACard { typed } => mind(w.n_not_a_card, typed),
        Notice::Expired { name, date } => (Tone::Bad, fill(w.n_expired, &[name, date]), None),
        Notice::WrongMeasure { read } => mind(w.n_wrong_measure, read),
        Notice::NotAccepted { read } => mind(w.n_not_accepted, read),
        Notice::NotOnReceipt { read } => mind(w.n_not_on_receipt, read),
        Notice::AllBack { name } => mind(w.n_all_back, name),
        Notice::AllChosen { name } => mind(w.n_all_chosen, name),
        Notice::NoSuchReceipt { number } => mind(w.n_no_such_receipt, number),
        Notice::ReceiptIsReturn { number } => mind(w.n_receipt_is_return, number),
        Notice::NothingLeftToReturn { number } => mind(w.n_nothing_left, number),
        Notice::MoreThanSold { left } => (
            Tone::Mind,
            fill(w.n_more_than_sold, &[&w.number(*left)]),
            None,
        ),
        Notice::QuantityForgotten { quantity } => (
            Tone::Good,
            fill(w.n_quantity_forgotten, &[&w.number(*quantity)]),
            None,
        ),
        Notice::SaleCancelled { total } => (
            Tone::Good,
            fill(w.n_sale_cancelled, &[&w.in_text(*total)]),
            None,
        ),
        Notice::MembershipNeeded { email_wrong } => (
            Tone::Mind,
            w.n_membership.to_owned(),
            email_wrong.then(|| w.n_email_too.to_owned()),
        ),
        Notice::DrawerShut => (
            Tone::Mind,
            w.n_drawer_shut.to_owned(),
            hint(w.n_drawer_shut_hint),
        ),
        Notice::Copied { number } => (Tone::Good, fill(w.n_copied, &[number]), None),
        Notice::ReasonMissing { line } => mind(w.n_reason_missing, line),
        Notice::ReceiptNotFetched { number, why } => (
            Tone::Bad,
            fill(w.n_not_fetched, &[number]),
            Some(not_fetched(w, why)),
        ),
        Notice::PartTaken { part, due } => (
            Tone::Mind,
            fill(w.n_part_taken, &[&w.in_text(*part), &w.in_text(*due)]),
            None,
        ),
        Notice::CashierRemoved { name } => mind(w.n_cashier_removed, name),
        Notice::TypedIsNotExact { typed, exact } => (
            Tone::Mind,
            fill(w.n_not_exact, &[&w.in_text(*typed), &w.in_text(*exact)]),
            hint(w.n_not_exact_hint),
        ),
        Notice::CustomerReplaced { now, before } => (
            Tone::Mind,
            fill(w.n_replaced, &[&named(w, now), &named(w, before)]),
            None,
        ),
        Notice::CustomerStays { name } => (
            Tone::Mind,
            fill(w.n_customer_stays, &[&named(w, name)]),
            hint(w.n_customer_stays_hint),
        ),
        Notice::CustomerOnSale { name } => (
            Tone::Good,
            fill(w.n_customer_on_sale, &[&named(w, name)]),
            hint(w.n_customer_on_sale_hint),
        ),
        Notice::NotKept { fault, reason } => not_kept(w, *fault, reason),
        Notice::StoreTrouble { .. } => (
            Tone::Bad,
            w.n_store_trouble.to_owned(),
            hint(w.n_store_trouble_hint),
        ),
        Notice::Hub { event } => super::hub::words(w, event),
        plain => {
            let (tone, text) = plain_words(w, plain);
            (tone, text.to_owned(), None)
        }
    }
}

/// Notices without values.
const fn plain_words(w: &Strings, notice: &Notice) -> (Tone, &'static str) {
    match notice {
        Notice::LogInFirst => (Tone::Mind, w.n_log_in_first),
        Notice::NotEnrolled => (Tone::Mind, w.n_not_enrolled),
        Notice::WrongNumber => (Tone::Mind, w.n_wrong_number),
        Notice::WrongPin => (Tone::Mind, w.n_wrong_pin),
        Notice::PaymentUnderway => (Tone::Mind, w.n_payment_underway),
        Notice::PaymentRefused => (Tone::Bad, w.n_payment_refused),
        Notice::StrayPayment => (Tone::Bad, w.n_stray_payment),
        Notice::EmptyBasket => (Tone::Mind, w.n_empty_basket),
        Notice::PriceFirst => (Tone::Mind, w.n_price_first),
        Notice::PartlyPaid => (Tone::Mind, w.n_partly_paid),
        Notice::WrongQuantity => (Tone::Mind, w.n_wrong_quantity),
        Notice::WrongAmount => (Tone::Mind, w.n_wrong_amount),
        Notice::SaleUnderway => (Tone::Mind, w.n_sale_underway),
        Notice::BasketFull => (Tone::Bad, w.n_basket_full),
        Notice::NoLine => (Tone::Mind, w.n_no_line),
        Notice::ReturnUnderway => (Tone::Mind, w.n_return_underway),
        Notice::CardTaken => (Tone::Mind, w.n_card_taken),
        Notice::NotAnEmail => (Tone::Mind, w.n_not_an_email),
        Notice::Enrolled => (Tone::Good, w.n_enrolled),
        Notice::NothingToCopy => (Tone::Mind, w.n_nothing_to_copy),
        Notice::NoReceiptNumber => (Tone::Bad, w.n_no_receipt_number),
        Notice::BasketRestored => (Tone::Good, w.n_restored),
        // These have values; their words are put together in `words`.
        Notice::UnknownCode { .. }
        | Notice::WrongCode { .. }
        | Notice::DamagedScan { .. }
        | Notice::UnknownArticle { .. }
        | Notice::UnknownCard { .. }
        | Notice::UnknownCommand { .. }
        | Notice::NotACard { .. }
        | Notice::Expired { .. }
        | Notice::WrongMeasure { .. }
        | Notice::NotAccepted { .. }
        | Notice::NotOnReceipt { .. }
        | Notice::AllBack { .. }
        | Notice::AllChosen { .. }
        | Notice::NoSuchReceipt { .. }
        | Notice::ReceiptIsReturn { .. }
        | Notice::NothingLeftToReturn { .. }
        | Notice::QuantityForgotten { .. }
        | Notice::SaleCancelled { .. }
        | Notice::MembershipNeeded { .. }
        | Notice::DrawerShut
        | Notice::Copied { .. }
        | Notice::MoreThanSold { .. }
        | Notice::ReasonMissing { .. }
        | Notice::ReceiptNotFetched { .. }
        | Notice::TypedIsNotExact { .. }
        | Notice::PartTaken { .. }
        | Notice::CashierRemoved { .. }
        | Notice::CustomerReplaced { .. }
        | Notice::CustomerStays { .. }
        | Notice::CustomerOnSale { .. }
        | Notice::Hub { .. }
        | Notice::NotKept { .. }
        | Notice::StoreTrouble { .. } => (Tone::Mind, ""),
    }
}

fn named<'a>(w: &'a Strings, name: &'a Option<String>) -> &'a str {
    name.as_deref().unwrap_or(w.nameless_inside)
}

/// What can be done about a notice, beside reading it: the words of each button and what it does.
fn ways_out(w: &Strings, view: &View, notice: &Notice) -> Vec<(String, Action)> {
    match notice {
        Notice::UnknownCard { .. } if view.enabled.customer => {
            vec![(w.n_enrol_now.to_owned(), Action::StartEnrol)]
        }
        Notice::CustomerReplaced { before, .. } => vec![(
            fill(w.n_take_back, &[&named(w, before)]),
            Action::TakeBackCustomer,
        )],
        Notice::CustomerOnSale { .. } => vec![(w.take_off.to_owned(), Action::ForgetCustomer)],
        Notice::SaleCancelled { .. } => {
            vec![(w.n_take_back_sale.to_owned(), Action::TakeBackCancelled)]
        }
        Notice::PartTaken { .. } => vec![(w.take_back.to_owned(), Action::TakeBackCash)],
        Notice::TypedIsNotExact { typed, exact } => vec![
            (
                fill(w.n_pay_typed, &[&w.money(*typed)]),
                Action::PayCash {
                    tendered: Some(*typed),
                },
            ),
            (
                fill(w.n_pay_exact, &[&w.money(*exact)]),
                Action::PayCash {
                    tendered: Some(*exact),
                },
            ),
        ],
        _ => Vec::new(),
    }
}

/// Why nothing was kept of a step, and what to do about it.
pub(super) fn not_kept(
    w: &Strings,
    fault: StoreFault,
    reason: &str,
) -> (Tone, String, Option<String>) {
    let (why, hint) = match fault {
        StoreFault::DiskFull => (w.n_fault_full, w.n_fault_full_hint),
        StoreFault::Busy => (w.n_fault_busy, w.n_fault_again_hint),
        StoreFault::NotWritable => (w.n_fault_rights, w.n_fault_call_hint),
        StoreFault::Damaged => (w.n_fault_damaged, w.n_fault_call_hint),
        StoreFault::Disk => (w.n_fault_disk, w.n_fault_call_hint),
        StoreFault::Other => (reason, w.n_fault_call_hint),
    };
    (
        Tone::Bad,
        fill(w.n_not_kept, &[&why]),
        Some(hint.to_owned()),
    )
}

/// What did not come through, and what to do about it.
pub(super) fn damaged(
    w: &Strings,
    damage: ScanDamage,
    read: &str,
) -> (Tone, String, Option<String>) {
    let (text, hint) = match damage {
        ScanDamage::TooLong => (w.n_scan_too_long, w.n_type_it),
        ScanDamage::CutOff | ScanDamage::Noise => (w.n_scan_damaged, w.n_wrong_code_hint),
    };
    let what = if read.is_empty() {
        String::new()
    } else {
        format!(" {}", fill(w.n_scan_read, &[&read]))
    };
    (Tone::Mind, format!("{text}{what}"), Some(hint.to_owned()))
}

fn not_fetched(w: &Strings, why: &FetchFailed) -> String {
    match why {
        FetchFailed::Unreachable => w.n_unreachable.to_owned(),
        FetchFailed::NoSuchReceipt => w.n_unknown_there.to_owned(),
        FetchFailed::NoServer => w.n_no_server.to_owned(),
        FetchFailed::Refused { .. } => w.n_refused.to_owned(),
    }
}

/// The place where notices stand: always there, so that a screen reader hears what is put into it.
pub(crate) fn place(face: &Face, view: &View) -> Markup {
    let w = face.words();
    html! {
        div #notices role="status" aria-live="polite" aria-atomic="true" aria-label=(w.notices) {
            @if let Some(notice) = &view.notice {
                @let (tone, text, hint) = words(w, notice);
                div.notice.(tone.class()) {
                    p {
                        strong { (text) }
                        @if let Some(hint) = hint { " " (hint) }
                    }
                    @for (label, action) in ways_out(w, view, notice) {
                        (Button::new(&label, &action).class("small").draw())
                    }
                    button.key.close type="button" data-do=(super::parts::json(&Action::DismissNotice)) aria-label=(w.dismiss) { "×" }
                }
            }
            @if let Some(question) = &view.printer.asks {
                (printer_question(w, question))
            }
            @if let Some(unheard) = view.hub.as_ref().and_then(|hub| hub.unheard.as_ref()) {
                (super::hub::unheard(w, unheard))
            }
        }
    }
}

fn printer_question(w: &Strings, question: &PrinterQuestion) -> Markup {
    let answer = |printed| Action::PrinterAnswer {
        job: question.job,
        printed,
    };
    html! {
        div.notice.mind.question {
            p { strong { (fill(w.printer_ask, &[&question.receipt])) } }
            (Button::new(w.printer_yes, &answer(true)).class("small").draw())
            (Button::new(w.printer_no, &answer(false)).class("small").draw())
        }
    }
}
