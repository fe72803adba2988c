//! The command line. Names and flags are a contract; every command works beside a running `serve`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::api::Office;
use crate::clock::{SystemClock, SystemEntropy};
use crate::error::{CliError, ended};
use crate::out;
use crate::store::sqlite::Sqlite;

mod args;
mod columns;
mod desk;
mod histories;
mod pretty;
mod report;
mod serve;
mod table;

use self::args::{
    Cli, Command, CustomerCommand, Format, ImportArgs, OwnerCommand, ReportArgs, ReportName,
    ServeArgs, ShopCommand, TillCommand,
};

type Done = Result<(), CliError>;

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // A second subscriber in one process is a test's own; it keeps the first.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
    ended(|| run(cli))
}

fn run(cli: Cli) -> Done {
    let db = cli.db.as_path();
    match cli.command {
        Command::Serve(args) => serve::serve(open(db)?, &args),
        Command::Shop(ShopCommand::Add {
            id,
            name,
            time_zone,
        }) => desk::shop_add(&open(db)?, &id, &name, &time_zone),
        Command::Shop(ShopCommand::List(list)) => desk::shop_list(&open_existing(db)?, list.format),
        Command::TillCode { shop } => desk::till_code(&open_existing(db)?, &shop),
        Command::Till(TillCommand::List(list)) => desk::till_list(&open_existing(db)?, list.format),
        Command::Till(TillCommand::Revoke { till }) => desk::till_revoke(&open_existing(db)?, till),
        Command::Till(TillCommand::Allow { till }) => desk::till_allow(&open_existing(db)?, till),
        Command::Owner(OwnerCommand::Add(args)) => {
            let shops = (!args.all).then_some(args.shop);
            desk::owner_add(&open(db)?, &args.name, shops)
        }
        Command::Owner(OwnerCommand::List(list)) => {
            desk::owner_list(&open_existing(db)?, list.format)
        }
        Command::Owner(OwnerCommand::Remove { name }) => {
            desk::owner_remove(&open_existing(db)?, &name)
        }
        Command::Import(args) if args.csv.is_empty() => {
            histories::import(&open_existing(db)?, &args)
        }
        Command::Import(args) => histories::import(&open(db)?, &args),
        Command::Report(args) => {
            report::check(&args)?;
            report::report(&open_existing(db)?, &args)
        }
        Command::Rebuild { check } => histories::rebuild(&open_existing(db)?, check),
        Command::Verify => histories::verify(&open_existing(db)?),
        Command::Backup { file } => backup(db, &file),
        Command::Customer(CustomerCommand::Forget { id }) => desk::forget(&open_existing(db)?, &id),
    }
}

/// The log of tombstones beside a database.
fn tombstone_log(db: &Path) -> PathBuf {
    let mut name = db.as_os_str().to_owned();
    name.push(".forgotten");
    PathBuf::from(name)
}

fn open(db: &Path) -> Result<Office, CliError> {
    let store = Sqlite::open(db)?;
    let mut shown = None;
    let office = Office::open_with(
        Box::new(store),
        Box::new(SystemClock::new()),
        Box::new(SystemEntropy),
        Some(tombstone_log(db)),
        &mut |done, all| {
            let bar = shown.get_or_insert_with(|| histories::bar("paths", 0, false));
            bar.set_length(histories::long(all));
            bar.set_position(histories::long(done));
        },
    )?;
    if let Some(bar) = shown {
        bar.finish_and_clear();
    }
    Ok(office)
}

/// The log goes second: it may know of somebody whom the copy does not know to be forgotten, never the other way round.
fn backup(db: &Path, file: &Path) -> Done {
    existing(db)?;
    let (log, log_copy) = (tombstone_log(db), tombstone_log(file));
    for made in [file, &log_copy] {
        if made.exists() {
            return Err(CliError::mend(
                format!("{} is there already", made.display()),
                "give another name: a backup never takes the place of a file",
            ));
        }
    }
    Sqlite::backup(db, file)?;
    match std::fs::copy(&log, &log_copy) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(CliError::mend(
                format!("{}: {error}", log_copy.display()),
                "without that copy a backup does not know who was forgotten since: look at the disk and make another one",
            ));
        }
        _ => {}
    }
    out::line(&format!("{}: complete", file.display()));
    Ok(())
}

fn existing(db: &Path) -> Done {
    if !db.exists() {
        return Err(CliError::mend(
            format!("there is no database {}", db.display()),
            "give --db FILE; `shop add`, `import` and `serve` make a new one",
        ));
    }
    Ok(())
}

fn open_existing(db: &Path) -> Result<Office, CliError> {
    existing(db)?;
    open(db)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
