//! A refused step changes nothing, and JSON from the screen is read to the letter.

use retail::money::Cents;

use super::bench::{Bench, SHIRT, TEA};
use crate::till::input::StoreFault;
use crate::till::{Action, Input, Notice};

#[test]
fn what_the_screen_posts_is_read() {
    let read = |json: &str| serde_json::from_str::<Action>(json);
    assert_eq!(
        read(r#"{"do":"pay_cash","tendered":2000}"#).unwrap(),
        Action::PayCash {
            tendered: Some(Cents(2000))
        }
    );
    assert_eq!(
        read(r#"{"do":"void_line"}"#).unwrap(),
        Action::VoidLine { n: None }
    );
    assert!(read(r#"{"do":"give_discount"}"#).is_err());
    assert!(read(r#"{"do":"pay_cash","amount":2000}"#).is_err());
}

#[test]
fn a_refused_step_leaves_the_work_as_it_was() {
    let mut till = Bench::new();
    till.article(SHIRT);
    let before = till.view();
    till.act(Action::SetQuantity {
        n: Some(1),
        quantity: 1500,
    });
    let after = till.view();
    assert_eq!(after.notice, Some(Notice::WrongQuantity));
    assert_eq!(
        after.basket,
        before
            .basket
            .iter()
            .map(|row| crate::till::view::Row {
                fresh: false,
                ..row.clone()
            })
            .collect::<Vec<_>>()
    );
}

#[test]
fn what_could_not_be_kept_is_said() {
    let mut till = Bench::new();
    till.article(TEA);
    till.input(Input::NotKept {
        fault: StoreFault::DiskFull,
        reason: "the disk is full".to_owned(),
    });
    assert!(matches!(till.view().notice, Some(Notice::NotKept { .. })));
    assert_eq!(till.view().basket.len(), 1);
}
