//! The ELF file that the compiler writes.

use std::fmt;

use object::read::elf::{ElfFile32, FileHeader, ProgramHeader};
use object::{Endianness, Object, ObjectSection, SectionFlags, elf};

/// RAM of both chips begins here.
const RAM: u64 = 0x2000_0000;
const RAM_END: u64 = 0x3000_0000;

/// Not an image of a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid(String);

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not an image of a board: {}", self.0)
    }
}

impl std::error::Error for Invalid {}

impl From<object::Error> for Invalid {
    fn from(error: object::Error) -> Self {
        Self(error.to_string())
    }
}

/// An image: what is written to flash, and how much RAM its statics take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Pieces of flash, by address.
    pub flash: Vec<(u32, Vec<u8>)>,
    /// Bytes of RAM that are taken before the stack.
    pub ram_bytes: u64,
}

impl Image {
    /// Reads an ELF file.
    ///
    /// # Errors
    ///
    /// When it is no 32-bit ELF file, or is cut off.
    pub fn parse(file: &[u8]) -> Result<Self, Invalid> {
        let elf = ElfFile32::<Endianness>::parse(file)?;
        let endian = elf.endian();
        let mut flash = Vec::new();
        for segment in elf.elf_header().program_headers(endian, file)? {
            let data = segment
                .data(endian, file)
                .map_err(|()| Invalid("it is cut off".into()))?;
            if segment.p_type(endian) == elf::PT_LOAD && !data.is_empty() {
                flash.push((segment.p_paddr(endian), data.to_vec()));
            }
        }
        flash.sort_unstable_by_key(|(address, _)| *address);
        let ram_bytes = elf
            .sections()
            .filter(|section| is_allocated(section.flags()))
            .filter(|section| (RAM..RAM_END).contains(&section.address()))
            .map(|section| section.size())
            .sum();
        Ok(Self { flash, ram_bytes })
    }

    /// Bytes of flash.
    #[must_use]
    pub fn flash_bytes(&self) -> usize {
        self.flash.iter().map(|(_, data)| data.len()).sum()
    }
}

fn is_allocated(flags: SectionFlags) -> bool {
    matches!(flags, SectionFlags::Elf { sh_flags } if sh_flags & u64::from(elf::SHF_ALLOC) != 0)
}
