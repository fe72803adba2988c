//! The till as a process, scanner and printer on pseudo-terminals: the way from the scanner's last byte to an answer with the
//! new state over HTTP, its memory after a day of sales, and how fast it starts.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tests::demo::year::card;
use tests::dice::Dice;
use tests::shop::till::Till;

use crate::counter::PIN;
use crate::large::{ARTICLES, CARDS, Place, RECEIPTS, gtin};
use crate::measure::{Figure, Samples, megabytes, resident_kib, short};
use crate::scan::within;

const SALES: u64 = 1_000;
const STARTS: usize = 7;
const MEMORY_KIB: u64 = 40 * 1024;
const START_MS: u128 = 500;

pub(crate) fn measure(place: &Place) -> Result<Vec<Figure>> {
    let (mut till, _) = place.large_till("till")?;
    let mut starts = Samples::default();
    for _ in 0..STARTS {
        starts.take(|| till.start())?;
        till.stop()?;
    }
    till.start()?;
    let fresh = memory(&till)?;
    till.log_in(PIN)?;
    let mut dice = Dice::new(4);
    let (mut scans, mut sales) = (Samples::default(), Samples::default());
    for number in 0..SALES {
        if number % 2 == 0 {
            scan(&mut till, &card(dice.below(CARDS)), &mut scans)?;
        }
        scan(&mut till, &gtin(dice.below(ARTICLES)), &mut scans)?;
        scan(&mut till, "KLR-CASH", &mut sales)?;
    }
    let state = till.state()?;
    if !state["notice"].is_null() || state["last"].is_null() {
        bail!("the last sale did not go well: {state:#}");
    }
    till.wait_printed()?;
    let idle = memory(&till)?;
    till.stop()?;
    Ok(vec![
        within(
            "last byte of a scan on the line -> new state answered over HTTP (process)",
            &scans,
        ),
        Figure::new(
            "KLR-CASH on the line -> sale committed and shown (process)",
            sales.text(),
            sales.len(),
        ),
        Figure::new("memory of the till, just started", megabytes(fresh), 1),
        Figure::new("memory of the till, idle after 1,000 sales", megabytes(idle), 1)
            .budget("40 MB", idle < MEMORY_KIB),
        Figure::new(
            format!("start of the till with 1,000,000 cards and {RECEIPTS} receipts, to the line with its address"),
            format!("p50 {}, longest {}", short(starts.median()), short(starts.most())),
            starts.len(),
        )
        .budget("0.5 s", starts.most().as_millis() < START_MS),
    ])
}

fn memory(till: &Till) -> Result<u64> {
    resident_kib(till.process_id().context("the till does not run")?)
}

/// One scan, timed until the till has answered it with a sound.
fn scan(till: &mut Till, code: &str, samples: &mut Samples) -> Result<()> {
    let before = till.state()?;
    let sounds = |state: &Value| state["sound"][0].as_u64().unwrap_or(0);
    samples.take(|| -> Result<()> {
        till.scanner.scan(code)?;
        let mut state = before.clone();
        // Each round waits for a change; other changes may come between.
        for _ in 0..20 {
            let rev = state["rev"].as_u64().unwrap_or(0);
            state = serde_json::from_str(&till.text(&format!("/state?after={rev}"))?)?;
            if sounds(&state) > sounds(&before) {
                return Ok(());
            }
        }
        bail!("{code} was not answered: {state:#}")
    })
}
