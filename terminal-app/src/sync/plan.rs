//! What to do next between this till and head office, as a pure function of where both stand.
//!
//! The rules: an answer to a batch only ever raises the cursor. Only an answer to a question with a fresh nonce (*heads*) may
//! lower it, and it never raises it: what head office has beyond may stand behind a hole that this till, put back to a backup,
//! can fill. A gap is a reason to ask for heads, never to skip. A twin of this journal means a new epoch, above every epoch
//! that either side knows; selling and sending go on. Of twins the one that head office heard first stays where it is, the
//! second opens the next epoch, the third the one after that: twins that ask in one moment part in one moment. What head
//! office will not take is set apart, one piece at a time.

use std::collections::VecDeque;

use retail::event::EpochWhy;
use retail::ids::{Epoch, Hash};
use retail::wire::{BatchAnswer, DownPage, Head, HeadsAnswer, Refusal};

use super::outbox::{Apart, Standing};
use super::pack::Limit;

/// Gaps in a row, without an event getting through, before a human is asked.
const MAX_GAPS: u32 = 3;

/// The next thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask where head office stands.
    AskHeads,
    /// Move the cursor back: head office was restored from a backup.
    LowerCursor(Option<Head>),
    /// Open this epoch.
    OpenEpoch(Epoch, EpochWhy),
    /// Send the run behind the cursor.
    Send(Limit),
    /// Ask what changed at head office.
    AskDown,
    /// Nothing further at this moment.
    Done,
}

/// What to do about a batch that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterRefusal {
    /// Go on: the plan knows what to do.
    GoOn,
    /// Set this part of the single event in the batch apart, then go on.
    SetApart(Apart),
    /// Stop for now.
    Stop,
}

/// The plan of one exchange.
#[derive(Clone, Debug)]
pub struct Plan {
    ask_heads: bool,
    ask_down: bool,
    /// A batch answer said that this epoch has a twin.
    twin_in: Option<Epoch>,
    todo: VecDeque<Step>,
    limit: Limit,
    gaps: u32,
    /// No epoch number is left.
    exhausted: bool,
}

impl Plan {
    /// An exchange that begins with what waits; `ask_heads` first, as at a start and every night.
    #[must_use]
    pub fn new(ask_heads: bool) -> Self {
        Self {
            ask_heads,
            ask_down: true,
            twin_in: None,
            todo: VecDeque::new(),
            limit: Limit::FULL,
            gaps: 0,
            exhausted: false,
        }
    }

    /// The next step, from where the till stands now.
    #[must_use]
    pub fn next(&self, standing: &Standing) -> Step {
        if let Some(step) = self.todo.front() {
            return step.clone();
        }
        if self.ask_heads {
            return Step::AskHeads;
        }
        if place(standing.head) > place(standing.cursor) {
            return Step::Send(self.limit);
        }
        if self.ask_down {
            return Step::AskDown;
        }
        Step::Done
    }

    /// The step that [`Plan::next`] named out of its own list was carried out.
    pub fn done(&mut self) {
        self.todo.pop_front();
    }

    /// No epoch number is left for a journal that has a twin: it grows on in the last epoch, and head office shows the fork.
    #[must_use]
    pub const fn exhausted(&self) -> bool {
        self.exhausted
    }

    /// Head office said where it stands. `before` and `after` is where the till stood before the question and after the
    /// answer: another process may have sent and raised the cursor meanwhile, which is no reason to lower it, and what was
    /// written and sent meanwhile is no twin. `own_hash` gives the hash this till has at a place.
    pub fn on_heads(
        &mut self,
        before: &Standing,
        after: &Standing,
        answer: &HeadsAnswer,
        own_hash: &dyn Fn(Epoch, u64) -> Option<Hash>,
    ) {
        self.ask_heads = false;
        let told = self.twin_in.take();
        let known = place(answer.known);
        if before.cursor == after.cursor && known < place(before.cursor) {
            self.todo.push_back(Step::LowerCursor(answer.known));
            self.ask_down = true;
        }
        let Some(own) = after.head else { return };
        let (why, place) = match judge(own, &answer.heads, own_hash) {
            Found::First | Found::Alone if told == Some(own.epoch) => (EpochWhy::Fork, 1),
            Found::First | Found::Alone => return,
            Found::Twin { why, place } => (why, place),
        };
        let highest = answer.heads.iter().map(|head| head.epoch).max();
        match highest.map_or(own.epoch, |h| h.max(own.epoch)).next() {
            Some(free) => {
                let epoch = free.max(after_twins(own.epoch, place));
                self.todo.push_back(Step::OpenEpoch(epoch, why));
            }
            None => self.exhausted = true,
        }
    }

    /// Head office has the batch. The cursor is raised to `answer.safe` by the caller.
    pub fn on_batch(&mut self, standing: &Standing, answer: &BatchAnswer) {
        self.limit = self.limit.doubled();
        self.gaps = 0;
        // An old epoch stays the twin of another for ever; only the open one matters.
        let open = standing.head.map(|head| head.epoch);
        if answer.open_epoch && open == Some(answer.safe.epoch) && !self.exhausted {
            self.twin_in = open;
            self.ask_heads = true;
        }
    }

    /// Head office refused a batch of `events` events whose side records are still (`with_side`) in it.
    pub fn on_refused(
        &mut self,
        refusal: &Refusal,
        events: usize,
        with_side: bool,
    ) -> AfterRefusal {
        match refusal {
            Refusal::Gap { .. } => {
                self.gaps += 1;
                self.ask_heads = true;
                if self.gaps > MAX_GAPS {
                    AfterRefusal::Stop
                } else {
                    AfterRefusal::GoOn
                }
            }
            Refusal::BrokenChain { .. } | Refusal::Malformed { .. } | Refusal::TooLarge => {
                if self.on_too_long(events) {
                    AfterRefusal::GoOn
                } else if with_side {
                    AfterRefusal::SetApart(Apart::Side)
                } else {
                    AfterRefusal::SetApart(Apart::Event)
                }
            }
            _ => AfterRefusal::Stop,
        }
    }

    /// A batch of `events` events was too long for somebody on the way: the next one is half of it. False when there is no
    /// half.
    pub fn on_too_long(&mut self, events: usize) -> bool {
        let tried = Limit {
            events: events.min(self.limit.events),
        };
        let half = tried.halved();
        self.limit = half.unwrap_or(tried);
        half.is_some()
    }

    /// A page of changes arrived. True when it is to be applied; false when everything has to be fetched from zero first:
    /// it is of another database than the pages before, or of one that has gone back.
    #[must_use]
    pub fn on_down(&mut self, standing: &Standing, page: &DownPage) -> bool {
        let other_run = standing.down_after > 0
            && standing
                .down_run
                .as_ref()
                .is_some_and(|run| *run != page.run);
        if other_run || page.cursor < standing.down_after {
            // Another database may also lack events of this till.
            self.ask_heads = true;
            return false;
        }
        self.ask_down = !page.complete;
        true
    }
}

fn place(head: Option<Head>) -> Option<(Epoch, u64)> {
    head.map(|head| (head.epoch, head.seq))
}

/// The epoch that is left to the twin at this place, as far as there are numbers.
fn after_twins(own: Epoch, place: usize) -> Epoch {
    (0..place).fold(own, |epoch, _| epoch.next().unwrap_or(epoch))
}

/// What head office's branches of the open epoch say of this journal.
enum Found {
    /// Head office has none, or none that is ahead or another one.
    Alone,
    /// This journal holds the branch that head office heard first: whoever else there is makes way.
    First,
    /// Head office holds events under the names this till is about to use, or has used otherwise.
    Twin {
        /// How it came about.
        why: EpochWhy,
        /// Which of the twins this one is, from 1: the first of all is 0.
        place: usize,
    },
}

/// `heads` has the branches of an epoch in the order in which head office heard of them.
fn judge(own: Head, heads: &[Head], own_hash: &dyn Fn(Epoch, u64) -> Option<Hash>) -> Found {
    let branches: Vec<Head> = heads
        .iter()
        .copied()
        .filter(|head| head.epoch == own.epoch)
        .collect();
    let is_own = |head: &Head| own_hash(head.epoch, head.seq) == Some(head.hash);
    let own_place = branches.iter().position(is_own);
    if own_place == Some(0) {
        return Found::First;
    }
    let place = own_place.unwrap_or(branches.len()).max(1);
    let forked = |head: &Head| head.seq <= own.seq && own_hash(head.epoch, head.seq).is_some();
    let twin = |why| Found::Twin { why, place };
    if branches.iter().any(|head| forked(head) && !is_own(head)) {
        twin(EpochWhy::Fork)
    } else if branches.iter().any(|head| head.seq > own.seq) {
        twin(EpochWhy::BehindServer)
    } else {
        Found::Alone
    }
}

#[cfg(test)]
mod tests;
