//! The rejects file: which rows of a file did not go in, and why. It is made when the first row is rejected; a run
//! without rejects takes away that of an earlier run, because it would say that something is wrong.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::{ImportError, file_error};

/// Where the rejects of a file go unless told otherwise: `events.csv` -> `events.rejects.csv`.
#[must_use]
pub fn rejects_path(file: &Path) -> PathBuf {
    file.with_extension("rejects.csv")
}

/// A row that does not go in.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) line: u64,
    pub(super) event_id: String,
    pub(super) reason: String,
}

/// The rejects file.
pub(super) struct Rejects<'p> {
    path: &'p Path,
    writer: Option<csv::Writer<File>>,
}

impl<'p> Rejects<'p> {
    pub(super) const fn new(path: &'p Path) -> Self {
        Self { path, writer: None }
    }

    pub(super) fn add(&mut self, refused: &Refused) -> Result<(), ImportError> {
        let path = self.path;
        let failed = |error: csv::Error| file_error(path)(error.into());
        if self.writer.is_none() {
            let file = File::create(path).map_err(file_error(path))?;
            let mut writer = csv::Writer::from_writer(file);
            writer
                .write_record(["line", "event_id", "reason"])
                .map_err(failed)?;
            self.writer = Some(writer);
        }
        if let Some(writer) = &mut self.writer {
            let line = refused.line.to_string();
            writer
                .write_record([line.as_str(), &refused.event_id, &refused.reason])
                .map_err(failed)?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<(), ImportError> {
        match self.writer {
            Some(mut writer) => writer.flush().map_err(file_error(self.path)),
            None => match fs::remove_file(self.path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(file_error(self.path)(error))
                }
                _ => Ok(()),
            },
        }
    }
}
