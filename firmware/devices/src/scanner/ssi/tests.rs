extern crate std;

use std::{format, string::String, vec::Vec};

use proptest::prelude::*;

use super::*;

const VECTORS: &str = include_str!("../../../tests/vectors/ssi_packets.tsv");

pub(super) fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal"))
        .collect()
}

fn vectors() -> Vec<(String, Vec<u8>, String)> {
    VECTORS
        .lines()
        .skip(1)
        .map(|line| {
            let mut columns = line.split('\t').map(String::from);
            let mut next = || columns.next().expect("a column");
            (next(), hex(&next()), next())
        })
        .collect()
}

#[test]
fn outside_vectors() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 13);
    for (name, bytes, verdict) in vectors {
        match (verdict.as_str(), parse(&bytes)) {
            ("valid", Parsed::Packet(packet, len)) => {
                assert_eq!(len, bytes.len(), "{name}");
                let mut out = [0; PACKET_MAX];
                assert_eq!(encode(&packet, &mut out), Some(&bytes[..]), "{name}");
            }
            ("bad_checksum", Parsed::Malformed(BadPacket::Checksum { .. })) => {}
            (verdict, parsed) => panic!("{name}: {verdict} but {parsed:?}"),
        }
        for cut in 0..bytes.len() {
            assert_eq!(
                parse(&bytes[..cut]),
                Parsed::Incomplete,
                "{name} cut at {cut}"
            );
        }
    }
}

#[test]
fn answers_and_commands_are_the_published_bytes() {
    let published = |wanted: &str| {
        vectors()
            .into_iter()
            .find(|(name, ..)| name == wanted)
            .map(|(_, bytes, _)| bytes)
            .expect("a vector of this name")
    };
    assert_eq!(ACK, published("CMD_ACK"));
    assert_eq!(NAK_RESEND, published("CMD_NAK_RESEND"));
    assert_eq!(NAK_BAD_CONTEXT, published("CMD_NAK_BAD_CONTEXT"));
    assert_eq!(NAK_DENIED, published("CMD_NAK_DENIED"));
    let mut out = [0; COMMAND_MAX];
    for (command, bytes) in [
        (Command::LedOn(1), published("LED_ON")),
        (Command::LedOff(1), published("LED_OFF")),
        (Command::RequestRevision, published("REQUEST_REVISION")),
        (Command::ScanEnable, hex("04 E9 04 00 FF 0F")),
        (Command::ScanDisable, hex("04 EA 04 00 FF 0E")),
        (Command::Beep(0), hex("05 E6 04 00 00 FF 11")),
    ] {
        assert_eq!(command.encode(&mut out), bytes, "{command:?}");
    }
}

#[test]
fn an_impossible_length_is_seen_at_once() {
    for len in 0..4 {
        assert_eq!(parse(&[len]), Parsed::Malformed(BadPacket::Length { len }));
    }
    let text = format!("{}", BadPacket::Length { len: 3 });
    assert_eq!(text, "an impossible packet length 3");
}

proptest! {
    #[test]
    fn what_is_encoded_is_parsed(
        opcode in any::<u8>(),
        source in any::<u8>(),
        status in any::<u8>(),
        data in prop::collection::vec(any::<u8>(), 0..=DATA_MAX),
        tail in prop::collection::vec(any::<u8>(), 0..5),
    ) {
        let packet = Packet { opcode, source, status, data: &data };
        let mut out = [0; PACKET_MAX];
        let mut bytes = encode(&packet, &mut out).expect("room").to_vec();
        let len = bytes.len();
        bytes.extend(tail);
        prop_assert_eq!(parse(&bytes), Parsed::Packet(packet, len));
    }

    #[test]
    fn one_changed_byte_is_never_the_same_packet(
        data in prop::collection::vec(any::<u8>(), 0..40),
        at in any::<prop::sample::Index>(),
        change in 1_u8..,
    ) {
        let packet = Packet { opcode: opcode::DECODE_DATA, source: 0, status: 0, data: &data };
        let mut out = [0; PACKET_MAX];
        let mut bytes = encode(&packet, &mut out).expect("room").to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        let accepted = matches!(parse(&bytes), Parsed::Packet(_, len) if len == bytes.len());
        prop_assert!(!accepted);
    }

    #[test]
    fn too_much_data_or_too_little_room_is_refused(len in 0_usize..300, room in 0_usize..300) {
        let data = std::vec![7; len];
        let packet = Packet { opcode: 1, source: 0, status: 0, data: &data };
        let mut out = std::vec![0; room];
        let fits = len <= DATA_MAX && room >= len + 6;
        prop_assert_eq!(encode(&packet, &mut out).is_some(), fits);
    }
}
