//! `cargo xtask firmware`: builds the images of both boards, prints what they take of flash and RAM, and holds them to a bound.
//! `cargo verify` also runs them: the LM3S6965 in QEMU with three pseudo-terminals, the Pico in an emulator.
//!
//! The compiler is rustup's where its targets are installed, else Debian's `rustc-web` with the core library built from
//! source; which of the two is said. Nothing is flashed here: hardware.md says how.

mod elf;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::run::{built, cargo, checked, root, say};
use crate::system::{Need, ensure, need};

/// The most flash an image may take, in bytes.
const MAX_FLASH: u64 = 64 * 1024;
/// The most RAM, stack left out, in bytes.
const MAX_RAM: u64 = 16 * 1024;

/// Debian's compiler for the boards, where rustup has no targets.
const DEBIAN: [Need; 4] = [
    need("/usr/bin/rustc", "rustc-web", "the firmware's compiler"),
    need("/usr/bin/cargo", "cargo-web", "the firmware's compiler"),
    need(
        "/usr/lib/rustlib/src/rust/library/core/src/lib.rs",
        "rust-web-src",
        "the firmware's core library",
    ),
    need("ld.lld", "lld", "linking the firmware"),
];

/// What running the LM3S6965 image needs.
pub(crate) const QEMU: Need = need(
    "qemu-system-arm",
    "qemu-system-arm",
    "running the LM3S6965 image",
);

/// What running the images needs.
pub(crate) const EMULATORS: [Need; 3] = [
    QEMU,
    need("node", "nodejs", "running the Pico image"),
    need("npm", "npm", "running the Pico image"),
];

/// A board: its package, its target.
struct Board {
    name: &'static str,
    target: &'static str,
}

const BOARDS: [Board; 2] = [
    Board {
        name: "lm3s6965",
        target: "thumbv7m-none-eabi",
    },
    Board {
        name: "pico",
        target: "thumbv6m-none-eabi",
    },
];

/// Which compiler builds for the boards.
enum Compiler {
    /// The one that runs this, with rustup's targets.
    Rustup,
    /// Debian's, with the core library built along.
    Debian,
}

impl Compiler {
    fn find() -> Result<Self> {
        let installed = Command::new("rustup")
            .args(["target", "list", "--installed"])
            .output();
        let installed = installed
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
            .unwrap_or_default();
        if BOARDS
            .iter()
            .all(|board| installed.lines().any(|line| line.trim() == board.target))
        {
            say("\nfirmware: rustup's targets are installed and used");
            return Ok(Self::Rustup);
        }
        say(
            "\nfirmware: rustup has no thumb targets (rustup target add thumbv7m-none-eabi thumbv6m-none-eabi); Debian's rustc-web is used",
        );
        ensure(&DEBIAN)?;
        Ok(Self::Debian)
    }

    fn build(&self, board: &Board, features: &[&str], target_dir: &Path) -> Result<PathBuf> {
        let mut command = match self {
            Self::Rustup => cargo(),
            Self::Debian => {
                let mut command = Command::new("/usr/bin/cargo");
                command
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("RUSTC", "/usr/bin/rustc")
                    .env_remove("RUSTUP_TOOLCHAIN");
                command
            }
        };
        command.current_dir(folder());
        command.args([
            "build",
            "--release",
            "--locked",
            "-p",
            board.name,
            "--target",
            board.target,
        ]);
        command.arg("--target-dir").arg(target_dir);
        if matches!(self, Self::Debian) {
            command.args([
                "-Z",
                "build-std=core",
                "--config",
                &format!("target.{}.linker='ld.lld'", board.target),
            ]);
        }
        for feature in features {
            command.args(["--features", feature]);
        }
        checked(&mut command)?;
        Ok(target_dir
            .join(board.target)
            .join("release")
            .join(board.name))
    }
}

fn folder() -> PathBuf {
    root().join("firmware/boards")
}

/// What to do with the firmware.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Run the images in their emulators too.
    #[arg(long)]
    run: bool,
}

/// `cargo xtask firmware`.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    if arguments.run {
        run_images()
    } else {
        build().map(|_| ())
    }
}

/// Packages of the boards that are linted together, and their features: each board has a critical
/// section of its own, and two of them are one too many for a build.
const LINTED: [&[&str]; 4] = [
    &["-p", "bench", "-p", "uf2", "-p", "trouble", "-p", "pl011"],
    &["-p", "lm3s6965", "--features", "test-commands"],
    &["-p", "pico", "--features", "test-commands"],
    &["-p", "pico", "--features", "oled"],
];

/// rustfmt and clippy over the boards. Linting does not link, so the boards' code is linted for this
/// machine, where clippy is, and needs no other compiler.
pub(crate) fn lint() -> Result<()> {
    checked(
        cargo()
            .current_dir(folder())
            .args(["fmt", "--all", "--check"]),
    )?;
    for packages in LINTED {
        let mut clippy = cargo();
        clippy
            .current_dir(folder())
            .args(["clippy", "--locked"])
            .args(packages);
        // The boards have no tests of their own that a host could build.
        if packages.contains(&"bench") {
            clippy.arg("--all-targets");
        }
        clippy.arg("--target-dir").arg(built("firmware"));
        checked(clippy.args(["--", "-D", "warnings"]))?;
    }
    Ok(())
}

/// Builds both boards as they are flashed, and holds their sizes to the bound. Answers the images.
pub(crate) fn build() -> Result<Vec<PathBuf>> {
    let compiler = Compiler::find()?;
    let target_dir = built("firmware");
    let mut lines = Vec::new();
    let mut images = Vec::new();
    for board in &BOARDS {
        let image = compiler.build(board, &[], &target_dir)?;
        let size = elf::size(&std::fs::read(&image).with_context(|| image.display().to_string())?)
            .with_context(|| format!("{} is no image of a board", image.display()))?;
        if size.flash > MAX_FLASH || size.ram > MAX_RAM {
            bail!(
                "{}: {} bytes of flash and {} of RAM are more than {MAX_FLASH} and {MAX_RAM}",
                board.name,
                size.flash,
                size.ram
            );
        }
        lines.push(format!(
            "  {:<10} flash {:>6} bytes, RAM {:>6} bytes   {}",
            board.name,
            size.flash,
            size.ram,
            image.display()
        ));
        images.push(image);
    }
    say("\nfirmware:");
    lines.iter().for_each(|line| say(line));
    Ok(images)
}

/// The LM3S6965's image as it is flashed, for the stories and the demo.
pub(crate) fn hub_image() -> Result<PathBuf> {
    let [lm3s6965, _] = &BOARDS;
    Compiler::find()?.build(lm3s6965, &[], &built("firmware"))
}

/// Runs the images in their emulators, against the till's real end of the link.
pub(crate) fn run_images() -> Result<()> {
    ensure(&EMULATORS)?;
    let compiler = Compiler::find()?;
    let target_dir = built("firmware");
    // Images with test commands get other names, and what is built last is what may be flashed.
    let mut test_images = Vec::new();
    for board in &BOARDS {
        let image = compiler.build(board, &["test-commands"], &target_dir)?;
        let test_image = target_dir.join(format!("{}-for-tests", board.name));
        std::fs::copy(image, &test_image)?;
        test_images.push(test_image);
    }
    let images = build()?;
    let ([hub_image, pico_test_image], [_, pico_image]) = (&test_images[..], &images[..]) else {
        bail!("there are two boards");
    };
    checked(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(folder().join("bench/pico")),
    )?;
    let mut bench = cargo();
    bench
        .current_dir(folder())
        .args(["test", "--locked", "-p", "bench"])
        .arg("--target-dir")
        .arg(&target_dir)
        // One machine at a time: an emulator's clock runs on while it has no core to run on.
        .args(["--", "--test-threads=1"]);
    checked(
        bench
            .env("HUB_IMAGE", hub_image)
            .env("PICO_IMAGE", pico_image)
            .env("PICO_TEST_IMAGE", pico_test_image),
    )
}
