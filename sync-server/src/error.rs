//! The one place where errors become text for a person: what is wrong, what to do about it, and the exit code:
//! 1 for what the user can mend, 2 for wrong usage (clap), 70 for a bug.

use std::panic::{self, UnwindSafe};
use std::process::ExitCode;

use crate::api::serve::ServeError;
use crate::import::ImportError;
use crate::owner::OwnerError;
use crate::store::StoreError;

/// What a command ends with when it does not succeed.
#[derive(Debug)]
pub(crate) enum CliError {
    /// The user can mend it.
    Mend {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// The command line itself cannot be meant so.
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// Nobody but us can.
    Bug(String),
}

impl CliError {
    pub(crate) fn mend(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Mend {
            message: message.into(),
            hint: hint.into(),
        }
    }

    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// The same with more to know about what to do. A bug has no hint, and nothing to add to it.
    pub(crate) fn also(mut self, more: &str) -> Self {
        if let Self::Mend { hint, .. } | Self::Usage { hint, .. } = &mut self {
            hint.push_str(". ");
            hint.push_str(more);
        }
        self
    }

    /// Says it and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Mend { message, hint } | Self::Usage { message, hint } => {
                crate::out::error(&format!("error: {message}"));
                crate::out::error(&format!("hint: {hint}"));
                ExitCode::from(if matches!(self, Self::Mend { .. }) {
                    1
                } else {
                    2
                })
            }
            Self::Bug(message) => {
                crate::out::error(&format!("bug: {message}"));
                crate::out::error("hint: please report this with the log (RUST_LOG=debug)");
                ExitCode::from(70)
            }
        }
    }
}

/// Does the work of a command and gives the exit code; a panic in it is a bug of ours, like any other.
pub(crate) fn ended(work: impl FnOnce() -> Result<(), CliError> + UnwindSafe) -> ExitCode {
    match panic::catch_unwind(work) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => error.report(),
        Err(_) => CliError::Bug("the program came upon a fault of its own".to_owned()).report(),
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::Engine(error) => match error.sqlite_error_code() {
                Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                    Self::mend(
                        message,
                        "another command is writing; try again when it is done",
                    )
                }
                Some(rusqlite::ErrorCode::DiskFull) => Self::mend(
                    message,
                    "make room on the disk; nothing that was committed is lost",
                ),
                Some(rusqlite::ErrorCode::CannotOpen) => Self::mend(
                    message,
                    "check that the folder of --db exists and that you may write there",
                ),
                Some(rusqlite::ErrorCode::NotADatabase) => Self::mend(
                    message,
                    "--db names a file that is no database of head office",
                ),
                Some(rusqlite::ErrorCode::ReadOnly | rusqlite::ErrorCode::PermissionDenied) => {
                    Self::mend(
                        message,
                        "you need to be able to write the file and its folder",
                    )
                }
                Some(rusqlite::ErrorCode::SystemIoFailure) => Self::mend(
                    message,
                    "the disk or the file system has a fault; check it first",
                ),
                _ => Self::Bug(message),
            },
            StoreError::Schema(_) => Self::mend(
                message,
                "use the program that wrote this database, or another file with --db",
            ),
            StoreError::Unfit(_) => Self::mend(
                message,
                "put the database on a local disk and use a current build",
            ),
            StoreError::File { .. } => {
                Self::mend(message, "check that the file can be read and written")
            }
            StoreError::Corrupt(_) => Self::mend(
                message,
                "run `sync-server verify`, and restore a backup when the disk is at fault: the tills send again what it lacks",
            ),
        }
    }
}

/// Which shops there are, for who named one that is not.
pub(crate) fn shops_are(known: &[String]) -> String {
    if known.is_empty() {
        return "there is no shop yet: `sync-server shop add` and `import` make them".to_owned();
    }
    format!("the shops are: {}", known.join(", "))
}

impl From<OwnerError> for CliError {
    fn from(error: OwnerError) -> Self {
        let message = error.to_string();
        match error {
            OwnerError::Store(error) => error.into(),
            OwnerError::Password => Self::mend(message, "choose another password"),
            OwnerError::Name => Self::mend(message, "give --name"),
            OwnerError::NoSuchShop { known, .. } => Self::mend(message, shops_are(&known)),
        }
    }
}

impl From<ImportError> for CliError {
    fn from(error: ImportError) -> Self {
        let message = error.to_string();
        match error {
            ImportError::Store(error) => error.into(),
            ImportError::Header { .. } => Self::mend(
                message,
                "the first line names the columns: event_id, occurred_at, shop_id, till_id, customer_id, kind, receipt_id, product_id, category, quantity, amount_cents",
            ),
            ImportError::NoHeader { .. } => Self::mend(
                message,
                "save the file as CSV in UTF-8 with commas; its first line names the columns: event_id, occurred_at, shop_id, till_id, customer_id, kind, receipt_id, product_id, category, quantity, amount_cents",
            ),
            ImportError::NoRejects(_) => Self::mend(
                message,
                "give --rejects FILE another name, or move that file away: it would be lost",
            ),
            ImportError::RejectsOverFile(_) => {
                Self::mend(message, "give --rejects FILE another name")
            }
            ImportError::TakenBack(_) => Self::mend(
                message,
                "nothing of it is left; import the file again to put it in",
            ),
            ImportError::File { .. } => Self::mend(
                message,
                "check the path; the rejects file can be put elsewhere with --rejects FILE",
            ),
            ImportError::Nothing(_) => {
                Self::mend(message, "give a CSV file, or a folder with CSV files")
            }
        }
    }
}

impl From<ServeError> for CliError {
    fn from(error: ServeError) -> Self {
        let message = error.to_string();
        let hint = match error {
            ServeError::TlsRequired(_) => {
                "give --tls-cert FILE and --tls-key FILE (PEM), or listen on 127.0.0.1"
            }
            ServeError::Listen { .. } => {
                "is another program using this address? choose another with --listen"
            }
            ServeError::Tls { .. } => {
                "--tls-cert takes the certificate chain, --tls-key the private key that belongs to it, both as PEM"
            }
            ServeError::Serving(_) => "look into the log above",
        };
        Self::mend(message, hint)
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
        check(|| Err(CliError::mend("no shop", "add one")), 1);
        check(|| Err(CliError::usage("whose path?", "give --all")), 2);
        check(|| Err(CliError::Bug("nobody can be both".to_owned())), 70);
        check(|| panic::panic_any("a fault of our own"), 70);
    }
}
