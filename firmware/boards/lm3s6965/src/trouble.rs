//! Test images only: what a test asks for over the scanner's port (crate `trouble`) happens
//! here, and every level of the drawer's pin is told to the debugger with the firmware's time:
//! `pin 2 LEVEL MILLISECONDS`. So is the memory that was used, stack included. QEMU, which shows
//! no pins, is that debugger.
#![expect(unsafe_code, reason = "a debugger is called with a raw pointer")]

use core::cell::Cell;
use core::fmt::{self, Write};

use cortex_m::interrupt::{self, Mutex};
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{Peripherals, SYST};
use trouble::{Trouble, When};

use crate::{clock, coil};

/// A pulse is in its middle after so many milliseconds.
const MIDDLE_MS: u64 = 20;

static WANTED: Mutex<Cell<Option<Trouble>>> = Mutex::new(Cell::new(None));
static TOLD_S: Mutex<Cell<u64>> = Mutex::new(Cell::new(0));
static ON_SINCE_MS: Mutex<Cell<Option<u64>>> = Mutex::new(Cell::new(None));

/// What free memory is filled with, to see later how much of it was used.
const PAINT: u32 = 0x7061_696E;

/// The first word behind the variables.
fn free_start() -> *mut u32 {
    cortex_m_rt::heap_start()
}

/// Fills the memory between the variables and the stack; first thing in `main`.
pub(crate) fn paint() {
    let end = cortex_m::register::msp::read().saturating_sub(256);
    let mut word = free_start();
    while word.addr() < usize::try_from(end).unwrap_or(0) {
        // SAFETY: behind the variables and below the stack, which nobody else uses.
        unsafe {
            word.write_volatile(PAINT);
        }
        word = word.wrapping_add(1);
    }
}

/// Tells how much memory was used at most, variables and stack together: `ram BYTES`. All that
/// is not painted any more counts.
fn tell_memory() {
    const RAM: usize = 64 * 1_024;
    let mut word = free_start();
    let mut free = 0;
    // SAFETY: the stack is there at the latest, and it is not painted.
    while free < RAM && unsafe { word.read_volatile() } == PAINT {
        word = word.wrapping_add(1);
        free += 4;
    }
    let mut line = Line::new();
    let _written = writeln!(line, "ram {}", RAM.saturating_sub(free));
    line.tell();
}

/// A test asks.
pub(crate) fn ask(when: When, trouble: Trouble) {
    match when {
        // With the coil on, as the worst moment would have it.
        When::Now => {
            coil::on();
            happen(trouble);
        }
        When::InPulse => interrupt::free(|section| WANTED.borrow(section).set(Some(trouble))),
    }
}

/// Looks whether the moment has come; called by the main loop.
pub(crate) fn turn(now_ms: u64) {
    let second = interrupt::free(|section| {
        let told = TOLD_S.borrow(section);
        told.replace(now_ms / 1_000) != now_ms / 1_000
    });
    if second {
        tell_memory();
    }
    let due = interrupt::free(|section| {
        let since = ON_SINCE_MS.borrow(section);
        since.set(coil::is_on().then(|| since.get().unwrap_or(now_ms)));
        let middle = since
            .get()
            .is_some_and(|since_ms| now_ms >= since_ms + MIDDLE_MS);
        middle.then(|| WANTED.borrow(section).take()).flatten()
    });
    if let Some(trouble) = due {
        happen(trouble);
    }
}

fn happen(trouble: Trouble) -> ! {
    match trouble {
        Trouble::Panic => {
            #[expect(clippy::panic, reason = "this is what the test asks for")]
            {
                panic!("as the test asked");
            }
        }
        Trouble::Hang => loop {
            cortex_m::asm::nop();
        },
        Trouble::Stuck => stuck(),
    }
}

/// Nothing but the watchdog ends this. Tells every 100 ms how the pin is; the milliseconds are
/// those of a counter that needs no interrupt.
fn stuck() -> ! {
    interrupt::disable();
    let mut now_ms = clock::now_ms();
    // SAFETY: nobody else runs any more.
    let mut systick: SYST = unsafe { Peripherals::steal() }.SYST;
    systick.set_clock_source(SystClkSource::Core);
    loop {
        if systick.has_wrapped() {
            now_ms += 1;
            if now_ms.is_multiple_of(100) {
                trace(coil::is_on(), now_ms);
            }
        }
    }
}

/// Tells the level of the pin.
pub(crate) fn trace(high: bool, now_ms: u64) {
    let mut line = Line::new();
    let _written = writeln!(line, "pin 2 {} {now_ms}", u8::from(high));
    line.tell();
}

const LINE: usize = 40;

struct Line {
    bytes: [u8; LINE],
    len: usize,
}

impl Line {
    const fn new() -> Self {
        Self {
            bytes: [0; LINE],
            len: 0,
        }
    }

    /// Hands the text to the debugger. It always fits; the last byte stays zero, as the debugger
    /// wants it.
    fn tell(&self) {
        const WRITE0: u32 = 0x04;
        let text = self.bytes.as_ptr().expose_provenance();
        let Ok(text) = u32::try_from(text) else {
            return;
        };
        // SAFETY: the text ends with a zero and lives until the call comes back.
        unsafe {
            cortex_m::asm::semihosting_syscall(WRITE0, text);
        }
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        let room = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
        if end == LINE {
            return Err(fmt::Error);
        }
        room.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}
