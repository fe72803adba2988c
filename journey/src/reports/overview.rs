//! Everything an overview page shows, in one pass over the customers: each part equal to the report of its name.

use super::Query;
use super::apart::{ApartTotals, apart};
use super::cohorts::{self, Cohort};
use super::facts::Selection;
use super::repeat::{self, Repeat};
use super::visits::{self, Visits};
use super::volumes::{self, Volumes};
use super::weeks::{self, Week};
use crate::dataset::Dataset;

/// Several reports of one selection.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// `volumes`.
    pub volumes: Volumes,
    /// `repeat`.
    pub repeat: Repeat,
    /// `visits`.
    pub visits: Visits,
    /// `cohorts`.
    pub cohorts: Vec<Cohort>,
    /// New against returning by week.
    pub weeks: Vec<Week>,
    /// Money outside gross.
    pub apart: ApartTotals,
}

/// Makes them.
#[must_use]
pub fn overview(dataset: &Dataset, query: &Query) -> Overview {
    let selection = Selection::new(dataset, query);
    let mut repeat = repeat::Tally::new(&selection);
    let mut visits = visits::Tally::default();
    let mut cohorts = cohorts::Tally::new(&selection);
    let mut weeks = weeks::Tally::new(&selection);
    selection.each_customer(|customer| {
        repeat.add(customer);
        visits.add(customer);
        cohorts.add(customer);
        weeks.add(customer);
    });
    let repeat = repeat.report();
    Overview {
        volumes: volumes::report(&selection, repeat.purchasing_customers),
        repeat,
        visits: visits.report(),
        cohorts: cohorts.report(),
        weeks: weeks.report(),
        apart: apart(dataset, query),
    }
}
