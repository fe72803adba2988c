//! The day of a till: what it sold, took back and received, added up. The Z report and head office's proof use this one sum.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::event::{Body, Event};
use crate::ids::Position;
use crate::money::Cents;
use crate::sale::{Receipt, TenderKind};
use crate::vat::VatRow;

/// Totals of one till on one local day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTotals {
    /// Sale receipts.
    pub sales: u64,
    /// Return receipts.
    pub returns: u64,
    /// Sum of the sale lines in gross.
    pub gross: Cents,
    /// Minus the sum of the return lines in gross.
    pub returned: Cents,
    /// Statiegeld and gift cards, net.
    pub outside_gross: Cents,
    /// *Afronding*, net.
    pub rounding: Cents,
    /// Cash kept: tendered minus change, minus refunds.
    pub cash: Cents,
    /// Card payments minus refunds by card.
    pub card: Cents,
    /// VAT per rate, net, ascending.
    pub vat: Vec<VatRow>,
    /// Points given minus taken back.
    pub points: i64,
}

impl DayTotals {
    /// Adds one event; kinds without money are passed over.
    pub fn add(&mut self, event: &Event) {
        match &event.body {
            Body::Sale(sale) => {
                self.sales += 1;
                self.gross += sale.gross();
                self.add_receipt(sale);
            }
            Body::Return(back) => {
                self.returns += 1;
                self.returned -= back.receipt.gross();
                self.add_receipt(&back.receipt);
            }
            _ => {}
        }
    }

    /// Gross minus what came back.
    #[must_use]
    pub fn net(&self) -> Cents {
        self.gross - self.returned
    }

    fn add_receipt(&mut self, receipt: &Receipt) {
        self.outside_gross += receipt.total - receipt.gross();
        self.rounding += receipt.rounding;
        self.points += receipt.points;
        for tender in &receipt.tenders {
            match tender.kind {
                TenderKind::Cash => self.cash += tender.amount,
                TenderKind::Card => self.card += tender.amount,
            }
        }
        for row in &receipt.vat {
            self.add_vat(*row);
        }
    }

    fn add_vat(&mut self, row: VatRow) {
        let at = self.vat.partition_point(|r| r.rate < row.rate);
        match self.vat.get_mut(at) {
            Some(sum) if sum.rate == row.rate => {
                sum.base += row.base;
                sum.vat += row.vat;
                sum.gross += row.gross;
            }
            _ => self.vat.insert(at, row),
        }
    }

    /// Every sum is of a size that can be added up further; what a stranger wrote need not be.
    pub(crate) fn is_bounded(&self) -> bool {
        [
            self.gross,
            self.returned,
            self.outside_gross,
            self.rounding,
            self.cash,
            self.card,
            Cents(self.points),
        ]
        .iter()
        .all(|c| c.is_bounded())
            && self.sales.max(self.returns) <= Position::MAX_SEQ
            && self.vat.iter().all(VatRow::is_bounded)
    }
}

/// The body of a `day_closed` event: the till states what it did on a day; head office proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayClosed {
    /// The local day.
    pub day: NaiveDate,
    /// Cash counted in the drawer, or `None`: *niet geteld*.
    pub counted: Option<Cents>,
    /// The sums.
    pub totals: DayTotals,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, more: &str) -> Event {
        let text = format!(
            r#"{{"v":1,"till":3,"epoch":1,"seq":7,"at":"2026-11-21T14:03:05+01:00","kind":"{kind}","receipt":42,"cashier":4,{more}}}"#
        );
        let event = Event::read(text.as_bytes()).unwrap();
        assert!(!matches!(event.body, Body::Unknown { .. }), "{text}");
        event
    }

    /// A morning by hand: a sale with statiegeld for cash, one by card, and one article of it back for cash.
    #[test]
    fn a_day_by_hand() {
        let line = |n: u32, amount: i64, qty: i64, more: &str| {
            format!(
                r#"{{"n":{n},"gtin":"87","name":"x","qty":{qty},"price":1,"amount":{amount},"vat":2100{more}}}"#
            )
        };
        let vat = |gross: i64, vat: i64| {
            format!(
                r#"[{{"rate":2100,"base":{},"vat":{vat},"gross":{gross}}}]"#,
                gross - vat
            )
        };
        let mut totals = DayTotals::default();
        totals.add(&event("sale", &format!(
            r#""lines":[{},{}],"vat":{},"total":1013,"rounding":2,"tenders":[{{"kind":"cash","amount":1015,"tendered":2000,"change":985}}],"points":9"#,
            line(1, 998, 1000, ""), line(2, 15, 1000, r#","class":"deposit","parent":1"#), vat(998, 173),
        )));
        totals.add(&event("sale", &format!(
            r#""lines":[{}],"vat":{},"total":500,"tenders":[{{"kind":"card","amount":500}}],"points":5"#,
            line(1, 500, 1000, ""), vat(500, 87),
        )));
        totals.add(&event("return", &format!(
            r#""of":{{"till":3,"epoch":1,"serial":41}},"lines":[{}],"vat":{},"total":-300,"tenders":[{{"kind":"cash","amount":-300}}],"points":-3"#,
            line(1, -300, -1000, r#","of_line":1"#), vat(-300, -52),
        )));
        totals.add(&event("no_sale_drawer", r#""x":1"#));
        let expected = DayTotals {
            sales: 2,
            returns: 1,
            gross: Cents(998 + 500),
            returned: Cents(300),
            outside_gross: Cents(15),
            rounding: Cents(2),
            cash: Cents(1015 - 300),
            card: Cents(500),
            vat: vec![VatRow {
                rate: crate::vat::VatRate::HIGH,
                base: Cents(825 + 413 - 248),
                vat: Cents(173 + 87 - 52),
                gross: Cents(998 + 500 - 300),
            }],
            points: 11,
        };
        assert_eq!(totals, expected);
        assert_eq!(totals.net(), Cents(1198));
    }
}
