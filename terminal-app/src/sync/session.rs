//! Carries one exchange out, step by step, over the till's store and head office.
//!
//! Every step leaves both sides in a state from which a new session goes on: a crash between any two of them loses nothing and
//! sends at worst something twice, which head office counts as duplicates.

use std::collections::HashMap;

use retail::clock::{Clock, Entropy, random_16};
use retail::event::{Body, EpochWhy, Hole};
use retail::ids::{CustomerId, Epoch, Hash, Position};
use retail::wire::{Down, Head, HeadsQuery, Refusal};

use super::locator;
use super::office::{CallError, HeadOffice, Retry};
use super::outbox::{Append, Appender, Outbox, OutboxError, Standing};
use super::pack::{Credentials, Limit, Packer, Stretch, body};
use super::plan::{AfterRefusal, Plan, Step};

/// The most customers that [`Session::changed`] remembers.
pub const MAX_CHANGED: usize = 1_000;
/// Rows read at once.
const ROWS: usize = 512;

/// What a session works with.
pub struct Parts<'a> {
    /// The till's store.
    pub outbox: &'a mut dyn Outbox,
    /// The till's writer of events.
    pub appender: &'a mut dyn Appender,
    /// Head office.
    pub office: &'a mut dyn HeadOffice,
    /// Who signs.
    pub who: &'a Credentials,
    /// The machine's clock.
    pub clock: &'a dyn Clock,
    /// For nonces.
    pub entropy: &'a mut dyn Entropy,
}

impl std::fmt::Debug for Parts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts")
            .field("who", &self.who)
            .finish_non_exhaustive()
    }
}

/// Why a session stopped. Everything is still there; a later session goes on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// Head office did not answer, or refused.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The till's own database.
    #[error(transparent)]
    Store(#[from] OutboxError),
}

impl SyncError {
    /// Will a later session get further by itself?
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Call(error) => error.retry(),
            Self::Store(_) => Retry::Soon,
        }
    }
}

/// What a session did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Batches that head office took.
    pub batches: u32,
    /// Events that were new there.
    pub sent: u64,
    /// Events that were there already.
    pub duplicates: u64,
    /// Events whose name another event has there: both are kept.
    pub forked: u64,
    /// Compressed bytes of the batches.
    pub bytes: u64,
    /// Changes that came down.
    pub changes: u64,
    /// Epochs this till had to open.
    pub epochs_opened: u32,
    /// Why the last of them.
    pub why_epoch: Option<EpochWhy>,
    /// Head office had gone back to a backup and gets everything again.
    pub server_restored: bool,
    /// Events or side records that head office will not take.
    pub set_apart: u32,
    /// Events that can no longer be read.
    pub unreadable: u64,
}

/// One exchange.
#[derive(Debug)]
pub struct Session {
    plan: Plan,
    changed: Vec<CustomerId>,
    /// What was done so far.
    pub summary: Summary,
}

impl Session {
    /// A new exchange; see [`Plan::new`].
    #[must_use]
    pub fn new(ask_heads: bool) -> Self {
        Self {
            plan: Plan::new(ask_heads),
            changed: Vec::new(),
            summary: Summary::default(),
        }
    }

    /// The first customers whose entries came down, at most [`MAX_CHANGED`].
    #[must_use]
    pub fn changed(&self) -> &[CustomerId] {
        &self.changed
    }

    /// Does the next step. False when there is nothing further to do.
    pub fn step(&mut self, parts: &mut Parts<'_>) -> Result<bool, SyncError> {
        let standing = parts.outbox.standing()?;
        match self.plan.next(&standing) {
            Step::AskHeads => self.ask_heads(parts, &standing)?,
            Step::LowerCursor(to) => {
                tracing::warn!(
                    ?to,
                    "head office was restored from a backup; it gets everything again from there"
                );
                parts.outbox.lower_cursor(to)?;
                self.summary.server_restored = true;
                self.plan.done();
            }
            Step::OpenEpoch(epoch, why) => {
                tracing::warn!(%epoch, ?why, "this journal has a twin at head office; a new epoch begins");
                parts.appender.append(Append::Epoch {
                    epoch,
                    why,
                    hole: None,
                })?;
                self.summary.epochs_opened += 1;
                self.summary.why_epoch = Some(why);
                self.plan.done();
            }
            Step::Send(limit) => self.send(parts, &standing, limit)?,
            Step::AskDown => self.ask_down(parts, &standing)?,
            Step::Done => return Ok(false),
        }
        Ok(true)
    }

    /// All steps to the end.
    pub fn run(&mut self, parts: &mut Parts<'_>) -> Result<(), SyncError> {
        while self.step(parts)? {}
        Ok(())
    }

    fn ask_heads(&mut self, parts: &mut Parts<'_>, standing: &Standing) -> Result<(), SyncError> {
        let epochs = parts.outbox.epochs()?;
        let cursor = standing.cursor;
        let mut locator = Vec::with_capacity(locator::MAX_PLACES);
        for (epoch, seq) in locator::places(&epochs, cursor.map(|head| (head.epoch, head.seq))) {
            if let Some(hash) = parts.outbox.hash_at(epoch, seq)? {
                locator.push(Head { epoch, seq, hash });
            }
        }
        let query = HeadsQuery {
            nonce: hex::encode(random_16(parts.entropy)),
            locator,
        };
        let answer = parts.office.heads(&query)?;
        if answer.nonce != query.nonce {
            return Err(CallError::Protocol("an answer to another question".to_owned()).into());
        }
        if let Some(known) = answer.known
            && !query.locator.contains(&known)
        {
            return Err(
                CallError::Protocol("an answer about a place nobody asked".to_owned()).into(),
            );
        }
        let mut own: HashMap<(Epoch, u64), Hash> = HashMap::new();
        for head in answer.heads.iter().take(locator::MAX_PLACES) {
            if let Some(hash) = parts.outbox.hash_at(head.epoch, head.seq)? {
                own.insert((head.epoch, head.seq), hash);
            }
        }
        let after = parts.outbox.standing()?;
        self.plan
            .on_heads(standing, &after, &answer, &|epoch, seq| {
                own.get(&(epoch, seq)).copied()
            });
        Ok(())
    }

    fn send(
        &mut self,
        parts: &mut Parts<'_>,
        standing: &Standing,
        limit: Limit,
    ) -> Result<(), SyncError> {
        let (stretch, passed) = pack(parts.outbox, standing.cursor, limit)?;
        let declared = self.declare(parts, standing, passed)?;
        let Some(stretch) = stretch else {
            // Nothing that waits can be read. What declares it waits now, and can be.
            return if declared {
                Ok(())
            } else {
                Err(OutboxError("nothing that waits can be read".to_owned()).into())
            };
        };
        let first = stretch.events.first().map(|event| event.position);
        let (events, with_side) = (stretch.events.len(), !stretch.side.is_empty());
        let Some(batch) = stretch.sign(parts.who, parts.clock.now().timestamp_millis()) else {
            return Ok(());
        };
        let packed = body(&batch).map_err(|e| OutboxError(e.to_string()))?;
        match parts.office.batch(&packed) {
            Ok(answer) => {
                let header = &batch.header;
                let safe = answer.safe;
                if (safe.epoch, safe.seq, safe.hash)
                    != (header.epoch, header.last, header.head_hash)
                {
                    return Err(CallError::Protocol("an answer to another batch".to_owned()).into());
                }
                parts.outbox.raise_cursor(safe)?;
                self.plan.on_batch(standing, &answer);
                let summary = &mut self.summary;
                summary.batches += 1;
                summary.sent += u64::from(answer.accepted);
                summary.duplicates += u64::from(answer.duplicates);
                summary.forked += u64::from(answer.forked);
                summary.bytes += packed.len() as u64;
                Ok(())
            }
            Err(CallError::Refused(refusal)) => {
                self.refused(parts, first, events, with_side, refusal)
            }
            Err(CallError::TooLongForTheWay) if self.plan.on_too_long(events) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn refused(
        &mut self,
        parts: &mut Parts<'_>,
        first: Option<Position>,
        events: usize,
        with_side: bool,
        refusal: Refusal,
    ) -> Result<(), SyncError> {
        match (self.plan.on_refused(&refusal, events, with_side), first) {
            (AfterRefusal::GoOn, _) => Ok(()),
            (AfterRefusal::SetApart(what), Some(at)) => {
                tracing::error!(event = %at, ?what, reason = %refusal, "head office will not take this; it is kept here and set apart");
                parts.outbox.set_apart(at, what, &refusal.to_string())?;
                self.summary.set_apart += 1;
                Ok(())
            }
            _ => Err(CallError::Refused(refusal).into()),
        }
    }

    /// Declares what can no longer be read, once; true when something was new. A hole in the open epoch ends that epoch: its numbers can no longer be proven.
    fn declare(
        &mut self,
        parts: &mut Parts<'_>,
        standing: &Standing,
        passed: Vec<Hole>,
    ) -> Result<bool, SyncError> {
        if passed.is_empty() {
            return Ok(false);
        }
        let mut any = false;
        let declared = parts.outbox.holes()?;
        let open = standing.head.map(|head| head.epoch);
        for hole in passed {
            let known = declared.iter().any(|other| {
                other.epoch == hole.epoch && other.from <= hole.from && other.to >= hole.to
            });
            if known {
                continue;
            }
            self.summary.unreadable += hole.to + 1 - hole.from;
            let next = open
                .and_then(Epoch::next)
                .filter(|_| open == Some(hole.epoch));
            let request = match next {
                Some(epoch) => {
                    self.summary.epochs_opened += 1;
                    self.summary.why_epoch = Some(EpochWhy::Damage);
                    Append::Epoch {
                        epoch,
                        why: EpochWhy::Damage,
                        hole: Some(hole),
                    }
                }
                None => Append::Event(Body::Hole(hole)),
            };
            parts.appender.append(request)?;
            any = true;
        }
        Ok(any)
    }

    fn ask_down(&mut self, parts: &mut Parts<'_>, standing: &Standing) -> Result<(), SyncError> {
        let asked = standing.down_after;
        let page = parts.office.down(asked)?;
        // From zero there is no way back to zero: it would be asked for ever.
        let started_over = page.cursor == 0 && asked > 0;
        if !page.complete && page.cursor <= asked && !started_over {
            return Err(CallError::Protocol("a page that leads nowhere".to_owned()).into());
        }
        if self.plan.on_down(standing, &page) {
            parts.outbox.apply_down(asked, &page)?;
            self.summary.changes += page.changes.len() as u64;
            let room = MAX_CHANGED.saturating_sub(self.changed.len());
            let customers = page.changes.iter().map(|change| match change {
                Down::Customer(entry) => entry.customer,
                Down::Tombstone { customer } | Down::Alias { customer, .. } => *customer,
            });
            self.changed.extend(customers.take(room));
        } else {
            parts.outbox.restart_down()?;
        }
        Ok(())
    }
}

fn pack(
    outbox: &mut dyn Outbox,
    cursor: Option<Head>,
    limit: Limit,
) -> Result<(Option<Stretch>, Vec<Hole>), OutboxError> {
    let mut packer = Packer::new(cursor, limit);
    while let Some(after) = packer.wants_after() {
        let rows = outbox.rows_after(after, ROWS.min(limit.events + 1))?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            packer.push(row);
        }
    }
    Ok(packer.finish())
}

#[cfg(test)]
mod tests;
