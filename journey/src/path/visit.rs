//! The visits of one history and which of them count: a visit counts unless all its goods were brought back
//! within the return window by returns that name them.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Anomaly;
use crate::dataset::{Class, Event, History};
use crate::from_event::is_twin_of;
use crate::record::{Apart, Kind};

/// One visit: everything bought on one local day.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Visit {
    pub(super) counts: bool,
    /// The day the last of its lines came back that did.
    pub(super) brought_back: Option<i32>,
}

/// The visits of a history by day, and what was odd about its returns.
#[derive(Debug, Default)]
pub(super) struct Visits<'a> {
    by_day: BTreeMap<i32, Visit>,
    /// The visit day of each sale receipt.
    receipts: HashMap<&'a str, i32>,
    /// Lines sold, to tell returns that name one.
    lines: HashSet<(&'a str, u16)>,
    pub(super) anomalies: Vec<Anomaly>,
}

/// One line of goods.
#[derive(Debug, Default)]
struct Line {
    day: i32,
    sold: i64,
    returned: i64,
    returned_in_time: i64,
    last_back: Option<i32>,
}

impl<'a> Visits<'a> {
    pub(super) fn of(history: &History<'a>, window_days: i32) -> Self {
        let mut visits = Self::default();
        let mut goods: BTreeMap<(&str, u16), Line> = BTreeMap::new();
        let mut kept_for_sure: HashSet<i32> = HashSet::new();
        for event in history
            .events()
            .filter(|event| event.class() == Class::Sale)
        {
            visits.sale(event, &mut goods, &mut kept_for_sure);
        }
        for event in history.events() {
            match event.class() {
                Class::Return => visits.brought_back(event, window_days, &mut goods),
                _ if *event.kind() == Kind::Feedback && event.score().is_none() => {
                    visits.anomalies.push(Anomaly::FeedbackWithoutScore {
                        event_id: event.event_id().to_owned(),
                    });
                }
                _ => {}
            }
        }
        let mut with_goods = HashSet::new();
        for ((receipt, number), line) in &goods {
            with_goods.insert(line.day);
            if line.returned_in_time < line.sold {
                kept_for_sure.insert(line.day);
            }
            if let Some(visit) = visits.by_day.get_mut(&line.day) {
                visit.brought_back = visit.brought_back.max(line.last_back);
            }
            if line.returned > line.sold {
                visits.anomalies.push(Anomaly::ReturnedMoreThanSold {
                    receipt: (*receipt).to_owned(),
                    line: *number,
                    sold: line.sold,
                    returned: line.returned,
                });
            }
        }
        for (day, visit) in &mut visits.by_day {
            visit.counts = kept_for_sure.contains(day) || !with_goods.contains(day);
        }
        visits
    }

    fn sale(
        &mut self,
        event: Event<'a>,
        goods: &mut BTreeMap<(&'a str, u16), Line>,
        kept: &mut HashSet<i32>,
    ) {
        let Some(receipt) = event.receipt() else {
            return;
        };
        let day = event.receipt_day();
        self.by_day.entry(day).or_default();
        self.receipts.insert(receipt, day);
        if event.apart() == Some(Apart::Deposit) || event.quantity() <= 0 {
            return;
        }
        if event.line() == 0 {
            kept.insert(day);
            return;
        }
        self.lines.insert((receipt, event.line()));
        let line = goods.entry((receipt, event.line())).or_default();
        line.day = day;
        line.sold += event.quantity();
    }

    fn brought_back(
        &mut self,
        event: Event<'a>,
        window_days: i32,
        goods: &mut BTreeMap<(&'a str, u16), Line>,
    ) {
        let Some((receipt, number)) = event.returns_line() else {
            return;
        };
        let named = self.named(receipt, number);
        let Some(line) = named.and_then(|named| goods.get_mut(&named)) else {
            if event.apart() != Some(Apart::Deposit) {
                self.anomalies.push(Anomaly::ReturnNamesUnknownSale {
                    event_id: event.event_id().to_owned(),
                    receipt: receipt.to_owned(),
                    line: number,
                });
            }
            return;
        };
        let day = event.receipt_day();
        if day < line.day {
            self.anomalies.push(Anomaly::ReturnBeforeSale {
                event_id: event.event_id().to_owned(),
                receipt: receipt.to_owned(),
            });
        }
        let quantity = -event.quantity();
        line.returned += quantity;
        if day.saturating_sub(line.day) <= window_days {
            line.returned_in_time += quantity;
            line.last_back = line.last_back.max(Some(day.max(line.day)));
        }
    }

    /// The visit of a day.
    pub(super) fn get(&self, day: i32) -> Visit {
        self.by_day.get(&day).copied().unwrap_or_default()
    }

    /// The day of the visit a receipt belongs to.
    pub(super) fn day_of_receipt(&self, receipt: &str) -> Option<i32> {
        self.receipts.get(receipt).copied()
    }

    /// The day of the visit whose line a return names; none when it names none that is known.
    pub(super) fn named_by(&self, event: Event<'_>) -> Option<i32> {
        let (receipt, line) = event.returns_line()?;
        let (receipt, _) = self.named(receipt, line)?;
        self.day_of_receipt(receipt)
    }

    /// The line of this history that a return names. Two receipts of a till that forked bear one number, and a return says
    /// the number: where the first of them is not here, it is the other.
    fn named(&self, receipt: &'a str, line: u16) -> Option<(&'a str, u16)> {
        let exact = (receipt, line);
        if self.lines.contains(&exact) {
            return Some(exact);
        }
        let twins = self
            .lines
            .iter()
            .filter(|(other, number)| *number == line && is_twin_of(receipt, other));
        twins.min().copied()
    }

    pub(super) fn counted(&self) -> usize {
        self.by_day.values().filter(|visit| visit.counts).count()
    }
}
