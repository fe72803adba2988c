//! The rejects file of an import of articles: which rows did not go in, why, and the rows themselves as they stand there.
//! Behind line and reason it has the columns of the file, so whoever mends a row in it imports the rejects file: the rules
//! are those of `sync-server import`. A file that is no rejects file is never written over or taken away.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::error::CliError;
use crate::store::ImportReport;

/// How a rejects file begins; an import passes over these two columns.
const OURS: &str = "line,reason,";

/// The place of the rejects of a file.
pub(super) struct Rejects {
    path: PathBuf,
    /// Rejects of an earlier run stand there.
    is_there: bool,
}

impl Rejects {
    /// `catalogue.csv` -> `catalogue.rejects.csv`, which is free or holds rejects of an earlier run.
    pub(super) fn of(file: &Path) -> Result<Self, CliError> {
        let path = file.with_extension("rejects.csv");
        let mut start = Vec::with_capacity(OURS.len());
        let most = u64::try_from(OURS.len()).unwrap_or(u64::MAX);
        let is_there = match File::open(&path) {
            Ok(found) => {
                let read = found.take(most).read_to_end(&mut start);
                read.map_err(|e| CliError::file(&path, &e))?;
                true
            }
            Err(e) if e.kind() == ErrorKind::NotFound => false,
            Err(e) => return Err(CliError::file(&path, &e)),
        };
        // A rejects file may be imported, so what stands in it does not tell it from the file that is read.
        let is_file = is_there && fs::canonicalize(&path).ok() == fs::canonicalize(file).ok();
        if is_file || !(start.is_empty() || start == OURS.as_bytes()) {
            return Err(CliError::new(
                format!("{} is there already and holds no rejects", path.display()),
                "rejected rows would take its place: move it away",
            ));
        }
        Ok(Self { path, is_there })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes away what an earlier run left: it would say that something is wrong.
    pub(super) fn clear(&self) -> Result<(), CliError> {
        if !self.is_there {
            return Ok(());
        }
        fs::remove_file(&self.path).map_err(|e| CliError::file(&self.path, &e))
    }

    pub(super) fn write(&self, report: &ImportReport) -> Result<(), CliError> {
        self.try_write(report)
            .map_err(|e| CliError::file(&self.path, &e))
    }

    fn try_write(&self, report: &ImportReport) -> io::Result<()> {
        let mut file = BufWriter::new(File::create(&self.path)?);
        file.write_all(OURS.as_bytes())?;
        file.write_all(&report.names)?;
        file.write_all(b"\n")?;
        for row in &report.rejected {
            write!(file, "{},{},", row.line, field(&row.reason))?;
            file.write_all(&row.bytes)?;
            file.write_all(b"\n")?;
        }
        file.flush()
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
