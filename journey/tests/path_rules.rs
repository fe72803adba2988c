//! The model `aankoop-gebruik-loyaliteit`, sentence by sentence; sleep and patience have a file of their own.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::panic,
    reason = "a wrong fixture fails its test"
)]

mod support;

use journey::model::{Language, Model};
use journey::path::{Anomaly, State, summary};
use journey::record::{Apart, Kind, Reason};
use support::paths::{check, walk};
use support::{Story, day};

#[test]
fn the_first_visit_is_purchase_and_its_end_is_use() {
    let story = Story::new().sale("2026-01-05", "jip", "r1", 1, 1000).sale(
        "2026-01-05 16:00",
        "jip",
        "r2",
        1,
        500,
    );
    let path = check(
        &story,
        "2026-01-20",
        &[
            "aankoop 2026-01-05..2026-01-05 1 1500",
            "gebruik 2026-01-05..nu 0 0",
        ],
    );
    assert_eq!(
        (
            path.counted_visits,
            path.loyal_since,
            path.asleep_since,
            path.won_back
        ),
        (1, None, None, 0)
    );
}

#[test]
fn use_gathers_evidence_and_partial_returns_hurt() {
    let story = Story::new()
        .sale("2026-01-05", "jip", "r1", 1, 1000)
        .sale("2026-01-05", "jip", "r1", 2, 2000)
        .touch("2026-01-06", "jip", Kind::UseQuestion)
        .bring_back_of("2026-01-09", "jip", "r2", 1000, ("r1", 1), Reason::Defect)
        .last(|record| record.note = Some("naad los".into()))
        .bring_back("2026-01-10", "jip", "r3", 100)
        .touch("2026-01-11", "jip", Kind::NoSaleDrawer);
    let path = check(
        &story,
        "2026-01-20",
        &[
            "aankoop 2026-01-05..2026-01-05 1 3000",
            "gebruik 2026-01-05..nu 0 -1100",
        ],
    );
    let using = &path.stages[1];
    let kinds: Vec<&str> = using
        .evidence
        .iter()
        .map(|seen| seen.kind.as_str())
        .collect();
    assert_eq!(kinds, ["use_question", "return", "return"]);
    assert_eq!(using.evidence[1].note.as_deref(), Some("defect: naad los"));
    assert_eq!(
        using.pain.len(),
        1,
        "a return that names no sale is evidence only"
    );
    assert_eq!(
        (using.pain[0].reason, using.pain[0].value_cents),
        (Some(Reason::Defect), 1000)
    );
}

#[test]
fn goods_brought_back_within_the_window_undo_the_visit() {
    let bought = Story::new().sale("2026-01-05", "jip", "r1", 1, 1000);
    let within =
        bought
            .clone()
            .bring_back_of("2026-02-04", "jip", "r2", 1000, ("r1", 1), Reason::Spijt);
    let path = check(
        &within,
        "2026-02-10",
        &["aankoop+teruggebracht 2026-01-05..nu 1 0"],
    );
    assert_eq!(path.counted_visits, 0);
    assert_eq!(path.stages[0].pain.len(), 1);
    // Not yet known on the day before.
    check(
        &within,
        "2026-02-03",
        &[
            "aankoop 2026-01-05..2026-01-05 1 1000",
            "gebruik 2026-01-05..nu 0 0",
        ],
    );
    // One day beyond the window it is only a return.
    let beyond =
        bought
            .clone()
            .bring_back_of("2026-02-05", "jip", "r2", 1000, ("r1", 1), Reason::Spijt);
    check(
        &beyond,
        "2026-02-10",
        &[
            "aankoop 2026-01-05..2026-01-05 1 1000",
            "gebruik 2026-01-05..nu 0 -1000",
        ],
    );
    // One that names nothing undoes nothing.
    let unnamed = bought.bring_back("2026-01-06", "jip", "r2", 1000);
    assert_eq!(walk(&unnamed, "2026-02-10").counted_visits, 1);
}

#[test]
fn part_of_a_line_or_one_of_two_lines_keeps_the_visit() {
    let two = Story::new()
        .sale("2026-01-05", "jip", "r1", 1, 2000)
        .last(|record| record.quantity = 2000)
        .bring_back_of("2026-01-06", "jip", "r2", 1000, ("r1", 1), Reason::Spijt);
    assert_eq!(walk(&two, "2026-01-10").counted_visits, 1);
    let both = two.bring_back_of("2026-01-07", "jip", "r3", 1000, ("r1", 1), Reason::Spijt);
    assert_eq!(walk(&both, "2026-01-10").counted_visits, 0);
    // The deposit of a bottle is not goods: it need not come back.
    let bottle = Story::new()
        .sale("2026-01-05", "jip", "r1", 1, 200)
        .sale("2026-01-05", "jip", "r1", 2, 15)
        .last(|record| record.apart = Some(Apart::Deposit))
        .bring_back_of("2026-01-06", "jip", "r2", 200, ("r1", 1), Reason::Verkeerd);
    check(
        &bottle,
        "2026-01-10",
        &["aankoop+teruggebracht 2026-01-05..nu 1 0"],
    );
}

#[test]
fn what_is_no_goods_or_has_no_number_decides_nothing() {
    // A bottle brought for its deposit alone, and a discount without a quantity: nothing of it can come back.
    let deposit = Story::new()
        .sale("2026-01-05", "jip", "r1", 1, 15)
        .last(|record| record.apart = Some(Apart::Deposit));
    assert_eq!(walk(&deposit, "2026-01-10").counted_visits, 1);
    let nothing = Story::new()
        .sale("2026-01-05", "jip", "r1", 1, -500)
        .last(|record| record.quantity = 0);
    assert_eq!(walk(&nothing, "2026-01-10").counted_visits, 1);
    let with_discount = Story::new()
        .sale("2026-01-05", "jip", "r1", 1, 2000)
        .sale("2026-01-05", "jip", "r1", 2, -500)
        .last(|record| record.quantity = 0)
        .bring_back_of("2026-01-06", "jip", "r2", 1500, ("r1", 1), Reason::Spijt);
    assert_eq!(walk(&with_discount, "2026-01-10").counted_visits, 0);
    // Imported lines have no numbers: a return that names line 0 names none of them.
    let imported = Story::new()
        .sale("2026-01-05", "jip", "r1", 0, 1000)
        .bring_back_of("2026-01-06", "jip", "r2", 1000, ("r1", 0), Reason::Spijt);
    let path = walk(&imported, "2026-01-10");
    assert_eq!((path.counted_visits, path.stages[1].pain.len()), (1, 0));
}

#[test]
fn without_a_counted_visit_the_next_opens_purchase_anew() {
    let story = Story::new()
        .sale("2026-01-05", "jip", "r1", 1, 1000)
        .bring_back_of("2026-01-08", "jip", "r2", 1000, ("r1", 1), Reason::Ruil)
        .sale("2026-01-10", "jip", "r3", 1, 700);
    check(
        &story,
        "2026-01-20",
        &[
            "aankoop+teruggebracht 2026-01-05..2026-01-08 1 0",
            "aankoop 2026-01-10..2026-01-10 1 700",
            "gebruik 2026-01-10..nu 0 0",
        ],
    );
}

#[test]
fn a_later_return_changes_earlier_stages() {
    let story = Story::new()
        .sale("2026-01-05", "jip", "r1", 1, 1000)
        .sale("2026-01-20", "jip", "r2", 1, 3000)
        .bring_back_of("2026-01-25", "jip", "r3", 3000, ("r2", 1), Reason::Defect);
    check(
        &story,
        "2026-01-24",
        &[
            "aankoop 2026-01-05..2026-01-05 1 1000",
            "gebruik 2026-01-05..2026-01-20 0 0",
            "loyaliteit 2026-01-20..nu 1 3000",
        ],
    );
    // The second visit does not count: passed over, a stage of its own, use goes on.
    let path = check(
        &story,
        "2026-01-25",
        &[
            "aankoop 2026-01-05..2026-01-05 1 1000",
            "gebruik 2026-01-05..nu 0 0",
            "aankoop+teruggebracht 2026-01-20..2026-01-25 1 0",
        ],
    );
    assert_eq!(path.loyal_since, None);
}

#[test]
fn a_visit_within_patience_opens_loyalty_and_later_ones_are_laps() {
    let story = Story::new()
        .sale("2026-01-01", "jip", "r1", 1, 1000)
        .sale("2026-04-01", "jip", "r2", 1, 2000)
        .sale("2026-04-11", "jip", "r3", 1, 3000);
    let path = check(
        &story,
        "2026-04-20",
        &[
            "aankoop 2026-01-01..2026-01-01 1 1000",
            "gebruik 2026-01-01..2026-04-01 0 0",
            "loyaliteit 2026-04-01..nu 2 5000",
        ],
    );
    assert_eq!(
        path.loyal_since,
        Some(day("2026-04-01")),
        "ninety days are within ninety"
    );
}

#[test]
fn an_ambassador_is_loyal_after_one_visit() {
    for (kind, score) in [
        (Kind::RewardRedeemed, None),
        (Kind::ReferralMade, None),
        (Kind::Feedback, Some(9)),
        (Kind::Feedback, Some(10)),
    ] {
        let story = Story::new()
            .sale("2026-01-01 10:00", "jip", "r1", 1, 1000)
            .touch("2026-01-01 10:05", "jip", kind.clone())
            .last(|record| record.score = score);
        let path = check(
            &story,
            "2026-01-10",
            &[
                "aankoop 2026-01-01..2026-01-01 1 1000",
                "gebruik 2026-01-01..2026-01-01 0 0",
                "loyaliteit 2026-01-01..nu 0 0",
            ],
        );
        assert_eq!(path.loyal_since, Some(day("2026-01-01")), "{kind}");
        // Before any visit it opens nothing: it is evidence of the purchase to come.
        let early = Story::new()
            .touch("2025-12-31", "jip", kind.clone())
            .last(|record| record.score = score)
            .sale("2026-01-01", "jip", "r1", 1, 1000);
        let path = walk(&early, "2026-01-10");
        assert_eq!(path.loyal_since, None, "{kind}");
        assert_eq!(path.stages[0].evidence[0].kind, kind.as_str());
    }
    let eight = Story::new()
        .sale("2026-01-01", "jip", "r1", 1, 1000)
        .feedback("2026-01-02", "jip", 8);
    assert_eq!(walk(&eight, "2026-01-10").loyal_since, None);
    // A reward on the very receipt of the first visit is part of that visit.
    let on_receipt = Story::new()
        .sale("2026-01-01", "jip", "r1", 1, 1000)
        .touch("2026-01-01", "jip", Kind::RewardRedeemed)
        .last(|record| record.receipt = Some("r1".into()));
    assert_eq!(walk(&on_receipt, "2026-01-10").loyal_since, None);
}

#[test]
fn a_coupon_on_the_receipt_belongs_to_the_purchase_whatever_its_order() {
    let story = Story::new()
        .sale("2026-01-01", "jip", "r1", 1, 1000)
        .touch("2026-01-20", "jip", Kind::CouponRedeemed)
        .last(|record| record.receipt = Some("r2".into()))
        .sale("2026-01-20", "jip", "r2", 1, 2000);
    let path = walk(&story, "2026-01-21");
    let kinds: Vec<&str> = path.stages[2]
        .evidence
        .iter()
        .map(|seen| seen.kind.as_str())
        .collect();
    assert_eq!(
        (path.stages[2].phase.as_str(), kinds),
        ("loyaliteit", vec!["coupon_redeemed", "sale"])
    );
}

#[test]
fn what_cannot_be_right_is_said_and_never_stops_the_path() {
    let story = Story::new()
        .sale("2026-01-05", "jip", "r1", 1, 1000)
        .bring_back_of("2026-01-06", "jip", "r2", 1000, ("r1", 1), Reason::Spijt)
        .bring_back_of("2026-01-06", "jip", "r3", 1000, ("r1", 1), Reason::Spijt)
        .bring_back_of("2026-01-06", "jip", "r4", 1000, ("r9", 1), Reason::Spijt)
        .bring_back_of("2026-01-04", "jip", "r5", 1000, ("r1", 1), Reason::Spijt)
        .touch("2026-01-07", "jip", Kind::Feedback);
    let path = walk(&story, "2026-01-10");
    assert_eq!(path.counted_visits, 0);
    let kinds: Vec<String> = path
        .anomalies
        .iter()
        .map(|anomaly| {
            serde_json::to_value(anomaly).unwrap()["kind"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "return_before_sale",
            "return_names_unknown_sale",
            "feedback_without_score",
            "returned_more_than_sold"
        ]
    );
    assert!(path.anomalies.contains(&Anomaly::ReturnedMoreThanSold {
        receipt: "r1".into(),
        line: 1,
        sold: 1000,
        returned: 3000
    }));
}

#[test]
fn a_customer_without_a_visit_has_no_stages() {
    let story = Story::new()
        .touch("2026-01-01", "jip", Kind::CampaignReceived)
        .bring_back("2026-01-02", "jip", "r1", 100);
    let path = check(&story, "2026-12-31", &[]);
    assert_eq!(path.asleep_since, None);
    assert_eq!(
        summary(&path, &Model::default_model().unwrap(), Language::Nl),
        "nog geen bezoek"
    );
}

#[test]
fn the_path_in_one_line() {
    let model = Model::default_model().unwrap();
    let story = Story::new()
        .sale("2026-03-12", "jip", "r1", 1, 3000)
        .sale("2026-03-12", "jip", "r1", 2, 2000)
        .bring_back_of("2026-03-20", "jip", "r2", 2000, ("r1", 2), Reason::Defect)
        .sale("2026-04-04", "jip", "r3", 1, 5000)
        .sale("2026-04-24", "jip", "r4", 1, 6000)
        .sale("2026-05-14", "jip", "r5", 1, 10000)
        .sale("2026-06-03", "jip", "r6", 1, 240);
    let path = walk(&story, "2026-09-21");
    assert_eq!(
        summary(&path, &model, Language::Nl),
        "aankoop 12 mrt -> gebruik 23 d (1 retour: defect) -> loyaliteit 4 bezoeken, EUR 212,40 -> slapend sinds 2 sep"
    );
    assert_eq!(
        summary(&path, &model, Language::En),
        "purchase 12 Mar -> use 23 d (1 return: defect) -> loyalty 4 visits, EUR 212.40 -> asleep since 2 Sep"
    );
    let later = walk(
        &story.sale("2027-02-01", "jip", "r7", 1, 123_456),
        "2027-02-02",
    );
    assert_eq!(
        summary(&later, &model, Language::Nl),
        "aankoop 12 mrt 2026 -> gebruik 23 d (1 retour: defect) -> loyaliteit 4 bezoeken, EUR 212,40 -> slapend 152 d \
         -> teruggewonnen 1 feb, 1 bezoek, EUR 1.234,56"
    );
    let brought_back = Story::new()
        .sale("2026-01-05", "jip", "r1", 1, 1000)
        .bring_back_of("2026-01-08", "jip", "r2", 1000, ("r1", 1), Reason::Ruil);
    assert_eq!(
        summary(&walk(&brought_back, "2026-01-09"), &model, Language::Nl),
        "aankoop 5 jan teruggebracht (1 retour: ruil)"
    );
}

#[test]
fn the_json_is_that_of_report_path() {
    let story = Story::new()
        .sale("2026-01-05 14:03", "jip", "r1", 1, 1000)
        .bring_back_of("2026-01-06", "jip", "r2", 400, ("r1", 2), Reason::Verkeerd);
    let json = serde_json::to_value(walk(&story, "2026-06-01")).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "customer": "jip", "model": "aankoop-gebruik-loyaliteit", "as_of": "2026-06-01", "counted_visits": 1,
            "loyal_since": null, "asleep_since": "2026-04-06", "won_back": 0,
            "stages": [
                {"phase": "aankoop", "state": null, "from": "2026-01-05", "to": "2026-01-05", "visits": 1, "net_cents": 1000,
                 "evidence": [{"at": "2026-01-05T14:03:00+01:00", "kind": "sale", "shop": "utrecht", "receipt": "r1", "note": null}],
                 "pain": []},
                {"phase": "gebruik", "state": null, "from": "2026-01-05", "to": "2026-04-06", "visits": 0, "net_cents": -400,
                 "evidence": [{"at": "2026-01-06T10:00:00+01:00", "kind": "return", "shop": "utrecht", "receipt": "r2", "note": "verkeerd"}],
                 "pain": []},
                {"phase": "gebruik", "state": "slapend", "from": "2026-04-06", "to": null, "visits": 0, "net_cents": 0,
                 "evidence": [], "pain": []},
            ],
            "anomalies": [{"kind": "return_names_unknown_sale", "event_id": "e0002", "receipt": "r1", "line": 2}],
        })
    );
    for state in [State::Teruggebracht, State::Slapend, State::Teruggewonnen] {
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }
}
