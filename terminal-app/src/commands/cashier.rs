//! `cashier add`, `list` and `remove`: who may use the till.

use std::io::{IsTerminal as _, Read as _};

use retail::clock::{Clock as _, wall_time};

use crate::clock::{SystemClock, SystemEntropy};
use crate::config::Config;
use crate::error::CliError;
use crate::out;
use crate::till::input::Cashier;

/// More than a PIN and a line end.
const MAX_INPUT: u64 = 64;

pub(super) fn add(config: &Config, name: &str) -> Result<(), CliError> {
    let pin = pin().map_err(|e| {
        CliError::new(
            format!("the PIN cannot be read: {e}"),
            "give it on standard input",
        )
    })?;
    let mut store = super::open(config)?;
    let cashier = store.set_cashier(name, Some(pin.trim()), &mut SystemEntropy)?;
    out::line(format!("cashier {}: {}", cashier.id, cashier.name))
}

/// From a pipe all there is; at a terminal one line, asked for and not shown.
fn pin() -> std::io::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        return rpassword::prompt_password("PIN (4 to 8 digits): ");
    }
    let mut pin = String::new();
    input.take(MAX_INPUT).read_to_string(&mut pin)?;
    Ok(pin)
}

pub(super) fn list(config: &Config) -> Result<(), CliError> {
    let store = super::open(config)?;
    let all = store.all_cashiers()?;
    if all.is_empty() {
        out::note(
            "there is no cashier yet; add one: terminal-app cashier add --name Anna --pin-stdin",
        );
    }
    for one in all {
        let state = match one.removed {
            Some(at) => {
                let day = wall_time(at, config.shop.time_zone).format("%d-%m-%Y");
                format!(" (removed {day})")
            }
            None if is_in_the_settings(config, &one.cashier) => {
                " (logged in from the start, by the settings)".to_owned()
            }
            None if !one.has_pin => " (no PIN)".to_owned(),
            None => String::new(),
        };
        out::line(format!(
            "cashier {}: {}{state}",
            one.cashier.id, one.cashier.name
        ))?;
    }
    Ok(())
}

pub(super) fn remove(config: &Config, name: &str) -> Result<(), CliError> {
    let mut store = super::open(config)?;
    let there = store.cashiers()?;
    let wanted = there.iter().find(|cashier| cashier.name == name.trim());
    if wanted.is_some_and(|cashier| is_in_the_settings(config, cashier)) {
        return Err(CliError::new(
            format!(
                "{} names {name} as the cashier who is always logged in",
                config.file.display()
            ),
            "take [till] cashier out of it, start the till again, and then remove him",
        ));
    }
    let cashier = store.remove_cashier(name, SystemClock::new().now())?;
    let at_work = store.work()?.and_then(|work| work.cashier);
    out::line(format!("removed cashier {}: {}", cashier.id, cashier.name))?;
    if at_work.is_some_and(|who| who.id == cashier.id) {
        out::note(
            "he is logged in: the till logs him out by itself, after a card payment that is under way; an open sale stays",
        );
    }
    if there.len() == 1 {
        out::note(
            "nobody can log in any more; add somebody: terminal-app cashier add --name Anna --pin-stdin",
        );
    }
    Ok(())
}

/// `[till] cashier` means this one.
fn is_in_the_settings(config: &Config, cashier: &Cashier) -> bool {
    let wanted = config.till.cashier.as_ref();
    wanted.is_some_and(|wanted| cashier.is_called(wanted))
}
