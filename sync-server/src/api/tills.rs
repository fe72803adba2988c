//! What tills ask, as plain methods: enrol, deliver a batch, compare heads, fetch what changed, fetch a receipt.
//! Every answer of an enrolled till's question follows a check of its transport signature.

use ed25519_dalek::VerifyingKey;
use retail::clock::random_16;
use retail::ids::{ReceiptNumber, TillId};
use retail::journal::MAX_BATCH_EVENTS;
use retail::loyalty::card_hash;
use retail::wire::{
    BatchAnswer, DirectoryEntry, Down, DownPage, EnrolAnswer, EnrolRequest, HeadsAnswer,
    HeadsQuery, PATH_BATCHES, PATH_HEADS, ReceiptAnswer, Refusal, RequestSignature,
};
use sha2::{Digest, Sha256};

use super::generation::Cursor;
use super::{Counters, Office, add};
use crate::book::Derived;
use crate::ingest::{self, IngestError, MAX_BRANCHES};
use crate::people;
use crate::store::rows::{Change, EventRow, Till, Traffic};
use crate::store::{self, Result, StoreError, Tables};

/// Changes on one page down.
pub const PAGE: u32 = 1_000;
/// The most places in a locator.
const LOCATOR: usize = 64;
/// The most returns of one receipt that are given out.
const MOST_RETURNS: usize = MAX_BATCH_EVENTS;
/// How long a one-time code is good for.
pub const CODE_MS: i64 = 48 * 3_600_000;
/// Letters of a code: none that look alike.
const CODE_LETTERS: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Who asks: the three headers of a signed request.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// Till number.
    pub till: &'a str,
    /// 32 hex digits.
    pub nonce: &'a str,
    /// 128 hex digits.
    pub signature: &'a str,
}

fn code_digest(code: &str) -> [u8; 32] {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    Sha256::digest(plain.as_bytes()).into()
}

fn malformed(error: impl std::fmt::Display) -> Refusal {
    Refusal::Malformed {
        detail: error.to_string(),
    }
}

/// Logs a fault of our own, once, where it is handled; the till hears only that there is one.
fn internal(error: &StoreError) -> Refusal {
    tracing::error!(%error, "head office has a fault");
    Refusal::Internal
}

impl Office {
    /// Gives out a one-time code for a shop: 12 letters in groups of four. `None`: no such shop.
    ///
    /// # Errors
    /// What the store says.
    pub fn till_code(&self, shop: &str) -> Result<Option<String>> {
        let letters: Vec<u8> = self
            .random(random_16)
            .iter()
            .filter_map(|byte| CODE_LETTERS.get(usize::from(byte % 32)).copied())
            .take(12)
            .collect();
        let code = letters
            .chunks(4)
            .map(String::from_utf8_lossy)
            .collect::<Vec<_>>()
            .join("-");
        let expires_ms = self.now_ms().saturating_add(CODE_MS);
        store::write(self.store(), |tables| {
            if tables.shop(shop)?.is_none() {
                return Ok(None);
            }
            tables.add_code(&code_digest(&code), shop, expires_ms)?;
            Ok(Some(code))
        })
    }

    /// Enrols a till.
    ///
    /// # Errors
    /// [`Refusal::BadCode`], [`Refusal::OtherShop`], [`Refusal::Malformed`].
    pub fn enrol(&self, request: &EnrolRequest) -> Result<EnrolAnswer, Refusal> {
        let mut public_key = [0; 32];
        hex::decode_to_slice(&request.public_key, &mut public_key).map_err(malformed)?;
        let key = VerifyingKey::from_bytes(&public_key).map_err(malformed)?;
        if key.is_weak() {
            return Err(malformed("a weak key"));
        }
        let name: String = request.name.trim().chars().take(80).collect();
        let digest = code_digest(&request.code);
        let now_ms = self.now_ms();
        let enrolled = store::write(self.store(), |tables| {
            let shop = match tables.shop_of_code(&digest, now_ms)? {
                Some(shop) => tables.shop(&shop)?,
                None => None,
            };
            let (Some(shop), Some(till)) = (shop, tables.free_till()?) else {
                return Ok(Err(Refusal::BadCode));
            };
            if request.shop.as_ref().is_some_and(|own| *own != shop.id) {
                return Ok(Err(Refusal::OtherShop { shop: shop.id }));
            }
            tables.add_till(&Till {
                till,
                shop: shop.id.clone(),
                name: if name.is_empty() {
                    format!("Kassa {till}")
                } else {
                    name
                },
                public_key,
                enrolled_ms: now_ms,
                revoked_ms: None,
                traffic: Traffic::default(),
            })?;
            tables.use_code(&digest, till)?;
            Ok(Ok((shop, till)))
        });
        let (shop, till) = enrolled.map_err(|error| internal(&error))??;
        tracing::info!(%till, shop = shop.id, "enrolled a till");
        Ok(EnrolAnswer {
            org: self.org(),
            shop: shop.id,
            shop_name: shop.name,
            time_zone: shop.time_zone,
            till,
            directory_key: hex::encode(self.directory_key()),
        })
    }

    /// The till that signed a request.
    fn caller(
        &self,
        signed: Signed<'_>,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> Result<Till, Refusal> {
        let number: TillId = signed.till.parse().map_err(|_| Refusal::UnknownTill)?;
        let till = store::read(self.store(), |tables| tables.till(number))
            .map_err(|error| internal(&error))?
            .ok_or(Refusal::UnknownTill)?;
        let signature = RequestSignature {
            nonce: signed.nonce.to_owned(),
            signature: signed.signature.to_owned(),
        };
        let right = VerifyingKey::from_bytes(&till.public_key)
            .is_ok_and(|key| signature.verify(&key, number, method, path, body));
        if !right {
            return Err(Refusal::BadRequestSignature);
        }
        if till.revoked_ms.is_some() {
            return Err(Refusal::Revoked);
        }
        self.saw(number);
        Ok(till)
    }

    /// Takes a batch: zstd of [`retail::journal::Batch::encode`]. What is answered is committed.
    ///
    /// # Errors
    /// The typed reason; the till keeps everything.
    pub fn batch(&self, signed: Signed<'_>, body: &[u8]) -> Result<BatchAnswer, Refusal> {
        if body.len() > ingest::unpack::MAX_PACKED_BYTES {
            return Err(Refusal::TooLarge);
        }
        let till = self.caller(signed, "POST", PATH_BATCHES, body)?;
        let checked = ingest::check(body, &till, self.org())?;
        let received_ms = self.now_ms();
        let mut refused = None;
        let committed = store::write(self.store(), |tables| {
            // Read again inside the transaction: another batch of this till may have come first.
            let till = tables
                .till(till.till)?
                .ok_or_else(|| StoreError::Corrupt("a till is gone".to_owned()))?;
            match ingest::commit(tables, &checked, &till, received_ms) {
                Ok(done) => Ok(Some(done)),
                Err(IngestError::Refused(refusal)) => {
                    refused = Some(refusal);
                    Ok(None)
                }
                Err(IngestError::Store(error)) => Err(error),
            }
        })
        .map_err(|error| internal(&error))?;
        let Some((answer, tally)) = committed else {
            return Err(refused.unwrap_or(Refusal::Internal));
        };
        let counters: &Counters = self.counters();
        add(&counters.batches, 1);
        add(&counters.events, u64::from(answer.accepted));
        add(&counters.duplicates, u64::from(answer.duplicates));
        add(&counters.forked, u64::from(answer.forked));
        add(&counters.unknown_kinds, tally.unknown_kinds);
        add(&counters.clamped, tally.clamped);
        add(&counters.dropped_late, tally.dropped_late);
        add(&counters.bytes, u64::try_from(body.len()).unwrap_or(0));
        Ok(answer)
    }

    /// Says where head office stands.
    ///
    /// # Errors
    /// The typed reason.
    pub fn heads(&self, signed: Signed<'_>, body: &[u8]) -> Result<HeadsAnswer, Refusal> {
        let till = self.caller(signed, "POST", PATH_HEADS, body)?.till;
        let query: HeadsQuery = serde_json::from_slice(body).map_err(malformed)?;
        if query.locator.len() > LOCATOR {
            return Err(Refusal::TooLarge);
        }
        if query.nonce.len() != 32 {
            return Err(malformed("a nonce has 32 hex digits"));
        }
        store::read(self.store(), |tables| {
            let mut known = None;
            for head in &query.locator {
                if tables
                    .place(till, head.epoch, head.seq, head.hash)?
                    .is_some()
                {
                    known = Some(*head);
                    break;
                }
            }
            let branches = tables.branches(till, MAX_BRANCHES)?;
            Ok(HeadsAnswer {
                nonce: query.nonce,
                known,
                heads: branches.iter().map(|branch| branch.head).collect(),
            })
        })
        .map_err(|error| internal(&error))
    }

    /// One page of changes after a cursor. `path` is the path with its query, as signed.
    ///
    /// # Errors
    /// The typed reason.
    pub fn down(&self, signed: Signed<'_>, path: &str, after: u64) -> Result<DownPage, Refusal> {
        let till = self.caller(signed, "GET", path, &[])?.till;
        self.settle(PAGE).map_err(|error| internal(&error))?;
        let key = *self.directory_key();
        let last_day = self.last_sale_day().map_err(|error| internal(&error))?;
        let tag = self.generation().map_err(|error| internal(&error))?;
        store::read(self.store(), |tables| {
            let end = u64::try_from(tables.ends()?.change).unwrap_or(0);
            let Some(from) = super::generations(tables)?.resume(after, end) else {
                // A cursor of a database that was put back to a backup since: begin anew.
                return Ok(DownPage {
                    changes: Vec::new(),
                    cursor: 0,
                    complete: false,
                    watermark: None,
                    run: self.run().to_owned(),
                });
            };
            let from = i64::try_from(from).unwrap_or(i64::MAX);
            let rows = tables.changes(from, PAGE)?;
            let complete = u32::try_from(rows.len()).is_ok_and(|rows| rows < PAGE);
            let cursor = Cursor {
                tag,
                rev: u64::try_from(rows.last().map_or(from, |row| row.rev)).unwrap_or(0),
                partial: !complete,
            };
            let mut changes = Vec::with_capacity(rows.len());
            for row in rows {
                changes.extend(down(tables, &key, last_day, row.change)?);
            }
            Ok(DownPage {
                changes,
                cursor: cursor.encode(),
                complete,
                watermark: watermark(tables, till)?,
                run: self.run().to_owned(),
            })
        })
        .map_err(|error| internal(&error))
    }

    /// A receipt of any till, with what came back of it. `path` is the path as signed, `number` its last part: 14 digits.
    ///
    /// # Errors
    /// [`Refusal::NoSuchReceipt`] and the usual ones.
    pub fn receipt(
        &self,
        signed: Signed<'_>,
        path: &str,
        number: ReceiptNumber,
    ) -> Result<ReceiptAnswer, Refusal> {
        self.caller(signed, "GET", path, &[])?;
        let key = ingest::receipt_key(number);
        let found = store::read(self.store(), |tables| {
            let events = tables.events_of_receipt(key)?;
            let Some(sale) = events.into_iter().find(is_sale) else {
                return Ok(None);
            };
            let customer = match &sale.customer {
                Some(customer) => tables.root(customer)?.parse().ok(),
                None => None,
            };
            let returns = tables.returns_of_receipt(key)?;
            let returns: Result<Vec<_>> = returns
                .into_iter()
                .take(MOST_RETURNS)
                .map(|row| text(row.bytes))
                .collect();
            Ok(Some(ReceiptAnswer {
                number,
                sale: text(sale.bytes)?,
                returns: returns?,
                customer,
            }))
        })
        .map_err(|error| internal(&error))?;
        found.ok_or(Refusal::NoSuchReceipt)
    }
}

fn is_sale(row: &EventRow) -> bool {
    retail::event::Event::read(&row.bytes)
        .is_ok_and(|event| matches!(event.body, retail::event::Body::Sale(_)))
}

fn text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| StoreError::Corrupt(error.to_string()))
}

/// What of a till is counted: the end of its newest epoch, on the branch that was extended last.
fn watermark(tables: &mut dyn Tables, till: TillId) -> Result<Option<retail::wire::Head>> {
    let branches = tables.branches(till, MAX_BRANCHES)?;
    let newest = branches.iter().map(|branch| branch.head.epoch).max();
    Ok(branches
        .iter()
        .filter(|branch| Some(branch.head.epoch) == newest)
        .max_by_key(|branch| branch.updated_ms)
        .map(|branch| branch.head))
}

/// A change as a till hears of it; nothing for what tills need not know.
fn down(
    tables: &mut dyn Tables,
    key: &[u8; 32],
    last_day: Option<chrono::NaiveDate>,
    change: Change,
) -> Result<Option<Down>> {
    Ok(match change {
        Change::Directory(customer) => {
            let id = customer.to_string();
            if tables.root(&id)? != id {
                return Ok(None);
            }
            let Some(person) = people::person(tables, &id)? else {
                return Ok(None);
            };
            let derived = tables.derived(&id)?.and_then(|bytes| Derived::read(&bytes));
            let stage = derived.as_ref().and_then(|derived| derived.stage(last_day));
            Some(Down::Customer(DirectoryEntry {
                customer,
                cards: person
                    .cards
                    .iter()
                    .map(|card| card_hash(key, card))
                    .collect(),
                name: person.name,
                points: person.points,
                visits: derived.as_ref().map_or(0, |derived| derived.visits),
                phase: stage.as_ref().map(|(phase, _)| phase.clone()),
                state: stage.and_then(|(_, state)| state),
                last_visit: derived.and_then(|derived| derived.last_visit),
            }))
        }
        Change::Alias { customer, into } => match (customer.parse(), into.parse()) {
            (Ok(customer), Ok(into)) => Some(Down::Alias { customer, into }),
            _ => None,
        },
        Change::Tombstone(key) => key
            .parse()
            .ok()
            .map(|customer| Down::Tombstone { customer }),
        Change::Reload => None,
    })
}
