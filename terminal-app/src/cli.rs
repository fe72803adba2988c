//! The command line of the till. Words only; what a command does stands in [`crate::commands`].

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// The till of a shop: reads scanners, sells, prints receipts, keeps a journal that cannot be lost.
#[derive(Debug, Parser)]
#[command(name = "terminal-app", version, about, long_about = None)]
#[command(after_help = "\
Every command works while `run` is running.

Exit codes: 0 done; 1 something you can mend (message and hint); 2 wrong usage; 70 a bug.

A new till, from nothing:
  terminal-app articles import catalogue.csv
  printf 1234 | terminal-app cashier add --name Sanne --pin-stdin
  terminal-app enrol --code CODE        (head office: sync-server till-code --shop ID)
  terminal-app run")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// The settings of this till.
    #[arg(long, global = true, value_name = "FILE", default_value = "till.toml")]
    pub config: PathBuf,
}

/// What the till can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the till: screen, scanners, printer, exchange with head office. Ctrl-C or SIGTERM stops it; nothing is lost.
    Run,
    /// Join an organisation with a one-time code of head office. The till makes its own key.
    Enrol {
        /// The code, as `sync-server till-code` printed it.
        #[arg(long)]
        code: String,
    },
    /// The catalogue.
    #[command(subcommand)]
    Articles(Articles),
    /// The cashiers of this till.
    #[command(subcommand)]
    Cashier(Cashier),
    /// The journal.
    #[command(subcommand)]
    Journal(Journal),
    /// Exchange everything with head office once, now, and print what was sent.
    Sync,
    /// Copy the database of the till, whole and consistent, while it sells.
    Backup {
        /// The file to write; it must not exist yet.
        file: PathBuf,
    },
    /// Look at devices, permissions, disk, clock, SQLite and head office, and say what to mend.
    Doctor,
    /// Say what a scan means: one scan a line on standard input (`\xHH` for control bytes), one JSON object a line out.
    Barcode(Barcode),
    /// Write the sheet of command barcodes (pay, cancel, quantity, copy ...) as a page to print.
    CommandSheet {
        /// The HTML file to write.
        file: PathBuf,
    },
}

/// The catalogue.
#[derive(Debug, Subcommand)]
pub enum Articles {
    /// Read articles from a CSV file; articles that are there already are replaced.
    ///
    /// Columns: gtin, name, price_cents, vat_percent, category; further ones if you like: unit (piece, kilogram),
    /// deposit_cents (statiegeld). An empty price asks the cashier. Rows that cannot be read go to FILE.rejects.csv with
    /// line and reason; the rest goes in.
    Import {
        /// The file, UTF-8 with a header line.
        file: PathBuf,
    },
}

/// The cashiers of this till.
#[derive(Debug, Subcommand)]
pub enum Cashier {
    /// Add a cashier, or give one with this name a new PIN.
    Add {
        /// What the screen calls him. The name never leaves this till.
        #[arg(long)]
        name: String,
        /// Read the PIN (4 to 8 digits) from standard input.
        #[arg(long, required = true)]
        pin_stdin: bool,
    },
}

/// The journal.
#[derive(Debug, Subcommand)]
pub enum Journal {
    /// Print every event as one JSON object a line: till, epoch, seq, prev_hash, hash and the event as it is stored.
    Export,
    /// Check every hash, every number and the order of the whole journal.
    Verify,
}

/// Options of `barcode`.
#[derive(Clone, Copy, Debug, Args)]
pub struct Barcode {
    /// One JSON object a line (the only form there is; named so that scripts say what they expect).
    #[arg(long, required = true)]
    pub json: bool,
}
