//! A serial port with real time-outs and counted bytes. `serialport` sets the port up; the bytes go through a second,
//! non-blocking descriptor of the same device, because the crate's own write blocks until a stalled printer has taken
//! everything. An advisory lock keeps a second program away; it goes with the process, however that ends (the crate's
//! TIOCEXCL would stay on the port after a crash).
//!
//! A port that hung up, or whose name leads to another device by now, is *gone*: close it and open it anew. Nothing
//! here waits without a limit.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg, OFlag};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::config::Serial;

pub use crate::config::Parity;

/// Most bytes handed to the operating system at a time, so that what was taken is known closely.
pub const CHUNK: usize = 256;

/// Which port, and how it is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its name; best one that stays when the device is plugged in again (`/dev/serial/by-id/..`).
    pub path: PathBuf,
    /// Bits a second.
    pub baud: u32,
    /// 5 to 8.
    pub data_bits: u8,
    /// Parity.
    pub parity: Parity,
    /// 1 or 2.
    pub stop_bits: u8,
}

impl Settings {
    /// 8 data bits, no parity, one stop bit.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, baud: u32) -> Self {
        Self {
            path: path.into(),
            baud,
            data_bits: 8,
            parity: Parity::None,
            stop_bits: 1,
        }
    }
}

impl From<&Serial> for Settings {
    fn from(serial: &Serial) -> Self {
        Self {
            path: serial.port.clone(),
            baud: serial.baud,
            data_bits: serial.data_bits,
            parity: serial.parity,
            stop_bits: serial.stop_bits,
        }
    }
}

/// Why a port could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no such file: not plugged in, or another name.
    #[error("{0} is not there")]
    Missing(PathBuf),
    /// The user may not use it.
    #[error("no permission for {0}")]
    Denied(PathBuf),
    /// Another program has it open.
    #[error("{0} is in use by another program")]
    Busy(PathBuf),
    /// The port does not take these settings.
    #[error("{path} cannot be set up: {reason}")]
    Refused {
        /// Which port.
        path: PathBuf,
        /// What the driver said.
        reason: String,
    },
}

/// The port is gone: unplugged, hung up, or its name leads elsewhere.
#[derive(Debug, thiserror::Error)]
#[error("the port is gone: {0}")]
pub struct Gone(pub String);

/// An open port.
#[derive(Debug)]
pub struct SerialLine {
    file: Flock<File>,
    name: PathBuf,
    device: PathBuf,
}

impl SerialLine {
    /// Opens and locks the port.
    ///
    /// # Errors
    /// [`OpenError`] says which kind of trouble it is; all of them may go away by themselves.
    pub fn open(settings: &Settings) -> Result<Self, OpenError> {
        let name = settings.path.clone();
        // A name such as /dev/serial/by-id/.. is a link: both descriptors must be of the same device.
        let device = name.canonicalize().map_err(|e| explain(&name, &e))?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags((OFlag::O_NOCTTY | OFlag::O_NONBLOCK).bits())
            .open(&device)
            .map_err(|e| explain(&name, &e))?;
        let busy_or = |reason: String, busy: bool| {
            let path = name.clone();
            if busy {
                OpenError::Busy(path)
            } else {
                OpenError::Refused { path, reason }
            }
        };
        // Sets the port up and is closed again; the settings stay while our own descriptor is open.
        let port = builder(settings, &device)?
            .open_native()
            .map_err(|e| busy_or(e.to_string(), e.kind() == serialport::ErrorKind::NoDevice))?;
        drop(port);
        let file = Flock::lock(file, FlockArg::LockExclusiveNonblock)
            .map_err(|(_, e)| busy_or(e.to_string(), e == Errno::EWOULDBLOCK))?;
        Ok(Self { file, name, device })
    }

    /// Waits at most `wait` for bytes; 0 when none came.
    ///
    /// # Errors
    /// [`Gone`].
    pub fn read(&mut self, buffer: &mut [u8], wait: Duration) -> Result<usize, Gone> {
        if !self.ready(PollFlags::POLLIN, wait)? {
            return Ok(0);
        }
        match self.file.read(buffer) {
            Ok(0) => Err(Gone("end of file".to_owned())),
            Ok(count) => Ok(count),
            Err(e) => nothing_yet(&e),
        }
    }

    /// Waits at most `wait` for bytes, or until `waker` can be read; 0 when no bytes came.
    ///
    /// # Errors
    /// [`Gone`].
    pub fn read_or_woken(
        &mut self,
        buffer: &mut [u8],
        wait: Duration,
        waker: BorrowedFd<'_>,
    ) -> Result<usize, Gone> {
        let timeout = PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX);
        let mut fds = [
            PollFd::new(self.file.as_fd(), PollFlags::POLLIN),
            PollFd::new(waker, PollFlags::POLLIN),
        ];
        match poll(&mut fds, timeout) {
            Ok(_) | Err(Errno::EINTR | Errno::EAGAIN) => self.read(buffer, Duration::ZERO),
            Err(e) => Err(Gone(e.to_string())),
        }
    }

    /// Waits at most `wait` for room and writes at most [`CHUNK`] bytes; answers how many were taken.
    ///
    /// # Errors
    /// [`Gone`]: none of these bytes were taken.
    pub fn write(&mut self, bytes: &[u8], wait: Duration) -> Result<usize, Gone> {
        let chunk = bytes.get(..CHUNK).unwrap_or(bytes);
        if chunk.is_empty() || !self.ready(PollFlags::POLLOUT, wait)? {
            return Ok(0);
        }
        match self.file.write(chunk) {
            Ok(count) => Ok(count),
            Err(e) => nothing_yet(&e),
        }
    }

    /// Throws away what was received and not read.
    ///
    /// # Errors
    /// [`Gone`].
    pub fn discard_input(&mut self) -> Result<(), Gone> {
        let mut buffer = [0; 256];
        // Bounded: a device that never stops sending is not our printer.
        for _ in 0..256 {
            if self.read(&mut buffer, Duration::ZERO)? == 0 {
                break;
            }
        }
        Ok(())
    }

    /// The name still leads to the device that is open. Plugged in again, ttyACM0 may be ttyACM1 while the old
    /// descriptor is held and stays silent.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.name
            .canonicalize()
            .is_ok_and(|device| device == self.device)
    }

    fn ready(&self, what: PollFlags, wait: Duration) -> Result<bool, Gone> {
        let timeout = PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX);
        let mut fds = [PollFd::new(self.file.as_fd(), what)];
        match poll(&mut fds, timeout) {
            Ok(0) | Err(Errno::EINTR | Errno::EAGAIN) => return Ok(false),
            Ok(_) => {}
            Err(e) => return Err(Gone(e.to_string())),
        }
        let [fd] = &fds;
        let seen = fd.revents().unwrap_or(PollFlags::POLLERR);
        if seen.intersects(PollFlags::POLLHUP | PollFlags::POLLERR | PollFlags::POLLNVAL) {
            return Err(Gone("hung up".to_owned()));
        }
        Ok(seen.intersects(what))
    }
}

fn nothing_yet(error: &io::Error) -> Result<usize, Gone> {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Ok(0),
        _ => Err(Gone(error.to_string())),
    }
}

fn explain(path: &Path, error: &io::Error) -> OpenError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound => OpenError::Missing(path),
        io::ErrorKind::PermissionDenied => OpenError::Denied(path),
        io::ErrorKind::ResourceBusy => OpenError::Busy(path),
        _ if error.raw_os_error() == Some(nix::libc::ENXIO)
            || error.raw_os_error() == Some(nix::libc::ENODEV)
            || error.raw_os_error() == Some(nix::libc::EIO) =>
        {
            OpenError::Missing(path)
        }
        _ => OpenError::Refused {
            path,
            reason: error.to_string(),
        },
    }
}

fn builder(settings: &Settings, device: &Path) -> Result<serialport::SerialPortBuilder, OpenError> {
    let refused = |reason: &str| OpenError::Refused {
        path: settings.path.clone(),
        reason: reason.to_owned(),
    };
    let data_bits = match settings.data_bits {
        5 => serialport::DataBits::Five,
        6 => serialport::DataBits::Six,
        7 => serialport::DataBits::Seven,
        8 => serialport::DataBits::Eight,
        _ => return Err(refused("data_bits must be 5 to 8")),
    };
    let stop_bits = match settings.stop_bits {
        1 => serialport::StopBits::One,
        2 => serialport::StopBits::Two,
        _ => return Err(refused("stop_bits must be 1 or 2")),
    };
    let parity = match settings.parity {
        Parity::None => serialport::Parity::None,
        Parity::Even => serialport::Parity::Even,
        Parity::Odd => serialport::Parity::Odd,
    };
    let path = device
        .to_str()
        .ok_or_else(|| refused("its name is not UTF-8"))?;
    Ok(serialport::new(path, settings.baud)
        .data_bits(data_bits)
        .stop_bits(stop_bits)
        .parity(parity)
        .exclusive(false))
}
