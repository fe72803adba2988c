//! The day of a till: what it sold, took back and received, added up. The Z report and head office's proof use this one sum.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::event::{Body, Event};
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
