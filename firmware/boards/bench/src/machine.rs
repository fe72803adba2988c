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
    /// In QEMU, with time that is counted in instructions: it stands still while the machine has
    /// no core to run on, so that what is measured in it does not depend on the machine.
    Lm3s6965Counted,
    /// In rp2040js.
    Pico,
    /// The same, with trouble on demand.
    PicoWithTrouble,
}

impl Board {
    /// The till's patience. The Pico's emulator is some ten times slower than the board.
    pub(crate) fn timing(self) -> Timing {
        match self {
            Self::Lm3s6965 | Self::Lm3s6965Counted => Timing::default(),
            Self::Pico | Self::PicoWithTrouble => Timing {
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

impl Pin {
    /// Stands for no pin: the Pico's chip was started.
    pub const START: u8 = u8::MAX;
}

/// A running machine; it stops when it is dropped.
#[derive(Debug)]
pub(crate) struct Machine {
    child: Child,
    lines: Receiver<String>,
    /// The most memory that the board used so far, in bytes; 0 while it did not tell.
    pub(crate) ram: u64,
    /// How often it told.
    pub(crate) told: u64,
    _folder: Option<TempDir>,
}

type Ports = [File; 3];

impl Machine {
    pub(crate) fn start(board: Board) -> io::Result<(Self, Ports)> {
        match board {
            Board::Lm3s6965 => start_qemu(&[]),
            // 32 ns an instruction: near the chip's 50 MHz.
            Board::Lm3s6965Counted => start_qemu(&["-icount", "shift=5"]),
            Board::Pico => start_emulator("PICO_IMAGE"),
            Board::PicoWithTrouble => start_emulator("PICO_TEST_IMAGE"),
        }
    }

    /// Pin changes since the last call.
    pub(crate) fn pins(&mut self) -> Vec<Pin> {
        let lines: Vec<String> = self.lines.try_iter().collect();
        let ram = lines.iter().filter_map(|line| line.strip_prefix("ram "));
        for bytes in ram.filter_map(|bytes| bytes.trim().parse().ok()) {
            self.ram = self.ram.max(bytes);
            self.told += 1;
        }
        lines.iter().filter_map(|line| pin(line)).collect()
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

/// `pin NUMBER LEVEL MILLISECONDS`, or `start MILLISECONDS REASON`
fn pin(line: &str) -> Option<Pin> {
    let mut words = line.split_whitespace();
    let (number, high) = match words.next()? {
        "pin" => (words.next()?.parse().ok()?, words.next()? == "1"),
        "start" => (Pin::START, false),
        _ => return None,
    };
    let at_ms = words.next()?.parse().ok()?;
    Some(Pin {
        number,
        high,
        at_ms,
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

fn start_qemu(time: &[&str]) -> io::Result<(Machine, Ports)> {
    let (child, mut lines) = spawn(
        Command::new("qemu-system-arm")
            .args(["-machine", "lm3s6965evb", "-nographic", "-monitor", "none"])
            .args(["-serial", "pty", "-serial", "pty", "-serial", "pty"])
            // Test images tell the drawer's pin to the debugger; its words come out here.
            .args(["-chardev", "stdio,id=pins", "-semihosting-config"])
            .arg("enable=on,target=native,chardev=pins")
            .args(time)
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
        ram: 0,
        told: 0,
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

fn start_emulator(variable: &str) -> io::Result<(Machine, Ports)> {
    let folder = TempDir::new()?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("pico/emulate.mjs");
    let (child, mut lines) = spawn(
        Command::new("node")
            .arg(script)
            .arg(image(variable)?)
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
        ram: 0,
        told: 0,
        _folder: Some(folder),
    };
    Ok((machine, ports))
}
