//! What the status bytes of an ESC/POS printer mean. A byte that does not fit the fixed bits of
//! its kind is refused, so that noise is not taken for an empty paper roll.

use super::command::Question;

/// Answer to `DLE EOT 1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrinterStatus {
    /// Level of the drawer connector's pin 3. What it means depends on the wiring.
    pub drawer_pin_high: bool,
    /// Not printing; [`OfflineStatus`] says why.
    pub offline: bool,
}

/// Answer to `DLE EOT 2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfflineStatus {
    /// The cover is open.
    pub cover_open: bool,
    /// Someone holds the feed button.
    pub feeding: bool,
    /// Printing stopped because the paper is at its end.
    pub paper_end: bool,
    /// An error; [`ErrorStatus`] says which.
    pub error: bool,
}

/// Answer to `DLE EOT 3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorStatus {
    /// Goes away by `DLE ENQ`, once its cause is removed.
    pub recoverable: bool,
    /// The cutter is stuck.
    pub cutter: bool,
    /// Needs service, or power off and on.
    pub unrecoverable: bool,
    /// Goes away by itself, such as a head that is too hot.
    pub auto_recoverable: bool,
}

/// Answer to `DLE EOT 4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaperStatus {
    /// The roll is nearly used up.
    pub near_end: bool,
    /// The roll is used up.
    pub end: bool,
}

/// Answer to one of the `DLE EOT n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RealTime {
    /// To n = 1.
    Printer(PrinterStatus),
    /// To n = 2.
    Offline(OfflineStatus),
    /// To n = 3.
    Error(ErrorStatus),
    /// To n = 4.
    Paper(PaperStatus),
}

/// Whether the fixed bits `0xx1xx10` of a real-time answer are right.
#[must_use]
pub const fn is_real_time(byte: u8) -> bool {
    byte & 0b1001_0011 == 0b0001_0010
}

/// Whether the fixed bits `0xx1xx00` of the first automatic status byte are right.
#[must_use]
pub const fn is_automatic_first(byte: u8) -> bool {
    byte & 0b1001_0011 == 0b0001_0000
}

/// Whether the fixed bits `0xx0xxxx` of a queued answer, or of the further bytes of an automatic
/// status, are right.
#[must_use]
pub const fn is_queued(byte: u8) -> bool {
    byte & 0b1001_0000 == 0
}

const fn bit(byte: u8, number: u8) -> bool {
    byte & (1 << number) != 0
}

impl RealTime {
    /// Reads the answer to `question`; `None` when its fixed bits are wrong.
    #[must_use]
    pub const fn parse(question: Question, byte: u8) -> Option<Self> {
        if !is_real_time(byte) {
            return None;
        }
        Some(match question {
            Question::Printer => Self::Printer(PrinterStatus {
                drawer_pin_high: bit(byte, 2),
                offline: bit(byte, 3),
            }),
            Question::Offline => Self::Offline(OfflineStatus {
                cover_open: bit(byte, 2),
                feeding: bit(byte, 3),
                paper_end: bit(byte, 5),
                error: bit(byte, 6),
            }),
            Question::Error => Self::Error(ErrorStatus {
                recoverable: bit(byte, 2),
                cutter: bit(byte, 3),
                unrecoverable: bit(byte, 5),
                auto_recoverable: bit(byte, 6),
            }),
            Question::Paper => Self::Paper(PaperStatus {
                near_end: byte & 0x0C != 0,
                end: byte & 0x60 != 0,
            }),
        })
    }
}

/// Automatic status back: four bytes that the printer sends by itself when something changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AutomaticStatus {
    /// As in `DLE EOT 1`.
    pub printer: PrinterStatus,
    /// The cover is open.
    pub cover_open: bool,
    /// Someone holds the feed button.
    pub feeding: bool,
    /// The error bits.
    pub error: ErrorStatus,
    /// The paper sensors.
    pub paper: PaperStatus,
}

impl AutomaticStatus {
    /// Reads the four bytes; `None` when their fixed bits are wrong.
    #[must_use]
    pub const fn parse(bytes: [u8; 4]) -> Option<Self> {
        let [first, second, third, fourth] = bytes;
        if !is_automatic_first(first)
            || !is_queued(second)
            || !is_queued(third)
            || !is_queued(fourth)
        {
            return None;
        }
        Some(Self {
            printer: PrinterStatus {
                drawer_pin_high: bit(first, 2),
                offline: bit(first, 3),
            },
            cover_open: bit(first, 5),
            feeding: bit(first, 6),
            error: ErrorStatus {
                recoverable: bit(second, 2),
                cutter: bit(second, 3),
                unrecoverable: bit(second, 5),
                auto_recoverable: bit(second, 6),
            },
            paper: paper_sensors(third),
        })
    }
}

/// Reads the paper sensor byte of `GS r 1`; `None` when its fixed bits are wrong.
#[must_use]
pub const fn parse_queued_paper(byte: u8) -> Option<PaperStatus> {
    if is_queued(byte) {
        Some(paper_sensors(byte))
    } else {
        None
    }
}

const fn paper_sensors(byte: u8) -> PaperStatus {
    PaperStatus {
        near_end: byte & 0x03 != 0,
        end: byte & 0x0C != 0,
    }
}

/// What is known of a printer, gathered from all kinds of answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Not printing, for whatever reason.
    pub offline: bool,
    /// The cover is open.
    pub cover_open: bool,
    /// The roll is nearly used up.
    pub paper_near_end: bool,
    /// The roll is used up.
    pub paper_end: bool,
    /// The cutter is stuck.
    pub cutter_error: bool,
    /// Needs service, or power off and on.
    pub unrecoverable_error: bool,
    /// Goes away by `DLE ENQ`, once its cause is removed.
    pub recoverable_error: bool,
    /// Level of the drawer connector's pin 3. What it means depends on the wiring.
    pub drawer_pin_high: bool,
}

impl Status {
    /// Takes over what a real-time answer says.
    pub const fn apply_real_time(&mut self, answer: RealTime) {
        match answer {
            RealTime::Printer(printer) => self.apply_printer(printer),
            RealTime::Offline(offline) => self.cover_open = offline.cover_open,
            RealTime::Error(error) => self.apply_error(error),
            RealTime::Paper(paper) => self.apply_paper(paper),
        }
    }

    /// Takes over what an automatic status says.
    pub const fn apply_automatic(&mut self, status: AutomaticStatus) {
        self.apply_printer(status.printer);
        self.cover_open = status.cover_open;
        self.apply_error(status.error);
        self.apply_paper(status.paper);
    }

    /// Takes over the paper sensors.
    pub const fn apply_paper(&mut self, paper: PaperStatus) {
        self.paper_near_end = paper.near_end;
        self.paper_end = paper.end;
    }

    /// Whether bytes sent now are printed soon.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        !(self.offline
            || self.cover_open
            || self.paper_end
            || self.cutter_error
            || self.unrecoverable_error
            || self.recoverable_error)
    }

    const fn apply_printer(&mut self, printer: PrinterStatus) {
        self.drawer_pin_high = printer.drawer_pin_high;
        self.offline = printer.offline;
    }

    const fn apply_error(&mut self, error: ErrorStatus) {
        self.cutter_error = error.cutter;
        self.unrecoverable_error = error.unrecoverable;
        self.recoverable_error = error.recoverable;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(answers: [u8; 4], expected: Status) {
        let mut status = Status::default();
        for (question, byte) in Question::ALL.into_iter().zip(answers) {
            status.apply_real_time(RealTime::parse(question, byte).expect("fixed bits"));
        }
        assert_eq!(status, expected);
    }

    #[test]
    fn real_time_answers_seen_on_printers() {
        check([0x12, 0x12, 0x12, 0x12], Status::default());
        check(
            [0x12, 0x12, 0x12, 0x1E],
            Status {
                paper_near_end: true,
                ..Status::default()
            },
        );
        check(
            [0x1A, 0x32, 0x12, 0x7E],
            Status {
                offline: true,
                paper_near_end: true,
                paper_end: true,
                ..Status::default()
            },
        );
        check(
            [0x1A, 0x16, 0x12, 0x12],
            Status {
                offline: true,
                cover_open: true,
                ..Status::default()
            },
        );
        check(
            [0x1E, 0x52, 0x7E, 0x12],
            Status {
                offline: true,
                drawer_pin_high: true,
                cutter_error: true,
                recoverable_error: true,
                unrecoverable_error: true,
                ..Status::default()
            },
        );
    }

    #[test]
    fn automatic_status_seen_on_printers() {
        let parse = |bytes| {
            let mut status = Status::default();
            status.apply_automatic(AutomaticStatus::parse(bytes)?);
            Some(status)
        };
        assert_eq!(parse([0x10, 0, 0, 0]), Some(Status::default()));
        let out = parse([0x18, 0, 0x0F, 0]).expect("fixed bits");
        assert!(out.offline && out.paper_end && out.paper_near_end && !out.is_ready());
        let cover = parse([0x38, 0, 0, 0]).expect("fixed bits");
        assert!(cover.offline && cover.cover_open && !cover.drawer_pin_high);
        let drawer = parse([0x14, 0, 0, 0]).expect("fixed bits");
        assert!(drawer.drawer_pin_high && drawer.is_ready());
        assert_eq!(parse([0x12, 0, 0, 0]), None);
        assert_eq!(parse([0x10, 0x10, 0, 0]), None);
        assert_eq!(parse([0x10, 0, 0, 0x80]), None);
    }

    #[test]
    fn each_bit_of_an_offline_answer_is_one_reason() {
        let none = OfflineStatus {
            cover_open: false,
            feeding: false,
            paper_end: false,
            error: false,
        };
        for (byte, expected) in [
            (0x12, none),
            (
                0x16,
                OfflineStatus {
                    cover_open: true,
                    ..none
                },
            ),
            (
                0x1A,
                OfflineStatus {
                    feeding: true,
                    ..none
                },
            ),
            (
                0x32,
                OfflineStatus {
                    paper_end: true,
                    ..none
                },
            ),
            (
                0x52,
                OfflineStatus {
                    error: true,
                    ..none
                },
            ),
        ] {
            let answer = RealTime::parse(Question::Offline, byte);
            assert_eq!(answer, Some(RealTime::Offline(expected)), "{byte:02X}");
        }
    }

    #[test]
    fn each_reason_alone_keeps_a_printer_from_printing() {
        assert!(Status::default().is_ready());
        let reasons: [fn(&mut Status); 6] = [
            |status| status.offline = true,
            |status| status.cover_open = true,
            |status| status.paper_end = true,
            |status| status.cutter_error = true,
            |status| status.unrecoverable_error = true,
            |status| status.recoverable_error = true,
        ];
        for (number, reason) in reasons.into_iter().enumerate() {
            let mut status = Status::default();
            reason(&mut status);
            assert!(!status.is_ready(), "reason {number}");
        }
        let nearly = Status {
            paper_near_end: true,
            drawer_pin_high: true,
            ..Status::default()
        };
        assert!(nearly.is_ready(), "neither stops it");
    }

    #[test]
    fn every_byte_is_at_most_one_kind() {
        for byte in 0..=u8::MAX {
            let kinds = [
                is_real_time(byte),
                is_automatic_first(byte),
                is_queued(byte),
            ];
            assert!(kinds.into_iter().filter(|kind| *kind).count() <= 1);
            assert_eq!(
                RealTime::parse(Question::Paper, byte).is_some(),
                is_real_time(byte)
            );
            assert_eq!(parse_queued_paper(byte).is_some(), is_queued(byte));
        }
        let near = parse_queued_paper(0x03).expect("fixed bits");
        assert!(near.near_end && !near.end);
    }
}
