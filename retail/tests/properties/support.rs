//! Strategies that make events as a till could write them, whole journals of them included.

use chrono::{DateTime, FixedOffset, NaiveDate};
use ed25519_dalek::SigningKey;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use retail::day::{DayClosed, DayTotals};
use retail::event::{
    Body, ByCashier, Empty, Enrolled, EpochOpened, EpochWhy, Event, Hole, LineVoided,
    PaymentSettled, ReceiptCopied, SaleCancelled,
};
use retail::ids::{
    CashierId, Epoch, Hash, LinkId, OrgId, Position, ReceiptNumber, ReceiptSerial, TillId,
};
use retail::journal::{Batch, BatchHeader, Stored, hash_event};
use retail::money::Cents;
use retail::quantity::{Quantity, Unit};
use retail::sale::{Line, LineClass, Receipt, Return, ReturnReason, Tender, TenderKind};
use retail::vat::{self, VatRate};

/// An amount a shop meets.
pub(crate) fn cents() -> impl Strategy<Value = Cents> {
    (-10_000_000_i64..=10_000_000).prop_map(Cents)
}

/// One of the Dutch rates.
pub(crate) fn rate() -> impl Strategy<Value = VatRate> {
    prop_oneof![Just(VatRate::ZERO), Just(VatRate::LOW), Just(VatRate::HIGH)]
}

fn cashier() -> impl Strategy<Value = CashierId> {
    (1_u16..=9999).prop_map(|n| CashierId::new(n).expect("in range"))
}

fn epoch() -> impl Strategy<Value = Epoch> {
    (1_u8..=99).prop_map(|n| Epoch::new(n).expect("in range"))
}

fn receipt_number() -> impl Strategy<Value = ReceiptNumber> {
    (1_u16..=999, epoch(), 1_u32..=9_999_999).prop_map(|(till, epoch, serial)| ReceiptNumber {
        till: TillId::new(till).expect("in range"),
        epoch,
        serial: ReceiptSerial::new(serial).expect("in range"),
    })
}

fn hash() -> impl Strategy<Value = Hash> {
    any::<[u8; 32]>().prop_map(Hash)
}

/// A wall time with offset, to the millisecond, from 1990 to 2100.
pub(crate) fn wall_time() -> impl Strategy<Value = DateTime<FixedOffset>> {
    (631_152_000_000_i64..4_102_444_800_000, -12_i32..=14).prop_map(|(ms, hours)| {
        let zone = FixedOffset::east_opt(hours * 3600).expect("an offset");
        DateTime::from_timestamp_millis(ms)
            .expect("an instant")
            .with_timezone(&zone)
    })
}

/// A line of a sale: any text, also quotes, line feeds and emoji, since names come from outside.
pub(crate) fn line() -> impl Strategy<Value = Line> {
    let what = (any::<String>(), any::<String>(), any::<String>());
    let how = (
        1_i64..=20_000,
        0_i64..=100_000,
        rate(),
        any::<bool>(),
        any::<bool>(),
        0_u8..3,
    );
    (what, how).prop_map(
        |((name, category, item), (qty, price, vat, weighed, price_typed, class))| {
            let unit = if weighed { Unit::Kilogram } else { Unit::Piece };
            let (qty, price) = (
                Quantity(if weighed { qty } else { qty * 1000 }),
                Cents(price),
            );
            let class =
                [LineClass::Goods, LineClass::Deposit, LineClass::GiftCard][usize::from(class)];
            let vat = if class.is_goods() { vat } else { VatRate::ZERO };
            let amount = qty.price(price);
            Line {
                n: 0,
                gtin: "8712345678906".to_owned(),
                name,
                category,
                qty,
                unit,
                price,
                amount,
                vat,
                class,
                parent: None,
                price_typed,
                item,
                of_line: None,
                reason: None,
            }
        },
    )
}

/// A balanced sale.
pub(crate) fn sale() -> impl Strategy<Value = Receipt> {
    let who = (1_u32..=9_999_999, cashier(), option::of(any::<[u8; 16]>()));
    (
        who,
        vec(line(), 1..6),
        any::<bool>(),
        option::of(any::<u32>()),
    )
        .prop_map(|((serial, cashier, link), lines, by_card, wait_s)| {
            let lines: Vec<Line> = (1..)
                .zip(lines)
                .map(|(n, line)| Line { n, ..line })
                .collect();
            let total: Cents = lines.iter().map(|line| line.amount).sum();
            let rounding = if by_card {
                Cents::ZERO
            } else {
                retail::cash::rounding_of(total)
            };
            let kind = if by_card {
                TenderKind::Card
            } else {
                TenderKind::Cash
            };
            let change = (!by_card).then_some(Cents(500));
            let amount = total + rounding;
            let tendered = change.map(|change| amount + change);
            let mut receipt = Receipt {
                receipt: ReceiptSerial::new(serial).expect("in range"),
                cashier,
                link: link.map(LinkId),
                vat: vat::table(lines.iter().map(|line| (line.vat, line.amount))),
                lines,
                total,
                rounding,
                tenders: vec![Tender {
                    kind,
                    amount,
                    tendered,
                    change,
                    by_cashier: by_card,
                }],
                points: 0,
                wait_s,
            };
            receipt.points = retail::loyalty::points(receipt.gross());
            receipt
        })
}

/// A return of everything on a sale.
fn whole_return() -> impl Strategy<Value = Return> {
    (sale(), receipt_number(), 0_usize..4).prop_map(|(sale, of, reason)| {
        let reason = Some(ReturnReason::ALL[reason]);
        let lines: Vec<Line> = sale
            .lines
            .iter()
            .map(|line| Line {
                qty: -line.qty,
                amount: -line.amount,
                of_line: Some(line.n),
                reason,
                ..line.clone()
            })
            .collect();
        let kept: Vec<(VatRate, Cents)> = sale
            .lines
            .iter()
            .map(|line| (line.vat, line.amount))
            .collect();
        let tenders = sale
            .tenders
            .iter()
            .map(|t| Tender {
                amount: -t.amount,
                tendered: None,
                change: None,
                ..*t
            })
            .collect();
        let receipt = Receipt {
            lines,
            vat: vat::table_of_return(&kept, &[]),
            total: -sale.total,
            rounding: -sale.rounding,
            tenders,
            points: -sale.points,
            ..sale
        };
        Return { of, receipt }
    })
}

fn opened() -> impl Strategy<Value = Body> {
    let why = [
        EpochWhy::Enrolled,
        EpochWhy::BehindMarker,
        EpochWhy::BehindServer,
        EpochWhy::Fork,
        EpochWhy::Damage,
    ];
    (
        option::of(epoch()),
        0..=Position::MAX_SEQ,
        hash(),
        0_usize..5,
    )
        .prop_map(move |(prev_epoch, prev_seq, prev_hash, at)| {
            Body::EpochOpened(EpochOpened {
                prev_epoch,
                prev_seq,
                prev_hash,
                why: why[at],
            })
        })
}

fn day_closed() -> impl Strategy<Value = Body> {
    (0_i32..40_000, option::of(cents()), vec(sale(), 0..3)).prop_map(|(day, counted, sales)| {
        let mut totals = DayTotals::default();
        for sale in sales {
            totals.add(&Event {
                v: 1,
                position: first(),
                at: DateTime::UNIX_EPOCH.fixed_offset(),
                body: Body::Sale(sale),
            });
        }
        let day = NaiveDate::from_num_days_from_ce_opt(720_000 + day).expect("a day");
        Body::DayClosed(DayClosed {
            day,
            counted,
            totals,
        })
    })
}

/// The first place of a journal.
pub(crate) fn first() -> Position {
    Position {
        till: TillId::new(1).expect("in range"),
        epoch: Epoch::FIRST,
        seq: 1,
    }
}

/// Every kind of event this version writes.
pub(crate) fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        4 => sale().prop_map(Body::Sale),
        2 => whole_return().prop_map(Body::Return),
        1 => opened(),
        1 => (cashier(), line()).prop_map(|(cashier, line)| Body::LineVoided(LineVoided { cashier, line })),
        1 => (cashier(), any::<u32>(), cents())
            .prop_map(|(cashier, lines, total)| Body::SaleCancelled(SaleCancelled { cashier, lines, total })),
        1 => (cashier(), cents(), any::<bool>()).prop_map(|(cashier, amount, paid)| {
            Body::PaymentSettled(PaymentSettled { cashier, tender: TenderKind::Card, amount, paid })
        }),
        1 => (option::of(cashier()), receipt_number())
            .prop_map(|(cashier, of)| Body::ReceiptCopied(ReceiptCopied { cashier, of })),
        1 => cashier().prop_map(|cashier| Body::DrawerOpened(ByCashier { cashier })),
        1 => Just(Body::PrinterOutOfPaper(Empty {})),
        1 => (any::<[u8; 16]>(), cashier())
            .prop_map(|(link, cashier)| Body::Enrolled(Enrolled { link: LinkId(link), cashier })),
        1 => day_closed(),
        1 => (epoch(), 1..=Position::MAX_SEQ, 1..=Position::MAX_SEQ, any::<String>())
            .prop_map(|(epoch, from, to, reason)| Body::Hole(Hole { epoch, from, to, reason })),
    ]
}

/// A journal of one epoch: `epoch_opened` and then anything, in a chain.
pub(crate) fn chain() -> impl Strategy<Value = Vec<Stored>> {
    (opened(), vec((body(), wall_time()), 0..8), wall_time()).prop_map(|(opened, rest, at)| {
        let mut prev_hash = Hash::ZERO;
        let bodies = std::iter::once((opened, at)).chain(rest);
        (1..)
            .zip(bodies)
            .map(|(seq, (body, at))| {
                let position = Position { seq, ..first() };
                let bytes = Event::write(position, at, &body).expect("small enough");
                let hash = hash_event(prev_hash, &bytes);
                let stored = Stored {
                    position,
                    prev_hash,
                    hash,
                    bytes,
                };
                prev_hash = hash;
                stored
            })
            .collect()
    })
}

/// A key that a test may know.
pub(crate) fn key(byte: u8) -> SigningKey {
    SigningKey::from_bytes(&[byte; 32])
}

/// Events of one epoch as a signed batch.
pub(crate) fn batch(events: &[Stored], key: &SigningKey) -> Batch {
    let (first, last) = (
        events.first().expect("an event"),
        events.last().expect("an event"),
    );
    let header = BatchHeader {
        v: 1,
        org: OrgId([7; 16]),
        shop: "winkel-1".to_owned(),
        till: first.position.till,
        epoch: first.position.epoch,
        first: first.position.seq,
        last: last.position.seq,
        prev_hash: first.prev_hash,
        head_hash: last.hash,
        hole: None,
    };
    Batch::sign(
        header,
        events.iter().map(|event| event.bytes.clone()).collect(),
        Vec::new(),
        0,
        key,
    )
}
