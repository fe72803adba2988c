//! From the state of the till to what the screen shows.

use retail::cash;
use retail::money::Cents;
use retail::quantity::Quantity;
use retail::sale::TenderKind;

use super::pay::{is_child, points_of};
use super::step::{Now, State};
use super::view::{CustomerPanel, Enabled, ModeView, PaidPart, ReturnRow, ReturnView, Row, View};
use super::work::{Mode, ReturnDraft};

impl State {
    /// What the screen shows now. `enrolled`: the till may write receipts.
    #[must_use]
    pub fn view(&self, enrolled: bool, now: &Now) -> View {
        let work = &self.work;
        let basket = &work.basket;
        let due = basket.due();
        let due_cash = self.cash_of(due);
        let today = now.wall.date_naive();
        let mode = self.mode(enrolled, now);
        let enabled = self.enabled(&mode);
        let elsewhere = matches!(mode, ModeView::Returning(_));
        let attached = basket.customer.as_ref().filter(|_| !elsewhere);
        View {
            rev: self.steps,
            shop: self.setup.shop.clone(),
            till: self.setup.till.clone(),
            cashier: work.cashier.clone(),
            cashiers: self.cashiers.clone(),
            basket: basket
                .lines
                .iter()
                .map(|line| Row {
                    n: line.n,
                    gtin: line.gtin.clone(),
                    name: line.name.clone(),
                    quantity: line.qty,
                    unit: line.unit,
                    price: line.price,
                    amount: line.amount,
                    vat: line.vat,
                    class: line.class,
                    parent: line.parent,
                    fresh: self.fresh == Some(line.n),
                })
                .collect(),
            selected: basket.selected,
            total: basket.total(),
            paid: basket
                .tenders
                .iter()
                .map(|tender| PaidPart {
                    kind: tender.kind,
                    amount: tender.amount,
                })
                .collect(),
            due,
            due_cash,
            quick_amounts: if enabled.cash {
                cash::quick_amounts(due, self.setup.cash_rounding)
            } else {
                Vec::new()
            },
            next_quantity: work.next_quantity,
            customer: attached.map(|attached| CustomerPanel {
                customer: attached.customer.clone(),
                earns: points_of(basket),
                new: attached.new,
            }),
            search: self.search.clone(),
            notice: self.notice.clone(),
            last: work.last.filter(|last| last.day == Some(today)),
            just_sold: work.just_sold,
            sound: self.sound,
            sound_aside: self.sound_aside,
            printer: self.printer.clone(),
            scanners: self.scanners.clone(),
            hub: self.hub.clone(),
            sync: self.sync.clone(),
            health: self.health,
            mode,
            enabled,
        }
    }

    fn cash_of(&self, due: Cents) -> Cents {
        if self.setup.cash_rounding {
            cash::rounded(due)
        } else {
            due
        }
    }

    fn mode(&self, enrolled: bool, now: &Now) -> ModeView {
        if !enrolled {
            return ModeView::NotEnrolled;
        }
        if self.work.cashier.is_none() {
            return ModeView::LoggedOut {
                checking: self.login.checking,
                wait_s: self.login.wait_ms(now).map(|ms| ms.div_ceil(1000)),
            };
        }
        match &self.work.mode {
            Mode::PayingCard { amount } => ModeView::PayingCard {
                amount: *amount,
                by_cashier: self.setup.pin_by_cashier,
            },
            Mode::PaymentUnknown { amount } => ModeView::PaymentUnknown { amount: *amount },
            Mode::AskingReceipt => ModeView::AskingReceipt,
            Mode::FetchingReceipt { number } => ModeView::FetchingReceipt { number: *number },
            Mode::Enrolling { card } => ModeView::Enrolling { card: card.clone() },
            Mode::Returning => match &self.work.back {
                Some(draft) => ModeView::Returning(self.return_view(draft)),
                None => ModeView::Selling,
            },
            Mode::Selling => match self.work.basket.questions.front() {
                Some(question) => ModeView::AskingPrice {
                    gtin: question.article.gtin.clone(),
                    name: question.article.name.clone(),
                    quantity: question.quantity,
                    unit: question.article.unit,
                },
                None => ModeView::Selling,
            },
        }
    }

    fn return_view(&self, draft: &ReturnDraft) -> ReturnView {
        let back = draft.lines();
        let (card, cash) = draft.refund();
        ReturnView {
            of: draft.on_file.number,
            lines: draft
                .kept()
                .iter()
                .map(|kept| ReturnRow {
                    line: kept.line.n,
                    gtin: kept.line.gtin.clone(),
                    name: kept.line.name.clone(),
                    sold: kept.line.qty,
                    left: kept.qty.max(Quantity::ZERO),
                    chosen: draft.chosen_of(kept),
                    unit: kept.line.unit,
                    amount: back
                        .iter()
                        .find(|line| line.of_line == Some(kept.line.n))
                        .map_or(Cents::ZERO, |line| line.amount),
                    reason: draft.chosen.get(&kept.line.n).and_then(|c| c.reason),
                    deposit: is_child(&kept.line),
                })
                .collect(),
            total: back.iter().map(|line| line.amount).sum(),
            refund: [
                (TenderKind::Card, card),
                (TenderKind::Cash, self.cash_of(cash)),
            ]
            .into_iter()
            .filter(|(_, amount)| *amount != Cents::ZERO)
            .collect(),
            remark: draft.remark.clone(),
            ready: draft.is_ready(),
            unchecked: draft.unchecked,
        }
    }

    fn enabled(&self, mode: &ModeView) -> Enabled {
        let basket = &self.work.basket;
        let selling = *mode == ModeView::Selling;
        let in_dialog = matches!(
            mode,
            ModeView::AskingPrice { .. }
                | ModeView::AskingReceipt
                | ModeView::FetchingReceipt { .. }
                | ModeView::Returning(_)
                | ModeView::Enrolling { .. }
        );
        let some_lines = !basket.lines.is_empty();
        let open = basket.tenders.is_empty();
        Enabled {
            cash: selling && some_lines,
            cash_exact: selling && some_lines,
            card: selling && some_lines && basket.due() > Cents::ZERO,
            start_return: selling && open,
            customer: selling,
            void_line: selling && some_lines && open,
            cancel: in_dialog
                || (selling && self.work.next_quantity.is_some())
                || (selling && open && (some_lines || basket.customer.is_some())),
            reprint: (selling || in_dialog) && self.work.last.is_some(),
            drawer: selling,
            entry: selling || in_dialog,
        }
    }
}
