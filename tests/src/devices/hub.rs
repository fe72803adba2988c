//! The hub as a shop has it, in QEMU: the real image, its scanner and printer the ones that are plugged in beside it, its
//! cable to the till under a name that stays. It can lose its power at any moment and get it back.

use std::io;
use std::path::{Path, PathBuf};

use super::LIMIT;
use super::cable::Cable;
use super::pty::Pty;
use super::qemu::Qemu;

/// A cable of the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HubPort {
    /// To the scanner.
    Scanner,
    /// To the printer.
    Printer,
    /// To the till.
    Link,
}

/// The cables of a board that is on.
#[derive(Debug)]
struct Wires {
    scanner: Cable,
    printer: Cable,
    /// Only when it was tapped: else the till opens the board's port itself.
    link: Option<Cable>,
}

/// The hub's board.
#[derive(Debug)]
pub struct HubBoard {
    image: PathBuf,
    /// The name of its cable to the till.
    name: PathBuf,
    scanner: PathBuf,
    printer: PathBuf,
    wires: Option<Wires>,
    qemu: Option<Qemu>,
}

/// The image that runs: `HUB_IMAGE`, else where `cargo xtask firmware` puts it in this build's target folder.
///
/// # Errors
/// When there is none: says how to make it.
pub fn image() -> io::Result<PathBuf> {
    let built = || {
        let own = std::env::current_exe().ok()?;
        own.ancestors()
            .map(|folder| folder.join("firmware/thumbv7m-none-eabi/release/lm3s6965"))
            .find(|image| image.is_file())
    };
    std::env::var_os("HUB_IMAGE")
        .map(PathBuf::from)
        .filter(|image| image.is_file())
        .or_else(built)
        .ok_or_else(|| {
            let text = "there is no image of the hub: run cargo xtask firmware first";
            io::Error::new(io::ErrorKind::NotFound, text)
        })
}

impl HubBoard {
    /// A hub in a folder where a scanner and a printer are plugged in: on, its cable under the name `hub`.
    ///
    /// # Errors
    /// When there is no image, no QEMU, or a device is missing.
    pub fn plug_in(dir: &Path) -> io::Result<Self> {
        let mut board = Self {
            image: image()?,
            name: dir.join("hub"),
            scanner: dir.join("scanner"),
            printer: dir.join("printer"),
            wires: None,
            qemu: None,
        };
        board.power_on()?;
        Ok(board)
    }

    /// Gives it power, unless it has.
    ///
    /// # Errors
    /// When QEMU does not start.
    pub fn power_on(&mut self) -> io::Result<()> {
        if self.qemu.is_some() {
            return Ok(());
        }
        let qemu = Qemu::start(&self.image)?;
        let [port, scanner, printer] = qemu.ports();
        self.wires = Some(Wires {
            scanner: Cable::plug_in(scanner, &self.scanner)?,
            printer: Cable::plug_in(printer, &self.printer)?,
            link: None,
        });
        let fresh = self.name.with_extension("plugging-in");
        remove(&fresh)?;
        std::os::unix::fs::symlink(port, &fresh)?;
        std::fs::rename(&fresh, &self.name)?;
        self.qemu = Some(qemu);
        Ok(())
    }

    /// Lets the cable to the till go through us, until the power is gone, so that it can be disturbed. The till finds the
    /// port under its name again.
    ///
    /// # Errors
    /// When it has no power, or there is no pseudo-terminal.
    pub fn tap_link(&mut self) -> io::Result<()> {
        let (Some(wires), Some(qemu)) = (&mut self.wires, &self.qemu) else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        let [port, ..] = qemu.ports();
        wires.link = Some(Cable::join(port, Pty::plug_in(&self.name)?)?);
        Ok(())
    }

    /// Puts bytes on a cable that nobody sent, towards the hub and (on a tapped link only) towards the till; returns when
    /// they are in it.
    ///
    /// # Errors
    /// When there is no such cable, or nobody takes them.
    pub fn disturb(&self, port: HubPort, to_hub: &[u8], to_till: &[u8]) -> io::Result<()> {
        let wires = self.wires.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        let cable = match port {
            HubPort::Scanner => &wires.scanner,
            HubPort::Printer => &wires.printer,
            HubPort::Link => wires.link.as_ref().ok_or(io::ErrorKind::NotConnected)?,
        };
        cable.disturb(to_hub, to_till, LIMIT)
    }

    /// Takes its power away: whatever it held is gone. Returns when it is off.
    pub fn power_off(&mut self) {
        if let Some(mut qemu) = self.qemu.take() {
            qemu.stop();
            self.wires = None;
            // The whole folder may be gone already.
            let _ = remove(&self.name);
        }
    }
}

impl Drop for HubBoard {
    fn drop(&mut self) {
        self.power_off();
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}
