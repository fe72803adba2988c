//! The customers a till knows: a card (as keyed hash) leads to a customer, head office's figures and this till's events
//! since make his balance. Whom head office forgot is forgotten here, with all that travels beside his events.

use chrono::{Datelike as _, NaiveDate};
use retail::ids::CustomerId;
use retail::loyalty::{CardHash, Profile, card_hash};
use retail::wire::{DirectoryEntry, Down};
use rusqlite::{Connection, OptionalExtension as _, Transaction};

use super::{Identity, Store, StoreError, bytes_16};
use crate::till::shelf::Customer;

/// The longest chain of aliases that is followed.
const MAX_ALIASES: usize = 16;

/// Who somebody is after all merges.
pub(super) fn resolve(conn: &Connection, customer: CustomerId) -> Result<CustomerId, StoreError> {
    let mut statement = conn.prepare_cached("SELECT target FROM alias WHERE customer = ?1")?;
    let mut customer = customer;
    for _ in 0..MAX_ALIASES {
        match statement
            .query_row([customer.0], |row| bytes_16(row, 0))
            .optional()?
        {
            Some(target) => customer = CustomerId(target),
            None => break,
        }
    }
    Ok(customer)
}

/// A customer with head office's figures and what this till added since.
pub(super) fn customer(
    conn: &Connection,
    customer: CustomerId,
) -> Result<Option<Customer>, StoreError> {
    let id = resolve(conn, customer)?;
    let found = conn
        .prepare_cached(
            "SELECT name, points, visits, phase, state, last_visit, watermark FROM customer WHERE customer = ?1",
        )?
        .query_row([id.0], |row| {
            Ok((
                Customer {
                    id,
                    name: row.get(0)?,
                    points: row.get(1)?,
                    visits: row.get(2)?,
                    phase: row.get(3)?,
                    state: row.get(4)?,
                    last_visit: row
                        .get::<_, Option<i32>>(5)?
                        .and_then(NaiveDate::from_num_days_from_ce_opt),
                },
                row.get::<_, i64>(6)?,
            ))
        })
        .optional()?;
    let Some((mut customer, watermark)) = found else {
        return Ok(None);
    };
    let last_day = customer
        .last_visit
        .map_or(i32::MIN, |day| day.num_days_from_ce());
    let (points, visits, latest): (i64, u32, Option<i32>) = conn
        .prepare_cached(
            "SELECT COALESCE(SUM(points), 0), COUNT(DISTINCT CASE WHEN visit_day <> ?3 THEN visit_day END), MAX(visit_day)
             FROM ledger
             WHERE (customer = ?1 OR customer IN (SELECT customer FROM alias WHERE target = ?1)) AND event > ?2",
        )?
        .query_row((id.0, watermark, last_day), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    customer.points += points;
    customer.visits += visits;
    if let Some(latest) = latest.filter(|day| *day > last_day) {
        customer.last_visit = NaiveDate::from_num_days_from_ce_opt(latest);
    }
    Ok(Some(customer))
}

/// A customer joined at this till: known here at once.
pub(super) fn enrol(
    tx: &Transaction<'_>,
    identity: &Identity,
    profile: &Profile,
) -> Result<(), StoreError> {
    let card = profile
        .card
        .as_ref()
        .map(|card| card_hash(&identity.directory_key, card));
    tx.prepare_cached(
        "INSERT INTO customer (customer, name, points, visits, watermark, cards, generation)
         VALUES (?1, ?2, 0, 0, 0, ?3, NULL)
         ON CONFLICT (customer) DO UPDATE SET name = COALESCE(excluded.name, name)",
    )?
    .execute((
        profile.customer.0,
        &profile.name,
        card.map_or(Vec::new(), |card| card.0.to_vec()),
    ))?;
    if let Some(card) = card {
        put_card(tx, card, profile.customer)?;
    }
    Ok(())
}

fn put_card(tx: &Transaction<'_>, card: CardHash, customer: CustomerId) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO card (card, customer) VALUES (?1, ?2)
         ON CONFLICT (card) DO UPDATE SET customer = excluded.customer",
    )?
    .execute((card.0, customer.0))?;
    Ok(())
}

/// True when head office said that this customer was forgotten.
pub(super) fn is_forgotten(conn: &Connection, customer: CustomerId) -> Result<bool, StoreError> {
    Ok(conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM tombstone WHERE customer = ?1)")?
        .query_row([customer.0], |row| row.get(0))?)
}

/// One change of head office. `watermark`: the key of this till's last event that its figures count.
pub(super) fn apply(
    tx: &Transaction<'_>,
    change: &Down,
    watermark: i64,
    generation: i64,
) -> Result<(), StoreError> {
    match change {
        Down::Customer(entry) => {
            if !is_forgotten(tx, entry.customer)? {
                put_entry(tx, entry, watermark, generation)?;
            }
            Ok(())
        }
        Down::Tombstone { customer } => forget(tx, *customer),
        Down::Alias { customer, into } => {
            tx.execute(
                "INSERT OR REPLACE INTO alias (customer, target) VALUES (?1, ?2)",
                (customer.0, into.0),
            )?;
            Ok(())
        }
    }
}

fn put_entry(
    tx: &Transaction<'_>,
    entry: &DirectoryEntry,
    watermark: i64,
    generation: i64,
) -> Result<(), StoreError> {
    let cards: Vec<u8> = entry.cards.iter().flat_map(|card| card.0).collect();
    // Only who stands for himself has an entry: an alias of him is from before head office was put back to a backup.
    tx.prepare_cached("DELETE FROM alias WHERE customer = ?1")?
        .execute([entry.customer.0])?;
    drop_cards(tx, entry.customer, Some(&cards))?;
    tx.prepare_cached(
        "INSERT INTO customer (customer, name, points, visits, phase, state, last_visit, watermark, cards, generation)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (customer) DO UPDATE SET name = excluded.name, points = excluded.points,
             visits = excluded.visits, phase = excluded.phase, state = excluded.state,
             last_visit = excluded.last_visit, watermark = excluded.watermark, cards = excluded.cards,
             generation = excluded.generation",
    )?
    .execute((
        entry.customer.0,
        &entry.name,
        entry.points,
        entry.visits,
        &entry.phase,
        &entry.state,
        entry.last_visit.map(|day| day.num_days_from_ce()),
        watermark,
        &cards,
        generation,
    ))?;
    for card in &entry.cards {
        put_card(tx, *card, entry.customer)?;
    }
    Ok(())
}

/// Takes away the cards a customer had, except those in `keep`.
fn drop_cards(
    tx: &Transaction<'_>,
    customer: CustomerId,
    keep: Option<&[u8]>,
) -> Result<(), StoreError> {
    let cards: Option<Vec<u8>> = tx
        .prepare_cached("SELECT cards FROM customer WHERE customer = ?1")?
        .query_row([customer.0], |row| row.get(0))
        .optional()?;
    for card in cards.unwrap_or_default().chunks_exact(16) {
        if keep.is_some_and(|keep| keep.chunks_exact(16).any(|kept| kept == card)) {
            continue;
        }
        tx.prepare_cached("DELETE FROM card WHERE card = ?1 AND customer = ?2")?
            .execute((card, customer.0))?;
    }
    Ok(())
}

/// Forgets a customer for good: directory, cards, ledger, and what travels beside his events.
fn forget(tx: &Transaction<'_>, customer: CustomerId) -> Result<(), StoreError> {
    drop_cards(tx, customer, None)?;
    let id = customer.0;
    tx.execute(
        "INSERT OR IGNORE INTO tombstone (customer) VALUES (?1)",
        [id],
    )?;
    tx.execute(
        "DELETE FROM side WHERE event IN (SELECT event FROM ledger WHERE customer = ?1)",
        [id],
    )?;
    super::rescue::forget(tx, customer)?;
    tx.execute("DELETE FROM ledger WHERE customer = ?1", [id])?;
    tx.execute("DELETE FROM customer WHERE customer = ?1", [id])?;
    tx.execute("DELETE FROM alias WHERE customer = ?1", [id])?;
    Ok(())
}

/// After everything was fetched anew: what came down before and did not come again is gone.
pub(super) fn sweep(tx: &Transaction<'_>, generation: i64) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM card WHERE customer IN (SELECT customer FROM customer WHERE generation < ?1)",
        [generation],
    )?;
    tx.execute("DELETE FROM customer WHERE generation < ?1", [generation])?;
    Ok(())
}

impl Store {
    pub(super) fn find_card(&self, card: CardHash) -> Result<Option<Customer>, StoreError> {
        let id = self
            .conn
            .prepare_cached("SELECT customer FROM card WHERE card = ?1")?
            .query_row([card.0], |row| bytes_16(row, 0))
            .optional()?;
        match id {
            Some(id) => customer(&self.conn, CustomerId(id)),
            None => Ok(None),
        }
    }
}
