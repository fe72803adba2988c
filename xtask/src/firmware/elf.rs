//! What an image takes of a board, from its ELF section headers (32 bit, little endian; System V ABI, chapter 4).

/// Bytes of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Size {
    /// Code, constants and the start values of variables.
    pub(crate) flash: u64,
    /// Variables; the stack has the rest.
    pub(crate) ram: u64,
}

const WRITE: u32 = 1;
const ALLOC: u32 = 2;
const NOBITS: u32 = 8;

/// Adds up the sections that are loaded; `None` when it is no such file.
pub(crate) fn size(file: &[u8]) -> Option<Size> {
    if file.get(..6)? != b"\x7fELF\x01\x01" {
        return None;
    }
    let table = usize::try_from(word(file, 32)?).ok()?;
    let entry = usize::from(half(file, 46)?);
    let count = usize::from(half(file, 48)?);
    let mut size = Size::default();
    for index in 0..count {
        let at = table + index * entry;
        let (kind, flags, bytes) = (
            word(file, at + 4)?,
            word(file, at + 8)?,
            u64::from(word(file, at + 20)?),
        );
        if flags & ALLOC == 0 {
            continue;
        }
        if kind != NOBITS {
            size.flash += bytes;
        }
        if flags & WRITE != 0 {
            size.ram += bytes;
        }
    }
    Some(size)
}

fn half(file: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(file.get(at..at + 2)?.try_into().ok()?))
}

fn word(file: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(file.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(kind: u32, flags: u32, bytes: u32) -> Vec<u8> {
        [0, kind, flags, 0, 0, bytes, 0, 0, 0, 0]
            .iter()
            .flat_map(|w: &u32| w.to_le_bytes())
            .collect()
    }

    #[test]
    fn code_data_and_zeroed_memory_are_told_apart() {
        let mut file = vec![0; 52];
        file[..6].copy_from_slice(b"\x7fELF\x01\x01");
        file[32] = 52;
        file[46] = 40;
        file[48] = 4;
        file.extend(section(1, ALLOC, 1000));
        file.extend(section(1, ALLOC | WRITE, 10));
        file.extend(section(NOBITS, ALLOC | WRITE, 500));
        file.extend(section(1, 0, 7777));
        assert_eq!(
            size(&file),
            Some(Size {
                flash: 1010,
                ram: 510
            })
        );
        assert_eq!(size(b"#!/bin/sh"), None);
    }
}
