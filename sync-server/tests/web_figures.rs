//! Pages, files and reports say the same figures, and every figure leads to as many customers as it counts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

mod web_kit;

use journey::Query;
use journey::reports;
use serde_json::Value;
use sync_server::Filter;
use web_kit::Shopkeeping;

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
