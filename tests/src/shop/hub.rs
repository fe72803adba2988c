//! A shop whose devices hang on the hub, for stories: one emulator at a time, and waiting for it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use serde_json::Value;

use super::till::Till;

static ONE: Mutex<()> = Mutex::new(());

/// One emulator at a time: it must not starve.
pub fn one_at_a_time() -> MutexGuard<'static, ()> {
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until the till speaks with the hub.
///
/// # Errors
/// When it does not.
pub fn wait_hub(till: &Till) -> Result<Value> {
    till.wait("the hub is connected", |state| {
        state["hub"]["state"] == "here"
    })
}
