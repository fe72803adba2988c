//! The peer of head office's ingest: a PostgreSQL of this machine in a folder of its own, with its defaults (`fsync` and
//! `synchronous_commit` on), taking the same rows over loopback by inserts of many rows. Never a server that runs already.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use nix::unistd::{Gid, Uid, User, chown, geteuid};
use postgres::types::ToSql;
use postgres::{Client, NoTls};
use retail::journal::Stored;

/// Where Debian keeps the programs that are not on the path, a folder for every version.
const DEBIAN: &str = "/usr/lib/postgresql";
const SUPERUSER: &str = "bench";
const COLUMNS: usize = 5;

/// A running server; it ends with this value.
pub(crate) struct Cluster {
    data: PathBuf,
    user: Option<(Uid, Gid)>,
    client: Option<Client>,
}

impl Cluster {
    /// Makes a cluster in a folder that does not exist yet, and starts it on a free port of 127.0.0.1.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        std::fs::create_dir(folder)?;
        // PostgreSQL refuses to run as root.
        let user = geteuid().is_root().then(unprivileged).transpose()?;
        if let Some((uid, gid)) = user {
            chown(folder, Some(uid), Some(gid))?;
        }
        let mut cluster = Self {
            data: folder.join("data"),
            user,
            client: None,
        };
        let data = cluster.data.clone();
        let login = format!("--username={SUPERUSER}");
        cluster.run(
            "initdb",
            &[
                "--auth=trust".as_ref(),
                login.as_ref(),
                "-D".as_ref(),
                data.as_ref(),
            ],
        )?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let options = format!("-p {port} -k '' -c listen_addresses=127.0.0.1");
        cluster.run(
            "pg_ctl",
            &[
                "start".as_ref(),
                "-w".as_ref(),
                "-D".as_ref(),
                data.as_ref(),
                "-l".as_ref(),
                folder.join("log").as_ref(),
                "-o".as_ref(),
                options.as_ref(),
            ],
        )?;
        let mut client = Client::connect(
            &format!("host=127.0.0.1 port={port} user={SUPERUSER} dbname=postgres"),
            NoTls,
        )?;
        client.batch_execute(
            "CREATE TABLE event (epoch BIGINT, seq BIGINT, hash BYTEA, prev_hash BYTEA, bytes BYTEA,
             PRIMARY KEY (epoch, seq))",
        )?;
        cluster.client = Some(client);
        Ok(cluster)
    }

    /// The events of a batch in one insert of many rows, committed when this returns.
    pub(crate) fn insert(&mut self, events: &[Stored]) -> Result<()> {
        let client = self
            .client
            .as_mut()
            .context("the server was never reached")?;
        let keys: Vec<(i64, i64)> = events
            .iter()
            .map(|event| {
                Ok((
                    i64::from(event.position.epoch.get()),
                    i64::try_from(event.position.seq)?,
                ))
            })
            .collect::<Result<_>>()?;
        let blobs: Vec<[&[u8]; 3]> = events
            .iter()
            .map(|event| [&event.hash.0[..], &event.prev_hash.0[..], &event.bytes[..]])
            .collect();
        let mut values: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(events.len() * COLUMNS);
        for ((epoch, seq), blobs) in keys.iter().zip(&blobs) {
            values.extend([epoch as &(dyn ToSql + Sync), seq]);
            values.extend(blobs.iter().map(|blob| blob as &(dyn ToSql + Sync)));
        }
        let rows: Vec<String> = (0..events.len())
            .map(|row| {
                let first = row * COLUMNS;
                let places: Vec<String> =
                    (1..=COLUMNS).map(|n| format!("${}", first + n)).collect();
                format!("({})", places.join(", "))
            })
            .collect();
        let statement = format!("INSERT INTO event VALUES {}", rows.join(", "));
        let inserted = client.execute(&statement, &values)?;
        ensure!(
            inserted == events.len() as u64,
            "PostgreSQL took {inserted} rows of {}",
            events.len()
        );
        Ok(())
    }

    fn run(&self, name: &str, arguments: &[&OsStr]) -> Result<()> {
        let mut command = Command::new(program(name)?);
        if let Some((uid, gid)) = self.user {
            command.gid(gid.as_raw()).uid(uid.as_raw());
        }
        // What `pg_ctl` starts keeps its outputs: a pipe would never end.
        let status = command
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .with_context(|| format!("{name} does not run"))?;
        ensure!(status.success(), "{name} failed: {status}");
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.client = None;
        let data: &OsStr = self.data.as_ref();
        let stop = ["stop", "-m", "immediate", "-D"].map(OsStr::new);
        // Nothing more can be done about a server that does not stop.
        let _ = self.run("pg_ctl", &[&stop[..], &[data]].concat());
    }
}

fn unprivileged() -> Result<(Uid, Gid)> {
    for name in ["postgres", "nobody"] {
        if let Some(user) = User::from_name(name)? {
            return Ok((user.uid, user.gid));
        }
    }
    bail!("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

/// A program of PostgreSQL: on the path, or of the newest version that Debian has installed.
fn program(name: &str) -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if let Some(found) = std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
    {
        return Ok(found);
    }
    let versions = std::fs::read_dir(DEBIAN).ok().into_iter().flatten();
    versions
        .flatten()
        .filter_map(|version| {
            let number: u32 = version.file_name().to_str()?.parse().ok()?;
            let file = version.path().join("bin").join(name);
            file.is_file().then_some((number, file))
        })
        .max()
        .map(|(_, file)| file)
        .with_context(|| format!("there is no {name}: install PostgreSQL (package postgresql)"))
}
