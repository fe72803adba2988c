//! 50 MHz from the PLL, and milliseconds since start from SysTick.

use core::cell::Cell;

use cortex_m::interrupt::{self, Mutex};
use cortex_m::peripheral::{SYST, syst::SystClkSource};
use cortex_m_rt::exception;

use crate::coil;
use crate::system::{Register, SYSTEM};

/// The system clock.
pub(crate) const HERTZ: u32 = 50_000_000;

static NOW_MS: Mutex<Cell<u64>> = Mutex::new(Cell::new(0));

const RIS: Register = Register::new(SYSTEM, 0x050);
const RCC: Register = Register::new(SYSTEM, 0x060);
const PLL_LOCKED: u32 = 1 << 6;

/// The 8 MHz crystal of the board through the PLL, divided by 4 (LM3S6965 datasheet, 5.3).
pub(crate) fn start_pll() {
    const BYPASS: u32 = 1 << 11;
    const USE_DIVIDER: u32 = 1 << 22;
    const CRYSTAL_8_MHZ: u32 = 0xE << 6;
    const DIVIDE_BY_4: u32 = 3 << 23;
    const CHANGED: u32 = 0xF << 23 | 1 << 22 | 1 << 13 | 0xF << 6 | 3 << 4 | 1;
    RCC.write((RCC.read() | BYPASS) & !USE_DIVIDER);
    let rcc = RCC.read() & !CHANGED | CRYSTAL_8_MHZ;
    RCC.write(rcc);
    RCC.write(rcc | DIVIDE_BY_4 | USE_DIVIDER);
    // Locks within half a millisecond; a crystal that never starts must not stop the drawer's
    // pin from being held low, so the wait is bounded.
    for _ in 0..100_000 {
        if RIS.read() & PLL_LOCKED != 0 {
            break;
        }
    }
    RCC.write(RCC.read() & !BYPASS);
}

pub(crate) fn start_ticks(systick: &mut SYST) {
    systick.set_clock_source(SystClkSource::Core);
    systick.set_reload(HERTZ / 1_000 - 1);
    systick.clear_current();
    systick.enable_counter();
    systick.enable_interrupt();
}

/// Milliseconds since start.
pub(crate) fn now_ms() -> u64 {
    interrupt::free(|section| NOW_MS.borrow(section).get())
}

/// The running counter: something that differs a little from start to start.
pub(crate) fn noise() -> u32 {
    SYST::get_current()
}

#[exception]
fn SysTick() {
    let now_ms = interrupt::free(|section| {
        let now_ms = NOW_MS.borrow(section);
        now_ms.set(now_ms.get() + 1);
        now_ms.get()
    });
    coil::guard(now_ms);
}
