//! What is known of each receipt while records come in: its earliest line (which gives its time, day and
//! shop) and whether it has sale and return lines. A receipt known only by a return that names it has no line.

use super::{Class, NONE};

const SALE: u8 = 1;
const RETURN: u8 = 2;
const LINES: u8 = 3;

/// Earliest line and kinds of lines, per receipt number.
#[derive(Debug, Default)]
pub(super) struct Receipts {
    first: Vec<u32>,
    flags: Vec<u8>,
}

/// One receipt as reports see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReceiptInfo {
    /// The row of its earliest line; of its earliest touchpoint when it has no line.
    pub(crate) first: u32,
    pub(crate) has_sale: bool,
    pub(crate) has_return: bool,
}

impl Receipts {
    pub(super) fn grow(&mut self, len: usize) {
        self.first.resize(len, NONE);
        self.flags.resize(len, 0);
    }

    pub(super) fn clear(&mut self) {
        self.first.fill(NONE);
        self.flags.fill(0);
    }

    pub(super) fn len(&self) -> usize {
        self.first.len()
    }

    pub(super) fn first(&self, receipt: u32) -> Option<u32> {
        self.first
            .get(receipt as usize)
            .copied()
            .filter(|first| *first != NONE)
    }

    pub(super) fn info(&self, receipt: u32) -> Option<ReceiptInfo> {
        let flags = self
            .flags
            .get(receipt as usize)
            .copied()
            .unwrap_or_default();
        self.first(receipt).map(|first| ReceiptInfo {
            first,
            has_sale: flags & SALE != 0,
            has_return: flags & RETURN != 0,
        })
    }

    /// Takes a row of this receipt into account. `earlier`: it comes before the first known so far.
    /// Lines decide a receipt's time; touchpoints only while there is no line.
    pub(super) fn note(&mut self, receipt: u32, row: u32, class: Class, earlier: bool) {
        let (Some(first), Some(flags)) = (
            self.first.get_mut(receipt as usize),
            self.flags.get_mut(receipt as usize),
        ) else {
            return;
        };
        let line = match class {
            Class::Sale => SALE,
            Class::Return => RETURN,
            Class::Other => 0,
        };
        let had_lines = *flags & LINES != 0;
        if (line != 0 && !had_lines) || ((line != 0) == had_lines && earlier) {
            *first = row;
        }
        *flags |= line;
    }
}
