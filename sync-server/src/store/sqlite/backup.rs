//! A copy of the whole database beside whoever works on it: one moment of it, however much is written meanwhile.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::{Sqlite, file_error, prepare};
use crate::store::{Result, StoreError};

impl Sqlite {
    /// Copies the database at `from` into the new file `to`, for its owner's eyes only. Never over another file.
    ///
    /// # Errors
    /// [`StoreError::File`] for a file that is there already or cannot be made, or what the engine says.
    pub fn backup(from: &Path, to: &Path) -> Result<()> {
        let new = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(to);
        new.map_err(file_error(to))?;
        copy(from, to).inspect_err(|_| {
            // The trouble is told; half a copy that cannot be removed either is not a second one.
            let _ = fs::remove_file(to);
        })
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, flags)?;
    prepare(&source)?;
    let mut copy = Connection::open(to)?;
    // In one step, under one read lock: between two steps somebody else's commit would begin it anew.
    match Backup::new(&source, &mut copy)?.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(StoreError::Unfit(
            "the database is busy: try again".to_owned(),
        )),
    }
}
