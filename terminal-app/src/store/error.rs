//! What can go wrong with the till's database, in words a shop can act on.

use std::path::PathBuf;

use rusqlite::ErrorCode;

use crate::till::input::StoreFault;

/// Why the database did not do it. Whatever failed, nothing of it was kept and nothing else was lost.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room.
    #[error("the disk is full")]
    Full,
    /// Another process holds the write lock for too long.
    #[error("the database is held by another program")]
    Busy,
    /// The file or its folder may not be written.
    #[error("the database may not be written: {0}")]
    ReadOnly(String),
    /// The file is damaged, or no database at all.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// A newer version of the program made it.
    #[error(
        "the database was made by a newer version of this program (its format is {found}, this program knows {known})"
    )]
    Newer {
        /// The version of the file.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// A step of its history is not the one this program made.
    #[error("the database has another history than this program: migration {0} differs")]
    OtherHistory(i64),
    /// The bundled SQLite is too old to be trusted with a journal.
    #[error("SQLite {0} is too old: 3.51.3 or newer is needed")]
    OldSqlite(String),
    /// The file system cannot do what a journal needs.
    #[error("the file system does not support a write-ahead log ({0})")]
    NoWal(String),
    /// The till is not enrolled.
    #[error("this till is not enrolled")]
    NotEnrolled,
    /// The till is enrolled already.
    #[error("this till is enrolled already, as till {0}")]
    AlreadyEnrolled(retail::ids::TillId),
    /// Someone else appended in between: look again and repeat the step.
    #[error("the journal moved on in between")]
    HeadMoved,
    /// Epochs or receipt numbers are used up.
    #[error("{0} are used up")]
    UsedUp(&'static str),
    /// A file to back up to exists.
    #[error("{} exists already", .0.display())]
    BackupExists(PathBuf),
    /// The receipt could not be rendered, or an event could not be written.
    #[error("{0}")]
    Unwritable(String),
    /// A file to read articles from is none.
    #[error("{0}")]
    BadFile(String),
    /// Anything else.
    #[error("the database: {0}")]
    Sqlite(rusqlite::Error),
    /// The file system.
    #[error("{what}: {error}")]
    File {
        /// What was tried.
        what: String,
        /// What it said.
        error: std::io::Error,
    },
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::ReadOnly(error.to_string())
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Sqlite(error),
        }
    }
}

impl StoreError {
    /// What the cashier hears when a step could not be kept.
    #[must_use]
    pub fn fault(&self) -> StoreFault {
        match self {
            Self::Sqlite(error)
                if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) =>
            {
                StoreFault::Disk
            }
            Self::Full => StoreFault::DiskFull,
            Self::Busy => StoreFault::Busy,
            Self::ReadOnly(_) => StoreFault::NotWritable,
            Self::Damaged(_) => StoreFault::Damaged,
            _ => StoreFault::Other,
        }
    }

    /// What helps.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Full => "make room on the disk; nothing that was paid is lost",
            Self::Busy => "close other programs that use the till's database, and try again",
            Self::ReadOnly(_) => {
                "give the user of the till read and write rights on the database and its folder"
            }
            Self::Damaged(_) => {
                "move the file and its -wal and -shm away together, put the last backup in its place, and start the till: it declares what is missing by itself"
            }
            Self::Newer { .. } => "install the newer version again",
            Self::OtherHistory(_) => {
                "use the program that made this database, or restore its backup"
            }
            Self::OldSqlite(_) => "build with the bundled SQLite",
            Self::NoWal(_) => {
                "put the database on a local disk (ext4, xfs, btrfs), not on a network share"
            }
            Self::NotEnrolled => {
                "ask head office for a code (sync-server till-code) and run: terminal-app enrol --code CODE"
            }
            Self::AlreadyEnrolled(_) => {
                "it needs no code: a till that head office revoked is let in again there (sync-server till allow --till N); another till needs another [store] path"
            }
            Self::HeadMoved => "try again",
            Self::UsedUp(_) => "enrol this till anew, with a database of its own",
            Self::BackupExists(_) => "name a file that does not exist yet",
            Self::BadFile(_) => {
                "save it as CSV in UTF-8 with the first line gtin,name,price_cents,vat_percent,category"
            }
            Self::Unwritable(_) | Self::Sqlite(_) => "run terminal-app doctor",
            Self::File { .. } => "check the folder and the rights of the user of the till",
        }
    }

    pub(super) fn file(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        |error| {
            if error.kind() == std::io::ErrorKind::StorageFull {
                Self::Full
            } else {
                Self::File { what, error }
            }
        }
    }
}
