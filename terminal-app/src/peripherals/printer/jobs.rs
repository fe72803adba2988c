//! The print queue, as the spooler sees it. A job is a row of the store, written in the transaction of its event; the
//! spooler only moves it on. A job is *sending* before its first byte leaves, so that after a crash it is known to be
//! in doubt; a job in doubt is *unknown* until the cashier has looked at the paper, and is never sent again by itself.
//!
//! | state | moved there by |
//! |---|---|
//! | queued | the commit of the event |
//! | sending (offset) | the spooler, before the first byte and when it has to wait; on a hub with the hub's run |
//! | printed | the spooler, when the printer has confirmed it; the till, when the cashier says so |
//! | unknown | the spooler, when printer or till went away in the middle |
//! | abandoned | the till, when the cashier says that it did not come out (a copy is queued with it) |

use retail::ids::ReceiptNumber;

/// The name of a print job in the store; ascending in the order of printing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobNumber(pub i64);

/// A receipt to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its name.
    pub number: JobNumber,
    /// The receipt on it.
    pub receipt: ReceiptNumber,
    /// What is sent to the printer, from initialisation to cut.
    pub bytes: Vec<u8>,
}

/// A job that was begun on a hub: what a restarted till must know to go on with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The run of the hub.
    pub hub: u32,
    /// The job's number there, unique for ever.
    pub job: u64,
    /// The hub's own time at which the printer was watched last, ms.
    pub watched_ms: u64,
}

/// The queue could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the print queue cannot be used: {0}")]
pub struct JobError(pub String);

/// The queue of one printer. Every method has committed when it returns.
pub trait JobSource: Send {
    /// The oldest queued job.
    fn next(&mut self) -> Result<Option<Job>, JobError>;
    /// How many jobs are queued or being sent.
    fn waiting(&mut self) -> Result<u32, JobError>;
    /// The oldest unknown job.
    fn asks(&mut self) -> Result<Option<(JobNumber, ReceiptNumber)>, JobError>;
    /// The job is being sent; the port has taken `offset` bytes of it.
    fn mark_sending(&mut self, job: JobNumber, offset: usize) -> Result<(), JobError>;
    /// The job is being sent by way of a hub: before the first byte, and again while the printer is watched.
    fn mark_begun(&mut self, job: JobNumber, begun: Begun, offset: usize) -> Result<(), JobError>;
    /// The job that was being sent by way of a hub when the till stopped.
    fn interrupted(&mut self) -> Result<Option<(Job, Begun)>, JobError>;
    /// The printer has confirmed that the job came out.
    fn mark_printed(&mut self, job: JobNumber) -> Result<(), JobError>;
    /// Nobody knows whether the job came out. A job that the cashier has settled already stays as it is.
    fn mark_unknown(&mut self, job: JobNumber) -> Result<(), JobError>;
    /// Called once, before anything is sent: jobs that were being sent when the till stopped become unknown, except the
    /// one that goes on. Answers how many.
    fn doubt_interrupted(&mut self, except: Option<JobNumber>) -> Result<u32, JobError>;
}
