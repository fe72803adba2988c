//! UF2: blocks of 512 bytes that each say where their 256 bytes of flash belong (Microsoft's
//! `uf2` specification).

use std::collections::BTreeMap;

use crate::Image;

const START: [u32; 2] = [0x0A32_4655, 0x9E5D_5157];
const END: u32 = 0x0AB1_6F30;
const FAMILY_PRESENT: u32 = 0x2000;
const RP2040: u32 = 0xE48B_FF56;
const PAYLOAD: usize = 256;
const PAYLOAD_U32: u32 = 256;
const PADDING: usize = 476 - PAYLOAD;

/// The UF2 file of an image. Flash between its pieces is filled with zeros within a block of
/// 256 bytes, and left alone elsewhere.
#[must_use]
pub fn encode(image: &Image) -> Vec<u8> {
    let mut pages: BTreeMap<u32, [u8; PAYLOAD]> = BTreeMap::new();
    for (start, data) in &image.flash {
        for (address, byte) in (*start..).zip(data) {
            let offset = usize::try_from(address % PAYLOAD_U32).unwrap_or(0);
            let page = pages
                .entry(address - address % PAYLOAD_U32)
                .or_insert([0; PAYLOAD]);
            if let Some(slot) = page.get_mut(offset) {
                *slot = *byte;
            }
        }
    }
    let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    let mut file = Vec::with_capacity(pages.len() * 512);
    for (number, (address, page)) in (0..).zip(&pages) {
        let header = [
            START[0],
            START[1],
            FAMILY_PRESENT,
            *address,
            PAYLOAD_U32,
            number,
            count,
            RP2040,
        ];
        file.extend(header.iter().flat_map(|word| word.to_le_bytes()));
        file.extend(page);
        file.extend([0; PADDING]);
        file.extend(END.to_le_bytes());
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_say_where_they_belong() {
        let image = Image {
            flash: vec![
                (0x1000_0000, vec![1; 256]),
                (0x1000_0100, vec![2; 300]),
                (0x1000_0230, vec![3; 4]),
            ],
        };
        let file = encode(&image);
        assert_eq!(file.len(), 3 * 512);
        let word = |block: usize, at: usize| {
            let at = block * 512 + at;
            file.get(at..at + 4)
                .and_then(|bytes| bytes.try_into().ok())
                .map(u32::from_le_bytes)
        };
        for (block, number) in (0..3).zip(0_u32..) {
            assert_eq!(word(block, 0), Some(0x0A32_4655));
            assert_eq!(word(block, 4), Some(0x9E5D_5157));
            assert_eq!(word(block, 12), Some(0x1000_0000 + 256 * number));
            assert_eq!(word(block, 16), Some(256));
            assert_eq!(word(block, 20), Some(number));
            assert_eq!(word(block, 24), Some(3));
            assert_eq!(word(block, 28), Some(0xE48B_FF56));
            assert_eq!(word(block, 508), Some(0x0AB1_6F30));
        }
        let page = |block: usize, at: usize| file.get(block * 512 + 32 + at).copied();
        assert_eq!(page(0, 255), Some(1));
        assert_eq!(page(1, 255), Some(2));
        assert_eq!(page(2, 43), Some(2), "the 300th byte");
        assert_eq!(page(2, 44), Some(0), "a hole");
        assert_eq!(page(2, 0x30), Some(3));
    }
}
