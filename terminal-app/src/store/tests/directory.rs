//! Customers and their points: what head office says, and this till's events since.

use chrono::NaiveDate;
use retail::event::Body;
use retail::ids::{CustomerId, Hash, LinkId, RecordId};
use retail::loyalty::{Profile, card_hash};
use retail::sale::{Receipt, Return};
use retail::wire::{DirectoryEntry, Down, Head};

use super::{at, commit, customer, enrolled, entry, page, sale, sell};
use crate::store::Store;
use crate::sync::outbox::Outbox as _;
use crate::till::{Commit, NewEvent, Shelf as _};

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

#[test]
fn who_is_forgotten_while_his_basket_is_open_leaves_nothing_beside_the_sale() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    let forget = Down::Tombstone {
        customer: customer(),
    };
    let forgotten = page(0, vec![forget], None, "run", true);
    store.apply_down(0, &forgotten).unwrap();
    sell(&mut store, 1000);
    let rows = store.rows_after(None, 10).unwrap();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.side.is_empty()));
    assert_eq!(count(&store, "ledger"), 0);
}

#[test]
fn who_is_forgotten_leaves_no_word_in_any_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    // The till's own loop keeps a connection of its own, and its log is emptied by nobody else.
    let loops = Store::open(&folder.path().join("till.db")).unwrap();
    loops.for_the_loop().unwrap();
    let who = |n: u8| CustomerId([n; 16]);
    let named = |n: u8| format!("Naam-{n}-Einde");
    let entry = |n: u8| {
        Down::Customer(DirectoryEntry {
            customer: who(n),
            cards: vec![card_hash(&[2; 32], &format!("26100000{n:05}"))],
            name: Some(named(n)),
            points: 1,
            visits: 1,
            phase: None,
            state: None,
            last_visit: None,
        })
    };
    let known = page(0, (1..=40).map(entry).collect(), None, "run", true);
    store.apply_down(0, &known).unwrap();
    let left = |marks: std::ops::RangeInclusive<u8>| {
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
        }
        let holds = |text: String| {
            let mut places = bytes.windows(text.len());
            places.any(|place| place == text.as_bytes())
        };
        marks.filter(|n| holds(named(*n))).count()
    };
    assert_eq!(left(1..=40), 40);
    let forget = |n| Down::Tombstone { customer: who(n) };
    let forgotten = page(40, (1..=20).map(forget).collect(), None, "run", true);
    store.apply_down(40, &forgotten).unwrap();
    assert_eq!((left(1..=20), left(21..=40)), (0, 20));
    // Whoever reads keeps the log as it is; it is emptied with the next page.
    let reading = loops.conn.unchecked_transaction().unwrap();
    assert_eq!(count(&loops, "customer"), 20);
    let last = page(60, vec![forget(21)], None, "run", true);
    store.apply_down(60, &last).unwrap();
    assert_eq!(left(21..=21), 1);
    drop(reading);
    let nothing = page(61, Vec::new(), None, "run", true);
    store.apply_down(61, &nothing).unwrap();
    assert_eq!((left(1..=21), left(22..=40)), (0, 19));
}

fn count(store: &Store, table: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    store.conn.query_row(&sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_return_takes_points_back_and_is_no_visit() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    let card = "2610000000016";
    let known = page(0, vec![entry(50, card)], None, "run", true);
    store.apply_down(0, &known).unwrap();
    let of = store.next_receipt().unwrap();
    let sold = sale(&store, 300);
    let Body::Sale(receipt) = sold.body else {
        panic!("no sale");
    };
    let receipt = Receipt {
        points: -3,
        ..receipt
    };
    let back = Commit {
        events: vec![NewEvent {
            body: Body::Return(Return { of, receipt }),
            ..sold
        }],
        ..Commit::default()
    };
    commit(&mut store, &back).unwrap();
    let found = store.customer_by_card(card).unwrap().unwrap();
    assert_eq!((found.points, found.visits), (47, 4));
    assert_eq!(found.last_visit, NaiveDate::from_ymd_opt(2026, 11, 1));
}

#[test]
fn the_last_visit_is_the_latest_of_both() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    let card = "2610000000016";
    let entry = |day: u32, month: u32| {
        let Down::Customer(entry) = entry(50, card) else {
            panic!("no customer");
        };
        let last_visit = NaiveDate::from_ymd_opt(2026, month, day);
        Down::Customer(DirectoryEntry {
            last_visit,
            ..entry
        })
    };
    sell(&mut store, 100);
    for (asked, given, expected) in [(0, (1, 11), (21, 11)), (1, (1, 12), (1, 12))] {
        let news = page(asked, vec![entry(given.0, given.1)], None, "run", true);
        store.apply_down(asked, &news).unwrap();
        let found = store.customer_by_card(card).unwrap().unwrap();
        let expected = NaiveDate::from_ymd_opt(2026, expected.1, expected.0);
        assert_eq!(found.last_visit, expected);
        assert_eq!(found.visits, 5);
    }
}

#[test]
fn a_card_that_head_office_took_away_leads_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    let (old, new) = ("2610000000016", "2610000000023");
    for (asked, card) in [(0, old), (1, new)] {
        let news = page(asked, vec![entry(50, card)], None, "run", true);
        store.apply_down(asked, &news).unwrap();
    }
    assert_eq!(store.customer_by_card(old).unwrap(), None);
    assert!(store.customer_by_card(new).unwrap().is_some());
}

#[test]
fn who_has_an_entry_of_his_own_is_nobodys_alias() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    let alias = Down::Alias {
        customer: customer(),
        into: CustomerId([1; 16]),
    };
    let merged = page(0, vec![alias], None, "run", true);
    store.apply_down(0, &merged).unwrap();
    assert_eq!(store.customer(customer()).unwrap(), None);
    let apart = page(1, vec![entry(50, "2610000000016")], None, "run", true);
    store.apply_down(1, &apart).unwrap();
    let found = store.customer(customer()).unwrap().unwrap();
    assert_eq!((found.id, found.points), (customer(), 50));
}

#[test]
fn another_database_begins_anew_and_only_its_last_page_sweeps() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    let (card, own) = ("2610000000016", "2610000000023");
    let old = page(0, vec![entry(50, card)], None, "old", true);
    store.apply_down(0, &old).unwrap();
    // Joined at this till, and not heard of at head office yet.
    let mine = CustomerId([1; 16]);
    let joined = NewEvent {
        link: Some((LinkId([5; 16]), mine)),
        profiles: vec![Profile {
            id: RecordId([6; 16]),
            customer: mine,
            at: at(),
            till: None,
            card: Some(own.to_owned()),
            name: None,
            email: None,
            member: None,
            marketing: None,
        }],
        ..sale(&store, 100)
    };
    let joined = Commit {
        events: vec![joined],
        ..Commit::default()
    };
    commit(&mut store, &joined).unwrap();
    let other = Down::Alias {
        customer: CustomerId([2; 16]),
        into: CustomerId([3; 16]),
    };
    let new = |asked, complete| page(asked, vec![other.clone()], None, "new", complete);
    store.apply_down(1, &new(1, true)).unwrap();
    let standing = store.standing().unwrap();
    assert_eq!((standing.down_after, standing.down_run), (0, None));
    store.apply_down(0, &new(0, false)).unwrap();
    assert!(store.customer_by_card(card).unwrap().is_some(), "not yet");
    store.apply_down(1, &new(1, true)).unwrap();
    assert_eq!(store.customer_by_card(card).unwrap(), None);
    assert!(store.customer_by_card(own).unwrap().is_some());
    assert_eq!(count(&store, "card"), 1);
}

#[test]
fn the_cursor_is_never_raised_backwards() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    let (first, second) = (sell(&mut store, 100), sell(&mut store, 200));
    store.raise_cursor(second).unwrap();
    store.raise_cursor(first).unwrap();
    assert_eq!(store.standing().unwrap().cursor, Some(second));
}
