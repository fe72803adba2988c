//! Paying: cash (exact or rounded, with change), card (asked, confirmed, refused, unknown), or parts of both. A card
//! payment is never booked on hope: until someone says what became of it, the till asks.

use retail::cash;
use retail::event::Body;
use retail::ids::LinkId;
use retail::loyalty;
use retail::money::Cents;
use retail::sale::{LineClass, Receipt, Sale, Tender, TenderKind};
use retail::vat;

use super::effect::{Beep, Effect, NewEvent, Print};
use super::input::{PaymentAnswer, PaymentOutcome};
use super::step::{Handled, Step};
use super::view::{LastReceipt, Notice};
use super::work::{Basket, Mode};

/// More change than this is a slip of the finger.
const MAX_CHANGE: Cents = Cents(100_000);

/// A tender without more to say.
pub(super) const fn tender(kind: TenderKind, amount: Cents) -> Tender {
    Tender {
        kind,
        amount,
        tendered: None,
        change: None,
        by_cashier: false,
    }
}

impl Step<'_, '_> {
    /// What settles an amount in cash at this shop.
    pub(super) fn in_cash(&self, due: Cents) -> Cents {
        if self.state.setup.cash_rounding {
            cash::rounded(due)
        } else {
            due
        }
    }

    /// A basket that can be paid now.
    fn payable(&self) -> Handled {
        self.logged_in()?;
        self.not_paying()?;
        if self.state.work.back.is_some() {
            return Err(Notice::ReturnUnderway);
        }
        let basket = &self.state.work.basket;
        if !basket.questions.is_empty() {
            return Err(Notice::PriceFirst);
        }
        if basket.lines.is_empty() {
            return Err(Notice::EmptyBasket);
        }
        Ok(())
    }

    pub(super) fn pay_cash_exact(&mut self) -> Handled {
        self.payable()?;
        self.take_cash(self.in_cash(self.state.work.basket.due()))
    }

    /// *Contant gepast* with an amount in the box. What was typed is the exact amount (rounded or as the total says), or else
    /// something the cashier means: change to give, or a part. The till asks, and the box keeps the amount.
    pub(super) fn pay_cash_typed(&mut self, typed: Cents) -> Handled {
        self.payable()?;
        let due = self.state.work.basket.due();
        let exact = self.in_cash(due);
        if typed == exact || typed == due {
            return self.pay_cash_exact();
        }
        self.aside = true;
        self.warning = Some(Notice::TypedIsNotExact { typed, exact });
        Ok(())
    }

    pub(super) fn pay_cash(&mut self, tendered: Option<Cents>) -> Handled {
        self.payable()?;
        match tendered {
            None => self.pay_cash_exact(),
            Some(tendered) if tendered > Cents::ZERO && tendered <= Cents::MAX_INPUT => {
                self.take_cash(tendered)
            }
            Some(_) => Err(Notice::WrongAmount),
        }
    }

    fn take_cash(&mut self, tendered: Cents) -> Handled {
        let due = self.state.work.basket.due();
        let to_pay = self.in_cash(due);
        if self.state.setup.cash_rounding && tendered != cash::rounded(tendered) {
            return Err(Notice::WrongAmount);
        }
        if tendered - to_pay > MAX_CHANGE {
            return Err(Notice::WrongAmount);
        }
        let part = if tendered < to_pay { tendered } else { to_pay };
        let tenders = &mut self.state.work.basket.tenders;
        let before = tenders
            .iter()
            .position(|t| t.kind == TenderKind::Cash)
            .map_or(Cents::ZERO, |at| tenders.remove(at).amount);
        let mut paid = tender(TenderKind::Cash, before + part);
        if tendered > to_pay {
            paid.tendered = Some(before + tendered);
            paid.change = Some(tendered - to_pay);
        }
        tenders.push(paid);
        if tendered < to_pay {
            // Money is in the drawer: the basket that says so is made safe before anything else.
            self.commit(Vec::new(), None);
            self.effects.push(Effect::OpenDrawer);
            self.warning = Some(Notice::PartTaken {
                part,
                due: self.state.work.basket.due(),
            });
            return Ok(());
        }
        self.finish_sale(to_pay - due, Vec::new())
    }

    pub(super) fn take_back_cash(&mut self) -> Handled {
        self.not_paying()?;
        let tenders = &mut self.state.work.basket.tenders;
        let Some(at) = tenders.iter().position(|t| t.kind == TenderKind::Cash) else {
            return Ok(());
        };
        tenders.remove(at);
        self.commit(Vec::new(), None);
        self.effects.push(Effect::OpenDrawer);
        Ok(())
    }

    pub(super) fn pay_card(&mut self, amount: Option<Cents>) -> Handled {
        self.payable()?;
        let due = self.state.work.basket.due();
        let amount = amount.unwrap_or(due);
        if amount <= Cents::ZERO || amount > due {
            return Err(Notice::WrongAmount);
        }
        self.ask_terminal(amount);
        Ok(())
    }

    /// Asks the terminal, after the basket and the fact that it was asked are safe.
    pub(super) fn ask_terminal(&mut self, amount: Cents) {
        self.state.work.request += 1;
        self.state.work.mode = Mode::PayingCard { amount };
        self.commit(Vec::new(), None);
        self.effects.push(Effect::AskTerminal {
            request: self.state.work.request,
            amount,
        });
    }

    pub(super) fn payment(&mut self, answer: PaymentAnswer) -> Handled {
        let waiting = matches!(
            self.state.work.mode,
            Mode::PayingCard { .. } | Mode::PaymentUnknown { .. }
        );
        if !waiting || answer.request != self.state.work.request {
            return if answer.outcome == PaymentOutcome::Paid {
                Err(Notice::StrayPayment)
            } else {
                Ok(())
            };
        }
        self.outcome(answer.outcome, false)
    }

    pub(super) fn pin_answer(&mut self, answer: PaymentOutcome) -> Handled {
        self.logged_in()?;
        self.outcome(answer, true)
    }

    fn outcome(&mut self, outcome: PaymentOutcome, by_cashier: bool) -> Handled {
        let (amount, was_unknown) = match self.state.work.mode {
            Mode::PayingCard { amount } => (amount, false),
            Mode::PaymentUnknown { amount } => (amount, true),
            _ => return Ok(()),
        };
        self.state.notice = None;
        if outcome == PaymentOutcome::Unknown {
            self.state.work.mode = Mode::PaymentUnknown { amount };
            self.beep(Beep::Attention);
            return Ok(());
        }
        let mut events = Vec::new();
        if was_unknown {
            events.push(self.settled(amount, outcome)?);
        }
        let back = self.state.work.back.is_some();
        self.state.work.mode = if back { Mode::Returning } else { Mode::Selling };
        if outcome == PaymentOutcome::Refused {
            self.commit(events, None);
            self.warning = Some(Notice::PaymentRefused);
            return Ok(());
        }
        let paid = Tender {
            by_cashier,
            ..tender(TenderKind::Card, amount)
        };
        if back {
            return self.finish_return(Some(paid), events);
        }
        let tenders = &mut self.state.work.basket.tenders;
        match tenders.iter_mut().find(|t| t.kind == TenderKind::Card) {
            Some(before) => {
                before.amount += paid.amount;
                before.by_cashier |= paid.by_cashier;
            }
            None => tenders.push(paid),
        }
        if self.state.work.basket.due() > Cents::ZERO {
            self.commit(events, None);
            self.beep(Beep::Good);
            return Ok(());
        }
        self.finish_sale(Cents::ZERO, events)
    }

    /// The sale is paid: the event, and with it the receipt; then the drawer.
    fn finish_sale(&mut self, rounding: Cents, mut events: Vec<NewEvent>) -> Handled {
        let cashier = self.logged_in()?;
        let number = self.next_receipt()?;
        let basket = std::mem::take(&mut self.state.work.basket);
        let customer = basket
            .customer
            .as_ref()
            .map(|attached| attached.customer.id);
        let link = customer.map(|customer| (LinkId::random(self.env.entropy), customer));
        let waited = basket
            .started_ms
            .and_then(|start| self.env.now.mono_ms.checked_sub(start))
            .and_then(|ms| u32::try_from(ms / 1000).ok());
        let sale = Sale {
            receipt: number.serial,
            cashier,
            link: link.map(|(link, _)| link),
            lines: basket.numbered(),
            vat: vat::table(basket.lines.iter().map(|line| (line.vat, line.amount))),
            total: basket.total(),
            rounding,
            points: if link.is_some() {
                points_of(&basket)
            } else {
                0
            },
            tenders: basket.tenders,
            wait_s: waited,
        };
        let cash = sale.tenders.iter().find(|t| t.kind == TenderKind::Cash);
        self.state.work.just_sold = true;
        self.state.work.last = Some(LastReceipt {
            number,
            total: sale.total,
            rounding,
            tendered: cash.map(|t| t.tendered.unwrap_or(t.amount)),
            change: cash.map(|t| t.change.unwrap_or_default()),
            card: by_card(&sale),
            day: Some(self.env.now.wall.date_naive()),
        });
        let opens_drawer = cash.is_some();
        self.state.work.mode = Mode::Selling;
        self.state.work.next_quantity = None;
        self.state.search.clear();
        self.state.offered_card = None;
        events.push(NewEvent {
            link,
            ..Body::Sale(sale).into()
        });
        self.commit(events, Some(Print::Receipt));
        if opens_drawer {
            self.effects.push(Effect::OpenDrawer);
        }
        self.beep(Beep::Good);
        Ok(())
    }
}

/// Points of a basket: on its goods, deposits and gift cards left out.
pub(super) fn points_of(basket: &Basket) -> i64 {
    loyalty::points(basket.gross())
}

/// What of a receipt went by card.
pub(super) fn by_card(receipt: &Receipt) -> Cents {
    let card = |tender: &&Tender| tender.kind == TenderKind::Card;
    let tenders = receipt.tenders.iter().filter(card);
    tenders.map(|tender| tender.amount).sum()
}

/// True for lines that follow another one by themselves.
pub(super) const fn is_child(line: &retail::sale::Line) -> bool {
    matches!(line.class, LineClass::Deposit) && line.parent.is_some()
}
