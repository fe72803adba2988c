//! Customers and their points: what head office says, and this till's events since.

use retail::ids::{CustomerId, Hash};
use retail::loyalty::card_hash;
use retail::wire::{DirectoryEntry, Down, Head};

use super::{customer, enrolled, entry, page, sell};
use crate::store::Store;
use crate::sync::outbox::Outbox as _;
use crate::till::Shelf as _;

#[test]
fn thirty_thousand_customers_are_all_found_and_a_search_is_capped() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = enrolled(&dir.path().join("till.db"));
    let card = |n: u32| format!("261{n:010}");
    for first in (0..30_000).step_by(1_000) {
        let changes = (first..first + 1_000).map(|n: u32| {
            let mut id = [9; 16];
            id[..4].copy_from_slice(&n.to_be_bytes());
            Down::Customer(DirectoryEntry {
                customer: CustomerId(id),
                cards: vec![card_hash(&[2; 32], &card(n))],
                name: Some(format!("Klant {n}")),
                points: i64::from(n),
                visits: 1,
                phase: None,
                state: None,
                last_visit: None,
            })
        });
        let complete = first == 29_000;
        let page = page(u64::from(first), changes.collect(), None, "a", complete);
        store.apply_down(u64::from(first), &page).unwrap();
    }
    for n in [0, 14_999, 29_999] {
        let found = store.customer_by_card(&card(n)).unwrap().unwrap();
        assert_eq!(found.points, i64::from(n));
    }
    let rows: String = (0..500)
        .map(|n| format!("WOL-{n},Wollen trui {n},4995,21,Truien\n"))
        .collect();
    let csv = format!("gtin,name,price_cents,vat_percent,category\n{rows}");
    let report = store.import_articles(csv.as_bytes(), |_| {}).unwrap();
    assert_eq!(report.added, 500, "{:?}", report.rejected.first());
    assert_eq!(store.search("wol tru", 12).unwrap().len(), 12);
}

#[test]
fn points_are_head_offices_and_this_tills_since() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    let counted = sell(&mut store, 1000);
    store
        .apply_down(
            0,
            &page(
                0,
                vec![entry(50, "2610000000016")],
                Some(counted),
                "run",
                true,
            ),
        )
        .unwrap();
    sell(&mut store, 2000);
    let found = store.customer_by_card("2610000000016").unwrap().unwrap();
    assert_eq!((found.points, found.visits), (70, 5));
    let late = page(0, vec![entry(1, "2610000000016")], None, "run", true);
    store.apply_down(0, &late).unwrap();
    assert_eq!(
        store.customer(customer()).unwrap().unwrap().points,
        70,
        "an old page is passed over"
    );
}

#[test]
fn a_twins_watermark_tells_nothing_of_this_tills_points() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    let first = sell(&mut store, 1000);
    let confirmed = sell(&mut store, 2000);
    store.raise_cursor(confirmed).unwrap();
    // The twin spoke last, from a place before what head office has of this journal.
    let twins = Head {
        hash: Hash([9; 32]),
        ..first
    };
    let changes = vec![entry(50, "2610000000016")];
    let page = page(0, changes, Some(twins), "run", true);
    store.apply_down(0, &page).unwrap();
    let points = |store: &Store| store.customer(customer()).unwrap().unwrap().points;
    assert_eq!(points(&store), 50, "what was confirmed counts once");
    sell(&mut store, 1500);
    assert_eq!(points(&store), 65);
}

#[test]
fn whoever_head_office_forgot_is_forgotten_here() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    sell(&mut store, 1000);
    let card = "2610000000016";
    let forget = Down::Tombstone {
        customer: customer(),
    };
    let changes = vec![entry(50, card), forget, entry(50, card)];
    store
        .apply_down(0, &page(0, changes, None, "run", true))
        .unwrap();
    assert_eq!(store.customer_by_card(card).unwrap(), None);
    assert!(
        store
            .rows_after(None, 10)
            .unwrap()
            .iter()
            .all(|row| row.side.is_empty())
    );
    assert!(
        store.verify().unwrap().faults.is_empty(),
        "the chain stays whole"
    );
}

#[test]
fn after_a_restore_at_head_office_everything_comes_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    let head = sell(&mut store, 1000);
    store.raise_cursor(head).unwrap();
    assert_eq!(store.standing().unwrap().waiting, 0);
    let other = Down::Alias {
        customer: CustomerId([1; 16]),
        into: customer(),
    };
    let first = page(
        0,
        vec![entry(50, "2610000000016"), other.clone()],
        None,
        "old",
        true,
    );
    store.apply_down(0, &first).unwrap();
    store.lower_cursor(None).unwrap();
    let standing = store.standing().unwrap();
    assert_eq!(
        (standing.waiting, standing.down_after, standing.down_run),
        (2, 0, None)
    );
    store
        .apply_down(0, &page(0, vec![other], None, "new", true))
        .unwrap();
    assert_eq!(store.customer_by_card("2610000000016").unwrap(), None);
}
