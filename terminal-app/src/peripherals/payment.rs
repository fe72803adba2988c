//! The payment terminal. A payment is requested, then confirmed, refused or *unknown*; nothing is ever booked on hope.
//! The till commits the request before the terminal hears of it, so a till that stops in between finds it again and
//! asks the cashier.
//!
//! This is the place for a terminal's protocol: implement [`PaymentTerminal`] and start [`Payments`] with it. Two ways
//! ship: the cashier reads the terminal himself (no device here at all), and [`Simulated`].

use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use retail::money::Cents;

use crate::till::input::{Input, PaymentAnswer, PaymentOutcome};

/// A terminal that can be asked.
pub trait PaymentTerminal: Send {
    /// Asks for `amount` (negative: pays it back) and waits until it is known what became of it. A terminal that does
    /// not answer in the time its protocol gives is given up: [`PaymentOutcome::Unknown`].
    fn pay(&mut self, amount: Cents) -> PaymentOutcome;
}

/// Answers at once, by the last two digits of the amount: `,13` is refused, of `,14` nobody knows, all others are paid.
#[derive(Clone, Copy, Debug, Default)]
pub struct Simulated;

impl PaymentTerminal for Simulated {
    fn pay(&mut self, amount: Cents) -> PaymentOutcome {
        match amount.abs().0 % 100 {
            13 => PaymentOutcome::Refused,
            14 => PaymentOutcome::Unknown,
            _ => PaymentOutcome::Paid,
        }
    }
}

/// The terminal takes no request: it is still at work on others, or its thread is gone. Nothing was asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the payment terminal takes no request")]
pub struct Busy;

/// The terminal's thread. It ends when this is dropped.
#[derive(Debug)]
pub struct Payments {
    requests: Option<SyncSender<(u64, Cents)>>,
    thread: Option<JoinHandle<()>>,
}

impl Payments {
    /// Starts the thread. Answers go to `inputs`.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(
        mut terminal: Box<dyn PaymentTerminal>,
        inputs: SyncSender<Input>,
    ) -> io::Result<Self> {
        let (requests, receiver) = sync_channel::<(u64, Cents)>(1);
        let thread = std::thread::Builder::new()
            .name("payment".to_owned())
            .spawn(move || {
                for (request, amount) in receiver {
                    let outcome = terminal.pay(amount);
                    let answer = PaymentAnswer { request, outcome };
                    if inputs.send(Input::Payment(answer)).is_err() {
                        return;
                    }
                }
            })?;
        Ok(Self {
            requests: Some(requests),
            thread: Some(thread),
        })
    }

    /// Asks the terminal; the answer comes as [`Input::Payment`]. Never waits.
    ///
    /// # Errors
    /// [`Busy`]: the terminal was not asked.
    pub fn ask(&self, request: u64, amount: Cents) -> Result<(), Busy> {
        let requests = self.requests.as_ref().ok_or(Busy)?;
        requests.try_send((request, amount)).map_err(|_| Busy)
    }
}

impl Drop for Payments {
    /// Lets the thread end by itself: a terminal may take its time, and the till need not wait for it.
    fn drop(&mut self) {
        drop(self.requests.take());
        drop(self.thread.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simulated_terminal_goes_by_the_cents() {
        let (inputs, received) = sync_channel(4);
        let payments = Payments::start(Box::new(Simulated), inputs).unwrap();
        for (request, cents, outcome) in [
            (1, 1_250, PaymentOutcome::Paid),
            (2, 1_213, PaymentOutcome::Refused),
            (3, 1_214, PaymentOutcome::Unknown),
            (4, -1_213, PaymentOutcome::Refused),
        ] {
            payments.ask(request, Cents(cents)).unwrap();
            let limit = std::time::Duration::from_secs(10);
            assert_eq!(
                received.recv_timeout(limit).unwrap(),
                Input::Payment(PaymentAnswer { request, outcome })
            );
        }
    }
}
