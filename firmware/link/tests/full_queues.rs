//! A hub without a till, and more happens than it can keep: the oldest notices go and that is
//! said; scans are refused with *attention* when there is no room, and none that was kept goes.

use link::hub_end::{self, Boot, HubEnd, Identity};
use link::message::{Beep, BootId, Notice, ResetReason, Verdict};
use link::till_end::{self, TillEnd, Timing};

const IDENTITY: Identity = Identity {
    boot: Boot::Named(BootId(7)),
    firmware: "1",
    board: "x",
    reset: ResetReason::Pin,
    print_window: 64,
};

/// Both ends over a good cable until nothing more comes; what the till was told.
fn meet(hub: &mut HubEnd<200>) -> (Vec<Notice>, Vec<Vec<u8>>) {
    let mut till = TillEnd::new(1, None, Timing::default(), 0);
    let (mut notices, mut codes) = (Vec::new(), Vec::new());
    let mut to_till: Vec<u8> = Vec::new();
    for now_ms in 0..5_000 {
        let mut to_hub: Vec<u8> = Vec::new();
        let mut offered = None;
        let received = core::mem::take(&mut to_till);
        till.step(
            till_end::Event::Received(&received),
            now_ms,
            &mut |action| match action {
                till_end::Action::Send(bytes) => to_hub.extend(bytes),
                till_end::Action::Notice(notice) => notices.push(notice),
                till_end::Action::Scan { id, data, .. } => {
                    codes.push(data.to_vec());
                    offered = Some(id);
                }
                _ => {}
            },
        );
        if let Some(id) = offered {
            let verdict = Verdict::Good;
            till.step(
                till_end::Event::Scanned { id, verdict },
                now_ms,
                &mut |action| {
                    if let till_end::Action::Send(bytes) = action {
                        to_hub.extend(bytes);
                    }
                },
            );
        }
        hub.step(hub_end::Event::Received(&to_hub), now_ms, &mut |action| {
            if let hub_end::Action::Send(bytes) = action {
                to_till.extend(bytes);
            }
        });
    }
    (notices, codes)
}

#[test]
fn the_oldest_notice_goes_and_never_a_scan() {
    let mut hub = HubEnd::<200>::new(IDENTITY, Timing::default(), 0);
    let (mut kept, mut refused) = (Vec::new(), 0);
    for number in 0..40 {
        let code = format!("]C0{number:010}");
        let event = hub_end::Event::Scanned {
            scanner: 0,
            data: code.as_bytes(),
        };
        let mut beeps = Vec::new();
        hub.step(event, 0, &mut |action| {
            if let hub_end::Action::Beep(beep) = action {
                beeps.push(beep);
            }
        });
        if beeps.is_empty() {
            kept.push(code.into_bytes());
        } else {
            assert_eq!(beeps, [Beep::Attention]);
            refused += 1;
        }
        // Notices in between do not take a scan's place.
        hub.step(hub_end::Event::Notice(Notice::NoRead), 0, &mut |_| {});
    }
    hub.step(hub_end::Event::Notice(Notice::DisplayFault), 0, &mut |_| {});
    assert_eq!((kept.len(), refused), (12, 28), "16 bytes each of 200");
    assert_eq!(hub.scans_waiting(), 12);
    let (notices, codes) = meet(&mut hub);
    assert_eq!(codes, kept, "every scan that was kept, in order");
    assert_eq!(notices.len(), 8, "{notices:?}");
    assert_eq!(notices.first(), Some(&Notice::NoticesLost));
    assert_eq!(notices.last(), Some(&Notice::DisplayFault), "the newest");
}
