//! The path of one customer: what the model `aankoop-gebruik-loyaliteit` makes of his history, as the JSON of
//! `report path`. A path is total: a history that cannot be right gives a path and [`Anomaly`]s.
//!
//! What is stored is a [`Folded`] path, which ends at the customer's last event; [`Folded::at`] applies a
//! later day on reading, since sleep happens without an event. For an earlier day the history is folded anew.
//!
//! Decisions where the definition leaves room:
//! - Visits are local days, so days come first: events are folded in the order of the days they count for (a
//!   line counts for the day of its receipt's earliest line), within a day by instant and event id. So no
//!   stage stands before the one it follows, whatever the offsets of the shops, and `as_of` never cuts a
//!   receipt at midnight.
//! - `from` is the day a stage opens, `to` the day the next one does; so purchase ends on the day it began,
//!   and use before a sleep ends on the day the sleep begins.
//! - A visit that does not count is a stage of its own, purchase in the state *teruggebracht*, from the visit
//!   to the day its last line came back. It is passed over: the stage in force goes on beside it. Only when
//!   nothing else is in force does it stand (`to` null) until the next visit opens purchase anew.
//! - A line is brought back when the whole quantity sold was named by returns at most W days after the visit's
//!   day. Statiegeld and lines without a positive quantity are not goods and decide nothing; a line whose
//!   number is not known cannot be named, so its visit counts.
//! - A sleeping customer is woken by a visit alone. A reward, a referral or a high score during the sleep sets
//!   `loyal_since`, and the visit that wakes him resumes loyalty.
//! - *After at least one counted visit* is after its first sale line in the order of events; a reward on the
//!   very receipt of the first counted visit is part of that visit, not after it.
//! - Money and evidence stand with the stage in force when they happened; a return that names a visit that
//!   does not count stands with that visit. What happens before the first visit is evidence of purchase.
//!   One receipt is one piece of evidence for its sale lines; every return line is one.
//! - Pain is what came back by a return that names its sale; returns that name none are evidence only.

mod fold;
mod seen;
mod summary;
mod visit;

use chrono::{DateTime, Days, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::dataset::History;
use crate::model::Model;
use crate::record::Reason;

pub use self::fold::fold;
pub use self::summary::summary;

/// The path of one customer, seen at the end of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    /// Customer id.
    pub customer: String,
    /// Name of the model.
    pub model: String,
    /// The day it is seen at.
    pub as_of: NaiveDate,
    /// Visits that count.
    pub counted_visits: usize,
    /// The day that first opened loyalty.
    pub loyal_since: Option<NaiveDate>,
    /// The day the sleep in force began.
    pub asleep_since: Option<NaiveDate>,
    /// How often he was won back.
    pub won_back: usize,
    /// The stages in the order they opened.
    pub stages: Vec<Stage>,
    /// What cannot be right.
    pub anomalies: Vec<Anomaly>,
}

/// What a stage can be besides itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Everything of the visit was brought back.
    Teruggebracht,
    /// Patience has run out.
    Slapend,
    /// Back after a sleep.
    Teruggewonnen,
}

impl State {
    /// The name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Teruggebracht => "teruggebracht",
            Self::Slapend => "slapend",
            Self::Teruggewonnen => "teruggewonnen",
        }
    }
}

/// A stage of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Phase of the model; of a sleep, the phase it interrupts.
    pub phase: String,
    /// State, if any.
    pub state: Option<State>,
    /// The day it opened.
    pub from: NaiveDate,
    /// The day it ended; none for the stage in force.
    pub to: Option<NaiveDate>,
    /// Visits made in it.
    pub visits: usize,
    /// Gross less returns of what happened in it.
    pub net_cents: i64,
    /// What was seen.
    pub evidence: Vec<Evidence>,
    /// What hurt.
    pub pain: Vec<Pain>,
}

/// Something seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// When, in the shop's own time.
    pub at: DateTime<FixedOffset>,
    /// What.
    pub kind: String,
    /// Where.
    pub shop: String,
    /// On which receipt.
    pub receipt: Option<String>,
    /// Score, reason and text, as far as they are known.
    pub note: Option<String>,
}

/// Something that hurt: a line brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pain {
    /// When, in the shop's own time.
    pub at: DateTime<FixedOffset>,
    /// What.
    pub kind: String,
    /// Where.
    pub shop: String,
    /// On which receipt.
    pub receipt: Option<String>,
    /// Why.
    pub reason: Option<Reason>,
    /// Text.
    pub note: Option<String>,
    /// What it was worth, positive.
    pub value_cents: i64,
}

/// Something about a history that cannot be right. The path stands all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Anomaly {
    /// A return names a line that this customer never bought.
    ReturnNamesUnknownSale {
        /// The return.
        event_id: String,
        /// The receipt it names.
        receipt: String,
        /// The line it names.
        line: u16,
    },
    /// A line came back more often than it was sold.
    ReturnedMoreThanSold {
        /// The receipt of the sale.
        receipt: String,
        /// The line.
        line: u16,
        /// Sold, in thousandths.
        sold: i64,
        /// Brought back, in thousandths.
        returned: i64,
    },
    /// A return stands before the sale it names: a clock was wrong. It counts as brought back at once.
    ReturnBeforeSale {
        /// The return.
        event_id: String,
        /// The receipt it names.
        receipt: String,
    },
    /// A feedback without a score.
    FeedbackWithoutScore {
        /// The feedback.
        event_id: String,
    },
}

/// A path that ends at the customer's last event, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folded {
    path: Path,
    /// The day the next sleep begins when no visit comes before it.
    sleeps_on: Option<NaiveDate>,
}

impl Folded {
    /// The day of the last event: the earliest day this can be read at.
    #[must_use]
    pub const fn ends_on(&self) -> NaiveDate {
        self.path.as_of
    }

    /// The path at the end of `as_of`, or nothing when that is before the last event (then fold
    /// [`History::until`] that day).
    #[must_use]
    pub fn at(&self, as_of: NaiveDate) -> Option<Path> {
        if as_of < self.path.as_of {
            return None;
        }
        let mut path = self.path.clone();
        path.as_of = as_of;
        if let Some(sleeps_on) = self.sleeps_on.filter(|day| *day <= as_of)
            && let Some(awake) = path.stages.iter_mut().find(|stage| stage.to.is_none())
        {
            awake.to = Some(sleeps_on);
            let phase = awake.phase.clone();
            path.stages
                .push(Stage::open(phase, Some(State::Slapend), sleeps_on));
            path.asleep_since = Some(sleeps_on);
        }
        Some(path)
    }
}

impl Path {
    /// The stage in force, if there is any stage.
    #[must_use]
    pub fn in_force(&self) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.to.is_none())
    }
}

impl Stage {
    fn open(phase: String, state: Option<State>, from: NaiveDate) -> Self {
        Self {
            phase,
            state,
            from,
            to: None,
            visits: 0,
            net_cents: 0,
            evidence: Vec::new(),
            pain: Vec::new(),
        }
    }

    /// Whole days it lasted, up to `as_of` for the stage in force.
    #[must_use]
    pub fn days(&self, as_of: NaiveDate) -> i64 {
        self.to
            .unwrap_or(as_of)
            .signed_duration_since(self.from)
            .num_days()
    }
}

/// The path of a history at the end of `as_of`; what came later is not known then.
#[must_use]
pub fn path(history: &History<'_>, model: &Model, as_of: NaiveDate) -> Path {
    let folded = fold(&history.clone().until(as_of), model);
    folded.at(as_of).unwrap_or(folded.path)
}

fn later(day: NaiveDate, days: i64) -> NaiveDate {
    day.checked_add_days(Days::new(days.unsigned_abs()))
        .unwrap_or(NaiveDate::MAX)
}
