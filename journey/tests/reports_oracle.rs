//! Every report against a plain reading of its definition, on random small histories and random selections.
//! The reading is slow and obvious: lists, filters and sets, one definition at a time.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, TimeDelta};
use journey::record::{Apart, Kind, Reason, Record, ReturnsLine};
use journey::reports::{self, Imported};
use journey::{Dataset, Query};
use proptest::prelude::*;
use support::{at_ms, day};

/// The selection of a history, as the ground rules say it.
struct Plain<'a> {
    /// Everything known.
    known: Vec<&'a Record>,
    /// What is selected.
    chosen: Vec<&'a Record>,
    /// Earliest line of each receipt.
    first: BTreeMap<&'a str, &'a Record>,
    to: Option<NaiveDate>,
}

impl<'a> Plain<'a> {
    fn new(records: &'a [Record], query: &Query) -> Self {
        let known: Vec<&Record> = records
            .iter()
            .filter(|r| query.imported == Imported::Include || !r.imported)
            .collect();
        let mut first: BTreeMap<&str, &Record> = BTreeMap::new();
        // A receipt's time is a fact of the receipt, whatever is asked about.
        for record in records
            .iter()
            .filter(|r| matches!(r.kind, Kind::Sale | Kind::Return))
        {
            let slot = first
                .entry(record.receipt.as_deref().unwrap())
                .or_insert(record);
            if (record.at_ms, &record.event_id) < (slot.at_ms, &slot.event_id) {
                *slot = record;
            }
        }
        let mut plain = Self {
            known,
            chosen: Vec::new(),
            first,
            to: query.to,
        };
        plain.chosen = plain
            .known
            .iter()
            .copied()
            .filter(|r| {
                let decides = plain.decides(r);
                let day = decides.local_day();
                query.from.is_none_or(|from| day >= from)
                    && query.to.is_none_or(|to| day <= to)
                    && query
                        .shops
                        .as_ref()
                        .is_none_or(|shops| shops.contains(&decides.shop))
            })
            .collect();
        plain
    }

    fn decides(&self, record: &'a Record) -> &'a Record {
        record
            .receipt
            .as_deref()
            .and_then(|receipt| self.first.get(receipt))
            .copied()
            .unwrap_or(record)
    }

    fn day(&self, record: &'a Record) -> NaiveDate {
        self.decides(record).local_day()
    }

    fn sales(&self) -> impl Iterator<Item = &'a Record> + '_ {
        self.chosen.iter().copied().filter(|r| r.kind == Kind::Sale)
    }

    fn backs(&self) -> impl Iterator<Item = &'a Record> + '_ {
        self.chosen
            .iter()
            .copied()
            .filter(|r| r.kind == Kind::Return)
    }

    fn visits_among(&self, records: &[&'a Record]) -> BTreeMap<&'a str, BTreeSet<NaiveDate>> {
        let mut visits: BTreeMap<&str, BTreeSet<NaiveDate>> = BTreeMap::new();
        for sale in records.iter().filter(|r| r.kind == Kind::Sale) {
            if let Some(customer) = sale.customer.as_deref() {
                visits.entry(customer).or_default().insert(self.day(sale));
            }
        }
        visits
    }

    fn visits(&self) -> BTreeMap<&'a str, BTreeSet<NaiveDate>> {
        self.visits_among(&self.chosen)
    }

    fn history_visits(&self) -> BTreeMap<&'a str, BTreeSet<NaiveDate>> {
        self.visits_among(&self.known)
    }

    fn last_sale_day(&self) -> Option<NaiveDate> {
        self.sales().map(|r| self.day(r)).max()
    }

    fn receipts<T: Ord>(
        records: impl Iterator<Item = &'a Record>,
        key: impl Fn(&'a Record) -> Option<T>,
    ) -> BTreeSet<T> {
        records.filter_map(key).collect()
    }
}

fn cents<'a>(records: impl Iterator<Item = &'a Record>) -> i64 {
    records
        .filter(|r| r.apart.is_none())
        .map(|r| r.amount_cents)
        .sum()
}

fn frac(part: i64, whole: i64) -> Option<f64> {
    if whole == 0 {
        None
    } else {
        Some(part as f64 / whole as f64)
    }
}

fn receipt_of(record: &Record) -> Option<&str> {
    record.receipt.as_deref()
}

fn identified_receipt(record: &Record) -> Option<&str> {
    record.customer.as_ref().and(record.receipt.as_deref())
}

fn check_volumes(plain: &Plain<'_>, dataset: &Dataset, query: &Query) {
    let v = reports::volumes(dataset, query);
    assert_eq!(v.events, plain.chosen.len());
    assert_eq!(v.sale_lines, plain.sales().count());
    assert_eq!(v.return_lines, plain.backs().count());
    assert_eq!(
        v.anonymous_sale_lines,
        plain.sales().filter(|r| r.customer.is_none()).count()
    );
    assert_eq!(
        v.sale_receipts,
        Plain::receipts(plain.sales(), receipt_of).len()
    );
    assert_eq!(
        v.sale_receipts_identified,
        Plain::receipts(plain.sales(), identified_receipt).len()
    );
    assert_eq!(
        v.return_receipts,
        Plain::receipts(plain.backs(), receipt_of).len()
    );
    assert_eq!(v.customers_purchasing, plain.visits().len());
    assert_eq!(v.gross_cents, cents(plain.sales()));
    assert_eq!(v.returns_cents, -cents(plain.backs()));
    assert_eq!(v.net_cents, cents(plain.sales()) + cents(plain.backs()));
    assert_eq!(
        v.gross_identified_cents,
        cents(plain.sales().filter(|r| r.customer.is_some()))
    );
    assert_eq!(
        v.returns_identified_cents,
        -cents(plain.backs().filter(|r| r.customer.is_some()))
    );
    assert_eq!(
        v.shops,
        plain
            .chosen
            .iter()
            .map(|r| &r.shop)
            .collect::<BTreeSet<_>>()
            .len()
    );
    let products: BTreeSet<_> = plain
        .sales()
        .filter(|r| r.apart.is_none())
        .filter_map(|r| r.product.as_ref())
        .collect();
    assert_eq!(v.products_sold, products.len());
    assert_eq!(v.first_sale_day, plain.sales().map(|r| plain.day(r)).min());
    assert_eq!(v.last_sale_day, plain.last_sale_day());
}

fn check_repeat(plain: &Plain<'_>, dataset: &Dataset, query: &Query) {
    let repeat = reports::repeat(dataset, query);
    let (visits, history) = (plain.visits(), plain.history_visits());
    let purchasing = visits.len() as i64;
    let returning = visits.values().filter(|days| days.len() >= 2).count();
    assert_eq!(repeat.purchasing_customers, visits.len());
    assert_eq!(repeat.repeat_customers, returning);
    assert_eq!(repeat.repeat_rate, frac(returning as i64, purchasing));
    let by_receipts = visits
        .keys()
        .filter(|customer| {
            let own = plain
                .sales()
                .filter(|r| r.customer.as_deref() == Some(**customer));
            Plain::receipts(own, receipt_of).len() >= 2
        })
        .count();
    assert_eq!(
        repeat.repeat_rate_by_receipts,
        frac(by_receipts as i64, purchasing)
    );
    let first = |customer: &str| history[customer].first().copied().unwrap();
    let later = plain.sales().filter(|r| {
        r.customer
            .as_deref()
            .is_some_and(|c| plain.day(r) > first(c))
    });
    let identified = plain.sales().filter(|r| r.customer.is_some());
    assert_eq!(
        repeat.repeat_revenue_share,
        frac(cents(later), cents(identified))
    );
    for figure in &repeat.second_visit_within_days {
        let n = TimeDelta::days(i64::from(figure.days));
        let (mut eligible, mut returned) = (0, 0);
        for (customer, days) in &history {
            let first = first(customer);
            let selected = visits
                .get(customer)
                .is_some_and(|chosen| chosen.contains(&first));
            if selected && plain.last_sale_day().is_some_and(|last| first + n <= last) {
                eligible += 1;
                let second = days
                    .iter()
                    .nth(1)
                    .filter(|day| plain.to.is_none_or(|to| **day <= to));
                returned += usize::from(second.is_some_and(|second| *second - first <= n));
            }
        }
        assert_eq!(
            (figure.eligible, figure.returned),
            (eligible, returned),
            "{} days",
            figure.days
        );
        assert_eq!(figure.rate, frac(returned as i64, eligible as i64));
    }
    assert_eq!(
        repeat
            .second_visit_within_days
            .iter()
            .map(|f| f.days)
            .collect::<Vec<_>>(),
        [30, 60, 90, 180, 365]
    );
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    match n {
        0 => None,
        n if n % 2 == 1 => Some(values[n / 2]),
        n => Some((values[n / 2 - 1] + values[n / 2]) / 2.0),
    }
}

fn close(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * b.abs().max(1.0),
        _ => false,
    }
}

fn check_visits(plain: &Plain<'_>, dataset: &Dataset, query: &Query) {
    let report = reports::visits(dataset, query);
    let visits = plain.visits();
    assert_eq!(
        report.visits,
        visits.values().map(BTreeSet::len).sum::<usize>()
    );
    let (mut gaps, mut means): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    for days in visits.values() {
        let days: Vec<NaiveDate> = days.iter().copied().collect();
        let own: Vec<f64> = days
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).num_days() as f64)
            .collect();
        if !own.is_empty() {
            means.push(own.iter().sum::<f64>() / own.len() as f64);
        }
        gaps.extend(own);
    }
    let mean = |values: &[f64]| {
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    assert!(close(report.mean_days_between_visits, mean(&gaps)));
    assert!(close(report.median_days_between_visits, median(&mut gaps)));
    assert!(close(report.per_customer_mean_gap.mean, mean(&means)));
    assert!(close(
        report.per_customer_mean_gap.median,
        median(&mut means)
    ));
}

fn month(day: NaiveDate) -> (i32, u32) {
    (day.year(), day.month())
}

fn next(month: (i32, u32)) -> (i32, u32) {
    if month.1 == 12 {
        (month.0 + 1, 1)
    } else {
        (month.0, month.1 + 1)
    }
}

fn first_of(month: (i32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(month.0, month.1, 1).unwrap()
}

fn check_cohorts(plain: &Plain<'_>, dataset: &Dataset, query: &Query) {
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

fn check_returns(plain: &Plain<'_>, dataset: &Dataset, query: &Query) {
    let report = reports::returns(dataset, query);
    let of = |part: usize, whole: usize| frac(part as i64, whole as i64);
    assert_eq!(
        report.lines,
        of(plain.backs().count(), plain.sales().count())
    );
    let unit = |r: &&Record| r.apart.is_none() && (r.imported || r.pieces);
    let units = |n: i64, r: &Record| n + r.quantity;
    assert_eq!(
        report.units,
        frac(
            -plain.backs().filter(unit).fold(0, units),
            plain.sales().filter(unit).fold(0, units)
        )
    );
    assert_eq!(
        report.value,
        frac(-cents(plain.backs()), cents(plain.sales()))
    );
    let known = |r: &&Record| r.customer.is_some();
    assert_eq!(
        report.value_identified,
        frac(
            -cents(plain.backs().filter(known)),
            cents(plain.sales().filter(known))
        )
    );
    assert_eq!(
        report.receipts,
        of(
            Plain::receipts(plain.backs(), receipt_of).len(),
            Plain::receipts(plain.sales(), receipt_of).len()
        )
    );
    assert_eq!(
        report.receipts_identified,
        of(
            Plain::receipts(plain.backs(), identified_receipt).len(),
            Plain::receipts(plain.sales(), identified_receipt).len()
        )
    );
    let customer = |r: &'_ Record| r.customer.clone();
    let bought = plain.sales().filter_map(customer).collect::<BTreeSet<_>>();
    let back = plain.backs().filter_map(customer).collect::<BTreeSet<_>>();
    assert_eq!(
        report.customers_with_return_of_purchasing,
        of(back.intersection(&bought).count(), bought.len())
    );
    assert_eq!(
        report.customers_with_only_returns,
        back.difference(&bought).count()
    );
    let group = |key: &dyn Fn(&Record) -> Option<String>| {
        let mut groups: BTreeMap<String, (usize, i64)> = BTreeMap::new();
        for r in plain.backs() {
            if let Some(key) = key(r) {
                let slot = groups.entry(key).or_default();
                slot.0 += 1;
                slot.1 -= if r.apart.is_none() { r.amount_cents } else { 0 };
            }
        }
        groups
    };
    let found = |groups: &[reports::returns::Group]| -> BTreeMap<String, (usize, i64)> {
        groups
            .iter()
            .map(|g| (g.key.clone(), (g.lines, g.value_cents)))
            .collect()
    };
    assert_eq!(
        found(&report.by_reason),
        group(&|r| r.reason.map(|reason| reason.as_str().to_owned()))
    );
    assert_eq!(found(&report.by_article), group(&|r| r.product.clone()));
    assert_eq!(found(&report.by_category), group(&|r| r.category.clone()));
    let sold: BTreeSet<&str> = dataset_sales(plain);
    let days = group(&|r| {
        let named = r
            .returns_line
            .as_ref()
            .filter(|named| sold.contains(named.receipt.as_str()))?;
        let back = r
            .receipt
            .as_deref()
            .map(|receipt| plain.first[receipt])
            .unwrap();
        Some(
            (back.local_day() - plain.first[named.receipt.as_str()].local_day())
                .num_days()
                .to_string(),
        )
    });
    assert_eq!(found(&report.by_days_since_purchase), days);
    for list in [&report.by_reason, &report.by_article, &report.by_category] {
        assert!(list.is_sorted_by_key(|g| (std::cmp::Reverse(g.value_cents), g.key.clone())));
    }
}

/// Receipts with a sale line, imported or not: that a sale is left out of the figures does not unmake it.
fn dataset_sales<'a>(plain: &Plain<'a>) -> BTreeSet<&'a str> {
    plain
        .first
        .iter()
        .filter(|(name, _)| name.starts_with('s'))
        .map(|(name, _)| *name)
        .collect()
}

fn check_rfm(plain: &Plain<'_>, dataset: &Dataset, query: &Query) {
    let report = reports::rfm(dataset, query);
    let visits = plain.visits();
    let Some(last) = plain.last_sale_day() else {
        assert!(report.customers.is_empty() && report.reference_day.is_none());
        return;
    };
    let reference = last.succ_opt().unwrap();
    assert_eq!(report.reference_day, Some(reference));
    let facts: Vec<(&str, i64, i64, i64)> = visits
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
    let ntile = |customer: &str, value: &dyn Fn(&(&str, i64, i64, i64)) -> i64| {
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
    let safe = |mine: i64, value: &dyn Fn(&(&str, i64, i64, i64)) -> i64| {
        1 + 5 * facts.iter().filter(|f| value(f) < mine).count() / n
    };
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

fn check_weeks(plain: &Plain<'_>, dataset: &Dataset, query: &Query) {
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

fn check_drill_down(plain: &Plain<'_>, dataset: &Dataset, query: &Query) {
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
}

fn record(id: usize) -> impl Strategy<Value = Record> {
    let kind = prop_oneof![6 => Just(Kind::Sale), 2 => Just(Kind::Return), 1 => Just(Kind::Advice), 1 => Just(Kind::Other("adjustment".into()))];
    let facts = (
        0..4_usize,
        0..3_usize,
        0..10_usize,
        -500..5000_i64,
        0..4_usize,
        0..5_usize,
    );
    (
        kind,
        0..500_i64,
        0..24 * 60_i64,
        facts,
        any::<(bool, bool)>(),
        0..8_usize,
        0..12_usize,
    )
        .prop_map(
            move |(
                kind,
                days,
                minutes,
                (customer, shop, receipt, cents, product, reason),
                (imported, pieces),
                apart,
                named,
            )| {
                // Few instants, so that ties are common; the id decides those.
                let at = at_ms("2025-01-01 00:00") + (days * 1440 + minutes / 240 * 240) * 60_000;
                let mut record = Record::new(
                    format!("{:03}", (id * 37) % 101),
                    at,
                    60,
                    ["a", "b", "c"][shop],
                    kind.clone(),
                );
                record.customer = (customer > 0).then(|| format!("k{customer}"));
                record.imported = imported;
                record.product = (product > 0).then(|| format!("p{product}"));
                record.category = (product > 1).then(|| "kleding".to_owned());
                let sign = match kind {
                    Kind::Sale => 1,
                    Kind::Return => -1,
                    _ => return record,
                };
                record.receipt = Some(format!("{}{receipt}", if sign == 1 { 's' } else { 'r' }));
                record.quantity = sign * 1000;
                record.amount_cents = sign * cents;
                record.pieces = pieces;
                record.apart = [Some(Apart::Deposit), Some(Apart::GiftCard)]
                    .get(apart)
                    .copied()
                    .flatten();
                if sign == -1 {
                    record.reason = Reason::ALL.get(reason).copied();
                    record.returns_line = (named < 8).then(|| ReturnsLine {
                        receipt: format!("s{named}"),
                        line: 1,
                    });
                }
                record
            },
        )
}

fn history() -> impl Strategy<Value = Vec<Record>> {
    (0..40_usize).prop_flat_map(|n| (0..n).map(record).collect::<Vec<_>>())
}

fn query() -> impl Strategy<Value = Query> {
    let date = || {
        proptest::option::of((0..520_u64).prop_map(|n| day("2024-12-20") + chrono::Days::new(n)))
    };
    (date(), date(), 0..4_usize, 0..3_usize).prop_map(|(from, to, shops, imported)| {
        let query = Query::all().between(from, to);
        let query = match shops {
            0 => query.shop("a"),
            1 => Query {
                shops: Some(vec!["b".into(), "c".into(), "nowhere".into()]),
                ..query
            },
            _ => query,
        };
        if imported == 0 {
            query.without_imported()
        } else {
            query
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reports_say_what_their_definitions_say(records in history(), query in query()) {
        let dataset = Dataset::of(&records).unwrap();
        let plain = Plain::new(&records, &query);
        check_volumes(&plain, &dataset, &query);
        check_repeat(&plain, &dataset, &query);
        check_visits(&plain, &dataset, &query);
        check_cohorts(&plain, &dataset, &query);
        check_returns(&plain, &dataset, &query);
        check_rfm(&plain, &dataset, &query);
        check_weeks(&plain, &dataset, &query);
        check_drill_down(&plain, &dataset, &query);
    }

    #[test]
    fn the_order_of_arrival_changes_nothing(records in history(), query in query(), seed in any::<u64>()) {
        let mut shuffled = records.clone();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        let (a, b) = (Dataset::of(&records).unwrap(), Dataset::of(&shuffled).unwrap());
        prop_assert_eq!(reports::volumes(&a, &query), reports::volumes(&b, &query));
        prop_assert_eq!(reports::repeat(&a, &query), reports::repeat(&b, &query));
        prop_assert_eq!(reports::visits(&a, &query), reports::visits(&b, &query));
        prop_assert_eq!(reports::cohorts(&a, &query), reports::cohorts(&b, &query));
        prop_assert_eq!(reports::returns(&a, &query), reports::returns(&b, &query));
        prop_assert_eq!(reports::rfm(&a, &query), reports::rfm(&b, &query));
        prop_assert_eq!(reports::weeks(&a, &query), reports::weeks(&b, &query));
    }
}
