//! The hub's end, the till's hub thread without its port, the real queue and the real engine, in memory: from seeds, with a
//! cable that loses and damages, and with either side killed between any two steps. The hub here says what it beeped, which
//! no emulator does.
//!
//! Faults: bytes are lost or damaged in either direction; the hub loses its power (what it held is gone, another run
//! begins); the till is killed (its memory is gone, its database stays). All of these happen at a counter.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a story that cannot go on fails where it stands"
)]

use std::collections::VecDeque;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

use chrono_tz::Europe::Amsterdam;
use ed25519_dalek::SigningKey;
use link::hub_end::{self, Boot, HubEnd, Identity};
use link::message::{Beep, BootId, ResetReason};
use link::till_end::Timing;
use retail::clock::{Clock, wall_time};
use retail::ids::{OrgId, TillId};
use retail::wire::EnrolAnswer;
use terminal_app::peripherals::hub::printer::Waker;
use terminal_app::peripherals::hub::{Core, HubPrinter, Order};
use terminal_app::runtime::Engine;
use terminal_app::store::{Paper, Store, StoredScans};
use terminal_app::till::input::HubStatus;
use terminal_app::till::{Action, Input, Setup};
use tests::demo::catalogue;
use tests::devices::ShiftedClock;
use tests::dice::Dice;
use tests::shop::counter::gtin;

const SEEDS: u64 = 40;
const SCANS: usize = 24;
const STEP_MS: u64 = 20;

struct NoPaper;

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

/// The hub, and what a person beside it has heard.
struct Hub {
    end: HubEnd<2048>,
    out: Vec<u8>,
    /// Codes that the hub holds, oldest first.
    holds: VecDeque<String>,
    /// Codes that it has beeped for.
    beeped: Vec<String>,
    boots: u32,
}

impl Hub {
    fn new() -> Self {
        Self {
            end: HubEnd::new(identity(1), Timing::default(), 0),
            out: Vec::new(),
            holds: VecDeque::new(),
            beeped: Vec::new(),
            boots: 1,
        }
    }

    fn lose_power(&mut self, now_ms: u64) {
        self.boots += 1;
        self.end = HubEnd::new(identity(self.boots), Timing::default(), now_ms);
        self.out.clear();
        self.holds.clear();
    }

    fn step(&mut self, event: hub_end::Event<'_>, now_ms: u64) {
        let Self {
            end,
            out,
            holds,
            beeped,
            ..
        } = self;
        end.step(event, now_ms, &mut |action| match action {
            hub_end::Action::Send(bytes) => out.extend(bytes),
            hub_end::Action::Beep(Beep::Good | Beep::Unknown) => {
                beeped.extend(holds.pop_front());
            }
            hub_end::Action::Beep(Beep::Attention) => panic!("no scan is refused here"),
            _ => {}
        });
    }

    fn scan(&mut self, code: &str, now_ms: u64) {
        self.holds.push_back(code.to_owned());
        let data = code.as_bytes();
        self.step(hub_end::Event::Scanned { scanner: 0, data }, now_ms);
    }
}

fn identity(boot: u32) -> Identity {
    Identity {
        boot: Boot::Named(BootId(boot)),
        firmware: "0.1.0",
        board: "memory",
        reset: ResetReason::PowerOn,
        print_window: 512,
    }
}

/// The till, from its start to its death.
struct Till {
    core: Core,
    engine: Engine,
    inputs: VecDeque<Input>,
    _woken: UnixStream,
}

impl Till {
    fn start(path: &Path, run: u32, clock: &Arc<ShiftedClock>, now_ms: u64) -> Self {
        let clock: Arc<dyn Clock> = Arc::clone(clock) as Arc<dyn Clock>;
        let mut store = Store::open(path).unwrap();
        let cashier = store.set_cashier("Sanne", None, &mut Dice::new(7)).unwrap();
        let setup = Setup {
            shop: "Dorp".to_owned(),
            till: "Kassa 1".to_owned(),
            cash_rounding: true,
            head_office: false,
            pin_by_cashier: true,
            barcodes: retail::barcode::Settings::default(),
        };
        let engine = Engine::new(
            Arc::new(setup),
            store,
            Box::new(NoPaper),
            Arc::clone(&clock),
            Box::new(Dice::new(u64::from(run))),
            Amsterdam,
            Some(cashier),
        )
        .unwrap();
        let scans = StoredScans::new(
            Store::open(path).unwrap(),
            retail::barcode::Settings::default(),
            Arc::clone(&clock),
            Amsterdam,
        )
        .unwrap();
        let (bell, woken) = UnixStream::pair().unwrap();
        let printer = HubPrinter::new(Waker::new(bell), clock);
        let mut core = Core::new(
            run,
            Box::new(scans),
            printer,
            Timing::default(),
            HubStatus::default(),
            now_ms,
        )
        .unwrap();
        core.port_opened();
        core.order(Order::TakeScans(true), now_ms);
        Self {
            core,
            engine,
            inputs: VecDeque::new(),
            _woken: woken,
        }
    }

    /// Articles on the screen, in order.
    fn basket(&self) -> Vec<String> {
        let view = self.engine.view();
        let rows = view.basket.iter();
        rows.map(|row| row.gtin.trim_start_matches('0').to_owned())
            .collect()
    }
}

fn lay_out(path: &Path, clock: &ShiftedClock) {
    let mut store = Store::open(path).unwrap();
    let answer = EnrolAnswer {
        org: OrgId([1; 16]),
        shop: "dorp".to_owned(),
        shop_name: "Dorp".to_owned(),
        time_zone: Amsterdam.to_string(),
        till: TillId::new(3).unwrap(),
        directory_key: "02".repeat(32),
    };
    let at = wall_time(clock.now(), Amsterdam);
    store
        .enrol(&answer, &SigningKey::from_bytes(&[4; 32]), at)
        .unwrap();
    store
        .import_articles(catalogue::CSV.as_bytes(), |_| ())
        .unwrap();
}

/// What the cable makes of bytes.
fn through(dice: &mut Dice, bytes: &mut Vec<u8>, quiet: bool) -> Vec<u8> {
    let mut sent = std::mem::take(bytes);
    if quiet || sent.is_empty() {
        return sent;
    }
    match dice.below(12) {
        0 => sent.clear(),
        1 => {
            let at = dice.index(sent.len());
            sent[at] ^= 0x10;
        }
        2 => {
            let at = dice.index(sent.len());
            sent.truncate(at);
        }
        _ => {}
    }
    sent
}

#[derive(Default)]
struct Tally {
    sold: usize,
    unheard: usize,
    till_deaths: usize,
    hub_deaths: usize,
}

/// One afternoon: scans at any moment, deaths at any moment, then quiet until everything has settled.
fn play(seed: u64, tally: &mut Tally) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("till.db");
    let clock = Arc::new(ShiftedClock::default());
    lay_out(&path, &clock);
    let mut dice = Dice::new(seed);
    let mut hub = Hub::new();
    let mut now_ms = 0;
    let mut runs = 1;
    let mut till = Till::start(&path, runs, &clock, now_ms);
    let mut scanned: Vec<String> = Vec::new();
    let mut unheard: Vec<String> = Vec::new();
    let mut quiet_since = None;
    for step in 0.. {
        assert!(step < 20_000, "seed {seed} never settles");
        now_ms += STEP_MS;
        let quiet = scanned.len() == SCANS;
        if !quiet && dice.below(4) == 0 {
            // A code for every scan: what became of it can be told.
            let code = gtin(scanned.len());
            hub.scan(&code, now_ms);
            scanned.push(code);
        }
        match dice.below(60) {
            0 if !quiet => {
                hub.lose_power(now_ms);
                tally.hub_deaths += 1;
            }
            1 if !quiet => {
                // Whatever was handed over and not kept dies with it.
                drop(till);
                runs += 1;
                tally.till_deaths += 1;
                till = Till::start(&path, runs, &clock, now_ms);
            }
            _ => {}
        }
        let from_hub = through(&mut dice, &mut hub.out, quiet);
        till.core.received(&from_hub, now_ms);
        let mut from_till = till.core.out().to_vec();
        till.core.took(usize::MAX);
        let from_till = through(&mut dice, &mut from_till, quiet);
        hub.step(hub_end::Event::Received(&from_till), now_ms);
        hub.step(hub_end::Event::Tick, now_ms);
        // The till takes one thing at a time, and keeps it in another step: it may die in between.
        if dice.below(3) > 0 {
            let inputs = &mut till.inputs;
            let mut hand = |input| {
                inputs.push_back(input);
                Ok(())
            };
            till.core.hand_over(&mut hand, now_ms);
        }
        if dice.below(3) > 0
            && let Some(input) = till.inputs.pop_front()
        {
            till.engine.step(&input);
        }
        if dice.below(3) > 0 {
            till.engine.save_work();
        }
        if let Some(asked) = till.engine.view().hub.and_then(|hub| hub.unheard) {
            unheard.push(asked.read);
            let action = Action::UnheardRead { scan: asked.scan };
            let id = format!("read-{step}");
            till.engine.step(&Input::Action { id, action });
            till.core.order(Order::Forget(asked.scan), now_ms);
        }
        let settled = quiet && hub.holds.is_empty() && till.inputs.is_empty();
        match (settled, quiet_since) {
            (false, _) => quiet_since = None,
            (true, None) => quiet_since = Some(now_ms),
            (true, Some(since)) if now_ms - since > 10_000 => break,
            (true, Some(_)) => {}
        }
    }
    let sold = till.basket();
    for code in &scanned {
        let times = |list: &[String]| list.iter().filter(|other| *other == code).count();
        let here = format!("seed {seed}, {code}");
        let (beeped, sold) = (times(&hub.beeped), times(&sold));
        assert!(sold <= 1, "{here}: sold {sold} times");
        assert!(sold <= beeped, "{here}: sold without a beep");
        assert!(
            beeped == 0 || sold == 1 || times(&unheard) > 0,
            "{here}: beeped, and neither sold nor asked about"
        );
        assert!(
            sold == 0 || times(&unheard) == 0,
            "{here}: sold and shown as not sold"
        );
    }
    tally.sold += sold.len();
    tally.unheard += unheard.len();
}

#[test]
fn what_beeped_is_sold_once_and_nothing_else_is() {
    let mut tally = Tally::default();
    for seed in 0..SEEDS {
        play(seed, &mut tally);
    }
    let Tally {
        sold,
        unheard,
        till_deaths,
        hub_deaths,
    } = tally;
    assert!(sold > 200 && unheard > 5, "{sold} sold, {unheard} unheard");
    assert!(
        till_deaths > 20 && hub_deaths > 20,
        "{till_deaths} and {hub_deaths} deaths"
    );
}
