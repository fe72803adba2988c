//! The tills' questions as bytes: a [`Call`] in, a [`Reply`] out. One place that knows paths and status codes, used by
//! the HTTP layer and by everything that plays network without one. A refusal is logged and counted here, once.

use retail::ids::ReceiptNumber;
use retail::wire::{PATH_BATCHES, PATH_DOWN, PATH_ENROL, PATH_HEADS, PATH_RECEIPTS, Refusal};
use serde::Serialize;

use super::tills::Signed;
use super::{Counters, Office};

/// A request.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// Path with query, as it stands in the request line.
    pub path: &'a str,
    /// The header [`retail::wire::HEADER_TILL`].
    pub till: Option<&'a str>,
    /// The header [`retail::wire::HEADER_NONCE`].
    pub nonce: Option<&'a str>,
    /// The header [`retail::wire::HEADER_SIGNATURE`].
    pub signature: Option<&'a str>,
    /// The body as sent.
    pub body: &'a [u8],
}

/// An answer: JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: Vec<u8>,
}

/// The largest body of anything but a batch.
const MAX_JSON_BYTES: usize = 64 * 1024;

/// The status of a refusal.
#[must_use]
pub const fn status(refusal: &Refusal) -> u16 {
    match refusal {
        Refusal::Malformed { .. } | Refusal::BrokenChain { .. } => 400,
        Refusal::UnknownTill | Refusal::BadRequestSignature => 401,
        Refusal::BadCode | Refusal::Revoked | Refusal::ForeignTill => 403,
        Refusal::NoSuchReceipt => 404,
        Refusal::Gap { .. } => 409,
        Refusal::TooLarge => 413,
        Refusal::BadSignature => 422,
        Refusal::Internal => 500,
        Refusal::Busy => 503,
    }
}

impl Reply {
    /// A refusal as bytes.
    #[must_use]
    pub fn refusal(refusal: &Refusal) -> Self {
        Self {
            status: status(refusal),
            body: serde_json::to_vec(refusal).unwrap_or_default(),
        }
    }

    fn answer(answer: &impl Serialize) -> Result<Self, Refusal> {
        let body = serde_json::to_vec(answer).map_err(|error| {
            tracing::error!(%error, "an answer cannot be written");
            Refusal::Internal
        })?;
        Ok(Self { status: 200, body })
    }
}

impl Office {
    /// Answers a till.
    #[must_use]
    pub fn answer(&self, call: &Call<'_>) -> Reply {
        match self.route(call) {
            Ok(reply) => reply,
            Err(refusal) => {
                self.counters().refused(&refusal);
                tracing::warn!(
                    reason = Counters::label(&refusal),
                    till = call.till,
                    path = call.path,
                    "refused: {refusal}"
                );
                Reply::refusal(&refusal)
            }
        }
    }

    fn route(&self, call: &Call<'_>) -> Result<Reply, Refusal> {
        let (path, query) = call.path.split_once('?').unwrap_or((call.path, ""));
        if path != PATH_BATCHES && call.body.len() > MAX_JSON_BYTES {
            return Err(Refusal::TooLarge);
        }
        let signed = Signed {
            till: call.till.unwrap_or_default(),
            nonce: call.nonce.unwrap_or_default(),
            signature: call.signature.unwrap_or_default(),
        };
        match (call.method, path) {
            ("POST", PATH_ENROL) => {
                let request =
                    serde_json::from_slice(call.body).map_err(|error| Refusal::Malformed {
                        detail: error.to_string(),
                    })?;
                Reply::answer(&self.enrol(&request)?)
            }
            ("POST", PATH_BATCHES) => Reply::answer(&self.batch(signed, call.body)?),
            ("POST", PATH_HEADS) => Reply::answer(&self.heads(signed, call.body)?),
            ("GET", PATH_DOWN) => Reply::answer(&self.down(signed, call.path, after(query)?)?),
            ("GET", path) => {
                let number = path
                    .strip_prefix(PATH_RECEIPTS)
                    .and_then(|rest| rest.strip_prefix('/'))
                    .and_then(receipt_number)
                    .ok_or(Refusal::NoSuchReceipt)?;
                Reply::answer(&self.receipt(signed, call.path, number)?)
            }
            (method, path) => Err(Refusal::Malformed {
                detail: format!("there is no {method} {path}"),
            }),
        }
    }
}

fn after(query: &str) -> Result<u64, Refusal> {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("after="))
        .map_or(Some(0), |number| number.parse().ok())
        .ok_or_else(|| Refusal::Malformed {
            detail: "after is not a number".to_owned(),
        })
}

fn receipt_number(digits: &str) -> Option<ReceiptNumber> {
    retail::barcode::receipt_code::decode(digits).ok()
}
