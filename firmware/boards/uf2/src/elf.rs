//! The ELF file that the compiler writes.

use std::fmt;

use object::read::elf::{ElfFile32, FileHeader, ProgramHeader};
use object::{Endianness, elf};

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

/// What an image writes to flash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Pieces of flash, by address.
    pub flash: Vec<(u32, Vec<u8>)>,
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
        Ok(Self { flash })
    }
}
