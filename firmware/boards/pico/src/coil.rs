//! The drawer's coil on GP15, and the bound on its time that needs no main loop: an alarm of the
//! timer puts the pin low when a pulse is longer than any pulse may be. What ends a pulse in a
//! healthy board is the hub's logic; this is for a board whose main loop hangs.
//!
//! Behind it stands the watchdog, for a board whose interrupts are off as well, and behind that
//! the hardware (hardware.md: pull-down, fuse).

use embedded_hal::digital::{ErrorType, OutputPin};
use hub::drawer::PULSE_MAX_MS;
use pl011::Register;
use rp2040_hal::pac::{self, interrupt};

/// GP15.
const COIL: u32 = 1 << 15;
/// SIO, RP2040 datasheet 2.3.1.7.
const SIO: usize = 0xD000_0000;
const OUTPUT: Register = Register::new(SIO, 0x010);
const OUTPUT_CLEAR: Register = Register::new(SIO, 0x018);
/// Timer, 4.6; alarm 0 is the coil's alone.
const TIMER: usize = 0x4005_4000;
const ALARM: Register = Register::new(TIMER, 0x010);
const ARMED: Register = Register::new(TIMER, 0x020);
const NOW_US: Register = Register::new(TIMER, 0x028);
const INTERRUPTED: Register = Register::new(TIMER, 0x034);
const INTERRUPT_ENABLE: Register = Register::new(TIMER, 0x038);
const ALARM_0: u32 = 1;

/// The coil, as the hub's logic sees it.
#[derive(Debug)]
pub(crate) struct Coil<P>(P);

impl<P: OutputPin> Coil<P> {
    /// `pin` is GP15 as an output, low; the timer runs.
    pub(crate) fn new(pin: P) -> Self {
        INTERRUPT_ENABLE.set(ALARM_0);
        #[expect(unsafe_code, reason = "no critical section depends on this mask")]
        // SAFETY: the handler only puts the pin low, which is right at any moment.
        unsafe {
            pac::NVIC::unmask(pac::Interrupt::TIMER_IRQ_0);
        }
        Self(pin)
    }
}

/// Coil off. Works at any moment, also before anything is started (a pin that is no output yet
/// is off anyway) and in a fault handler.
pub(crate) fn off() {
    OUTPUT_CLEAR.write(COIL);
}

#[cfg(feature = "test-commands")]
pub(crate) fn is_on() -> bool {
    OUTPUT.read() & COIL != 0
}

impl<P: ErrorType> ErrorType for Coil<P> {
    type Error = P::Error;
}

impl<P: OutputPin> OutputPin for Coil<P> {
    fn set_low(&mut self) -> Result<(), P::Error> {
        self.0.set_low()?;
        ARMED.write(ALARM_0);
        Ok(())
    }

    /// The alarm is set before the pin, and not put off by a pulse that is on already.
    fn set_high(&mut self) -> Result<(), P::Error> {
        if OUTPUT.read() & COIL == 0 {
            let longest_us = u32::from(PULSE_MAX_MS) * 1_000;
            ALARM.write(NOW_US.read().wrapping_add(longest_us));
        }
        self.0.set_high()
    }
}

#[interrupt]
fn TIMER_IRQ_0() {
    INTERRUPTED.write(ALARM_0);
    off();
}
