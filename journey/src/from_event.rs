//! Events of tills as records: a sale is one record a line, a touchpoint is one record, and what only keeps
//! a journal (epochs, day closings, copies, payments looked into, holes) is none. Cash rounding becomes a
//! record that stands apart: money, not an event.
//!
//! The id of a line is `till-epoch-seq-line`, of a touchpoint `till-epoch-seq`, both of fixed width so that
//! their order as text is the order of the journal. The caller gives what stands outside the event: the shop,
//! the customer behind the link, the text of a side record, and the corrected time.

use chrono::{DateTime, FixedOffset};
use retail::event::{Body, Event};
use retail::ids::{Position, ReceiptNumber};
use retail::sale::{Line, LineClass, Receipt, ReturnReason};

use crate::record::{Apart, Kind, Reason, Record, ReturnsLine};

/// What stands outside the event.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The shop of the till.
    pub shop: &'a str,
    /// The customer behind the event's link, once it is known and unless he is forgotten.
    pub customer: Option<&'a str>,
    /// The text of the event's side record.
    pub note: Option<&'a str>,
    /// The corrected time, fixed at ingest, in the shop's own offset.
    pub at: DateTime<FixedOffset>,
    /// Where two events bear one name (a fork): what tells this branch from the first. It is put behind event
    /// ids and receipt, so that both branches count as the real sales they are.
    pub branch: Option<&'a str>,
}

/// The records of one event, in the order of its lines.
#[must_use]
pub fn records(event: &Event, around: Around<'_>) -> Vec<Record> {
    let position = event.position;
    match &event.body {
        Body::Sale(sale) => receipt(position, around, sale, None),
        Body::Return(back) => receipt(position, around, &back.receipt, Some(back.of)),
        Body::Enrolled(_) => vec![touchpoint(position, around, Kind::Enrolled)],
        Body::LineVoided(voided) => {
            let record = touchpoint(position, around, Kind::LineVoided);
            vec![with_article(record, &voided.line)]
        }
        Body::SaleCancelled(cancelled) => {
            let record = touchpoint(position, around, Kind::SaleCancelled);
            vec![Record {
                amount_cents: cancelled.total.0,
                ..record
            }]
        }
        Body::DrawerOpened(_) => vec![touchpoint(position, around, Kind::NoSaleDrawer)],
        Body::PrinterOutOfPaper(_) => vec![touchpoint(position, around, Kind::PrinterOutOfPaper)],
        Body::Unknown { kind } if ONLY_JOURNALED.contains(&kind.as_str()) => Vec::new(),
        Body::Unknown { kind } => vec![touchpoint(position, around, unread(kind))],
        Body::EpochOpened(_)
        | Body::PaymentSettled(_)
        | Body::ReceiptCopied(_)
        | Body::DayClosed(_)
        | Body::Hole(_) => Vec::new(),
    }
}

/// Kinds that keep a journal and happen to nobody: no record, in whatever version a till writes them.
const ONLY_JOURNALED: [&str; 5] = [
    "epoch_opened",
    "payment_settled",
    "receipt_copied",
    "day_closed",
    "hole",
];

/// A kind whose body could not be read. Without its lines a sale is no sale to any figure: it is kept and
/// counted under a name of its own.
fn unread(kind: &str) -> Kind {
    match Kind::parse(kind) {
        Kind::Sale | Kind::Return => Kind::Other(format!("unread_{kind}")),
        kind => kind,
    }
}

fn receipt(
    position: Position,
    around: Around<'_>,
    receipt: &Receipt,
    of: Option<ReceiptNumber>,
) -> Vec<Record> {
    let number = ReceiptNumber {
        till: position.till,
        epoch: position.epoch,
        serial: receipt.receipt,
    };
    let number = on_branch(number.to_string(), around.branch);
    let kind = if of.is_some() {
        Kind::Return
    } else {
        Kind::Sale
    };
    let mut records: Vec<Record> = receipt
        .lines
        .iter()
        .map(|line| {
            let record = record(position.line(line.n), position, around, kind.clone());
            let returns_line = of.zip(line.of_line.and_then(|line| u16::try_from(line).ok()));
            Record {
                receipt: Some(number.clone()),
                line: u16::try_from(line.n).unwrap_or_default(),
                returns_line: returns_line.map(|(of, line)| ReturnsLine {
                    receipt: of.to_string(),
                    line,
                }),
                reason: line.reason.map(reason),
                ..with_article(record, line)
            }
        })
        .collect();
    if receipt.rounding.0 != 0 {
        records.push(Record {
            receipt: Some(number),
            amount_cents: receipt.rounding.0,
            apart: Some(Apart::Rounding),
            note: None,
            ..record(position.line(0), position, around, kind)
        });
    }
    records
}

fn touchpoint(position: Position, around: Around<'_>, kind: Kind) -> Record {
    record(position.to_string(), position, around, kind)
}

fn record(event_id: String, position: Position, around: Around<'_>, kind: Kind) -> Record {
    let offset_minutes =
        i16::try_from(around.at.offset().local_minus_utc() / 60).unwrap_or_default();
    let event_id = on_branch(event_id, around.branch);
    Record {
        till: position.till.to_string(),
        customer: around.customer.map(str::to_owned),
        note: around.note.map(str::to_owned),
        ..Record::new(
            event_id,
            around.at.timestamp_millis(),
            offset_minutes,
            around.shop,
            kind,
        )
    }
}

fn with_article(record: Record, line: &Line) -> Record {
    Record {
        product: Some(line.gtin.clone()).filter(|gtin| !gtin.is_empty()),
        product_name: Some(line.name.clone()).filter(|name| !name.is_empty()),
        category: Some(line.category.clone()).filter(|category| !category.is_empty()),
        quantity: line.qty.0,
        amount_cents: line.amount.0,
        pieces: line.unit.is_piece(),
        apart: match line.class {
            LineClass::Goods => None,
            LineClass::Deposit => Some(Apart::Deposit),
            LineClass::GiftCard => Some(Apart::GiftCard),
        },
        ..record
    }
}

const fn reason(reason: ReturnReason) -> Reason {
    match reason {
        ReturnReason::Spijt => Reason::Spijt,
        ReturnReason::Defect => Reason::Defect,
        ReturnReason::Ruil => Reason::Ruil,
        ReturnReason::Verkeerd => Reason::Verkeerd,
    }
}

/// What stands between a name and its branch.
const BRANCH: char = '~';

fn on_branch(id: String, branch: Option<&str>) -> String {
    branch.map_or(id.clone(), |branch| format!("{id}{BRANCH}{branch}"))
}

/// Whether `other` is a receipt of another branch with the number of `receipt`.
pub(crate) fn is_twin_of(receipt: &str, other: &str) -> bool {
    let rest = other.strip_prefix(receipt);
    rest.is_some_and(|branch| branch.starts_with(BRANCH))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dataset, Query, reports};

    fn read(json: &str) -> Event {
        Event::read(json.as_bytes()).unwrap()
    }

    fn around(customer: Option<&'static str>) -> Around<'static> {
        Around {
            shop: "utrecht",
            customer,
            note: None,
            at: DateTime::parse_from_rfc3339("2026-11-21T00:30:00+01:00").unwrap(),
            branch: None,
        }
    }

    const SALE: &str = r#"{"v":1,"till":3,"epoch":1,"seq":7,"at":"2026-11-21T00:30:00+01:00","kind":"sale",
        "receipt":42,"cashier":4,"vat":[],"total":1517,"rounding":-2,"tenders":[],
        "lines":[
          {"n":1,"gtin":"8712345678906","name":"T-shirt","category":"kleding","qty":1000,"price":1502,"amount":1502,"vat":21},
          {"n":2,"gtin":"","name":"Statiegeld","qty":1000,"price":15,"amount":15,"vat":0,"class":"deposit","parent":1}]}"#;

    const RETURN: &str = r#"{"v":1,"till":4,"epoch":2,"seq":9,"at":"2026-11-21T00:30:00+01:00","kind":"return",
        "of":{"till":3,"epoch":1,"serial":42},
        "receipt":43,"cashier":4,"vat":[],"total":-1502,"tenders":[],
        "lines":[{"n":1,"gtin":"8712345678906","name":"T-shirt","category":"kleding","qty":-1000,"price":1502,
                  "amount":-1502,"vat":21,"of_line":1,"reason":"defect"}]}"#;

    #[test]
    fn a_sale_is_its_lines_and_rounding_stands_apart() {
        let event = read(SALE);
        assert!(matches!(event.body, Body::Sale(_)), "{event:?}");
        let records = records(&event, around(Some("c1")));
        let ids: Vec<&str> = records
            .iter()
            .map(|record| record.event_id.as_str())
            .collect();
        assert_eq!(
            ids,
            [
                "003-01-0000000007-0001",
                "003-01-0000000007-0002",
                "003-01-0000000007-0000"
            ]
        );
        assert!(
            records
                .iter()
                .all(|record| record.receipt.as_deref() == Some("3-1-0000042"))
        );
        assert_eq!(records[0].local_day().to_string(), "2026-11-21");
        assert_eq!(records[1].apart, Some(Apart::Deposit));

        let dataset = Dataset::of(&records).unwrap();
        let volumes = reports::volumes(&dataset, &Query::all());
        assert_eq!(
            (volumes.events, volumes.sale_lines, volumes.sale_receipts),
            (2, 2, 1)
        );
        assert_eq!((volumes.gross_cents, volumes.products_sold), (1502, 1));
        let apart = reports::apart(&dataset, &Query::all());
        assert_eq!(
            (
                apart.deposit_cents,
                apart.rounding_cents,
                apart.gift_cards_cents
            ),
            (15, -2, 0)
        );
    }

    #[test]
    fn a_return_names_its_sale() {
        let event = read(RETURN);
        assert!(matches!(event.body, Body::Return(_)), "{event:?}");
        let records = records(&event, around(None));
        assert_eq!(records.len(), 1);
        assert_eq!(
            records[0].returns_line,
            Some(ReturnsLine {
                receipt: "3-1-0000042".into(),
                line: 1
            })
        );
        assert_eq!(records[0].reason, Some(Reason::Defect));
        assert_eq!(records[0].quantity, -1000);
    }

    #[test]
    fn branches_do_not_collide_and_what_cannot_be_read_is_no_sale() {
        let branch = Around {
            branch: Some("9f3a"),
            ..around(None)
        };
        let records_of = |around| records(&read(SALE), around);
        assert_eq!(
            records_of(branch)[0].event_id,
            "003-01-0000000007-0001~9f3a"
        );
        assert_eq!(
            records_of(branch)[0].receipt.as_deref(),
            Some("3-1-0000042~9f3a")
        );

        let newer = SALE.replace(r#""v":1"#, r#""v":9"#);
        let unread = records(&read(&newer), around(None));
        assert_eq!(unread[0].kind, Kind::Other("unread_sale".into()));
        let newer = RETURN.replace(r#""v":1"#, r#""v":9"#);
        let kind = &records(&read(&newer), around(None))[0].kind;
        assert_eq!(*kind, Kind::Other("unread_return".into()));
        assert_eq!(unread[0].event_id, "003-01-0000000007");
        for kind in ONLY_JOURNALED {
            let newer = SALE
                .replace(r#""v":1"#, r#""v":9"#)
                .replace(r#""kind":"sale""#, &format!(r#""kind":"{kind}""#));
            assert_eq!(read(&newer).body.kind(), kind);
            assert_eq!(records(&read(&newer), around(None)), [], "{kind}");
        }
        let drawer = read(
            r#"{"v":1,"till":3,"epoch":1,"seq":8,"at":"2026-11-21T00:30:00+01:00","kind":"no_sale_drawer","cashier":4}"#,
        );
        assert_eq!(records(&drawer, around(None))[0].kind, Kind::NoSaleDrawer);
    }
}
