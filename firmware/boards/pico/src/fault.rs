//! What happens when something that must not happen happens: the drawer's pin goes low, the
//! reason is kept where a watchdog reset does not clear it, and the whole chip starts anew.
#![expect(unsafe_code, reason = "the runtime wants fault handlers unsafe")]

use core::panic::PanicInfo;

use cortex_m_rt::{ExceptionFrame, exception};
use link::message::ResetReason;
use pl011::Register;

use crate::coil;

/// Watchdog, 4.7.
const WATCHDOG: usize = 0x4005_8000;
const CONTROL: Register = Register::new(WATCHDOG, 0x000);
const REASON: Register = Register::new(WATCHDOG, 0x008);
const KEPT: Register = Register::new(WATCHDOG, 0x00C);
/// Power-on state machine: what a watchdog reset resets, 2.13.
const WATCHDOG_SELECT: Register = Register::new(0x4001_0000, 0x008);
/// LDO_POR, 2.10.
const CHIP_RESET: Register = Register::new(0x4006_4000, 0x008);

const PANICKED: u32 = 0x6B6C_6173;

/// Why the board started. Forgets a panic for the next time.
pub(crate) fn reset_reason() -> ResetReason {
    const HAD_POWER_ON: u32 = 1 << 8;
    const HAD_RUN_PIN: u32 = 1 << 16;
    let panicked = KEPT.read() == PANICKED;
    KEPT.write(0);
    let causes = CHIP_RESET.read();
    if panicked {
        ResetReason::Panic
    } else if REASON.read() & 0b11 != 0 {
        ResetReason::Watchdog
    } else if causes & HAD_RUN_PIN != 0 {
        ResetReason::Pin
    } else if causes & HAD_POWER_ON != 0 {
        ResetReason::PowerOn
    } else {
        ResetReason::Unknown
    }
}

/// Drawer off, then everything but the oscillators starts anew.
pub(crate) fn restart() -> ! {
    const ALL_BUT_OSCILLATORS: u32 = 0x0001_FFFC;
    const TRIGGER: u32 = 1 << 31;
    cortex_m::interrupt::disable();
    coil::off();
    KEPT.write(PANICKED);
    WATCHDOG_SELECT.write(ALL_BUT_OSCILLATORS);
    loop {
        CONTROL.set(TRIGGER);
    }
}

#[panic_handler]
fn panic(_info: &PanicInfo<'_>) -> ! {
    restart()
}

#[exception]
unsafe fn HardFault(_frame: &ExceptionFrame) -> ! {
    restart()
}

#[exception]
unsafe fn DefaultHandler(_number: i16) {
    restart()
}
