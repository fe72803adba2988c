//! From a complete scan to what the screen shows, inside the till: the step on a real database, the view, the zones as HTML.

use std::sync::Arc;

use anyhow::{Result, ensure};
use terminal_app::config::Config;
use terminal_app::runtime::ReceiptPaper;
use terminal_app::screen::{Face, Language, Zones};
use terminal_app::store::Store;
use terminal_app::till::Action;
use tests::demo::year::card;
use tests::dice::Dice;

use crate::counter::{Counter, scanned};
use crate::large::{ARTICLES, CARDS, Place, gtin};
use crate::measure::{Figure, Samples, Stopwatch};

const SCANS: u64 = 5_000;
/// Lines after which the basket is emptied.
const BASKET: u64 = 10;
const BUDGET_MS: u128 = 10;

pub(crate) fn face(config: &Config) -> Face {
    Face {
        language: Language::Nl,
        keys: config.keys.clone(),
        zone: config.shop.time_zone,
    }
}

pub(crate) fn measure(place: &Place) -> Result<Vec<Figure>> {
    let (till, config) = place.large_till("scan")?;
    let store = Store::open(&till.store())?;
    store.for_the_loop()?;
    let face = face(&config);
    let mut counter = Counter::open(&config, store, Box::new(ReceiptPaper::new(&config)))?;
    let mut dice = Dice::new(2);
    let (mut articles, mut cards, mut drawn) =
        (Samples::default(), Samples::default(), Samples::default());
    for number in 0..SCANS {
        // One a basket: a second card is told, as it may be another customer's.
        let is_card = number % BASKET == BASKET / 2;
        let input = scanned(&if is_card {
            card(dice.below(CARDS))
        } else {
            gtin(dice.below(ARTICLES))
        });
        let watch = Stopwatch::start();
        counter.engine.step(&input);
        let view = Arc::new(counter.engine.view());
        let published = watch.elapsed();
        let zones = Zones::draw(&face, &view);
        drawn.push(watch.elapsed());
        if is_card {
            cards.push(published);
        } else {
            articles.push(published);
        }
        ensure!(
            view.notice.is_none() && !zones.basket.is_empty(),
            "a scan was refused: {:?}",
            view.notice
        );
        counter.engine.save_work();
        if number % BASKET == BASKET - 1 {
            counter.press(Action::Cancel);
            counter.engine.save_work();
            counter.engine.store().checkpoint()?;
        }
    }
    Ok(vec![
        within("scan of an article -> view (100,000 articles)", &articles),
        within("scan of a card -> view (1,000,000 cards)", &cards),
        within("either -> view and the zones of the page drawn", &drawn),
    ])
}

/// A figure against the budget of a scan.
pub(crate) fn within(what: &str, samples: &Samples) -> Figure {
    Figure::new(what, samples.text(), samples.len()).budget(
        format!("p99 {BUDGET_MS} ms"),
        samples.percentile(99).as_millis() < BUDGET_MS,
    )
}
