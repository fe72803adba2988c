//! A shop in a folder of its own, opened as a shopkeeper opens it: by commands and scans. For stories.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use retail::event::{Body, Event};
use retail::ids::ReceiptNumber;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::office::HeadOffice;
use super::till::{Till, TillPlan};
use crate::demo::{catalogue, check};

/// The PIN of the one cashier.
pub const PIN: &str = "1234";
/// The log-in of the owner.
pub const OWNER: (&str, &str) = ("eigenaar", "een lang wachtwoord");

/// Head office and tills in a folder that goes away with it.
#[derive(Debug)]
pub struct Counter {
    /// Head office; its server runs.
    pub office: HeadOffice,
    /// The tills; they do not run yet.
    pub tills: Vec<Till>,
    /// The folder.
    pub dir: TempDir,
}

impl Counter {
    /// A shop with so many tills: enrolled, with articles and a cashier.
    ///
    /// # Errors
    /// When a command fails.
    pub fn open(tills: usize) -> Result<Self> {
        Self::open_with(tills, false)
    }

    /// A shop with one till whose devices hang on a hub.
    ///
    /// # Errors
    /// When a command fails, or there is no hub to be had.
    pub fn open_on_hub() -> Result<Self> {
        Self::open_with(1, true)
    }

    fn open_with(tills: usize, hub: bool) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let mut office = HeadOffice::new(dir.path(), 0);
        office.add_shop("utrecht", "Wol & Wilg")?;
        office.start()?;
        let tills = (1..=tills)
            .map(|number| {
                let folder = dir.path().join(format!("kassa-{number}"));
                let plan = TillPlan {
                    name: format!("Kassa {number}"),
                    port: 0,
                    server: Some(office.url()),
                    extra: String::new(),
                    hub,
                };
                let till = Till::new(&folder, plan)?;
                till.enrol(&office.till_code("utrecht")?)?;
                till.import_articles(catalogue::CSV)?;
                till.add_cashier("Sanne", PIN)?;
                Ok(till)
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Self { office, tills, dir })
    }

    /// Starts every till, with the cashier logged in.
    ///
    /// # Errors
    /// When one does not start.
    pub fn start(&mut self) -> Result<()> {
        for till in &mut self.tills {
            till.start()?;
            till.log_in(PIN)?;
        }
        Ok(())
    }
}

/// A till in a folder, not enrolled, its screen on a free port.
///
/// # Errors
/// When the folder or the devices cannot be made.
pub fn lay_out(dir: &Path, name: &str, server: Option<String>) -> Result<Till> {
    Till::new(
        dir,
        TillPlan {
            name: name.to_owned(),
            port: 0,
            server,
            extra: String::new(),
            hub: false,
        },
    )
}

/// The number of article `index` of the sample catalogue.
/// Empty when there is none.
#[must_use]
pub fn gtin(index: usize) -> String {
    catalogue::CSV
        .lines()
        .nth(index + 1)
        .and_then(|line| line.split(',').next())
        .unwrap_or_default()
        .to_owned()
}

/// Scans all of it and pays with the command barcode; gives the receipt that was written. The scanner alone does it.
///
/// # Errors
/// When a code is answered with a notice, or no receipt comes.
pub fn sell(till: &mut Till, codes: &[&str], pay: &str) -> Result<ReceiptNumber> {
    let before = last_receipt(&till.state()?);
    for code in codes {
        let state = till.scan(code)?;
        ensure!(
            state["notice"].is_null(),
            "{code} was answered with {}",
            state["notice"]
        );
    }
    till.scanner.scan(pay)?;
    wait_receipt(till, before)
}

/// Waits for a receipt after `before`, and a till that is ready for the next customer.
///
/// # Errors
/// When none comes.
pub fn wait_receipt(till: &Till, before: Option<ReceiptNumber>) -> Result<ReceiptNumber> {
    let state = till.wait("a new receipt, ready for the next customer", |state| {
        last_receipt(state) != before
            && state["mode"]["mode"] == "selling"
            && state["basket"] == json!([])
    })?;
    last_receipt(&state).context("no receipt on the screen")
}

/// The receipt the screen shows as the last one.
#[must_use]
pub fn last_receipt(state: &Value) -> Option<ReceiptNumber> {
    serde_json::from_value(state["last"]["number"].clone()).ok()
}

/// The article numbers in the basket on the screen, in order.
#[must_use]
pub fn basket(state: &Value) -> Vec<String> {
    let rows = state["basket"].as_array().map_or(&[][..], Vec::as_slice);
    rows.iter()
        .filter_map(|row| row["gtin"].as_str().map(short))
        .collect()
}

/// An article number without the zeros that fill it up to 14 digits.
fn short(gtin: &str) -> String {
    gtin.trim_start_matches('0').to_owned()
}

/// Everything in a till's journal, read.
///
/// # Errors
/// When the export fails or an event cannot be read.
pub fn journal(till: &Till) -> Result<Vec<Event>> {
    check::of_till(till)?
        .iter()
        .map(|(_, (_, bytes))| Ok(Event::read(bytes.as_bytes())?))
        .collect()
}

/// Numbers of the receipts in these events with the article numbers on each, in order; returns included.
#[must_use]
pub fn receipts(events: &[Event]) -> Vec<(ReceiptNumber, Vec<String>)> {
    events
        .iter()
        .filter_map(|event| {
            let receipt = match &event.body {
                Body::Sale(sale) => sale,
                Body::Return(back) => &back.receipt,
                _ => return None,
            };
            let number = ReceiptNumber {
                till: event.position.till,
                epoch: event.position.epoch,
                serial: receipt.receipt,
            };
            let gtins = receipt.lines.iter().map(|line| short(&line.gtin)).collect();
            Some((number, gtins))
        })
        .collect()
}
