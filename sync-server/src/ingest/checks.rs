//! What head office finds out about the events it keeps: forks and holes to show, days proven or not, goods that came
//! back more often than they were sold. It flags; it never refuses and never recalculates a sale.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use retail::day::{DayClosed, DayTotals};
use retail::event::{Body, Event, Hole};
use retail::ids::{Epoch, ReceiptNumber, TillId};
use retail::wire::Head;

use super::{Commit, Kept};
use crate::store::rows::{DayRow, EventRow, HoleRow};
use crate::store::{Result, Tables};

/// The longest declared hole that is compared seq by seq with what is kept.
const LONGEST_HOLE: u64 = 100_000;

impl Commit<'_> {
    pub(super) fn forks_and_holes(&mut self) -> Result<()> {
        let header = self.header().clone();
        if let Some(fork) = self.verdict.fork {
            let key = format!("fork-{}-{}-{}", header.till, header.epoch, fork.branch);
            let detail = serde_json::json!({ "epoch": header.epoch, "branch": fork.branch, "from_seq": fork.seq });
            self.problem(&key, "fork", &detail)?;
        }
        if let Some((from, to)) = self.verdict.hole {
            self.hole(header.epoch, from, to, "damaged")?;
        }
        Ok(())
    }

    fn hole(&mut self, epoch: Epoch, from: u64, to: u64, reason: &str) -> Result<()> {
        let till = self.till.till;
        let added = self.tables.add_hole(&HoleRow {
            id: 0,
            till,
            epoch,
            from,
            to,
            reason: reason.chars().take(80).collect(),
            declared_ms: self.received_ms,
            acknowledged_ms: None,
        })?;
        if added {
            let key = format!("hole-{till}-{epoch}-{from}-{to}");
            let detail =
                serde_json::json!({ "epoch": epoch, "from": from, "to": to, "reason": reason });
            self.problem(&key, "hole", &detail)?;
        }
        Ok(())
    }

    /// Looks at every new event, and at the days it belongs to.
    pub(super) fn checks(&mut self, kept: &[Kept]) -> Result<()> {
        let checked = self.checked;
        let header = self.header();
        let (till, epoch, first, last) = (header.till, header.epoch, header.first, header.last);
        let came_back = self.tables.returned_receipts(till, epoch, first, last)?;
        let mut days = BTreeSet::new();
        let mut closed = BTreeMap::new();
        for ((stored, event), kept) in checked.events.iter().zip(kept) {
            if !kept.new {
                continue;
            }
            match &event.body {
                Body::Sale(sale) => {
                    days.insert(event.at.date_naive());
                    self.balanced(event, sale.is_balanced())?;
                    let receipt = super::receipt_key(ReceiptNumber {
                        till,
                        epoch,
                        serial: sale.receipt,
                    });
                    if came_back.binary_search(&receipt).is_ok() {
                        self.returned(receipt)?;
                    }
                }
                Body::Return(back) => {
                    days.insert(event.at.date_naive());
                    self.balanced(event, back.receipt.is_balanced())?;
                    self.returned(super::receipt_key(back.of))?;
                }
                Body::DayClosed(close) => {
                    days.insert(close.day);
                    let at = Head {
                        epoch: stored.position.epoch,
                        seq: stored.position.seq,
                        hash: stored.hash,
                    };
                    closed.insert(close.day, (close.clone(), at));
                }
                Body::Hole(hole) => self.declared(hole)?,
                _ => {}
            }
        }
        for day in days {
            let close = closed.remove(&day);
            prove(self.tables, self.till.till, day, close)?;
        }
        Ok(())
    }

    fn balanced(&mut self, event: &Event, balanced: bool) -> Result<()> {
        if balanced {
            return Ok(());
        }
        let name = event.position.to_string();
        let detail = serde_json::json!({ "event": name });
        self.problem(&format!("unbalanced-{name}"), "unbalanced", &detail)
    }

    /// A hole declared by an event: shown where events really are missing here.
    fn declared(&mut self, hole: &Hole) -> Result<()> {
        let to = hole.to.min(hole.from.saturating_add(LONGEST_HOLE));
        if hole.from == 0 {
            return Ok(());
        }
        let places = self
            .tables
            .places(self.till.till, hole.epoch, hole.from, to)?;
        let have: BTreeSet<u64> = places.iter().map(|place| place.seq).collect();
        let mut missing = (hole.from..=to).filter(|seq| !have.contains(seq));
        let Some(from) = missing.next() else {
            return Ok(());
        };
        let to = missing.next_back().unwrap_or(from);
        self.hole(hole.epoch, from, to, &hole.reason)
    }

    /// Flags every line of a sale of which more came back than was sold.
    fn returned(&mut self, sale: i64) -> Result<()> {
        let returns = self.tables.returns_of_receipt(sale)?;
        if returns.is_empty() {
            return Ok(());
        }
        let sales = self.tables.events_of_receipt(sale)?;
        let mut back: BTreeMap<u32, i64> = BTreeMap::new();
        for event in returns.iter().filter_map(read) {
            if let Body::Return(event) = event.body {
                for line in &event.receipt.lines {
                    if let Some(of) = line.of_line {
                        *back.entry(of).or_default() -= line.qty.0;
                    }
                }
            }
        }
        // Twins of a till that forked bear one number and are real sales each: what both sold may come back.
        let mut sold: BTreeMap<u32, i64> = BTreeMap::new();
        let mut is_here = false;
        for event in sales.iter().filter_map(read) {
            if let Body::Sale(sale) = event.body {
                is_here = true;
                for line in &sale.lines {
                    *sold.entry(line.n).or_default() += line.qty.0;
                }
            }
        }
        if !is_here {
            return Ok(());
        }
        let receipt = super::receipt_number(sale).map(|number| number.to_string());
        for (line, back) in back {
            let sold = sold.get(&line).copied().unwrap_or_default();
            if back <= sold {
                continue;
            }
            let detail = serde_json::json!({ "receipt": receipt, "line": line, "sold": sold, "returned": back });
            self.problem(
                &format!("returned-{sale}-{line}"),
                "returned_too_much",
                &detail,
            )?;
        }
        Ok(())
    }
}

fn read(row: &EventRow) -> Option<Event> {
    Event::read(&row.bytes).ok()
}

/// Compares a till's own sums of a day with the sums of the events kept here, all branches.
fn prove(
    tables: &mut dyn Tables,
    till: TillId,
    day: NaiveDate,
    close: Option<(DayClosed, Head)>,
) -> Result<()> {
    let kept = tables.day(till, day)?;
    let later = |at: &Head| {
        kept.as_ref()
            .is_none_or(|row| (row.at.epoch, row.at.seq) < (at.epoch, at.seq))
    };
    let (claimed, counted_cents, at) = match (close.filter(|(_, at)| later(at)), &kept) {
        (Some((close, at)), _) => (close.totals, close.counted.map(|cents| cents.0), at),
        (None, Some(row)) => (row.claimed.clone(), row.counted_cents, row.at),
        (None, None) => return Ok(()),
    };
    let mut found = DayTotals::default();
    for event in tables.receipts_of_day(till, day)?.iter().filter_map(read) {
        found.add(&event);
    }
    tables.put_day(&DayRow {
        till,
        day,
        proven: claimed == found,
        claimed,
        found,
        counted_cents,
        at,
    })
}
