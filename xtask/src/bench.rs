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

/// Builds in release and measures.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    checked(cargo().args([
        "build",
        "--release",
        "--locked",
        "-p",
        "terminal-app",
        "-p",
        "sync-server",
    ]))?;
    let mut bench = cargo();
    bench.args(["bench", "--locked", "-p", "tests", "--bench", "all", "--"]);
    checked(bench.args(arguments.only.as_slice()))
}
