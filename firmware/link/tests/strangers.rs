//! One end of the link against an other end that the test speaks by hand, frame by frame: what
//! belongs to another session, another run or another version of the protocol changes nothing,
//! and what was said before is not obeyed again, however late it comes.

#![expect(
    clippy::expect_used,
    reason = "messages of the test are short enough for a frame"
)]

#[path = "strangers/hub.rs"]
mod hub;
#[path = "strangers/till.rs"]
mod till;

use link::PROTOCOL;
use link::frame::{Deframer, Frame, Header, Side, encode};
use link::hub_end::{self, Boot, HubEnd, Identity};
use link::message::{
    Beep, BootId, DrawerOutcome, FromHub, FromTill, Hello, PrinterState, ResetReason, ScanId,
    Session, Verdict,
};
use link::till_end::{self, DrawerEnd, PrintOutcome, Resume, TillEnd, Timing};
use serde::Serialize;

const BOOT: BootId = BootId(7);
const OTHER_BOOT: BootId = BootId(8);

const fn session(number: u32) -> Session {
    Session { till: 1, number }
}

const fn scan(boot: BootId, sequence: u32) -> ScanId {
    ScanId { boot, sequence }
}

/// A frame as it goes over the cable; `sequence` 0 is outside the sequence.
fn wire(from: Side, session: Session, sequence: u32, message: &impl Serialize) -> Vec<u8> {
    let mut room = [0; 300];
    let message = postcard::to_slice(message, &mut room).expect("short enough");
    let header = Header {
        from,
        session,
        sequence,
        acknowledged: 0,
    };
    encode(&header, message).expect("short enough").to_vec()
}
