//! A cable between a port of the hub's board and a device under a name: bytes go both ways, nothing is lost while both ends
//! are there, and a device that is unplugged and plugged in again is found again. What is sent to a device that is not
//! there is gone, as on a real cable. It can be disturbed: bytes that nobody sent.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};

use super::pty::Pty;

/// How often a device that is not there is looked for, ms.
const LOOK_MS: u16 = 100;

/// What goes over a cable beside what its ends say, and how it ended.
#[derive(Debug, Default)]
struct Disturbance {
    to_board: Vec<u8>,
    to_device: Vec<u8>,
    over: bool,
}

type Shared = Arc<(Mutex<Disturbance>, Condvar)>;

/// A cable that is plugged in at the board. Dropping it pulls it.
#[derive(Debug)]
pub(super) struct Cable {
    bell: Option<UnixStream>,
    disturbance: Shared,
    thread: Option<JoinHandle<()>>,
}

impl Cable {
    /// From this port of the board to the device of this name.
    pub(super) fn plug_in(port: &Path, device: &Path) -> io::Result<Self> {
        Self::start(port, None, Some(device.to_owned()))
    }

    /// From this port of the board to a line that somebody else opens by its name.
    pub(super) fn join(port: &Path, line: Pty) -> io::Result<Self> {
        Self::start(port, Some(Box::new(line)), None)
    }

    fn start(port: &Path, device: Option<Box<dyn End>>, name: Option<PathBuf>) -> io::Result<Self> {
        let (bell, rung) = UnixStream::pair()?;
        rung.set_nonblocking(true)?;
        let disturbance = Shared::default();
        let wires = Wires {
            board: Box::new(open(port)?),
            device,
            name,
            to_board: Vec::new(),
            to_device: Vec::new(),
            rung,
            disturbance: Arc::clone(&disturbance),
        };
        let thread = std::thread::Builder::new()
            .name("cable".to_owned())
            .spawn(move || wires.run())?;
        Ok(Self {
            bell: Some(bell),
            disturbance,
            thread: Some(thread),
        })
    }

    /// Puts bytes on both wires that neither end has sent, between those that they send; returns when they have gone in.
    ///
    /// # Errors
    /// When the cable is over, or an end takes nothing for `limit`.
    pub(super) fn disturb(
        &self,
        to_board: &[u8],
        to_device: &[u8],
        limit: Duration,
    ) -> io::Result<()> {
        let (lock, changed) = &*self.disturbance;
        let mut waiting = lock.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.to_board.extend(to_board);
        waiting.to_device.extend(to_device);
        if let Some(mut bell) = self.bell.as_ref() {
            bell.write_all(&[0])?;
        }
        let busy = |left: &mut Disturbance| {
            let taken = left.to_board.is_empty() && left.to_device.is_empty();
            !(left.over || taken)
        };
        let (left, time) = changed
            .wait_timeout_while(waiting, limit, busy)
            .unwrap_or_else(PoisonError::into_inner);
        if left.over {
            return Err(ErrorKind::BrokenPipe.into());
        }
        if time.timed_out() {
            return Err(ErrorKind::TimedOut.into());
        }
        Ok(())
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        drop(self.bell.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so itself.
            let _ = thread.join();
        }
    }
}

/// An end of the wires.
trait End: Read + Write + AsFd + Send {}

impl<T: Read + Write + AsFd + Send> End for T {}

struct Wires {
    board: Box<dyn End>,
    device: Option<Box<dyn End>>,
    /// Where a device that is not there may come.
    name: Option<PathBuf>,
    to_board: Vec<u8>,
    to_device: Vec<u8>,
    rung: UnixStream,
    disturbance: Shared,
}

impl Wires {
    /// Until it is pulled, or the board has no power any more.
    fn run(mut self) {
        while matches!(self.turn(), Ok(true)) {}
        let (lock, changed) = &*self.disturbance;
        lock.lock().unwrap_or_else(PoisonError::into_inner).over = true;
        changed.notify_all();
    }

    /// False when it is over.
    fn turn(&mut self) -> io::Result<bool> {
        if let (None, Some(name)) = (&self.device, &self.name) {
            self.device = open(name).map(|file| Box::new(file) as Box<dyn End>).ok();
        }
        self.take_disturbance();
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

    /// Takes what disturbs a wire once the wire is free.
    fn take_disturbance(&mut self) {
        let (lock, changed) = &*self.disturbance;
        let mut waiting = lock.lock().unwrap_or_else(PoisonError::into_inner);
        if self.to_board.is_empty() {
            self.to_board.append(&mut waiting.to_board);
        }
        if self.to_device.is_empty() {
            self.to_device.append(&mut waiting.to_device);
        }
        changed.notify_all();
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
            PollFd::new(self.rung.as_fd(), PollFlags::POLLIN),
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

    /// Hears the bell; false when it was pulled with the cable.
    fn is_plugged(&mut self) -> bool {
        !matches!(self.rung.read(&mut [0; 64]), Ok(0))
    }
}

fn take(from: &mut impl Read, into: &mut Vec<u8>) -> io::Result<()> {
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

fn put(to: &mut impl Write, from: &mut Vec<u8>) -> io::Result<()> {
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
