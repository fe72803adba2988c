//! The only place of the till that prints: results on standard output, words for a human on standard error.

use std::io::{self, Write};

/// Prints one line of a result. A reader that went away (`| head`) is no error: the rest is not wanted.
pub fn line(text: &str) {
    let mut out = io::stdout().lock();
    let written = out
        .write_all(text.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush());
    if written.is_err() {
        std::process::exit(0);
    }
}

/// Says something to the person at the terminal.
pub fn say(text: &str) {
    let mut err = io::stderr().lock();
    // There is nowhere left to complain to.
    let _ = err
        .write_all(text.as_bytes())
        .and_then(|()| err.write_all(b"\n"));
}

/// A buffered standard output for long exports.
#[must_use]
pub fn bulk() -> io::BufWriter<io::StdoutLock<'static>> {
    io::BufWriter::with_capacity(64 * 1024, io::stdout().lock())
}
