//! `cargo demo`: builds the till, the head office and the demo that plays a shop around them, and hands over to it.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::run::{built, cargo, checked, root, say};
use crate::{firmware, system};

/// Where and how to play shop.
#[derive(Args, Default)]
pub(crate) struct Arguments {
    /// Folder of the demo; a second run with the same folder goes on where it was.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// First of the ports it listens on.
    #[arg(long)]
    port_base: Option<u16>,
    /// Headless: play one scripted day with the same real processes, check it to the cent, and end.
    #[arg(long)]
    day: bool,
    /// The first till's devices hang on the peripheral hub: its real firmware, in QEMU.
    #[arg(long)]
    hub: bool,
}

/// Builds and starts the demo; ends when it ends.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    say(
        "building the till, the head office and the demo (some minutes the first time; laying out the shop then takes another \
         minute or two, once)",
    );
    checked(cargo().args([
        "build",
        "--locked",
        "-p",
        "terminal-app",
        "-p",
        "sync-server",
        "-p",
        "tests",
        "--bins",
    ]))?;
    let mut demo = std::process::Command::new(built("debug").join("demo"));
    demo.arg("--dir")
        .arg(arguments.dir.clone().unwrap_or_else(|| root().join("demo")));
    if let Some(port) = arguments.port_base {
        demo.arg("--port-base").arg(port.to_string());
    }
    if arguments.day {
        demo.arg("--day");
    }
    if arguments.hub {
        system::ensure([&firmware::QEMU])?;
        demo.arg("--hub").env("HUB_IMAGE", firmware::hub_image()?);
    }
    checked(&mut demo)
}

/// The scripted day in a folder of its own that starts empty.
pub(crate) fn day() -> Result<()> {
    let dir = built("demo-day");
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    run(&Arguments {
        dir: Some(dir),
        port_base: None,
        day: true,
        hub: false,
    })
}
