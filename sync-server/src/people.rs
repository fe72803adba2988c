//! Customers as persons: who a statement is about, what holds of him now, and forgetting him for good.
//!
//! *Root*: the customer that aliases lead to. Per field the latest statement wins; marketing needs the yes of everyone
//! who was merged, until the root says something newer. A tombstone holds a random id, or the digest of an outside one,
//! and stands in a log beside the database too, so that a restored backup forgets again.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

use retail::ids::CustomerId;
use retail::loyalty::{Consent, Profile};
use sha2::{Digest, Sha256};

use crate::api::Office;
use crate::store::rows::Change;
use crate::store::{self, Result, StoreError, Tables};

/// What holds of a customer now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Who (a root).
    pub id: String,
    /// Others he was known as.
    pub aliases: Vec<String>,
    /// What he wants to be called.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Cards, his aliases' too.
    pub cards: Vec<String>,
    /// Takes part in the programme.
    pub member: Option<Consent>,
    /// May be written to.
    pub marketing: Option<Consent>,
    /// Points.
    pub points: i64,
}

/// The statements of one of the customers that are one now.
#[derive(Clone, Debug)]
pub struct Member {
    /// Since when he is an alias; `None` for the root.
    pub merged_ms: Option<i64>,
    /// His statements by time.
    pub statements: Vec<Profile>,
}

/// What holds after all statements. Pure. The root comes first.
#[must_use]
pub fn fold(members: &[Member]) -> Person {
    let mut all: Vec<&Profile> = members.iter().flat_map(|m| &m.statements).collect();
    all.sort_by_key(|profile| (profile.at, profile.id));
    let mut person = Person::default();
    for profile in all {
        person.name = profile.name.clone().or(person.name);
        person.email = profile.email.clone().or(person.email);
        person.member = profile.member.clone().or(person.member);
    }
    person.name = person.name.filter(|name| !name.is_empty());
    person.email = person.email.filter(|email| !email.is_empty());
    person.marketing = marketing(members);
    person
}

fn marketing(members: &[Member]) -> Option<Consent> {
    let last = |member: &Member| {
        let said = member.statements.iter().rev();
        said.filter_map(|p| {
            p.marketing
                .clone()
                .map(|consent| (p.at.timestamp_millis(), consent))
        })
        .next()
    };
    let merged_ms = members.iter().filter_map(|member| member.merged_ms).max();
    let of_root = members.first().and_then(last);
    if let Some((at_ms, consent)) = &of_root
        && merged_ms.is_none_or(|merged_ms| *at_ms > merged_ms)
    {
        return Some(consent.clone());
    }
    let stated: Vec<Option<Consent>> = members
        .iter()
        .filter(|member| !member.statements.is_empty())
        .map(|member| last(member).map(|(_, consent)| consent))
        .collect();
    let no = stated
        .iter()
        .find(|consent| consent.as_ref().is_none_or(|consent| !consent.given));
    match no {
        Some(no) => no.clone(),
        None => stated.into_iter().flatten().next(),
    }
}

/// What holds of a root now; `None` when nobody ever stated anything about him.
///
/// # Errors
/// What the store says.
pub fn person(tables: &mut dyn Tables, root: &str) -> Result<Option<Person>> {
    let ids = tables.members(root)?;
    let mut members = Vec::with_capacity(ids.len());
    let mut cards = Vec::new();
    for id in &ids {
        let statements: Result<Vec<Profile>> = tables
            .profiles(id)?
            .iter()
            .map(|row| {
                serde_json::from_str(&row.json)
                    .map_err(|error| StoreError::Corrupt(error.to_string()))
            })
            .collect();
        members.push(Member {
            merged_ms: tables.alias(id)?.map(|alias| alias.at_ms),
            statements: statements?,
        });
        cards.extend(tables.cards(id)?);
    }
    if members.iter().all(|member| member.statements.is_empty()) {
        return Ok(None);
    }
    Ok(Some(Person {
        id: root.to_owned(),
        aliases: ids.into_iter().skip(1).collect(),
        cards,
        points: tables.points(root)?,
        ..fold(&members)
    }))
}

/// How the tombstone of an outside customer begins.
pub(crate) const OUTSIDE: &str = "sha256:";

/// What a tombstone of this customer says: a random id as it is, an outside id as a digest.
#[must_use]
pub fn tombstone_key(customer: &str) -> String {
    if customer.parse::<CustomerId>().is_ok() {
        return customer.to_owned();
    }
    let digest = Sha256::new()
        .chain_update(b"klantreis-tombstone-1")
        .chain_update(customer.as_bytes())
        .finalize();
    format!("{OUTSIDE}{}", hex::encode(digest))
}

/// Whether a line of the log is a whole key; a stop in the middle of writing one leaves a piece.
fn is_key(line: &str) -> bool {
    let is_hex =
        |text: &str, long| text.len() == long && text.bytes().all(|b| b.is_ascii_hexdigit());
    match line.strip_prefix(OUTSIDE) {
        Some(digest) => is_hex(digest, 64),
        None => is_hex(line, 32),
    }
}

/// False when the last line of the log was never finished: the disk was full, or the power went.
fn ends_a_line(log: &mut File) -> std::io::Result<bool> {
    if log.metadata()?.len() == 0 {
        return Ok(true);
    }
    log.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    log.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// What forgetting somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// He and his aliases.
    pub customers: usize,
    /// Imported rows that became anonymous.
    pub imported: u64,
}

fn file_error(path: &Path) -> impl Fn(std::io::Error) -> StoreError {
    let path = path.display().to_string();
    move |source| StoreError::File {
        path: path.clone(),
        source,
    }
}

impl Office {
    /// Forgets a customer and everyone who is known as him, for good. The log comes first: whoever stands in it is
    /// forgotten at the next start too. What was said of them leaves the files with it.
    ///
    /// # Errors
    /// What the store or the log says.
    pub fn forget(&self, customer: &str) -> Result<Forgotten> {
        let at_ms = self.now_ms();
        let (customers, imported) = store::write(self.store(), |tables| {
            let root = tables.root(customer)?;
            let members = tables.members(&root)?;
            let keys: Vec<String> = members.iter().map(|id| tombstone_key(id)).collect();
            self.log_tombstones(&keys)?;
            Ok((members.len(), erase(tables, &members, at_ms)?))
        })?;
        self.scrub();
        tracing::info!(customers, imported, "forgot a customer");
        Ok(Forgotten {
            customers,
            imported,
        })
    }

    fn log_tombstones(&self, keys: &[String]) -> Result<()> {
        let Some(path) = self.tombstone_log() else {
            return Ok(());
        };
        let lines: String = keys.iter().map(|key| format!("{key}\n")).collect();
        let error = file_error(path);
        let mut log = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(path)
            .map_err(&error)?;
        let lines = if ends_a_line(&mut log).map_err(&error)? {
            lines
        } else {
            format!("\n{lines}")
        };
        log.write_all(lines.as_bytes()).map_err(&error)?;
        log.sync_all().map_err(&error)?;
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = File::open(folder.unwrap_or(Path::new("."))).map_err(&error)?;
        folder.sync_all().map_err(&error)
    }

    /// Forgets whom the log names and the database does not: it was restored from a backup, or a stop came between.
    pub(crate) fn replay_tombstones(&self) -> Result<()> {
        let Some(path) = self.tombstone_log() else {
            return Ok(());
        };
        let error = file_error(path);
        let log = match File::open(path) {
            Ok(log) => log,
            Err(missing) if missing.kind() == ErrorKind::NotFound => return self.write_log(),
            Err(other) => return Err(error(other)),
        };
        let keys: Vec<String> = BufReader::new(log)
            .lines()
            .collect::<std::io::Result<_>>()
            .map_err(&error)?;
        let at_ms = self.now_ms();
        // Asked without the writer's lock first: nearly every start finds that all of them are forgotten.
        let missing = store::read(self.store(), |tables| {
            let mut missing = Vec::new();
            for key in keys.iter().map(|key| key.trim()).filter(|key| is_key(key)) {
                if !tables.tombstoned(key)? {
                    missing.push(key);
                }
            }
            Ok(missing)
        })?;
        if missing.is_empty() {
            return Ok(());
        }
        store::write(self.store(), |tables| {
            for key in missing {
                if !tables.tombstoned(key)? {
                    let customers = if key.starts_with(OUTSIDE) {
                        outside(tables, key)?
                    } else {
                        let root = tables.root(key)?;
                        tables.members(&root)?
                    };
                    erase(tables, &customers, at_ms)?;
                    tables.add_tombstone(key, at_ms)?;
                    tracing::warn!("forgot again whom the log of tombstones names");
                }
            }
            Ok(())
        })?;
        self.scrub();
        Ok(())
    }

    /// A log that is gone is written anew from the database.
    fn write_log(&self) -> Result<()> {
        let tombstones = store::read(self.store(), |tables| tables.tombstones())?;
        if tombstones.is_empty() {
            return Ok(());
        }
        let keys: Vec<String> = tombstones.into_iter().map(|(key, _)| key).collect();
        self.log_tombstones(&keys)
    }
}

/// The outside ids that a digest stands for.
fn outside(tables: &mut dyn Tables, key: &str) -> Result<Vec<String>> {
    let mut found = std::collections::BTreeSet::new();
    tables.each_imported(0, &mut |row| {
        if let Some(customer) = row
            .customer
            .filter(|customer| tombstone_key(customer) == key)
        {
            found.insert(customer.to_owned());
        }
        Ok(())
    })?;
    Ok(found.into_iter().collect())
}

fn erase(tables: &mut dyn Tables, customers: &[String], at_ms: i64) -> Result<u64> {
    let mut imported = 0;
    for customer in customers {
        imported += tables.erase(customer)?;
        let key = tombstone_key(customer);
        tables.add_tombstone(&key, at_ms)?;
        tables.add_change(&Change::Tombstone(key))?;
    }
    Ok(imported)
}

#[cfg(test)]
mod tests;
