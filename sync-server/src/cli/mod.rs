//! The command line. Names and flags are a contract; every command works beside a running `serve`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

use crate::api::Office;
use crate::clock::{SystemClock, SystemEntropy};
use crate::error::CliError;
use crate::store::sqlite::Sqlite;

mod desk;
mod histories;
mod report;
mod serve;
mod table;

type Done = Result<(), CliError>;

/// Head office: receives the events of every till and shows who comes back.
#[derive(Debug, Parser)]
#[command(name = "sync-server", version, max_term_width = 100)]
struct Cli {
    /// The database: one file is one organisation, made on first use
    #[arg(
        long,
        global = true,
        default_value = "head-office.db",
        value_name = "FILE"
    )]
    db: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Listen to the tills and show the owner's pages
    Serve(ServeArgs),
    /// Add a shop
    #[command(subcommand)]
    Shop(ShopCommand),
    /// Give out a one-time code with which a till of a shop enrols (the last word on standard output)
    TillCode {
        /// The shop
        #[arg(long, value_name = "ID")]
        shop: String,
    },
    /// Tills and their keys
    #[command(subcommand)]
    Till(TillCommand),
    /// Owners who may log in
    #[command(subcommand)]
    Owner(OwnerCommand),
    /// Import outside sales history (CSV); what cannot be read goes to a rejects file
    Import(ImportArgs),
    /// Print a report
    Report(ReportArgs),
    /// Fold every customer's path again from all events
    Rebuild {
        /// Only compare with what is kept; fails when it differs
        #[arg(long)]
        check: bool,
    },
    /// Verify every chain and signature
    Verify,
    /// Customers
    #[command(subcommand)]
    Customer(CustomerCommand),
}

#[derive(Debug, Args)]
struct ServeArgs {
    /// Address and port
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    listen: String,
    /// Certificate chain (PEM); TLS is required off loopback
    #[arg(long, requires = "tls_key", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// Its private key (PEM)
    #[arg(long, requires = "tls_cert", value_name = "FILE")]
    tls_key: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum ShopCommand {
    /// Add a shop
    Add {
        /// Short name: letters, digits, hyphens
        #[arg(long)]
        id: String,
        /// What people call it
        #[arg(long)]
        name: String,
        /// Time zone, as in the tz database
        #[arg(long, value_name = "TZ")]
        time_zone: String,
    },
}

#[derive(Debug, Subcommand)]
enum TillCommand {
    /// List the tills and how far they are
    List,
    /// Revoke a till's key: nothing more is taken from it until it is enrolled anew
    Revoke {
        /// Its number
        #[arg(long, value_name = "N")]
        till: u16,
    },
}

#[derive(Debug, Subcommand)]
enum OwnerCommand {
    /// Add an owner, or give him a new password
    Add(OwnerArgs),
}

#[derive(Debug, Args)]
struct OwnerArgs {
    /// Log-in name
    #[arg(long)]
    name: String,
    /// A shop he may see (may be given more than once)
    #[arg(
        long,
        value_name = "ID",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    shop: Vec<String>,
    /// He may see every shop
    #[arg(long)]
    all: bool,
    /// Read the password from standard input (its first line)
    #[arg(long, required = true)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// A CSV file, or a folder of them (may be given more than once: one history)
    #[arg(long, required = true, value_name = "FILE")]
    csv: Vec<PathBuf>,
    /// Put this before event and receipt ids, where two sources reuse numbers
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Where rejected rows go (default: beside the file, FILE.rejects.csv)
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReportName {
    Volumes,
    Repeat,
    Visits,
    Cohorts,
    Rfm,
    Returns,
    Path,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Csv,
    Table,
}

#[derive(Debug, Args)]
struct ReportArgs {
    /// Which report
    name: ReportName,
    /// How to print it
    #[arg(long, default_value = "table")]
    format: Format,
    /// First local day, inclusive
    #[arg(long, value_name = "DAY")]
    from: Option<NaiveDate>,
    /// Last local day, inclusive
    #[arg(long, value_name = "DAY")]
    to: Option<NaiveDate>,
    /// Only this shop
    #[arg(long, value_name = "ID")]
    shop: Option<String>,
    /// The day paths are seen at (default: the last sale day in the data)
    #[arg(long, value_name = "DAY")]
    as_of: Option<NaiveDate>,
    /// Leave imported rows out
    #[arg(long)]
    without_imported: bool,
    /// path: of this customer
    #[arg(long, value_name = "ID", conflicts_with = "all")]
    customer: Option<String>,
    /// path: of every customer, one object a line
    #[arg(long)]
    all: bool,
    /// path: the journey model
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
}

#[derive(Debug, Subcommand)]
enum CustomerCommand {
    /// Forget a customer for good: profile, links and texts are deleted; the books stay whole
    Forget {
        /// His id
        #[arg(long)]
        id: String,
    },
}

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
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.report(),
    }
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
        Command::TillCode { shop } => desk::till_code(&open_existing(db)?, &shop),
        Command::Till(TillCommand::List) => desk::till_list(&open_existing(db)?),
        Command::Till(TillCommand::Revoke { till }) => desk::till_revoke(&open_existing(db)?, till),
        Command::Owner(OwnerCommand::Add(args)) => {
            let shops = (!args.all).then_some(args.shop);
            desk::owner_add(&open(db)?, &args.name, shops)
        }
        Command::Import(args) => histories::import(&open(db)?, &args),
        Command::Report(args) => report::report(&open_existing(db)?, &args),
        Command::Rebuild { check } => histories::rebuild(&open_existing(db)?, check),
        Command::Verify => histories::verify(&open_existing(db)?),
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
    Ok(Office::open(
        Box::new(store),
        Box::new(SystemClock::new()),
        Box::new(SystemEntropy),
        Some(tombstone_log(db)),
    )?)
}

fn open_existing(db: &Path) -> Result<Office, CliError> {
    if !db.exists() {
        return Err(CliError::mend(
            format!("there is no database {}", db.display()),
            "give --db FILE; `shop add`, `import` and `serve` make a new one",
        ));
    }
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
