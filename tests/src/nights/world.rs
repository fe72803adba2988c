//! A night from a seed: what happens, in which order, and the coming together at its end.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, NaiveDate, Utc};
use retail::clock::{Clock as _, local_day};
use retail::event::{Body, Event};
use retail::ids::{CustomerId, TillId};
use terminal_app::sync::direct::Direct;
use terminal_app::sync::session::{Parts, Session, SyncError};
use terminal_app::sync::worker::close_days;

use super::clock::{BoxClock, TrueTime};
use super::headquarters::HeadQuarters;
use super::machine::{Ledger, Machine, ZONE};
use super::network::{Line, Network};
use super::oracle;
use super::shopping;
use super::store_faults::{StoppingAppender, StoppingOutbox};
use super::trace::Trace;
use super::{Tally, scratch};
use crate::dice::Dice;

/// The cards of this town: few, so that tills meet them all.
pub(super) const CARDS: [&str; 6] = [
    "2610000000016",
    "2610000000023",
    "2610000000030",
    "2610000000047",
    "2610000000054",
    "2610000000061",
];
/// Rounds in which everything must have come together.
const ROUNDS: usize = 40;
/// The most boxes of a night, clones included.
const BOXES: usize = 6;

/// Somebody who was forgotten, and what may be found of him nowhere.
#[derive(Clone, Debug)]
pub(super) struct Forgotten {
    pub(super) customer: CustomerId,
    pub(super) texts: Vec<String>,
}

/// Everything of one night.
pub(super) struct World {
    dir: tempfile::TempDir,
    dice: Dice,
    time: TrueTime,
    pub(super) net: Rc<RefCell<Network>>,
    pub(super) machines: Vec<Machine>,
    pub(super) ledger: Ledger,
    /// Everyone who ever enrolled, with name and address.
    pub(super) people: Vec<(CustomerId, Vec<String>)>,
    pub(super) forgotten: Vec<Forgotten>,
    /// Days of a till that got receipts after they were closed.
    pub(super) reopened: BTreeSet<(TillId, NaiveDate)>,
    /// Cards whose enrolment became unreadable: head office may never have heard of them.
    pub(super) lost_cards: BTreeSet<String>,
    backups: Vec<std::path::PathBuf>,
    stop_one_in: u64,
    restores_left: u64,
    clones_left: u64,
    damage_left: u64,
    office_restores_left: u64,
    pub(super) office_restored: bool,
    trace: Trace,
    pub(super) tally: Tally,
}

fn start_of_the_night() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap_or(DateTime::UNIX_EPOCH)
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let time = TrueTime::new(start_of_the_night());
        let made = tempfile::Builder::new()
            .prefix("klantreis-night-")
            .tempdir_in(scratch());
        let dir = match made {
            Ok(dir) => dir,
            Err(error) => unreachable!("a folder for the night: {error}"),
        };
        let percent = *dice.pick(&[0, 5, 15, 35, 60]);
        let stop_one_in = *dice.pick(&[0, 40, 12, 5]);
        let head = HeadQuarters::new(
            &dir.path().join("office"),
            BoxClock::right(&time),
            dice.fork(1),
        );
        let head = match head {
            Ok(head) => head,
            Err(error) => unreachable!("a head office for the night: {error:#}"),
        };
        let mut network = Network::new(head, dice.fork(2), 0);
        network.percent = percent;
        let mut quota = |most: u64| dice.below(2) * dice.below(most + 1);
        let (restores_left, clones_left) = (quota(3), quota(2));
        let (damage_left, office_restores_left) = (quota(3), quota(2));
        Self {
            net: Rc::new(RefCell::new(network)),
            dir,
            time,
            machines: Vec::new(),
            ledger: Ledger::new(),
            people: Vec::new(),
            forgotten: Vec::new(),
            reopened: BTreeSet::new(),
            lost_cards: BTreeSet::new(),
            backups: Vec::new(),
            stop_one_in,
            restores_left,
            clones_left,
            damage_left,
            office_restores_left,
            office_restored: false,
            trace: Trace::default(),
            tally: Tally::default(),
            dice,
        }
    }

    /// What the night saw; its files are kept only when somebody wants to look into them.
    pub(super) fn into_record(mut self) -> (Trace, Tally) {
        if std::env::var_os("KLANTREIS_KEEP").is_some() {
            self.dir.disable_cleanup(true);
            self.say(format!("its files are in {}", self.dir.path().display()));
        }
        let mut tally = self.tally;
        tally.merge(&self.net.borrow().tally);
        (self.trace, tally)
    }

    fn say(&mut self, text: String) {
        let minutes = (self.time.now_ms() - start_of_the_night().timestamp_millis()) / 60_000;
        self.trace.line(format!("{minutes:>6} {text}"));
    }

    fn did(&mut self, what: &'static str) {
        self.tally.add(what, 1);
    }

    /// The whole night.
    pub(super) fn night(&mut self) -> Result<()> {
        self.open_shop().context("opening the shop")?;
        let actions = 50 + self.dice.below(110);
        for _ in 0..actions {
            self.time
                .pass(i64::try_from(self.dice.below(3 * 3_600_000)).unwrap_or(0));
            self.act()?;
        }
        self.come_together()?;
        oracle::check(self)?;
        self.say(format!(
            "all is well: {} events, {} boxes",
            self.ledger.len(),
            self.machines.len()
        ));
        Ok(())
    }

    fn open_shop(&mut self) -> Result<()> {
        let percent = std::mem::take(&mut self.net.borrow_mut().percent);
        let tills = 1 + self.dice.index(3);
        for number in 1..=tills {
            let code = self.net.borrow().head.code()?;
            let name = format!("kassa-{number}");
            let mut machine = Machine::enrol(
                &name,
                &self.dir.path().join(&name),
                BoxClock::right(&self.time),
                self.dice.fork(10 + u64::try_from(number)?),
                Line(Rc::clone(&self.net)),
                code,
            )?;
            machine.start(&mut self.ledger)?;
            self.machines.push(machine);
        }
        let backup = self.net.borrow_mut().head.backup()?;
        self.backups.push(backup);
        self.net.borrow_mut().percent = percent;
        self.say(format!(
            "{tills} tills; {percent}% faults on the line; a stop once in {} writes",
            self.stop_one_in
        ));
        Ok(())
    }

    fn act(&mut self) -> Result<()> {
        let at = self.dice.index(self.machines.len());
        if self.machines[at].up.is_none() {
            return self.start(at);
        }
        match self.dice.below(100) {
            0..=29 => self.shop(at),
            30..=34 => self.give_back(at),
            35..=69 => self.exchange(at),
            70..=73 => self.night_run(at),
            74..=77 => {
                self.machines[at].crash();
                self.did("till: stopped");
                let name = self.machines[at].name.clone();
                self.say(format!("{name} stops"));
                Ok(())
            }
            78..=82 => self.snapshot(at),
            83..=85 => self.restore(at),
            86 => self.clone_box(at),
            87..=88 => self.damage(at),
            89..=90 => self.set_clock(at),
            91..=93 => self.office_stops(),
            94..=95 => self.office_backup(),
            96 => self.office_restore(),
            _ => self.forget(),
        }
    }

    fn start(&mut self, at: usize) -> Result<()> {
        let head = self.machines[at].disk.alive.last().copied();
        self.machines[at].start(&mut self.ledger)?;
        let name = self.machines[at].name.clone();
        let now = self.machines[at].disk.alive.last().copied();
        self.say(format!("{name} starts at {head:?}, is at {now:?}"));
        Ok(())
    }

    /// A customer at the till: known here, new, or nobody.
    fn shop(&mut self, at: usize) -> Result<()> {
        let card = *self.dice.pick(&CARDS);
        let machine = &mut self.machines[at];
        let till = machine.till;
        let now = retail::clock::wall_time(machine.clock.now(), ZONE);
        let mut events = Vec::new();
        let mut customer = None;
        if self.dice.percent(60) {
            customer = match machine.customer_of(card)? {
                Some(known) => Some(known.id),
                None => {
                    let new = machine.new_customer();
                    let event = shopping::enrol(&mut self.dice, new, card, now, till);
                    let words = event
                        .profiles
                        .iter()
                        .flat_map(|p| [p.name.clone(), p.email.clone()]);
                    self.people.push((new, words.flatten().collect()));
                    self.tally.add("enrolled", 1);
                    events.push(event);
                    Some(new)
                }
            };
        }
        if self.dice.one_in(12) {
            events.push(shopping::drawer());
        }
        let serial = super::till_store::next_serial(&machine.up.as_ref().context("down")?.store)?;
        events.push(shopping::sale(&mut self.dice, serial, customer));
        machine.commit(events, &mut self.ledger)?;
        let (name, head) = (machine.name.clone(), machine.disk.alive.last().copied());
        self.tally.add("sales", 1);
        self.say(format!("{name} sells to {customer:?}, is at {head:?}"));
        Ok(())
    }

    fn give_back(&mut self, at: usize) -> Result<()> {
        let machine = &mut self.machines[at];
        if machine.disk.sales.is_empty() {
            return Ok(());
        }
        let sold = machine
            .disk
            .sales
            .remove(self.dice.index(machine.disk.sales.len()));
        let serial = super::till_store::next_serial(&machine.up.as_ref().context("down")?.store)?;
        let event = shopping::give_back(&mut self.dice, serial, &sold);
        machine.commit(vec![event], &mut self.ledger)?;
        let name = machine.name.clone();
        self.did("returns");
        self.say(format!("{name} takes back {}", sold.number));
        Ok(())
    }

    /// Some steps of an exchange, as the thread of a till makes them.
    fn exchange(&mut self, at: usize) -> Result<()> {
        let steps = 1 + self.dice.below(8);
        let one_in = self.stop_one_in;
        let mut said = String::new();
        for _ in 0..steps {
            let outcome = self.step(at, one_in)?;
            said = format!("{outcome:?}");
            match outcome {
                Outcome::More => {}
                Outcome::Done | Outcome::Failed(_) | Outcome::Stopped => break,
            }
        }
        let machine = &self.machines[at];
        let (name, head) = (machine.name.clone(), machine.disk.alive.last().copied());
        self.say(format!("{name} exchanges: {said}, is at {head:?}"));
        Ok(())
    }

    /// One step of an exchange; what it appended is in the ledger afterwards.
    fn step(&mut self, at: usize, one_in: u64) -> Result<Outcome> {
        let machine = &mut self.machines[at];
        let stops = machine.stops(one_in);
        let clock = machine.clock.clone();
        let up = machine.up.as_mut().context("down")?;
        let mut session = up
            .session
            .take()
            .unwrap_or_else(|| Session::new(!up.heads_asked));
        let mut entropy = machine.dice.fork(6);
        let mut direct = Direct {
            store: &mut up.store,
            clock: &clock,
            zone: ZONE,
        };
        let result = session.step(&mut Parts {
            outbox: &mut StoppingOutbox {
                inner: &mut up.outbox,
                stops: Rc::clone(&stops),
            },
            appender: &mut StoppingAppender {
                inner: &mut direct,
                stops: Rc::clone(&stops),
            },
            office: &mut up.office,
            who: &up.who,
            clock: &clock,
            entropy: &mut entropy,
        });
        let stopped = stops.borrow().stopped;
        let outcome = match result {
            _ if stopped => Outcome::Stopped,
            Ok(true) => {
                up.session = Some(session);
                Outcome::More
            }
            Ok(false) => {
                up.heads_asked = true;
                machine.total.set_apart += session.summary.set_apart;
                machine.total.epochs_opened += session.summary.epochs_opened;
                Outcome::Done
            }
            Err(SyncError::Store(error)) => bail!("{}: {error}", machine.name),
            Err(SyncError::Call(error)) => {
                up.heads_asked = false;
                machine.total.epochs_opened += session.summary.epochs_opened;
                Outcome::Failed(error.to_string())
            }
        };
        machine.observe(&mut self.ledger)?;
        if outcome == Outcome::Stopped {
            machine.crash();
            self.did("till: stopped while it wrote");
        }
        self.office_comes_back()?;
        Ok(outcome)
    }

    /// Head office is started again by its system, at once or some requests later.
    fn office_comes_back(&mut self) -> Result<()> {
        if !self.net.borrow().head.running() && self.dice.percent(60) {
            self.net.borrow_mut().head.start()?;
        }
        Ok(())
    }

    fn night_run(&mut self, at: usize) -> Result<()> {
        let machine = &mut self.machines[at];
        let clock = machine.clock.clone();
        let up = machine.up.as_mut().context("down")?;
        let mut direct = Direct {
            store: &mut up.store,
            clock: &clock,
            zone: ZONE,
        };
        let days = close_days(&mut up.outbox, &mut direct, local_day(clock.now(), ZONE))?;
        machine.observe(&mut self.ledger)?;
        let name = machine.name.clone();
        self.tally.add("days closed", u64::try_from(days)?);
        self.say(format!("{name} closes {days} days"));
        Ok(())
    }

    fn snapshot(&mut self, at: usize) -> Result<()> {
        let machine = &mut self.machines[at];
        if machine.snapshots.len() < 4 {
            machine.snapshot()?;
            let name = machine.name.clone();
            self.say(format!("{name} is copied"));
        }
        Ok(())
    }

    fn restore(&mut self, at: usize) -> Result<()> {
        let machine = &mut self.machines[at];
        if self.restores_left == 0 || machine.snapshots.is_empty() {
            return Ok(());
        }
        self.restores_left -= 1;
        let copy = self.dice.index(machine.snapshots.len());
        let with_marker = self.dice.one_in(2);
        let gone = machine.restore(copy, with_marker)?;
        let name = machine.name.clone();
        self.did(if with_marker {
            "till: restored, marker and all"
        } else {
            "till: lost its tail"
        });
        self.say(format!(
            "{name} is put back to copy {copy}; marker too: {with_marker}; {gone} events gone"
        ));
        Ok(())
    }

    fn clone_box(&mut self, at: usize) -> Result<()> {
        if self.clones_left == 0 || self.machines.len() >= BOXES {
            return Ok(());
        }
        self.clones_left -= 1;
        let name = format!("kloon-{}", self.machines.len() + 1);
        let dir = self.dir.path().join(&name);
        let machine = &mut self.machines[at];
        let from = machine.name.clone();
        let twin = machine.clone_to(&name, &dir)?;
        self.machines.push(twin);
        self.did("till: cloned");
        self.say(format!("{from} is cloned to {name}"));
        Ok(())
    }

    fn damage(&mut self, at: usize) -> Result<()> {
        if self.damage_left == 0 {
            return Ok(());
        }
        self.damage_left -= 1;
        let damaged = self.machines[at].damage()?;
        let name = self.machines[at].name.clone();
        self.did("till: an event unreadable");
        self.say(format!("{name} can no longer read {damaged:?}"));
        self.lost_cards.extend(damaged.and_then(|(_, card)| card));
        Ok(())
    }

    fn set_clock(&mut self, at: usize) -> Result<()> {
        let two_years_ms = 2 * 365 * 24 * 3_600_000_u64;
        let reach = *self
            .dice
            .pick(&[60_000, 3_600_000, 40 * 24 * 3_600_000, two_years_ms]);
        let error = i64::try_from(self.dice.below(2 * reach))? - i64::try_from(reach)?;
        let machine = &self.machines[at];
        machine.clock.set_error(error);
        let name = machine.name.clone();
        self.did("till: its clock jumped");
        self.say(format!(
            "the clock of {name} is off by {} minutes",
            error / 60_000
        ));
        Ok(())
    }

    fn office_stops(&mut self) -> Result<()> {
        let running = self.net.borrow().head.running();
        if running {
            self.net.borrow_mut().head.crash();
            self.did("head office: stopped");
        } else {
            self.net.borrow_mut().head.start()?;
        }
        self.say(format!(
            "head office {}",
            if running { "stops" } else { "starts" }
        ));
        Ok(())
    }

    fn office_backup(&mut self) -> Result<()> {
        if self.backups.len() < 4 {
            let backup = self.net.borrow_mut().head.backup()?;
            self.backups.push(backup);
            self.say("head office is backed up".to_owned());
        }
        Ok(())
    }

    fn office_restore(&mut self) -> Result<()> {
        if self.office_restores_left == 0 {
            return Ok(());
        }
        self.office_restores_left -= 1;
        let from = self.dice.pick(&self.backups).clone();
        self.net.borrow_mut().head.restore(&from)?;
        self.office_restored = true;
        self.did("head office: restored");
        let name = from
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        self.say(format!("head office is put back to {name:?}"));
        Ok(())
    }

    /// The owner forgets somebody head office knows.
    fn forget(&mut self) -> Result<()> {
        if !self.net.borrow().head.running() || self.people.is_empty() {
            return Ok(());
        }
        let (customer, _) = self.dice.pick(&self.people).clone();
        let members = oracle::members(self, customer)?;
        if members.is_empty() {
            return Ok(());
        }
        self.net
            .borrow()
            .head
            .office()?
            .forget(&customer.to_string())?;
        for (person, texts) in &self.people {
            if members.contains(person) {
                self.forgotten.push(Forgotten {
                    customer: *person,
                    texts: texts.clone(),
                });
            }
        }
        self.did("forgotten");
        self.say(format!(
            "{customer:?} is forgotten, with {} in all",
            members.len()
        ));
        Ok(())
    }

    /// The faults stop; everything must come together by itself.
    fn come_together(&mut self) -> Result<()> {
        self.say("the faults stop".to_owned());
        self.reopened = reopened(&self.ledger)?;
        if !self.net.borrow().head.running() {
            self.net.borrow_mut().head.start()?;
        }
        self.net.borrow_mut().calm();
        for at in 0..self.machines.len() {
            self.machines[at].crash();
            self.start(at)?;
        }
        for round in 0..ROUNDS {
            let before = (self.ledger.len(), oracle::ends(self)?);
            let mut busy = false;
            for at in 0..self.machines.len() {
                busy |= self.exchange_whole(at)?;
            }
            if !busy && before == (self.ledger.len(), oracle::ends(self)?) {
                self.say(format!("quiet after {round} rounds"));
                return Ok(());
            }
        }
        bail!("after {ROUNDS} rounds without any fault there is still something to exchange");
    }

    /// A whole exchange over a good line; true when it found anything to do.
    fn exchange_whole(&mut self, at: usize) -> Result<bool> {
        if let Some(up) = self.machines[at].up.as_mut() {
            up.session = None;
            up.heads_asked = false;
        }
        for steps in 0..1_000 {
            match self.step(at, 0)? {
                Outcome::More => {}
                Outcome::Done => return Ok(steps > 2),
                other => bail!("{}: {other:?}, with no fault about", self.machines[at].name),
            }
        }
        bail!("{}: an exchange without end", self.machines[at].name)
    }
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    More,
    Done,
    Failed(String),
    Stopped,
}

/// Days with a receipt that stands behind the last closing of the day in the till's journal.
fn reopened(ledger: &Ledger) -> Result<BTreeSet<(TillId, NaiveDate)>> {
    let mut closed = BTreeSet::new();
    let mut open = BTreeSet::new();
    for fact in ledger.values() {
        let event = Event::read(&fact.bytes)?;
        let till = event.position.till;
        match event.body {
            Body::Sale(_) | Body::Return(_) => {
                open.insert((till, event.at.date_naive()));
            }
            Body::DayClosed(day) => {
                open.remove(&(till, day.day));
                closed.insert((till, day.day));
            }
            _ => {}
        }
    }
    Ok(open.intersection(&closed).copied().collect())
}
