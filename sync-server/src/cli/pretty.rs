//! Tables for people where rows and columns of JSON are none: cohorts and paths. At most [`WIDTH`] columns; rounded, so
//! never for a program: that is what JSON and CSV are for. Pure.

use std::collections::BTreeMap;

use journey::model::{Language, Model};
use journey::path::{Path, Stage, State, summary};
use journey::reports::cohorts::Cohort;
use journey::reports::rfm::Rfm;

use super::columns::{WIDTH, aligned, cut, plain};
use crate::out;

/// Months of one block of the cohort table: a year.
const MONTHS: usize = 12;

/// What a cohort table shows, to be read above it.
const COHORTS: &str = "\
Customers by the month of their first visit (cohort), and the share of them with a visit so many
months later.
  size  all of them (month 0)
  +     begins within 90 days of the first day in the data: old customers may look new
  *     the data stop before the end of this month
";

/// Cohorts as shares, a year of months side by side.
pub(super) fn cohorts(cohorts: &[Cohort]) -> String {
    if cohorts.is_empty() {
        return "no customer has a first visit in this selection\n".to_owned();
    }
    let months = cohorts.iter().map(|cohort| cohort.active.len()).max();
    let months = months.unwrap_or_default().max(2);
    let mut text = COHORTS.to_owned();
    for first in (1..months).step_by(MONTHS) {
        let last = (first + MONTHS - 1).min(months - 1);
        text.push_str("\ncohort         size");
        for month in first..=last {
            text.push_str(&format!("{:>6}", format!("+{month}")));
        }
        text.push('\n');
        for cohort in cohorts
            .iter()
            .filter(|cohort| first == 1 || cohort.active.len() > first)
        {
            let mark = if cohort.history_may_start_earlier {
                '+'
            } else {
                ' '
            };
            let mut line = format!("{}{mark} {:>9}", cohort.cohort, cohort.size);
            for month in first..=last {
                line.push_str(&share(cohort, month));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text
}

/// One cell, six wide: ` 38% `, or nothing where the month has not come yet.
fn share(cohort: &Cohort, month: usize) -> String {
    let Some(active) = cohort.active.get(month) else {
        return " ".repeat(6);
    };
    let percent = (200 * active + cohort.size) / (2 * cohort.size).max(1);
    let text = match (percent, active) {
        (0, 1..) => "<1%".to_owned(),
        _ => format!("{percent}%"),
    };
    let is_last = month + 1 == cohort.active.len();
    let mark = if is_last && cohort.last_month_is_partial {
        '*'
    } else {
        ' '
    };
    format!("{text:>5}{mark}")
}

/// What the grid of scores shows, to be read above it.
const SCORES: &str = "
How many customers have each score: R and F down, M across. 5 is best.
";

/// The grid of how many customers have each score, by either way of scoring; nothing where there are none.
pub(super) fn rfm_cells(report: &Rfm) -> String {
    let Rfm {
        ntile_cells: ntile,
        tie_safe_cells: tie_safe,
        ..
    } = report;
    if ntile.is_empty() {
        return String::new();
    }
    let digits = ['1', '2', '3', '4', '5'];
    let mut text = format!("{SCORES}\n     {:<28}  tie_safe\nR F", "ntile");
    for _ in [ntile, tie_safe] {
        for m in digits {
            text.push_str(&format!("{:>6}", format!("M{m}")));
        }
    }
    text.push('\n');
    for (r, f) in digits.iter().flat_map(|r| digits.map(|f| (r, f))) {
        text.push_str(&format!("{r} {f}"));
        for cells in [ntile, tie_safe] {
            for m in digits {
                let count = cells.get(&format!("{r}{f}{m}"));
                let count = count.map_or(".".to_owned(), usize::to_string);
                text.push_str(&format!("{count:>6}"));
            }
        }
        text.push('\n');
    }
    text
}

/// One customer's path: its line, what is known of him, and his stages.
pub(super) fn path(path: &Path, model: &Model) -> String {
    let day = |day: Option<chrono::NaiveDate>| day.map_or("-".to_owned(), |day| day.to_string());
    let mut text = format!(
        "customer {}\nseen at the end of {}, model {}\n",
        cut(&plain(&path.customer), WIDTH - 10),
        path.as_of,
        path.model
    );
    text.push_str(&wrapped(&summary(path, model, Language::En)));
    text.push_str(&format!(
        "visits that count {}, loyal since {}, asleep since {}, won back {}\n\n",
        path.counted_visits,
        day(path.loyal_since),
        day(path.asleep_since),
        path.won_back
    ));
    let header = [
        "phase", "state", "from", "to", "visits", "net", "seen", "pain",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    rows.extend(path.stages.iter().map(|stage| {
        let pain = stage.pain.iter().map(|pain| {
            pain.reason
                .map_or(pain.kind.as_str(), |reason| reason.as_str())
        });
        vec![
            stage.phase.clone(),
            stage.state.map_or("", State::as_str).to_owned(),
            stage.from.to_string(),
            day(stage.to),
            stage.visits.to_string(),
            euros(stage.net_cents),
            counted(stage.evidence.iter().map(|seen| seen.kind.as_str())),
            counted(pain),
        ]
    }));
    text.push_str(&aligned(&rows));
    if !path.anomalies.is_empty() {
        let number = u64::try_from(path.anomalies.len()).unwrap_or(u64::MAX);
        text.push_str(&format!(
            "\n{} be right; --format json names {}\n",
            out::count(number, "thing cannot", "things cannot"),
            if number == 1 { "it" } else { "them" }
        ));
    }
    text
}

/// Many paths, a line each.
pub(super) fn paths(paths: &[Path]) -> String {
    let header = [
        "customer",
        "visits",
        "loyal since",
        "asleep since",
        "won back",
        "phase",
        "state",
        "since",
        "net",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    rows.extend(paths.iter().map(|path| {
        let now: Option<&Stage> = path.in_force();
        let day =
            |day: Option<chrono::NaiveDate>| day.map_or("-".to_owned(), |day| day.to_string());
        let net: i64 = path.stages.iter().map(|stage| stage.net_cents).sum();
        vec![
            path.customer.clone(),
            path.counted_visits.to_string(),
            day(path.loyal_since),
            day(path.asleep_since),
            path.won_back.to_string(),
            now.map_or("-", |stage| &stage.phase).to_owned(),
            now.and_then(|stage| stage.state)
                .map_or("", State::as_str)
                .to_owned(),
            day(now.map(|stage| stage.from)),
            euros(net),
        ]
    }));
    aligned(&rows)
}

/// `sale 3, return`: what was seen, in order of name, with how often.
fn counted<'a>(kinds: impl Iterator<Item = &'a str>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for kind in kinds {
        *counts.entry(kind).or_default() += 1;
    }
    let parts: Vec<String> = counts
        .into_iter()
        .map(|(kind, count)| {
            if count == 1 {
                kind.to_owned()
            } else {
                format!("{kind} {count}")
            }
        })
        .collect();
    parts.join(", ")
}

fn euros(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// A path in one line, broken before arrows where it is too long.
fn wrapped(line: &str) -> String {
    let mut text = String::new();
    let mut width = 0;
    for (at, part) in line.split(" -> ").enumerate() {
        let part = if at == 0 {
            part.to_owned()
        } else {
            format!(" -> {part}")
        };
        let long = part.chars().count();
        if width > 0 && width + long > WIDTH {
            text.push_str("\n ");
            width = 1;
        }
        text.push_str(&part);
        width += long;
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cohort(month: &str, size: usize, active: Vec<usize>, partial: bool) -> Cohort {
        Cohort {
            cohort: month.to_owned(),
            size,
            active,
            last_month_is_partial: partial,
            history_may_start_earlier: month < "2024-04",
        }
    }

    #[test]
    fn cohorts_are_shares_a_year_side_by_side() {
        let text = cohorts(&[
            cohort(
                "2024-01",
                300,
                [vec![300, 90, 1], vec![0; 11], vec![50]].concat(),
                true,
            ),
            cohort("2024-05", 8, vec![8, 3, 8], true),
        ]);
        assert!(
            text.lines().all(|line| line.chars().count() <= WIDTH),
            "{text}"
        );
        let rows: Vec<&str> = text.lines().skip(6).collect();
        assert_eq!(
            rows[1].split_whitespace().take(4).collect::<Vec<_>>(),
            ["2024-01+", "300", "30%", "<1%"]
        );
        assert_eq!(rows[2], "2024-05          8  38%  100%*");
        assert_eq!(
            rows[4].split_whitespace().collect::<Vec<_>>(),
            ["cohort", "size", "+13", "+14"]
        );
        assert_eq!(
            rows[5].split_whitespace().collect::<Vec<_>>(),
            ["2024-01+", "300", "0%", "17%*"]
        );
        assert_eq!(
            rows.len(),
            6,
            "a cohort without such months is not repeated: {text}"
        );
        assert!(cohorts(&[]).contains("no customer"));
    }

    #[test]
    fn a_long_path_breaks_before_an_arrow() {
        let line = ["loyalty 12 visits, EUR 1,234.56"; 6].join(" -> ");
        let text = wrapped(&line);
        assert!(
            text.lines().all(|line| line.chars().count() <= WIDTH),
            "{text}"
        );
        assert_eq!(text.replace("\n  ->", " ->").trim_end(), line);
    }
}
