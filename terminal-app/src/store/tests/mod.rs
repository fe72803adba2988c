//! The store on real files: what is committed is there, what is not is not, and what was lost is noticed.

use std::path::Path;

use chrono::{DateTime, FixedOffset, NaiveDate};
use ed25519_dalek::SigningKey;
use retail::clock::Entropy;
use retail::event::{Body, Event};
use retail::ids::{CashierId, CustomerId, LinkId, OrgId, TillId};
use retail::loyalty::card_hash;
use retail::money::Cents;
use retail::quantity::Quantity;
use retail::sale::{Line, Sale, Tender, TenderKind};
use retail::vat;
use retail::vat::VatRate;
use retail::wire::{DirectoryEntry, Down, DownPage, EnrolAnswer, Head};

use crate::store::{Paper, Store, StoreError, Writing};
use crate::till::{Commit, NewEvent, Print, Shelf as _, Work};

mod damage;
mod directory;
mod keeping;
mod receipts;
mod scans;

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

pub(crate) fn enrolled(path: &Path) -> Store {
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

pub(crate) fn sell(store: &mut Store, cents: i64) -> Head {
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
