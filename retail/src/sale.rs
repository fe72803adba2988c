//! What was sold, brought back and paid, as an event carries it: complete in itself, never recalculated by anyone.
//!
//! Lines count from 1. In a return quantities, amounts, tenders and points are negative.
//! `total` = sum of the lines = what is due; a cash rounding and the deposits are shown apart from gross.

use serde::{Deserialize, Serialize};

use crate::ids::{CashierId, LinkId, ReceiptNumber, ReceiptSerial};
use crate::money::Cents;
use crate::quantity::{Quantity, Unit};
use crate::vat::{VatRate, VatRow};

/// What a line is in the books.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineClass {
    /// An ordinary article: part of gross.
    #[default]
    Goods,
    /// Statiegeld: no VAT, no points, outside gross.
    Deposit,
    /// A gift card sold: money kept for the customer, outside gross.
    GiftCard,
}

impl LineClass {
    /// True for [`LineClass::Goods`], which events leave out.
    #[must_use]
    pub const fn is_goods(&self) -> bool {
        matches!(self, Self::Goods)
    }
}

/// Why something came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnReason {
    /// Changed his mind.
    Spijt,
    /// Broken: the law, not a favour.
    Defect,
    /// Another size or colour.
    Ruil,
    /// The wrong article.
    Verkeerd,
}

impl ReturnReason {
    /// All of them, in the order a screen shows them.
    pub const ALL: [Self; 4] = [Self::Spijt, Self::Defect, Self::Ruil, Self::Verkeerd];

    /// The name in events and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spijt => "spijt",
            Self::Defect => "defect",
            Self::Ruil => "ruil",
            Self::Verkeerd => "verkeerd",
        }
    }
}

/// One line of a sale or a return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number on this receipt, from 1.
    pub n: u32,
    /// The article's number.
    pub gtin: String,
    /// Its name as it was.
    pub name: String,
    /// Its category as it was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// How much; negative when it came back.
    pub qty: Quantity,
    /// What `qty` counts.
    #[serde(default, skip_serializing_if = "Unit::is_piece")]
    pub unit: Unit,
    /// Price of one unit, VAT included.
    pub price: Cents,
    /// What the line costs; negative when it came back.
    pub amount: Cents,
    /// Its rate.
    pub vat: VatRate,
    /// What it is in the books.
    #[serde(default, skip_serializing_if = "LineClass::is_goods")]
    pub class: LineClass,
    /// The line this one belongs to (the article of a deposit).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<u32>,
    /// The price was typed by the cashier.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub price_typed: bool,
    /// Serial number, lot or best-before day read from a 2D code, as GS1 elements `(21)…`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub item: String,
    /// In a return: the line of the original receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_line: Option<u32>,
    /// In a return: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReturnReason>,
}

impl Line {
    /// True when the line counts in gross.
    #[must_use]
    pub fn in_gross(&self) -> bool {
        self.class.is_goods()
    }

    /// Its numbers are of a size that can be added up; what a stranger wrote need not be.
    pub(crate) fn is_bounded(&self) -> bool {
        [self.price, self.amount, Cents(self.qty.0)]
            .iter()
            .all(|number| number.is_bounded())
    }
}

/// How was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenderKind {
    /// Coins and notes.
    Cash,
    /// The PIN terminal.
    Card,
}

/// One payment. What was due, what was handed over and what went back are three fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tender {
    /// How.
    pub kind: TenderKind,
    /// The part of the total it settles, rounding included; negative in a refund. `tendered - change` for cash.
    pub amount: Cents,
    /// Cash handed over, when more than the amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tendered: Option<Cents>,
    /// Cash given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Cents>,
    /// A PIN payment the terminal did not confirm itself; the cashier read it off the terminal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_cashier: bool,
}

/// The part of a receipt that sale and return have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its number, without gaps per till and epoch.
    pub receipt: ReceiptSerial,
    /// Who stood at the till.
    pub cashier: CashierId,
    /// Stands for the customer; see [`crate::wire::Side::Link`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkId>,
    /// The lines.
    pub lines: Vec<Line>,
    /// VAT per rate.
    pub vat: Vec<VatRow>,
    /// Sum of the lines; what is due.
    pub total: Cents,
    /// *Afronding*: what cash rounding added (or took); `sum(tenders.amount) == total + rounding`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rounding: Cents,
    /// How it was paid.
    pub tenders: Vec<Tender>,
    /// Loyalty points it earned (0 without a customer); negative when taken back.
    #[serde(default, skip_serializing_if = "is_zero_points")]
    pub points: i64,
    /// Seconds from the first scan to paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_s: Option<u32>,
}

/// The body of a `sale` event.
pub type Sale = Receipt;

/// The body of a `return` event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// The receipt that the goods were sold on.
    pub of: ReceiptNumber,
    /// Its own lines, VAT and tenders, negative.
    #[serde(flatten)]
    pub receipt: Receipt,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the shape serde asks for"
)]
fn is_zero(amount: &Cents) -> bool {
    *amount == Cents::ZERO
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the shape serde asks for"
)]
fn is_zero_points(points: &i64) -> bool {
    *points == 0
}

impl Receipt {
    /// Sum of the lines that count in gross.
    #[must_use]
    pub fn gross(&self) -> Cents {
        self.lines
            .iter()
            .filter(|line| line.in_gross())
            .map(|line| line.amount)
            .sum()
    }

    /// Every number is of a size that can be added up; what a stranger wrote need not be.
    pub(crate) fn is_bounded(&self) -> bool {
        let tender = |tender: &Tender| {
            [Some(tender.amount), tender.tendered, tender.change]
                .iter()
                .flatten()
                .all(|c| c.is_bounded())
        };
        [self.total, self.rounding, Cents(self.points)]
            .iter()
            .all(|c| c.is_bounded())
            && self.lines.iter().all(Line::is_bounded)
            && self.tenders.iter().all(tender)
            && self.vat.iter().all(VatRow::is_bounded)
    }

    /// The sums agree: lines with total, tenders with total and rounding, VAT table with the lines.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        let lines: Cents = self.lines.iter().map(|line| line.amount).sum();
        let tenders: Cents = self.tenders.iter().map(|tender| tender.amount).sum();
        let table: Cents = self.vat.iter().map(|row| row.gross).sum();
        lines == self.total && tenders == self.total + self.rounding && table == self.total
    }
}

/// How much of a sale's line is still with the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptLine {
    /// The line as it was sold.
    pub line: Line,
    /// Quantity not brought back (0 or more; never above what was sold, even when more came back).
    pub qty: Quantity,
    /// Amount not brought back.
    pub amount: Cents,
}

/// What is left of a sale after the returns that name it. Pure arithmetic over self-contained events.
pub fn kept_lines<'a>(sale: &Sale, returns: impl IntoIterator<Item = &'a Return>) -> Vec<KeptLine> {
    let mut kept: Vec<KeptLine> = sale
        .lines
        .iter()
        .map(|line| KeptLine {
            line: line.clone(),
            qty: line.qty,
            amount: line.amount,
        })
        .collect();
    for back in returns.into_iter().flat_map(|r| &r.receipt.lines) {
        if let Some(kept) = kept.iter_mut().find(|k| Some(k.line.n) == back.of_line) {
            kept.qty = Quantity((kept.qty + back.qty).0.max(0));
            kept.amount = if kept.qty == Quantity::ZERO {
                Cents::ZERO
            } else {
                kept.amount + back.amount
            };
        }
    }
    kept
}

impl KeptLine {
    /// What is paid back when `qty` of this line comes back: the difference between the price of what was kept and of
    /// what is still kept, so that the parts of a line always add up to the line.
    #[must_use]
    pub fn refund_for(&self, qty: Quantity) -> Cents {
        if qty >= self.qty {
            return self.amount;
        }
        let still_kept = Cents(crate::money::divide_half_away(
            i128::from(self.line.amount.0) * i128::from((self.qty - qty).0),
            i128::from(self.line.qty.0.max(1)),
        ));
        self.amount - still_kept
    }
}
