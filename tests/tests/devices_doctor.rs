//! The doctor's look at ports and printers: each finding on a real pseudo-terminal.

use std::sync::Arc;

use terminal_app::peripherals::doctor::{self, Finding};
use terminal_app::peripherals::line::{SerialLine, Settings};
use terminal_app::receipt::Language;
use terminal_app::till::input::PrinterState;
use tests::devices::{LIMIT, PlainScanner, Printer, PrinterKind, ShiftedClock};
use tests::shop::counter::{Counter, gtin, sell};

#[test]
fn a_port_that_is_missing_free_or_in_use() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("scanner");
    let settings = Settings::new(&port, 9_600);
    let missing = doctor::scanner(&settings);
    assert_eq!(missing.finding, Finding::Missing);
    assert!(missing.text(Language::Nl).ends_with("poort bestaat niet"));
    assert!(
        missing
            .cure(Language::En)
            .unwrap()
            .contains("/dev/serial/by-id")
    );
    let _scanner = PlainScanner::plug_in(&port).unwrap();
    assert_eq!(doctor::scanner(&settings).finding, Finding::Opens);
    let _held = SerialLine::open(&settings).unwrap();
    let busy = doctor::scanner(&settings);
    assert_eq!(busy.finding, Finding::Busy);
    assert!(!busy.is_well() && busy.cure(Language::Nl).unwrap().contains("fuser"));
    let ours = doctor::Examined {
        finding: busy.finding.with_till(true),
        ..missing
    };
    assert_eq!(ours.finding, Finding::OurTill);
    assert!(ours.is_well() && ours.cure(Language::Nl).is_none());
    assert!(ours.text(Language::Nl).contains("door de kassa zelf"));
}

#[test]
fn a_printer_says_how_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("printer");
    let printer = Printer::plug_in(&port, PrinterKind::default()).unwrap();
    let settings = Settings::new(&port, 9_600);
    let look = || doctor::printer(&settings, Arc::new(ShiftedClock::default())).finding;
    assert_eq!(look(), Finding::Answers(PrinterState::Ready));
    printer.run_out_of_paper_after(0);
    assert_eq!(look(), Finding::Answers(PrinterState::PaperOut));
    printer.put_paper_in();
    printer.open_cover(true);
    assert_eq!(look(), Finding::Answers(PrinterState::CoverOpen));
    printer.power_off();
    assert_eq!(look(), Finding::Silent);
    assert!(printer.wait(LIMIT, |seen| seen.missed > 0));
    assert_eq!(printer.seen().paper, "", "nothing is printed by looking");
}

#[test]
fn a_file_is_no_port() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings = Settings::new(file.path(), 9_600);
    assert!(matches!(
        doctor::scanner(&settings).finding,
        Finding::Refused(_)
    ));
}

/// The printer belongs to the running till: the doctor asks it how the printer is.
#[test]
fn the_running_till_says_how_its_printer_is() {
    let mut shop = Counter::open(1).unwrap();
    let till = &mut shop.tills[0];
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = port.local_addr().unwrap();
    drop(port);
    till.change_settings(|text| text.replace("127.0.0.1:0", &listen.to_string()))
        .unwrap();
    shop.start().unwrap();
    let till = &mut shop.tills[0];
    till.run(&["sync"], "").unwrap();
    let well = till.run(&["doctor"], "").unwrap();
    assert!(
        well.contains("printer is gereed; wachtende bonnen: 0"),
        "{well}"
    );
    till.printer.run_out_of_paper_after(0);
    sell(till, &[&gtin(0)], "KLR-CASH").unwrap();
    till.wait("the paper is out", |state| {
        state["printer"]["state"] == "paper_out"
    })
    .unwrap();
    let troubled = till.command(&["doctor"]).unwrap().output().unwrap();
    let said = String::from_utf8(troubled.stdout).unwrap();
    assert_eq!(troubled.status.code(), Some(1), "{said}");
    assert!(
        said.contains("!! printer: volgens de kassa die draait: printer heeft geen papier; wachtende bonnen: 1"),
        "{said}"
    );
}
