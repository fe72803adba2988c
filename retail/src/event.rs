//! An event of a till: an envelope (`v, till, epoch, seq, at, kind`) and a body, as one line of JSON bytes.
//!
//! The bytes written are the bytes hashed, signed, sent and kept; nobody serialises an event a second time. A kind or
//! version this code does not know is [`Body::Unknown`]: it is kept, carried and counted, never refused.
//! An event holds no name, address, card number or free text; a customer is a [`LinkId`].

use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::day::DayClosed;
use crate::ids::{CashierId, Epoch, Hash, LinkId, Position, ReceiptNumber, TillId};
use crate::money::Cents;
use crate::sale::{Line, Return, Sale, TenderKind};

/// The version this code writes.
pub const VERSION: u32 = 1;

/// The largest event, in bytes. A sale of 500 lines fits.
pub const MAX_EVENT_BYTES: usize = 192 * 1024;

/// An event read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Version of the format.
    pub v: u32,
    /// Where it stands.
    pub position: Position,
    /// The till's wall time with offset, to the millisecond.
    pub at: DateTime<FixedOffset>,
    /// What happened.
    pub body: Body,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// `epoch_opened`: the first event of every epoch.
    EpochOpened(EpochOpened),
    /// `sale`: paid goods.
    Sale(Sale),
    /// `return`: goods brought back.
    Return(Return),
    /// `line_voided`: a line was taken off a basket before it was paid.
    LineVoided(LineVoided),
    /// `sale_cancelled`: a basket was put away unpaid.
    SaleCancelled(SaleCancelled),
    /// `payment_settled`: a card payment of unknown outcome was looked into.
    PaymentSettled(PaymentSettled),
    /// `receipt_copied`: a KOPIE was printed.
    ReceiptCopied(ReceiptCopied),
    /// `no_sale_drawer`: the drawer was opened without a sale.
    DrawerOpened(ByCashier),
    /// `printer_out_of_paper`: seen once per fault.
    PrinterOutOfPaper(Empty),
    /// `enrolled`: a customer joined with a card; who it is stands in the side record.
    Enrolled(Enrolled),
    /// `day_closed`: what the till did on a day.
    DayClosed(DayClosed),
    /// `hole`: events this till can no longer read.
    Hole(Hole),
    /// A kind or version of another time.
    Unknown {
        /// Its kind.
        kind: String,
    },
}

/// Opens an epoch and says what came before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochOpened {
    /// The epoch before; `None` for the first of a till.
    pub prev_epoch: Option<Epoch>,
    /// The last event of it that the till has; 0 for none.
    pub prev_seq: u64,
    /// The hash of that event.
    pub prev_hash: Hash,
    /// Why the epoch was opened.
    pub why: EpochWhy,
}

/// Why an epoch was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpochWhy {
    /// The till is new.
    Enrolled,
    /// The database is behind the marker file: its tail was lost, or it is a restored backup.
    BehindMarker,
    /// Head office holds later events of this till.
    BehindServer,
    /// Head office holds another event under the same name.
    Fork,
    /// An event of the chain cannot be read any more.
    Damage,
}

/// A line taken off a basket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineVoided {
    /// By whom.
    pub cashier: CashierId,
    /// What.
    pub line: Line,
}

/// A basket put away unpaid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleCancelled {
    /// By whom.
    pub cashier: CashierId,
    /// How many lines it had.
    pub lines: u32,
    /// What they came to.
    pub total: Cents,
}

/// The answer to "did that card payment go through?".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentSettled {
    /// Who answered.
    pub cashier: CashierId,
    /// How was paid.
    pub tender: TenderKind,
    /// The amount that was asked of the terminal.
    pub amount: Cents,
    /// True: it was paid, and a sale event follows. False: it was not.
    pub paid: bool,
}

/// A copy of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptCopied {
    /// By whom; `None` when the spooler did, after the cashier asked for it at a printer fault.
    pub cashier: Option<CashierId>,
    /// Which receipt.
    pub of: ReceiptNumber,
}

/// Something a cashier did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByCashier {
    /// Who.
    pub cashier: CashierId,
}

/// Nothing to add.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Empty {}

/// A customer joined the programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// Stands for the customer.
    pub link: LinkId,
    /// By whom.
    pub cashier: CashierId,
}

/// Events of this till that it can no longer read: a declaration, signed like every event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hole {
    /// In which epoch. Written as `of_epoch`: the envelope has an `epoch` of its own.
    #[serde(rename = "of_epoch")]
    pub epoch: Epoch,
    /// First missing seq.
    pub from: u64,
    /// Last missing seq.
    pub to: u64,
    /// Why: `tail_lost`, `damaged`.
    pub reason: String,
}

/// Why bytes are not an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// Not JSON, or without an envelope field, or with a field of the wrong type.
    #[error("not an event: {0}")]
    Malformed(String),
    /// Larger than [`MAX_EVENT_BYTES`].
    #[error("an event of {0} bytes is too large")]
    TooLarge(usize),
}

#[derive(Deserialize)]
struct Envelope {
    v: u32,
    till: TillId,
    epoch: Epoch,
    seq: u64,
    at: DateTime<FixedOffset>,
    kind: String,
}

impl Body {
    /// The kind as it stands in the envelope.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::EpochOpened(_) => "epoch_opened",
            Self::Sale(_) => "sale",
            Self::Return(_) => "return",
            Self::LineVoided(_) => "line_voided",
            Self::SaleCancelled(_) => "sale_cancelled",
            Self::PaymentSettled(_) => "payment_settled",
            Self::ReceiptCopied(_) => "receipt_copied",
            Self::DrawerOpened(_) => "no_sale_drawer",
            Self::PrinterOutOfPaper(_) => "printer_out_of_paper",
            Self::Enrolled(_) => "enrolled",
            Self::DayClosed(_) => "day_closed",
            Self::Hole(_) => "hole",
            Self::Unknown { kind } => kind,
        }
    }

    /// The link to a customer, for kinds that have one.
    #[must_use]
    pub fn link(&self) -> Option<LinkId> {
        match self {
            Self::Sale(sale) => sale.link,
            Self::Return(back) => back.receipt.link,
            Self::Enrolled(enrolled) => Some(enrolled.link),
            _ => None,
        }
    }

    /// Its numbers are of a size a shop can have, so that they can be added up.
    fn is_bounded(&self) -> bool {
        match self {
            Self::Sale(sale) => sale.is_bounded(),
            Self::Return(back) => back.receipt.is_bounded(),
            Self::DayClosed(closed) => {
                closed.totals.is_bounded() && closed.counted.is_none_or(Cents::is_bounded)
            }
            Self::EpochOpened(opened) => opened.prev_seq <= Position::MAX_SEQ,
            Self::Hole(hole) => hole.from <= Position::MAX_SEQ && hole.to <= Position::MAX_SEQ,
            Self::LineVoided(voided) => voided.line.is_bounded(),
            Self::SaleCancelled(cancelled) => cancelled.total.is_bounded(),
            Self::PaymentSettled(settled) => settled.amount.is_bounded(),
            _ => true,
        }
    }

    /// The fields of the body as one JSON object, in the order of the struct.
    fn object(&self) -> Result<Vec<u8>, serde_json::Error> {
        match self {
            Self::EpochOpened(body) => serde_json::to_vec(body),
            Self::Sale(body) => serde_json::to_vec(body),
            Self::Return(body) => serde_json::to_vec(body),
            Self::LineVoided(body) => serde_json::to_vec(body),
            Self::SaleCancelled(body) => serde_json::to_vec(body),
            Self::PaymentSettled(body) => serde_json::to_vec(body),
            Self::ReceiptCopied(body) => serde_json::to_vec(body),
            Self::DrawerOpened(body) => serde_json::to_vec(body),
            Self::PrinterOutOfPaper(body) => serde_json::to_vec(body),
            Self::Enrolled(body) => serde_json::to_vec(body),
            Self::DayClosed(body) => serde_json::to_vec(body),
            Self::Hole(body) => serde_json::to_vec(body),
            Self::Unknown { .. } => Ok(b"{}".to_vec()),
        }
    }
}

impl Event {
    /// Writes an event for the first and only time. One line, without a line feed inside.
    pub fn write(
        position: Position,
        at: DateTime<FixedOffset>,
        body: &Body,
    ) -> Result<Vec<u8>, EventError> {
        let malformed = |e: serde_json::Error| EventError::Malformed(e.to_string());
        let at = at.to_rfc3339_opts(SecondsFormat::Millis, false);
        let mut bytes = format!(
            r#"{{"v":{VERSION},"till":{},"epoch":{},"seq":{},"at":"{at}","kind":{}"#,
            position.till,
            position.epoch,
            position.seq,
            serde_json::to_string(body.kind()).map_err(malformed)?,
        )
        .into_bytes();
        let object = body.object().map_err(malformed)?;
        if object.len() > 2 {
            bytes.push(b',');
        }
        bytes.extend_from_slice(object.get(1..).unwrap_or(b"}"));
        if bytes.len() > MAX_EVENT_BYTES {
            return Err(EventError::TooLarge(bytes.len()));
        }
        Ok(bytes)
    }

    /// Reads stored bytes. An unknown kind, an unknown version, a body this version cannot read, or one with
    /// numbers no shop has, is [`Body::Unknown`].
    pub fn read(bytes: &[u8]) -> Result<Self, EventError> {
        if bytes.len() > MAX_EVENT_BYTES {
            return Err(EventError::TooLarge(bytes.len()));
        }
        // Its letters are checked here once; both readings of it then take them as they are.
        let text = str::from_utf8(bytes).map_err(|e| EventError::Malformed(e.to_string()))?;
        let envelope: Envelope =
            serde_json::from_str(text).map_err(|e| EventError::Malformed(e.to_string()))?;
        if !(1..=Position::MAX_SEQ).contains(&envelope.seq) {
            return Err(EventError::Malformed(format!(
                "seq is 1 to {}",
                Position::MAX_SEQ
            )));
        }
        let body = if envelope.v == VERSION {
            Self::read_body(&envelope.kind, text).filter(Body::is_bounded)
        } else {
            None
        };
        Ok(Self {
            v: envelope.v,
            position: Position {
                till: envelope.till,
                epoch: envelope.epoch,
                seq: envelope.seq,
            },
            at: envelope.at,
            body: body.unwrap_or(Body::Unknown {
                kind: envelope.kind,
            }),
        })
    }

    /// The body of a kind this version knows; `None` where it cannot be read.
    fn read_body(kind: &str, text: &str) -> Option<Body> {
        fn body<T: DeserializeOwned>(text: &str, wrap: fn(T) -> Body) -> Option<Body> {
            serde_json::from_str(text).ok().map(wrap)
        }
        match kind {
            "epoch_opened" => body(text, Body::EpochOpened),
            "sale" => body(text, Body::Sale),
            "return" => body(text, Body::Return),
            "line_voided" => body(text, Body::LineVoided),
            "sale_cancelled" => body(text, Body::SaleCancelled),
            "payment_settled" => body(text, Body::PaymentSettled),
            "receipt_copied" => body(text, Body::ReceiptCopied),
            "no_sale_drawer" => body(text, Body::DrawerOpened),
            "printer_out_of_paper" => body(text, Body::PrinterOutOfPaper),
            "enrolled" => body(text, Body::Enrolled),
            "day_closed" => body(text, Body::DayClosed),
            "hole" => body(text, Body::Hole),
            _ => None,
        }
    }

    /// The instant the till believed it was.
    #[must_use]
    pub fn instant(&self) -> DateTime<Utc> {
        self.at.with_timezone(&Utc)
    }
}
