//! `doctor`: everything a till stands on, looked over: a line each, in the language of the screen, with what to do about it.
//! Only looks: prints nothing, opens no drawer, makes no database where there is none.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use retail::clock::{Clock, wall_time};

use self::words::Words;
use crate::clock::{SystemClock, SystemEntropy};
use crate::config::Config;
use crate::error::CliError;
use crate::out;
use crate::peripherals::doctor as devices;
use crate::peripherals::hub::doctor::{self as hub, HubLook};
use crate::peripherals::line;
use crate::runtime::{Running, Watch, free_mb};
use crate::screen::strings::fill;
use crate::store::{Store, StoreError};
use crate::sync::office::Request;
use crate::till::input::Cashier;

mod office;
mod screen;
mod words;

struct Findings<'a> {
    config: &'a Config,
    w: &'static Words,
    /// The till that runs on this database.
    running: Option<Running>,
    wrong: u32,
}

/// What a look came to.
enum Look {
    Well,
    Wrong,
}

impl Findings<'_> {
    /// A line, and under it what to do.
    fn say(
        &mut self,
        what: &str,
        text: &str,
        look: Look,
        advice: Option<&str>,
    ) -> Result<(), CliError> {
        let sign = match look {
            Look::Well => "ok",
            Look::Wrong => {
                self.wrong += 1;
                "!!"
            }
        };
        out::line(format!("{sign} {what}: {text}"))?;
        match advice {
            Some(advice) => out::line(format!("   {advice}")),
            None => Ok(()),
        }
    }

    fn well(&mut self, what: &str, text: &str) -> Result<(), CliError> {
        self.say(what, text, Look::Well, None)
    }

    /// Well, or wrong with its cure.
    fn judge(&mut self, what: &str, text: &str, is_well: bool, cure: &str) -> Result<(), CliError> {
        if is_well {
            self.well(what, text)
        } else {
            self.say(what, text, Look::Wrong, Some(cure))
        }
    }
}

pub(super) fn run(config: &Config) -> Result<(), CliError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let w = Words::of(config.screen.language);
    let mut found = Findings {
        config,
        w,
        running: Running::on(&config.store),
        wrong: 0,
    };
    found.well(w.settings, &config.file.display().to_string())?;
    found.well("SQLite", rusqlite::version())?;
    let mut store = if config.store.exists() {
        match super::open_store(config) {
            Ok(store) => Some(store),
            Err(error) => {
                found.unreadable(Stop::Store(error))?;
                None
            }
        }
    } else {
        // A slip in [store] path must not look like a till that is well.
        let text = fill(w.no_database, &[&config.store.display()]);
        found.judge(w.database, &text, false, w.no_database_cure)?;
        None
    };
    if let Some(store) = &store {
        found
            .database(store)
            .or_else(|error| found.unreadable(error))?;
    }
    found.clock_and_disk(store.as_ref(), clock.as_ref())?;
    found.screen()?;
    found.devices(&clock)?;
    found.hub(store.as_ref(), &clock)?;
    found.running_printer()?;
    found.head_office(store.as_mut())?;
    match found.wrong {
        0 => return out::line(w.all_well),
        1 => out::line(w.one_wrong)?,
        more => out::line(fill(w.some_wrong, &[&more]))?,
    }
    // Everything is said already, where it belongs.
    Err(CliError {
        message: String::new(),
        hint: None,
        code: 1,
    })
}

/// Looking into the database failed, or saying so did.
enum Stop {
    Store(StoreError),
    Said(CliError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<CliError> for Stop {
    fn from(error: CliError) -> Self {
        Self::Said(error)
    }
}

impl Findings<'_> {
    fn unreadable(&mut self, stop: Stop) -> Result<(), CliError> {
        let w = self.w;
        match stop {
            Stop::Said(error) => Err(error),
            Stop::Store(error) => {
                let (text, cure) = store_trouble(w, &error);
                let text = format!("{}: {text}", self.config.store.display());
                self.judge(w.database, &text, false, cure)
            }
        }
    }

    fn database(&mut self, store: &Store) -> Result<(), Stop> {
        let (w, config) = (self.w, self.config);
        let path = config.store.display();
        let mode = rights(&config.store);
        self.judge(
            w.database,
            &format!("{path} ({} {:o})", w.rights, mode.unwrap_or(0)),
            mode.is_some_and(|mode| mode & 0o077 == 0),
            &format!("{} {path}", w.rights_cure),
        )?;
        let shop = &config.shop.id;
        match store.identity() {
            Some(identity) if identity.shop == *shop => {
                let name = &config.till.name;
                let text = fill(w.enrolled_as, &[name, &identity.till, &identity.shop]);
                self.well(w.enrolled, &text)?;
            }
            Some(identity) => {
                let text = fill(w.other_shop, &[&identity.shop, shop]);
                self.judge(w.enrolled, &text, false, w.other_shop_cure)?;
            }
            None => self.judge(w.enrolled, w.not_enrolled, false, w.not_enrolled_cure)?,
        }
        if let Some((_, hole)) = store.behind_marker()? {
            let text = match &hole {
                Some(hole) => fill(w.journal_behind, &[&hole.from, &hole.to, &hole.epoch]),
                None => w.journal_other.to_owned(),
            };
            self.judge(w.journal, &text, false, w.journal_cure)?;
        }
        let articles = store.article_count()?;
        self.judge(
            w.articles,
            &articles.to_string(),
            articles > 0,
            w.articles_cure,
        )?;
        self.cashiers(&store.cashiers()?)?;
        Ok(())
    }

    /// Somebody can log in, and whom the settings log in is there.
    fn cashiers(&mut self, there: &[Cashier]) -> Result<(), CliError> {
        let w = self.w;
        let count = there.len().to_string();
        match &self.config.till.cashier {
            Some(wanted) if !there.is_empty() && !there.iter().any(|c| c.is_called(wanted)) => {
                let text = fill(w.cashier_unknown, &[&count, wanted]);
                self.judge(w.cashiers, &text, false, w.cashier_unknown_cure)
            }
            named => {
                let well = named.is_some() || !there.is_empty();
                self.judge(w.cashiers, &count, well, w.cashiers_cure)
            }
        }
    }

    fn clock_and_disk(&mut self, store: Option<&Store>, clock: &dyn Clock) -> Result<(), CliError> {
        let (w, config) = (self.w, self.config);
        let now = clock.now();
        let free = free_mb(&config.store);
        // A journal that cannot be read has been said already; the clock is then held against the calendar alone.
        let last = store.and_then(|store| store.last_event_ms().ok().flatten());
        let health = Watch::default().look(now, last, free);
        let time = wall_time(now, config.shop.time_zone);
        let zone = config.shop.time_zone;
        self.judge(
            w.clock,
            &format!("{} ({zone})", time.format("%d-%m-%Y %H:%M:%S")),
            health.clock.is_none(),
            w.clock_cure,
        )?;
        let room = match free {
            Some(mb) => fill(w.disk_free, &[&mb]),
            None => w.disk_unknown.to_owned(),
        };
        self.judge(w.disk, &room, health.disk.is_none(), w.disk_cure)
    }

    fn devices(&mut self, clock: &Arc<dyn Clock>) -> Result<(), CliError> {
        let (w, config) = (self.w, self.config);
        if config.scanners.is_empty() && config.hub.is_none() {
            self.say(
                w.scanner,
                w.scanner_none,
                Look::Well,
                Some(w.scanner_none_cure),
            )?;
        }
        for scanner in &config.scanners {
            let line = line::Settings::from(&scanner.serial);
            self.device(w.scanner, devices::scanner(&line), &line)?;
        }
        match &config.printer {
            Some(printer) => {
                let line = line::Settings::from(&printer.serial);
                let examined = devices::printer(&line, Arc::clone(clock));
                self.device(w.printer, examined, &line)
            }
            None if config.hub.as_ref().is_some_and(|hub| hub.printer.is_some()) => Ok(()),
            None => self.say(
                w.printer,
                w.printer_none,
                Look::Well,
                Some(w.printer_none_cure),
            ),
        }
    }

    /// The hub and what hangs on it. The running till keeps its port: then the hub it heard last is named.
    fn hub(&mut self, store: Option<&Store>, clock: &Arc<dyn Clock>) -> Result<(), CliError> {
        let Some(hub) = &self.config.hub else {
            return Ok(());
        };
        let settings = line::Settings::from(&hub.serial);
        let printer = hub.printer.is_some();
        let look = hub::look(&settings, printer, Arc::clone(clock), &mut SystemEntropy);
        let look = look.with_till(self.has(&settings));
        let port = settings.path.display().to_string();
        for line in look.lines(&port, self.config.screen.language, printer, hub.drawer) {
            let what = if line.cure.is_some() {
                Look::Wrong
            } else {
                Look::Well
            };
            self.say(line.what, &line.text, what, line.cure.as_deref())?;
        }
        let in_use = matches!(look, HubLook::Port(devices::Finding::OurTill));
        // A database that cannot be read has been said already.
        let seen = store.and_then(|store| store.hub_seen().ok().flatten());
        match seen {
            Some(seen) if in_use => {
                let text = fill(
                    self.w.hub_seen_as,
                    &[&seen.firmware, &seen.board, &seen.protocol],
                );
                self.well(self.w.hub_seen, &text)
            }
            _ => Ok(()),
        }
    }

    /// The running till has this port open.
    fn has(&self, line: &line::Settings) -> bool {
        self.running
            .as_ref()
            .is_some_and(|running| running.has(&line.path))
    }

    fn device(
        &mut self,
        what: &str,
        device: devices::Examined,
        line: &line::Settings,
    ) -> Result<(), CliError> {
        let language = self.config.screen.language;
        let device = devices::Examined {
            finding: device.finding.with_till(self.has(line)),
            ..device
        };
        let look = if device.is_well() {
            Look::Well
        } else {
            Look::Wrong
        };
        let cure = device.cure(language);
        self.say(what, &device.text(language), look, cure.as_deref())
    }
}

/// Asks something that needs no signature and has no body.
fn get(path: &str) -> Request {
    Request {
        method: "GET",
        path: path.to_owned(),
        content_type: "application/json",
        body: Vec::new(),
        signed: None,
    }
}

/// What keeps the database from being used, and what to do about it.
fn store_trouble(w: &Words, error: &StoreError) -> (String, &'static str) {
    let (text, cure) = match error {
        StoreError::Full => (w.database_full, w.disk_cure),
        StoreError::Busy => (w.database_busy, w.database_busy_cure),
        StoreError::ReadOnly(_) | StoreError::File { .. } => {
            (w.database_rights, w.database_rights_cure)
        }
        StoreError::Damaged(_) => (w.database_damaged, w.database_damaged_cure),
        StoreError::Newer { .. } | StoreError::OtherHistory(_) => {
            (w.database_newer, w.database_newer_cure)
        }
        StoreError::NoWal(_) => (w.database_share, w.database_share_cure),
        other => return (format!("{} ({other})", w.database_fault), w.database_cure),
    };
    (text.to_owned(), cure)
}

fn rights(path: &Path) -> Option<u32> {
    Some(std::fs::metadata(path).ok()?.permissions().mode() & 0o777)
}
