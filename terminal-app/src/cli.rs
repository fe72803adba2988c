//! The command line: what a user may ask of this program.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// The till of one POS box.
#[derive(Debug, Parser)]
#[command(
    name = "terminal-app",
    version,
    about = "The till of one POS box: scans, sells, prints, and keeps everything until head office has it",
    after_help = "Examples:
  terminal-app cashier add --name Anna --pin-stdin
  terminal-app articles import articles.csv
  terminal-app enrol --code 4F7K-29QM
  terminal-app run --config /etc/klantreis/till.toml

All commands work while `run` is running. Exit codes: 0 done, 1 something you can mend, 2 wrong usage, 70 a fault of the program."
)]
pub struct Cli {
    /// The settings of this till
    #[arg(long, global = true, value_name = "FILE", default_value = "till.toml")]
    pub config: PathBuf,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the till: devices, screen, sync. Stops cleanly on Ctrl-C or SIGTERM
    #[command(after_help = "Before enrolment the till sells nothing and says why on its screen.")]
    Run,
    /// Introduce this till to head office with a one-time code
    #[command(
        after_help = "Head office gives the code out with: sync-server till-code --shop ID
The till makes its own key; it stays in the till's database, which only its owner may read.

Example:
  terminal-app enrol --code 4F7K-29QM"
    )]
    Enrol {
        /// The one-time code of the shop
        #[arg(long)]
        code: String,
    },
    /// The catalogue
    #[command(subcommand)]
    Articles(Articles),
    /// Who may use the till
    #[command(subcommand)]
    Cashier(Cashier),
    /// The journal
    #[command(subcommand)]
    Journal(Journal),
    /// Exchange with head office, once, now; prints what was sent
    Sync,
    /// Copy the whole database to a new file, while the till goes on
    #[command(
        after_help = "The copy holds the till's key: keep it as safe as the till. A till that runs on a restored
backup notices by itself, opens a new epoch and sells on."
    )]
    Backup {
        /// The file to make; must not exist
        file: PathBuf,
    },
    /// The peripheral hub
    #[command(subcommand)]
    Hub(Hub),
    /// Look over devices, permissions, disk, clock, SQLite and head office
    Doctor,
    /// Say what scans mean, one a line on standard input
    #[command(
        after_help = r#"Control bytes are written \xHH, a backslash \\. One JSON object a line comes out.

Example:
  printf '8712345678906\n\x5dC1010871234567890610ABC\n' | terminal-app barcode --json"#
    )]
    Barcode {
        /// One JSON object a line: {kind, ...} or {kind: "invalid", reason}
        #[arg(long, required = true)]
        json: bool,
    },
    /// Write the sheet of command barcodes, to be printed
    CommandSheet {
        /// The HTML file to write
        file: PathBuf,
    },
}

/// The catalogue.
#[derive(Debug, Subcommand)]
pub enum Articles {
    /// Read articles from a CSV file; the same file twice changes nothing
    #[command(
        after_help = "First line: gtin,name,price_cents,vat_percent,category (order free). Optional: unit (piece or kg),
deposit_cents (statiegeld of one unit). An empty price_cents asks the cashier.
Rows that cannot be read go to a rejects file (articles.csv: articles.rejects.csv) with their line and the reason; the
others go in. Mend the rows there and import that file.
Ends with 0 when rows went in or were there already, also when others were rejected; with 1 when every row was rejected.

Example:
  terminal-app articles import articles.csv"
    )]
    Import {
        /// The CSV file
        file: PathBuf,
    },
}

/// Who may use the till.
#[derive(Debug, Subcommand)]
pub enum Cashier {
    /// Add a cashier, give one another PIN, or take one back who was removed
    #[command(after_help = "Example:
  echo 4821 | terminal-app cashier add --name Anna --pin-stdin")]
    Add {
        /// What the screen calls him; the name never leaves the till
        #[arg(long)]
        name: String,
        /// Read the PIN (4 to 8 digits) from standard input; at a terminal it is asked for and not shown
        #[arg(long, required = true)]
        pin_stdin: bool,
    },
    /// List the cashiers by number, also those who were removed
    List,
    /// Take a cashier away: he can no longer log in
    #[command(
        after_help = "A running till notices within seconds and logs him out; an open sale stays for the next cashier.
What he did stays in the journal under his number, which nobody else gets.

Example:
  terminal-app cashier remove --name Anna"
    )]
    Remove {
        /// As `cashier list` names him
        #[arg(long)]
        name: String,
    },
}

/// The journal.
#[derive(Debug, Subcommand)]
pub enum Journal {
    /// Print every event as one JSON object a line: till, epoch, seq, prev_hash, hash and event (the stored bytes)
    Export,
    /// Check every hash and every link of the chain
    Verify,
}

/// The peripheral hub.
#[derive(Debug, Subcommand)]
pub enum Hub {
    /// Say which firmware the hub runs, which image fits its board, and how to put it there
    #[command(
        after_help = "Asks the hub itself; while the till runs, tells of the hub that the till heard last.
Ends with 0 when an image fits, also when the hub is up to date; with 1 when no hub is found."
    )]
    UpdateInfo,
}
