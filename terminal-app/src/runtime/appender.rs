//! Sync's way into the journal: a connection of its own. The head is read inside the transaction, so that no two writers
//! can meet on one place.

use std::sync::Arc;

use chrono_tz::Tz;
use retail::clock::{Clock, wall_time};

use crate::store::{Marker, Store};
use crate::sync::outbox::{Append, Appender, OutboxError};

/// Appends by a connection of its own, and keeps the marker.
pub struct StoreAppender {
    store: Store,
    clock: Arc<dyn Clock>,
    zone: Tz,
}

impl std::fmt::Debug for StoreAppender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreAppender").field("store", &self.store).finish_non_exhaustive()
    }
}

impl StoreAppender {
    /// Over this connection.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>, zone: Tz) -> Self {
        Self { store, clock, zone }
    }
}

impl Appender for StoreAppender {
    fn append(&mut self, request: Append) -> Result<(), OutboxError> {
        let at = wall_time(self.clock.now(), self.zone);
        match request {
            Append::Epoch { epoch, why, hole } => {
                self.store.open_epoch(epoch, why, hole, at)?;
            }
            Append::Event(body) => {
                self.store.append_event(&body, at)?;
            }
        }
        if let Some(head) = self.store.head()? {
            Marker::of(self.store.path()).write(head)?;
        }
        Ok(())
    }
}
