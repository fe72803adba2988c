//! terminal-app
fn main() {}
