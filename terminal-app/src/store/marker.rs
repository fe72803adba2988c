//! The marker: a small file beside the database that says how far the journal had come. SQLite hides the loss of its
//! log's tail, and a restored backup looks whole; the marker shows both. Written off the sale's path, within a second.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};
use retail::wire::Head;

use super::StoreError;

/// The marker of a database.
#[derive(Clone, Debug)]
pub struct Marker {
    path: PathBuf,
}

impl Marker {
    /// The marker that belongs to this database: `till.db.marker`.
    #[must_use]
    pub fn of(database: &Path) -> Self {
        let mut name = database.as_os_str().to_owned();
        name.push(".marker");
        Self { path: name.into() }
    }

    /// What it says. `None`: there is none, or it cannot be understood.
    pub fn read(&self) -> Result<Option<Head>, StoreError> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidData) => {
                return Ok(None);
            }
            Err(error) => {
                return Err(StoreError::file(format!(
                    "cannot read {}",
                    self.path.display()
                ))(error));
            }
        };
        Ok(parse(&text))
    }

    /// Says that the journal has come this far, and waits for the disk. One that is further already stays: the till's own
    /// loop, sync and a command write it each in their own time.
    ///
    /// # Errors
    /// [`StoreError::Full`] and [`StoreError::File`]; the marker is as it was.
    pub fn write(&self, head: Head) -> Result<(), StoreError> {
        let what = || StoreError::file(format!("cannot write {}", self.path.display()));
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // One writer at a time, whichever process it is of: they share the name of the new file.
        let folder = File::open(folder).map_err(what())?;
        let folder = Flock::lock(folder, FlockArg::LockExclusive)
            .map_err(|(_, error)| what()(error.into()))?;
        let place = |head: Head| (head.epoch, head.seq);
        if self.read()?.map(place) >= Some(place(head)) {
            return Ok(());
        }
        let mut next = self.path.as_os_str().to_owned();
        next.push(".new");
        let next = PathBuf::from(next);
        let mut file = File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&next)
            .map_err(what())?;
        writeln!(file, "{} {} {}", head.epoch, head.seq, head.hash).map_err(what())?;
        file.sync_all().map_err(what())?;
        std::fs::rename(&next, &self.path).map_err(what())?;
        folder.sync_all().map_err(what())
    }
}

fn parse(text: &str) -> Option<Head> {
    let mut words = text.split_whitespace();
    Some(Head {
        epoch: words.next()?.parse().ok()?,
        seq: words.next()?.parse().ok()?,
        hash: words.next()?.parse().ok()?,
    })
}
