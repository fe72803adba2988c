//! The till's end of a scan: offered once, committed under its name, its verdict said until the hub has it. A scan is
//! *settled* when it is known, or will never be known, that the hub beeped for it.

use super::session::Link;
use super::{Act, Action, Core, Resume};
use crate::message::{ScanId, Verdict};

/// The scan that was committed last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Committed {
    id: ScanId,
    verdict: Verdict,
    settled: bool,
    /// The verdict has to be said (again).
    say: bool,
}

impl Committed {
    /// As the till kept it before it restarted.
    pub(super) const fn before(resume: Resume) -> Self {
        Self {
            id: resume.scan,
            verdict: Verdict::Good,
            settled: resume.settled,
            say: false,
        }
    }

    /// A new session: a verdict that may not have arrived is said again.
    pub(super) const fn say_again(&mut self) {
        self.say = !self.settled;
    }

    /// The verdict, when it has to be said.
    pub(super) fn take_verdict(&mut self) -> Option<(ScanId, Verdict)> {
        core::mem::take(&mut self.say).then_some((self.id, self.verdict))
    }
}

impl Core {
    pub(super) fn scan(&mut self, id: ScanId, scanner: u8, data: &[u8], act: &mut Act<'_>) {
        if let Some(committed) = &mut self.committed {
            let same_boot = committed.id.boot == id.boot;
            if same_boot && id.sequence <= committed.id.sequence {
                committed.say = true;
                return;
            }
            // The hub went on to the next scan: it has the verdict on this one.
            if same_boot && id.sequence > committed.id.sequence {
                self.settle_scan(act);
            }
        }
        if self.offered != Some(id) {
            self.offered = Some(id);
            act(Action::Scan { id, scanner, data });
        }
    }

    pub(super) fn scanned(&mut self, id: ScanId, verdict: Verdict, act: &mut Act<'_>) {
        if self.offered != Some(id) {
            return;
        }
        self.offered = None;
        self.committed = Some(Committed {
            id,
            verdict,
            settled: false,
            say: true,
        });
        self.abandon_scan_of_another_hub(act);
    }

    /// The hub has the verdict and has beeped.
    fn settle_scan(&mut self, act: &mut Act<'_>) {
        if let Some(committed) = &mut self.committed
            && !committed.settled
        {
            committed.settled = true;
            committed.say = false;
            if committed.verdict != Verdict::Refused {
                act(Action::Confirmed(committed.id));
            }
        }
    }

    /// A committed scan whose hub restarted before it was known to have beeped.
    pub(super) fn abandon_scan_of_another_hub(&mut self, act: &mut Act<'_>) {
        let Link::Open { hub } = self.link else {
            return;
        };
        if let Some(committed) = &mut self.committed
            && committed.id.boot != hub
            && !committed.settled
        {
            committed.settled = true;
            committed.say = false;
            if committed.verdict != Verdict::Refused {
                act(Action::Unconfirmed(committed.id));
            }
        }
    }

    /// The verdict on this scan has arrived at the hub.
    pub(super) fn verdict_arrived(&mut self, id: ScanId, act: &mut Act<'_>) {
        if self.committed.is_some_and(|committed| committed.id == id) {
            self.settle_scan(act);
        }
    }
}
