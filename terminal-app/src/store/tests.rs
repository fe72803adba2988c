//! The store on real files: what is committed is there, what is not is not, and what was lost is noticed.

use std::path::Path;

use chrono::{DateTime, FixedOffset, NaiveDate};
use ed25519_dalek::SigningKey;
use retail::clock::Entropy;
use retail::event::{Body, ByCashier, EpochWhy, Event};
use retail::ids::{CashierId, CustomerId, Epoch, Hash, LinkId, OrgId, TillId};
use retail::loyalty::card_hash;
use retail::money::Cents;
use retail::quantity::Quantity;
use retail::sale::{Line, Sale, Tender, TenderKind};
use retail::vat::{self, VatRate};
use retail::wire::{DirectoryEntry, Down, DownPage, EnrolAnswer, Head, Side};

use super::{Drafts, Marker, Paper, PrintQueue, Store, StoreError, Writing};
use crate::peripherals::printer::{Begun, JobSource as _};
use crate::sync::outbox::Outbox as _;
use crate::till::shelf::ReceiptLookup;
use crate::till::{Commit, NewEvent, Print, Shelf as _, Work};

struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
    }
}

/// A printer whose language is the kind of the event.
struct Plain;

impl Paper for Plain {
    fn render(
        &self,
        event: &Event,
        copy: bool,
        balance: Option<i64>,
    ) -> Result<Option<Vec<u8>>, String> {
        Ok(Some(
            format!("{} {copy} {balance:?}", event.body.kind()).into_bytes(),
        ))
    }
}

fn at() -> DateTime<FixedOffset> {
    "2026-11-21T14:03:00+01:00".parse().unwrap()
}

fn customer() -> CustomerId {
    CustomerId([9; 16])
}

fn enrolled(path: &Path) -> Store {
    let mut store = Store::open(path).unwrap();
    let answer = EnrolAnswer {
        org: OrgId([1; 16]),
        shop: "dorp".to_owned(),
        shop_name: "De Wollen Draad".to_owned(),
        time_zone: "Europe/Amsterdam".to_owned(),
        till: TillId::new(3).unwrap(),
        directory_key: "02".repeat(32),
    };
    store
        .enrol(&answer, &SigningKey::from_bytes(&[4; 32]), at())
        .unwrap();
    store
}

fn sale(store: &Store, cents: i64) -> NewEvent {
    let line = Line {
        n: 1,
        gtin: "8712345678906".to_owned(),
        name: "T-shirt".to_owned(),
        category: String::new(),
        qty: Quantity::ONE,
        unit: retail::quantity::Unit::Piece,
        price: Cents(cents),
        amount: Cents(cents),
        vat: VatRate::HIGH,
        class: retail::sale::LineClass::Goods,
        parent: None,
        price_typed: false,
        item: String::new(),
        of_line: None,
        reason: None,
    };
    let link = LinkId([5; 16]);
    let body = Sale {
        receipt: store.next_receipt().unwrap().serial,
        cashier: CashierId::new(1).unwrap(),
        link: Some(link),
        vat: vat::table([(line.vat, line.amount)]),
        total: line.amount,
        lines: vec![line],
        rounding: Cents::ZERO,
        tenders: vec![Tender {
            kind: TenderKind::Card,
            amount: Cents(cents),
            tendered: None,
            change: None,
            by_cashier: true,
        }],
        points: cents / 100,
        wait_s: None,
    };
    NewEvent {
        link: Some((link, customer())),
        texts: vec!["een tekst".to_owned()],
        ..Body::Sale(body).into()
    }
}

fn commit(store: &mut Store, commit: &Commit) -> Result<super::Appended, StoreError> {
    let mut entropy = Counting(0);
    let mut writing = Writing {
        at: at(),
        entropy: &mut entropy,
        paper: &Plain,
    };
    store.commit(commit, &Work::default(), &mut writing)
}

fn sell(store: &mut Store, cents: i64) -> Head {
    let event = sale(store, cents);
    let step = Commit {
        events: vec![event],
        print: Some(Print::Receipt),
        ..Commit::default()
    };
    commit(store, &step).unwrap().head.unwrap()
}

fn page(
    asked: u64,
    changes: Vec<Down>,
    watermark: Option<Head>,
    run: &str,
    complete: bool,
) -> DownPage {
    DownPage {
        cursor: asked + u64::try_from(changes.len()).unwrap(),
        changes,
        complete,
        watermark,
        run: run.to_owned(),
    }
}

fn entry(points: i64, card: &str) -> Down {
    Down::Customer(DirectoryEntry {
        customer: customer(),
        cards: vec![card_hash(&[2; 32], card)],
        name: Some("Jip".to_owned()),
        points,
        visits: 4,
        phase: Some("loyaliteit".to_owned()),
        state: None,
        last_visit: NaiveDate::from_ymd_opt(2026, 11, 1),
    })
}

#[test]
fn a_sale_is_one_transaction_with_its_receipt_and_its_links() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    let number = store.next_receipt().unwrap();
    let head = sell(&mut store, 1999);
    assert_eq!((head.epoch, head.seq), (Epoch::FIRST, 2));
    let ReceiptLookup::Found(found) = store.receipt(number).unwrap() else {
        panic!("no receipt");
    };
    assert_eq!(
        (found.sale.total, found.customer),
        (Cents(1999), Some(customer()))
    );
    let rows = store.rows_after(None, 10).unwrap();
    assert_eq!(rows.len(), 2);
    assert!(matches!(
        rows[1].side[..],
        [Side::Link { seq: 2, .. }, Side::Text { seq: 2, .. }]
    ));
    let mut queue = PrintQueue::new(Store::open(store.path()).unwrap());
    let job = queue.next().unwrap().unwrap();
    assert_eq!(
        (job.receipt, job.bytes.starts_with(b"sale false")),
        (number, true)
    );
    assert!(store.verify().unwrap().faults.is_empty());
}

#[test]
fn a_receipt_number_that_is_taken_is_refused_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    let twice = sale(&store, 500);
    let step = Commit {
        events: vec![twice],
        ..Commit::default()
    };
    commit(&mut store, &step).unwrap();
    assert!(matches!(
        commit(&mut store, &step),
        Err(StoreError::HeadMoved)
    ));
    assert_eq!(store.head().unwrap().unwrap().seq, 2);
    assert_eq!(store.standing().unwrap().waiting, 2);
}

#[test]
fn a_print_job_in_doubt_waits_for_the_cashier() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut store = enrolled(&path);
    sell(&mut store, 100);
    let mut queue = PrintQueue::new(Store::open(&path).unwrap());
    let job = queue.next().unwrap().unwrap().number;
    queue.mark_sending(job, 10).unwrap();
    assert_eq!(queue.doubt_interrupted(None).unwrap(), 1);
    assert_eq!((queue.next().unwrap(), queue.waiting().unwrap()), (None, 0));
    let (asked, _) = queue.asks().unwrap().unwrap();
    let settle = Commit {
        settle_job: Some((asked.0, true)),
        ..Commit::default()
    };
    commit(&mut store, &settle).unwrap();
    queue.mark_unknown(job).unwrap();
    assert_eq!(queue.asks().unwrap(), None, "what is settled stays settled");
}

#[test]
fn a_print_job_on_a_hub_can_go_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut store = enrolled(&path);
    sell(&mut store, 100);
    let mut queue = PrintQueue::new(Store::open(&path).unwrap());
    let job = queue.next().unwrap().unwrap();
    assert_eq!(queue.interrupted().unwrap(), None, "nothing was begun");
    let begun = Begun {
        hub: u32::MAX,
        job: 77,
        watched_ms: 4_000,
    };
    queue.mark_begun(job.number, begun, 0).unwrap();
    queue.mark_sending(job.number, 256).unwrap();
    let mut queue = PrintQueue::new(Store::open(&path).unwrap());
    assert_eq!(queue.interrupted().unwrap(), Some((job.clone(), begun)));
    assert_eq!(queue.doubt_interrupted(Some(job.number)).unwrap(), 0);
    assert_eq!((queue.asks().unwrap(), queue.waiting().unwrap()), (None, 1));
    assert_eq!(queue.doubt_interrupted(None).unwrap(), 1);
    assert_eq!(queue.interrupted().unwrap(), None, "the cashier is asked");
}

#[test]
fn a_lost_tail_is_noticed_and_declared() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut store = enrolled(&path);
    sell(&mut store, 100);
    store.backup(&folder.path().join("old.db")).unwrap();
    let lost = sell(&mut store, 200);
    Marker::of(&path).write(lost).unwrap();
    assert_eq!(store.start_check(at()).unwrap(), None);
    drop(store);
    std::fs::copy(folder.path().join("old.db"), &path).unwrap();
    let mut store = Store::open(&path).unwrap();
    let opened = store.start_check(at()).unwrap().unwrap();
    assert_eq!(
        (opened.why, opened.epoch.get()),
        (EpochWhy::BehindMarker, 2)
    );
    let hole = opened.hole.unwrap();
    assert_eq!((hole.epoch, hole.from, hole.to), (Epoch::FIRST, 3, 3));
    assert_eq!(store.holes().unwrap(), [hole]);
    assert!(store.verify().unwrap().faults.is_empty());
    assert_eq!(store.next_receipt().unwrap().to_string(), "3-2-0000001");
    sell(&mut store, 300);
    assert_eq!(store.epochs().unwrap().len(), 2);
}

#[test]
fn a_database_that_went_another_way_than_its_marker_is_a_fork() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut store = enrolled(&path);
    let head = sell(&mut store, 100);
    let other = Head {
        hash: Hash([3; 32]),
        ..head
    };
    Marker::of(&path).write(other).unwrap();
    assert_eq!(
        store.start_check(at()).unwrap().unwrap().why,
        EpochWhy::Fork
    );
}

#[test]
fn events_that_were_damaged_are_declared_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut store = enrolled(&path);
    for cents in 1..=5 {
        sell(&mut store, cents * 100);
    }
    let key = super::event_key(Epoch::FIRST, 4).unwrap();
    let sql = "UPDATE event SET bytes = X'7B7D' WHERE key = ?1";
    store.conn.execute(sql, [key]).unwrap();
    assert_eq!(store.verify().unwrap().faults.len(), 1);
    let opened = store.start_check(at()).unwrap().unwrap();
    let hole = opened.hole.unwrap();
    assert_eq!((opened.why, hole.from, hole.to), (EpochWhy::Damage, 4, 4));
}

/// A till with an event that enrols a customer and can no longer be read; the customer, and where the event stood.
fn enrolment_lost(path: &Path) -> (Store, CustomerId, Head) {
    let mut store = enrolled(path);
    let who = customer();
    let link = LinkId([5; 16]);
    let profile = retail::loyalty::Profile {
        id: retail::ids::RecordId([6; 16]),
        customer: who,
        at: at(),
        till: None,
        card: Some("2610000000016".to_owned()),
        name: Some("Jip".to_owned()),
        email: None,
        member: None,
        marketing: None,
    };
    let event = NewEvent {
        link: Some((link, who)),
        profiles: vec![profile],
        ..Body::Enrolled(retail::event::Enrolled {
            link,
            cashier: CashierId::new(1).unwrap(),
        })
        .into()
    };
    let written = Commit {
        events: vec![event],
        ..Commit::default()
    };
    let lost = commit(&mut store, &written).unwrap().head.unwrap();
    sell(&mut store, 500);
    store
        .conn
        .execute(
            "UPDATE event SET bytes = x'00' WHERE hash = ?1",
            [lost.hash.0],
        )
        .unwrap();
    (store, who, lost)
}

fn sides(store: &Store) -> Vec<(i64, Side)> {
    let mut rows = store
        .conn
        .prepare("SELECT event, json FROM side ORDER BY event, n")
        .unwrap();
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
    rows.unwrap()
        .map(|row| {
            let (event, json) = row.unwrap();
            (event, serde_json::from_str(&json).unwrap())
        })
        .collect()
}

#[test]
fn the_profile_of_a_lost_enrolment_goes_on_with_the_event_that_declares_the_hole() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, who, lost) = enrolment_lost(&dir.path().join("till.db"));
    let opened = store.start_check(at()).unwrap().unwrap();
    let declared = super::event_key(opened.epoch, 2).unwrap();
    let moved = sides(&store);
    assert!(
        moved.iter().any(|(event, side)| *event == declared
            && matches!(side, Side::Profile { seq: 2, profile } if profile.customer == who)),
        "{moved:?}"
    );
    let old = super::event_key(lost.epoch, lost.seq).unwrap();
    let stays: Vec<_> = moved.iter().filter(|(event, _)| *event == old).collect();
    assert!(
        matches!(stays[..], [(_, Side::Link { .. })]),
        "the link says something about that event: {stays:?}"
    );

    // Who is forgotten leaves nothing there either.
    let forgotten = page(0, vec![Down::Tombstone { customer: who }], None, "a", true);
    store.apply_down(0, &forgotten).unwrap();
    assert_eq!(sides(&store), []);
}

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
fn days_are_open_until_an_event_after_them_closes_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    sell(&mut store, 1000);
    let day = at().date_naive();
    let tomorrow = day.succ_opt().unwrap();
    assert_eq!(store.open_days(tomorrow, 10).unwrap(), [day]);
    let totals = store.day_totals(day).unwrap();
    assert_eq!((totals.sales, totals.card), (1, Cents(1000)));
    let close = |totals| {
        Body::DayClosed(retail::day::DayClosed {
            day,
            counted: None,
            totals,
        })
    };
    store.append_event(&close(totals.clone()), at()).unwrap();
    assert_eq!(store.open_days(tomorrow, 10).unwrap(), []);
    sell(&mut store, 500);
    assert_eq!(
        store.open_days(tomorrow, 10).unwrap(),
        [day],
        "a late receipt opens it again"
    );
}

#[test]
fn many_connections_append_and_no_place_is_given_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    drop(enrolled(&path));
    let body = Body::DrawerOpened(ByCashier {
        cashier: CashierId::new(1).unwrap(),
    });
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut store = Store::open(&path).unwrap();
                for _ in 0..25 {
                    store.append_event(&body, at()).unwrap();
                }
            });
        }
    });
    let report = Store::open(&path).unwrap().verify().unwrap();
    assert_eq!((report.events, report.faults.len()), (101, 0));
}

#[test]
fn the_catalogue_is_found_by_number_and_by_the_beginnings_of_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("till.db")).unwrap();
    let csv = "category,gtin,name,price_cents,vat_percent,deposit_cents\n\
               Eten,8712345678906,Crème brûlée,450,9,\n\
               Drank,87100003,Cola blik,149,9,15\n\
               ,87100003,Dubbel,1,9,\n\
               ,123,Zonder btw,100,,\n";
    let report = store.import_articles(csv.as_bytes(), |_| ()).unwrap();
    assert_eq!((report.added, report.rejected.len()), (1, 3));
    let lines: Vec<u64> = report.rejected.iter().map(|row| row.line).collect();
    assert_eq!(lines, [3, 4, 5]);
    let again = store.import_articles(csv.as_bytes(), |_| ()).unwrap();
    assert_eq!((again.added, again.same), (0, 1));
    let found = store.search("creme BRU", 5).unwrap();
    assert_eq!(found.len(), 1);
    assert!(store.search("\" OR *", 5).unwrap().is_empty());
    assert!(store.article("08712345678906").unwrap().is_some());
    assert_eq!(store.article("1").unwrap(), None);
}

#[test]
fn a_pin_says_who_someone_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("till.db")).unwrap();
    let mut entropy = Counting(0);
    let anna = store
        .set_cashier("Anna", Some("4821"), &mut entropy)
        .unwrap();
    assert!(
        store
            .set_cashier("Bob", Some("4821"), &mut entropy)
            .is_err()
    );
    assert!(store.set_cashier("Bob", Some("12"), &mut entropy).is_err());
    assert_eq!(store.whose_pin(None, "4821").unwrap(), Some(anna.clone()));
    assert_eq!(store.whose_pin(None, "4822").unwrap(), None);
    let same = store
        .set_cashier("Anna", Some("9999"), &mut entropy)
        .unwrap();
    assert_eq!(same.id, anna.id);
    assert_eq!(store.whose_pin(Some(anna.id), "4821").unwrap(), None);
}

#[test]
fn the_work_in_hand_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let store = Store::open(&path).unwrap();
    assert_eq!(store.work().unwrap(), None);
    let work = Work::default();
    Drafts::open(&path).unwrap().save(&work).unwrap();
    assert_eq!(store.work().unwrap(), Some(work));
}

#[test]
fn a_database_of_a_newer_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let store = Store::open(&path).unwrap();
    store.conn.pragma_update(None, "user_version", 99).unwrap();
    drop(store);
    assert!(matches!(
        Store::open(&path),
        Err(StoreError::Newer { found: 99, .. })
    ));
}

#[test]
fn nobody_else_may_read_the_database() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let store = enrolled(&path);
    store.backup(&folder.path().join("copy.db")).unwrap();
    for file in ["till.db", "copy.db"] {
        let rights = std::fs::metadata(folder.path().join(file))
            .unwrap()
            .permissions();
        assert_eq!(rights.mode() & 0o777, 0o600, "{file}");
    }
    assert!(matches!(
        store.backup(&folder.path().join("copy.db")),
        Err(StoreError::BackupExists(_))
    ));
}
