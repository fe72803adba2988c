//! Journey models: a lens over the same events, written as a TOML file. A model has phases in order, labels
//! in Dutch and English, the text it comes from, and ordered rules from touchpoints to phases: the first
//! rule that fits decides. What no rule knows and what was never seen is *not observed*, never guessed.
//!
//! The form of a file is shown by the model that ships, `models/aankoop-gebruik-loyaliteit.toml`. Reading
//! files is the caller's: here a text becomes a [`Model`] or a [`ModelError`] that says what to mend.

mod check;
mod walk;

use serde::Deserialize;
use thiserror::Error;

use crate::dataset::Event;
use crate::record::{Kind, Reason};

pub use self::walk::{Observed, Step, Walk, walk};

/// The version of the file format this code reads.
pub const FORMAT: u32 = 1;

const DEFAULT: &str = include_str!("../../models/aankoop-gebruik-loyaliteit.toml");

/// The models that ship, as (name, file text).
pub const SHIPPED: [(&str, &str); 1] = [("aankoop-gebruik-loyaliteit", DEFAULT)];

/// A text in the two languages of the project.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Dutch.
    pub nl: String,
    /// English.
    pub en: String,
}

impl Label {
    /// The text in one language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Nl => &self.nl,
            Language::En => &self.en,
        }
    }
}

/// A language of the user interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Dutch.
    #[default]
    Nl,
    /// English.
    En,
}

/// How the phases hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// One after the other.
    Line,
    /// The last leads to the first.
    Circle,
    /// A line whose repeat purchases run through its last phase, not through the first again.
    LoyaltyLoop,
    /// No phases: the sequence of contact moments itself.
    Sequence,
}

/// How a history becomes stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fold {
    /// By visits, with patience, sleep and goods brought back: three phases of purchase, use and loyalty.
    Visits,
    /// By the rules alone.
    Rules,
}

/// The numbers of a model folded by visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// W: goods brought back within so many days undo a visit.
    pub return_window_days: u16,
    /// The least patience, in days.
    pub patience_days: u16,
    /// Patience in medians of the customer's own gaps.
    pub patience_factor: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            return_window_days: 30,
            patience_days: 90,
            patience_factor: 3,
        }
    }
}

/// A phase.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its name in JSON.
    pub id: String,
    /// Its name on pages.
    pub label: Label,
}

/// A small goal within a phase (a micro-conversion): counted beside the touchpoints of the phase.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// The phase it belongs to.
    pub phase: String,
    /// Its name on pages.
    pub label: Label,
    /// The touchpoints that reach it.
    pub kinds: Vec<String>,
}

/// A rule: touchpoints that fit all its conditions are evidence of its phase.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The phase; none where the touchpoint is left out on purpose.
    pub phase: Option<String>,
    /// The kinds of touchpoints.
    pub kinds: Vec<String>,
    /// Only from this visit on (the first is 1); a touchpoint stands at the visits made so far.
    pub visit_from: Option<u32>,
    /// Only up to this visit.
    pub visit_to: Option<u32>,
    /// Only with at least this score.
    pub score_from: Option<u8>,
    /// Only with at most this score.
    pub score_to: Option<u8>,
    /// Only with one of these reasons.
    #[serde(default)]
    pub reasons: Vec<Reason>,
}

impl Rule {
    fn fits(&self, kind: &Kind, visits: u32, score: Option<u8>, reason: Option<Reason>) -> bool {
        self.kinds.iter().any(|name| name == kind.as_str())
            && self.visit_from.is_none_or(|from| visits >= from)
            && self.visit_to.is_none_or(|to| visits <= to)
            && self
                .score_from
                .is_none_or(|from| score.is_some_and(|score| score >= from))
            && self
                .score_to
                .is_none_or(|to| score.is_some_and(|score| score <= to))
            && (self.reasons.is_empty()
                || reason.is_some_and(|reason| self.reasons.contains(&reason)))
    }
}

/// A journey model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    format: u32,
    /// Its name: lower-case words joined by hyphens.
    pub name: String,
    /// Its name on pages.
    pub label: Label,
    /// How its phases hang together.
    pub shape: Shape,
    /// How a history becomes stages.
    pub fold: Fold,
    /// The text it comes from.
    pub source: String,
    /// W, patience and factor.
    #[serde(default)]
    pub settings: Settings,
    /// The phases in order.
    #[serde(default, rename = "phase")]
    pub phases: Vec<Phase>,
    /// The rules in order.
    #[serde(default, rename = "rule")]
    pub rules: Vec<Rule>,
    /// Small goals.
    #[serde(default, rename = "goal")]
    pub goals: Vec<Goal>,
}

/// What is wrong with a model file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ModelError {
    /// Not TOML, or a key or value that does not belong there; the text says where.
    #[error("{0}")]
    Syntax(String),
    /// A newer format.
    #[error("format {0} is not known; this version reads format {FORMAT}")]
    Format(u32),
    /// A name that cannot be used.
    #[error("{what} {name:?} must be lower-case letters, digits and hyphens")]
    Name {
        /// What the name is of.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A phase that is there twice.
    #[error("phase {0:?} occurs twice")]
    PhaseTwice(String),
    /// A rule or goal for a phase that is not there.
    #[error("{what} {number} names the phase {phase:?}; the phases are: {known}")]
    UnknownPhase {
        /// `rule` or `goal`.
        what: &'static str,
        /// Which one, from 1.
        number: usize,
        /// The phase it names.
        phase: String,
        /// The phases there are.
        known: String,
    },
    /// A touchpoint that does not exist.
    #[error("{what} {number} names the touchpoint {kind:?}, which is not known{}", hint(.nearest))]
    UnknownKind {
        /// `rule` or `goal`.
        what: &'static str,
        /// Which one, from 1.
        number: usize,
        /// The touchpoint it names.
        kind: String,
        /// One that looks like it.
        nearest: Option<&'static str>,
    },
    /// A rule or goal without touchpoints, or with limits that nothing can meet.
    #[error("{what} {number} can never fit: {why}")]
    NeverFits {
        /// `rule` or `goal`.
        what: &'static str,
        /// Which one, from 1.
        number: usize,
        /// Why.
        why: &'static str,
    },
    /// Shape, fold and phases that do not go together.
    #[error("{0}")]
    Shape(&'static str),
}

fn hint(nearest: &Option<&'static str>) -> String {
    nearest.map_or_else(String::new, |name| format!(" (did you mean {name:?}?)"))
}

impl Model {
    /// Reads a model file.
    ///
    /// # Errors
    /// [`ModelError`] with the first thing to mend.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let model: Self = toml::from_str(text)
            .map_err(|error| ModelError::Syntax(error.to_string().trim_end().to_owned()))?;
        check::check(&model)?;
        Ok(model)
    }

    /// The model that ships under this name.
    #[must_use]
    pub fn shipped(name: &str) -> Option<Self> {
        let (_, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == name)?;
        Self::parse(text).ok()
    }

    /// The default model, `aankoop-gebruik-loyaliteit`.
    ///
    /// # Errors
    /// None in a build whose tests passed: the text is part of the program.
    pub fn default_model() -> Result<Self, ModelError> {
        Self::parse(DEFAULT)
    }

    /// Where an event belongs: the place of its phase, by the first rule that fits. `visits` is the number
    /// of visits made so far, the one at this event included.
    #[must_use]
    pub fn phase_of(&self, event: Event<'_>, visits: u32) -> Option<usize> {
        let rule = self
            .rules
            .iter()
            .find(|rule| rule.fits(event.kind(), visits, event.score(), event.reason()))?;
        let phase = rule.phase.as_ref()?;
        self.phases.iter().position(|known| known.id == *phase)
    }

    /// A phase by its place.
    #[must_use]
    pub fn phase(&self, place: usize) -> Option<&Phase> {
        self.phases.get(place)
    }
}
