//! Before anything is sold or sent: is the journal the one that was written last, and the shop the one of the settings?

use retail::clock::{Clock, wall_time};

use crate::config::Config;
use crate::store::{Marker, Opened, Store, StoreError};

/// Why neither `run` nor `sync` may begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The settings are of another shop than the database.
    #[error(
        "the settings are of shop \"{settings}\", this till was enrolled in shop \"{enrolled}\""
    )]
    OtherShop {
        /// `[shop] id`.
        settings: String,
        /// As enrolled.
        enrolled: String,
    },
}

/// Checks both. A till on a restored backup, or that lost its end, goes on in a new epoch, which is told; one that is not
/// enrolled has nothing to check.
///
/// # Errors
/// [`StartError`].
pub fn check_start(
    config: &Config,
    store: &mut Store,
    clock: &dyn Clock,
) -> Result<Option<Opened>, StartError> {
    let Some(identity) = store.identity() else {
        return Ok(None);
    };
    if identity.shop != config.shop.id {
        return Err(StartError::OtherShop {
            settings: config.shop.id.clone(),
            enrolled: identity.shop.clone(),
        });
    }
    let at = wall_time(clock.now(), config.shop.time_zone);
    let opened = store.start_check(at)?;
    if let Some(opened) = &opened {
        tracing::warn!(epoch = %opened.epoch, why = ?opened.why, hole = ?opened.hole, "a new epoch was opened");
        // At once: a marker that still stands on the other history would open an epoch at every start.
        if let Some(head) = store.head()? {
            Marker::of(store.path()).write(head)?;
        }
    }
    Ok(opened)
}
