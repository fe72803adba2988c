//! A counter with a printer's place on it: a queue in memory, the spooler, and the news that the till would get.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Condvar, Mutex};

use retail::event::{Body, Event};
use retail::ids::{CashierId, Epoch, Position, ReceiptNumber, ReceiptSerial, TillId};
use retail::money::Cents;
use retail::quantity::{Quantity, Unit};
use retail::sale::{Line, LineClass, Receipt, Tender, TenderKind};
use retail::vat::{self, VatRate};
use terminal_app::peripherals::line;
use terminal_app::peripherals::printer::{
    Begun, Drawer, Job, JobError, JobNumber, JobSource, Patience, Port, Settings, Spooler,
};
use terminal_app::receipt::{self, Options, Profile, Shop, decode};
use terminal_app::till::input::{Input, PrinterState, PrinterStatus};
use tests::devices::{LIMIT, Printer, PrinterKind, ShiftedClock};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Queued,
    Sending,
    Printed,
    Unknown,
}

pub(crate) type Jobs = BTreeMap<JobNumber, (Job, State)>;

/// A queue in memory with the states of the store, on a disk that may be full.
#[derive(Clone)]
pub(crate) struct Queue(Arc<(Mutex<Jobs>, Condvar)>, Arc<AtomicI64>);

impl Default for Queue {
    fn default() -> Self {
        Self(Arc::default(), Arc::new(AtomicI64::new(i64::MAX)))
    }
}

impl Queue {
    /// The disk takes so many changes more.
    pub(crate) fn full_after(&self, changes: i64) {
        self.1.store(changes, Ordering::SeqCst);
    }

    /// There is room again.
    pub(crate) fn make_room(&self) {
        self.full_after(i64::MAX);
    }

    /// Waits until the disk was asked for room that it has not.
    #[track_caller]
    pub(crate) fn wait_refused(&self) {
        let jobs = self.0.0.lock().unwrap();
        let has_room = |_: &mut Jobs| self.1.load(Ordering::SeqCst) >= 0;
        let (_jobs, timeout) = self.0.1.wait_timeout_while(jobs, LIMIT, has_room).unwrap();
        assert!(!timeout.timed_out(), "the disk was never full");
    }

    fn keep(&self, number: JobNumber, state: State) -> Result<(), JobError> {
        if self.1.fetch_sub(1, Ordering::SeqCst) <= 0 {
            let _jobs = self.0.0.lock().unwrap();
            self.0.1.notify_all();
            return Err(JobError("the disk is full".to_owned()));
        }
        self.set(number, state);
        Ok(())
    }

    pub(crate) fn put(&self, number: i64, bytes: &[u8]) {
        let receipt = ReceiptNumber {
            till: TillId::new(1).unwrap(),
            epoch: Epoch::FIRST,
            serial: ReceiptSerial::new(u32::try_from(number).unwrap()).unwrap(),
        };
        let number = JobNumber(number);
        let job = Job {
            number,
            receipt,
            bytes: bytes.to_vec(),
        };
        let mut jobs = self.0.0.lock().unwrap();
        jobs.insert(number, (job, State::Queued));
    }

    pub(crate) fn state(&self, number: i64) -> State {
        self.0.0.lock().unwrap()[&JobNumber(number)].1
    }

    #[track_caller]
    pub(crate) fn wait(&self, number: i64, state: State) {
        let jobs = self.0.0.lock().unwrap();
        let is_other = |jobs: &mut Jobs| jobs[&JobNumber(number)].1 != state;
        let (jobs, timeout) = self.0.1.wait_timeout_while(jobs, LIMIT, is_other).unwrap();
        assert!(
            !timeout.timed_out(),
            "job {number} is {:?}",
            jobs[&JobNumber(number)].1
        );
    }

    /// Waits until the spooler has decided about the job.
    pub(crate) fn wait_decided(&self, number: i64) -> State {
        let jobs = self.0.0.lock().unwrap();
        let open =
            |jobs: &mut Jobs| matches!(jobs[&JobNumber(number)].1, State::Queued | State::Sending);
        let (jobs, timeout) = self.0.1.wait_timeout_while(jobs, LIMIT, open).unwrap();
        assert!(!timeout.timed_out(), "job {number} is still open");
        jobs[&JobNumber(number)].1
    }

    pub(crate) fn wait_begun(&self, number: i64) {
        let jobs = self.0.0.lock().unwrap();
        let queued = |jobs: &mut Jobs| jobs[&JobNumber(number)].1 == State::Queued;
        let (_jobs, timeout) = self.0.1.wait_timeout_while(jobs, LIMIT, queued).unwrap();
        assert!(!timeout.timed_out(), "job {number} was never begun");
    }

    pub(crate) fn set(&self, number: JobNumber, state: State) {
        self.0.0.lock().unwrap().get_mut(&number).unwrap().1 = state;
        self.0.1.notify_all();
    }
}

impl JobSource for Queue {
    fn next(&mut self) -> Result<Option<Job>, JobError> {
        let jobs = self.0.0.lock().unwrap();
        let queued = jobs.values().find(|(_, state)| *state == State::Queued);
        Ok(queued.map(|(job, _)| job.clone()))
    }

    fn waiting(&mut self) -> Result<u32, JobError> {
        let jobs = self.0.0.lock().unwrap();
        let waits = |(_, state): &&(Job, State)| matches!(state, State::Queued | State::Sending);
        Ok(u32::try_from(jobs.values().filter(waits).count()).unwrap())
    }

    fn asks(&mut self) -> Result<Option<(JobNumber, ReceiptNumber)>, JobError> {
        let jobs = self.0.0.lock().unwrap();
        let unknown = jobs.values().find(|(_, state)| *state == State::Unknown);
        Ok(unknown.map(|(job, _)| (job.number, job.receipt)))
    }

    fn mark_sending(&mut self, job: JobNumber, _offset: usize) -> Result<(), JobError> {
        self.keep(job, State::Sending)
    }

    fn mark_printed(&mut self, job: JobNumber) -> Result<(), JobError> {
        self.keep(job, State::Printed)
    }

    fn mark_unknown(&mut self, job: JobNumber) -> Result<(), JobError> {
        self.keep(job, State::Unknown)
    }

    fn mark_begun(
        &mut self,
        job: JobNumber,
        _begun: Begun,
        _offset: usize,
    ) -> Result<(), JobError> {
        self.keep(job, State::Sending)
    }

    fn interrupted(&mut self) -> Result<Option<(Job, Begun)>, JobError> {
        Ok(None)
    }

    fn doubt_interrupted(&mut self, except: Option<JobNumber>) -> Result<u32, JobError> {
        let mut doubted = Vec::new();
        for (job, state) in self.0.0.lock().unwrap().values() {
            if *state == State::Sending && Some(job.number) != except {
                doubted.push(job.number);
            }
        }
        for job in &doubted {
            self.keep(*job, State::Unknown)?;
        }
        Ok(u32::try_from(doubted.len()).unwrap())
    }
}

/// A counter with a printer's place on it, and the news that the till would get.
pub(crate) struct Counter {
    dir: tempfile::TempDir,
    pub(crate) queue: Queue,
    pub(crate) clock: Arc<ShiftedClock>,
    pub(crate) profile: Profile,
    pub(crate) patience: Patience,
}

impl Counter {
    pub(crate) fn new(profile: &str) -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            queue: Queue::default(),
            clock: Arc::new(ShiftedClock::default()),
            profile: Profile::named(profile).unwrap(),
            patience: Patience {
                look_ms: 50,
                ..Patience::default()
            },
        }
    }

    pub(crate) fn port(&self) -> PathBuf {
        self.dir.path().join("printer")
    }

    pub(crate) fn printer(&self, kind: PrinterKind) -> Printer {
        Printer::plug_in(&self.port(), kind).unwrap()
    }

    /// A printer that was made ready before its port has the name that the till knows.
    pub(crate) fn printer_behind(
        &self,
        kind: PrinterKind,
        ready: impl FnOnce(&Printer),
    ) -> Printer {
        let name = self.dir.path().join("behind");
        let printer = Printer::plug_in(&name, kind).unwrap();
        ready(&printer);
        std::os::unix::fs::symlink(&name, self.port()).unwrap();
        printer
    }

    /// Another printer takes over the name that the till knows.
    pub(crate) fn other_printer(&self, kind: PrinterKind) -> Printer {
        let (name, next) = (self.dir.path().join("other"), self.dir.path().join("next"));
        let printer = Printer::plug_in(&name, kind).unwrap();
        std::os::unix::fs::symlink(&name, &next).unwrap();
        std::fs::rename(&next, self.port()).unwrap();
        printer
    }

    pub(crate) fn start(&self) -> (Spooler, News) {
        let (inputs, received) = sync_channel(256);
        let settings = Settings {
            profile: self.profile,
            drawer: Drawer::default(),
            patience: self.patience,
        };
        let spooler = Spooler::start(
            Port::Serial(line::Settings::new(self.port(), 115_200)),
            settings,
            Box::new(self.queue.clone()),
            inputs,
            Arc::clone(&self.clock) as Arc<dyn retail::clock::Clock>,
        );
        (spooler.unwrap(), News(received))
    }

    pub(crate) fn receipt(&self, serial: u32) -> (Vec<u8>, String) {
        let bytes = receipt_bytes(serial, &self.profile, false);
        let text = decode::to_text(&bytes, self.profile.columns);
        (bytes, text)
    }
}

pub(crate) struct News(Receiver<Input>);

impl News {
    /// Waits for news of the printer that fits.
    #[track_caller]
    pub(crate) fn wait(&self, what: &str, fits: impl Fn(&PrinterStatus) -> bool) -> PrinterStatus {
        loop {
            match self.0.recv_timeout(LIMIT) {
                Ok(Input::Printer(status)) if fits(&status) => return status,
                Ok(_) => {}
                Err(e) => panic!("no news of {what}: {e}"),
            }
        }
    }

    /// Waits for the news that the drawer stays shut.
    #[track_caller]
    pub(crate) fn wait_shut(&self) {
        loop {
            match self.0.recv_timeout(LIMIT) {
                Ok(Input::DrawerShut) => return,
                Ok(_) => {}
                Err(e) => panic!("no news of the drawer: {e}"),
            }
        }
    }

    #[track_caller]
    pub(crate) fn wait_state(&self, state: PrinterState) {
        self.wait(&format!("{state:?}"), |status| status.state == state);
    }
}

pub(crate) fn receipt_bytes(serial: u32, profile: &Profile, copy: bool) -> Vec<u8> {
    let lines: Vec<Line> = (1..=12)
        .map(|n| Line {
            n,
            gtin: "8712345678906".to_owned(),
            name: format!("Artikel nummer {n}"),
            category: String::new(),
            qty: Quantity::ONE,
            unit: Unit::Piece,
            price: Cents(995),
            amount: Cents(995),
            vat: VatRate::HIGH,
            class: LineClass::Goods,
            parent: None,
            price_typed: false,
            item: String::new(),
            of_line: None,
            reason: None,
        })
        .collect();
    let total: Cents = lines.iter().map(|line| line.amount).sum();
    let body = Body::Sale(Receipt {
        receipt: ReceiptSerial::new(serial).unwrap(),
        cashier: CashierId::new(1).unwrap(),
        link: None,
        vat: vat::table(lines.iter().map(|line| (line.vat, line.amount))),
        lines,
        total,
        rounding: Cents::ZERO,
        tenders: vec![Tender {
            kind: TenderKind::Card,
            amount: total,
            tendered: None,
            change: None,
            by_cashier: false,
        }],
        points: 0,
        wait_s: None,
    });
    let event = Event {
        v: 1,
        position: Position {
            till: TillId::new(1).unwrap(),
            epoch: Epoch::FIRST,
            seq: 9,
        },
        at: chrono::DateTime::parse_from_rfc3339("2026-11-21T14:03:05+01:00").unwrap(),
        body,
    };
    let shop = Shop {
        name: "Lindehof".to_owned(),
        ..Shop::default()
    };
    let options = Options {
        copy,
        ..Options::default()
    };
    receipt::render(&event, &shop, profile, &options)
        .unwrap()
        .bytes
}
