//! One place turns what went wrong into text with a hint, and into an exit code: 1 what the user can mend, 2 usage, 70 a bug.

use std::io;
use std::panic::{self, UnwindSafe};
use std::path::Path;
use std::process::ExitCode;

use crate::config::ConfigError;
use crate::runtime::StartError;
use crate::store::{CashierError, StoreError};

/// What ends a command.
#[derive(Debug, PartialEq, Eq)]
pub struct CliError {
    /// What went wrong; empty ends quietly.
    pub message: String,
    /// What helps.
    pub hint: Option<String>,
    /// The exit code.
    pub code: u8,
}

impl CliError {
    /// Something the user can mend.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        Self {
            message: message.into(),
            hint: (!hint.is_empty()).then_some(hint),
            code: 1,
        }
    }

    /// A bug.
    pub fn bug(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: Some("this is a fault of the program; nothing that was paid is lost".to_owned()),
            code: 70,
        }
    }

    /// A file that cannot be read or written.
    pub fn file(path: &Path, error: &io::Error) -> Self {
        Self::new(
            format!("{}: {error}", path.display()),
            "check the name and the rights of the file",
        )
    }

    pub(crate) fn output(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self {
                message: String::new(),
                hint: None,
                code: 0,
            }
        } else {
            Self::new(format!("cannot write the output: {error}"), "")
        }
    }

    /// Says it on standard error.
    #[must_use]
    pub fn report(&self) -> ExitCode {
        if !self.message.is_empty() {
            crate::out::note(format!("error: {}", self.message));
        }
        if let Some(hint) = &self.hint {
            crate::out::note(format!(" hint: {hint}"));
        }
        ExitCode::from(self.code)
    }
}

/// Does the work of a command and gives the exit code; a panic in it is a bug, like any other.
#[must_use]
pub fn ended(work: impl FnOnce() -> Result<(), CliError> + UnwindSafe) -> ExitCode {
    match panic::catch_unwind(work) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => error.report(),
        Err(_) => CliError::bug("the program came upon a fault of its own").report(),
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        Self::new(error.to_string(), error.cure)
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        Self::new(error.to_string(), error.hint())
    }
}

impl From<StartError> for CliError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Store(error) => error.into(),
            StartError::OtherShop { .. } => Self::new(
                error.to_string(),
                "set [shop] id as it was at enrolment, or use another [store] path",
            ),
        }
    }
}

impl From<CashierError> for CliError {
    fn from(error: CashierError) -> Self {
        match error {
            CashierError::Store(error) => error.into(),
            CashierError::Nobody(_) => Self::new(
                error.to_string(),
                "terminal-app cashier list says who is here",
            ),
            CashierError::Name => Self::new(error.to_string(), "for example: --name Anna"),
            CashierError::PinTaken => Self::new(
                error.to_string(),
                "choose another PIN: it alone says who someone is",
            ),
            other @ CashierError::Pin => Self::new(
                other.to_string(),
                "for example: echo 4821 | terminal-app cashier add --name Anna --pin-stdin",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(work: impl FnOnce() -> Result<(), CliError> + UnwindSafe, code: u8) {
        // An exit code can be shown, not compared.
        let expected = format!("{:?}", ExitCode::from(code));
        assert_eq!(format!("{:?}", ended(work)), expected);
    }

    #[test]
    fn every_end_has_its_exit_code() {
        check(|| Ok(()), 0);
        check(|| Err(CliError::new("no such file", "check the name")), 1);
        check(|| Err(CliError::bug("nobody can be both")), 70);
        check(|| panic::panic_any("a fault of our own"), 70);
    }
}
