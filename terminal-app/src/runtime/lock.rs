//! One running till to a database: an advisory lock that the operating system lets go of when the process ends, however it
//! ends. The locked file says whose it is, so that the doctor can tell the till's own ports from those another program has.

use std::fs::File;
use std::io::Write as _;
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
        let path = path_of(database);
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
            Ok(mut file) => {
                let written = file
                    .set_len(0)
                    .and_then(|()| writeln!(file, "{}", std::process::id()));
                match written {
                    Ok(()) => Ok(Self { _file: file }),
                    Err(error) => Err(LockError::File { path, error }),
                }
            }
            Err((_, Errno::EWOULDBLOCK)) => Err(LockError::Running(path)),
            Err((_, error)) => Err(LockError::File {
                path,
                error: error.into(),
            }),
        }
    }
}

fn path_of(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// The till that runs on a database at this moment, as another process sees it.
#[derive(Debug)]
pub struct Running {
    /// What it has open, links resolved.
    open: Vec<PathBuf>,
}

impl Running {
    /// Looks for it; `None` when no till runs on this database, or none that this user may look at. Takes no lock: a till
    /// that starts in this moment is not kept from it.
    #[must_use]
    pub fn on(database: &Path) -> Option<Self> {
        let lock = path_of(database).canonicalize().ok()?;
        let process: u32 = std::fs::read_to_string(&lock).ok()?.trim().parse().ok()?;
        let open: Vec<PathBuf> = std::fs::read_dir(format!("/proc/{process}/fd"))
            .ok()?
            .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
            .collect();
        // A number from before the last start of the machine may be another program's today.
        open.contains(&lock).then_some(Self { open })
    }

    /// It has this file or port open.
    #[must_use]
    pub fn has(&self, port: &Path) -> bool {
        port.canonicalize()
            .is_ok_and(|port| self.open.contains(&port))
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

    #[test]
    fn a_running_till_is_known_by_what_it_has_open() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("till.db");
        let (port, other) = (folder.path().join("port"), folder.path().join("other"));
        std::fs::write(&other, "").unwrap();
        let held = File::create(&port).unwrap();
        let link = folder.path().join("by-id");
        std::os::unix::fs::symlink(&port, &link).unwrap();
        assert!(Running::on(&database).is_none(), "nobody ever ran");
        let lock = InstanceLock::take(&database).unwrap();
        let running = Running::on(&database).unwrap();
        assert!(running.has(&port) && running.has(&link));
        assert!(!running.has(&other));
        assert!(!running.has(&folder.path().join("missing")));
        drop(lock);
        assert!(
            Running::on(&database).is_none(),
            "the number of a till that stopped is nobody's"
        );
        drop(held);
    }
}
