//! Scans: routed by what the till is doing, in order, each with its sound.

use retail::money::Cents;
use retail::quantity::Quantity;

use super::bench::{BUTTON, Bench, CARD, CHEESE, COLA, NEW_CARD, SHIRT, TEA, ean};
use crate::till::input::{DamagedScan, PaymentOutcome, ScanDamage, ScannedCode};
use crate::till::{Action, Beep, Input, ModeView, Notice};

#[test]
fn articles_and_cards_in_any_order() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.article(CARD);
    till.article(TEA);
    let view = till.view();
    assert_eq!(view.basket.len(), 2);
    assert_eq!(view.total.0, 1999 + 298);
    let customer = view.customer.unwrap();
    assert_eq!(customer.customer.name.as_deref(), Some("Jip"));
    assert_eq!(customer.earns, 22);
    assert_eq!(till.beeps(), [Beep::Good]);
}

#[test]
fn a_command_from_the_sheet_is_heard_too() {
    let mut till = Bench::new();
    till.scan("KLR-QTY-2");
    assert_eq!(till.beeps(), [Beep::Good]);
}

#[test]
fn a_fast_second_scan_never_replaces_the_first() {
    let mut till = Bench::new();
    for _ in 0..50 {
        till.article(SHIRT);
        till.article(TEA);
    }
    assert_eq!(till.view().basket.len(), 100);
}

#[test]
fn a_barcode_typed_into_the_quantity_field_is_refused() {
    let mut till = Bench::new();
    let typed: i64 = ean(SHIRT).parse().unwrap();
    till.act(Action::QuantityKey { n: typed * 1000 });
    assert_eq!(till.view().notice, Some(Notice::WrongQuantity));
    assert_eq!(till.view().next_quantity, None);
}

#[test]
fn a_quantity_falls_back_after_one_use() {
    let mut till = Bench::new();
    till.act(Action::QuantityKey { n: 3_000 });
    till.article(TEA);
    till.article(TEA);
    till.scan("KLR-QTY-12");
    till.article(TEA);
    let quantities: Vec<_> = till.view().basket.iter().map(|row| row.quantity).collect();
    assert_eq!(
        quantities,
        [Quantity::units(3), Quantity::ONE, Quantity::units(12)]
    );
}

/// A quantity without its article has a way back, on the key and on the sheet, that says what it did and leaves the basket.
#[test]
fn a_waiting_quantity_can_be_cancelled() {
    for with_lines in [false, true] {
        let mut till = Bench::new();
        if with_lines {
            till.article(SHIRT);
        }
        till.scan("KLR-QTY-3");
        assert!(till.view().enabled.cancel);
        till.scan("KLR-CANCEL");
        let view = till.view();
        assert_eq!(view.next_quantity, None);
        assert_eq!(view.basket.len(), usize::from(with_lines));
        assert_eq!(
            view.notice,
            Some(Notice::QuantityForgotten {
                quantity: Quantity::units(3)
            })
        );
        assert_eq!(till.beeps(), [Beep::Good]);
        till.article(TEA);
        assert_eq!(till.view().basket.last().unwrap().quantity, Quantity::ONE);
        till.act(Action::QuantityKey { n: 2_000 });
        till.act(Action::Cancel);
        till.act(Action::Cancel);
        assert!(
            till.view().basket.is_empty(),
            "the second one is the basket"
        );
    }
}

#[test]
fn wrong_and_unknown_codes_beep_differently_and_say_what_was_read() {
    let mut till = Bench::new();
    till.scan("8712345678907");
    assert_eq!(till.beeps(), [Beep::Unknown]);
    assert!(
        matches!(till.view().notice, Some(Notice::WrongCode { read, .. }) if read == "8712345678907")
    );
    till.act(Action::Entry {
        text: "8712345678907".to_owned(),
    });
    assert_eq!(till.beeps(), [Beep::Unknown]);
    assert_eq!(
        till.view().notice,
        Some(Notice::WrongNumber),
        "typed, not read"
    );
    till.article("871999999999");
    assert!(matches!(
        till.view().notice,
        Some(Notice::UnknownArticle { .. })
    ));
    till.scan("zomaar\u{1}iets");
    assert!(
        matches!(till.view().notice, Some(Notice::WrongCode { read, .. }) if read == r"zomaar\x01iets")
    );
    till.scan("KLR-DANCE");
    assert!(matches!(
        till.view().notice,
        Some(Notice::UnknownCommand { .. })
    ));
    assert_eq!(till.view().basket.len(), 0);
    till.article(SHIRT);
    assert_eq!(till.beeps(), [Beep::Good]);
    assert_eq!(
        till.view().notice,
        None,
        "a good step puts the message away"
    );
}

fn damaged(scanner: &str, read: &[u8]) -> Input {
    Input::DamagedScan(DamagedScan {
        scanner: scanner.to_owned(),
        damage: ScanDamage::CutOff,
        read: read.to_vec(),
    })
}

#[test]
fn a_damaged_scan_is_heard_and_said_and_touches_nothing() {
    let mut till = Bench::new();
    till.article(BUTTON);
    let before = till.state.work().clone();
    till.input(damaged("balie", b"8712345"));
    assert_eq!(till.beeps(), [Beep::Attention]);
    assert!(till.view().sound_aside, "what is being typed stays");
    assert_eq!(
        till.view().notice,
        Some(Notice::DamagedScan {
            damage: ScanDamage::CutOff,
            read: "8712345".to_owned(),
        })
    );
    assert_eq!(*till.state.work(), before, "basket and dialog");
    till.act(Action::Price { price: Cents(125) });
    assert_eq!(till.view().basket[0].amount.0, 125);
    assert_eq!(till.view().notice, None);
}

#[test]
fn a_burst_of_noise_is_heard_once() {
    let mut till = Bench::new();
    let mut sounds = 0;
    for _ in 0..30 {
        till.mono_ms += 900;
        till.input(damaged("balie", b"\xff"));
        sounds += till.beeps().len();
    }
    assert_eq!(sounds, 1, "27 seconds of noise");
    till.input(damaged("pistool", b"87"));
    assert_eq!(till.beeps(), [Beep::Attention], "another scanner is news");
    till.mono_ms += 2_000;
    till.input(damaged("pistool", b"87"));
    assert_eq!(
        till.beeps(),
        [Beep::Attention],
        "after a silence it is news"
    );
    till.input(Input::Scan(ScannedCode {
        data: ean(SHIRT).into_bytes(),
        ssi_type: None,
        scanner: "pistool".to_owned(),
    }));
    till.input(damaged("pistool", b"87"));
    assert_eq!(
        till.beeps(),
        [Beep::Attention],
        "after a whole code it is news"
    );
}

#[test]
fn a_damaged_scan_does_not_hide_what_waits_for_an_answer() {
    let mut till = Bench::new();
    till.article(NEW_CARD);
    let offer = till.view().notice;
    till.input(damaged("balie", b"8712345"));
    assert_eq!(till.beeps(), [Beep::Attention]);
    assert_eq!(till.view().notice, offer);
}

#[test]
fn an_article_without_a_price_asks_for_one_and_scans_go_on() {
    let mut till = Bench::new();
    till.article(BUTTON);
    assert_eq!(till.beeps(), [Beep::Attention]);
    assert!(matches!(till.view().mode, ModeView::AskingPrice { .. }));
    till.article(TEA);
    assert_eq!(
        till.view().basket.len(),
        1,
        "a scan while a dialog is open is not lost"
    );
    till.scan("KLR-CASH");
    assert_eq!(till.view().notice, Some(Notice::PriceFirst));
    till.act(Action::Price { price: Cents(125) });
    let view = till.view();
    assert_eq!(view.mode, ModeView::Selling);
    assert_eq!(view.total.0, 298 + 125);
    till.scan("KLR-CASH");
    assert!(till.sale().lines[1].price_typed);
}

/// The price that is typed is that of the article on the screen, not of the one that was scanned last.
#[test]
fn a_price_goes_to_the_article_that_was_asked_about() {
    let mut till = Bench::new();
    till.scan("KLR-QTY-2");
    till.article(BUTTON);
    till.article(BUTTON);
    till.act(Action::Price { price: Cents(100) });
    assert_eq!(till.view().basket[0].quantity, Quantity::units(2));
}

#[test]
fn an_article_scanned_beside_a_dialog_is_sold() {
    for dialog in [Action::StartEnrol, Action::StartReturn] {
        let mut till = Bench::new();
        till.act(dialog);
        till.article(SHIRT);
        assert_eq!(till.view().basket.len(), 1);
        assert_eq!(till.beeps(), [Beep::Good]);
    }
}

#[test]
fn an_unknown_card_offers_enrolment() {
    let mut till = Bench::new();
    till.article(TEA);
    till.article(NEW_CARD);
    assert_eq!(
        till.view().notice,
        Some(Notice::UnknownCard {
            card: ean(NEW_CARD)
        })
    );
    till.act(Action::StartEnrol);
    assert_eq!(
        till.view().mode,
        ModeView::Enrolling {
            card: Some(ean(NEW_CARD))
        }
    );
    let enrol_with = |email: &str, member| Action::Enrol {
        card: ean(NEW_CARD),
        name: " Truus ".to_owned(),
        email: email.to_owned(),
        member,
        marketing: false,
    };
    let enrol = |member| enrol_with("", member);
    for (email, email_wrong) in [("", false), ("truus@", true)] {
        till.act(enrol_with(email, false));
        let said = Notice::MembershipNeeded { email_wrong };
        assert_eq!(till.view().notice, Some(said), "both are said at once");
    }
    till.act(enrol_with("truus@", true));
    assert_eq!(till.view().notice, Some(Notice::NotAnEmail));
    till.act(enrol(true));
    let customer = till.view().customer.unwrap();
    assert!(customer.new);
    assert_eq!(customer.customer.name.as_deref(), Some("Truus"));
    till.scan("KLR-CASH");
    assert!(till.sale().link.is_some());
    till.act(enrol(true));
    assert_eq!(till.view().notice, Some(Notice::CardTaken));
}

#[test]
fn a_loyalty_card_works_on_every_screen_of_a_sale_and_its_payment() {
    let mut till = Bench::new();
    till.article(BUTTON);
    till.article(CARD);
    assert!(till.view().customer.is_some(), "while a price is asked");
    till.act(Action::ForgetCustomer);
    till.act(Action::Price { price: Cents(100) });
    till.scan("KLR-CARD");
    till.article(CARD);
    assert!(
        till.view().customer.is_some(),
        "while the terminal is asked"
    );
    till.article(SHIRT);
    assert_eq!(till.view().notice, Some(Notice::PaymentUnderway));
    assert_eq!(
        till.view().basket.len(),
        1,
        "articles are refused aloud, not dropped"
    );
    till.act(Action::PinAnswer {
        answer: PaymentOutcome::Paid,
    });
    assert_eq!(till.sale().points, 1);
}

#[test]
fn weighed_labels_follow_the_layouts() {
    let mut till = Bench::new();
    till.scan(&ean(&format!("{CHEESE}00500")));
    let row = till.view().basket[0].clone();
    assert_eq!(row.quantity, Quantity(500));
    assert_eq!(row.amount.0, 650);
}

#[test]
fn a_deposit_is_a_child_line_that_goes_with_its_article() {
    let mut till = Bench::new();
    till.act(Action::QuantityKey { n: 6_000 });
    till.article(COLA);
    let view = till.view();
    assert_eq!(view.basket.len(), 2);
    assert_eq!(view.basket[1].parent, Some(view.basket[0].n));
    assert_eq!(view.total.0, 6 * 149 + 6 * 15);
    till.scan("KLR-VOID");
    assert!(till.view().basket.is_empty());
    assert_eq!(till.events.len(), 2);
}

#[test]
fn the_first_letters_of_a_name_find_an_article() {
    let mut till = Bench::new();
    till.act(Action::Entry {
        text: "shirt".to_owned(),
    });
    let found = till.view().search;
    assert_eq!(found.len(), 1);
    till.act(Action::PickArticle {
        gtin: found[0].gtin.clone(),
    });
    assert_eq!(till.view().basket[0].name, "T-shirt");
    till.act(Action::Entry { text: ean(TEA) });
    assert_eq!(till.view().basket.len(), 2);
}

#[test]
fn nobody_sells_without_logging_in() {
    let mut till = Bench::with(true, false);
    till.article(SHIRT);
    assert_eq!(till.view().notice, Some(Notice::LogInFirst));
    for _ in 0..5 {
        till.act(Action::Login {
            pin: "0000".to_owned(),
        });
        assert_eq!(till.effects.len(), 1);
        till.input(Input::PinChecked(None));
    }
    till.act(Action::Login {
        pin: "4821".to_owned(),
    });
    let view = till.view();
    assert_eq!(
        view.mode,
        ModeView::LoggedOut {
            checking: false,
            wait_s: Some(30)
        },
        "five wrong ones make wait"
    );
    assert_eq!(view.notice, None, "the wait says why, alone");
    till.article(SHIRT);
    assert_eq!(till.beeps(), [Beep::Attention]);
    assert_eq!(till.view().notice, None, "he cannot log in first");
    till.mono_ms += 30_000;
    assert_eq!(till.view().notice, None, "nothing old comes back");
    till.act(Action::Login {
        pin: "4821".to_owned(),
    });
    let anna = till.state.cashiers[0].clone();
    till.input(Input::PinChecked(Some(anna)));
    till.article(SHIRT);
    assert_eq!(till.view().basket.len(), 1);
}

#[test]
fn a_shop_without_pins_cannot_lock_itself_out() {
    let mut till = Bench::with(true, false);
    let anna = till.state.cashiers[0].clone();
    till.state.log_in(anna.clone());
    till.act(Action::Logout);
    assert_eq!(till.view().cashier, Some(anna));
}

#[test]
fn a_shelf_that_fails_is_said_and_nothing_changes() {
    let mut till = Bench::new();
    till.article(SHIRT);
    till.shelf.broken = true;
    till.article(TEA);
    assert!(matches!(
        till.view().notice,
        Some(Notice::StoreTrouble { .. })
    ));
    assert_eq!(till.view().basket.len(), 1);
}

#[test]
fn the_code_type_of_a_scanner_decides_what_digits_are() {
    let mut till = Bench::new();
    till.input(Input::Scan(ScannedCode {
        data: ean(SHIRT).into_bytes(),
        ssi_type: Some(0x0B),
        scanner: "ssi".to_owned(),
    }));
    assert_eq!(till.view().basket.len(), 1);
}

#[test]
fn a_long_code_is_cut_where_it_says_so() {
    let mut till = Bench::new();
    till.scan(&"9".repeat(300));
    let cut = format!("{}…", "9".repeat(80));
    assert!(
        matches!(till.view().notice, Some(Notice::UnknownCode { ref read } | Notice::WrongCode { ref read, .. }) if *read == cut),
        "{:?}",
        till.view().notice
    );
}
