//! Scans that the till has not committed yet, oldest first, in one buffer of `N` bytes.
//! A scan that does not fit is refused; none is ever dropped to make room.

use heapless::Vec;

use crate::message::SCAN_MAX;

/// Bytes in front of each scan: its scanner and its length.
const RECORD_HEADER: usize = 3;

#[derive(Clone, Debug)]
pub(crate) struct ScanQueue<const N: usize> {
    records: Vec<u8, N>,
    /// Sequence of the oldest scan in the queue, or of the next one when it is empty.
    oldest: u32,
    len: usize,
}

/// Why a scan was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Full,
    TooLong,
}

impl<const N: usize> ScanQueue<N> {
    pub(crate) const fn new() -> Self {
        Self {
            records: Vec::new(),
            oldest: 1,
            len: 0,
        }
    }

    pub(crate) fn push(&mut self, scanner: u8, data: &[u8]) -> Result<(), Refused> {
        let len = u16::try_from(data.len()).map_err(|_| Refused::TooLong)?;
        if data.len() > SCAN_MAX {
            return Err(Refused::TooLong);
        }
        let [low, high] = len.to_le_bytes();
        if self.records.len() + RECORD_HEADER + data.len() > N {
            return Err(Refused::Full);
        }
        let kept = self
            .records
            .extend_from_slice(&[scanner, low, high])
            .is_ok()
            && self.records.extend_from_slice(data).is_ok();
        if kept {
            self.len += 1;
            Ok(())
        } else {
            Err(Refused::Full)
        }
    }

    /// Sequence, scanner and data of the oldest scan.
    pub(crate) fn front(&self) -> Option<(u32, u8, &[u8])> {
        let (&[scanner, low, high], rest) = self.records.split_first_chunk::<RECORD_HEADER>()?;
        let data = rest.get(..usize::from(u16::from_le_bytes([low, high])))?;
        Some((self.oldest, scanner, data))
    }

    pub(crate) fn pop(&mut self) {
        if let Some(len) = self.front().map(|(.., data)| RECORD_HEADER + data.len()) {
            self.records.rotate_left(len);
            self.records.truncate(self.records.len() - len);
            self.oldest = self.oldest.wrapping_add(1);
            self.len -= 1;
        }
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::{collections::VecDeque, vec::Vec as StdVec};

    use proptest::prelude::*;

    proptest! {
        #[test]
        fn behaves_as_a_queue(operations in prop::collection::vec(
            prop::option::of(prop::collection::vec(any::<u8>(), 0..300)), 0..60)) {
            let mut queue = ScanQueue::<512>::new();
            let mut model: VecDeque<(u32, StdVec<u8>)> = VecDeque::new();
            let mut next = 1;
            for operation in operations {
                if let Some(data) = operation {
                    let used: usize = model.iter().map(|(_, data)| data.len() + 3).sum();
                    let expected = if data.len() > SCAN_MAX {
                        Err(Refused::TooLong)
                    } else if used + data.len() + 3 > 512 {
                        Err(Refused::Full)
                    } else {
                        model.push_back((next, data.clone()));
                        next += 1;
                        Ok(())
                    };
                    prop_assert_eq!(queue.push(7, &data), expected);
                } else {
                    model.pop_front();
                    queue.pop();
                }
                prop_assert_eq!(queue.len(), model.len());
                prop_assert_eq!(
                    queue.front(),
                    model.front().map(|(sequence, data)| (*sequence, 7, &data[..]))
                );
            }
        }
    }
}
