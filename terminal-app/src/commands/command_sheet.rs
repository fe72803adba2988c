//! `command-sheet`: the command barcodes on paper.

use std::path::Path;

use crate::config::{Config, Language};
use crate::error::CliError;
use crate::{out, screen};

pub(super) fn run(config: &Config, file: &Path) -> Result<(), CliError> {
    let language = match config.screen.language {
        Language::Nl => screen::Language::Nl,
        Language::En => screen::Language::En,
    };
    let html = screen::sheet::command_sheet(language, &config.shop.name)
        .map_err(|e| CliError::bug(e.to_string()))?;
    std::fs::write(file, html).map_err(|e| CliError::file(file, &e))?;
    out::line(format!("{}", file.display()))
}
