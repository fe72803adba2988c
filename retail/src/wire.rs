//! What till and head office say to each other over HTTP, apart from the batch itself ([`crate::journal`]).
//!
//! Every request of an enrolled till is signed for transport: [`RequestSignature`] over method, path, nonce and body.
//! An answer to a batch only ever raises a till's cursor; only a [`HeadsAnswer`] with the till's own fresh nonce may lower it.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ids::{CustomerId, Epoch, Hash, LinkId, OrgId, ReceiptNumber, RecordId, TillId};
use crate::loyalty::{CardHash, Profile};

/// `POST`: [`EnrolRequest`] -> [`EnrolAnswer`].
pub const PATH_ENROL: &str = "/v1/enrol";
/// `POST`: zstd of [`crate::journal::Batch::encode`] -> [`BatchAnswer`].
pub const PATH_BATCHES: &str = "/v1/batches";
/// `POST`: [`HeadsQuery`] -> [`HeadsAnswer`].
pub const PATH_HEADS: &str = "/v1/heads";
/// `GET ?after=N`: -> [`DownPage`].
pub const PATH_DOWN: &str = "/v1/down";
/// `GET /{14 digits}`: -> [`ReceiptAnswer`].
pub const PATH_RECEIPTS: &str = "/v1/receipts";
/// The header with the till's number.
pub const HEADER_TILL: &str = "x-klantreis-till";
/// The header with the nonce of a request, 32 hex digits.
pub const HEADER_NONCE: &str = "x-klantreis-nonce";
/// The header with the transport signature, 128 hex digits.
pub const HEADER_SIGNATURE: &str = "x-klantreis-signature";

/// A record that belongs to an event and travels with it, outside hash and stored signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "side")]
pub enum Side {
    /// Who an event's link stands for.
    Link {
        /// The event.
        seq: u64,
        /// As in the event.
        link: LinkId,
        /// The customer.
        customer: CustomerId,
    },
    /// A statement about a customer, made at this event.
    Profile {
        /// The event.
        seq: u64,
        /// The statement.
        profile: Profile,
    },
    /// A text said at this event: a remark at a return.
    Text {
        /// The event.
        seq: u64,
        /// Names the record.
        id: RecordId,
        /// The text, at most 500 characters.
        text: String,
    },
}

impl Side {
    /// The event it belongs to.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        match self {
            Self::Link { seq, .. } | Self::Profile { seq, .. } | Self::Text { seq, .. } => *seq,
        }
    }
}

/// A place in a till's journal and the hash that stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Head {
    /// Epoch.
    pub epoch: Epoch,
    /// Seq.
    pub seq: u64,
    /// Hash of the event there.
    pub hash: Hash,
}

/// A till introduces itself with the one-time code of its shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// As given out by `till-code`.
    pub code: String,
    /// The till's public key, 64 hex digits.
    pub public_key: String,
    /// What people call it: `Kassa 1`.
    pub name: String,
    /// The shop its settings are of. A code of another shop is refused, and stays good; none takes the shop of the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shop: Option<String>,
}

/// Head office answers with everything a till must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolAnswer {
    /// Organisation.
    pub org: OrgId,
    /// Shop.
    pub shop: String,
    /// Its name.
    pub shop_name: String,
    /// Its time zone, as in the tz database.
    pub time_zone: String,
    /// The number of this till.
    pub till: TillId,
    /// For [`crate::loyalty::card_hash`], 64 hex digits.
    pub directory_key: String,
}

/// Head office has committed the batch (or had it already).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchAnswer {
    /// The last event of the batch, now safe at head office: the till's cursor goes here, and never back.
    pub safe: Head,
    /// Events that were new.
    pub accepted: u32,
    /// Events that were there already, byte for byte.
    pub duplicates: u32,
    /// Events whose name another event already has: both are kept.
    pub forked: u32,
    /// The till must open its next epoch: its journal has a twin.
    pub open_epoch: bool,
}

/// Where does head office stand? `locator`: places of the till's own journal, newest first, at growing distances; at most 64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadsQuery {
    /// Fresh, 32 hex digits.
    pub nonce: String,
    /// Places of the till's journal.
    pub locator: Vec<Head>,
}

/// The answer to [`HeadsQuery`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadsAnswer {
    /// As asked.
    pub nonce: String,
    /// The first place of the locator up to which head office holds everything; `None`: nothing of it.
    pub known: Option<Head>,
    /// The last event of every branch that head office holds of this till, at most 64: the newest epoch first, the branches
    /// of an epoch in the order in which they began.
    pub heads: Vec<Head>,
}

/// One page of what a till must know, by cursor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownPage {
    /// Changes in order.
    pub changes: Vec<Down>,
    /// Ask on from here.
    pub cursor: u64,
    /// Nothing further at this moment.
    pub complete: bool,
    /// What of this till is counted in these figures.
    pub watermark: Option<Head>,
    /// The run of the head-office database; another one than before means start from zero.
    pub run: String,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "down")]
pub enum Down {
    /// A customer of the loyalty directory.
    Customer(DirectoryEntry),
    /// A customer was forgotten: everything about him goes, for good.
    Tombstone {
        /// Who.
        customer: CustomerId,
    },
    /// A customer turned out to be another: everything of `customer` now counts for `into`.
    Alias {
        /// Who it was.
        customer: CustomerId,
        /// Who it is.
        into: CustomerId,
    },
}

/// What a till shows of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryEntry {
    /// Who.
    pub customer: CustomerId,
    /// His cards.
    pub cards: Vec<CardHash>,
    /// First name.
    pub name: Option<String>,
    /// Points as head office counts them.
    pub points: i64,
    /// Visits (days with a sale).
    pub visits: u32,
    /// Phase of the default model: `aankoop`, `gebruik`, `loyaliteit`; `None` before the first visit.
    pub phase: Option<String>,
    /// State in it: `slapend`, `teruggewonnen`, `teruggebracht`.
    pub state: Option<String>,
    /// Local day of the last visit.
    pub last_visit: Option<chrono::NaiveDate>,
}

/// A receipt and what came back of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptAnswer {
    /// Which.
    pub number: ReceiptNumber,
    /// The `sale` event, as stored (a JSON object as text).
    pub sale: String,
    /// The `return` events that name it, as stored.
    pub returns: Vec<String>,
    /// The customer of the sale.
    pub customer: Option<CustomerId>,
}

/// Why head office refuses. Everything else than [`Refusal::retry`] stays refused until something is mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "error")]
pub enum Refusal {
    /// A one-time code that was never given out, is used up or too old.
    #[error("this enrolment code is not valid (any more)")]
    BadCode,
    /// A one-time code that was given out for another shop than the till is in. It is not used up.
    #[error("this enrolment code is for shop \"{shop}\"")]
    OtherShop {
        /// The shop of the code.
        shop: String,
    },
    /// No such till here.
    #[error("head office does not know this till")]
    UnknownTill,
    /// The till's key was revoked.
    #[error("head office has revoked this till")]
    Revoked,
    /// The transport signature is wrong.
    #[error("the request is not signed by this till")]
    BadRequestSignature,
    /// The stored signature is wrong.
    #[error("the batch is not signed by this till")]
    BadSignature,
    /// The batch is of another organisation, shop or till than the one that sends it.
    #[error("the batch belongs to another till, shop or organisation")]
    ForeignTill,
    /// The chain inside the batch is broken.
    #[error("the chain inside the batch is broken: {detail}")]
    BrokenChain {
        /// Where.
        detail: String,
    },
    /// The batch stands on an event that head office does not have.
    #[error("the batch does not follow on what head office has")]
    Gap {
        /// The last event that head office does have before it, on any branch.
        after: Option<Head>,
    },
    /// Not a batch, or not JSON.
    #[error("not understood: {detail}")]
    Malformed {
        /// What is wrong.
        detail: String,
    },
    /// Over a bound, packed or unpacked.
    #[error("too large")]
    TooLarge,
    /// No such receipt.
    #[error("head office does not have this receipt")]
    NoSuchReceipt,
    /// A fault at head office; the detail is in its log.
    #[error("head office has a fault; try again later")]
    Internal,
    /// Too many requests.
    #[error("too busy; try again later")]
    Busy,
}

impl Refusal {
    /// Would the same request later succeed without anyone mending anything?
    #[must_use]
    pub const fn retry(&self) -> bool {
        matches!(self, Self::Internal | Self::Busy)
    }
}

/// The transport signature of one request: Ed25519 over method, path with query, nonce and the SHA-256 of the body as sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestSignature {
    /// 32 hex digits.
    pub nonce: String,
    /// 128 hex digits.
    pub signature: String,
}

fn request_bytes(till: TillId, method: &str, path: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    let digest = hex::encode(Sha256::digest(body));
    format!("klantreis-request-1\n{till}\n{method}\n{path}\n{nonce}\n{digest}\n").into_bytes()
}

impl RequestSignature {
    /// Signs a request. `nonce` is 16 fresh random bytes.
    #[must_use]
    pub fn sign(
        key: &SigningKey,
        till: TillId,
        method: &str,
        path: &str,
        nonce: [u8; 16],
        body: &[u8],
    ) -> Self {
        let nonce = hex::encode(nonce);
        let signature = hex::encode(
            key.sign(&request_bytes(till, method, path, &nonce, body))
                .to_bytes(),
        );
        Self { nonce, signature }
    }

    /// True when it is the signature of the till with this key.
    #[must_use]
    pub fn verify(
        &self,
        key: &VerifyingKey,
        till: TillId,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> bool {
        let mut bytes = [0; 64];
        self.nonce.len() == 32
            && hex::decode_to_slice(&self.signature, &mut bytes).is_ok()
            && key
                .verify_strict(
                    &request_bytes(till, method, path, &self.nonce, body),
                    &Signature::from_bytes(&bytes),
                )
                .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_by_itself_is_tried_again() {
        let detail = String::new;
        for (refusal, retry) in [
            (Refusal::Internal, true),
            (Refusal::Busy, true),
            (Refusal::BadCode, false),
            (Refusal::OtherShop { shop: detail() }, false),
            (Refusal::UnknownTill, false),
            (Refusal::Revoked, false),
            (Refusal::BadRequestSignature, false),
            (Refusal::BadSignature, false),
            (Refusal::ForeignTill, false),
            (Refusal::BrokenChain { detail: detail() }, false),
            (Refusal::Gap { after: None }, false),
            (Refusal::Malformed { detail: detail() }, false),
            (Refusal::TooLarge, false),
            (Refusal::NoSuchReceipt, false),
        ] {
            assert_eq!(refusal.retry(), retry, "{refusal}");
        }
    }

    /// Fields of the signed text end in a line feed: a nonce that holds one could move the borders between them.
    #[test]
    fn a_nonce_is_32_characters() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let till = TillId::new(1).unwrap();
        for nonce in ["", "0", &"0".repeat(33)] {
            let text = request_bytes(till, "GET", PATH_DOWN, nonce, b"");
            let request = RequestSignature {
                nonce: nonce.to_owned(),
                signature: hex::encode(key.sign(&text).to_bytes()),
            };
            assert!(
                !request.verify(&key.verifying_key(), till, "GET", PATH_DOWN, b""),
                "{nonce:?}"
            );
        }
    }
}
