//! Goods that come back at another till than the one that sold them: no till refunds what another one did.

use retail::ids::{ReceiptNumber, TillId};

use super::bench::{Bench, SHIRT, TEA, number};
use super::returns::{code, on_file, sold, take_back};
use crate::till::input::FetchFailed;
use crate::till::shelf::{ReceiptOnFile, ReturnOnFile};
use crate::till::{Action, Effect, Input, ModeView, Notice};

/// A shop with more tills; three shirts and a tea were sold at this one.
fn sold_among_tills() -> Bench {
    let mut till = Bench::with_head_office();
    till.scan("KLR-QTY-3");
    till.article(SHIRT);
    till.article(TEA);
    till.scan("KLR-CASH");
    till
}

/// Scans the till's own receipt; head office answers with `returns`.
fn scan_own(till: &mut Bench, returns: Vec<ReturnOnFile>) {
    let answer = ReceiptOnFile {
        returns,
        ..on_file(till, number(1))
    };
    scan_own_answered(till, Ok(Box::new(answer)));
}

fn scan_own_answered(till: &mut Bench, result: Result<Box<ReceiptOnFile>, FetchFailed>) {
    till.scan(&code(number(1)));
    assert!(
        till.effects.contains(&Effect::FetchReceipt(number(1))),
        "{:?}",
        till.effects
    );
    till.input(Input::ReceiptFetched {
        number: number(1),
        result,
    });
}

fn at_till_2(number: ReceiptNumber) -> ReceiptNumber {
    ReceiptNumber {
        till: TillId::new(2).unwrap(),
        ..number
    }
}

/// What this till just took back, as if the other till had done so.
fn done_at_till_2(till: &mut Bench) -> ReturnOnFile {
    let (number, back) = till.shelf.returns.pop().unwrap();
    ReturnOnFile {
        number: at_till_2(number),
        back,
    }
}

#[track_caller]
fn left(till: &Bench) -> (i64, bool) {
    match till.view().mode {
        ModeView::Returning(back) => (back.lines[0].left.0 / 1000, back.unchecked),
        other => panic!("{other:?}: {:?}", till.view().notice),
    }
}

#[test]
fn what_another_till_took_back_of_one_s_own_receipt_is_not_refunded_again() {
    let mut till = sold_among_tills();
    scan_own(&mut till, Vec::new());
    assert_eq!(left(&till), (3, false));
    take_back(&mut till, 1, 2);
    let elsewhere = done_at_till_2(&mut till);
    scan_own(&mut till, vec![elsewhere.clone()]);
    assert_eq!(left(&till), (1, false));
    take_back(&mut till, 1, 1);
    // Its own return is not with head office yet, later it is: it counts once.
    let own = on_file(&till, number(1)).returns;
    take_back_tea(&mut till, vec![elsewhere.clone()]);
    let mut known = own;
    known.push(elsewhere);
    till.scan(&code(number(1)));
    let answer = ReceiptOnFile {
        returns: known,
        ..on_file(&till, number(1))
    };
    till.input(Input::ReceiptFetched {
        number: number(1),
        result: Ok(Box::new(answer)),
    });
    assert_eq!(
        till.view().notice,
        Some(Notice::NothingLeftToReturn { number: number(1) })
    );
    assert_eq!(till.view().mode, ModeView::AskingReceipt);
}

fn take_back_tea(till: &mut Bench, elsewhere: Vec<ReturnOnFile>) {
    scan_own(till, elsewhere);
    assert_eq!(left(till), (0, false));
    take_back(till, 2, 1);
}

#[test]
fn two_tills_that_took_back_the_same_count_twice() {
    let mut till = sold_among_tills();
    scan_own(&mut till, Vec::new());
    take_back(&mut till, 1, 1);
    let own = on_file(&till, number(1)).returns.remove(0);
    let elsewhere = ReturnOnFile {
        number: at_till_2(own.number),
        ..own.clone()
    };
    scan_own(&mut till, vec![elsewhere.clone()]);
    assert_eq!(left(&till), (1, false), "its own is not sent yet");
    till.act(Action::Cancel);
    scan_own(&mut till, vec![elsewhere, own]);
    assert_eq!(left(&till), (1, false), "its own is known there");
}

#[test]
fn a_silent_head_office_does_not_stop_a_return_of_one_s_own_receipt() {
    let mut till = sold_among_tills();
    scan_own_answered(&mut till, Err(FetchFailed::Unreachable));
    assert_eq!(left(&till), (3, true), "it says that nobody was asked");
    assert_eq!(till.view().notice, None);
    till.restart();
    assert_eq!(left(&till), (3, true));
    take_back(&mut till, 1, 2);
    scan_own_answered(&mut till, Err(FetchFailed::NoSuchReceipt));
    assert_eq!(left(&till), (1, false), "not sent yet: it is only here");
    take_back(&mut till, 1, 1);
    scan_own_answered(&mut till, Err(FetchFailed::Unreachable));
    take_back(&mut till, 2, 1);
    till.scan(&code(number(1)));
    assert_eq!(
        till.view().notice,
        Some(Notice::NothingLeftToReturn { number: number(1) }),
        "nobody has to be asked"
    );
}

/// A return of another till's receipt counts here before it is sent.
#[test]
fn what_was_taken_back_here_of_another_till_s_receipt_is_not_refunded_again() {
    let mut till = sold();
    let other = at_till_2(number(1));
    let answer = Input::ReceiptFetched {
        number: other,
        result: Ok(Box::new(ReceiptOnFile {
            number: other,
            ..on_file(&till, number(1))
        })),
    };
    till.scan(&code(other));
    till.input(answer.clone());
    take_back(&mut till, 1, 2);
    till.scan(&code(other));
    till.input(answer);
    assert_eq!(left(&till), (1, false));
}
