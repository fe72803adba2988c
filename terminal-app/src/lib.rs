//! terminal-app
