//! Sync's way into the journal: a connection of its own. The head is read inside the transaction, so that no two writers
//! can meet on one place.

use std::sync::Arc;

use chrono_tz::Tz;
use retail::clock::Clock;

use crate::store::{Marker, Store};
use crate::sync::direct::Direct;
use crate::sync::outbox::{Append, Appender, OutboxError};

/// Appends by a connection of its own, and keeps the marker.
pub struct StoreAppender {
    store: Store,
    clock: Arc<dyn Clock>,
    zone: Tz,
}

impl std::fmt::Debug for StoreAppender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreAppender")
            .field("store", &self.store)
            .finish_non_exhaustive()
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
        Direct {
            store: &mut self.store,
            clock: self.clock.as_ref(),
            zone: self.zone,
        }
        .append(request)?;
        if let Some(head) = self.store.head()? {
            Marker::of(self.store.path()).write(head)?;
        }
        Ok(())
    }
}
