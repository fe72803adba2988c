//! `barcode --json`: what scans mean, one a line.

use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;

use chrono::Datelike as _;
use retail::barcode::{Settings, classify};
use retail::clock::Clock as _;

use crate::clock::SystemClock;
use crate::config::Config;
use crate::error::CliError;
use crate::out;

/// The longest line that is read; what is longer is no scan.
const MAX_LINE: u64 = 64 * 1024;

pub(super) fn run(config: &Path) -> Result<(), CliError> {
    let year = SystemClock::new().now().year();
    // Without settings, and when none were named, the rules of every shop hold.
    let settings = if config.as_os_str() == "till.toml" && !config.exists() {
        Settings {
            year,
            ..Settings::default()
        }
    } else {
        Config::load(config)?.barcode_settings(year)
    };
    let unreadable = |e| CliError::new(format!("standard input: {e}"), "");
    let mut input = BufReader::new(std::io::stdin());
    loop {
        let mut line = Vec::new();
        let read = input
            .by_ref()
            .take(MAX_LINE)
            .read_until(b'\n', &mut line)
            .map_err(unreadable)?;
        if read == 0 {
            return Ok(());
        }
        // What lies beyond the bound belongs to the same line, and is passed over.
        let cut = read as u64 == MAX_LINE && line.last() != Some(&b'\n');
        if cut {
            skip_line(&mut input).map_err(unreadable)?;
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        let scan = if cut {
            Some(line.clone())
        } else {
            unescape(&line)
        };
        let json = match scan {
            Some(scan) => serde_json::to_string(&classify(&scan, None, &settings))
                .map_err(|e| CliError::bug(e.to_string()))?,
            None => serde_json::json!({
                "kind": "invalid",
                "reason": "escape",
                "detail": "a backslash begins \\xHH or \\\\",
                "read": String::from_utf8_lossy(&line),
            })
            .to_string(),
        };
        out::line(json)?;
    }
}

/// Reads on to the end of a line without keeping it.
fn skip_line(input: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() {
            return Ok(());
        }
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(chunk.len(), |at| at + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

/// `\xHH` and `\\` as the bytes they stand for; `None` for another escape.
fn unescape(line: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some((first, tail)) = rest.split_first() {
        if *first != b'\\' {
            bytes.push(*first);
            rest = tail;
            continue;
        }
        match tail {
            [b'\\', tail @ ..] => {
                bytes.push(b'\\');
                rest = tail;
            }
            [b'x', high, low, tail @ ..] => {
                let mut byte = [0];
                hex::decode_to_slice([*high, *low], &mut byte).ok()?;
                bytes.push(byte[0]);
                rest = tail;
            }
            _ => return None,
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_are_read() {
        assert_eq!(unescape(br"a\x1Db\\c").unwrap(), b"a\x1Db\\c");
        assert_eq!(unescape(br"\x1"), None);
        assert_eq!(unescape(br"\n"), None);
        assert_eq!(unescape(b"").unwrap(), b"");
    }
}
