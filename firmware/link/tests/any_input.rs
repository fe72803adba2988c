//! Neither end panics, whatever comes over the cable and whatever is asked of it: any bytes,
//! any well-formed frame of any session, any message cut off anywhere, times that jump.

use link::frame::{Header, Side, encode};
use link::hub_end::{self, Boot, HubEnd, Identity};
use link::message::{
    BootId, DrawerOutcome, FromHub, FromTill, Hello, Notice, PrinterState, ResetReason, ScanId,
    Session, Verdict,
};
use link::till_end::{self, TillEnd, Timing};
use proptest::prelude::*;

fn session() -> impl Strategy<Value = Session> {
    (0_u32..3, 0_u32..3).prop_map(|(till, number)| Session { till, number })
}

fn frame(from: Side, session: Session, sequence: u32, message: &[u8]) -> Vec<u8> {
    let header = Header {
        from,
        session,
        sequence,
        acknowledged: sequence,
    };
    let frame = encode(&header, message).unwrap_or_default();
    let mut wire = vec![0];
    wire.extend_from_slice(&frame);
    wire
}

fn from_hub() -> impl Strategy<Value = Vec<u8>> {
    (
        any::<[u32; 4]>(),
        session(),
        0_u8..9,
        prop::collection::vec(any::<u8>(), 0..64),
    )
        .prop_map(|([a, b, c, d], session, kind, data)| {
            let boot = BootId(a % 2);
            let id = ScanId {
                boot,
                sequence: b % 3,
            };
            let job = (c % 2 == 0).then_some(u64::from(c % 3));
            let message = match kind {
                0..=2 => FromHub::Hello(Hello {
                    protocol: if kind == 0 { 99 } else { link::PROTOCOL },
                    boot,
                    session,
                    firmware: "1",
                    board: "x",
                    uptime_s: b,
                    reset: ResetReason::Watchdog,
                    print_window: u16::try_from(d % 300).unwrap_or(0),
                }),
                3 => FromHub::Scan {
                    id,
                    scanner: 1,
                    data: &data,
                },
                4 => FromHub::Printer(PrinterState {
                    job,
                    received: b,
                    sent: d,
                }),
                5 => FromHub::PrinterSays(&data),
                6 => FromHub::Drawer {
                    id: b % 3,
                    outcome: DrawerOutcome::Resting,
                },
                7 => FromHub::Notice(Notice::NoticesLost),
                _ => FromHub::Status(Default::default()),
            };
            let mut room = [0; 280];
            let bytes = postcard::to_slice(&message, &mut room);
            bytes.map_or_else(|_| Vec::new(), |bytes| bytes.to_vec())
        })
}

fn from_till() -> impl Strategy<Value = Vec<u8>> {
    (
        any::<[u32; 4]>(),
        0_u8..9,
        prop::collection::vec(any::<u8>(), 0..128),
    )
        .prop_map(|([a, b, c, d], kind, data)| {
            let hub = BootId(7);
            let message = match kind {
                0..=2 => FromTill::Open {
                    protocol: link::PROTOCOL,
                    hub,
                },
                3 => FromTill::Probe { nonce: d },
                4 => FromTill::Scanned {
                    id: ScanId {
                        boot: hub,
                        sequence: a % 3,
                    },
                    verdict: Verdict::Good,
                },
                5 => FromTill::Print {
                    job: u64::from(b % 3),
                    offset: if c % 2 == 0 { 0 } else { d },
                    data: &data,
                },
                6 => FromTill::PrintCancel {
                    job: u64::from(b % 3),
                },
                7 => FromTill::PrinterNow(&data),
                _ => FromTill::OpenDrawer { id: d },
            };
            let mut room = [0; 280];
            let bytes = postcard::to_slice(&message, &mut room);
            bytes.map_or_else(|_| Vec::new(), |bytes| bytes.to_vec())
        })
}

/// A frame with this message, cut off or not, or plain noise.
fn wire(from: Side, message: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let framed = (
        session(),
        0_u32..4,
        message,
        any::<Option<prop::sample::Index>>(),
    )
        .prop_map(move |(session, sequence, mut message, cut)| {
            if let Some(cut) = cut
                && !message.is_empty()
            {
                message.truncate(cut.index(message.len()));
            }
            frame(from, session, sequence, &message)
        });
    prop_oneof![4 => framed, 1 => prop::collection::vec(any::<u8>(), 0..400)]
}

proptest! {
    #[test]
    fn the_hub_takes_anything(
        inputs in prop::collection::vec((wire(Side::Till, from_till()), 0_u8..6, any::<u16>()), 0..40),
    ) {
        let identity = Identity {
            boot: Boot::Named(BootId(7)),
            firmware: "1",
            board: "x",
            reset: ResetReason::Pin,
            print_window: 64,
        };
        let mut end = HubEnd::<300>::new(identity, Timing::default(), 0);
        let (mut now_ms, mut waiting) = (0_u64, 0_usize);
        for (bytes, kind, number) in inputs {
            now_ms = now_ms.wrapping_add(u64::from(number % 900));
            let took = number.min(u16::try_from(waiting).unwrap_or(0));
            let event = match kind {
                0 => hub_end::Event::Scanned { scanner: 0, data: &bytes },
                1 => hub_end::Event::PrinterSaid(&bytes),
                2 => hub_end::Event::PrinterTook(took),
                3 => hub_end::Event::Notice(Notice::NoRead),
                _ => hub_end::Event::Received(&bytes),
            };
            if kind == 2 {
                waiting -= usize::from(took);
            }
            end.step(event, now_ms, &mut |action| match action {
                hub_end::Action::Print(data) => waiting += data.len(),
                hub_end::Action::PrintCancel => waiting = 0,
                _ => {}
            });
            prop_assert!(waiting <= 64, "more than the window");
        }
    }

    #[test]
    fn the_till_takes_anything(
        inputs in prop::collection::vec((wire(Side::Hub, from_hub()), 0_u8..9, any::<u32>()), 0..40),
    ) {
        let mut end = TillEnd::new(1, None, Timing::default(), 0);
        let mut now_ms = 0_u64;
        for (bytes, kind, number) in inputs {
            now_ms = now_ms.wrapping_add(u64::from(number % 900));
            let job = u64::from(number % 3);
            let event = match kind {
                0 => till_end::Event::Print { job, len: number, begun_on: None },
                1 => till_end::Event::PrintData { job, offset: 0, data: &bytes },
                2 => till_end::Event::PrintCancel { job },
                3 => till_end::Event::OpenDrawer { id: number % 3 },
                4 => till_end::Event::PrinterNow(&bytes),
                5 => till_end::Event::HungUp,
                _ => till_end::Event::Received(&bytes),
            };
            end.step(event, now_ms, &mut |_| {});
        }
    }
}
