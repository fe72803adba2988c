//! The journal: events in a hash chain, and signed batches of them.
//!
//! `hash = SHA-256(prev_hash || bytes)`; `seq` starts at 1 in every epoch, whose first event stands on 32 zero bytes.
//! A batch is a run of one epoch under the till's Ed25519 signature over [`BatchHeader::signed_bytes`]. Links and other
//! side records travel with a batch but outside hash and signature: forgetting a person never breaks a chain.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::event::{Event, EventError};
use crate::ids::{Epoch, Hash, OrgId, Position, TillId};
use crate::wire::Side;

mod chain;

pub use chain::{ChainError, Verifier};

/// The most events in a batch.
pub const MAX_BATCH_EVENTS: usize = 500;
/// The most bytes of events in a batch, before compression. A single larger event travels alone.
pub const MAX_BATCH_BYTES: usize = 256 * 1024;
/// The most bytes a batch body may unpack to: events, side records and header.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The hash of an event that stands on `prev`.
#[must_use]
pub fn hash_event(prev: Hash, bytes: &[u8]) -> Hash {
    Hash(
        Sha256::new()
            .chain_update(prev.0)
            .chain_update(bytes)
            .finalize()
            .into(),
    )
}

/// An event as it is stored and exported: bytes with their place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Where it stands.
    pub position: Position,
    /// The hash before it.
    pub prev_hash: Hash,
    /// Its own hash.
    pub hash: Hash,
    /// The event, as written.
    pub bytes: Vec<u8>,
}

/// What a batch is: named and bounded by this, signed as [`BatchHeader::signed_bytes`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchHeader {
    /// Version of the batch format: 1.
    pub v: u32,
    /// Organisation.
    pub org: OrgId,
    /// Shop of the till.
    pub shop: String,
    /// Till.
    pub till: TillId,
    /// Epoch of all its events.
    pub epoch: Epoch,
    /// First seq.
    pub first: u64,
    /// Last seq.
    pub last: u64,
    /// Hash before the first event.
    pub prev_hash: Hash,
    /// Hash of the last event.
    pub head_hash: Hash,
    /// The till can no longer read the events from `hole` up to `first - 1` (same epoch): `prev_hash` is then unknown to head office.
    /// With `first` 1: the events from `hole` to the end of the epoch before, on which this one was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hole: Option<u64>,
}

impl BatchHeader {
    /// The bytes under the stored signature: every field, one a line, after a line that says what it is.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        let hole = self.hole.map(|seq| seq.to_string()).unwrap_or_default();
        format!(
            "klantreis-batch-{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{hole}\n",
            self.v,
            self.org,
            self.shop,
            self.till,
            self.epoch,
            self.first,
            self.last,
            self.prev_hash,
            self.head_hash
        )
        .into_bytes()
    }

    /// Number of events it announces; 0 when first and last are crossed.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.last
            .checked_sub(self.first)
            .map_or(0, |steps| steps.saturating_add(1))
    }

    /// True when it announces no event.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A batch as it travels: header, events as stored, side records, stored signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Names and bounds it.
    pub header: BatchHeader,
    /// The events, as written.
    pub events: Vec<Vec<u8>>,
    /// Side records of these events.
    pub side: Vec<Side>,
    /// The till's clock when it was sent; not signed for keeps.
    pub sent_at_ms: i64,
    /// The till's signature over the header.
    pub signature: [u8; 64],
}

/// Why a body is not a batch, or a batch is not to be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// Not the lines of a batch.
    #[error("not a batch: {0}")]
    Malformed(String),
    /// Too many events or bytes.
    #[error("a batch holds at most {MAX_BATCH_EVENTS} events and {MAX_BODY_BYTES} bytes")]
    TooLarge,
    /// The signature is not this till's.
    #[error("the signature is not that of this till")]
    BadSignature,
    /// The events are not what the header says.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The last event has another hash than the header says.
    #[error("the last event does not have the head hash of the header")]
    WrongHead,
}

#[derive(Serialize, Deserialize)]
struct Trailer {
    side: Vec<Side>,
    sent_at_ms: i64,
    sig: String,
}

impl Batch {
    /// Signs a run of events.
    #[must_use]
    pub fn sign(
        header: BatchHeader,
        events: Vec<Vec<u8>>,
        side: Vec<Side>,
        sent_at_ms: i64,
        key: &SigningKey,
    ) -> Self {
        let signature = key.sign(&header.signed_bytes()).to_bytes();
        Self {
            header,
            events,
            side,
            sent_at_ms,
            signature,
        }
    }

    /// The body before compression: header line, one line an event, trailer line.
    pub fn encode(&self) -> Result<Vec<u8>, BatchError> {
        let malformed = |e: serde_json::Error| BatchError::Malformed(e.to_string());
        let mut body = serde_json::to_vec(&self.header).map_err(malformed)?;
        for event in &self.events {
            body.push(b'\n');
            body.extend_from_slice(event);
        }
        body.push(b'\n');
        let trailer = Trailer {
            side: self.side.clone(),
            sent_at_ms: self.sent_at_ms,
            sig: hex::encode(self.signature),
        };
        serde_json::to_writer(&mut body, &trailer).map_err(malformed)?;
        Ok(body)
    }

    /// Reads an unpacked body. Checks its form and bounds only; [`Batch::verify`] decides whether to believe it.
    pub fn decode(body: &[u8]) -> Result<Self, BatchError> {
        let malformed = |e: serde_json::Error| BatchError::Malformed(e.to_string());
        if body.len() > MAX_BODY_BYTES {
            return Err(BatchError::TooLarge);
        }
        let mut lines = body.split(|byte| *byte == b'\n');
        let header: BatchHeader =
            serde_json::from_slice(lines.next().unwrap_or_default()).map_err(malformed)?;
        if header.v != 1 {
            return Err(BatchError::Malformed(format!(
                "batch version {} is not known",
                header.v
            )));
        }
        let mut events: Vec<&[u8]> = lines.collect();
        let trailer = events
            .pop()
            .ok_or_else(|| BatchError::Malformed("no trailer".to_owned()))?;
        let trailer: Trailer = serde_json::from_slice(trailer).map_err(malformed)?;
        if events.len() > MAX_BATCH_EVENTS {
            return Err(BatchError::TooLarge);
        }
        let mut signature = [0; 64];
        hex::decode_to_slice(&trailer.sig, &mut signature)
            .map_err(|e| BatchError::Malformed(format!("signature: {e}")))?;
        Ok(Self {
            header,
            events: events.into_iter().map(<[u8]>::to_vec).collect(),
            side: trailer.side,
            sent_at_ms: trailer.sent_at_ms,
            signature,
        })
    }

    /// Checks signature, chain and bounds, and gives the events with their hashes. Says nothing about what head office already has.
    pub fn verify(&self, key: &VerifyingKey) -> Result<Vec<(Stored, Event)>, BatchError> {
        self.verify_with(key, |events| {
            events.iter().map(|bytes| Event::read(bytes)).collect()
        })
    }

    /// [`Batch::verify`], with the reading left to `read`: [`Event::read`] of every event, in order. It is most of the work,
    /// and whoever has more than one core can share it out.
    pub fn verify_with(
        &self,
        key: &VerifyingKey,
        read: impl FnOnce(&[Vec<u8>]) -> Vec<Result<Event, EventError>>,
    ) -> Result<Vec<(Stored, Event)>, BatchError> {
        verify_signature(&self.header, &self.signature, key)?;
        let header = &self.header;
        if header.first == 0
            || header.last > Position::MAX_SEQ
            || u64::try_from(self.events.len()) != Ok(header.len())
            || header.is_empty()
        {
            return Err(BatchError::Malformed(
                "the number of events is not what the header says".to_owned(),
            ));
        }
        if header
            .hole
            .is_some_and(|from| from == 0 || (header.first > 1 && from >= header.first))
        {
            return Err(BatchError::Malformed(
                "the hole does not lie before the events".to_owned(),
            ));
        }
        if header.first == 1 && header.prev_hash != Hash::ZERO {
            return Err(BatchError::Malformed(
                "the first event of an epoch stands on zeros".to_owned(),
            ));
        }
        let mut verifier = Verifier::behind(header.epoch, header.first - 1, header.prev_hash);
        let mut prev_hash = header.prev_hash;
        let mut events = Vec::with_capacity(self.events.len());
        for ((seq, bytes), read) in (header.first..).zip(&self.events).zip(read(&self.events)) {
            let position = Position {
                till: header.till,
                epoch: header.epoch,
                seq,
            };
            let hash = hash_event(prev_hash, bytes);
            let stored = Stored {
                position,
                prev_hash,
                hash,
                bytes: bytes.clone(),
            };
            verifier.follows(&stored)?;
            let event = verifier.takes(&stored, read)?;
            prev_hash = hash;
            events.push((stored, event));
        }
        if prev_hash == header.head_hash {
            Ok(events)
        } else {
            Err(BatchError::WrongHead)
        }
    }
}

/// Checks the stored signature of a batch, as received or as kept.
pub fn verify_signature(
    header: &BatchHeader,
    signature: &[u8; 64],
    key: &VerifyingKey,
) -> Result<(), BatchError> {
    key.verify_strict(&header.signed_bytes(), &Signature::from_bytes(signature))
        .map_err(|_| BatchError::BadSignature)
}
