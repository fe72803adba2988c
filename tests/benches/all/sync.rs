//! Till and head office over loopback HTTP: signed batches into a running `sync-server serve`, each committed before its
//! answer; the bytes of a receipt on the wire; an exchange with nothing new.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use ed25519_dalek::SigningKey;
use retail::clock::{Clock, random_32, wall_time};
use retail::event::{Body, Event};
use retail::journal::Stored;
use retail::wire::{EnrolRequest, Head};
use rusqlite::Connection;
use tempfile::TempDir;
use terminal_app::clock::{SystemClock, SystemEntropy};
use terminal_app::config::{Config, Server};
use terminal_app::runtime::StoreAppender;
use terminal_app::store::Store;
use terminal_app::sync::http::{HttpWire, Patience};
use terminal_app::sync::office::{Client, HeadOffice as _, enrol};
use terminal_app::sync::outbox::Outbox as _;
use terminal_app::sync::pack::{Credentials, Limit, Packer, body};
use terminal_app::sync::session::Parts;
use terminal_app::till::Action;
use tests::demo::catalogue::{self, Sample};
use tests::demo::year::card;
use tests::dice::Dice;
use tests::shop::office::HeadOffice;

use crate::counter::{Counter, NoPaper, PIN};
use crate::large::{Place, empty_till, scratch};
use crate::measure::{Figure, Samples, Stopwatch, rate};
use crate::postgres::Cluster;

const PEOPLE: u64 = 500;
const SALES: u64 = 20_000;
const ROWS: usize = 512;
/// Receipts of a batch that is full: of 500 events, or as many as its bound in bytes leaves room for.
const FULL: usize = 400;
const EXCHANGES: usize = 200;
const WIRE_BYTES: usize = 80;
const EXCHANGE_MS: u128 = 50;
/// Events a second against rows a second of PostgreSQL.
const POSTGRES_PERCENT: u128 = 50;

/// A batch as it goes over the wire.
struct Packed {
    body: Vec<u8>,
    events: Vec<Stored>,
    receipts: usize,
}

/// A till with a journal of sales that head office does not have yet, packed.
pub(crate) struct Full {
    _scratch: TempDir,
    config: Config,
    store: Store,
    who: Credentials,
    batches: Vec<Packed>,
}

impl Full {
    /// Enrols a till at a running head office and sells so often.
    pub(crate) fn new(office: &HeadOffice, sales: u64) -> Result<Self> {
        let scratch = scratch()?;
        let till = empty_till(scratch.path(), Some(office.url()))?;
        let config = Config::load(&till.config())?;
        join(office, &config)?;
        live(&config, sales)?;
        let mut store = Store::open(&config.store)?;
        let identity = store
            .identity()
            .context("the till was just enrolled")?
            .clone();
        let who = Credentials {
            org: identity.org,
            shop: identity.shop,
            till: identity.till,
            key: identity.key,
        };
        let batches = pack(&mut store, &who)?;
        Ok(Self {
            _scratch: scratch,
            config,
            store,
            who,
            batches,
        })
    }

    fn client(&self, office: &HeadOffice) -> Result<Client<HttpWire>> {
        Ok(Client::new(
            HttpWire::new(&server(office), Patience::Thread)?,
            self.who.till,
            self.who.key.clone(),
            Box::new(SystemEntropy),
        ))
    }

    /// Sends one batch whenever it is told to, until there is nothing more to send or nobody tells it.
    pub(crate) fn send_when_told(
        self,
        office: &HeadOffice,
        told: std::sync::mpsc::Receiver<()>,
    ) -> Result<std::thread::JoinHandle<Result<usize>>> {
        let server = server(office);
        Ok(std::thread::spawn(move || {
            let mut client = Client::new(
                HttpWire::new(&server, Patience::Thread)?,
                self.who.till,
                self.who.key,
                Box::new(SystemEntropy),
            );
            let mut sent = 0;
            for (batch, ()) in self.batches.iter().zip(told.iter()) {
                client.batch(&batch.body)?;
                sent += 1;
            }
            Ok(sent)
        }))
    }
}

pub(crate) fn measure(place: &Place) -> Result<Vec<Figure>> {
    let folder = place.folder("sync")?;
    let mut office = HeadOffice::new(&folder, 0);
    office.add_shop("utrecht", "Wol & Wilg")?;
    office.start()?;
    let mut till = Full::new(&office, SALES)?;
    let mut client = till.client(&office)?;
    let mut figures = ingest(&folder, &mut client, &till.batches)?;
    figures.push(wire(&till.batches));
    figures.push(nothing_new(
        &till.config,
        &mut till.store,
        &mut client,
        &till.who,
    )?);
    office.stop()?;
    Ok(figures)
}

fn server(office: &HeadOffice) -> Server {
    Server {
        url: office.url(),
        ca: None,
    }
}

fn join(office: &HeadOffice, config: &Config) -> Result<()> {
    let key = SigningKey::from_bytes(&random_32(&mut SystemEntropy));
    let request = EnrolRequest {
        code: office.till_code("utrecht")?,
        public_key: hex::encode(key.verifying_key().to_bytes()),
        name: config.till.name.clone(),
        shop: None,
    };
    let answer = enrol(
        &mut HttpWire::new(&server(office), Patience::Thread)?,
        &request,
    )?;
    let mut store = Store::open(&config.store)?;
    let now = wall_time(SystemClock::new().now(), config.shop.time_zone);
    store.enrol(&answer, &key, now)?;
    store.set_cashier("Anna", Some(PIN), &mut SystemEntropy)?;
    store.import_articles(catalogue::CSV.as_bytes(), |_| ())?;
    Ok(())
}

/// Customers join, and then the sales: half of them with a card.
fn live(config: &Config, sales: u64) -> Result<()> {
    let samples: Vec<Sample> = catalogue::samples()?;
    let mut dice = Dice::new(6);
    let mut counter = Counter::open(config, Store::open(&config.store)?, Box::new(NoPaper))?;
    for number in 0..PEOPLE {
        counter.press(Action::Enrol {
            card: card(number),
            name: "Jip".to_owned(),
            email: String::new(),
            member: true,
            marketing: false,
        });
        counter.press(Action::Cancel);
    }
    for number in 0..sales {
        if number % 2 == 0 {
            counter.scan(&card(dice.below(PEOPLE)));
        }
        for _ in 0..=dice.below(3) {
            counter.scan(&dice.pick(&samples).gtin);
        }
        counter.pay()?;
    }
    Ok(())
}

/// The whole journal in signed batches.
fn pack(store: &mut Store, who: &Credentials) -> Result<Vec<Packed>> {
    let mut batches = Vec::new();
    let mut cursor: Option<Head> = None;
    let now_ms = SystemClock::new().now().timestamp_millis();
    loop {
        let mut packer = Packer::new(cursor, Limit::FULL);
        while let Some(after) = packer.wants_after() {
            let rows = store.rows_after(after, ROWS)?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                packer.push(row);
            }
        }
        let Some(stretch) = packer.finish().0 else {
            return Ok(batches);
        };
        cursor = stretch.last();
        let events = stretch.events.clone();
        let receipts = events
            .iter()
            .filter(|event| {
                Event::read(&event.bytes).is_ok_and(|event| matches!(event.body, Body::Sale(_)))
            })
            .count();
        let batch = stretch.sign(who, now_ms).context("an empty batch")?;
        batches.push(Packed {
            body: body(&batch)?,
            events,
            receipts,
        });
    }
}

fn ingest<W: terminal_app::sync::office::Wire>(
    folder: &Path,
    client: &mut Client<W>,
    batches: &[Packed],
) -> Result<Vec<Figure>> {
    let mut posts = Samples::default();
    let mut peers = Samples::default();
    let mut cluster = Cluster::start(&folder.join("postgres"))?;
    let mut events = 0;
    // In turns, so that what else the machine does falls on both.
    for batch in batches {
        let answer = posts.take(|| client.batch(&batch.body))?;
        ensure!(
            usize::try_from(answer.accepted)? == batch.events.len(),
            "head office took {} of {} events",
            answer.accepted,
            batch.events.len()
        );
        peers.take(|| cluster.insert(&batch.events))?;
        events += batch.events.len();
    }
    drop(cluster);
    let (sent, taken) = (posts.total(), peers.total());
    let percent = taken.as_micros() * 100 / sent.as_micros().max(1);

    let mut bare = Connection::open(folder.join("bare.db"))?;
    let mode: String = bare.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    ensure!(mode == "wal", "the bare database is in {mode} mode");
    bare.pragma_update(None, "synchronous", "FULL")?;
    bare.execute_batch(
        "CREATE TABLE event (epoch INTEGER, seq INTEGER, hash BLOB, prev_hash BLOB, bytes BLOB, PRIMARY KEY (epoch, seq))",
    )?;
    let watch = Stopwatch::start();
    for batch in batches {
        let tx = bare.transaction()?;
        {
            let mut insert = tx.prepare_cached("INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5)")?;
            for event in &batch.events {
                insert.execute((
                    event.position.epoch.get(),
                    i64::try_from(event.position.seq)?,
                    event.hash.0,
                    event.prev_hash.0,
                    &event.bytes,
                ))?;
            }
        }
        tx.commit()?;
    }
    let inserted = watch.elapsed();
    Ok(vec![
        Figure::new(
            "signed batches of at most 500 over loopback HTTP, checked and committed before the answer",
            format!("{} events, a batch {}", rate(events, sent), posts.text()),
            posts.len(),
        ),
        Figure::new(
            "the same rows into PostgreSQL over loopback, an insert of many rows for each batch, unsigned, in turns",
            format!("{} rows, a batch {}", rate(events, taken), peers.text()),
            peers.len(),
        ),
        Figure::new(
            "signed batches / PostgreSQL",
            format!("{}.{:02} x", percent / 100, percent % 100),
            posts.len(),
        )
        .budget("0.5 x", percent >= POSTGRES_PERCENT),
        Figure::new(
            "the same rows inserted bare into SQLite in the same transactions, unsigned",
            format!("{} rows", rate(events, inserted)),
            batches.len(),
        ),
    ])
}

/// The bodies of full batches of receipts. What else the cashier did travels with them and is paid by them.
fn wire(batches: &[Packed]) -> Figure {
    let full = || batches.iter().filter(|batch| batch.receipts >= FULL);
    let bytes: usize = full().map(|batch| batch.body.len()).sum();
    let receipts: usize = full().map(|batch| batch.receipts).sum();
    let each = bytes.div_ceil(receipts.max(1));
    Figure::new(
        format!(
            "a receipt on the wire (packed batches of {} on average, half with a card)",
            receipts / full().count().max(1)
        ),
        format!("{each} bytes"),
        full().count(),
    )
    .budget(
        format!("{WIRE_BYTES} bytes"),
        receipts > 0 && each <= WIRE_BYTES,
    )
}

fn nothing_new(
    config: &Config,
    store: &mut Store,
    client: &mut Client<HttpWire>,
    who: &Credentials,
) -> Result<Figure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let second = Store::open(&config.store)?;
    let mut appender = StoreAppender::new(second, Arc::clone(&clock), config.shop.time_zone);
    let mut exchange = || {
        let (summary, result) = terminal_app::sync::once(&mut Parts {
            outbox: store,
            appender: &mut appender,
            office: client,
            who,
            clock: clock.as_ref(),
            entropy: &mut SystemEntropy,
        });
        result.map(|()| summary)
    };
    // Head office refolds the customers of the batches and tells this till about them; then nothing is new.
    let mut quiet = 0;
    while quiet < 5 {
        quiet = if exchange()?.changes == 0 {
            quiet + 1
        } else {
            0
        };
    }
    let mut samples = Samples::default();
    for _ in 0..EXCHANGES {
        samples.take(&mut exchange)?;
    }
    Ok(Figure::new(
        "exchange with nothing new (where do you stand, what changed)",
        samples.text(),
        samples.len(),
    )
    .budget(
        format!("{EXCHANGE_MS} ms"),
        samples.percentile(99).as_millis() < EXCHANGE_MS,
    ))
}
