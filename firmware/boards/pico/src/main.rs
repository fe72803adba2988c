//! The hub on a Raspberry Pi Pico: USB serial link, UART0 scanner (GP0, GP1), UART1 printer
//! (GP4, GP5), I2C1 display (GP2, GP3), GP15 drawer, GP14 buzzer, GP16-GP18 lights, GP19 drawer
//! contact (low: closed).
//!
//! This file starts the chip and turns the board for ever; USB, UARTs and faults have a module
//! each.
#![no_std]
#![no_main]

mod coil;
mod fault;
#[cfg(feature = "test-commands")]
mod trouble;
mod uart;
mod usb;

use cortex_m_rt::entry;
use devices::scanner::plain;
use embedded_hal::digital::InputPin;
use fugit::{ExtU32, RateExtU32};
use hub::drawer;
#[cfg(not(feature = "oled"))]
use hub::driver::hd44780::Hd44780;
use hub::driver::pins::Pins;
#[cfg(feature = "oled")]
use hub::driver::ssd1306::Oled;
use hub::logic::{Event, Protocol, Settings};
use hub::turn::{Board, Ports};
use link::hub_end::{Boot, Timing};
use link::message::ResetReason;
use rp2040_hal::clocks::init_clocks_and_plls;
use rp2040_hal::gpio::{self, FunctionI2C, FunctionUart, PullUp};
use rp2040_hal::rosc::RingOscillator;
use rp2040_hal::usb::UsbBus;
use rp2040_hal::{Clock, I2C, Sio, Timer, Watchdog, pac};
use usb_device::bus::UsbBusAllocator;

use crate::coil::Coil;
use crate::usb::UsbLink;

/// The second-stage boot loader: it must be the first 256 bytes of flash.
#[expect(unsafe_code, reason = "the boot ROM looks for it in this section")]
#[unsafe(link_section = ".boot2")]
#[used]
static BOOT2: [u8; 256] = rp2040_boot2::BOOT_LOADER_GENERIC_03H;

/// The crystal of the board.
const CRYSTAL_HERTZ: u32 = 12_000_000;
/// Bytes of scans that wait for the till: some 240 articles.
const SCANS: usize = 4_096;
/// Bytes of a receipt that wait for the printer: a second of it at 9600 baud.
const PRINT: usize = 1_024;
/// I2C address and columns of a character display.
#[cfg(not(feature = "oled"))]
const DISPLAY_ADDRESS: u8 = 0x27;
#[cfg(not(feature = "oled"))]
const DISPLAY_COLUMNS: u8 = 16;
/// The backpack of a character display allows 100 kHz; a graphic one has eight times the data.
const DISPLAY_BUS_KILOHERTZ: u32 = if cfg!(feature = "oled") { 400 } else { 100 };

#[entry]
fn main() -> ! {
    coil::off();
    let reset = fault::reset_reason();
    let Some(mut chip) = pac::Peripherals::take() else {
        fault::restart()
    };
    let mut watchdog = Watchdog::new(chip.WATCHDOG);
    let Ok(clocks) = init_clocks_and_plls(
        CRYSTAL_HERTZ,
        chip.XOSC,
        chip.CLOCKS,
        chip.PLL_SYS,
        chip.PLL_USB,
        &mut chip.RESETS,
        &mut watchdog,
    ) else {
        fault::restart()
    };
    let timer = Timer::new(chip.TIMER, &mut chip.RESETS, &clocks);
    let now_ms = || timer.get_counter().ticks() / 1_000;
    let seed = noise(&RingOscillator::new(chip.ROSC).initialize());

    let sio = Sio::new(chip.SIO);
    let pins = gpio::Pins::new(
        chip.IO_BANK0,
        chip.PADS_BANK0,
        sio.gpio_bank0,
        &mut chip.RESETS,
    );
    let outputs = Pins::new(
        Coil::new(pins.gpio15.into_push_pull_output()),
        pins.gpio14.into_push_pull_output(),
        pins.gpio16.into_push_pull_output(),
        pins.gpio17.into_push_pull_output(),
        pins.gpio18.into_push_pull_output(),
    );
    let Ok(outputs) = outputs else {
        fault::restart()
    };
    let mut contact_pin = pins.gpio19.into_pull_up_input();

    // Scanner, then printer.
    let _uart_pins = (
        pins.gpio0.into_function::<FunctionUart>(),
        pins.gpio1.into_function::<FunctionUart>(),
        pins.gpio4.into_function::<FunctionUart>(),
        pins.gpio5.into_function::<FunctionUart>(),
    );
    let hertz = clocks.peripheral_clock.freq().to_Hz();
    let (scanner, printer) = uart::start(&chip.RESETS, hertz, 9_600, 9_600);
    #[cfg(feature = "test-commands")]
    let scanner = ::trouble::Overheard::new(scanner, trouble::ask);
    let i2c = I2C::i2c1(
        chip.I2C1,
        pins.gpio2.reconfigure::<FunctionI2C, PullUp>(),
        pins.gpio3.reconfigure::<FunctionI2C, PullUp>(),
        DISPLAY_BUS_KILOHERTZ.kHz(),
        &mut chip.RESETS,
        &clocks.system_clock,
    );
    #[cfg(feature = "oled")]
    let display = Oled::new(i2c);
    #[cfg(not(feature = "oled"))]
    let display = Hd44780::new(i2c, timer, DISPLAY_ADDRESS, DISPLAY_COLUMNS);
    let bus = UsbBusAllocator::new(UsbBus::new(
        chip.USBCTRL_REGS,
        chip.USBCTRL_DPRAM,
        clocks.usb_clock,
        true,
        &mut chip.RESETS,
    ));
    let Some(link) = UsbLink::new(&bus) else {
        fault::restart()
    };

    let ports = Ports {
        link,
        scanner,
        printer,
    };
    let mut board = Board::<_, _, _, _, _, SCANS, PRINT>::new(
        settings(seed, reset),
        ports,
        outputs,
        display,
        now_ms(),
    );
    watchdog.start(2.secs());
    let mut contact = None;
    loop {
        let now_ms = now_ms();
        // A pin that cannot be read counts as closed; these pins always can.
        let open = contact_pin.is_high().unwrap_or(false);
        if contact != Some(open) {
            contact = Some(open);
            board.notice(Event::DrawerContact { open }, now_ms);
        }
        let lost = uart::take_lost();
        if lost > 0 {
            board.notice(Event::Overruns(lost), now_ms);
        }
        // USB wants to be polled, so the board never sleeps.
        board.turn(now_ms);
        #[cfg(feature = "test-commands")]
        trouble::turn(now_ms);
        watchdog.feed();
    }
}

fn settings(seed: u32, reset: ResetReason) -> Settings {
    Settings {
        boot: Boot::ByProbe { seed },
        firmware: env!("CARGO_PKG_VERSION"),
        board: "pico",
        reset,
        scanner: Protocol::Plain(plain::Settings::default()),
        drawer: drawer::Settings::default(),
        timing: Timing::default(),
    }
}

/// 32 bits of the ring oscillator, which runs a little differently at every start.
fn noise(oscillator: &RingOscillator<rp2040_hal::rosc::Enabled>) -> u32 {
    (0..32).fold(0, |noise: u32, _| {
        cortex_m::asm::delay(50);
        noise << 1 | u32::from(oscillator.get_random_bit())
    })
}
