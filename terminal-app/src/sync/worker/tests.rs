//! The thread: a database that cannot be opened, and a night nobody answered.

use super::*;
use crate::clock::{SystemClock, SystemEntropy};
use crate::store::Store;
use crate::sync::office::CallError;
use crate::sync::outbox::Append;
use crate::till::input::SyncState;
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
