//! Reading and writing the chip's registers; the only place that knows addresses as numbers.

/// One 32-bit register.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Register(usize);

impl Register {
    pub(crate) const fn at(base: usize, offset: usize) -> Self {
        Self(base + offset)
    }

    pub(crate) fn read(self) -> u32 {
        #[expect(unsafe_code, reason = "device memory is reached through addresses")]
        // SAFETY: the address is that of a readable 32-bit register of this chip.
        unsafe {
            (self.0 as *const u32).read_volatile()
        }
    }

    pub(crate) fn write(self, value: u32) {
        #[expect(unsafe_code, reason = "device memory is reached through addresses")]
        // SAFETY: the address is that of a writable 32-bit register of this chip.
        unsafe {
            (self.0 as *mut u32).write_volatile(value);
        }
    }

    pub(crate) fn set(self, bits: u32) {
        self.write(self.read() | bits);
    }
}

/// System control.
pub(crate) const SYSTEM: usize = 0x400F_E000;
