//! Loyalty: points, consents, profile statements, and the pseudonym of a card number.
//!
//! Points: one per whole euro of a receipt's net. A return takes back the difference, recalculated, so a sale and its
//! returns together leave exactly the points of what was kept. Points are a ledger of events, never a stored balance.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ids::{CustomerId, RecordId, TillId};
use crate::money::Cents;

/// Points for a net amount: one per whole euro, none below one euro.
#[must_use]
pub fn points(net: Cents) -> i64 {
    net.whole_euros().max(0)
}

/// What a return takes back: points of what is kept after it minus points of what was kept before; zero or negative.
#[must_use]
pub fn points_of_return(kept_before: Cents, kept_after: Cents) -> i64 {
    points(kept_after) - points(kept_before)
}

/// The pseudonym of a card number under the organisation's directory key: the first 16 bytes of
/// SHA-256("klantreis-card-1" || key || card). It keeps numbers out of listings; it is no protection against someone with the key.
#[must_use]
pub fn card_hash(directory_key: &[u8; 32], card: &str) -> CardHash {
    let digest = Sha256::new()
        .chain_update(b"klantreis-card-1")
        .chain_update(directory_key)
        .chain_update(card.as_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    CardHash(bytes)
}

/// See [`card_hash`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardHash(pub [u8; 16]);

impl Serialize for CardHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for CardHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 16];
        hex::decode_to_slice(&text, &mut bytes).map_err(serde::de::Error::custom)?;
        Ok(Self(bytes))
    }
}

/// A yes or no to one question, as it was put.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The answer.
    pub given: bool,
    /// The wording the customer agreed to, by version: `lidmaatschap-2026-1`.
    pub wording: String,
}

/// What a till (or head office) states about a customer at one moment. A field that is `None` says nothing.
/// Per field the latest statement wins; marketing needs the yes of both where two customers are merged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Names this statement, so that a second delivery adds nothing.
    pub id: RecordId,
    /// Whom it is about.
    pub customer: CustomerId,
    /// When it was made, in the shop's time.
    pub at: DateTime<FixedOffset>,
    /// Where it was made; `None` at head office.
    pub till: Option<TillId>,
    /// A loyalty card of this customer, in digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<String>,
    /// First name or whatever the customer wants to be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Takes part in the programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<Consent>,
    /// May be written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marketing: Option<Consent>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_for_every_whole_euro_and_none_below() {
        for (net, expected) in [(0, 0), (99, 0), (100, 1), (12_399, 123), (-1, 0), (-500, 0)] {
            assert_eq!(points(Cents(net)), expected, "{net}");
        }
        assert_eq!(points_of_return(Cents(1_050), Cents(950)), -1);
        assert_eq!(points_of_return(Cents(1_099), Cents(1_000)), 0);
    }

    /// Directories of tills in use hold these bytes: `printf 'klantreis-card-1' ; 32 x 01h ; the card` through sha256sum.
    #[test]
    fn the_pseudonym_of_a_card_never_changes() {
        let hash = card_hash(&[1; 32], "2610000000429");
        assert_eq!(hex::encode(hash.0), "a81cabe4142c0b634dff089a0a61d9ec");
    }
}
