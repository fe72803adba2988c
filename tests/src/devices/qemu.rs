//! Runs the image of the LM3S6965 board in QEMU. Its three serial ports lead to pseudo-terminals that QEMU makes. Knows
//! nothing of what is said over them.

use std::io::{self, BufRead as _, BufReader, ErrorKind, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running board. It is switched off when this is dropped.
#[derive(Debug)]
pub(super) struct Qemu {
    child: Child,
    ports: [PathBuf; 3],
    /// Kept open: QEMU may print.
    _lines: Lines<BufReader<ChildStdout>>,
}

impl Qemu {
    /// Switches the board on.
    pub(super) fn start(image: &Path) -> io::Result<Self> {
        let mut child = Command::new("qemu-system-arm")
            .args(["-machine", "lm3s6965evb", "-nographic", "-monitor", "none"])
            .args(["-serial", "pty", "-serial", "pty", "-serial", "pty"])
            .arg("-kernel")
            .arg(image)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdout = child.stdout.take().ok_or(ErrorKind::BrokenPipe)?;
        let mut lines = BufReader::new(stdout).lines();
        let mut port = || -> io::Result<PathBuf> {
            let line = lines.next().ok_or(ErrorKind::UnexpectedEof)??;
            let mut words = line.split_whitespace();
            let path = words.find(|word| word.starts_with("/dev/"));
            Ok(PathBuf::from(path.ok_or(ErrorKind::InvalidData)?))
        };
        let ports = [port(), port(), port()];
        let [Ok(link), Ok(scanner), Ok(printer)] = ports else {
            // Already gone is as good.
            let _killed = child.kill();
            let _waited = child.wait();
            return Err(io::Error::other(
                "QEMU did not name the board's serial ports",
            ));
        };
        Ok(Self {
            child,
            ports: [link, scanner, printer],
            _lines: lines,
        })
    }

    /// Pseudo-terminals: to the till, to the scanner, to the printer.
    pub(super) const fn ports(&self) -> &[PathBuf; 3] {
        &self.ports
    }

    /// Switches the board off: nothing it held is kept. Returns when it is gone.
    pub(super) fn stop(&mut self) {
        // Already gone is as good.
        let _killed = self.child.kill();
        let _waited = self.child.wait();
    }
}

impl Drop for Qemu {
    fn drop(&mut self) {
        self.stop();
    }
}
