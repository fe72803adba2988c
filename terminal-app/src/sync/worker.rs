//! Sync all day, in a thread of its own with its own database connection: the till's loop never waits for it.
//!
//! It sends what waits shortly after it was written, asks for changes every minute, waits ever longer while head office is
//! away, and does the nightly run (close the days that are over, then a full exchange). What has to be written in the
//! journal is asked of the till's loop, so that there is one writer.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use chrono_tz::Tz;
use retail::clock::{Clock, Entropy, local_day};
use retail::day::DayClosed;
use retail::event::Body;

use super::backoff::wait_ms;
use super::office::{CallError, HeadOffice, Retry};
use super::outbox::{Append, Appender, Outbox, OutboxError};
use super::pack::Credentials;
use super::session::{Parts, Session, Summary, SyncError};
use crate::config::NightWindow;
use crate::till::Input;
use crate::till::input::{SyncNote, SyncState, SyncStatus};

/// How long after an event was written it is sent: what comes in the same breath goes along.
const GATHER_MS: u64 = 500;
/// How often changes are asked for when nothing happens.
const IDLE_MS: u64 = 60_000;
/// How often head office is asked where it stands, however well everything goes.
const HEADS_MS: u64 = 60 * 60_000;
/// Days closed at once; a till that was off longer goes on the next time round.
const MAX_DAYS: usize = 400;
/// More changed customers than this are not told one by one: it is the first load.
const MAX_TOLD: usize = 100;

/// What the thread works with.
pub struct Setup {
    /// Opens the thread's own connection to the till's store; asked again when it could not.
    pub open: Box<dyn FnMut() -> Result<Box<dyn Outbox>, OutboxError> + Send>,
    /// Asks the till's loop to write.
    pub appender: Box<dyn Appender + Send>,
    /// Head office; `None` when the settings name none: then days are closed, and that is all.
    pub office: Option<Box<dyn HeadOffice + Send>>,
    /// Who signs.
    pub who: Credentials,
    /// The shop's time zone.
    pub zone: Tz,
    /// When the nightly run may happen.
    pub night: NightWindow,
    /// The machine's clock.
    pub clock: Arc<dyn Clock>,
    /// For nonces and jitter.
    pub entropy: Box<dyn Entropy>,
    /// Takes news for the till's loop; must not block for long.
    pub report: Box<dyn Fn(Input) + Send>,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setup")
            .field("who", &self.who)
            .field("night", &self.night)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Command {
    Written,
    Now,
    Stop,
}

/// The running thread.
#[derive(Debug)]
pub struct Worker {
    commands: SyncSender<Command>,
    thread: Option<JoinHandle<()>>,
}

/// Starts the thread. Call it when the screen is ready: a missed night runs first thing.
pub fn spawn(setup: Setup) -> io::Result<Worker> {
    let (commands, inbox) = mpsc::sync_channel(16);
    let thread = thread::Builder::new()
        .name("sync".to_owned())
        .spawn(move || work(setup, &inbox))?;
    Ok(Worker {
        commands,
        thread: Some(thread),
    })
}

impl Worker {
    /// Something was written: it goes out in a moment. Never blocks.
    pub fn written(&self) {
        // A full inbox holds a reason to work already.
        let _ = self.commands.try_send(Command::Written);
    }

    /// Somebody wants it now, whatever the last attempt said. Never blocks.
    pub fn now(&self) {
        let _ = self.commands.try_send(Command::Now);
    }

    /// Asks the thread to end; it does so after the request it is waiting for. Does not wait for it.
    pub fn stop(&mut self) {
        let _ = self.commands.try_send(Command::Stop);
        self.thread.take();
    }
}

fn work(setup: Setup, inbox: &Receiver<Command>) {
    let Setup {
        open,
        appender,
        office,
        who,
        zone,
        night,
        clock,
        entropy,
        report,
    } = setup;
    let Some(outbox) = open_outbox(open, inbox, &*clock, &report) else {
        return;
    };
    let mut desk = Desk {
        outbox,
        appender,
        office,
        who,
        zone,
        night,
        clock,
        entropy,
        report,
        failures: 0,
        heads_at_ms: None,
        status: SyncStatus::default(),
    };
    let mut due_ms = desk.clock.monotonic_ms();
    loop {
        let now_ms = desk.clock.monotonic_ms();
        match inbox.recv_timeout(Duration::from_millis(due_ms.saturating_sub(now_ms))) {
            Ok(Command::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            Ok(Command::Written) if desk.failures == 0 => {
                due_ms = due_ms.min(desk.clock.monotonic_ms() + GATHER_MS);
            }
            // A busy till does not cut the waits after failures short; the cashier sees how much waits.
            Ok(Command::Written) => desk.tell(None),
            Ok(Command::Now) | Err(RecvTimeoutError::Timeout) => {
                let wait_ms = desk.round();
                due_ms = desk.clock.monotonic_ms() + wait_ms;
            }
        }
    }
}

/// The thread's own connection to the store, tried until there is one; `None`: the till stops.
fn open_outbox(
    mut open: Box<dyn FnMut() -> Result<Box<dyn Outbox>, OutboxError> + Send>,
    inbox: &Receiver<Command>,
    clock: &dyn Clock,
    report: &dyn Fn(Input),
) -> Option<Box<dyn Outbox>> {
    for failures in 1.. {
        let error = match open() {
            Ok(outbox) => return Some(outbox),
            Err(error) => error,
        };
        if failures == 1 {
            tracing::error!(%error, "sync cannot open the till's database");
        }
        report(Input::Sync(SyncStatus {
            state: state_of(&error.into()),
            ..SyncStatus::default()
        }));
        let due_ms = clock.monotonic_ms() + wait_ms(Retry::Soon, failures, 0);
        loop {
            let left_ms = due_ms.saturating_sub(clock.monotonic_ms());
            match inbox.recv_timeout(Duration::from_millis(left_ms)) {
                Ok(Command::Stop) | Err(RecvTimeoutError::Disconnected) => return None,
                Ok(Command::Written) => {}
                Ok(Command::Now) | Err(RecvTimeoutError::Timeout) => break,
            }
        }
    }
    None
}

struct Desk {
    outbox: Box<dyn Outbox>,
    appender: Box<dyn Appender + Send>,
    office: Option<Box<dyn HeadOffice + Send>>,
    who: Credentials,
    zone: Tz,
    night: NightWindow,
    clock: Arc<dyn Clock>,
    entropy: Box<dyn Entropy>,
    report: Box<dyn Fn(Input) + Send>,
    failures: u32,
    /// When heads were last asked for with success.
    heads_at_ms: Option<u64>,
    status: SyncStatus,
}

impl Desk {
    /// One round: the night if it is due, then an exchange. Gives the milliseconds until the next.
    fn round(&mut self) -> u64 {
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
                self.entropy.fill(&mut jitter);
                wait_ms(error.retry(), self.failures, u32::from_le_bytes(jitter))
            }
        }
    }

    fn try_round(&mut self) -> Result<(), SyncError> {
        let now = self.clock.now();
        let last = self.outbox.last_night()?;
        let night = self.night.due(now, last, self.who.till, self.zone);
        if night {
            close_days(
                self.outbox.as_mut(),
                self.appender.as_mut(),
                local_day(now, self.zone),
            )?;
        }
        let Some(mut office) = self.office.take() else {
            if night {
                self.outbox.night_done(now)?;
            }
            self.tell(Some(SyncState::Off));
            return Ok(());
        };
        let done = self.exchange(office.as_mut(), night);
        self.office = Some(office);
        done?;
        if night {
            self.outbox.night_done(now)?;
        }
        Ok(())
    }

    fn exchange(&mut self, office: &mut dyn HeadOffice, night: bool) -> Result<(), SyncError> {
        let started_ms = self.clock.monotonic_ms();
        let ask_heads = night
            || self
                .heads_at_ms
                .is_none_or(|asked| started_ms.saturating_sub(asked) >= HEADS_MS);
        let mut session = Session::new(ask_heads);
        let mut batches = 0;
        loop {
            let more = session.step(&mut Parts {
                outbox: self.outbox.as_mut(),
                appender: self.appender.as_mut(),
                office,
                who: &self.who,
                clock: &*self.clock,
                entropy: self.entropy.as_mut(),
            });
            self.note(&session.summary);
            if !more? {
                break;
            }
            if session.summary.batches != batches {
                batches = session.summary.batches;
                self.status.last_contact = Some(self.clock.now());
                self.tell(Some(SyncState::Busy));
            }
        }
        if ask_heads {
            self.heads_at_ms = Some(started_ms);
        }
        self.status.last_contact = Some(self.clock.now());
        self.tell(Some(SyncState::UpToDate));
        let changed = session.changed();
        if changed.len() <= MAX_TOLD {
            for customer in changed {
                (self.report)(Input::CustomerChanged(*customer));
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
    fn tell(&mut self, state: Option<SyncState>) {
        if let Some(state) = state {
            self.status.state = state;
        }
        if let Ok(standing) = self.outbox.standing() {
            self.status.waiting = standing.waiting;
            self.status.waiting_since = standing.waiting_since;
        }
        (self.report)(Input::Sync(self.status.clone()));
    }
}

/// What the cashier sees of an error.
fn state_of(error: &SyncError) -> SyncState {
    match error {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{SystemClock, SystemEntropy};
    use crate::store::Store;
    use retail::ids::{OrgId, ReceiptNumber, TillId};
    use retail::wire::{BatchAnswer, DownPage, HeadsAnswer, HeadsQuery, ReceiptAnswer};

    /// Nothing is written in these tests.
    struct Never;

    impl Appender for Never {
        fn append(&mut self, _: Append) -> Result<(), OutboxError> {
            Err(OutboxError("nobody writes here".to_owned()))
        }
    }

    const LIMIT: Duration = Duration::from_secs(60);

    type Open = Box<dyn FnMut() -> Result<Box<dyn Outbox>, OutboxError> + Send>;

    fn start(open: Open, office: Option<Box<dyn HeadOffice + Send>>) -> (Worker, Receiver<Input>) {
        let (news, received) = mpsc::channel();
        let worker = spawn(Setup {
            open,
            appender: Box::new(Never),
            office,
            who: Credentials {
                org: OrgId([1; 16]),
                shop: "dorp".to_owned(),
                till: TillId::new(3).unwrap(),
                key: ed25519_dalek::SigningKey::from_bytes(&[4; 32]),
            },
            zone: chrono_tz::Europe::Amsterdam,
            night: NightWindow {
                from: "02:00:00".parse().unwrap(),
                to: "05:00:00".parse().unwrap(),
            },
            clock: Arc::new(SystemClock::new()),
            entropy: Box::new(SystemEntropy),
            report: Box::new(move |input| {
                let _ = news.send(input);
            }),
        });
        (worker.unwrap(), received)
    }

    #[track_caller]
    fn state(news: &Receiver<Input>) -> SyncState {
        match news.recv_timeout(LIMIT).unwrap() {
            Input::Sync(status) => status.state,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_database_that_cannot_be_opened_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("till.db");
        let mut locked = 2;
        let open = move || -> Result<Box<dyn Outbox>, OutboxError> {
            locked -= 1;
            if locked >= 0 {
                return Err(OutboxError("locked".to_owned()));
            }
            Ok(Box::new(Store::open(&path)?))
        };
        let (worker, news) = start(Box::new(open), None);
        for _ in 0..2 {
            assert!(matches!(state(&news), SyncState::Stuck { .. }));
            worker.now();
        }
        assert_eq!(state(&news), SyncState::Off, "it works now");
    }

    /// Nobody answers.
    struct Away;

    impl HeadOffice for Away {
        fn batch(&mut self, _: &[u8]) -> Result<BatchAnswer, CallError> {
            Err(CallError::Offline(String::new()))
        }
        fn heads(&mut self, _: &HeadsQuery) -> Result<HeadsAnswer, CallError> {
            Err(CallError::Offline(String::new()))
        }
        fn down(&mut self, _: u64) -> Result<DownPage, CallError> {
            Err(CallError::Offline(String::new()))
        }
        fn receipt(&mut self, _: ReceiptNumber) -> Result<ReceiptAnswer, CallError> {
            Err(CallError::Offline(String::new()))
        }
    }

    #[test]
    fn a_night_without_head_office_is_not_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("till.db");
        let mut store = Store::open(&path).unwrap();
        let open =
            move || -> Result<Box<dyn Outbox>, OutboxError> { Ok(Box::new(Store::open(&path)?)) };
        let (worker, news) = start(Box::new(open), Some(Box::new(Away)));
        for _ in 0..2 {
            assert_eq!(state(&news), SyncState::Unreachable);
            worker.now();
        }
        assert_eq!(store.last_night().unwrap(), None);
    }
}
