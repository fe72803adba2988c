//! A history seen through the rules of a model: every touchpoint at its phase, and per phase what was
//! observed. Sale and return lines of one receipt are one step. Never infers a phase nobody saw.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset};
use serde::Serialize;

use super::{Label, Model};
use crate::dataset::{Class, Event, History};

/// One contact moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// When, in the shop's own time.
    pub at: DateTime<FixedOffset>,
    /// What.
    pub kind: String,
    /// The phase it is evidence of, if any.
    pub phase: Option<String>,
}

/// What was seen of one phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Observed {
    /// The phase.
    pub phase: String,
    /// Whether there is any evidence; without it the phase is *not observed*.
    pub observed: bool,
    /// The first evidence.
    pub first: Option<DateTime<FixedOffset>>,
    /// How many touchpoints.
    pub touchpoints: usize,
    /// The goals of the phase and how often each was reached.
    pub goals: Vec<(String, usize)>,
}

/// A history through one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Walk {
    /// The model's name.
    pub model: String,
    /// Every contact moment in order.
    pub steps: Vec<Step>,
    /// Every phase in order.
    pub phases: Vec<Observed>,
}

/// Walks a history through the rules of a model.
#[must_use]
pub fn walk(history: &History<'_>, model: &Model) -> Walk {
    let mut phases: Vec<Observed> = model
        .phases
        .iter()
        .map(|phase| Observed {
            phase: phase.id.clone(),
            observed: false,
            first: None,
            touchpoints: 0,
            goals: goals(model, &phase.id)
                .map(|goal| (goal.0.nl.clone(), 0))
                .collect(),
        })
        .collect();
    let mut steps = Vec::new();
    let mut visit_days = BTreeSet::new();
    let mut receipts = BTreeSet::new();
    for event in history.events() {
        if event.class() == Class::Sale {
            visit_days.insert(event.receipt_day());
        }
        if event.class() != Class::Other && !receipts.insert((event.receipt(), event.kind())) {
            continue;
        }
        let place = model.phase_of(event, u32::try_from(visit_days.len()).unwrap_or(u32::MAX));
        if let Some(seen) = place.and_then(|place| phases.get_mut(place)) {
            seen.observed = true;
            seen.first = seen.first.or_else(|| Some(event.at()));
            seen.touchpoints += 1;
        }
        for phase in &mut phases {
            count_goals(model, phase, event);
        }
        steps.push(Step {
            at: event.at(),
            kind: event.kind().as_str().to_owned(),
            phase: place
                .and_then(|place| model.phase(place))
                .map(|phase| phase.id.clone()),
        });
    }
    Walk {
        model: model.name.clone(),
        steps,
        phases,
    }
}

fn goals<'a>(model: &'a Model, phase: &'a str) -> impl Iterator<Item = (&'a Label, &'a [String])> {
    model
        .goals
        .iter()
        .filter(move |goal| goal.phase == phase)
        .map(|goal| (&goal.label, goal.kinds.as_slice()))
}

fn count_goals(model: &Model, phase: &mut Observed, event: Event<'_>) {
    for ((_, kinds), (_, count)) in goals(model, &phase.phase).zip(&mut phase.goals) {
        if kinds.iter().any(|kind| kind == event.kind().as_str()) {
            *count += 1;
        }
    }
}
