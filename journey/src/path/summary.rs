//! A path in one line, for a cashier's screen and the head of a customer's page:
//! `aankoop 12 mrt -> gebruik 23 d (1 retour: defect) -> loyaliteit 4 bezoeken, EUR 212,40 -> slapend sinds 2 sep`.
//! Phases carry the labels of the model; a day of another year than `as_of` carries its year.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use retail::money::Cents;

use super::{Path, Stage, State};
use crate::model::{Language, Model};
use crate::record::Reason;

/// The words of one language.
#[derive(Debug)]
struct Words {
    months: [&'static str; 12],
    visit: &'static str,
    visits: &'static str,
    a_return: &'static str,
    returns: &'static str,
    brought_back: &'static str,
    asleep: &'static str,
    asleep_since: &'static str,
    won_back: &'static str,
    none: &'static str,
    reasons: [&'static str; 4],
    decimal_comma: bool,
}

const NL: Words = Words {
    months: [
        "jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec",
    ],
    visit: "bezoek",
    visits: "bezoeken",
    a_return: "retour",
    returns: "retouren",
    brought_back: "teruggebracht",
    asleep: "slapend",
    asleep_since: "slapend sinds",
    won_back: "teruggewonnen",
    none: "nog geen bezoek",
    reasons: ["spijt", "defect", "ruil", "verkeerd"],
    decimal_comma: true,
};

const EN: Words = Words {
    months: [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ],
    visit: "visit",
    visits: "visits",
    a_return: "return",
    returns: "returns",
    brought_back: "brought back",
    asleep: "asleep",
    asleep_since: "asleep since",
    won_back: "won back",
    none: "no visit yet",
    reasons: ["regret", "defect", "exchange", "wrong article"],
    decimal_comma: false,
};

/// A path in one line.
#[must_use]
pub fn summary(path: &Path, model: &Model, language: Language) -> String {
    let words = match language {
        Language::Nl => &NL,
        Language::En => &EN,
    };
    if path.stages.is_empty() {
        return words.none.to_owned();
    }
    let label = |stage: &Stage| {
        let phase = model.phases.iter().find(|phase| phase.id == stage.phase);
        phase.map_or(stage.phase.clone(), |phase| {
            phase.label.get(language).to_owned()
        })
    };
    let is_purchase = |stage: &Stage| model.phase(0).is_some_and(|phase| phase.id == stage.phase);
    let parts: Vec<String> = path
        .stages
        .iter()
        .filter(|stage| !is_nap(stage))
        .map(|stage| {
            let from = date(stage.from, path.as_of, words);
            let lasted = format!("{} d", stage.days(path.as_of));
            let text = match stage.state {
                Some(State::Teruggebracht) => {
                    format!("{} {from} {}", label(stage), words.brought_back)
                }
                Some(State::Slapend) if stage.to.is_none() => {
                    format!("{} {from}", words.asleep_since)
                }
                Some(State::Slapend) => format!("{} {lasted}", words.asleep),
                Some(State::Teruggewonnen) => {
                    format!("{} {from}, {}", words.won_back, spent(stage, words))
                }
                None if is_purchase(stage) => format!("{} {from}", label(stage)),
                None if stage.visits > 0 => format!("{} {}", label(stage), spent(stage, words)),
                None => format!("{} {lasted}", label(stage)),
            };
            text + &pain(stage, words)
        })
        .collect();
    parts.join(" -> ")
}

/// A sleep that ended on the day it began: that he was won back says it all.
fn is_nap(stage: &Stage) -> bool {
    stage.state == Some(State::Slapend) && stage.to == Some(stage.from)
}

fn date(day: NaiveDate, as_of: NaiveDate, words: &Words) -> String {
    let month = usize::try_from(day.month0())
        .ok()
        .and_then(|month| words.months.get(month))
        .copied()
        .unwrap_or_default();
    if day.year() == as_of.year() {
        format!("{} {month}", day.day())
    } else {
        format!("{} {month} {}", day.day(), day.year())
    }
}

fn spent(stage: &Stage, words: &Words) -> String {
    let visits = if stage.visits == 1 {
        words.visit
    } else {
        words.visits
    };
    format!(
        "{} {visits}, EUR {}",
        stage.visits,
        euros(stage.net_cents, words)
    )
}

fn euros(cents: i64, words: &Words) -> String {
    let dutch = Cents(cents).plain();
    if words.decimal_comma {
        return dutch;
    }
    dutch
        .chars()
        .map(|c| match c {
            '.' => ',',
            ',' => '.',
            other => other,
        })
        .collect()
}

/// ` (2 retouren: defect, spijt)`: return receipts, and the reasons as far as they are known.
fn pain(stage: &Stage, words: &Words) -> String {
    let returns = stage
        .pain
        .iter()
        .map(|pain| (&pain.receipt, pain.receipt.is_none().then_some(pain.at)))
        .collect::<BTreeSet<_>>()
        .len();
    if returns == 0 {
        return String::new();
    }
    let noun = if returns == 1 {
        words.a_return
    } else {
        words.returns
    };
    let reasons: BTreeSet<Reason> = stage.pain.iter().filter_map(|pain| pain.reason).collect();
    let reasons: Vec<&str> = Reason::ALL
        .iter()
        .zip(words.reasons)
        .filter(|(reason, _)| reasons.contains(reason))
        .map(|(_, word)| word)
        .collect();
    if reasons.is_empty() {
        format!(" ({returns} {noun})")
    } else {
        format!(" ({returns} {noun}: {})", reasons.join(", "))
    }
}
