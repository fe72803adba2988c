//! `run`: the till itself.

use crate::config::Config;
use crate::error::CliError;
use crate::out;
use crate::runtime::{LockError, RunError};

pub(super) fn run(config: &Config) -> Result<(), CliError> {
    drop(super::open(config)?);
    if !config.screen.listen.ip().is_loopback() {
        out::note(format!(
            "warning: the screen can be reached from other machines at {}",
            config.screen.listen
        ));
    }
    crate::runtime::run(config, |address| {
        // Whoever started the till waits for this line; the till runs on when nobody reads it.
        let _ = out::line(format!("{}: http://{address}/", config.till.name));
    })
    .map_err(of_run)
}

fn of_run(error: RunError) -> CliError {
    match error {
        RunError::Store(error) => error.into(),
        RunError::Settings(error) => error.into(),
        RunError::Died => CliError::bug(error.to_string()),
        RunError::Lock(LockError::Running(_)) => CliError::new(
            error.to_string(),
            "stop the other one first, or use another [store] path",
        ),
        RunError::Listen(..) => CliError::new(
            error.to_string(),
            "choose another port in [screen] listen, or stop the program that uses it",
        ),
        RunError::Start(error) => error.into(),
        RunError::Server(_) => CliError::new(error.to_string(), "check [server] ca"),
        other => CliError::new(other.to_string(), "run terminal-app doctor"),
    }
}
