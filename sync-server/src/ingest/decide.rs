//! What a batch is to the journals kept here: new, known already, a branch, or out of place. Pure: from what is known
//! around its names to a [`Verdict`] or a refusal.
//!
//! One name may have several hashes. The *branch* that came first in an epoch is 0; an event that takes a name its own
//! branch already gave away begins the next one. A till that stands on a later branch is told to open a new epoch; the
//! first branch goes on, so that two twins part for good after one answer each.

use retail::event::{Body, Event};
use retail::ids::Hash;
use retail::journal::{BatchHeader, Stored};
use retail::wire::{Head, Refusal};

use crate::store::rows::Place;

/// What is kept around the names of a batch.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Everything from the seq before the first event to the last, in this epoch, by seq.
    pub places: Vec<Place>,
    /// For a batch that opens an epoch: the end of the epoch before is kept (or it names none).
    pub opened_on_known: bool,
    /// The last event before the first one, in any epoch.
    pub last_before: Option<Head>,
    /// The next unused branch number of this epoch.
    pub free_branch: u32,
}

/// What becomes of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is kept, on this branch.
    New {
        /// Which.
        branch: u32,
    },
    /// It is there already.
    Duplicate {
        /// Its key.
        n: i64,
    },
}

/// A branch that begins in this batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fork {
    /// The new branch.
    pub branch: u32,
    /// Its first seq.
    pub seq: u64,
}

/// What becomes of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Of each event.
    pub fates: Vec<Fate>,
    /// Events whose name another event already has.
    pub forked: u32,
    /// The branch that begins here.
    pub fork: Option<Fork>,
    /// The branch that the last event stands on.
    pub branch: u32,
    /// Events declared missing: first and last seq.
    pub hole: Option<(u64, u64)>,
}

impl Verdict {
    /// Events that are new.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.fates
            .iter()
            .filter(|fate| matches!(fate, Fate::New { .. }))
            .count()
    }

    /// The till has a twin that came first.
    #[must_use]
    pub const fn open_epoch(&self) -> bool {
        self.branch != 0
    }
}

/// The position in another epoch that a batch's first event must stand on, if it names one.
#[must_use]
pub fn opened_on(first: &Event) -> Option<Head> {
    match &first.body {
        Body::EpochOpened(opened) if opened.prev_seq > 0 => opened.prev_epoch.map(|epoch| Head {
            epoch,
            seq: opened.prev_seq,
            hash: opened.prev_hash,
        }),
        _ => None,
    }
}

/// Decides about a verified batch.
///
/// # Errors
/// [`Refusal::Gap`] when events before it are missing and not declared so.
pub fn decide(
    header: &BatchHeader,
    events: &[(Stored, Event)],
    known: &Known,
) -> Result<Verdict, Refusal> {
    let (mut branch, hole) = ground(header, events, known)?;
    let mut fates = Vec::with_capacity(events.len());
    let mut forked = 0;
    let mut fork = None;
    for (stored, _) in events {
        let named = known.named(stored.position.seq);
        if let Some(same) = named.iter().find(|place| place.hash == stored.hash) {
            branch = same.branch;
            fates.push(Fate::Duplicate { n: same.n });
            continue;
        }
        if !named.is_empty() {
            forked += 1;
        }
        if named.iter().any(|place| place.branch == branch) {
            branch = known.free_branch;
            fork = Some(Fork {
                branch,
                seq: stored.position.seq,
            });
        }
        fates.push(Fate::New { branch });
    }
    Ok(Verdict {
        fates,
        forked,
        fork,
        branch,
        hole,
    })
}

/// The branch that the batch stands on, and the hole it declares; a gap otherwise.
fn ground(
    header: &BatchHeader,
    events: &[(Stored, Event)],
    known: &Known,
) -> Result<(u32, Option<(u64, u64)>), Refusal> {
    let first_hash = events.first().map_or(Hash::ZERO, |(stored, _)| stored.hash);
    if let Some(same) = known.find(header.first, first_hash) {
        return Ok((same.branch, None));
    }
    if header.first == 1 {
        return if known.opened_on_known || end_is_lost(header, events, known) {
            Ok((0, None))
        } else {
            Err(known.gap())
        };
    }
    let before = header.first - 1;
    if let Some(parent) = known.find(before, header.prev_hash) {
        return Ok((parent.branch, None));
    }
    let have = known
        .last_before
        .filter(|head| head.epoch == header.epoch)
        .map_or(0, |head| head.seq);
    match header.hole {
        Some(from) if (1..=before).contains(&from) && have + 1 >= from => {
            Ok((0, (have < before).then_some((have + 1, before))))
        }
        _ => Err(known.gap()),
    }
}

/// The end of the epoch before can no longer be read, and the batch says so; the hole itself is declared by an event.
fn end_is_lost(header: &BatchHeader, events: &[(Stored, Event)], known: &Known) -> bool {
    let stands_on = events.first().and_then(|(_, event)| opened_on(event));
    let (Some(from), Some(end)) = (header.hole, stands_on) else {
        return false;
    };
    let have = known
        .last_before
        .filter(|head| head.epoch == end.epoch)
        .map_or(0, |head| head.seq);
    from <= end.seq && have + 1 >= from
}

impl Known {
    fn named(&self, seq: u64) -> &[Place] {
        let start = self.places.partition_point(|place| place.seq < seq);
        let end = self.places.partition_point(|place| place.seq <= seq);
        self.places.get(start..end).unwrap_or_default()
    }

    fn find(&self, seq: u64, hash: Hash) -> Option<&Place> {
        self.named(seq).iter().find(|place| place.hash == hash)
    }

    const fn gap(&self) -> Refusal {
        Refusal::Gap {
            after: self.last_before,
        }
    }
}

#[cfg(test)]
mod tests;
