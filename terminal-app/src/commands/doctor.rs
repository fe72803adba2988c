//! `doctor`: everything a till stands on, looked over: one line each, with the cure where something is wrong.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use retail::clock::{Clock, random_16, wall_time};
use retail::wire::HeadsQuery;

use crate::clock::{SystemClock, SystemEntropy};
use crate::config::Config;
use crate::error::CliError;
use crate::out;
use crate::peripherals::doctor as devices;
use crate::peripherals::line;
use crate::runtime::{Watch, free_mb};
use crate::store::Store;
use crate::sync::http::{HttpWire, Patience};
use crate::sync::office::{Client, HeadOffice as _};
use crate::sync::outbox::Outbox as _;

struct Findings {
    wrong: u32,
}

impl Findings {
    fn say(&mut self, what: &str, text: &str, cure: Option<&str>) -> Result<(), CliError> {
        let sign = if cure.is_some() { "!!" } else { "ok" };
        self.wrong += u32::from(cure.is_some());
        out::line(format!("{sign} {what}: {text}"))?;
        match cure {
            Some(cure) if !cure.is_empty() => out::line(format!("   {cure}")),
            _ => Ok(()),
        }
    }
}

pub(super) fn run(config: &Config) -> Result<(), CliError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let mut found = Findings { wrong: 0 };
    found.say("settings", &config.file.display().to_string(), None)?;
    let mut store = super::open(config)?;
    database(&mut found, config, &mut store)?;
    clock_and_disk(&mut found, config, &store, clock.as_ref())?;
    let language = config.screen.language;
    let mut examined: Vec<(&str, devices::Examined)> = config
        .scanners
        .iter()
        .map(|scanner| {
            (
                "scanner",
                devices::scanner(&line::Settings::from(&scanner.serial)),
            )
        })
        .collect();
    if let Some(printer) = &config.printer {
        let line = line::Settings::from(&printer.serial);
        examined.push(("printer", devices::printer(&line, Arc::clone(&clock))));
    }
    for (what, device) in examined {
        let cure = if device.is_well() {
            None
        } else {
            Some(device.cure(language).unwrap_or_default())
        };
        found.say(what, &device.text(language), cure.as_deref())?;
    }
    head_office(&mut found, config, &mut store)?;
    if found.wrong == 0 {
        Ok(())
    } else {
        Err(CliError::new(
            format!("{} finding(s) need attention", found.wrong),
            "",
        ))
    }
}

fn database(found: &mut Findings, config: &Config, store: &mut Store) -> Result<(), CliError> {
    found.say("SQLite", rusqlite::version(), None)?;
    let path = &config.store;
    let mode = rights(path);
    let private = mode.is_some_and(|mode| mode & 0o077 == 0);
    found.say(
        "database",
        &format!("{} (mode {:o})", path.display(), mode.unwrap_or(0)),
        (!private).then_some("take the rights of others away: chmod 600"),
    )?;
    match store.identity() {
        Some(identity) if identity.shop == config.shop.id => {
            let text = format!("till {} of shop {}", identity.till, identity.shop);
            found.say("enrolled", &text, None)?;
        }
        Some(identity) => {
            let text = format!(
                "in shop {}, the settings say {}",
                identity.shop, config.shop.id
            );
            found.say(
                "enrolled",
                &text,
                Some("set [shop] id as it was at enrolment"),
            )?;
        }
        None => found.say(
            "enrolled",
            "no: the till sells nothing",
            Some("terminal-app enrol --code CODE; head office gives the code out"),
        )?,
    }
    let articles = store.article_count()?;
    found.say(
        "articles",
        &articles.to_string(),
        (articles == 0).then_some("terminal-app articles import FILE.csv"),
    )?;
    let cashiers = store.cashiers()?.len();
    found.say(
        "cashiers",
        &cashiers.to_string(),
        (cashiers == 0 && config.till.cashier.is_none())
            .then_some("terminal-app cashier add --name N --pin-stdin"),
    )
}

fn rights(path: &Path) -> Option<u32> {
    Some(std::fs::metadata(path).ok()?.permissions().mode() & 0o777)
}

fn clock_and_disk(
    found: &mut Findings,
    config: &Config,
    store: &Store,
    clock: &dyn Clock,
) -> Result<(), CliError> {
    let now = clock.now();
    let free = free_mb(&config.store);
    let health = Watch::default().look(now, store.last_event_ms()?, free);
    let time = wall_time(now, config.shop.time_zone);
    found.say(
        "clock",
        &format!(
            "{} ({})",
            time.format("%d-%m-%Y %H:%M:%S"),
            config.shop.time_zone
        ),
        health
            .clock
            .map(|_| "the clock is wrong: set it, and let systemd-timesyncd or chrony keep it"),
    )?;
    let room = free.map_or("unknown".to_owned(), |mb| format!("{mb} MB free"));
    found.say(
        "disk",
        &room,
        health
            .disk
            .map(|_| "make room: a till that cannot write cannot sell"),
    )
}

fn head_office(found: &mut Findings, config: &Config, store: &mut Store) -> Result<(), CliError> {
    let Some(server) = &config.server else {
        return found.say("head office", "none in the settings", None);
    };
    let waiting = store.standing().map_or(0, |standing| standing.waiting);
    let wait = format!("{} ({waiting} events wait here)", server.url);
    let Some(identity) = store.identity() else {
        return found.say("head office", &server.url, None);
    };
    let wire = HttpWire::new(server, Patience::Cashier)
        .map_err(|e| CliError::new(e.to_string(), "check [server] ca"))?;
    let key = identity.key.clone();
    let mut office = Client::new(wire, identity.till, key, Box::new(SystemEntropy));
    let query = HeadsQuery {
        nonce: hex::encode(random_16(&mut SystemEntropy)),
        locator: Vec::new(),
    };
    match office.heads(&query) {
        Ok(_) => found.say("head office", &format!("{wait}: answers"), None),
        Err(error) => found.say(
            "head office",
            &format!("{wait}: {error}"),
            Some("check [server] url and the network; the till sells on and keeps everything"),
        ),
    }
}
