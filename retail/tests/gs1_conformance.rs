//! Holds the GS1 code to the outside vectors in `vectors/`: every row, verdict and expected raw form.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use retail::barcode::gs1::{ElementString, LinkOptions, Lint, parse_link, parse_scan};
use retail::barcode::{Scanned, Settings, classify};

const ENGINE: &str = include_str!("vectors/gs1_syntax_engine.tsv");
const LINTERS: &str = include_str!("vectors/gs1_linters.tsv");

/// The rows of a file, unescaped, without the header.
fn rows(file: &'static str) -> impl Iterator<Item = Vec<String>> {
    file.lines()
        .skip(1)
        .map(|line| line.split('\t').map(unescape).collect())
}

/// `\\` is a backslash, `\xHH` a byte; the vectors hold ASCII and UTF-8 only.
fn unescape(cell: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = cell;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        if let Some(hex) = rest.strip_prefix('x') {
            bytes.push(u8::from_str_radix(&hex[..2], 16).expect("two hexadecimal digits"));
            rest = &hex[2..];
        } else {
            bytes.push(b'\\');
            rest = rest.strip_prefix('\\').expect("an escaped backslash");
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn link_options(options: &str) -> LinkOptions {
    let has = |name| options.split(',').any(|option| option == name);
    LinkOptions {
        convenience_names: has("permit_convenience_alphas"),
        short_gtin: has("permit_zero_suppressed_gtin"),
        unknown_attributes: has("permit_unknown_ais") && has("allow_unknown_ai_dl_attr"),
    }
}

/// The raw form our code gives, or its error as text.
fn ours(kind: &str, options: &str, input: &str) -> Result<String, String> {
    let options = link_options(options);
    let elements = match kind {
        "raw_fnc1" => ElementString::parse_raw(input).map_err(|e| e.to_string()),
        "bracketed_to_raw" | "bracketed_lint" => {
            ElementString::parse_bracketed(input).map_err(|e| e.to_string())
        }
        "dl_uri_to_raw" => parse_link(input, options).map_err(|e| e.to_string()),
        "scan_to_raw" => {
            return parse_scan(input, options)
                .map(|(_, message)| message.to_raw())
                .map_err(|e| e.to_string());
        }
        other => panic!("unknown kind {other}"),
    };
    elements.map(|elements| elements.to_raw())
}

#[test]
fn every_row_of_the_syntax_engine() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for row in rows(ENGINE) {
        let [kind, _, options, input, verdict, expected, message, source] = &row[..] else {
            panic!("eight columns: {row:?}")
        };
        *counts.entry(kind.clone()).or_default() += 1;
        let ours = ours(kind, options, input);
        let agree = match (&ours, verdict.as_str()) {
            (Ok(raw), "accept") => expected.is_empty() && kind == "raw_fnc1" || raw == expected,
            (Err(_), "reject") => true,
            _ => false,
        };
        if !agree {
            wrong.push(format!(
                "{source} {kind} {input:?}: {verdict} {expected:?} ({message}), ours {ours:?}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} rows differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let counted: Vec<(&str, usize)> = counts.iter().map(|(kind, &n)| (kind.as_str(), n)).collect();
    let expected = [
        ("bracketed_lint", 98),
        ("bracketed_to_raw", 29),
        ("dl_uri_to_raw", 116),
        ("raw_fnc1", 83),
        ("scan_to_raw", 53),
    ];
    assert_eq!(counted, expected, "no row may be lost");
}

#[test]
fn every_row_of_the_linters() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in rows(LINTERS) {
        let [name, input, verdict, error, source] = &row[..] else {
            panic!("five columns: {row:?}")
        };
        count += 1;
        let lint = Lint::from_name(name).unwrap_or_else(|| panic!("no lint called {name}"));
        let ours = lint.check(input);
        if ours.is_ok() != (verdict == "accept") {
            wrong.push(format!(
                "{source} {name} {input:?}: {verdict} ({error}), ours {ours:?}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} rows differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(count, 1635, "no row may be lost");
}

/// Raw data that the vectors accept mean the same when they come from a scanner with GS for FNC1.
#[test]
fn accepted_raw_data_survive_the_scanner() {
    let settings = Settings::default();
    for row in rows(ENGINE).filter(|row| row[0] == "raw_fnc1") {
        let scan = format!(
            "]d2{}",
            row[3].trim_start_matches('^').replace('^', "\u{1d}")
        );
        let scanned = classify(scan.as_bytes(), None, &settings);
        let accepted = !matches!(scanned, Scanned::Invalid(_));
        // Without the leading FNC1 the vectors refuse what a scanner's identifier vouches for.
        if row[3].starts_with('^') {
            assert_eq!(accepted, row[4] == "accept", "{scan:?}: {scanned:?}");
        }
    }
}

/// What the vectors refuse never becomes an article by way of the scanner.
#[test]
fn refused_scans_are_never_sold() {
    let settings = Settings::default();
    for row in rows(ENGINE).filter(|row| {
        row[4] == "reject" && matches!(row[0].as_str(), "scan_to_raw" | "dl_uri_to_raw")
    }) {
        let scanned = classify(row[3].as_bytes(), None, &settings);
        let lenient = link_options(&row[2]) != LinkOptions::default();
        assert!(
            lenient || matches!(scanned, Scanned::Invalid(_) | Scanned::Unknown(_)),
            "{:?}: {scanned:?}",
            row[3]
        );
    }
}
