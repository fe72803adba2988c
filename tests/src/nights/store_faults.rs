//! A till's store whose process can stop before or after any write of the exchange.

use chrono::{DateTime, NaiveDate, Utc};
use retail::day::DayTotals;
use retail::event::Hole;
use retail::ids::{Epoch, Hash, Position};
use retail::wire::{DownPage, Head};
use terminal_app::sync::outbox::{Apart, Append, Appender, Outbox, OutboxError, Row, Standing};

use crate::dice::Dice;

/// When the process stops, if it does.
#[derive(Debug)]
pub(super) struct Stops {
    dice: Dice,
    /// Once in so many writes; 0: never.
    one_in: u64,
    /// It has stopped: nothing is done any more.
    pub(super) stopped: bool,
}

impl Stops {
    pub(super) const fn new(dice: Dice, one_in: u64) -> Self {
        Self {
            dice,
            one_in,
            stopped: false,
        }
    }

    fn write<T>(
        &mut self,
        work: impl FnOnce() -> Result<T, OutboxError>,
    ) -> Result<T, OutboxError> {
        let gone = || OutboxError("the process stopped".to_owned());
        if self.stopped {
            return Err(gone());
        }
        if self.one_in > 0 && self.dice.one_in(self.one_in) {
            self.stopped = true;
            if self.dice.one_in(2) {
                work()?;
            }
            return Err(gone());
        }
        work()
    }
}

/// The real outbox behind stops.
#[derive(Debug)]
pub(super) struct StoppingOutbox<'a, O> {
    pub(super) inner: &'a mut O,
    pub(super) stops: std::rc::Rc<std::cell::RefCell<Stops>>,
}

impl<O: Outbox> Outbox for StoppingOutbox<'_, O> {
    fn standing(&mut self) -> Result<Standing, OutboxError> {
        self.inner.standing()
    }

    fn epochs(&mut self) -> Result<Vec<(Epoch, u64)>, OutboxError> {
        self.inner.epochs()
    }

    fn hash_at(&mut self, epoch: Epoch, seq: u64) -> Result<Option<Hash>, OutboxError> {
        self.inner.hash_at(epoch, seq)
    }

    fn rows_after(
        &mut self,
        after: Option<(Epoch, u64)>,
        limit: usize,
    ) -> Result<Vec<Row>, OutboxError> {
        self.inner.rows_after(after, limit)
    }

    fn raise_cursor(&mut self, to: Head) -> Result<(), OutboxError> {
        self.stops
            .borrow_mut()
            .write(|| self.inner.raise_cursor(to))
    }

    fn lower_cursor(&mut self, to: Option<Head>) -> Result<(), OutboxError> {
        self.stops
            .borrow_mut()
            .write(|| self.inner.lower_cursor(to))
    }

    fn apply_down(&mut self, asked: u64, page: &DownPage) -> Result<(), OutboxError> {
        self.stops
            .borrow_mut()
            .write(|| self.inner.apply_down(asked, page))
    }

    fn restart_down(&mut self) -> Result<(), OutboxError> {
        self.stops.borrow_mut().write(|| self.inner.restart_down())
    }

    fn set_apart(&mut self, at: Position, what: Apart, reason: &str) -> Result<(), OutboxError> {
        self.stops
            .borrow_mut()
            .write(|| self.inner.set_apart(at, what, reason))
    }

    fn holes(&mut self) -> Result<Vec<Hole>, OutboxError> {
        self.inner.holes()
    }

    fn open_days(
        &mut self,
        before: NaiveDate,
        limit: usize,
    ) -> Result<Vec<NaiveDate>, OutboxError> {
        self.inner.open_days(before, limit)
    }

    fn day_totals(&mut self, day: NaiveDate) -> Result<DayTotals, OutboxError> {
        self.inner.day_totals(day)
    }

    fn last_night(&mut self) -> Result<Option<DateTime<Utc>>, OutboxError> {
        self.inner.last_night()
    }

    fn night_done(&mut self, at: DateTime<Utc>) -> Result<(), OutboxError> {
        self.stops.borrow_mut().write(|| self.inner.night_done(at))
    }
}

/// The real writer behind stops.
#[derive(Debug)]
pub(super) struct StoppingAppender<'a, A> {
    pub(super) inner: &'a mut A,
    pub(super) stops: std::rc::Rc<std::cell::RefCell<Stops>>,
}

impl<A: Appender> Appender for StoppingAppender<'_, A> {
    fn append(&mut self, request: Append) -> Result<(), OutboxError> {
        self.stops.borrow_mut().write(|| self.inner.append(request))
    }
}
