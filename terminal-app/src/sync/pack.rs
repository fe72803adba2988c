//! From rows of the journal to a batch: the longest sound run behind the cursor, within bounds, signed and packed.
//!
//! A row is *sound* when its bytes have the hash stored with them, stand where they say, and were not set apart. What is not
//! sound or not there is passed over and named: as `hole` in the signed header, and as [`Hole`]s to declare in the journal.

use ed25519_dalek::SigningKey;
use retail::event::{Body, Event, Hole};
use retail::ids::{Epoch, Hash, OrgId, Position, TillId};
use retail::journal::{
    Batch, BatchError, BatchHeader, MAX_BATCH_BYTES, MAX_BATCH_EVENTS, MAX_BODY_BYTES, Stored,
    hash_event,
};
use retail::wire::{Head, Side};

use super::outbox::{Apart, Row};

/// 500 receipts, half of them with a card, come to about 60 bytes each on the wire; 72 at level 3, 56 at level 19.
pub const ZSTD_LEVEL: i32 = 9;

/// Room kept in the body for header, trailer and line ends.
const FRAME_BYTES: usize = 8 * 1024;

/// How much goes into one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Events; at least 1.
    pub events: usize,
}

impl Limit {
    /// As much as the protocol allows.
    pub const FULL: Self = Self {
        events: MAX_BATCH_EVENTS,
    };

    /// Half of it; `None` at a single event.
    #[must_use]
    pub const fn halved(self) -> Option<Self> {
        if self.events > 1 {
            Some(Self {
                events: self.events / 2,
            })
        } else {
            None
        }
    }

    /// Twice as much, up to [`Limit::FULL`].
    #[must_use]
    pub const fn doubled(self) -> Self {
        let events = self.events * 2;
        if events < MAX_BATCH_EVENTS {
            Self { events }
        } else {
            Self::FULL
        }
    }
}

/// Who signs.
pub struct Credentials {
    /// Organisation.
    pub org: OrgId,
    /// Shop.
    pub shop: String,
    /// Till.
    pub till: TillId,
    /// The till's key.
    pub key: SigningKey,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("org", &self.org)
            .field("shop", &self.shop)
            .field("till", &self.till)
            .finish_non_exhaustive()
    }
}

/// A sound run of one epoch, and what had to be passed over to get to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The events; not empty.
    pub events: Vec<Stored>,
    /// Their side records.
    pub side: Vec<Side>,
    /// First unreadable seq right before it: in the same epoch, or in the one before where it begins an epoch.
    pub hole: Option<u64>,
}

/// Takes rows in journal order until it has enough.
#[derive(Debug)]
pub struct Packer {
    cursor: Option<Head>,
    limit: Limit,
    seen: Option<(Epoch, u64)>,
    passed: Vec<Hole>,
    bytes: usize,
    sides: usize,
    stretch: Option<Stretch>,
    full: bool,
}

impl Packer {
    /// Starts behind the cursor.
    #[must_use]
    pub fn new(cursor: Option<Head>, limit: Limit) -> Self {
        Self {
            cursor,
            limit,
            seen: cursor.map(|head| (head.epoch, head.seq)),
            passed: Vec::new(),
            bytes: 0,
            sides: 0,
            stretch: None,
            full: false,
        }
    }

    /// Where the next rows are to be read from; `None` when it wants no more.
    #[must_use]
    pub fn wants_after(&self) -> Option<Option<(Epoch, u64)>> {
        (!self.full).then_some(self.seen)
    }

    /// Offers the next row.
    pub fn push(&mut self, row: Row) {
        if self.full {
            return;
        }
        let position = row.stored.position;
        let place = (position.epoch, position.seq);
        let sound = sound(&row);
        match (&mut self.stretch, sound) {
            (None, None) => self.pass(place),
            (None, Some(event)) => self.begin(row, &event),
            (Some(_), None) => self.full = true,
            (Some(stretch), Some(_)) => {
                let follows = stretch.events.last().is_some_and(|last| {
                    last.position.epoch == position.epoch
                        && last.position.seq + 1 == position.seq
                        && last.hash == row.stored.prev_hash
                });
                let (events, sides) = sizes(&row);
                if follows
                    && stretch.events.len() < self.limit.events
                    && self.bytes + events <= MAX_BATCH_BYTES
                    && self.bytes + self.sides + events + sides + FRAME_BYTES <= MAX_BODY_BYTES
                {
                    self.bytes += events;
                    self.sides += sides;
                    take(stretch, row);
                } else {
                    self.full = true;
                }
            }
        }
        if !self.full {
            self.seen = Some(place);
        }
    }

    /// The run, and the holes before it that the journal should declare.
    #[must_use]
    pub fn finish(self) -> (Option<Stretch>, Vec<Hole>) {
        (self.stretch, self.passed)
    }

    /// One unreadable row: part of a hole.
    fn pass(&mut self, (epoch, seq): (Epoch, u64)) {
        let from = match self.seen {
            Some((seen, last)) if seen == epoch => last + 1,
            _ => 1,
        };
        self.add_hole(epoch, from, seq);
    }

    fn add_hole(&mut self, epoch: Epoch, from: u64, to: u64) {
        match self.passed.last_mut() {
            Some(hole) if hole.epoch == epoch && hole.to + 1 == from => hole.to = to,
            _ => self.passed.push(Hole {
                epoch,
                from,
                to,
                reason: "damaged".to_owned(),
            }),
        }
    }

    /// The first sound row.
    fn begin(&mut self, row: Row, event: &Event) {
        let Position { epoch, seq, .. } = row.stored.position;
        let before = match self.seen {
            Some((seen, last)) if seen == epoch => last,
            _ => 0,
        };
        if before + 1 < seq {
            self.add_hole(epoch, before + 1, seq - 1);
        }
        let mut hole = None;
        if let (Body::EpochOpened(opened), Some((seen, last))) = (&event.body, self.seen)
            && opened.prev_epoch == Some(seen)
        {
            if last < opened.prev_seq {
                // The end of the epoch before is gone altogether.
                self.add_hole(seen, last + 1, opened.prev_seq);
            }
            hole = self
                .passed
                .iter()
                .find(|hole| hole.epoch == seen)
                .map(|hole| hole.from);
        }
        let safe = match self.cursor {
            Some(head) if head.epoch == epoch => head.seq,
            _ => 0,
        };
        (self.bytes, self.sides) = sizes(&row);
        let mut stretch = Stretch {
            events: Vec::new(),
            side: Vec::new(),
            hole: hole.or((safe + 1 < seq).then_some(safe + 1)),
        };
        take(&mut stretch, row);
        self.stretch = Some(stretch);
        self.full = self.limit.events <= 1;
    }
}

fn take(stretch: &mut Stretch, row: Row) {
    if row.apart.is_none() {
        stretch.side.extend(row.side);
    }
    stretch.events.push(row.stored);
}

fn sound(row: &Row) -> Option<Event> {
    let stored = &row.stored;
    if row.apart == Some(Apart::Event)
        || hash_event(stored.prev_hash, &stored.bytes) != stored.hash
        || stored.bytes.contains(&b'\n')
    {
        return None;
    }
    Event::read(&stored.bytes)
        .ok()
        .filter(|event| event.position == stored.position)
        .filter(|event| event.position.seq > 1 || stored.prev_hash == Hash::ZERO)
}

fn sizes(row: &Row) -> (usize, usize) {
    (row.stored.bytes.len() + 1, side_bytes(&row.side))
}

fn side_bytes(side: &[Side]) -> usize {
    side.iter()
        .map(|record| serde_json::to_vec(record).map_or(MAX_BODY_BYTES, |bytes| bytes.len() + 1))
        .sum()
}

impl Stretch {
    /// Where it ends.
    #[must_use]
    pub fn last(&self) -> Option<Head> {
        self.events.last().map(|event| Head {
            epoch: event.position.epoch,
            seq: event.position.seq,
            hash: event.hash,
        })
    }

    /// The signed batch.
    #[must_use]
    pub fn sign(self, who: &Credentials, sent_at_ms: i64) -> Option<Batch> {
        let (first, last) = (self.events.first()?, self.events.last()?);
        let header = BatchHeader {
            v: 1,
            org: who.org,
            shop: who.shop.clone(),
            till: who.till,
            epoch: first.position.epoch,
            first: first.position.seq,
            last: last.position.seq,
            prev_hash: first.prev_hash,
            head_hash: last.hash,
            hole: self.hole,
        };
        let events = self.events.into_iter().map(|event| event.bytes).collect();
        Some(Batch::sign(header, events, self.side, sent_at_ms, &who.key))
    }
}

/// The body of a batch, as it goes over the wire.
pub fn body(batch: &Batch) -> Result<Vec<u8>, BatchError> {
    zstd::bulk::compress(&batch.encode()?, ZSTD_LEVEL)
        .map_err(|e| BatchError::Malformed(e.to_string()))
}

#[cfg(test)]
mod tests;
