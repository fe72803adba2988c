//! The receipt printer and the drawer on it: a spooler thread over a serial port or a hub. See [`spooler`] for the rules by
//! which a receipt is neither lost nor doubled.

pub mod jobs;
mod orders;
mod send;
pub mod session;
mod settings;
pub mod spooler;
pub mod wire;
mod worker;

pub use jobs::{Begun, Job, JobError, JobNumber, JobSource};
pub use settings::{Drawer, Patience, Settings};
pub use spooler::{Port, Spooler};
