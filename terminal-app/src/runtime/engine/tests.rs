//! The till on a real database: what a full disk, a restart and a second writer do to a sale.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use link::message::{BootId, ScanId, Verdict};
use retail::clock::{Clock, Entropy};
use retail::event::{Body, ByCashier, EpochWhy, Event};
use retail::ids::{CashierId, Epoch, OrgId, TillId};
use retail::wire::EnrolAnswer;

use super::Engine;
use crate::peripherals::hub::ScanQueue as _;
use crate::store::{Paper, Store, StoredScans};
use crate::till::input::{HubScan, ScannedCode, StoreFault};
use crate::till::{Action, Beep, Effect, Input, ModeView, Notice, Setup};

struct Noon;

impl Clock for Noon {
    fn now(&self) -> DateTime<Utc> {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    fn monotonic_ms(&self) -> u64 {
        1_000
    }
}

struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
    }
}

/// A long receipt.
struct Long;

impl Paper for Long {
    fn render(&self, _: &Event, _: bool, _: Option<i64>) -> Result<Option<Vec<u8>>, String> {
        Ok(Some(vec![b'x'; 20_000]))
    }
}

const ZONE: chrono_tz::Tz = chrono_tz::Europe::Amsterdam;

fn open(path: &Path) -> Engine {
    let mut store = Store::open(path).unwrap();
    if store.identity().is_none() {
        let answer = EnrolAnswer {
            org: OrgId([1; 16]),
            shop: "dorp".to_owned(),
            shop_name: "Dorp".to_owned(),
            time_zone: ZONE.to_string(),
            till: TillId::new(3).unwrap(),
            directory_key: "02".repeat(32),
        };
        let at = retail::clock::wall_time(Noon.now(), ZONE);
        store
            .enrol(&answer, &SigningKey::from_bytes(&[4; 32]), at)
            .unwrap();
        let csv = "gtin,name,price_cents,vat_percent\n8712345678906,T-shirt,1999,21\n";
        store.import_articles(csv.as_bytes(), |_| ()).unwrap();
    }
    let anna = store.set_cashier("Anna", None, &mut Counting(0)).unwrap();
    let setup = Setup {
        shop: "Dorp".to_owned(),
        till: "Kassa 1".to_owned(),
        cash_rounding: true,
        head_office: false,
        pin_by_cashier: true,
        barcodes: retail::barcode::Settings::default(),
    };
    Engine::new(
        Arc::new(setup),
        store,
        Box::new(Long),
        Arc::new(Noon),
        Box::new(Counting(0)),
        ZONE,
        Some(anna),
    )
    .unwrap()
}

fn scan(engine: &mut Engine, data: &str) -> Vec<Effect> {
    let step = engine.step(&Input::Scan(ScannedCode {
        data: data.as_bytes().to_vec(),
        ssi_type: None,
        scanner: "scanner".to_owned(),
    }));
    engine.save_work();
    step.effects
}

fn kinds(engine: &Engine) -> Vec<String> {
    let mut kinds = Vec::new();
    engine
        .store()
        .for_each_event(|stored| {
            kinds.push(Event::read(&stored.bytes).unwrap().body.kind().to_owned());
            Ok::<(), crate::store::StoreError>(())
        })
        .unwrap();
    kinds
}

#[test]
fn a_full_disk_takes_the_step_back_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut till = open(&folder.path().join("till.db"));
    scan(&mut till, "8712345678906");
    till.store().end_of_disk(1);
    let effects = scan(&mut till, "KLR-CASH");
    assert_eq!(
        effects,
        [Effect::Beep(Beep::Attention)],
        "no drawer, no receipt"
    );
    assert!(
        matches!(till.view().notice, Some(Notice::NotKept { fault: StoreFault::DiskFull, reason }) if reason.contains("full"))
    );
    assert_eq!(till.view().basket.len(), 1);
    till.store().end_of_disk(0);
    let effects = scan(&mut till, "KLR-CASH");
    assert!(effects.contains(&Effect::OpenDrawer));
    assert_eq!(kinds(&till), ["epoch_opened", "sale"]);
}

#[test]
fn a_till_that_was_killed_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut till = open(&path);
    scan(&mut till, "8712345678906");
    drop(till);
    let mut till = open(&path);
    assert_eq!(till.view().basket.len(), 1);
    scan(&mut till, "KLR-CARD");
    drop(till);
    let mut till = open(&path);
    assert!(matches!(till.view().mode, ModeView::PaymentUnknown { .. }));
    let paid = Input::Action {
        id: "paid".to_owned(),
        action: Action::PinAnswer {
            answer: crate::till::input::PaymentOutcome::Paid,
        },
    };
    till.step(&paid);
    drop(till);
    let mut till = open(&path);
    assert!(
        till.view().basket.is_empty(),
        "what was paid is not offered again"
    );
    till.step(&paid);
    assert_eq!(kinds(&till), ["epoch_opened", "payment_settled", "sale"]);
}

fn scans(path: &Path) -> StoredScans {
    let barcodes = retail::barcode::Settings::default();
    StoredScans::new(Store::open(path).unwrap(), barcodes, Arc::new(Noon), ZONE).unwrap()
}

/// The hub has beeped for a code: the scan as the till gets it.
fn beeped(queue: &mut StoredScans, sequence: u32, data: &str) -> Input {
    let boot = BootId(9);
    let id = ScanId { boot, sequence };
    queue.commit(id, data.as_bytes()).unwrap();
    let ready = queue.confirm(id).unwrap().unwrap();
    Input::HubScan(HubScan {
        ticket: ready.ticket,
        heard: Beep::Good,
        code: ScannedCode {
            data: ready.data,
            ssi_type: None,
            scanner: "hub".to_owned(),
        },
    })
}

#[test]
fn a_scan_of_the_hub_is_worked_off_once_whenever_the_till_dies() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut till = open(&path);
    let mut queue = scans(&path);
    let shirt = beeped(&mut queue, 1, "8712345678906");
    till.step(&shirt);
    drop(till);
    // It was on the screen, and never kept: it is still in the queue, and in no basket.
    let mut till = open(&path);
    assert_eq!(queue.ready().unwrap().len(), 1);
    assert_eq!(till.view().basket.len(), 0);
    till.step(&shirt);
    till.save_work();
    assert_eq!(queue.ready().unwrap(), [], "kept, and gone from the queue");
    drop(till);
    let mut till = open(&path);
    assert_eq!(till.view().basket.len(), 1);
    till.step(&shirt);
    assert_eq!(till.view().basket.len(), 1, "the same scan once more");
    // A sale is kept by its own commit, before anything else is saved.
    let pay = beeped(&mut queue, 2, "KLR-CASH");
    till.step(&pay);
    assert_eq!(queue.ready().unwrap(), []);
    drop(till);
    let mut till = open(&path);
    till.step(&pay);
    assert_eq!(kinds(&till), ["epoch_opened", "sale"]);
}

#[test]
fn a_scan_that_was_refused_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut till = open(&path);
    let mut queue = scans(&path);
    till.step(&beeped(&mut queue, 1, "8712345678999"));
    till.save_work();
    assert_eq!(queue.ready().unwrap(), [], "an unknown article");
    till.step(&beeped(&mut queue, 2, "8712345678906"));
    till.save_work();
    let pay = beeped(&mut queue, 3, "KLR-CASH");
    till.store().end_of_disk(1);
    till.step(&pay);
    assert!(matches!(till.view().notice, Some(Notice::NotKept { .. })));
    till.store().end_of_disk(0);
    till.save_work();
    drop(till);
    let till = open(&path);
    assert_eq!(
        queue.ready().unwrap(),
        [],
        "what was not kept must not happen later by itself"
    );
    assert_eq!(till.view().basket.len(), 1);
}

#[test]
fn an_unheard_scan_waits_for_the_cashier_and_is_never_ready() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut till = open(&path);
    let mut queue = scans(&path);
    let boot = BootId(9);
    let id = ScanId { boot, sequence: 1 };
    assert_eq!(queue.commit(id, b"8712345678906").unwrap(), Verdict::Good);
    let open_end = queue.last().unwrap().unwrap();
    assert_eq!((open_end.scan, open_end.settled), (id, false));
    queue.doubt(id).unwrap();
    assert!(queue.last().unwrap().unwrap().settled);
    let second = beeped(&mut queue, 2, "8712345678906");
    till.step(&second);
    till.save_work();
    let unheard = queue.unheard().unwrap().unwrap();
    assert_eq!(unheard.read, "8712345678906");
    assert_eq!(queue.ready().unwrap(), []);
    queue.forget(unheard.scan).unwrap();
    assert_eq!(queue.unheard().unwrap(), None);
    let nobody = ScanId { boot, sequence: 3 };
    assert_eq!(queue.commit(nobody, b"what").unwrap(), Verdict::Unknown);
}

#[test]
fn a_second_writer_never_takes_a_place_or_a_number_from_a_sale() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    let mut till = open(&path);
    scan(&mut till, "8712345678906");
    let mut other = Store::open(&path).unwrap();
    let at = retail::clock::wall_time(Noon.now(), ZONE);
    let drawer = Body::DrawerOpened(ByCashier {
        cashier: CashierId::new(1).unwrap(),
    });
    other.append_event(&drawer, at).unwrap();
    scan(&mut till, "KLR-CASH");
    let second = Epoch::FIRST.next().unwrap();
    assert!(other.open_epoch(second, EpochWhy::Fork, None, at).unwrap());
    assert!(!other.open_epoch(second, EpochWhy::Fork, None, at).unwrap());
    scan(&mut till, "8712345678906");
    scan(&mut till, "KLR-CASH");
    assert_eq!(till.view().last.unwrap().number.to_string(), "3-2-0000001");
    assert!(till.store().verify().unwrap().faults.is_empty());
}
