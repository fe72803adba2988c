//! The chain itself, event by event: each stands on the one before it, has its hash, and says where it stands.

use super::{Stored, hash_event};
use crate::event::{Body, Event, EventError};
use crate::ids::{Epoch, Hash, Position};

/// What is wrong with a chain, at the first place where it is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// The bytes hash to something else.
    #[error("event {0}: its bytes do not have the hash that is stored with them")]
    WrongHash(Position),
    /// The event does not stand on the one before it.
    #[error("event {0}: it does not stand on the event before it")]
    WrongPrev(Position),
    /// A seq is missing, doubled or out of order.
    #[error("event {found}: expected seq {expected}")]
    WrongSeq {
        /// What was found.
        found: Position,
        /// What had to come.
        expected: u64,
    },
    /// The envelope says another place than the store.
    #[error("event {stored}: its bytes say they are {written}")]
    WrongName {
        /// Where it is stored.
        stored: Position,
        /// What it calls itself.
        written: Position,
    },
    /// An epoch that was left goes on.
    #[error("event {0}: its epoch had ended, another was open")]
    OldEpoch(Position),
    /// The first event of an epoch is something else than `epoch_opened`.
    #[error("event {0}: an epoch begins with epoch_opened")]
    NotOpened(Position),
    /// Not an event.
    #[error("event {0}: {1}")]
    Unreadable(Position, EventError),
}

/// Walks a chain, event by event, in journal order of one till.
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    last: Option<(Epoch, u64, Hash)>,
}

impl Verifier {
    /// Starts before the first event.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts behind a known event, as at a batch in the middle of an epoch.
    #[must_use]
    pub fn behind(epoch: Epoch, seq: u64, hash: Hash) -> Self {
        Self {
            last: if seq == 0 {
                None
            } else {
                Some((epoch, seq, hash))
            },
        }
    }

    /// Checks the next event and reads it.
    pub fn next(&mut self, stored: &Stored) -> Result<Event, ChainError> {
        self.follows(stored)?;
        if hash_event(stored.prev_hash, &stored.bytes) != stored.hash {
            return Err(ChainError::WrongHash(stored.position));
        }
        self.takes(stored, Event::read(&stored.bytes))
    }

    /// Checks that the next event stands on the one before it.
    pub(super) fn follows(&self, stored: &Stored) -> Result<(), ChainError> {
        let position = stored.position;
        if self
            .last
            .is_some_and(|(epoch, _, _)| position.epoch < epoch)
        {
            return Err(ChainError::OldEpoch(position));
        }
        let (expected_seq, expected_prev) = match self.last {
            Some((epoch, seq, hash)) if epoch == position.epoch => (seq + 1, hash),
            _ => (1, Hash::ZERO),
        };
        if position.seq != expected_seq {
            return Err(ChainError::WrongSeq {
                found: position,
                expected: expected_seq,
            });
        }
        if stored.prev_hash != expected_prev {
            return Err(ChainError::WrongPrev(position));
        }
        Ok(())
    }

    /// Checks that the bytes of the next event say what it is stored as, and goes on to it.
    pub(super) fn takes(
        &mut self,
        stored: &Stored,
        read: Result<Event, EventError>,
    ) -> Result<Event, ChainError> {
        let position = stored.position;
        let event = read.map_err(|e| ChainError::Unreadable(position, e))?;
        if event.position != position {
            return Err(ChainError::WrongName {
                stored: position,
                written: event.position,
            });
        }
        let opens = matches!(&event.body, Body::EpochOpened(_))
            || matches!(&event.body, Body::Unknown { kind } if kind == "epoch_opened");
        if position.seq == 1 && !opens {
            return Err(ChainError::NotOpened(position));
        }
        self.last = Some((position.epoch, position.seq, stored.hash));
        Ok(event)
    }
}
