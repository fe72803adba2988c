//! What `/metrics` shows: counters since the start of this process, in Prometheus text.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use retail::wire::Refusal;

/// Names of the refusals, as label values.
const REASONS: [&str; 14] = [
    "bad_code",
    "unknown_till",
    "revoked",
    "bad_request_signature",
    "bad_signature",
    "foreign_till",
    "broken_chain",
    "gap",
    "malformed",
    "too_large",
    "no_such_receipt",
    "internal",
    "busy",
    "other_shop",
];

const fn reason(refusal: &Refusal) -> usize {
    match refusal {
        Refusal::BadCode => 0,
        Refusal::UnknownTill => 1,
        Refusal::Revoked => 2,
        Refusal::BadRequestSignature => 3,
        Refusal::BadSignature => 4,
        Refusal::ForeignTill => 5,
        Refusal::BrokenChain { .. } => 6,
        Refusal::Gap { .. } => 7,
        Refusal::Malformed { .. } => 8,
        Refusal::TooLarge => 9,
        Refusal::NoSuchReceipt => 10,
        Refusal::Internal => 11,
        Refusal::Busy => 12,
        Refusal::OtherShop { .. } => 13,
    }
}

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Counters {
    /// Batches accepted.
    pub batches: AtomicU64,
    /// Events that were new.
    pub events: AtomicU64,
    /// Events delivered again.
    pub duplicates: AtomicU64,
    /// Events whose name another event had.
    pub forked: AtomicU64,
    /// Events of kinds this version does not know.
    pub unknown_kinds: AtomicU64,
    /// Events whose time was impossible.
    pub clamped: AtomicU64,
    /// Side records dropped because their customer was forgotten.
    pub dropped_late: AtomicU64,
    /// Bytes of accepted batch bodies, compressed.
    pub bytes: AtomicU64,
    refusals: [AtomicU64; REASONS.len()],
}

/// Adds to a counter.
pub(crate) fn add(counter: &AtomicU64, number: u64) {
    counter.fetch_add(number, Ordering::Relaxed);
}

impl Counters {
    /// Counts a refusal.
    pub(crate) fn refused(&self, refusal: &Refusal) {
        if let Some(counter) = self.refusals.get(reason(refusal)) {
            add(counter, 1);
        }
    }

    /// The label of a refusal.
    #[must_use]
    pub fn label(refusal: &Refusal) -> &'static str {
        REASONS.get(reason(refusal)).copied().unwrap_or("internal")
    }

    pub(super) fn render(&self, into: &mut String) {
        let counters = [
            ("batches_total", "Batches accepted", &self.batches),
            ("events_total", "Events kept", &self.events),
            (
                "duplicates_total",
                "Events delivered again",
                &self.duplicates,
            ),
            (
                "forked_total",
                "Events whose name another event had",
                &self.forked,
            ),
            (
                "unknown_kinds_total",
                "Events of kinds not known here",
                &self.unknown_kinds,
            ),
            (
                "clamped_total",
                "Events with an impossible time",
                &self.clamped,
            ),
            (
                "dropped_late_total",
                "Side records of forgotten customers",
                &self.dropped_late,
            ),
            (
                "batch_bytes_total",
                "Compressed bytes of accepted batches",
                &self.bytes,
            ),
        ];
        for (name, help, counter) in counters {
            metric(into, name, "counter", help);
            value(into, name, "", counter.load(Ordering::Relaxed));
        }
        metric(
            into,
            "refusals_total",
            "counter",
            "Requests of tills refused, by reason",
        );
        for (reason, counter) in REASONS.iter().zip(&self.refusals) {
            let labels = format!("{{reason=\"{reason}\"}}");
            value(
                into,
                "refusals_total",
                &labels,
                counter.load(Ordering::Relaxed),
            );
        }
    }
}

/// Writes the head of a metric.
pub(super) fn metric(into: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(
        into,
        "# HELP klantreis_{name} {help}\n# TYPE klantreis_{name} {kind}"
    );
}

/// Writes one value of it; `labels` with braces, or nothing.
pub(super) fn value(into: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ = writeln!(into, "klantreis_{name}{labels} {value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_its_serde_name() {
        for refusal in [
            Refusal::BadCode,
            Refusal::UnknownTill,
            Refusal::Revoked,
            Refusal::BadRequestSignature,
            Refusal::BadSignature,
            Refusal::ForeignTill,
            Refusal::BrokenChain {
                detail: String::new(),
            },
            Refusal::Gap { after: None },
            Refusal::Malformed {
                detail: String::new(),
            },
            Refusal::TooLarge,
            Refusal::NoSuchReceipt,
            Refusal::Internal,
            Refusal::Busy,
            Refusal::OtherShop {
                shop: String::new(),
            },
        ] {
            let json = serde_json::to_value(&refusal).unwrap();
            assert_eq!(json["error"], Counters::label(&refusal));
        }
    }
}
