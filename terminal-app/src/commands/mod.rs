//! What each command does. A command reads settings, opens what it needs, does one thing and says what it did.

pub mod barcode;

use std::path::PathBuf;
use std::sync::Arc;

use retail::clock::Clock;

use crate::cli::{Cli, Command};
use crate::clock::RealClock;
use crate::error::Failure;

/// What every command is given.
#[derive(Clone)]
pub struct Context {
    /// The settings.
    pub config: PathBuf,
    /// Nobody named another file than `till.toml`.
    pub config_is_default: bool,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// Does what was asked.
pub fn run(cli: &Cli) -> Result<(), Failure> {
    let context = Context {
        config: cli.config.clone(),
        config_is_default: cli.config.as_os_str() == "till.toml",
        clock: Arc::new(RealClock::start()),
    };
    match &cli.command {
        Command::Barcode(_) => barcode::run(&context),
        _ => Err(Failure::new("not built in yet")),
    }
}
