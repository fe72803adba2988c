//! One running till to a database: an advisory lock that the operating system lets go of when the process ends, however it ends.

use std::fs::File;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};

/// Held while the till runs.
#[derive(Debug)]
pub struct InstanceLock {
    _file: Flock<File>,
}

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another till runs on this database.
    #[error("another till is running on this database ({} is locked)", .0.display())]
    Running(PathBuf),
    /// The file cannot be made.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What it said.
        error: std::io::Error,
    },
}

impl InstanceLock {
    /// Takes the lock of a database: `till.db.lock`.
    pub fn take(database: &Path) -> Result<Self, LockError> {
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|error| LockError::File {
                path: path.clone(),
                error,
            })?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(file) => Ok(Self { _file: file }),
            Err((_, Errno::EWOULDBLOCK)) => Err(LockError::Running(path)),
            Err((_, error)) => Err(LockError::File {
                path,
                error: error.into(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_till_on_a_database_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("till.db");
        let first = InstanceLock::take(&database).unwrap();
        assert!(matches!(
            InstanceLock::take(&database),
            Err(LockError::Running(_))
        ));
        drop(first);
        assert!(InstanceLock::take(&database).is_ok());
    }
}
