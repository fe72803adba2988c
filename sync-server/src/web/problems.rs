//! The list of things the owner should look at, in words, and his word that he has.

use axum::response::{IntoResponse, Redirect};
use chrono_tz::Tz;
use maud::{Markup, html};
use serde_json::Value;

use super::ask::{Answer, Ask, Refused};
use super::health::Unwell;
use super::params::link;
use super::strings::Language;
use super::table::{Cell, Column, Entry, Table};
use super::zones::Zones;
use super::{customer, customers, format, receipt, synchronisation};
use crate::book::lookup::TillStatus;
use crate::store::rows::ProblemRow;

/// Where a problem is put away.
pub(crate) const RESOLVE_PATH: &str = "/synchronisatie/gezien";
/// Where a hole is acknowledged.
pub(crate) const HOLE_PATH: &str = "/synchronisatie/gat-gezien";

/// What a problem is called.
fn title(problem: &ProblemRow, language: Language) -> String {
    let words = language.strings();
    match problem.kind.as_str() {
        "fork" => words.problem_fork,
        "hole" => words.problem_hole,
        "card_twice" => words.problem_card,
        "returned_too_much" => words.problem_returned,
        "clock" => words.problem_clock,
        "side_record" => words.problem_side,
        "unbalanced" => words.problem_unbalanced,
        other => other,
    }
    .to_owned()
}

fn text<'a>(detail: &'a Value, name: &str) -> &'a str {
    detail.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(detail: &Value, name: &str) -> i64 {
    detail.get(name).and_then(Value::as_i64).unwrap_or_default()
}

/// What exactly, in a sentence, with a way to it.
fn what(problem: &ProblemRow, language: Language) -> (String, Option<String>) {
    let words = language.strings();
    let detail = &problem.detail;
    let count = |name| language.number(number(detail, name));
    match problem.kind.as_str() {
        "fork" => (
            words
                .problem_fork_text
                .replacen("{}", &count("epoch"), 1)
                .replacen("{}", &count("from_seq"), 1),
            None,
        ),
        "hole" => (
            words
                .problem_hole_text
                .replacen("{}", &count("from"), 1)
                .replacen("{}", &count("to"), 1)
                .replacen("{}", words.hole(text(detail, "reason")), 1),
            None,
        ),
        "card_twice" => {
            let (was, is) = (text(detail, "customer"), text(detail, "into"));
            let sentence = words
                .problem_card_text
                .replacen("{}", &customers::short(was), 1)
                .replacen("{}", &customers::short(is), 1);
            (sentence, Some(link(customer::PATH, &[("id", is)])))
        }
        "returned_too_much" => {
            let number = text(detail, "receipt");
            let sentence = words
                .problem_returned_text
                .replacen("{}", &count("line"), 1)
                .replacen("{}", number, 1)
                .replacen("{}", &language.quantity(self::number(detail, "sold")), 1)
                .replacen(
                    "{}",
                    &language.quantity(self::number(detail, "returned").saturating_abs()),
                    1,
                );
            (sentence, Some(link(receipt::PATH, &[("nr", number)])))
        }
        "clock" => (
            words
                .problem_clock_text
                .replace("{}", text(detail, "till_time")),
            None,
        ),
        "side_record" => (words.problem_side_text.to_owned(), None),
        "unbalanced" => (
            words
                .problem_unbalanced_text
                .replace("{}", text(detail, "event")),
            None,
        ),
        _ => (detail.to_string(), None),
    }
}

fn till(problem: &ProblemRow) -> String {
    problem.till.map_or(String::new(), |till| till.to_string())
}

/// The zone of the shop where it was found.
fn zone(problem: &ProblemRow, tills: &[TillStatus], zones: &Zones<'_>) -> Tz {
    let till = tills
        .iter()
        .find(|till| Some(till.till.till) == problem.till);
    zones.asked(till.map(|till| till.till.shop.as_str()))
}

/// The list of the page.
pub(crate) fn list(
    ask: &Ask,
    problems: &[ProblemRow],
    unwell: &[Unwell],
    tills: &[TillStatus],
    zones: &Zones<'_>,
) -> Markup {
    let (words, language) = (ask.words(), ask.language);
    html! {
        @if problems.is_empty() && unwell.is_empty() { p.notice.good { (words.no_problems) } }
        ul.problems {
            @for till in unwell {
                li {
                    div {
                        strong { (till.name) }
                        span.soft { " · " (till.why) }
                        p { (till.to_do) }
                    }
                }
            }
            @for problem in problems {
                @let (sentence, href) = what(problem, language);
                li {
                    div {
                        strong { (title(problem, language)) }
                        span.soft {
                            @if problem.till.is_some() { " · " (words.till) " " (till(problem)) }
                            " · " (zones.instant(language, problem.at_ms, zone(problem, tills, zones)))
                        }
                        p { (sentence) @if let Some(href) = href { " " a href=(href) { (words.look) } } }
                    }
                    form method="post" action=(RESOLVE_PATH) {
                        input type="hidden" name="token" value=(ask.who.csrf);
                        input type="hidden" name="id" value=(problem.id);
                        button.button type="submit" { (words.seen) span.sr { ": " (title(problem, language)) } }
                    }
                }
            }
        }
    }
}

/// The list for a file.
pub(crate) fn table(
    problems: &[ProblemRow],
    unwell: &[Unwell],
    tills: &[TillStatus],
    zones: &Zones<'_>,
    now_ms: i64,
    language: Language,
) -> Table {
    let words = language.strings();
    let of_tills = unwell.iter().map(|till| {
        let zone = zones.shop(&till.shop);
        vec![
            Cell::Time(format::local(now_ms, zone)).into(),
            Entry::text(match language {
                Language::Nl => till.why.as_str(),
                Language::En => "till",
            }),
            Entry::text(till.till.to_string()),
            Entry::text(format!("{}, {}: {}", till.name, till.why, till.to_do)),
            Entry::text(zone.name()),
        ]
    });
    Table {
        caption: words.problems.to_owned(),
        columns: vec![
            Column::new("at", words.time),
            Column::new("kind", words.what),
            Column::new("till", words.till),
            Column::new("text", words.note),
            Column::new("time_zone", words.time_zone),
        ],
        rows: of_tills
            .chain(problems.iter().map(|problem| {
                let zone = zone(problem, tills, zones);
                vec![
                    Cell::Time(format::local(problem.at_ms, zone)).into(),
                    Entry::text(match language {
                        Language::Nl => title(problem, language),
                        Language::En => problem.kind.clone(),
                    }),
                    Entry::text(till(problem)),
                    Entry::text(what(problem, language).0),
                    Entry::text(zone.name()),
                ]
            }))
            .collect(),
    }
}

fn id(ask: &Ask) -> Result<i64, Refused> {
    ask.form
        .get("id")
        .and_then(|text| text.parse().ok())
        .ok_or(Refused::NotFound)
}

/// `POST /synchronisatie/gezien`
pub(crate) fn resolve(ask: &Ask) -> Answer {
    if !ask.web.office.resolve_problem(ask.scope(), id(ask)?)? {
        return Err(Refused::NotFound);
    }
    Ok(Redirect::to(synchronisation::PATH).into_response())
}

/// `POST /synchronisatie/gat-gezien`
pub(crate) fn acknowledge_hole(ask: &Ask) -> Answer {
    if !ask.web.office.acknowledge_hole(ask.scope(), id(ask)?)? {
        return Err(Refused::NotFound);
    }
    Ok(Redirect::to(synchronisation::PATH).into_response())
}
