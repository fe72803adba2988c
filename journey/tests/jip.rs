//! The story of Jip (seed 000): he reads about the shop, asks and compares, buys a T-shirt, wears it, comes
//! back for more, gives a 9 through the receipt's QR code and brings a friend. Every model shows it in its
//! own words, and the default model as a path.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::panic,
    reason = "a wrong fixture fails its test"
)]

mod support;

use journey::model::{Language, Model, walk};
use journey::path::{path, summary};
use journey::record::Kind;
use support::{Story, day};

fn jip() -> Story {
    Story::new()
        .touch("2026-03-01", "jip", Kind::CampaignReceived)
        .touch("2026-03-10 15:00", "jip", Kind::Advice)
        .touch("2026-03-10 15:10", "jip", Kind::PriceCheck)
        .sale("2026-03-12 11:20", "jip", "3-1-0000007", 1, 2995)
        .last(|record| record.product_name = Some("T-shirt van biologisch katoen".into()))
        .touch("2026-03-20", "jip", Kind::UseQuestion)
        .sale("2026-04-04 13:45", "jip", "3-1-0000031", 1, 2995)
        .sale("2026-04-04 13:45", "jip", "3-1-0000031", 2, 4995)
        .feedback("2026-04-05 20:15", "jip", 9)
        .last(|record| {
            record.receipt = Some("3-1-0000031".into());
            record.note = Some("zit heerlijk".into());
        })
        .touch("2026-04-11", "jip", Kind::ReferralMade)
}

#[test]
fn the_default_model_tells_the_story() {
    let dataset = jip().dataset();
    let history = dataset.history(dataset.customer("jip").unwrap());
    let model = Model::default_model().unwrap();
    let path = path(&history, &model, day("2026-04-30"));
    assert!(path.anomalies.is_empty());
    assert_eq!(
        (path.counted_visits, path.loyal_since),
        (2, Some(day("2026-04-04")))
    );
    let told: Vec<(&str, Vec<&str>)> = path
        .stages
        .iter()
        .map(|stage| {
            (
                stage.phase.as_str(),
                stage
                    .evidence
                    .iter()
                    .map(|seen| seen.kind.as_str())
                    .collect(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "aankoop",
                vec!["campaign_received", "advice", "price_check", "sale"]
            ),
            ("gebruik", vec!["use_question"]),
            ("loyaliteit", vec!["sale", "feedback", "referral_made"]),
        ]
    );
    assert_eq!(
        path.stages[2].evidence[1].note.as_deref(),
        Some("9: zit heerlijk")
    );
    assert_eq!(
        summary(&path, &model, Language::Nl),
        "aankoop 12 mrt -> gebruik 23 d -> loyaliteit 1 bezoek, EUR 79,90"
    );
}

/// `phase: kinds` of what was observed, and `phase: -` of what was not.
#[track_caller]
fn check(model: &str, expected: &[(&str, &str)]) {
    let model = Model::parse(model).unwrap();
    let dataset = jip().dataset();
    let walk = walk(&dataset.history(dataset.customer("jip").unwrap()), &model);
    let told: Vec<(String, String)> = walk
        .phases
        .iter()
        .map(|phase| {
            let kinds: Vec<&str> = walk
                .steps
                .iter()
                .filter(|step| step.phase.as_ref() == Some(&phase.phase))
                .map(|step| step.kind.as_str())
                .collect();
            assert_eq!(kinds.len(), phase.touchpoints);
            assert_eq!(phase.observed, phase.first.is_some());
            (
                phase.phase.clone(),
                if phase.observed {
                    kinds.join(" ")
                } else {
                    "-".to_owned()
                },
            )
        })
        .collect();
    let told: Vec<(&str, &str)> = told
        .iter()
        .map(|(phase, kinds)| (phase.as_str(), kinds.as_str()))
        .collect();
    assert_eq!(told, expected);
}

#[test]
fn every_model_shows_it_in_its_own_words() {
    check(
        include_str!("models/aida.toml"),
        &[
            ("attention", "campaign_received"),
            ("interest", "advice"),
            ("desire", "price_check"),
            ("action", "sale sale"),
        ],
    );
    check(
        include_str!("models/vijf-fasen.toml"),
        &[
            ("orientatie", "campaign_received"),
            ("afweging", "advice price_check"),
            ("aankoop", "sale"),
            ("gebruik", "use_question"),
            ("loyaliteit", "sale feedback referral_made"),
        ],
    );
    check(
        include_str!("models/mckinsey.toml"),
        &[
            ("bewustwording", "campaign_received"),
            ("overweging", "advice price_check"),
            ("aankoop", "sale"),
            ("gebruik", "use_question"),
            ("loyaliteit", "sale feedback referral_made"),
        ],
    );
    check(
        include_str!("models/hubspot.toml"),
        &[
            ("bewustwording", "campaign_received feedback referral_made"),
            ("overweging", "advice price_check"),
            ("beslissing", "sale sale"),
        ],
    );
    check(
        include_str!("models/see-think-do.toml"),
        &[
            ("zien", "campaign_received"),
            ("denken", "advice price_check"),
            ("doen", "sale sale"),
        ],
    );
}

#[test]
fn small_goals_are_counted_and_what_was_not_seen_is_not_observed() {
    let model = Model::parse(include_str!("models/see-think-do.toml")).unwrap();
    let dataset = jip().dataset();
    let walk_of_jip = walk(&dataset.history(dataset.customer("jip").unwrap()), &model);
    assert_eq!(
        walk_of_jip.phases[1].goals,
        [
            ("Prijs gevraagd".to_owned(), 1),
            ("Nieuwsbrief".to_owned(), 0)
        ]
    );

    let stranger = Story::new()
        .sale("2026-01-01", "mo", "r1", 1, 100)
        .dataset();
    let aida = Model::parse(include_str!("models/aida.toml")).unwrap();
    let walk_of_mo = walk(&stranger.history(stranger.customer("mo").unwrap()), &aida);
    let observed: Vec<bool> = walk_of_mo
        .phases
        .iter()
        .map(|phase| phase.observed)
        .collect();
    assert_eq!(observed, [false, false, false, true]);
}

#[test]
fn a_model_without_phases_is_the_sequence_itself() {
    let model = Model::parse(include_str!("models/touchpoints.toml")).unwrap();
    let dataset = jip().dataset();
    let walk = walk(&dataset.history(dataset.customer("jip").unwrap()), &model);
    let steps: Vec<&str> = walk.steps.iter().map(|step| step.kind.as_str()).collect();
    assert_eq!(
        steps,
        [
            "campaign_received",
            "advice",
            "price_check",
            "sale",
            "use_question",
            "sale",
            "feedback",
            "referral_made"
        ]
    );
    assert!(walk.phases.is_empty());
}
