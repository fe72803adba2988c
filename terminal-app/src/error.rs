//! The one place where errors become words for a person: what is wrong, what helps, and an exit code.
//!
//! Exit codes: 0 done, 1 what the user can mend (message and hint), 2 wrong usage, 70 a bug.

use std::fmt;

/// A command could not be done, for a reason that a person can mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What is wrong.
    pub message: String,
    /// What helps.
    pub hint: Option<String>,
}

impl Failure {
    /// What is wrong, without a hint.
    pub fn new(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            hint: None,
        }
    }

    /// Adds what helps.
    #[must_use]
    pub fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

impl From<crate::config::ConfigError> for Failure {
    fn from(error: crate::config::ConfigError) -> Self {
        let cure = error.cure.clone();
        Self::new(error).hint(cure)
    }
}

/// Adds what was being done to an error of the system.
pub trait Doing<T> {
    /// `reading catalogue.csv: No such file or directory`.
    fn doing(self, what: impl fmt::Display) -> Result<T, Failure>;
}

impl<T, E: fmt::Display> Doing<T> for Result<T, E> {
    fn doing(self, what: impl fmt::Display) -> Result<T, Failure> {
        self.map_err(|error| Failure::new(format_args!("{what}: {error}")))
    }
}
