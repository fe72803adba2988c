//! The rejects file: which rows of a file did not go in, and why. It is made when the first row is rejected; a run
//! without rejects takes away that of an earlier run, because it would say that something is wrong. A file that is no
//! rejects file is never written over or taken away.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
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

/// The columns of a rejects file.
const HEADER: [&str; 3] = ["line", "event_id", "reason"];

/// What stands at the path of a rejects file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Rejects,
}

/// The rejects file.
pub(super) struct Rejects<'p> {
    path: &'p Path,
    writer: Option<csv::Writer<File>>,
}

impl<'p> Rejects<'p> {
    /// Looks at what is there already.
    pub(super) fn new(path: &'p Path) -> Result<Self, ImportError> {
        before(path)?;
        Ok(Self { path, writer: None })
    }

    pub(super) fn add(&mut self, refused: &Refused) -> Result<(), ImportError> {
        let path = self.path;
        let failed = |error: csv::Error| file_error(path)(error.into());
        if self.writer.is_none() {
            let file = File::create(path).map_err(file_error(path))?;
            let mut writer = csv::Writer::from_writer(file);
            writer.write_record(HEADER).map_err(failed)?;
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
            None => match before(self.path)? {
                Before::Rejects => fs::remove_file(self.path).map_err(file_error(self.path)),
                Before::Nothing => Ok(()),
            },
        }
    }
}

/// Whether rejects of an earlier run stand there; anything else that is not empty is somebody's file.
fn before(path: &Path) -> Result<Before, ImportError> {
    let header = HEADER.join(",");
    let mut start = Vec::with_capacity(header.len());
    match File::open(path) {
        Ok(file) => {
            let most = u64::try_from(header.len()).unwrap_or(u64::MAX);
            file.take(most)
                .read_to_end(&mut start)
                .map_err(file_error(path))?;
        }
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Before::Nothing),
        Err(error) => return Err(file_error(path)(error)),
    }
    if start.is_empty() || start == header.as_bytes() {
        return Ok(Before::Rejects);
    }
    Err(ImportError::NoRejects(path.display().to_string()))
}
