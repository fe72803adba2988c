//! Commit, then act: one step of the till with its database. What a step reports happens only after its commit; a step
//! that cannot be committed is taken back whole, and the cashier reads why.

use std::sync::Arc;

use chrono_tz::Tz;
use retail::clock::{Clock, Entropy, wall_time};
use retail::wire::Head;

use crate::store::{Appended, Drafts, Paper, Store, StoreError, Writing};
use crate::till::{Effect, Env, Input, Now, Setup, Shelf as _, State, View};

/// The state of the till and its place on the disk.
pub struct Engine {
    state: State,
    store: Store,
    drafts: Drafts,
    paper: Box<dyn Paper + Send>,
    clock: Arc<dyn Clock>,
    entropy: Box<dyn Entropy>,
    zone: Tz,
    saved_rev: u64,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

/// What a step did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// What is to be done now, commits left out.
    pub effects: Vec<Effect>,
    /// How far the journal has come, when events were written.
    pub head: Option<Head>,
    /// The print queue changed.
    pub printing: bool,
}

impl Engine {
    /// A till with the work it was doing when it stopped. `cashier` is logged in from the start, unless somebody still is.
    pub fn new(
        setup: Arc<Setup>,
        store: Store,
        paper: Box<dyn Paper + Send>,
        clock: Arc<dyn Clock>,
        entropy: Box<dyn Entropy>,
        zone: Tz,
        cashier: Option<crate::till::input::Cashier>,
    ) -> Result<Self, StoreError> {
        let drafts = Drafts::open(store.path())?;
        let mut state = State::new(setup, store.cashiers()?, store.work()?);
        if let Some(cashier) = cashier {
            state.log_in(cashier);
        }
        let saved_rev = state.work().rev;
        Ok(Self {
            state,
            store,
            drafts,
            paper,
            clock,
            entropy,
            zone,
            saved_rev,
        })
    }

    fn now(&self) -> Now {
        Now {
            wall: wall_time(self.clock.now(), self.zone),
            mono_ms: self.clock.monotonic_ms(),
        }
    }

    /// The database connection of the till.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The database connection of the till.
    pub const fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }

    /// What the screen shows now.
    #[must_use]
    pub fn view(&self) -> View {
        self.state
            .view(self.store.next_receipt().is_some(), &self.now())
    }

    /// What the screen shows changes by the second, without an input.
    #[must_use]
    pub fn counts_down(&self) -> bool {
        self.state.counts_down(&self.now())
    }

    /// Takes one input. Call [`Engine::save_work`] before the screen is told.
    pub fn step(&mut self, input: &Input) -> Step {
        match self.try_step(input) {
            Err(StoreError::HeadMoved) => self.try_step(input),
            other => other,
        }
        .unwrap_or_else(|error| {
            tracing::error!(%error, "a step was taken back");
            let (fault, reason) = (error.fault(), error.to_string());
            if let Input::HubScan(scan) = input {
                self.state.pass_over(scan.ticket);
            }
            Step {
                effects: self.only_state(&Input::NotKept { fault, reason }),
                ..Step::default()
            }
        })
    }

    fn try_step(&mut self, input: &Input) -> Result<Step, StoreError> {
        let before = self.state.clone();
        let mut effects = self.only_state(input);
        let mut done = Step::default();
        let mut failed = None;
        effects.retain(|effect| {
            let Effect::Commit(commit) = effect else {
                return true;
            };
            if failed.is_none() {
                let writing = &mut Writing {
                    at: wall_time(self.clock.now(), self.zone),
                    entropy: self.entropy.as_mut(),
                    paper: self.paper.as_ref(),
                };
                match self.store.commit(commit, self.state.work(), writing) {
                    Ok(Appended { head, printing }) => {
                        done.head = head.or(done.head);
                        done.printing |= printing || commit.settle_job.is_some();
                        self.saved_rev = self.state.work().rev;
                    }
                    Err(error) => failed = Some(error),
                }
            }
            false
        });
        if let Some(error) = failed {
            self.state = before;
            return Err(error);
        }
        done.effects = effects;
        Ok(done)
    }

    fn only_state(&mut self, input: &Input) -> Vec<Effect> {
        let now = self.now();
        let mut env = Env {
            shelf: &self.store,
            entropy: self.entropy.as_mut(),
            now,
        };
        self.state.step(input.clone(), &mut env)
    }

    /// Saves the work in hand when it changed since it was saved last. A failure is reported once and tried again.
    pub fn save_work(&mut self) {
        let work = self.state.work();
        if work.rev == self.saved_rev {
            return;
        }
        match self.drafts.save(work) {
            Ok(()) => self.saved_rev = work.rev,
            Err(error) => tracing::warn!(%error, "the open basket was not saved"),
        }
    }
}

#[cfg(test)]
mod tests;
