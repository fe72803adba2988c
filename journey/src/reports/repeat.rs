//! `repeat`: who comes back. Customers, visits and receipts are those of the selection; first visits are
//! those of the whole history. A second visit is sought at any shop, up to the last day of the query; who is
//! *eligible* had N days for it before the last sale day of the selection.

use serde::Serialize;

use super::facts::{Selection, by_owner, day_of, first_day, first_days};
use super::{Query, count, rate};
use crate::dataset::{Dataset, NONE};

/// The report `repeat`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Repeat {
    /// Customers with a sale receipt.
    pub purchasing_customers: usize,
    /// Customers with two visits or more.
    pub repeat_customers: usize,
    /// Of the purchasing customers.
    pub repeat_rate: Option<f64>,
    /// Customers with two sale receipts or more, of the purchasing customers.
    pub repeat_rate_by_receipts: Option<f64>,
    /// Gross on days after the customer's first day, of the gross of identified customers.
    pub repeat_revenue_share: Option<f64>,
    /// Second visits.
    pub second_visit_within_days: Vec<SecondVisit>,
}

/// How many came a second time within so many days.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SecondVisit {
    /// N.
    pub days: i32,
    /// Customers whose first day + N is not after the last sale day.
    pub eligible: usize,
    /// Those of them whose second visit came at most N days after the first.
    pub returned: usize,
    /// Returned of eligible.
    pub rate: Option<f64>,
}

/// The numbers of days of `second_visit_within_days`.
pub const SECOND_VISIT_DAYS: [i32; 5] = [30, 60, 90, 180, 365];

/// A customer whose first visit is in the selection.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewCustomer {
    pub(super) owner: u32,
    first: i32,
    second: Option<i32>,
}

impl NewCustomer {
    pub(super) fn eligible(self, days: i32, last_sale_day: Option<i32>) -> bool {
        last_sale_day.is_some_and(|last| self.first.saturating_add(days) <= last)
    }

    pub(super) fn returned(self, days: i32) -> bool {
        self.second
            .is_some_and(|second| second - self.first <= days)
    }
}

/// Everyone whose first visit is in the selection, with the second visit up to the query's last day.
pub(super) fn new_customers(
    selection: &Selection<'_>,
    all: &[u64],
    selected: &[u64],
) -> Vec<NewCustomer> {
    let mut chosen = by_owner(selected).peekable();
    let mut found = Vec::new();
    for (owner, visits) in by_owner(all) {
        let Some(first) = visits.first().map(|key| day_of(*key)) else {
            continue;
        };
        while chosen.next_if(|(other, _)| *other < owner).is_some() {}
        let selected_first = chosen
            .peek()
            .filter(|(other, _)| *other == owner)
            .and_then(|(_, keys)| keys.first());
        if selected_first.is_some_and(|key| day_of(*key) == first) {
            let second = visits
                .get(1)
                .map(|key| day_of(*key))
                .filter(|day| *day <= selection.to());
            found.push(NewCustomer {
                owner,
                first,
                second,
            });
        }
    }
    found
}

/// Who comes back.
#[must_use]
pub fn repeat(dataset: &Dataset, query: &Query) -> Repeat {
    let selection = Selection::new(dataset, query);
    let all = selection.all_visits();
    let selected = selection.visits_of(&all);
    let firsts = first_days(dataset, &all);
    let (purchasing, repeating) = two_or_more(&selected);
    let (_, by_receipts) = two_or_more(&selection.sale_receipts());
    let (mut identified, mut later) = (0, 0);
    for part in selection.parts().filter(|part| part.owner != NONE) {
        identified += part.gross;
        if part.gross != 0
            && selection.day_of_receipt(part.receipt) > first_day(&firsts, part.owner)
        {
            later += part.gross;
        }
    }
    let new = new_customers(&selection, &all, &selected);
    let last_sale_day = selection.sale_days().map(|(_, last)| last);
    let second_visit_within_days = SECOND_VISIT_DAYS
        .into_iter()
        .map(|days| {
            let eligible = || {
                new.iter()
                    .filter(|customer| customer.eligible(days, last_sale_day))
            };
            let returned = eligible()
                .filter(|customer| customer.returned(days))
                .count();
            let eligible = eligible().count();
            SecondVisit {
                days,
                eligible,
                returned,
                rate: rate(count(returned), count(eligible)),
            }
        })
        .collect();
    Repeat {
        purchasing_customers: purchasing,
        repeat_customers: repeating,
        repeat_rate: rate(count(repeating), count(purchasing)),
        repeat_rate_by_receipts: rate(count(by_receipts), count(purchasing)),
        repeat_revenue_share: rate(later, identified),
        second_visit_within_days,
    }
}

/// Of sorted keys: how many owners there are, and how many have two or more.
fn two_or_more(keys: &[u64]) -> (usize, usize) {
    by_owner(keys).fold((0, 0), |(owners, several), (_, keys)| {
        (owners + 1, several + usize::from(keys.len() > 1))
    })
}
