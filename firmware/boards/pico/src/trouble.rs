//! Test images only: what a test asks for over the scanner's port (crate `trouble`) happens
//! here. The emulator shows the pins by itself.

use core::cell::Cell;

use critical_section::Mutex;
use trouble::{Trouble, When};

use crate::coil;

/// A pulse is in its middle after so many milliseconds.
const MIDDLE_MS: u64 = 20;

static WANTED: Mutex<Cell<Option<(When, Trouble)>>> = Mutex::new(Cell::new(None));
static ON_SINCE_MS: Mutex<Cell<Option<u64>>> = Mutex::new(Cell::new(None));

/// A test asks.
pub(crate) fn ask(when: When, trouble: Trouble) {
    critical_section::with(|section| WANTED.borrow(section).set(Some((when, trouble))));
}

/// Looks whether the moment has come; called by the main loop.
pub(crate) fn turn(now_ms: u64) {
    let due = critical_section::with(|section| {
        let since = ON_SINCE_MS.borrow(section);
        since.set(coil::is_on().then(|| since.get().unwrap_or(now_ms)));
        let middle = since
            .get()
            .is_some_and(|since_ms| now_ms >= since_ms + MIDDLE_MS);
        let wanted = WANTED.borrow(section);
        match wanted.get() {
            Some((When::InPulse, _)) if !middle => None,
            _ => wanted.take(),
        }
    });
    match due {
        None => {}
        Some((_, Trouble::Panic)) => {
            #[expect(clippy::panic, reason = "this is what the test asks for")]
            {
                panic!("as the test asked");
            }
        }
        Some((_, Trouble::Hang)) => loop {
            cortex_m::asm::nop();
        },
        Some((_, Trouble::Stuck)) => {
            cortex_m::interrupt::disable();
            loop {
                cortex_m::asm::nop();
            }
        }
    }
}
