//! Reading and writing a chip's registers.

/// One 32-bit register.
#[derive(Clone, Copy, Debug)]
pub struct Register(usize);

impl Register {
    /// The register `offset` bytes behind `base`: an address of the chip's manual.
    #[must_use]
    pub const fn new(base: usize, offset: usize) -> Self {
        Self(base.wrapping_add(offset))
    }

    /// Its value now.
    #[must_use]
    pub fn read(self) -> u32 {
        #[expect(unsafe_code, reason = "device memory is reached through addresses")]
        // SAFETY: boards make registers only of addresses of their chip's manual.
        unsafe {
            (self.0 as *const u32).read_volatile()
        }
    }

    /// Gives it a value.
    pub fn write(self, value: u32) {
        #[expect(unsafe_code, reason = "device memory is reached through addresses")]
        // SAFETY: boards make registers only of addresses of their chip's manual.
        unsafe {
            (self.0 as *mut u32).write_volatile(value);
        }
    }

    /// Sets these bits and leaves the others.
    pub fn set(self, bits: u32) {
        self.write(self.read() | bits);
    }
}
