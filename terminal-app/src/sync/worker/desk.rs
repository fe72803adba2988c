//! The work of the sync thread: a round with head office, the night, and what the till is told of them.

use retail::clock::local_day;
use retail::day::DayClosed;
use retail::event::Body;
use retail::wire::Refusal;

use super::Setup;
use crate::sync::backoff::wait_ms;
use crate::sync::office::{CallError, HeadOffice};
use crate::sync::outbox::{Append, Appender, Outbox, OutboxError};
use crate::sync::session::{Parts, Session, Summary, SyncError};
use crate::till::Input;
use crate::till::input::{SyncNote, SyncState, SyncStatus};

/// How often changes are asked for when nothing happens.
const IDLE_MS: u64 = 60_000;
/// How often head office is asked where it stands, however well everything goes.
const HEADS_MS: u64 = 60 * 60_000;
/// Days closed at once; a till that was off longer goes on the next time round.
const MAX_DAYS: usize = 400;
/// More changed customers than this are not told one by one: it is the first load.
const MAX_TOLD: usize = 100;

/// The set-up with the store open, and how things stand.
pub(super) struct Desk {
    pub(super) setup: Setup,
    outbox: Box<dyn Outbox>,
    /// Rounds in a row that did not come to their end.
    failures: u32,
    /// When heads were last asked for with success.
    heads_at_ms: Option<u64>,
    status: SyncStatus,
}

impl Desk {
    pub(super) fn new(setup: Setup, outbox: Box<dyn Outbox>) -> Self {
        Self {
            setup,
            outbox,
            failures: 0,
            heads_at_ms: None,
            status: SyncStatus::default(),
        }
    }

    /// The last round did not come to its end.
    pub(super) const fn is_failing(&self) -> bool {
        self.failures > 0
    }

    /// One round: the night if it is due, then an exchange. Gives the milliseconds until the next.
    pub(super) fn round(&mut self) -> u64 {
        match self.try_round() {
            Ok(()) => {
                self.failures = 0;
                IDLE_MS
            }
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                self.heads_at_ms = None;
                if self.failures == 1 {
                    tracing::warn!(%error, "the exchange with head office stopped; everything is kept and sent later");
                }
                self.tell(Some(state_of(&error)));
                let mut jitter = [0; 4];
                self.setup.entropy.fill(&mut jitter);
                wait_ms(error.retry(), self.failures, u32::from_le_bytes(jitter))
            }
        }
    }

    fn try_round(&mut self) -> Result<(), SyncError> {
        let now = self.setup.clock.now();
        let last = self.outbox.last_night()?;
        let night = self
            .setup
            .night
            .due(now, last, self.setup.who.till, self.setup.zone);
        if night {
            close_days(
                self.outbox.as_mut(),
                self.setup.appender.as_mut(),
                local_day(now, self.setup.zone),
            )?;
        }
        let Some(mut office) = self.setup.office.take() else {
            if night {
                self.outbox.night_done(now)?;
            }
            self.tell(Some(SyncState::Off));
            return Ok(());
        };
        let done = self.exchange(office.as_mut(), night);
        self.setup.office = Some(office);
        done?;
        if night {
            self.outbox.night_done(now)?;
        }
        Ok(())
    }

    fn exchange(&mut self, office: &mut dyn HeadOffice, night: bool) -> Result<(), SyncError> {
        let started_ms = self.setup.clock.monotonic_ms();
        let ask_heads = night
            || self
                .heads_at_ms
                .is_none_or(|asked| started_ms.saturating_sub(asked) >= HEADS_MS);
        let mut session = Session::new(ask_heads);
        let mut batches = 0;
        loop {
            let more = session.step(&mut Parts {
                outbox: self.outbox.as_mut(),
                appender: self.setup.appender.as_mut(),
                office,
                who: &self.setup.who,
                clock: &*self.setup.clock,
                entropy: self.setup.entropy.as_mut(),
            });
            self.note(&session.summary);
            if !more? {
                break;
            }
            if session.summary.batches != batches {
                batches = session.summary.batches;
                self.status.last_contact = Some(self.setup.clock.now());
                self.tell(Some(SyncState::Busy));
            }
        }
        if ask_heads {
            self.heads_at_ms = Some(started_ms);
        }
        self.status.last_contact = Some(self.setup.clock.now());
        self.tell(Some(SyncState::UpToDate));
        let changed = session.changed();
        if changed.len() <= MAX_TOLD {
            for customer in changed {
                (self.setup.report)(Input::CustomerChanged(*customer));
            }
        }
        Ok(())
    }

    fn note(&mut self, summary: &Summary) {
        for note in notes(summary) {
            let kind = std::mem::discriminant(&note);
            let notes = &mut self.status.notes;
            notes.retain(|other| std::mem::discriminant(other) != kind);
            notes.push(note);
        }
    }

    /// Reports how things stand; `None` keeps the state and counts again.
    pub(super) fn tell(&mut self, state: Option<SyncState>) {
        if let Some(state) = state {
            self.status.state = state;
        }
        if let Ok(standing) = self.outbox.standing() {
            self.status.waiting = standing.waiting;
            self.status.waiting_since = standing.waiting_since;
        }
        (self.setup.report)(Input::Sync(self.status.clone()));
    }
}

/// What the cashier sees of an error.
pub(super) fn state_of(error: &SyncError) -> SyncState {
    match error {
        SyncError::Call(CallError::Refused(Refusal::Revoked)) => SyncState::Revoked,
        SyncError::Call(CallError::Refused(refusal)) if !refusal.retry() => SyncState::Refused {
            detail: refusal.to_string(),
        },
        SyncError::Call(CallError::Certificate { trouble, .. }) => {
            SyncState::Untrusted { trouble: *trouble }
        }
        SyncError::Call(_) => SyncState::Unreachable,
        SyncError::Store(error) => SyncState::Stuck {
            detail: error.to_string(),
        },
    }
}

fn notes(summary: &Summary) -> impl Iterator<Item = SyncNote> {
    [
        summary.why_epoch.map(|why| SyncNote::EpochOpened { why }),
        summary.server_restored.then_some(SyncNote::ServerRestored),
        (summary.unreadable > 0).then_some(SyncNote::Unreadable {
            events: summary.unreadable,
        }),
        (summary.set_apart > 0).then_some(SyncNote::SetApart {
            records: summary.set_apart,
        }),
    ]
    .into_iter()
    .flatten()
}

/// Closes every day before `today` that has receipts and is not closed, as not counted. Gives how many.
pub fn close_days(
    outbox: &mut dyn Outbox,
    appender: &mut dyn Appender,
    today: chrono::NaiveDate,
) -> Result<usize, OutboxError> {
    let days = outbox.open_days(today, MAX_DAYS)?;
    for day in &days {
        let totals = outbox.day_totals(*day)?;
        appender.append(Append::Event(Body::DayClosed(DayClosed {
            day: *day,
            counted: None,
            totals,
        })))?;
    }
    Ok(days.len())
}
