//! `hub`: which firmware fits the hub of this till, and how it gets there. In the language of the screen, as `doctor` is.

use std::sync::Arc;

use link::PROTOCOL;

use self::words::Words;
use crate::clock::{SystemClock, SystemEntropy};
use crate::config::Config;
use crate::error::CliError;
use crate::out;
use crate::peripherals::doctor::Finding;
use crate::peripherals::hub::boards::{BOARDS, Board};
use crate::peripherals::hub::doctor::{self, HubLook};
use crate::peripherals::line;
use crate::runtime::Running;
use crate::screen::strings::fill;

mod words;

/// The firmware that belongs to this program: both are of one version.
const BUILT: &str = env!("CARGO_PKG_VERSION");

/// What runs on a hub.
struct Firmware {
    board: String,
    version: String,
    protocol: u8,
}

pub(super) fn update_info(config: &Config) -> Result<(), CliError> {
    let w = Words::of(config.screen.language);
    let Some(hub) = &config.hub else {
        return Err(told(w.no_hub, w.no_hub_cure));
    };
    let store = super::open(config)?;
    let settings = line::Settings::from(&hub.serial);
    let clock = Arc::new(SystemClock::new());
    let ours = Running::on(&config.store).is_some_and(|running| running.has(&settings.path));
    let look = doctor::look(&settings, false, clock, &mut SystemEntropy).with_till(ours);
    let heard = match look {
        HubLook::Here(health) => Some(health.identity),
        HubLook::Incompatible(identity) => Some(identity),
        HubLook::Port(Finding::OurTill) => None,
        other => {
            let port = settings.path.display().to_string();
            let lines = other.lines(&port, config.screen.language, false, false);
            let (text, cure) = lines
                .into_iter()
                .next()
                .map_or_else(Default::default, |line| {
                    (line.text, line.cure.unwrap_or_default())
                });
            images(w, None)?;
            return Err(told(&format!("hub: {text}"), &cure));
        }
    };
    let running = match heard {
        Some(identity) => Some(Firmware {
            board: identity.board,
            version: identity.firmware,
            protocol: identity.protocol,
        }),
        None => {
            out::line(w.ours)?;
            store.hub_seen()?.map(|seen| Firmware {
                board: seen.board,
                version: seen.firmware,
                protocol: seen.protocol,
            })
        }
    };
    match running {
        Some(running) => compared(w, &running),
        None => {
            images(w, None)?;
            Err(told(w.never_heard, w.never_heard_cure))
        }
    }
}

/// What is wrong and its cure, as `doctor` writes them: the words *error* and *hint* are of another language.
fn told(text: &str, cure: &str) -> CliError {
    out::note(format!("!! {text}"));
    if !cure.is_empty() {
        out::note(format!("   {cure}"));
    }
    CliError {
        message: String::new(),
        hint: None,
        code: 1,
    }
}

/// What runs on the hub beside what belongs there.
fn compared(w: &Words, running: &Firmware) -> Result<(), CliError> {
    let Firmware {
        board,
        version,
        protocol,
    } = running;
    out::line(fill(w.on_the_hub, &[version, board, protocol]))?;
    out::line(fill(w.of_this_till, &[&BUILT, &PROTOCOL]))?;
    out::line(match (*protocol == PROTOCOL, version == BUILT) {
        (true, true) => w.up_to_date,
        (true, false) => w.other_version,
        (false, _) => w.must_update,
    })?;
    images(w, Some(board))
}

/// The image for a board and how to put it there; for all boards when it is not known.
fn images(w: &Words, board: Option<&str>) -> Result<(), CliError> {
    let fitting: Vec<&Board> = BOARDS
        .iter()
        .filter(|known| board.is_none_or(|board| board == known.name))
        .collect();
    if let (Some(board), true) = (board, fitting.is_empty()) {
        return Err(told(&fill(w.no_image, &[&board]), w.no_image_cure));
    }
    for board in fitting {
        out::line(format!("{}: {}", board.name, board.image))?;
        out::line(format!("   {}", w.build))?;
        for step in w.steps(board) {
            out::line(format!("   {}", fill(step, &[&board.image])))?;
        }
    }
    Ok(())
}
