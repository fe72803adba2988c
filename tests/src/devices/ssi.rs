//! A Zebra/Symbol scanner with the Simple Serial Interface: every code is a packet that the till must acknowledge.
//! Without an answer in time, or on a NAK, the packet is sent again with the retransmission bit, twice at most.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use devices::scanner::ssi::{
    PACKET_MAX, Packet, Parsed, SOURCE_DECODER, STATUS_RETRANSMISSION, encode, opcode, parse,
};

use super::pty::Pty;

/// Code type of an EAN-13.
pub const EAN_13: u8 = 0x0B;
/// Code type of a Code 128.
pub const CODE_128: u8 = 0x03;
/// How long a scanner waits for the line to take its bytes.
const ROOM: Duration = Duration::from_secs(10);
/// Times a packet is sent: once, and two retransmissions.
const SENDS: u8 = 3;

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Acknowledged; how often it was sent.
    Acknowledged {
        /// 1 to 3.
        sends: u8,
    },
    /// Never acknowledged: the scanner has beeped its error and forgotten the code.
    GivenUp,
}

/// An SSI scanner.
#[derive(Debug)]
pub struct SsiScanner {
    name: PathBuf,
    line: Option<Pty>,
    answer_in: Duration,
    deaf_to: u32,
}

impl SsiScanner {
    /// A scanner under this name that waits `answer_in` for an acknowledgement (2 s at the real ones).
    ///
    /// # Errors
    /// When there is no pseudo-terminal or no link can be made.
    pub fn plug_in(name: &Path, answer_in: Duration) -> io::Result<Self> {
        Ok(Self {
            name: name.to_owned(),
            line: Some(Pty::plug_in(name)?),
            answer_in,
            deaf_to: 0,
        })
    }

    /// Does not hear the next `count` acknowledgements.
    pub const fn lose_acks(&mut self, count: u32) {
        self.deaf_to = count;
    }

    /// Reads an EAN-13 or, when it is not 13 digits, a Code 128, and delivers it.
    ///
    /// # Errors
    /// When the scanner is unplugged or the line takes nothing.
    pub fn scan(&mut self, data: &str) -> io::Result<Delivery> {
        let ean = data.len() == 13 && data.bytes().all(|b| b.is_ascii_digit());
        self.deliver(if ean { EAN_13 } else { CODE_128 }, data.as_bytes())
    }

    /// Delivers a code of this type.
    ///
    /// # Errors
    /// When the scanner is unplugged, the line takes nothing, or the data do not fit a packet.
    pub fn deliver(&mut self, code_type: u8, data: &[u8]) -> io::Result<Delivery> {
        for send in 1..=SENDS {
            self.send(&packet(code_type, data, send > 1)?)?;
            if self.is_acknowledged()? {
                return Ok(Delivery::Acknowledged { sends: send });
            }
        }
        Ok(Delivery::GivenUp)
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    /// When the scanner is unplugged or the line takes nothing.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.plugged()?.send(bytes, ROOM)
    }

    /// Waits for the till's answer. False for a NAK, for silence, and for an ACK that is not heard.
    ///
    /// # Errors
    /// When the scanner is unplugged.
    pub fn is_acknowledged(&mut self) -> io::Result<bool> {
        let mut received = Vec::new();
        loop {
            let wait = self.answer_in;
            let bytes = self.plugged()?.receive(wait)?;
            if bytes.is_empty() {
                return Ok(false);
            }
            received.extend(bytes);
            match parse(&received) {
                Parsed::Incomplete => {}
                Parsed::Packet(answer, _) if answer.opcode == opcode::CMD_ACK => {
                    if self.deaf_to == 0 {
                        return Ok(true);
                    }
                    self.deaf_to -= 1;
                    received.clear();
                }
                Parsed::Packet(..) | Parsed::Malformed(_) => return Ok(false),
            }
        }
    }

    /// Pulls the cable.
    pub fn unplug(&mut self) {
        self.line = None;
    }

    /// Plugs it in again: the same name, another device.
    ///
    /// # Errors
    /// When there is no pseudo-terminal or no link can be made.
    pub fn replug(&mut self) -> io::Result<()> {
        self.line = None;
        self.line = Some(Pty::plug_in(&self.name)?);
        Ok(())
    }

    fn plugged(&mut self) -> io::Result<&mut Pty> {
        let gone = || io::Error::from(io::ErrorKind::NotConnected);
        self.line.as_mut().ok_or_else(gone)
    }
}

/// The bytes of a DECODE_DATA packet.
///
/// # Errors
/// When the data do not fit.
pub fn packet(code_type: u8, data: &[u8], again: bool) -> io::Result<Vec<u8>> {
    let mut with_type = vec![code_type];
    with_type.extend_from_slice(data);
    let packet = Packet {
        opcode: opcode::DECODE_DATA,
        source: SOURCE_DECODER,
        status: if again { STATUS_RETRANSMISSION } else { 0 },
        data: &with_type,
    };
    let mut out = [0; PACKET_MAX];
    encode(&packet, &mut out)
        .map(<[u8]>::to_vec)
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))
}
