//! What happens when something that must not happen happens: the drawer's pin goes low, the
//! reason is kept in memory that a reset does not clear, and the board starts anew.
#![expect(unsafe_code, reason = "the runtime wants fault handlers unsafe")]

use core::mem::MaybeUninit;
use core::panic::PanicInfo;

use cortex_m::peripheral::SCB;
use cortex_m_rt::{ExceptionFrame, exception};
use link::message::ResetReason;

use crate::coil;
use crate::system::{Register, SYSTEM};

/// Kept through a reset, undefined after power-on.
const PANICKED: u32 = 0x6B6C_6173;
const RUNNING: u32 = 0x7275_6E73;

#[expect(
    unsafe_code,
    reason = "a place of its own in memory that is not cleared at start"
)]
#[unsafe(link_section = ".uninit.KEPT")]
static mut KEPT: MaybeUninit<[u32; 8]> = MaybeUninit::uninit();

fn kept(index: usize) -> *mut u32 {
    (&raw mut KEPT).cast::<u32>().wrapping_add(index % 8)
}

fn read_kept(index: usize) -> u32 {
    #[expect(unsafe_code, reason = "whatever the memory holds is an answer")]
    // SAFETY: the pointer is aligned and within the static, which only this thread uses; a
    // volatile read takes the bits as they are.
    unsafe {
        kept(index).read_volatile()
    }
}

fn keep(value: u32) {
    #[expect(unsafe_code, reason = "interrupts are off, or this is the only thread")]
    // SAFETY: the pointer is aligned and within the static, and nothing else runs.
    unsafe {
        kept(0).write_volatile(value);
    }
}

/// Why the board started. Clears the causes for the next time. Where the chip does not say (QEMU
/// does not), the memory does: only power-on clears it, and only the watchdog resets a running
/// board without a word.
pub(crate) fn reset_reason() -> ResetReason {
    const RESC: Register = Register::new(SYSTEM, 0x05C);
    const EXTERNAL: u32 = 1 << 0;
    const POWER_ON: u32 = 1 << 1;
    const WATCHDOG: u32 = 1 << 3;
    let causes = RESC.read();
    RESC.write(0);
    let kept = read_kept(0);
    keep(RUNNING);
    if kept == PANICKED {
        ResetReason::Panic
    } else if causes & WATCHDOG != 0 {
        ResetReason::Watchdog
    } else if causes & POWER_ON != 0 {
        ResetReason::PowerOn
    } else if causes & EXTERNAL != 0 {
        ResetReason::Pin
    } else if kept == RUNNING {
        ResetReason::Watchdog
    } else {
        ResetReason::PowerOn
    }
}

/// What memory held at power-on: different on every board and a little at every start.
pub(crate) fn memory_noise() -> u32 {
    (1..8).fold(0, |noise: u32, index| {
        noise.rotate_left(5) ^ read_kept(index)
    })
}

/// Drawer off, then start anew.
pub(crate) fn restart() -> ! {
    cortex_m::interrupt::disable();
    coil::off();
    keep(PANICKED);
    SCB::sys_reset()
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
