//! Any bytes, cut in two anywhere, give the weights that they give in one piece.
#![no_main]

use devices::scale::toledo::{Answer, Scale};
use libfuzzer_sys::fuzz_target;

fn read(pieces: [&[u8]; 2]) -> Vec<Answer> {
    let mut scale = Scale::new(200);
    let mut seen = Vec::new();
    for (mut input, now_ms) in pieces.into_iter().chain([&[][..]]).zip([0, 0, 1_000]) {
        loop {
            match scale.poll(&mut input, now_ms) {
                Answer::Incomplete => break,
                answer => seen.push(answer),
            }
        }
    }
    seen
}

fuzz_target!(|input: (usize, &[u8])| {
    let (cut, bytes) = input;
    let (first, second) = bytes.split_at(cut % (bytes.len() + 1));
    assert_eq!(read([first, second]), read([bytes, b""]));
});
