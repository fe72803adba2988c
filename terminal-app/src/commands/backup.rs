//! `backup`: the whole database in a new file.

use std::path::Path;

use crate::config::Config;
use crate::error::CliError;
use crate::out;

pub(super) fn run(config: &Config, file: &Path) -> Result<(), CliError> {
    let store = super::open(config)?;
    store.backup(file)?;
    let events = store.head()?.map_or(0, |head| head.seq);
    out::line(format!(
        "{}: complete, up to event {events}",
        file.display()
    ))
}
