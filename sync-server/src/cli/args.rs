//! What can be written on the command line: commands, flags and their help. Names and flags are a contract. Decides nothing.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

/// Head office: receives the events of every till and shows who comes back.
#[derive(Debug, Parser)]
#[command(
    name = "sync-server",
    version,
    max_term_width = 100,
    after_help = "Every command works beside a running `serve`. Exit codes: 0 done; 1 something you can mend (with a hint); 2 wrong usage; 70 a bug.\n\nExample: sync-server --db shop.db serve --listen 127.0.0.1:8080"
)]
pub(super) struct Cli {
    /// The database: one file is one organisation; `shop add`, `import` and `serve` make it
    #[arg(
        long,
        global = true,
        default_value = "head-office.db",
        value_name = "FILE"
    )]
    pub(super) db: PathBuf,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Listen to the tills and show the owner's pages
    #[command(
        after_help = "Example: sync-server serve --listen 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem"
    )]
    Serve(ServeArgs),
    /// Shops
    #[command(subcommand)]
    Shop(ShopCommand),
    /// Give out a one-time code with which a till of a shop enrols (the last word on standard output)
    #[command(after_help = "Example: sync-server till-code --shop utrecht")]
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
    /// Import outside sales history (CSV), list what was imported, or take an import back
    #[command(after_help = "\
The first line names the columns, in any order; others are ignored: event_id (unique), occurred_at \
(2026-03-12T14:03:00+01:00), shop_id, till_id, customer_id (empty: anonymous), kind (sale, return, or a touchpoint), \
receipt_id, product_id, category, quantity, amount_cents. UTF-8, commas. Returns are negative. A second import of the same file adds nothing.

What cannot be read goes to a rejects file with its line, the reason and the row itself: mend it there and import that file.
What is odd is told and goes in as it stands.
Ends with 0 when rows went in or were there already, also when others were rejected (their number is told); with 1 \
when every row of a file was rejected.

Examples:
  sync-server import --csv history.csv
  sync-server import --csv 2024/ --csv 2025.csv --source oldtill
  sync-server import --list
  sync-server import --undo 3")]
    Import(ImportArgs),
    /// Print a report
    #[command(after_help = "\
Figures are over whole receipts, by the local day and shop of their first line; rates are fractions, money is cents; a \
table shows rates in percent, money in euros, other fractions to three decimals, and a dash where there is nothing to \
count over. First visits stay those of the whole history, also under --from, --to and --shop.

Examples:
  sync-server report repeat --from 2026-01-01 --to 2026-03-31 --shop utrecht
  sync-server report cohorts --format csv
  sync-server report path --customer 4711 --as-of 2026-09-21
  sync-server report path --all --format json")]
    Report(ReportArgs),
    /// Fold every customer's path again from all events
    #[command(after_help = "Example: sync-server rebuild --check")]
    Rebuild {
        /// Only compare with what is kept; fails when it differs
        #[arg(long)]
        check: bool,
    },
    /// Verify every chain and signature of the tills; says how many imported rows nobody signed
    #[command(after_help = "Example: sync-server --db backup.db verify")]
    Verify,
    /// Copy the whole database into a new file, also while `serve` runs
    #[command(
        after_help = "Beside FILE stands FILE.forgotten, a copy of the log of who was forgotten: keep the two together.\nNever over another file.\n\nExample: sync-server backup backup-2026-03-14.db"
    )]
    Backup {
        /// The file to make
        file: PathBuf,
    },
    /// Customers
    #[command(subcommand)]
    Customer(CustomerCommand),
}

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Address and port
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub(super) listen: String,
    /// Certificate chain (PEM); TLS is required off loopback
    #[arg(long, requires = "tls_key", value_name = "FILE")]
    pub(super) tls_cert: Option<PathBuf>,
    /// Its private key (PEM)
    #[arg(long, requires = "tls_cert", value_name = "FILE")]
    pub(super) tls_key: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum ShopCommand {
    /// Add a shop
    #[command(
        after_help = "Example: sync-server shop add --id utrecht --name \"Wol & Wilg\" --time-zone Europe/Amsterdam"
    )]
    Add {
        /// Short name: at most 64 letters, digits, hyphens and underscores
        #[arg(long)]
        id: String,
        /// What people call it
        #[arg(long)]
        name: String,
        /// Time zone, as in the tz database
        #[arg(long, value_name = "TZ")]
        time_zone: String,
    },
    /// List the shops, with their tills
    #[command(after_help = "Example: sync-server shop list --format json")]
    List(ListArgs),
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// How to print it
    #[arg(long, default_value = "table")]
    pub(super) format: Format,
}

#[derive(Debug, Subcommand)]
pub(super) enum TillCommand {
    /// List the tills and how far they are
    #[command(after_help = "Example: sync-server till list --format csv")]
    List(ListArgs),
    /// Revoke a till's key: nothing more is taken from it until it is allowed again
    #[command(
        after_help = "The till sells on and keeps what it could not send; `till allow` lets it in again.\n\n\
                      Example: sync-server till revoke --till 3"
    )]
    Revoke {
        /// Its number
        #[arg(long, value_name = "N")]
        till: u16,
    },
    /// Allow a revoked till again, with the key it has: what it kept meanwhile comes in
    #[command(
        after_help = "Not for a till that was stolen: its box still has the key. Enrol its successor as a new till.\n\n\
                      Example: sync-server till allow --till 3"
    )]
    Allow {
        /// Its number
        #[arg(long, value_name = "N")]
        till: u16,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum OwnerCommand {
    /// Add an owner, or give him a new password
    #[command(
        after_help = "Example: printf %s \"$PASSWORD\" | sync-server owner add --name anna --all --password-stdin"
    )]
    Add(OwnerArgs),
    /// List the owners and what they may see
    #[command(after_help = "Example: sync-server owner list")]
    List(ListArgs),
    /// Remove an owner; whoever is logged in under the name is out at once
    #[command(after_help = "Example: sync-server owner remove --name anna")]
    Remove {
        /// Log-in name
        #[arg(long)]
        name: String,
    },
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("sees").args(["shop", "all"]).required(true)))]
pub(super) struct OwnerArgs {
    /// Log-in name
    #[arg(long)]
    pub(super) name: String,
    /// A shop he may see (may be given more than once)
    #[arg(long, value_name = "ID")]
    pub(super) shop: Vec<String>,
    /// He may see every shop
    #[arg(long)]
    pub(super) all: bool,
    /// Read the password from standard input (its first line); at a terminal it is asked for and not shown
    #[arg(long, required = true)]
    pub(super) password_stdin: bool,
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").args(["csv", "list", "undo"]).required(true)))]
pub(super) struct ImportArgs {
    /// A CSV file, or a folder of them (may be given more than once: one history)
    #[arg(long, value_name = "FILE")]
    pub(super) csv: Vec<PathBuf>,
    /// Put this before event and receipt ids, where two sources reuse numbers
    #[arg(long, value_name = "NAME", value_parser = source, requires = "csv", conflicts_with_all = ["list", "undo"])]
    pub(super) source: Option<String>,
    /// Where rejected rows go (default: beside the file; for history.csv history.rejects.csv)
    #[arg(long, value_name = "FILE", requires = "csv", conflicts_with_all = ["list", "undo"])]
    pub(super) rejects: Option<PathBuf>,
    /// List the imports: number, file, rows, how many are in by it now, and whether one was taken back
    #[arg(long)]
    pub(super) list: bool,
    /// Take an import back: its rows are gone from every report, and the file can be imported again
    #[arg(long, value_name = "ID")]
    pub(super) undo: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportName {
    /// How much there is: events, receipts, customers, money
    Volumes,
    /// Who comes back: rates, revenue share, second visits within days
    Repeat,
    /// How often: days between visits
    Visits,
    /// Customers by the month of their first visit, and who of them comes in later months
    Cohorts,
    /// Recency, frequency and money of every customer, scored 1 to 5; days are counted back from its
    /// `reference_day`: the day after the last sale day of the selection
    Rfm,
    /// What comes back, by reason, article, category and days since the purchase
    Returns,
    /// Customers' paths: purchase, use, loyalty
    Path,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Exact, as one document (`report path --all`: one object a line)
    Json,
    /// Exact, for programs: a table, a line a row; where a report has lists in it, they stand as JSON in a cell
    Csv,
    /// For people: rounded, money in euros, rates in percent, at most 100 columns wide
    Table,
}

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// Which report
    pub(super) name: ReportName,
    /// How to print it
    #[arg(long, default_value = "table")]
    pub(super) format: Format,
    /// First local day, inclusive
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(super) from: Option<NaiveDate>,
    /// Last local day, inclusive
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(super) to: Option<NaiveDate>,
    /// Only this shop
    #[arg(long, value_name = "ID")]
    pub(super) shop: Option<String>,
    /// The day paths are seen at (default: the last sale day of the selection)
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(super) as_of: Option<NaiveDate>,
    /// Leave imported rows out
    #[arg(long)]
    pub(super) without_imported: bool,
    /// path: of this customer
    #[arg(long, value_name = "ID", conflicts_with = "all")]
    pub(super) customer: Option<String>,
    /// path: of every customer of the selection, one object a line
    #[arg(long)]
    pub(super) all: bool,
    /// path: the journey model
    #[arg(long, value_name = "NAME")]
    pub(super) model: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum CustomerCommand {
    /// Forget a customer for good: profile, links and texts are deleted; the books stay whole
    #[command(after_help = "Example: sync-server customer forget --id 4711")]
    Forget {
        /// His id
        #[arg(long)]
        id: String,
    },
}

/// Also an empty name would stand before the ids, and make a file that is in another history.
fn source(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        return Err("a source has a name; leave --source out where there is one source");
    }
    Ok(text.to_owned())
}

fn day(text: &str) -> Result<NaiveDate, &'static str> {
    text.parse()
        .map_err(|_| "that is no day; write it as year-month-day, like 2026-03-14")
}
