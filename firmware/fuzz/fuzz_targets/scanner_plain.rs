//! Any bytes, cut in two anywhere, give the codes that they give in one piece; none is empty.
#![no_main]

use devices::scanner::plain::{Ending, Frame, OnSilence, Prefix, Scanner, Settings};
use libfuzzer_sys::fuzz_target;

fn read(settings: Settings, pieces: [&[u8]; 3]) -> Vec<Option<Vec<u8>>> {
    let mut scanner = Scanner::<48>::new(settings);
    let mut seen = Vec::new();
    for (mut input, now_ms) in pieces.into_iter().zip([0, 0, 1_000]) {
        loop {
            match scanner.poll(&mut input, now_ms) {
                Frame::Incomplete => break,
                Frame::Malformed(_) => seen.push(None),
                Frame::Code(code) => seen.push(Some(code.to_vec())),
            }
        }
    }
    seen
}

fuzz_target!(|input: (u8, bool, usize, &[u8])| {
    let (ending, release, cut, bytes) = input;
    let settings = Settings {
        prefix: Prefix::new(if release { b"A1" } else { b"" }).expect("short"),
        ending: match ending % 7 {
            0 => Ending::Any,
            1 => Ending::Cr,
            2 => Ending::CrLf,
            3 => Ending::Lf,
            4 => Ending::Tab,
            5 => Ending::StxEtx,
            _ => Ending::Silence,
        },
        silence_ms: 150,
        on_silence: if release {
            OnSilence::Release
        } else {
            OnSilence::Refuse
        },
    };
    let (first, second) = bytes.split_at(cut % (bytes.len() + 1));
    let whole = read(settings, [bytes, b"", b""]);
    assert_eq!(read(settings, [first, second, b""]), whole);
    assert!(whole.iter().flatten().all(|code| !code.is_empty()));
});
