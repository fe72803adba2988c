//! The rejects file: which rows of a file did not go in, why, and the rows themselves as they stand there. Behind line and
//! reason it has the columns of the file: whoever mends a row in it imports the rejects file. It is made when the first row
//! is rejected; a run without rejects takes away that of an earlier run, because it would say that something is wrong.
//! A file that is no rejects file is never written over or taken away.

use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Read as _, Write as _};
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
    pub(super) reason: String,
    /// As it stands in the file; empty for a line that is too long.
    pub(super) bytes: Vec<u8>,
}

/// How a rejects file begins; the columns of the file follow, which an import reads while it passes over these two.
const OURS: &str = "line,reason,";
/// How it began when it did not hold the rows.
const BEFORE_ROWS: &str = "line,event_id,reason";

/// What stands at the path of a rejects file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Rejects,
}

/// The rejects file.
pub(super) struct Rejects<'p> {
    path: &'p Path,
    /// The header line of the file that is imported.
    names: Vec<u8>,
    writer: Option<BufWriter<File>>,
}

impl<'p> Rejects<'p> {
    /// Looks at what is there already.
    pub(super) fn new(path: &'p Path, names: Vec<u8>) -> Result<Self, ImportError> {
        before(path)?;
        Ok(Self {
            path,
            names,
            writer: None,
        })
    }

    pub(super) fn add(&mut self, refused: &Refused) -> Result<(), ImportError> {
        self.write(refused).map_err(file_error(self.path))
    }

    fn write(&mut self, refused: &Refused) -> std::io::Result<()> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => {
                let mut writer = BufWriter::new(File::create(self.path)?);
                writer.write_all(OURS.as_bytes())?;
                writer.write_all(&self.names)?;
                writer.write_all(b"\n")?;
                writer
            }
        };
        write!(writer, "{},{},", refused.line, field(&refused.reason))?;
        writer.write_all(&refused.bytes)?;
        writer.write_all(b"\n")?;
        self.writer = Some(writer);
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

/// A text as one field of a CSV file. The rows beside it are written as they stand.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Whether rejects of an earlier run stand there; anything else that is not empty is somebody's file.
fn before(path: &Path) -> Result<Before, ImportError> {
    let mut start = Vec::with_capacity(BEFORE_ROWS.len());
    match File::open(path) {
        Ok(file) => {
            let most = u64::try_from(BEFORE_ROWS.len()).unwrap_or(u64::MAX);
            file.take(most)
                .read_to_end(&mut start)
                .map_err(file_error(path))?;
        }
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Before::Nothing),
        Err(error) => return Err(file_error(path)(error)),
    }
    if start.is_empty() || start.starts_with(OURS.as_bytes()) || start == BEFORE_ROWS.as_bytes() {
        return Ok(Before::Rejects);
    }
    Err(ImportError::NoRejects(path.display().to_string()))
}
