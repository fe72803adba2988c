//! The drawer's coil on PA2, and the bound on its time that needs no main loop: the millisecond
//! interrupt puts the pin low when a pulse is longer than any pulse may be. What ends a pulse
//! in a healthy board is the hub's logic; this is for a board whose main loop hangs.
//!
//! Behind it stands the watchdog, for a board whose interrupts are off as well, and behind that
//! the hardware (hardware.md: pull-down, fuse).

use core::cell::Cell;
use core::convert::Infallible;

use cortex_m::interrupt::{self, Mutex};
use embedded_hal::digital::{ErrorType, OutputPin};
use hub::drawer::PULSE_MAX_MS;

use crate::clock;
use crate::gpio::Pin;
#[cfg(feature = "test-commands")]
use crate::trouble;

const PIN: Pin = Pin::new(2);

/// When the pin goes low whatever the logic says; 0 while it is low.
static OFF_BY_MS: Mutex<Cell<u64>> = Mutex::new(Cell::new(0));

/// The coil, as the hub's logic sees it.
#[derive(Debug)]
pub(crate) struct Coil;

/// Coil on, for no longer than the longest pulse.
pub(crate) fn on() {
    interrupt::free(|section| {
        let off_by_ms = OFF_BY_MS.borrow(section);
        if off_by_ms.get() == 0 {
            let now_ms = clock::now_ms();
            off_by_ms.set(now_ms.saturating_add(u64::from(PULSE_MAX_MS)));
            PIN.write(true);
            #[cfg(feature = "test-commands")]
            trouble::trace(PIN.is_high(), now_ms);
        }
    });
}

/// Coil off. Works at any moment, also before anything is started and in a fault handler.
pub(crate) fn off() {
    PIN.write(false);
    interrupt::free(|section| {
        #[cfg(feature = "test-commands")]
        if OFF_BY_MS.borrow(section).get() != 0 {
            trouble::trace(PIN.is_high(), clock::now_ms());
        }
        OFF_BY_MS.borrow(section).set(0);
    });
}

/// Ends a pulse that nobody ended; called every millisecond by an interrupt.
pub(crate) fn guard(now_ms: u64) {
    let off_by_ms = interrupt::free(|section| OFF_BY_MS.borrow(section).get());
    if off_by_ms != 0 && now_ms >= off_by_ms {
        off();
    }
}

#[cfg(feature = "test-commands")]
pub(crate) fn is_on() -> bool {
    PIN.is_high()
}

impl ErrorType for Coil {
    type Error = Infallible;
}

impl OutputPin for Coil {
    fn set_low(&mut self) -> Result<(), Infallible> {
        off();
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        on();
        Ok(())
    }
}
