//! Lives a planned year at the tills: every sale and return is made by the till's own state machine, committed to its own
//! journal under its own key, at the planned moment. Nothing is written that a cashier could not have done.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use retail::clock::Clock;
use retail::event::Event;
use retail::ids::ReceiptNumber;
use retail::quantity::Quantity;
use retail::sale::ReturnReason;
use terminal_app::config::Config;
use terminal_app::runtime::{Engine, StoreAppender, setup};
use terminal_app::store::{Paper, Store};
use terminal_app::sync::worker::close_days;
use terminal_app::till::input::{FetchFailed, PaymentAnswer, PaymentOutcome, ScannedCode};
use terminal_app::till::{Action, Effect, Input};

use super::catalogue::Sample;
use super::year::{Visit, What, Year};
use crate::dice::Dice;

/// A clock that stands where it is put.
#[derive(Debug, Default)]
pub struct PlannedClock(Mutex<DateTime<Utc>>);

impl PlannedClock {
    fn put(&self, at: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

impl Clock for PlannedClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.now().timestamp_millis()).unwrap_or(0)
    }
}

/// Last year's paper was thrown away long ago.
struct NoPaper;

impl Paper for NoPaper {
    fn render(&self, _: &Event, _: bool, _: Option<i64>) -> Result<Option<Vec<u8>>, String> {
        Ok(None)
    }
}

/// One till that lives its part of the year.
struct Counter {
    engine: Engine,
    appender: StoreAppender,
    days: Store,
    clock: Arc<PlannedClock>,
    zone: Tz,
    actions: u64,
    today: Option<NaiveDate>,
}

/// Lives the year at these tills; `progress` hears how many visits are done.
///
/// # Errors
/// When a till refuses what was planned, or its database cannot be written.
pub fn live(
    configs: &[Config],
    year: &Year,
    samples: &[Sample],
    seed: u64,
    progress: &dyn Fn(usize),
) -> Result<()> {
    let mut counters = configs
        .iter()
        .zip(0_u64..)
        .map(|(config, number)| Counter::open(config, Dice::new(seed ^ number)))
        .collect::<Result<Vec<_>>>()?;
    let mut receipts: Vec<Option<ReceiptNumber>> = vec![None; year.visits.len()];
    for (done, index) in year.in_order().into_iter().enumerate() {
        let visit = &year.visits[index];
        let counter = counters
            .get_mut(visit.till)
            .context("a visit at a till that is not there")?;
        let happened = counter.visit(visit, year, samples, &receipts);
        receipts[index] = happened.with_context(|| format!("visit {index}: {visit:?}"))?;
        progress(done + 1);
    }
    for counter in &mut counters {
        counter.close(NaiveDate::MAX)?;
        counter.go_home()?;
    }
    Ok(())
}

impl Counter {
    fn open(config: &Config, dice: Dice) -> Result<Self> {
        let clock = Arc::new(PlannedClock::default());
        let zone = config.shop.time_zone;
        let store = Store::open(&config.store)?;
        let cashier = store
            .cashiers()?
            .into_iter()
            .next()
            .context("a till without a cashier")?;
        let shared: Arc<dyn Clock> = clock.clone();
        let engine = Engine::new(
            Arc::new(setup(config)),
            store,
            Box::new(NoPaper),
            Arc::clone(&shared),
            Box::new(dice),
            zone,
            None,
        )?;
        let appender = StoreAppender::new(Store::open(&config.store)?, shared, zone);
        let mut counter = Self {
            engine,
            appender,
            days: Store::open(&config.store)?,
            clock,
            zone,
            actions: 0,
            today: None,
        };
        // By his PIN, as on any day: a till of the settings' cashier would know no going home.
        counter.take(Input::PinChecked(Some(cashier)))?;
        Ok(counter)
    }

    /// One customer at the counter; gives the receipt that was written.
    fn visit(
        &mut self,
        visit: &Visit,
        year: &Year,
        samples: &[Sample],
        receipts: &[Option<ReceiptNumber>],
    ) -> Result<Option<ReceiptNumber>> {
        let day = visit.at.date();
        if self.today.is_some_and(|today| today < day) {
            self.close(day)?;
        }
        self.today = Some(day);
        self.set_clock(visit.at)?;
        match &visit.what {
            What::Buys { basket, cash } => {
                if let Some(person) = visit.person.map(|index| &year.people[index]) {
                    if visit.enrols {
                        self.press(Action::Enrol {
                            card: person.card.clone(),
                            name: person.name.to_owned(),
                            email: String::new(),
                            member: true,
                            marketing: person.marketing,
                        })?;
                    } else {
                        self.scan(&person.card)?;
                    }
                }
                for (article, pieces) in basket {
                    if *pieces > 1 {
                        self.scan(&format!("KLR-QTY-{pieces}"))?;
                    }
                    self.scan(&samples[*article].gtin)?;
                }
                self.scan(if *cash { "KLR-CASH" } else { "KLR-CARD" })?;
            }
            What::Returns { of, reason } => {
                let number = receipts[*of].context("brought back before it was bought")?;
                self.scan(&retail::barcode::receipt_code::encode(number))?;
                self.press(Action::ReturnQuantity {
                    line: 1,
                    quantity: Quantity::ONE.0,
                })?;
                self.press(Action::ReturnReason {
                    line: Some(1),
                    reason: ReturnReason::ALL[*reason],
                })?;
                self.press(Action::ConfirmReturn)?;
            }
        }
        let view = self.engine.view();
        if !view.basket.is_empty() {
            bail!("the till did not finish: {:?} {:?}", view.mode, view.notice);
        }
        Ok(view.last.map(|last| last.number))
    }

    fn set_clock(&self, at: NaiveDateTime) -> Result<()> {
        let at = at
            .and_local_timezone(self.zone)
            .earliest()
            .context("an hour that the clock skips")?;
        self.clock.put(at.with_timezone(&Utc));
        Ok(())
    }

    /// Closes the days before `day`, as the nightly run does.
    fn close(&mut self, day: NaiveDate) -> Result<()> {
        if let Some(today) = self.today {
            self.set_clock(today.and_hms_opt(23, 30, 0).unwrap_or_default())?;
        }
        close_days(&mut self.days, &mut self.appender, day)?;
        Ok(())
    }

    /// Whoever opens the till tomorrow logs in himself.
    fn go_home(&mut self) -> Result<()> {
        self.press(Action::Logout)?;
        self.engine.save_work();
        Ok(())
    }

    fn scan(&mut self, code: &str) -> Result<()> {
        let data = code.as_bytes().to_vec();
        self.take(Input::Scan(ScannedCode {
            data,
            ssi_type: None,
            scanner: "history".to_owned(),
        }))
    }

    fn press(&mut self, action: Action) -> Result<()> {
        self.actions += 1;
        self.take(Input::Action {
            id: format!("history-{}", self.actions),
            action,
        })
    }

    /// One input; a payment terminal that always pays answers at once, and so does head office, which hears of this year when
    /// it is over.
    fn take(&mut self, input: Input) -> Result<()> {
        let shown = format!("{input:?}");
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            for effect in self.engine.step(&input).effects {
                match effect {
                    Effect::AskTerminal { request, .. } => {
                        inputs.push(Input::Payment(PaymentAnswer {
                            request,
                            outcome: PaymentOutcome::Paid,
                        }));
                    }
                    Effect::FetchReceipt(number) => inputs.push(Input::ReceiptFetched {
                        number,
                        result: Err(FetchFailed::NoSuchReceipt),
                    }),
                    _ => {}
                }
            }
        }
        match self.engine.view().notice {
            Some(notice) if !matches!(notice, terminal_app::till::Notice::Enrolled) => {
                bail!("{shown} was answered with {notice:?}")
            }
            _ => Ok(()),
        }
    }
}
