extern crate std;

use std::{vec, vec::Vec};

use proptest::prelude::*;

use super::*;
use crate::scanner::ssi::code_type::Symbology;
use crate::scanner::ssi::tests::hex;
use crate::scanner::ssi::{PACKET_MAX, SOURCE_HOST, encode};

#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    Code(u8, Vec<u8>),
    NoRead,
    Part,
    Duplicate,
    Other(u8),
    Bad(Malformed),
}

type Log = Vec<(Seen, &'static [u8])>;

fn drain<const N: usize>(decoder: &mut Decoder<N>, mut input: &[u8], now_ms: u64) -> Log {
    let mut log = Vec::new();
    loop {
        let Step { event, reply } = decoder.poll(&mut input, now_ms);
        let seen = match event {
            Event::Incomplete => {
                assert!(reply.is_empty() && input.is_empty());
                return log;
            }
            Event::Code { code_type, data } => Seen::Code(code_type.byte, data.to_vec()),
            Event::NoRead => Seen::NoRead,
            Event::Part => Seen::Part,
            Event::Duplicate => Seen::Duplicate,
            Event::Other(packet) => Seen::Other(packet.opcode),
            Event::Malformed(reason) => Seen::Bad(reason),
        };
        log.push((seen, reply));
    }
}

fn decoder() -> Decoder<64> {
    Decoder::new(Settings::default())
}

fn packet(status: u8, data: &[u8]) -> Vec<u8> {
    packet_of(opcode::DECODE_DATA, SOURCE_DECODER, status, data)
}

fn packet_of(opcode: u8, source: u8, status: u8, data: &[u8]) -> Vec<u8> {
    let mut out = [0; PACKET_MAX];
    let packet = Packet {
        opcode,
        source,
        status,
        data,
    };
    encode(&packet, &mut out).expect("room").to_vec()
}

fn ean() -> Vec<u8> {
    hex("12 F3 00 00 0B 38 37 31 32 33 34 35 36 37 38 39 30 36 FC 3E")
}

fn ean_again() -> Vec<u8> {
    packet(STATUS_RETRANSMISSION, b"\x0B8712345678906")
}

fn ean_seen() -> (Seen, &'static [u8]) {
    (Seen::Code(0x0B, b"8712345678906".to_vec()), ACK)
}

fn damaged(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes[5] ^= 1;
    bytes
}

#[test]
fn a_code_split_at_every_byte() {
    let mut input = ean();
    input.extend(hex("07 F3 00 00 01 4E 52 FE 65"));
    for cut in 0..=input.len() {
        let mut decoder = decoder();
        let mut log = drain(&mut decoder, &input[..cut], 0);
        log.extend(drain(&mut decoder, &input[cut..], 249));
        assert_eq!(log, [ean_seen(), (Seen::NoRead, ACK)], "cut at {cut}");
        assert_eq!(decoder.deadline_ms(), None);
    }
    let mut decoder = decoder();
    let mut input = &ean()[..];
    let Event::Code { code_type, .. } = decoder.poll(&mut input, 0).event else {
        panic!("a code")
    };
    assert_eq!(code_type.symbology, Symbology::Ean13);
}

#[test]
fn a_lost_ack_does_not_sell_twice() {
    let mut decoder = decoder();
    assert_eq!(drain(&mut decoder, &ean(), 0), [ean_seen()]);
    for now_ms in [2_000, 4_000] {
        assert_eq!(
            drain(&mut decoder, &ean_again(), now_ms),
            [(Seen::Duplicate, ACK)]
        );
    }
    assert_eq!(drain(&mut decoder, &ean(), 5_000), [ean_seen()]);
}

#[test]
fn a_packet_answered_with_nak_is_accepted_when_it_comes_again() {
    let mut decoder = decoder();
    assert_eq!(drain(&mut decoder, &ean(), 0), [ean_seen()]);
    let log = drain(&mut decoder, &damaged(ean()), 1_000);
    assert!(matches!(
        log[..],
        [(
            Seen::Bad(Malformed::Packet(BadPacket::Checksum { .. })),
            NAK_RESEND
        )]
    ));
    assert_eq!(drain(&mut decoder, &ean_again(), 1_010), [ean_seen()]);
    assert_eq!(
        drain(&mut decoder, &ean_again(), 3_000),
        [(Seen::Duplicate, ACK)]
    );
}

#[test]
fn a_retransmission_of_something_else_is_accepted() {
    let mut decoder = decoder();
    assert_eq!(drain(&mut decoder, &ean_again(), 0), [ean_seen()]);
    let other = packet(STATUS_RETRANSMISSION, b"\x03KLR-CASH");
    assert_eq!(
        drain(&mut decoder, &other, 0),
        [(Seen::Code(3, b"KLR-CASH".to_vec()), ACK)]
    );
}

#[test]
fn silence_frames_anew_and_asks_again() {
    let mut decoder = decoder();
    assert_eq!(drain(&mut decoder, &ean()[..9], 0), vec![]);
    assert_eq!(decoder.deadline_ms(), Some(250));
    assert_eq!(
        drain(&mut decoder, &ean_again(), 250),
        [
            (Seen::Bad(Malformed::Unfinished { bytes: 9 }), NAK_RESEND),
            ean_seen()
        ]
    );
}

#[test]
fn garbage_is_dropped_until_silence_and_reported_once() {
    let mut decoder = decoder();
    let mut input = vec![0x02, 0xFF, 0x00];
    input.extend(ean());
    assert_eq!(drain(&mut decoder, &input, 0), vec![]);
    let bad = Malformed::Packet(BadPacket::Length { len: 2 });
    assert_eq!(
        drain(&mut decoder, &[], 250),
        [(Seen::Bad(bad), NAK_RESEND)]
    );
    assert_eq!(drain(&mut decoder, &ean_again(), 260), [ean_seen()]);
}

#[test]
fn the_packets_of_a_message_are_joined() {
    let mut decoder = decoder();
    let first = packet(STATUS_MORE, b"\x1Chttps://example");
    let again = packet(STATUS_MORE | STATUS_RETRANSMISSION, b"\x1Chttps://example");
    let last = packet(0, b"\x1C.nl/01/08712345678906");
    assert_eq!(drain(&mut decoder, &first, 0), [(Seen::Part, ACK)]);
    assert_eq!(decoder.deadline_ms(), Some(3_000));
    assert_eq!(drain(&mut decoder, &again, 2_000), [(Seen::Duplicate, ACK)]);
    let event = packet_of(opcode::EVENT, SOURCE_DECODER, 0, &[1]);
    assert_eq!(
        drain(&mut decoder, &event, 3_000),
        [(Seen::Other(opcode::EVENT), ACK)]
    );
    let whole = b"https://example.nl/01/08712345678906".to_vec();
    assert_eq!(
        drain(&mut decoder, &last, 4_000),
        [(Seen::Code(0x1C, whole), ACK)]
    );
    assert_eq!(drain(&mut decoder, &ean(), 4_001), [ean_seen()]);
}

#[test]
fn equal_packets_of_one_message_both_count() {
    let mut decoder = decoder();
    let half = packet(STATUS_MORE, b"\x1Cab");
    drain(&mut decoder, &half, 0);
    assert_eq!(drain(&mut decoder, &half, 1), [(Seen::Part, ACK)]);
    assert_eq!(
        drain(&mut decoder, &packet(0, b"\x1Cab"), 2),
        [(Seen::Code(0x1C, b"ababab".to_vec()), ACK)]
    );
}

#[test]
fn a_broken_message_never_becomes_a_code() {
    let mut decoder = decoder();
    drain(&mut decoder, &packet(STATUS_MORE, b"\x1Cab"), 0);
    assert_eq!(
        drain(&mut decoder, &ean(), 1),
        [(Seen::Bad(Malformed::BrokenMessage), NAK_BAD_CONTEXT)]
    );
    assert_eq!(drain(&mut decoder, &ean_again(), 2), [ean_seen()]);
    drain(&mut decoder, &packet(STATUS_MORE, b"\x1Cab"), 10);
    assert_eq!(
        drain(&mut decoder, &ean(), 3_010),
        [(Seen::Bad(Malformed::BrokenMessage), &[][..]), ean_seen()]
    );
}

#[test]
fn an_over_long_message_is_dropped_to_its_end() {
    let mut decoder = decoder();
    let part = packet(STATUS_MORE, &[b'x'; 40]);
    let last = packet(0, &[b'x'; 5]);
    let last_again = packet(STATUS_RETRANSMISSION, &[b'x'; 5]);
    let too_long = (Seen::Bad(Malformed::TooLong { limit: 64 }), NAK_DENIED);
    for _ in 0..3 {
        assert_eq!(drain(&mut decoder, &part, 0), [(Seen::Part, ACK)]);
    }
    assert_eq!(drain(&mut decoder, &last, 0), [too_long]);
    assert_eq!(
        drain(&mut decoder, &last_again, 0),
        [(Seen::Duplicate, ACK)]
    );
    assert_eq!(drain(&mut decoder, &ean(), 0), [ean_seen()]);
}

#[test]
fn acknowledgements_and_echoes_are_not_answered() {
    let mut decoder = decoder();
    for (op, source) in [
        (opcode::CMD_ACK, SOURCE_DECODER),
        (opcode::CMD_NAK, SOURCE_DECODER),
        (opcode::SCAN_ENABLE, SOURCE_HOST),
    ] {
        let bytes = packet_of(op, source, 0, &[]);
        assert_eq!(drain(&mut decoder, &bytes, 0), [(Seen::Other(op), &[][..])]);
    }
}

#[test]
fn codes_without_data_are_refused() {
    let mut decoder = decoder();
    for data in [&b""[..], b"\x0B"] {
        let log = drain(&mut decoder, &packet(0, data), 0);
        assert_eq!(log, [(Seen::Bad(Malformed::Empty), NAK_BAD_CONTEXT)]);
    }
}

#[test]
fn an_unplugged_scanner_may_repeat_itself_when_it_is_back() {
    let mut decoder = decoder();
    drain(&mut decoder, &ean(), 0);
    assert_eq!(decoder.hang_up(), None);
    assert_eq!(
        drain(&mut decoder, &ean_again(), 900),
        [(Seen::Duplicate, ACK)]
    );
    drain(&mut decoder, &ean()[..7], 1_000);
    assert_eq!(decoder.hang_up(), Some(Malformed::Unfinished { bytes: 7 }));
    assert_eq!(drain(&mut decoder, &ean_again(), 1_001), [ean_seen()]);
    drain(&mut decoder, &packet(STATUS_MORE, b"\x1Cab"), 2_000);
    assert_eq!(decoder.hang_up(), Some(Malformed::BrokenMessage));
}

proptest! {
    #[test]
    fn any_split_of_any_bytes_gives_the_same(
        chunks in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..20),
                Just(ean()),
                Just(ean_again()),
                Just(packet(STATUS_MORE, b"\x1Cab")),
            ],
            0..10,
        ),
        cuts in prop::collection::vec(1_usize..30, 0..40),
    ) {
        let whole = chunks.concat();
        let mut one = decoder();
        let mut expected = drain(&mut one, &whole, 7);
        expected.extend(drain(&mut one, &[], 500));
        expected.extend(drain(&mut one, &[], 5_000));
        let mut other = decoder();
        let (mut seen, mut rest) = (Vec::new(), &whole[..]);
        for cut in cuts {
            let (now, later) = rest.split_at(cut.min(rest.len()));
            seen.extend(drain(&mut other, now, 7));
            rest = later;
        }
        seen.extend(drain(&mut other, rest, 7));
        seen.extend(drain(&mut other, &[], 500));
        seen.extend(drain(&mut other, &[], 5_000));
        prop_assert_eq!(seen, expected);
    }

    #[test]
    fn after_any_garbage_and_silence_the_next_code_is_whole(
        garbage in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut decoder = decoder();
        drain(&mut decoder, &garbage, 0);
        drain(&mut decoder, &[], 250);
        drain(&mut decoder, &[], 3_100);
        let log = drain(&mut decoder, &ean(), 3_200);
        prop_assert_eq!(log, vec![ean_seen()]);
    }

    #[test]
    fn times_that_run_backwards_do_no_harm(
        reads in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..9), any::<u64>()), 0..50),
    ) {
        let mut decoder = decoder();
        for (bytes, now_ms) in reads {
            drain(&mut decoder, &bytes, now_ms);
        }
    }
}
