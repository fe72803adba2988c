//! A pseudo-terminal under a name: the device's end of a serial cable. Dropping it is unplugging it: the other end
//! hangs up and the name is gone.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};

/// A plugged-in device's end.
#[derive(Debug)]
pub struct Pty {
    master: PtyMaster,
    /// Kept open, so that the line stays up while the till has not opened it yet.
    _slave: File,
    name: PathBuf,
}

impl Pty {
    /// Makes a pseudo-terminal and lets `name` lead to it, in place of whatever it led to before.
    ///
    /// # Errors
    /// When the system has no pseudo-terminal left, or the link cannot be made.
    pub fn plug_in(name: &Path) -> io::Result<Self> {
        // Closed on exec: a till started from here must not hold the device's end of its own cable.
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK;
        let master = posix_openpt(flags)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let device = ptsname_r(&master)?;
        let slave = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(OFlag::O_NOCTTY.bits())
            .open(&device)?;
        let mut raw = tcgetattr(&slave)?;
        cfmakeraw(&mut raw);
        tcsetattr(&slave, SetArg::TCSANOW, &raw)?;
        let fresh = name.with_extension("plugging-in");
        remove(&fresh)?;
        std::os::unix::fs::symlink(device, &fresh)?;
        std::fs::rename(&fresh, name)?;
        Ok(Self {
            master,
            _slave: slave,
            name: name.to_owned(),
        })
    }

    /// Sends all of `bytes`, waiting for room.
    ///
    /// # Errors
    /// When nothing is taken for `wait`.
    pub fn send(&mut self, bytes: &[u8], wait: Duration) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.master.write(rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or(&[]),
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    if !self.ready(PollFlags::POLLOUT, wait)? {
                        return Err(io::Error::from(io::ErrorKind::TimedOut));
                    }
                }
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// What the till has sent, waiting at most `wait` for the first byte; empty when nothing came.
    ///
    /// # Errors
    /// Whatever the pseudo-terminal says.
    pub fn receive(&mut self, wait: Duration) -> io::Result<Vec<u8>> {
        self.receive_some(1024, wait)
    }

    /// The same, at most so many bytes.
    ///
    /// # Errors
    /// When the line cannot be read.
    pub fn receive_some(&mut self, most: usize, wait: Duration) -> io::Result<Vec<u8>> {
        let mut buffer = vec![0; most];
        if !self.ready(PollFlags::POLLIN, wait)? {
            return Ok(Vec::new());
        }
        match self.master.read(&mut buffer) {
            Ok(count) => Ok(buffer.get(..count).unwrap_or(&[]).to_vec()),
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => Ok(Vec::new()),
            Err(e) => Err(e),
        }
    }

    fn ready(&self, what: PollFlags, wait: Duration) -> io::Result<bool> {
        let timeout = PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX);
        let mut fds = [PollFd::new(self.master.as_fd(), what)];
        Ok(poll(&mut fds, timeout)? > 0)
    }
}

impl Read for Pty {
    /// Never waits.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.master.read(buffer)
    }
}

impl Write for Pty {
    /// Never waits.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.master.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.master.flush()
    }
}

impl AsFd for Pty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.master.as_fd()
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // Somebody else may have removed the whole folder; there is nothing to unplug then.
        let _ = remove(&self.name);
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}
