//! Separates what a printer sends back: real-time status bytes, automatic status, answers to
//! `GS ( H` and `GS r`, XON and XOFF, in one byte stream.
//!
//! A real-time byte may arrive in the middle of a longer answer. Automatic status leaves bit 4
//! of its further bytes clear, so nothing is ambiguous there. Within a `GS ( H` answer the
//! characters of ids made by [`ProcessId::from_number`] have bit 4 clear as well; for other ids
//! say with [`AnswerParser::expect`] which one is awaited.
//!
//! `DLE EOT` answers do not say which question they answer: note every question with
//! [`AnswerParser::asked`].

use super::command::{ProcessId, Question};
use super::status::{AutomaticStatus, RealTime, is_automatic_first, is_queued, is_real_time};

const XON: u8 = 0x11;
const XOFF: u8 = 0x13;
const PROCESS_HEADER: u8 = 0x37;
const PROCESS_IDENTIFIER: u8 = 0x22;

/// Questions that can be open at a time; the oldest is forgotten for one more.
pub const QUESTIONS_MAX: usize = 8;

/// One answer of the printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet, and all input was consumed.
    Incomplete,
    /// To a noted `DLE EOT n`.
    RealTime(RealTime),
    /// A real-time status byte that nobody asked for.
    Unasked(u8),
    /// The printer reports by itself.
    Automatic(AutomaticStatus),
    /// Everything in front of this job's `GS ( H` has been printed.
    Printed(ProcessId),
    /// To a `GS r`; [`super::status::parse_queued_paper`] reads it.
    Queued(u8),
    /// The printer can take data again.
    Xon,
    /// The printer's buffer is nearly full.
    Xoff,
    /// Bytes that are no answer; parsing has gone on behind them.
    Malformed(Malformed),
}

/// Why bytes were thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// A byte that begins no known answer.
    Byte(u8),
    /// The line fell silent within an answer, or another one began.
    Unfinished {
        /// Bytes thrown away.
        bytes: usize,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Between,
    /// Bytes of an automatic status, the first included.
    Automatic([u8; 4], usize),
    /// `37` was received.
    Header,
    /// `37 22` and this many characters were received.
    Process([u8; 4], usize),
}

/// The streaming parser of one printer's answers.
#[derive(Clone, Debug)]
pub struct AnswerParser {
    silence_ms: u32,
    state: State,
    last_byte_ms: u64,
    questions: [Option<Question>; QUESTIONS_MAX],
    expected: Option<ProcessId>,
}

impl AnswerParser {
    /// `silence_ms`: longest silence within an answer.
    #[must_use]
    pub const fn new(silence_ms: u32) -> Self {
        Self {
            silence_ms,
            state: State::Between,
            last_byte_ms: 0,
            questions: [None; QUESTIONS_MAX],
            expected: None,
        }
    }

    /// Notes that `DLE EOT n` was sent.
    pub fn asked(&mut self, question: Question) {
        if self.questions.iter().all(Option::is_some) {
            self.next_question();
        }
        if let Some(free) = self.questions.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(question);
        }
    }

    /// Questions that were not answered yet.
    #[must_use]
    pub fn open_questions(&self) -> usize {
        self.questions.iter().flatten().count()
    }

    /// The printer did not answer in time, or was switched off: do not take a later answer for
    /// one to these questions.
    pub const fn forget_questions(&mut self) {
        self.questions = [None; QUESTIONS_MAX];
    }

    /// Notes the id whose `GS ( H` was sent last.
    pub const fn expect(&mut self, id: Option<ProcessId>) {
        self.expected = id;
    }

    /// Takes bytes off the front of `input` up to the end of one answer. Call it until it
    /// answers [`Answer::Incomplete`]: then `input` is empty. `now_ms` is the time at which
    /// `input` was read.
    pub fn poll(&mut self, input: &mut &[u8], now_ms: u64) -> Answer {
        if let Some(deadline) = self.deadline_ms()
            && now_ms >= deadline
        {
            return Answer::Malformed(self.give_up());
        }
        while let Some((&byte, rest)) = input.split_first() {
            let taken = self.take(byte);
            if taken != Taken::NotMine {
                *input = rest;
                self.last_byte_ms = now_ms;
            }
            match taken {
                Taken::More => {}
                Taken::Answer(answer) => return answer,
                Taken::NotMine => return Answer::Malformed(self.give_up()),
            }
        }
        Answer::Incomplete
    }

    /// Call [`poll`](Self::poll) again at this moment even if nothing was read; `None` between
    /// answers.
    #[must_use]
    pub fn deadline_ms(&self) -> Option<u64> {
        (self.state != State::Between)
            .then(|| self.last_byte_ms.saturating_add(u64::from(self.silence_ms)))
    }

    /// The port is gone: forget what was received halfway and all questions.
    pub const fn hang_up(&mut self) {
        self.state = State::Between;
        self.forget_questions();
        self.expected = None;
    }

    fn give_up(&mut self) -> Malformed {
        let bytes = match self.state {
            State::Between => 0,
            State::Header => 1,
            State::Automatic(_, len) => len,
            State::Process(_, len) => 2 + len,
        };
        self.state = State::Between;
        Malformed::Unfinished { bytes }
    }

    fn take(&mut self, byte: u8) -> Taken {
        match byte {
            XON => return Taken::Answer(Answer::Xon),
            XOFF => return Taken::Answer(Answer::Xoff),
            _ => {}
        }
        match self.state {
            State::Between => self.begin(byte),
            _ if is_real_time(byte) && !self.belongs_to_id(byte) => self.real_time(byte),
            State::Automatic(bytes, len) => self.automatic(bytes, len, byte),
            State::Header if byte == PROCESS_IDENTIFIER => {
                self.state = State::Process([0; 4], 0);
                Taken::More
            }
            State::Header => Taken::NotMine,
            State::Process(id, len) => self.process(id, len, byte),
        }
    }

    fn begin(&mut self, byte: u8) -> Taken {
        if is_real_time(byte) {
            return self.real_time(byte);
        }
        if is_automatic_first(byte) {
            self.state = State::Automatic([byte, 0, 0, 0], 1);
            return Taken::More;
        }
        if byte == PROCESS_HEADER {
            self.state = State::Header;
            return Taken::More;
        }
        Taken::Answer(if is_queued(byte) {
            Answer::Queued(byte)
        } else {
            Answer::Malformed(Malformed::Byte(byte))
        })
    }

    fn real_time(&mut self, byte: u8) -> Taken {
        let answer = self
            .next_question()
            .and_then(|question| RealTime::parse(question, byte));
        Taken::Answer(answer.map_or(Answer::Unasked(byte), Answer::RealTime))
    }

    fn next_question(&mut self) -> Option<Question> {
        let first = self.questions.first_mut()?.take();
        self.questions.rotate_left(1);
        first
    }

    /// Whether a byte that looks like real-time status is the next character of the process id.
    fn belongs_to_id(&self, byte: u8) -> bool {
        let State::Process(id, len) = self.state else {
            return false;
        };
        match self.expected.map(ProcessId::bytes) {
            Some(expected) => {
                expected.get(len) == Some(&byte) && id.get(..len) == expected.get(..len)
            }
            None => len < 4 && byte >= 0x20,
        }
    }

    fn automatic(&mut self, mut bytes: [u8; 4], len: usize, byte: u8) -> Taken {
        if !is_queued(byte) {
            return Taken::NotMine;
        }
        if let Some(slot) = bytes.get_mut(len) {
            *slot = byte;
        }
        if len < 3 {
            self.state = State::Automatic(bytes, len + 1);
            return Taken::More;
        }
        self.state = State::Between;
        let status = AutomaticStatus::parse(bytes);
        Taken::Answer(status.map_or(
            Answer::Malformed(Malformed::Unfinished { bytes: 4 }),
            Answer::Automatic,
        ))
    }

    fn process(&mut self, mut id: [u8; 4], len: usize, byte: u8) -> Taken {
        if let Some(slot) = id.get_mut(len) {
            if !(0x20..=0x7E).contains(&byte) {
                return Taken::NotMine;
            }
            *slot = byte;
            self.state = State::Process(id, len + 1);
            return Taken::More;
        }
        match (byte, ProcessId::from_bytes(id)) {
            (0, Some(id)) => {
                self.state = State::Between;
                Taken::Answer(Answer::Printed(id))
            }
            _ => Taken::NotMine,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    More,
    Answer(Answer),
    /// The byte does not continue the answer in progress; it is looked at again without it.
    NotMine,
}

#[cfg(test)]
mod tests;
