//! The only place that prints. Standard output is for what was asked for, standard error for everything else.
#![expect(clippy::print_stderr, reason = "the one output module of this program")]

use std::io::{self, BufWriter, StdoutLock, Write as _};

use crate::error::CliError;

/// A line of what was asked for. A reader that has gone (`| head`) ends the program quietly.
pub fn line(text: impl AsRef<str>) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", text.as_ref())
        .and_then(|()| out.flush())
        .map_err(CliError::output)
}

/// Many lines of what was asked for, written in large pieces.
#[derive(Debug)]
pub struct Lines(BufWriter<StdoutLock<'static>>);

impl Lines {
    /// Begins; nobody else prints meanwhile.
    #[must_use]
    pub fn begin() -> Self {
        Self(BufWriter::with_capacity(64 * 1024, io::stdout().lock()))
    }

    /// One line.
    pub fn line(&mut self, text: &str) -> Result<(), CliError> {
        writeln!(self.0, "{text}").map_err(CliError::output)
    }

    /// The rest goes out.
    pub fn end(mut self) -> Result<(), CliError> {
        self.0.flush().map_err(CliError::output)
    }
}

/// `1 event`, `12 events`: the number with the word for one or for many.
pub fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A line for the person at the terminal.
pub fn note(text: impl AsRef<str>) {
    eprintln!("{}", text.as_ref());
}
