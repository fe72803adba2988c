//! `verify`: every batch signature, every hash and every step of every chain, from the bytes as they are kept.
//!
//! Batches are walked in order; each one's events are walked back from its signed head hash, so that an event is proven
//! when it lies on that walk. What a batch stands on must be kept too, or be declared a hole. And what tills were told is
//! safe must be there: a till sends no event again that head office says it has.

use std::collections::HashMap;

use ed25519_dalek::VerifyingKey;
use retail::event::Event;
use retail::ids::{Hash, TillId};
use retail::journal::{BatchHeader, hash_event, verify_signature};

use crate::api::Office;
use crate::store::rows::{BatchRow, EventRow, Till};
use crate::store::{self, Result, StoreError, Tables};

/// Batches read in one go.
const PAGE: u32 = 256;
/// The most faults that are named.
const MOST_FAULTS: usize = 100;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Batches whose signature was checked.
    pub batches: u64,
    /// Events proven.
    pub events: u64,
    /// Imported rows: signed by nobody, so there is nothing about them to verify.
    pub imported: u64,
    /// What is wrong, at most a hundred.
    pub faults: Vec<String>,
    /// How many are wrong in all.
    pub fault_count: u64,
}

impl Verified {
    fn fault(&mut self, text: String) {
        self.fault_count += 1;
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(text);
        }
    }
}

impl Office {
    /// Verifies everything. `progress` hears batches done and in all.
    ///
    /// # Errors
    /// What the store says; what is wrong with the journals is in the answer.
    pub fn verify(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<Verified> {
        store::read(self.store(), |tables| {
            let mut keys = HashMap::new();
            let tills = tables.tills()?;
            for till in &tills {
                let key = VerifyingKey::from_bytes(&till.public_key)
                    .map_err(|error| StoreError::Corrupt(error.to_string()))?;
                keys.insert(till.till, key);
            }
            let all = tables.batch_count()?;
            let mut found = Verified::default();
            let mut proven: HashMap<TillId, Proven> = HashMap::new();
            let mut after = 0;
            loop {
                let page = tables.batches(after, PAGE)?;
                let Some(last) = page.last() else { break };
                after = last.id;
                for batch in &page {
                    let (before, faults) = (found.events, found.fault_count);
                    match keys.get(&batch.till) {
                        Some(key) => verify_batch(tables, batch, key, &mut found)?,
                        None => found.fault(format!("batch {}: of an unknown till", batch.id)),
                    }
                    found.batches += 1;
                    let of_till = proven.entry(batch.till).or_default();
                    of_till.events += found.events - before;
                    of_till.sound &= found.fault_count == faults;
                }
                progress(found.batches, all);
            }
            for till in &tills {
                told(
                    tables,
                    till,
                    proven.remove(&till.till).unwrap_or_default(),
                    &mut found,
                )?;
            }
            let kept = tables.event_count()?;
            if kept != found.events && found.faults.is_empty() {
                found.fault(format!(
                    "{kept} events are kept and {} are proven",
                    found.events
                ));
            }
            found.imported = tables.imported_count()?;
            Ok(found)
        })
    }
}

/// What was proven of one till.
#[derive(Clone, Copy)]
struct Proven {
    events: u64,
    /// None of its batches has a fault.
    sound: bool,
}

impl Default for Proven {
    fn default() -> Self {
        Self {
            events: 0,
            sound: true,
        }
    }
}

/// What a till was told that head office has is there: the end of every branch, and as many events as were taken. A till
/// with a fault already is not counted again.
fn told(tables: &mut dyn Tables, till: &Till, proven: Proven, found: &mut Verified) -> Result<()> {
    for branch in tables.branches(till.till, u32::MAX)? {
        let head = branch.head;
        let place = tables.place(till.till, head.epoch, head.seq, head.hash)?;
        if place.is_none() {
            found.fault(format!(
                "till {} epoch {}: event {} is not kept, and the till was told that it is",
                till.till, head.epoch, head.seq
            ));
        }
    }
    if proven.sound && proven.events != till.traffic.events {
        found.fault(format!(
            "till {}: {} events were taken and {} are proven",
            till.till, till.traffic.events, proven.events
        ));
    }
    Ok(())
}

fn verify_batch(
    tables: &mut dyn Tables,
    batch: &BatchRow,
    key: &VerifyingKey,
    found: &mut Verified,
) -> Result<()> {
    let name = format!(
        "till {} epoch {} events {}-{} (batch {})",
        batch.till, batch.epoch, batch.first, batch.last, batch.id
    );
    let header: BatchHeader = match serde_json::from_str(&batch.header) {
        Ok(header) => header,
        Err(error) => {
            found.fault(format!("{name}: its header: {error}"));
            return Ok(());
        }
    };
    if let Err(error) = verify_signature(&header, &batch.signature, key) {
        found.fault(format!("{name}: {error}"));
        return Ok(());
    }
    if (header.till, header.epoch, header.first, header.last)
        != (batch.till, batch.epoch, batch.first, batch.last)
    {
        found.fault(format!("{name}: the signed header says something else"));
        return Ok(());
    }
    let events = tables.events_between(batch.till, batch.epoch, batch.first, batch.last)?;
    let by_name: HashMap<(u64, Hash), &EventRow> = events
        .iter()
        .map(|event| ((event.seq, event.hash), event))
        .collect();
    let mut hash = header.head_hash;
    for seq in (header.first..=header.last).rev() {
        let Some(event) = by_name.get(&(seq, hash)) else {
            found.fault(format!("{name}: event {seq} is not kept"));
            return Ok(());
        };
        if event.batch == batch.id {
            if let Some(fault) = fault_of(event) {
                found.fault(format!("{name}: event {seq}: {fault}"));
            }
            found.events += 1;
        }
        hash = event.prev_hash;
    }
    if hash != header.prev_hash {
        found.fault(format!("{name}: does not stand where it says"));
    } else if !grounded(tables, &header)? {
        found.fault(format!("{name}: what it stands on is not kept"));
    }
    Ok(())
}

fn fault_of(event: &EventRow) -> Option<String> {
    if hash_event(event.prev_hash, &event.bytes) != event.hash {
        return Some("its bytes do not have its hash".to_owned());
    }
    match Event::read(&event.bytes) {
        Err(error) => Some(error.to_string()),
        Ok(read) => {
            let position = read.position;
            let same = (position.till, position.epoch, position.seq)
                == (event.till, event.epoch, event.seq);
            (!same).then(|| format!("its bytes say they are {position}"))
        }
    }
}

fn grounded(tables: &mut dyn Tables, header: &BatchHeader) -> Result<bool> {
    if header.first == 1 {
        return Ok(header.prev_hash == Hash::ZERO);
    }
    let before = header.first - 1;
    let place = tables.place(header.till, header.epoch, before, header.prev_hash)?;
    Ok(place.is_some() || header.hole.is_some())
}

#[cfg(test)]
mod tests;
