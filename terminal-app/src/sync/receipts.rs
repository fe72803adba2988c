//! Receipts of other tills, and what other tills took back of one's own: asked of head office while a customer waits, in a
//! thread of their own so that neither the till nor a long upload stands in the way.

use std::io;
use std::sync::mpsc::{self, SyncSender};
use std::thread;

use retail::event::{Body, Event};
use retail::ids::ReceiptNumber;
use retail::wire::{ReceiptAnswer, Refusal};

use super::office::{CallError, HeadOffice};
use crate::till::Input;
use crate::till::input::FetchFailed;
use crate::till::shelf::{ReceiptOnFile, ReturnOnFile};

/// Asks for one receipt.
pub fn fetch(
    office: &mut dyn HeadOffice,
    number: ReceiptNumber,
) -> Result<Box<ReceiptOnFile>, FetchFailed> {
    match office.receipt(number) {
        Ok(answer) => read(number, &answer).map(Box::new),
        Err(CallError::Refused(Refusal::NoSuchReceipt)) => Err(FetchFailed::NoSuchReceipt),
        Err(CallError::Refused(refusal)) if !refusal.retry() => Err(FetchFailed::Refused {
            detail: refusal.to_string(),
        }),
        Err(_) => Err(FetchFailed::Unreachable),
    }
}

/// An answer is only as good as the events in it.
fn read(number: ReceiptNumber, answer: &ReceiptAnswer) -> Result<ReceiptOnFile, FetchFailed> {
    let wrong = |what: &str| FetchFailed::Refused {
        detail: what.to_owned(),
    };
    let event = |text: &str| {
        Event::read(text.as_bytes()).map_err(|error| FetchFailed::Refused {
            detail: error.to_string(),
        })
    };
    let written = event(&answer.sale)?;
    let Body::Sale(sale) = written.body else {
        return Err(wrong("not a sale"));
    };
    let place = written.position;
    if (place.till, place.epoch, sale.receipt) != (number.till, number.epoch, number.serial) {
        return Err(wrong("another receipt than was asked for"));
    }
    let mut returns = Vec::with_capacity(answer.returns.len());
    for text in &answer.returns {
        let written = event(text)?;
        if let Body::Return(back) = written.body
            && back.of == number
        {
            returns.push(ReturnOnFile {
                number: ReceiptNumber {
                    till: written.position.till,
                    epoch: written.position.epoch,
                    serial: back.receipt.receipt,
                },
                back,
            });
        }
    }
    Ok(ReceiptOnFile {
        number,
        sale,
        returns,
        customer: answer.customer,
    })
}

/// The thread that asks.
#[derive(Debug)]
pub struct Fetcher {
    wanted: SyncSender<ReceiptNumber>,
}

/// Starts it. `report` takes the answer ([`Input::ReceiptFetched`]) for the till's loop.
pub fn spawn(
    mut office: Box<dyn HeadOffice + Send>,
    report: Box<dyn Fn(Input) + Send>,
) -> io::Result<Fetcher> {
    let (wanted, inbox) = mpsc::sync_channel(4);
    thread::Builder::new()
        .name("receipts".to_owned())
        .spawn(move || {
            for number in inbox {
                report(Input::ReceiptFetched {
                    number,
                    result: fetch(office.as_mut(), number),
                });
            }
        })?;
    Ok(Fetcher { wanted })
}

impl Fetcher {
    /// Asks for a receipt; false when too many questions are waiting already. Never blocks.
    #[must_use]
    pub fn ask(&self, number: ReceiptNumber) -> bool {
        self.wanted.try_send(number).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Says(Result<ReceiptAnswer, CallError>);

    impl HeadOffice for Says {
        fn batch(&mut self, _: &[u8]) -> Result<retail::wire::BatchAnswer, CallError> {
            Err(CallError::Offline(String::new()))
        }
        fn heads(
            &mut self,
            _: &retail::wire::HeadsQuery,
        ) -> Result<retail::wire::HeadsAnswer, CallError> {
            Err(CallError::Offline(String::new()))
        }
        fn down(&mut self, _: u64) -> Result<retail::wire::DownPage, CallError> {
            Err(CallError::Offline(String::new()))
        }
        fn receipt(&mut self, _: ReceiptNumber) -> Result<ReceiptAnswer, CallError> {
            self.0.clone()
        }
    }

    const SALE: &str = r#"{"v":1,"till":3,"epoch":1,"seq":9,"at":"2026-11-21T14:03:05+01:00","kind":"sale","receipt":42,"cashier":1,"lines":[],"vat":[],"total":0,"tenders":[]}"#;

    fn answer(sale: &str) -> Says {
        Says(Ok(ReceiptAnswer {
            number: "3-1-0000042".parse().unwrap(),
            sale: sale.to_owned(),
            returns: Vec::new(),
            customer: None,
        }))
    }

    #[test]
    fn the_receipt_that_was_asked_for_and_no_other() {
        let number: ReceiptNumber = "3-1-0000042".parse().unwrap();
        assert_eq!(fetch(&mut answer(SALE), number).unwrap().number, number);
        for wrong in [
            SALE.replace("\"receipt\":42", "\"receipt\":43"),
            SALE.replace("\"epoch\":1", "\"epoch\":2"),
            SALE.replace("\"kind\":\"sale\"", "\"kind\":\"price_check\""),
            "<html>".to_owned(),
        ] {
            let failed = fetch(&mut answer(&wrong), number);
            assert!(
                matches!(failed, Err(FetchFailed::Refused { .. })),
                "{wrong}"
            );
        }
    }

    #[test]
    fn returns_of_other_receipts_are_passed_over() {
        let number: ReceiptNumber = "3-1-0000042".parse().unwrap();
        let sold = Event::read(SALE.as_bytes()).unwrap();
        let Body::Sale(receipt) = sold.body else {
            panic!("no sale");
        };
        let back = |of: &str| {
            let body = Body::Return(retail::sale::Return {
                of: of.parse().unwrap(),
                receipt: receipt.clone(),
            });
            String::from_utf8(Event::write(sold.position, sold.at, &body).unwrap()).unwrap()
        };
        let mut office = answer(SALE);
        if let Says(Ok(answer)) = &mut office {
            answer.returns = vec![back("3-1-0000041"), back("3-1-0000042"), SALE.to_owned()];
        }
        assert_eq!(fetch(&mut office, number).unwrap().returns.len(), 1);
    }

    #[test]
    fn reasons_a_cashier_can_act_on() {
        let number: ReceiptNumber = "3-1-0000042".parse().unwrap();
        for (error, expected) in [
            (CallError::Offline(String::new()), FetchFailed::Unreachable),
            (Refusal::Busy.into(), FetchFailed::Unreachable),
            (Refusal::NoSuchReceipt.into(), FetchFailed::NoSuchReceipt),
            (
                Refusal::Revoked.into(),
                FetchFailed::Refused {
                    detail: Refusal::Revoked.to_string(),
                },
            ),
        ] {
            assert_eq!(fetch(&mut Says(Err(error)), number), Err(expected));
        }
    }
}
