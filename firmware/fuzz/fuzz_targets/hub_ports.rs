//! Any bytes on any port at any moment, and any message of a till whose session is open: no
//! panic, no drawer pulse out of bounds, and never two without a rest.
#![no_main]

use devices::scanner::{plain, ssi};
use hub::drawer;
use hub::logic::{Event, Hub, Protocol, Settings};
use libfuzzer_sys::fuzz_target;
use link::frame::{Header, MESSAGE_MAX, Side, encode};
use link::hub_end::{Boot, Timing};
use link::message::{BootId, FromTill, ResetReason, Session};

const BOOT: BootId = BootId(7);

/// A frame of the session that is open.
fn frame(sequence: u32, message: &[u8]) -> Vec<u8> {
    let header = Header {
        from: Side::Till,
        session: Session { till: 1, number: 1 },
        sequence,
        acknowledged: u32::MAX,
    };
    let message = &message[..message.len().min(MESSAGE_MAX)];
    let mut wire = vec![0];
    wire.extend_from_slice(&encode(&header, message).expect("short enough"));
    wire
}

fuzz_target!(|input: (bool, Vec<(u8, u8, Vec<u8>)>)| {
    let (packets, reads) = input;
    let settings = Settings {
        boot: Boot::Named(BOOT),
        firmware: "1",
        board: "x",
        reset: ResetReason::Pin,
        scanner: if packets {
            Protocol::Ssi(ssi::decoder::Settings::default())
        } else {
            Protocol::Plain(plain::Settings::default())
        },
        drawer: drawer::Settings::default(),
        timing: Timing::default(),
    };
    let mut hub = Hub::<256, 128>::new(settings, 0);
    let (mut now_ms, mut on_since, mut off_since) = (0_u64, None, 0_u64);
    let open = FromTill::Open {
        protocol: link::PROTOCOL,
        hub: BOOT,
    };
    let mut room = [0; 32];
    let open = postcard::to_slice(&open, &mut room).expect("short");
    let mut due_ms = hub.step(Event::FromLink(&frame(0, open)), 0, &mut |_| {});
    let mut sequence = 0;
    for (port, wait_ms, bytes) in reads {
        now_ms = (now_ms + u64::from(wait_ms)).min(due_ms.max(now_ms));
        let took = hub.for_printer().len().min(usize::from(wait_ms));
        let whole = match port % 7 {
            // The message of a till, in the frame that the hub waits for.
            5 => {
                sequence += 1;
                frame(sequence, &bytes)
            }
            6 => {
                sequence += 1;
                let id = sequence;
                let mut room = [0; 16];
                let ask = postcard::to_slice(&FromTill::OpenDrawer { id }, &mut room);
                frame(sequence, ask.expect("short"))
            }
            _ => Vec::new(),
        };
        let event = match port % 7 {
            0 => Event::FromLink(&bytes),
            1 => Event::FromScanner(&bytes),
            2 => Event::FromPrinter(&bytes),
            3 => Event::PrinterTook(took),
            5 | 6 => Event::FromLink(&whole),
            _ => Event::Tick,
        };
        due_ms = hub.step(event, now_ms, &mut |_| {});
        match (on_since, hub.outputs(now_ms).drawer) {
            (None, true) => {
                assert!(now_ms - off_since >= 500, "no rest");
                on_since = Some(now_ms);
            }
            (Some(since), false) => {
                assert!((50..=200).contains(&(now_ms - since)));
                on_since = None;
                off_since = now_ms;
            }
            _ => {}
        }
    }
});
