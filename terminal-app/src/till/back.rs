//! Returns: by the receipt, line by line, never more than was sold and not yet brought back. The refund goes the way the
//! money came; VAT and points are the difference between what was kept before and what is kept after.

use retail::article::article_key;
use retail::event::Body;
use retail::ids::LinkId;
use retail::loyalty;
use retail::money::Cents;
use retail::quantity::{Quantity, Unit};
use retail::sale::{KeptLine, Line, Receipt, Return, ReturnReason, Tender, TenderKind};
use retail::vat::{self, VatRate};

use super::effect::{Beep, Effect, NewEvent, Print};
use super::pay::{by_card, is_child, tender};
use super::step::{Handled, Step};
use super::view::{LastReceipt, Notice};
use super::work::{Chosen, Mode, ReturnDraft};

/// The most characters of a remark.
const MAX_REMARK: usize = 500;

impl ReturnDraft {
    /// What is still with the customer, before this return.
    pub(super) fn kept(&self) -> Vec<KeptLine> {
        self.on_file.kept()
    }

    /// What comes back of a line now; a deposit follows its article.
    pub(super) fn chosen_of(&self, kept: &KeptLine) -> Quantity {
        let line = if is_child(&kept.line) {
            kept.line.parent.unwrap_or(kept.line.n)
        } else {
            kept.line.n
        };
        self.chosen
            .get(&line)
            .map_or(Quantity::ZERO, |chosen| chosen.quantity.min(kept.qty))
    }

    /// The lines of the return event, in the order of the receipt.
    pub(super) fn lines(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for kept in self.kept() {
            let quantity = self.chosen_of(&kept);
            if quantity == Quantity::ZERO {
                continue;
            }
            let parent = kept.line.parent.and_then(|parent| {
                lines
                    .iter()
                    .find(|l| l.of_line == Some(parent))
                    .map(|l| l.n)
            });
            let reason_of = kept.line.parent.unwrap_or(kept.line.n);
            lines.push(Line {
                n: u32::try_from(lines.len() + 1).unwrap_or(u32::MAX),
                qty: -quantity,
                amount: -kept.refund_for(quantity),
                parent,
                of_line: Some(kept.line.n),
                reason: self.chosen.get(&reason_of).and_then(|chosen| chosen.reason),
                ..kept.line
            });
        }
        lines
    }

    /// What is paid back: zero or negative.
    pub(super) fn total(&self) -> Cents {
        self.lines().iter().map(|line| line.amount).sum()
    }

    /// How it is paid back, before cash rounding: `(by card, in cash)`, zero or negative. What was paid by card goes back
    /// to the card, as far as it did not go back already.
    pub(super) fn refund(&self) -> (Cents, Cents) {
        let on_card = by_card(&self.on_file.sale)
            + self
                .on_file
                .returns
                .iter()
                .map(|one| by_card(&one.back.receipt))
                .sum();
        let total = self.total();
        let card = -(-total).min(on_card.max(Cents::ZERO));
        (card, total - card)
    }

    fn missing_reason(&self) -> Option<u32> {
        self.chosen
            .iter()
            .find(|(_, chosen)| chosen.reason.is_none())
            .map(|(line, _)| *line)
    }

    /// Everything that is needed is there.
    pub(super) fn is_ready(&self) -> bool {
        !self.chosen.is_empty() && self.missing_reason().is_none()
    }
}

impl Step<'_, '_> {
    fn draft(&mut self) -> Result<&mut ReturnDraft, Notice> {
        self.not_paying()?;
        self.state.work.back.as_mut().ok_or(Notice::NoLine)
    }

    pub(super) fn return_quantity(&mut self, line: u32, quantity: i64) -> Handled {
        let draft = self.draft()?;
        let kept = draft
            .kept()
            .into_iter()
            .find(|kept| kept.line.n == line && !is_child(&kept.line))
            .ok_or(Notice::NoLine)?;
        let quantity = Quantity(quantity);
        if quantity == Quantity::ZERO {
            draft.chosen.remove(&line);
            return Ok(());
        }
        if quantity > kept.qty {
            return Err(Notice::MoreThanSold { left: kept.qty });
        }
        let whole = kept.line.unit != Unit::Piece || quantity.whole().is_some();
        if quantity < Quantity::ZERO || !whole {
            return Err(Notice::WrongQuantity);
        }
        draft
            .chosen
            .entry(line)
            .or_insert(Chosen {
                quantity,
                reason: None,
            })
            .quantity = quantity;
        Ok(())
    }

    /// Goods come back, and this article is among those of the receipt. The receipt counts, not the catalogue: it may be of
    /// another till, or from before the article went out of the range.
    pub(super) fn is_on_receipt(&self, gtin: &str) -> bool {
        let back = self.state.work.back.as_ref();
        let draft = back.filter(|_| self.state.work.mode == Mode::Returning);
        draft.is_some_and(|draft| {
            let lines = &draft.on_file.sale.lines;
            lines
                .iter()
                .any(|line| !is_child(line) && article_key(&line.gtin) == article_key(gtin))
        })
    }

    /// What the receipt or else the catalogue calls an article.
    fn name_of(&self, gtin: &str) -> Result<Option<String>, Notice> {
        let lines = self
            .state
            .work
            .back
            .iter()
            .flat_map(|back| &back.on_file.sale.lines);
        let mut lines = lines.filter(|line| !is_child(line));
        let on_receipt = lines.find(|line| article_key(&line.gtin) == article_key(gtin));
        Ok(match on_receipt {
            Some(line) => Some(line.name.clone()),
            None => self.env.shelf.article(gtin)?.map(|article| article.name),
        })
    }

    /// An article was scanned during a return: one more of it comes back. `read` is the code as it came.
    pub(super) fn return_article(&mut self, gtin: &str, read: &str) -> Handled {
        let name = self.name_of(gtin)?.unwrap_or_else(|| read.to_owned());
        let draft = self.draft()?;
        let mut lines = draft.kept();
        lines.retain(|kept| {
            !is_child(&kept.line) && article_key(&kept.line.gtin) == article_key(gtin)
        });
        let Some(kept) = lines
            .iter()
            .find(|kept| draft.chosen_of(kept) < kept.qty)
            .cloned()
        else {
            return Err(if lines.is_empty() {
                Notice::NotOnReceipt { read: name }
            } else if lines.iter().any(|kept| kept.qty > Quantity::ZERO) {
                Notice::AllChosen { name }
            } else {
                Notice::AllBack { name }
            });
        };
        let more = match kept.line.unit {
            Unit::Piece => draft.chosen_of(&kept) + Quantity::ONE,
            Unit::Kilogram => kept.qty,
        };
        self.return_quantity(kept.line.n, more.min(kept.qty).0)?;
        self.beep(Beep::Good);
        Ok(())
    }

    pub(super) fn return_reason(&mut self, line: Option<u32>, reason: ReturnReason) -> Handled {
        let draft = self.draft()?;
        for (n, chosen) in &mut draft.chosen {
            if line.is_none_or(|line| line == *n) {
                chosen.reason = Some(reason);
            }
        }
        Ok(())
    }

    pub(super) fn return_remark(&mut self, text: &str) -> Handled {
        let draft = self.draft()?;
        draft.remark = text.trim().chars().take(MAX_REMARK).collect();
        Ok(())
    }

    pub(super) fn confirm_return(&mut self) -> Handled {
        let draft = self.draft()?;
        if draft.chosen.is_empty() {
            return Err(Notice::NoLine);
        }
        if let Some(line) = draft.missing_reason() {
            return Err(Notice::ReasonMissing { line });
        }
        let (card, _) = draft.refund();
        if card < Cents::ZERO {
            self.ask_terminal(card);
            return Ok(());
        }
        self.finish_return(None, Vec::new())
    }

    /// The goods are back and the card part is refunded: the event, and with it the receipt; then the drawer.
    pub(super) fn finish_return(
        &mut self,
        card: Option<Tender>,
        mut events: Vec<NewEvent>,
    ) -> Handled {
        let cashier = self.logged_in()?;
        let number = self.next_receipt()?;
        let draft = self.state.work.back.take().ok_or(Notice::NoLine)?;
        let lines = draft.lines();
        let total: Cents = lines.iter().map(|line| line.amount).sum();
        let (_, cash_due) = draft.refund();
        let cash = self.in_cash(cash_due);
        let mut tenders: Vec<Tender> = card.into_iter().collect();
        if cash != Cents::ZERO || tenders.is_empty() {
            tenders.push(tender(TenderKind::Cash, cash));
        }
        let sale = &draft.on_file.sale;
        let customer = draft.on_file.customer.filter(|_| sale.link.is_some());
        let link = customer.map(|customer| (LinkId::random(self.env.entropy), customer));
        let (before, after) = kept_before_and_after(&draft);
        let receipt = Receipt {
            receipt: number.serial,
            cashier,
            link: link.map(|(link, _)| link),
            vat: vat::table_of_return(&amounts(&before), &amounts(&after)),
            total,
            rounding: cash - cash_due,
            tenders,
            points: if sale.link.is_some() {
                loyalty::points_of_return(goods(&before), goods(&after))
            } else {
                0
            },
            wait_s: None,
            lines,
        };
        self.state.work.just_sold = true;
        self.state.work.cancelled = None;
        self.state.work.last = Some(LastReceipt {
            number,
            total,
            rounding: receipt.rounding,
            tendered: None,
            change: (cash != Cents::ZERO).then_some(-cash),
            card: by_card(&receipt),
            day: Some(self.env.now.wall.date_naive()),
        });
        self.state.work.mode = Mode::Selling;
        let texts = if draft.remark.is_empty() {
            Vec::new()
        } else {
            vec![draft.remark]
        };
        let back = Return {
            of: draft.on_file.number,
            receipt,
        };
        events.push(NewEvent {
            link,
            texts,
            ..Body::Return(back).into()
        });
        self.commit(events, Some(Print::Receipt));
        if cash != Cents::ZERO {
            self.effects.push(Effect::OpenDrawer);
        }
        self.beep(Beep::Good);
        Ok(())
    }
}

/// The lines with what is kept of them before and after this return.
fn kept_before_and_after(draft: &ReturnDraft) -> (Vec<KeptLine>, Vec<KeptLine>) {
    let before = draft.kept();
    let after = before
        .iter()
        .map(|kept| {
            let back = draft.chosen_of(kept);
            KeptLine {
                line: kept.line.clone(),
                qty: kept.qty - back,
                amount: kept.amount
                    - if back == Quantity::ZERO {
                        Cents::ZERO
                    } else {
                        kept.refund_for(back)
                    },
            }
        })
        .collect();
    (before, after)
}

fn amounts(kept: &[KeptLine]) -> Vec<(VatRate, Cents)> {
    kept.iter()
        .map(|kept| (kept.line.vat, kept.amount))
        .collect()
}

fn goods(kept: &[KeptLine]) -> Cents {
    kept.iter()
        .filter(|kept| kept.line.in_gross())
        .map(|kept| kept.amount)
        .sum()
}
