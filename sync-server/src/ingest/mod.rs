//! A batch from bytes to committed rows: unpack under bounds, verify, [`decide()`] purely, commit all of it in one
//! transaction. Nothing a till sends can make half a batch, and nothing is refused for what it says about people or
//! clocks: what is odd is kept, flagged and listed for the owner.

use std::collections::BTreeSet;

use retail::event::{Body, Event};
use retail::ids::{Epoch, OrgId, ReceiptNumber, ReceiptSerial, TillId};
use retail::journal::{Batch, BatchError, BatchHeader, Stored};
use retail::wire::{BatchAnswer, Head, Refusal};

use crate::store::rows::{BatchRow, Branch, EventKeys, NewEvent, Till};
use crate::store::{Result, StoreError, Tables};

mod checks;
pub mod decide;
mod halves;
mod side;
pub mod time;
pub mod unpack;

use decide::{Fate, Known, Verdict, decide, opened_on};

/// The most branches a heads answer or a decision looks at.
pub const MAX_BRANCHES: u32 = 64;

/// Why a batch was not committed.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The till's matter.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Head office's own.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a committed batch counts for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Side records of forgotten customers.
    pub dropped_late: u64,
    /// Events of kinds not known here.
    pub unknown_kinds: u64,
    /// Events with an impossible time.
    pub clamped: u64,
}

/// A batch that is the till's own, checked down to every hash.
#[derive(Debug)]
pub struct Checked {
    batch: Batch,
    events: Vec<(Stored, Event)>,
}

/// A receipt number as 12 digits: till, epoch, serial.
#[must_use]
pub fn receipt_key(number: ReceiptNumber) -> i64 {
    (i64::from(number.till.get()) * 100 + i64::from(number.epoch.get())) * 10_000_000
        + i64::from(number.serial.get())
}

/// And back.
#[must_use]
pub fn receipt_number(key: i64) -> Option<ReceiptNumber> {
    let key = u64::try_from(key).ok()?;
    let till = u16::try_from(key / 1_000_000_000).ok()?;
    let epoch = u8::try_from(key / 10_000_000 % 100).ok()?;
    let serial = u32::try_from(key % 10_000_000).ok()?;
    Some(ReceiptNumber {
        till: TillId::new(till).ok()?,
        epoch: Epoch::new(epoch).ok()?,
        serial: ReceiptSerial::new(serial).ok()?,
    })
}

/// Reads and verifies a body from the wire. Looks at nothing that is stored.
///
/// # Errors
/// The typed reason why this is no batch of this till.
pub fn check(body: &[u8], till: &Till, org: OrgId) -> Result<Checked, Refusal> {
    let refuse = |error: BatchError| match error {
        BatchError::TooLarge => Refusal::TooLarge,
        BatchError::BadSignature => Refusal::BadSignature,
        BatchError::Malformed(detail) => Refusal::Malformed { detail },
        BatchError::Chain(_) | BatchError::WrongHead => Refusal::BrokenChain {
            detail: error.to_string(),
        },
    };
    let batch = Batch::decode(&unpack::unpack(body)?).map_err(refuse)?;
    let header = &batch.header;
    if header.till != till.till || header.org != org || header.shop != till.shop {
        return Err(Refusal::ForeignTill);
    }
    let key = ed25519_dalek::VerifyingKey::from_bytes(&till.public_key)
        .map_err(|_| Refusal::BadSignature)?;
    let events = batch.verify_with(&key, halves::read).map_err(refuse)?;
    Ok(Checked { batch, events })
}

/// Decides about a checked batch and commits it, inside the caller's transaction.
///
/// # Errors
/// [`IngestError::Refused`] before anything was written, or what the store says.
pub fn commit(
    tables: &mut dyn Tables,
    checked: &Checked,
    till: &Till,
    received_ms: i64,
) -> Result<(BatchAnswer, Tally), IngestError> {
    let header = &checked.batch.header;
    let known = look(tables, header, &checked.events)?;
    let verdict = decide(header, &checked.events, &known)?;
    let mut tally = Tally::default();
    let mut work = Commit {
        tables,
        till,
        checked,
        verdict: &verdict,
        received_ms,
        tally: &mut tally,
        touched: BTreeSet::new(),
        last_receipt: None,
        last_event_ms: None,
    };
    let numbers = work.events(&known)?;
    work.side(&numbers)?;
    work.checks(&numbers)?;
    work.traffic()?;
    let accepted = verdict.accepted();
    Ok((
        BatchAnswer {
            safe: Head {
                epoch: header.epoch,
                seq: header.last,
                hash: header.head_hash,
            },
            accepted: count(accepted),
            duplicates: count(verdict.fates.len() - accepted),
            forked: verdict.forked,
            open_epoch: verdict.open_epoch(),
        },
        tally,
    ))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What is kept around the names of a batch.
fn look(
    tables: &mut dyn Tables,
    header: &BatchHeader,
    events: &[(Stored, Event)],
) -> Result<Known> {
    let before = header.first.saturating_sub(1);
    let opened_on_known = match events.first().and_then(|(_, event)| opened_on(event)) {
        Some(head) if header.first == 1 => tables
            .place(header.till, head.epoch, head.seq, head.hash)?
            .is_some(),
        _ => true,
    };
    let branches = tables.branches(header.till, u32::MAX)?;
    let free_branch = branches
        .iter()
        .filter(|branch| branch.head.epoch == header.epoch)
        .map(|branch| branch.branch + 1)
        .max();
    Ok(Known {
        places: tables.places(header.till, header.epoch, before, header.last)?,
        opened_on_known,
        last_before: tables.last_before(header.till, header.epoch, header.first)?,
        free_branch: free_branch.unwrap_or(1),
    })
}

/// One commit under way.
struct Commit<'a> {
    tables: &'a mut dyn Tables,
    till: &'a Till,
    checked: &'a Checked,
    verdict: &'a Verdict,
    received_ms: i64,
    tally: &'a mut Tally,
    /// Customers (roots) whose history or directory entry changes.
    touched: BTreeSet<String>,
    last_receipt: Option<i64>,
    last_event_ms: Option<i64>,
}

/// One event of the batch in the store.
#[derive(Clone, Copy, Debug)]
struct Kept {
    /// Key.
    n: i64,
    /// It came with this batch.
    new: bool,
}

impl Commit<'_> {
    const fn header(&self) -> &BatchHeader {
        &self.checked.batch.header
    }

    /// Keeps batch, events, branches and holes; gives the key of every event.
    fn events(&mut self, known: &Known) -> Result<Vec<Kept>> {
        if self.verdict.accepted() == 0 {
            let kept = |fate: &Fate| match fate {
                Fate::New { .. } => None,
                Fate::Duplicate { n } => Some(Kept { n: *n, new: false }),
            };
            return Ok(self.verdict.fates.iter().filter_map(kept).collect());
        }
        let batch = self.batch_row()?;
        let batch = self.tables.add_batch(&batch)?;
        let offset_ms = time::offset(self.checked.batch.sent_at_ms, self.received_ms);
        let before = self.header().first.saturating_sub(1);
        let mut before_ms = known
            .places
            .iter()
            .find(|place| place.seq == before && place.hash == self.header().prev_hash)
            .map(|place| place.at_ms);
        let mut kept = Vec::with_capacity(self.checked.events.len());
        let mut rows = Vec::with_capacity(self.verdict.accepted());
        for ((stored, event), fate) in self.checked.events.iter().zip(&self.verdict.fates) {
            let branch = match *fate {
                Fate::Duplicate { n } => {
                    let same = known.places.iter().find(|place| place.n == n);
                    before_ms = same.map(|place| place.at_ms);
                    kept.push(Kept { n, new: false });
                    continue;
                }
                Fate::New { branch } => branch,
            };
            let corrected = time::correct(event.at, offset_ms, self.received_ms, before_ms);
            before_ms = Some(corrected.at_ms);
            let row = new_event(stored, event, batch, branch, corrected);
            self.note(event, &row)?;
            rows.push(row);
            self.put_branch(stored, branch)?;
            // Its key is known when all are kept.
            kept.push(Kept { n: 0, new: true });
        }
        let keys = self.tables.add_events(&rows)?;
        for (kept, n) in kept.iter_mut().filter(|kept| kept.new).zip(keys) {
            kept.n = n;
        }
        self.forks_and_holes()?;
        Ok(kept)
    }

    fn batch_row(&self) -> Result<BatchRow> {
        let header = self.header();
        Ok(BatchRow {
            id: 0,
            till: header.till,
            epoch: header.epoch,
            first: header.first,
            last: header.last,
            header: serde_json::to_string(header)
                .map_err(|error| StoreError::Corrupt(error.to_string()))?,
            signature: self.checked.batch.signature,
            received_ms: self.received_ms,
            sent_ms: self.checked.batch.sent_at_ms,
        })
    }

    /// The end of a branch moves; written once a batch. A branch that is left in the middle of one has a later event than
    /// that, or it would not be left: it keeps the end it has.
    fn put_branch(&mut self, stored: &Stored, branch: u32) -> Result<()> {
        let position = stored.position;
        if position.seq != self.header().last {
            return Ok(());
        }
        let from_seq = self
            .verdict
            .fork
            .filter(|fork| fork.branch == branch)
            .map_or(1, |fork| fork.seq);
        self.tables.put_branch(
            position.till,
            &Branch {
                branch,
                head: Head {
                    epoch: position.epoch,
                    seq: position.seq,
                    hash: stored.hash,
                },
                from_seq,
                updated_ms: self.received_ms,
            },
        )
    }

    fn note(&mut self, event: &Event, row: &NewEvent<'_>) -> Result<()> {
        self.last_event_ms = Some(self.last_event_ms.unwrap_or(row.at_ms).max(row.at_ms));
        self.last_receipt = row.keys.receipt.or(self.last_receipt);
        if matches!(event.body, Body::Unknown { .. }) {
            self.tally.unknown_kinds += 1;
        }
        if row.clamped {
            self.tally.clamped += 1;
            self.problem(
                &format!("clock-{}-{}", row.till, row.keys.day),
                "clock",
                &serde_json::json!({ "event": event.position.to_string(), "till_time": event.at }),
            )?;
        }
        Ok(())
    }

    fn problem(&mut self, key: &str, kind: &str, detail: &serde_json::Value) -> Result<()> {
        let till = Some(self.till.till);
        if self
            .tables
            .add_problem(key, kind, self.received_ms, till, detail)?
        {
            tracing::warn!(till = %self.till.till, kind, %detail, "for the list of problems");
        }
        Ok(())
    }

    fn traffic(&mut self) -> Result<()> {
        let mut traffic = self.till.traffic;
        let accepted = self.verdict.accepted();
        traffic.events += u64::from(count(accepted));
        traffic.duplicates += u64::from(count(self.verdict.fates.len() - accepted));
        traffic.forked += u64::from(self.verdict.forked);
        traffic.dropped_late += self.tally.dropped_late;
        traffic.last_batch_ms = Some(self.received_ms);
        traffic.last_seen_ms = Some(self.received_ms);
        traffic.clock_offset_ms = Some(time::offset(
            self.checked.batch.sent_at_ms,
            self.received_ms,
        ));
        traffic.last_event_ms = traffic.last_event_ms.max(self.last_event_ms);
        traffic.last_receipt = self.last_receipt.or(traffic.last_receipt);
        self.tables.set_traffic(self.till.till, &traffic)
    }
}

/// What an event is looked up by.
pub(crate) fn keys_of(event: &Event) -> EventKeys {
    let number = |serial| {
        receipt_key(ReceiptNumber {
            till: event.position.till,
            epoch: event.position.epoch,
            serial,
        })
    };
    let (receipt, of) = match &event.body {
        Body::Sale(sale) => (Some(number(sale.receipt)), None),
        Body::Return(back) => (
            Some(number(back.receipt.receipt)),
            Some(receipt_key(back.of)),
        ),
        _ => (None, None),
    };
    EventKeys {
        kind: event.body.kind().to_owned(),
        day: event.at.date_naive(),
        receipt,
        of,
        link: event.body.link(),
    }
}

/// The points an event adds to its customer's balance; negative for goods that come back.
pub(crate) const fn points_of(body: &Body) -> i64 {
    match body {
        Body::Sale(sale) => sale.points,
        Body::Return(back) => back.receipt.points,
        _ => 0,
    }
}

fn new_event<'a>(
    stored: &'a Stored,
    event: &Event,
    batch: i64,
    branch: u32,
    corrected: time::Corrected,
) -> NewEvent<'a> {
    let position = stored.position;
    NewEvent {
        batch,
        till: position.till,
        epoch: position.epoch,
        seq: position.seq,
        hash: stored.hash,
        prev_hash: stored.prev_hash,
        branch,
        at_ms: corrected.at_ms,
        clamped: corrected.clamped,
        keys: keys_of(event),
        bytes: &stored.bytes,
    }
}

#[cfg(test)]
mod tests;
