//! The work in hand: what a restart must find again. Basket, dialog, half-made return, payment under way.

use std::collections::{BTreeMap, VecDeque};

use retail::article::Article;
use retail::ids::ReceiptNumber;
use retail::money::Cents;
use retail::quantity::Quantity;
use retail::sale::{Line, LineClass, ReturnReason, Tender};
use serde::{Deserialize, Serialize};

use super::input::Cashier;
use super::shelf::{Customer, ReceiptOnFile};
use super::view::{LastReceipt, Notice};

/// The most lines on a receipt, deposits included.
pub const MAX_LINES: usize = 500;
/// The most articles that can wait for a price.
pub(super) const MAX_QUESTIONS: usize = 20;
/// Ids of actions that are remembered, so that a repeat fires once.
const MAX_SEEN: usize = 16;

/// The work in hand. Saved after every step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Work {
    /// Rises with every step: of two saved works the higher is the later.
    pub rev: u64,
    /// Who is logged in.
    pub cashier: Option<Cashier>,
    /// What the till is doing.
    pub(super) mode: Mode,
    /// The open basket.
    pub(super) basket: Basket,
    /// The basket that was cancelled last: it can come back until something else is sold.
    #[serde(default)]
    pub(super) cancelled: Option<Basket>,
    /// The return in the making.
    pub(super) back: Option<ReturnDraft>,
    /// Quantity of the next article.
    pub(super) next_quantity: Option<Quantity>,
    /// The last receipt, whoever made it.
    pub(super) last: Option<LastReceipt>,
    /// Nothing was put in a basket or cancelled since that receipt.
    #[serde(default)]
    pub(super) just_sold: bool,
    /// Ids of the last actions.
    seen: VecDeque<String>,
    /// The last request to the payment terminal.
    pub(super) request: u64,
    /// The last scan of the hub that was worked off, by its place in the queue of scans. Saving the work in hand takes it
    /// out of the queue, in the same transaction.
    #[serde(default)]
    hub_scan: i64,
}

/// What the till is doing; see [`super::view::ModeView`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(super) enum Mode {
    #[default]
    Selling,
    PayingCard {
        amount: Cents,
    },
    PaymentUnknown {
        amount: Cents,
    },
    AskingReceipt,
    FetchingReceipt {
        number: ReceiptNumber,
    },
    Returning,
    Enrolling {
        card: Option<String>,
    },
}

/// An open basket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Basket {
    pub(super) lines: Vec<Line>,
    /// The highest line number given out; numbers are not used twice in a basket.
    pub(super) last_n: u32,
    pub(super) selected: Option<u32>,
    pub(super) customer: Option<Attached>,
    /// Whose card was scanned before that one.
    #[serde(default)]
    pub(super) replaced: Option<Attached>,
    /// Parts paid already in a split payment; at most one of each kind.
    pub(super) tenders: Vec<Tender>,
    /// Articles that wait for a price, in the order of scanning.
    pub(super) questions: VecDeque<PriceQuestion>,
    /// Monotonic milliseconds of the first scan; unknown after a restart.
    #[serde(skip)]
    pub(super) started_ms: Option<u64>,
}

/// The customer of a basket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Attached {
    pub(super) customer: Customer,
    pub(super) new: bool,
}

/// An article without a price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct PriceQuestion {
    pub(super) article: Article,
    pub(super) quantity: Quantity,
    pub(super) item: String,
}

/// A return in the making.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ReturnDraft {
    pub(super) on_file: ReceiptOnFile,
    /// Head office did not say what other tills took back.
    #[serde(default)]
    pub(super) unchecked: bool,
    pub(super) chosen: BTreeMap<u32, Chosen>,
    pub(super) remark: String,
}

/// What comes back of one line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Chosen {
    pub(super) quantity: Quantity,
    pub(super) reason: Option<ReturnReason>,
}

impl Work {
    /// Remembers the id of an action; false when it was there already.
    pub(super) fn first_time(&mut self, id: &str) -> bool {
        if self.seen.iter().any(|seen| seen == id) {
            return false;
        }
        if self.seen.len() == MAX_SEEN {
            self.seen.pop_front();
        }
        self.seen.push_back(id.to_owned());
        true
    }

    /// A scan of the hub is being worked off; false when it was already.
    pub(super) const fn take_hub_scan(&mut self, ticket: i64) -> bool {
        let new = ticket > self.hub_scan;
        if new {
            self.hub_scan = ticket;
        }
        new
    }

    /// The last scan of the hub that was worked off; 0 before the first.
    #[must_use]
    pub const fn hub_scan(&self) -> i64 {
        self.hub_scan
    }

    /// As found after a restart: a payment that was under way is unknown, what was being fetched is asked again.
    #[must_use]
    pub fn after_restart(mut self) -> Self {
        self.mode = match self.mode {
            Mode::PayingCard { amount } => Mode::PaymentUnknown { amount },
            Mode::FetchingReceipt { .. } => Mode::AskingReceipt,
            other => other,
        };
        self
    }

    /// What there is to say of it to who finds it, after a restart or a log-in.
    pub(super) fn found_again(&self) -> Option<Notice> {
        if self.is_idle() {
            self.cancelled_notice()
        } else {
            Some(Notice::BasketRestored)
        }
    }

    fn cancelled_notice(&self) -> Option<Notice> {
        let total = self.cancelled.as_ref()?.total();
        Some(Notice::SaleCancelled { total })
    }

    /// The cancelled basket is offered as long as nothing of the next sale is there: no line, no card, no question.
    pub(super) fn offered_again(&self) -> Option<Notice> {
        let next = self.basket.customer.is_some() || !self.is_idle();
        (self.cashier.is_some() && !next).then(|| self.cancelled_notice())?
    }

    /// Nothing is in hand that a cashier would miss.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.mode == Mode::Selling && self.basket.is_untouched() && self.back.is_none()
    }
}

impl Basket {
    /// Nothing was put in it; whose it is may be known.
    pub(super) fn is_untouched(&self) -> bool {
        self.lines.is_empty() && self.questions.is_empty() && self.tenders.is_empty()
    }

    pub(super) fn total(&self) -> Cents {
        self.lines.iter().map(|line| line.amount).sum()
    }

    pub(super) fn paid(&self) -> Cents {
        self.tenders.iter().map(|tender| tender.amount).sum()
    }

    /// What is still to be paid, before cash rounding.
    pub(super) fn due(&self) -> Cents {
        self.total() - self.paid()
    }

    /// Sum of the goods: what points are counted on.
    pub(super) fn gross(&self) -> Cents {
        self.lines
            .iter()
            .filter(|line| line.in_gross())
            .map(|line| line.amount)
            .sum()
    }

    pub(super) fn line(&self, n: u32) -> Option<&Line> {
        self.lines.iter().find(|line| line.n == n)
    }

    /// The line that is meant: `n`, else the selected one, else the last; of a deposit its article.
    pub(super) fn meant(&self, n: Option<u32>) -> Option<u32> {
        let line = match n.or(self.selected) {
            Some(n) => self.line(n),
            None => self.lines.last(),
        }?;
        match (line.class, line.parent) {
            (LineClass::Deposit, Some(parent)) => Some(parent),
            _ => Some(line.n),
        }
    }

    /// The lines numbered from 1 without gaps, as an event has them.
    pub(super) fn numbered(&self) -> Vec<Line> {
        let new_n = |old: u32| {
            self.lines
                .iter()
                .zip(1..)
                .find(|(line, _)| line.n == old)
                .map(|(_, n)| n)
        };
        self.lines
            .iter()
            .zip(1..)
            .map(|(line, n)| Line {
                n,
                parent: line.parent.and_then(new_n),
                ..line.clone()
            })
            .collect()
    }
}

impl Work {
    /// After a refused step: the ids of actions stay known, so that a repeat is not refused a second time with a beep; and
    /// a scan of the hub is worked off with the refusal.
    pub(super) fn keep_ids_of(&mut self, tried: Self) {
        self.hub_scan = tried.hub_scan;
        self.seen = tried.seen;
    }
}
