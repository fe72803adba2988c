//! The columns: one vector per field, texts as numbers, the small facts of a row in one byte of flags.
//! Facts that few rows have (reason, note, score, the line a return names) are kept apart as [`Extra`].

use crate::day::DAY_MS;
use crate::import::{MAX_AMOUNT_CENTS, MAX_QUANTITY};
use crate::record::{Apart, Kind, Reason, Record};

use super::NONE;
use super::rows::{self, translate};

/// What a row is to the sales figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// A touchpoint or an unknown kind.
    Other,
    /// A line sold.
    Sale,
    /// A line brought back.
    Return,
}

/// The rare facts of a row.
#[derive(Debug, Clone, Default)]
pub(super) struct Extra {
    pub(super) returns: Option<(u32, u16)>,
    pub(super) reason: Option<Reason>,
    pub(super) score: Option<u8>,
    pub(super) note: Option<Box<str>>,
}

impl Extra {
    pub(super) const fn is_empty(&self) -> bool {
        self.returns.is_none()
            && self.reason.is_none()
            && self.score.is_none()
            && self.note.is_none()
    }
}

/// The numbers that stand for the texts of a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers {
    pub(super) kind: u32,
    pub(super) shop: u32,
    pub(super) till: u32,
    pub(super) customer: u32,
    pub(super) receipt: u32,
    pub(super) product: u32,
    pub(super) category: u32,
}

const SALE: u8 = 1;
const RETURN: u8 = 2;
const IMPORTED: u8 = 4;
const PIECES: u8 = 8;
const DEPOSIT: u8 = 16;
const GIFT_CARD: u8 = 32;
const ROUNDING: u8 = 48;
const APART: u8 = 48;

/// One vector per field.
#[derive(Debug, Default)]
pub(super) struct Columns {
    at_ms: Vec<i64>,
    offset_minutes: Vec<i16>,
    day: Vec<i32>,
    flags: Vec<u8>,
    kind: Vec<u32>,
    shop: Vec<u32>,
    till: Vec<u32>,
    customer: Vec<u32>,
    receipt: Vec<u32>,
    line: Vec<u16>,
    product: Vec<u32>,
    category: Vec<u32>,
    quantity: Vec<i64>,
    amount_cents: Vec<i64>,
}

/// Reads a column; a row that does not exist reads as the type's zero, so that no caller can make this panic.
macro_rules! column {
    ($($name:ident: $type:ty),+) => {
        $(pub(super) fn $name(&self, row: u32) -> $type {
            self.$name.get(row as usize).copied().unwrap_or_default()
        })+
    };
}

impl Columns {
    column!(
        at_ms: i64, offset_minutes: i16, day: i32, flags: u8, kind: u32, shop: u32, till: u32, customer: u32,
        receipt: u32, line: u16, product: u32, category: u32, quantity: i64, amount_cents: i64
    );

    pub(super) fn push<T>(&mut self, record: &Record<T>, numbers: Numbers) {
        let local_ms = record
            .at_ms
            .saturating_add(i64::from(record.offset_minutes) * 60_000);
        let class = match record.kind {
            _ if record.apart == Some(Apart::Rounding) => 0,
            Kind::Sale => SALE,
            Kind::Return => RETURN,
            _ => 0,
        };
        let apart = match record.apart {
            None => 0,
            Some(Apart::Deposit) => DEPOSIT,
            Some(Apart::GiftCard) => GIFT_CARD,
            Some(Apart::Rounding) => ROUNDING,
        };
        let flag = |set: bool, bit: u8| if set { bit } else { 0 };
        self.at_ms.push(record.at_ms);
        self.offset_minutes.push(record.offset_minutes);
        self.day
            .push(i32::try_from(local_ms.div_euclid(DAY_MS)).unwrap_or_default());
        self.flags
            .push(class | apart | flag(record.imported, IMPORTED) | flag(record.pieces, PIECES));
        self.kind.push(numbers.kind);
        self.shop.push(numbers.shop);
        self.till.push(numbers.till);
        self.customer.push(numbers.customer);
        self.receipt.push(numbers.receipt);
        self.line.push(record.line);
        self.product.push(numbers.product);
        self.category.push(numbers.category);
        self.quantity
            .push(record.quantity.clamp(-MAX_QUANTITY, MAX_QUANTITY));
        self.amount_cents.push(
            record
                .amount_cents
                .clamp(-MAX_AMOUNT_CENTS, MAX_AMOUNT_CENTS),
        );
    }

    /// Other columns behind these, with the numbers their texts have here.
    pub(super) fn extend(&mut self, other: &Self, numbers: &rows::Numbers) {
        fn translated(to: &mut Vec<u32>, from: &[u32], numbers: &[u32]) {
            to.extend(from.iter().map(|number| translate(numbers, *number)));
        }
        self.at_ms.extend_from_slice(&other.at_ms);
        self.offset_minutes.extend_from_slice(&other.offset_minutes);
        self.day.extend_from_slice(&other.day);
        self.flags.extend_from_slice(&other.flags);
        translated(&mut self.kind, &other.kind, &numbers.kinds);
        translated(&mut self.shop, &other.shop, &numbers.shops);
        translated(&mut self.till, &other.till, &numbers.tills);
        translated(&mut self.customer, &other.customer, &numbers.customers);
        translated(&mut self.receipt, &other.receipt, &numbers.receipts);
        self.line.extend_from_slice(&other.line);
        translated(&mut self.product, &other.product, &numbers.products);
        translated(&mut self.category, &other.category, &numbers.categories);
        self.quantity.extend_from_slice(&other.quantity);
        self.amount_cents.extend_from_slice(&other.amount_cents);
    }

    /// The first of so many rows more, if they can have numbers.
    pub(super) fn room(&self, rows: usize) -> Option<u32> {
        let behind = self.len().checked_add(rows)?;
        u32::try_from(behind).ok().map(|_| self.len_u32())
    }

    /// The row that comes next, if it can have a number.
    pub(super) fn next_row(&self) -> Option<u32> {
        self.room(1)
    }

    pub(super) fn len(&self) -> usize {
        self.flags.len()
    }

    pub(super) fn len_u32(&self) -> u32 {
        u32::try_from(self.flags.len()).unwrap_or(NONE)
    }

    /// Whether a row is a line or touchpoint at all: rounding is money only.
    pub(super) fn is_event(&self, row: u32) -> bool {
        self.apart(row) != Some(Apart::Rounding)
    }

    pub(super) fn class(&self, row: u32) -> Class {
        match self.flags(row) & (SALE | RETURN) {
            SALE => Class::Sale,
            RETURN => Class::Return,
            _ => Class::Other,
        }
    }

    pub(super) fn imported(&self, row: u32) -> bool {
        self.flags(row) & IMPORTED != 0
    }

    pub(super) fn pieces(&self, row: u32) -> bool {
        self.flags(row) & PIECES != 0
    }

    pub(super) fn apart(&self, row: u32) -> Option<Apart> {
        match self.flags(row) & APART {
            DEPOSIT => Some(Apart::Deposit),
            GIFT_CARD => Some(Apart::GiftCard),
            ROUNDING => Some(Apart::Rounding),
            _ => None,
        }
    }

    pub(super) fn make_anonymous(&mut self, row: u32) {
        if let Some(customer) = self.customer.get_mut(row as usize) {
            *customer = NONE;
        }
    }

    pub(super) fn bytes(&self) -> usize {
        // 3 x i64, 8 x u32 or i32, 2 x 16 bits and the flags.
        self.flags.capacity() * (24 + 32 + 4 + 1)
    }
}
