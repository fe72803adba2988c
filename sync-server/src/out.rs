//! The only place that writes to standard output and standard error. A reader that goes away (`| head`) is no error.

use std::io::{self, Write};

/// A line on standard output.
pub(crate) fn line(text: &str) {
    bytes(text.as_bytes());
    bytes(b"\n");
}

/// `1 row`, `2 rows`.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Bytes on standard output.
pub(crate) fn bytes(bytes: &[u8]) {
    // Nothing is left to tell somebody who does not read any more.
    let _ = io::stdout().lock().write_all(bytes);
}

/// A line on standard error.
pub(crate) fn error(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Standard output with a buffer, for long lists.
pub(crate) fn buffered() -> io::BufWriter<io::Stdout> {
    io::BufWriter::with_capacity(64 * 1024, io::stdout())
}
