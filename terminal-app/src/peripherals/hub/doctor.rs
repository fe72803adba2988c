//! Looks the hub over: is it there, which firmware, and how are its scanner, printer, drawer contact and display? Only
//! looks: nothing is printed, no drawer opens, and a scan that waits in the hub stays there for the till.

use std::sync::Arc;
use std::time::Duration;

use devices::escpos::answer::{Answer, AnswerParser};
use devices::escpos::command::Question;
use link::PROTOCOL;
use link::message::{Notice, Status};
use link::till_end::{Action, Event, TillEnd, Timing};
use retail::clock::{Clock, Entropy, random_16};

use super::boards;
use super::words::identity;
use crate::peripherals::doctor::{Finding, of_error, state_text};
use crate::peripherals::line::{self, Gone, SerialLine};
use crate::peripherals::printer::session::state_of;
use crate::receipt::Language;
use crate::till::input::{HubIdentity, HubStart, PrinterState};

/// How long a hub may take to say hello, ms.
const HELLO_MS: u64 = 6_000;
/// How long a device on it may take to answer, ms.
const DEVICE_MS: u64 = 2_500;

/// What a look at the hub came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HubLook {
    /// The port cannot be used; in use by the running till is one of the reasons.
    Port(Finding),
    /// The port opens, and no hub answers.
    Silent,
    /// A hub whose firmware speaks another protocol.
    Incompatible(HubIdentity),
    /// A hub, and how its devices are.
    Here(Box<HubHealth>),
}

/// A hub that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubHealth {
    /// Who it is.
    pub identity: HubIdentity,
    /// Seconds since it started.
    pub uptime_s: u32,
    /// What it says of its devices; `None` when it said nothing in time.
    pub status: Option<Status>,
    /// How the printer on it is; `None` when it does not answer.
    pub printer: Option<PrinterState>,
    /// The customer display does not answer.
    pub display_fault: bool,
}

/// One line of what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubLine {
    /// Which part: what `doctor` calls it.
    pub what: &'static str,
    /// How it is.
    pub text: String,
    /// What to do, where something is to be done.
    pub cure: Option<String>,
}

/// Looks. Takes some seconds; `printer`: a receipt printer is to hang on it.
#[must_use]
pub fn look(
    settings: &line::Settings,
    printer: bool,
    clock: Arc<dyn Clock>,
    entropy: &mut dyn Entropy,
) -> HubLook {
    let line = match SerialLine::open(settings) {
        Ok(line) => line,
        Err(error) => return HubLook::Port(of_error(&error)),
    };
    let [a, b, c, d, ..] = random_16(entropy);
    let run = u32::from_le_bytes([a, b, c, d]);
    let now_ms = clock.monotonic_ms();
    let mut visit = Visit {
        line,
        end: TillEnd::new(run, None, Timing::default(), now_ms),
        clock,
        seen: Seen::default(),
    };
    match visit.go(printer) {
        Ok(found) => found,
        Err(gone) => HubLook::Port(Finding::Refused(gone.to_string())),
    }
}

#[derive(Default)]
struct Seen {
    out: Vec<u8>,
    here: Option<(HubIdentity, u32)>,
    incompatible: Option<HubIdentity>,
    status: Option<Status>,
    said: Vec<u8>,
    display_fault: bool,
}

struct Visit {
    line: SerialLine,
    end: TillEnd,
    clock: Arc<dyn Clock>,
    seen: Seen,
}

impl Visit {
    fn go(&mut self, printer: bool) -> Result<HubLook, Gone> {
        self.until(HELLO_MS, |seen| {
            seen.here.is_some() || seen.incompatible.is_some()
        })?;
        if let Some(identity) = self.seen.incompatible.take() {
            return Ok(HubLook::Incompatible(identity));
        }
        let Some((identity, uptime_s)) = self.seen.here.clone() else {
            return Ok(HubLook::Silent);
        };
        self.until(DEVICE_MS, |seen| seen.status.is_some())?;
        let printer = if printer { self.printer()? } else { None };
        let (upper, lower) = ("Klantreis", "doctor");
        self.step(Event::Display { upper, lower });
        self.until(DEVICE_MS, |seen| seen.display_fault)?;
        let (upper, lower) = ("", "");
        self.step(Event::Display { upper, lower });
        self.until(DEVICE_MS / 5, |_| false)?;
        Ok(HubLook::Here(Box::new(HubHealth {
            identity,
            uptime_s,
            status: self.seen.status,
            printer,
            display_fault: self.seen.display_fault,
        })))
    }

    /// Asks the printer how it is, past any job.
    fn printer(&mut self) -> Result<Option<PrinterState>, Gone> {
        let mut parser = AnswerParser::new(500);
        let mut status = devices::escpos::status::Status::default();
        self.seen.said.clear();
        for question in Question::ALL {
            self.step(Event::PrinterNow(&question.command()));
            parser.asked(question);
        }
        self.until(DEVICE_MS, |seen| seen.said.len() >= Question::ALL.len())?;
        let now_ms = self.clock.monotonic_ms();
        let said = std::mem::take(&mut self.seen.said);
        let mut rest = said.as_slice();
        loop {
            match parser.poll(&mut rest, now_ms) {
                Answer::Incomplete => break,
                Answer::RealTime(answer) => status.apply_real_time(answer),
                _ => {}
            }
        }
        Ok((parser.open_questions() == 0).then(|| state_of(&status)))
    }

    fn until(&mut self, wait_ms: u64, done: impl Fn(&Seen) -> bool) -> Result<(), Gone> {
        let until_ms = self.clock.monotonic_ms() + wait_ms;
        let mut buffer = [0; 512];
        loop {
            let now_ms = self.clock.monotonic_ms();
            if done(&self.seen) || now_ms >= until_ms {
                return Ok(());
            }
            while !self.seen.out.is_empty() {
                let count = self.line.write(&self.seen.out, Duration::from_millis(20))?;
                if count == 0 {
                    break;
                }
                self.seen.out.drain(..count);
            }
            let count = self.line.read(&mut buffer, Duration::from_millis(20))?;
            match buffer.get(..count) {
                Some(read) if count > 0 => self.step(Event::Received(read)),
                _ => self.step(Event::Tick),
            }
        }
    }

    fn step(&mut self, event: Event<'_>) {
        let seen = &mut self.seen;
        let now_ms = self.clock.monotonic_ms();
        self.end.step(event, now_ms, &mut |action| match action {
            Action::Send(bytes) => seen.out.extend(bytes),
            Action::HubHere(hello) => seen.here = Some((identity(&hello), hello.uptime_s)),
            Action::Incompatible(hello) => seen.incompatible = Some(identity(&hello)),
            Action::Status(status) => seen.status = Some(status),
            Action::PrinterSaid(bytes) => seen.said.extend(bytes),
            Action::Notice(Notice::DisplayFault) => seen.display_fault = true,
            _ => {}
        });
    }
}

impl HubHealth {
    /// Line by line, for a human. `printer`, `drawer`: they are to hang on the hub.
    #[must_use]
    pub fn lines(&self, language: Language, printer: bool, drawer: bool) -> Vec<HubLine> {
        let nl = language == Language::Nl;
        let mut lines = vec![HubLine {
            what: "hub",
            text: self.who(nl),
            cure: None,
        }];
        let status = self.status.unwrap_or_default();
        lines.push(scanner(&status, nl));
        if printer {
            lines.push(self.printer_line(nl));
        }
        if drawer {
            lines.push(HubLine {
                what: if nl { "hub lade" } else { "hub drawer" },
                text: drawer_text(status.drawer_open, nl).to_owned(),
                cure: None,
            });
        }
        if boards::may_have_display(&self.identity.board) {
            lines.push(self.display_line(nl));
        }
        lines
    }

    fn who(&self, nl: bool) -> String {
        let HubIdentity {
            firmware,
            board,
            protocol,
            started,
        } = &self.identity;
        let minutes = self.uptime_s / 60;
        let why = started_text(*started, nl);
        if nl {
            format!(
                "firmware {firmware} op bord {board}, protocol {protocol}, {minutes} min aan, gestart na {why}"
            )
        } else {
            format!(
                "firmware {firmware} on board {board}, protocol {protocol}, up {minutes} min, started after {why}"
            )
        }
    }

    fn printer_line(&self, nl: bool) -> HubLine {
        let well = matches!(
            self.printer,
            Some(PrinterState::Ready | PrinterState::PaperLow)
        );
        let text = match self.printer {
            Some(state) => state_text(state, nl),
            None if nl => "de printer antwoordt niet",
            None => "the printer does not answer",
        };
        let cure = match (self.printer, nl) {
            (Some(_), true) => "Kijk naar papier, klep en lampjes van de printer.",
            (Some(_), false) => "Look at paper, cover and lamps of the printer.",
            (None, true) => {
                "Staat de printer aan? Controleer de kabel tussen hub en printer, en of hij op 9600 baud staat."
            }
            (None, false) => {
                "Is the printer on? Check the cable between hub and printer, and that it is set to 9600 baud."
            }
        };
        HubLine {
            what: "hub printer",
            text: text.to_owned(),
            cure: (!well).then(|| cure.to_owned()),
        }
    }

    fn display_line(&self, nl: bool) -> HubLine {
        let (text, cure) = match (self.display_fault, nl) {
            (false, true) => ("geen storing gemeld", None),
            (false, false) => ("no fault reported", None),
            (true, true) => (
                "antwoordt niet",
                Some("Controleer de vier draden en het adres van het display (hardware.md)."),
            ),
            (true, false) => (
                "does not answer",
                Some("Check the four wires and the address of the display (hardware.md)."),
            ),
        };
        HubLine {
            what: "hub display",
            text: text.to_owned(),
            cure: cure.map(str::to_owned),
        }
    }
}

fn scanner(status: &Status, nl: bool) -> HubLine {
    let (errors, lost) = (status.scanner_errors, status.scans_lost);
    let text = if nl {
        format!("{errors} beschadigde en {lost} verloren scans sinds de start")
    } else {
        format!("{errors} damaged and {lost} lost scans since it started")
    };
    let cure = match (errors > 0 || lost > 0, nl) {
        (false, _) => None,
        (true, true) => Some("Controleer kabel, baud en achtervoegsel van de scanner."),
        (true, false) => Some("Check cable, baud and suffix of the scanner."),
    };
    HubLine {
        what: "hub scanner",
        text,
        cure: cure.map(str::to_owned),
    }
}

const fn drawer_text(open: Option<bool>, nl: bool) -> &'static str {
    match (open, nl) {
        (Some(true), true) => "contact zegt: open",
        (Some(true), false) => "its contact says: open",
        (Some(false), true) => "contact zegt: dicht",
        (Some(false), false) => "its contact says: shut",
        (None, true) => "dit bord heeft geen contact voor de lade",
        (None, false) => "this board has no contact for the drawer",
    }
}

const fn started_text(why: HubStart, nl: bool) -> &'static str {
    match (why, nl) {
        (HubStart::PowerOn, true) => "inschakelen",
        (HubStart::PowerOn, false) => "power on",
        (HubStart::Button, true) => "de resetknop",
        (HubStart::Button, false) => "its reset button",
        (HubStart::Watchdog, true) => "de waakhond (hij hing)",
        (HubStart::Watchdog, false) => "its watchdog (it hung)",
        (HubStart::Fault, true) => "een fout in de firmware",
        (HubStart::Fault, false) => "a fault of its firmware",
        (HubStart::Unknown, true) => "onbekende oorzaak",
        (HubStart::Unknown, false) => "an unknown cause",
    }
}

impl HubLook {
    /// With what is known of the running till: `ours` when it has the port open itself.
    #[must_use]
    pub fn with_till(self, ours: bool) -> Self {
        match self {
            Self::Port(finding) => Self::Port(finding.with_till(ours)),
            other => other,
        }
    }

    /// Line by line, for a human.
    #[must_use]
    pub fn lines(
        &self,
        port: &str,
        language: Language,
        printer: bool,
        drawer: bool,
    ) -> Vec<HubLine> {
        let nl = language == Language::Nl;
        let (text, cure) = match self {
            Self::Here(health) => return health.lines(language, printer, drawer),
            Self::Port(finding) => {
                let examined = crate::peripherals::doctor::Examined {
                    port: port.to_owned(),
                    finding: finding.clone(),
                };
                let cure = examined.cure(language).unwrap_or_default();
                let text = examined.text(language);
                (text, (!examined.is_well()).then_some(cure))
            }
            Self::Silent if nl => (
                format!("{port}: geen hub antwoordt"),
                Some("Heeft de hub stroom? Brandt zijn lampje? Controleer de kabel en baud in till.toml (115200).".to_owned()),
            ),
            Self::Silent => (
                format!("{port}: no hub answers"),
                Some("Has the hub power, is its lamp on? Check the cable, and baud in till.toml (115200).".to_owned()),
            ),
            Self::Incompatible(identity) => {
                let (firmware, protocol) = (&identity.firmware, identity.protocol);
                if nl {
                    (
                        format!("firmware {firmware} spreekt protocol {protocol}, deze kassa {PROTOCOL}"),
                        Some("Zet passende firmware op de hub: terminal-app hub update-info".to_owned()),
                    )
                } else {
                    (
                        format!("firmware {firmware} speaks protocol {protocol}, this till {PROTOCOL}"),
                        Some("Put fitting firmware on the hub: terminal-app hub update-info".to_owned()),
                    )
                }
            }
        };
        vec![HubLine {
            what: "hub",
            text,
            cure,
        }]
    }
}
