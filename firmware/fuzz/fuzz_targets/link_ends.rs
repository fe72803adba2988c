//! Both ends take any message in a well-formed frame of any session, and neither panics. The hub
//! never lets more wait for the printer than its window.
#![no_main]

use libfuzzer_sys::fuzz_target;
use link::frame::{Header, MESSAGE_MAX, Side, encode};
use link::hub_end::{self, Boot, HubEnd, Identity};
use link::message::{BootId, ResetReason, Session};
use link::till_end::{self, TillEnd, Timing};

fn frame(from: Side, session: Session, sequence: u32, message: &[u8]) -> Vec<u8> {
    let header = Header {
        from,
        session,
        sequence,
        acknowledged: sequence,
    };
    let message = &message[..message.len().min(MESSAGE_MAX)];
    let mut wire = vec![0];
    wire.extend_from_slice(&encode(&header, message).expect("short enough"));
    wire
}

fuzz_target!(|frames: Vec<(u8, u8, u8, Vec<u8>)>| {
    let identity = Identity {
        boot: Boot::Named(BootId(7)),
        firmware: "1",
        board: "x",
        reset: ResetReason::Pin,
        print_window: 64,
    };
    let mut hub = HubEnd::<300>::new(identity, Timing::default(), 0);
    let mut till = TillEnd::new(1, None, Timing::default(), 0);
    let mut waiting = 0;
    let mut now_ms = 0;
    for (kind, session, sequence, message) in frames {
        now_ms += u64::from(kind) * 4;
        let session = Session {
            till: u32::from(session & 1),
            number: u32::from(session >> 6),
        };
        let sequence = u32::from(sequence % 4);
        let to_hub = frame(Side::Till, session, sequence, &message);
        hub.step(
            hub_end::Event::Received(&to_hub),
            now_ms,
            &mut |action| match action {
                hub_end::Action::Print(data) => waiting += data.len(),
                hub_end::Action::PrintCancel => waiting = 0,
                _ => {}
            },
        );
        assert!(waiting <= 64);
        let to_till = frame(Side::Hub, session, sequence, &message);
        till.step(till_end::Event::Received(&to_till), now_ms, &mut |_| {});
        let job = u64::from(kind % 3);
        let event = match kind % 4 {
            0 => till_end::Event::Print {
                job,
                len: 100,
                begun_on: None,
            },
            1 => till_end::Event::PrintData {
                job,
                offset: 0,
                data: &message,
            },
            2 => till_end::Event::OpenDrawer {
                id: u32::from(kind),
            },
            _ => till_end::Event::PrinterNow(&message),
        };
        till.step(event, now_ms, &mut |_| {});
    }
});
