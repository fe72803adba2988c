//! A till's box in a night: its files, its process while it runs, and what we know must be on its disk.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context as _, Result, bail};
use chrono_tz::Europe::Amsterdam;
use chrono_tz::Tz;
use retail::clock::{Clock as _, wall_time};
use retail::event::{Body, Event};
use retail::ids::{CustomerId, Hash, ReceiptNumber, TillId};
use retail::wire::Side;
use terminal_app::store::Store;
use terminal_app::sync::office::Client;
use terminal_app::sync::outbox::Outbox as _;
use terminal_app::sync::pack::Credentials;
use terminal_app::sync::session::{Session, Summary};
use terminal_app::till::{Commit, NewEvent};

use super::clock::BoxClock;
use super::network::Line;
use super::shopping::Sold;
use super::store_faults::Stops;
use super::till_store;
use crate::dice::Dice;

/// The shops' zone.
pub(super) const ZONE: Tz = Amsterdam;

/// An event by name and hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id {
    pub(super) till: u16,
    pub(super) epoch: u8,
    pub(super) seq: u64,
    pub(super) hash: Hash,
}

impl std::fmt::Debug for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hash = self.hash.to_string();
        write!(
            f,
            "{}-{}-{}/{}",
            self.till,
            self.epoch,
            self.seq,
            &hash[..6]
        )
    }
}

/// An event that some till committed.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    pub(super) prev_hash: Hash,
    pub(super) bytes: Vec<u8>,
    /// Whom the cashier served, as he knows it and no table says.
    pub(super) customer: Option<CustomerId>,
    /// What was said.
    pub(super) texts: Vec<String>,
}

/// Every event that any till ever committed.
pub(super) type Ledger = BTreeMap<Id, Fact>;

/// What is on a disk, as far as we know.
#[derive(Clone, Debug, Default)]
pub(super) struct OnDisk {
    /// Events that can be read.
    pub(super) alive: BTreeSet<Id>,
    /// Sales that can come back.
    pub(super) sales: Vec<Sold>,
    /// Events that say whose a card is.
    enrolled: Vec<Id>,
    /// The last place seen.
    seen: Option<(retail::ids::Epoch, u64)>,
}

/// A copy of a till's files.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    dir: PathBuf,
    disk: OnDisk,
}

/// The process.
pub(super) struct Up {
    pub(super) store: Store,
    pub(super) outbox: Store,
    pub(super) office: Client<Line>,
    pub(super) who: Credentials,
    pub(super) session: Option<Session>,
    /// Heads were asked for with success since the start or the last failure.
    pub(super) heads_asked: bool,
}

impl std::fmt::Debug for Up {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Up")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// The box.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) name: String,
    dir: PathBuf,
    pub(super) till: TillId,
    pub(super) clock: BoxClock,
    pub(super) dice: Dice,
    line: Line,
    pub(super) up: Option<Up>,
    pub(super) disk: OnDisk,
    pub(super) snapshots: Vec<Snapshot>,
    /// Something happened to its disk, or it has a twin: its sums of a day need not be those of head office.
    pub(super) scarred: bool,
    /// An event of its journal was made unreadable.
    pub(super) damaged: bool,
    /// What sessions did.
    pub(super) total: Summary,
}

impl Machine {
    /// Enrols a new till over a good line.
    pub(super) fn enrol(
        name: &str,
        dir: &Path,
        clock: BoxClock,
        mut dice: Dice,
        line: Line,
        code: String,
    ) -> Result<Self> {
        std::fs::create_dir_all(dir)?;
        let mut store = Store::open(&database(dir))?;
        let key = ed25519_dalek::SigningKey::from_bytes(&retail::clock::random_32(&mut dice));
        let request = retail::wire::EnrolRequest {
            code,
            public_key: hex::encode(key.verifying_key().to_bytes()),
            name: name.to_owned(),
            shop: None,
        };
        let answer = terminal_app::sync::office::enrol(&mut line.clone(), &request)?;
        store.enrol(&answer, &key, wall_time(clock.now(), ZONE))?;
        drop(store);
        Ok(Self {
            name: name.to_owned(),
            dir: dir.to_owned(),
            till: answer.till,
            clock,
            dice,
            line,
            up: None,
            disk: OnDisk::default(),
            snapshots: Vec::new(),
            scarred: false,
            damaged: false,
            total: Summary::default(),
        })
    }

    /// Another box with the same files and key.
    pub(super) fn clone_to(&mut self, name: &str, dir: &Path) -> Result<Self> {
        self.crash();
        copy_files(&self.dir, dir, true)?;
        self.scarred = true;
        Ok(Self {
            name: name.to_owned(),
            dir: dir.to_owned(),
            till: self.till,
            clock: self.clock.copy(),
            dice: self.dice.fork(99),
            line: self.line.clone(),
            up: None,
            disk: self.disk.clone(),
            snapshots: Vec::new(),
            scarred: true,
            damaged: self.damaged,
            total: Summary::default(),
        })
    }

    /// The process begins, as `run` does: marker and database are compared.
    pub(super) fn start(&mut self, ledger: &mut Ledger) -> Result<()> {
        let at = wall_time(self.clock.now(), ZONE);
        let store = till_store::start(&self.dir, at)?;
        let identity = store.identity().context("not enrolled")?.clone();
        self.up = Some(Up {
            store,
            outbox: Store::open(&database(&self.dir))?,
            office: Client::new(
                self.line.clone(),
                identity.till,
                identity.key.clone(),
                Box::new(self.dice.fork(3)),
            ),
            who: Credentials {
                org: identity.org,
                shop: identity.shop.clone(),
                till: identity.till,
                key: identity.key.clone(),
            },
            session: None,
            heads_asked: false,
        });
        self.observe(ledger)
    }

    /// The process ends, at whatever it was doing.
    pub(super) fn crash(&mut self) {
        self.up = None;
    }

    /// Commits what a cashier did.
    pub(super) fn commit(&mut self, events: Vec<NewEvent>, ledger: &mut Ledger) -> Result<()> {
        let at = wall_time(self.clock.now(), ZONE);
        let dir = self.dir.clone();
        let up = self.up.as_mut().context("down")?;
        let wanted = events.clone();
        let before = self.disk.alive.len();
        till_store::commit(
            &mut up.store,
            &dir,
            &Commit {
                events,
                print: None,
                settle_job: None,
            },
            at,
            &mut self.dice,
        )?;
        self.observe(ledger)?;
        let number = wanted.len();
        if self.disk.alive.len() != before + number {
            bail!("{}: committed {number} events and finds others", self.name);
        }
        for (id, wanted) in self.disk.alive.iter().rev().zip(wanted.into_iter().rev()) {
            let fact = ledger.get_mut(id).context("committed and not seen")?;
            let written = Event::read(&fact.bytes)?.body;
            if written != wanted.body {
                bail!("{id:?} says {written:?} and should say {:?}", wanted.body);
            }
            fact.customer = wanted.link.map(|(_, customer)| customer);
            fact.texts = wanted.texts;
        }
        Ok(())
    }

    /// Looks at the journal for what was appended since.
    pub(super) fn observe(&mut self, ledger: &mut Ledger) -> Result<()> {
        let up = self.up.as_mut().context("down")?;
        loop {
            let rows = up.outbox.rows_after(self.disk.seen, 100)?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                let position = row.stored.position;
                let id = Id {
                    till: position.till.get(),
                    epoch: position.epoch.get(),
                    seq: position.seq,
                    hash: row.stored.hash,
                };
                self.disk.seen = Some((position.epoch, position.seq));
                self.disk.alive.insert(id);
                let event = Event::read(&row.stored.bytes)?;
                if matches!(event.body, Body::Enrolled(_)) {
                    self.disk.enrolled.push(id);
                }
                if let Body::Sale(sale) = event.body {
                    let number = ReceiptNumber {
                        till: position.till,
                        epoch: position.epoch,
                        serial: sale.receipt,
                    };
                    let customer = row.side.iter().find_map(|side| match side {
                        Side::Link { customer, .. } => Some(*customer),
                        _ => None,
                    });
                    self.disk.sales.push(Sold {
                        number,
                        sale,
                        customer,
                    });
                }
                ledger.entry(id).or_insert(Fact {
                    prev_hash: row.stored.prev_hash,
                    bytes: row.stored.bytes,
                    customer: None,
                    texts: Vec::new(),
                });
            }
        }
    }

    /// The customer who shows a card here, if anyone.
    pub(super) fn customer_of(
        &self,
        card: &str,
    ) -> Result<Option<terminal_app::till::shelf::Customer>> {
        let up = self.up.as_ref().context("down")?;
        till_store::customer_by_card(&up.store, card)
    }

    /// Copies the files while the process runs.
    pub(super) fn snapshot(&mut self) -> Result<()> {
        let number = self.snapshots.len();
        let dir = self.dir.join(format!("copy-{number}"));
        std::fs::create_dir_all(&dir)?;
        let up = self.up.as_ref().context("down")?;
        up.store.backup(&database(&dir))?;
        till_store::copy_marker(&self.dir, &dir)?;
        self.snapshots.push(Snapshot {
            dir,
            disk: self.disk.clone(),
        });
        Ok(())
    }

    /// Puts a copy back. Gives how many events went with the disk.
    pub(super) fn restore(&mut self, at: usize, with_marker: bool) -> Result<usize> {
        self.crash();
        let snapshot = self.snapshots.get(at).context("no such copy")?.clone();
        remove_database(&self.dir)?;
        copy_files(&snapshot.dir, &self.dir, with_marker)?;
        let gone = self.disk.alive.difference(&snapshot.disk.alive).count();
        self.disk = snapshot.disk;
        self.scarred = true;
        Ok(gone)
    }

    /// An event's bytes are no longer what they were; often those of the last enrolment, which nobody else may know of yet.
    pub(super) fn damage(&mut self) -> Result<Option<Id>> {
        let alive: Vec<Id> = self.disk.alive.iter().copied().collect();
        if alive.is_empty() {
            return Ok(None);
        }
        let any = alive[self.dice.index(alive.len())];
        let enrolled = self.disk.enrolled.iter().rev();
        let id = match enrolled.copied().find(|id| self.disk.alive.contains(id)) {
            Some(last) if self.dice.one_in(2) => last,
            _ => any,
        };
        let down = self.up.is_none();
        till_store::damage(&database(&self.dir), id)?;
        self.disk.alive.remove(&id);
        self.scarred = true;
        self.damaged = true;
        if !down && self.dice.one_in(2) {
            self.crash();
        }
        Ok(Some(id))
    }

    /// Stops for the next steps of the exchange.
    pub(super) fn stops(&mut self, one_in: u64) -> Rc<RefCell<Stops>> {
        Rc::new(RefCell::new(Stops::new(self.dice.fork(5), one_in)))
    }

    /// The till's own check of its journal.
    pub(super) fn journal_faults(&self) -> Result<Vec<String>> {
        let up = self.up.as_ref().context("down")?;
        till_store::verify(&up.store)
    }

    /// The database file.
    pub(super) fn database(&self) -> PathBuf {
        database(&self.dir)
    }

    /// A new customer.
    pub(super) fn new_customer(&mut self) -> CustomerId {
        CustomerId::random(&mut self.dice)
    }
}

/// The database of a folder.
pub(super) fn database(dir: &Path) -> PathBuf {
    dir.join("till.db")
}

fn remove_database(dir: &Path) -> Result<()> {
    for name in ["till.db", "till.db-wal", "till.db-shm"] {
        match std::fs::remove_file(dir.join(name)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn copy_files(from: &Path, to: &Path, with_marker: bool) -> Result<()> {
    std::fs::create_dir_all(to)?;
    std::fs::copy(database(from), database(to))?;
    if with_marker {
        till_store::copy_marker(from, to)?;
    }
    Ok(())
}
