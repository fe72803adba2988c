//! `cargo xtask firmware`: builds the boards.

use anyhow::Result;

use crate::system::Need;

/// What building and running the firmware needs beside Rust.
pub(crate) const NEEDS: [Need; 0] = [];

/// Builds both boards.
pub(crate) fn build() -> Result<()> {
    Ok(())
}
