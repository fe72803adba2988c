//! `cohorts`, `rfm`, weeks and the lists behind figures read plainly.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, TimeDelta};
use journey::record::Kind;
use journey::reports::receipts::Which;
use journey::{Dataset, Query, reports};

use crate::plain::{Plain, cents, receipt_of};

pub(super) fn month(day: NaiveDate) -> (i32, u32) {
    (day.year(), day.month())
}

pub(super) fn next(month: (i32, u32)) -> (i32, u32) {
    if month.1 == 12 {
        (month.0 + 1, 1)
    } else {
        (month.0, month.1 + 1)
    }
}

pub(super) fn first_of(month: (i32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(month.0, month.1, 1).unwrap()
}

pub(super) fn check_cohorts(plain: &Plain<'_>, dataset: &Dataset, query: &Query) {
    let report = reports::cohorts(dataset, query);
    let (visits, history) = (plain.visits(), plain.history_visits());
    let mut expected = Vec::new();
    if let Some(last) = plain.last_sale_day() {
        let start = plain
            .known
            .iter()
            .filter(|r| r.kind == Kind::Sale)
            .map(|r| plain.day(r))
            .min()
            .unwrap();
        let mut cohort = month(start);
        while cohort <= month(last) {
            let members: Vec<&BTreeSet<NaiveDate>> = history
                .iter()
                .filter(|(_, days)| month(*days.first().unwrap()) == cohort)
                .filter_map(|(customer, days)| {
                    visits
                        .get(customer)
                        .filter(|chosen| chosen.contains(days.first().unwrap()))
                })
                .collect();
            if !members.is_empty() {
                let (mut active, mut at) = (Vec::new(), cohort);
                while at <= month(last) {
                    active.push(
                        members
                            .iter()
                            .filter(|days| days.iter().any(|day| month(*day) == at))
                            .count(),
                    );
                    at = next(at);
                }
                expected.push(reports::cohorts::Cohort {
                    cohort: format!("{:04}-{:02}", cohort.0, cohort.1),
                    size: members.len(),
                    active,
                    last_month_is_partial: last.succ_opt().unwrap() != first_of(next(month(last))),
                    history_may_start_earlier: first_of(cohort) <= start + TimeDelta::days(90),
                });
            }
            cohort = next(cohort);
        }
    }
    assert_eq!(report, expected);
    for cohort in &report {
        for (k, active) in cohort.active.iter().enumerate() {
            let behind = reports::customers::Behind::Cohort {
                month: journey::day::month_from_text(&cohort.cohort).unwrap(),
                k: k as i32,
            };
            let page = reports::customers(
                dataset,
                query,
                behind,
                reports::customers::Paging::default(),
            );
            assert_eq!(page.total, *active);
        }
    }
}

/// Customer, recency, receipts, gross.
type Facts<'a> = (&'a str, i64, i64, i64);
type Measure = dyn Fn(&Facts<'_>) -> i64;

pub(super) fn check_rfm(plain: &Plain<'_>, dataset: &Dataset, query: &Query) {
    let report = reports::rfm(dataset, query);
    let visits = plain.visits();
    let Some(last) = plain.last_sale_day() else {
        assert!(report.customers.is_empty() && report.reference_day.is_none());
        return;
    };
    let reference = last.succ_opt().unwrap();
    assert_eq!(report.reference_day, Some(reference));
    let facts: Vec<Facts<'_>> = visits
        .iter()
        .map(|(customer, days)| {
            let own = || {
                plain
                    .sales()
                    .filter(|r| r.customer.as_deref() == Some(*customer))
            };
            let r = (reference - *days.last().unwrap()).num_days();
            (
                *customer,
                r,
                Plain::receipts(own(), receipt_of).len() as i64,
                cents(own()),
            )
        })
        .collect();
    let n = facts.len();
    let ntile = |customer: &str, value: &Measure| {
        let mut ranked: Vec<_> = facts.iter().map(|f| (value(f), f.0)).collect();
        ranked.sort_unstable();
        let at = ranked.iter().position(|(_, c)| *c == customer).unwrap();
        let mut tiles = Vec::new();
        for tile in 1..=5 {
            tiles.extend(std::iter::repeat_n(
                tile,
                n / 5 + usize::from(tile <= n % 5),
            ));
        }
        tiles[at]
    };
    let safe =
        |mine: i64, value: &Measure| 1 + 5 * facts.iter().filter(|f| value(f) < mine).count() / n;
    for ((customer, r, f, m), row) in facts.iter().zip(&report.customers) {
        assert_eq!(
            (row.customer.as_str(), i64::from(row.r), row.f as i64, row.m),
            (*customer, *r, *f, *m)
        );
        let tiles = format!(
            "{}{}{}",
            ntile(customer, &|x| -x.1),
            ntile(customer, &|x| x.2),
            ntile(customer, &|x| x.3)
        );
        assert_eq!(row.ntile, tiles);
        let tie_safe = format!(
            "{}{}{}",
            safe(-r, &|x| -x.1),
            safe(*f, &|x| x.2),
            safe(*m, &|x| x.3)
        );
        assert_eq!(row.tie_safe, tie_safe);
    }
    assert_eq!(report.customers.len(), n);
    assert_eq!(report.ntile_cells.values().sum::<usize>(), n);
    assert_eq!(report.tie_safe_cells.values().sum::<usize>(), n);
}

pub(super) fn check_weeks(plain: &Plain<'_>, dataset: &Dataset, query: &Query) {
    let weeks = reports::weeks(dataset, query);
    let (visits, history) = (plain.visits(), plain.history_visits());
    let monday =
        |day: NaiveDate| day - TimeDelta::days(i64::from(day.weekday().num_days_from_monday()));
    for week in &weeks {
        let here = |days: &BTreeSet<NaiveDate>| days.iter().any(|day| monday(*day) == week.monday);
        let is_new = |customer: &str| monday(*history[customer].first().unwrap()) == week.monday;
        assert_eq!(
            week.new,
            visits
                .iter()
                .filter(|(c, days)| here(days) && is_new(c))
                .count()
        );
        assert_eq!(
            week.returning,
            visits
                .iter()
                .filter(|(c, days)| here(days) && !is_new(c))
                .count()
        );
        for returning in [false, true] {
            let behind = reports::customers::Behind::Week {
                monday: week.monday,
                returning,
            };
            let page = reports::customers(
                dataset,
                query,
                behind,
                reports::customers::Paging::default(),
            );
            assert_eq!(
                page.total,
                if returning { week.returning } else { week.new }
            );
        }
    }
    let sum = |f: fn(&reports::weeks::Week) -> i64| weeks.iter().map(f).sum::<i64>();
    assert_eq!(
        sum(|w| w.gross_anonymous_cents),
        cents(plain.sales().filter(|r| r.customer.is_none()))
    );
    assert_eq!(
        sum(|w| w.gross_new_cents + w.gross_returning_cents),
        cents(plain.sales().filter(|r| r.customer.is_some()))
    );
}

pub(super) fn check_drill_down(plain: &Plain<'_>, dataset: &Dataset, query: &Query) {
    use reports::customers::{Behind, Paging};
    let total = |behind| reports::customers(dataset, query, behind, Paging::default()).total;
    let repeat = reports::repeat(dataset, query);
    assert_eq!(total(Behind::Purchasing), repeat.purchasing_customers);
    assert_eq!(total(Behind::Repeat), repeat.repeat_customers);
    for figure in &repeat.second_visit_within_days {
        assert_eq!(
            total(Behind::SecondVisit {
                days: figure.days,
                returned: false
            }),
            figure.eligible
        );
        assert_eq!(
            total(Behind::SecondVisit {
                days: figure.days,
                returned: true
            }),
            figure.returned
        );
    }
    assert_eq!(
        total(Behind::OnlyReturns),
        reports::returns(dataset, query).customers_with_only_returns
    );
    let page = reports::customers(dataset, query, Behind::Purchasing, Paging::default());
    for row in &page.rows {
        let own = || {
            plain
                .sales()
                .filter(|r| r.customer.as_deref() == Some(&row.customer))
        };
        assert_eq!(row.gross_cents, cents(own()));
        assert_eq!(row.receipts, Plain::receipts(own(), receipt_of).len());
        assert_eq!(row.visits, plain.visits()[row.customer.as_str()].len());
        assert_eq!(
            row.first_visit.as_ref(),
            plain.history_visits()[row.customer.as_str()].first()
        );
        let number = dataset.customer(&row.customer).unwrap();
        assert_eq!(
            reports::customers::customer(dataset, query, number).as_ref(),
            Some(row)
        );
        let receipts = reports::receipts::of_customer(dataset, query, number, 0, 500);
        assert_eq!(
            receipts.rows.iter().map(|r| r.net_cents).sum::<i64>(),
            row.net_cents
        );
    }
    let all = reports::receipts::of_selection(dataset, query, 0, 500);
    let lines = plain.sales().chain(plain.backs());
    assert_eq!(all.total, Plain::receipts(lines, receipt_of).len());
    assert_eq!(
        all.rows.iter().map(|r| r.gross_cents).sum::<i64>(),
        cents(plain.sales())
    );
    let which = Which::Sales;
    let sales = reports::receipts::which_of_selection(dataset, query, which, 0, 500);
    assert_eq!(
        (sales.total, sales.rows.len()),
        (
            Plain::receipts(plain.sales(), receipt_of).len(),
            sales.total
        )
    );
    assert!(sales.rows.iter().all(|row| row.sale_lines > 0));
    assert_eq!(
        reports::receipts::which_export(dataset, query, which, 500),
        sales.rows
    );
}
