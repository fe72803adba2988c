//! Opening sessions, and noticing that one is over.
//!
//! A session is opened under a number that this run of the till never used before, so no frame
//! of an older one can be taken for one of it. An old hello may cost a session, never more.

use super::{Act, Action, Core, Stage, UnderWay};
use crate::PROTOCOL;
use crate::channel::send_outside;
use crate::frame::{Header, Side};
use crate::hub_end::mix;
use crate::message::{BootId, FromHub, FromTill, Hello, Session};
use crate::till_end::DrawerEnd;

/// How far the till is with the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// Nobody heard yet.
    Seeking,
    /// A session was offered to this hub.
    Opening { hub: BootId },
    /// The session is open.
    Open { hub: BootId },
}

impl Core {
    pub(super) const fn is_open(&self) -> bool {
        matches!(self.link, Link::Open { .. })
    }

    pub(super) fn receive(
        &mut self,
        header: &Header,
        message: &[u8],
        now_ms: u64,
        act: &mut Act<'_>,
    ) {
        if header.from != Side::Hub {
            return;
        }
        if header.sequence == 0 && !message.is_empty() {
            if let Ok(FromHub::Hello(hello)) = postcard::from_bytes(message) {
                self.hello(hello, now_ms, act);
            }
            return;
        }
        if !self.is_open() || header.session != self.channel.session() {
            return;
        }
        self.heard_ms = now_ms;
        let received = self.channel.receive(header);
        if received.acknowledged {
            self.arrived(act);
        }
        if received.deliver
            && let Ok(message) = postcard::from_bytes(message)
        {
            self.obey(message, act);
        }
    }

    fn hello(&mut self, hello: Hello<'_>, now_ms: u64, act: &mut Act<'_>) {
        if hello.protocol != PROTOCOL {
            self.close(now_ms, act);
            act(Action::Incompatible(hello));
            return;
        }
        let ours = hello.session == self.channel.session();
        match self.link {
            Link::Seeking => self.open(hello.boot, now_ms),
            Link::Opening { hub } if hub != hello.boot => self.open(hello.boot, now_ms),
            Link::Opening { hub } if ours => {
                self.link = Link::Open { hub };
                self.heard_ms = now_ms;
                act(Action::HubHere(hello));
                self.begin(hello.print_window, act);
            }
            Link::Opening { .. } => {}
            Link::Open { hub } => {
                let silent_ms = now_ms.saturating_sub(self.heard_ms);
                let forgotten = !ours && silent_ms >= u64::from(self.timing.repeat_ms);
                if hub != hello.boot || forgotten {
                    self.close(now_ms, act);
                    self.open(hello.boot, now_ms);
                }
            }
        }
    }

    /// What this end still knows is said again to the hub of the new session.
    fn begin(&mut self, print_window: u16, act: &mut Act<'_>) {
        self.display.told = false;
        self.lights.told = false;
        self.scan_enable.told = false;
        if let Some(job) = &mut self.job {
            job.begin_session();
        }
        self.print_window = print_window;
        if let Some(committed) = &mut self.committed {
            committed.say_again();
        }
        self.abandon_scan_of_another_hub(act);
    }

    fn open(&mut self, hub: BootId, now_ms: u64) {
        self.sessions = self.sessions.wrapping_add(1);
        self.channel.begin(Session {
            till: self.till,
            number: self.sessions,
        });
        self.link = Link::Opening { hub };
        self.heard_ms = now_ms;
        self.try_ms = now_ms;
    }

    /// The session is over; what was under way may or may not have arrived.
    pub(super) fn close(&mut self, now_ms: u64, act: &mut Act<'_>) {
        let was_open = self.is_open();
        self.link = Link::Seeking;
        self.try_ms = now_ms;
        self.under_way = UnderWay::Other;
        self.printer = None;
        self.printer_now.clear();
        self.beeps.clear();
        if let Some(drawer) = self.drawer
            && drawer.stage != Stage::Waiting
        {
            self.drawer = None;
            act(Action::Drawer {
                id: drawer.id,
                end: DrawerEnd::Unknown,
            });
        }
        self.abandon_cancelled_job(act);
        if was_open {
            act(Action::HubGone);
        }
    }

    /// Probes, repeats the offer, or notices that the hub is gone.
    pub(super) fn keep_session(&mut self, now_ms: u64, act: &mut Act<'_>) {
        let silent = now_ms >= self.gone_ms();
        match self.link {
            Link::Open { .. } if silent => self.close(now_ms, act),
            Link::Opening { .. } if silent => self.link = Link::Seeking,
            Link::Seeking | Link::Opening { .. } | Link::Open { .. } => {}
        }
        if self.is_open() || now_ms < self.try_ms {
            return;
        }
        let (session, message, wait_ms) = match self.link {
            Link::Opening { hub } => (
                self.channel.session(),
                FromTill::Open {
                    protocol: PROTOCOL,
                    hub,
                },
                self.timing.repeat_ms,
            ),
            Link::Seeking | Link::Open { .. } => {
                let nonce = nonce(self.till, now_ms);
                let probe = FromTill::Probe { nonce };
                (Session::default(), probe, self.timing.alive_ms)
            }
        };
        self.try_ms = now_ms.saturating_add(u64::from(wait_ms));
        send_outside(Side::Till, session, &message, |frame| {
            act(Action::Send(frame));
        });
    }

    pub(super) fn next_session_ms(&self) -> u64 {
        match self.link {
            Link::Seeking => self.try_ms,
            Link::Opening { .. } => self.try_ms.min(self.gone_ms()),
            Link::Open { .. } => self.channel.next_ms().min(self.gone_ms()),
        }
    }

    fn gone_ms(&self) -> u64 {
        self.heard_ms.saturating_add(u64::from(self.timing.gone_ms))
    }
}

/// The run is random and time goes on within it, so no two probes have the same.
fn nonce(till: u32, now_ms: u64) -> u32 {
    let [a, b, c, d, ..] = now_ms.to_le_bytes();
    mix(till, u32::from_le_bytes([a, b, c, d]))
}
