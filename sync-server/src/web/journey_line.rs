//! A customer's path as a line of stages: what he was, since when, and what hurt. Read from left to right, or from top
//! to bottom on a phone; the stage in force stands out, a sleep is grey, what was brought back is hollow.

use std::collections::BTreeSet;

use journey::model::{Language as ModelLanguage, Model};
use journey::path::{Path, Stage, State};
use maud::{Markup, html};

use super::strings::Language;

/// Stages drawn; the ones between are counted.
const MOST: usize = 12;

fn phase(stage: &Stage, model: &Model, language: Language) -> String {
    let language = match language {
        Language::Nl => ModelLanguage::Nl,
        Language::En => ModelLanguage::En,
    };
    model
        .phases
        .iter()
        .find(|phase| phase.id == stage.phase)
        .map_or_else(
            || stage.phase.clone(),
            |phase| phase.label.get(language).to_owned(),
        )
}

fn state(state: State, language: Language) -> &'static str {
    let words = language.strings();
    match state {
        State::Teruggebracht => words.brought_back,
        State::Slapend => words.asleep,
        State::Teruggewonnen => words.won_back,
    }
}

/// What a stage is called: a sleep is a sleep, whatever it interrupts.
pub(crate) fn name(stage: &Stage, model: &Model, language: Language) -> String {
    match stage.state {
        Some(State::Slapend) => state(State::Slapend, language).to_owned(),
        _ => phase(stage, model, language),
    }
}

/// The line.
pub(crate) fn html(path: &Path, model: &Model, language: Language) -> Markup {
    let words = language.strings();
    // First and last stay: where it began, and where it stands.
    let skipped = path.stages.len().saturating_sub(MOST);
    let shown = path
        .stages
        .iter()
        .enumerate()
        .filter(|(at, _)| *at == 0 || *at > skipped);
    html! {
        ol.journey aria-label=(words.path) {
            @for (at, stage) in shown {
                @if at == skipped + 1 && skipped > 0 {
                    li.gap { span.stage { "… " (language.plural(skipped, words.stage_between, words.stages_between)) } }
                }
                li class=(class(stage)) aria-current=[stage.to.is_none().then_some("step")] {
                    span.stage { (name(stage, model, language)) }
                    @if let Some(mark) = stage.state.filter(|state| *state != State::Slapend) {
                        span.mark { (state(mark, language)) }
                    }
                    span.days { (days(stage, language)) }
                    @if stage.visits > 0 {
                        span.what {
                            (language.plural(stage.visits, words.one_visit, words.n_visits))
                            " · " (language.money(stage.net_cents))
                        }
                    }
                    @if !stage.pain.is_empty() { span.pain { (pain(stage, language)) } }
                }
            }
        }
    }
}

fn class(stage: &Stage) -> String {
    let state = match stage.state {
        Some(State::Teruggebracht) => "undone",
        Some(State::Slapend) => "asleep",
        Some(State::Teruggewonnen) => "regained",
        None => "",
    };
    format!("{state}{}", if stage.to.is_none() { " now" } else { "" })
}

fn days(stage: &Stage, language: Language) -> String {
    let words = language.strings();
    let from = language.day_in_words(stage.from);
    match stage.to {
        None => format!("{} {from}", words.since),
        Some(to) if to == stage.from => from,
        Some(to) => format!("{from} – {}", language.day_in_words(to)),
    }
}

fn pain(stage: &Stage, language: Language) -> String {
    let words = language.strings();
    let value: i64 = stage.pain.iter().map(|pain| pain.value_cents).sum();
    // As in the sentence of the path: a receipt is one return, however many lines it has.
    let returns: BTreeSet<_> = stage
        .pain
        .iter()
        .map(|pain| (&pain.receipt, pain.receipt.is_none().then_some(pain.at)))
        .collect();
    let value = language.money(value);
    if returns.len() == 1 {
        return words.one_pain.replace("{}", &value);
    }
    words
        .pain
        .replacen("{}", &language.count(returns.len()), 1)
        .replacen("{}", &value, 1)
}
