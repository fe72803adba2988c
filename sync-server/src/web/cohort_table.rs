//! Cohorts: customers by the month of their first visit, and which part of them came in later months; as a heat map
//! and as the table of the same figures, each of which opens its customers.

use journey::reports::cohorts::Cohort;

use super::chart::{self, Chart};
use super::customers;
use super::filter::Asked;
use super::strings::Language;
use super::table::{Cell, Column, Entry, Table};

/// Months of a cohort shown on a page; files hold all.
const MONTHS_ON_PAGE: usize = 13;
/// Cohorts shown on a page, the latest ones.
const COHORTS_ON_PAGE: usize = 24;

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn rate(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The latest cohorts, with at most so many months.
fn latest(cohorts: &[Cohort]) -> &[Cohort] {
    cohorts
        .get(cohorts.len().saturating_sub(COHORTS_ON_PAGE)..)
        .unwrap_or_default()
}

/// The heat map, and how to read its colours. Month 0 is everyone: it says nothing, would drown the rest, and is left out.
pub(crate) fn chart(language: Language, cohorts: &[Cohort]) -> Option<(Chart, String)> {
    let words = language.strings();
    let cohorts: Vec<&Cohort> = latest(cohorts)
        .iter()
        .filter(|cohort| cohort.active.len() > 1)
        .collect();
    let width = width(cohorts.iter().copied());
    let columns: Vec<String> = (1..width).map(|k| format!("+{k}")).collect();
    let mut rows = Vec::with_capacity(cohorts.len());
    let mut rates = Vec::with_capacity(cohorts.len());
    let mut texts = Vec::with_capacity(cohorts.len());
    for cohort in &cohorts {
        let month = language.month(&cohort.cohort);
        let active = |k: usize| cohort.active.get(k).copied();
        let share = |k: usize| active(k).and_then(|active| rate(active, cohort.size));
        rates.push((1..width).map(share).collect());
        texts.push(
            (1..width)
                .map(|k| {
                    words
                        .cohort_hover
                        .replacen("{}", &month, 1)
                        .replacen("{}", &language.month_count(k), 1)
                        .replacen("{}", &language.count(active(k).unwrap_or_default()), 1)
                        .replacen("{}", &language.count(cohort.size), 1)
                        .replacen("{}", &Cell::Rate(share(k)).text(language), 1)
                })
                .collect(),
        );
        rows.push(format!("{month} · {}", language.count(cohort.size)));
    }
    if rows.is_empty() {
        return None;
    }
    let most = language.rate(chart::darkest(&rates));
    let chart = Chart {
        id: "cohorten",
        label: words.cohorts_chart.to_owned(),
        plot: chart::heat(language, &columns, &rows, rates, texts),
    };
    Some((chart, words.cohorts_scale.replace("{}", &most)))
}

/// Months of the longest cohort, as far as a page shows them.
fn width<'a>(cohorts: impl Iterator<Item = &'a Cohort>) -> usize {
    let longest = cohorts.map(|cohort| cohort.active.len()).max();
    longest.unwrap_or(0).min(MONTHS_ON_PAGE)
}

/// The table: rates on the page, counts in files.
pub(crate) fn table(language: Language, cohorts: &[Cohort], asked: &Asked) -> Table {
    let words = language.strings();
    let cohorts = latest(cohorts);
    let width = width(cohorts.iter());
    let mut columns = vec![
        Column::new("cohort", words.cohort),
        Column::new("size", words.new_customers),
    ];
    columns.extend((1..width).map(|k| Column::new(format!("active_{k}"), format!("+{k}"))));
    let rows = cohorts.iter().rev().map(|cohort| {
        let behind = |k: usize| {
            let which = format!("cohort:{}:{k}", cohort.cohort);
            asked.link(customers::PATH, &[("achter", &which)])
        };
        let mut row = vec![
            Entry::text(language.month(&cohort.cohort)),
            Entry::link(Cell::Count(cohort.size), || behind(0)),
        ];
        row.extend((1..width).map(|k| match cohort.active.get(k) {
            None => Cell::Empty.into(),
            Some(active) => {
                let rate = rate(*active, cohort.size);
                Entry {
                    heat: rate.map(heat),
                    href: (*active > 0).then(|| behind(k)),
                    ..Cell::Rate(rate).into()
                }
            }
        }));
        row
    });
    Table {
        caption: words.cohorts.to_owned(),
        columns,
        rows: rows.collect(),
    }
}

/// 0 to 10, by tenths up to half of the cohort and more.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 10 after the clamp"
)]
fn heat(rate: f64) -> u8 {
    (rate * 20.0).round().clamp(0.0, 10.0) as u8
}

/// All cohorts with counts, for a file.
pub(crate) fn file(language: Language, cohorts: &[Cohort]) -> Table {
    let words = language.strings();
    let width = cohorts
        .iter()
        .map(|cohort| cohort.active.len())
        .max()
        .unwrap_or(0);
    let mut columns = vec![
        Column::new("cohort", words.cohort),
        Column::new("size", words.new_customers),
        Column::new("last_month_is_partial", words.partial),
        Column::new("history_may_start_earlier", words.starts_earlier),
    ];
    columns.extend((0..width).map(|k| Column::new(format!("active_{k}"), format!("+{k}"))));
    let rows = cohorts.iter().map(|cohort| {
        let mut row = vec![
            Entry::text(cohort.cohort.clone()),
            Cell::Count(cohort.size).into(),
            Cell::Flag(cohort.last_month_is_partial).into(),
            Cell::Flag(cohort.history_may_start_earlier).into(),
        ];
        row.extend((0..width).map(|k| {
            cohort
                .active
                .get(k)
                .map_or(Cell::Empty, |active| Cell::Count(*active))
                .into()
        }));
        row
    });
    Table {
        caption: words.cohorts.to_owned(),
        columns,
        rows: rows.collect(),
    }
}

/// What must be known to read the table, in words.
pub(crate) fn notes(language: Language, cohorts: &[Cohort]) -> Vec<String> {
    let words = language.strings();
    let mut notes = Vec::new();
    if cohorts
        .last()
        .is_some_and(|cohort| cohort.last_month_is_partial)
    {
        notes.push(words.note_partial.to_owned());
    }
    let old: Vec<String> = cohorts
        .iter()
        .filter(|cohort| cohort.history_may_start_earlier)
        .map(|cohort| language.month(&cohort.cohort))
        .collect();
    if let (Some(first), Some(last)) = (old.first(), old.last()) {
        let which = if first == last {
            first.clone()
        } else {
            format!("{first} – {last}")
        };
        notes.push(words.note_earlier.replace("{}", &which));
    }
    notes
}
