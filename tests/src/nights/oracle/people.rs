//! What must hold of customers when everything has come together:
//! - every event stands for the customer whom the cashier served and holds what was said, and for nobody and nothing once he
//!   was forgotten;
//! - who joined is known by name and address;
//! - the points of a customer are the sum of his receipts, each counted once;
//! - a card leads to one customer, and every till knows what head office knows of him: same person, name, points, visits;
//! - who was forgotten is nowhere, at no till and not at head office, but for his tombstone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use retail::event::{Body, Event};
use retail::ids::CustomerId;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sync_server::people;
use sync_server::store::rows::EventRow;
use sync_server::store::{self, Tables};

use super::super::machine::Id;
use super::super::world::{CARDS, Forgotten, World};

/// Everyone who is this customer at head office; nobody when it never heard of him.
pub(in crate::nights) fn members(
    world: &World,
    customer: CustomerId,
) -> Result<BTreeSet<CustomerId>> {
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
pub(super) fn check(world: &World, kept: &BTreeMap<Id, EventRow>) -> Result<()> {
    served(world, kept)?;
    joined(world, kept)?;
    points(world, kept)?;
    directory(world)?;
    forgotten(world)
}

fn is_forgotten(world: &World, customer: CustomerId) -> bool {
    world.forgotten.iter().any(|who| who.customer == customer)
}

/// He may have been forgotten as somebody else: two who joined with one card are one person to a till that was told so, also
/// when head office was put back to a copy from before it knew.
fn gone_with_another(world: &World, unknown: bool, customer: Option<CustomerId>) -> bool {
    let card = customer.and_then(|customer| world.cards.get(&customer));
    let same_card = |who: &Forgotten| world.cards.get(&who.customer) == card;
    unknown && card.is_some() && world.forgotten.iter().any(same_card)
}

/// Held against what the cashiers did, not against what any table says.
fn served(world: &World, kept: &BTreeMap<Id, EventRow>) -> Result<()> {
    for (id, row) in kept {
        let fact = world.ledger.get(id).context("no fact")?;
        let gone = fact
            .customer
            .is_some_and(|customer| is_forgotten(world, customer));
        let gone = gone || gone_with_another(world, row.customer.is_none(), fact.customer);
        let expected = fact
            .customer
            .filter(|_| !gone)
            .map(|customer| customer.to_string());
        ensure!(
            row.customer == expected,
            "{id:?} is of {:?} at head office, the cashier served {:?}; forgotten: {gone}",
            row.customer,
            fact.customer
        );
        let said = row.text.as_deref().unwrap_or_default();
        let expected = if gone {
            String::new()
        } else {
            fact.texts.join("\n")
        };
        ensure!(
            said == expected,
            "{id:?}: head office has {said:?}, said was {expected:?}"
        );
    }
    Ok(())
}

fn joined(world: &World, kept: &BTreeMap<Id, EventRow>) -> Result<()> {
    let net = world.net.borrow();
    let office = net.head.office()?;
    for id in kept.keys() {
        let fact = world.ledger.get(id).context("no fact")?;
        let Some(customer) = fact
            .customer
            .filter(|customer| !is_forgotten(world, *customer))
        else {
            continue;
        };
        if !matches!(Event::read(&fact.bytes)?.body, Body::Enrolled(_)) {
            continue;
        }
        let told = store::read(office.store(), |tables| {
            tables.profiles(&customer.to_string())
        })?;
        if gone_with_another(world, told.is_empty(), Some(customer)) {
            continue;
        }
        let texts = world.people.iter().filter(|(who, _)| *who == customer);
        for text in texts.flat_map(|(_, texts)| texts) {
            ensure!(
                told.iter().any(|row| row.json.contains(text.as_str())),
                "{customer:?} joined as {text}, and head office does not know it"
            );
        }
    }
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

fn search(file: &Path, who: &Forgotten) -> Result<()> {
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
