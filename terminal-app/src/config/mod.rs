//! The settings of a till: `till.toml`, read whole and checked before anything starts.
//!
//! Whatever is wrong is reported with its line, the reason and the cure. Relative paths are relative to the file. A device
//! that is not there is no fault of the settings: the till waits for it.

mod check;
mod devices;
mod raw;
mod shop;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveTime;
use chrono_tz::Tz;
use retail::barcode::Layout;

pub use crate::receipt::{Language, Profile};
use crate::till::input::Cashier;

/// Everything `till.toml` says, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file itself.
    pub file: PathBuf,
    /// `[shop]`.
    pub shop: Shop,
    /// `[till]`.
    pub till: Till,
    /// `[store] path`: the database.
    pub store: PathBuf,
    /// `[screen]`.
    pub screen: Screen,
    /// `[screen.keys]`.
    pub keys: crate::screen::Shortcuts,
    /// `[[scanner]]`.
    pub scanners: Vec<Scanner>,
    /// `[printer]`.
    pub printer: Option<Printer>,
    /// `[hub]`.
    pub hub: Option<Hub>,
    /// `[drawer]`.
    pub drawer: Drawer,
    /// `[pin]`.
    pub pin: PinTerminal,
    /// `[loyalty] card_prefixes`.
    pub card_prefixes: Vec<String>,
    /// `[barcode] layouts` of codes with a weight or a price.
    pub layouts: Vec<Layout>,
    /// `[cash] rounding`.
    pub cash_rounding: bool,
    /// `[server]`.
    pub server: Option<Server>,
    /// `[sync] night`.
    pub night: NightWindow,
}

/// The shop, as it stands on every receipt.
#[derive(Clone, Debug)]
pub struct Shop {
    /// Its name at head office.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Lines of its address.
    pub address: Vec<String>,
    /// Number at the chamber of commerce.
    pub kvk: String,
    /// VAT number.
    pub vat_id: String,
    /// Time zone.
    pub time_zone: Tz,
}

/// The till.
#[derive(Clone, Debug)]
pub struct Till {
    /// What people call it.
    pub name: String,
    /// Who is logged in from the start, by name or number.
    pub cashier: Option<String>,
    /// The line that names him.
    pub cashier_line: Option<usize>,
}

/// The cashier's screen.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Where it is served.
    pub listen: SocketAddr,
    /// Its language, and that of the receipts.
    pub language: Language,
}

/// A serial port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serial {
    /// The device.
    pub port: PathBuf,
    /// Bits a second.
    pub baud: u32,
    /// 5 to 8.
    pub data_bits: u8,
    /// Parity.
    pub parity: Parity,
    /// 1 or 2.
    pub stop_bits: u8,
}

/// Parity of a serial port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parity {
    /// None.
    None,
    /// Even.
    Even,
    /// Odd.
    Odd,
}

/// A scanner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanner {
    /// How it is connected.
    pub serial: Serial,
    /// What it speaks.
    pub protocol: ScannerProtocol,
}

/// What a scanner speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScannerProtocol {
    /// Data with a suffix.
    Plain,
    /// Zebra/Symbol packets.
    Ssi,
}

/// The receipt printer.
#[derive(Clone, Debug)]
pub struct Printer {
    /// How it is connected.
    pub serial: Serial,
    /// What it can do.
    pub profile: Profile,
}

/// The peripheral hub: scanner, and perhaps printer and drawer, on one cable.
#[derive(Clone, Debug)]
pub struct Hub {
    /// How it is connected.
    pub serial: Serial,
    /// What the receipt printer on it can do; `None` when none hangs there.
    pub printer: Option<Profile>,
    /// The drawer hangs on it, not on the printer.
    pub drawer: bool,
}

/// The cash drawer on the printer, opened through it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawer {
    /// Pin 2 (0) or pin 5 (1) of the printer's drawer socket.
    pub pin: u8,
    /// Length of the pulse.
    pub pulse: Duration,
}

/// Who says that a card payment went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinTerminal {
    /// The cashier reads it off the terminal.
    Cashier,
    /// A simulated terminal.
    Simulated,
}

/// Head office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its address, without a slash at the end.
    pub url: String,
    /// Certificates to trust, in PEM; none: those that Mozilla trusts.
    pub ca: Option<PathBuf>,
}

/// When the nightly run may happen, in shop time. May pass midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NightWindow {
    /// From.
    pub from: NaiveTime,
    /// To; another time than `from`.
    pub to: NaiveTime,
}

/// What is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {reason}", file.display(), line.map(|n| format!(", line {n}")).unwrap_or_default())]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: String,
    /// What helps.
    pub cure: String,
}

impl Config {
    /// Reads and checks the settings.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let bytes = std::fs::read(file).map_err(|error| ConfigError {
            file: file.to_owned(),
            line: None,
            reason: format!("cannot be read: {error}"),
            cure: "name the settings of this till with --config FILE".to_owned(),
        })?;
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let right = bytes.get(..error.valid_up_to()).unwrap_or_default();
            ConfigError {
                file: file.to_owned(),
                line: Some(right.iter().filter(|byte| **byte == b'\n').count() + 1),
                reason: "a letter here is not UTF-8".to_owned(),
                cure: "save the file as UTF-8 and write the letter again".to_owned(),
            }
        })?;
        Self::parse(file, text)
    }

    /// Checks settings that were read from `file`.
    pub fn parse(file: &Path, text: &str) -> Result<Self, ConfigError> {
        let raw = raw::read(file, text)?;
        check::check(file, text, raw)
    }

    /// `[till] cashier` names nobody who is there: a slip of the pen must not become a cashier of its own.
    #[must_use]
    pub fn no_such_cashier(&self, wanted: &str, there: &[Cashier]) -> ConfigError {
        let names: Vec<String> = there
            .iter()
            .map(|cashier| format!("\"{}\"", cashier.name))
            .collect();
        ConfigError {
            file: self.file.clone(),
            line: self.till.cashier_line,
            reason: format!("[till] cashier: there is no cashier \"{wanted}\""),
            cure: format!(
                "use one of {} (terminal-app cashier list), or add him: terminal-app cashier add --name \"{wanted}\" --pin-stdin",
                names.join(", ")
            ),
        }
    }

    /// What the receipt printer can do, wherever it hangs; `None` without one.
    #[must_use]
    pub fn paper(&self) -> Option<Profile> {
        let own = self.printer.as_ref().map(|printer| printer.profile);
        own.or_else(|| self.hub.as_ref().and_then(|hub| hub.printer))
    }

    /// What the barcode rules need, in a year.
    #[must_use]
    pub fn barcode_settings(&self, year: i32) -> retail::barcode::Settings {
        retail::barcode::Settings {
            card_prefixes: self.card_prefixes.clone(),
            layouts: self.layouts.clone(),
            year,
            ..retail::barcode::Settings::default()
        }
    }
}

#[cfg(test)]
mod tests;
