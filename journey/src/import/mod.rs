//! Import of outside sales history: one CSV row to one [`Record`], or the reason why not.
//! A row is a list of fields under a [`Header`]; reading files and telling doubles apart (by event id, with
//! [`content_digest`]) is the caller's. Never guesses: what cannot be read is an error with its field.
//!
//! Decisions where the definition leaves room: times need an offset (`Z` is one) and must name a day that
//! exists; a sale or return without receipt, quantity or amount cannot be counted and is an error, while
//! touchpoints may leave all three empty; a source name is put before both ids with a colon. What can be read
//! but is probably not meant so goes in as it stands, because the figures are sums of what the rows say, and is
//! told as a [`Remark`]: old tills write discounts and corrections as sale lines with a negative amount, so a
//! sign is never a reason to leave a row out.

use std::borrow::Cow;

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::record::{Kind, Record};

mod time;

/// The columns every import needs; their order in the file is free and other columns are ignored.
pub const COLUMNS: [&str; 11] = [
    "event_id",
    "occurred_at",
    "shop_id",
    "till_id",
    "customer_id",
    "kind",
    "receipt_id",
    "product_id",
    "category",
    "quantity",
    "amount_cents",
];

/// Longest text of one field, in bytes.
pub const MAX_FIELD_BYTES: usize = 1024;
/// Years a row can be of: a slip of the pen in a year would make tables of thousands of empty months.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;
/// Largest amount of one line, in cents (a thousand million euros): sums of 10 million lines stay exact.
pub const MAX_AMOUNT_CENTS: i64 = 100_000_000_000;
/// Largest quantity of one line, in thousandths (a hundred million pieces).
pub const MAX_QUANTITY: i64 = 100_000_000_000;

/// Why a header line cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// Columns that are not there.
    #[error("missing column{}: {}", if .0.len() == 1 { "" } else { "s" }, .0.join(", "))]
    Missing(Vec<&'static str>),
    /// A column that is there twice.
    #[error("column {0} occurs twice")]
    Twice(&'static str),
}

/// Why a row cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RowError {
    /// Fewer or more fields than the header has.
    #[error("{found} fields where the header has {expected}")]
    FieldCount {
        /// Fields of the header.
        expected: usize,
        /// Fields of the row.
        found: usize,
    },
    /// A field that must have a value.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// A field longer than [`MAX_FIELD_BYTES`].
    #[error("{0} is longer than {MAX_FIELD_BYTES} bytes")]
    TooLong(&'static str),
    /// Not a time as the format wants it.
    #[error("occurred_at {0:?} is not an ISO 8601 date and time (2026-03-12T14:03:00+01:00)")]
    Time(String),
    /// A time without its offset.
    #[error("occurred_at {0:?} has no offset (+01:00 or Z)")]
    NoOffset(String),
    /// Not a decimal number.
    #[error("quantity {0:?} is not a decimal number (a point before the decimals)")]
    Quantity(String),
    /// More than three decimals.
    #[error("quantity {0:?} has more than three decimals")]
    TooManyDecimals(String),
    /// Not a whole number of cents.
    #[error("amount_cents {0:?} is not a whole number")]
    Amount(String),
    /// A number beyond what a line can be.
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
}

/// Something odd about a row that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// Returns are negative in quantity and amount; this one is not.
    PositiveReturn,
    /// A sale with a negative quantity or amount: a discount or correction, or a return under the wrong kind.
    NegativeSale,
    /// A line with an amount and the quantity 0.
    AmountWithoutQuantity,
    /// A kind without a meaning here: kept and counted, in no sales figure.
    UnknownKind,
}

/// Where the columns stand in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Of every field the column it is, if it is one that is needed.
    columns: Vec<Option<usize>>,
}

impl Header {
    /// Reads a header line: the names of its fields, a byte order mark and spaces around names tolerated.
    ///
    /// # Errors
    /// [`HeaderError`] when a needed column is missing or occurs twice.
    pub fn parse<'a>(fields: impl IntoIterator<Item = &'a str>) -> Result<Self, HeaderError> {
        let names: Vec<&str> = fields
            .into_iter()
            .map(|name| name.trim_start_matches('\u{feff}').trim())
            .collect();
        let mut columns = vec![None; names.len()];
        let mut missing = Vec::new();
        for (number, column) in COLUMNS.into_iter().enumerate() {
            let of_it = names.iter().zip(&mut columns);
            let mut found = of_it.filter(|(name, _)| **name == column);
            match found.next() {
                Some((_, field)) => *field = Some(number),
                None => missing.push(column),
            }
            if found.next().is_some() {
                return Err(HeaderError::Twice(column));
            }
        }
        if missing.is_empty() {
            Ok(Self { columns })
        } else {
            Err(HeaderError::Missing(missing))
        }
    }
}

/// Reads one row; its texts are those of the row. `source` is put before event id and receipt id (`NAME:id`) where given.
///
/// # Errors
/// [`RowError`] with the first thing that cannot be read.
pub fn row<'a>(
    header: &Header,
    fields: impl IntoIterator<Item = &'a str>,
    source: Option<&str>,
) -> Result<(Record<Cow<'a, str>>, Vec<Remark>), RowError> {
    let mut value = [""; COLUMNS.len()];
    let mut found = 0;
    for (at, field) in fields.into_iter().enumerate() {
        let column = header.columns.get(at).copied().flatten();
        if let Some(slot) = column.and_then(|column| value.get_mut(column)) {
            *slot = field;
        }
        found = at + 1;
    }
    let expected = header.columns.len();
    if found != expected {
        return Err(RowError::FieldCount { expected, found });
    }
    if let Some((column, _)) = COLUMNS
        .iter()
        .zip(value)
        .find(|(_, text)| text.len() > MAX_FIELD_BYTES)
    {
        return Err(RowError::TooLong(column));
    }
    let [
        event_id,
        occurred_at,
        shop,
        till,
        customer,
        kind,
        receipt,
        product,
        category,
        quantity,
        amount,
    ] = value;
    for (text, column) in [
        (event_id, "event_id"),
        (occurred_at, "occurred_at"),
        (shop, "shop_id"),
        (kind, "kind"),
    ] {
        if is_blank(text) {
            return Err(RowError::Empty(column));
        }
    }
    let (at_ms, offset_minutes) = time::instant(trimmed(occurred_at))?;
    let kind = Kind::parse(trimmed(kind));
    let line = matches!(kind, Kind::Sale | Kind::Return);
    for (text, column) in [
        (receipt, "receipt_id"),
        (quantity, "quantity"),
        (amount, "amount_cents"),
    ] {
        if line && is_blank(text) {
            return Err(RowError::Empty(column));
        }
    }
    let quantity = thousandths(trimmed(quantity))?;
    let amount_cents = cents(trimmed(amount))?;
    let remarks = remarks(&kind, quantity, amount_cents);
    let named = |id: &'a str| match source {
        Some(source) => Cow::Owned(format!("{source}:{id}")),
        None => Cow::Borrowed(id),
    };
    let given = |text: &'a str| (!is_blank(text)).then_some(text);
    let record = Record {
        event_id: named(event_id),
        at_ms,
        offset_minutes,
        shop: shop.into(),
        till: till.into(),
        customer: given(customer).map(Cow::Borrowed),
        kind,
        receipt: given(receipt).map(named),
        line: 0,
        product: given(product).map(Cow::Borrowed),
        product_name: None,
        category: given(category).map(Cow::Borrowed),
        quantity,
        amount_cents,
        returns_line: None,
        reason: None,
        note: None,
        score: None,
        imported: true,
        pieces: false,
        apart: None,
    };
    Ok((record, remarks))
}

fn is_blank(text: &str) -> bool {
    trimmed(text).is_empty()
}

/// Without the spaces around it. Nearly every text begins and ends with a letter or digit: no more is looked at then.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// What is odd about a row that can be read.
fn remarks(kind: &Kind, quantity: i64, amount_cents: i64) -> Vec<Remark> {
    let line = matches!(kind, Kind::Sale | Kind::Return);
    let found = [
        (
            *kind == Kind::Return && (quantity > 0 || amount_cents > 0),
            Remark::PositiveReturn,
        ),
        (
            *kind == Kind::Sale && (quantity < 0 || amount_cents < 0),
            Remark::NegativeSale,
        ),
        (
            line && quantity == 0 && amount_cents != 0,
            Remark::AmountWithoutQuantity,
        ),
        (!kind.is_known(), Remark::UnknownKind),
    ];
    let odd = found.into_iter().filter(|(is_so, _)| *is_so);
    odd.map(|(_, remark)| remark).collect()
}

/// A decimal quantity in thousandths; empty is none.
fn thousandths(text: &str) -> Result<i64, RowError> {
    if text.is_empty() {
        return Ok(0);
    }
    let wrong = || RowError::Quantity(text.to_owned());
    let (negative, digits) = sign(text);
    let point = digits.iter().position(|byte| *byte == b'.');
    let (whole, decimals) = match point.and_then(|at| digits.split_at_checked(at)) {
        Some((whole, rest)) => (whole, rest.get(1..).unwrap_or_default()),
        None => (digits, [].as_slice()),
    };
    if whole.is_empty() && decimals.is_empty() {
        return Err(wrong());
    }
    let whole = number(whole).ok_or_else(wrong)?;
    let mut fraction = number(decimals).ok_or_else(wrong)?;
    if decimals.len() > 3 {
        return Err(RowError::TooManyDecimals(text.to_owned()));
    }
    for _ in decimals.len()..3 {
        fraction *= 10;
    }
    let value = whole.saturating_mul(1_000).saturating_add(fraction);
    if value > MAX_QUANTITY {
        return Err(RowError::OutOfRange("quantity"));
    }
    Ok(if negative { -value } else { value })
}

/// Whether there is a minus, and what stands behind the sign.
fn sign(text: &str) -> (bool, &[u8]) {
    match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    }
}

/// What these digits are; what is too large for a number is the largest. None when they are not all digits.
fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0_i64, |value, digit| {
        digit.is_ascii_digit().then(|| {
            value
                .saturating_mul(10)
                .saturating_add(i64::from(digit - b'0'))
        })
    })
}

fn cents(text: &str) -> Result<i64, RowError> {
    if text.is_empty() {
        return Ok(0);
    }
    let (negative, digits) = sign(text);
    let value = number(digits).filter(|_| !digits.is_empty());
    let value = value.ok_or_else(|| RowError::Amount(text.to_owned()))?;
    if value > MAX_AMOUNT_CENTS {
        return Err(RowError::OutOfRange("amount_cents"));
    }
    Ok(if negative { -value } else { value })
}

/// A digest of everything a row says except its event id: the same event id with another digest is another
/// content. Taken over the values, not their spelling (`1` and `1.0` are one quantity). First 16 bytes of SHA-256.
#[must_use]
pub fn content_digest<T: AsRef<str>>(record: &Record<T>) -> [u8; 16] {
    let mut hash = Sha256::new();
    let mut text = |value: Option<&str>| {
        let length = value.map_or(u64::MAX, |value| {
            u64::try_from(value.len()).unwrap_or(u64::MAX)
        });
        hash.update(length.to_le_bytes());
        hash.update(value.unwrap_or_default().as_bytes());
    };
    text(Some(record.shop.as_ref()));
    text(Some(record.till.as_ref()));
    text(record.customer.as_ref().map(AsRef::as_ref));
    text(Some(record.kind.as_str()));
    text(record.receipt.as_ref().map(AsRef::as_ref));
    text(record.product.as_ref().map(AsRef::as_ref));
    text(record.category.as_ref().map(AsRef::as_ref));
    for number in [
        record.at_ms,
        i64::from(record.offset_minutes),
        record.quantity,
        record.amount_cents,
    ] {
        hash.update(number.to_le_bytes());
    }
    let mut short = [0; 16];
    for (to, from) in short.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    short
}
