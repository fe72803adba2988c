//! The till's binary: reads the command line, does what it says, turns the outcome into an exit code.

use std::process::ExitCode;

use clap::Parser;
use terminal_app::cli::Cli;
use terminal_app::{commands, out};

/// Exit code of what a user can mend.
const MEND: u8 = 1;
/// Exit code of a bug.
const BUG: u8 = 70;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match std::panic::catch_unwind(|| commands::run(&cli)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(failure)) => {
            out::say(&format!("terminal-app: {failure}"));
            ExitCode::from(MEND)
        }
        Err(_) => {
            out::say(
                "terminal-app: this is a bug in Klantreis; the lines above say where. Nothing that was paid is lost.",
            );
            ExitCode::from(BUG)
        }
    }
}
