//! Head office as an object: [`Office`] = store + clock + entropy + the book in memory.
//!
//! Every request of a till is a plain method here ([`tills`]) and can be asked without HTTP; [`answer`] is the same as
//! bytes, [`http`] the thin layer of axum over it, [`serve`] the listening with TLS and the graceful stop.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use retail::clock::{Clock, Entropy, random_16, random_32};
use retail::ids::{OrgId, TillId};

use crate::book::Book;
use crate::book::rebuild::{FOLD_KEY, FOLD_VERSION};
use crate::store::{self, Result, Store, StoreError};

pub mod answer;
mod counters;
mod generation;
pub mod http;
mod metrics;
pub mod serve;
pub mod tills;

pub use answer::{Call, Reply};
pub use counters::Counters;
pub(crate) use counters::add;

/// Head office.
pub struct Office {
    store: Box<dyn Store>,
    clock: Box<dyn Clock>,
    entropy: Mutex<Box<dyn Entropy>>,
    tombstone_log: Option<PathBuf>,
    org: OrgId,
    directory_key: [u8; 32],
    run: String,
    pub(crate) book: RwLock<Book>,
    /// When each till last sent something signed; kept by the store with its next batch.
    seen: Mutex<BTreeMap<TillId, i64>>,
    counters: Counters,
    refused: Mutex<answer::LastRefusals>,
    /// The generation of this process, begun when a till first asks for changes.
    generation: Mutex<Option<u64>>,
    /// Whether the files may still hold what was deleted: at the start too, for a process may stop before it scrubs.
    unscrubbed: AtomicBool,
}

impl fmt::Debug for Office {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Office")
            .field("store", &self.store)
            .field("org", &self.org)
            .field("run", &self.run)
            .finish_non_exhaustive()
    }
}

impl Office {
    /// Opens head office over a store: makes the organisation on first use, forgets again whom the log of tombstones
    /// names (the database may be a restored backup), and folds every path anew when another version folded them.
    ///
    /// # Errors
    /// What the store says, or the log.
    pub fn open(
        store: Box<dyn Store>,
        clock: Box<dyn Clock>,
        entropy: Box<dyn Entropy>,
        tombstone_log: Option<PathBuf>,
    ) -> Result<Self> {
        Self::open_with(store, clock, entropy, tombstone_log, &mut |_, _| {})
    }

    /// [`Office::open`]; `progress` hears how many of all customers are folded, where that must be done.
    ///
    /// # Errors
    /// As there.
    pub fn open_with(
        store: Box<dyn Store>,
        clock: Box<dyn Clock>,
        mut entropy: Box<dyn Entropy>,
        tombstone_log: Option<PathBuf>,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Self> {
        let known = |tables: &mut dyn store::Tables| {
            Ok((
                tables.meta("org")?,
                tables.meta("directory_key")?,
                tables.meta("run")?,
            ))
        };
        // Asked without the writer's lock first: only the very first start makes the organisation.
        let (org, key, run) = match store::read(&*store, known)? {
            (None, ..) => store::write(&*store, |tables| {
                if tables.meta("org")?.is_none() {
                    tables.set_meta("org", &OrgId::random(&mut *entropy).to_string())?;
                    tables.set_meta("directory_key", &hex::encode(random_32(&mut *entropy)))?;
                    tables.set_meta("run", &hex::encode(random_16(&mut *entropy)))?;
                    tables.set_meta(FOLD_KEY, FOLD_VERSION)?;
                }
                known(tables)
            })?,
            found => found,
        };
        let missing = |what: &str| StoreError::Corrupt(format!("no {what}"));
        let corrupt = |what: &dyn fmt::Display| StoreError::Corrupt(what.to_string());
        let mut directory_key = [0; 32];
        let key = key.ok_or_else(|| missing("directory key"))?;
        hex::decode_to_slice(&key, &mut directory_key).map_err(|error| corrupt(&error))?;
        let org = org.ok_or_else(|| missing("organisation"))?;
        let office = Self {
            store,
            clock,
            entropy: Mutex::new(entropy),
            tombstone_log,
            org: org.parse().map_err(|error| corrupt(&error))?,
            directory_key,
            run: run.ok_or_else(|| missing("run"))?,
            book: RwLock::new(Book::new()?),
            seen: Mutex::default(),
            counters: Counters::default(),
            refused: Mutex::default(),
            generation: Mutex::default(),
            unscrubbed: AtomicBool::new(true),
        };
        office.replay_tombstones()?;
        office.fold_anew_when_outdated(progress)?;
        Ok(office)
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The organisation.
    #[must_use]
    pub const fn org(&self) -> OrgId {
        self.org
    }

    /// The key under which card numbers are hashed for the directory.
    #[must_use]
    pub const fn directory_key(&self) -> &[u8; 32] {
        &self.directory_key
    }

    /// The run of the database.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.run
    }

    /// What happened since the start.
    #[must_use]
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The last refusals.
    fn refused(&self) -> MutexGuard<'_, answer::LastRefusals> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Now, in milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }

    /// Something random.
    pub fn random<T>(&self, make: impl FnOnce(&mut dyn Entropy) -> T) -> T {
        let mut entropy = self.entropy.lock().unwrap_or_else(PoisonError::into_inner);
        make(&mut **entropy)
    }

    /// The tag of this process in the cursors of tills.
    fn generation(&self) -> Result<u64> {
        let mut mine = self
            .generation
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(tag) = *mine {
            return Ok(tag);
        }
        let now_s = self.now_ms().div_euclid(1_000);
        let tag = store::write(self.store(), |tables| {
            let mut all = generations(tables)?;
            let end = u64::try_from(tables.ends()?.change).unwrap_or(0);
            let tag = all.begin(now_s, end);
            let text = serde_json::to_string(&all)
                .map_err(|error| StoreError::Corrupt(error.to_string()))?;
            tables.set_meta("generations", &text)?;
            Ok(tag)
        })?;
        *mine = Some(tag);
        Ok(tag)
    }

    /// Takes what was deleted out of the files, now or at the next [`Office::scrub_again`]. Somebody is forgotten whether
    /// this works or not, so a fault is logged and not told.
    pub(crate) fn scrub(&self) {
        let scrubbed = self.store.scrub().unwrap_or_else(|error| {
            tracing::warn!(%error, "what was deleted may still be in the files");
            false
        });
        self.unscrubbed.store(!scrubbed, Ordering::Relaxed);
    }

    /// The same where it is still to be done.
    pub(crate) fn scrub_again(&self) {
        if self.unscrubbed.load(Ordering::Relaxed) {
            self.scrub();
        }
    }

    /// The store's housekeeping, for who has just answered. A fault is logged: nobody waits for this.
    pub(crate) fn write_back(&self) {
        if let Err(error) = self.store.write_back() {
            tracing::warn!(%error, "the log of the database is not written back");
        }
    }

    pub(crate) const fn tombstone_log(&self) -> Option<&PathBuf> {
        self.tombstone_log.as_ref()
    }

    pub(crate) fn saw(&self, till: TillId) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(till, self.now_ms());
    }

    pub(crate) fn last_seen(&self, till: TillId) -> Option<i64> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(&till).copied()
    }
}

/// All generations this database remembers.
fn generations(tables: &mut dyn store::Tables) -> Result<generation::Generations> {
    match tables.meta("generations")? {
        Some(text) => {
            serde_json::from_str(&text).map_err(|error| StoreError::Corrupt(error.to_string()))
        }
        None => Ok(generation::Generations::default()),
    }
}
