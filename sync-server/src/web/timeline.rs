//! Everything that was seen of a customer, latest first: what, where, on which receipt, with the stage it is evidence
//! of, and what hurt.

use std::collections::HashMap;

use journey::model::Model;
use journey::path::{Evidence, Pain, Path, Stage};
use journey::reports::receipts::ReceiptRow;
use maud::{Markup, html};
use retail::ids::ReceiptNumber;

use super::params::link;
use super::strings::{Language, Strings};
use super::table::{Cell, Column, Entry, Table};
use super::{journey_line, receipt};
use crate::store::rows::Shop;

/// Moments shown on a page.
const ON_PAGE: usize = 100;

#[derive(Debug)]
struct Moment<'a> {
    stage: &'a Stage,
    seen: &'a Evidence,
    /// What was brought back with it, a line each.
    pains: Vec<&'a Pain>,
}

impl Moment<'_> {
    fn value_cents(&self) -> i64 {
        self.pains.iter().map(|pain| pain.value_cents).sum()
    }

    /// Why it came back, each reason once.
    fn reasons(&self, words: &Strings) -> String {
        let mut reasons: Vec<&str> = Vec::new();
        for reason in self.pains.iter().filter_map(|pain| pain.reason) {
            let reason = words.reason(reason.as_str());
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        reasons.join(", ")
    }

    /// What was said with it, each remark once.
    fn notes(&self) -> String {
        if self.pains.is_empty() {
            return self.seen.note.clone().unwrap_or_default();
        }
        let mut notes: Vec<&str> = Vec::new();
        for note in self.pains.iter().filter_map(|pain| pain.note.as_deref()) {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        notes.join("; ")
    }
}

fn moments(path: &Path) -> Vec<Moment<'_>> {
    let mut moments: Vec<Moment<'_>> = Vec::new();
    for stage in &path.stages {
        // What several lines say of one receipt is one moment: its amount stands there once.
        let first = moments.len();
        for seen in &stage.evidence {
            let of_stage = moments.get(first..).unwrap_or_default();
            let told = of_stage.iter().any(|moment| {
                seen.receipt.is_some()
                    && moment.seen.receipt == seen.receipt
                    && moment.seen.kind == seen.kind
                    && (moment.seen.note == seen.note || is_return(stage, seen))
            });
            if !told {
                let mut pains = of(stage, seen);
                if seen.receipt.is_none() {
                    pains.truncate(1);
                }
                moments.push(Moment { stage, seen, pains });
            }
        }
    }
    moments.reverse();
    moments.sort_by_key(|moment| std::cmp::Reverse(moment.seen.at));
    moments
}

/// What was brought back on the receipt of this evidence.
fn of<'a>(stage: &'a Stage, seen: &Evidence) -> Vec<&'a Pain> {
    let pains = stage.pain.iter();
    pains
        .filter(|pain| {
            pain.receipt == seen.receipt
                && pain.kind == seen.kind
                && (seen.receipt.is_some() || pain.at == seen.at)
        })
        .collect()
}

fn is_return(stage: &Stage, seen: &Evidence) -> bool {
    !of(stage, seen).is_empty() || seen.kind == "return"
}

fn shop_name<'a>(shops: &'a [Shop], id: &'a str) -> &'a str {
    shops
        .iter()
        .find(|shop| shop.id == id)
        .map_or(id, |shop| &shop.name)
}

/// The timeline of a page.
pub(crate) fn html(
    path: &Path,
    model: &Model,
    receipts: &[ReceiptRow],
    shops: &[Shop],
    language: Language,
) -> Markup {
    let words = language.strings();
    let moments = moments(path);
    let amounts: HashMap<&str, i64> = receipts
        .iter()
        .map(|row| (row.receipt.as_str(), row.net_cents))
        .collect();
    html! {
        ol.timeline {
            @for moment in moments.iter().take(ON_PAGE) {
                li.hurts[!moment.pains.is_empty()] {
                    span.when { (language.time(moment.seen.at.naive_local())) }
                    div {
                        strong { (words.kind(&moment.seen.kind)) }
                        @if let Some(number) = &moment.seen.receipt {
                            " · " a class=[number.parse::<ReceiptNumber>().is_ok().then_some("whole")] href=(link(receipt::PATH, &[("nr", number)])) { (words.receipt) " " (number) }
                            @if let Some(cents) = amounts.get(number.as_str()) { " · " (language.money(*cents)) }
                        }
                        span.soft { " · " (shop_name(shops, &moment.seen.shop)) " · " (journey_line::name(moment.stage, model, language)) }
                        @if !moment.pains.is_empty() {
                            @let (reasons, notes) = (moment.reasons(words), moment.notes());
                            p.pain {
                                (words.hurt) " " (language.money(moment.value_cents()))
                                @if !reasons.is_empty() { ", " (reasons) }
                                @if !notes.is_empty() { ": “" (notes) "”" }
                            }
                        } @else if let Some(note) = &moment.seen.note {
                            p { (note) }
                        }
                    }
                }
            }
        }
        @if moments.len() > ON_PAGE {
            p.soft { (words.and_earlier.replace("{}", &language.count(moments.len() - ON_PAGE))) }
        }
    }
}

/// All of it, for a file: a Dutch one is for people and has the words of the page.
pub(crate) fn table(path: &Path, model: &Model, shops: &[Shop], language: Language) -> Table {
    let words = language.strings();
    let for_people = language == Language::Nl;
    let rows = moments(path).into_iter().map(|moment| {
        vec![
            Cell::Time(moment.seen.at.naive_local()).into(),
            Entry::text(if for_people {
                words.kind(&moment.seen.kind)
            } else {
                &moment.seen.kind
            }),
            Entry::text(if for_people {
                shop_name(shops, &moment.seen.shop)
            } else {
                &moment.seen.shop
            }),
            Entry::text(moment.seen.receipt.clone().unwrap_or_default()),
            Entry::text(journey_line::name(moment.stage, model, language)),
            if moment.pains.is_empty() {
                Cell::Empty.into()
            } else {
                Cell::Cents(moment.value_cents()).into()
            },
            Entry::text(moment.reasons(words)),
            Entry::text(moment.notes()),
        ]
    });
    Table {
        caption: words.timeline.to_owned(),
        columns: vec![
            Column::new("at", words.time),
            Column::new("kind", words.what),
            Column::new("shop", words.shop),
            Column::new("receipt", words.receipt),
            Column::new("phase", words.stage),
            Column::new("pain_cents", words.hurt),
            Column::new("reason", words.reason_label),
            Column::new("note", words.note),
        ],
        rows: rows.collect(),
    }
}
