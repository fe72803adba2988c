//! `cargo xtask nights`: simulated nights from seeds, as many as one likes, or one again.

use anyhow::Result;
use clap::Args;

use crate::run::{cargo, checked};

/// Which nights.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How many seeds.
    #[arg(long, default_value_t = 2000)]
    seeds: u64,
    /// The first seed; with `--seeds 1` it replays that night alone.
    #[arg(long, default_value_t = 0)]
    from: u64,
}

/// Runs the simulator of the crate `tests` over these seeds.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let mut test = cargo();
    test.args([
        "test",
        "--locked",
        "-p",
        "tests",
        "--test",
        "nights",
        "--",
        "--nocapture",
    ]);
    test.env("KLANTREIS_NIGHTS", arguments.seeds.to_string());
    checked(test.env("KLANTREIS_SEED", arguments.from.to_string()))
}
