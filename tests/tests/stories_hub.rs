//! A till whose scanner, printer and drawer hang on the hub: the real image in QEMU, the real till, the real head office.
//! Either side is killed at every step of a sale, and still: nothing is sold that did not beep, nothing twice, no scan that
//! beeped is lost, and every receipt comes out once or is asked about and then comes out as KOPIE.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a story that cannot go on fails where it stands"
)]

use std::sync::atomic::{AtomicU32, Ordering};

use retail::barcode::receipt_code;
use retail::ids::ReceiptNumber;
use serde_json::{Value, json};
use tests::demo::{check, year};
use tests::devices::LIMIT;
use tests::shop::counter::{Counter, basket, gtin, journal, last_receipt, receipts, wait_receipt};
use tests::shop::hub::{one_at_a_time, wait_hub};
use tests::shop::paper::answer_printer;
use tests::shop::play::{Moment, play, scan_line};
use tests::shop::reckoning::everything_once;
use tests::shop::till::Till;

/// The drawer gets its pulse. The coil rests after every start of the hub, and the time of a starved emulator creeps: a
/// cashier who reads that presses the key.
fn open_at_last(till: &mut Till) {
    for _ in 0..100 {
        let state = till
            .wait("the drawer opens, or the screen says why not", |state| {
                state["hub"]["pulses"] != 0 || state["notice"]["notice"] == "hub"
            })
            .unwrap();
        if state["hub"]["pulses"] != 0 {
            assert_eq!(state["hub"]["pulses"], 1);
            return;
        }
        assert_eq!(state["notice"]["event"]["what"], "drawer_resting");
        put_away(till, &state["notice"]);
        till.press(&json!({ "do": "open_drawer" })).unwrap();
    }
    panic!("the drawer never opened");
}

/// Puts a notice away, and waits until it is: who looks again before the till has done it reads the old one once more.
fn put_away(till: &mut Till, notice: &Value) {
    till.press(&json!({ "do": "dismiss_notice" })).unwrap();
    till.wait("the notice is put away", |state| state["notice"] != *notice)
        .unwrap();
}

#[test]
fn a_sale_through_the_hub() {
    let _one = one_at_a_time();
    let mut shop = Counter::open_on_hub().unwrap();
    shop.start().unwrap();
    let till = &mut shop.tills[0];
    let state = wait_hub(till).unwrap();
    assert_eq!(state["hub"]["hub"]["board"], "lm3s6965", "{state:#}");
    assert_eq!(state["hub"]["hub"]["firmware"], env!("CARGO_PKG_VERSION"));
    let before = last_receipt(&state);

    scan_line(till, &gtin(0), 1).unwrap();
    // Nobody has this card yet: the till asks whether he joins.
    till.scanner.scan(&year::card(1)).unwrap();
    till.wait("the card is nobody's", |state| {
        state["notice"]["notice"] == "unknown_card"
    })
    .unwrap();
    scan_line(till, &gtin(1), 2).unwrap();
    till.scanner.scan("KLR-CASH").unwrap();
    let number = wait_receipt(till, before).unwrap();
    till.wait_printed().unwrap();

    let seen = till.printer.seen();
    assert_eq!(seen.cuts, 1, "{}", seen.paper);
    for text in [
        "Wol & Wilg",
        "T-shirt biologisch katoen wit",
        &number.to_string(),
        &receipt_code::encode(number),
    ] {
        assert!(seen.paper.contains(text), "{text}:\n{}", seen.paper);
    }
    assert_eq!(seen.pulses.len(), 0, "the drawer hangs on the hub");
    open_at_last(till);
    let events = journal(till).unwrap();
    assert_eq!(receipts(&events), [(number, vec![gtin(0), gtin(1)])]);
    till.run(&["sync"], "").unwrap();
    let page = till.text("/").unwrap();
    assert!(page.contains("lm3s6965"), "the screen shows the board");
    looked_over(till);
    check::compare(&shop.office, &shop.tills).unwrap();
}

/// What a till that does not run and the one that runs say of the hub.
fn looked_over(till: &mut Till) {
    let version = env!("CARGO_PKG_VERSION");
    let said = till.run(&["doctor"], "").unwrap();
    assert!(
        said.contains("ok hub: ") && said.contains("in gebruik door de kassa zelf"),
        "{said}"
    );
    let said = till.run(&["hub", "update-info"], "").unwrap();
    assert!(
        said.contains("lm3s6965") && said.contains("De hub is bij."),
        "{said}"
    );
    till.stop().unwrap();
    let waiting = till.printer.seen().received;
    let said = till.run(&["doctor"], "").unwrap();
    for text in [
        format!("ok hub: firmware {version} op bord lm3s6965"),
        "ok hub scanner: 0 beschadigde".to_owned(),
        "ok hub printer: printer is gereed".to_owned(),
        "ok hub lade: contact zegt: ".to_owned(),
    ] {
        assert!(said.contains(&text), "{text}: {said}");
    }
    assert!(!said.contains("display"), "this board has none: {said}");
    assert!(till.printer.seen().received > waiting, "it was asked");
    assert_eq!(till.printer.seen().cuts, 1, "and printed nothing");
    till.hub.as_mut().unwrap().power_off();
    let refused = till
        .run(&["hub", "update-info"], "")
        .unwrap_err()
        .to_string();
    assert!(refused.contains("poort bestaat niet"), "{refused}");
    till.hub.as_mut().unwrap().power_on().unwrap();
    let said = till.run(&["hub", "update-info"], "").unwrap();
    assert!(
        said.contains(&format!("Op de hub: firmware {version}, bord lm3s6965")),
        "{said}"
    );
}

/// Behind the hub a printer has the troubles of any printer: paper, power, its cable. Nothing is lost or doubled by them.
#[test]
fn a_printer_behind_the_hub_has_its_troubles() {
    let _one = one_at_a_time();
    let mut shop = Counter::open_on_hub().unwrap();
    shop.start().unwrap();
    let till = &mut shop.tills[0];
    wait_hub(till).unwrap();
    let mut sold = Vec::new();
    let mut sell = |till: &mut Till| {
        let before = last_receipt(&till.state().unwrap());
        let codes = vec![gtin(0), gtin(1)];
        scan_line(till, &codes[0], 1).unwrap();
        scan_line(till, &codes[1], 2).unwrap();
        till.scanner.scan("KLR-CASH").unwrap();
        sold.push((wait_receipt(till, before).unwrap(), codes));
    };
    till.printer.run_out_of_paper_after(9);
    sell(till);
    till.wait("the paper is out", |state| {
        state["printer"]["state"] == "paper_out"
    })
    .unwrap();
    sell(till);
    till.printer.put_paper_in();
    till.wait_printed().unwrap();
    assert_eq!(till.printer.seen().cuts, 2, "went on from where it stood");
    // Its power fails in the middle of a receipt.
    till.printer.lose_power_after(300);
    sell(till);
    assert!(till.printer.wait(LIMIT, |seen| !seen.powered));
    assert!(till.printer.wait(LIMIT, |seen| seen.missed > 0));
    till.printer.power_on();
    let mut noes = answer_printer(till).unwrap();
    // Somebody pulls its cable.
    till.printer.unplug();
    sell(till);
    till.printer.replug();
    noes += answer_printer(till).unwrap();
    assert!(noes >= 1, "half a receipt is no receipt");
    everything_once(&mut shop, &sold, noes).unwrap();
}

/// Which side dies.
#[derive(Clone, Copy, Debug)]
enum Side {
    Hub,
    Till,
    Both,
}

/// Every step of a sale of two articles.
const MOMENTS: [Moment; 9] = [
    Moment::ScanSent(0),
    Moment::ScanShown(0),
    Moment::ScanSent(1),
    Moment::ScanShown(1),
    Moment::PaySent,
    Moment::Printed(30),
    Moment::Printed(330),
    Moment::Printed(650),
    Moment::PaidShown,
];

fn kill(till: &mut Till, side: Side) {
    if matches!(side, Side::Hub | Side::Both) {
        till.hub.as_mut().unwrap().power_off();
    }
    if matches!(side, Side::Till | Side::Both) {
        till.kill().unwrap();
    }
}

/// Markers that were scanned.
static MARKERS: AtomicU32 = AtomicU32::new(0);

/// Starts again whatever was killed, and waits until everything that was scanned before is through. The cashier reads of
/// scans that were perhaps not heard; their codes are in the answer.
fn start_again(till: &mut Till) -> (Value, Vec<String>) {
    till.hub.as_mut().unwrap().power_on().unwrap();
    if !till.is_running() {
        till.start().unwrap();
    }
    wait_hub(till).unwrap();
    let mut unheard = Vec::new();
    // Scans come in order: when this one is answered, those before it are done. News of the drawer may take its message
    // off the screen before anybody has looked. A marker is used once: an old message is no answer.
    for _ in 0..100 {
        let marker = format!("KLR-NOPE-{}", MARKERS.fetch_add(1, Ordering::Relaxed));
        till.scanner.scan(&marker).unwrap();
        let state = till
            .wait("the last of the scans", |state| {
                state["notice"]["read"] == marker.as_str()
                    || state["notice"]["notice"] == "hub"
                    || !state["hub"]["unheard"].is_null()
            })
            .unwrap();
        let asked = state["hub"]["unheard"].clone();
        if !asked.is_null() {
            unheard.push(asked["read"].as_str().unwrap().to_owned());
            till.press(&json!({ "do": "unheard_read", "scan": asked["scan"] }))
                .unwrap();
            till.wait("the cashier has read it", |state| {
                state["hub"]["unheard"] != asked
            })
            .unwrap();
            continue;
        }
        if state["notice"]["read"] == marker.as_str() {
            return (state, unheard);
        }
        put_away(till, &state["notice"]);
    }
    panic!(
        "the till has always other news: {:#}",
        till.state().unwrap()
    )
}

#[test]
fn either_side_is_killed_at_every_step_of_a_sale() {
    let _one = one_at_a_time();
    let mut shop = Counter::open_on_hub().unwrap();
    shop.start().unwrap();
    let till = &mut shop.tills[0];
    wait_hub(till).unwrap();
    let mut sold: Vec<(ReceiptNumber, Vec<String>)> = Vec::new();
    let mut noes = 0;
    let mut first = 0;
    for moment in MOMENTS {
        for side in [Side::Hub, Side::Till, Side::Both] {
            let codes: Vec<String> = (first..first + 2).map(|n| gtin(n % 50)).collect();
            first += 2;
            let seen = play(till, &codes, "KLR-CASH", moment).unwrap();
            kill(till, side);
            let (state, unheard) = start_again(till);
            let here = format!("{moment:?} {side:?} {seen:?}, unheard {unheard:?}: {state:#}");
            noes += answer_printer(till).unwrap();
            let before = sold.last().map(|(number, _)| *number);
            let on_screen = basket(&state);
            let number = last_receipt(&state);
            if number != before {
                // Paid, whole, by a scan that was heard.
                assert!(seen.pay_sent && on_screen.is_empty(), "{here}");
                let shown = seen.receipt;
                assert!(shown.is_none_or(|shown| Some(shown) == number), "{here}");
                assert!(unheard.is_empty(), "{here}");
                sold.push((number.unwrap(), codes));
                continue;
            }
            assert_eq!(seen.receipt, None, "confirmed, and gone: {here}");
            // The lines that were shown, once, in order; of the scan under way nobody promised anything.
            assert!(codes.starts_with(&on_screen), "{here}");
            assert!(on_screen.len() >= seen.shown, "{here}");
            assert!(on_screen.len() <= seen.sent, "{here}");
            // What is shown as unheard is not sold.
            assert!(
                unheard.iter().all(|code| !on_screen.contains(code)),
                "{here}"
            );
            // A person scans again what has no line.
            for (n, code) in codes.iter().enumerate().skip(on_screen.len()) {
                scan_line(till, code, n + 1).unwrap();
            }
            till.scanner.scan("KLR-CASH").unwrap();
            sold.push((wait_receipt(till, before).unwrap(), codes));
        }
    }
    everything_once(&mut shop, &sold, noes).unwrap();
}
