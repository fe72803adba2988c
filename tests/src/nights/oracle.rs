//! What must hold when the faults have stopped and everything has come together:
//! - every event that any till committed and that was not destroyed with its disk is at head office exactly once, byte for
//!   byte; nothing is there twice, and nothing that no till committed;
//! - the totals of every till over all its branches are those of these events, to the cent, and those of the owner's report;
//! - head office shows exactly as many branches as there are, and a hole wherever an event is missing;
//! - a till has no more epochs than things happened to it, and one;
//! - nothing waits at any till, nothing was set apart, and its own journal is whole unless we damaged it;
//! - every closed day is there, and those of tills that nothing happened to are proven equal;
//! - what `people` says of customers;
//! - `verify` finds nothing, and what was derived bit by bit equals a rebuild.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use retail::day::DayTotals;
use retail::event::{Body, Event};
use retail::ids::{Hash, TillId};
use sync_server::book::rebuild::Beside;
use sync_server::scope::Filter;
use sync_server::store;
use sync_server::store::rows::EventRow;
use terminal_app::sync::outbox::Outbox as _;

use super::machine::{Fact, Id};
use super::world::World;

pub(super) mod people;

/// Where the tables of head office end.
pub(super) fn ends(world: &World) -> Result<(i64, i64)> {
    let net = world.net.borrow();
    let ends = store::read(net.head.office()?.store(), |tables| tables.ends())?;
    Ok((ends.event, ends.change))
}

/// All of the above.
pub(super) fn check(world: &mut World) -> Result<()> {
    let kept = kept(world)?;
    every_event_once(world, &kept)?;
    totals(world, &kept)?;
    branches(world, &kept)?;
    holes(world, &kept)?;
    people::check(world, &kept)?;
    tills(world)?;
    epochs(world)?;
    days(world, &kept)?;
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
    ensure!(
        rebuilt.beside == Beside::default(),
        "points, keys or times do not follow from the events and their batches: {:?}",
        rebuilt.beside
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

/// What is missing between two events is shown as a hole.
fn holes(world: &World, kept: &BTreeMap<Id, EventRow>) -> Result<()> {
    let net = world.net.borrow();
    let holes = store::read(net.head.office()?.store(), |tables| tables.holes(u32::MAX))?;
    let names: BTreeSet<(u16, u8, u64)> =
        kept.keys().map(|id| (id.till, id.epoch, id.seq)).collect();
    for (till, epoch, seq) in &names {
        for missing in 1..*seq {
            let shown = || {
                holes.iter().any(|hole| {
                    (hole.till.get(), hole.epoch.get()) == (*till, *epoch)
                        && (hole.from..=hole.to).contains(&missing)
                })
            };
            ensure!(
                names.contains(&(*till, *epoch, missing)) || shown(),
                "{till}-{epoch}-{missing} is missing and no hole says so"
            );
        }
    }
    Ok(())
}

/// Every day that was closed is there; tills that nothing happened to have every day proven.
fn days(world: &World, kept: &BTreeMap<Id, EventRow>) -> Result<()> {
    let scarred: BTreeSet<TillId> = world
        .machines
        .iter()
        .filter(|machine| machine.scarred)
        .map(|machine| machine.till)
        .collect();
    let net = world.net.borrow();
    let days = store::read(net.head.office()?.store(), |tables| tables.days(u32::MAX))?;
    for id in kept.keys() {
        let fact = world.ledger.get(id).context("no fact")?;
        if let Body::DayClosed(closed) = Event::read(&fact.bytes)?.body {
            ensure!(
                days.iter()
                    .any(|day| day.till.get() == id.till && day.day == closed.day),
                "{id:?} closes {} and head office shows no such day",
                closed.day
            );
        }
    }
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
