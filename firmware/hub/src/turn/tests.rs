//! A whole board on ports that live in memory.

extern crate std;

use core::cell::RefCell;
use core::convert::Infallible;
use std::{collections::VecDeque, rc::Rc, vec::Vec};

use devices::scanner::plain;
use embedded_io::ErrorType;
use link::hub_end::Boot;
use link::message::{BootId, ResetReason, ScanId, Verdict};
use link::till_end::{self, TillEnd, Timing};

use super::*;
use crate::drawer;
use crate::logic::{Outputs, Protocol};

#[derive(Clone, Default)]
struct Memory {
    inside: Rc<RefCell<VecDeque<u8>>>,
    outside: Rc<RefCell<Vec<u8>>>,
    room: Rc<RefCell<usize>>,
}

impl ErrorType for Memory {
    type Error = Infallible;
}

impl Read for Memory {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let mut inside = self.inside.borrow_mut();
        let len = buffer.len().min(inside.len());
        for slot in &mut buffer[..len] {
            *slot = inside.pop_front().expect("counted");
        }
        Ok(len)
    }
}

impl ReadReady for Memory {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        Ok(!self.inside.borrow().is_empty())
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        let len = bytes.len().min(*self.room.borrow());
        assert!(len > 0, "would block");
        *self.room.borrow_mut() -= len;
        self.outside.borrow_mut().extend(&bytes[..len]);
        Ok(len)
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl WriteReady for Memory {
    fn write_ready(&mut self) -> Result<bool, Infallible> {
        Ok(*self.room.borrow() > 0)
    }
}

#[derive(Clone, Default)]
struct Levels(Rc<RefCell<Vec<Outputs>>>);

impl OutputPins for Levels {
    fn write(&mut self, outputs: Outputs) {
        let mut levels = self.0.borrow_mut();
        if levels.last() != Some(&outputs) {
            levels.push(outputs);
        }
    }
}

fn settings() -> Settings {
    Settings {
        boot: Boot::Named(BootId(3)),
        firmware: "0.1.0",
        board: "memory",
        reset: ResetReason::PowerOn,
        scanner: Protocol::Plain(plain::Settings::default()),
        drawer: drawer::Settings::default(),
        timing: Timing::default(),
    }
}

struct Broken;

impl CustomerDisplay for Broken {
    type Error = ();

    fn show(&mut self, _upper: &str, _lower: &str) -> Result<(), ()> {
        Err(())
    }
}

#[test]
fn a_frame_that_does_not_fit_is_left_out_whole() {
    let mut out = heapless::Vec::<u8, 8>::new();
    for frame in [&b"12345"[..], b"6789", b"abc"] {
        put(&mut out, frame);
    }
    assert_eq!(out, b"12345abc");
}

#[test]
fn a_port_that_never_falls_silent_keeps_no_other_waiting() {
    let (link, scanner, printer) = (Memory::default(), Memory::default(), Memory::default());
    let ports = Ports {
        link: link.clone(),
        scanner: scanner.clone(),
        printer: printer.clone(),
    };
    let pins = Levels::default();
    let mut board = Board::<_, _, _, _, _, 512, 128>::new(settings(), ports, pins, Broken, 0);
    for port in [&link, &scanner, &printer] {
        port.inside.borrow_mut().extend([0x12; 10_000]);
    }
    board.turn(1);
    for port in [link, scanner, printer] {
        assert_eq!(port.inside.borrow().len(), 10_000 - READS_MAX * READ_MAX);
    }
}

#[test]
fn a_sale_through_ports_that_take_one_byte_at_a_time() {
    let (link, scanner, printer) = (Memory::default(), Memory::default(), Memory::default());
    let levels = Levels::default();
    let ports = Ports {
        link: link.clone(),
        scanner: scanner.clone(),
        printer: printer.clone(),
    };
    let mut board =
        Board::<_, _, _, _, _, 512, 128>::new(settings(), ports, levels.clone(), Broken, 0);
    let mut till = TillEnd::new(1, None, Timing::default(), 0);
    scanner.inside.borrow_mut().extend(b"]C0KLR-CASH\r\n");
    let receipt: Vec<u8> = (0..700_u16).map(|place| place.to_le_bytes()[0]).collect();
    let mut queue: VecDeque<Vec<u8>> = VecDeque::new();
    let (mut confirmed, mut ended, mut faults) = (None, false, 0);
    for now_ms in 1..3_000_u64 {
        *link.room.borrow_mut() = 11;
        *printer.room.borrow_mut() = 1;
        board.turn(now_ms);
        let received: Vec<u8> = link.outside.borrow_mut().drain(..).collect();
        let mut work = Vec::new();
        let mut act = |action: till_end::Action<'_>| match action {
            till_end::Action::Send(bytes) => queue.push_back(bytes.to_vec()),
            till_end::Action::Scan { id, data, .. } => {
                assert_eq!(data, b"]C0KLR-CASH");
                work.push((Some(id), 0, 0));
            }
            till_end::Action::PrintWanted { offset, len, .. } => work.push((None, offset, len)),
            till_end::Action::Confirmed(id) => confirmed = Some(id),
            till_end::Action::PrintEnded { .. } => ended = true,
            till_end::Action::Notice(_) => faults += 1,
            _ => {}
        };
        till.step(till_end::Event::Received(&received), now_ms, &mut act);
        if now_ms == 100 {
            let (job, len, begun_on) = (1, 700, None);
            till.step(
                till_end::Event::Print { job, len, begun_on },
                now_ms,
                &mut act,
            );
            let (upper, lower) = ("a", "b");
            till.step(till_end::Event::Display { upper, lower }, now_ms, &mut act);
        }
        for (scan, offset, len) in work {
            let start = usize::try_from(offset).expect("small");
            let event = match scan {
                Some(id) => till_end::Event::Scanned {
                    id,
                    verdict: Verdict::Good,
                },
                None => till_end::Event::PrintData {
                    job: 1,
                    offset,
                    data: &receipt[start..start + usize::from(len)],
                },
            };
            till.step(event, now_ms, &mut |action| {
                if let till_end::Action::Send(bytes) = action {
                    queue.push_back(bytes.to_vec());
                }
            });
        }
        link.inside.borrow_mut().extend(queue.drain(..).flatten());
    }
    assert_eq!(
        confirmed,
        Some(ScanId {
            boot: BootId(3),
            sequence: 1
        })
    );
    assert!(ended);
    assert_eq!(*printer.outside.borrow(), receipt);
    assert_eq!(faults, 1, "the display's fault, once");
    let levels = levels.0.borrow();
    assert!(levels.iter().any(|outputs| outputs.buzzer));
    assert!(levels.iter().all(|outputs| !outputs.drawer));
}
