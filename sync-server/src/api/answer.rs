//! The tills' questions as bytes: a [`Call`] in, a [`Reply`] out. One place that knows paths and status codes, used by
//! the HTTP layer and by everything that plays network without one. A refusal is counted here, and logged once: a till
//! that tries the same again and again fills no disk.

use std::collections::BTreeMap;

use retail::ids::{ReceiptNumber, TillId};
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
    /// With status 405: the method that the path takes.
    pub allow: Option<&'static str>,
}

/// The largest body of anything but a batch.
const MAX_JSON_BYTES: usize = 64 * 1024;

/// The status of a refusal.
#[must_use]
pub const fn status(refusal: &Refusal) -> u16 {
    match refusal {
        Refusal::Malformed { .. } | Refusal::BrokenChain { .. } => 400,
        Refusal::UnknownTill | Refusal::BadRequestSignature => 401,
        Refusal::BadCode | Refusal::OtherShop { .. } | Refusal::Revoked | Refusal::ForeignTill => {
            403
        }
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
            allow: None,
        }
    }

    fn answer(answer: &impl Serialize) -> Result<Self, Refusal> {
        let body = serde_json::to_vec(answer).map_err(|error| {
            tracing::error!(%error, "an answer cannot be written");
            Refusal::Internal
        })?;
        Ok(Self {
            status: 200,
            body,
            allow: None,
        })
    }
}

/// The method that a path of the tills takes; `None`: there is no such path.
fn method_of(path: &str) -> Option<&'static str> {
    match path {
        PATH_ENROL | PATH_BATCHES | PATH_HEADS => Some("POST"),
        PATH_DOWN => Some("GET"),
        path if path.starts_with(PATH_RECEIPTS) => Some("GET"),
        _ => None,
    }
}

/// The last refusal of every till, and of whoever says he is none: what is new about the next one. A till holds one
/// entry, so there are never more than tills can be numbered.
#[derive(Debug, Default)]
pub(super) struct LastRefusals(BTreeMap<Option<TillId>, String>);

impl LastRefusals {
    /// Whether this is another refusal than the last one of this till.
    fn is_news(&mut self, till: Option<TillId>, text: &str) -> bool {
        let known = self.0.get(&till).is_some_and(|last| last == text);
        if !known {
            self.0.insert(till, text.to_owned());
        }
        !known
    }

    /// Something of this till was answered: the next refusal is news again.
    fn settled(&mut self, till: Option<TillId>) {
        self.0.remove(&till);
    }
}

impl Office {
    /// Answers a till.
    #[must_use]
    pub fn answer(&self, call: &Call<'_>) -> Reply {
        let till = call.till.and_then(|till| till.parse().ok());
        match self.route(call) {
            Ok(reply) => {
                self.refused().settled(till);
                reply
            }
            Err(refusal) => {
                self.counters().refused(&refusal);
                let reason = Counters::label(&refusal);
                let (till_text, path) = (call.till, call.path);
                if self.refused().is_news(till, &format!("{path} {refusal}")) {
                    tracing::warn!(reason, till = till_text, path, "refused: {refusal}");
                } else {
                    tracing::debug!(reason, till = till_text, path, "refused again: {refusal}");
                }
                let reply = Reply::refusal(&refusal);
                match method_of(call.path.split('?').next().unwrap_or_default()) {
                    None => Reply {
                        status: 404,
                        ..reply
                    },
                    Some(allow) if allow != call.method => Reply {
                        status: 405,
                        allow: Some(allow),
                        ..reply
                    },
                    Some(_) => reply,
                }
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
            ("GET", path) if path.starts_with(PATH_RECEIPTS) => {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::{Kassa, desk};

    #[test]
    fn a_refusal_that_comes_again_is_no_news() {
        let mut last = LastRefusals::default();
        let (one, two) = (TillId::new(1).ok(), TillId::new(2).ok());
        assert!(last.is_news(one, "/v1/batches a gap"));
        assert!(!last.is_news(one, "/v1/batches a gap"));
        assert!(last.is_news(two, "/v1/batches a gap"), "another till");
        assert!(last.is_news(one, "/v1/batches malformed"), "another reason");
        assert!(last.is_news(one, "/v1/batches a gap"), "and back");
        last.settled(one);
        assert!(last.is_news(one, "/v1/batches a gap"), "it worked since");
        assert!(last.is_news(None, "x") && !last.is_news(None, "x"));
    }

    #[test]
    fn a_wrong_method_is_not_a_receipt_that_is_missing() {
        let desk = desk();
        let kassa = Kassa::enrol(&desk, 1);
        for (method, path, status, allow) in [
            ("GET", PATH_BATCHES, 405, Some("POST")),
            ("PUT", PATH_HEADS, 405, Some("POST")),
            ("POST", "/v1/down?after=3", 405, Some("GET")),
            ("HEAD", "/v1/receipts/1", 405, Some("GET")),
            ("GET", "/v1/nothing", 404, None),
            ("GET", "/v1/receipts/1", 404, None),
            ("POST", PATH_HEADS, 400, None),
        ] {
            let reply = kassa.ask(&desk, method, path, &[]);
            assert_eq!(
                (reply.status, reply.allow),
                (status, allow),
                "{method} {path}"
            );
        }
    }
}
