//! `cashier add`: who may use the till.

use std::io::Read as _;

use crate::clock::SystemEntropy;
use crate::config::Config;
use crate::error::CliError;
use crate::out;

/// More than a PIN and a line end.
const MAX_INPUT: u64 = 64;

pub(super) fn add(config: &Config, name: &str) -> Result<(), CliError> {
    let mut pin = String::new();
    std::io::stdin()
        .take(MAX_INPUT)
        .read_to_string(&mut pin)
        .map_err(|e| {
            CliError::new(
                format!("the PIN cannot be read: {e}"),
                "give it on standard input",
            )
        })?;
    let mut store = super::open(config)?;
    let cashier = store.set_cashier(name, Some(pin.trim()), &mut SystemEntropy)?;
    out::line(format!("cashier {}: {}", cashier.id, cashier.name))
}
