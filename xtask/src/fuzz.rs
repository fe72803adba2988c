//! `cargo xtask fuzz`: every parser of the hub's devices, the link and the hub itself, with inputs that libFuzzer makes up
//! and coverage leads on. A fixed number of inputs from a fixed seed, so that the verdict does not depend on how fast the
//! machine is.
//!
//! The compiler is the one of everything else: it has the coverage that libFuzzer wants, only `cargo fuzz` asks a nightly
//! one for it. A target with a planted bug must fail first: a fuzzer that finds nothing there is blind, and that fails too.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::run::{built, cargo, checked, root, say};
use crate::system::{Need, ensure, need};

/// What libFuzzer is built with.
pub(crate) const COMPILER: [Need; 1] = [need("c++", "g++", "libFuzzer, which is C++")];

/// Coverage as libFuzzer reads it: a counter for every edge, the table of their places, and what is compared.
const COVERAGE: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Ccodegen-units=1 --cfg fuzzing";

/// The target whose bug must be found.
const PLANTED: &str = "planted";

/// How much.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Inputs for every target.
    #[arg(long, default_value_t = 200_000)]
    runs: u32,
    /// Where the inputs begin; another seed finds other inputs.
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// Only this target.
    target: Option<String>,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            runs: 200_000,
            seed: 1,
            target: None,
        }
    }
}

/// Builds all targets and runs them; the first that fails ends it.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    ensure(&COMPILER)?;
    let programs = build()?;
    let found = built("fuzz").join("found");
    std::fs::create_dir_all(&found)?;
    let targets = targets()?;
    let wanted: Vec<&String> = targets
        .iter()
        .filter(|name| arguments.target.as_ref().is_none_or(|only| only == *name))
        .filter(|name| *name != PLANTED)
        .collect();
    if wanted.is_empty() {
        bail!(
            "there is no such fuzz target; there are: {}",
            targets.join(", ")
        );
    }
    see_the_planted_bug(&programs.join(PLANTED), &found)?;
    for name in &wanted {
        let mut target = Command::new(programs.join(name));
        target
            .arg(format!("-runs={}", arguments.runs))
            .arg(format!("-seed={}", arguments.seed))
            // A loop that never ends is a fault too; the limit is one that only such a loop reaches.
            .args(["-max_len=1024", "-timeout=300", "-verbosity=0"])
            .args(["-print_final_stats=1"])
            .arg(format!("-artifact_prefix={}/{name}-", found.display()));
        checked(&mut target).with_context(|| {
            format!(
                "the input is in {}; run the program above with that file to see it again",
                found.display()
            )
        })?;
    }
    say(&format!(
        "\nfuzz: {} targets, {} inputs each, seed {}; the planted bug was found",
        wanted.len(),
        arguments.runs,
        arguments.seed
    ));
    Ok(())
}

/// rustfmt and clippy over the targets.
pub(crate) fn lint() -> Result<()> {
    checked(
        cargo()
            .current_dir(folder())
            .args(["fmt", "--all", "--check"]),
    )?;
    checked(
        cargo()
            .current_dir(folder())
            .args(["clippy", "--all-targets", "--locked"])
            .arg("--target-dir")
            .arg(built("fuzz"))
            .args(["--", "-D", "warnings"]),
    )
}

/// Builds all targets; answers their folder.
fn build() -> Result<PathBuf> {
    let host = host()?;
    let target_dir = built("fuzz");
    // With --target, so that the coverage is not put into build scripts.
    checked(
        cargo()
            .current_dir(folder())
            .args(["build", "--release", "--locked", "--target", &host])
            .arg("--target-dir")
            .arg(&target_dir)
            .env("RUSTFLAGS", COVERAGE)
            .env_remove("CARGO_ENCODED_RUSTFLAGS"),
    )?;
    Ok(target_dir.join(host).join("release"))
}

/// The machine that this runs on, as the compiler names it.
fn host() -> Result<String> {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .context("`rustc -vV` does not run")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` names no host")
}

/// Every file of `fuzz_targets` is a target; one that the manifest forgot is not built, and then not found.
fn targets() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder().join("fuzz_targets"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs")
            && let Some(name) = path.file_stem()
        {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn see_the_planted_bug(program: &Path, found: &Path) -> Result<()> {
    say(&format!("\n$ {} (must fail)", program.display()));
    let output = Command::new(program)
        .args(["-runs=2000000", "-seed=1", "-max_len=64"])
        .arg(format!("-artifact_prefix={}/{PLANTED}-", found.display()))
        .output()
        .with_context(|| program.display().to_string())?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() || !text.contains("the planted bug") {
        bail!("the planted bug was not found: the fuzzer sees no coverage\n{text}");
    }
    Ok(())
}

fn folder() -> PathBuf {
    root().join("firmware/fuzz")
}
