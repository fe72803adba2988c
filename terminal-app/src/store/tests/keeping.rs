//! Days, catalogue, cashiers, work in hand; many connections, and who may open the file.

use std::sync::atomic::{AtomicBool, Ordering};

use retail::event::{Body, ByCashier, EpochWhy};
use retail::ids::{CashierId, Epoch, Hash};
use retail::money::Cents;
use retail::wire::Head;

use super::{Counting, at, enrolled, sell};
use crate::store::{CashierError, Drafts, Marker, Store, StoreError};
use crate::sync::outbox::Outbox as _;
use crate::till::{Shelf as _, Work};

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

/// A compound is one word in Dutch: who looks for the *kaars* means the *Geurkaars* too.
#[test]
fn articles_are_found_inside_compounds_and_beginnings_come_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("till.db")).unwrap();
    let csv = "gtin,name,price_cents,vat_percent\n\
               1,Geurkaars lavendel,450,21\n\
               2,Kaarsenstandaard,450,21\n\
               3,Zwarte kaars,450,21\n\
               4,Kabeltrui crème,4500,21\n\
               5,Trui merino,4500,21\n";
    store.import_articles(csv.as_bytes(), |_| ()).unwrap();
    let found = |words: &str, limit: usize| -> Vec<String> {
        let found = store.search(words, limit).unwrap();
        found.into_iter().map(|article| article.gtin).collect()
    };
    assert_eq!(found("kaars", 9), ["2", "3", "1"]);
    assert_eq!(found("KAARS", 2), ["2", "3"]);
    assert_eq!(found("trui", 9), ["5", "4"]);
    assert_eq!(found("ABELTR", 9), ["4"]);
    // Accents as ever; several words in any order, short ones by their beginnings.
    assert_eq!(found("reme trui", 9), ["4"]);
    assert_eq!(found("trui cr", 9), ["4"]);
    assert_eq!(found("geur la", 9), ["1"]);
    assert_eq!(found("ui", 9), Vec::<String>::new());
    // What was renamed is found by its new name only.
    let csv = "gtin,name,price_cents,vat_percent\n1,Theelicht,450,21\n";
    store.import_articles(csv.as_bytes(), |_| ()).unwrap();
    let found = |words: &str| store.search(words, 9).unwrap().len();
    assert_eq!((found("kaars"), found("licht")), (2, 1));
}

#[test]
fn a_number_that_stands_twice_and_a_name_without_end_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("till.db")).unwrap();
    let long = "x".repeat(201);
    let csv = format!(
        "gtin,name,price_cents,vat_percent\nWOL-1,Wol,995,21\nWOL-1,Garen,1,21\nWOL-2,{long},995,21\nWOL-3,{},995,21\n",
        &long[1..]
    );
    let report = store.import_articles(csv.as_bytes(), |_| ()).unwrap();
    let lines: Vec<u64> = report.rejected.iter().map(|row| row.line).collect();
    assert_eq!((report.added, report.changed, lines), (2, 0, vec![3, 4]));
    assert_eq!(store.article("WOL-1").unwrap().unwrap().name, "Wol");
}

#[test]
fn a_row_without_an_end_is_refused_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("till.db")).unwrap();
    // Cut off where it is read no further, its price would be another one.
    let begin = "8712345678906,T-shirt,";
    let long = "x".repeat(64 * 1024 - begin.len() - 3);
    let csv =
        format!("gtin,name,more,vat_percent,price_cents\n{begin}{long},9,1999\nWOL-1,Wol,,9,149\n");
    let report = store.import_articles(csv.as_bytes(), |_| ()).unwrap();
    assert_eq!((report.added, report.rejected.len()), (1, 1));
    assert!(
        report.rejected[0].reason.contains("longer than 65536"),
        "{report:?}"
    );
    assert!(store.article("WOL-1").unwrap().is_some());
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
    assert_eq!(store.whose_pin("4821").unwrap(), Some(anna.clone()));
    assert_eq!(store.whose_pin("4822").unwrap(), None);
    let same = store
        .set_cashier("Anna", Some("9999"), &mut entropy)
        .unwrap();
    assert_eq!(same.id, anna.id);
    assert_eq!(store.whose_pin("4821").unwrap(), None);
}

/// Events carry numbers: what Anna did is never somebody else's, and who she was can still be said.
#[test]
fn a_cashier_who_was_taken_away_keeps_his_number() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("till.db")).unwrap();
    let mut entropy = Counting(0);
    let noon = at().to_utc();
    store
        .set_cashier("Bob", Some("1111"), &mut entropy)
        .unwrap();
    let anna = store
        .set_cashier("Anna", Some("4821"), &mut entropy)
        .unwrap();
    assert_eq!(store.remove_cashier(" Anna ", noon).unwrap(), anna);
    assert_eq!(store.whose_pin("4821").unwrap(), None);
    assert_eq!(store.cashiers().unwrap().len(), 1);
    assert!(matches!(
        store.remove_cashier("Anna", noon),
        Err(CashierError::Nobody(name)) if name == "Anna"
    ));
    let cleo = store
        .set_cashier("Cleo", Some("4821"), &mut entropy)
        .unwrap();
    assert_eq!(cleo.id.get(), 3, "the PIN is free, the number is not");
    let all = store.all_cashiers().unwrap();
    assert_eq!(
        (all[1].cashier.clone(), all[1].has_pin, all[1].removed),
        (anna.clone(), false, Some(noon))
    );
    let back = store
        .set_cashier("Anna", Some("9999"), &mut entropy)
        .unwrap();
    assert_eq!(back, anna, "who comes back is who she was");
    assert_eq!(store.whose_pin("9999").unwrap(), Some(anna));
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
fn a_database_with_another_history_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let store = Store::open(&path).unwrap();
    let sql = "UPDATE migration SET checksum = 'other' WHERE version = 2";
    store.conn.execute(sql, []).unwrap();
    drop(store);
    assert!(matches!(
        Store::open(&path),
        Err(StoreError::OtherHistory(2))
    ));
}

#[test]
fn a_database_that_others_may_read_is_closed_to_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    drop(enrolled(&path));
    for open in [0o640, 0o604] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(open)).unwrap();
        drop(Store::open(&path).unwrap());
        let rights = std::fs::metadata(&path).unwrap().permissions();
        assert_eq!(rights.mode() & 0o777, 0o600);
    }
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

#[test]
fn many_writers_keep_one_marker_and_none_takes_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let place = |seq| Head {
        epoch: Epoch::FIRST,
        seq,
        hash: Hash([7; 32]),
    };
    std::thread::scope(|scope| {
        for first in 1..=4 {
            let marker = Marker::of(&path);
            scope.spawn(move || {
                for seq in (first..=200).step_by(4) {
                    marker.write(place(seq)).unwrap();
                }
            });
        }
    });
    let marker = Marker::of(&path);
    assert_eq!(marker.read().unwrap(), Some(place(200)));
    marker.write(place(60)).unwrap();
    assert_eq!(marker.read().unwrap(), Some(place(200)));
    let next = Head {
        epoch: Epoch::FIRST.next().unwrap(),
        ..place(1)
    };
    marker.write(next).unwrap();
    assert_eq!(marker.read().unwrap(), Some(next));
}

#[test]
fn a_backup_is_whole_however_busy_the_till_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let store = enrolled(&path);
    // Years of a shop: more than can be copied between two sales.
    store
        .conn
        .execute_batch("CREATE TABLE years AS SELECT zeroblob(40000000) AS x")
        .unwrap();
    let done = AtomicBool::new(false);
    let (sells, selling) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let (done, path) = (&done, &path);
        scope.spawn(move || {
            let mut till = Store::open(path).unwrap();
            let drawer = Body::DrawerOpened(ByCashier {
                cashier: CashierId::new(1).unwrap(),
            });
            // A till that never rests; bounded, so that a copy that never ends is seen to.
            for _ in 0..20_000 {
                if done.load(Ordering::SeqCst) {
                    return;
                }
                till.append_event(&drawer, at()).unwrap();
                let _ = sells.send(());
            }
            panic!("the copy was not done after 20,000 events");
        });
        selling.recv().unwrap();
        store.backup(&folder.path().join("copy.db")).unwrap();
        done.store(true, Ordering::SeqCst);
    });
    let copy = Store::open(&folder.path().join("copy.db")).unwrap();
    let report = copy.verify().unwrap();
    assert!(report.faults.is_empty() && report.events > 0);
}

#[test]
fn a_copy_that_cannot_be_finished_is_taken_away_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let _till = enrolled(&path);
    let store = Store::open(&path).unwrap();
    let copy = folder.path().join("copy.db");
    // A disk that lost what was written last: its pages cannot be read.
    std::fs::write(folder.path().join("till.db-wal"), b"").unwrap();
    assert!(store.backup(&copy).is_err());
    assert!(!copy.exists());
}

#[test]
fn what_waits_is_counted_over_epochs() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = enrolled(&folder.path().join("till.db"));
    let first = sell(&mut store, 100);
    sell(&mut store, 200);
    let second = Epoch::FIRST.next().unwrap();
    store
        .open_epoch(second, EpochWhy::Fork, None, at())
        .unwrap();
    let last = sell(&mut store, 300);
    let waiting = |store: &mut Store| store.standing().unwrap().waiting;
    assert_eq!(waiting(&mut store), 5);
    store.raise_cursor(first).unwrap();
    assert_eq!(waiting(&mut store), 3);
    store.raise_cursor(last).unwrap();
    assert_eq!(waiting(&mut store), 0);
}
