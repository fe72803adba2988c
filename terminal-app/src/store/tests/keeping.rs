//! Days, catalogue, cashiers, work in hand; many connections, and who may open the file.

use retail::event::{Body, ByCashier};
use retail::ids::CashierId;
use retail::money::Cents;

use super::{Counting, at, enrolled, sell};
use crate::store::{CashierError, Drafts, Store, StoreError};
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
