//! `terminal-app barcode --json`: what a scan means, line by line, for settings and for tests from outside.

use std::io::{BufRead, Write};

use chrono::Datelike;
use retail::barcode::{self, Settings};

use crate::config::Config;
use crate::error::{Doing, Failure};
use crate::out;

use super::Context;

/// Reads scans to the end of standard input.
pub fn run(context: &Context) -> Result<(), Failure> {
    let settings = settings(context)?;
    let mut bulk = out::bulk();
    for line in std::io::stdin().lock().split(b'\n') {
        let line = line.doing("reading standard input")?;
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        let answer = match unescape(line) {
            Ok(scan) => serde_json::to_string(&barcode::classify(&scan, None, &settings)),
            Err(reason) => serde_json::to_string(&serde_json::json!({
                "kind": "invalid",
                "reason": reason,
                "read": String::from_utf8_lossy(line),
            })),
        }
        .doing("writing JSON")?;
        let written = writeln!(bulk, "{answer}").and_then(|()| bulk.flush());
        if written.is_err() {
            break;
        }
    }
    Ok(())
}

/// The settings of the till; those of a new shop where there is no `till.toml` and none was named.
fn settings(context: &Context) -> Result<Settings, Failure> {
    let year = context.clock.now().year();
    if context.config_is_default && !context.config.exists() {
        return Ok(Settings {
            year,
            ..Settings::default()
        });
    }
    Ok(Config::load(&context.config)?.barcode_settings(year))
}

/// Turns `\xHH` into that byte and `\\` into a backslash.
fn unescape(line: &[u8]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        match rest {
            [b'\\', after @ ..] => {
                bytes.push(b'\\');
                rest = after;
            }
            [b'x', high, low, after @ ..] => {
                let digits = [*high, *low];
                let byte = hex::decode(digits)
                    .ok()
                    .and_then(|decoded| decoded.first().copied())
                    .ok_or_else(|| "a \\x needs two hex digits behind it".to_owned())?;
                bytes.push(byte);
                rest = after;
            }
            // A backslash that begins no escape is data: Digital Links and element strings can hold one.
            _ => bytes.push(b'\\'),
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_bytes() {
        assert_eq!(unescape(br"]C1\x1d10AB\\").unwrap(), b"]C1\x1d10AB\\");
        assert_eq!(unescape(br"(10)A\(B").unwrap(), br"(10)A\(B");
        assert_eq!(unescape(br"]Q1\^\").unwrap(), br"]Q1\^\");
        assert_eq!(unescape(br"\x1").unwrap(), br"\x1");
        assert!(unescape(br"\xZZ").is_err());
    }
}
