//! The one way into the journal: events, side records, ledger, print job and work in hand, all in one transaction.
//! The head is read inside the transaction, so that any number of connections may append.

use chrono::{DateTime, Datelike as _, FixedOffset};
use retail::clock::Entropy;
use retail::event::{Body, Event, EventError};
use retail::ids::{Epoch, Hash, Position, ReceiptNumber, RecordId, TillId};
use retail::journal::hash_event;
use retail::wire::{Head, Side};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};

use super::{Identity, Store, StoreError, event_key, key_parts, receipt_key};
use crate::till::{Commit, NewEvent, Print, Work};

/// Turns a receipt into printer bytes: the event, whether it is a copy, and the customer's points after it.
/// `None`: this till has no printer.
pub trait Paper {
    /// The bytes of the job.
    fn render(
        &self,
        event: &Event,
        copy: bool,
        balance: Option<i64>,
    ) -> Result<Option<Vec<u8>>, String>;
}

/// What an append needs from outside.
pub struct Writing<'a> {
    /// Shop time.
    pub at: DateTime<FixedOffset>,
    /// For the names of side records.
    pub entropy: &'a mut dyn Entropy,
    /// The printer's language.
    pub paper: &'a dyn Paper,
}

impl std::fmt::Debug for Writing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writing")
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// What an append came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The last event; `None` when there was no event to write.
    pub head: Option<Head>,
    /// A print job was queued.
    pub printing: bool,
}

/// The last event of the journal.
pub(super) fn head(conn: &Connection) -> Result<Option<Head>, StoreError> {
    conn.prepare_cached("SELECT key, hash FROM event ORDER BY key DESC LIMIT 1")?
        .query_row([], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1)?))
        })
        .optional()?
        .map(|(key, hash)| {
            let (epoch, seq) = key_parts(key)?;
            Ok(Head {
                epoch,
                seq,
                hash: Hash(hash),
            })
        })
        .transpose()
}

/// Writes one event behind `prev` (of the same epoch), and what can be found by it.
pub(super) fn write_event(
    tx: &Transaction<'_>,
    till: TillId,
    epoch: Epoch,
    prev: Option<Head>,
    at: DateTime<FixedOffset>,
    body: &Body,
) -> Result<(Head, Event), StoreError> {
    let unwritable = |e: EventError| StoreError::Unwritable(format!("the event: {e}"));
    let (seq, prev_hash) = prev.map_or((1, Hash::ZERO), |head| (head.seq + 1, head.hash));
    let position = Position { till, epoch, seq };
    let bytes = Event::write(position, at, body).map_err(unwritable)?;
    let hash = hash_event(prev_hash, &bytes);
    let key = event_key(epoch, seq)?;
    tx.prepare_cached(
        "INSERT INTO event (key, prev_hash, hash, at_ms, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((key, prev_hash.0, hash.0, at.timestamp_millis(), &bytes))?;
    let day = at.date_naive().num_days_from_ce();
    let receipt = match body {
        Body::Sale(sale) => Some((sale.receipt, None)),
        Body::Return(back) => Some((back.receipt.receipt, Some(receipt_key(back.of)))),
        Body::DayClosed(closed) => {
            tx.execute(
                "INSERT OR REPLACE INTO closed_day (day, event) VALUES (?1, ?2)",
                (closed.day.num_days_from_ce(), key),
            )?;
            None
        }
        Body::Hole(hole) => {
            tx.execute("INSERT INTO hole (event) VALUES (?1)", [key])?;
            super::rescue::profiles(tx, hole, Head { epoch, seq, hash })?;
            None
        }
        _ => None,
    };
    if let Some((serial, return_of)) = receipt {
        let number = ReceiptNumber {
            till,
            epoch,
            serial,
        };
        tx.prepare_cached(
            "INSERT INTO receipt (number, event, day, return_of) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((receipt_key(number), key, day, return_of))?;
    }
    // What a reader will see, so that paper and book are made of the same thing.
    let event = Event::read(&bytes).map_err(unwritable)?;
    Ok((Head { epoch, seq, hash }, event))
}

fn write_side(
    tx: &Transaction<'_>,
    identity: &Identity,
    head: Head,
    event: &Event,
    new: &NewEvent,
    entropy: &mut dyn Entropy,
) -> Result<(), StoreError> {
    if let Some((_, customer)) = new.link
        && super::directory::is_forgotten(tx, customer)?
    {
        // He was forgotten while the basket was open: nothing travels beside this event.
        return Ok(());
    }
    let seq = head.seq;
    let mut sides: Vec<Side> = Vec::new();
    if let Some((link, customer)) = new.link {
        sides.push(Side::Link {
            seq,
            link,
            customer,
        });
    }
    for profile in &new.profiles {
        sides.push(Side::Profile {
            seq,
            profile: profile.clone(),
        });
        super::directory::enrol(tx, identity, profile)?;
    }
    for text in &new.texts {
        sides.push(Side::Text {
            seq,
            id: RecordId::random(entropy),
            text: text.clone(),
        });
    }
    let key = event_key(head.epoch, head.seq)?;
    for (n, side) in (0i64..).zip(&sides) {
        let json = serde_json::to_string(side)
            .map_err(|e| StoreError::Unwritable(format!("a side record: {e}")))?;
        tx.prepare_cached("INSERT INTO side (event, n, json) VALUES (?1, ?2, ?3)")?
            .execute((key, n, json))?;
    }
    if let Some((_, customer)) = new.link {
        let day = event.at.date_naive().num_days_from_ce();
        let (points, visit) = match &new.body {
            Body::Sale(sale) => (sale.points, Some(day)),
            Body::Return(back) => (back.receipt.points, None),
            _ => (0, None),
        };
        tx.prepare_cached(
            "INSERT INTO ledger (customer, event, points, visit_day) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((customer.0, key, points, visit))?;
    }
    Ok(())
}

/// The receipt that a body carries must be the next one.
fn check_serial(
    tx: &Transaction<'_>,
    identity: &Identity,
    epoch: Epoch,
    body: &Body,
) -> Result<(), StoreError> {
    let serial = match body {
        Body::Sale(sale) => sale.receipt,
        Body::Return(back) => back.receipt.receipt,
        _ => return Ok(()),
    };
    let next =
        next_receipt(tx, identity.till, epoch)?.ok_or(StoreError::UsedUp("receipt numbers"))?;
    if next.serial == serial {
        Ok(())
    } else {
        Err(StoreError::HeadMoved)
    }
}

/// The number after the last receipt of an epoch.
pub(super) fn next_receipt(
    conn: &Connection,
    till: TillId,
    epoch: Epoch,
) -> Result<Option<ReceiptNumber>, StoreError> {
    let first = ReceiptNumber {
        till,
        epoch,
        serial: retail::ids::ReceiptSerial::FIRST,
    };
    let last: Option<i64> = conn
        .prepare_cached("SELECT MAX(number) FROM receipt WHERE number BETWEEN ?1 AND ?2")?
        .query_row(
            (receipt_key(first), receipt_key(first) + 9_999_998),
            |row| row.get(0),
        )?;
    match last {
        None => Ok(Some(first)),
        Some(key) => {
            let last = super::receipt_of_key(key)?;
            Ok(last
                .serial
                .next()
                .map(|serial| ReceiptNumber { serial, ..last }))
        }
    }
}

impl Store {
    /// Commits a step of the till: nothing of it is kept unless all of it is.
    pub fn commit(
        &mut self,
        commit: &Commit,
        work: &Work,
        writing: &mut Writing<'_>,
    ) -> Result<Appended, StoreError> {
        let identity = self.identity.as_ref();
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut last: Option<(Head, Event)> = None;
        let mut receipt: Option<(Event, Option<i64>)> = None;
        if !commit.events.is_empty() {
            let identity = identity.ok_or(StoreError::NotEnrolled)?;
            let mut before = head(&tx)?.ok_or(StoreError::NotEnrolled)?;
            for new in &commit.events {
                check_serial(&tx, identity, before.epoch, &new.body)?;
                let (now, event) = write_event(
                    &tx,
                    identity.till,
                    before.epoch,
                    Some(before),
                    writing.at,
                    &new.body,
                )?;
                write_side(&tx, identity, now, &event, new, writing.entropy)?;
                if matches!(new.body, Body::Sale(_) | Body::Return(_)) {
                    let balance = match new.link {
                        Some((_, customer)) => super::directory::customer(&tx, customer)?,
                        None => None,
                    };
                    receipt = Some((event.clone(), balance.map(|c| c.points)));
                }
                before = now;
                last = Some((now, event));
            }
        }
        if let Some((job, _)) = commit.settle_job {
            tx.execute("DELETE FROM print_job WHERE key = ?1 AND state = 2", [job])?;
        }
        let mut printing = false;
        if let (Some(print), Some((head, _))) = (commit.print, &last) {
            let key = event_key(head.epoch, head.seq)?;
            printing = queue_print(&tx, key, print, receipt, writing.paper, identity)?;
        }
        super::work::save(&tx, work)?;
        tx.commit()?;
        Ok(Appended {
            head: last.map(|(head, _)| head),
            printing,
        })
    }

    /// Appends one event that nothing travels beside, in the epoch that is open.
    pub fn append_event(
        &mut self,
        body: &Body,
        at: DateTime<FixedOffset>,
    ) -> Result<Head, StoreError> {
        let till = self.known()?.till;
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let before = head(&tx)?.ok_or(StoreError::NotEnrolled)?;
        let (now, _) = write_event(&tx, till, before.epoch, Some(before), at, body)?;
        tx.commit()?;
        Ok(now)
    }
}

/// Queues the paper of a receipt, rendered before the commit.
fn queue_print(
    tx: &Transaction<'_>,
    key: i64,
    print: Print,
    receipt: Option<(Event, Option<i64>)>,
    paper: &dyn Paper,
    identity: Option<&Identity>,
) -> Result<bool, StoreError> {
    let (number, event, copy, balance) = match print {
        Print::Receipt => {
            let Some((event, balance)) = receipt else {
                return Ok(false);
            };
            let serial = match &event.body {
                Body::Sale(sale) => sale.receipt,
                Body::Return(back) => back.receipt.receipt,
                _ => return Ok(false),
            };
            let number = ReceiptNumber {
                till: event.position.till,
                epoch: event.position.epoch,
                serial,
            };
            (number, event, false, balance)
        }
        Print::CopyOf(number) => {
            let Some(event) = super::journal::receipt_event(tx, number)? else {
                return Ok(false);
            };
            (number, event, true, None)
        }
    };
    debug_assert!(identity.is_some_and(|identity| identity.till == number.till));
    let Some(bytes) = paper
        .render(&event, copy, balance)
        .map_err(|e| StoreError::Unwritable(format!("the receipt: {e}")))?
    else {
        return Ok(false);
    };
    tx.prepare_cached(
        "INSERT INTO print_job (key, receipt, state, sent, bytes) VALUES (?1, ?2, 0, 0, ?3)",
    )?
    .execute((key, receipt_key(number), bytes))?;
    Ok(true)
}
