//! The till on a real database: what a full disk, a restart and a second writer do to a sale.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use retail::clock::{Clock, Entropy};
use retail::event::{Body, ByCashier, EpochWhy, Event};
use retail::ids::{CashierId, Epoch, OrgId, TillId};
use retail::wire::EnrolAnswer;

use super::Engine;
use crate::store::{Paper, Store};
use crate::till::input::{ScannedCode, StoreFault};
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
