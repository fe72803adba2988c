//! Scanner threads against scanners on real pseudo-terminals: every scan arrives once, whole and in order, however its
//! bytes come in and however often the cable is pulled.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use terminal_app::config::ScannerProtocol as Protocol;
use terminal_app::peripherals::line;
use terminal_app::peripherals::scanner::{Scanner, Settings};
use terminal_app::till::input::{Input, ScanDamage};
use tests::devices::{Delivery, EAN_13, LIMIT, PlainScanner, ShiftedClock, SsiScanner, packet};

/// How long a simulated SSI scanner waits for its ACK: long, so that a busy machine is not taken for a lost ACK.
const PATIENT: Duration = Duration::from_secs(20);

fn start(port: &Path, protocol: Protocol, room: usize) -> (Scanner, Receiver<Input>) {
    start_at(port, protocol, room, &Arc::default())
}

fn start_at(
    port: &Path,
    protocol: Protocol,
    room: usize,
    clock: &Arc<ShiftedClock>,
) -> (Scanner, Receiver<Input>) {
    let (inputs, received) = sync_channel(room);
    let settings = Settings {
        name: "balie".to_owned(),
        line: line::Settings::new(port, 9_600),
        protocol,
    };
    let clock = Arc::clone(clock);
    let scanner = Scanner::start(settings, inputs, clock);
    (scanner.unwrap(), received)
}

#[track_caller]
fn next_scan(received: &Receiver<Input>) -> (String, Option<u8>) {
    loop {
        match received.recv_timeout(LIMIT).expect("a scan") {
            Input::Scan(code) => {
                assert_eq!(code.scanner, "balie");
                return (String::from_utf8(code.data).unwrap(), code.ssi_type);
            }
            Input::Scanner(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[track_caller]
fn wait_connected(received: &Receiver<Input>, connected: bool) {
    loop {
        match received.recv_timeout(LIMIT).expect("news of the scanner") {
            Input::Scanner(status) if status.connected == connected => return,
            // Half a code that went with the cable is told, if its bytes were still read.
            Input::Scanner(_) | Input::DamagedScan(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[track_caller]
fn check(received: &Receiver<Input>, codes: &[&str]) {
    for code in codes {
        assert_eq!(next_scan(received).0, *code);
    }
}

/// Asserts that nothing was sent beside what a marker scan brings: scans are in order.
#[track_caller]
fn nothing_but(received: &Receiver<Input>, scanner: &mut PlainScanner) {
    scanner.scan("marker").unwrap();
    check(received, &["marker"]);
}

#[test]
fn a_frame_split_at_every_byte() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("scanner");
    let mut scanner = PlainScanner::plug_in(&port).unwrap();
    let (_thread, received) = start(&port, Protocol::Plain, 64);
    wait_connected(&received, true);
    let frame = b"]E08712345678906\r\n";
    for cut in 1..frame.len() {
        let (head, tail) = frame.split_at(cut);
        scanner.send(head).unwrap();
        scanner.send(tail).unwrap();
        check(&received, &["]E08712345678906"]);
    }
    nothing_but(&received, &mut scanner);
}

#[test]
fn two_scans_in_one_read_are_two_scans() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("scanner");
    let mut scanner = PlainScanner::plug_in(&port).unwrap();
    let (_thread, received) = start(&port, Protocol::Plain, 64);
    wait_connected(&received, true);
    scanner
        .send(b"8712345678906\r\n8712345678906\r\nKLR-CASH\r\n")
        .unwrap();
    check(&received, &["8712345678906", "8712345678906", "KLR-CASH"]);
    nothing_but(&received, &mut scanner);
}

#[test]
fn a_scanner_that_is_not_there_yet() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("scanner");
    let (_thread, received) = start(&port, Protocol::Plain, 64);
    wait_connected(&received, false);
    let mut scanner = PlainScanner::plug_in(&port).unwrap();
    wait_connected(&received, true);
    scanner.scan("8712345678906").unwrap();
    check(&received, &["8712345678906"]);
}

#[track_caller]
fn next_damage(received: &Receiver<Input>) -> (ScanDamage, Vec<u8>) {
    loop {
        match received.recv_timeout(LIMIT).expect("news of damage") {
            Input::DamagedScan(scan) => {
                assert_eq!(scan.scanner, "balie");
                return (scan.damage, scan.read);
            }
            Input::Scanner(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_is_damaged_on_the_way_is_told_and_the_next_code_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("scanner");
    let mut scanner = PlainScanner::plug_in(&port).unwrap();
    let (_thread, received) = start(&port, Protocol::Plain, 64);
    wait_connected(&received, true);
    // No suffix: the line falls silent.
    scanner.send(b"87123").unwrap();
    assert_eq!(
        next_damage(&received),
        (ScanDamage::CutOff, b"87123".to_vec())
    );
    // STX data, and another STX before its ETX.
    scanner.send(b"\x0287123\x028712345678906\x03").unwrap();
    assert_eq!(next_damage(&received).0, ScanDamage::Noise);
    check(&received, &["8712345678906"]);
    // Longer than any code: the beginning is told, the rest is skipped to its suffix.
    scanner.scan(&"7".repeat(1_500)).unwrap();
    let (damage, read) = next_damage(&received);
    assert_eq!(damage, ScanDamage::TooLong);
    assert_eq!(read, b"7".repeat(128));
    scanner.scan("8712345678906").unwrap();
    check(&received, &["8712345678906"]);
}

#[test]
fn a_damaged_packet_that_does_not_come_again_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("scanner");
    let mut scanner = SsiScanner::plug_in(&port, PATIENT).unwrap();
    let (_thread, received) = start(&port, Protocol::Ssi, 64);
    wait_connected(&received, true);
    let mut damaged = packet(EAN_13, b"8712345678906", false).unwrap();
    damaged[7] ^= 0x04;
    scanner.send(&damaged).unwrap();
    assert!(!scanner.is_acknowledged().unwrap(), "NAK");
    assert_eq!(next_damage(&received), (ScanDamage::Noise, damaged));
}

#[test]
fn unplugged_and_plugged_in_again() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("scanner");
    let mut scanner = PlainScanner::plug_in(&port).unwrap();
    let (_thread, received) = start(&port, Protocol::Plain, 64);
    for round in 0..3 {
        wait_connected(&received, true);
        let code = format!("871234567890{round}");
        scanner.scan(&code).unwrap();
        check(&received, &[&code]);
        // Half a code goes with the cable; it never becomes a shorter code.
        scanner.send(b"87123").unwrap();
        if round == 1 {
            scanner.replug().unwrap();
            wait_connected(&received, false);
        } else {
            scanner.unplug();
            wait_connected(&received, false);
            scanner.replug().unwrap();
        }
    }
    wait_connected(&received, true);
    nothing_but(&received, &mut scanner);
}

#[test]
fn a_name_that_leads_to_another_device_is_followed() {
    let dir = tempfile::tempdir().unwrap();
    let (port, next) = (dir.path().join("scanner"), dir.path().join("next"));
    let (old, new) = (dir.path().join("old"), dir.path().join("new"));
    let mut first = PlainScanner::plug_in(&old).unwrap();
    std::os::unix::fs::symlink(&old, &port).unwrap();
    let (_thread, received) = start(&port, Protocol::Plain, 64);
    first.scan("8712345678906").unwrap();
    check(&received, &["8712345678906"]);
    // Plugged in again while the old descriptor is held: the old one stays silent for ever.
    let mut second = PlainScanner::plug_in(&new).unwrap();
    std::os::unix::fs::symlink(&new, &next).unwrap();
    std::fs::rename(&next, &port).unwrap();
    wait_connected(&received, false);
    wait_connected(&received, true);
    second.scan("4006381333931").unwrap();
    check(&received, &["4006381333931"]);
}

#[test]
fn a_till_that_is_behind_loses_no_scan() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("scanner");
    let mut scanner = PlainScanner::plug_in(&port).unwrap();
    // Room for one input: the connection already fills it.
    let (_thread, received) = start(&port, Protocol::Plain, 1);
    let codes: Vec<String> = (0..100).map(|n| format!("code-{n:03}")).collect();
    for code in &codes {
        scanner.scan(code).unwrap();
    }
    for code in &codes {
        assert_eq!(next_scan(&received).0, *code);
    }
}

#[test]
fn ssi_codes_are_acknowledged_when_the_till_has_them() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("scanner");
    let mut scanner = SsiScanner::plug_in(&port, PATIENT).unwrap();
    let (_thread, received) = start(&port, Protocol::Ssi, 64);
    wait_connected(&received, true);
    for (code, code_type) in [("8712345678906", 0x0B), ("KLR-CARD", 0x03)] {
        let delivery = scanner.scan(code).unwrap();
        assert_eq!(delivery, Delivery::Acknowledged { sends: 1 });
        assert_eq!(next_scan(&received), (code.to_owned(), Some(code_type)));
    }
}

#[test]
fn a_retransmission_sells_once() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("scanner");
    let mut scanner = SsiScanner::plug_in(&port, Duration::from_millis(300)).unwrap();
    let (_thread, received) = start(&port, Protocol::Ssi, 64);
    wait_connected(&received, true);
    scanner.lose_acks(2);
    // Deaf for two acknowledgements: the same packet goes out three times.
    scanner.deliver(EAN_13, b"8712345678906").unwrap();
    scanner.lose_acks(0);
    // The same article once more, by another pull of the trigger: a sale of its own.
    scanner.deliver(EAN_13, b"8712345678906").unwrap();
    scanner.deliver(EAN_13, b"4006381333931").unwrap();
    check(
        &received,
        &["8712345678906", "8712345678906", "4006381333931"],
    );
}

#[test]
fn a_damaged_packet_comes_again_and_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("scanner");
    let mut scanner = SsiScanner::plug_in(&port, PATIENT).unwrap();
    let clock = Arc::default();
    let (_thread, received) = start_at(&port, Protocol::Ssi, 64, &clock);
    wait_connected(&received, true);
    scanner.scan("8712345678906").unwrap();
    // The next trigger pull reads the same article; its packet is damaged on the way.
    let mut damaged = packet(EAN_13, b"8712345678906", false).unwrap();
    damaged[7] ^= 0x04;
    scanner.send(&damaged).unwrap();
    assert!(!scanner.is_acknowledged().unwrap(), "NAK");
    let again = packet(EAN_13, b"8712345678906", true).unwrap();
    scanner.send(&again).unwrap();
    assert!(scanner.is_acknowledged().unwrap());
    // It is good again: nothing is told of it later.
    clock.advance_ms(60_000);
    for code in ["4006381333931", "8712345678906"] {
        scanner.scan(code).unwrap();
    }
    check(
        &received,
        &[
            "8712345678906",
            "8712345678906",
            "4006381333931",
            "8712345678906",
        ],
    );
}

#[test]
fn ssi_packets_split_at_every_byte_and_across_a_new_cable() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("scanner");
    let mut scanner = SsiScanner::plug_in(&port, PATIENT).unwrap();
    let (_thread, received) = start(&port, Protocol::Ssi, 64);
    wait_connected(&received, true);
    let bytes = packet(EAN_13, b"8712345678906", false).unwrap();
    for cut in 1..bytes.len() {
        scanner.send(&bytes[..cut]).unwrap();
        scanner.send(&bytes[cut..]).unwrap();
        assert!(scanner.is_acknowledged().unwrap());
        check(&received, &["8712345678906"]);
    }
    scanner.send(&bytes[..9]).unwrap();
    scanner.replug().unwrap();
    wait_connected(&received, true);
    scanner.scan("4006381333931").unwrap();
    check(&received, &["4006381333931"]);
}

#[test]
fn a_process_started_meanwhile_does_not_hold_the_cable() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("scanner");
    let mut scanner = PlainScanner::plug_in(&port).unwrap();
    let (_thread, received) = start(&port, Protocol::Plain, 64);
    wait_connected(&received, true);
    let mut child = std::process::Command::new("cat")
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    scanner.unplug();
    wait_connected(&received, false);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_port_is_not_shared() {
    let dir = tempfile::tempdir().unwrap();
    let port = dir.path().join("scanner");
    let _scanner = PlainScanner::plug_in(&port).unwrap();
    let settings = line::Settings::new(&port, 9_600);
    let held = line::SerialLine::open(&settings).unwrap();
    assert!(matches!(
        line::SerialLine::open(&settings),
        Err(line::OpenError::Busy(_))
    ));
    drop(held);
    line::SerialLine::open(&settings).unwrap();
}
