//! The model `aankoop-gebruik-loyaliteit`: how long a customer may stay away, when he sleeps, and what wakes him.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::panic,
    reason = "a wrong fixture fails its test"
)]

mod support;

use journey::record::{Kind, Reason};
use support::paths::{check, stages, walk};
use support::{Story, day};

#[test]
fn a_gap_beyond_patience_is_a_sleep_and_the_next_visit_wins_back() {
    let story = Story::new().sale("2026-01-01", "jip", "r1", 1, 1000).sale(
        "2026-04-02",
        "jip",
        "r2",
        1,
        2000,
    );
    // 91 days: the sleep begins on the very day of the visit.
    let path = check(
        &story,
        "2026-04-05",
        &[
            "aankoop 2026-01-01..2026-01-01 1 1000",
            "gebruik 2026-01-01..2026-04-02 0 0",
            "gebruik+slapend 2026-04-02..2026-04-02 0 0",
            "gebruik+teruggewonnen 2026-04-02..nu 1 2000",
        ],
    );
    assert_eq!(
        (path.won_back, path.asleep_since, path.loyal_since),
        (1, None, None)
    );
    // Won back is not loyal; a visit within patience of it is.
    let next = story.sale("2026-04-20", "jip", "r3", 1, 500);
    let path = walk(&next, "2026-04-20");
    assert_eq!(
        stages(&path).last().unwrap(),
        "loyaliteit 2026-04-20..nu 1 500"
    );
}

#[test]
fn after_the_last_visit_the_day_of_reading_stands_for_the_next() {
    let story = Story::new().sale("2026-01-01", "jip", "r1", 1, 1000).sale(
        "2026-01-11",
        "jip",
        "r2",
        1,
        1000,
    );
    assert_eq!(walk(&story, "2026-04-11").asleep_since, None);
    let path = check(
        &story,
        "2026-04-12",
        &[
            "aankoop 2026-01-01..2026-01-01 1 1000",
            "gebruik 2026-01-01..2026-01-11 0 0",
            "loyaliteit 2026-01-11..2026-04-12 1 1000",
            "loyaliteit+slapend 2026-04-12..nu 0 0",
        ],
    );
    assert_eq!(path.asleep_since, Some(day("2026-04-12")));
    // And a loyal sleeper resumes loyalty.
    let back = walk(&story.sale("2026-06-01", "jip", "r3", 1, 900), "2026-06-02");
    assert_eq!(
        stages(&back).last().unwrap(),
        "loyaliteit+teruggewonnen 2026-06-01..nu 1 900"
    );
    assert_eq!(back.loyal_since, Some(day("2026-01-11")));
}

#[test]
fn patience_is_three_medians_rounded_down_once_there_are_two_gaps() {
    // Gaps 40 and 41: the median is 40,5, three times that is 121,5, patience is 121.
    let story = Story::new()
        .sale("2026-01-01", "jip", "r1", 1, 100)
        .sale("2026-02-10", "jip", "r2", 1, 100)
        .sale("2026-03-23", "jip", "r3", 1, 100);
    assert_eq!(
        walk(&story, "2026-07-22").asleep_since,
        None,
        "121 days after 23 March"
    );
    assert_eq!(
        walk(&story, "2026-07-23").asleep_since,
        Some(day("2026-07-23"))
    );
    // One gap of 80 days alone gives no patience of 240.
    let two = Story::new().sale("2026-01-01", "jip", "r1", 1, 100).sale(
        "2026-03-22",
        "jip",
        "r2",
        1,
        100,
    );
    assert_eq!(
        walk(&two, "2026-12-31").asleep_since,
        Some(day("2026-06-21"))
    );
    // Short gaps never make it shorter than ninety days.
    let often = Story::new()
        .sale("2026-01-01", "jip", "r1", 1, 100)
        .sale("2026-01-02", "jip", "r2", 1, 100)
        .sale("2026-01-03", "jip", "r3", 1, 100);
    assert_eq!(
        walk(&often, "2026-12-31").asleep_since,
        Some(day("2026-04-04"))
    );
}

#[test]
fn gaps_run_between_counted_visits() {
    // The visit of 20 March came back: 1 January to 10 May is one gap of 129 days.
    let story = Story::new()
        .sale("2026-01-01", "jip", "r1", 1, 1000)
        .sale("2026-03-20", "jip", "r2", 1, 2000)
        .bring_back_of("2026-03-21", "jip", "r3", 2000, ("r2", 1), Reason::Spijt)
        .sale("2026-05-10", "jip", "r4", 1, 500);
    let path = check(
        &story,
        "2026-05-11",
        &[
            "aankoop 2026-01-01..2026-01-01 1 1000",
            "gebruik 2026-01-01..2026-04-02 0 0",
            "aankoop+teruggebracht 2026-03-20..2026-03-21 1 0",
            "gebruik+slapend 2026-04-02..2026-05-10 0 0",
            "gebruik+teruggewonnen 2026-05-10..nu 1 500",
        ],
    );
    assert_eq!((path.counted_visits, path.won_back), (2, 1));
}

#[test]
fn a_referral_during_a_sleep_wakes_nobody_but_is_remembered() {
    let story = Story::new()
        .sale("2026-01-01", "jip", "r1", 1, 1000)
        .touch("2026-06-01", "jip", Kind::ReferralMade)
        .sale("2026-07-01", "jip", "r2", 1, 700);
    let path = walk(&story, "2026-06-15");
    assert_eq!(
        (path.loyal_since, path.asleep_since),
        (Some(day("2026-06-01")), Some(day("2026-04-02")))
    );
    let path = walk(&story, "2026-07-02");
    assert_eq!(
        stages(&path).last().unwrap(),
        "loyaliteit+teruggewonnen 2026-07-01..nu 1 700"
    );
}
