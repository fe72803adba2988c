//! `rfm`: recency, frequency and monetary value of every purchasing customer of the selection, scored twice:
//! `ntile` as SQL's `NTILE(5)` does (ties by customer id as bytes) and `tie_safe`, which gives equal customers
//! equal scores. 5 is best. Customers come in the order of their ids as bytes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::Query;
use super::facts::Selection;
use crate::dataset::Dataset;
use crate::day;

/// The report `rfm`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rfm {
    /// Last sale day + 1.
    pub reference_day: Option<NaiveDate>,
    /// Every purchasing customer.
    pub customers: Vec<RfmCustomer>,
    /// How many customers have each `ntile` score.
    pub ntile_cells: BTreeMap<String, usize>,
    /// How many customers have each `tie_safe` score.
    pub tie_safe_cells: BTreeMap<String, usize>,
}

/// One customer's scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RfmCustomer {
    /// Customer id.
    pub customer: String,
    /// Days from the last visit to the reference day.
    pub r: i32,
    /// Sale receipts.
    pub f: usize,
    /// Gross in cents.
    pub m: i64,
    /// Three digits: R, F, M.
    pub ntile: String,
    /// Three digits: R, F, M.
    pub tie_safe: String,
}

/// A segment of the owner's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Segment {
    /// R and F of 4 or more.
    Kampioenen,
    /// R of 3 or more, F of 4 or more.
    Trouw,
    /// R of 4 or more and one receipt.
    Nieuw,
    /// R of 3 or more.
    Veelbelovend,
    /// R of 2.
    Slapend,
    /// Everyone else.
    Verloren,
}

impl RfmCustomer {
    /// The segment by `tie_safe`; the first that fits.
    #[must_use]
    pub fn segment(&self) -> Segment {
        let mut scores = self.tie_safe.bytes();
        let (r, f) = (scores.next().unwrap_or(b'1'), scores.next().unwrap_or(b'1'));
        match (r, f) {
            (b'4'.., b'4'..) => Segment::Kampioenen,
            (b'3'.., b'4'..) => Segment::Trouw,
            (b'4'.., _) if self.f == 1 => Segment::Nieuw,
            (b'3'.., _) => Segment::Veelbelovend,
            (b'2', _) => Segment::Slapend,
            _ => Segment::Verloren,
        }
    }
}

/// Scores every purchasing customer.
#[must_use]
pub fn rfm(dataset: &Dataset, query: &Query) -> Rfm {
    let selection = Selection::new(dataset, query);
    let Some((_, last_day)) = selection.sale_days() else {
        return Rfm {
            reference_day: None,
            customers: Vec::new(),
            ntile_cells: BTreeMap::new(),
            tie_safe_cells: BTreeMap::new(),
        };
    };
    let mut facts: Vec<Facts<'_>> = Vec::new();
    selection.each_customer(|customer| {
        let Some(last_visit) = customer.visits.last() else {
            return;
        };
        facts.push(Facts {
            id: dataset.owner_id(customer.owner),
            recency: last_day + 1 - last_visit,
            receipts: customer.sale_receipts(),
            gross: customer.chosen.iter().map(|entry| entry.gross).sum(),
        });
    });
    facts.sort_unstable_by_key(|facts| facts.id);
    let r = Scores::new(&facts, |facts| -i64::from(facts.recency));
    let f = Scores::new(&facts, |facts| {
        i64::try_from(facts.receipts).unwrap_or(i64::MAX)
    });
    let m = Scores::new(&facts, |facts| facts.gross);
    let mut report = Rfm {
        reference_day: Some(day::from_number(last_day + 1)),
        customers: Vec::with_capacity(facts.len()),
        ntile_cells: BTreeMap::new(),
        tie_safe_cells: BTreeMap::new(),
    };
    for (at, facts) in facts.iter().enumerate() {
        let ntile = format!("{}{}{}", r.ntile(at), f.ntile(at), m.ntile(at));
        let tie_safe = format!("{}{}{}", r.tie_safe(at), f.tie_safe(at), m.tie_safe(at));
        *report.ntile_cells.entry(ntile.clone()).or_default() += 1;
        *report.tie_safe_cells.entry(tie_safe.clone()).or_default() += 1;
        report.customers.push(RfmCustomer {
            customer: facts.id.to_owned(),
            r: facts.recency,
            f: facts.receipts,
            m: facts.gross,
            ntile,
            tie_safe,
        });
    }
    report
}

#[derive(Debug)]
struct Facts<'a> {
    id: &'a str,
    recency: i32,
    receipts: usize,
    gross: i64,
}

/// Both scores of one measure, by place in the list of customers.
#[derive(Debug)]
struct Scores {
    ntile: Vec<usize>,
    tie_safe: Vec<usize>,
}

impl Scores {
    /// `better`: the larger the better. The list is in order of ids, so a stable sort breaks ties by id.
    fn new(facts: &[Facts<'_>], better: impl Fn(&Facts<'_>) -> i64) -> Self {
        let mut ranked: Vec<(i64, usize)> = facts
            .iter()
            .enumerate()
            .map(|(at, facts)| (better(facts), at))
            .collect();
        ranked.sort_by_key(|(value, _)| *value);
        let n = ranked.len();
        let (size, larger) = (n / 5, n % 5);
        let (mut ntile, mut tie_safe) = (vec![0; n], vec![0; n]);
        let mut worse = 0;
        for (rank, (value, at)) in ranked.iter().enumerate() {
            if rank > 0
                && ranked
                    .get(rank - 1)
                    .is_some_and(|(before, _)| before < value)
            {
                worse = rank;
            }
            // The first n mod 5 tiles hold one more.
            let in_larger = larger * (size + 1);
            let tile = if rank < in_larger {
                rank / (size + 1)
            } else {
                larger + (rank - in_larger) / size.max(1)
            };
            if let (Some(ntile), Some(tie_safe)) = (ntile.get_mut(*at), tie_safe.get_mut(*at)) {
                *ntile = tile + 1;
                *tie_safe = 1 + 5 * worse / n;
            }
        }
        Self { ntile, tie_safe }
    }

    fn ntile(&self, at: usize) -> usize {
        self.ntile.get(at).copied().unwrap_or_default()
    }

    fn tie_safe(&self, at: usize) -> usize {
        self.tie_safe.get(at).copied().unwrap_or_default()
    }
}
