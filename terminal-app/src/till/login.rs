//! Who is at the till: in by his PIN alone, out by himself or because he was taken away. An open basket stays for whoever
//! comes next.

use retail::ids::CashierId;

use super::effect::{Beep, Effect};
use super::input::Cashier;
use super::step::{Handled, Now, State, Step};
use super::view::Notice;
use super::work::Mode;

/// Wrong PINs in a row before the till makes one wait.
const MAX_WRONG_PINS: u32 = 5;
/// How long it makes one wait.
const WRONG_PIN_WAIT_MS: u64 = 30_000;

/// Where a log-in stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Login {
    pub(super) checking: bool,
    pub(super) wrong: u32,
    pub(super) blocked_until_ms: Option<u64>,
}

impl Login {
    /// How long nobody may log in yet.
    pub(super) fn wait_ms(&self, now: &Now) -> Option<u64> {
        self.blocked_until_ms
            .and_then(|until| until.checked_sub(now.mono_ms))
            .filter(|ms| *ms > 0)
    }
}

impl State {
    /// Too many wrong PINs: the screen counts down until somebody may log in again.
    #[must_use]
    pub fn counts_down(&self, now: &Now) -> bool {
        self.work.cashier.is_none() && self.login.wait_ms(now).is_some()
    }

    /// Logs a cashier in without a PIN, as the settings of a shop without PINs say, unless somebody is already.
    pub fn log_in(&mut self, cashier: Cashier) {
        self.always = Some(cashier.clone());
        self.work.cashier.get_or_insert(cashier);
    }

    pub(super) fn may_log_in(&self, id: CashierId) -> bool {
        self.cashiers.iter().any(|cashier| cashier.id == id)
    }

    /// Nobody is at the till any more, or again who always is.
    fn leave(&mut self) {
        let always = self.always.as_ref();
        let work = &mut self.work;
        work.cashier = always
            .filter(|a| self.cashiers.iter().any(|c| c.id == a.id))
            .cloned();
        work.next_quantity = None;
        work.cancelled = None;
        if let Some(last) = &mut work.last {
            last.day = None;
        }
        self.search.clear();
    }

    /// Whoever was taken away while he was logged in is at the till until the card payment is over that he is asking for.
    pub(super) fn log_out_removed(&mut self) {
        let asks = matches!(
            self.work.mode,
            Mode::PayingCard { .. } | Mode::PaymentUnknown { .. }
        );
        if let Some(gone) = self
            .work
            .cashier
            .clone()
            .filter(|c| !asks && !self.may_log_in(c.id))
        {
            self.leave();
            self.notice = Some(Notice::CashierRemoved { name: gone.name });
        }
    }
}

impl Step<'_, '_> {
    pub(super) fn log_in(&mut self, pin: String) -> Handled {
        self.next_receipt().map_err(|_| Notice::NotEnrolled)?;
        let login = &mut self.state.login;
        if login.checking || self.state.work.cashier.is_some() {
            return Ok(());
        }
        if login.wait_ms(&self.env.now).is_some() {
            return Err(Notice::WrongPin);
        }
        login.blocked_until_ms = None;
        login.checking = true;
        self.effects.push(Effect::CheckPin { pin });
        Ok(())
    }

    pub(super) fn pin_checked(&mut self, cashier: Option<Cashier>) -> Handled {
        self.state.notice = None;
        // He may have been taken away while his PIN was looked at.
        let cashier = cashier.filter(|cashier| self.state.may_log_in(cashier.id));
        let login = &mut self.state.login;
        login.checking = false;
        if let Some(cashier) = cashier {
            login.wrong = 0;
            self.state.work.cashier = Some(cashier);
            self.state.notice = self.state.work.found_again();
            self.beep(Beep::Good);
            return Ok(());
        }
        login.wrong += 1;
        if login.wrong >= MAX_WRONG_PINS {
            login.wrong = 0;
            login.blocked_until_ms = Some(self.env.now.mono_ms + WRONG_PIN_WAIT_MS);
        }
        Err(Notice::WrongPin)
    }

    pub(super) fn log_out(&mut self) -> Handled {
        self.not_paying()?;
        self.state.leave();
        Ok(())
    }
}
