//! The fold of *aankoop - gebruik - loyaliteit*: events in order, one stage in force at a time, visits that
//! do not count beside it. The rules are numbered as in the definition of the model.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::seen::{Seen, evidence, turnover};
use super::visit::Visits;
use super::{Folded, Path, Stage, State, later};
use crate::dataset::{Class, Event, History};
use crate::day;
use crate::model::{Fold, Model};
use crate::record::Kind;

/// Places of the three phases in the model.
const PURCHASE: usize = 0;
const USE: usize = 1;
const LOYALTY: usize = 2;

/// Folds a history to the path that ends at its last event.
///
/// A model whose fold is by rules alone has no stages of visits: its path is empty of stages (see
/// [`crate::model::walk`] for those).
#[must_use]
pub fn fold(history: &History<'_>, model: &Model) -> Folded {
    let window = i32::from(model.settings.return_window_days);
    let visits = Visits::of(history, window);
    let events = history.by_day();
    let last_day = events
        .last()
        .map(|event| day::from_number(event.known_day()));
    let mut folder = Folder::new(model, &visits);
    if model.fold == Fold::Visits {
        for event in events {
            folder.event(event);
        }
    }
    let sleeps_on = folder.sleep_day();
    let asleep_since = folder
        .asleep
        .then(|| folder.in_force().map(|stage| stage.from))
        .flatten();
    let counted_visits = visits.counted();
    let (stages, loyal_since, won_back) = (folder.stages, folder.loyal_since, folder.won_back);
    Folded {
        path: Path {
            customer: history.customer_id().to_owned(),
            model: model.name.clone(),
            as_of: last_day.unwrap_or_default(),
            counted_visits,
            loyal_since,
            asleep_since,
            won_back,
            stages,
            anomalies: visits.anomalies,
        },
        sleeps_on,
    }
}

#[derive(Debug)]
struct Folder<'a> {
    model: &'a Model,
    visits: &'a Visits<'a>,
    stages: Vec<Stage>,
    /// The stage in force; visits that do not count are beside it.
    current: Option<usize>,
    /// The stage of each visit met so far, by day.
    stage_of_visit: HashMap<i32, usize>,
    /// The last day of a counted visit.
    last_counted: Option<i32>,
    first_counted: Option<i32>,
    /// Gaps between counted visits, sorted.
    gaps: Vec<i64>,
    asleep: bool,
    loyal_since: Option<NaiveDate>,
    won_back: usize,
    /// Seen before any visit.
    before: Seen,
    /// Seen on the receipt of a visit whose first sale line is still to come, by day.
    early: HashMap<i32, Seen>,
    receipts_seen: HashSet<String>,
}

impl<'a> Folder<'a> {
    fn new(model: &'a Model, visits: &'a Visits<'a>) -> Self {
        Self {
            model,
            visits,
            stages: Vec::new(),
            current: None,
            stage_of_visit: HashMap::new(),
            last_counted: None,
            first_counted: None,
            gaps: Vec::new(),
            asleep: false,
            loyal_since: None,
            won_back: 0,
            before: Seen::default(),
            early: HashMap::new(),
            receipts_seen: HashSet::new(),
        }
    }

    fn event(&mut self, event: Event<'_>) {
        self.fall_asleep_before(event.known_day());
        match event.class() {
            Class::Sale => self.sale(event),
            Class::Return => self.goods_back(event),
            Class::Other => self.touchpoint(event),
        }
    }

    /// Patience before the next visit, in whole days: T of the definition.
    fn patience(&self) -> i64 {
        let least = i64::from(self.model.settings.patience_days);
        let (Some(high), Some(low)) = (
            self.gaps.get(self.gaps.len() / 2),
            self.gaps.get(self.gaps.len().saturating_sub(1) / 2),
        ) else {
            return least;
        };
        if self.gaps.len() < 2 {
            return least;
        }
        least.max(i64::from(self.model.settings.patience_factor) * (low + high) / 2)
    }

    /// The day a sleep begins when no visit comes: last visit + T + 1 (rule 4).
    fn sleep_day(&self) -> Option<NaiveDate> {
        let last = self.last_counted.filter(|_| !self.asleep)?;
        Some(later(day::from_number(last), self.patience() + 1))
    }

    fn fall_asleep_before(&mut self, day: i32) {
        if let Some(sleeps_on) = self.sleep_day()
            && sleeps_on <= day::from_number(day)
        {
            let phase = if self.loyal_since.is_some() {
                LOYALTY
            } else {
                USE
            };
            self.open(phase, Some(State::Slapend), sleeps_on);
            self.asleep = true;
        }
    }

    fn in_force(&self) -> Option<&Stage> {
        self.stages.get(self.current?)
    }

    /// Ends the stage in force and opens the next.
    fn open(&mut self, phase: usize, state: Option<State>, from: NaiveDate) -> usize {
        if let Some(stage) = self
            .current
            .and_then(|current| self.stages.get_mut(current))
        {
            stage.to = stage.to.or(Some(from));
        }
        let at = self.push(phase, state, from);
        self.current = Some(at);
        at
    }

    fn push(&mut self, phase: usize, state: Option<State>, from: NaiveDate) -> usize {
        let phase = self
            .model
            .phase(phase)
            .map(|phase| phase.id.clone())
            .unwrap_or_default();
        self.stages.push(Stage::open(phase, state, from));
        self.stages.len() - 1
    }

    fn sale(&mut self, event: Event<'_>) {
        let Some(receipt) = event.receipt() else {
            return;
        };
        let day = event.receipt_day();
        let stage = match self.stage_of_visit.get(&day) {
            Some(stage) => *stage,
            None => self.visit(day),
        };
        let seen = self.receipts_seen.contains(receipt);
        if !seen {
            self.receipts_seen.insert(receipt.to_owned());
        }
        if let Some(stage) = self.stages.get_mut(stage) {
            stage.net_cents += turnover(event);
            if !seen {
                stage.evidence.push(evidence(event));
            }
        }
    }

    /// Meets a visit at its first sale line; the place of its stage.
    fn visit(&mut self, day: i32) -> usize {
        let visit = self.visits.get(day);
        let stage = if visit.counts {
            self.counted_visit(day)
        } else {
            self.visit_brought_back(day, visit.brought_back.unwrap_or(day))
        };
        self.stage_of_visit.insert(day, stage);
        let early = self.early.remove(&day).unwrap_or_default();
        let before = std::mem::take(&mut self.before);
        let opens = !before.evidence.is_empty() && !early.evidence.is_empty();
        if let Some(stage) = self.stages.get_mut(stage) {
            stage.visits += 1;
            stage.add(before);
            stage.add(early);
            if opens {
                // What waited for the visit and what waited for its receipt are one sequence again.
                stage.evidence.sort_by_key(|seen| seen.at);
                stage.pain.sort_by_key(|pain| pain.at);
            }
        }
        stage
    }

    /// Rule 2: a stage beside the one in force, or in force itself when there is none.
    fn visit_brought_back(&mut self, day: i32, back: i32) -> usize {
        let from = day::from_number(day);
        let back = day::from_number(back);
        if self.last_counted.is_some() {
            let at = self.push(PURCHASE, Some(State::Teruggebracht), from);
            if let Some(stage) = self.stages.get_mut(at) {
                stage.to = Some(back);
            }
            return at;
        }
        self.end_brought_back();
        self.open(PURCHASE, Some(State::Teruggebracht), from)
    }

    /// Ends a brought-back stage that stood in force for want of another, on the day its last line came back.
    fn end_brought_back(&mut self) {
        let back = self
            .in_force()
            .and_then(|stage| self.visits.get(day::number(stage.from)).brought_back);
        if let (Some(back), Some(stage)) = (
            back,
            self.current
                .and_then(|current| self.stages.get_mut(current)),
        ) {
            stage.to = Some(day::from_number(back));
        }
    }

    fn counted_visit(&mut self, day: i32) -> usize {
        let today = day::from_number(day);
        let Some(last) = self.last_counted else {
            // Rule 1: purchase, and use at its end.
            self.end_brought_back();
            let purchase = self.open(PURCHASE, None, today);
            self.open(USE, None, today);
            (self.first_counted, self.last_counted) = (Some(day), Some(day));
            return purchase;
        };
        let stage = if self.asleep {
            // Rule 4: won back, in the phase before the sleep.
            self.asleep = false;
            self.won_back += 1;
            let phase = if self.loyal_since.is_some() {
                LOYALTY
            } else {
                USE
            };
            self.open(phase, Some(State::Teruggewonnen), today)
        } else if self.loyal_since.is_none() {
            // Rule 3: within patience of another.
            self.loyal_since = Some(today);
            self.open(LOYALTY, None, today)
        } else {
            self.current.unwrap_or_default()
        };
        let gap = i64::from(day.saturating_sub(last).max(0));
        let place = self.gaps.partition_point(|other| *other < gap);
        self.gaps.insert(place, gap);
        self.last_counted = Some(day.max(last));
        stage
    }

    fn goods_back(&mut self, event: Event<'_>) {
        let named = self.visits.named_by(event);
        let brought_back = named.filter(|day| !self.visits.get(*day).counts);
        let seen = Seen::goods_back(event, named.is_some());
        match brought_back {
            Some(day) => self.attach_to_visit(day, seen),
            None => self.attach(seen),
        }
    }

    fn touchpoint(&mut self, event: Event<'_>) {
        let counted = self.gaps.len() + usize::from(self.last_counted.is_some());
        let Some(phase) = self
            .model
            .phase_of(event, u32::try_from(counted).unwrap_or(u32::MAX))
        else {
            return;
        };
        let seen = Seen::touchpoint(event);
        let on_visit = event
            .receipt()
            .and_then(|receipt| self.visits.day_of_receipt(receipt));
        match (phase, on_visit) {
            (PURCHASE, Some(day)) => self.attach_to_visit(day, seen),
            (LOYALTY, _) => {
                self.ambassador(event, on_visit);
                self.attach(seen);
            }
            _ => self.attach(seen),
        }
    }

    /// Rule 3, its second half: a reward, a referral or a high score after a counted visit.
    fn ambassador(&mut self, event: Event<'_>, on_visit: Option<i32>) {
        let part_of_first = *event.kind() == Kind::RewardRedeemed
            && on_visit.is_some()
            && on_visit == self.first_counted;
        if self.last_counted.is_none() || self.loyal_since.is_some() || part_of_first {
            return;
        }
        let today = event.local_day();
        self.loyal_since = Some(today);
        if !self.asleep {
            self.open(LOYALTY, None, today);
        }
    }

    fn attach(&mut self, seen: Seen) {
        match self
            .current
            .and_then(|current| self.stages.get_mut(current))
        {
            Some(stage) => stage.add(seen),
            None => self.before.add(seen),
        }
    }

    fn attach_to_visit(&mut self, day: i32, seen: Seen) {
        match self
            .stage_of_visit
            .get(&day)
            .and_then(|stage| self.stages.get_mut(*stage))
        {
            Some(stage) => stage.add(seen),
            None => self.early.entry(day).or_default().add(seen),
        }
    }
}
