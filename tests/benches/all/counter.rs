//! A till without its devices: the engine on a database, its cashier, and what is scanned and pressed there.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use retail::clock::Clock;
use terminal_app::clock::{SystemClock, SystemEntropy};
use terminal_app::config::Config;
use terminal_app::runtime::{Engine, Step, setup};
use terminal_app::store::{Paper, Store};
use terminal_app::till::input::ScannedCode;
use terminal_app::till::{Action, Effect, Input};

/// The PIN of every cashier of the benchmarks.
pub(crate) const PIN: &str = "1234";

/// Nothing is printed while a journal is made.
pub(crate) struct NoPaper;

impl Paper for NoPaper {
    fn render(
        &self,
        _: &retail::event::Event,
        _: bool,
        _: Option<i64>,
    ) -> Result<Option<Vec<u8>>, String> {
        Ok(None)
    }
}

/// An engine and its cashier.
pub(crate) struct Counter {
    pub(crate) engine: Engine,
    actions: u64,
}

/// A scan as the till's queue takes it.
pub(crate) fn scanned(code: &str) -> Input {
    Input::Scan(ScannedCode {
        data: code.as_bytes().to_vec(),
        ssi_type: None,
        scanner: "scanner".to_owned(),
    })
}

impl Counter {
    /// A till of these settings on this database, with somebody logged in.
    pub(crate) fn open(
        config: &Config,
        store: Store,
        paper: Box<dyn Paper + Send>,
    ) -> Result<Self> {
        let cashier = store.cashiers()?.into_iter().next();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let engine = Engine::new(
            Arc::new(setup(config)),
            store,
            paper,
            clock,
            Box::new(SystemEntropy),
            config.shop.time_zone,
            Some(cashier.context("a till without a cashier")?),
        )?;
        Ok(Self { engine, actions: 0 })
    }

    pub(crate) fn scan(&mut self, code: &str) -> Step {
        self.engine.step(&scanned(code))
    }

    pub(crate) fn press(&mut self, action: Action) -> Step {
        self.actions += 1;
        self.engine.step(&Input::Action {
            id: format!("bench-{}", self.actions),
            action,
        })
    }

    /// Takes payment in cash; fails when no receipt was written.
    pub(crate) fn pay(&mut self) -> Result<Step> {
        let step = self.press(Action::PayCashExact);
        if step.head.is_none() || !step.effects.contains(&Effect::OpenDrawer) {
            bail!("nothing was sold: {:?}", self.engine.view().notice);
        }
        Ok(step)
    }
}
