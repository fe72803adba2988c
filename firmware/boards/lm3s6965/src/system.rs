//! System control: clocks of the modules, and why the chip was reset.

pub(crate) use pl011::Register;

/// Address of system control (LM3S6965 datasheet, 5.4).
pub(crate) const SYSTEM: usize = 0x400F_E000;

/// Switches on the clock of a module, and waits until it may be touched.
pub(crate) fn clock_module(register: Register, bits: u32) {
    register.set(bits);
    cortex_m::asm::delay(16);
}
