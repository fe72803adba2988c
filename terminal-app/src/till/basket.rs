//! The basket: lines in, other quantities, lines out. What goes out of it is journaled as a void; nothing leaves no trace.

use retail::article::Article;
use retail::event::{Body, LineVoided, SaleCancelled};
use retail::money::Cents;
use retail::quantity::{Quantity, Unit};
use retail::sale::{Line, LineClass};
use retail::vat::VatRate;

use super::effect::{Beep, NewEvent};
use super::step::{Handled, Step};
use super::view::Notice;
use super::work::{Basket, MAX_LINES, MAX_QUESTIONS, Mode, PriceQuestion};

/// What receipts call a deposit: the Dutch word, as the law does.
const DEPOSIT_NAME: &str = "Statiegeld";

/// How many of what: pieces are whole, and a line has a largest quantity.
fn checked(quantity: Quantity, unit: Unit) -> Result<Quantity, Notice> {
    let whole = unit != Unit::Piece || quantity.whole().is_some();
    if quantity > Quantity::ZERO && quantity <= Quantity::MAX_LINE && whole {
        Ok(quantity)
    } else {
        Err(Notice::WrongQuantity)
    }
}

impl Step<'_, '_> {
    /// Puts an article into the basket, or asks for its price.
    pub(super) fn sell(
        &mut self,
        article: Article,
        quantity: Quantity,
        amount: Option<Cents>,
        item: String,
    ) -> Handled {
        let times = self.state.work.next_quantity.take();
        let quantity = match times {
            None => quantity,
            // A weighed label n times: only whole times. A kilogram article without a label takes the number as kilograms.
            Some(times) if quantity != Quantity::ONE => Quantity(
                times
                    .whole()
                    .and_then(|n| quantity.0.checked_mul(n))
                    .ok_or(Notice::WrongQuantity)?,
            ),
            Some(times) => times,
        };
        let quantity = checked(quantity, article.unit)?;
        let now_ms = self.env.now.mono_ms;
        let basket = &mut self.state.work.basket;
        basket.started_ms.get_or_insert(now_ms);
        let Some(price) = article.price.or(amount) else {
            if basket.questions.len() >= MAX_QUESTIONS {
                return Err(Notice::BasketFull);
            }
            basket.questions.push_back(PriceQuestion {
                article,
                quantity,
                item,
            });
            self.beep(Beep::Attention);
            return Ok(());
        };
        let amount = match (amount, times) {
            (Some(label), None) => label,
            (Some(label), Some(times)) => times.price(label),
            (None, _) => quantity.price(price),
        };
        self.add(&article, quantity, price, amount, false, item)?;
        self.beep(Beep::Good);
        Ok(())
    }

    fn add(
        &mut self,
        article: &Article,
        quantity: Quantity,
        price: Cents,
        amount: Cents,
        price_typed: bool,
        item: String,
    ) -> Handled {
        if self.state.work.basket.lines.len() + 2 > MAX_LINES {
            return Err(Notice::BasketFull);
        }
        self.state.work.cancelled = None;
        self.state.work.just_sold = false;
        let basket = &mut self.state.work.basket;
        let n = basket.last_n + 1;
        basket.last_n = n;
        basket.lines.push(Line {
            n,
            gtin: article.gtin.clone(),
            name: article.name.clone(),
            category: article.category.clone(),
            qty: quantity,
            unit: article.unit,
            price,
            amount,
            vat: article.vat,
            class: LineClass::Goods,
            parent: None,
            price_typed,
            item,
            of_line: None,
            reason: None,
        });
        if let Some(deposit) = article.deposit.filter(|deposit| *deposit > Cents::ZERO) {
            basket.last_n = n + 1;
            basket.lines.push(Line {
                n: n + 1,
                gtin: article.gtin.clone(),
                name: DEPOSIT_NAME.to_owned(),
                category: String::new(),
                qty: quantity,
                unit: article.unit,
                price: deposit,
                amount: quantity.price(deposit),
                vat: VatRate::ZERO,
                class: LineClass::Deposit,
                parent: Some(n),
                price_typed: false,
                item: String::new(),
                of_line: None,
                reason: None,
            });
        }
        basket.selected = None;
        self.state.fresh = Some(n);
        Ok(())
    }

    pub(super) fn price(&mut self, price: Cents) -> Handled {
        self.not_paying()?;
        if price <= Cents::ZERO || price > Cents::MAX_INPUT {
            return Err(Notice::WrongAmount);
        }
        let Some(question) = self.state.work.basket.questions.pop_front() else {
            return Ok(());
        };
        let amount = question.quantity.price(price);
        self.add(
            &question.article,
            question.quantity,
            price,
            amount,
            true,
            question.item,
        )?;
        self.beep(Beep::Good);
        Ok(())
    }

    pub(super) fn quantity_key(&mut self, n: i64) -> Handled {
        self.state.work.next_quantity = Some(checked(Quantity(n), Unit::Kilogram)?);
        Ok(())
    }

    pub(super) fn select(&mut self, n: u32) -> Handled {
        let basket = &mut self.state.work.basket;
        let n = basket.meant(Some(n)).ok_or(Notice::NoLine)?;
        basket.selected = (basket.selected != Some(n)).then_some(n);
        Ok(())
    }

    /// Lines may change: nothing of the basket is being paid or paid already.
    fn lines_open(&self) -> Handled {
        self.not_paying()?;
        if self.state.work.back.is_some() {
            return Err(Notice::ReturnUnderway);
        }
        if self.state.work.basket.tenders.is_empty() {
            Ok(())
        } else {
            Err(Notice::PartlyPaid)
        }
    }

    pub(super) fn set_quantity(&mut self, n: Option<u32>, quantity: i64) -> Handled {
        let cashier = self.logged_in()?;
        self.lines_open()?;
        let basket = &mut self.state.work.basket;
        let n = basket.meant(n).ok_or(Notice::NoLine)?;
        let unit = basket.line(n).map(|line| line.unit).unwrap_or_default();
        let quantity = checked(Quantity(quantity), unit)?;
        let mut voided: Vec<NewEvent> = Vec::new();
        for line in &mut basket.lines {
            if line.n != n && line.parent != Some(n) {
                continue;
            }
            let amount = quantity.price(line.price);
            if quantity < line.qty {
                let taken = Line {
                    qty: line.qty - quantity,
                    amount: line.amount - amount,
                    ..line.clone()
                };
                voided.push(
                    Body::LineVoided(LineVoided {
                        cashier,
                        line: taken,
                    })
                    .into(),
                );
            }
            line.qty = quantity;
            line.amount = amount;
        }
        self.state.fresh = Some(n);
        if !voided.is_empty() {
            self.commit(voided, None);
        }
        self.beep(Beep::Good);
        Ok(())
    }

    pub(super) fn void_line(&mut self, n: Option<u32>) -> Handled {
        let cashier = self.logged_in()?;
        self.lines_open()?;
        let basket = &mut self.state.work.basket;
        let n = basket.meant(n).ok_or(if basket.lines.is_empty() {
            Notice::EmptyBasket
        } else {
            Notice::NoLine
        })?;
        let (out, kept): (Vec<Line>, Vec<Line>) = std::mem::take(&mut basket.lines)
            .into_iter()
            .partition(|line| line.n == n || line.parent == Some(n));
        basket.lines = kept;
        basket.selected = None;
        let events = out
            .into_iter()
            .map(|line| Body::LineVoided(LineVoided { cashier, line }).into())
            .collect();
        self.commit(events, None);
        self.beep(Beep::Good);
        Ok(())
    }

    /// Puts away the dialog that is open, else a quantity that waits for its article, else the basket.
    pub(super) fn cancel(&mut self) -> Handled {
        let cashier = self.logged_in()?;
        self.not_paying()?;
        self.state.search.clear();
        self.state.offered_card = None;
        let work = &mut self.state.work;
        let waiting = work.next_quantity.take();
        if work.mode != Mode::Selling {
            work.mode = Mode::Selling;
            work.back = None;
            return Ok(());
        }
        if work.basket.questions.pop_front().is_some() {
            return Ok(());
        }
        if let Some(quantity) = waiting {
            self.state.notice = Some(Notice::QuantityForgotten { quantity });
            self.beep(Beep::Good);
            return Ok(());
        }
        if !work.basket.tenders.is_empty() {
            return Err(Notice::PartlyPaid);
        }
        let basket = std::mem::take(&mut work.basket);
        work.just_sold = false;
        if !basket.lines.is_empty() {
            let event = cancelled(cashier, &basket);
            self.state.notice = Some(Notice::SaleCancelled {
                total: basket.total(),
            });
            work.cancelled = Some(basket);
            self.commit(vec![event], None);
        }
        self.beep(Beep::Good);
        Ok(())
    }

    /// Puts the cancelled basket back; its customer too, unless another card was scanned since.
    pub(super) fn take_back_cancelled(&mut self) -> Handled {
        self.logged_in()?;
        self.not_paying()?;
        let work = &mut self.state.work;
        if work.mode != Mode::Selling || !work.basket.is_untouched() {
            return Err(Notice::SaleUnderway);
        }
        if let Some(mut basket) = work.cancelled.take() {
            if let Some(attached) = work.basket.customer.take() {
                basket.customer = Some(attached);
            }
            work.basket = basket;
            self.beep(Beep::Good);
        }
        Ok(())
    }
}

fn cancelled(cashier: retail::ids::CashierId, basket: &Basket) -> NewEvent {
    Body::SaleCancelled(SaleCancelled {
        cashier,
        lines: u32::try_from(basket.lines.len()).unwrap_or(u32::MAX),
        total: basket.total(),
    })
    .into()
}
