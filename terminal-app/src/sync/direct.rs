//! Appends straight to the store: every append reads the head inside its own transaction, so any connection may.

use chrono_tz::Tz;
use retail::clock::{Clock, wall_time};

use super::outbox::{Append, Appender, OutboxError};
use crate::store::Store;

/// A connection of its own that appends in shop time.
pub struct Direct<'a> {
    /// The connection.
    pub store: &'a mut Store,
    /// The machine's clock.
    pub clock: &'a dyn Clock,
    /// The shop's zone.
    pub zone: Tz,
}

impl std::fmt::Debug for Direct<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Direct")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

impl Appender for Direct<'_> {
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
        Ok(())
    }
}
