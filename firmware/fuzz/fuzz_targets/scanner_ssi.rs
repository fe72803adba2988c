//! Any bytes, cut in two anywhere, give the events and answers that they give in one piece; and
//! whatever came before, the next code after silence is whole.
#![no_main]

use devices::scanner::ssi::decoder::{Decoder, Event, Settings};
use libfuzzer_sys::fuzz_target;

const PACKET: &[u8] = b"\x12\xF3\x00\x00\x0B8712345678906\xFC\x3E";

fn read(decoder: &mut Decoder<300>, mut input: &[u8], now_ms: u64) -> Vec<(String, &'static [u8])> {
    let mut seen = Vec::new();
    loop {
        let step = decoder.poll(&mut input, now_ms);
        match step.event {
            Event::Incomplete => return seen,
            Event::Code { code_type, data } => {
                let mut out = [0; 320];
                // Never longer than promised; `None` only for an add-on that is not there.
                let aim = code_type.write_aim(data, &mut out);
                seen.push((format!("{aim:?}"), step.reply));
            }
            event => seen.push((format!("{event:?}"), step.reply)),
        }
    }
}

fuzz_target!(|input: (usize, &[u8])| {
    let (cut, bytes) = input;
    let (first, second) = bytes.split_at(cut % (bytes.len() + 1));
    let mut one = Decoder::new(Settings::default());
    let mut other = Decoder::new(Settings::default());
    let whole = read(&mut one, bytes, 0);
    let mut pieces = read(&mut other, first, 0);
    pieces.extend(read(&mut other, second, 0));
    assert_eq!(pieces, whole);
    read(&mut one, &[], 300);
    read(&mut one, &[], 5_000);
    let after = read(&mut one, PACKET, 5_100);
    assert_eq!(after.len(), 1, "{after:?}");
    assert!(after[0].0.starts_with("Some"), "{after:?}");
});
