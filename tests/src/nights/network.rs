//! The wire of a night. Whatever it does to a request or an answer, both ends only ever see what a real line can do to them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use terminal_app::sync::office::{CallError, Request, Response, Wire};

use super::Tally;
use super::headquarters::{HeadQuarters, Stop};
use crate::dice::Dice;

/// Requests that may still arrive after their sender gave up.
const LATE: usize = 8;
/// Earlier answers that may come instead of the right one.
const OLD: usize = 6;

/// The line with head office at its end.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) head: HeadQuarters,
    dice: Dice,
    /// Faults in percent of requests; 0 when the line is good.
    pub(super) percent: u64,
    late: VecDeque<Request>,
    old: VecDeque<(String, Response)>,
    pub(super) tally: Tally,
}

/// One end of it.
#[derive(Clone, Debug)]
pub(super) struct Line(pub(super) Rc<RefCell<Network>>);

impl Network {
    pub(super) fn new(head: HeadQuarters, dice: Dice, percent: u64) -> Self {
        Self {
            head,
            dice,
            percent,
            late: VecDeque::new(),
            old: VecDeque::new(),
            tally: Tally::default(),
        }
    }

    fn offline(&mut self, what: &'static str) -> CallError {
        self.tally.add(what, 1);
        CallError::Offline(what.to_owned())
    }

    /// Something that was sent long ago arrives now.
    fn late_arrivals(&mut self) {
        while !self.late.is_empty() && self.dice.one_in(3) {
            let at = self.dice.index(self.late.len());
            if let Some(request) = self.late.remove(at) {
                self.tally.add("wire: arrived late", 1);
                self.head.answer(&request, None);
            }
        }
    }

    /// Late requests arrive or are gone for good: the line is good from now on.
    pub(super) fn calm(&mut self) {
        self.percent = 0;
        while let Some(request) = self.late.pop_front() {
            if self.dice.one_in(2) {
                self.head.answer(&request, None);
            }
        }
        self.old.clear();
    }

    fn carry(&mut self, request: &Request) -> Result<Response, CallError> {
        self.late_arrivals();
        if !self.head.running() {
            return Err(self.offline("wire: nobody there"));
        }
        if !self.dice.percent(self.percent) {
            return self.deliver(request, None, "wire: stopped");
        }
        match self.dice.below(10) {
            0 => Err(self.offline("wire: request lost")),
            1 => {
                self.head.answer(request, None);
                Err(self.offline("wire: answer lost"))
            }
            2 => {
                self.tally.add("wire: delivered twice", 1);
                self.head.answer(request, None);
                self.deliver(request, None, "wire: stopped")
            }
            3 => {
                if self.late.len() == LATE {
                    self.late.pop_front();
                }
                self.late.push_back(request.clone());
                Err(self.offline("wire: delayed"))
            }
            4 => {
                let mut short = request.clone();
                short
                    .body
                    .truncate(self.dice.index(request.body.len().max(1)));
                self.tally.add("wire: request cut short", 1);
                self.deliver(&short, None, "wire: stopped")
            }
            5 => {
                self.tally.add("wire: answer cut short", 1);
                let mut response = self.deliver(request, None, "wire: stopped")?;
                response.body.truncate(self.dice.index(response.body.len()));
                Ok(response)
            }
            6 => self.deliver(
                request,
                Some(Stop::BeforeCommit),
                "head office: stopped before a commit",
            ),
            7 => self.deliver(
                request,
                Some(Stop::AfterWork),
                "head office: stopped after its work",
            ),
            _ => {
                self.head.answer(request, None);
                let kind = kind(request);
                match self.old.iter().find(|(old, _)| *old == kind).cloned() {
                    Some((_, old)) => {
                        self.tally.add("wire: an old answer", 1);
                        Ok(old)
                    }
                    None => Err(self.offline("wire: answer lost")),
                }
            }
        }
    }

    fn deliver(
        &mut self,
        request: &Request,
        stop: Option<Stop>,
        what: &'static str,
    ) -> Result<Response, CallError> {
        let Some(response) = self.head.answer(request, stop) else {
            return Err(self.offline(what));
        };
        if self.old.len() == OLD {
            self.old.pop_front();
        }
        self.old.push_back((kind(request), response.clone()));
        Ok(response)
    }
}

/// Questions that an answer could be taken for: any batch, any heads; of what is fetched, only the same by the same till, as
/// a cache on the way gives it.
fn kind(request: &Request) -> String {
    match &request.signed {
        Some((till, _)) if request.method == "GET" => format!("{till} {}", request.path),
        _ => request.path.clone(),
    }
}

impl Wire for Line {
    fn send(&mut self, request: &Request) -> Result<Response, CallError> {
        self.0.borrow_mut().carry(request)
    }
}
