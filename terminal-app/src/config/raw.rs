//! `till.toml` as it is written: keys and their places, before any value is checked.

use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub(super) shop: Shop,
    pub(super) till: Till,
    #[serde(default)]
    pub(super) store: Store,
    #[serde(default)]
    pub(super) screen: Screen,
    #[serde(default)]
    pub(super) scanner: Vec<Device>,
    pub(super) printer: Option<Device>,
    pub(super) hub: Option<Hub>,
    #[serde(default)]
    pub(super) drawer: Drawer,
    #[serde(default)]
    pub(super) pin: Pin,
    #[serde(default)]
    pub(super) loyalty: Loyalty,
    #[serde(default)]
    pub(super) barcode: Barcode,
    #[serde(default)]
    pub(super) cash: Cash,
    pub(super) server: Option<Server>,
    #[serde(default)]
    pub(super) sync: Sync,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shop {
    pub(super) id: Spanned<String>,
    pub(super) name: Spanned<String>,
    #[serde(default)]
    pub(super) address: Vec<String>,
    #[serde(default)]
    pub(super) kvk: String,
    #[serde(default)]
    pub(super) vat_id: String,
    pub(super) time_zone: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Till {
    pub(super) name: Spanned<String>,
    pub(super) cashier: Option<Spanned<NameOrNumber>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum NameOrNumber {
    Name(String),
    Number(i64),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Store {
    pub(super) path: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Screen {
    pub(super) listen: Option<Spanned<String>>,
    pub(super) language: Option<Spanned<String>>,
    pub(super) keys: Option<crate::screen::Shortcuts>,
}

/// A scanner or a printer: the same line settings, one further key each.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Device {
    pub(super) port: Spanned<String>,
    pub(super) baud: Option<Spanned<i64>>,
    pub(super) data_bits: Option<Spanned<i64>>,
    pub(super) parity: Option<Spanned<String>>,
    pub(super) stop_bits: Option<Spanned<i64>>,
    pub(super) protocol: Option<Spanned<String>>,
    pub(super) profile: Option<Spanned<String>>,
}

/// The hub: the line settings of a device, and what hangs on it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hub {
    pub(super) port: Spanned<String>,
    pub(super) baud: Option<Spanned<i64>>,
    pub(super) data_bits: Option<Spanned<i64>>,
    pub(super) parity: Option<Spanned<String>>,
    pub(super) stop_bits: Option<Spanned<i64>>,
    pub(super) printer: Option<Spanned<bool>>,
    pub(super) profile: Option<Spanned<String>>,
    pub(super) drawer: Option<Spanned<bool>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Drawer {
    pub(super) pin: Option<Spanned<i64>>,
    pub(super) pulse_ms: Option<Spanned<i64>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pin {
    pub(super) terminal: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Loyalty {
    pub(super) card_prefixes: Option<Spanned<Vec<Spanned<String>>>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Barcode {
    pub(super) layouts: Option<Vec<Spanned<String>>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cash {
    pub(super) rounding: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Server {
    pub(super) url: Spanned<String>,
    pub(super) ca: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sync {
    pub(super) night: Option<Spanned<String>>,
}

/// The line, from 1, of a byte of the text.
pub(super) fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|b| *b == b'\n').count() + 1
}

/// Reads the keys. What the TOML reader says is turned into a reason and a cure.
pub(super) fn read(file: &Path, text: &str) -> Result<Raw, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let message = error.message().trim().replace('\n', " ");
        let (reason, cure) = explain(&message);
        ConfigError {
            file: file.to_owned(),
            line: error.span().map(|span| line_of(text, span.start)),
            reason,
            cure,
        }
    })
}

/// `unknown field `x`, expected one of `a`, `b`` and its like, for people.
fn explain(message: &str) -> (String, String) {
    let quoted = |text: &str| text.split('`').nth(1).unwrap_or_default().to_owned();
    if message.starts_with("unknown field") {
        let expected = message
            .split_once("expected ")
            .map_or("", |(_, names)| names.trim_start_matches("one of "));
        let key = quoted(message);
        return (
            format!("there is no setting `{key}` here"),
            match closest(&key, expected) {
                Some(name) => format!("did you mean `{name}`? Possible here: {expected}"),
                None => format!("remove it, or use one of: {expected}"),
            },
        );
    }
    if message.starts_with("missing field") {
        let key = quoted(message);
        return (
            format!("the setting `{key}` is missing"),
            format!("add `{key}`; hardware.md has a complete example"),
        );
    }
    if message.starts_with("invalid type") {
        return (
            message.to_owned(),
            "write text in \"quotes\", numbers and true/false without".to_owned(),
        );
    }
    (
        message.to_owned(),
        "mend this line; the file is written in TOML: `key = value` under `[section]`".to_owned(),
    )
}

/// The expected name that differs least from what was written, when it is near enough to be meant.
fn closest<'a>(key: &str, expected: &'a str) -> Option<&'a str> {
    expected
        .split('`')
        .skip(1)
        .step_by(2)
        .map(|name| (distance(key, name), name))
        .filter(|(distance, name)| *distance <= 2 && *distance < name.len())
        .min()
        .map(|(_, name)| name)
}

/// Levenshtein's distance, in bytes.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let cost = if x == y { before } else { before + 1 };
            before = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}
