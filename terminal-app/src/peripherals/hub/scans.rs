//! The queue of scans between hub and till, as the hub's thread sees it. A scan is *committed* before the hub may beep,
//! *confirmed* when it is known to have beeped, *unheard* when the hub restarted before that was known. Confirmed scans go
//! to the till, in order; the store takes them away with the work in hand that they went into. An unheard one is never
//! sold: it stays until the cashier has read of it.

use link::message::{ScanId, Verdict};
use link::till_end::Resume;

use crate::till::input::{HubIdentity, StoreFault, UnheardScan};

/// A scan that the till may work off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadyScan {
    /// Its place in the queue; ascending, never used twice.
    pub ticket: i64,
    /// The verdict that the hub beeped for it.
    pub verdict: Verdict,
    /// The code as a plain scanner sends it.
    pub data: Vec<u8>,
}

/// The queue could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ScanError {
    /// What stood in the way.
    pub fault: StoreFault,
    /// In the words of the database.
    pub reason: String,
}

/// The queue of one hub. What a method reports has been kept when it returns.
pub trait ScanQueue: Send {
    /// The scan that was committed last, before the till stopped.
    fn last(&mut self) -> Result<Option<Resume>, ScanError>;
    /// Confirmed scans that were not worked off when the till stopped, in order.
    fn ready(&mut self) -> Result<Vec<ReadyScan>, ScanError>;
    /// The oldest unheard scan.
    fn unheard(&mut self) -> Result<Option<UnheardScan>, ScanError>;
    /// Commits a scan. Answers what it is: good, or nothing that anybody knows.
    fn commit(&mut self, id: ScanId, data: &[u8]) -> Result<Verdict, ScanError>;
    /// The hub has beeped for it. `None` when it is not in the queue (it is confirmed already and worked off).
    fn confirm(&mut self, id: ScanId) -> Result<Option<ReadyScan>, ScanError>;
    /// Nobody knows whether the hub has beeped for it.
    fn doubt(&mut self, id: ScanId) -> Result<(), ScanError>;
    /// The cashier has read of an unheard scan.
    fn forget(&mut self, ticket: i64) -> Result<(), ScanError>;
    /// Who the hub is, for commands that run while the till holds its port.
    fn saw(&mut self, hub: &HubIdentity) -> Result<(), ScanError>;
}
