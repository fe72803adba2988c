//! A cable between a port of the hub's board and a device under a name: bytes go both ways, nothing is lost while both ends
//! are there, and a device that is unplugged and plugged in again is found again. What is sent to a device that is not
//! there is gone, as on a real cable.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};

/// How often a device that is not there is looked for, ms.
const LOOK_MS: u16 = 100;

/// A cable that is plugged in at the board. Dropping it pulls it.
#[derive(Debug)]
pub(super) struct Cable {
    stop: Option<UnixStream>,
    thread: Option<JoinHandle<()>>,
}

impl Cable {
    /// From this port of the board to the device of this name.
    pub(super) fn plug_in(port: &Path, device: &Path) -> io::Result<Self> {
        let (stop, stopped) = UnixStream::pair()?;
        let wires = Wires {
            board: open(port)?,
            device: None,
            name: device.to_owned(),
            to_board: Vec::new(),
            to_device: Vec::new(),
            stopped,
        };
        let thread = std::thread::Builder::new()
            .name("cable".to_owned())
            .spawn(move || wires.run())?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so itself.
            let _ = thread.join();
        }
    }
}

struct Wires {
    board: File,
    device: Option<File>,
    name: PathBuf,
    to_board: Vec<u8>,
    to_device: Vec<u8>,
    stopped: UnixStream,
}

impl Wires {
    /// Until it is pulled, or the board has no power any more.
    fn run(mut self) {
        while matches!(self.turn(), Ok(true)) {}
    }

    /// False when it is over.
    fn turn(&mut self) -> io::Result<bool> {
        if self.device.is_none() {
            self.device = open(&self.name).ok();
        }
        let (board, device) = self.wait()?;
        let over = PollFlags::POLLHUP | PollFlags::POLLERR | PollFlags::POLLNVAL;
        if board.intersects(over) {
            return Ok(false);
        }
        if board.contains(PollFlags::POLLIN) {
            take(&mut self.board, &mut self.to_device)?;
        }
        put(&mut self.board, &mut self.to_board)?;
        let Some(port) = &mut self.device else {
            self.to_device.clear();
            return Ok(self.is_plugged());
        };
        let taken = if device.contains(PollFlags::POLLIN) {
            take(port, &mut self.to_board)
        } else {
            Ok(())
        };
        let unplugged = device.intersects(over) || taken.is_err();
        if unplugged || put(port, &mut self.to_device).is_err() {
            self.device = None;
            self.to_device.clear();
        }
        Ok(self.is_plugged())
    }

    /// Waits until something can be done; what the board and what the device are ready for.
    fn wait(&self) -> io::Result<(PollFlags, PollFlags)> {
        let wants = |incoming: &[u8], outgoing: &[u8]| {
            let mut flags = PollFlags::empty();
            // What came in goes on before more is taken: a device that takes nothing holds the board up.
            flags.set(PollFlags::POLLIN, incoming.is_empty());
            flags.set(PollFlags::POLLOUT, !outgoing.is_empty());
            flags
        };
        let mut fds = vec![
            PollFd::new(self.stopped.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.board.as_fd(), wants(&self.to_device, &self.to_board)),
        ];
        let limit = match &self.device {
            Some(device) => {
                let flags = wants(&self.to_board, &self.to_device);
                fds.push(PollFd::new(device.as_fd(), flags));
                PollTimeout::NONE
            }
            None => PollTimeout::from(LOOK_MS),
        };
        poll(&mut fds, limit)?;
        let seen = |n: usize| {
            let fd = fds.get(n).and_then(PollFd::revents);
            fd.unwrap_or(PollFlags::empty())
        };
        Ok((seen(1), seen(2)))
    }

    fn is_plugged(&self) -> bool {
        let mut fds = [PollFd::new(self.stopped.as_fd(), PollFlags::POLLIN)];
        matches!(poll(&mut fds, PollTimeout::ZERO), Ok(0))
    }
}

fn take(from: &mut File, into: &mut Vec<u8>) -> io::Result<()> {
    let mut buffer = [0; 1024];
    match from.read(&mut buffer) {
        Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
        Ok(count) => {
            into.extend(buffer.get(..count).unwrap_or(&[]));
            Ok(())
        }
        Err(e) if e.kind() == ErrorKind::WouldBlock => Ok(()),
        Err(e) => Err(e),
    }
}

fn put(to: &mut File, from: &mut Vec<u8>) -> io::Result<()> {
    if from.is_empty() {
        return Ok(());
    }
    match to.write(from) {
        Ok(count) => {
            from.drain(..count);
            Ok(())
        }
        Err(e) if e.kind() == ErrorKind::WouldBlock => Ok(()),
        Err(e) => Err(e),
    }
}

/// A terminal as it is on a cable: raw, never waiting.
fn open(path: &Path) -> io::Result<File> {
    let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(flags.bits())
        .open(path)?;
    let mut raw = tcgetattr(&file)?;
    cfmakeraw(&mut raw);
    tcsetattr(&file, SetArg::TCSANOW, &raw)?;
    Ok(file)
}
