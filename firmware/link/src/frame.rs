//! Frames on the cable: COBS over `postcard(header) postcard(message) CRC-32`, closed by a zero
//! byte. The CRC is CRC-32/ISO-HDLC over header and message, little-endian.
//!
//! A frame that is damaged in any way is counted and dropped; its sender repeats it.

use core::fmt;

use crc::{CRC_32_ISO_HDLC, Crc, Table};
use heapless::Vec;
use serde::{Deserialize, Serialize};

use crate::message::{SCAN_MAX, Session};

/// Most bytes of a message: a scan of [`SCAN_MAX`] bytes with its names.
pub const MESSAGE_MAX: usize = SCAN_MAX + 24;
const HEADER_MAX: usize = 24;
const CRC_LEN: usize = 4;
const PLAIN_MAX: usize = HEADER_MAX + MESSAGE_MAX + CRC_LEN;
/// Most bytes of a frame on the cable: one byte of COBS for every 254, and the zero.
pub const FRAME_MAX: usize = PLAIN_MAX + PLAIN_MAX / 254 + 2;

static CRC: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISO_HDLC);

/// A message in postcard.
pub(crate) type MessageBytes = Vec<u8, MESSAGE_MAX>;

/// Which end sent a frame: what an echoing cable brings back is not taken for the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// The hub.
    Hub,
    /// The till.
    Till,
}

/// In front of every message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Who sent it.
    pub from: Side,
    /// In which session.
    pub session: Session,
    /// Counts the messages of this direction from 1; 0 for a frame outside the sequence.
    pub sequence: u32,
    /// The last message of the other direction that arrived.
    pub acknowledged: u32,
}

/// Why a frame was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// More than [`FRAME_MAX`] bytes without a zero.
    TooLong,
    /// Not COBS.
    Stuffing,
    /// The CRC-32 is wrong.
    Checksum,
    /// The header is not one.
    Header,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "a frame that does not end",
            Self::Stuffing => "a frame with wrong stuffing",
            Self::Checksum => "a frame with a wrong checksum",
            Self::Header => "a frame without header",
        })
    }
}

impl core::error::Error for Malformed {}

/// What the bytes so far amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// Nothing yet, and all input was consumed.
    Incomplete,
    /// A frame whose checksum is right, and the postcard bytes of its message; none in a bare
    /// acknowledgement.
    Whole(Header, &'a [u8]),
    /// Bytes that are no frame; parsing goes on behind them.
    Malformed(Malformed),
}

/// The bytes of a frame, zero included; `None` when the message is longer than [`MESSAGE_MAX`].
#[must_use]
pub fn encode(header: &Header, message: &[u8]) -> Option<Vec<u8, FRAME_MAX>> {
    if message.len() > MESSAGE_MAX {
        return None;
    }
    let mut plain: Vec<u8, PLAIN_MAX> = Vec::new();
    plain.resize_default(HEADER_MAX).ok()?;
    let header_len = postcard::to_slice(header, &mut plain).ok()?.len();
    plain.truncate(header_len);
    plain.extend_from_slice(message).ok()?;
    let crc = CRC.checksum(&plain).to_le_bytes();
    plain.extend_from_slice(&crc).ok()?;
    let mut wire: Vec<u8, FRAME_MAX> = Vec::new();
    wire.resize_default(FRAME_MAX).ok()?;
    let len = cobs::try_encode(&plain, &mut wire).ok()?;
    wire.truncate(len);
    wire.push(0).ok()?;
    Some(wire)
}

/// Finds frames in a byte stream.
#[derive(Clone, Debug, Default)]
pub struct Deframer {
    bytes: Vec<u8, FRAME_MAX>,
    /// The frame in the buffer was handed over by the last call.
    done: bool,
    /// Skipping an over-long frame up to its zero.
    skipping: bool,
}

impl Deframer {
    /// Nothing received yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            done: false,
            skipping: false,
        }
    }

    /// Takes bytes off the front of `input` up to the end of one frame. Call it until it
    /// answers [`Frame::Incomplete`]: then `input` is empty.
    pub fn poll(&mut self, input: &mut &[u8]) -> Frame<'_> {
        if self.done {
            self.done = false;
            self.bytes.clear();
        }
        while let Some((&byte, rest)) = input.split_first() {
            *input = rest;
            match byte {
                0 if self.skipping => self.skipping = false,
                0 if self.bytes.is_empty() => {}
                0 => {
                    self.done = true;
                    return decode(&mut self.bytes);
                }
                _ if self.skipping => {}
                _ => {
                    if self.bytes.push(byte).is_err() {
                        self.bytes.clear();
                        self.skipping = true;
                        return Frame::Malformed(Malformed::TooLong);
                    }
                }
            }
        }
        Frame::Incomplete
    }

    /// The port is gone: forget what was received halfway.
    pub fn hang_up(&mut self) {
        *self = Self::new();
    }
}

fn decode(stuffed: &mut [u8]) -> Frame<'_> {
    let Ok(len) = cobs::decode_in_place(stuffed) else {
        return Frame::Malformed(Malformed::Stuffing);
    };
    let plain = stuffed.get(..len).unwrap_or(&[]);
    let Some((content, crc)) = plain.split_last_chunk::<CRC_LEN>() else {
        return Frame::Malformed(Malformed::Checksum);
    };
    if CRC.checksum(content) != u32::from_le_bytes(*crc) {
        return Frame::Malformed(Malformed::Checksum);
    }
    match postcard::take_from_bytes::<Header>(content) {
        Ok((header, message)) => Frame::Whole(header, message),
        Err(_) => Frame::Malformed(Malformed::Header),
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use proptest::prelude::*;

    fn header() -> impl Strategy<Value = Header> {
        (
            any::<bool>(),
            any::<u32>(),
            any::<u32>(),
            any::<u32>(),
            any::<u32>(),
        )
            .prop_map(|(hub, till, number, sequence, acknowledged)| Header {
                from: if hub { Side::Hub } else { Side::Till },
                session: Session { till, number },
                sequence,
                acknowledged,
            })
    }

    proptest! {
        #[test]
        fn there_and_back_in_any_pieces(
            header in header(),
            message in prop::collection::vec(any::<u8>(), 0..=MESSAGE_MAX),
            cut in any::<prop::sample::Index>(),
        ) {
            let wire = encode(&header, &message).expect("short enough");
            let cut = cut.index(wire.len());
            let mut deframer = Deframer::new();
            prop_assert_eq!(deframer.poll(&mut &wire[..cut]), Frame::Incomplete);
            let mut rest = &wire[cut..];
            prop_assert_eq!(deframer.poll(&mut rest), Frame::Whole(header, &message));
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn damage_is_never_taken_for_a_frame(
            header in header(),
            message in prop::collection::vec(any::<u8>(), 0..60),
            at in any::<prop::sample::Index>(),
            change in 1_u8..,
        ) {
            let mut wire = encode(&header, &message).expect("short enough");
            let at = at.index(wire.len());
            wire[at] ^= change;
            let mut deframer = Deframer::new();
            let mut input = &wire[..];
            loop {
                match deframer.poll(&mut input) {
                    Frame::Incomplete => break,
                    Frame::Malformed(_) => {}
                    whole @ Frame::Whole(..) => prop_assert!(false, "{whole:?}"),
                }
            }
        }

        #[test]
        fn after_any_garbage_and_a_zero_the_next_frame_is_whole(
            garbage in prop::collection::vec(any::<u8>(), 0..1_000),
            header in header(),
        ) {
            let mut deframer = Deframer::new();
            let mut input = &garbage[..];
            while deframer.poll(&mut input) != Frame::Incomplete {}
            let mut wire = std::vec![0];
            wire.extend(encode(&header, &[]).expect("short enough"));
            let mut input = &wire[..];
            let mut last = std::vec::Vec::new();
            loop {
                match deframer.poll(&mut input) {
                    Frame::Incomplete => break,
                    Frame::Malformed(_) => last.push(None),
                    Frame::Whole(header, _) => last.push(Some(header)),
                }
            }
            prop_assert_eq!(last.last(), Some(&Some(header)));
        }
    }

    /// What a deframer makes of these bytes.
    fn outcomes(mut input: &[u8]) -> std::vec::Vec<Option<Header>> {
        let mut deframer = Deframer::new();
        let mut outcomes = std::vec::Vec::new();
        loop {
            match deframer.poll(&mut input) {
                Frame::Incomplete => return outcomes,
                Frame::Malformed(_) => outcomes.push(None),
                Frame::Whole(header, _) => outcomes.push(Some(header)),
            }
        }
    }

    const HEADER: Header = Header {
        from: Side::Till,
        session: Session {
            till: 0x0102_0304,
            number: 3,
        },
        sequence: 300,
        acknowledged: 2,
    };

    /// The bytes were put together by hand: postcard's varints, zlib's CRC-32 over all of them, COBS.
    #[test]
    fn a_frame_is_these_bytes_on_the_cable() {
        let wire = [
            0x15, 0x01, 0x84, 0x86, 0x88, 0x08, 0x03, 0xAC, 0x02, 0x02, 0x6D, 0x65, 0x73, 0x73,
            0x61, 0x67, 0x65, 0x68, 0x27, 0x78, 0x6C, 0x00,
        ];
        assert_eq!(
            encode(&HEADER, b"message")
                .expect("short enough")
                .as_slice(),
            wire
        );
    }

    #[test]
    fn every_bit_of_a_frame_counts() {
        let whole = encode(&HEADER, b"message").expect("short enough");
        assert_eq!(outcomes(&whole), [Some(HEADER)]);
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut wire = whole.clone();
                wire[at] ^= 1 << bit;
                assert!(
                    outcomes(&wire).iter().all(Option::is_none),
                    "bit {bit} of byte {at}"
                );
            }
        }
    }

    #[test]
    fn what_is_too_long_is_one_fault_up_to_its_zero() {
        let header = Header {
            from: Side::Hub,
            session: Session::default(),
            sequence: 0,
            acknowledged: 0,
        };
        let frame = encode(&header, &[]).expect("short enough");
        let mut wire = std::vec![7; FRAME_MAX + 1];
        // Not a frame of its own: no zero in front.
        wire.extend_from_slice(&frame);
        wire.extend_from_slice(&frame);
        assert_eq!(outcomes(&wire), [None, Some(header)]);
    }

    #[test]
    fn a_message_that_is_too_long_is_refused() {
        let header = Header {
            from: Side::Hub,
            session: Session {
                till: u32::MAX,
                number: u32::MAX,
            },
            sequence: u32::MAX,
            acknowledged: u32::MAX,
        };
        assert!(encode(&header, &[0xFF; MESSAGE_MAX]).is_some());
        assert_eq!(encode(&header, &[0xFF; MESSAGE_MAX + 1]), None);
    }
}
