//! The scanner's port: whichever protocol it speaks, codes come out as a plain scanner with AIM
//! identifiers would send them.

use devices::scanner::{plain, ssi};

use super::Protocol;

/// Longest code that a scanner may send; the link refuses longer ones with its own notice.
const CODE_MAX: usize = link::message::SCAN_MAX + 32;

/// What the scanner said.
pub(super) enum Heard<'a> {
    Nothing,
    Code {
        data: &'a [u8],
        reply: &'static [u8],
    },
    NoRead {
        reply: &'static [u8],
    },
    Noise {
        reply: &'static [u8],
    },
    Other {
        reply: &'static [u8],
    },
}

#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one, in static memory, of the size of its larger protocol anyway"
)]
enum Parser {
    Plain(plain::Scanner<CODE_MAX>),
    Ssi(ssi::decoder::Decoder<CODE_MAX>),
}

#[derive(Clone, Debug)]
pub(super) struct Port {
    parser: Parser,
    /// The code as a plain scanner would have sent it.
    text: [u8; CODE_MAX + 16],
}

impl Port {
    pub(super) const fn new(protocol: Protocol) -> Self {
        let parser = match protocol {
            Protocol::Plain(settings) => Parser::Plain(plain::Scanner::new(settings)),
            Protocol::Ssi(settings) => Parser::Ssi(ssi::decoder::Decoder::new(settings)),
        };
        Self {
            parser,
            text: [0; CODE_MAX + 16],
        }
    }

    pub(super) fn poll(&mut self, input: &mut &[u8], now_ms: u64) -> Heard<'_> {
        match &mut self.parser {
            Parser::Plain(scanner) => match scanner.poll(input, now_ms) {
                plain::Frame::Incomplete => Heard::Nothing,
                plain::Frame::Code(data) => Heard::Code { data, reply: &[] },
                plain::Frame::Malformed(_) => Heard::Noise { reply: &[] },
            },
            Parser::Ssi(decoder) => {
                let ssi::decoder::Step { event, reply } = decoder.poll(input, now_ms);
                match event {
                    ssi::decoder::Event::Incomplete => Heard::Nothing,
                    ssi::decoder::Event::Code { code_type, data } => {
                        match code_type.write_aim(data, &mut self.text) {
                            Some(data) => Heard::Code { data, reply },
                            None => Heard::Noise { reply },
                        }
                    }
                    ssi::decoder::Event::NoRead => Heard::NoRead { reply },
                    ssi::decoder::Event::Malformed(_) => Heard::Noise { reply },
                    ssi::decoder::Event::Part
                    | ssi::decoder::Event::Duplicate
                    | ssi::decoder::Event::Other(_) => Heard::Other { reply },
                }
            }
        }
    }

    /// A plain scanner cannot be told; its scans are kept all the same.
    pub(super) fn enable(&self, enable: bool, send: &mut dyn FnMut(&[u8])) {
        if matches!(self.parser, Parser::Ssi(_)) {
            let command = if enable {
                ssi::Command::ScanEnable
            } else {
                ssi::Command::ScanDisable
            };
            send(command.encode(&mut [0; ssi::COMMAND_MAX]));
        }
    }

    pub(super) fn deadline_ms(&self) -> u64 {
        let deadline = match &self.parser {
            Parser::Plain(scanner) => scanner.deadline_ms(),
            Parser::Ssi(decoder) => decoder.deadline_ms(),
        };
        deadline.unwrap_or(u64::MAX)
    }
}
