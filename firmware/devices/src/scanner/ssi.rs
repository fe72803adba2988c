//! Zebra/Symbol Simple Serial Interface (SSI): packets with checksum, ACK and NAK.
//!
//! A packet is `LEN OP SRC STATUS DATA.. CKhi CKlo`: LEN counts everything but the checksum,
//! SRC is 0 for the decoder (the scanner) and 4 for the host, STATUS bit 0 marks a
//! retransmission and bit 1 that more packets of the same message follow; the checksum is the
//! 16-bit two's complement of the sum of all bytes before it, big-endian (Simple Serial
//! Interface Programmer's Guide, 72E-40451).
//!
//! [`decoder::Decoder`] turns the bytes of a scanner into events and says what to answer.
//! [`Command`] is what a host says of its own accord.

pub mod code_type;
pub mod decoder;

use core::fmt;

/// Message source of the scanner.
pub const SOURCE_DECODER: u8 = 0;
/// Message source of the host: the hub or the till.
pub const SOURCE_HOST: u8 = 4;
/// STATUS bit: this packet was sent before.
pub const STATUS_RETRANSMISSION: u8 = 0x01;
/// STATUS bit: more packets of this message follow.
pub const STATUS_MORE: u8 = 0x02;

/// Bytes in front of the data.
pub const HEADER_LEN: usize = 4;
/// Most bytes of data in one packet.
pub const DATA_MAX: usize = 251;
/// Most bytes of a whole packet, checksum included.
pub const PACKET_MAX: usize = HEADER_LEN + DATA_MAX + CHECKSUM_LEN;
const CHECKSUM_LEN: usize = 2;

/// Operation codes.
pub mod opcode {
    /// Wakes a sleeping scanner; never answered.
    pub const WAKEUP: u8 = 0x00;
    /// Host asks for the scanner's firmware.
    pub const REQUEST_REVISION: u8 = 0xA3;
    /// Scanner's answer to it.
    pub const REPLY_REVISION: u8 = 0xA4;
    /// Packet received.
    pub const CMD_ACK: u8 = 0xD0;
    /// Packet refused; one byte of data, the cause.
    pub const CMD_NAK: u8 = 0xD1;
    /// Sounds the scanner's beeper; one byte of data, the pattern.
    pub const BEEP: u8 = 0xE6;
    /// Lights the scanner's lamp.
    pub const LED_ON: u8 = 0xE7;
    /// Puts it out.
    pub const LED_OFF: u8 = 0xE8;
    /// Lets the operator scan.
    pub const SCAN_ENABLE: u8 = 0xE9;
    /// Keeps the operator from scanning.
    pub const SCAN_DISABLE: u8 = 0xEA;
    /// A read code: code type, then data.
    pub const DECODE_DATA: u8 = 0xF3;
    /// Something happened at the scanner.
    pub const EVENT: u8 = 0xF6;
}

/// Answer to a good packet.
pub const ACK: &[u8] = &[0x04, opcode::CMD_ACK, 0x04, 0x00, 0xFF, 0x28];
/// Answer to a damaged packet: send it again.
pub const NAK_RESEND: &[u8] = &[0x05, opcode::CMD_NAK, 0x04, 0x00, 0x01, 0xFF, 0x25];
/// Answer to a packet that does not fit what came before it.
pub const NAK_BAD_CONTEXT: &[u8] = &[0x05, opcode::CMD_NAK, 0x04, 0x00, 0x02, 0xFF, 0x24];
/// Answer to a packet that is understood and refused.
pub const NAK_DENIED: &[u8] = &[0x05, opcode::CMD_NAK, 0x04, 0x00, 0x06, 0xFF, 0x20];

/// A packet whose length and checksum are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// What it says.
    pub opcode: u8,
    /// Who says it: [`SOURCE_DECODER`] or [`SOURCE_HOST`].
    pub source: u8,
    /// [`STATUS_RETRANSMISSION`], [`STATUS_MORE`], others reserved.
    pub status: u8,
    /// At most [`DATA_MAX`] bytes.
    pub data: &'a [u8],
}

/// Why bytes are not a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadPacket {
    /// LEN is smaller than the header it counts.
    Length {
        /// LEN as received.
        len: u8,
    },
    /// The checksum is wrong.
    Checksum {
        /// What the bytes add up to.
        expected: u16,
        /// What was received.
        received: u16,
    },
}

impl fmt::Display for BadPacket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { len } => write!(f, "an impossible packet length {len}"),
            Self::Checksum { expected, received } => {
                write!(f, "checksum {received:04X} where {expected:04X} belongs")
            }
        }
    }
}

impl core::error::Error for BadPacket {}

/// What the front of a byte string is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parsed<'a> {
    /// A packet, and the number of bytes it took.
    Packet(Packet<'a>, usize),
    /// A packet that goes on behind the end of the bytes.
    Incomplete,
    /// Not a packet.
    Malformed(BadPacket),
}

/// Reads the packet at the front of `bytes`.
#[must_use]
pub fn parse(bytes: &[u8]) -> Parsed<'_> {
    let Some(&len) = bytes.first() else {
        return Parsed::Incomplete;
    };
    if usize::from(len) < HEADER_LEN {
        return Parsed::Malformed(BadPacket::Length { len });
    }
    let Some((body, rest)) = bytes.split_at_checked(usize::from(len)) else {
        return Parsed::Incomplete;
    };
    let Some(received) = rest.first_chunk::<CHECKSUM_LEN>() else {
        return Parsed::Incomplete;
    };
    let (received, expected) = (u16::from_be_bytes(*received), checksum(body));
    if received != expected {
        return Parsed::Malformed(BadPacket::Checksum { expected, received });
    }
    match body {
        [_, opcode, source, status, data @ ..] => Parsed::Packet(
            Packet {
                opcode: *opcode,
                source: *source,
                status: *status,
                data,
            },
            usize::from(len) + CHECKSUM_LEN,
        ),
        _ => Parsed::Malformed(BadPacket::Length { len }),
    }
}

/// 16-bit two's complement of the sum of `bytes`.
#[must_use]
pub fn checksum(bytes: &[u8]) -> u16 {
    bytes
        .iter()
        .fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)))
        .wrapping_neg()
}

/// Writes `packet` to the front of `out`; `None` when its data are more than [`DATA_MAX`]
/// bytes or `out` is too short.
pub fn encode<'o>(packet: &Packet<'_>, out: &'o mut [u8]) -> Option<&'o [u8]> {
    let body_len = HEADER_LEN + packet.data.len();
    let len = u8::try_from(body_len).ok()?;
    let whole = out.get_mut(..body_len + CHECKSUM_LEN)?;
    let (body, tail) = whole.split_at_mut(body_len);
    let (header, data) = body.split_at_mut(HEADER_LEN);
    header.copy_from_slice(&[len, packet.opcode, packet.source, packet.status]);
    data.copy_from_slice(packet.data);
    tail.copy_from_slice(&checksum(body).to_be_bytes());
    Some(whole)
}

/// What a host says of its own accord. The scanner answers each with ACK or NAK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Let the operator scan.
    ScanEnable,
    /// Keep the operator from scanning.
    ScanDisable,
    /// Light the lamps of this mask (1 is the decode lamp).
    LedOn(u8),
    /// Put out the lamps of this mask.
    LedOff(u8),
    /// Sound a beep pattern, 00h to 1Ah.
    Beep(u8),
    /// Ask for the scanner's firmware.
    RequestRevision,
}

/// Bytes that [`Command::encode`] needs at most.
pub const COMMAND_MAX: usize = HEADER_LEN + 1 + CHECKSUM_LEN;

impl Command {
    /// Writes the command's packet to `out`.
    pub fn encode(self, out: &mut [u8; COMMAND_MAX]) -> &[u8] {
        let (opcode, data) = match self {
            Self::ScanEnable => (opcode::SCAN_ENABLE, None),
            Self::ScanDisable => (opcode::SCAN_DISABLE, None),
            Self::RequestRevision => (opcode::REQUEST_REVISION, None),
            Self::LedOn(mask) => (opcode::LED_ON, Some(mask)),
            Self::LedOff(mask) => (opcode::LED_OFF, Some(mask)),
            Self::Beep(pattern) => (opcode::BEEP, Some(pattern)),
        };
        let packet = Packet {
            opcode,
            source: SOURCE_HOST,
            status: 0,
            data: data.as_slice(),
        };
        encode(&packet, out).unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests;
