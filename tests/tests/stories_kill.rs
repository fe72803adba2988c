//! `kill -9` a hundred times: of the till at any moment of a sale, of head office at any moment of a batch. Moments are
//! chosen by what was written, shown, printed or sent, from a seed; never by time.

#![expect(
    clippy::unwrap_used,
    reason = "a story that cannot go on fails where it stands"
)]

use std::process::Stdio;

use retail::ids::ReceiptNumber;
use serde_json::{Value, json};
use tests::demo::check;
use tests::dice::Dice;
use tests::shop::counter::{Counter, basket, gtin, last_receipt, sell, wait_receipt};
use tests::shop::paper::answer_printer;
use tests::shop::play::{Moment, play, scan_line};
use tests::shop::reckoning::everything_once;
use tests::shop::till::Till;
use tests::shop::wire::{Way, Wire};

const KILLS: usize = 100;
const SEED: u64 = 9;

/// When the till dies in a sale.
fn moment(dice: &mut Dice, scans: usize) -> Moment {
    match dice.below(5) {
        0 => Moment::ScanSent(dice.index(scans)),
        1 => Moment::ScanShown(dice.index(scans)),
        2 => Moment::PaySent,
        3 => Moment::Printed(1 + dice.index(400)),
        _ => Moment::PaidShown,
    }
}

/// Starts the till again and waits until it has done everything that was still in its scanner's line.
fn start_again(till: &mut Till) -> Value {
    till.start().unwrap();
    let state = till
        .wait("the scanner is plugged in", |state| {
            state["scanners"][0]["connected"] == true
        })
        .unwrap();
    // Scans come in order: when this one is answered, those before it are done. A payment that was asked for by one of
    // them may still be under way; its answer takes the notice off the screen.
    let before = last_receipt(&state);
    till.scanner.scan("KLR-NOPE").unwrap();
    till.wait("the last of the scans", |state| {
        state["notice"]["read"] == "KLR-NOPE" || last_receipt(state) != before
    })
    .unwrap();
    till.wait("no payment is under way", |state| {
        state["mode"]["mode"] != "paying_card"
    })
    .unwrap();
    till.scanner.scan("KLR-NOPE-2").unwrap();
    till.wait("nothing more is under way", |state| {
        state["notice"]["read"] == "KLR-NOPE-2"
    })
    .unwrap()
}

#[test]
fn a_till_is_killed_a_hundred_times() {
    let mut shop = Counter::open(1).unwrap();
    shop.start().unwrap();
    let till = &mut shop.tills[0];
    let mut dice = Dice::new(SEED);
    let mut sold: Vec<(ReceiptNumber, Vec<String>)> = Vec::new();
    let (mut paid, mut restored, mut noes) = (0, 0, 0);
    for kill in 0..KILLS {
        let scans = 1 + dice.index(4);
        let first = dice.index(50);
        let codes: Vec<String> = (first..first + scans).map(gtin).collect();
        let pay = *dice.pick(&["KLR-CASH", "KLR-CARD"]);
        let moment = moment(&mut dice, scans);
        let seen = play(till, &codes, pay, moment).unwrap();
        till.kill().unwrap();
        let state = start_again(till);
        let here = format!("kill {kill}, {moment:?}, {seen:?}: {state:#}");
        let before = sold.last().map(|(number, _)| *number);
        // A payment of which nobody knows: the cashier looks at the (simulated) terminal, which said no.
        let state = if state["mode"]["mode"] == "payment_unknown" {
            till.press(&json!({ "do": "pin_answer", "answer": "refused" }))
                .unwrap();
            till.wait("the payment is settled", |state| {
                state["mode"]["mode"] == "selling"
            })
            .unwrap()
        } else {
            state
        };
        noes += answer_printer(till).unwrap();
        let on_screen = basket(&state);
        let number = last_receipt(&state);
        if number != before {
            // Paid, whole; not by a scan that never was.
            assert!(seen.pay_sent && on_screen.is_empty(), "{here}");
            assert!(
                seen.receipt.is_none_or(|shown| Some(shown) == number),
                "{here}"
            );
            sold.push((number.unwrap(), codes));
            paid += 1;
            continue;
        }
        assert_eq!(seen.receipt, None, "confirmed, and gone: {here}");
        // Open: the lines that were there, once, in order.
        assert!(codes.starts_with(&on_screen), "{here}");
        assert!(on_screen.len() >= seen.shown, "{here}");
        assert!(on_screen.len() <= seen.sent, "{here}");
        restored += 1;
        for (n, code) in codes.iter().enumerate().skip(on_screen.len()) {
            scan_line(till, code, n + 1).unwrap();
        }
        till.scanner.scan("KLR-CASH").unwrap();
        sold.push((wait_receipt(till, before).unwrap(), codes));
    }
    assert!(
        paid > 10 && restored > 10,
        "both happen: {paid}, {restored}"
    );
    assert_eq!(sold.len(), KILLS);
    for ((number, _), serial) in sold.iter().zip(1..) {
        assert_eq!((number.epoch.get(), number.serial.get()), (1, serial));
    }
    everything_once(&mut shop, &sold, noes).unwrap();
    let pulses = shop.tills[0].printer.seen().pulses.len();
    assert!(pulses <= KILLS, "a pulse is never repeated");
    shop.office.run(&["rebuild", "--check"], "").unwrap();
}

/// Tills reach head office over a line that is cut, with head office killed in that instant, after a chosen byte of a
/// request or an answer.
#[test]
fn head_office_is_killed_a_hundred_times() {
    let mut shop = Counter::open(2).unwrap();
    let line = Wire::lay().unwrap();
    let direct = shop.office.url();
    line.lead_to(direct.trim_start_matches("http://").parse().unwrap());
    for till in &shop.tills {
        till.change_settings(|text| text.replace(&direct, &line.url()))
            .unwrap();
    }
    shop.start().unwrap();
    let mut dice = Dice::new(SEED);
    let mut in_a_batch = 0;
    for kill in 0..KILLS {
        let way = *dice.pick(&[Way::Up, Way::Up, Way::Down]);
        let bytes = match way {
            Way::Up => dice.index(4_000),
            Way::Down => dice.index(1_200),
        };
        let cuts = line.cuts();
        line.kill_after(way, bytes, shop.office.process_id().unwrap());
        let turn = kill % shop.tills.len();
        let article = gtin(dice.index(50));
        sell(&mut shop.tills[turn], &[&article], "KLR-CASH").unwrap();
        // Both tills try at once; what they say of a head office that dies is not of interest here.
        let tries: Vec<_> = shop
            .tills
            .iter()
            .map(|till| {
                let mut command = till.command(&["sync"]).unwrap();
                command.stdout(Stdio::null()).stderr(Stdio::null());
                command.spawn().unwrap()
            })
            .collect();
        for mut tried in tries {
            tried.wait().unwrap();
        }
        in_a_batch += usize::from(line.cuts() > cuts);
        line.disarm();
        shop.office.kill().unwrap();
        shop.office.start().unwrap();
    }
    assert!(in_a_batch > KILLS / 2, "only {in_a_batch} in a request");
    for till in &shop.tills {
        till.run(&["sync"], "").unwrap();
    }
    let sums = check::compare(&shop.office, &shop.tills).unwrap();
    let tills = u64::try_from(shop.tills.len()).unwrap();
    assert_eq!(
        u64::try_from(sums.events).unwrap(),
        u64::try_from(KILLS).unwrap() + tills,
        "a sale a kill, and the first event of every till"
    );
    shop.office.run(&["verify"], "").unwrap();
    shop.office.run(&["rebuild", "--check"], "").unwrap();
    for till in &shop.tills {
        till.run(&["journal", "verify"], "").unwrap();
    }
}

/// Head office dies between keeping a batch and saying so: the till sends it again, and it is there once.
#[test]
fn an_answer_that_is_lost_doubles_nothing() {
    let mut shop = Counter::open(1).unwrap();
    let line = Wire::lay().unwrap();
    let direct = shop.office.url();
    line.lead_to(direct.trim_start_matches("http://").parse().unwrap());
    let till = &mut shop.tills[0];
    sell_without_head_office(till, &direct);
    till.change_settings(|text| text.replace("http://127.0.0.1:9", &line.url()))
        .unwrap();
    // The answer to `heads` passes; the first byte of what comes after it does not, or that of `heads` itself: in either
    // case head office may have done what it was asked, and the till does not hear of it.
    for bytes in [1, 200, 400, 600, 800] {
        line.kill_after(Way::Down, bytes, shop.office.process_id().unwrap());
        let _ = till.command(&["sync"]).unwrap().output().unwrap();
        line.disarm();
        shop.office.kill().unwrap();
        shop.office.start().unwrap();
    }
    assert!(line.cuts() >= 2, "cut {} times", line.cuts());
    till.run(&["sync"], "").unwrap();
    let sums = check::compare(&shop.office, &shop.tills).unwrap();
    assert_eq!(sums.events, 11);
}

fn sell_without_head_office(till: &mut Till, office: &str) {
    till.change_settings(|text| text.replace(office, "http://127.0.0.1:9"))
        .unwrap();
    till.start().unwrap();
    till.log_in(tests::shop::counter::PIN).unwrap();
    for article in 0..10 {
        sell(till, &[&gtin(article)], "KLR-CARD").unwrap();
    }
    till.stop().unwrap();
}
