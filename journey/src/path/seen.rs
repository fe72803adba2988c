//! What is seen at an event of a history - evidence, pain and money - and where it is kept until its stage is there.
//! Decides nothing about stages.

use super::{Evidence, Pain, Stage};
use crate::dataset::Event;

/// What was seen, of one event or of several.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) evidence: Vec<Evidence>,
    pub(super) pain: Vec<Pain>,
    pub(super) net_cents: i64,
}

impl Seen {
    /// A touchpoint: evidence and nothing else.
    pub(super) fn touchpoint(event: Event<'_>) -> Self {
        Self {
            evidence: vec![evidence(event)],
            ..Self::default()
        }
    }

    /// A line brought back; it hurts when it names a sale that is known.
    pub(super) fn goods_back(event: Event<'_>, names_sale: bool) -> Self {
        let net_cents = turnover(event);
        let hurts = names_sale.then(|| pain(event, -net_cents));
        Self {
            evidence: vec![evidence(event)],
            pain: hurts.into_iter().collect(),
            net_cents,
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.evidence.extend(other.evidence);
        self.pain.extend(other.pain);
        self.net_cents += other.net_cents;
    }
}

impl Stage {
    pub(super) fn add(&mut self, seen: Seen) {
        self.evidence.extend(seen.evidence);
        self.pain.extend(seen.pain);
        self.net_cents += seen.net_cents;
    }
}

/// The amount of a line as far as it is turnover.
pub(super) fn turnover(event: Event<'_>) -> i64 {
    if event.apart().is_none() {
        event.amount_cents()
    } else {
        0
    }
}

pub(super) fn evidence(event: Event<'_>) -> Evidence {
    let score = event.score().map(|score| score.to_string());
    let reason = event.reason().map(|reason| reason.as_str().to_owned());
    let text = event.note().map(str::to_owned);
    let parts: Vec<String> = [score, reason, text].into_iter().flatten().collect();
    Evidence {
        at: event.at(),
        kind: event.kind().as_str().to_owned(),
        shop: event.shop().to_owned(),
        receipt: event.receipt().map(str::to_owned),
        note: (!parts.is_empty()).then(|| parts.join(": ")),
    }
}

fn pain(event: Event<'_>, value_cents: i64) -> Pain {
    Pain {
        at: event.at(),
        kind: event.kind().as_str().to_owned(),
        shop: event.shop().to_owned(),
        receipt: event.receipt().map(str::to_owned),
        reason: event.reason(),
        note: event.note().map(str::to_owned),
        value_cents,
    }
}
