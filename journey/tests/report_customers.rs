//! Reports by hand that name customers and receipts: scores, weeks, lists, and the paper behind a figure.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::panic,
    reason = "a wrong fixture fails its test"
)]

mod support;

use journey::record::Reason;
use journey::reports::{
    self,
    customers::{Behind, Paging, SortBy},
    rfm::Segment,
};
use journey::{Dataset, Query};
use support::{Story, day};

#[test]
fn scores_break_ties_by_id_or_not_at_all() {
    // Seven customers, all on one day, one receipt each: only the amounts differ, two and two the same.
    let mut story = Story::new();
    for (customer, cents) in [
        ("g", 100),
        ("a", 200),
        ("b", 200),
        ("c", 300),
        ("d", 300),
        ("e", 400),
        ("f", 500),
    ] {
        story = story.sale("2026-01-05", customer, customer, 1, cents);
    }
    let report = reports::rfm(&story.dataset(), &Query::all());
    assert_eq!(report.reference_day, Some(day("2026-01-06")));
    let told: Vec<(&str, i32, &str, &str)> = report
        .customers
        .iter()
        .map(|c| {
            (
                c.customer.as_str(),
                c.r,
                c.ntile.as_str(),
                c.tie_safe.as_str(),
            )
        })
        .collect();
    // NTILE(5) of 7: 2, 2, 1, 1, 1. By id a b c d e f g; by amount g a b c d e f.
    assert_eq!(
        told,
        [
            ("a", 1, "111", "111"),
            ("b", 1, "112", "111"),
            ("c", 1, "222", "113"),
            ("d", 1, "223", "113"),
            ("e", 1, "334", "114"),
            ("f", 1, "445", "115"),
            ("g", 1, "551", "111"),
        ]
    );
    assert_eq!(
        report.tie_safe_cells.into_iter().collect::<Vec<_>>(),
        [
            ("111".into(), 3),
            ("113".into(), 2),
            ("114".into(), 1),
            ("115".into(), 1)
        ]
    );
}

#[test]
fn segments_are_the_first_that_fits() {
    for (tie_safe, f, segment) in [
        ("551", 9, Segment::Kampioenen),
        ("441", 1, Segment::Kampioenen),
        ("341", 9, Segment::Trouw),
        ("511", 1, Segment::Nieuw),
        ("511", 2, Segment::Veelbelovend),
        ("311", 1, Segment::Veelbelovend),
        ("255", 9, Segment::Slapend),
        ("155", 9, Segment::Verloren),
    ] {
        let customer = reports::rfm::RfmCustomer {
            customer: "c".into(),
            r: 1,
            f,
            m: 1,
            ntile: String::new(),
            tie_safe: tie_safe.into(),
        };
        assert_eq!(customer.segment(), segment, "{tie_safe}");
    }
}

#[test]
fn weeks_tell_new_from_returning() {
    let story = Story::new()
        .sale("2025-12-29", "a", "a1", 1, 100)
        .sale("2026-01-04", "a", "a2", 1, 200)
        .sale("2026-01-12", "a", "a3", 1, 400)
        .sale("2026-01-12", "b", "b1", 1, 800)
        .sale("2026-01-12", "", "x", 1, 1600);
    let told: Vec<(String, usize, usize, i64, i64, i64)> =
        reports::weeks(&story.dataset(), &Query::all())
            .into_iter()
            .map(|w| {
                (
                    w.week,
                    w.new,
                    w.returning,
                    w.gross_new_cents,
                    w.gross_returning_cents,
                    w.gross_anonymous_cents,
                )
            })
            .collect();
    assert_eq!(
        told,
        [
            ("2026-W01".into(), 1, 0, 300, 0, 0),
            ("2026-W02".into(), 0, 0, 0, 0, 0),
            ("2026-W03".into(), 1, 1, 800, 400, 1600)
        ]
    );
}

#[test]
fn pages_are_sorted_capped_and_continue() {
    let mut story = Story::new();
    for n in 0..30 {
        story = story.sale(
            "2026-01-05",
            &format!("k{n:02}"),
            &format!("r{n}"),
            1,
            100 * (n % 3),
        );
    }
    let data = story.dataset();
    let page = |offset, limit| {
        let paging = Paging {
            sort: SortBy::Spend,
            descending: true,
            offset,
            limit,
        };
        let page = reports::customers(&data, &Query::all(), Behind::Purchasing, paging);
        assert_eq!(page.total, 30);
        page.rows
            .into_iter()
            .map(|row| row.customer)
            .collect::<Vec<_>>()
    };
    assert_eq!(page(0, 3), ["k02", "k05", "k08"]);
    assert_eq!(page(9, 3), ["k29", "k01", "k04"]);
    assert_eq!(page(29, 3), ["k27"]);
    assert_eq!((page(30, 3).len(), page(0, 9_999).len()), (0, 30));
}

#[test]
fn lists_are_sorted_by_what_was_asked() {
    let data = Story::new()
        .sale("2026-01-05", "a", "a1", 1, 300)
        .sale("2026-03-05", "a", "a2", 1, 300)
        .sale("2026-01-07", "b", "b1", 1, 500)
        .sale("2026-02-05", "c", "c1", 1, 900)
        .bring_back("2026-04-01", "d", "d1", 100)
        .dataset();
    let ids = |sort, descending| {
        let paging = Paging {
            sort,
            descending,
            ..Paging::default()
        };
        let page = reports::customers(&data, &Query::all(), Behind::Purchasing, paging);
        let ids = page.rows.into_iter().map(|row| row.customer);
        ids.collect::<Vec<_>>().join("")
    };
    for (sort, upwards, downwards) in [
        (SortBy::FirstVisit, "abc", "cba"),
        (SortBy::LastVisit, "bca", "acb"),
        (SortBy::Visits, "bca", "abc"),
        (SortBy::Spend, "bac", "cab"),
        (SortBy::Customer, "abc", "cba"),
    ] {
        assert_eq!(
            (ids(sort, false).as_str(), ids(sort, true).as_str()),
            (upwards, downwards),
            "{sort:?}"
        );
    }
    // Who only brought something back is found as well, by the list and by himself.
    let all = Query::all();
    let found = reports::customers::customer(&data, &all, data.customer("d").unwrap()).unwrap();
    assert_eq!(
        (found.visits, found.net_cents, found.last_visit),
        (0, -100, None)
    );
    let page = reports::customers(&data, &all, Behind::OnlyReturns, Paging::default());
    assert_eq!(page.rows, [found]);
}

/// A receipt of which only some lines have a customer is his, in whatever order they came.
#[test]
fn a_receipt_with_one_named_line_is_that_customers() {
    for names in [["a", ""], ["", "a"]] {
        let data = Story::new()
            .sale("2026-01-05", names[0], "r1", 1, 100)
            .sale("2026-01-05", names[1], "r1", 2, 200)
            .dataset();
        let row = reports::receipts::receipt(&data, &Query::all(), "r1").unwrap();
        assert_eq!((row.customer.as_deref(), row.net_cents), (Some("a"), 300));
    }
    // Of two customers the earliest line decides, whoever was heard of first.
    let two = Story::new()
        .sale("2026-01-05 10:01", "b", "r1", 1, 100)
        .sale("2026-01-05 10:00", "a", "r1", 2, 200);
    let row = reports::receipts::receipt(&two.dataset(), &Query::all(), "r1").unwrap();
    assert_eq!(row.customer.as_deref(), Some("a"));
}

/// A page never holds more than it can show; a file holds them all.
#[test]
fn a_page_has_an_end_and_a_file_has_not() {
    let mut story = Story::new();
    for n in 0..501 {
        story = story.sale("2026-01-05", &format!("k{n:03}"), &format!("r{n}"), 1, 100);
    }
    let (data, all) = (story.dataset(), Query::all());
    let paging = Paging {
        limit: usize::MAX,
        ..Paging::default()
    };
    let page = reports::customers(&data, &all, Behind::Purchasing, paging);
    assert_eq!((page.total, page.rows.len()), (501, 500));
    let file = reports::customers::export(&data, &all, Behind::Purchasing, Paging::default());
    assert_eq!((file.total, file.rows.len()), (501, 501));
    let receipts = reports::receipts::of_selection(&data, &all, 0, usize::MAX);
    assert_eq!((receipts.total, receipts.rows.len()), (501, 500));
    assert_eq!(reports::receipts::export(&data, &all, 7).len(), 7);
    assert_eq!(
        reports::receipts::export(&data, &all, usize::MAX).len(),
        501
    );
}

/// A slip of the pen in a year makes no chart of thousands of empty weeks: the latest forty years are shown.
#[test]
fn weeks_of_a_long_history_are_the_latest() {
    let story =
        Story::new()
            .sale("1950-01-02", "a", "a1", 1, 100)
            .sale("2026-01-05", "a", "a2", 1, 200);
    let weeks = reports::weeks(&story.dataset(), &Query::all());
    assert_eq!(weeks.len(), 2_080);
    let last = weeks.last().unwrap();
    assert_eq!((last.week.as_str(), last.returning), ("2026-W02", 1));
    assert_eq!(weeks.iter().map(|week| week.new).sum::<usize>(), 0);
}

#[test]
fn down_to_the_paper() {
    let story = Story::new()
        .sale("2026-01-05", "a", "r1", 1, 1000)
        .last(|record| record.product_name = Some("T-shirt".into()))
        .sale("2026-01-06", "b", "r2", 1, 2000)
        .bring_back_of("2026-01-07", "a", "r3", 1000, ("r1", 1), Reason::Ruil);
    let data = story.dataset();
    let names = |page: reports::customers::Page<reports::receipts::ReceiptRow>| {
        page.rows
            .into_iter()
            .map(|row| (row.receipt, row.net_cents))
            .collect::<Vec<_>>()
    };
    let a = data.customer("a").unwrap();
    assert_eq!(
        names(reports::receipts::of_customer(
            &data,
            &Query::all(),
            a,
            0,
            10
        )),
        [("r3".into(), -1000), ("r1".into(), 1000)]
    );
    let one_day = Query::all().between(Some(day("2026-01-06")), Some(day("2026-01-06")));
    assert_eq!(
        names(reports::receipts::of_selection(&data, &one_day, 0, 10)),
        [("r2".into(), 2000)]
    );
    let lines = reports::receipts::lines(&data, "r3");
    assert_eq!(
        (
            lines[0].product_name.as_deref(),
            lines[0].returns_receipt.as_deref()
        ),
        (Some("T-shirt"), Some("r1"))
    );
    assert!(reports::receipts::lines(&data, "nowhere").is_empty());
    assert!(reports::receipts::lines(&Dataset::new(), "r1").is_empty());
}
