//! Everything that was seen of a customer, latest first: what, where, on which receipt, with the stage it is evidence
//! of, and what hurt.

use std::collections::HashMap;

use journey::model::Model;
use journey::path::{Evidence, Pain, Path, Stage};
use journey::reports::receipts::ReceiptRow;
use maud::{Markup, html};
use retail::ids::ReceiptNumber;

use super::params::link;
use super::strings::Language;
use super::table::{Cell, Column, Entry, Table};
use super::{journey_line, receipt};
use crate::store::rows::Shop;

/// Moments shown on a page.
const ON_PAGE: usize = 100;

#[derive(Debug)]
struct Moment<'a> {
    stage: &'a Stage,
    seen: &'a Evidence,
    pain: Option<&'a Pain>,
}

fn moments(path: &Path) -> Vec<Moment<'_>> {
    let mut moments: Vec<Moment<'_>> = Vec::new();
    for stage in &path.stages {
        // Several lines can come back at one moment on one receipt: each has a pain of its own.
        let mut pains: Vec<&Pain> = stage.pain.iter().collect();
        for seen in &stage.evidence {
            let at = pains.iter().position(|pain| {
                pain.at == seen.at && pain.receipt == seen.receipt && pain.kind == seen.kind
            });
            moments.push(Moment {
                stage,
                seen,
                pain: at.map(|at| pains.remove(at)),
            });
        }
    }
    moments.reverse();
    moments.sort_by_key(|moment| std::cmp::Reverse(moment.seen.at));
    moments
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
                li.hurts[moment.pain.is_some()] {
                    span.when { (language.time(moment.seen.at.naive_local())) }
                    div {
                        strong { (words.kind(&moment.seen.kind)) }
                        @if let Some(number) = &moment.seen.receipt {
                            " · " a class=[number.parse::<ReceiptNumber>().is_ok().then_some("whole")] href=(link(receipt::PATH, &[("nr", number)])) { (words.receipt) " " (number) }
                            @if let Some(cents) = amounts.get(number.as_str()) { " · " (language.money(*cents)) }
                        }
                        span.soft { " · " (shop_name(shops, &moment.seen.shop)) " · " (journey_line::name(moment.stage, model, language)) }
                        @if let Some(pain) = moment.pain {
                            p.pain {
                                (words.hurt) " " (language.money(pain.value_cents))
                                @if let Some(reason) = pain.reason { ", " (words.reason(reason.as_str())) }
                                @if let Some(note) = &pain.note { ": “" (note) "”" }
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

/// All of it, for a file.
pub(crate) fn table(path: &Path, model: &Model, language: Language) -> Table {
    let words = language.strings();
    let rows = moments(path).into_iter().map(|moment| {
        vec![
            Cell::Time(moment.seen.at.naive_local()).into(),
            Entry::text(moment.seen.kind.clone()),
            Entry::text(moment.seen.shop.clone()),
            Entry::text(moment.seen.receipt.clone().unwrap_or_default()),
            Entry::text(journey_line::name(moment.stage, model, language)),
            moment
                .pain
                .map_or(Cell::Empty, |pain| Cell::Cents(pain.value_cents))
                .into(),
            Entry::text(
                moment
                    .pain
                    .and_then(|pain| pain.reason)
                    .map_or("", |reason| reason.as_str()),
            ),
            Entry::text(moment.seen.note.clone().unwrap_or_default()),
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
