//! Every report and every path over one imported history, kept as golden files in `snapshots/`: what a change
//! of code changes for an owner is seen here. `cargo insta review`, or INSTA_UPDATE=always, accepts it.
#![allow(clippy::unwrap_used, reason = "a wrong fixture fails its test")]

use journey::import::{Header, row};
use journey::model::{Language, Model};
use journey::path::{path, summary};
use journey::reports::{
    self,
    customers::{Behind, Paging},
};
use journey::{Dataset, Query};

fn dataset() -> Dataset {
    let mut reader = csv::Reader::from_reader(include_str!("fixtures/history.csv").as_bytes());
    let header = Header::parse(reader.headers().unwrap().iter()).unwrap();
    let mut dataset = Dataset::new();
    for fields in reader.records() {
        let fields = fields.unwrap();
        dataset
            .append(&row(&header, &fields, None).unwrap().0)
            .unwrap();
    }
    dataset
}

#[track_caller]
fn golden<T: serde::Serialize>(name: &str, report: impl Fn(&Dataset, &Query) -> T) {
    let dataset = dataset();
    let quarter = Query::all()
        .between(
            Some("2025-04-01".parse().unwrap()),
            Some("2025-06-30".parse().unwrap()),
        )
        .shop("utrecht");
    let text = [
        ("everything", Query::all()),
        ("utrecht, second quarter", quarter),
    ]
    .map(|(title, query)| {
        format!(
            "{title}\n{}",
            serde_json::to_string_pretty(&report(&dataset, &query)).unwrap()
        )
    })
    .join("\n\n");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn golden_volumes() {
    golden("volumes", reports::volumes);
}

#[test]
fn golden_repeat() {
    golden("repeat", reports::repeat);
}

#[test]
fn golden_visits() {
    golden("visits", reports::visits);
}

#[test]
fn golden_cohorts() {
    golden("cohorts", reports::cohorts);
}

#[test]
fn golden_returns() {
    golden("returns", reports::returns);
}

#[test]
fn golden_rfm() {
    golden("rfm", reports::rfm);
}

#[test]
fn golden_weeks() {
    golden("weeks", reports::weeks);
}

#[test]
fn golden_customers() {
    golden("customers", |dataset, query| {
        reports::customers(dataset, query, Behind::Purchasing, Paging::default())
    });
}

#[test]
fn golden_paths() {
    let dataset = dataset();
    let model = Model::default_model().unwrap();
    let as_of = reports::last_sale_day(&dataset, &Query::all()).unwrap();
    let lines: Vec<String> = dataset
        .customers()
        .into_iter()
        .map(|customer| {
            let path = path(&dataset.history(customer), &model, as_of);
            let lines =
                [Language::Nl, Language::En].map(|language| summary(&path, &model, language));
            format!(
                "{}\n{}",
                lines.join("\n"),
                serde_json::to_string(&path).unwrap()
            )
        })
        .collect();
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("paths", lines.join("\n\n"));
    });
}
