//! The pages as they are: one snapshot each.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod web_kit;

use ed25519_dalek::SigningKey;
use retail::day::DayTotals;
use retail::ids::{Epoch, Hash};
use retail::money::Cents;
use retail::wire::{EnrolRequest, Head};
use sync_server::store::rows::{Branch, DayRow, HoleRow, Shop};
use sync_server::store::write;
use web_kit::{Browser, EVIL, JIP, Shopkeeping};

/// A page, a tag a line, without what changes with every build.
fn readable(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("/static/") {
        text.push_str(before);
        text.push_str("/static/VERSION");
        rest = after.get(16..).unwrap();
    }
    text.push_str(rest);
    text.replace("><", ">\n<")
}

#[track_caller]
fn check(name: &str, path: &str) {
    let keeping = Shopkeeping::open();
    let page = keeping.log_in("alles").get(path);
    assert_eq!(page.status, 200, "{}", page.text());
    insta::assert_snapshot!(name, readable(&page.text()));
}

#[test]
fn returning_customers() {
    check("returning", "/terugkerende-klanten");
}

#[test]
fn returning_customers_in_english() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    browser.get("/taal?naar=en");
    let page = browser.get("/terugkerende-klanten?winkel=a");
    insta::assert_snapshot!("returning_english", readable(&page.text()));
}

#[test]
fn customers_behind_a_figure() {
    check("customers", "/klanten?achter=terug&op=besteed");
}

#[test]
fn one_customer() {
    check("customer", "/klant?id=ada");
}

#[test]
fn one_customer_with_a_name() {
    check("customer_with_a_name", &format!("/klant?id={JIP}"));
}

#[test]
fn one_receipt_of_a_till() {
    check("receipt", "/bon?nr=1-1-0000001");
}

#[test]
fn one_imported_receipt() {
    check("receipt_imported", "/bon?nr=b1");
}

#[test]
fn synchronisation() {
    check("synchronisation", "/synchronisatie");
}

/// A till that is not well: a hole, a second branch, a day that differs, and what the owner should look at.
#[test]
fn synchronisation_with_a_hole_a_fork_and_a_day_that_differs() {
    let keeping = Shopkeeping::open();
    trouble(&keeping);
    let page = keeping.log_in("alles").get("/synchronisatie").text();
    insta::assert_snapshot!("synchronisation_with_trouble", readable(&page));
    assert!(!page.contains("<script>alert"), "{page}");
    let mut browser = keeping.log_in("alles");
    let csv = browser.get("/export/dagen.csv").text();
    assert!(
        csv.contains("2026-11-20;1;3;2;44,85;29,90;14,95;niet geteld;niet gelijk"),
        "the day by the till and by what is kept: {csv}"
    );
    // Who may see the other shop hears nothing of this till: on no page and in no file.
    let mut other = keeping.log_in("a");
    for path in [
        "/synchronisatie",
        "/export/kassas.csv",
        "/export/dagen.csv",
        "/export/aandachtspunten.csv",
    ] {
        let text = other.get(path).text();
        for secret in [
            "Balie",
            "schijf vol",
            "2026-11-20",
            "20-11-2026",
            "1-1-0000001",
        ] {
            assert!(!text.contains(secret), "{path}: {secret}: {text}");
        }
    }
}

fn trouble(keeping: &Shopkeeping) {
    let at_ms = keeping.office.now_ms() - 3_600_000;
    write(keeping.office.store(), |tables| {
        let till = tables.tills()?[0].till;
        let head = |epoch, seq, mark| Head {
            epoch: Epoch::new(epoch).unwrap(),
            seq,
            hash: Hash([mark; 32]),
        };
        tables.add_hole(&HoleRow {
            id: 0,
            till,
            epoch: Epoch::FIRST,
            from: 3,
            to: 7,
            reason: format!("schijf vol {EVIL}"),
            declared_ms: at_ms,
            acknowledged_ms: None,
        })?;
        for branch in [0, 1] {
            tables.put_branch(
                till,
                &Branch {
                    branch,
                    head: head(1, 9 + u64::from(branch), 7),
                    from_seq: 8,
                    updated_ms: at_ms,
                },
            )?;
        }
        let totals = |sales, cents| DayTotals {
            sales,
            gross: Cents(cents),
            ..DayTotals::default()
        };
        for (day, claimed, counted_cents) in [
            ("2026-11-20", totals(3, 4_485), None),
            ("2026-11-19", totals(2, 2_990), Some(12_345)),
        ] {
            tables.put_day(&DayRow {
                till,
                day: day.parse().unwrap(),
                proven: claimed == totals(2, 2_990),
                claimed,
                found: totals(2, 2_990),
                counted_cents,
                at: head(1, 9, 7),
            })?;
        }
        let fork = serde_json::json!({"epoch": 1, "from_seq": 8});
        let hole = serde_json::json!({"from": 3, "to": 7, "reason": format!("schijf vol {EVIL}")});
        for (kind, detail) in [("fork", fork), ("hole", hole)] {
            tables.add_problem(kind, kind, at_ms, Some(till), &detail)?;
        }
        Ok(())
    })
    .unwrap();
}

#[test]
fn nothing_yet() {
    let keeping = Shopkeeping::empty();
    let mut browser = keeping.log_in("alles");
    for (name, path) in [
        ("empty", "/terugkerende-klanten"),
        ("empty_sync", "/synchronisatie"),
    ] {
        insta::assert_snapshot!(name, readable(&browser.get(path).text()));
    }
}

/// A till of a shop elsewhere, with a problem, beside a page of shops in the Netherlands.
#[test]
fn a_page_over_several_time_zones_says_which_it_is_in() {
    let keeping = Shopkeeping::open();
    let shop = |id: &str, time_zone: &str| Shop {
        id: id.to_owned(),
        name: id.to_owned(),
        time_zone: time_zone.to_owned(),
    };
    let at_ms = keeping.office.now_ms() - 3_600_000;
    let office = &keeping.office;
    write(office.store(), |tables| {
        tables.add_shop(&shop("kralendijk", "America/Kralendijk"))
    })
    .unwrap();
    let key = SigningKey::from_bytes(&[9; 32]);
    let enrolled = office.enrol(&EnrolRequest {
        code: office.till_code("kralendijk").unwrap().unwrap(),
        public_key: hex::encode(key.verifying_key().to_bytes()),
        name: "Strand".to_owned(),
        shop: None,
    });
    let till = enrolled.unwrap().till;
    let detail = serde_json::json!({"till_time": "1970-01-01T00:00:00Z"});
    write(office.store(), |tables| {
        let mut traffic = tables.till(till)?.unwrap().traffic;
        traffic.last_batch_ms = Some(at_ms);
        tables.set_traffic(till, &traffic)?;
        tables.add_problem("clock", "clock", at_ms, Some(till), &detail)
    })
    .unwrap();
    let mut browser = keeping.log_in("alles");
    let text = |browser: &mut Browser, path: &str| browser.get(path).text().replace('\u{a0}', " ");
    let page = text(&mut browser, "/synchronisatie");
    assert!(
        page.contains("stand van 21-11-2026 14:03 (Europe/Amsterdam)"),
        "{page}"
    );
    let there = "21-11-2026 08:03 (America/Kralendijk)";
    assert_eq!(page.matches(there).count(), 2, "till and problem: {page}");
    let page = text(&mut browser, "/terugkerende-klanten?winkel=kralendijk");
    assert!(
        page.contains("21-11-2026 09:03 (America/Kralendijk)"),
        "{page}"
    );
    for file in ["kassas", "aandachtspunten"] {
        let csv = text(&mut browser, &format!("/export/{file}.csv"));
        let there = csv
            .lines()
            .find(|line| line.ends_with("America/Kralendijk") && line.contains("08:03"));
        assert!(there.is_some(), "{csv}");
    }
    // In one zone nobody has to be told which.
    let page = text(&mut keeping.log_in("b"), "/synchronisatie");
    assert!(page.contains("21-11-2026 14:03"), "{page}");
    assert!(!page.contains("Europe/"), "{page}");
}
