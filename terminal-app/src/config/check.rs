//! From what is written to what is meant: every value checked, with the line where it stands.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveTime;
use retail::barcode::Layout;
use retail::barcode::card::{self, PrefixError};
use toml::Spanned;

use super::devices::{hub, number, ports_differ, printer, scanners};
use super::raw::{self, line_of};
use super::shop::shop;
use super::{
    Config, ConfigError, Drawer, Language, NightWindow, PinTerminal, Screen, Server, Till,
};

/// The file at hand, for messages and relative paths.
pub(super) struct Context<'a> {
    pub(super) file: &'a Path,
    pub(super) text: &'a str,
}

impl Context<'_> {
    pub(super) fn wrong<T>(
        &self,
        at: &Spanned<T>,
        reason: impl Into<String>,
        cure: impl Into<String>,
    ) -> ConfigError {
        ConfigError {
            file: self.file.to_owned(),
            line: Some(line_of(self.text, at.span().start)),
            reason: reason.into(),
            cure: cure.into(),
        }
    }

    /// A path of the file: relative ones are relative to the file itself.
    pub(super) fn path(&self, written: &str) -> PathBuf {
        match self.file.parent() {
            Some(folder) => folder.join(written),
            None => PathBuf::from(written),
        }
    }

    pub(super) fn not_empty(
        &self,
        key: &str,
        value: &Spanned<String>,
    ) -> Result<String, ConfigError> {
        let text = value.get_ref().trim();
        if text.is_empty() {
            return Err(self.wrong(
                value,
                format!("`{key}` is empty"),
                format!("give `{key}` a value"),
            ));
        }
        Ok(text.to_owned())
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(
        &self,
        key: &str,
        value: Option<&Spanned<String>>,
        words: &[(&str, T)],
        default: T,
    ) -> Result<T, ConfigError> {
        let Some(value) = value else {
            return Ok(default);
        };
        let written = value.get_ref().trim().to_lowercase();
        words
            .iter()
            .find(|(word, _)| *word == written)
            .map(|(_, meaning)| *meaning)
            .ok_or_else(|| {
                let names: Vec<String> = words
                    .iter()
                    .map(|(word, _)| format!("\"{word}\""))
                    .collect();
                self.wrong(
                    value,
                    format!("`{key}` cannot be \"{}\"", value.get_ref()),
                    format!("use one of {}", names.join(", ")),
                )
            })
    }
}

pub(super) fn check(file: &Path, text: &str, raw: raw::Raw) -> Result<Config, ConfigError> {
    let cx = Context { file, text };
    let scanners = scanners(&cx, &raw.scanner)?;
    let printer = raw.printer.as_ref().map(|p| printer(&cx, p)).transpose()?;
    let hub = hub(&cx, &raw)?;
    ports_differ(&cx, &raw)?;
    Ok(Config {
        file: file.to_owned(),
        shop: shop(&cx, raw.shop)?,
        till: Till {
            name: cx.not_empty("name", &raw.till.name)?,
            cashier_line: raw
                .till
                .cashier
                .as_ref()
                .map(|cashier| line_of(text, cashier.span().start)),
            cashier: raw.till.cashier.map(|c| match c.into_inner() {
                raw::NameOrNumber::Name(name) => name,
                raw::NameOrNumber::Number(number) => number.to_string(),
            }),
        },
        store: match &raw.store.path {
            Some(path) => cx.path(&cx.not_empty("path", path)?),
            None => cx.path("till.db"),
        },
        screen: screen(&cx, &raw.screen)?,
        keys: raw.screen.keys.unwrap_or_default(),
        scanners,
        printer,
        hub,
        drawer: drawer(&cx, &raw.drawer)?,
        pin: cx.word(
            "terminal",
            raw.pin.terminal.as_ref(),
            &[
                ("cashier", PinTerminal::Cashier),
                ("simulated", PinTerminal::Simulated),
            ],
            PinTerminal::Cashier,
        )?,
        card_prefixes: card_prefixes(&cx, raw.loyalty.card_prefixes)?,
        layouts: layouts(&cx, raw.barcode.layouts)?,
        cash_rounding: raw.cash.rounding.unwrap_or(true),
        server: raw.server.as_ref().map(|s| server(&cx, s)).transpose()?,
        night: night(&cx, raw.sync.night.as_ref())?,
    })
}

fn screen(cx: &Context<'_>, raw: &raw::Screen) -> Result<Screen, ConfigError> {
    let listen = match &raw.listen {
        None => SocketAddr::from(([127, 0, 0, 1], 7070)),
        Some(listen) => listen.get_ref().trim().parse().map_err(|_| {
            cx.wrong(
                listen,
                format!("`listen` cannot be \"{}\"", listen.get_ref()),
                "use an address and a port up to 65535, such as \"127.0.0.1:7070\"",
            )
        })?,
    };
    let language = cx.word(
        "language",
        raw.language.as_ref(),
        &[("nl", Language::Nl), ("en", Language::En)],
        Language::Nl,
    )?;
    Ok(Screen { listen, language })
}

fn drawer(cx: &Context<'_>, raw: &raw::Drawer) -> Result<Drawer, ConfigError> {
    let pin = number(cx, "pin", raw.pin.as_ref(), &[2, 5], 2)?;
    let pulse_ms = match &raw.pulse_ms {
        None => 100,
        Some(ms) if (50..=200).contains(ms.get_ref()) => *ms.get_ref(),
        Some(ms) => {
            return Err(cx.wrong(
                ms,
                format!("`pulse_ms` cannot be {}", ms.get_ref()),
                "use 50 to 200 milliseconds",
            ));
        }
    };
    Ok(Drawer {
        pin: u8::from(pin == 5),
        pulse: Duration::from_millis(pulse_ms.unsigned_abs()),
    })
}

fn card_prefixes(
    cx: &Context<'_>,
    raw: Option<Spanned<Vec<Spanned<String>>>>,
) -> Result<Vec<String>, ConfigError> {
    let Some(raw) = raw else {
        return Ok(card::DEFAULT_PREFIXES.map(str::to_owned).to_vec());
    };
    if raw.get_ref().is_empty() {
        return Err(cx.wrong(
            &raw,
            "no number would be a loyalty card",
            "name the digits that the shop's cards begin with, such as [\"261\"], or leave the line out",
        ));
    }
    raw.into_inner()
        .into_iter()
        .map(|prefix| match card::check_prefix(prefix.get_ref()) {
            Ok(()) => Ok(prefix.into_inner()),
            Err(error) => Err(cx.wrong(
                &prefix,
                format!("\"{}\": {error}", prefix.get_ref()),
                match error {
                    PrefixError::Digits => {
                        "use the digits that the shop's cards begin with, such as \"261\""
                    }
                    PrefixError::Articles => {
                        "begin with 20 to 29, 02 or 04, which no maker's article has, such as \"261\"; or write the whole number of your own company at GS1, 7 digits or more"
                    }
                },
            )),
        })
        .collect()
}

fn layouts(
    cx: &Context<'_>,
    raw: Option<Vec<Spanned<String>>>,
) -> Result<Vec<Layout>, ConfigError> {
    let Some(raw) = raw else {
        return Ok(retail::barcode::Settings::default().layouts);
    };
    raw.into_iter()
        .map(|pattern| {
            Layout::parse(pattern.get_ref()).map_err(|error| {
                cx.wrong(
                    &pattern,
                    format!("\"{}\": {error}", pattern.get_ref()),
                    "write a pattern of 13 places, such as \"21IIIIIWWWWWC\" or \"23IIIIIPPPPPC\"",
                )
            })
        })
        .collect()
}

fn server(cx: &Context<'_>, raw: &raw::Server) -> Result<Server, ConfigError> {
    let url = cx.not_empty("url", &raw.url)?;
    let url = url.trim_end_matches('/');
    let (secure, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => {
            return Err(cx.wrong(
                &raw.url,
                format!("`url` cannot be \"{url}\""),
                "begin with https://, as in \"https://hoofdkantoor.example.nl\"",
            ));
        }
    };
    let host = rest.split('/').next().unwrap_or_default();
    if host.is_empty() || host.contains(char::is_whitespace) {
        return Err(cx.wrong(
            &raw.url,
            format!("`url` names no host: \"{url}\""),
            "write it as in \"https://hoofdkantoor.example.nl\"",
        ));
    }
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    if !secure && name != "localhost" && name != "::1" && !name.starts_with("127.") {
        return Err(cx.wrong(
            &raw.url,
            format!("http:// to \"{name}\" would send customers' data in the clear"),
            "use https:// (and `ca` for a certificate of your own); http:// is for this machine only",
        ));
    }
    let ca = match &raw.ca {
        None => None,
        Some(ca) => {
            let path = cx.path(&cx.not_empty("ca", ca)?);
            if !path.is_file() {
                return Err(cx.wrong(
                    ca,
                    format!("there is no file \"{}\"", path.display()),
                    "name the certificate of head office (PEM)",
                ));
            }
            Some(path)
        }
    };
    Ok(Server {
        url: url.to_owned(),
        ca,
    })
}

fn night(cx: &Context<'_>, raw: Option<&Spanned<String>>) -> Result<NightWindow, ConfigError> {
    let text = raw.map_or("02:00-05:00", |night| night.get_ref());
    let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    let window = text
        .split_once('-')
        .and_then(|(from, to)| Some((time(from)?, time(to)?)))
        .filter(|(from, to)| from != to);
    match (window, raw) {
        (Some((from, to)), _) => Ok(NightWindow { from, to }),
        (None, Some(raw)) => Err(cx.wrong(
            raw,
            format!("`night` cannot be \"{text}\""),
            "write two different times of a day, from 00:00 to 23:59, such as \"02:00-05:00\"",
        )),
        (None, None) => Ok(NightWindow {
            from: NaiveTime::MIN,
            to: NaiveTime::MIN,
        }),
    }
}
