//! Paths and midnight: a receipt over it, shops that keep clocks half a day apart, and what is known at the end of a day.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::panic,
    reason = "a wrong fixture fails its test"
)]

mod support;

use journey::model::Model;
use journey::path::fold;
use journey::record::{Kind, Reason, Record};
use journey::{Query, reports};
use support::paths::{of, stages_are};
use support::{Story, day};

/// Puts a record at a wall time under another offset, in minutes.
fn at(text: &str, offset_minutes: i16) -> impl FnOnce(&mut Record) {
    let local_ms = support::at_ms(text) + 3_600_000;
    move |record| {
        record.at_ms = local_ms - i64::from(offset_minutes) * 60_000;
        record.offset_minutes = offset_minutes;
    }
}

#[test]
fn a_receipt_over_midnight_is_known_whole_on_its_day() {
    let story = Story::new()
        .sale("2026-01-05 23:58", "jip", "r1", 1, 1000)
        .sale("2026-01-06 00:02", "jip", "r1", 2, 250);
    let expected = [
        "aankoop 2026-01-05..2026-01-05 1 1250",
        "gebruik 2026-01-05..nu 0 0",
    ];
    let dataset = story.dataset();
    stages_are(&of(&dataset, "2026-01-05"), &expected);
    stages_are(&of(&dataset, "2026-01-06"), &expected);
    stages_are(&of(&dataset, "2026-01-04"), &[]);
    // The last sale day, which is the default, shows all of it as well.
    let last = reports::seen_at(&dataset, &Query::all()).unwrap();
    assert_eq!(last, day("2026-01-05"));
    let customer = dataset.customer("jip").unwrap();
    let folded = fold(&dataset.history(customer), &Model::default_model().unwrap());
    assert_eq!(folded.ends_on(), last);
    let read = folded.at(last);
    assert_eq!(
        read,
        Some(of(&dataset, "2026-01-05")),
        "what is stored can be read at it"
    );
    assert_eq!(folded.at(day("2026-01-04")), None);
}

#[test]
fn a_return_over_midnight_counts_for_the_day_it_began() {
    // 30 days and a few minutes: the receipt began within the window.
    let story = Story::new()
        .sale("2026-01-05", "jip", "r1", 1, 1000)
        .sale("2026-01-05", "jip", "r1", 2, 500)
        .bring_back_of(
            "2026-02-04 23:59",
            "jip",
            "r2",
            1000,
            ("r1", 1),
            Reason::Spijt,
        )
        .bring_back_of(
            "2026-02-05 00:01",
            "jip",
            "r2",
            500,
            ("r1", 2),
            Reason::Spijt,
        );
    let path = of(&story.dataset(), "2026-02-04");
    stages_are(&path, &["aankoop+teruggebracht 2026-01-05..nu 1 0"]);
    assert_eq!(path.counted_visits, 0);
}

#[test]
fn visits_run_by_local_day_whatever_the_offsets() {
    // In Samoa it is half past midnight on the second; three hours later it is still the first in Chicago.
    let story = Story::new()
        .sale("2026-01-02", "jip", "east", 1, 1000)
        .last(at("2026-01-02 00:30", 14 * 60))
        .sale("2026-01-01", "jip", "west", 1, 300)
        .last(at("2026-01-01 20:00", -5 * 60));
    let path = of(&story.dataset(), "2026-01-03");
    stages_are(
        &path,
        &[
            "aankoop 2026-01-01..2026-01-01 1 300",
            "gebruik 2026-01-01..2026-01-02 0 0",
            "loyaliteit 2026-01-02..nu 1 1000",
        ],
    );
    assert_eq!(path.loyal_since, Some(day("2026-01-02")));
    // At the end of the first only the visit of the first is known.
    stages_are(
        &of(&story.dataset(), "2026-01-01"),
        &[
            "aankoop 2026-01-01..2026-01-01 1 300",
            "gebruik 2026-01-01..nu 0 0",
        ],
    );
}

#[test]
fn what_happens_on_an_earlier_local_day_comes_before_the_visit() {
    // By the instant the referral is after the visit, on the wall it stands a day before it.
    let story = Story::new()
        .sale("2026-01-02", "jip", "east", 1, 1000)
        .last(at("2026-01-02 00:30", 14 * 60))
        .touch("2026-01-01", "jip", Kind::ReferralMade)
        .last(at("2026-01-01 20:00", -5 * 60));
    let path = of(&story.dataset(), "2026-01-03");
    stages_are(
        &path,
        &[
            "aankoop 2026-01-02..2026-01-02 1 1000",
            "gebruik 2026-01-02..nu 0 0",
        ],
    );
    assert_eq!(path.loyal_since, None);
    assert_eq!(path.stages[0].evidence[0].kind, "referral_made");
}

#[test]
fn the_hour_that_comes_twice_keeps_the_order_of_instants() {
    // 25 October 2026: half past two comes in summer time, then again in winter time.
    let story = Story::new()
        .sale("2026-10-25", "jip", "r1", 1, 100)
        .last(at("2026-10-25 02:45", 120))
        .touch("2026-10-25", "jip", Kind::ReferralMade)
        .last(at("2026-10-25 02:15", 60));
    let path = of(&story.dataset(), "2026-10-25");
    assert_eq!(
        path.loyal_since,
        Some(day("2026-10-25")),
        "it came after the visit"
    );
}

#[test]
fn a_feedback_on_a_receipt_is_known_on_its_own_day() {
    let story = Story::new()
        .sale("2026-01-05", "jip", "r1", 1, 1000)
        .feedback("2026-01-09", "jip", 10)
        .last(|record| record.receipt = Some("r1".into()));
    assert_eq!(of(&story.dataset(), "2026-01-08").loyal_since, None);
    assert_eq!(
        of(&story.dataset(), "2026-01-09").loyal_since,
        Some(day("2026-01-09"))
    );
}

#[test]
fn paths_are_seen_at_the_last_sale_day_of_the_selection_and_show_who_is_in_it() {
    let dataset = Story::new()
        .sale("2026-01-05", "jip", "r1", 1, 1000)
        .sale("2026-06-01", "mo", "r2", 1, 1000)
        .last(|record| record.imported = true)
        .sale("2026-03-01", "", "r3", 1, 1000)
        .last(|record| record.shop = "zwolle".into())
        .touch("2026-09-01", "kim", Kind::CampaignReceived)
        .dataset();
    let ids = |query: &Query| -> Vec<&str> {
        let found = reports::customers_of(&dataset, query);
        found
            .iter()
            .map(|customer| dataset.customer_id(*customer))
            .collect()
    };
    let all = Query::all();
    assert_eq!(reports::seen_at(&dataset, &all), Some(day("2026-06-01")));
    assert_eq!(ids(&all), ["jip", "kim", "mo"]);
    let live = Query::all().without_imported();
    assert_eq!(reports::seen_at(&dataset, &live), Some(day("2026-03-01")));
    assert_eq!(ids(&live), ["jip", "kim"]);
    let utrecht = live.clone().shop("utrecht");
    assert_eq!(
        reports::seen_at(&dataset, &utrecht),
        Some(day("2026-01-05"))
    );
    let autumn = Query::all().between(Some(day("2026-08-01")), None);
    assert_eq!(ids(&autumn), ["kim"]);
    assert_eq!(
        reports::seen_at(&dataset, &autumn),
        Some(day("2026-09-01")),
        "without a sale the last day on which anything happened"
    );
    let spring = Query::all().between(Some(day("2026-04-01")), Some(day("2026-05-01")));
    assert_eq!(
        reports::seen_at(&dataset, &spring),
        None,
        "nothing happened then"
    );
}

#[test]
fn what_was_seen_before_the_first_visit_stands_in_order() {
    let path = of(
        &Story::new()
            .touch("2026-01-05 09:58", "jip", Kind::CouponRedeemed)
            .last(|record| record.receipt = Some("r1".into()))
            .touch("2026-01-05 09:59", "jip", Kind::Advice)
            .sale("2026-01-05 10:00", "jip", "r1", 1, 1000)
            .dataset(),
        "2026-01-05",
    );
    let kinds: Vec<&str> = path.stages[0]
        .evidence
        .iter()
        .map(|seen| seen.kind.as_str())
        .collect();
    assert_eq!(kinds, ["coupon_redeemed", "advice", "sale"]);
}

/// Goods that were booked back before their sale, by a wrong clock: what hurt stands in order too.
#[test]
fn what_hurt_before_the_first_visit_stands_in_order() {
    let story = Story::new()
        .bring_back_of(
            "2026-01-05 10:02",
            "jip",
            "late",
            500,
            ("r2", 1),
            Reason::Spijt,
        )
        .bring_back_of(
            "2026-01-05 10:01",
            "jip",
            "early",
            1000,
            ("r1", 1),
            Reason::Defect,
        )
        .sale("2026-01-05 10:05", "jip", "r1", 1, 1000)
        .sale("2026-01-08", "jip", "r2", 1, 500)
        .sale("2026-01-08", "jip", "r2", 2, 500);
    let path = of(&story.dataset(), "2026-01-09");
    let hurt: Vec<Option<&str>> = path.stages[0]
        .pain
        .iter()
        .map(|pain| pain.receipt.as_deref())
        .collect();
    assert_eq!(hurt, [Some("early"), Some("late")]);
}
