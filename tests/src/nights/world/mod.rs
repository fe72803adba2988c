//! A night from a seed: what happens, in which order, and the coming together at its end.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{DateTime, NaiveDate, Utc};
use retail::event::{Body, Event};
use retail::ids::{CustomerId, TillId};

use self::deeds::Outcome;
use super::clock::{BoxClock, TrueTime};
use super::headquarters::HeadQuarters;
use super::machine::{Ledger, Machine};
use super::network::{Line, Network};
use super::oracle;
use super::trace::Trace;
use super::{Tally, scratch};
use crate::dice::Dice;

mod deeds;
mod faults;

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
/// The most steps of one exchange without a fault.
const MAX_STEPS: usize = 1_000;
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
    /// The card that each of them joined with.
    pub(super) cards: BTreeMap<CustomerId, &'static str>,
    pub(super) forgotten: Vec<Forgotten>,
    /// Days of a till that got receipts after they were closed.
    pub(super) reopened: BTreeSet<(TillId, NaiveDate)>,
    backups: Vec<std::path::PathBuf>,
    stop_one_in: u64,
    restores_left: u64,
    clones_left: u64,
    damage_left: u64,
    office_restores_left: u64,
    pub(super) office_restored: bool,
    /// At the end all tills exchange in one moment, not one after the other.
    in_step: bool,
    /// What happened to a till that is worth a new epoch.
    pub(super) scars: BTreeMap<TillId, u32>,
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
        let in_step = dice.one_in(2);
        Self {
            net: Rc::new(RefCell::new(network)),
            dir,
            time,
            machines: Vec::new(),
            ledger: Ledger::new(),
            people: Vec::new(),
            cards: BTreeMap::new(),
            forgotten: Vec::new(),
            reopened: BTreeSet::new(),
            backups: Vec::new(),
            stop_one_in,
            restores_left,
            clones_left,
            damage_left,
            office_restores_left,
            office_restored: false,
            in_step,
            scars: BTreeMap::new(),
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
            let busy = if self.in_step {
                self.exchange_in_step()?
            } else {
                self.exchange_in_turn()?
            };
            if !busy && before == (self.ledger.len(), oracle::ends(self)?) {
                self.say(format!("quiet after {round} rounds"));
                return Ok(());
            }
        }
        bail!("after {ROUNDS} rounds without any fault there is still something to exchange");
    }

    /// Whole exchanges over a good line, one till after the other; true when one found anything to do.
    fn exchange_in_turn(&mut self) -> Result<bool> {
        let mut busy = false;
        for at in 0..self.machines.len() {
            self.begin_exchange(at);
            let mut steps = 0;
            while self.calm_step(at)? {
                steps += 1;
                ensure!(steps < MAX_STEPS, "{}: no end", self.machines[at].name);
            }
            busy |= steps > 2;
        }
        Ok(busy)
    }

    /// The same, every till one step at a time: what twins do that ask in one moment.
    fn exchange_in_step(&mut self) -> Result<bool> {
        let mut open: Vec<usize> = (0..self.machines.len()).collect();
        for at in &open {
            self.begin_exchange(*at);
        }
        let mut steps = 0;
        while !open.is_empty() {
            let mut going_on = Vec::new();
            for at in open {
                if self.calm_step(at)? {
                    going_on.push(at);
                }
            }
            open = going_on;
            steps += 1;
            ensure!(steps < MAX_STEPS, "exchanges in step: no end");
        }
        Ok(steps > 3)
    }

    fn begin_exchange(&mut self, at: usize) {
        if let Some(up) = self.machines[at].up.as_mut() {
            up.session = None;
            up.heads_asked = false;
        }
    }

    /// One step with no fault about; false at the end of the exchange.
    fn calm_step(&mut self, at: usize) -> Result<bool> {
        match self.step(at, 0)? {
            Outcome::More => Ok(true),
            Outcome::Done => Ok(false),
            other => bail!("{}: {other:?}, with no fault about", self.machines[at].name),
        }
    }
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
