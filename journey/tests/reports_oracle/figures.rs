//! `volumes`, `repeat`, `visits` and `returns` read plainly.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use journey::record::Record;
use journey::{Dataset, Query, reports};

use crate::plain::{Plain, cents, frac, identified_receipt, receipt_of};

pub(super) fn check_volumes(plain: &Plain<'_>, dataset: &Dataset, query: &Query) {
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

pub(super) fn check_repeat(plain: &Plain<'_>, dataset: &Dataset, query: &Query) {
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

pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    match n {
        0 => None,
        n if n % 2 == 1 => Some(values[n / 2]),
        n => Some((values[n / 2 - 1] + values[n / 2]) / 2.0),
    }
}

pub(super) fn close(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * b.abs().max(1.0),
        _ => false,
    }
}

pub(super) fn check_visits(plain: &Plain<'_>, dataset: &Dataset, query: &Query) {
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

pub(super) fn check_returns(plain: &Plain<'_>, dataset: &Dataset, query: &Query) {
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
pub(super) fn dataset_sales<'a>(plain: &Plain<'a>) -> BTreeSet<&'a str> {
    plain
        .first
        .iter()
        .filter(|(name, _)| name.starts_with('s'))
        .map(|(name, _)| *name)
        .collect()
}
