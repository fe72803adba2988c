//! A book that is kept up to date says what one says that reads everything anew.

use std::fmt::Write as _;
use std::fs;

use journey::{Query, reports};
use proptest::prelude::*;

use super::*;
use crate::kit::{Desk, Kassa, customer, desk};

const HEADER: &str = "event_id,occurred_at,shop_id,till_id,customer_id,kind,receipt_id,product_id,category,quantity,amount_cents";

/// What can happen to a head office.
#[derive(Clone, Debug)]
enum Deed {
    /// An outside customer (0: nobody) buys on a day, or brings back.
    Import { who: u8, day: u32, cents: i64 },
    /// One of our own (0: nobody) buys.
    Sell { who: u8, cents: i64 },
    /// An outside customer, or one of our own, is forgotten.
    Forget { who: u8, outside: bool },
    /// The last import is taken back.
    Undo,
    /// Somebody looks at the book.
    Look,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (0..4_u8, 1..28_u32, -2_000..9_000_i64)
            .prop_map(|(who, day, cents)| Deed::Import { who, day, cents }),
        3 => (0..4_u8, 1..9_000_i64).prop_map(|(who, cents)| Deed::Sell { who, cents }),
        2 => (1..4_u8, any::<bool>()).prop_map(|(who, outside)| Deed::Forget { who, outside }),
        1 => Just(Deed::Undo),
        3 => Just(Deed::Look),
    ]
}

fn outside(who: u8) -> String {
    if who == 0 {
        String::new()
    } else {
        format!("klant-{who}")
    }
}

fn import(desk: &Desk, n: usize, who: u8, day: u32, cents: i64) {
    let kind = if cents < 0 { "return" } else { "sale" };
    let mut text = format!("{HEADER}\n");
    let quantity = cents.signum();
    for line in 0..2 {
        writeln!(
            text,
            "e{n}-{line},2026-10-{day:02}T10:00:00+01:00,utrecht,1,{},{kind},r{n},sjaal,Mode,{quantity},{cents}",
            outside(who)
        )
        .unwrap();
    }
    let file = desk.folder.path().join(format!("{n}.csv"));
    fs::write(&file, text).unwrap();
    let rejects = file.with_extension("rejects.csv");
    let summary = desk
        .office
        .import(&file, None, &rejects, &mut |_| {})
        .unwrap();
    assert_eq!(summary.added, 2);
}

/// Every figure that names or counts customers, and every folded path.
fn figures(book: &Book) -> String {
    let dataset = book.dataset();
    let all = Query::all();
    let json = |report: serde_json::Result<String>| report.unwrap();
    let paths: Vec<Vec<u8>> = dataset
        .customers()
        .into_iter()
        .map(|number| Derived::of(dataset, book.model(), number).bytes().unwrap())
        .collect();
    [
        json(serde_json::to_string(&reports::volumes(dataset, &all))),
        json(serde_json::to_string(&reports::repeat(dataset, &all))),
        json(serde_json::to_string(&reports::visits(dataset, &all))),
        json(serde_json::to_string(&reports::cohorts(dataset, &all))),
        json(serde_json::to_string(&reports::rfm(dataset, &all))),
        json(serde_json::to_string(&reports::returns(dataset, &all))),
        String::from_utf8(paths.concat()).unwrap(),
    ]
    .join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_book_kept_up_to_date_equals_one_read_anew(deeds in prop::collection::vec(deed(), 1..24)) {
        let desk = desk();
        let mut kassa = Kassa::enrol(&desk, 1);
        for (n, deed) in deeds.into_iter().enumerate() {
            match deed {
                Deed::Import { who, day, cents } => import(&desk, n, who, day, cents),
                Deed::Sell { who, cents } => {
                    kassa.at -= chrono::TimeDelta::hours(17);
                    kassa.sell(cents, (who > 0).then(|| customer(who)));
                    kassa.send_all(&desk).unwrap();
                }
                Deed::Forget { who, outside: true } => {
                    desk.office.forget(&outside(who)).unwrap();
                }
                Deed::Forget { who, outside: false } => {
                    desk.office.forget(&customer(who).to_string()).unwrap();
                }
                Deed::Undo => {
                    if let Some(last) = desk.office.imports().unwrap().last() {
                        desk.office.undo_import(last.0.id).unwrap();
                    }
                }
                Deed::Look => {
                    desk.office.book().unwrap().dataset().warm();
                }
            }
        }
        let kept = figures(&desk.office.book().unwrap());
        let anew = store::read(desk.office.store(), Book::load).unwrap();
        prop_assert_eq!(kept, figures(&anew));
    }
}

#[test]
fn forgetting_an_outside_customer_reads_nothing_again() {
    let desk = desk();
    import(&desk, 1, 1, 3, 1_000);
    import(&desk, 2, 2, 4, 500);
    let before = desk.office.book().unwrap().version().run;
    assert_eq!(desk.office.forget("klant-1").unwrap().imported, 2);
    let book = desk.office.book().unwrap();
    assert_eq!(book.version().run, before);
    assert!(book.dataset().customer("klant-1").is_none());
    let volumes = reports::volumes(book.dataset(), &Query::all());
    assert_eq!(
        (volumes.gross_cents, volumes.gross_identified_cents),
        (3_000, 1_000)
    );
}
