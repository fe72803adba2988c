//! `cargo verify`: everything that must hold, in the order in which it fails fastest.

use anyhow::Result;
use clap::Args;

use crate::run::{cargo, checked, say};
use crate::{demo, firmware, fuzz, system};

/// What to verify.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Leave out the demo's day (it starts real processes for about half a minute).
    #[arg(long)]
    no_day: bool,
}

/// Runs all of it; the first failure ends it.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    system::ensure(
        system::COMPILER
            .iter()
            .chain(&system::BROWSER)
            .chain(&firmware::EMULATORS)
            .chain(&fuzz::COMPILER),
    )?;
    checked(cargo().args(["fmt", "--all", "--check"]))?;
    checked(cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))?;
    checked(
        cargo()
            .args(["doc", "--workspace", "--no-deps", "--locked"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    firmware::lint()?;
    fuzz::lint()?;
    firmware::build()?;
    checked(
        cargo()
            .args(["test", "--workspace", "--locked", "--no-fail-fast"])
            .env("HUB_IMAGE", firmware::hub_image()?),
    )?;
    fuzz::run(&fuzz::Arguments::default())?;
    firmware::run_images()?;
    if !arguments.no_day {
        demo::day()?;
    }
    say("\nverified: fmt, clippy, docs, firmware, tests, fuzz, stories, the demo's day");
    Ok(())
}
