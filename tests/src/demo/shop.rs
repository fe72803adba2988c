//! The demo's shop: laid out in a folder the first time, found again the next.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Europe::Amsterdam;
use ed25519_dalek::SigningKey;
use indicatif::{ProgressBar, ProgressStyle};
use retail::clock::{Clock, random_32, wall_time};
use retail::wire::EnrolRequest;
use terminal_app::config::{Config, Server};
use terminal_app::store::Store;
use terminal_app::sync::http::{HttpWire, Patience};
use terminal_app::sync::office::enrol;

use super::catalogue::{self, Sample};
use super::{history, year};
use crate::dice::Dice;
use crate::shop::office::HeadOffice;
use crate::shop::till::{Till, TillPlan};

/// Log-in of the owner.
pub const OWNER: (&str, &str) = ("eigenaar", "klantreis-demo");
/// Cashiers of both tills with their PINs.
pub const CASHIERS: [(&str, &str); 2] = [("Sanne", "1234"), ("Daan", "2345")];
/// The year is planned from this seed.
const SEED: u64 = 2026;
/// Written when everything is prepared.
const PREPARED: &str = "prepared";

/// Head office and two tills.
#[derive(Debug)]
pub struct Shop {
    /// Head office.
    pub office: HeadOffice,
    /// The tills.
    pub tills: Vec<Till>,
    /// The catalogue.
    pub samples: Vec<Sample>,
    /// Cards of customers of the year, with first names.
    pub cards: Vec<(String, &'static str)>,
    /// A card that nobody has yet.
    pub unused_card: String,
}

impl Shop {
    /// Lays the shop out, or finds it again; starts nothing but what it needs for that. `on_hub`: the devices of the first
    /// till hang on a hub.
    ///
    /// # Errors
    /// When the folder is not ours, or a command fails.
    pub fn prepare(dir: &Path, port_base: u16, on_hub: bool, clock: &dyn Clock) -> Result<Self> {
        let again = dir.join(PREPARED).exists();
        if !again {
            make_empty(dir)?;
        }
        let mut office = HeadOffice::new(dir, port_base + 2);
        let url = office.url();
        let tills = (0..2)
            .map(|index: u16| {
                let plan = TillPlan {
                    name: format!("Kassa {}", index + 1),
                    port: port_base + index,
                    server: Some(url.clone()),
                    extra: String::new(),
                    hub: on_hub && index == 0,
                };
                Till::new(&dir.join(format!("kassa-{}", index + 1)), plan)
            })
            .collect::<Result<Vec<_>>>()?;
        let samples = catalogue::samples()?;
        let today = clock.now().with_timezone(&Amsterdam).date_naive();
        let plan = year::plan(SEED, today - Days::new(1), tills.len(), samples.len());
        if !again {
            office.add_shop("utrecht", "Wol & Wilg")?;
            office.add_owner(OWNER.0, OWNER.1)?;
            office.start()?;
            prepare_tills(&office, &tills, &plan, &samples)?;
            std::fs::write(dir.join(PREPARED), "")?;
        }
        Ok(Self {
            office,
            tills,
            samples,
            cards: plan
                .people
                .iter()
                .map(|person| (person.card.clone(), person.name))
                .collect(),
            unused_card: year::card(9_999),
        })
    }

    /// Starts whatever does not run.
    pub fn start(&mut self) -> Result<()> {
        if !self.office.is_running() {
            self.office.start()?;
        }
        for till in &mut self.tills {
            if !till.is_running() {
                till.start()?;
            }
        }
        Ok(())
    }

    /// Stops everything kindly: tills first.
    pub fn stop(&mut self) -> Result<()> {
        for till in &mut self.tills {
            till.stop()?;
        }
        self.office.stop()
    }
}

/// A folder of our own, empty. One that holds something else is left alone.
fn make_empty(dir: &Path) -> Result<()> {
    let ours = ["head-office.db", "head-office.log", "kassa-1", "kassa-2"];
    if let Ok(entries) = std::fs::read_dir(dir) {
        for entry in entries {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            if !ours.iter().any(|own| name.starts_with(own)) {
                bail!(
                    "{} holds {name}, which is not the demo's: {ELSEWHERE}",
                    dir.display()
                );
            }
        }
        std::fs::remove_dir_all(dir).map_err(|error| {
            anyhow!("{} cannot be emptied ({error}): {ELSEWHERE}", dir.display())
        })?;
    }
    std::fs::create_dir_all(dir)
        .map_err(|error| anyhow!("{} cannot be made ({error}): {ELSEWHERE}", dir.display()))
}

/// What helps when the folder is none for the demo.
const ELSEWHERE: &str = "choose another folder with --dir";

/// Every port of the demo can be had; said before anything is laid out, with the name of who would listen there.
///
/// # Errors
/// The first port that another program has, and the way out.
pub fn ports_are_free(port_base: u16) -> Result<()> {
    for (port, who) in (port_base..).zip(["Kassa 1", "Kassa 2", "head office", "the counter"]) {
        if let Err(error) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            bail!(
                "port {port}, for {who}, cannot be had ({error}): stop the program that uses it (another demo?), or choose \
                 other ports with --port-base, such as --port-base {}",
                elsewhere(port_base)
            );
        }
    }
    Ok(())
}

/// Another first port, far enough from this one for all four.
const fn elsewhere(port_base: u16) -> u16 {
    if port_base.abs_diff(7170) < 4 {
        7270
    } else {
        7170
    }
}

fn prepare_tills(
    office: &HeadOffice,
    tills: &[Till],
    plan: &year::Year,
    samples: &[Sample],
) -> Result<()> {
    let mut configs = Vec::new();
    for (till, number) in tills.iter().zip(0_u64..) {
        till.import_articles(catalogue::CSV)?;
        for (name, pin) in CASHIERS {
            till.add_cashier(name, pin)?;
        }
        let config = Config::load(&till.config())?;
        enrol_in_the_past(office, &config, plan, number)?;
        configs.push(config);
    }
    let bar = progress(plan.visits.len(), "a year at the tills");
    history::live(&configs, plan, samples, SEED, &|done| {
        bar.set_position(u64::try_from(done).unwrap_or(0))
    })?;
    bar.finish();
    let bar = progress(tills.len(), "to head office");
    for till in tills {
        till.run(&["sync"], "")?;
        bar.inc(1);
    }
    bar.finish();
    Ok(())
}

/// Enrols a till as it would have been on the first day of the year: a journal begins before its first sale.
fn enrol_in_the_past(
    office: &HeadOffice,
    config: &Config,
    plan: &year::Year,
    number: u64,
) -> Result<()> {
    let first = plan
        .visits
        .iter()
        .map(|visit| visit.at.date())
        .min()
        .context("a year without visits")?;
    let key = SigningKey::from_bytes(&random_32(&mut Dice::new(SEED ^ (0x5EED << 8) ^ number)));
    let request = EnrolRequest {
        code: office.till_code("utrecht")?,
        public_key: hex::encode(key.verifying_key().to_bytes()),
        name: config.till.name.clone(),
        shop: None,
    };
    let server = Server {
        url: office.url(),
        ca: None,
    };
    let answer = enrol(&mut HttpWire::new(&server, Patience::Thread)?, &request)?;
    let mut store = Store::open(&config.store)?;
    store.enrol(&answer, &key, wall_time(morning_of(first)?, Amsterdam))?;
    Ok(())
}

fn morning_of(day: NaiveDate) -> Result<DateTime<Utc>> {
    let local = day
        .and_hms_opt(8, 0, 0)
        .and_then(|at| at.and_local_timezone(Amsterdam).earliest());
    Ok(local
        .context("a morning without eight o'clock")?
        .with_timezone(&Utc))
}

fn progress(steps: usize, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(0));
    if let Ok(style) = ProgressStyle::with_template("  {msg:<22} [{bar:36}] {pos}/{len} {elapsed}")
    {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(what);
    bar
}

/// The folder, absolute, whatever was given.
pub fn absolute(dir: &Path) -> Result<PathBuf> {
    std::path::absolute(dir).with_context(|| dir.display().to_string())
}

/// The machine's clock.
#[must_use]
pub fn machine_clock() -> Arc<dyn Clock> {
    Arc::new(terminal_app::clock::SystemClock::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_is_said_with_its_way_out() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = taken.local_addr().expect("it has an address").port();
        let said = ports_are_free(port).expect_err("it is taken").to_string();
        assert!(
            said.contains(&format!("port {port}, for Kassa 1")),
            "{said}"
        );
        assert!(said.contains("--port-base 7170"), "{said}");
        assert!(!said.contains("--listen"), "{said}");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_said_with_its_way_out() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        for dir in [Path::new("/proc/demo"), &file.path().join("demo")] {
            let said = format!("{:#}", make_empty(dir).expect_err("no folder"));
            assert!(said.contains("cannot be made"), "{said}");
            assert!(said.contains("--dir"), "{said}");
        }
    }
}
