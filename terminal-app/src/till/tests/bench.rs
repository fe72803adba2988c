//! A till on a workbench: a shelf in memory that keeps what is committed, as the store does.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use retail::article::{Article, article_key};
use retail::clock::Entropy;
use retail::event::Body;
use retail::ids::{CashierId, CustomerId, Epoch, ReceiptNumber, ReceiptSerial, TillId};
use retail::money::Cents;
use retail::quantity::Unit;
use retail::sale::{Return, Sale};
use retail::vat::VatRate;

use crate::till::input::{Cashier, ScannedCode};
use crate::till::shelf::{Customer, ReceiptLookup, ReceiptOnFile, ReturnOnFile, ShelfError};
use crate::till::{Action, Beep, Commit, Effect, Env, Input, Now, Setup, Shelf, State, View};

/// Ends in a right check digit.
pub(super) fn ean(body: &str) -> String {
    let check = retail::barcode::check::key_check_digit(body).unwrap();
    format!("{body}{check}")
}

pub(super) const SHIRT: &str = "871234567890";
pub(super) const TEA: &str = "871000000001";
pub(super) const COLA: &str = "871000000002";
pub(super) const BUTTON: &str = "871000000003";
pub(super) const CHEESE: &str = "2112345";
pub(super) const CARD: &str = "261000000001";
pub(super) const OTHER_CARD: &str = "261000000003";
pub(super) const NEW_CARD: &str = "261000000002";

/// Whose card [`CARD`] is; every other one is of Truus.
pub(super) const JIP: CustomerId = CustomerId([7; 16]);

#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) articles: BTreeMap<String, Article>,
    pub(super) cards: BTreeMap<String, CustomerId>,
    pub(super) sales: BTreeMap<ReceiptNumber, (Sale, Option<CustomerId>)>,
    pub(super) returns: Vec<(ReceiptNumber, Return)>,
    pub(super) broken: bool,
}

impl Shelf for Memory {
    fn article(&self, number: &str) -> Result<Option<Article>, ShelfError> {
        if self.broken {
            return Err(ShelfError("the disk is gone".to_owned()));
        }
        Ok(self.articles.get(article_key(number)).cloned())
    }

    fn search(&self, words: &str, limit: usize) -> Result<Vec<Article>, ShelfError> {
        let words = words.to_lowercase();
        Ok(self
            .articles
            .values()
            .filter(|article| article.name.to_lowercase().contains(&words))
            .take(limit)
            .cloned()
            .collect())
    }

    fn customer_by_card(&self, card: &str) -> Result<Option<Customer>, ShelfError> {
        match self.cards.get(card) {
            Some(id) => self.customer(*id),
            None => Ok(None),
        }
    }

    fn customer(&self, id: CustomerId) -> Result<Option<Customer>, ShelfError> {
        let sales = self
            .sales
            .values()
            .filter(|(_, customer)| *customer == Some(id));
        Ok(Some(Customer {
            id,
            name: Some(if id == JIP { "Jip" } else { "Truus" }.to_owned()),
            points: sales.map(|(sale, _)| sale.points).sum(),
            visits: 0,
            phase: None,
            state: None,
            last_visit: None,
        }))
    }

    fn receipt(&self, number: ReceiptNumber) -> Result<ReceiptLookup, ShelfError> {
        if number.till.get() != 1 {
            return Ok(ReceiptLookup::Elsewhere);
        }
        if self.returns.iter().any(|(n, _)| *n == number) {
            return Ok(ReceiptLookup::IsReturn);
        }
        Ok(match self.sales.get(&number) {
            None => ReceiptLookup::Missing,
            Some((sale, customer)) => ReceiptLookup::Found(Box::new(ReceiptOnFile {
                number,
                sale: sale.clone(),
                returns: self.returns_of(number)?,
                customer: *customer,
            })),
        })
    }

    fn returns_of(&self, number: ReceiptNumber) -> Result<Vec<ReturnOnFile>, ShelfError> {
        let of = self.returns.iter().filter(|(_, back)| back.of == number);
        Ok(of
            .map(|(number, back)| ReturnOnFile {
                number: *number,
                back: back.clone(),
            })
            .collect())
    }

    fn last_receipt(&self) -> Result<Option<ReceiptNumber>, ShelfError> {
        let sales = self.sales.keys().copied();
        Ok(sales.chain(self.returns.iter().map(|(n, _)| *n)).max())
    }

    fn next_receipt(&self) -> Option<ReceiptNumber> {
        let count = self.sales.len() + self.returns.len();
        Some(number(u32::try_from(count).ok()? + 1))
    }
}

pub(super) fn number(serial: u32) -> ReceiptNumber {
    ReceiptNumber {
        till: TillId::new(1).unwrap(),
        epoch: Epoch::FIRST,
        serial: ReceiptSerial::new(serial).unwrap(),
    }
}

/// Bytes that count up.
#[derive(Debug, Default)]
pub(super) struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
    }
}

/// A step commits at most once, since it is taken back whole when that fails; and whatever its commit reports - drawer,
/// question to the terminal, sound - stands behind it.
#[track_caller]
fn check_order(effects: &[Effect]) {
    let commits: Vec<usize> = (0..)
        .zip(effects)
        .filter(|(_, effect)| matches!(effect, Effect::Commit(_)))
        .map(|(at, _)| at)
        .collect();
    assert!(commits.len() <= 1, "two commits in a step: {effects:?}");
    if let Some(commit) = commits.first() {
        let early = effects.iter().take(*commit).find(|effect| {
            let is_act = matches!(effect, Effect::OpenDrawer | Effect::AskTerminal { .. });
            is_act || matches!(effect, Effect::Beep(_))
        });
        assert_eq!(early, None, "it acts before its commit");
    }
}

/// A till with its shelf, and everything it asked for.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) state: State,
    pub(super) shelf: Memory,
    pub(super) effects: Vec<Effect>,
    pub(super) events: Vec<Body>,
    pub(super) mono_ms: u64,
    entropy: Counting,
    actions: u32,
}

pub(super) fn article(body: &str, name: &str, price: Option<i64>, vat: VatRate) -> Article {
    Article {
        gtin: ean(body),
        name: name.to_owned(),
        price: price.map(Cents),
        vat,
        category: "Kleding > Truien".to_owned(),
        unit: Unit::Piece,
        deposit: None,
    }
}

pub(super) fn at() -> DateTime<FixedOffset> {
    "2026-11-21T14:03:00+01:00".parse().unwrap()
}

impl Bench {
    /// Somebody is logged in; four articles, one customer.
    pub(super) fn new() -> Self {
        Self::with(true, true)
    }

    /// As [`Self::new`], in a shop with more tills.
    pub(super) fn with_head_office() -> Self {
        let mut bench = Self::new();
        let setup = Setup {
            head_office: true,
            ..(*bench.state.setup).clone()
        };
        bench.state.setup = Arc::new(setup);
        bench
    }

    pub(super) fn with(cash_rounding: bool, logged_in: bool) -> Self {
        let mut shelf = Memory::default();
        let cola = Article {
            deposit: Some(Cents(15)),
            ..article(COLA, "Cola", Some(149), VatRate::LOW)
        };
        let cheese = Article {
            gtin: ean(&format!("{CHEESE}00000")),
            unit: Unit::Kilogram,
            ..article(TEA, "Kaas", Some(1299), VatRate::LOW)
        };
        for article in [
            article(SHIRT, "T-shirt", Some(1999), VatRate::HIGH),
            article(TEA, "Thee", Some(298), VatRate::LOW),
            article(BUTTON, "Losse knoop", None, VatRate::HIGH),
            cola,
            cheese,
        ] {
            shelf
                .articles
                .insert(article_key(&article.gtin).to_owned(), article);
        }
        shelf.cards.insert(ean(CARD), JIP);
        shelf.cards.insert(ean(OTHER_CARD), CustomerId([8; 16]));
        let setup = Setup {
            shop: "De Wollen Draad".to_owned(),
            till: "Kassa 1".to_owned(),
            cash_rounding,
            head_office: false,
            pin_by_cashier: true,
            barcodes: retail::barcode::Settings::default(),
        };
        let anna = Cashier {
            id: CashierId::new(1).unwrap(),
            name: "Anna".to_owned(),
        };
        let mut state = State::new(Arc::new(setup), vec![anna.clone()], None);
        if logged_in {
            state.work.cashier = Some(anna);
        }
        Self {
            state,
            shelf,
            effects: Vec::new(),
            events: Vec::new(),
            mono_ms: 1_000,
            entropy: Counting::default(),
            actions: 0,
        }
    }

    /// One step; what it committed is on the shelf afterwards.
    pub(super) fn input(&mut self, input: Input) -> Vec<Effect> {
        let mut env = Env {
            shelf: &self.shelf,
            entropy: &mut self.entropy,
            now: Now {
                wall: at(),
                mono_ms: self.mono_ms,
            },
        };
        let effects = self.state.step(input, &mut env);
        check_order(&effects);
        for effect in &effects {
            if let Effect::Commit(commit) = effect {
                self.keep(commit);
            }
        }
        self.effects.clone_from(&effects);
        effects
    }

    fn keep(&mut self, commit: &Commit) {
        for new in &commit.events {
            let customer = new.link.map(|(_, customer)| customer);
            let next = self.shelf.next_receipt().unwrap();
            match &new.body {
                Body::Sale(sale) => {
                    assert_eq!(sale.receipt, next.serial, "receipt numbers have no gaps");
                    assert!(sale.is_balanced(), "{sale:?}");
                    self.shelf.sales.insert(next, (sale.clone(), customer));
                }
                Body::Return(back) => {
                    assert_eq!(back.receipt.receipt, next.serial);
                    assert!(back.receipt.is_balanced(), "{back:?}");
                    self.shelf.returns.push((next, back.clone()));
                }
                _ => {}
            }
            for profile in &new.profiles {
                if let Some(card) = &profile.card {
                    self.shelf.cards.insert(card.clone(), profile.customer);
                }
            }
            self.events.push(new.body.clone());
        }
    }

    pub(super) fn scan(&mut self, data: &str) -> Vec<Effect> {
        self.input(Input::Scan(ScannedCode {
            data: data.as_bytes().to_vec(),
            ssi_type: None,
            scanner: "scanner".to_owned(),
        }))
    }

    /// Scans an article by the twelve digits in front of its check digit.
    pub(super) fn article(&mut self, body: &str) -> Vec<Effect> {
        self.scan(&ean(body))
    }

    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        self.actions += 1;
        let id = format!("action-{}", self.actions);
        self.input(Input::Action { id, action })
    }

    pub(super) fn view(&self) -> View {
        let now = Now {
            wall: at(),
            mono_ms: self.mono_ms,
        };
        self.state.view(true, &now)
    }

    pub(super) fn beeps(&self) -> Vec<Beep> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Beep(beep) => Some(*beep),
                _ => None,
            })
            .collect()
    }

    pub(super) fn opens_drawer(&self) -> bool {
        self.effects.contains(&Effect::OpenDrawer)
    }

    /// The last event, which is a sale.
    #[track_caller]
    pub(super) fn sale(&self) -> Sale {
        match self.events.last() {
            Some(Body::Sale(sale)) => sale.clone(),
            other => panic!("no sale but {other:?}"),
        }
    }

    /// The last event, which is a return.
    #[track_caller]
    pub(super) fn back(&self) -> Return {
        match self.events.last() {
            Some(Body::Return(back)) => back.clone(),
            other => panic!("no return but {other:?}"),
        }
    }

    /// Stops and starts: what was saved is read again.
    pub(super) fn restart(&mut self) {
        let saved = serde_json::to_string(self.state.work()).unwrap();
        let work = serde_json::from_str(&saved).unwrap();
        self.state = State::new(
            Arc::clone(&self.state.setup),
            self.state.cashiers.clone(),
            Some(work),
        );
    }
}
