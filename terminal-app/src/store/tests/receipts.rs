//! What a sale leaves behind in one transaction, and the queue of what is printed.

use retail::event::{Body, ByCashier};
use retail::ids::{CashierId, Epoch};
use retail::money::Cents;
use retail::wire::Side;

use super::{commit, customer, enrolled, sale, sell};
use crate::peripherals::printer::{Begun, JobSource as _};
use crate::store::{PrintQueue, Store, StoreError};
use crate::sync::outbox::Outbox as _;
use crate::till::shelf::ReceiptLookup;
use crate::till::{Commit, Print, Shelf as _};

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

fn drawer() -> crate::till::NewEvent {
    let cashier = CashierId::new(1).unwrap();
    Body::DrawerOpened(ByCashier { cashier }).into()
}

#[test]
fn receipts_are_printed_in_order_and_a_copy_says_that_it_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut store = enrolled(&path);
    let number = store.next_receipt().unwrap();
    sell(&mut store, 100);
    let copy = Commit {
        events: vec![drawer()],
        print: Some(Print::CopyOf(number)),
        ..Commit::default()
    };
    assert!(commit(&mut store, &copy).unwrap().printing);
    let mut queue = PrintQueue::new(Store::open(&path).unwrap());
    let mut printed = Vec::new();
    while let Some(job) = queue.next().unwrap() {
        assert_eq!(job.receipt, number);
        printed.push(String::from_utf8(job.bytes).unwrap());
        queue.mark_printed(job.number).unwrap();
    }
    assert_eq!(printed, ["sale false None", "sale true None"]);
}

#[test]
fn only_a_job_in_doubt_is_the_cashiers_to_settle() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut store = enrolled(&path);
    sell(&mut store, 100);
    sell(&mut store, 200);
    let mut queue = PrintQueue::new(Store::open(&path).unwrap());
    let first = queue.next().unwrap().unwrap().number;
    let settle = Commit {
        settle_job: Some((first.0, true)),
        ..Commit::default()
    };
    commit(&mut store, &settle).unwrap();
    assert_eq!(queue.next().unwrap().unwrap().number, first, "queued");
    queue.mark_sending(first, 10).unwrap();
    commit(&mut store, &settle).unwrap();
    assert_eq!(queue.doubt_interrupted(None).unwrap(), 1, "being sent");
    let second = queue.next().unwrap().unwrap().number;
    assert!(second > first, "what was only queued is in no doubt");
}
