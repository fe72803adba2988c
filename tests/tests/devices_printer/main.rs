//! The print spooler against a printer on a real pseudo-terminal that suffers what printers suffer: no receipt is lost
//! in silence, none is printed twice by itself, and the drawer never opens late.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod bench;

use bench::*;

use terminal_app::peripherals::printer::JobNumber;
use terminal_app::receipt::decode;
use terminal_app::till::input::PrinterState;
use tests::devices::{LIMIT, PrinterKind, Pulse};

#[test]
fn a_receipt_is_printed_and_confirmed() {
    for (profile, kind) in [
        ("epson-80", PrinterKind::default()),
        // A clone under the profile of the original: its answer to GS r has to do.
        (
            "epson-80",
            PrinterKind {
                process_ids: false,
                ..PrinterKind::default()
            },
        ),
        (
            "epson-80",
            PrinterKind {
                paper_status: false,
                ..PrinterKind::default()
            },
        ),
        (
            "generic-80",
            PrinterKind {
                process_ids: false,
                columns: 48,
                ..PrinterKind::default()
            },
        ),
        (
            "epson-58",
            PrinterKind {
                columns: 32,
                ..PrinterKind::default()
            },
        ),
    ] {
        let counter = Counter::new(profile);
        let printer = counter.printer(kind);
        let (spooler, news) = counter.start();
        news.wait_state(PrinterState::Ready);
        let (first, first_text) = counter.receipt(41);
        let (second, second_text) = counter.receipt(42);
        counter.queue.put(1, &first);
        counter.queue.put(2, &second);
        spooler.wake();
        counter.queue.wait(1, State::Printed);
        counter.queue.wait(2, State::Printed);
        assert_eq!(printer.seen().paper, first_text + &second_text);
        news.wait("an empty queue", |status| status.queue == 0);
    }
}

#[test]
fn a_receipt_number_never_commands_the_printer() {
    // Its barcode holds the pairs 16, 04, 01: DLE EOT 1 when written as bytes of code set C.
    let counter = Counter::new("epson-80");
    let printer = counter.printer(PrinterKind::default());
    let (_spooler, _news) = counter.start();
    let (bytes, text) = counter.receipt(160_401);
    assert!(text.contains("||| 001010160401"), "{text}");
    counter.queue.put(1, &bytes);
    counter.queue.wait(1, State::Printed);
    assert_eq!(printer.seen().paper, text);
}

#[test]
fn out_of_paper_in_the_middle_and_back() {
    for profile in ["epson-80", "generic-80"] {
        let counter = Counter::new(profile);
        let printer = counter.printer(PrinterKind {
            columns: counter.profile.columns,
            ..PrinterKind::default()
        });
        let (spooler, news) = counter.start();
        let (bytes, text) = counter.receipt(7);
        printer.run_out_of_paper_after(9);
        counter.queue.put(1, &bytes);
        spooler.wake();
        news.wait("no paper", |status| {
            status.state == PrinterState::PaperOut && status.queue == 1
        });
        assert_eq!(counter.queue.state(1), State::Sending);
        printer.put_paper_in();
        counter.queue.wait(1, State::Printed);
        assert_eq!(printer.seen().paper, text, "goes on where it was");
    }
}

#[test]
fn an_open_cover_waits_and_little_paper_does_not() {
    let counter = Counter::new("epson-80");
    let printer = counter.printer(PrinterKind::default());
    printer.open_cover(true);
    let (spooler, news) = counter.start();
    let (bytes, text) = counter.receipt(7);
    counter.queue.put(1, &bytes);
    spooler.wake();
    news.wait_state(PrinterState::CoverOpen);
    assert_eq!(counter.queue.state(1), State::Queued);
    printer.paper_low();
    printer.open_cover(false);
    counter.queue.wait(1, State::Printed);
    news.wait_state(PrinterState::PaperLow);
    assert_eq!(printer.seen().paper, text);
}

#[test]
fn a_printer_that_is_off_or_missing_keeps_the_queue_waiting() {
    let counter = Counter::new("epson-80");
    let (spooler, news) = counter.start();
    news.wait_state(PrinterState::Missing);
    let (bytes, text) = counter.receipt(7);
    counter.queue.put(1, &bytes);
    spooler.wake();
    news.wait("one waiting", |status| status.queue == 1);
    let printer = counter.printer(PrinterKind::default());
    counter.queue.wait(1, State::Printed);
    printer.power_off();
    news.wait_state(PrinterState::Offline);
    counter.queue.put(2, &bytes);
    spooler.wake();
    news.wait("one waiting", |status| status.queue == 1);
    printer.power_on();
    counter.queue.wait(2, State::Printed);
    printer.unplug();
    news.wait_state(PrinterState::Missing);
    counter.queue.put(3, &bytes);
    printer.replug();
    counter.queue.wait(3, State::Printed);
    assert_eq!(printer.seen().paper, text.repeat(3));
}

/// The power fails in the middle of a receipt; the cashier is asked, and wants a copy.
fn power_lost_in_the_middle(back_at_once: bool) {
    let mut counter = Counter::new("epson-80");
    counter.patience.silent_ms = 2_500;
    let printer = counter.printer(PrinterKind::default());
    let (spooler, news) = counter.start();
    let (bytes, text) = counter.receipt(7);
    printer.lose_power_after(500);
    counter.queue.put(1, &bytes);
    spooler.wake();
    assert!(printer.wait(LIMIT, |seen| !seen.powered && seen.missed > 0));
    if back_at_once {
        printer.power_on();
    }
    let asks = news
        .wait("a question", |status| status.asks.is_some())
        .asks
        .unwrap();
    assert_eq!((asks.job, asks.receipt.serial.get()), (1, 1));
    assert_eq!(counter.queue.state(1), State::Unknown);
    if !back_at_once {
        printer.power_on();
    }
    // The sale goes on: another receipt is printed whole, and the torso is cut off before it.
    let (next, next_text) = counter.receipt(8);
    counter.queue.put(2, &next);
    spooler.wake();
    counter.queue.wait(2, State::Printed);
    let copy = receipt_bytes(7, &counter.profile, true);
    counter.queue.put(3, &copy);
    spooler.wake();
    counter.queue.wait(3, State::Printed);
    assert_eq!(
        counter.queue.state(1),
        State::Unknown,
        "only the cashier decides"
    );
    let paper = printer.seen().paper;
    let pieces: Vec<&str> = paper.split_inclusive("~~~\n").collect();
    assert_eq!(pieces.len(), 3, "{paper}");
    assert!(text.starts_with(pieces[0].trim_end_matches("~~~\n").trim_end()));
    assert_eq!(pieces[1], next_text);
    assert_eq!(pieces[2], decode::to_text(&copy, 42));
    assert!(pieces[2].contains("KOPIE"));
}

#[test]
fn power_lost_in_the_middle_of_a_receipt() {
    power_lost_in_the_middle(false);
}

#[test]
fn power_lost_for_a_moment_is_noticed_too() {
    power_lost_in_the_middle(true);
}

#[test]
fn a_printer_that_goes_off_before_the_first_byte_is_not_asked_about() {
    let mut counter = Counter::new("epson-80");
    counter.patience.silent_ms = 1_500;
    let (spooler, news) = counter.start();
    let (bytes, text) = counter.receipt(7);
    counter.queue.put(1, &bytes);
    spooler.wake();
    news.wait("one waiting", |status| status.queue == 1);
    // It answers the four questions, and no more.
    let printer = counter.printer_behind(PrinterKind::default(), |printer| {
        printer.lose_power_after(12);
    });
    assert!(printer.wait(LIMIT, |seen| !seen.powered && seen.missed > 0));
    news.wait_state(PrinterState::Offline);
    counter.clock.advance_ms(2_000);
    let missed = printer.seen().missed;
    assert!(printer.wait(LIMIT, |seen| seen.missed > missed));
    printer.power_on();
    assert_eq!(counter.queue.wait_decided(1), State::Printed);
    assert_eq!(printer.seen().paper, text);
}

#[test]
fn a_name_that_leads_to_another_printer_is_followed() {
    let counter = Counter::new("epson-80");
    let old = counter.printer_behind(PrinterKind::default(), |_| ());
    let (spooler, news) = counter.start();
    news.wait_state(PrinterState::Ready);
    old.power_off();
    news.wait_state(PrinterState::Offline);
    // The old port is held by the printer that is off, and stays silent.
    let new = counter.other_printer(PrinterKind::default());
    let (bytes, text) = counter.receipt(7);
    counter.queue.put(1, &bytes);
    spooler.wake();
    counter.queue.wait(1, State::Printed);
    assert_eq!(new.seen().paper, text);
    assert_eq!(old.seen().paper, "");
}

#[test]
fn a_cable_pulled_in_the_middle_of_a_receipt() {
    let counter = Counter::new("epson-80");
    let printer = counter.printer(PrinterKind::default());
    let (spooler, news) = counter.start();
    let (bytes, _) = counter.receipt(7);
    printer.unplug_after(600);
    counter.queue.put(1, &bytes);
    spooler.wake();
    news.wait("a question", |status| {
        status.state == PrinterState::Missing && status.asks.is_some()
    });
    counter.queue.wait(1, State::Unknown);
    printer.replug();
    let (next, next_text) = counter.receipt(8);
    counter.queue.put(2, &next);
    spooler.wake();
    counter.queue.wait(2, State::Printed);
    assert!(printer.seen().paper.ends_with(&next_text));
}

/// Wherever the power fails: the receipt is printed and known to be, or it is asked about. Never anything else.
#[test]
fn power_lost_at_any_byte() {
    std::thread::scope(|scope| {
        let whole = Counter::new("epson-80").receipt(7).0.len();
        for at in (1..whole + 120).step_by(whole / 14) {
            scope.spawn(move || {
                let mut counter = Counter::new("epson-80");
                counter.patience.silent_ms = 2_500;
                counter.patience.finish_ms = 5_000;
                let printer = counter.printer(PrinterKind::default());
                let (spooler, news) = counter.start();
                news.wait_state(PrinterState::Ready);
                let (bytes, text) = counter.receipt(7);
                printer.lose_power_after(at);
                counter.queue.put(1, &bytes);
                spooler.wake();
                assert!(printer.wait(LIMIT, |seen| !seen.powered && seen.missed > 0));
                printer.power_on();
                let state = counter.queue.wait_decided(1);
                let paper = printer.seen().paper;
                let copies = paper.matches(&text).count();
                match state {
                    State::Printed => assert_eq!(copies, 1, "at {at}: {paper}"),
                    _ => assert!(copies <= 1, "at {at}: {paper}"),
                }
            });
        }
    });
}

#[test]
fn a_printer_that_holds_the_line_for_a_while_loses_nothing() {
    let counter = Counter::new("epson-80");
    let printer = counter.printer(PrinterKind::default());
    let (spooler, news) = counter.start();
    news.wait_state(PrinterState::Ready);
    let (bytes, text) = counter.receipt(7);
    printer.stall(true);
    counter.queue.put(1, &bytes);
    spooler.wake();
    news.wait_state(PrinterState::Offline);
    printer.stall(false);
    counter.queue.wait(1, State::Printed);
    assert_eq!(printer.seen().paper, text);
}

#[test]
fn a_late_answer_to_an_earlier_receipt_confirms_nothing() {
    let mut counter = Counter::new("generic-80");
    counter.patience.silent_ms = 1_500;
    let printer = counter.printer(PrinterKind {
        columns: 48,
        process_ids: false,
        ..PrinterKind::default()
    });
    let (spooler, news) = counter.start();
    news.wait_state(PrinterState::Ready);
    // The printer holds the line at the end of a receipt, until the till has given it up.
    let (bytes, text) = counter.receipt(7);
    printer.stall_after(bytes.len() - 2);
    counter.queue.put(1, &bytes);
    spooler.wake();
    counter.queue.wait(1, State::Unknown);
    // It takes up again what it had, and answers for it: that is not the end of the next receipt.
    let (next, next_text) = counter.receipt(8);
    printer.stall(false);
    counter.queue.put(2, &next);
    spooler.wake();
    counter.queue.wait(2, State::Printed);
    let paper = printer.seen().paper;
    assert_eq!(paper.matches(&text).count(), 1, "{paper}");
    assert!(paper.ends_with(&next_text), "{paper}");
}

#[test]
fn a_printer_that_never_confirms_is_asked_about() {
    let mut counter = Counter::new("epson-80");
    counter.patience.finish_ms = 500;
    let _printer = counter.printer(PrinterKind {
        process_ids: false,
        paper_status: false,
        ..PrinterKind::default()
    });
    let (_spooler, news) = counter.start();
    counter.queue.put(1, &counter.receipt(7).0);
    news.wait("a question", |status| status.asks.is_some());
    assert_eq!(counter.queue.state(1), State::Unknown);
}

#[test]
fn a_till_that_stopped_in_the_middle_asks_about_the_receipt() {
    let counter = Counter::new("epson-80");
    let printer = counter.printer(PrinterKind::default());
    counter.queue.put(1, &counter.receipt(7).0);
    counter.queue.set(JobNumber(1), State::Sending);
    let (_spooler, news) = counter.start();
    news.wait("a question", |status| {
        status.asks.is_some_and(|asks| asks.job == 1)
    });
    assert_eq!(printer.seen().paper, "", "nothing is sent again by itself");
}

#[test]
fn a_till_that_is_stopped_finishes_the_receipt() {
    let counter = Counter::new("epson-80");
    let printer = counter.printer(PrinterKind::default());
    let (spooler, news) = counter.start();
    let (bytes, text) = counter.receipt(7);
    counter.queue.put(1, &bytes);
    spooler.wake();
    news.wait("one waiting", |status| status.queue == 1);
    counter.queue.wait_begun(1);
    drop(news);
    drop(spooler);
    assert_eq!(counter.queue.state(1), State::Printed);
    assert_eq!(printer.seen().paper, text);
}

#[test]
fn a_full_disk_in_the_middle_of_a_receipt_neither_loses_nor_doubles_it() {
    let counter = Counter::new("epson-80");
    let printer = counter.printer(PrinterKind::default());
    let (spooler, news) = counter.start();
    news.wait_state(PrinterState::Ready);
    let (first, first_text) = counter.receipt(7);
    let (second, second_text) = counter.receipt(8);
    // Room to say that it is being sent; none for how far it is when the paper ends, nor for its end.
    counter.queue.full_after(1);
    printer.run_out_of_paper_after(9);
    counter.queue.put(1, &first);
    counter.queue.put(2, &second);
    spooler.wake();
    news.wait_state(PrinterState::PaperOut);
    printer.put_paper_in();
    assert!(printer.wait(LIMIT, |seen| seen.paper == first_text));
    counter.queue.wait_refused();
    assert_eq!(counter.queue.state(1), State::Sending);
    counter.queue.make_room();
    counter.queue.wait(1, State::Printed);
    counter.queue.wait(2, State::Printed);
    assert_eq!(printer.seen().paper, first_text + &second_text);
}

#[test]
fn a_full_disk_never_hides_that_a_receipt_is_in_doubt() {
    let counter = Counter::new("epson-80");
    let printer = counter.printer(PrinterKind::default());
    let (spooler, news) = counter.start();
    news.wait_state(PrinterState::Ready);
    counter.queue.full_after(1);
    printer.unplug_after(600);
    counter.queue.put(1, &counter.receipt(7).0);
    spooler.wake();
    counter.queue.wait_refused();
    printer.replug();
    counter.queue.make_room();
    news.wait("a question", |status| {
        status.asks.is_some_and(|asks| asks.job == 1)
    });
    let (next, next_text) = counter.receipt(8);
    counter.queue.put(2, &next);
    spooler.wake();
    counter.queue.wait(2, State::Printed);
    assert!(
        printer.seen().paper.ends_with(&format!("~~~\n{next_text}")),
        "the torso is cut off"
    );
}

#[test]
fn a_till_that_starts_on_a_full_disk_asks_when_there_is_room() {
    let counter = Counter::new("epson-80");
    let printer = counter.printer(PrinterKind::default());
    counter.queue.put(1, &counter.receipt(7).0);
    counter.queue.set(JobNumber(1), State::Sending);
    counter.queue.put(2, &counter.receipt(8).0);
    counter.queue.full_after(0);
    let (_spooler, news) = counter.start();
    counter.queue.wait_refused();
    assert_eq!(
        printer.seen().paper,
        "",
        "nothing behind a receipt in doubt"
    );
    counter.queue.make_room();
    news.wait("a question", |status| {
        status.asks.is_some_and(|asks| asks.job == 1)
    });
    counter.queue.wait(2, State::Printed);
    let next_text = counter.receipt(8).1;
    assert!(
        printer.seen().paper.ends_with(&format!("~~~\n{next_text}")),
        "what the printer still had is cut off"
    );
}

#[test]
fn the_drawer_opens_once_and_never_late() {
    let counter = Counter::new("epson-80");
    let printer = counter.printer(PrinterKind::default());
    let (spooler, news) = counter.start();
    news.wait_state(PrinterState::Ready);
    spooler.open_drawer();
    assert!(printer.wait(LIMIT, |seen| seen.pulses == [Pulse::RealTime]));
    // Change must be given without paper as well.
    printer.run_out_of_paper_after(0);
    news.wait_state(PrinterState::PaperOut);
    spooler.open_drawer();
    assert!(printer.wait(LIMIT, |seen| seen.pulses.len() == 2));
    printer.put_paper_in();
    news.wait_state(PrinterState::Ready);
    printer.power_off();
    news.wait_state(PrinterState::Offline);
    spooler.open_drawer();
    counter.clock.advance_ms(10_001);
    news.wait_shut();
    printer.power_on();
    news.wait_state(PrinterState::Ready);
    let questions = printer.seen().questions;
    assert!(printer.wait(LIMIT, |seen| seen.questions > questions + 8));
    assert_eq!(printer.seen().pulses.len(), 2, "it stays shut");
}

#[test]
fn a_queued_pulse_waits_for_the_printer_and_is_forgotten() {
    let counter = Counter::new("generic-80");
    let printer = counter.printer(PrinterKind {
        process_ids: false,
        ..PrinterKind::default()
    });
    let (spooler, news) = counter.start();
    news.wait_state(PrinterState::Ready);
    spooler.open_drawer();
    assert!(printer.wait(LIMIT, |seen| seen.pulses == [Pulse::Queued]));
    printer.run_out_of_paper_after(0);
    news.wait_state(PrinterState::PaperOut);
    spooler.open_drawer();
    let questions = printer.seen().questions;
    assert!(printer.wait(LIMIT, |seen| seen.questions > questions + 8));
    counter.clock.advance_ms(10_001);
    news.wait_shut();
    printer.put_paper_in();
    news.wait_state(PrinterState::Ready);
    let questions = printer.seen().questions;
    assert!(printer.wait(LIMIT, |seen| seen.questions > questions + 8));
    assert_eq!(printer.seen().pulses.len(), 1, "it stays shut");
}

#[test]
fn a_drawer_on_a_printer_that_is_not_there_is_said_to_stay_shut() {
    let counter = Counter::new("epson-80");
    let (spooler, news) = counter.start();
    news.wait_state(PrinterState::Missing);
    spooler.open_drawer();
    counter.clock.advance_ms(10_001);
    news.wait_shut();
}
