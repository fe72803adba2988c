//! Reports by hand: one case for each sentence of the definitions that is easy to get wrong.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::panic,
    reason = "a wrong fixture fails its test"
)]

mod support;

use journey::Query;
use journey::record::{Kind, Reason};
use journey::reports;
use serde_json::{Value, json};
use support::{Story, day};

#[test]
fn nothing_gives_zeros_and_nulls() {
    let empty = Story::new();
    let none = Value::Null;
    assert_eq!(
        empty.json(reports::volumes),
        json!({"events": 0, "sale_lines": 0, "return_lines": 0, "anonymous_sale_lines": 0, "sale_receipts": 0,
               "sale_receipts_identified": 0, "return_receipts": 0, "customers_purchasing": 0, "gross_cents": 0,
               "returns_cents": 0, "net_cents": 0, "gross_identified_cents": 0, "returns_identified_cents": 0,
               "shops": 0, "products_sold": 0, "first_sale_day": none, "last_sale_day": none})
    );
    let windows: Vec<Value> = [30, 60, 90, 180, 365]
        .iter()
        .map(|days| json!({"days": days, "eligible": 0, "returned": 0, "rate": none}))
        .collect();
    assert_eq!(
        empty.json(reports::repeat),
        json!({"purchasing_customers": 0, "repeat_customers": 0, "repeat_rate": none, "repeat_rate_by_receipts": none,
               "repeat_revenue_share": none, "second_visit_within_days": windows})
    );
    assert_eq!(
        empty.json(reports::visits),
        json!({"visits": 0, "median_days_between_visits": none, "mean_days_between_visits": none,
               "per_customer_mean_gap": {"mean": none, "median": none}})
    );
    assert_eq!(empty.json(reports::cohorts), json!([]));
    assert_eq!(
        empty.json(reports::returns),
        json!({"lines": none, "units": none, "value": none, "value_identified": none, "receipts": none,
               "receipts_identified": none, "customers_with_return_of_purchasing": none, "customers_with_only_returns": 0,
               "by_reason": [], "by_article": [], "by_category": [], "by_days_since_purchase": []})
    );
    assert_eq!(
        empty.json(reports::rfm),
        json!({"reference_day": none, "customers": [], "ntile_cells": {}, "tie_safe_cells": {}})
    );
    assert!(reports::weeks(&empty.dataset(), &Query::all()).is_empty());
}

#[test]
fn a_customer_with_only_returns_or_touchpoints_never_purchased() {
    let story = Story::new()
        .bring_back("2026-01-05", "a", "r1", 500)
        .touch("2026-01-06", "b", Kind::Advice)
        .sale("2026-01-07", "", "r2", 1, 900);
    let volumes = reports::volumes(&story.dataset(), &Query::all());
    assert_eq!(
        (
            volumes.events,
            volumes.customers_purchasing,
            volumes.sale_receipts
        ),
        (3, 0, 1)
    );
    assert_eq!(
        (
            volumes.net_cents,
            volumes.returns_identified_cents,
            volumes.gross_identified_cents
        ),
        (400, 500, 0)
    );
    let returns = reports::returns(&story.dataset(), &Query::all());
    assert_eq!(
        (
            returns.customers_with_only_returns,
            returns.customers_with_return_of_purchasing
        ),
        (1, None)
    );
    assert_eq!(
        (returns.value_identified, returns.receipts_identified),
        (None, None),
        "no identified sale to divide by"
    );
    assert_eq!(
        reports::repeat(&story.dataset(), &Query::all()).repeat_revenue_share,
        None
    );
}

#[test]
fn a_visit_is_a_local_day_and_a_receipt_stands_at_its_earliest_line() {
    // Two receipts on one day are one visit; a receipt over midnight is a visit of the first day.
    let story = Story::new()
        .sale("2026-01-05 10:00", "a", "r1", 1, 100)
        .sale("2026-01-05 17:00", "a", "r2", 1, 100)
        .sale("2026-01-07 00:01", "a", "r3", 2, 100)
        .sale("2026-01-06 23:59", "a", "r3", 1, 100);
    let repeat = reports::repeat(&story.dataset(), &Query::all());
    assert_eq!(
        (repeat.repeat_customers, repeat.repeat_rate_by_receipts),
        (1, Some(1.0))
    );
    let visits = reports::visits(&story.dataset(), &Query::all());
    assert_eq!(
        (visits.visits, visits.mean_days_between_visits),
        (2, Some(1.0))
    );
    assert_eq!(
        reports::volumes(&story.dataset(), &Query::all()).last_sale_day,
        Some(day("2026-01-06"))
    );
    let data = story.dataset();
    let days = data.history(data.customer("a").unwrap()).visit_days();
    assert_eq!(days, [day("2026-01-05"), day("2026-01-06")]);
    // The whole receipt is in or out of a selection.
    let on = |text| Query::all().between(Some(day(text)), Some(day(text)));
    assert_eq!(
        reports::volumes(&story.dataset(), &on("2026-01-06")).gross_cents,
        200
    );
    assert_eq!(
        reports::volumes(&story.dataset(), &on("2026-01-07")).events,
        0
    );
}

#[test]
fn the_local_day_is_never_the_utc_day() {
    // Half past midnight in a shop an hour ahead is the day before in UTC.
    let story = Story::new().sale("2026-02-01 00:30", "a", "r1", 1, 100);
    assert_eq!(
        reports::cohorts(&story.dataset(), &Query::all())[0].cohort,
        "2026-02"
    );
}

#[test]
fn gaps_are_pooled_and_an_even_median_is_the_mean_of_the_middle_two() {
    let story = Story::new()
        .sale("2026-01-01", "a", "a1", 1, 100)
        .sale("2026-01-03", "a", "a2", 1, 100)
        .sale("2026-01-10", "a", "a3", 1, 100)
        .sale("2026-01-01", "b", "b1", 1, 100)
        .sale("2026-01-05", "b", "b2", 1, 100)
        .sale("2026-02-14", "b", "b3", 1, 100)
        .sale("2026-01-01", "c", "c1", 1, 100);
    // Gaps 2, 7, 4, 40; means 4,5 and 22.
    assert_eq!(
        story.json(reports::visits),
        json!({"visits": 7, "median_days_between_visits": 5.5, "mean_days_between_visits": 13.25,
               "per_customer_mean_gap": {"mean": 13.25, "median": 13.25}})
    );
}

#[test]
fn who_is_eligible_had_all_the_days_and_only_they_can_have_returned() {
    let story = Story::new()
        .sale("2026-01-01", "a", "a1", 1, 100)
        .sale("2026-01-31", "a", "a2", 1, 300)
        .sale("2026-01-02", "b", "b1", 1, 100)
        .sale("2026-01-31", "b", "b2", 1, 100)
        .sale("2026-01-31", "", "x", 1, 100);
    // Last sale day 31 January: a had exactly 30 days and came on the thirtieth; b had 29 and does not count.
    let repeat = reports::repeat(&story.dataset(), &Query::all());
    let thirty = &repeat.second_visit_within_days[0];
    assert_eq!(
        (thirty.days, thirty.eligible, thirty.returned, thirty.rate),
        (30, 1, 1, Some(1.0))
    );
    assert_eq!(repeat.second_visit_within_days[1].rate, None);
    assert_eq!(repeat.repeat_revenue_share, Some(400.0 / 600.0));
    let one_day_more = story.sale("2026-02-01", "", "y", 1, 100);
    assert_eq!(
        reports::repeat(&one_day_more.dataset(), &Query::all()).second_visit_within_days[0]
            .eligible,
        2
    );
}

#[test]
fn a_selection_keeps_first_visits_of_the_whole_history() {
    let elsewhere = |story: Story| story.last(|record| record.shop = "breda".into());
    let story = elsewhere(Story::new().sale("2026-01-05", "a", "a1", 1, 100))
        .sale("2026-02-05", "a", "a2", 1, 200)
        .sale("2026-02-10", "b", "b1", 1, 400);
    let story =
        elsewhere(story.sale("2026-02-20", "b", "b2", 1, 800)).sale("2026-06-01", "", "x", 1, 1);
    let data = story.dataset();
    let utrecht = Query::all().shop("utrecht");
    let repeat = reports::repeat(&data, &utrecht);
    // Each has one visit in Utrecht, but a's was not his first day.
    assert_eq!(
        (repeat.purchasing_customers, repeat.repeat_customers),
        (2, 0)
    );
    assert_eq!(repeat.repeat_revenue_share, Some(200.0 / 600.0));
    // b began in Utrecht and came again in Breda: a second visit is sought anywhere.
    let thirty = &repeat.second_visit_within_days[0];
    assert_eq!((thirty.eligible, thirty.returned), (1, 1));
    // But not beyond the last day of the query, which also moves the last sale day.
    let to = utrecht.clone().between(None, Some(day("2026-02-19")));
    assert_eq!(
        reports::repeat(&data, &to).second_visit_within_days[0].eligible,
        0
    );
    let cohorts = reports::cohorts(&data, &utrecht);
    let told: Vec<(&str, usize, &[usize])> = cohorts
        .iter()
        .map(|c| (c.cohort.as_str(), c.size, c.active.as_slice()))
        .collect();
    assert_eq!(
        told,
        [("2026-02", 1, &[1, 0, 0, 0, 0][..])],
        "only those who began in the selection"
    );
}

#[test]
fn cohorts_leave_out_empty_months_and_say_what_to_doubt() {
    let story = Story::new()
        .sale("2026-01-15", "a", "a1", 1, 100)
        .sale("2026-03-20", "a", "a2", 1, 100)
        .sale("2026-03-21", "a", "a3", 1, 100)
        .sale("2026-03-02", "b", "b1", 1, 100)
        .sale("2026-05-01", "c", "c1", 1, 100)
        .sale("2026-05-30", "", "x", 1, 100);
    let expected = |early_may: bool, partial: bool| {
        json!([
            {"cohort": "2026-01", "size": 1, "active": [1, 0, 1, 0, 0], "last_month_is_partial": partial, "history_may_start_earlier": true},
            {"cohort": "2026-03", "size": 1, "active": [1, 0, 0], "last_month_is_partial": partial, "history_may_start_earlier": true},
            {"cohort": "2026-05", "size": 1, "active": [1], "last_month_is_partial": partial, "history_may_start_earlier": early_may},
        ])
    };
    assert_eq!(
        story.json(reports::cohorts),
        expected(false, true),
        "106 days after the first"
    );
    let full = story.sale("2026-05-31", "", "y", 1, 100);
    assert_eq!(full.json(reports::cohorts), expected(false, false));
    // The ninetieth day is within ninety: 31 January + 90 = 1 May.
    let edge =
        Story::new()
            .sale("2026-01-31", "", "x", 1, 100)
            .sale("2026-05-02", "c", "c1", 1, 100);
    assert!(reports::cohorts(&edge.dataset(), &Query::all())[0].history_may_start_earlier);
    let beyond =
        Story::new()
            .sale("2026-01-30", "", "x", 1, 100)
            .sale("2026-05-02", "c", "c1", 1, 100);
    assert!(!reports::cohorts(&beyond.dataset(), &Query::all())[0].history_may_start_earlier);
}

#[test]
fn returns_are_ratios_and_groups_of_what_is_known() {
    let story = Story::new()
        .sale("2026-01-05", "a", "r1", 1, 1000)
        .sale("2026-01-05", "a", "r1", 2, 3000)
        .sale("2026-01-06", "", "r2", 1, 1000)
        .last(|record| (record.pieces, record.quantity) = (false, 350))
        .bring_back_of(
            "2026-01-15 00:10",
            "a",
            "r3",
            1000,
            ("r1", 1),
            Reason::Defect,
        )
        .last(|record| record.category = Some("kleding > shirts".into()))
        .bring_back("2026-01-16", "b", "r4", 500);
    assert_eq!(
        story.json(reports::returns),
        json!({"lines": 2.0 / 3.0, "units": 1.0, "value": 0.3, "value_identified": 0.375, "receipts": 1.0, "receipts_identified": 2.0,
               "customers_with_return_of_purchasing": 1.0, "customers_with_only_returns": 1,
               "by_reason": [{"key": "defect", "lines": 1, "value_cents": 1000}],
               "by_article": [{"key": "p1000", "lines": 1, "value_cents": 1000}, {"key": "p500", "lines": 1, "value_cents": 500}],
               "by_category": [{"key": "kleding > shirts", "lines": 1, "value_cents": 1000}],
               "by_days_since_purchase": [{"key": "10", "lines": 1, "value_cents": 1000}]})
    );
    // Weighed lines count in units only where they were imported.
    let imported = Story {
        records: story
            .records
            .into_iter()
            .map(|mut r| {
                r.imported = true;
                r
            })
            .collect(),
    };
    assert_eq!(
        reports::returns(&imported.dataset(), &Query::all()).units,
        Some(2.0 / 2.35)
    );
}

/// What a return names must have been sold: the paper of another return is no purchase.
#[test]
fn days_since_purchase_run_from_a_sale() {
    let story = Story::new()
        .bring_back("2026-01-05", "a", "r1", 500)
        .bring_back_of("2026-01-15", "a", "r2", 500, ("r1", 1), Reason::Ruil)
        .bring_back_of("2026-01-16", "a", "r3", 500, ("nowhere", 1), Reason::Ruil);
    let returns = reports::returns(&story.dataset(), &Query::all());
    assert_eq!(returns.by_days_since_purchase, []);
    assert_eq!(returns.by_reason[0].lines, 2);
}

#[test]
fn unknown_kinds_are_counted_and_take_no_part_in_sales() {
    let story = Story::new()
        .sale("2026-01-05", "a", "r1", 1, 1000)
        .touch("2026-01-01", "a", Kind::Other("adjustment".into()))
        .last(|record| (record.receipt, record.amount_cents) = (Some("r9".into()), -700));
    let volumes = reports::volumes(&story.dataset(), &Query::all());
    assert_eq!(
        (
            volumes.events,
            volumes.sale_lines,
            volumes.gross_cents,
            volumes.returns_cents
        ),
        (2, 1, 1000, 0)
    );
    assert_eq!(volumes.first_sale_day, Some(day("2026-01-05")));
}

#[test]
fn a_coupon_on_a_receipt_counts_with_it_and_never_moves_it() {
    let story = Story::new()
        .touch("2026-01-04 23:59", "a", Kind::CouponRedeemed)
        .last(|record| record.receipt = Some("r1".into()))
        .sale("2026-01-05 00:01", "a", "r1", 1, 1000)
        .touch("2026-01-04", "a", Kind::Advice);
    let on = |text| {
        reports::volumes(
            &story.dataset(),
            &Query::all().between(Some(day(text)), Some(day(text))),
        )
    };
    assert_eq!((on("2026-01-05").events, on("2026-01-04").events), (2, 1));
}

#[test]
fn every_report_can_leave_imported_rows_out() {
    let story = Story::new()
        .sale("2020-01-05", "a", "old", 1, 100)
        .last(|record| record.imported = true)
        .sale("2026-01-05", "a", "new", 1, 100);
    let live = Query::all().without_imported();
    let data = story.dataset();
    assert_eq!(reports::repeat(&data, &Query::all()).repeat_customers, 1);
    assert_eq!(reports::repeat(&data, &live).repeat_customers, 0);
    assert_eq!(
        reports::cohorts(&data, &live)[0].cohort,
        "2026-01",
        "left out of the history too"
    );
    assert_eq!(
        reports::last_sale_day(&data, &live.between(None, Some(day("2025-01-01")))),
        None
    );
}
