//! What happens at a till of a night: sales, returns, enrolments, as events with the records beside them.

use chrono::{DateTime, FixedOffset};
use retail::clock::Entropy as _;
use retail::event::{Body, ByCashier, Enrolled};
use retail::ids::{CashierId, CustomerId, LinkId, ReceiptNumber, ReceiptSerial, RecordId, TillId};
use retail::loyalty::{Consent, Profile, points, points_of_return};
use retail::money::Cents;
use retail::quantity::{Quantity, Unit};
use retail::sale::{Line, LineClass, Receipt, Return, ReturnReason, Sale, Tender, TenderKind};
use retail::vat::{self, VatRate};
use terminal_app::till::NewEvent;

use crate::dice::Dice;

/// A sale that can come back.
#[derive(Clone, Debug)]
pub(super) struct Sold {
    pub(super) number: ReceiptNumber,
    pub(super) sale: Sale,
    pub(super) customer: Option<CustomerId>,
}

fn cashier() -> CashierId {
    CashierId::new(1).unwrap_or_else(|_| unreachable!("1 is a cashier"))
}

fn cents(dice: &mut Dice, from: u64, to: u64) -> Cents {
    Cents(i64::try_from(from + dice.below(to - from)).unwrap_or(0))
}

fn line(n: u32, dice: &mut Dice) -> Line {
    let price = cents(dice, 95, 9_995);
    let quantity = i64::try_from(1 + dice.below(3)).unwrap_or(1);
    Line {
        n,
        gtin: format!("871234560{:04}", dice.below(40)),
        name: format!("Artikel {n}"),
        category: "cadeau".to_owned(),
        qty: Quantity(quantity * 1000),
        unit: Unit::default(),
        price,
        amount: Cents(price.0 * quantity),
        vat: if dice.percent(30) {
            VatRate::LOW
        } else {
            VatRate::HIGH
        },
        class: LineClass::Goods,
        parent: None,
        price_typed: false,
        item: String::new(),
        of_line: None,
        reason: None,
    }
}

/// A sale with cash rounding where it is paid in cash.
pub(super) fn sale(
    dice: &mut Dice,
    serial: ReceiptSerial,
    customer: Option<CustomerId>,
) -> NewEvent {
    let lines: Vec<Line> = (1..=u32::try_from(1 + dice.below(3)).unwrap_or(1))
        .map(|n| line(n, dice))
        .collect();
    let total: Cents = lines.iter().map(|line| line.amount).sum();
    let cash = dice.percent(40);
    let rounding = if cash {
        retail::cash::rounding_of(total)
    } else {
        Cents::ZERO
    };
    let link = customer.map(|_| LinkId::random(dice));
    let sale = Receipt {
        receipt: serial,
        cashier: cashier(),
        link,
        vat: vat::table(lines.iter().map(|line| (line.vat, line.amount))),
        total,
        rounding,
        tenders: vec![Tender {
            kind: if cash {
                TenderKind::Cash
            } else {
                TenderKind::Card
            },
            amount: total + rounding,
            tendered: None,
            change: None,
            by_cashier: !cash,
        }],
        points: customer.map_or(0, |_| points(total)),
        wait_s: None,
        lines,
    };
    NewEvent {
        link: link.zip(customer),
        ..NewEvent::from(Body::Sale(sale))
    }
}

/// A whole sale comes back, with a remark.
pub(super) fn give_back(dice: &mut Dice, serial: ReceiptSerial, sold: &Sold) -> NewEvent {
    let lines: Vec<Line> = (1..)
        .zip(&sold.sale.lines)
        .map(|(n, line)| Line {
            n,
            qty: Quantity(-line.qty.0),
            amount: Cents(-line.amount.0),
            of_line: Some(line.n),
            reason: Some(*dice.pick(&ReturnReason::ALL)),
            ..line.clone()
        })
        .collect();
    let total: Cents = lines.iter().map(|line| line.amount).sum();
    let link = sold.customer.map(|_| LinkId::random(dice));
    let receipt = Receipt {
        receipt: serial,
        cashier: cashier(),
        link,
        vat: vat::table(lines.iter().map(|line| (line.vat, line.amount))),
        total,
        rounding: Cents::ZERO,
        tenders: vec![Tender {
            kind: TenderKind::Card,
            amount: total,
            tendered: None,
            change: None,
            by_cashier: true,
        }],
        points: sold
            .customer
            .map_or(0, |_| points_of_return(sold.sale.total, Cents::ZERO)),
        wait_s: None,
        lines,
    };
    let body = Body::Return(Return {
        of: sold.number,
        receipt,
    });
    NewEvent {
        link: link.zip(sold.customer),
        texts: vec![format!("opmerking {}", dice.bits())],
        ..NewEvent::from(body)
    }
}

/// A new customer joins with a card. His name and address are found nowhere else.
pub(super) fn enrol(
    dice: &mut Dice,
    customer: CustomerId,
    card: &str,
    at: DateTime<FixedOffset>,
    till: TillId,
) -> NewEvent {
    let link = LinkId::random(dice);
    let mut mark = [0; 6];
    dice.fill(&mut mark);
    let mark = hex::encode(mark);
    NewEvent {
        link: Some((link, customer)),
        profiles: vec![Profile {
            id: RecordId::random(dice),
            customer,
            at,
            till: Some(till),
            card: Some(card.to_owned()),
            name: Some(format!("Naam-{mark}")),
            email: Some(format!("{mark}@voorbeeld.nl")),
            member: Some(Consent {
                given: true,
                wording: "lidmaatschap-2026-1".to_owned(),
            }),
            marketing: Some(Consent {
                given: dice.one_in(2),
                wording: "post-2026-1".to_owned(),
            }),
        }],
        ..NewEvent::from(Body::Enrolled(Enrolled {
            link,
            cashier: cashier(),
        }))
    }
}

/// The drawer is opened without a sale.
pub(super) fn drawer() -> NewEvent {
    NewEvent::from(Body::DrawerOpened(ByCashier { cashier: cashier() }))
}
