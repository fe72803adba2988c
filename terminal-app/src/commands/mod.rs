//! One file a command: each opens what it needs, does one thing and says what it did.

mod articles;
mod backup;
mod barcode;
mod cashier;
mod command_sheet;
mod doctor;
mod enrol;
mod hub;
mod journal;
mod rejects;
mod run;
mod sync;

use crate::cli::{self, Cli, Command};
use crate::config::Config;
use crate::error::CliError;
use crate::store::{Store, StoreError};

/// Does what was asked.
pub fn dispatch(cli: &Cli) -> Result<(), CliError> {
    let config = || Config::load(&cli.config).map_err(CliError::from);
    match &cli.command {
        Command::Run => run::run(&config()?),
        Command::Enrol { code } => enrol::run(&config()?, code),
        Command::Articles(cli::Articles::Import { file }) => articles::import(&config()?, file),
        Command::Cashier(cli::Cashier::Add { name, .. }) => cashier::add(&config()?, name),
        Command::Cashier(cli::Cashier::List) => cashier::list(&config()?),
        Command::Cashier(cli::Cashier::Remove { name }) => cashier::remove(&config()?, name),
        Command::Journal(cli::Journal::Export) => journal::export(&config()?),
        Command::Journal(cli::Journal::Verify) => journal::verify(&config()?),
        Command::Sync => sync::run(&config()?),
        Command::Backup { file } => backup::run(&config()?, file),
        Command::Hub(cli::Hub::UpdateInfo) => hub::update_info(&config()?),
        Command::Doctor => doctor::run(&config()?),
        Command::Barcode { .. } => barcode::run(&cli.config),
        Command::CommandSheet { file } => command_sheet::run(&config()?, file),
    }
}

/// The till's database, made when it is not there.
fn open(config: &Config) -> Result<Store, CliError> {
    open_store(config).map_err(CliError::from)
}

fn open_store(config: &Config) -> Result<Store, StoreError> {
    if let Some(folder) = config.store.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| StoreError::File {
            what: folder.display().to_string(),
            error,
        })?;
    }
    Store::open(&config.store)
}
