//! What the tests of this crate share: a head office in a folder with a clock that stands still, and tills that write
//! and sign real journals.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, FixedOffset, Utc};
use ed25519_dalek::SigningKey;
use retail::clock::{Clock, Entropy};
use retail::event::{Body, EpochOpened, EpochWhy, Event};
use retail::ids::{
    CashierId, CustomerId, Epoch, Hash, LinkId, Position, ReceiptNumber, ReceiptSerial, RecordId,
};
use retail::journal::{Batch, BatchHeader, Stored, hash_event};
use retail::loyalty::{Consent, Profile};
use retail::money::Cents;
use retail::quantity::Quantity;
use retail::sale::{Line, LineClass, Receipt, Return, ReturnReason, Tender, TenderKind};
use retail::vat::{self, VatRate};
use retail::wire::{
    BatchAnswer, EnrolAnswer, EnrolRequest, Head, PATH_BATCHES, Refusal, RequestSignature, Side,
};
use tempfile::TempDir;

use crate::api::tills::Signed;
use crate::api::{Call, Office, Reply};
use crate::store::rows::Shop;
use crate::store::sqlite::Sqlite;
use crate::store::write;

/// 2026-11-21 14:03:05 in Utrecht.
pub(crate) const NOON: &str = "2026-11-21T14:03:05+01:00";

#[derive(Clone, Debug)]
pub(crate) struct StillClock(pub(crate) Arc<AtomicI64>);

impl Clock for StillClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.load(Ordering::Relaxed)).unwrap()
    }

    fn monotonic_ms(&self) -> u64 {
        0
    }
}

/// Different bytes at every call, the same in every run.
#[derive(Debug, Default)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            let next = self.0.fetch_add(1, Ordering::Relaxed);
            *byte = u8::try_from((next.wrapping_mul(0x9e37_79b9_7f4a_7c15)) >> 56).unwrap();
        }
    }
}

pub(crate) struct Desk {
    pub(crate) office: Office,
    pub(crate) clock: StillClock,
    pub(crate) folder: TempDir,
}

pub(crate) fn desk() -> Desk {
    desk_in(tempfile::tempdir().unwrap())
}

/// A head office with the shop `utrecht` in this folder.
pub(crate) fn desk_in(folder: TempDir) -> Desk {
    try_desk_in(folder, &mut |_, _| {}).unwrap()
}

/// The same; `progress` hears of paths that are folded anew.
pub(crate) fn try_desk_in(
    folder: TempDir,
    progress: &mut dyn FnMut(usize, usize),
) -> crate::store::Result<Desk> {
    let now = DateTime::parse_from_rfc3339(NOON).unwrap();
    let clock = StillClock(Arc::new(AtomicI64::new(now.timestamp_millis())));
    let store = Sqlite::open(&folder.path().join("head-office.db"))?;
    let office = Office::open_with(
        Box::new(store),
        Box::new(clock.clone()),
        Box::new(Counting::default()),
        Some(folder.path().join("forgotten")),
        progress,
    )?;
    let shop = Shop {
        id: "utrecht".to_owned(),
        name: "Oudegracht".to_owned(),
        time_zone: "Europe/Amsterdam".to_owned(),
    };
    write(office.store(), |tables| tables.add_shop(&shop))?;
    Ok(Desk {
        office,
        clock,
        folder,
    })
}

/// A till with its journal in memory.
#[derive(Clone, Debug)]
pub(crate) struct Kassa {
    pub(crate) key: SigningKey,
    pub(crate) enrolled: EnrolAnswer,
    pub(crate) epoch: Epoch,
    pub(crate) events: Vec<Stored>,
    pub(crate) side: Vec<Side>,
    pub(crate) at: DateTime<FixedOffset>,
    pub(crate) sent_at_ms: i64,
    pub(crate) serial: u32,
}

pub(crate) fn customer(mark: u8) -> CustomerId {
    CustomerId([mark; 16])
}

impl Kassa {
    pub(crate) fn enrol(desk: &Desk, mark: u8) -> Self {
        let key = SigningKey::from_bytes(&[mark; 32]);
        let enrolled = desk
            .office
            .enrol(&EnrolRequest {
                code: desk.office.till_code("utrecht").unwrap().unwrap(),
                public_key: hex::encode(key.verifying_key().to_bytes()),
                name: "Kassa".to_owned(),
                shop: None,
            })
            .unwrap();
        let at = DateTime::parse_from_rfc3339(NOON).unwrap();
        let mut kassa = Self {
            key,
            enrolled,
            epoch: Epoch::FIRST,
            events: Vec::new(),
            side: Vec::new(),
            at,
            sent_at_ms: at.timestamp_millis(),
            serial: 0,
        };
        kassa.push(&Body::EpochOpened(EpochOpened {
            prev_epoch: None,
            prev_seq: 0,
            prev_hash: Hash::ZERO,
            why: EpochWhy::Enrolled,
        }));
        kassa
    }

    pub(crate) fn head(&self) -> Head {
        let last = self.events.last().unwrap();
        Head {
            epoch: last.position.epoch,
            seq: last.position.seq,
            hash: last.hash,
        }
    }

    pub(crate) fn push(&mut self, body: &Body) -> u64 {
        let last = self
            .events
            .last()
            .filter(|last| last.position.epoch == self.epoch);
        let seq = last.map_or(1, |last| last.position.seq + 1);
        let prev_hash = last.map_or(Hash::ZERO, |last| last.hash);
        let position = Position {
            till: self.enrolled.till,
            epoch: self.epoch,
            seq,
        };
        let bytes = Event::write(position, self.at, body).unwrap();
        self.events.push(Stored {
            position,
            prev_hash,
            hash: hash_event(prev_hash, &bytes),
            bytes,
        });
        seq
    }

    pub(crate) fn open_epoch(&mut self) {
        let head = self.head();
        self.epoch = self.epoch.next().unwrap();
        self.serial = 0;
        self.side.clear();
        self.push(&Body::EpochOpened(EpochOpened {
            prev_epoch: Some(head.epoch),
            prev_seq: head.seq,
            prev_hash: head.hash,
            why: EpochWhy::Fork,
        }));
    }

    fn receipt(&mut self, line: Line, link: Option<LinkId>) -> Receipt {
        self.serial += 1;
        let amount = line.amount;
        Receipt {
            receipt: ReceiptSerial::new(self.serial).unwrap(),
            cashier: CashierId::new(1).unwrap(),
            link,
            vat: vat::table([(line.vat, amount)]),
            lines: vec![line],
            total: amount,
            rounding: Cents::ZERO,
            tenders: vec![Tender {
                kind: TenderKind::Card,
                amount,
                tendered: None,
                change: None,
                by_cashier: false,
            }],
            points: if link.is_some() { amount.0 / 100 } else { 0 },
            wait_s: None,
        }
    }

    fn line(pieces: i64, cents: i64) -> Line {
        Line {
            n: 1,
            gtin: "8712345678906".to_owned(),
            name: "Sjaal".to_owned(),
            category: "Mode".to_owned(),
            qty: Quantity(pieces * 1_000),
            unit: retail::quantity::Unit::default(),
            price: Cents(cents),
            amount: Cents(pieces * cents),
            vat: VatRate(2100),
            class: LineClass::Goods,
            parent: None,
            price_typed: false,
            item: String::new(),
            of_line: None,
            reason: None,
        }
    }

    /// Sells something, to a customer or to nobody; gives the number of the receipt.
    pub(crate) fn sell(&mut self, cents: i64, to: Option<CustomerId>) -> ReceiptNumber {
        let link = to.map(|_| self.new_link());
        let sale = self.receipt(Self::line(1, cents), link);
        let serial = sale.receipt;
        let seq = self.push(&Body::Sale(sale));
        if let (Some(link), Some(customer)) = (link, to) {
            self.side.push(Side::Link {
                seq,
                link,
                customer,
            });
        }
        ReceiptNumber {
            till: self.enrolled.till,
            epoch: self.epoch,
            serial,
        }
    }

    pub(crate) fn take_back(&mut self, of: ReceiptNumber, pieces: i64, cents: i64) {
        self.back(of, pieces, cents, None);
    }

    /// The same with the card of a customer.
    pub(crate) fn take_back_from(
        &mut self,
        of: ReceiptNumber,
        pieces: i64,
        cents: i64,
        who: CustomerId,
    ) {
        let link = self.new_link();
        let seq = self.back(of, pieces, cents, Some(link));
        self.side.push(Side::Link {
            seq,
            link,
            customer: who,
        });
    }

    fn back(&mut self, of: ReceiptNumber, pieces: i64, cents: i64, link: Option<LinkId>) -> u64 {
        let line = Line {
            of_line: Some(1),
            reason: Some(ReturnReason::Defect),
            ..Self::line(-pieces, cents)
        };
        let receipt = self.receipt(line, link);
        self.push(&Body::Return(Return { of, receipt }))
    }

    /// An event as a newer till writes it: a version nobody knows here.
    pub(crate) fn push_newer(&mut self, kind: &str) {
        self.push(&Body::Unknown {
            kind: kind.to_owned(),
        });
        let last = self.events.last_mut().unwrap();
        let text = String::from_utf8(last.bytes.clone()).unwrap();
        last.bytes = text.replacen("\"v\":1,", "\"v\":9,", 1).into_bytes();
        last.hash = hash_event(last.prev_hash, &last.bytes);
    }

    fn new_link(&self) -> LinkId {
        let mut link = [0; 16];
        link[14..].copy_from_slice(&self.enrolled.till.get().to_le_bytes());
        link[0] = self.epoch.get();
        link[1..9].copy_from_slice(&(self.events.len() as u64).to_le_bytes());
        LinkId(link)
    }

    /// States something about a customer at the last event.
    pub(crate) fn state(&mut self, id: u8, customer: CustomerId, card: Option<&str>, yes: bool) {
        let consent = Consent {
            given: yes,
            wording: "post-1".to_owned(),
        };
        self.side.push(Side::Profile {
            seq: self.head().seq,
            profile: Profile {
                id: RecordId([id; 16]),
                customer,
                at: self.at,
                till: Some(self.enrolled.till),
                card: card.map(str::to_owned),
                name: Some(format!("Jip {id}")),
                email: None,
                member: None,
                marketing: Some(consent),
            },
        });
    }

    /// The batch of this epoch's events `first..=last`.
    pub(crate) fn batch(&self, first: u64, last: u64) -> Batch {
        let events: Vec<&Stored> = self
            .events
            .iter()
            .filter(|event| event.position.epoch == self.epoch)
            .filter(|event| (first..=last).contains(&event.position.seq))
            .collect();
        let side = self.side.iter();
        let side = side.filter(|side| (first..=last).contains(&side.seq()));
        Batch::sign(
            BatchHeader {
                v: 1,
                org: self.enrolled.org,
                shop: self.enrolled.shop.clone(),
                till: self.enrolled.till,
                epoch: self.epoch,
                first,
                last,
                prev_hash: events.first().unwrap().prev_hash,
                head_hash: events.last().unwrap().hash,
                hole: None,
            },
            events.iter().map(|event| event.bytes.clone()).collect(),
            side.cloned().collect(),
            self.sent_at_ms,
            &self.key,
        )
    }

    /// The same where everything from `hole` to before `first` is lost.
    pub(crate) fn batch_behind_a_hole(&self, first: u64, last: u64, hole: u64) -> Batch {
        let mut batch = self.batch(first, last);
        batch.header.hole = Some(hole);
        Batch::sign(
            batch.header,
            batch.events,
            batch.side,
            batch.sent_at_ms,
            &self.key,
        )
    }

    pub(crate) fn send(&self, desk: &Desk, batch: &Batch) -> Result<BatchAnswer, Refusal> {
        let body = zstd::encode_all(&batch.encode().unwrap()[..], 3).unwrap();
        self.send_body(desk, &body)
    }

    pub(crate) fn send_body(&self, desk: &Desk, body: &[u8]) -> Result<BatchAnswer, Refusal> {
        let till = self.enrolled.till;
        let sign = RequestSignature::sign(&self.key, till, "POST", PATH_BATCHES, [9; 16], body);
        desk.office.batch(
            Signed {
                till: &till.to_string(),
                nonce: &sign.nonce,
                signature: &sign.signature,
            },
            body,
        )
    }

    /// Sends everything of this epoch at once.
    pub(crate) fn send_all(&self, desk: &Desk) -> Result<BatchAnswer, Refusal> {
        self.send(desk, &self.batch(1, self.head().seq))
    }

    /// Any signed request as bytes.
    pub(crate) fn ask(&self, desk: &Desk, method: &str, path: &str, body: &[u8]) -> Reply {
        let till = self.enrolled.till;
        let sign = RequestSignature::sign(&self.key, till, method, path, [8; 16], body);
        desk.office.answer(&Call {
            method,
            path,
            till: Some(&till.to_string()),
            nonce: Some(&sign.nonce),
            signature: Some(&sign.signature),
            body,
        })
    }
}
