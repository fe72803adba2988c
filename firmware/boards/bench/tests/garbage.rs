//! Garbage on every port for a minute, told in bytes: what a cable carries in a minute at the
//! port's baud rate. How fast the machine takes it does not matter.
use bench::{Board, Pin, Rig, Seen};

const PATIENCE_MS: u64 = 120_000;
/// Bytes in a tenth of a second, ten bits each.
const SLOW_PORT: usize = 9_600 / 100;
const LINK: usize = 115_200 / 100;
const TENTHS: usize = 600;

/// A linear congruential generator: the same garbage every time.
struct Garbage(u32);

impl Garbage {
    fn take(&mut self, len: usize) -> Vec<u8> {
        let bytes = core::iter::repeat_with(|| {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            self.0.to_be_bytes()[0]
        });
        bytes.take(len).collect()
    }
}

#[test]
fn a_minute_of_it_stops_nothing() {
    let mut rig = Rig::start(Board::Lm3s6965).expect("QEMU starts");
    let here = |rig: &Rig| rig.count(|seen| matches!(seen, Seen::Here(..))) > 0;
    assert!(rig.run_until(PATIENCE_MS, here), "no hello");
    let mut garbage = Garbage(0x1234_5678);
    for _ in 0..TENTHS {
        rig.send(|rig| &mut rig.scanner, &garbage.take(SLOW_PORT))
            .expect("the hub takes it");
        rig.send(|rig| &mut rig.printer, &garbage.take(SLOW_PORT))
            .expect("the hub takes it");
        rig.send(Rig::link, &garbage.take(LINK))
            .expect("the hub takes it");
        rig.run_until(0, |_| true);
    }
    // The cable is good again: a code comes through, as soon as those before it are gone.
    let mut heard = false;
    for round in 0..60 {
        let code = format!("\r\n]C0STILL-HERE-{round}\r\n");
        rig.send(|rig| &mut rig.scanner, code.as_bytes())
            .expect("open");
        let still = |rig: &Rig| {
            let codes = rig.codes();
            codes
                .iter()
                .rev()
                .take(50)
                .any(|code| code.contains("STILL-HERE"))
        };
        heard = rig.run_until(5_000, still);
        if heard {
            break;
        }
    }
    assert!(heard, "{:?}", rig.codes().last());
    let drawers = rig.count(|seen| matches!(seen, Seen::Drawer(..)));
    assert_eq!(drawers, 0);
    let high = |pin: &&Pin| pin.high;
    assert_eq!(rig.pins.iter().filter(high).count(), 0, "the coil moved");
    let starts = rig.pins.iter().filter(|pin| pin.at_ms == 0.0).count();
    assert_eq!(starts, 1, "it never restarted");
}
