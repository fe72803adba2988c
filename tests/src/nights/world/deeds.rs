//! What the tills of a night do: start, sell, take back, exchange with head office, close their days.

use std::rc::Rc;

use anyhow::{Context as _, Result, bail};
use retail::clock::{Clock as _, local_day};
use terminal_app::sync::direct::Direct;
use terminal_app::sync::session::{Parts, Session, SyncError};
use terminal_app::sync::worker::close_days;

use super::{CARDS, World};
use crate::nights::machine::ZONE;
use crate::nights::store_faults::{StoppingAppender, StoppingOutbox};
use crate::nights::{shopping, till_store};

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    More,
    Done,
    Failed(String),
    Stopped,
}

impl World {
    pub(super) fn start(&mut self, at: usize) -> Result<()> {
        let head = self.machines[at].disk.alive.last().copied();
        self.machines[at].start(&mut self.ledger)?;
        let name = self.machines[at].name.clone();
        let now = self.machines[at].disk.alive.last().copied();
        self.say(format!("{name} starts at {head:?}, is at {now:?}"));
        Ok(())
    }

    /// A customer at the till: known here, new, or nobody.
    pub(super) fn shop(&mut self, at: usize) -> Result<()> {
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
                    self.cards.insert(new, card);
                    self.tally.add("enrolled", 1);
                    events.push(event);
                    Some(new)
                }
            };
        }
        if self.dice.one_in(12) {
            events.push(shopping::drawer());
        }
        let serial = till_store::next_serial(&machine.up.as_ref().context("down")?.store)?;
        events.push(shopping::sale(&mut self.dice, serial, customer));
        machine.commit(events, &mut self.ledger)?;
        let (name, head) = (machine.name.clone(), machine.disk.alive.last().copied());
        self.tally.add("sales", 1);
        self.say(format!("{name} sells to {customer:?}, is at {head:?}"));
        Ok(())
    }

    pub(super) fn give_back(&mut self, at: usize) -> Result<()> {
        let machine = &mut self.machines[at];
        if machine.disk.sales.is_empty() {
            return Ok(());
        }
        let sold = machine
            .disk
            .sales
            .remove(self.dice.index(machine.disk.sales.len()));
        let serial = till_store::next_serial(&machine.up.as_ref().context("down")?.store)?;
        let event = shopping::give_back(&mut self.dice, serial, &sold);
        machine.commit(vec![event], &mut self.ledger)?;
        let name = machine.name.clone();
        self.did("returns");
        self.say(format!("{name} takes back {}", sold.number));
        Ok(())
    }

    /// Some steps of an exchange, as the thread of a till makes them.
    pub(super) fn exchange(&mut self, at: usize) -> Result<()> {
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
    pub(super) fn step(&mut self, at: usize, one_in: u64) -> Result<Outcome> {
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
    pub(super) fn office_comes_back(&mut self) -> Result<()> {
        if !self.net.borrow().head.running() && self.dice.percent(60) {
            self.net.borrow_mut().head.start()?;
        }
        Ok(())
    }

    pub(super) fn night_run(&mut self, at: usize) -> Result<()> {
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
}
