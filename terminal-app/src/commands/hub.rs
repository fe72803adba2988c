//! `hub`: which firmware fits the hub of this till, and how it gets there.

use std::sync::Arc;

use link::PROTOCOL;

use crate::clock::{SystemClock, SystemEntropy};
use crate::config::Config;
use crate::error::CliError;
use crate::out;
use crate::peripherals::doctor::Finding;
use crate::peripherals::hub::doctor::{self, HubLook};
use crate::peripherals::line;

/// The firmware that belongs to this program: both are of one version.
const BUILT: &str = env!("CARGO_PKG_VERSION");

struct Board {
    name: &'static str,
    image: &'static str,
    how: &'static [&'static str],
}

const BOARDS: [Board; 2] = [
    Board {
        name: "pico",
        image: "firmware/boards/hub.uf2",
        how: &[
            "make it: cd firmware/boards && cargo run -p uf2 -- ../../target/firmware/thumbv6m-none-eabi/release/pico hub.uf2",
            "hold BOOTSEL on the board while you plug its USB cable in: a drive RPI-RP2 appears",
            "copy the image to that drive; the board starts by itself and the drive goes away",
        ],
    },
    Board {
        name: "lm3s6965",
        image: "target/firmware/thumbv7m-none-eabi/release/lm3s6965",
        how: &[
            "connect the debug port of the evaluation board",
            "openocd -f board/ek-lm3s6965.cfg -c 'program IMAGE verify reset exit'",
        ],
    },
];

pub(super) fn update_info(config: &Config) -> Result<(), CliError> {
    let Some(hub) = &config.hub else {
        return Err(CliError::new(
            "the settings name no hub",
            "add [hub] with its port to till.toml (hardware.md)",
        ));
    };
    let store = super::open(config)?;
    let settings = line::Settings::from(&hub.serial);
    let clock = Arc::new(SystemClock::new());
    let look = doctor::look(&settings, false, clock, &mut SystemEntropy);
    let running = match look {
        HubLook::Here(health) => Some((
            health.identity.board,
            health.identity.firmware,
            health.identity.protocol,
        )),
        HubLook::Incompatible(identity) => {
            Some((identity.board, identity.firmware, identity.protocol))
        }
        HubLook::Port(Finding::Busy) => {
            out::line(
                "the port is in use, as it should be while the till runs; this is the hub it heard last",
            )?;
            store
                .hub_seen()?
                .map(|seen| (seen.board, seen.firmware, seen.protocol))
        }
        other => {
            let lines = other.lines(
                &settings.path.display().to_string(),
                config.screen.language,
                false,
                false,
            );
            let first = lines.into_iter().next();
            let (text, cure) = first.map_or_else(Default::default, |line| {
                (line.text, line.cure.unwrap_or_default())
            });
            images(None)?;
            return Err(CliError::new(format!("hub: {text}"), cure));
        }
    };
    let Some((board, firmware, protocol)) = running else {
        images(None)?;
        return Err(CliError::new(
            "no hub was heard yet",
            "run terminal-app doctor",
        ));
    };
    out::line(format!(
        "running: firmware {firmware} on board {board}, protocol {protocol}"
    ))?;
    out::line(format!(
        "built with this till: firmware {BUILT}, protocol {PROTOCOL}"
    ))?;
    let same = firmware == BUILT && protocol == PROTOCOL;
    out::line(if same {
        "the hub is up to date; to put its image on a board anew:"
    } else if protocol == PROTOCOL {
        "the hub works; another version belongs to this till:"
    } else {
        "the hub must be updated before the till can use it:"
    })?;
    images(Some(&board))
}

/// The image for a board and how to put it there; for all boards when it is not known.
fn images(board: Option<&str>) -> Result<(), CliError> {
    let fitting: Vec<&Board> = BOARDS
        .iter()
        .filter(|known| board.is_none_or(|board| board == known.name))
        .collect();
    if let (Some(board), true) = (board, fitting.is_empty()) {
        return Err(CliError::new(
            format!("no image is built for a board \"{board}\""),
            "hardware.md lists the boards; firmware/boards shows how to add one",
        ));
    }
    for board in fitting {
        out::line(format!("{}: {}", board.name, board.image))?;
        out::line("   build the firmware: cargo xtask firmware")?;
        for step in board.how {
            out::line(format!("   {}", step.replace("IMAGE", board.image)))?;
        }
    }
    Ok(())
}
