//! The host's side of SSI: bytes of a scanner in, events and answers out.
//!
//! A damaged packet is answered with NAK and comes back with the retransmission bit. A packet
//! whose ACK was lost comes back with the same bit, and would sell the article twice. Therefore
//! a retransmission is dropped only when it equals the last accepted packet and nothing damaged
//! was received since. After bytes that are no packet the decoder waits for silence before it
//! looks for the next packet. It never answers an ACK or NAK.

use core::fmt;

use super::code_type::CodeType;
use super::{
    ACK, BadPacket, HEADER_LEN, NAK_BAD_CONTEXT, NAK_DENIED, NAK_RESEND, PACKET_MAX, Packet,
    Parsed, SOURCE_DECODER, STATUS_MORE, STATUS_RETRANSMISSION, opcode, parse,
};
use crate::buffer::Buffer;

/// Time-outs, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Longest silence within a packet.
    pub silence_ms: u32,
    /// Longest silence within a message of several packets.
    pub message_ms: u32,
}

impl Default for Settings {
    /// 250 ms within a packet (the scanners' own time-out for an answer is 2 s), 3 s between
    /// the packets of a message.
    fn default() -> Self {
        Self {
            silence_ms: 250,
            message_ms: 3_000,
        }
    }
}

/// Why bytes were thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// Bytes that are no packet.
    Packet(BadPacket),
    /// The line fell silent, or hung up, within a packet.
    Unfinished {
        /// Bytes thrown away.
        bytes: usize,
    },
    /// A message of several packets ended early, or changed its code type on the way.
    BrokenMessage,
    /// The data of a message are longer than the decoder's buffer.
    TooLong {
        /// The capacity that was passed.
        limit: usize,
    },
    /// DECODE_DATA without code type or without data.
    Empty,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packet(bad) => bad.fmt(f),
            Self::Unfinished { bytes } => write!(f, "a packet cut off after {bytes} bytes"),
            Self::BrokenMessage => f.write_str("a message of several packets was broken off"),
            Self::TooLong { limit } => write!(f, "a code longer than {limit} bytes"),
            Self::Empty => f.write_str("a code without data"),
        }
    }
}

impl core::error::Error for Malformed {}

/// What the scanner said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Nothing yet, and all input was consumed.
    Incomplete,
    /// A read code; the data of several packets are joined.
    Code {
        /// The kind of symbol.
        code_type: CodeType,
        /// The data as sent, never empty.
        data: &'a [u8],
    },
    /// The trigger was pulled and nothing was read.
    NoRead,
    /// One of several packets of a message; the code comes with the last.
    Part,
    /// A retransmission of what was already accepted; acknowledged again and dropped.
    Duplicate,
    /// Any other packet, ACK and NAK included.
    Other(Packet<'a>),
    /// Bytes that were thrown away.
    Malformed(Malformed),
}

/// An event, and the bytes to send to the scanner in answer to it (often none).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// What happened.
    pub event: Event<'a>,
    /// [`ACK`], one of the NAKs, or nothing.
    pub reply: &'static [u8],
}

/// What a complete packet turned out to be; its bytes are still in the decoder's buffers.
#[derive(Clone, Copy)]
enum Verdict {
    Code(CodeType),
    NoRead,
    Part,
    Duplicate,
    Other,
    Refused(Malformed),
}

/// The message that the packets so far are part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Message {
    None,
    Open {
        code_type: u8,
    },
    /// Too long for the buffer: acknowledged and dropped to its end, then reported.
    Overflowed,
}

/// The streaming decoder of one scanner; `N` is the longest code in bytes.
#[derive(Clone, Debug)]
pub struct Decoder<const N: usize> {
    settings: Settings,
    packet: Buffer<PACKET_MAX>,
    /// The packet buffer holds a packet that the last call handed over.
    packet_done: bool,
    /// Bytes received since framing was lost; dropped until the line falls silent.
    garbage: Option<(usize, BadPacket)>,
    last_byte_ms: u64,
    /// Opcode, source, status without the retransmission bit, data.
    accepted: Buffer<PACKET_MAX>,
    damaged_since: bool,
    message: Message,
    message_done: bool,
    data: Buffer<N>,
}

impl<const N: usize> Decoder<N> {
    /// A decoder that has received nothing yet.
    #[must_use]
    pub const fn new(settings: Settings) -> Self {
        Self {
            settings,
            packet: Buffer::new(),
            packet_done: false,
            garbage: None,
            last_byte_ms: 0,
            accepted: Buffer::new(),
            damaged_since: false,
            message: Message::None,
            message_done: false,
            data: Buffer::new(),
        }
    }

    /// Takes bytes off the front of `input` up to the end of one packet. Call it until it
    /// answers [`Event::Incomplete`]: then `input` is empty. Send `reply` when what the event
    /// says has been kept. `now_ms` is the time at which `input` was read.
    pub fn poll(&mut self, input: &mut &[u8], now_ms: u64) -> Step<'_> {
        self.start_call();
        if let Some(malformed) = self.time_out(now_ms) {
            return malformed;
        }
        while let Some((&byte, rest)) = input.split_first() {
            *input = rest;
            self.last_byte_ms = now_ms;
            if let Some((bytes, _)) = &mut self.garbage {
                *bytes = bytes.saturating_add(1);
                continue;
            }
            // Never full: LEN is one byte, and a complete packet is taken out at once.
            let _kept = self.packet.push(byte);
            match parse(self.packet.as_slice()) {
                Parsed::Incomplete => {}
                Parsed::Malformed(bad @ BadPacket::Length { .. }) => {
                    self.garbage = Some((self.packet.len(), bad));
                    self.packet.clear();
                    self.damaged_since = true;
                }
                Parsed::Malformed(bad @ BadPacket::Checksum { .. }) => {
                    self.packet_done = true;
                    self.damaged_since = true;
                    return malformed(Malformed::Packet(bad), NAK_RESEND);
                }
                Parsed::Packet(..) => {
                    self.packet_done = true;
                    let verdict = self.judge();
                    return self.report(verdict);
                }
            }
        }
        Step {
            event: Event::Incomplete,
            reply: &[],
        }
    }

    /// The port is gone: forget what was received halfway. The last accepted packet is
    /// remembered, because the scanner may send it again when the port is back. Answers what
    /// was lost.
    pub fn hang_up(&mut self) -> Option<Malformed> {
        self.start_call();
        let bytes = self.packet.len();
        let open = self.message != Message::None;
        self.damaged_since |= bytes > 0;
        self.packet.clear();
        self.garbage = None;
        self.forget_message();
        if bytes > 0 {
            Some(Malformed::Unfinished { bytes })
        } else {
            open.then_some(Malformed::BrokenMessage)
        }
    }

    /// Call [`poll`](Self::poll) again at this moment even if nothing was read; `None` when
    /// nothing is halfway.
    #[must_use]
    pub fn deadline_ms(&self) -> Option<u64> {
        let in_packet = self.garbage.is_some() || (!self.packet.is_empty() && !self.packet_done);
        let packet = in_packet.then(|| after(self.last_byte_ms, self.settings.silence_ms));
        let in_message = self.message != Message::None && !self.message_done;
        let message = in_message.then(|| after(self.last_byte_ms, self.settings.message_ms));
        match (packet, message) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    fn start_call(&mut self) {
        if self.packet_done {
            self.packet_done = false;
            self.packet.clear();
        }
        if self.message_done {
            self.message_done = false;
            self.forget_message();
        }
    }

    const fn forget_message(&mut self) {
        self.message = Message::None;
        self.data.clear();
    }

    fn time_out(&mut self, now_ms: u64) -> Option<Step<'static>> {
        let silent = now_ms >= after(self.last_byte_ms, self.settings.silence_ms);
        if silent && let Some((_, bad)) = self.garbage.take() {
            return Some(malformed(Malformed::Packet(bad), NAK_RESEND));
        }
        if silent && !self.packet.is_empty() {
            let bytes = self.packet.len();
            self.packet.clear();
            self.damaged_since = true;
            return Some(malformed(Malformed::Unfinished { bytes }, NAK_RESEND));
        }
        let late = now_ms >= after(self.last_byte_ms, self.settings.message_ms);
        if late && self.message != Message::None {
            let reason = match self.message {
                Message::Overflowed => Malformed::TooLong { limit: N },
                Message::None | Message::Open { .. } => Malformed::BrokenMessage,
            };
            self.forget_message();
            return Some(malformed(reason, &[]));
        }
        None
    }

    /// Decides what the complete packet in the buffer is, and remembers it when it is accepted.
    fn judge(&mut self) -> Verdict {
        let packet = self.packet.clone();
        let Parsed::Packet(packet, _) = parse(packet.as_slice()) else {
            return Verdict::Other;
        };
        let expects_answer = packet.source == SOURCE_DECODER
            && !matches!(
                packet.opcode,
                opcode::CMD_ACK | opcode::CMD_NAK | opcode::WAKEUP
            );
        if !expects_answer {
            return Verdict::Other;
        }
        if packet.status & STATUS_RETRANSMISSION != 0
            && !self.damaged_since
            && self.is_accepted(&packet)
        {
            return Verdict::Duplicate;
        }
        let verdict = if packet.opcode == opcode::DECODE_DATA {
            self.join(&packet)
        } else {
            Verdict::Other
        };
        // What is refused for its context comes again and must then be looked at anew; what is
        // too long was understood, and its last packet alone would be a wrong code.
        if !matches!(
            verdict,
            Verdict::Refused(Malformed::BrokenMessage | Malformed::Empty)
        ) {
            self.accept(&packet);
        }
        verdict
    }

    /// Adds a DECODE_DATA packet to the message it belongs to.
    fn join(&mut self, packet: &Packet<'_>) -> Verdict {
        let more = packet.status & STATUS_MORE != 0;
        let Some((&code_type, data)) = packet.data.split_first() else {
            self.forget_message();
            return Verdict::Refused(Malformed::Empty);
        };
        match self.message {
            Message::Open { code_type: first } if first != code_type => {
                self.forget_message();
                return Verdict::Refused(Malformed::BrokenMessage);
            }
            Message::None => self.message = Message::Open { code_type },
            Message::Open { .. } | Message::Overflowed => {}
        }
        if self.message != Message::Overflowed && !self.data.extend(data) {
            self.message = Message::Overflowed;
        }
        if more {
            return Verdict::Part;
        }
        self.message_done = true;
        if self.message == Message::Overflowed {
            return Verdict::Refused(Malformed::TooLong { limit: N });
        }
        match (code_type, self.data.as_slice()) {
            (_, []) => Verdict::Refused(Malformed::Empty),
            (0x00 | 0x01, b"NR") => Verdict::NoRead,
            _ => Verdict::Code(CodeType::from_byte(code_type)),
        }
    }

    fn report(&self, verdict: Verdict) -> Step<'_> {
        let (event, reply) = match verdict {
            Verdict::Code(code_type) => (
                Event::Code {
                    code_type,
                    data: self.data.as_slice(),
                },
                ACK,
            ),
            Verdict::NoRead => (Event::NoRead, ACK),
            Verdict::Part => (Event::Part, ACK),
            Verdict::Duplicate => (Event::Duplicate, ACK),
            Verdict::Refused(reason @ Malformed::TooLong { .. }) => {
                return malformed(reason, NAK_DENIED);
            }
            Verdict::Refused(reason) => return malformed(reason, NAK_BAD_CONTEXT),
            Verdict::Other => match parse(self.packet.as_slice()) {
                Parsed::Packet(packet, _) => (Event::Other(packet), answer_to_other(&packet)),
                Parsed::Incomplete | Parsed::Malformed(_) => (Event::Incomplete, &[][..]),
            },
        };
        Step { event, reply }
    }

    fn accept(&mut self, packet: &Packet<'_>) {
        self.damaged_since = false;
        self.accepted.clear();
        // A packet always fits: it came from a buffer of the same capacity.
        let _fits = self.accepted.extend(&identity(packet)) && self.accepted.extend(packet.data);
    }

    fn is_accepted(&self, packet: &Packet<'_>) -> bool {
        self.accepted
            .as_slice()
            .split_at_checked(HEADER_LEN - 1)
            .is_some_and(|(head, data)| head == identity(packet) && data == packet.data)
    }
}

/// What names a packet beside its data: everything but the retransmission bit.
const fn identity(packet: &Packet<'_>) -> [u8; HEADER_LEN - 1] {
    [
        packet.opcode,
        packet.source,
        packet.status & !STATUS_RETRANSMISSION,
    ]
}

const fn answer_to_other(packet: &Packet<'_>) -> &'static [u8] {
    match (packet.source, packet.opcode) {
        (_, opcode::CMD_ACK | opcode::CMD_NAK | opcode::WAKEUP) => &[],
        (SOURCE_DECODER, _) => ACK,
        _ => &[],
    }
}

const fn malformed(reason: Malformed, reply: &'static [u8]) -> Step<'static> {
    Step {
        event: Event::Malformed(reason),
        reply,
    }
}

fn after(start_ms: u64, wait_ms: u32) -> u64 {
    start_ms.saturating_add(u64::from(wait_ms))
}

#[cfg(test)]
mod tests;
