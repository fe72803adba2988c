//! `backup`: the whole database in a new file.

use std::path::Path;

use crate::config::Config;
use crate::error::CliError;
use crate::out;

pub(super) fn run(config: &Config, file: &Path) -> Result<(), CliError> {
    let store = super::open(config)?;
    let held = store.backup(file)?;
    let name = &config.till.name;
    let up_to = match (held.till, held.head) {
        (Some(till), Some(head)) => format!(
            "{name} (till {till}), epoch {}, up to event {}",
            head.epoch, head.seq
        ),
        _ => format!("{name}, not enrolled yet: no events"),
    };
    out::line(format!("{}: complete; {up_to}", file.display()))
}
