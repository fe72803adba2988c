//! The hub at its worst hours, with the real image in QEMU, the real till and the real head office: ten thousand scans as
//! fast as they are taken while receipts print, and garbage on every port for a minute. Nothing is lost, nothing is sold
//! that was not scanned, nothing restarts.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a story that cannot go on fails where it stands"
)]

use retail::ids::{ReceiptNumber, ReceiptSerial};
use serde_json::{Value, json};
use tests::devices::HubPort;
use tests::dice::Dice;
use tests::shop::counter::{Counter, basket, gtin, last_receipt, wait_receipt};
use tests::shop::hub::{one_at_a_time, wait_hub};
use tests::shop::paper::answer_printer;
use tests::shop::play::scan_line;
use tests::shop::reckoning::everything_once;
use tests::shop::till::Till;

const SCANS: usize = 10_000;
/// Scans of a sale: articles, and the code that pays.
const SALE: usize = 250;
/// Articles of the sample catalogue that have a price.
const ARTICLES: usize = 50;
/// Scans that are under way at most: fewer than the hub can keep.
const UNDER_WAY: usize = 100;

/// A tenth of a second at the baud rates of the ports, ten bits a byte; a minute has 600 of them.
const SLOW_PORT: usize = 9_600 / 100;
const LINK: usize = 115_200 / 100;
const TENTHS: usize = 600;

/// What sale `number` consists of: another order every time.
fn articles(number: usize) -> Vec<String> {
    (0..SALE - 1)
        .map(|place| gtin((number + place) % ARTICLES))
        .collect()
}

/// Scans that were worked off, as the screen shows it; receipts of this till are numbered without gaps.
fn worked_off(state: &Value) -> usize {
    let sales =
        last_receipt(state).map_or(0, |number| usize::try_from(number.serial.get()).unwrap());
    sales * SALE + basket(state).len()
}

#[test]
fn ten_thousand_scans_at_full_speed_while_receipts_print() {
    let _one = one_at_a_time();
    let mut shop = Counter::open_on_hub().unwrap();
    shop.start().unwrap();
    let till = &mut shop.tills[0];
    wait_hub(till).unwrap();
    let mut sent = 0;
    for sale in 0..SCANS / SALE {
        let mut codes = articles(sale);
        codes.push("KLR-CASH".to_owned());
        for code in codes {
            till.scanner.scan(&code).unwrap();
            sent += 1;
            if sent % (UNDER_WAY / 2) == 0 {
                till.wait("the till keeps up", |state| {
                    worked_off(state) + UNDER_WAY / 2 >= sent
                })
                .unwrap();
            }
        }
    }
    let printed_meanwhile = till.printer.seen().cuts;
    assert!(printed_meanwhile > 2, "only {printed_meanwhile} receipts");
    let state = till
        .wait("all of it is worked off", |state| worked_off(state) == sent)
        .unwrap();
    assert_eq!(sent, SCANS);
    assert_eq!(state["hub"]["scans_lost"], 0, "{state:#}");
    assert_eq!(state["hub"]["scanner_errors"], 0, "{state:#}");
    assert_eq!(state["hub"]["overruns"], 0, "{state:#}");
    assert_eq!(state["hub"]["hub"]["started"], "power_on", "{state:#}");
    let last = last_receipt(&state).unwrap();
    let sold: Vec<(ReceiptNumber, Vec<String>)> = (1..)
        .zip(0..SCANS / SALE)
        .map(|(serial, sale)| {
            let serial = ReceiptSerial::new(serial).unwrap();
            (ReceiptNumber { serial, ..last }, articles(sale))
        })
        .collect();
    everything_once(&mut shop, &sold, 0).unwrap();
}

/// A tenth of a second of garbage on every port, both ways where the till listens itself.
fn disturb(till: &Till, dice: &mut Dice) {
    let mut garbage =
        |len: usize| -> Vec<u8> { (0..len).map(|_| dice.bits().to_be_bytes()[0]).collect() };
    let hub = till.hub.as_ref().unwrap();
    hub.disturb(HubPort::Scanner, &garbage(SLOW_PORT), &[])
        .unwrap();
    hub.disturb(HubPort::Printer, &garbage(SLOW_PORT), &[])
        .unwrap();
    hub.disturb(HubPort::Link, &garbage(LINK), &garbage(LINK))
        .unwrap();
}

/// Scans until the line is there. The garbage may have ended within a frame that swallows what follows it at once: then
/// nobody hears the first of these, and the next is a frame of its own.
fn scan_at_last(till: &mut Till, code: &str, lines: usize) {
    for round in 0..3 {
        // Scans come in order: when this one is answered, those before it are done.
        let marker = format!("KLR-NOPE-{round}");
        till.scanner.scan(code).unwrap();
        till.scanner.scan(&marker).unwrap();
        let heard = till.wait_a_while("the till hears the scanner", |state| {
            state["notice"]["read"] == marker.as_str() || basket(state).len() == lines
        });
        match heard {
            Ok(state) if basket(&state).len() == lines => return,
            Ok(_) => {}
            Err(error) => assert!(round == 0, "{error:#}"),
        }
    }
    panic!("no line: {:#}", till.state().unwrap());
}

#[test]
fn garbage_on_every_port_for_a_minute() {
    let _one = one_at_a_time();
    let mut shop = Counter::open_on_hub().unwrap();
    shop.start().unwrap();
    let till = &mut shop.tills[0];
    till.hub.as_mut().unwrap().tap_link().unwrap();
    wait_hub(till).unwrap();
    scan_line(till, &gtin(0), 1).unwrap();
    scan_line(till, &gtin(1), 2).unwrap();
    let mut dice = Dice::new(60);
    for _ in 0..TENTHS {
        disturb(till, &mut dice);
    }
    // The cables are good again: the hub is there, the basket is what it was, and the sale goes on.
    let state = wait_hub(till).unwrap();
    assert_eq!(basket(&state), [gtin(0), gtin(1)], "{state:#}");
    assert_eq!(state["hub"]["pulses"], 0, "{state:#}");
    assert_eq!(last_receipt(&state), None, "{state:#}");
    scan_at_last(till, &gtin(2), 3);
    till.wait("the printer is ready again", |state| {
        state["printer"]["state"] == "ready"
    })
    .unwrap();
    till.scanner.scan("KLR-CASH").unwrap();
    let number = wait_receipt(till, None).unwrap();
    // A printer that seemed to say "full" may be believed until the till gives up: then it asks, and the no is a copy.
    let noes = answer_printer(till).unwrap();
    assert!(noes <= 1, "asked {noes} times");
    let state = till
        .wait("the drawer opens", |state| state["hub"]["pulses"] == 1)
        .unwrap();
    assert_eq!(state["hub"]["hub"]["started"], "power_on", "{state:#}");
    assert!(
        state["hub"]["link_errors"].as_u64().unwrap() > 0,
        "heard it"
    );
    till.press(&json!({ "do": "dismiss_notice" })).unwrap();
    let sold = [(number, vec![gtin(0), gtin(1), gtin(2)])];
    everything_once(&mut shop, &sold, noes).unwrap();
}
