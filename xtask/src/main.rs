//! The project's own commands: `cargo demo`, `cargo verify`, `cargo bench-all`, `cargo xtask firmware | fuzz | nights`.
//!
//! A thin conductor: it finds or installs what the machine lacks, calls cargo and the project's binaries, and says what it
//! does. It depends on nothing heavy, so that it is built in seconds; the demo itself is a binary of the crate `tests`.

mod bench;
mod demo;
mod firmware;
mod fuzz;
mod nights;
mod run;
mod system;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "xtask", about = "Klantreis: the project's own commands")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build and start a head office and a shop with two tills, on simulated devices.
    Demo(demo::Arguments),
    /// Everything that must hold: fmt, clippy, tests, docs, firmware, browser stories, the demo's day.
    Verify(verify::Arguments),
    /// The budgets of the design as measurements; prints the figures and how to repeat them.
    BenchAll(bench::Arguments),
    /// Build the firmware of both boards and print their sizes.
    Firmware(firmware::Arguments),
    /// Made-up inputs for every parser of the hub, the link and the hub itself.
    Fuzz(fuzz::Arguments),
    /// Simulated nights: more seeds, or one seed again.
    Nights(nights::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Demo(arguments) => demo::run(&arguments),
        Task::Verify(arguments) => verify::run(&arguments),
        Task::BenchAll(arguments) => bench::run(&arguments),
        Task::Firmware(arguments) => firmware::run(&arguments),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
        Task::Nights(arguments) => nights::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            run::say(&format!("\nfailed: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
