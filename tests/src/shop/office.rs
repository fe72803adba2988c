//! Head office as a process: its database, its commands, its server.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::process::{Process, binary, output};

/// A head office on loopback.
#[derive(Debug)]
pub struct HeadOffice {
    db: PathBuf,
    port: u16,
    log: PathBuf,
    /// Certificate and key, for TLS.
    tls: Option<(PathBuf, PathBuf)>,
    server: Option<Process>,
}

impl HeadOffice {
    /// A head office with its database in `dir`; its server is not started yet. Port 0 takes a free one at the first start.
    #[must_use]
    pub fn new(dir: &Path, port: u16) -> Self {
        Self {
            db: dir.join("head-office.db"),
            port,
            log: dir.join("head-office.log"),
            tls: None,
            server: None,
        }
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Path {
        &self.db
    }

    /// Where the server listens.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// From its next start it listens by TLS, with this certificate and key.
    pub fn secure(&mut self, certificate: &Path, key: &Path) {
        self.tls = Some((certificate.to_owned(), key.to_owned()));
    }

    /// A command beside the server.
    pub fn command(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = binary("sync-server")?;
        command.arg("--db").arg(&self.db).args(arguments);
        Ok(command)
    }

    /// Runs a command and gives what it printed.
    pub fn run(&self, arguments: &[&str], stdin: &str) -> Result<String> {
        output(&mut self.command(arguments)?, stdin)
    }

    /// Adds a shop.
    pub fn add_shop(&self, id: &str, name: &str) -> Result<()> {
        self.run(
            &[
                "shop",
                "add",
                "--id",
                id,
                "--name",
                name,
                "--time-zone",
                "Europe/Amsterdam",
            ],
            "",
        )
        .map(drop)
    }

    /// Adds an owner of all shops.
    pub fn add_owner(&self, name: &str, password: &str) -> Result<()> {
        self.run(
            &["owner", "add", "--name", name, "--all", "--password-stdin"],
            password,
        )
        .map(drop)
    }

    /// A one-time code for a till of a shop.
    pub fn till_code(&self, shop: &str) -> Result<String> {
        let printed = self.run(&["till-code", "--shop", shop], "")?;
        printed
            .split_whitespace()
            .last()
            .map(str::to_owned)
            .context("till-code printed nothing")
    }

    /// Starts the server, at the port it had before.
    pub fn start(&mut self) -> Result<()> {
        let listen = format!("127.0.0.1:{}", self.port);
        let mut command = self.command(&["serve", "--listen", &listen])?;
        if let Some((certificate, key)) = &self.tls {
            command.arg("--tls-cert").arg(certificate);
            command.arg("--tls-key").arg(key);
        }
        let mut server = Process::start("head office", &mut command, &self.log)?;
        let line = server.wait_for_line("listening on")?;
        let port = line
            .trim()
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok());
        self.port = port.with_context(|| format!("no port in {line:?}"))?;
        self.server = Some(server);
        Ok(())
    }

    /// Stops the server as systemd does.
    pub fn stop(&mut self) -> Result<()> {
        match self.server.take() {
            Some(server) => server.stop().map(drop),
            None => Ok(()),
        }
    }

    /// `kill -9`.
    pub fn kill(&mut self) -> Result<()> {
        match self.server.take() {
            Some(server) => server.kill(),
            None => Ok(()),
        }
    }

    /// The process id of the server, while it runs.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.server.as_ref().map(Process::id)
    }

    /// True while the server runs.
    pub fn is_running(&mut self) -> bool {
        self.server.as_mut().is_some_and(Process::is_running)
    }
}
