//! What must hold when the faults have stopped and everything has come together:
//! - every event that any till committed and that was not destroyed with its disk is at head office exactly once, byte for
//!   byte; nothing is there twice, and nothing that no till committed;
//! - the totals of every till over all its branches are those of these events, to the cent, and those of the owner's report;
//! - head office shows exactly as many branches as there are;
//! - a till has no more epochs than things happened to it, and one;
//! - nothing waits at any till, nothing was set apart, and its own journal is whole unless we damaged it;
//! - the points of a customer are the sum of his receipts, each counted once;
//! - days of tills that nothing happened to are proven equal;
//! - a card leads to one customer, and every till knows what head office knows of him: same person, name, points, visits;
//! - who was forgotten is nowhere, at no till and not at head office, but for his tombstone;
//! - `verify` finds nothing, and what was derived bit by bit equals a rebuild.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use retail::day::DayTotals;
use retail::event::{Body, Event};
use retail::ids::{CustomerId, Hash, TillId};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sync_server::people;
use sync_server::scope::Filter;
use sync_server::store::rows::EventRow;
use sync_server::store::{self, Tables};
use terminal_app::sync::outbox::Outbox as _;

use super::machine::{Fact, Id};
use super::world::{CARDS, World};

/// Where the tables of head office end.
pub(super) fn ends(world: &World) -> Result<(i64, i64)> {
    let net = world.net.borrow();
    let ends = store::read(net.head.office()?.store(), |tables| tables.ends())?;
    Ok((ends.event, ends.change))
}

/// Everyone who is this customer at head office; nobody when it never heard of him.
pub(super) fn members(world: &World, customer: CustomerId) -> Result<BTreeSet<CustomerId>> {
    let net = world.net.borrow();
    let members = store::read(net.head.office()?.store(), |tables| {
        let root = tables.root(&customer.to_string())?;
        if people::person(tables, &root)?.is_none() {
            return Ok(Vec::new());
        }
        tables.members(&root)
    })?;
    Ok(members.iter().filter_map(|id| id.parse().ok()).collect())
}

/// All of the above.
pub(super) fn check(world: &mut World) -> Result<()> {
    let kept = kept(world)?;
    every_event_once(world, &kept)?;
    totals(world, &kept)?;
    branches(world, &kept)?;
    points(world, &kept)?;
    tills(world)?;
    epochs(world)?;
    days(world)?;
    directory(world)?;
    forgotten(world)?;
    let net = world.net.borrow();
    let office = net.head.office()?;
    let verified = office.verify(&mut |_, _| {})?;
    ensure!(
        verified.fault_count == 0,
        "verify: {} faults: {:?}",
        verified.fault_count,
        verified.faults
    );
    ensure!(
        verified.events == u64::try_from(kept.len())?,
        "verify proves {} of {} events",
        verified.events,
        kept.len()
    );
    let rebuilt = office.rebuild_check(&mut |_, _| {})?;
    ensure!(
        rebuilt.differ.is_empty(),
        "a rebuild gives other state for {:?}",
        rebuilt.differ
    );
    Ok(())
}

/// Everything head office keeps, by name; more than once is found here.
fn kept(world: &World) -> Result<BTreeMap<Id, EventRow>> {
    let net = world.net.borrow();
    let mut all = Vec::new();
    store::read(net.head.office()?.store(), |tables| {
        tables.each_event(0, &mut |row| {
            all.push(row);
            Ok(())
        })
    })?;
    let mut kept = BTreeMap::new();
    for row in all {
        let id = Id {
            till: row.till.get(),
            epoch: row.epoch.get(),
            seq: row.seq,
            hash: row.hash,
        };
        ensure!(
            kept.insert(id, row).is_none(),
            "{id:?} is at head office twice"
        );
    }
    Ok(kept)
}

fn every_event_once(world: &World, kept: &BTreeMap<Id, EventRow>) -> Result<()> {
    for (id, row) in kept {
        let fact = world
            .ledger
            .get(id)
            .with_context(|| format!("{id:?} is at head office and no till committed it"))?;
        ensure!(
            fact.bytes == row.bytes,
            "{id:?} has other bytes at head office"
        );
    }
    for machine in &world.machines {
        for id in &machine.disk.alive {
            ensure!(kept.contains_key(id), "{id:?} of {} is lost", machine.name);
        }
    }
    Ok(())
}

fn totals(world: &World, kept: &BTreeMap<Id, EventRow>) -> Result<()> {
    let mut sum = DayTotals::default();
    for id in kept.keys() {
        let fact = world.ledger.get(id).context("no fact")?;
        sum.add(&Event::read(&fact.bytes)?);
    }
    let net = world.net.borrow();
    let office = net.head.office()?;
    let book = office.book()?;
    let (dataset, query) = book.select(&office.command_line_scope(), &Filter::default());
    let volumes = journey::reports::volumes(dataset, &query);
    ensure!(
        (
            volumes.gross_cents,
            volumes.returns_cents,
            volumes.net_cents
        ) == (sum.gross.0, sum.returned.0, sum.net().0),
        "the report says {volumes:?}, the tills {sum:?}"
    );
    Ok(())
}

/// A balance is the sum of what the events gave and took, each counted once.
fn points(world: &World, kept: &BTreeMap<Id, EventRow>) -> Result<()> {
    let net = world.net.borrow();
    let office = net.head.office()?;
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for row in kept.values() {
        let Some(customer) = &row.customer else {
            continue;
        };
        let points = match Event::read(&row.bytes)?.body {
            Body::Sale(sale) => sale.points,
            Body::Return(back) => back.receipt.points,
            _ => 0,
        };
        let root = store::read(office.store(), |tables| tables.root(customer))?;
        *sums.entry(root).or_default() += points;
    }
    for (root, sum) in sums {
        let balance = store::read(office.store(), |tables| tables.points(&root))?;
        ensure!(
            balance == sum,
            "{root} has {balance} points at head office, his receipts say {sum}"
        );
    }
    Ok(())
}

/// A branch is a chain of events of one epoch; where two events stand on one, there are two. What was lost in between still
/// joins its ends: the tills once knew it.
fn branches(world: &World, kept: &BTreeMap<Id, EventRow>) -> Result<()> {
    let mut expected: BTreeMap<(u16, u8), BTreeSet<Hash>> = BTreeMap::new();
    let mut inner: BTreeSet<Hash> = BTreeSet::new();
    for id in kept.keys() {
        let mut at = *id;
        while at.seq > 1 {
            let fact: &Fact = world.ledger.get(&at).context("a chain without a fact")?;
            at = Id {
                seq: at.seq - 1,
                hash: fact.prev_hash,
                ..at
            };
            if !inner.insert(at.hash) {
                break;
            }
        }
    }
    for id in kept.keys() {
        if !inner.contains(&id.hash) {
            expected
                .entry((id.till, id.epoch))
                .or_default()
                .insert(id.hash);
        }
    }
    let net = world.net.borrow();
    let mut shown: BTreeMap<(u16, u8), BTreeSet<Hash>> = BTreeMap::new();
    for till in tills_of(world) {
        let branches = store::read(net.head.office()?.store(), |tables| {
            tables.branches(till, u32::MAX)
        })?;
        for branch in branches {
            shown
                .entry((till.get(), branch.head.epoch.get()))
                .or_default()
                .insert(branch.head.hash);
        }
    }
    // Behind a hole nobody can say on which of two branches an event stood: there it is enough that every end is one of
    // the events.
    let damaged = |till: u16| {
        let mut machines = world.machines.iter();
        machines.any(|machine| machine.damaged && machine.till.get() == till)
    };
    for ((till, epoch), ends) in shown.iter().filter(|((till, _), _)| damaged(*till)) {
        let of_epoch = kept
            .keys()
            .filter(|id| (id.till, id.epoch) == (*till, *epoch));
        let names: BTreeSet<Hash> = of_epoch.map(|id| id.hash).collect();
        ensure!(
            ends.iter().all(|end| names.contains(end)),
            "branches of {till}-{epoch} end at {ends:?}: none of its events"
        );
    }
    expected.retain(|(till, _), _| !damaged(*till));
    shown.retain(|(till, _), _| !damaged(*till));
    ensure!(
        expected == shown,
        "branches: there are {expected:?}, head office shows {shown:?}"
    );
    Ok(())
}

fn tills_of(world: &World) -> BTreeSet<TillId> {
    world.machines.iter().map(|machine| machine.till).collect()
}

fn tills(world: &mut World) -> Result<()> {
    for machine in &mut world.machines {
        let name = machine.name.clone();
        let up = machine.up.as_mut().context("down")?;
        let standing = up.outbox.standing()?;
        ensure!(
            standing.waiting == 0 && standing.cursor == standing.head,
            "{name} is not done: {standing:?}"
        );
        ensure!(machine.total.set_apart == 0, "{name} set something apart");
        let faults = machine.journal_faults()?;
        ensure!(
            faults.is_empty() || machine.damaged,
            "the journal of {name}: {faults:?}"
        );
    }
    Ok(())
}

/// Epochs are not burnt: each has a cause, and twins part at once.
fn epochs(world: &World) -> Result<()> {
    let mut highest: BTreeMap<u16, u32> = BTreeMap::new();
    for id in world.ledger.keys() {
        let highest = highest.entry(id.till).or_default();
        *highest = u32::from(id.epoch).max(*highest);
    }
    for till in tills_of(world) {
        let mut scars = world.scars.get(&till).copied().unwrap_or_default();
        if world.office_restored {
            // Put back to a copy, at most twice a night, head office may hear of the twins in another order each time.
            scars *= 3;
        }
        let used = highest.get(&till.get()).copied().unwrap_or_default();
        ensure!(
            used <= 1 + scars,
            "till {till} is in epoch {used}, and only {scars} things happened to it"
        );
    }
    Ok(())
}

/// Tills that nothing happened to have every day proven.
fn days(world: &World) -> Result<()> {
    let scarred: BTreeSet<TillId> = world
        .machines
        .iter()
        .filter(|machine| machine.scarred)
        .map(|machine| machine.till)
        .collect();
    let net = world.net.borrow();
    let days = store::read(net.head.office()?.store(), |tables| tables.days(u32::MAX))?;
    for day in days {
        // What was written on a day after it was closed opens it again, until the next night.
        ensure!(
            day.proven
                || scarred.contains(&day.till)
                || world.reopened.contains(&(day.till, day.day)),
            "the day is not proven: {day:?}"
        );
    }
    Ok(())
}

/// What head office knows of a card's customer.
type Known = Option<(CustomerId, Option<String>, i64, u32)>;

fn at_head_office(tables: &mut dyn Tables, card: &str) -> store::Result<Known> {
    let Some(holder) = tables.card(card)? else {
        return Ok(None);
    };
    let root = tables.root(&holder)?;
    let Some(person) = people::person(tables, &root)? else {
        return Ok(None);
    };
    let visits = tables
        .derived(&root)?
        .and_then(|bytes| sync_server::book::Derived::read(&bytes))
        .map_or(0, |derived| derived.visits);
    Ok(root
        .parse()
        .ok()
        .map(|id| (id, person.name, person.points, visits)))
}

fn directory(world: &World) -> Result<()> {
    let net = world.net.borrow();
    let office = net.head.office()?;
    for card in CARDS {
        let known = store::read(office.store(), |tables| at_head_office(tables, card))?;
        for machine in &world.machines {
            let here = machine
                .customer_of(card)?
                .map(|customer| (customer.id, customer.name, customer.points, customer.visits));
            ensure!(
                here == known,
                "card {card}: head office knows {known:?}, {} knows {here:?}",
                machine.name
            );
        }
    }
    // Who enrolled with a card is who has it now, or was forgotten.
    for (customer, _) in &world.people {
        let id = customer.to_string();
        let (cards, root) = store::read(office.store(), |tables| {
            let root = tables.root(&id)?;
            let mut cards = Vec::new();
            for row in tables.profiles(&id)? {
                let profile: retail::loyalty::Profile = serde_json::from_str(&row.json)
                    .map_err(|error| store::StoreError::Corrupt(error.to_string()))?;
                if let Some(card) = profile.card {
                    cards.push((tables.card(&card)?, card));
                }
            }
            let mut owners = Vec::new();
            for (holder, card) in cards {
                let owner = match holder {
                    Some(holder) => Some(tables.root(&holder)?),
                    None => None,
                };
                owners.push((card, owner));
            }
            Ok((owners, root))
        })?;
        for (card, owner) in cards {
            ensure!(
                owner.as_ref() == Some(&root),
                "card {card} of {id} belongs to {owner:?}, he is {root}"
            );
        }
    }
    Ok(())
}

/// Every column of every table is searched, and the log beside the database.
fn forgotten(world: &World) -> Result<()> {
    let office = world.net.borrow().head.database();
    for who in &world.forgotten {
        search(&office, who)?;
        for machine in &world.machines {
            search(&machine.database(), who)?;
        }
    }
    Ok(())
}

fn search(file: &Path, who: &super::world::Forgotten) -> Result<()> {
    let conn = Connection::open(file)?;
    let mut tables = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let names: Vec<String> = tables
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let hex = who.customer.to_string();
    for table in names {
        // All that may stay of him is his tombstone (and, at head office, the change that tells it) and that two random ids
        // once were one: permanent both.
        let may_name = ["tombstone", "change", "alias"].contains(&table.as_str());
        let mut statement = conn.prepare(&format!("SELECT * FROM \"{table}\""))?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                let bytes: &[u8] = match row.get_ref(column)? {
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
                    _ => continue,
                };
                let names_him = holds(bytes, hex.as_bytes()) || holds(bytes, &who.customer.0);
                let texts = who.texts.iter().any(|text| holds(bytes, text.as_bytes()));
                if texts || (names_him && !may_name) {
                    bail!(
                        "{hex} was forgotten and is in {table} of {}",
                        file.display()
                    );
                }
            }
        }
    }
    Ok(())
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
