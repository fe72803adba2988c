//! The doctor's look at the till's own screen: who can open it, and what the till that runs says there of its printer.

use std::net::SocketAddr;

use serde::Deserialize;

use super::{Findings, Look, get};
use crate::config::Server;
use crate::error::CliError;
use crate::peripherals::doctor as devices;
use crate::receipt::Language;
use crate::screen::strings::fill;
use crate::sync::http::{HttpWire, Patience};
use crate::sync::office::Wire as _;
use crate::till::input::PrinterState;

impl Findings<'_> {
    /// It may be meant so, but nobody should find out by chance; `run` says it too.
    pub(super) fn screen(&mut self) -> Result<(), CliError> {
        let (w, listen) = (self.w, self.config.screen.listen);
        if listen.ip().is_loopback() {
            return Ok(());
        }
        let advice = fill(w.screen_open_advice, &[&listen.port()]);
        let text = fill(w.screen_open, &[&listen]);
        self.say(w.screen, &text, Look::Well, Some(&advice))
    }

    /// The running till keeps the printer to itself; it knows how the printer is.
    pub(super) fn running_printer(&mut self) -> Result<(), CliError> {
        let (w, config) = (self.w, self.config);
        let hub = config.hub.as_ref().is_some_and(|hub| hub.printer.is_some());
        // Behind port 0 the screen is at another address every time, which only the till itself knows.
        let somewhere = config.screen.listen.port() == 0;
        if self.running.is_none() || somewhere || !(hub || config.printer.is_some()) {
            return Ok(());
        }
        let Some((state, queue)) = printer_of(config.screen.listen) else {
            return self.judge(w.printer, w.screen_silent, false, w.screen_silent_cure);
        };
        let language = config.screen.language;
        let how = devices::state_text(state, language == Language::Nl);
        let text = fill(w.printer_says, &[&how, &queue]);
        let examined = devices::Examined {
            port: config.screen.listen.to_string(),
            finding: devices::Finding::Answers(state),
        };
        match examined.cure(language) {
            Some(cure) => self.judge(w.printer, &text, false, &cure),
            None => self.well(w.printer, &text),
        }
    }
}

/// What the running till says of its printer; `None` when its screen does not answer.
fn printer_of(listen: SocketAddr) -> Option<(PrinterState, u32)> {
    #[derive(Deserialize)]
    struct Said {
        printer: Printer,
    }
    #[derive(Deserialize)]
    struct Printer {
        state: PrinterState,
        queue: u32,
    }
    let screen = Server {
        url: format!("http://{listen}"),
        ca: None,
    };
    let mut wire = HttpWire::new(&screen, Patience::Cashier).ok()?;
    let answer = wire.send(&get("/state")).ok()?;
    let said: Said = serde_json::from_slice(&answer.body).ok()?;
    Some((said.printer.state, said.printer.queue))
}
