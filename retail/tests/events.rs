//! Events to the letter and at their bounds: how large one may be, which numbers it may hold, and what is kept but not
//! understood.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use chrono::DateTime;
use retail::event::{Body, ByCashier, Empty, Event, EventError, Hole, MAX_EVENT_BYTES};
use retail::ids::{CashierId, Epoch, Position, TillId};
use retail::money::Cents;
use serde_json::{Value, json};

fn first() -> Position {
    Position {
        till: TillId::new(1).unwrap(),
        epoch: Epoch::FIRST,
        seq: 1,
    }
}

#[test]
fn the_envelope_comes_first_and_is_to_the_letter() {
    let place = Position {
        till: TillId::new(3).unwrap(),
        epoch: Epoch::FIRST,
        seq: 7,
    };
    let at = DateTime::parse_from_rfc3339("2026-11-21T14:03:05.120+01:00").unwrap();
    let body = Body::DrawerOpened(ByCashier {
        cashier: CashierId::new(4).unwrap(),
    });
    let bytes = Event::write(place, at, &body).unwrap();
    assert_eq!(
        String::from_utf8(bytes.clone()).unwrap(),
        r#"{"v":1,"till":3,"epoch":1,"seq":7,"at":"2026-11-21T14:03:05.120+01:00","kind":"no_sale_drawer","cashier":4}"#
    );
    assert_eq!(
        Event::read(&bytes).unwrap(),
        Event {
            v: 1,
            position: place,
            at,
            body
        }
    );
}

#[test]
fn what_is_not_known_is_kept() {
    for other in [
        r#"{"v":1,"till":3,"epoch":1,"seq":7,"at":"2026-11-21T14:03:05+01:00","kind":"price_check","gtin":"87"}"#,
        r#"{"v":9,"till":3,"epoch":1,"seq":7,"at":"2026-11-21T14:03:05+01:00","kind":"sale"}"#,
        r#"{"v":1,"till":3,"epoch":1,"seq":7,"at":"2026-11-21T14:03:05+01:00","kind":"sale","lines":"many"}"#,
    ] {
        assert!(
            matches!(
                Event::read(other.as_bytes()).unwrap().body,
                Body::Unknown { .. }
            ),
            "{other}"
        );
    }
}

#[test]
fn what_has_no_envelope_is_not_an_event() {
    for wrong in [
        "",
        "[]",
        "{}",
        r#"{"v":1,"till":0,"epoch":1,"seq":7,"at":"2026-11-21T14:03:05Z","kind":"sale"}"#,
        r#"{"v":1,"till":1,"epoch":1,"seq":0,"at":"2026-11-21T14:03:05Z","kind":"sale"}"#,
    ] {
        assert!(Event::read(wrong.as_bytes()).is_err(), "{wrong}");
    }
}

/// An event over its bound is neither written nor read.
#[test]
fn an_event_has_its_bound() {
    let at = DateTime::UNIX_EPOCH.fixed_offset();
    let hole = |len: usize| {
        Body::Hole(Hole {
            epoch: Epoch::FIRST,
            from: 1,
            to: 1,
            reason: "x".repeat(len),
        })
    };
    let envelope = Event::write(first(), at, &hole(0)).unwrap().len();
    let largest = Event::write(first(), at, &hole(MAX_EVENT_BYTES - envelope)).unwrap();
    assert_eq!(largest.len(), MAX_EVENT_BYTES);
    assert!(Event::read(&largest).is_ok());
    let too_large = Err(EventError::TooLarge(MAX_EVENT_BYTES + 1));
    assert_eq!(
        Event::write(first(), at, &hole(MAX_EVENT_BYTES - envelope + 1)),
        too_large
    );
    let mut longer = largest;
    longer.push(b' ');
    assert!(Event::read(&longer).is_err());
}

fn event(kind: &str, body: Value) -> Value {
    let mut event = json!({
        "v": 1, "till": 3, "epoch": 1, "seq": 7, "at": "2026-11-21T14:03:05.120+01:00", "kind": kind
    });
    let fields = event.as_object_mut().unwrap();
    fields.extend(body.as_object().unwrap().clone());
    event
}

fn line() -> Value {
    json!({"n": 1, "gtin": "8712345678906", "name": "T-shirt", "qty": 2000, "price": 500, "amount": 1000, "vat": 2100})
}

fn receipt() -> Value {
    json!({
        "receipt": 42, "cashier": 4, "lines": [line()],
        "vat": [{"rate": 2100, "base": 826, "vat": 174, "gross": 1000}],
        "total": 1000, "rounding": 1, "points": 10, "wait_s": 30,
        "tenders": [{"kind": "cash", "amount": 1001, "tendered": 2000, "change": 999}],
    })
}

/// Every kind that carries numbers, with every number it can carry.
fn with_numbers() -> Vec<Value> {
    let mut back = receipt();
    back["of"] = json!({"till": 3, "epoch": 1, "serial": 41});
    back["lines"][0]["of_line"] = json!(1);
    vec![
        event("sale", receipt()),
        event("return", back),
        event("line_voided", json!({"cashier": 4, "line": line()})),
        event(
            "sale_cancelled",
            json!({"cashier": 4, "lines": 2, "total": 1000}),
        ),
        event(
            "payment_settled",
            json!({"cashier": 4, "tender": "card", "amount": 1000, "paid": true}),
        ),
        event(
            "epoch_opened",
            json!({"prev_epoch": 1, "prev_seq": 9, "prev_hash": "00".repeat(32), "why": "fork"}),
        ),
        event(
            "hole",
            json!({"of_epoch": 1, "from": 2, "to": 3, "reason": "damaged"}),
        ),
        event(
            "day_closed",
            json!({"day": "2026-11-21", "counted": 5000, "totals": {
                "sales": 1, "returns": 1, "gross": 1000, "returned": 500, "outside_gross": 25, "rounding": 1, "cash": 526,
                "card": 0, "vat": [{"rate": 2100, "base": 413, "vat": 87, "gross": 500}], "points": 5,
            }}),
        ),
    ]
}

/// Where the numbers of a JSON value stand.
fn numbers(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Number(_) => found.push(at.to_owned()),
        Value::Array(list) => {
            for (n, value) in list.iter().enumerate() {
                numbers(value, &format!("{at}/{n}"), found);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                numbers(value, &format!("{at}/{name}"), found);
            }
        }
        _ => {}
    }
}

/// True when a body with this number is understood; without its envelope an event is not even read.
fn is_understood(event: &Value, at: &str, number: i64) -> bool {
    let mut changed = event.clone();
    *changed.pointer_mut(at).unwrap() = json!(number);
    Event::read(changed.to_string().as_bytes())
        .is_ok_and(|event| !matches!(event.body, Body::Unknown { .. }))
}

/// Numbers that no shop has make an event unknown: it is kept and carried, and never added up.
#[test]
fn absurd_numbers_are_carried_but_not_counted() {
    let most = Cents::MAX_EVENT.0;
    for event in with_numbers() {
        let mut places = Vec::new();
        numbers(&event, "", &mut places);
        for at in places {
            let own = event.pointer(&at).and_then(Value::as_i64).unwrap();
            assert!(is_understood(&event, &at, own), "{at} of {event}");
            for number in [most + 1, -most - 1, i64::MAX, i64::MIN] {
                assert!(
                    !is_understood(&event, &at, number),
                    "{at}: {number} of {event}"
                );
            }
        }
    }
}

/// Another version may mean something else by the same names: it is carried, not understood.
#[test]
fn a_sale_of_another_version_is_no_sale() {
    for version in [0, 2, 9] {
        let mut other = event("sale", receipt());
        other["v"] = json!(version);
        let read = Event::read(other.to_string().as_bytes()).unwrap();
        assert_eq!(read.v, version);
        assert!(matches!(read.body, Body::Unknown { kind } if kind == "sale"));
    }
}

/// A shop whose clock is that of UTC writes its offset like every other.
#[test]
fn the_offset_is_always_written_in_digits() {
    let at = DateTime::UNIX_EPOCH.fixed_offset();
    let body = Body::PrinterOutOfPaper(Empty {});
    let bytes = Event::write(first(), at, &body).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        text.contains(r#""at":"1970-01-01T00:00:00.000+00:00""#),
        "{text}"
    );
}

/// The kinds that stand for a customer, and nobody else.
#[test]
fn a_link_is_found_in_sale_return_and_enrolment() {
    let link = "0123456789abcdef0123456789abcdef";
    let mut sold = receipt();
    sold["link"] = json!(link);
    let mut back = sold.clone();
    back["of"] = json!({"till": 3, "epoch": 1, "serial": 41});
    let enrolled = json!({"link": link, "cashier": 4});
    for (kind, body) in [("sale", sold), ("return", back), ("enrolled", enrolled)] {
        let read = Event::read(event(kind, body).to_string().as_bytes()).unwrap();
        assert_eq!(
            read.body.link().map(|found| found.to_string()).as_deref(),
            Some(link),
            "{kind}"
        );
    }
    let anonymous = Event::read(event("sale", receipt()).to_string().as_bytes()).unwrap();
    assert_eq!(anonymous.body.link(), None);
}

/// The largest amount itself, either way, is one.
#[test]
fn the_largest_amount_is_understood() {
    let most = Cents::MAX_EVENT.0;
    let sale = event("sale", receipt());
    for at in [
        "/total",
        "/points",
        "/lines/0/amount",
        "/lines/0/qty",
        "/tenders/0/change",
        "/vat/0/base",
    ] {
        assert!(
            is_understood(&sale, at, most) && is_understood(&sale, at, -most),
            "{at}"
        );
    }
}

/// What is deep, doubled or of a wrong kind costs nothing but its meaning.
#[test]
fn strange_json_is_an_event_or_a_reason() {
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let envelope =
        r#""v":1,"till":3,"epoch":1,"seq":7,"at":"2026-11-21T14:03:05+01:00","kind":"sale""#;
    for (name, more) in [
        ("deep in a field nobody knows", "\"x\":"),
        ("deep in a field", "\"lines\":"),
    ] {
        let bytes = format!("{{{envelope},{more}{deep}}}");
        assert!(
            Event::read(bytes.as_bytes()).is_err()
                || matches!(
                    Event::read(bytes.as_bytes()).unwrap().body,
                    Body::Unknown { .. }
                ),
            "{name}"
        );
    }
    let doubled = format!(r#"{{{envelope},"seq":8}}"#);
    assert!(
        Event::read(doubled.as_bytes()).is_err(),
        "two readers could disagree about its place"
    );
}
