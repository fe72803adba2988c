//! `image sizes FILE.elf`: flash and RAM in bytes, and exit code 1 when they are past the bounds
//! of a hub. `image uf2 FILE.elf FILE.uf2`: the file for a Pico.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the program's one place of output"
)]

use std::error::Error;
use std::process::ExitCode;
use std::{env, fs};

use image::{Image, uf2};

/// What a hub may take, so that the smallest boards hold it.
const FLASH_MAX: usize = 64 * 1_024;
const RAM_MAX: u64 = 16 * 1_024;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["sizes", elf] => sizes(elf),
        ["uf2", elf, out] => write_uf2(elf, out),
        _ => {
            eprintln!("usage: image sizes FILE.elf | image uf2 FILE.elf FILE.uf2");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn read(elf: &str) -> Result<Image, Box<dyn Error>> {
    let file = fs::read(elf).map_err(|error| format!("{elf}: {error}"))?;
    Ok(Image::parse(&file)?)
}

fn sizes(elf: &str) -> Result<ExitCode, Box<dyn Error>> {
    let image = read(elf)?;
    let (flash, ram) = (image.flash_bytes(), image.ram_bytes);
    println!("flash {flash} of {FLASH_MAX}, static RAM {ram} of {RAM_MAX}");
    let fits = flash <= FLASH_MAX && ram <= RAM_MAX;
    Ok(if fits {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn write_uf2(elf: &str, out: &str) -> Result<ExitCode, Box<dyn Error>> {
    let file = uf2::encode(&read(elf)?);
    fs::write(out, file).map_err(|error| format!("{out}: {error}"))?;
    Ok(ExitCode::SUCCESS)
}
