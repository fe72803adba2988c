//! A scanner that sends text with a suffix.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::pty::Pty;

/// How long a scanner waits for the line to take its bytes.
const ROOM: Duration = Duration::from_secs(10);

/// A plain scanner: AIM identifier if asked for, data, CR LF.
#[derive(Debug)]
pub struct PlainScanner {
    name: PathBuf,
    line: Option<Pty>,
}

impl PlainScanner {
    /// A scanner under this name.
    ///
    /// # Errors
    /// When there is no pseudo-terminal or no link can be made.
    pub fn plug_in(name: &Path) -> io::Result<Self> {
        Ok(Self {
            name: name.to_owned(),
            line: Some(Pty::plug_in(name)?),
        })
    }

    /// Reads a barcode: sends `data` and the suffix. An AIM identifier, if any, is part of `data`.
    ///
    /// # Errors
    /// When the scanner is unplugged or the line takes nothing.
    pub fn scan(&mut self, data: &str) -> io::Result<()> {
        self.send(format!("{data}\r\n").as_bytes())
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    /// When the scanner is unplugged or the line takes nothing.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.line {
            Some(line) => line.send(bytes, ROOM),
            None => Err(io::Error::from(io::ErrorKind::NotConnected)),
        }
    }

    /// Pulls the cable.
    pub fn unplug(&mut self) {
        self.line = None;
    }

    /// Plugs it in again: the same name, another device.
    ///
    /// # Errors
    /// When there is no pseudo-terminal or no link can be made.
    pub fn replug(&mut self) -> io::Result<()> {
        self.line = None;
        self.line = Some(Pty::plug_in(&self.name)?);
        Ok(())
    }
}
