//! `cargo bench-all`: the budgets of the design, measured in one run of the release build.

use anyhow::Result;
use clap::Args;

use crate::run::{cargo, checked};

/// Which measurements.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Only measurements whose name contains this.
    only: Option<String>,
}

/// The crates whose parts are measured. Named the same way for both commands, so that they share one build.
const CRATES: [&str; 6] = ["-p", "terminal-app", "-p", "sync-server", "-p", "tests"];

/// Builds in release and measures.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let mut build = cargo();
    build.args(["build", "--release", "--locked"]).args(CRATES);
    checked(build.args(["--bins", "--bench", "all"]))?;
    let mut bench = cargo();
    bench.args(["bench", "--locked"]).args(CRATES);
    bench.args(["--bench", "all", "--"]);
    checked(bench.args(arguments.only.as_slice()))
}
