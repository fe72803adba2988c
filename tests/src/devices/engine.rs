//! What a receipt printer does with bytes, without a port: real-time commands at once, the rest in order from its
//! buffer, as long as it has power, paper and a closed cover.

use terminal_app::receipt::decode::{self, Sheet, Token};

/// What kind of printer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrinterKind {
    /// Characters of a line.
    pub columns: usize,
    /// Answers `GS ( H`; else it skips it.
    pub process_ids: bool,
    /// Answers `GS r`.
    pub paper_status: bool,
}

impl Default for PrinterKind {
    /// 80 mm, 42 columns, answers everything.
    fn default() -> Self {
        Self {
            columns: 42,
            process_ids: true,
            paper_status: true,
        }
    }
}

/// A drawer pulse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pulse {
    /// `DLE DC4`, at once.
    RealTime,
    /// `ESC p`, in order.
    Queued,
}

/// What can be seen of the printer from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Everything printed so far; a cut is a line `~~~`.
    pub paper: String,
    /// Cuts so far.
    pub cuts: usize,
    /// Drawer pulses so far.
    pub pulses: Vec<Pulse>,
    /// Bytes received so far, while it had power.
    pub received: usize,
    /// `DLE EOT` questions received so far.
    pub questions: usize,
    /// `DLE EOT` questions that came in while it had no power. A real printer takes longer to start than the till to
    /// ask, so a test waits for one of these before it switches the printer on again.
    pub missed: usize,
    /// Whether the cable is plugged in.
    pub plugged: bool,
    /// Whether it has power.
    pub powered: bool,
}

/// The printer itself.
#[derive(Debug)]
pub(crate) struct Engine {
    kind: PrinterKind,
    sheet: Sheet,
    pub(crate) seen: Seen,
    pub(crate) cover_open: bool,
    /// Lines until the paper is at its end; `None` is a full roll.
    pub(crate) lines_left: Option<usize>,
    /// The roll is nearly used up.
    pub(crate) paper_low: bool,
    /// Power fails when this many bytes have come in from now on.
    pub(crate) fails_after: Option<usize>,
    /// The port goes away when this many bytes have come in from now on.
    pub(crate) unplugs_after: Option<usize>,
    /// It takes no more bytes when this many to be printed have come in from now on.
    pub(crate) stalls_after: Option<usize>,
    /// Takes no bytes.
    pub(crate) stalled: bool,
    /// Bytes that came in with the last one taken.
    held: Vec<u8>,
    /// Answers no real-time question.
    pub(crate) mute: bool,
    real_time: Vec<u8>,
    buffer: Vec<u8>,
    automatic_status: bool,
    told: [u8; 4],
}

impl Engine {
    pub(crate) fn new(kind: PrinterKind) -> Self {
        Self {
            kind,
            sheet: Sheet::new(kind.columns),
            seen: Seen {
                powered: true,
                ..Seen::default()
            },
            cover_open: false,
            lines_left: None,
            paper_low: false,
            fails_after: None,
            unplugs_after: None,
            stalls_after: None,
            stalled: false,
            held: Vec::new(),
            mute: false,
            real_time: Vec::new(),
            buffer: Vec::new(),
            automatic_status: false,
            told: [0; 4],
        }
    }

    /// Takes bytes in and answers.
    pub(crate) fn receive(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut answers = Vec::new();
        let mut all = std::mem::take(&mut self.held);
        all.extend_from_slice(bytes);
        for byte in &all {
            if self.stalled {
                self.held.push(*byte);
                continue;
            }
            if !self.seen.powered {
                self.miss(*byte);
                continue;
            }
            self.seen.received += 1;
            self.real_time.push(*byte);
            self.sift(&mut answers);
            self.work(&mut answers);
            if count_down(&mut self.fails_after) {
                self.power_off();
            }
        }
        answers
    }

    /// Without power, bytes go nowhere.
    fn miss(&mut self, byte: u8) {
        self.real_time.push(byte);
        if self.real_time.ends_with(&[0x10, 0x04, byte]) {
            self.seen.missed += 1;
            self.real_time.clear();
        }
    }

    /// Takes real-time commands out of the stream, wherever they stand in it.
    fn sift(&mut self, answers: &mut Vec<u8>) {
        loop {
            match self.real_time.as_slice() {
                [] => return,
                [0x10] | [0x10, 0x04 | 0x05 | 0x14] => return,
                [0x10, 0x14, 0x01, ..] if self.real_time.len() < 5 => return,
                [0x10, 0x04, n] => {
                    let n = *n;
                    self.seen.questions += 1;
                    if !self.mute {
                        answers.push(self.status(n));
                    }
                    self.real_time.clear();
                }
                [0x10, 0x05, n] => {
                    if *n == 2 {
                        self.buffer.clear();
                        self.sheet.power_off();
                    }
                    self.real_time.clear();
                }
                [0x10, 0x14, 0x01, _, _] => {
                    self.seen.pulses.push(Pulse::RealTime);
                    self.real_time.clear();
                }
                _ => {
                    self.buffer.push(self.real_time.remove(0));
                    if count_down(&mut self.stalls_after) {
                        self.stalls_after = None;
                        self.stalled = true;
                    }
                }
            }
        }
    }

    /// Answer to `DLE EOT n`, as seen on printers.
    fn status(&self, n: u8) -> u8 {
        let out = self.paper_out();
        match n {
            1 if out || self.cover_open => 0x1A,
            2 if self.cover_open => 0x16,
            2 if out => 0x32,
            4 if out => 0x7E,
            4 if self.paper_low => 0x1E,
            _ => 0x12,
        }
    }

    fn paper_out(&self) -> bool {
        self.lines_left == Some(0)
    }

    /// Carries out what is in the buffer, as far as it can.
    pub(crate) fn work(&mut self, answers: &mut Vec<u8>) {
        while self.seen.powered && !self.cover_open && !self.paper_out() {
            let buffer = std::mem::take(&mut self.buffer);
            let Some((token, len)) = decode::next(&buffer) else {
                self.buffer = buffer;
                break;
            };
            self.carry_out(&token, answers);
            self.buffer = buffer.get(len..).unwrap_or(&[]).to_vec();
        }
        if self.seen.powered {
            self.tell_changes(answers);
        }
    }

    fn carry_out(&mut self, token: &Token<'_>, answers: &mut Vec<u8>) {
        self.sheet.print(token);
        match token {
            Token::LineFeed | Token::Feed(_) | Token::Barcode { .. } => {
                if let Some(lines) = &mut self.lines_left {
                    *lines = lines.saturating_sub(1);
                }
            }
            Token::Initialise => self.automatic_status = false,
            Token::AutomaticStatus(mask) => {
                self.automatic_status = *mask != 0;
                self.told = [0; 4];
            }
            Token::Cut => self.seen.cuts += 1,
            Token::Drawer(_) => self.seen.pulses.push(Pulse::Queued),
            Token::PaperStatus(_) if self.kind.paper_status => {
                answers.push(if self.paper_low { 0x03 } else { 0x00 });
            }
            Token::ProcessId(id) if self.kind.process_ids => {
                answers.extend([0x37, 0x22]);
                answers.extend(id);
                answers.push(0);
            }
            _ => {}
        }
        self.seen.paper.push_str(&self.sheet.tear_off());
    }

    fn tell_changes(&mut self, answers: &mut Vec<u8>) {
        let status = match (self.cover_open, self.paper_out()) {
            (true, _) => [0x38, 0, 0, 0],
            (false, true) => [0x18, 0, 0x0F, 0],
            (false, false) => [0x10, 0, 0, 0],
        };
        if self.automatic_status && self.told != status {
            self.told = status;
            answers.extend(status);
        }
    }

    /// Power is gone, and with it the buffer, a half printed line and all settings. What is on paper stays.
    pub(crate) fn power_off(&mut self) {
        self.seen.powered = false;
        self.fails_after = None;
        self.real_time.clear();
        self.buffer.clear();
        self.sheet.power_off();
        self.automatic_status = false;
    }

    /// Power is back, as after a cold start.
    pub(crate) fn power_on(&mut self) {
        self.real_time.clear();
        self.seen.powered = true;
    }

    /// Bytes came in over a cable that is about to be pulled: true when it is now.
    pub(crate) const fn is_pulled_by(&mut self, bytes: usize) -> bool {
        match self.unplugs_after {
            Some(left) if left <= bytes => {
                self.unplugs_after = None;
                true
            }
            Some(left) => {
                self.unplugs_after = Some(left - bytes);
                false
            }
            None => false,
        }
    }
}

/// Counts one byte; true when that was the last.
fn count_down(left: &mut Option<usize>) -> bool {
    match left {
        Some(0 | 1) => true,
        Some(more) => {
            *more -= 1;
            false
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_time_questions_are_answered_anywhere_and_never_printed() {
        let mut printer = Engine::new(PrinterKind::default());
        assert_eq!(printer.receive(b"Hal\x10\x04"), b"");
        assert_eq!(printer.receive(b"\x01lo\n"), [0x12]);
        assert_eq!(printer.seen.paper, "Hallo\n");
    }

    #[test]
    fn without_paper_the_buffer_waits() {
        let mut printer = Engine::new(PrinterKind::default());
        printer.lines_left = Some(1);
        assert_eq!(
            printer.receive(b"een\ntwee\n\x1Dr\x01\x10\x04\x01\x10\x04\x04"),
            [0x1A, 0x7E]
        );
        assert_eq!(printer.seen.paper, "een\n");
        printer.lines_left = None;
        let mut answers = Vec::new();
        printer.work(&mut answers);
        assert_eq!(answers, [0x00]);
        assert_eq!(printer.seen.paper, "een\ntwee\n");
    }

    #[test]
    fn a_loss_of_power_forgets_what_was_not_printed() {
        let mut printer = Engine::new(PrinterKind::default());
        printer.fails_after = Some(6);
        assert_eq!(printer.receive(b"een\ntwee\n\x10\x04\x01"), b"");
        assert!(!printer.seen.powered);
        printer.power_on();
        assert_eq!(
            printer.receive(b"\x1B@drie\n\x1D(H\x06\x0000abcd"),
            b"\x37\x22abcd\0"
        );
        assert_eq!(printer.seen.paper, "een\ndrie\n");
    }
}
