//! Any bytes, cut in two anywhere, give the answers that they give in one piece.
#![no_main]

use devices::escpos::answer::{Answer, AnswerParser};
use devices::escpos::command::{ProcessId, Question};
use libfuzzer_sys::fuzz_target;

fn read(id: Option<u32>, pieces: [&[u8]; 2]) -> Vec<Answer> {
    let mut parser = AnswerParser::new(200);
    parser.expect(id.map(ProcessId::from_number));
    for question in Question::ALL {
        parser.asked(question);
    }
    let mut seen = Vec::new();
    for (mut input, now_ms) in pieces.into_iter().chain([&[][..]]).zip([0, 0, 1_000]) {
        loop {
            match parser.poll(&mut input, now_ms) {
                Answer::Incomplete => break,
                answer => seen.push(answer),
            }
        }
    }
    seen
}

fuzz_target!(|input: (Option<u32>, usize, &[u8])| {
    let (id, cut, bytes) = input;
    let (first, second) = bytes.split_at(cut % (bytes.len() + 1));
    assert_eq!(read(id, [first, second]), read(id, [bytes, b""]));
});
