//! System packages: what the verification needs beside Rust and a C compiler.
//!
//! On a Debian where we may install (root, or sudo without a password) they are installed; otherwise they are named and
//! the verification fails. Nothing is ever skipped because a program is missing.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::run::{checked, say};

/// A program and the Debian package that brings it.
pub(crate) struct Need {
    program: &'static str,
    package: &'static str,
    reason: &'static str,
}

/// Names a need: a program on the path, or a file by its whole path.
pub(crate) const fn need(
    program: &'static str,
    package: &'static str,
    reason: &'static str,
) -> Need {
    Need {
        program,
        package,
        reason,
    }
}

/// For the browser stories.
pub(crate) const BROWSER: [Need; 2] = [
    need("chromium", "chromium", "the stories in a real browser"),
    need(
        "chromedriver",
        "chromium-driver",
        "the stories in a real browser",
    ),
];

/// The C compiler that SQLite and zstd are built with.
pub(crate) const COMPILER: [Need; 1] =
    [need("cc", "gcc", "SQLite and zstd, which are built from C")];

/// Whether a program is there: by its name on the path, or a file by its whole path.
pub(crate) fn on_path(program: &str) -> bool {
    if program.starts_with('/') {
        return std::path::Path::new(program).is_file();
    }
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    })
}

/// Makes sure that all of `needs` are there, or says what to install.
pub(crate) fn ensure<'a>(needs: impl IntoIterator<Item = &'a Need>) -> Result<()> {
    let missing: Vec<&Need> = needs
        .into_iter()
        .filter(|need| !on_path(need.program))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    for need in &missing {
        say(&format!(
            "missing: {} (package {}), for {}",
            need.program, need.package, need.reason
        ));
    }
    let by_hand = format!(
        "install them first: sudo apt-get install {}",
        packages.join(" ")
    );
    if !on_path("apt-get") {
        bail!("this is no Debian; install what is missing by your system's own means");
    }
    let mut apt = installer().context(by_hand.clone())?;
    checked(apt().arg("update").arg("-qq")).context(by_hand.clone())?;
    checked(
        apt()
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(&packages),
    )
    .context(by_hand)?;
    match missing.iter().find(|need| !on_path(need.program)) {
        Some(need) => bail!(
            "package {} is installed, yet there is no {}",
            need.package,
            need.program
        ),
        None => Ok(()),
    }
}

/// How to call apt-get: as root, or through a sudo that asks no password.
fn installer() -> Result<impl FnMut() -> Command> {
    let output = Command::new("id")
        .arg("-u")
        .output()
        .context("`id -u` does not run")?;
    let root = output.stdout.starts_with(b"0");
    if !root {
        let sudo = Command::new("sudo")
            .args(["-n", "true"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !sudo.is_ok_and(|status| status.success()) {
            bail!("not allowed to install packages here");
        }
    }
    Ok(move || {
        let mut command = if root {
            Command::new("apt-get")
        } else {
            Command::new("sudo")
        };
        if !root {
            command.args(["-n", "apt-get"]);
        }
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null());
        command
    })
}
