//! What every zone is made of: the face (language, keys, time zone), buttons, amounts, quantities.
//!
//! A button carries what it does as the JSON of a [`Action`] in `data-do`; the script posts it as it stands. A button's
//! text is its accessible name to the letter: the key that presses it is drawn by the style sheet from `data-cap`.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use maud::{Markup, html};
use retail::money::Cents;
use retail::sale::{ReturnReason, TenderKind};
use serde_json::Value;

use super::shortcuts::{Key, Shortcuts};
use super::strings::{Language, Strings};
use crate::till::Action;

/// In which words and for which hands the screen is drawn.
#[derive(Clone, Debug)]
pub struct Face {
    /// The language.
    pub language: Language,
    /// The keys.
    pub keys: Shortcuts,
    /// The shop's time zone, for times of day.
    pub zone: Tz,
}

impl Face {
    /// The words.
    pub(crate) const fn words(&self) -> &'static Strings {
        self.language.strings()
    }

    /// A time of day in the shop: `14:03`; with its date when it is not of the day of `now`.
    pub(crate) fn time(&self, at: DateTime<Utc>, today: Option<DateTime<Utc>>) -> String {
        let at = at.with_timezone(&self.zone);
        let same_day =
            today.is_none_or(|now| now.with_timezone(&self.zone).date_naive() == at.date_naive());
        let format = if same_day { "%H:%M" } else { "%d-%m %H:%M" };
        at.format(format).to_string()
    }
}

/// A button that does one thing.
pub(crate) struct Button<'a> {
    pub(crate) label: &'a str,
    /// What it does, as JSON.
    pub(crate) does: String,
    pub(crate) class: &'a str,
    pub(crate) key: Option<&'a Key>,
    pub(crate) enabled: bool,
    /// The key under which the text of the box goes into what it does.
    pub(crate) takes: Option<&'a str>,
    /// The box keeps its text until the till answers.
    pub(crate) keeps: bool,
}

impl<'a> Button<'a> {
    pub(crate) fn new(label: &'a str, action: &Action) -> Self {
        Self {
            label,
            does: json(action),
            class: "",
            key: None,
            enabled: true,
            takes: None,
            keeps: false,
        }
    }

    /// A button that does something with what stands in the box: see [`super::press::Typed`].
    pub(crate) fn typed(label: &'a str, does: &Value, takes: &'a str) -> Self {
        Self {
            label,
            does: does.to_string(),
            class: "",
            key: None,
            enabled: true,
            takes: Some(takes),
            keeps: false,
        }
    }

    pub(crate) const fn class(mut self, class: &'a str) -> Self {
        self.class = class;
        self
    }

    pub(crate) const fn key(mut self, key: Option<&'a Key>) -> Self {
        self.key = key;
        self
    }

    pub(crate) const fn keep(mut self) -> Self {
        self.keeps = true;
        self
    }

    pub(crate) const fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    pub(crate) fn draw(&self) -> Markup {
        html! {
            button type="button" class={ "key " (self.class) } data-do=(self.does) data-take=[self.takes] data-keep[self.keeps]
                aria-label=(self.label) data-key=[self.key] data-cap=[self.key.map(Key::cap)] aria-keyshortcuts=[self.key.map(Key::aria)]
                disabled[!self.enabled] { (self.label) }
        }
    }
}

/// An action as its button carries it.
pub(crate) fn json(action: &Action) -> String {
    serde_json::to_string(action).unwrap_or_default()
}

/// An amount that does not break over lines.
pub(crate) fn money(words: &Strings, amount: Cents) -> Markup {
    html! { span.money { (words.money(amount)) } }
}

/// The word for a reason.
pub(crate) const fn reason(words: &Strings, reason: ReturnReason) -> &'static str {
    match reason {
        ReturnReason::Spijt => words.reason_regret,
        ReturnReason::Defect => words.reason_defect,
        ReturnReason::Ruil => words.reason_exchange,
        ReturnReason::Verkeerd => words.reason_wrong,
    }
}

/// The word for a way to pay.
pub(crate) const fn tender(words: &Strings, kind: TenderKind) -> &'static str {
    match kind {
        TenderKind::Cash => words.cash_part,
        TenderKind::Card => words.card_part,
    }
}
