//! Scanners that send text: `[prefix][AIM identifier]data[suffix]`, or STX data ETX.
//!
//! A frame may arrive split anywhere, or several in one read. The payload is handed over as it
//! was sent, AIM identifier included; only the configured prefix and the suffix are taken off.
//! A frame that was cut off by an unplugged cable is never handed over as a shorter code.

use core::fmt;

use crate::buffer::Buffer;

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
const TAB: u8 = 0x09;
const LF: u8 = 0x0A;
const CR: u8 = 0x0D;

/// Longest configurable prefix.
pub const PREFIX_MAX: usize = 16;

/// How a frame ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// Whatever comes first: CR, LF or TAB, or ETX for a frame that began with STX. Serves a
    /// scanner whose settings are not known.
    #[default]
    Any,
    /// Carriage return.
    Cr,
    /// Carriage return, then line feed; either alone belongs to the data.
    CrLf,
    /// Line feed.
    Lf,
    /// Horizontal tab.
    Tab,
    /// STX in front, ETX behind; CR, LF and TAB in between belong to the data.
    StxEtx,
    /// No suffix at all: a frame ends when the line stays silent for the time-out.
    Silence,
}

/// What becomes of bytes that no suffix followed in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnSilence {
    /// They are a damaged frame: report [`Malformed::Unterminated`].
    #[default]
    Refuse,
    /// They are a code of a scanner that sends no suffix: hand them over.
    Release,
}

/// Bytes that a scanner is set to send in front of every code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prefix {
    bytes: [u8; PREFIX_MAX],
    len: u8,
}

impl Prefix {
    /// `None` when `bytes` are more than [`PREFIX_MAX`].
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let len = u8::try_from(bytes.len()).ok()?;
        let mut prefix = Self {
            len,
            ..Self::default()
        };
        prefix.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(prefix)
    }

    /// The bytes themselves.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or(&[])
    }
}

/// How a scanner is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Taken off when a frame begins with it; a frame without it is as good.
    pub prefix: Prefix,
    /// How a frame ends.
    pub ending: Ending,
    /// Longest silence within a frame, in milliseconds.
    pub silence_ms: u32,
    /// What silence within a frame means.
    pub on_silence: OnSilence,
}

impl Default for Settings {
    /// No prefix, any ending, an unterminated frame is refused after 500 ms: cordless cradles and
    /// USB adapters pause within a frame, and nobody scans twice in so short a time.
    fn default() -> Self {
        Self {
            prefix: Prefix::default(),
            ending: Ending::Any,
            silence_ms: 500,
            on_silence: OnSilence::Refuse,
        }
    }
}

/// Why bytes were thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// More bytes than the scanner's buffer holds; everything up to the next suffix is skipped.
    TooLong {
        /// The capacity that was passed.
        limit: usize,
    },
    /// The line fell silent, or hung up, before the suffix.
    Unterminated {
        /// Bytes thrown away.
        bytes: usize,
    },
    /// Bytes in front of STX, or an STX frame that another STX interrupted.
    OutsideFrame {
        /// Bytes thrown away.
        bytes: usize,
    },
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { limit } => write!(f, "a code longer than {limit} bytes"),
            Self::Unterminated { bytes } => write!(f, "{bytes} bytes without their suffix"),
            Self::OutsideFrame { bytes } => write!(f, "{bytes} bytes outside STX..ETX"),
        }
    }
}

impl core::error::Error for Malformed {}

/// What the bytes so far amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// Nothing yet, and all input was consumed.
    Incomplete,
    /// One read code, never empty.
    Code(&'a [u8]),
    /// Bytes that are not a code; parsing has gone on behind them.
    Malformed(Malformed),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between frames, or within one that began without STX.
    Text,
    /// Behind an STX.
    Stx,
    /// After an over-long frame, up to the next suffix.
    Skip,
}

enum Outcome {
    More,
    Complete,
    Refused(Malformed),
}

/// The streaming parser of one scanner; `N` is the longest payload in bytes, prefix included.
#[derive(Clone, Debug)]
pub struct Scanner<const N: usize> {
    settings: Settings,
    state: State,
    skip_to_etx: bool,
    buffer: Buffer<N>,
    /// The buffer holds a frame that the last call handed over.
    handed_over: bool,
    last_byte_ms: u64,
}

impl<const N: usize> Scanner<N> {
    /// A scanner that has sent nothing yet.
    #[must_use]
    pub const fn new(settings: Settings) -> Self {
        Self {
            settings,
            state: State::Text,
            skip_to_etx: false,
            buffer: Buffer::new(),
            handed_over: false,
            last_byte_ms: 0,
        }
    }

    /// Takes bytes off the front of `input` up to the end of one frame. Call it until it
    /// answers [`Frame::Incomplete`]: then `input` is empty. `now_ms` is the time at which
    /// `input` was read.
    pub fn poll(&mut self, input: &mut &[u8], now_ms: u64) -> Frame<'_> {
        self.start_call();
        if let Some(deadline) = self.deadline_ms()
            && now_ms >= deadline
        {
            match self.fall_silent() {
                Outcome::Complete => return self.hand_over(),
                Outcome::Refused(reason) => return Frame::Malformed(reason),
                Outcome::More => {}
            }
        }
        while let Some((&byte, rest)) = input.split_first() {
            *input = rest;
            self.last_byte_ms = now_ms;
            match self.take(byte) {
                Outcome::More => {}
                Outcome::Complete => return self.hand_over(),
                Outcome::Refused(reason) => return Frame::Malformed(reason),
            }
        }
        Frame::Incomplete
    }

    /// The port is gone: what was received of a frame is worthless. Answers what was lost.
    pub fn hang_up(&mut self) -> Option<Malformed> {
        self.start_call();
        let bytes = self.buffer.len();
        let skipping = self.state == State::Skip;
        self.restart();
        (bytes > 0 && !skipping).then_some(Malformed::Unterminated { bytes })
    }

    /// Call [`poll`](Self::poll) again at this moment even if nothing was read; `None`
    /// between frames.
    #[must_use]
    pub fn deadline_ms(&self) -> Option<u64> {
        let within = self.state != State::Text || !self.buffer.is_empty();
        (within && !self.handed_over).then(|| {
            self.last_byte_ms
                .saturating_add(u64::from(self.settings.silence_ms))
        })
    }

    fn start_call(&mut self) {
        if self.handed_over {
            self.handed_over = false;
            self.restart();
        }
    }

    const fn restart(&mut self) {
        self.buffer.clear();
        self.state = State::Text;
        self.skip_to_etx = false;
    }

    fn fall_silent(&mut self) -> Outcome {
        let bytes = self.buffer.len();
        let release = self.settings.ending == Ending::Silence
            || (self.settings.on_silence == OnSilence::Release
                && self.settings.ending != Ending::StxEtx);
        match self.state {
            State::Text if release => Outcome::Complete,
            State::Skip => {
                self.restart();
                Outcome::More
            }
            State::Text | State::Stx => {
                self.restart();
                Outcome::Refused(Malformed::Unterminated { bytes })
            }
        }
    }

    fn take(&mut self, byte: u8) -> Outcome {
        match self.state {
            State::Skip => self.skip(byte),
            State::Stx => self.take_framed(byte),
            State::Text => self.take_text(byte),
        }
    }

    fn skip(&mut self, byte: u8) -> Outcome {
        let ends = if self.skip_to_etx {
            byte == ETX
        } else {
            match self.settings.ending {
                Ending::Any => matches!(byte, CR | LF | TAB),
                Ending::Cr => byte == CR,
                Ending::CrLf | Ending::Lf => byte == LF,
                Ending::Tab => byte == TAB,
                Ending::StxEtx => byte == ETX,
                Ending::Silence => false,
            }
        };
        if ends {
            self.restart();
        }
        Outcome::More
    }

    fn take_framed(&mut self, byte: u8) -> Outcome {
        match byte {
            ETX if self.payload().is_empty() => {
                self.restart();
                Outcome::More
            }
            ETX => Outcome::Complete,
            STX => {
                let bytes = self.buffer.len();
                self.buffer.clear();
                if bytes == 0 {
                    Outcome::More
                } else {
                    Outcome::Refused(Malformed::OutsideFrame { bytes })
                }
            }
            _ => self.keep(byte, true),
        }
    }

    fn take_text(&mut self, byte: u8) -> Outcome {
        let ending = self.settings.ending;
        let opens = byte == STX && matches!(ending, Ending::Any | Ending::StxEtx);
        if opens && self.prefix_or_nothing() {
            self.buffer.clear();
            self.state = State::Stx;
            return Outcome::More;
        }
        if opens && ending == Ending::StxEtx {
            let bytes = self.buffer.len();
            self.buffer.clear();
            self.state = State::Stx;
            return Outcome::Refused(Malformed::OutsideFrame { bytes });
        }
        if ending == Ending::StxEtx && matches!(byte, CR | LF) && self.buffer.is_empty() {
            return Outcome::More;
        }
        let ends = match ending {
            Ending::Any => matches!(byte, CR | LF | TAB),
            Ending::Cr => byte == CR,
            Ending::CrLf => byte == LF && self.buffer.as_slice().last() == Some(&CR),
            Ending::Lf => byte == LF,
            Ending::Tab => byte == TAB,
            Ending::StxEtx | Ending::Silence => false,
        };
        if !ends {
            return self.keep(byte, false);
        }
        // CR of a CRLF, the LF behind it, a blank line: nothing was read.
        if self.payload().is_empty() {
            self.restart();
            return Outcome::More;
        }
        Outcome::Complete
    }

    /// Whether a frame may begin here: nothing yet, or only the configured prefix.
    fn prefix_or_nothing(&self) -> bool {
        self.buffer.is_empty() || self.buffer.as_slice() == self.settings.prefix.as_slice()
    }

    fn keep(&mut self, byte: u8, framed: bool) -> Outcome {
        if self.buffer.push(byte) {
            return Outcome::More;
        }
        self.buffer.clear();
        self.state = State::Skip;
        self.skip_to_etx = framed;
        Outcome::Refused(Malformed::TooLong { limit: N })
    }

    /// The bytes of the buffer without prefix, and without the CR of a CRLF.
    fn payload(&self) -> &[u8] {
        let mut payload = self.buffer.as_slice();
        if self.settings.ending == Ending::CrLf && self.state == State::Text {
            payload = payload.strip_suffix(&[CR]).unwrap_or(payload);
        }
        payload
            .strip_prefix(self.settings.prefix.as_slice())
            .unwrap_or(payload)
    }

    fn hand_over(&mut self) -> Frame<'_> {
        self.handed_over = true;
        if self.payload().is_empty() {
            let bytes = self.buffer.len();
            return Frame::Malformed(Malformed::Unterminated { bytes });
        }
        Frame::Code(self.payload())
    }
}

#[cfg(test)]
mod tests;
