//! `uf2 FILE.elf FILE.uf2`: writes the file for a Pico.
#![expect(
    clippy::print_stderr,
    reason = "this is the program's one place of output"
)]

use std::error::Error;
use std::process::ExitCode;
use std::{env, fs};

use uf2::{Image, encode};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [elf, out] = arguments.as_slice() else {
        eprintln!("usage: uf2 FILE.elf FILE.uf2");
        return ExitCode::from(2);
    };
    match convert(elf, out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn convert(elf: &str, out: &str) -> Result<(), Box<dyn Error>> {
    let file = fs::read(elf).map_err(|error| format!("{elf}: {error}"))?;
    let image = Image::parse(&file).map_err(|error| format!("{elf}: {error}"))?;
    fs::write(out, encode(&image)).map_err(|error| format!("{out}: {error}"))?;
    Ok(())
}
