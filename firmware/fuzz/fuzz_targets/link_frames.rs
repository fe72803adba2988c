//! Any bytes are frames or are not; and whatever came before, the frame behind a zero is whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use link::frame::{Deframer, Frame, Header, MESSAGE_MAX, Side, encode};
use link::message::Session;

fuzz_target!(|input: (u32, &[u8])| {
    let (sequence, bytes) = input;
    let mut deframer = Deframer::new();
    let mut rest = bytes;
    while deframer.poll(&mut rest) != Frame::Incomplete {}
    let header = Header {
        from: Side::Hub,
        session: Session { till: 1, number: 2 },
        sequence,
        acknowledged: 0,
    };
    let message = &bytes[..bytes.len().min(MESSAGE_MAX)];
    let mut wire = vec![0];
    wire.extend_from_slice(&encode(&header, message).expect("short enough"));
    let mut rest = &wire[..];
    let mut found = false;
    loop {
        match deframer.poll(&mut rest) {
            Frame::Incomplete => break,
            Frame::Malformed(_) => {}
            Frame::Whole(of, content) => found |= of == header && content == message,
        }
    }
    assert!(found);
});
