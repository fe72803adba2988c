//! The program: `sync-server COMMAND`. Everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    sync_server::cli::main()
}
