//! The till's own thread: takes inputs in order, keeps what they did, shows it, and acts. Everything it talks to stands here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use retail::clock::Clock;
use tokio::sync::watch;

use super::check::check_start;
use super::keeper::Keeper;
use super::run::RunError;
use super::{Engine, ReceiptPaper, Step, StoreAppender, Watch, free_mb};
use crate::clock::SystemEntropy;
use crate::config::{Config, PinTerminal};
use crate::peripherals::hub::{self, Hub, Order};
use crate::peripherals::line;
use crate::peripherals::payment::{Payments, Simulated};
use crate::peripherals::printer::{self, Spooler};
use crate::peripherals::scanner::{self, Scanner};
use crate::store::{PrintQueue, Store, StoreError, StoredScans};
use crate::sync::http::{HttpWire, Patience};
use crate::sync::office::{Client, HeadOffice};
use crate::sync::outbox::OutboxError;
use crate::sync::pack::Credentials;
use crate::sync::receipts::{self, Fetcher};
use crate::sync::worker::{self, Worker};
use crate::till::input::{
    Cashier, FetchFailed, Health, PaymentAnswer, PaymentOutcome, ScannerStatus,
};
use crate::till::{Beep, Effect, Input, View};

/// How often clock, disk and the lists that commands can change are looked at.
const LOOK: Duration = Duration::from_secs(2);
/// How often the screen is drawn anew while it counts seconds down.
const COUNT: Duration = Duration::from_millis(250);

/// The loop with everything it talks to. Dropped in order: devices first, the keeper last.
pub(super) struct Room {
    config: Config,
    clock: Arc<dyn Clock>,
    inputs: SyncSender<Input>,
    scanners: Vec<Scanner>,
    spooler: Option<Spooler>,
    hub: Option<(Hub, hub::display::Shown)>,
    payments: Option<Payments>,
    office: Option<Office>,
    pub(super) engine: Engine,
    watch: Watch,
    health: Health,
    cashiers: Vec<Cashier>,
    keeper: Keeper,
}

struct Office {
    worker: Worker,
    fetcher: Option<Fetcher>,
}

impl Room {
    pub(super) fn open(
        config: &Config,
        mut store: Store,
        cashier: Option<Cashier>,
        clock: Arc<dyn Clock>,
        inputs: SyncSender<Input>,
    ) -> Result<Self, RunError> {
        check_start(config, &mut store, clock.as_ref())?;
        let keeper = Keeper::start(Store::open(&config.store)?)?;
        if let Some(head) = store.head()? {
            keeper.written(head);
        }
        let cashiers = store.cashiers()?;
        let engine = Engine::new(
            Arc::new(super::setup(config)),
            store,
            Box::new(ReceiptPaper::new(config)),
            Arc::clone(&clock),
            Box::new(SystemEntropy),
            config.shop.time_zone,
            cashier,
        )?;
        let mut room = Self {
            config: config.clone(),
            clock,
            inputs,
            scanners: Vec::new(),
            spooler: None,
            hub: None,
            payments: None,
            office: None,
            engine,
            watch: Watch::default(),
            health: Health::default(),
            cashiers,
            keeper,
        };
        room.start_devices()?;
        room.start_office()?;
        Ok(room)
    }

    fn start_devices(&mut self) -> Result<(), RunError> {
        self.start_hub()?;
        let port = match (&self.config.printer, &self.hub) {
            (Some(printer), _) => {
                Some(printer::Port::Serial(line::Settings::from(&printer.serial)))
            }
            (None, Some((hub, _))) => Some(printer::Port::Hub(hub.printer())),
            (None, None) => None,
        };
        if let (Some(port), Some(profile)) = (port, self.config.paper()) {
            let settings = printer::Settings::new(profile, &self.config.drawer);
            let jobs = Box::new(PrintQueue::new(Store::open(&self.config.store)?));
            let (inputs, clock) = (self.inputs.clone(), Arc::clone(&self.clock));
            self.spooler = Some(Spooler::start(port, settings, jobs, inputs, clock)?);
        }
        if self.config.pin == PinTerminal::Simulated {
            self.payments = Some(Payments::start(Box::new(Simulated), self.inputs.clone())?);
        }
        for scanner in &self.config.scanners {
            let settings = scanner::Settings::from(scanner);
            self.engine.step(&Input::Scanner(ScannerStatus {
                name: settings.name.clone(),
                connected: false,
            }));
            let (inputs, clock) = (self.inputs.clone(), Arc::clone(&self.clock));
            self.scanners.push(Scanner::start(settings, inputs, clock)?);
        }
        Ok(())
    }

    /// Starts the hub's thread. What it has for the till comes when the loop runs.
    fn start_hub(&mut self) -> Result<(), RunError> {
        let Some(settings) = &self.config.hub else {
            return Ok(());
        };
        let settings = hub::Settings {
            line: line::Settings::from(&settings.serial),
            printer: settings.printer.is_some(),
            drawer: settings.drawer,
        };
        self.engine
            .step(&Input::Hub(Box::new(hub::status_of(&settings))));
        let scans = StoredScans::new(
            Store::open(&self.config.store)?,
            self.config.barcode_settings(2026),
            Arc::clone(&self.clock),
            self.config.shop.time_zone,
        )?;
        let (inputs, clock) = (self.inputs.clone(), Arc::clone(&self.clock));
        let hub = Hub::start(settings, Box::new(scans), inputs, clock, &mut SystemEntropy)?;
        let shown = hub::display::Shown::new(self.config.screen.language, &self.engine.view());
        self.hub = Some((hub, shown));
        self.tell_hub();
        Ok(())
    }

    /// Display, lights, and whether scans are taken: as the screen is now.
    fn tell_hub(&mut self) {
        if let Some((hub, shown)) = &mut self.hub {
            for order in shown.orders(&self.engine.view(), self.clock.monotonic_ms()) {
                hub.order(order);
            }
        }
    }

    /// Starts the exchange with head office, once the till is enrolled.
    fn start_office(&mut self) -> Result<(), RunError> {
        let Some(identity) = self.engine.store().identity() else {
            return Ok(());
        };
        let who = Credentials {
            org: identity.org,
            shop: identity.shop.clone(),
            till: identity.till,
            key: identity.key.clone(),
        };
        let client = |patience: Patience| -> Result<Option<Box<dyn HeadOffice + Send>>, RunError> {
            let Some(server) = &self.config.server else {
                return Ok(None);
            };
            let wire = HttpWire::new(server, patience)?;
            let entropy = Box::new(SystemEntropy);
            Ok(Some(Box::new(Client::new(
                wire,
                who.till,
                who.key.clone(),
                entropy,
            ))))
        };
        let report = || -> Box<dyn Fn(Input) + Send> {
            let inputs = self.inputs.clone();
            Box::new(move |input| {
                // The till has stopped: nobody is left to tell.
                let _ = inputs.send(input);
            })
        };
        let path = self.config.store.clone();
        let zone = self.config.shop.time_zone;
        let fetcher = match client(Patience::Cashier)? {
            Some(office) => Some(receipts::spawn(office, report())?),
            None => None,
        };
        let worker = worker::spawn(worker::Setup {
            open: Box::new(move || Ok(Box::new(Store::open(&path).map_err(OutboxError::from)?))),
            appender: Box::new(StoreAppender::new(
                Store::open(&self.config.store)?,
                Arc::clone(&self.clock),
                zone,
            )),
            office: client(Patience::Thread)?,
            who,
            zone,
            night: self.config.night,
            clock: Arc::clone(&self.clock),
            entropy: Box::new(SystemEntropy),
            report: report(),
        })?;
        self.office = Some(Office { worker, fetcher });
        Ok(())
    }

    pub(super) fn work(
        &mut self,
        queue: &Receiver<Input>,
        views: &watch::Sender<Arc<View>>,
        stop: &AtomicBool,
    ) {
        let mut looked_ms = None;
        while !stop.load(Ordering::Acquire) {
            let counting = self.engine.counts_down();
            let input = match queue.recv_timeout(if counting { COUNT } else { LOOK }) {
                Ok(input) => Some(input),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if let Some(input) = input {
                self.take(&input);
                // First kept, then shown: a line that the cashier has heard is there also when the program dies here.
                self.engine.save_work();
                views.send_replace(Arc::new(self.engine.view()));
                self.tell_hub();
            }
            let now_ms = self.clock.monotonic_ms();
            let looks = looked_ms.is_none_or(|at: u64| u128::from(now_ms - at) >= LOOK.as_millis());
            if looks {
                looked_ms = Some(now_ms);
                if let Err(error) = self.look() {
                    tracing::warn!(%error, "looking around");
                }
                self.engine.save_work();
            }
            if looks || counting {
                views.send_if_modified(|shown| {
                    let view = self.engine.view();
                    let changed = **shown != view;
                    if changed {
                        *shown = Arc::new(view);
                    }
                    changed
                });
                self.tell_hub();
            }
        }
        if let Some(office) = &mut self.office {
            office.worker.stop();
        }
    }

    /// One input with everything that follows from it, also answers that are known at once.
    fn take(&mut self, input: &Input) {
        // Whose PIN it is was looked up just now: who can log in must be as new.
        if matches!(input, Input::PinChecked(Some(_)))
            && let Err(error) = self.look_for_cashiers()
        {
            tracing::warn!(%error, "the cashiers could not be looked at");
        }
        // A question that head office left open is no reason to wait for the next round to see how it is.
        if let (Input::ReceiptFetched { result, .. }, Some(office)) = (input, &self.office)
            && *result == Err(FetchFailed::Unreachable)
        {
            office.worker.now();
        }
        // What the hub has sounded by itself it does not sound again.
        let heard = match input {
            Input::HubScan(scan) => Some(scan.heard),
            Input::HubSays(notice) => notice.heard(),
            _ => None,
        };
        let step = self.engine.step(input);
        let answers = self.act(step, heard);
        for answer in answers {
            let step = self.engine.step(&answer);
            self.act(step, None);
        }
    }

    /// Does what a step asked for, after its commit. Answers what is known at once.
    fn act(&mut self, step: Step, heard: Option<Beep>) -> Vec<Input> {
        let mut answers = Vec::new();
        if let Some(head) = step.head {
            self.keeper.written(head);
            if let Some(office) = &self.office {
                office.worker.written();
            }
        }
        for effect in step.effects {
            match effect {
                Effect::OpenDrawer => self.open_drawer(),
                Effect::Beep(beep) if heard != Some(beep) => self.order(Order::Beep(beep)),
                Effect::ForgetScan(scan) => self.order(Order::Forget(scan)),
                Effect::AskTerminal { request, amount } => {
                    if let Some(payments) = &self.payments
                        && payments.ask(request, amount).is_err()
                    {
                        // It was not asked: nothing was paid.
                        answers.push(Input::Payment(PaymentAnswer {
                            request,
                            outcome: PaymentOutcome::Refused,
                        }));
                    }
                }
                Effect::FetchReceipt(number) => {
                    let why = match self.office.as_ref().and_then(|o| o.fetcher.as_ref()) {
                        None => Some(FetchFailed::NoServer),
                        Some(fetcher) if fetcher.ask(number) => None,
                        Some(_) => Some(FetchFailed::Unreachable),
                    };
                    if let Some(why) = why {
                        answers.push(Input::ReceiptFetched {
                            number,
                            result: Err(why),
                        });
                    }
                }
                Effect::CheckPin { pin } => {
                    if let Err(error) = self.check_pin(pin) {
                        tracing::warn!(%error, "the PIN could not be looked at");
                        answers.push(Input::PinChecked(None));
                    }
                }
                // The screen makes the sounds too; a commit is done already.
                Effect::Beep(_) | Effect::Commit(_) => {}
            }
        }
        if step.printing
            && let Some(spooler) = &self.spooler
        {
            spooler.wake();
        }
        answers
    }

    /// The drawer hangs on the hub or on the printer.
    fn open_drawer(&self) {
        let on_hub = self.config.hub.as_ref().is_some_and(|hub| hub.drawer);
        match &self.spooler {
            _ if on_hub => self.order(Order::OpenDrawer),
            Some(spooler) => spooler.open_drawer(),
            None => {}
        }
    }

    fn order(&self, order: Order) {
        if let Some((hub, _)) = &self.hub {
            hub.order(order);
        }
    }

    fn check_pin(&self, pin: String) -> std::io::Result<()> {
        let (path, inputs) = (self.config.store.clone(), self.inputs.clone());
        std::thread::Builder::new()
            .name("pin".to_owned())
            .spawn(move || {
                let whose = Store::open(&path)
                    .and_then(|store| store.whose_pin(&pin))
                    .unwrap_or_else(|error| {
                        tracing::warn!(%error, "the PIN could not be looked at");
                        None
                    });
                // The till has stopped: nobody is left to log in.
                let _ = inputs.send(Input::PinChecked(whose));
            })
            .map(|_| ())
    }

    /// Clock, disk, and what commands changed underneath: cashiers and the enrolment.
    fn look(&mut self) -> Result<(), RunError> {
        let last = self.engine.store().last_event_ms()?;
        let health = self
            .watch
            .look(self.clock.now(), last, free_mb(&self.config.store));
        if health != self.health {
            self.health = health;
            self.engine.step(&Input::Health(health));
        }
        self.look_for_cashiers()?;
        if self.engine.store().identity().is_none() && self.engine.store_mut().refresh_identity()? {
            self.engine.step(&Input::Enrolled);
            check_start(&self.config, self.engine.store_mut(), self.clock.as_ref())?;
            self.start_office()?;
        }
        Ok(())
    }

    fn look_for_cashiers(&mut self) -> Result<(), StoreError> {
        let cashiers = self.engine.store().cashiers()?;
        if cashiers != self.cashiers {
            self.cashiers.clone_from(&cashiers);
            self.engine.step(&Input::Cashiers(cashiers));
        }
        Ok(())
    }
}
