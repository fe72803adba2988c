//! One step of the till: an input, the state before it, and what is to be done. Whatever is refused leaves the work in
//! hand exactly as it was, and says why.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use retail::clock::Entropy;
use retail::event::{Body, PaymentSettled};
use retail::ids::{CashierId, ReceiptNumber};
use retail::sale::TenderKind;

use super::effect::{Beep, Commit, Effect, NewEvent, Print};
use super::input::{
    Action, Cashier, DamagedScan, HUB_SCANNER, Health, HubNotice, HubStatus, Input, PaymentOutcome,
    PrinterStatus, ScannerStatus, SyncStatus,
};
use super::login::Login;
use super::shelf::{Shelf, ShelfError};
use super::view::{Found, Notice};
use super::work::{Mode, Work};

/// The longest id of an action.
const MAX_ID: usize = 64;

/// What the settings decide about a sale.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The shop's name.
    pub shop: String,
    /// The till's name.
    pub till: String,
    /// Cash is rounded to five cents.
    pub cash_rounding: bool,
    /// There is a head office: it knows what other tills took back.
    pub head_office: bool,
    /// The cashier reads payments off the terminal himself.
    pub pin_by_cashier: bool,
    /// Barcode rules; the year is taken from the clock.
    pub barcodes: retail::barcode::Settings,
}

/// The moment of a step.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Shop time.
    pub wall: DateTime<FixedOffset>,
    /// Monotonic milliseconds.
    pub mono_ms: u64,
}

/// What a step may ask.
pub struct Env<'a> {
    /// Articles, customers, receipts.
    pub shelf: &'a dyn Shelf,
    /// For links, customers and records.
    pub entropy: &'a mut dyn Entropy,
    /// The moment.
    pub now: Now,
}

impl std::fmt::Debug for Env<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Env")
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// The till: the work in hand and what it knows of the world around it.
#[derive(Clone, Debug)]
pub struct State {
    pub(super) setup: Arc<Setup>,
    pub(super) work: Work,
    /// Steps since the start: what the screen tells views apart by.
    pub(super) steps: u64,
    pub(super) cashiers: Vec<Cashier>,
    /// Who is logged in when nobody else is: a shop without PINs.
    pub(super) always: Option<Cashier>,
    pub(super) login: Login,
    pub(super) search: Vec<Found>,
    /// A card that nobody has, offered for enrolment.
    pub(super) offered_card: Option<String>,
    /// The line put in by the last step.
    pub(super) fresh: Option<u32>,
    pub(super) notice: Option<Notice>,
    /// The scanner that last sent something damaged, and when; forgotten with its next whole code.
    pub(super) damage: Option<(String, u64)>,
    pub(super) sound: Option<(u64, Beep)>,
    /// The last sound answers nobody.
    pub(super) sound_aside: bool,
    pub(super) printer: PrinterStatus,
    pub(super) scanners: Vec<ScannerStatus>,
    pub(super) hub: Option<HubStatus>,
    pub(super) sync: SyncStatus,
    pub(super) health: Health,
}

impl State {
    /// A till with the work that was saved, or none.
    #[must_use]
    pub fn new(setup: Arc<Setup>, cashiers: Vec<Cashier>, work: Option<Work>) -> Self {
        let work = work.unwrap_or_default().after_restart();
        let notice = work.found_again();
        let mut state = Self {
            setup,
            work,
            steps: 0,
            cashiers,
            always: None,
            login: Login::default(),
            search: Vec::new(),
            offered_card: None,
            fresh: None,
            notice,
            damage: None,
            sound: None,
            sound_aside: false,
            printer: PrinterStatus::default(),
            scanners: Vec::new(),
            hub: None,
            sync: SyncStatus::default(),
            health: Health::default(),
        };
        state.log_out_removed();
        state
    }

    /// The work in hand, for saving.
    #[must_use]
    pub const fn work(&self) -> &Work {
        &self.work
    }

    /// A scan of the hub that could not be worked off, because nothing can be kept: it is over all the same, and the
    /// cashier has read so. It must not come back later, when nobody expects it.
    pub fn pass_over(&mut self, ticket: i64) {
        if self.work.take_hub_scan(ticket) {
            self.work.rev += 1;
        }
    }

    /// One step. What it asks for stands in the answer, in order.
    pub fn step(&mut self, input: Input, env: &mut Env<'_>) -> Vec<Effect> {
        let before = self.work.clone();
        let now = env.now;
        let touched = matches!(
            input,
            Input::Scan(_) | Input::HubScan(_) | Input::Action { .. }
        );
        let aside = matches!(
            input,
            Input::Printer(_)
                | Input::DrawerShut
                | Input::DamagedScan(_)
                | Input::Hub(_)
                | Input::HubSays(_)
        );
        if touched {
            self.fresh = None;
        }
        let mut step = Step {
            state: self,
            env,
            effects: Vec::new(),
            warning: None,
            aside,
        };
        let result = step.take(input);
        let (mut effects, warning, aside) = (step.effects, step.warning, step.aside);
        self.steps += 1;
        let rev = before.rev;
        if let Err(notice) = result {
            let tried = std::mem::replace(&mut self.work, before.clone());
            self.work.keep_ids_of(tried);
            effects.clear();
            self.fresh = None;
            self.alarm(notice, &now, &mut effects);
        } else if let Some(notice) = warning {
            self.alarm(notice, &now, &mut effects);
        }
        self.log_out_removed();
        if self.notice.is_none() {
            self.notice = self.work.offered_again();
        }
        if let Some(beep) = effects.iter().rev().find_map(|e| match e {
            Effect::Beep(beep) => Some(*beep),
            _ => None,
        }) {
            self.sound = Some((self.sound.map_or(1, |(n, _)| n + 1), beep));
            self.sound_aside = aside;
        }
        if self.work != before || effects.iter().any(|e| matches!(e, Effect::Commit(_))) {
            self.work.rev = rev + 1;
        }
        effects
    }

    fn alarm(&mut self, notice: Notice, now: &Now, effects: &mut Vec<Effect>) {
        effects.retain(|effect| !matches!(effect, Effect::Beep(_)));
        effects.push(Effect::Beep(match notice {
            Notice::UnknownCode { .. }
            | Notice::WrongCode { .. }
            | Notice::WrongNumber
            | Notice::UnknownArticle { .. }
            | Notice::UnknownCommand { .. } => Beep::Unknown,
            _ => Beep::Attention,
        }));
        // Who has to wait reads why, and for how long: that he is to log in would contradict it.
        let said = matches!(notice, Notice::LogInFirst | Notice::WrongPin) && self.counts_down(now);
        self.notice = (!said).then_some(notice);
    }
}

/// A step under way.
pub(super) struct Step<'a, 'e> {
    pub(super) state: &'a mut State,
    pub(super) env: &'a mut Env<'e>,
    pub(super) effects: Vec<Effect>,
    /// Something to read although the step was done.
    pub(super) warning: Option<Notice>,
    /// The sound answers nothing that was typed: the box keeps it.
    pub(super) aside: bool,
}

/// Done, or refused with the reason.
pub(super) type Handled = Result<(), Notice>;

fn of_hub(notice: HubNotice) -> Notice {
    match notice {
        HubNotice::ScanNotKept { fault, reason } => Notice::NotKept { fault, reason },
        other => Notice::Hub { event: other },
    }
}

impl From<ShelfError> for Notice {
    fn from(error: ShelfError) -> Self {
        Self::StoreTrouble { reason: error.0 }
    }
}

impl Step<'_, '_> {
    fn take(&mut self, input: Input) -> Handled {
        match input {
            Input::Scan(code) => {
                self.state.notice = None;
                self.whole_again(&code.scanner);
                self.scan(&code)
            }
            Input::DamagedScan(scan) => {
                self.damaged(&scan);
                Ok(())
            }
            Input::HubScan(scan) => {
                if !self.state.work.take_hub_scan(scan.ticket) {
                    return Ok(());
                }
                self.state.notice = None;
                self.whole_again(&scan.code.scanner);
                self.scan(&scan.code)
            }
            Input::Hub(status) => self.hub(*status),
            Input::HubSays(HubNotice::Damaged { damage }) => {
                self.damaged(&DamagedScan {
                    scanner: HUB_SCANNER.to_owned(),
                    damage,
                    read: Vec::new(),
                });
                Ok(())
            }
            Input::HubSays(notice) => Err(of_hub(notice)),
            Input::Action { id, action } => {
                if id.len() > MAX_ID || !self.state.work.first_time(&id) {
                    return Ok(());
                }
                if !matches!(action, Action::Search { .. }) {
                    let read = self.state.notice.take();
                    if matches!(
                        (&action, read),
                        (Action::DismissNotice, Some(Notice::SaleCancelled { .. }))
                    ) {
                        self.state.work.cancelled = None;
                    }
                }
                self.action(action)
            }
            Input::PinChecked(cashier) => self.pin_checked(cashier),
            Input::Printer(status) => self.printer(status),
            Input::DrawerShut => self.drawer_shut(),
            Input::Scanner(status) => {
                self.scanner(status);
                Ok(())
            }
            Input::Payment(answer) => self.payment(answer),
            Input::ReceiptFetched { number, result } => self.fetched(number, result),
            Input::Sync(status) => {
                self.state.sync = status;
                Ok(())
            }
            Input::Health(health) => {
                self.state.health = health;
                Ok(())
            }
            Input::NotKept { fault, reason } => Err(Notice::NotKept { fault, reason }),
            Input::Enrolled => {
                // What was refused for that reason is refused no more.
                if self.state.notice == Some(Notice::NotEnrolled) {
                    self.state.notice = None;
                }
                Ok(())
            }
            Input::Cashiers(cashiers) => {
                self.state.cashiers = cashiers;
                Ok(())
            }
            Input::CustomerChanged(id) => self.refresh_customer(id),
            Input::Tick => Ok(()),
        }
    }

    fn action(&mut self, action: Action) -> Handled {
        if let Action::Login { pin } = action {
            return self.log_in(pin);
        }
        if let Action::PrinterAnswer { job, printed } = action {
            return self.printer_answer(job, printed);
        }
        if let Action::UnheardRead { scan } = action {
            return self.unheard_read(scan);
        }
        if matches!(action, Action::DismissNotice) {
            return Ok(());
        }
        self.logged_in()?;
        match action {
            Action::Logout => self.log_out(),
            Action::ClearEntry => {
                self.state.work.next_quantity = None;
                self.state.search.clear();
                Ok(())
            }
            Action::QuantityKey { n } => self.quantity_key(n),
            Action::Entry { text } => self.entry(&text),
            Action::Search { text } => self.search(&text),
            Action::PickArticle { gtin } => self.pick(&gtin),
            Action::Price { price } => self.price(price),
            Action::SelectLine { n } => self.select(n),
            Action::SetQuantity { n, quantity } => self.set_quantity(n, quantity),
            Action::VoidLine { n } => self.void_line(n),
            Action::PayCash { tendered } => self.pay_cash(tendered),
            Action::PayCashExact => self.pay_cash_exact(),
            Action::PayCashTyped { typed } => self.pay_cash_typed(typed),
            Action::PayCard { amount } => self.pay_card(amount),
            Action::PinAnswer { answer } => self.pin_answer(answer),
            Action::TakeBackCash => self.take_back_cash(),
            Action::ForgetCustomer => {
                self.not_paying()?;
                self.state.work.basket.customer = None;
                self.state.work.basket.replaced = None;
                Ok(())
            }
            Action::TakeBackCustomer => self.take_back_customer(),
            Action::TakeBackCancelled => self.take_back_cancelled(),
            Action::Cancel => self.cancel(),
            Action::StartReturn => self.start_return(),
            Action::ReturnQuantity { line, quantity } => self.return_quantity(line, quantity),
            Action::ReturnReason { line, reason } => self.return_reason(line, reason),
            Action::ReturnRemark { text } => self.return_remark(&text),
            Action::ConfirmReturn => self.confirm_return(),
            Action::StartEnrol => self.start_enrol(),
            Action::Enrol {
                card,
                name,
                email,
                member,
                marketing,
            } => self.enrol(&card, &name, &email, member, marketing),
            Action::ReprintLast => self.reprint(),
            Action::OpenDrawer => self.open_drawer(),
            Action::Login { .. }
            | Action::PrinterAnswer { .. }
            | Action::UnheardRead { .. }
            | Action::DismissNotice => Ok(()),
        }
    }

    pub(super) fn beep(&mut self, beep: Beep) {
        self.effects.push(Effect::Beep(beep));
    }

    pub(super) fn commit(&mut self, events: Vec<NewEvent>, print: Option<Print>) {
        self.effects.push(Effect::Commit(Box::new(Commit {
            events,
            print,
            settle_job: None,
        })));
    }

    /// Who is logged in; refused while the till is not enrolled or nobody is.
    pub(super) fn logged_in(&self) -> Result<CashierId, Notice> {
        self.next_receipt().map_err(|_| Notice::NotEnrolled)?;
        match &self.state.work.cashier {
            Some(cashier) => Ok(cashier.id),
            None => Err(Notice::LogInFirst),
        }
    }

    pub(super) fn next_receipt(&self) -> Result<ReceiptNumber, Notice> {
        self.env.shelf.next_receipt().ok_or(Notice::NoReceiptNumber)
    }

    /// Refused while the payment terminal is being asked.
    pub(super) fn not_paying(&self) -> Handled {
        match self.state.work.mode {
            Mode::PayingCard { .. } | Mode::PaymentUnknown { .. } => Err(Notice::PaymentUnderway),
            _ => Ok(()),
        }
    }

    /// What an unknown payment turned out to be, for the journal.
    pub(super) fn settled(
        &self,
        amount: retail::money::Cents,
        outcome: PaymentOutcome,
    ) -> Result<NewEvent, Notice> {
        Ok(Body::PaymentSettled(PaymentSettled {
            cashier: self.logged_in()?,
            tender: TenderKind::Card,
            amount,
            paid: outcome == PaymentOutcome::Paid,
        })
        .into())
    }
}
