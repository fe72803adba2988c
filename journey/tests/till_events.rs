//! Events of tills in the reports: a small day of two tills, its figures added up by hand. They count like imported
//! rows; cash rounding, statiegeld and gift cards stand outside gross and are shown apart.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::panic,
    reason = "a wrong fixture fails its test"
)]

mod support;

use chrono::DateTime;
use journey::from_event::{Around, records};
use journey::model::Model;
use journey::path::path;
use journey::record::Record;
use journey::{Dataset, Query, reports};
use retail::event::{Body, Event};
use serde_json::{Value, json};
use support::day;

/// One event, as records.
fn event(till: u16, seq: u64, at: &str, customer: Option<&str>, body: Value) -> Vec<Record> {
    let mut event = json!({"v": 1, "till": till, "epoch": 1, "seq": seq, "at": at});
    let fields = event.as_object_mut().unwrap();
    for (name, value) in body.as_object().unwrap() {
        fields.insert(name.clone(), value.clone());
    }
    let event = Event::read(event.to_string().as_bytes()).unwrap();
    let unread = matches!(event.body, Body::Unknown { .. });
    assert!(!unread, "{event:?}");
    let shop = if till == 3 { "utrecht" } else { "zwolle" };
    records(
        &event,
        Around {
            shop,
            customer,
            note: None,
            at: DateTime::parse_from_rfc3339(at).unwrap(),
            branch: None,
        },
    )
}

fn line(n: u32, gtin: &str, category: &str, qty: i64, amount: i64) -> Value {
    json!({"n": n, "gtin": gtin, "name": gtin, "category": category, "qty": qty, "price": 100, "amount": amount, "vat": 21})
}

fn with(mut line: Value, more: Value) -> Value {
    let fields = line.as_object_mut().unwrap();
    for (name, value) in more.as_object().unwrap() {
        fields.insert(name.clone(), value.clone());
    }
    line
}

fn receipt(kind: &str, serial: u32, rounding: i64, lines: Value) -> Value {
    json!({"kind": kind, "receipt": serial, "cashier": 1, "vat": [], "total": 0, "rounding": rounding, "tenders": [], "lines": lines})
}

/// Two sales of Jip, one of nobody, and two returns.
fn history() -> Dataset {
    let sold = receipt(
        "sale",
        42,
        -2,
        json!([
            line(1, "8712345678906", "Mode > Shirts", 1000, 2995),
            with(
                line(2, "8700000000001", "Eten", 1500, 1800),
                json!({"unit": "kilogram"})
            ),
            line(3, "8700000000002", "Eten", 2000, 300),
            with(
                line(4, "", "", 2000, 30),
                json!({"class": "deposit", "parent": 3})
            ),
            with(line(5, "", "", 1000, 5000), json!({"class": "gift_card"})),
        ]),
    );
    let again = receipt(
        "sale",
        43,
        0,
        json!([line(1, "8712345678906", "Mode > Shirts", 1000, 2995)]),
    );
    let nobody = receipt(
        "sale",
        7,
        1,
        json!([line(1, "8700000000002", "Eten", 1000, 150)]),
    );
    let back = |serial: u32, of: Value, lines: Value| {
        with(receipt("return", serial, 0, lines), json!({"of": of}))
    };
    let of_42 = json!({"till": 3, "epoch": 1, "serial": 42});
    let shirt_back = back(
        44,
        of_42.clone(),
        json!([
            with(
                line(1, "8712345678906", "Mode > Shirts", -1000, -2995),
                json!({"of_line": 1, "reason": "defect"})
            ),
            with(
                line(2, "", "", -1000, -15),
                json!({"class": "deposit", "of_line": 4, "reason": "verkeerd"})
            ),
        ]),
    );
    let cheese_back = back(
        8,
        of_42,
        json!([with(
            line(1, "8700000000001", "Eten", -500, -600),
            json!({"unit": "kilogram", "of_line": 2, "reason": "spijt"})
        )]),
    );
    let by = json!({"cashier": 1});
    let all = [
        event(
            3,
            1,
            "2026-11-20T08:59:00+01:00",
            None,
            json!({"kind": "epoch_opened", "prev_epoch": null, "prev_seq": 0, "prev_hash": "00".repeat(32), "why": "enrolled"}),
        ),
        event(3, 2, "2026-11-20T23:59:30+01:00", Some("jip"), sold),
        event(3, 3, "2026-11-23T10:00:00+01:00", Some("jip"), shirt_back),
        event(3, 4, "2026-11-23T10:05:00+01:00", Some("jip"), again),
        event(
            3,
            5,
            "2026-11-23T10:06:00+01:00",
            None,
            with(by.clone(), json!({"kind": "no_sale_drawer"})),
        ),
        event(4, 1, "2026-11-21T10:00:00+01:00", None, nobody),
        event(4, 2, "2026-11-20T23:59:59+01:00", Some("jip"), cheese_back),
        event(
            4,
            3,
            "2026-11-21T10:01:00+01:00",
            None,
            with(
                by,
                json!({"kind": "receipt_copied", "of": {"till": 4, "epoch": 1, "serial": 7}}),
            ),
        ),
    ];
    Dataset::of(all.iter().flatten()).unwrap()
}

#[test]
fn volumes_and_what_stands_apart() {
    let dataset = history();
    assert_eq!(
        serde_json::to_value(reports::volumes(&dataset, &Query::all())).unwrap(),
        json!({
            // 7 sale lines, 3 return lines, and the drawer.
            "events": 11, "sale_lines": 7, "return_lines": 3, "anonymous_sale_lines": 1,
            "sale_receipts": 3, "sale_receipts_identified": 2, "return_receipts": 2, "customers_purchasing": 1,
            "gross_cents": 2995 + 1800 + 300 + 2995 + 150, "returns_cents": 2995 + 600,
            "net_cents": 2995 + 1800 + 300 + 2995 + 150 - 2995 - 600,
            "gross_identified_cents": 2995 + 1800 + 300 + 2995, "returns_identified_cents": 2995 + 600,
            "shops": 2, "products_sold": 3, "first_sale_day": "2026-11-20", "last_sale_day": "2026-11-23",
        })
    );
    assert_eq!(
        serde_json::to_value(reports::apart(&dataset, &Query::all())).unwrap(),
        json!({"deposit_cents": 30 - 15, "gift_cards_cents": 5000, "rounding_cents": -1})
    );
    let ids: Vec<&str> = dataset.events().map(|event| event.event_id()).collect();
    assert!(ids.contains(&"003-01-0000000002-0005"), "{ids:?}");
    assert!(ids.contains(&"003-01-0000000005"), "{ids:?}");
}

#[test]
fn returns_by_reason_article_category_and_days() {
    let dataset = history();
    let group = |key: &str, lines: usize, value: i64| json!({"key": key, "lines": lines, "value_cents": value});
    let found = serde_json::to_value(reports::returns(&dataset, &Query::all())).unwrap();
    assert_eq!(
        found,
        json!({
            "lines": 3.0 / 7.0,
            // Pieces only: a shirt of two shirts and three bottles; cheese is weighed, statiegeld is no article.
            "units": 1.0 / 5.0,
            "value": 3595.0 / 8240.0, "value_identified": 3595.0 / 8090.0,
            "receipts": 2.0 / 3.0, "receipts_identified": 2.0 / 2.0,
            "customers_with_return_of_purchasing": 1.0, "customers_with_only_returns": 0,
            "by_reason": [group("defect", 1, 2995), group("spijt", 1, 600), group("verkeerd", 1, 0)],
            "by_article": [group("8712345678906", 1, 2995), group("8700000000001", 1, 600)],
            "by_category": [group("Mode > Shirts", 1, 2995), group("Eten", 1, 600)],
            "by_days_since_purchase": [group("0", 1, 600), group("3", 2, 2995)],
        })
    );
    // Of one shop: the return counts where it was taken, its purchase is found all the same.
    let zwolle = reports::returns(&dataset, &Query::all().shop("zwolle"));
    assert_eq!(zwolle.by_days_since_purchase.len(), 1);
    assert_eq!(zwolle.by_days_since_purchase[0].key, "0");
    assert_eq!(
        zwolle.value_identified, None,
        "nothing was sold to anybody there"
    );
}

#[test]
fn the_same_history_as_a_path() {
    let dataset = history();
    let customer = dataset.customer("jip").unwrap();
    let model = Model::default_model().unwrap();
    let path = path(&dataset.history(customer), &model, day("2026-11-23"));
    // The shirt and some cheese came back, the rest was kept: the first visit counts.
    assert_eq!(path.counted_visits, 2);
    assert_eq!(path.loyal_since, Some(day("2026-11-23")));
    let nets: Vec<(&str, usize, i64)> = path
        .stages
        .iter()
        .map(|stage| (stage.phase.as_str(), stage.visits, stage.net_cents))
        .collect();
    assert_eq!(
        nets,
        [
            ("aankoop", 1, 2995 + 1800 + 300),
            ("gebruik", 0, -2995 - 600),
            ("loyaliteit", 1, 2995)
        ]
    );
    let pain: Vec<(Option<&str>, i64)> = path.stages[1]
        .pain
        .iter()
        .map(|pain| {
            (
                pain.reason.map(journey::record::Reason::as_str),
                pain.value_cents,
            )
        })
        .collect();
    assert_eq!(pain, [(Some("spijt"), 600), (Some("defect"), 2995)]);
    assert!(path.anomalies.is_empty(), "{:?}", path.anomalies);
}
