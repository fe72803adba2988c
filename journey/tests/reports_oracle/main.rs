//! Every report against a plain reading of its definition, on random small histories and random selections.
//! The reading is slow and obvious: lists, filters and sets, one definition at a time.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::panic,
    reason = "a wrong fixture fails its test"
)]

mod customers;
mod figures;
mod plain;
#[path = "../support/mod.rs"]
mod support;

use customers::{check_cohorts, check_drill_down, check_rfm, check_weeks};
use figures::{check_repeat, check_returns, check_visits, check_volumes};
use journey::record::{Apart, Kind, Reason, Record, ReturnsLine};
use journey::reports::customers::{Behind, Paging};
use journey::{Dataset, Query, Rows, reports};
use plain::Plain;
use proptest::prelude::*;
use support::{at_ms, day};

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
        prop_assert_eq!(everything(&a, &query), everything(&b, &query));
    }

    /// Merging and forgetting, before or after the records came, is as if they had been written so.
    #[test]
    fn merged_and_forgotten_customers_are_as_if_written_so(records in history(), query in query(), at in 0..40_usize) {
        let at = at.min(records.len());
        let mut dataset = Dataset::of(&records[..at]).unwrap();
        dataset.merge("k1", "k2").unwrap();
        dataset.forget("k3").unwrap();
        for record in &records[at..] {
            dataset.append(record).unwrap();
        }
        let written: Vec<Record> = records
            .into_iter()
            .map(|record| Record {
                customer: match record.customer.as_deref() {
                    Some("k1") => Some("k2".to_owned()),
                    Some("k3") => None,
                    _ => record.customer,
                },
                ..record
            })
            .collect();
        let plain = Plain::new(&written, &query);
        check_volumes(&plain, &dataset, &query);
        check_repeat(&plain, &dataset, &query);
        check_cohorts(&plain, &dataset, &query);
        check_returns(&plain, &dataset, &query);
        check_rfm(&plain, &dataset, &query);
        check_weeks(&plain, &dataset, &query);
        check_drill_down(&plain, &dataset, &query);
    }

    /// Reports asked in between change nothing: whatever comes later is counted as if it had always been there.
    #[test]
    fn what_comes_later_is_counted_as_if_it_had_been_there(
        records in history(),
        rounded in proptest::collection::vec((0..40_usize, 1..3_i64), 0..6),
        query in query(),
        asked in proptest::collection::vec(0..50_usize, 0..6),
        merge_at in 0..60_usize,
        together in 1..9_usize,
    ) {
        let mut records = records;
        for (n, (at, cents)) in rounded.into_iter().enumerate() {
            // The rounding of a payment: money on somebody's receipt, before or after its lines.
            if let Some(of) = records.get(at).filter(|record| record.receipt.is_some()).cloned() {
                records.insert(at, Record {
                    event_id: format!("round{n}"),
                    apart: Some(Apart::Rounding),
                    amount_cents: cents,
                    ..of
                });
            }
        }
        let lived = |asked: &[usize], together: usize| {
            let mut dataset = Dataset::new();
            let mut rows = Rows::new();
            for (at, record) in records.iter().enumerate() {
                if rows.len() >= together || asked.contains(&at) || at == merge_at {
                    dataset.append_rows(&std::mem::take(&mut rows)).unwrap();
                }
                if asked.contains(&at) {
                    dataset.warm();
                }
                if at == merge_at {
                    dataset.merge("k1", "k2").unwrap();
                }
                rows.push(record).unwrap();
            }
            dataset.append_rows(&rows).unwrap();
            dataset
        };
        let (grown, fresh) = (lived(&asked, together), lived(&[], 1));
        prop_assert_eq!(everything(&grown, &query), everything(&fresh, &query));
        prop_assert_eq!(everything(&grown, &Query::all()), everything(&fresh, &Query::all()));
    }

    /// One pass says what the reports say one by one.
    #[test]
    fn an_overview_is_the_reports_of_its_names(records in history(), query in query()) {
        let dataset = Dataset::of(&records).unwrap();
        let overview = reports::overview(&dataset, &query);
        prop_assert_eq!(overview.volumes, reports::volumes(&dataset, &query));
        prop_assert_eq!(overview.repeat, reports::repeat(&dataset, &query));
        prop_assert_eq!(overview.visits, reports::visits(&dataset, &query));
        prop_assert_eq!(overview.cohorts, reports::cohorts(&dataset, &query));
        prop_assert_eq!(overview.weeks, reports::weeks(&dataset, &query));
        prop_assert_eq!(overview.apart, reports::apart(&dataset, &query));
    }
}

/// Every report of a selection, every list behind it and its receipts, as a text.
fn everything(dataset: &Dataset, query: &Query) -> String {
    let lists = [
        Behind::Purchasing,
        Behind::Repeat,
        Behind::RepeatByReceipts,
        Behind::WithReturn,
        Behind::OnlyReturns,
    ];
    let paging = Paging {
        limit: 3,
        offset: 1,
        ..Paging::default()
    };
    format!(
        "{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}",
        reports::overview(dataset, query),
        reports::rfm(dataset, query),
        reports::returns(dataset, query),
        lists.map(|behind| reports::customers(dataset, query, behind, paging)),
        reports::receipts::of_selection(dataset, query, 1, 4),
        reports::last_sale_day(dataset, query),
    )
}
