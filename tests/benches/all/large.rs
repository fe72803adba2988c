//! A large till: 100,000 articles, 1,000,000 customers with a card, a journal of years. Made once per run through the till's
//! own code, in memory where the machine has a place for it, then put on the disk by the till's own backup.

use std::cell::OnceCell;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use ed25519_dalek::SigningKey;
use retail::clock::{Clock as _, wall_time};
use retail::ids::{CustomerId, OrgId, TillId};
use retail::loyalty::card_hash;
use retail::wire::{DirectoryEntry, Down, DownPage, EnrolAnswer};
use tempfile::TempDir;
use terminal_app::clock::{SystemClock, SystemEntropy};
use terminal_app::config::Config;
use terminal_app::store::Store;
use terminal_app::sync::outbox::Outbox as _;
use tests::demo::year::card;
use tests::dice::Dice;
use tests::shop::process::binaries;
use tests::shop::till::{Till, TillPlan};

use crate::counter::{Counter, NoPaper, PIN};

/// Articles of the large till.
pub(crate) const ARTICLES: u64 = 100_000;
/// Customers with a card.
pub(crate) const CARDS: u64 = 1_000_000;
/// Receipts in its journal: five years of 40 a day.
pub(crate) const RECEIPTS: u64 = 60_000;
/// Customers in one page from head office.
const PAGE: usize = 50_000;
const ZONE: chrono_tz::Tz = chrono_tz::Europe::Amsterdam;

/// Where everything is measured: a folder on the disk of the build, gone afterwards.
pub(crate) struct Place {
    dir: TempDir,
    large: OnceCell<PathBuf>,
}

impl Place {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            dir: tempfile::tempdir_in(binaries()?)?,
            large: OnceCell::new(),
        })
    }

    /// A folder of its own for a measurement.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.dir.path().join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// A till with devices on a copy of the large database.
    pub(crate) fn large_till(&self, name: &str) -> Result<(Till, Config)> {
        let till = empty_till(&self.folder(name)?, None)?;
        if self.large.get().is_none() {
            let path = self.dir.path().join("large.db");
            build(&path)?;
            // Nobody else could have set it.
            let _ = self.large.set(path);
        }
        let large = self.large.get().context("no large till")?;
        std::fs::copy(large, till.store())?;
        let config = Config::load(&till.config())?;
        Ok((till, config))
    }
}

/// A till laid out in a folder, without a database.
pub(crate) fn empty_till(dir: &Path, server: Option<String>) -> Result<Till> {
    Till::new(
        dir,
        TillPlan {
            name: "Kassa 1".to_owned(),
            port: 0,
            server,
            extra: String::new(),
            hub: false,
        },
    )
}

/// A folder in memory where the machine has one: what is made there costs no waiting for a disk.
pub(crate) fn scratch() -> Result<TempDir> {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        Ok(tempfile::tempdir_in(memory)?)
    } else {
        Ok(tempfile::tempdir_in(binaries()?)?)
    }
}

/// The number of an article, GTIN-13.
pub(crate) fn gtin(number: u64) -> String {
    let body = format!("8712{number:08}");
    let sum: u32 = body
        .chars()
        .rev()
        .enumerate()
        .map(|(i, c)| c.to_digit(10).unwrap_or(0) * if i % 2 == 0 { 3 } else { 1 })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn build(to: &Path) -> Result<()> {
    let scratch = scratch()?;
    let till = empty_till(scratch.path(), None)?;
    let config = Config::load(&till.config())?;
    let mut store = Store::open(&till.store())?;
    let answer = EnrolAnswer {
        org: OrgId([1; 16]),
        shop: config.shop.id.clone(),
        shop_name: config.shop.name.clone(),
        time_zone: ZONE.to_string(),
        till: TillId::new(1)?,
        directory_key: "5a".repeat(32),
    };
    let now = wall_time(SystemClock::new().now(), ZONE);
    store.enrol(&answer, &SigningKey::from_bytes(&[7; 32]), now)?;
    store.set_cashier("Anna", Some(PIN), &mut SystemEntropy)?;
    store.import_articles(catalogue()?.as_bytes(), |_| ())?;
    cards(&mut store)?;
    let mut dice = Dice::new(5);
    let mut counter = Counter::open(&config, store, Box::new(NoPaper))?;
    for number in 0..RECEIPTS {
        sell(&mut counter, &mut dice, number.is_multiple_of(2))?;
    }
    counter.engine.store().backup(to)?;
    Ok(())
}

/// One basket of one to three articles, with a card or without, paid.
pub(crate) fn sell(counter: &mut Counter, dice: &mut Dice, with_card: bool) -> Result<()> {
    fill(counter, dice, with_card);
    counter.pay().map(drop)
}

/// The basket alone.
pub(crate) fn fill(counter: &mut Counter, dice: &mut Dice, with_card: bool) {
    if with_card {
        counter.scan(&card(dice.below(CARDS)));
    }
    for _ in 0..=dice.below(3) {
        counter.scan(&gtin(dice.below(ARTICLES)));
    }
}

fn catalogue() -> Result<String> {
    let mut csv = "gtin,name,price_cents,vat_percent,category\n".to_owned();
    let mut dice = Dice::new(1);
    for number in 0..ARTICLES {
        let price = 95 + dice.below(9_000);
        let (kind, shelf) = (number % 97, number % 13);
        writeln!(
            csv,
            "{},Trui model {kind} maat {shelf} nr {number},{price},21,Kleding > Groep {shelf}",
            gtin(number)
        )?;
    }
    Ok(csv)
}

/// The customers come down as from head office. In the order of their cards, so that making them does not take long.
fn cards(store: &mut Store) -> Result<()> {
    let key = store
        .identity()
        .context("the till was just enrolled")?
        .directory_key;
    let mut cards: Vec<_> = (0..CARDS).map(|n| card_hash(&key, &card(n))).collect();
    cards.sort_unstable_by_key(|card| card.0);
    let mut cursor = 0;
    for (page, cards) in (0_u128..).zip(cards.chunks(PAGE)) {
        let first = page * PAGE as u128;
        let changes = (first..)
            .zip(cards)
            .map(|(number, card)| {
                Down::Customer(DirectoryEntry {
                    customer: CustomerId(number.to_be_bytes()),
                    cards: vec![*card],
                    name: Some("Jip".to_owned()),
                    points: 120,
                    visits: 7,
                    phase: Some("loyaliteit".to_owned()),
                    state: None,
                    last_visit: chrono::NaiveDate::from_ymd_opt(2026, 5, 4),
                })
            })
            .collect();
        let page = DownPage {
            changes,
            cursor: cursor + cards.len() as u64,
            complete: false,
            watermark: None,
            run: "large".to_owned(),
        };
        store.apply_down(cursor, &page)?;
        cursor = page.cursor;
    }
    Ok(())
}
