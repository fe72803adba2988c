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
    pub(super) kvk: Option<Spanned<String>>,
    pub(super) vat_id: Option<Spanned<String>>,
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
        let line = error.span().map(|span| line_of(text, span.start));
        let (reason, cure) = explain(&message, &Place::of(text, line.unwrap_or_default()));
        ConfigError {
            file: file.to_owned(),
            line,
            reason,
            cure,
        }
    })
}

/// Where in the file a line stands.
struct Place<'a> {
    /// The header of its section as it is written, such as `[till]`; empty above the first.
    section: &'a str,
    /// The key of the line; empty where there is none.
    key: &'a str,
}

impl<'a> Place<'a> {
    /// The place of a line, counted from 1.
    fn of(text: &'a str, line: usize) -> Self {
        let lines = || text.lines().take(line);
        let header = |line: &'a str| {
            let line = line.trim_start();
            let inner = line.trim_start_matches('[');
            let depth = line.len() - inner.len();
            let end = inner.find(']')? + 2 * depth;
            if depth == 0 { None } else { line.get(..end) }
        };
        let key = lines().last().and_then(|line| line.split_once('='));
        Self {
            section: lines().filter_map(header).last().unwrap_or_default(),
            key: key.map_or("", |(key, _)| key.trim()),
        }
    }

    /// The settings that belong here, of those that its kind of section knows.
    fn possible(&self, expected: &str) -> String {
        let of_another = match self.section {
            "[printer]" => "`protocol`",
            "[[scanner]]" => "`profile`",
            _ => "",
        };
        let names: Vec<&str> = expected
            .split(", ")
            .filter(|name| *name != of_another)
            .collect();
        names.join(", ")
    }
}

/// What the TOML reader calls a kind of value, for people.
fn kind(name: &str) -> &str {
    match name {
        "i64" | "u64" | "integer" => "a whole number",
        "a string" | "string" => "a text in \"quotes\"",
        "a boolean" | "boolean" => "true or false",
        "a sequence" | "sequence" => "a list in [brackets]",
        "floating point" => "a number",
        name if name == "map" || name.starts_with("struct ") => "a section",
        other => other,
    }
}

/// `[scanner]` for one of many, `[[printer]]` for the only one.
fn wrong_brackets(section: &str) -> Option<(String, String)> {
    let name = section.trim_matches(['[', ']']);
    match (section.starts_with("[["), name == "scanner") {
        (false, true) => Some((
            "[scanner] is written as if there were only one".to_owned(),
            "write [[scanner]], with double brackets: a till may have any number of them"
                .to_owned(),
        )),
        (true, false) => Some((
            format!("[[{name}]] is written as if there were more than one"),
            format!("write [{name}], with single brackets: a till has one"),
        )),
        _ => None,
    }
}

/// `invalid type: string "fast", expected i64`: what stands there, and what should.
fn wrong_kind(message: &str, place: &Place<'_>) -> Option<(String, String)> {
    let said = message.strip_prefix("invalid type: ")?;
    let (found, expected) = said.rsplit_once(", expected ")?;
    let value = |start: &str| {
        let value = found.strip_prefix(start)?.trim();
        Some(value.trim_matches('`').to_owned())
    };
    let found = value("string ")
        .map(|text| format!("{text} is a text"))
        .or_else(|| value("integer ").map(|n| format!("{n} is a whole number")))
        .or_else(|| value("floating point ").map(|n| format!("{n} is a number with a fraction")))
        .or_else(|| value("boolean ").map(|yes| format!("{yes} is no such value")))
        .unwrap_or_else(|| format!("this is {}", kind(found)));
    let cure = match expected {
        "a sequence" | "sequence" => {
            "write a list in brackets, each text in quotes: [\"one\", \"two\"]"
        }
        _ => "write text in \"quotes\", numbers and true/false without",
    };
    let expected = kind(expected);
    let key = if place.key.is_empty() {
        "this".to_owned()
    } else {
        format!("`{}`", place.key)
    };
    Some((
        format!("{key} must be {expected}, and {found}"),
        cure.to_owned(),
    ))
}

/// `unknown field `x`, expected one of `a`, `b`` and its like, for people.
fn explain(message: &str, place: &Place<'_>) -> (String, String) {
    let quoted = |text: &str| text.split('`').nth(1).unwrap_or_default().to_owned();
    if message.starts_with("unknown field") {
        let expected = message
            .split_once("expected ")
            .map_or("", |(_, names)| names.trim_start_matches("one of "));
        let expected = place.possible(expected);
        let key = quoted(message);
        return (
            format!("there is no setting `{key}` here"),
            match closest(&key, &expected) {
                Some(name) => format!("did you mean `{name}`? Possible here: {expected}"),
                None => format!("remove it, or use one of: {expected}"),
            },
        );
    }
    if message.starts_with("missing field") {
        let key = quoted(message);
        let example = "README.md has a complete till.toml";
        // Only whole sections are looked for outside of one.
        if place.section.is_empty() || key == "shop" || key == "till" {
            return (
                format!("the section [{key}] is missing"),
                format!("add [{key}] with its settings; {example}"),
            );
        }
        return (
            format!("the setting `{key}` is missing in {}", place.section),
            format!("add `{key}` under {}; {example}", place.section),
        );
    }
    if message.starts_with("invalid type")
        && let Some(said) = wrong_brackets(place.section)
    {
        return said;
    }
    if let Some(said) = wrong_kind(message, place) {
        return said;
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
