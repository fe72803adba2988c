//! The machines that run the images, and their three ports as files.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind, Lines};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::{env, thread};

use link::till_end::Timing;
use nix::fcntl::OFlag;
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use tempfile::TempDir;

/// Which board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Board {
    /// In QEMU.
    Lm3s6965,
    /// In rp2040js.
    Pico,
}

impl Board {
    /// The till's patience. The Pico's emulator is some ten times slower than the board.
    pub(crate) fn timing(self) -> Timing {
        match self {
            Self::Lm3s6965 => Timing::default(),
            Self::Pico => Timing {
                repeat_ms: 1_500,
                alive_ms: 3_000,
                gone_ms: 60_000,
            },
        }
    }
}

/// A change of an output pin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pin {
    /// Its number.
    pub number: u8,
    /// Its level.
    pub high: bool,
    /// When, in milliseconds of the firmware's own time.
    pub at_ms: f64,
}

/// A running machine; it stops when it is dropped.
#[derive(Debug)]
pub(crate) struct Machine {
    child: Child,
    lines: Receiver<String>,
    _folder: Option<TempDir>,
}

type Ports = [File; 3];

impl Machine {
    pub(crate) fn start(board: Board) -> io::Result<(Self, Ports)> {
        match board {
            Board::Lm3s6965 => start_qemu(),
            Board::Pico => start_emulator(),
        }
    }

    /// Pin changes since the last call.
    pub(crate) fn pins(&self) -> Vec<Pin> {
        self.lines
            .try_iter()
            .filter_map(|line| pin(&line))
            .collect()
    }

    pub(crate) fn stop(&mut self) {
        // Already gone is as good.
        let _killed = self.child.kill();
        let _waited = self.child.wait();
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.stop();
    }
}

/// `pin NUMBER LEVEL MILLISECONDS`
fn pin(line: &str) -> Option<Pin> {
    let mut words = line.split_whitespace();
    (words.next() == Some("pin")).then_some(())?;
    Some(Pin {
        number: words.next()?.parse().ok()?,
        high: words.next()? == "1",
        at_ms: words.next()?.parse().ok()?,
    })
}

fn image(variable: &str) -> io::Result<PathBuf> {
    env::var_os(variable).map(PathBuf::from).ok_or_else(|| {
        let text = format!("{variable} does not name the image of the board");
        io::Error::new(ErrorKind::NotFound, text)
    })
}

type Output = Lines<BufReader<ChildStdout>>;

fn spawn(command: &mut Command) -> io::Result<(Child, Output)> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let stdout = child.stdout.take().ok_or(ErrorKind::BrokenPipe)?;
    Ok((child, BufReader::new(stdout).lines()))
}

/// Goes on reading what the machine prints, until it stops.
fn collect(lines: Output) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

fn start_qemu() -> io::Result<(Machine, Ports)> {
    let (child, mut lines) = spawn(
        Command::new("qemu-system-arm")
            .args(["-machine", "lm3s6965evb", "-nographic", "-monitor", "none"])
            .args(["-serial", "pty", "-serial", "pty", "-serial", "pty"])
            // Test images tell the drawer's pin to the debugger; its words come out here.
            .args(["-chardev", "stdio,id=pins", "-semihosting-config"])
            .arg("enable=on,target=native,chardev=pins")
            .arg("-kernel")
            .arg(image("HUB_IMAGE")?),
    )?;
    let mut port = || -> io::Result<File> {
        let line = lines.next().ok_or(ErrorKind::UnexpectedEof)??;
        let mut words = line.split_whitespace();
        let path = words
            .find(|word| word.starts_with("/dev/"))
            .ok_or(ErrorKind::InvalidData)?;
        open_terminal(path)
    };
    let ports = [port()?, port()?, port()?];
    let machine = Machine {
        child,
        lines: collect(lines),
        _folder: None,
    };
    Ok((machine, ports))
}

fn open_terminal(path: &str) -> io::Result<File> {
    let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(flags.bits())
        .open(path)?;
    let mut termios = tcgetattr(&file)?;
    cfmakeraw(&mut termios);
    tcsetattr(&file, SetArg::TCSANOW, &termios)?;
    Ok(file)
}

fn start_emulator() -> io::Result<(Machine, Ports)> {
    let folder = TempDir::new()?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("pico/emulate.mjs");
    let (child, mut lines) = spawn(
        Command::new("node")
            .arg(script)
            .arg(image("PICO_IMAGE")?)
            .arg(folder.path()),
    )?;
    let first = lines.next().ok_or(ErrorKind::UnexpectedEof)??;
    if first != "ready" {
        return Err(io::Error::other(first));
    }
    let port = |name: &str| -> io::Result<File> {
        let socket = UnixStream::connect(folder.path().join(name))?;
        socket.set_nonblocking(true)?;
        Ok(File::from(OwnedFd::from(socket)))
    };
    let ports = [port("link")?, port("scanner")?, port("printer")?];
    let machine = Machine {
        child,
        lines: collect(lines),
        _folder: Some(folder),
    };
    Ok((machine, ports))
}
