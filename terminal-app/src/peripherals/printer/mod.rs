//! The receipt printer and the drawer on it: a spooler thread over a serial port.

pub mod jobs;

pub use jobs::{Job, JobError, JobNumber, JobSource};
