//! Looks the devices over, one after the other: is the port there, may it be used, does it open, does the printer
//! answer? Each finding has a cure. Only looks: nothing is printed, no drawer opens.

use std::path::Path;
use std::sync::Arc;

use nix::unistd::{Gid, Group, getegid, getgroups};
use retail::clock::Clock;

use super::line::{self, OpenError, SerialLine};
use super::printer::session::{Reply, Session};
use crate::receipt::Language;
use crate::till::input::PrinterState;

/// What a look at a device came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The port opens.
    Opens,
    /// The printer answers, and says how it is.
    Answers(PrinterState),
    /// The port opens, and the printer says nothing.
    Silent,
    /// The port's name does not exist.
    Missing,
    /// The port exists and may not be used; the group that may.
    Denied {
        /// Usually `dialout`; `None` when only the owner may.
        group: Option<String>,
        /// The user is a member already, and must log in anew for it to count.
        member: bool,
    },
    /// The running till has it open, as it should.
    OurTill,
    /// Another program has it open.
    Busy,
    /// The port does not take its settings.
    Refused(String),
}

impl Finding {
    /// With what is known of the running till: `ours` when it has the port open itself.
    #[must_use]
    pub fn with_till(self, ours: bool) -> Self {
        match self {
            Self::Busy if ours => Self::OurTill,
            other => other,
        }
    }
}

/// A finding at a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// Its port as the settings name it.
    pub port: String,
    /// What was found.
    pub finding: Finding,
}

impl Examined {
    /// Nothing needs to be done.
    #[must_use]
    pub const fn is_well(&self) -> bool {
        matches!(
            self.finding,
            Finding::Opens
                | Finding::OurTill
                | Finding::Answers(PrinterState::Ready | PrinterState::PaperLow)
        )
    }

    /// What was found, for a human.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let nl = language == Language::Nl;
        let text = match &self.finding {
            Finding::Opens if nl => "poort gaat open",
            Finding::Opens => "port opens",
            Finding::Answers(state) => {
                return format!("{}: {}", self.port, state_text(*state, nl));
            }
            Finding::Silent if nl => "de printer antwoordt niet",
            Finding::Silent => "the printer does not answer",
            Finding::Missing if nl => "poort bestaat niet",
            Finding::Missing => "port does not exist",
            Finding::Denied { .. } if nl => "geen toegang tot de poort",
            Finding::Denied { .. } => "no permission for the port",
            Finding::OurTill if nl => "in gebruik door de kassa zelf, die nu draait",
            Finding::OurTill => "in use by the till itself, which is running",
            Finding::Busy if nl => "in gebruik door een ander programma",
            Finding::Busy => "in use by another program",
            Finding::Refused(reason) => {
                let words = if nl {
                    "poort neemt de instellingen niet aan"
                } else {
                    "port does not take its settings"
                };
                return format!("{}: {words} ({reason})", self.port);
            }
        };
        format!("{}: {text}", self.port)
    }

    /// What to do about it; `None` when nothing is to be done.
    #[must_use]
    pub fn cure(&self, language: Language) -> Option<String> {
        let nl = language == Language::Nl;
        let text = match &self.finding {
            Finding::Opens
            | Finding::OurTill
            | Finding::Answers(PrinterState::Ready | PrinterState::PaperLow) => {
                return None;
            }
            Finding::Answers(_) if nl => "Kijk naar papier, klep en lampjes van de printer.",
            Finding::Answers(_) => "Look at paper, cover and lamps of the printer.",
            Finding::Silent if nl => {
                "Staat de printer aan? Controleer de kabel en of baud gelijk is aan die op de zelftest van de printer."
            }
            Finding::Silent => {
                "Is the printer on? Check the cable, and that baud is the one on the printer's self-test."
            }
            Finding::Missing if nl => {
                "Sluit het apparaat aan; zoek de naam met: ls -l /dev/serial/by-id"
            }
            Finding::Missing => "Plug the device in; find its name with: ls -l /dev/serial/by-id",
            Finding::Denied { group, member } => {
                return Some(denied(group.as_deref(), *member, nl));
            }
            Finding::Busy if nl => {
                "Zoek het programma met sudo fuser -v en de naam van de poort, en sluit het. Is het ModemManager: houd het van deze poort af (hardware.md)."
            }
            Finding::Busy => {
                "Find the program with sudo fuser -v and the port's name, and close it. If it is ModemManager: keep it off this port (hardware.md)."
            }
            Finding::Refused(_) if nl => {
                "Controleer baud, data_bits, parity en stop_bits van deze poort in till.toml."
            }
            Finding::Refused(_) => {
                "Check baud, data_bits, parity and stop_bits of this port in till.toml."
            }
        };
        Some(text.to_owned())
    }
}

fn denied(group: Option<&str>, member: bool, nl: bool) -> String {
    match (group, member, nl) {
        (Some(group), false, true) => {
            format!("Voer uit: sudo usermod -aG {group} \"$USER\" en meld opnieuw aan.")
        }
        (Some(group), false, false) => {
            format!("Run: sudo usermod -aG {group} \"$USER\" and log in again.")
        }
        (Some(_), true, true) => {
            "De groep klopt al: meld opnieuw aan of start de computer opnieuw.".to_owned()
        }
        (Some(_), true, false) => "The group is right already: log in again or restart.".to_owned(),
        (None, _, true) => "Geef de poort een groep met een udev-regel (hardware.md).".to_owned(),
        (None, _, false) => "Give the port a group with a udev rule (hardware.md).".to_owned(),
    }
}

/// How a printer is, in Dutch or English.
#[must_use]
pub const fn state_text(state: PrinterState, nl: bool) -> &'static str {
    match (state, nl) {
        (PrinterState::Ready, true) => "printer is gereed",
        (PrinterState::Ready, false) => "printer is ready",
        (PrinterState::PaperLow, true) => "printer is gereed, papier bijna op",
        (PrinterState::PaperLow, false) => "printer is ready, paper nearly gone",
        (PrinterState::PaperOut, true) => "printer heeft geen papier",
        (PrinterState::PaperOut, false) => "printer is out of paper",
        (PrinterState::CoverOpen, true) => "klep van de printer is open",
        (PrinterState::CoverOpen, false) => "printer's cover is open",
        (PrinterState::Error, true) => "printer meldt een storing",
        (PrinterState::Error, false) => "printer reports a fault",
        (PrinterState::Offline, true) => "printer is offline",
        (PrinterState::Offline, false) => "printer is off line",
        (PrinterState::None | PrinterState::Missing, true) => "geen printer",
        (PrinterState::None | PrinterState::Missing, false) => "no printer",
    }
}

/// Looks at a scanner's port.
#[must_use]
pub fn scanner(settings: &line::Settings) -> Examined {
    let finding = match SerialLine::open(settings) {
        Ok(_) => Finding::Opens,
        Err(error) => of_error(&error),
    };
    examined(settings, finding)
}

/// Looks at the printer, and asks it how it is. Takes at most a few seconds.
#[must_use]
pub fn printer(settings: &line::Settings, clock: Arc<dyn Clock>) -> Examined {
    let finding = match SerialLine::open(settings) {
        Ok(line) => match Session::new(Box::new(line), clock).and_then(|mut session| {
            let reply = session.ask()?;
            Ok((reply, session.state()))
        }) {
            Ok((Reply::Answers, state)) => Finding::Answers(state),
            Ok((Reply::Silent | Reply::PowerLost, _)) => Finding::Silent,
            Err(gone) => Finding::Refused(gone.to_string()),
        },
        Err(error) => of_error(&error),
    };
    examined(settings, finding)
}

fn examined(settings: &line::Settings, finding: Finding) -> Examined {
    Examined {
        port: settings.path.display().to_string(),
        finding,
    }
}

pub(super) fn of_error(error: &OpenError) -> Finding {
    match error {
        OpenError::Missing(_) => Finding::Missing,
        OpenError::Denied(path) => permission(path),
        OpenError::Busy(_) => Finding::Busy,
        OpenError::Refused { reason, .. } => Finding::Refused(reason.clone()),
    }
}

/// Who may use a port that we may not.
fn permission(path: &Path) -> Finding {
    use std::os::unix::fs::MetadataExt as _;
    let group = std::fs::metadata(path)
        .ok()
        .filter(|file| file.mode() & 0o060 == 0o060)
        .map(|file| Gid::from_raw(file.gid()))
        .filter(|gid| gid.as_raw() != 0)
        .and_then(|gid| Group::from_gid(gid).ok().flatten());
    let ours = getgroups().unwrap_or_default();
    let in_effect = |gid: Gid| gid == getegid() || ours.contains(&gid);
    let user = nix::unistd::User::from_uid(nix::unistd::getuid())
        .ok()
        .flatten()
        .map(|user| user.name);
    let member = group.as_ref().is_some_and(|group| {
        in_effect(group.gid) || user.as_ref().is_some_and(|user| group.mem.contains(user))
    });
    Finding::Denied {
        group: group.map(|group| group.name),
        member,
    }
}
