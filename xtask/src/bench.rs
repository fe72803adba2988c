//! `cargo bench-all`: the budgets of the design, measured in one run of the release build.

use anyhow::Result;
use clap::Args;

use crate::run::{cargo, checked};
use crate::system::{self, Need, need};

/// Which measurements.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Only measurements whose name contains this.
    only: Option<String>,
}

impl Arguments {
    fn measures(&self, group: &str) -> bool {
        self.only
            .as_ref()
            .is_none_or(|only| group.contains(only.as_str()))
    }
}

/// The crates whose parts are measured. Named the same way for both commands, so that they share one build.
const CRATES: [&str; 6] = ["-p", "terminal-app", "-p", "sync-server", "-p", "tests"];

/// What the group `sync` compares with. `pg_ctlcluster` is on the path wherever Debian has a server; its own programs are not.
const PEER: Need = need(
    "pg_ctlcluster",
    "postgresql",
    "the comparison of signed batches with its inserts",
);

/// Builds in release and measures.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    if arguments.measures("sync") && !system::on_path("initdb") {
        system::ensure([&PEER])?;
    }
    let mut build = cargo();
    build.args(["build", "--release", "--locked"]).args(CRATES);
    checked(build.args(["--bins", "--bench", "all"]))?;
    let mut bench = cargo();
    bench.args(["bench", "--locked"]).args(CRATES);
    bench.args(["--bench", "all", "--"]);
    checked(bench.args(arguments.only.as_slice()))
}
