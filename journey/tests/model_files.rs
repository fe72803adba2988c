//! A model file that cannot be used says what to mend.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::panic,
    reason = "a wrong fixture fails its test"
)]

use journey::model::{Fold, Model, SHIPPED, Settings, Shape};

const GOOD: &str = r#"
format = 1
name = "eigen-model"
shape = "line"
fold = "rules"
source = "van mijzelf"
label = { nl = "Eigen", en = "Own" }
[[phase]]
id = "voor"
label = { nl = "Voor", en = "Before" }
[[phase]]
id = "na"
label = { nl = "Na", en = "After" }
[[rule]]
phase = "voor"
kinds = ["advice"]
"#;

#[test]
fn every_shipped_model_is_good_and_bears_its_name() {
    for (name, text) in SHIPPED {
        let model = Model::parse(text).unwrap();
        assert_eq!(model.name, name);
        assert_eq!(Model::shipped(name), Some(model));
    }
    assert_eq!(Model::shipped("onbekend"), None);
    let model = Model::default_model().unwrap();
    assert_eq!((model.shape, model.fold), (Shape::Line, Fold::Visits));
    assert_eq!(
        model.settings,
        Settings {
            return_window_days: 30,
            patience_days: 90,
            patience_factor: 3
        }
    );
    let phases: Vec<&str> = model.phases.iter().map(|phase| phase.id.as_str()).collect();
    assert_eq!(phases, ["aankoop", "gebruik", "loyaliteit"]);
}

#[track_caller]
fn check(change: (&str, &str), expected: &str) {
    assert!(GOOD.contains(change.0), "nothing to change: {}", change.0);
    let error = Model::parse(&GOOD.replacen(change.0, change.1, 1))
        .unwrap_err()
        .to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn a_wrong_file_says_what_to_mend() {
    Model::parse(GOOD).unwrap();
    check(("format = 1", "format = 2"), "format 2 is not known");
    check(
        ("eigen-model", "Eigen Model"),
        r#"model name "Eigen Model" must be lower-case"#,
    );
    check(("source =", "bron ="), "unknown field `bron`");
    check(("source =", "bron ="), "line 6");
    check(
        (r#"shape = "line""#, r#"shape = "lijn""#),
        "unknown variant `lijn`",
    );
    check(
        (r#"id = "na""#, r#"id = "voor""#),
        r#"phase "voor" occurs twice"#,
    );
    check(
        (r#"phase = "voor""#, r#"phase = "vor""#),
        r#"rule 1 names the phase "vor"; the phases are: voor, na"#,
    );
    check(
        (r#"["advice"]"#, r#"["advise"]"#),
        r#"rule 1 names the touchpoint "advise", which is not known (did you mean "advice"?)"#,
    );
    check(
        (r#"["advice"]"#, r#"["zzzzzzzzzz"]"#),
        r#""zzzzzzzzzz", which is not known"#,
    );
    check(
        (r#"["advice"]"#, "[]"),
        "rule 1 can never fit: kinds is empty",
    );
    check(
        (r#"["advice"]"#, "[\"sale\"]\nvisit_from = 3\nvisit_to = 2"),
        "visit_from is beyond visit_to",
    );
    check(
        (
            r#"["advice"]"#,
            "[\"feedback\"]\nscore_from = 9\nscore_to = 8",
        ),
        "score_from is beyond score_to",
    );
    check(
        (r#"["advice"]"#, "[\"feedback\"]\nscore_from = 11"),
        "scores go from 0 to 10",
    );
    check(
        (r#"fold = "rules""#, r#"fold = "visits""#),
        "exactly three phases",
    );
    check(
        (r#"shape = "line""#, r#"shape = "sequence""#),
        "has no phases",
    );
    check(
        (
            "[[phase]]",
            "[settings]\npatience_days = 0\npatience_factor = 0\n[[phase]]",
        ),
        "cannot both be 0",
    );
    let error = Model::parse("format = ").unwrap_err().to_string();
    assert!(error.contains("line 1"), "{error}");
}

#[test]
fn an_owner_may_change_numbers_words_and_rules_of_the_default() {
    let (_, text) = SHIPPED[0];
    let own = text
        .replace(
            "name = \"aankoop-gebruik-loyaliteit\"",
            "name = \"mijn-model\"",
        )
        .replace("return_window_days = 30", "return_window_days = 14")
        .replace("score_from = 9", "score_from = 8");
    let model = Model::parse(&own).unwrap();
    assert_eq!(
        (model.name.as_str(), model.settings.return_window_days),
        ("mijn-model", 14)
    );
}
