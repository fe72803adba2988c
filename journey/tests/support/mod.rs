//! Records in a few words, for the tests of this crate. Times are wall times in a shop one hour ahead of UTC.
#![allow(dead_code, reason = "every test file uses its own part")]
#![allow(
    clippy::unwrap_used,
    reason = "a fixture that cannot be made fails its test"
)]

use chrono::{NaiveDate, NaiveDateTime};
use journey::record::{Kind, Reason, Record, ReturnsLine};
use journey::{Dataset, Query};

pub(crate) mod paths;

/// A day.
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// `2026-03-12` (then at 10:00) or `2026-03-12 14:03`, as milliseconds since 1970 UTC.
pub(crate) fn at_ms(text: &str) -> i64 {
    let text = if text.len() == 10 {
        format!("{text} 10:00")
    } else {
        text.to_owned()
    };
    let local = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M").unwrap();
    local.and_utc().timestamp_millis() - 3_600_000
}

/// A history in the making; event ids count up in the order of writing.
#[derive(Debug, Default, Clone)]
pub(crate) struct Story {
    pub(crate) records: Vec<Record>,
}

impl Story {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    fn push(&mut self, at: &str, kind: Kind) -> &mut Record {
        let id = format!("e{:04}", self.records.len() + 1);
        self.records
            .push(Record::new(id, at_ms(at), 60, "utrecht", kind));
        self.records.last_mut().unwrap()
    }

    /// The record written last, to change it.
    pub(crate) fn last(mut self, change: impl FnOnce(&mut Record)) -> Self {
        change(self.records.last_mut().unwrap());
        self
    }

    /// One line of one piece. An empty customer is anonymous.
    pub(crate) fn sale(
        mut self,
        at: &str,
        customer: &str,
        receipt: &str,
        line: u16,
        cents: i64,
    ) -> Self {
        let record = self.push(at, Kind::Sale);
        record.customer = Some(customer.to_owned()).filter(|id| !id.is_empty());
        record.receipt = Some(receipt.to_owned());
        record.line = line;
        record.product = Some(format!("p{cents}"));
        record.quantity = 1000;
        record.amount_cents = cents;
        record.pieces = true;
        self
    }

    /// One piece brought back, without naming its sale.
    pub(crate) fn bring_back(
        mut self,
        at: &str,
        customer: &str,
        receipt: &str,
        cents: i64,
    ) -> Self {
        let record = self.push(at, Kind::Return);
        record.customer = Some(customer.to_owned()).filter(|id| !id.is_empty());
        record.receipt = Some(receipt.to_owned());
        record.line = 1;
        record.product = Some(format!("p{cents}"));
        record.quantity = -1000;
        record.amount_cents = -cents;
        record.pieces = true;
        self
    }

    /// One piece brought back of a receipt's line.
    pub(crate) fn bring_back_of(
        self,
        at: &str,
        customer: &str,
        receipt: &str,
        cents: i64,
        of: (&str, u16),
        why: Reason,
    ) -> Self {
        self.bring_back(at, customer, receipt, cents)
            .last(|record| {
                record.returns_line = Some(ReturnsLine {
                    receipt: of.0.to_owned(),
                    line: of.1,
                });
                record.reason = Some(why);
            })
    }

    /// A touchpoint.
    pub(crate) fn touch(mut self, at: &str, customer: &str, kind: Kind) -> Self {
        self.push(at, kind).customer = Some(customer.to_owned()).filter(|id| !id.is_empty());
        self
    }

    /// A feedback.
    pub(crate) fn feedback(self, at: &str, customer: &str, score: u8) -> Self {
        self.touch(at, customer, Kind::Feedback)
            .last(|record| record.score = Some(score))
    }

    pub(crate) fn dataset(&self) -> Dataset {
        Dataset::of(&self.records).unwrap()
    }

    /// The JSON of a report over everything.
    pub(crate) fn json<T: serde::Serialize>(
        &self,
        report: impl Fn(&Dataset, &Query) -> T,
    ) -> serde_json::Value {
        serde_json::to_value(report(&self.dataset(), &Query::all())).unwrap()
    }
}
