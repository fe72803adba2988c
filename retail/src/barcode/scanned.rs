//! What a scan turned out to be. Serialised it is one JSON object with `kind` in front.

use chrono::NaiveDate;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::command::{Command, CommandError};
use super::gs1::{Gs1Error, LinkError, MessageError};
use super::gtin::{Gtin, GtinError, PrefixUse};
use super::layout::PriceCheckError;
use super::receipt_code::ReceiptCodeError;
use crate::ids::ReceiptNumber;
use crate::money::Cents;
use crate::quantity::Quantity;

/// The meaning of one scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Scanned {
    /// A trade item.
    Article(Article),
    /// A trade item with its own weight or price.
    WeighedArticle(WeighedArticle),
    /// A loyalty card.
    LoyaltyCard(LoyaltyCard),
    /// A receipt of one of our tills.
    Receipt(ReceiptCode),
    /// A coupon or a refund receipt of a bottle machine. Never a reason by itself to change a price.
    Coupon(Coupon),
    /// A command of the cashier's sheet.
    Command(Command),
    /// Well-formed, but nothing this shop gives a meaning to; it can still be an article number of its own.
    Unknown(Unknown),
    /// Damaged or against the rules of its kind.
    Invalid(Invalid),
}

/// A trade item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Article {
    /// Its number.
    pub gtin: Gtin,
    /// The other article that the same eight digits could name, when the scanner did not say whether they are EAN-8 or
    /// UPC-E: to be tried where the first is not in the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternative: Option<Gtin>,
    /// What the prefix says, when it is no ordinary number.
    #[serde(skip_serializing_if = "is_global")]
    pub prefix_use: PrefixUse,
    /// The two or five digits beside the code: the issue of a magazine, the price of a book.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add_on: Option<String>,
    /// What the code says about this very item.
    #[serde(flatten)]
    pub details: ItemDetails,
    /// The element strings it came from.
    #[serde(flatten)]
    pub gs1: Option<Gs1Data>,
}

fn is_global(prefix_use: &PrefixUse) -> bool {
    *prefix_use == PrefixUse::Global
}

/// A trade item whose code carries its weight or price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WeighedArticle {
    /// The whole code. A catalogue that lists exactly this number means this very article.
    pub gtin: Gtin,
    /// The number under which a catalogue lists the item: the code with zeros for weight or price.
    pub reference: Gtin,
    /// The item's digits within an in-store code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Thousandths of a kilogram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<Quantity>,
    /// The price of this piece, in cents.
    #[serde(rename = "price_cents", skip_serializing_if = "Option::is_none")]
    pub price: Option<Cents>,
    /// What the code says about this very item.
    #[serde(flatten)]
    pub details: ItemDetails,
    /// The element strings it came from.
    #[serde(flatten)]
    pub gs1: Option<Gs1Data>,
}

/// What a two-dimensional code can say about the very item in the hand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ItemDetails {
    /// AI 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// AI 21.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// AI 11.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub produced: Option<NaiveDate>,
    /// AI 15: quality may suffer after this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_before: Option<NaiveDate>,
    /// AI 16: not to be sold after this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sell_by: Option<NaiveDate>,
    /// AI 17 or 7003: not to be used after this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiry: Option<NaiveDate>,
    /// AI 30: how many pieces are in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

impl ItemDetails {
    /// True when the item must not be sold any more: the day of its sell-by or expiry date has passed.
    #[must_use]
    pub fn is_expired(&self, today: NaiveDate) -> bool {
        [self.expiry, self.sell_by]
            .into_iter()
            .flatten()
            .any(|day| day < today)
    }

    /// True when the best-before day has passed.
    #[must_use]
    pub fn is_past_best(&self, today: NaiveDate) -> bool {
        self.best_before.is_some_and(|day| day < today)
    }
}

/// The element strings of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gs1Data {
    /// AI and value, in order.
    pub elements: Vec<(String, String)>,
    /// Raw form, `^` for FNC1.
    pub raw: String,
}

/// A loyalty card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoyaltyCard {
    /// Its 13 digits.
    pub card: String,
}

/// A receipt of one of our tills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ReceiptCode {
    /// Which one.
    #[serde(flatten)]
    pub number: ReceiptNumber,
    /// The same digits are also a good GTIN-14 (one receipt in ten), and the scanner did not say what it read: when no
    /// such till exists it may be that article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gtin: Option<Gtin>,
}

/// Which paper it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponClass {
    /// Prefix 980: from a bottle machine or the like.
    RefundReceipt,
    /// Prefixes 981-984 and 99, AI 255, 8110 and 8112.
    Coupon,
}

/// A coupon or refund receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coupon {
    /// Which paper it is.
    pub class: CouponClass,
    /// Its number: 13 digits, or the value of the element.
    pub code: String,
    /// The element strings it came from.
    #[serde(flatten)]
    pub gs1: Option<Gs1Data>,
}

/// Something this module gives no meaning to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// What was read, without symbology identifier.
    pub text: String,
    /// The element strings, when it has some but no article is among them.
    #[serde(flatten)]
    pub gs1: Option<Gs1Data>,
}

/// A code that is damaged or against the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// What is wrong.
    pub reason: Reason,
    /// What was read, made printable, at most 80 characters.
    pub read: String,
}

impl Serialize for Invalid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Invalid", 3)?;
        object.serialize_field("reason", self.reason.code())?;
        object.serialize_field("detail", &self.reason.to_string())?;
        object.serialize_field("read", &self.read)?;
        object.end()
    }
}

/// Why a scan is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Nothing was read.
    #[error("nothing was read")]
    Empty,
    /// More than [`super::MAX_SCAN_BYTES`].
    #[error("the code has {0} bytes, more than a till reads")]
    TooLong(usize),
    /// A byte above 7Fh: a damaged transmission, or a text that no shop code contains.
    #[error("the code contains a character outside of ASCII")]
    NotAscii,
    /// A control character other than the group separator.
    #[error("the code contains a control character")]
    ControlCharacter,
    /// Only the add-on beside an EAN/UPC was read.
    #[error("only the add-on was read, not the code itself")]
    AddOnOnly,
    /// Digits that should be a GTIN.
    #[error(transparent)]
    Gtin(#[from] GtinError),
    /// The price within an in-store code.
    #[error(transparent)]
    PriceCheck(#[from] PriceCheckError),
    /// Digits that should be a receipt number.
    #[error(transparent)]
    Receipt(#[from] ReceiptCodeError),
    /// A text that begins like a command.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// Against the rules of the symbology the scanner reported.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// GS1 element strings.
    #[error(transparent)]
    Gs1(#[from] Gs1Error),
    /// A web address that should be a GS1 Digital Link.
    #[error(transparent)]
    Link(#[from] LinkError),
}

impl Reason {
    /// A stable word for the reason, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong(_) => "too_long",
            Self::NotAscii => "not_ascii",
            Self::ControlCharacter => "control_character",
            Self::AddOnOnly => "add_on_only",
            Self::Gtin(error) => gtin_code(*error),
            Self::PriceCheck(_) => "price_check_digit",
            Self::Receipt(ReceiptCodeError::CheckDigits) => "receipt_check_digits",
            Self::Receipt(_) => "receipt_number",
            Self::Command(_) => "command",
            Self::Message(error) => message_code(error),
            Self::Gs1(error) => gs1_code(error),
            Self::Link(error) => link_code(error),
        }
    }
}

const fn gtin_code(error: GtinError) -> &'static str {
    match error {
        GtinError::Length(_) => "length",
        GtinError::NotDigits => "not_digits",
        GtinError::CheckDigit { .. } => "check_digit",
        GtinError::NumberSystem => "number_system",
    }
}

const fn message_code(error: &MessageError) -> &'static str {
    match error {
        MessageError::MissingIdentifier | MessageError::UnsupportedIdentifier(_) => {
            "symbology_identifier"
        }
        MessageError::Length { .. } => "length",
        MessageError::NotDigits => "not_digits",
        MessageError::CheckDigit { .. } => "check_digit",
        MessageError::Caret => "gs1_separator",
        MessageError::Elements(error) => gs1_code(error),
        MessageError::Link(error) => link_code(error),
    }
}

const fn gs1_code(error: &Gs1Error) -> &'static str {
    use super::gs1::LintError;
    match error {
        Gs1Error::MissingFnc1 | Gs1Error::Brackets => "gs1_form",
        Gs1Error::Empty => "gs1_empty",
        Gs1Error::UnknownAi(_) => "gs1_unknown_ai",
        Gs1Error::Separator(_) => "gs1_separator",
        Gs1Error::Length { .. } => "gs1_length",
        Gs1Error::Value {
            error: LintError::CheckDigit,
            ..
        } => "check_digit",
        Gs1Error::Value { .. } => "gs1_value",
        Gs1Error::TooMany => "gs1_too_many",
    }
}

const fn link_code(error: &LinkError) -> &'static str {
    match error {
        LinkError::Elements(error) => gs1_code(error),
        _ => "digital_link",
    }
}
