//! Head office in a night: the real [`Office`] on a file of its own, which can stop before or after any commit, be copied,
//! and be put back to a copy.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result, anyhow, bail};
use sync_server::api::{Call, Office, Reply};
use sync_server::store::rows::Shop;
use sync_server::store::sqlite::Sqlite;
use sync_server::store::{self, Store, StoreError, Work};
use terminal_app::sync::office::{Request, Response};

use super::clock::BoxClock;
use crate::dice::Dice;

/// When the process stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// In the middle of the next commit: nothing of it is kept.
    BeforeCommit,
    /// Right after it was asked, before it could answer: whatever it committed stays.
    AfterWork,
}

/// A store whose process can stop just before a commit.
#[derive(Debug)]
struct Stopping {
    inner: Sqlite,
    stop: Arc<AtomicBool>,
}

impl Store for Stopping {
    fn read(&self, work: Work<'_>) -> store::Result<()> {
        self.inner.read(work)
    }

    fn write(&self, work: Work<'_>) -> store::Result<()> {
        self.inner.write(&mut |tables| {
            work(tables)?;
            if self.stop.load(Ordering::SeqCst) {
                return Err(StoreError::Unfit("the process stopped".to_owned()));
            }
            Ok(())
        })
    }

    fn scrub(&self) -> store::Result<bool> {
        self.inner.scrub()
    }

    fn write_back(&self) -> store::Result<()> {
        self.inner.write_back()
    }
}

/// The machine room.
#[derive(Debug)]
pub(super) struct HeadQuarters {
    dir: PathBuf,
    clock: BoxClock,
    dice: Dice,
    stop: Arc<AtomicBool>,
    office: Option<Office>,
    backups: u32,
}

impl HeadQuarters {
    pub(super) fn new(dir: &Path, clock: BoxClock, dice: Dice) -> Result<Self> {
        std::fs::create_dir_all(dir)?;
        let mut new = Self {
            dir: dir.to_owned(),
            clock,
            dice,
            stop: Arc::new(AtomicBool::new(false)),
            office: None,
            backups: 0,
        };
        new.start()?;
        let shop = Shop {
            id: "utrecht".to_owned(),
            name: "Utrecht".to_owned(),
            time_zone: "Europe/Amsterdam".to_owned(),
        };
        store::write(new.office()?.store(), |tables| tables.add_shop(&shop))?;
        Ok(new)
    }

    /// Its file.
    pub(super) fn database(&self) -> PathBuf {
        self.dir.join("head-office.db")
    }

    fn log_of_tombstones(&self) -> PathBuf {
        self.dir.join("head-office.tombstones")
    }

    pub(super) fn running(&self) -> bool {
        self.office.is_some()
    }

    pub(super) fn office(&self) -> Result<&Office> {
        self.office.as_ref().context("head office is down")
    }

    pub(super) fn start(&mut self) -> Result<()> {
        self.stop.store(false, Ordering::SeqCst);
        let store = Stopping {
            inner: Sqlite::open(&self.database())?,
            stop: Arc::clone(&self.stop),
        };
        self.office = Some(Office::open(
            Box::new(store),
            Box::new(self.clock.clone()),
            Box::new(self.dice.fork(7)),
            Some(self.log_of_tombstones()),
        )?);
        Ok(())
    }

    /// The process ends, at whatever it was doing.
    pub(super) fn crash(&mut self) {
        self.office = None;
    }

    /// Answers a request; `None` when it stopped instead.
    pub(super) fn answer(&mut self, request: &Request, stop: Option<Stop>) -> Option<Response> {
        let office = self.office.as_ref()?;
        self.stop
            .store(stop == Some(Stop::BeforeCommit), Ordering::SeqCst);
        let till = request.signed.as_ref().map(|(till, _)| till.to_string());
        let signature = request.signed.as_ref().map(|(_, signature)| signature);
        let Reply { status, body, .. } = office.answer(&Call {
            method: request.method,
            path: &request.path,
            till: till.as_deref(),
            nonce: signature.map(|signature| signature.nonce.as_str()),
            signature: signature.map(|signature| signature.signature.as_str()),
            body: &request.body,
        });
        if stop.is_some() {
            self.crash();
            return None;
        }
        Some(Response { status, body })
    }

    /// Copies the database, as a backup does; the process may run.
    pub(super) fn backup(&mut self) -> Result<PathBuf> {
        let running = self.running();
        self.crash();
        self.backups += 1;
        let to = self.dir.join(format!("backup-{}.db", self.backups));
        std::fs::copy(self.database(), &to)?;
        if running {
            self.start()?;
        }
        Ok(to)
    }

    /// Puts a copy back; the log of tombstones stays as it is.
    pub(super) fn restore(&mut self, from: &Path) -> Result<()> {
        self.crash();
        let database = self.database();
        for suffix in ["-wal", "-shm"] {
            let mut side = database.clone().into_os_string();
            side.push(suffix);
            if Path::new(&side).exists() {
                bail!("the database was not closed");
            }
        }
        std::fs::copy(from, &database)?;
        self.start()
    }

    /// A one-time code.
    pub(super) fn code(&self) -> Result<String> {
        self.office()?
            .till_code("utrecht")?
            .ok_or_else(|| anyhow!("no such shop"))
    }
}
