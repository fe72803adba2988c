//! A receipt of 4 kB to a printer at 9600 baud that prints slower than it receives, has a small
//! buffer and says XOFF and XON: nothing is lost, nothing comes past the printer's buffer, the
//! hub never holds more than its window, and scans do not wait for any of it.

use super::*;

/// Bytes that the printer keeps; it says XOFF when few places are left, as printers do.
const PRINTER_BUFFER: usize = 512;
const NEARLY_FULL: usize = PRINTER_BUFFER - 64;
const NEARLY_EMPTY: usize = 128;
/// The transmitter's own FIFO in front of the wire.
const FIFO: usize = 16;

struct Printer {
    fifo: VecDeque<u8>,
    /// Bits of the byte on the wire that are still to go, in hundredths.
    wire: u64,
    buffer: VecDeque<u8>,
    paper: Vec<u8>,
    said_stop: bool,
    stops: usize,
    /// Out of paper from then on, for a while.
    out_of_paper: core::ops::Range<u64>,
}

impl Printer {
    const fn new(out_of_paper: core::ops::Range<u64>) -> Self {
        Self {
            fifo: VecDeque::new(),
            wire: 0,
            buffer: VecDeque::new(),
            paper: Vec::new(),
            said_stop: false,
            stops: 0,
            out_of_paper,
        }
    }

    /// A millisecond: 9.6 bits leave, half a byte is printed. Answers what the printer says.
    fn run(&mut self, now_ms: u64) -> Option<u8> {
        self.wire += 960;
        while self.wire >= 1_000 {
            let Some(byte) = self.fifo.pop_front() else {
                self.wire = 0;
                break;
            };
            self.wire -= 1_000;
            self.buffer.push_back(byte);
            assert!(self.buffer.len() <= PRINTER_BUFFER, "past its buffer");
        }
        if now_ms.is_multiple_of(2) && !self.out_of_paper.contains(&now_ms) {
            self.paper.extend(self.buffer.pop_front());
        }
        if !self.said_stop && self.buffer.len() >= NEARLY_FULL {
            self.said_stop = true;
            self.stops += 1;
            return Some(XOFF);
        }
        if self.said_stop && self.buffer.len() <= NEARLY_EMPTY {
            self.said_stop = false;
            return Some(XON);
        }
        None
    }
}

#[test]
fn a_receipt_of_four_kilobytes_at_9600_baud() {
    let mut bench = Bench::plain();
    // The bench's own printer takes nothing; this one stands at the port.
    bench.printer_takes = 0;
    bench.job = (0..4_096_u32)
        .map(|place| place.wrapping_mul(2_654_435_761).to_be_bytes()[0])
        .collect();
    let mut printer = Printer::new(2_000..7_000);
    let (job, len, begun_on) = (9, 4_096, None);
    bench.till(till_end::Event::Print { job, len, begun_on });
    let printed = Seen::Printed(9, PrintOutcome::Sent);
    let (mut scanned, mut stalled) = (0, false);
    for _ in 0..30_000_u32 {
        bench.run(1);
        let now_ms = bench.now_ms;
        let took = bench.hub.for_printer().len().min(FIFO - printer.fifo.len());
        if took > 0 {
            let bytes = bench.hub.for_printer()[..took].to_vec();
            printer.fifo.extend(bytes);
            bench.hub(Event::PrinterTook(took));
        }
        if let Some(says) = printer.run(now_ms) {
            bench.hub(Event::FromPrinter(&[says]));
        }
        assert!(bench.hub.devices.print.len() <= 128, "more than the window");
        stalled |= bench.hub.devices.status.printer_stalled;
        if now_ms.is_multiple_of(500) {
            scanned += 1;
            let code = std::format!("]C0{now_ms:010}\r");
            bench.hub(Event::FromScanner(code.as_bytes()));
            bench.run(50);
            assert_eq!(bench.scans().len(), scanned, "a scan waits for the printer");
        }
        if bench.seen.contains(&printed) && printer.buffer.is_empty() && printer.fifo.is_empty() {
            break;
        }
    }
    assert!(bench.seen.contains(&printed));
    assert_eq!(printer.paper, bench.job);
    assert!(printer.stops >= 3, "no back pressure: {}", printer.stops);
    assert!(stalled, "five seconds without paper were not told");
    assert!(scanned > 10);
    // Slower than the wire, because the printer is.
    assert!(bench.now_ms > 8_192 + 5_000, "{}", bench.now_ms);
}
