//! The hub on a Stellaris LM3S6965 evaluation board: UART0 link (PA0, PA1), UART1 scanner (PD2,
//! PD3), UART2 printer (PG0, PG1), PA2 drawer, PA3 buzzer, PA4-PA6 lights, PA7 drawer contact (low: closed).
//!
//! This file starts the chip and turns the board for ever; pins, ports, time and faults have a
//! module each. QEMU knows this board, so the image that is tested is the image that runs.
#![no_std]
#![no_main]

mod clock;
mod coil;
mod fault;
mod gpio;
mod system;
#[cfg(feature = "test-commands")]
mod trouble;
mod uart;
mod vectors;
mod watchdog;

use cortex_m::peripheral::{NVIC, Peripherals};
use cortex_m_rt::entry;
use devices::scanner::plain;
use hub::drawer;
use hub::driver::display::NoDisplay;
use hub::driver::pins::Pins;
use hub::logic::{Event, Protocol, Settings};
use hub::turn::{Board, Ports};
use link::hub_end::{Boot, Timing};

use crate::coil::Coil;
use crate::gpio::Pin;

/// Bytes of scans that wait for the till: some 120 articles.
const SCANS: usize = 2_048;
/// Bytes of a receipt that wait for the printer.
const PRINT: usize = 1_024;

const BUZZER: Pin = Pin::new(3);
const LINK: Pin = Pin::new(4);
const READY: Pin = Pin::new(5);
const ATTENTION: Pin = Pin::new(6);
const CONTACT: Pin = Pin::new(7);

#[entry]
fn main() -> ! {
    #[cfg(feature = "test-commands")]
    trouble::paint();
    gpio::start();
    coil::off();
    let reset = fault::reset_reason();
    clock::start_pll();
    let mut core = Peripherals::take();
    if let Some(core) = &mut core {
        clock::start_ticks(&mut core.SYST);
    }
    uart::clock_all();
    let scanner = uart::start(&uart::SCANNER, 9_600);
    #[cfg(feature = "test-commands")]
    let scanner = ::trouble::Overheard::new(scanner, trouble::ask);
    let ports = Ports {
        link: uart::start(&uart::LINK, 115_200),
        scanner,
        printer: uart::start(&uart::PRINTER, 9_600),
    };
    vectors::unmask(|interrupt| {
        #[expect(unsafe_code, reason = "no critical section depends on this mask")]
        // SAFETY: the handlers share data with this thread only through critical sections.
        unsafe {
            NVIC::unmask(interrupt);
        }
    });
    watchdog::start();
    let settings = Settings {
        boot: Boot::ByProbe {
            seed: fault::memory_noise() ^ clock::noise(),
        },
        firmware: env!("CARGO_PKG_VERSION"),
        board: "lm3s6965",
        reset,
        scanner: Protocol::Plain(plain::Settings::default()),
        drawer: drawer::Settings::default(),
        timing: Timing::default(),
    };
    // The error type of these pins has no value.
    let Ok(pins) = Pins::new(Coil, BUZZER, LINK, READY, ATTENTION) else {
        fault::restart()
    };
    let now_ms = clock::now_ms();
    let mut board =
        Board::<_, _, _, _, _, SCANS, PRINT>::new(settings, ports, pins, NoDisplay, now_ms);
    let mut contact = None;
    loop {
        let now_ms = clock::now_ms();
        let open = CONTACT.is_high();
        if contact != Some(open) {
            contact = Some(open);
            board.notice(Event::DrawerContact { open }, now_ms);
        }
        let lost = uart::take_lost();
        if lost > 0 {
            board.notice(Event::Overruns(lost), now_ms);
        }
        board.turn(now_ms);
        #[cfg(feature = "test-commands")]
        trouble::turn(now_ms);
        watchdog::feed();
        // The next interrupt is at most a millisecond away.
        cortex_m::asm::wfi();
    }
}
