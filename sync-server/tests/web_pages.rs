//! The pages say what the reports say, and text from outside stays text: on pages, in charts and in files.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

mod web_kit;

use journey::Query;
use journey::reports;
use retail::day::DayTotals;
use retail::ids::{Epoch, Hash};
use retail::money::Cents;
use retail::wire::Head;
use serde_json::Value;
use sync_server::Filter;
use sync_server::store::rows::{Branch, DayRow, HoleRow};
use sync_server::store::write;
use web_kit::{EVIL, JIP, Shopkeeping};

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

/// Name and value of each line of a file of figures.
fn figures(csv: &str) -> Vec<(String, String)> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| (row[0].to_owned(), row[2].to_owned()))
        .collect()
}

/// A page with this selection, its files, and the reports all say the same.
#[track_caller]
#[expect(
    clippy::too_many_lines,
    reason = "one comparison after the other, of one selection"
)]
fn agree(address: &str, filter: &Filter, query: &Query) {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    let mut programs = keeping.log_in("alles");
    programs.get("/taal?naar=en");
    let book = keeping.office.book().unwrap();
    assert_eq!(keeping.office.command_line_scope().query(filter), *query);
    let mut report = serde_json::Map::new();
    for part in [
        serde_json::to_value(reports::volumes(book.dataset(), query)).unwrap(),
        serde_json::to_value(reports::visits(book.dataset(), query)).unwrap(),
        serde_json::to_value(reports::repeat(book.dataset(), query)).unwrap(),
    ] {
        report.extend(part.as_object().unwrap().clone());
    }
    let cohorts = reports::cohorts(book.dataset(), query);
    let weeks = reports::weeks(book.dataset(), query);
    drop(book);
    let lists = ["second_visit_within_days", "per_customer_mean_gap"];
    let rows = figures(
        &programs
            .get(&format!("/export/kerncijfers.csv?{address}"))
            .text(),
    );
    let single: Vec<&String> = report
        .keys()
        .filter(|name| !lists.contains(&name.as_str()))
        .collect();
    assert_eq!(rows.len(), single.len(), "every figure is in the file");
    for (name, value) in &rows {
        let expected = match &report[name] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Number(number) => number.as_f64().unwrap().to_string(),
            other => panic!("{name}: {other}"),
        };
        assert_eq!(*value, expected, "{address} {name}");
    }
    let page = browser
        .get(&format!("/terugkerende-klanten?{address}"))
        .text();
    if let Some(rate) = report["repeat_rate"].as_f64() {
        let shown = format!("{:.1}%", rate * 100.0).replace('.', ",");
        assert!(
            page.contains(&format!("{shown} van de klanten kwam terug")),
            "{address} {shown}"
        );
    }
    let csv = programs
        .get(&format!("/export/tweede-bezoek.csv?{address}"))
        .text();
    for (row, expected) in csv
        .lines()
        .skip(1)
        .zip(report["second_visit_within_days"].as_array().unwrap())
    {
        let rate = expected["rate"]
            .as_f64()
            .map_or(String::new(), |rate| rate.to_string());
        assert_eq!(
            row,
            format!(
                "{},{},{},{rate}",
                expected["days"], expected["eligible"], expected["returned"]
            )
        );
    }
    let csv = programs
        .get(&format!("/export/cohorten.csv?{address}"))
        .text();
    for (row, cohort) in csv.lines().skip(1).zip(&cohorts) {
        let active: Vec<String> = cohort.active.iter().map(ToString::to_string).collect();
        let start = format!(
            "{},{},{},{},{}",
            cohort.cohort,
            cohort.size,
            cohort.last_month_is_partial,
            cohort.history_may_start_earlier,
            active.join(",")
        );
        assert!(row.starts_with(&start), "{row} / {start}");
    }
    assert_eq!(csv.lines().count(), cohorts.len() + 1);
    let csv = programs.get(&format!("/export/weken.csv?{address}")).text();
    let lines: Vec<String> = weeks
        .iter()
        .map(|week| {
            format!(
                "{},{},{},{},{},{},{}",
                week.week,
                week.monday,
                week.new,
                week.returning,
                week.gross_new_cents,
                week.gross_returning_cents,
                week.gross_anonymous_cents
            )
        })
        .collect();
    assert_eq!(csv.lines().skip(1).collect::<Vec<_>>(), lines);
    // The chart holds the figures of the table.
    let drawn = page
        .split("data-chart=\"weken\">")
        .nth(1)
        .and_then(|rest| rest.split("</script>").next());
    if let Some(drawn) = drawn {
        let chart: Value = serde_json::from_str(drawn).unwrap();
        let new: Vec<usize> = weeks
            .iter()
            .rev()
            .take(104)
            .rev()
            .map(|week| week.new)
            .collect();
        assert_eq!(chart["data"][1]["y"], serde_json::to_value(new).unwrap());
    }
}

#[test]
fn page_file_and_report_never_differ() {
    agree("", &Filter::default(), &Query::all());
    let shop = Filter {
        shop: Some("b".to_owned()),
        ..Filter::default()
    };
    agree("winkel=b", &shop, &Query::all().shop("b"));
    let (from, to) = ("2026-01-06".parse().ok(), "2026-02-11".parse().ok());
    let days = Filter {
        from,
        to,
        ..Filter::default()
    };
    agree(
        "van=2026-01-06&tot=2026-02-11",
        &days,
        &Query::all().between(from, to),
    );
    let live = Filter {
        without_imported: true,
        ..Filter::default()
    };
    agree("import=uit", &live, &Query::all().without_imported());
}

#[test]
fn every_figure_opens_as_many_customers_as_it_says() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    let book = keeping.office.book().unwrap();
    let repeat = reports::repeat(book.dataset(), &Query::all());
    let cohorts = reports::cohorts(book.dataset(), &Query::all());
    let weeks = reports::weeks(book.dataset(), &Query::all());
    drop(book);
    let mut expected = vec![
        ("kopers".to_owned(), repeat.purchasing_customers),
        ("terug".to_owned(), repeat.repeat_customers),
    ];
    for visit in &repeat.second_visit_within_days {
        expected.push((format!("tweede:{}", visit.days), visit.eligible));
        expected.push((format!("tweede-terug:{}", visit.days), visit.returned));
    }
    for cohort in &cohorts {
        for (k, active) in cohort.active.iter().enumerate() {
            expected.push((format!("cohort:{}:{k}", cohort.cohort), *active));
        }
    }
    for week in weeks.iter().filter(|week| week.new + week.returning > 0) {
        expected.push((format!("week-nieuw:{}", week.monday), week.new));
        expected.push((format!("week-terug:{}", week.monday), week.returning));
    }
    assert!(expected.iter().any(|(_, count)| *count > 1));
    for (which, count) in expected {
        let page = browser.get(&format!("/klanten?achter={which}")).text();
        let noun = if count == 1 { "klant" } else { "klanten" };
        assert!(
            page.contains(&format!("{count} {noun}</h2>")),
            "{which} {count}"
        );
        let csv = browser
            .get(&format!("/export/klanten.csv?achter={which}"))
            .text();
        assert_eq!(csv.lines().count(), count + 1, "{which}");
    }
}

#[test]
fn numbers_and_their_words_agree() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    let mut check = |path: &str, title: &str| {
        let text = browser.get(path).text();
        assert!(
            text.contains(&format!("<h1>{title}</h1>")),
            "{path}: {text}"
        );
    };
    check(
        "/klanten?achter=cohort:2026-01:1",
        "Eerste bezoek in jan 2026, terug na 1 maand",
    );
    check(
        "/klanten?achter=cohort:2026-01:2",
        "Eerste bezoek in jan 2026, terug na 2 maanden",
    );
    check(
        "/klanten?achter=tweede-terug:1",
        "Kwamen binnen 1 dag een tweede keer",
    );
    check(
        "/klanten?achter=tweede:30",
        "Eerste bezoek minstens 30 dagen geleden",
    );
    let page = browser.get("/terugkerende-klanten").text();
    assert!(
        !page.contains("1 maanden") && !page.contains(">1 dagen"),
        "{page}"
    );
    let customer = browser.get("/klant?id=ada").text();
    assert!(!customer.contains("EUR "), "{customer}");
}

#[test]
fn an_address_that_cannot_be_is_answered_with_what_is_wrong() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    let mut check = |path: &str, says: &str| {
        let page = browser.get(path);
        let text = page.text();
        assert_eq!(page.status, 400, "{path}: {text}");
        assert!(text.contains(says), "{path}: {text}");
        assert!(text.contains("<nav"), "the menu stays: {path}");
        assert!(!text.contains("<table"), "no figures: {path}: {text}");
    };
    let no_day = "Bij 'Van' staat &quot;2026-13-99&quot;, en dat is geen bestaande dag";
    for path in [
        "/bonnen",
        "/klanten",
        "/terugkerende-klanten",
        "/export/bonnen.csv",
        "/export/klanten.xlsx",
        "/export/weken.csv",
    ] {
        check(&format!("{path}?van=2026-13-99"), no_day);
    }
    check(
        "/bonnen?van=2026-03-02&tot=2026-03-01",
        "begint op 2 mrt 2026 en eindigt op 1 mrt 2026: het begin ligt na het einde",
    );
    for wrong in [
        "achter=onzin",
        "achter=cohort:2026-99:1",
        "achter=tweede:veel",
        "op=omzet",
        "orde=om",
        "blad=0",
        "periode=eeuw",
        "import=half",
    ] {
        let says = format!("In het adres staat {wrong}, en die keuze bestaat niet.");
        check(&format!("/klanten?{wrong}"), &says);
    }
    let page = browser.get("/bonnen?van=2026-03-02&tot=2026-03-01").text();
    assert!(page.contains(r#"value="2026-03-02""#), "to mend it: {page}");
    assert_eq!(browser.get("/klanten?achter=kopers&blad=1").status, 200);
    assert_eq!(browser.get("/bonnen?van=&tot=&winkel=&import=").status, 200);
}

#[test]
fn what_is_not_there_keeps_the_menu_of_who_is_logged_in() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    for path in ["/bestaat-niet", "/bon?nr=9-9-9999999", "/klant?id=niemand"] {
        let page = browser.get(path);
        assert_eq!(page.status, 404, "{path}");
        let text = page.text();
        assert!(text.contains("Deze pagina is er niet"), "{path}: {text}");
        assert!(text.contains(r#"href="/bonnen""#), "{path}: {text}");
    }
    browser.forget_cookies();
    let page = browser.get("/bestaat-niet");
    assert_eq!(page.status, 404);
    assert!(!page.text().contains("<nav"), "{}", page.text());
}

#[test]
fn text_from_outside_stays_text() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    let jip = format!("/klant?id={JIP}");
    let paths = [
        "/terugkerende-klanten",
        "/klanten",
        "/bonnen",
        "/bon?nr=b8",
        "/bon?nr=1-1-0000001",
        "/synchronisatie",
        "/klant?id=%3Ddee",
        jip.as_str(),
        "/zoek?zoek=%3C%2Fscript%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/klanten?achter=%3Cscript%3Ealert(1)&winkel=%3Cscript%3Ealert(1)",
        "/inloggen?terug=%2F%22%3E%3Cscript%3Ealert(1)",
    ];
    let mut seen = 0;
    for path in paths {
        let text = browser.get(path).text();
        assert!(!text.contains("<script>alert"), "{path}: {text}");
        assert!(!text.contains("Breda <b>"), "{path}");
        seen += text.matches("&lt;script&gt;alert(1)").count();
    }
    assert!(seen > 5, "the evil texts are there, as text: {seen}");
}

#[test]
fn numbers_are_found() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    let mut check = |text: &str, to: &str| {
        let page = browser.get(&format!("/zoek?zoek={text}"));
        assert_eq!(page.header("location"), Some(to), "{text}");
    };
    check("b1", "/bon?nr=b1");
    check("1-1-0000001", "/bon?nr=1-1-0000001");
    check("2610000000014", &format!("/klant?id={JIP}"));
    check("ada", "/klant?id=ada");
}

#[test]
fn a_number_as_it_is_shown_is_found() {
    let keeping = Shopkeeping::open();
    let mut browser = keeping.log_in("alles");
    let page = browser.get("/zoek?zoek=07070707");
    assert_eq!(
        page.header("location"),
        Some(format!("/klant?id={JIP}").as_str())
    );
    assert_eq!(browser.get("/zoek?zoek=07070708").status, 200, "nobody");
    // Who may not see him does not find him either.
    assert_eq!(keeping.log_in("a").get("/zoek?zoek=07070707").status, 200);
}
