use retail::clock::Entropy;
use retail::event::{ByCashier, EpochOpened, EpochWhy};
use retail::ids::{CashierId, CustomerId, LinkId, ReceiptSerial, RecordId};
use retail::money::Cents;
use retail::quantity::Quantity;
use retail::sale::{Line, Sale, Tender, TenderKind};
use retail::vat::VatRate;
use sha2::Digest;

use super::*;

/// Bytes that no compressor can guess: SHA-256 in counter mode.
struct Counter(u64);

impl Entropy for Counter {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            self.0 += 1;
            chunk.copy_from_slice(&sha2::Sha256::digest(self.0.to_le_bytes())[..chunk.len()]);
        }
    }
}

impl Counter {
    fn below(&mut self, n: u64) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes) % n
    }
}

fn till() -> TillId {
    TillId::new(3).unwrap()
}

fn epoch(n: u8) -> Epoch {
    Epoch::new(n).unwrap()
}

fn who() -> Credentials {
    Credentials {
        org: OrgId([1; 16]),
        shop: "utrecht".to_owned(),
        till: till(),
        key: SigningKey::from_bytes(&[7; 32]),
    }
}

fn opened(prev: Option<Head>) -> Body {
    Body::EpochOpened(EpochOpened {
        prev_epoch: prev.map(|head| head.epoch),
        prev_seq: prev.map_or(0, |head| head.seq),
        prev_hash: prev.map_or(Hash::ZERO, |head| head.hash),
        why: EpochWhy::Enrolled,
    })
}

fn drawer() -> Body {
    Body::DrawerOpened(ByCashier {
        cashier: CashierId::new(1).unwrap(),
    })
}

/// A journal of epochs of these lengths.
fn journal(lengths: &[u64]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (number, length) in (1..).zip(lengths) {
        let mut prev_hash = Hash::ZERO;
        for seq in 1..=*length {
            let position = Position {
                till: till(),
                epoch: epoch(number),
                seq,
            };
            let body = if seq == 1 {
                opened(rows.last().map(|row| Head {
                    epoch: row.stored.position.epoch,
                    seq: row.stored.position.seq,
                    hash: row.stored.hash,
                }))
            } else {
                drawer()
            };
            let at = "2026-11-21T14:03:05+01:00".parse().unwrap();
            let bytes = Event::write(position, at, &body).unwrap();
            let hash = hash_event(prev_hash, &bytes);
            rows.push(Row {
                stored: Stored {
                    position,
                    prev_hash,
                    hash,
                    bytes,
                },
                side: Vec::new(),
                apart: None,
            });
            prev_hash = hash;
        }
    }
    rows
}

fn head_of(row: &Row) -> Head {
    Head {
        epoch: row.stored.position.epoch,
        seq: row.stored.position.seq,
        hash: row.stored.hash,
    }
}

fn pack(cursor: Option<Head>, limit: Limit, rows: &[Row]) -> (Option<Stretch>, Vec<Hole>) {
    let mut packer = Packer::new(cursor, limit);
    let after = cursor.map(|head| (head.epoch, head.seq));
    for row in rows {
        let place = (row.stored.position.epoch, row.stored.position.seq);
        if Some(place) > after {
            packer.push(row.clone());
        }
    }
    packer.finish()
}

fn span(stretch: &Stretch) -> (u8, u64, u64) {
    let first = stretch.events.first().unwrap().position;
    (first.epoch.get(), first.seq, stretch.last().unwrap().seq)
}

#[track_caller]
fn check_signed(stretch: Stretch) {
    let who = who();
    let batch = stretch.sign(&who, 5).unwrap();
    batch.verify(&who.key.verifying_key()).unwrap();
    let unpacked = zstd::decode_all(&body(&batch).unwrap()[..]).unwrap();
    assert_eq!(Batch::decode(&unpacked).unwrap(), batch);
}

#[test]
fn a_run_begins_behind_the_cursor_and_ends_with_its_epoch() {
    let rows = journal(&[4, 3]);
    let (stretch, holes) = pack(None, Limit::FULL, &rows);
    let stretch = stretch.unwrap();
    assert_eq!((span(&stretch), stretch.hole), ((1, 1, 4), None));
    assert_eq!(holes, []);
    check_signed(stretch);

    let (stretch, _) = pack(Some(head_of(&rows[1])), Limit { events: 1 }, &rows);
    assert_eq!(span(&stretch.unwrap()), (1, 3, 3));

    let (stretch, _) = pack(Some(head_of(&rows[3])), Limit::FULL, &rows);
    let stretch = stretch.unwrap();
    assert_eq!(span(&stretch), (2, 1, 3));
    check_signed(stretch);

    assert_eq!(
        pack(Some(head_of(&rows[6])), Limit::FULL, &rows),
        (None, vec![])
    );
}

#[test]
fn what_is_damaged_ends_a_run_and_is_named_in_the_next() {
    let mut rows = journal(&[9]);
    rows[4].stored.bytes[10] ^= 1;
    let (stretch, holes) = pack(Some(head_of(&rows[1])), Limit::FULL, &rows);
    assert_eq!(span(&stretch.unwrap()), (1, 3, 4));
    assert_eq!(holes, []);

    let (stretch, holes) = pack(Some(head_of(&rows[3])), Limit::FULL, &rows);
    let stretch = stretch.unwrap();
    assert_eq!((span(&stretch), stretch.hole), ((1, 6, 9), Some(5)));
    assert_eq!(
        holes.iter().map(|h| (h.from, h.to)).collect::<Vec<_>>(),
        [(5, 5)]
    );
    check_signed(stretch);
}

#[test]
fn rows_that_are_gone_or_set_apart_are_holes_as_well() {
    let mut rows = journal(&[9]);
    rows[5].apart = Some(Apart::Event);
    rows.remove(4);
    rows.remove(3);
    // 4 and 5 are gone, 6 is set apart.
    let (stretch, holes) = pack(Some(head_of(&rows[2])), Limit::FULL, &rows);
    let stretch = stretch.unwrap();
    assert_eq!((span(&stretch), stretch.hole), ((1, 7, 9), Some(4)));
    assert_eq!(
        holes.iter().map(|h| (h.from, h.to)).collect::<Vec<_>>(),
        [(4, 6)]
    );
}

#[test]
fn the_lost_end_of_an_epoch_is_found_by_what_the_next_one_says() {
    let mut rows = journal(&[6, 2]);
    rows.remove(5);
    rows.remove(4);
    let (stretch, holes) = pack(Some(head_of(&rows[3])), Limit::FULL, &rows);
    let stretch = stretch.unwrap();
    assert_eq!(span(&stretch), (2, 1, 2));
    assert_eq!(
        holes
            .iter()
            .map(|h| (h.epoch.get(), h.from, h.to))
            .collect::<Vec<_>>(),
        [(1, 5, 6)]
    );
    assert_eq!(
        stretch.hole,
        Some(5),
        "what the new epoch stands on can no longer be shown"
    );
    check_signed(stretch);
}

#[test]
fn side_records_ride_with_their_event_unless_set_apart() {
    let mut rows = journal(&[4]);
    for row in &mut rows {
        row.side.push(Side::Text {
            seq: row.stored.position.seq,
            id: RecordId([1; 16]),
            text: "te klein".to_owned(),
        });
    }
    rows[2].apart = Some(Apart::Side);
    let (stretch, _) = pack(None, Limit::FULL, &rows);
    let seqs: Vec<u64> = stretch.unwrap().side.iter().map(Side::seq).collect();
    assert_eq!(seqs, [1, 2, 4]);
}

#[test]
fn a_batch_stays_within_every_bound() {
    let mut rows = journal(&[900]);
    let (stretch, _) = pack(None, Limit::FULL, &rows);
    assert_eq!(stretch.unwrap().events.len(), MAX_BATCH_EVENTS);
    for row in &mut rows {
        row.side.extend((0..9).map(|n| Side::Text {
            seq: row.stored.position.seq,
            id: RecordId([n; 16]),
            text: "é".repeat(500),
        }));
    }
    let (stretch, _) = pack(None, Limit::FULL, &rows);
    let batch = stretch.unwrap().sign(&who(), 5).unwrap();
    let bytes = batch.encode().unwrap().len();
    assert!(
        bytes <= MAX_BODY_BYTES && bytes > MAX_BODY_BYTES / 2,
        "{bytes}"
    );
}

/// A plain sale of a gift shop: one to four articles out of sixty, cash or card, half of them by a customer with a card.
fn sale(random: &mut Counter, serial: u32) -> (Sale, Option<CustomerId>) {
    let lines: Vec<Line> = (1..=u32::try_from(1 + random.below(4)).unwrap())
        .map(|n| {
            let article = random.below(60);
            let price = Cents(i64::try_from(495 + article * 150).unwrap());
            let quantity = i64::try_from(1 + random.below(8) / 7).unwrap();
            Line {
                n,
                gtin: format!("87123456{:05}", article * 37),
                name: format!("Artikel van soort {article}"),
                category: ["kleding", "cadeau", "boek"][usize::try_from(article % 3).unwrap()]
                    .to_owned(),
                qty: Quantity(quantity * 1000),
                unit: retail::quantity::Unit::default(),
                price,
                amount: Cents(price.0 * quantity),
                vat: VatRate::HIGH,
                class: retail::sale::LineClass::Goods,
                parent: None,
                price_typed: false,
                item: String::new(),
                of_line: None,
                reason: None,
            }
        })
        .collect();
    let total: Cents = lines.iter().map(|line| line.amount).sum();
    let customer = (random.below(2) == 0).then(|| {
        // Some 2,000 customers.
        let number = random.below(2_000).to_le_bytes();
        let mut id = [0; 16];
        id.copy_from_slice(&sha2::Sha256::digest(number)[..16]);
        CustomerId(id)
    });
    let sale = Sale {
        receipt: ReceiptSerial::new(serial).unwrap(),
        cashier: CashierId::new(1).unwrap(),
        link: customer.map(|_| LinkId::random(random)),
        vat: retail::vat::table(lines.iter().map(|line| (line.vat, line.amount))),
        total,
        rounding: Cents::ZERO,
        tenders: vec![Tender {
            kind: if random.below(4) == 0 {
                TenderKind::Cash
            } else {
                TenderKind::Card
            },
            amount: total,
            tendered: None,
            change: None,
            by_cashier: true,
        }],
        points: customer.map_or(0, |_| retail::loyalty::points(total)),
        wait_s: Some(u32::try_from(10 + random.below(60)).unwrap()),
        lines,
    };
    (sale, customer)
}

#[test]
fn a_receipt_costs_at_most_80_bytes_on_the_wire() {
    let mut random = Counter(0);
    let mut prev_hash = Hash(std::array::from_fn(|n| u8::try_from(n).unwrap()));
    let mut at: chrono::DateTime<chrono::FixedOffset> =
        "2026-11-21T09:00:00+01:00".parse().unwrap();
    let mut packer = Packer::new(None, Limit::FULL);
    for n in 0..500_u32 {
        at +=
            chrono::TimeDelta::milliseconds(i64::try_from(20_000 + random.below(300_000)).unwrap());
        let (sale, customer) = sale(&mut random, 1000 + n);
        let position = Position {
            till: till(),
            epoch: epoch(1),
            seq: 5000 + u64::from(n),
        };
        let link = sale.link;
        let bytes = Event::write(position, at, &Body::Sale(sale)).unwrap();
        let hash = hash_event(prev_hash, &bytes);
        let side = customer
            .zip(link)
            .map(|(customer, link)| Side::Link {
                seq: position.seq,
                link,
                customer,
            })
            .into_iter()
            .collect();
        packer.push(Row {
            stored: Stored {
                position,
                prev_hash,
                hash,
                bytes,
            },
            side,
            apart: None,
        });
        prev_hash = hash;
    }
    let stretch = packer.finish().0.unwrap();
    let events = stretch.events.len();
    let batch = stretch.sign(&who(), at.timestamp_millis()).unwrap();
    let plain = batch.encode().unwrap();
    for level in [1, 3, 6, 9, 12, 15, 19] {
        let packed = zstd::bulk::compress(&plain, level).unwrap().len();
        println!(
            "{events} receipts, {} bytes plain; level {level}: {} bytes a receipt",
            plain.len(),
            packed as f64 / events as f64
        );
    }
    let packed = body(&batch).unwrap().len();
    assert!(
        packed <= 80 * events,
        "{} bytes a receipt",
        packed as f64 / events as f64
    );
}

/// The row with other bytes, hashed as they are.
fn rewritten(row: &Row, prev_hash: Hash, bytes: Vec<u8>) -> Row {
    Row {
        stored: Stored {
            position: row.stored.position,
            prev_hash,
            hash: hash_event(prev_hash, &bytes),
            bytes,
        },
        ..row.clone()
    }
}

#[test]
fn what_stands_on_something_else_ends_a_run() {
    let mut rows = journal(&[4]);
    rows[2] = rewritten(&rows[2], Hash([9; 32]), rows[2].stored.bytes.clone());
    let (stretch, _) = pack(None, Limit::FULL, &rows);
    assert_eq!(span(&stretch.unwrap()), (1, 1, 2));
}

#[test]
fn an_epoch_begins_with_nothing_before_it_and_an_event_is_one_line() {
    let mut rows = journal(&[2]);
    rows[0] = rewritten(&rows[0], Hash([9; 32]), rows[0].stored.bytes.clone());
    assert_eq!(span(&pack(None, Limit::FULL, &rows).0.unwrap()), (1, 2, 2));

    let mut rows = journal(&[3]);
    let mut bytes = rows[2].stored.bytes.clone();
    bytes.push(b'\n');
    rows[2] = rewritten(&rows[2], rows[2].stored.prev_hash, bytes);
    assert_eq!(span(&pack(None, Limit::FULL, &rows).0.unwrap()), (1, 1, 2));
}

#[test]
fn a_batch_stays_within_its_bytes() {
    let mut rows = journal(&[1]);
    let mut prev_hash = rows[0].stored.hash;
    let long = "x".repeat(2_000);
    for seq in 2..=300 {
        // A kind nobody knows is carried as it is.
        let bytes = format!(
            r#"{{"v":1,"till":3,"epoch":1,"seq":{seq},"at":"2026-11-21T14:03:05+01:00","kind":"later","more":"{long}"}}"#
        )
        .into_bytes();
        let mut row = rows[0].clone();
        row.stored.position.seq = seq;
        let row = rewritten(&row, prev_hash, bytes);
        prev_hash = row.stored.hash;
        rows.push(row);
    }
    let stretch = pack(None, Limit::FULL, &rows).0.unwrap();
    let bytes: usize = stretch.events.iter().map(|e| e.bytes.len() + 1).sum();
    assert!(
        bytes <= MAX_BATCH_BYTES && bytes > MAX_BATCH_BYTES - 3_000,
        "{bytes}"
    );
    check_signed(stretch);
}
