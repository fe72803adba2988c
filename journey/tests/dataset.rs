//! The dataset: late events, merges, forgetting, and who changed.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::panic,
    reason = "a wrong fixture fails its test"
)]

mod support;

use journey::model::Model;
use journey::path::{fold, path};
use journey::record::{Kind, Reason, Record};
use journey::{Dataset, Query, reports};
use proptest::prelude::*;
use support::{Story, at_ms, day};

fn ids(dataset: &Dataset, customer: &str) -> Vec<String> {
    let history = dataset.history(dataset.customer(customer).unwrap());
    history
        .events()
        .map(|event| event.event_id().to_owned())
        .collect()
}

fn dirty(dataset: &mut Dataset) -> Vec<String> {
    let owners = dataset.take_dirty();
    owners
        .into_iter()
        .map(|owner| dataset.customer_id(owner).to_owned())
        .collect()
}

#[test]
fn late_events_take_their_place_by_instant_and_then_by_id() {
    let mut dataset = Dataset::new();
    let at = |id: &str, time: &str| Record {
        customer: Some("c".into()),
        ..Record::new(id, at_ms(time), 60, "s", Kind::Advice)
    };
    for (id, time) in [
        ("b", "2026-01-02"),
        ("c", "2026-01-01"),
        ("a", "2026-01-02"),
    ] {
        dataset.append(&at(id, time)).unwrap();
    }
    assert_eq!(ids(&dataset, "c"), ["c", "a", "b"]);
    // Late ones, after the index was first used.
    for (id, time) in [("B", "2026-01-02"), ("z", "2025-12-31")] {
        dataset.append(&at(id, time)).unwrap();
    }
    assert_eq!(ids(&dataset, "c"), ["z", "c", "B", "a", "b"]);
}

#[test]
fn many_late_events_rebuild_the_index() {
    let mut dataset = Story::new().sale("2026-01-01", "c", "r0", 1, 100).dataset();
    assert_eq!(ids(&dataset, "c").len(), 1);
    for n in 0..3000 {
        let mut record = Record::new(format!("n{n:05}"), 1_000_000 - n, 0, "s", Kind::Advice);
        record.customer = Some(if n % 2 == 0 { "c" } else { "d" }.into());
        dataset.append(&record).unwrap();
    }
    let own = ids(&dataset, "c");
    assert_eq!(
        (own.len(), own[0].as_str(), own[1500].as_str()),
        (1501, "n02998", "e0001")
    );
}

#[test]
fn threads_may_share_it_and_no_sum_overflows() {
    fn shared<T: Send + Sync>(_: &T) {}
    let story = Story::new()
        .sale("2026-01-01", "a", "r1", 1, i64::MAX)
        .sale("2026-01-01", "a", "r1", 2, i64::MAX)
        .bring_back("2026-01-02", "a", "r2", 1)
        .last(|record| record.amount_cents = i64::MIN);
    let story = story.last(|record| record.quantity = i64::MIN);
    let dataset = story.dataset();
    shared(&dataset);
    let least = dataset.events().map(|event| event.quantity()).min();
    assert_eq!(least, Some(-100_000_000_000));
    let volumes = reports::volumes(&dataset, &Query::all());
    assert_eq!(
        (volumes.gross_cents, volumes.returns_cents),
        (200_000_000_000, 100_000_000_000)
    );
}

/// What somebody may see of a customer: only some shops, or nothing of outside histories.
#[test]
fn a_history_can_be_seen_in_part() {
    let dataset = Story::new()
        .sale("2026-01-01", "a", "r1", 1, 100)
        .sale("2026-01-02", "a", "r2", 1, 100)
        .last(|record| record.shop = "breda".into())
        .sale("2026-01-03", "a", "r3", 1, 100)
        .last(|record| record.imported = true)
        .dataset();
    let history = dataset.history(dataset.customer("a").unwrap());
    let receipts = |history: &journey::dataset::History<'_>| -> Vec<String> {
        let receipts = history.events().filter_map(|event| event.receipt());
        receipts.map(str::to_owned).collect()
    };
    let shops = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        receipts(&history.clone().in_shops(&names))
    };
    assert_eq!(shops(&["breda", "utrecht"]), ["r1", "r2", "r3"]);
    assert_eq!(shops(&["breda", "zwolle"]), ["r2"]);
    assert!(shops(&[]).is_empty());
    assert_eq!(receipts(&history.clone().without_imported()), ["r1", "r2"]);
}

/// A file whose column `kind` holds something else (a text, a number) must not fill the dataset for good.
#[test]
fn every_row_may_be_of_a_kind_of_its_own() {
    let mut dataset = Dataset::new();
    for n in 0..70_000 {
        let kind = Kind::Other(format!("soort {n}"));
        let record = Record::new(format!("e{n:05}"), 0, 0, "s", kind);
        dataset.append(&record).unwrap();
    }
    let volumes = reports::volumes(&dataset, &Query::all());
    assert_eq!((volumes.events, volumes.sale_lines), (70_000, 0));
    let last = dataset.events().last().unwrap();
    assert_eq!(last.kind().as_str(), "soort 69999");
}

#[test]
fn dirty_customers_are_told_once() {
    let mut dataset = Story::new()
        .sale("2026-01-01", "a", "r1", 1, 100)
        .sale("2026-01-01", "b", "r2", 1, 100)
        .dataset();
    assert_eq!(dirty(&mut dataset), ["a", "b"]);
    assert!(dirty(&mut dataset).is_empty());
    let before = dataset.version();
    dataset
        .append(&Story::new().sale("2026-01-02", "b", "r3", 1, 100).records[0])
        .unwrap();
    assert_eq!(dirty(&mut dataset), ["b"]);
    assert!(dataset.version() > before);
}

/// A receipt stands on the day of its earliest line; who bought the other lines was there that day too.
#[test]
fn an_earlier_line_of_somebody_else_moves_a_visit() {
    let mut dataset = Story::new()
        .sale("2026-01-02", "a", "r1", 2, 100)
        .sale("2026-01-02", "b", "r2", 1, 100)
        .dataset();
    dataset.take_dirty();
    assert!(!dataset.any_moved());
    let earlier = |day: &str, customer: Option<&str>| {
        let story = Story::new().sale(day, "c", "r1", 1, 100);
        story
            .last(|record| {
                record.event_id = format!("{day} of the same receipt");
                record.customer = customer.map(str::to_owned);
            })
            .records
            .remove(0)
    };
    dataset.append(&earlier("2026-01-01", None)).unwrap();
    assert_eq!(dirty(&mut dataset), ["a"], "nobody's line");
    assert!(dataset.any_moved());
    assert_eq!(dataset.take_moved(), ["a"]);
    assert!(!dataset.any_moved());
    dataset.append(&earlier("2025-12-31", Some("c"))).unwrap();
    assert_eq!(dirty(&mut dataset), ["a", "c"], "another's line");
    assert_eq!(dataset.take_moved(), ["a"]);
    dataset.append(&earlier("2026-01-03", None)).unwrap();
    assert!(dirty(&mut dataset).is_empty(), "a later line moves nothing");
    dataset.append(&earlier("2025-12-30", Some("a"))).unwrap();
    assert_eq!(dataset.take_moved(), ["c"]);
    dataset.append(&earlier("2025-12-29", None)).unwrap();
    dataset.forget("c").unwrap();
    assert_eq!(dataset.take_moved(), ["a"], "a forgotten id is not told");
}

#[test]
fn a_merge_is_one_history_under_one_name() {
    let mut dataset = Story::new()
        .sale("2026-01-01", "old", "r1", 1, 100)
        .sale("2026-01-05", "new", "r2", 1, 200)
        .sale("2026-01-09", "older", "r3", 1, 300)
        .dataset();
    dataset.take_dirty();
    assert!(dataset.merge("older", "old").unwrap());
    assert!(dataset.merge("old", "new").unwrap());
    assert!(!dataset.merge("older", "new").unwrap(), "one already");
    assert_eq!(ids(&dataset, "older").len(), 3);
    assert_eq!(dataset.customer("old"), dataset.customer("new"));
    let names: Vec<&str> = dataset
        .customers()
        .into_iter()
        .map(|customer| dataset.customer_id(customer))
        .collect();
    assert_eq!(names, ["new"]);
    assert_eq!(dirty(&mut dataset), ["new"]);
    let repeat = reports::repeat(&dataset, &Query::all());
    assert_eq!(
        (repeat.purchasing_customers, repeat.repeat_customers),
        (1, 1)
    );
    // What comes later under an alias is his too.
    dataset
        .append(
            &Story::new()
                .sale("2026-02-01", "older", "r4", 1, 100)
                .records[0],
        )
        .unwrap();
    assert_eq!(ids(&dataset, "new").len(), 4);
    assert_eq!(dirty(&mut dataset), ["new"]);
}

#[test]
fn a_forgotten_customer_leaves_anonymous_lines_and_never_comes_back() {
    let story = Story::new()
        .sale("2026-01-01", "a", "r1", 1, 100)
        .sale("2026-01-02", "alias", "r2", 1, 200)
        .last(|record| record.note = Some("een opmerking".into()))
        .sale("2026-01-02", "b", "r3", 1, 400);
    let mut dataset = story.dataset();
    dataset.merge("alias", "a").unwrap();
    assert_eq!(dataset.forget("a").unwrap(), 2);
    assert_eq!(
        (dataset.customer("a"), dataset.customer("alias")),
        (None, None)
    );
    dataset
        .append(
            &Story::new()
                .sale("2026-01-03", "alias", "r4", 1, 800)
                .last(|record| record.note = Some("een late opmerking".into()))
                .records[0],
        )
        .unwrap();
    assert!(!dataset.merge("b", "a").unwrap());
    let volumes = reports::volumes(&dataset, &Query::all());
    assert_eq!(
        (volumes.gross_cents, volumes.gross_identified_cents),
        (1500, 400)
    );
    assert_eq!(
        (volumes.customers_purchasing, volumes.anonymous_sale_lines),
        (1, 3)
    );
    assert!(dataset.events().all(|event| event.note().is_none()));
    assert_eq!(dataset.forget("never seen").unwrap(), 0);
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    let one = (
        0..5_usize,
        0..3_usize,
        0..400_i64,
        0..6_usize,
        1..3_u16,
        0..12_u8,
    );
    proptest::collection::vec(one, 0..40).prop_map(|facts| {
        let mut story = Story::new();
        for (what, customer, days, receipt, line, score) in facts {
            let at = (day("2025-01-01") + chrono::Days::new(days.unsigned_abs())).to_string();
            let customer = ["a", "b", "c"][customer];
            // Some receipts are of several customers, as rows of outside histories may say.
            let sold = match receipt {
                0 => "shared".to_owned(),
                _ => format!("{customer}{receipt}"),
            };
            story = match what {
                0 | 1 => story.sale(&at, customer, &sold, line, 1000),
                2 => story.bring_back_of(
                    &at,
                    customer,
                    &format!("x{days}"),
                    1000,
                    (&sold, line),
                    Reason::Spijt,
                ),
                3 => story.feedback(&at, customer, score),
                _ => story
                    .touch(&at, customer, Kind::CouponRedeemed)
                    .last(|record| record.receipt = Some(sold)),
            };
        }
        story.records
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Refolding only who is dirty gives what a full rebuild gives, to the byte, whatever came late.
    #[test]
    fn incremental_paths_equal_a_rebuild(records in records(), seed in any::<u64>(), batch in 1..10_usize) {
        let model = Model::default_model().unwrap();
        let rebuilt = Dataset::of(&records).unwrap();
        let mut shuffled = records.clone();
        shuffled.sort_by_key(|record| (record.event_id.len() as u64 ^ seed).wrapping_mul(record.at_ms.unsigned_abs() | 1) >> 7);
        let mut dataset = Dataset::new();
        let mut stored = std::collections::BTreeMap::new();
        for batch in shuffled.chunks(batch) {
            for record in batch {
                dataset.append(record).unwrap();
            }
            for owner in dataset.take_dirty() {
                let folded = fold(&dataset.history(owner), &model);
                stored.insert(dataset.customer_id(owner).to_owned(), serde_json::to_vec(&folded).unwrap());
            }
        }
        for owner in rebuilt.customers() {
            let folded = fold(&rebuilt.history(owner), &model);
            prop_assert_eq!(&stored[rebuilt.customer_id(owner)], &serde_json::to_vec(&folded).unwrap());
        }
        prop_assert_eq!(stored.len(), rebuilt.customers().len());
    }

    /// What is stored, read at a later day, is what a fold on that day gives; earlier days are refused.
    #[test]
    fn a_stored_path_is_read_at_any_later_day(records in records(), days in 0..900_u64) {
        let model = Model::default_model().unwrap();
        let dataset = Dataset::of(&records).unwrap();
        let as_of = day("2025-01-01") + chrono::Days::new(days);
        for owner in dataset.customers() {
            let history = dataset.history(owner);
            let folded = fold(&history, &model);
            match folded.at(as_of) {
                Some(read) => prop_assert_eq!(read, path(&history, &model, as_of)),
                None => prop_assert!(as_of < folded.ends_on()),
            }
        }
    }
}
