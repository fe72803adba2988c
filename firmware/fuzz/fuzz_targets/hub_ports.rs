//! Any bytes on any port at any moment: no panic, and no drawer pulse out of bounds.
#![no_main]

use devices::scanner::{plain, ssi};
use hub::drawer;
use hub::logic::{Event, Hub, Protocol, Settings};
use libfuzzer_sys::fuzz_target;
use link::hub_end::{Boot, Timing};
use link::message::ResetReason;

fuzz_target!(|input: (bool, Vec<(u8, u8, Vec<u8>)>)| {
    let (packets, reads) = input;
    let settings = Settings {
        boot: Boot::ByProbe { seed: 1 },
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
    let (mut now_ms, mut due_ms, mut on_since) = (0_u64, 0_u64, None);
    for (port, wait_ms, bytes) in reads {
        now_ms = (now_ms + u64::from(wait_ms)).min(due_ms.max(now_ms));
        let took = hub.for_printer().len().min(usize::from(wait_ms));
        let event = match port % 5 {
            0 => Event::FromLink(&bytes),
            1 => Event::FromScanner(&bytes),
            2 => Event::FromPrinter(&bytes),
            3 => Event::PrinterTook(took),
            _ => Event::Tick,
        };
        due_ms = hub.step(event, now_ms, &mut |_| {});
        match (on_since, hub.outputs(now_ms).drawer) {
            (None, true) => on_since = Some(now_ms),
            (Some(since), false) => {
                assert!((50..=200).contains(&(now_ms - since)));
                on_since = None;
            }
            _ => {}
        }
    }
});
