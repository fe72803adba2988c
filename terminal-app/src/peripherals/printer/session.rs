//! One conversation with a printer, from opening its port to losing it: asks for its status, writes counted pieces,
//! and keeps what it said. A *silent* printer is one that has not answered a question in time.
//!
//! Every `DLE EOT` is answered by exactly one byte, however late. A printer that answers again, but not every question
//! put to it, has lost what was in its buffer: its power was off. That is how a short loss of power is seen.

use std::sync::Arc;
use std::time::Duration;

use devices::escpos::answer::{Answer, AnswerParser, QUESTIONS_MAX};
use devices::escpos::command::{ProcessId, Question, TRANSMIT_PAPER_STATUS};
use devices::escpos::status::Status;
use retail::clock::Clock;

use super::wire::{Start, Ticket, Wire};
use crate::peripherals::line::Gone;
use crate::till::input::PrinterState;

/// Longest silence within an answer of several bytes, ms.
const ANSWER_SILENCE_MS: u32 = 500;
/// How long a status question may take before it is put again, ms.
const ANSWER_MS: u64 = 1_000;
/// How long the printer's answers may still trickle in once it answers again, ms.
const TRICKLE_MS: u64 = 300;

/// How long a printer may take to work off what it still had, ms.
const SETTLE_MS: u64 = 5_000;
/// How long nothing must follow an answer to `GS r`, ms.
const QUIET_MS: u64 = 500;
/// How long a printer on a hub may stay unwatched in the middle of a job, ms. Nobody switches one off and on again, and
/// has it answering, in less; after more it may have lost what it held.
pub const UNWATCHED_MS: u64 = 5_000;

/// How the printer took a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It answered every question.
    Answers,
    /// It has not answered yet.
    Silent,
    /// It answers again, but not what was asked before: its power was off in between.
    PowerLost,
}

/// What a printer has said about the end of a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Finished {
    /// The answer to `GS ( H` with the awaited id.
    pub process_id: bool,
    /// The answer to `GS r`.
    pub queued: bool,
}

/// An open way to a printer, as far as anyone knows.
pub struct Session {
    line: Box<dyn Wire>,
    clock: Arc<dyn Clock>,
    parser: AnswerParser,
    status: Status,
    /// Questions were left without an answer for longer than they may be.
    overdue: bool,
    awaited: Option<ProcessId>,
    finished: Finished,
    /// The printer has answered a process id before, so it always will.
    knows_process_ids: bool,
    /// Answers to `GS r` so far, awaited or not.
    queued_answers: u32,
    /// When a status question was answered last.
    answered_ms: u64,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// Begins to talk over a port just opened; what it still held of an earlier conversation is thrown away.
    ///
    /// # Errors
    /// [`Gone`].
    pub fn new(mut line: Box<dyn Wire>, clock: Arc<dyn Clock>) -> Result<Self, Gone> {
        line.discard_input()?;
        line.was_interrupted();
        Ok(Self {
            line,
            answered_ms: clock.monotonic_ms(),
            clock,
            parser: AnswerParser::new(ANSWER_SILENCE_MS),
            status: Status::default(),
            overdue: false,
            awaited: None,
            finished: Finished::default(),
            knows_process_ids: false,
            queued_answers: 0,
        })
    }

    /// What the printer said last.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// The same for the cashier.
    #[must_use]
    pub const fn state(&self) -> PrinterState {
        state_of(&self.status)
    }

    /// The port's name still leads to this device.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.line.is_current()
    }

    /// Milliseconds of the clock of this conversation.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.clock.monotonic_ms()
    }

    /// Asks for all four kinds of status and waits at most a second for the answers.
    ///
    /// # Errors
    /// [`Gone`].
    pub fn ask(&mut self) -> Result<Reply, Gone> {
        self.look_for_interruption()?;
        let open = self.parser.open_questions();
        let questions: &[Question] = match open {
            0 => &Question::ALL,
            _ if open < QUESTIONS_MAX => &[Question::Printer],
            _ => &[],
        };
        for question in questions {
            if !self.write_all(&question.command(), Duration::from_millis(ANSWER_MS))? {
                // The port takes nothing: the printer holds the line.
                return Ok(Reply::Silent);
            }
            self.parser.asked(*question);
        }
        let before = self.parser.open_questions();
        self.wait_for_answers(ANSWER_MS)?;
        let after = self.parser.open_questions();
        if after == 0 {
            self.overdue = false;
            return Ok(Reply::Answers);
        }
        if after == before {
            self.overdue = true;
            return Ok(Reply::Silent);
        }
        // It speaks. Whatever it still has to say comes at once.
        self.wait_for_answers(TRICKLE_MS)?;
        let lost = self.overdue && self.parser.open_questions() > 0;
        if self.parser.open_questions() == 0 {
            self.overdue = false;
            return Ok(Reply::Answers);
        }
        if lost {
            self.forget();
            return Ok(Reply::PowerLost);
        }
        self.overdue = true;
        Ok(Reply::Silent)
    }

    /// The way to the printer was broken: questions may have been lost, and answers are perhaps still to come.
    fn look_for_interruption(&mut self) -> Result<(), Gone> {
        if !self.line.was_interrupted() {
            return Ok(());
        }
        if self.now_ms().saturating_sub(self.answered_ms) > UNWATCHED_MS {
            return Err(Gone("nobody watched the printer for a while".to_owned()));
        }
        self.parser.forget_questions();
        self.overdue = false;
        let until_ms = self.now_ms() + TRICKLE_MS;
        loop {
            let left_ms = until_ms.saturating_sub(self.now_ms());
            if left_ms == 0 {
                return Ok(());
            }
            self.listen(Duration::from_millis(left_ms))?;
        }
    }

    /// Nothing that was asked or awaited before will be answered any more.
    pub const fn forget(&mut self) {
        self.parser.forget_questions();
        self.overdue = false;
        self.awaited = None;
        self.finished = Finished {
            process_id: false,
            queued: false,
        };
    }

    fn wait_for_answers(&mut self, limit_ms: u64) -> Result<(), Gone> {
        let deadline = self.now_ms() + limit_ms;
        loop {
            let left = deadline.saturating_sub(self.now_ms());
            if self.parser.open_questions() == 0 || left == 0 {
                return Ok(());
            }
            self.listen(Duration::from_millis(left))?;
        }
    }

    /// Takes in what the printer says, waiting at most `wait` for the first byte. True when it said something.
    ///
    /// # Errors
    /// [`Gone`].
    pub fn listen(&mut self, wait: Duration) -> Result<bool, Gone> {
        let mut buffer = [0; 64];
        let count = self.line.read(&mut buffer, wait)?;
        let now = self.clock.monotonic_ms();
        let mut rest = buffer.get(..count).unwrap_or(&[]);
        loop {
            match self.parser.poll(&mut rest, now) {
                Answer::Incomplete => return Ok(count > 0),
                Answer::RealTime(answer) => {
                    self.answered_ms = now;
                    self.status.apply_real_time(answer);
                }
                Answer::Automatic(status) => self.status.apply_automatic(status),
                Answer::Printed(id) => {
                    self.knows_process_ids = true;
                    if self.awaited == Some(id) {
                        self.finished.process_id = true;
                    }
                }
                Answer::Queued(_) => {
                    self.queued_answers = self.queued_answers.wrapping_add(1);
                    if self.awaited.is_some() {
                        self.finished.queued = true;
                    }
                }
                Answer::Malformed(noise) => tracing::debug!(?noise, "not an answer of a printer"),
                Answer::Unasked(_) | Answer::Xon | Answer::Xoff => {}
            }
        }
    }

    /// A job is to be sent; see [`Wire::begin`].
    ///
    /// # Errors
    /// [`Gone`].
    pub fn begin(&mut self, ticket: &Ticket, wait: Duration) -> Result<Start, Gone> {
        self.line.begin(ticket, wait)
    }

    /// Lets the job's bytes up to `to` leave; answers how many beyond `from` have, waiting at most `wait`.
    ///
    /// # Errors
    /// [`Gone`]: none of these bytes were taken.
    pub fn send(
        &mut self,
        ticket: &Ticket,
        from: usize,
        to: usize,
        wait: Duration,
    ) -> Result<usize, Gone> {
        self.line.send(ticket, from, to, wait)
    }

    /// Milliseconds of the hub's own time; `None` without a hub.
    #[must_use]
    pub fn hub_ms(&self) -> Option<u64> {
        self.line.hub_ms()
    }

    /// Writes a command whole; false when the port took nothing of it.
    ///
    /// # Errors
    /// [`Gone`], also when the port stuck in the middle of the command.
    pub fn write_all(&mut self, command: &[u8], wait: Duration) -> Result<bool, Gone> {
        let mut rest = command;
        while !rest.is_empty() {
            let taken = self.line.command(rest, wait)?;
            if taken == 0 && rest.len() == command.len() {
                return Ok(false);
            }
            if taken == 0 {
                return Err(Gone("stuck in the middle of a command".to_owned()));
            }
            rest = rest.get(taken..).unwrap_or(&[]);
        }
        Ok(true)
    }

    /// From now on an answer to this id, or to `GS r`, is the end of the job.
    pub const fn await_end(&mut self, id: ProcessId) {
        self.awaited = Some(id);
        self.parser.expect(Some(id));
        self.finished = Finished {
            process_id: false,
            queued: false,
        };
    }

    /// What has been said about the end of the job.
    #[must_use]
    pub const fn finished(&self) -> Finished {
        self.finished
    }

    /// An answer to `GS r` alone is not the end: this printer answers ids.
    #[must_use]
    pub const fn knows_process_ids(&self) -> bool {
        self.knows_process_ids
    }

    /// Waits until the printer has worked off what it still had, and has said so: answers that are on their way to an
    /// earlier `GS r` would else be taken for the end of the next job. A few seconds at most.
    ///
    /// # Errors
    /// [`Gone`].
    pub fn settle(&mut self) -> Result<(), Gone> {
        self.write_all(&TRANSMIT_PAPER_STATUS, Duration::from_millis(ANSWER_MS))?;
        let began_ms = self.now_ms();
        let before = self.queued_answers;
        let mut last = (before, began_ms);
        loop {
            self.listen(Duration::from_millis(100))?;
            let now = self.now_ms();
            if self.queued_answers != last.0 {
                last = (self.queued_answers, now);
            }
            let limit_ms = if last.0 == before {
                SETTLE_MS
            } else {
                QUIET_MS
            };
            if now.saturating_sub(last.1) >= limit_ms {
                return Ok(());
            }
        }
    }

    /// The job is over: later answers do not belong to it.
    pub const fn end_job(&mut self) {
        self.awaited = None;
        self.parser.expect(None);
    }

    /// Nothing more of the job is sent after `sent` bytes. True when some of it may have come to the printer.
    pub fn give_up(&mut self, sent: usize) -> bool {
        self.line.end(sent)
    }
}

/// A printer's status for the cashier.
#[must_use]
pub const fn state_of(status: &Status) -> PrinterState {
    if status.paper_end {
        PrinterState::PaperOut
    } else if status.cover_open {
        PrinterState::CoverOpen
    } else if status.cutter_error || status.unrecoverable_error || status.recoverable_error {
        PrinterState::Error
    } else if status.offline {
        PrinterState::Offline
    } else if status.paper_near_end {
        PrinterState::PaperLow
    } else {
        PrinterState::Ready
    }
}
