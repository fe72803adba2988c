//! Puts the memory map and the (empty) list of named interrupts where the linker looks.

use std::{env, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    let out = env::var_os("OUT_DIR")
        .map(PathBuf::from)
        .ok_or(io::ErrorKind::NotFound)?;
    fs::write(out.join("memory.x"), include_bytes!("memory.x"))?;
    fs::write(out.join("device.x"), b"")?;
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rerun-if-changed=memory.x");
    Ok(())
}
