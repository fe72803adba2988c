//! Head office as a till sees it: five questions with typed answers, over any [`Wire`].
//!
//! [`Client`] signs every request, reads every answer within a bound and turns everything that goes wrong into a
//! [`CallError`], which says itself whether to ask again. The wire carries bytes and knows nothing: HTTP in a shop, a
//! simulated network at night.

use ed25519_dalek::SigningKey;
use retail::clock::{Entropy, random_16};
use retail::ids::{ReceiptNumber, TillId};
use retail::wire::{
    BatchAnswer, DownPage, EnrolAnswer, EnrolRequest, HeadsAnswer, HeadsQuery, PATH_BATCHES,
    PATH_DOWN, PATH_ENROL, PATH_HEADS, PATH_RECEIPTS, ReceiptAnswer, Refusal, RequestSignature,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The largest answer a till reads, in bytes: a page of 1,000 changes is a few hundred kB.
pub const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Will the same request succeed later?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Yes, by itself.
    Soon,
    /// Not before someone has mended something; still asked now and then, so that nobody has to restart a till.
    AfterMending,
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateTrouble {
    /// Not valid on this machine's date: it ran out, or the machine's clock is wrong.
    Time,
    /// A certificate that is its own authority, in the place of one that an authority has signed.
    OwnAuthority,
    /// Of another authority, for another name, or no certificate at all.
    Trust,
}

/// Why a question was not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// No connection, or it broke: the request may have been carried out or not.
    #[error("head office cannot be reached: {0}")]
    Offline(String),
    /// Head office refuses, with its reason.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something answered that cannot prove to be head office. Nothing was said to it.
    #[error("head office cannot prove who it is: {detail}")]
    Certificate {
        /// What is wrong with the proof.
        trouble: CertificateTrouble,
        /// In the words of TLS.
        detail: String,
    },
    /// Something on the way (a proxy) takes no body of this size. Head office has not seen it: this says nothing of what is
    /// in it, and a smaller one may pass.
    #[error("something on the way to head office takes no body of this size (status 413)")]
    TooLongForTheWay,
    /// Something answered that does not speak our language (a captive portal, a proxy, another version).
    #[error("no sensible answer from head office: {0}")]
    Protocol(String),
}

impl CallError {
    /// See [`Retry`]. A request that arrived damaged looks badly signed to head office, so that is asked again soon too.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Offline(_)
            | Self::Certificate { .. }
            | Self::TooLongForTheWay
            | Self::Protocol(_)
            | Self::Refused(Refusal::BadRequestSignature) => Retry::Soon,
            Self::Refused(refusal) if refusal.retry() => Retry::Soon,
            Self::Refused(_) => Retry::AfterMending,
        }
    }
}

/// Head office, as a till sees it.
pub trait HeadOffice {
    /// Delivers a packed batch.
    fn batch(&mut self, body: &[u8]) -> Result<BatchAnswer, CallError>;
    /// Asks where head office stands. The nonce in the query is the caller's, and fresh.
    fn heads(&mut self, query: &HeadsQuery) -> Result<HeadsAnswer, CallError>;
    /// One page of what changed after a cursor.
    fn down(&mut self, after: u64) -> Result<DownPage, CallError>;
    /// A receipt of another till.
    fn receipt(&mut self, number: ReceiptNumber) -> Result<ReceiptAnswer, CallError>;
}

/// A request as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path with query.
    pub path: String,
    /// `application/json` or `application/zstd`.
    pub content_type: &'static str,
    /// The body; empty for `GET`.
    pub body: Vec<u8>,
    /// Who asks, and the proof; `None` for enrolment.
    pub signed: Option<(TillId, RequestSignature)>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// The body, at most [`MAX_ANSWER_BYTES`].
    pub body: Vec<u8>,
}

/// Carries one request and its answer.
pub trait Wire {
    /// Sends and waits, within its own time-outs. Whatever status comes back is a [`Response`]; no answer is [`CallError::Offline`].
    fn send(&mut self, request: &Request) -> Result<Response, CallError>;
}

/// A till's side of the conversation.
pub struct Client<W> {
    wire: W,
    till: TillId,
    key: SigningKey,
    entropy: Box<dyn Entropy>,
}

impl<W> std::fmt::Debug for Client<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("till", &self.till)
            .finish_non_exhaustive()
    }
}

impl<W: Wire> Client<W> {
    /// The client of an enrolled till.
    pub fn new(wire: W, till: TillId, key: SigningKey, entropy: Box<dyn Entropy>) -> Self {
        Self {
            wire,
            till,
            key,
            entropy,
        }
    }

    fn call<A: DeserializeOwned>(
        &mut self,
        method: &'static str,
        path: String,
        content_type: &'static str,
        body: Vec<u8>,
    ) -> Result<A, CallError> {
        let nonce = random_16(self.entropy.as_mut());
        let signature = RequestSignature::sign(&self.key, self.till, method, &path, nonce, &body);
        read(&self.wire.send(&Request {
            method,
            path,
            content_type,
            body,
            signed: Some((self.till, signature)),
        })?)
    }
}

impl<W: Wire> HeadOffice for Client<W> {
    fn batch(&mut self, body: &[u8]) -> Result<BatchAnswer, CallError> {
        self.call(
            "POST",
            PATH_BATCHES.to_owned(),
            "application/zstd",
            body.to_vec(),
        )
    }

    fn heads(&mut self, query: &HeadsQuery) -> Result<HeadsAnswer, CallError> {
        let answer: HeadsAnswer = self.call(
            "POST",
            PATH_HEADS.to_owned(),
            "application/json",
            json(query)?,
        )?;
        if answer.nonce == query.nonce {
            Ok(answer)
        } else {
            Err(CallError::Protocol(
                "an answer to another question".to_owned(),
            ))
        }
    }

    fn down(&mut self, after: u64) -> Result<DownPage, CallError> {
        self.call(
            "GET",
            format!("{PATH_DOWN}?after={after}"),
            "application/json",
            Vec::new(),
        )
    }

    fn receipt(&mut self, number: ReceiptNumber) -> Result<ReceiptAnswer, CallError> {
        let digits = retail::barcode::receipt_code::encode(number);
        self.call(
            "GET",
            format!("{PATH_RECEIPTS}/{digits}"),
            "application/json",
            Vec::new(),
        )
    }
}

/// Enrols a till: the one question that is not signed, because nobody knows its key yet.
pub fn enrol(wire: &mut dyn Wire, request: &EnrolRequest) -> Result<EnrolAnswer, CallError> {
    read(&wire.send(&Request {
        method: "POST",
        path: PATH_ENROL.to_owned(),
        content_type: "application/json",
        body: json(request)?,
        signed: None,
    })?)
}

fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, CallError> {
    serde_json::to_vec(value).map_err(|e| CallError::Protocol(e.to_string()))
}

/// Any 2xx with a body of the expected shape is an answer; anything else with a typed refusal is a refusal. Head office
/// types every one of its own; one without a type is of somebody on the way.
fn read<A: DeserializeOwned>(response: &Response) -> Result<A, CallError> {
    if (200..300).contains(&response.status) {
        return serde_json::from_slice(&response.body)
            .map_err(|e| CallError::Protocol(format!("status {}: {e}", response.status)));
    }
    match serde_json::from_slice::<Refusal>(&response.body) {
        Ok(refusal) => Err(refusal.into()),
        Err(_) if response.status == 503 || response.status == 429 => Err(Refusal::Busy.into()),
        Err(_) if response.status == 413 => Err(CallError::TooLongForTheWay),
        Err(_) => Err(CallError::Protocol(format!("status {}", response.status))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, body: &str, expected: &Result<u64, CallError>) {
        let response = Response {
            status,
            body: body.as_bytes().to_vec(),
        };
        assert_eq!(&read::<u64>(&response), expected);
    }

    #[test]
    fn answers_refusals_and_nonsense() {
        check(200, "7", &Ok(7));
        check(
            409,
            r#"{"error":"gap","after":null}"#,
            &Err(Refusal::Gap { after: None }.into()),
        );
        check(403, r#"{"error":"revoked"}"#, &Err(Refusal::Revoked.into()));
        check(503, "<html>", &Err(Refusal::Busy.into()));
        check(
            413,
            r#"{"error":"too_large"}"#,
            &Err(Refusal::TooLarge.into()),
        );
        check(413, "<html>", &Err(CallError::TooLongForTheWay));
        check(
            404,
            "nginx",
            &Err(CallError::Protocol("status 404".to_owned())),
        );
        assert!(matches!(
            read::<u64>(&Response {
                status: 200,
                body: b"<html>please log in to the wifi</html>".to_vec()
            }),
            Err(CallError::Protocol(_))
        ));
    }

    #[test]
    fn errors_say_whether_to_ask_again() {
        for (error, retry) in [
            (CallError::Offline(String::new()), Retry::Soon),
            (CallError::Protocol(String::new()), Retry::Soon),
            (Refusal::Busy.into(), Retry::Soon),
            (Refusal::Internal.into(), Retry::Soon),
            (Refusal::BadRequestSignature.into(), Retry::Soon),
            (Refusal::Revoked.into(), Retry::AfterMending),
            (Refusal::UnknownTill.into(), Retry::AfterMending),
            (Refusal::BadSignature.into(), Retry::AfterMending),
            (Refusal::ForeignTill.into(), Retry::AfterMending),
        ] {
            assert_eq!(error.retry(), retry, "{error}");
        }
    }
}
