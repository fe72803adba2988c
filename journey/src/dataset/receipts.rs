//! What is known of each receipt while records come in: its earliest line (which gives its time, day and
//! shop), its customer, its sums, and the chain of its rows. A receipt known only by a return that names it
//! has no line. Reports scan receipts instead of lines wherever lines of one receipt count as one: a [`Part`]
//! is a receipt as far as it belongs to one customer (nearly always all of it).

use super::{Class, Dataset, NONE};

/// Lines of two customers, or imported and live ones: its sums are taken from its rows.
const MIXED: u8 = 1;
const IMPORTED: u8 = 2;

/// One receipt in the making.
#[derive(Debug, Clone, Copy)]
struct Receipt {
    /// Row of the earliest line, or of the earliest touchpoint while there is no line.
    first: u32,
    /// Row that came last; the chain goes back from it.
    last: u32,
    customer: u32,
    sale_lines: u32,
    return_lines: u32,
    flags: u8,
    gross: i64,
    returns: i64,
}

impl Receipt {
    const EMPTY: Self = Self {
        first: NONE,
        last: NONE,
        customer: NONE,
        sale_lines: 0,
        return_lines: 0,
        flags: 0,
        gross: 0,
        returns: 0,
    };

    const fn has_lines(&self) -> bool {
        self.sale_lines + self.return_lines > 0
    }
}

/// All receipts, and for each row the row of the same receipt that came before it.
#[derive(Debug, Default)]
pub(super) struct Receipts {
    receipts: Vec<Receipt>,
    before: Vec<u32>,
}

/// What a row adds to its receipt.
#[derive(Debug, Clone, Copy)]
pub(super) struct Addition {
    pub(super) row: u32,
    pub(super) class: Class,
    /// It comes before the earliest row known so far.
    pub(super) earlier: bool,
    pub(super) customer: u32,
    pub(super) imported: bool,
    pub(super) gross: i64,
    pub(super) returns: i64,
}

/// One receipt as reports see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReceiptInfo {
    /// The row of its earliest line; of its earliest touchpoint when it has no line.
    pub(crate) first: u32,
    pub(crate) has_sale: bool,
    pub(crate) has_return: bool,
}

/// The lines of one receipt that belong to one owner (or to nobody) and came the same way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) receipt: u32,
    pub(crate) owner: u32,
    pub(crate) imported: bool,
    pub(crate) sale_lines: u32,
    pub(crate) return_lines: u32,
    pub(crate) gross: i64,
    pub(crate) returns: i64,
}

impl Receipts {
    /// Makes room for receipts and rows up to these numbers of them.
    pub(super) fn grow(&mut self, receipts: usize, rows: usize) {
        if self.receipts.len() < receipts {
            self.receipts.resize(receipts, Receipt::EMPTY);
        }
        if self.before.len() < rows {
            self.before.resize(rows, NONE);
        }
    }

    pub(super) fn clear(&mut self) {
        self.receipts.fill(Receipt::EMPTY);
        self.before.fill(NONE);
    }

    pub(super) fn len(&self) -> usize {
        self.receipts.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.receipts.capacity() * size_of::<Receipt>() + self.before.capacity() * size_of::<u32>()
    }

    pub(super) fn first(&self, receipt: u32) -> Option<u32> {
        self.receipts
            .get(receipt as usize)
            .map(|receipt| receipt.first)
            .filter(|first| *first != NONE)
    }

    pub(super) fn info(&self, receipt: u32) -> Option<ReceiptInfo> {
        let receipt = self
            .receipts
            .get(receipt as usize)
            .filter(|receipt| receipt.first != NONE)?;
        Some(ReceiptInfo {
            first: receipt.first,
            has_sale: receipt.sale_lines > 0,
            has_return: receipt.return_lines > 0,
        })
    }

    /// The rows of a receipt, latest arrival first.
    pub(super) fn rows(&self, receipt: u32) -> impl Iterator<Item = u32> + '_ {
        let last = self
            .receipts
            .get(receipt as usize)
            .map(|receipt| receipt.last)
            .filter(|last| *last != NONE);
        std::iter::successors(last, |row| {
            self.before
                .get(*row as usize)
                .copied()
                .filter(|before| *before != NONE)
        })
    }

    /// Puts a row into the chain of its receipt.
    pub(super) fn link(&mut self, number: u32, row: u32) {
        if let (Some(receipt), Some(before)) = (
            self.receipts.get_mut(number as usize),
            self.before.get_mut(row as usize),
        ) {
            *before = receipt.last;
            receipt.last = row;
        }
    }

    /// Takes a row of this receipt into account. Lines decide a receipt's time; touchpoints only while there
    /// is no line. Gives whether lines that were there have another earliest line now.
    pub(super) fn note(&mut self, number: u32, row: Addition) -> bool {
        self.link(number, row.row);
        let Some(receipt) = self.receipts.get_mut(number as usize) else {
            return false;
        };
        let line = row.class != Class::Other;
        let had_lines = receipt.has_lines();
        if (line && !had_lines) || (line == had_lines && row.earlier) {
            receipt.first = row.row;
        }
        if !line {
            return false;
        }
        let imported = if row.imported { IMPORTED } else { 0 };
        if !had_lines {
            receipt.customer = row.customer;
            receipt.flags = imported;
        } else if receipt.customer != row.customer || receipt.flags & IMPORTED != imported {
            receipt.flags |= MIXED;
        }
        match row.class {
            Class::Sale => receipt.sale_lines += 1,
            _ => receipt.return_lines += 1,
        }
        receipt.gross += row.gross;
        receipt.returns += row.returns;
        had_lines && row.earlier
    }
}

impl Dataset {
    /// Goes through every receipt with lines, by its parts.
    pub(crate) fn each_part(&self, mut visit: impl FnMut(Part)) {
        for (number, receipt) in (0..).zip(&self.receipts.receipts) {
            if !receipt.has_lines() {
                continue;
            }
            match self.whole(number, receipt) {
                Some(part) => visit(part),
                None => self.parts_by_row(number).into_iter().for_each(&mut visit),
            }
        }
    }

    /// The parts of one receipt.
    pub(crate) fn parts_of(&self, number: u32) -> Vec<Part> {
        match self.receipts.receipts.get(number as usize) {
            Some(receipt) if receipt.has_lines() => self
                .whole(number, receipt)
                .map_or_else(|| self.parts_by_row(number), |part| vec![part]),
            _ => Vec::new(),
        }
    }

    /// A receipt that is all of one customer and came one way.
    fn whole(&self, number: u32, receipt: &Receipt) -> Option<Part> {
        (receipt.flags & MIXED == 0).then(|| Part {
            receipt: number,
            owner: self.customers.root_of(receipt.customer),
            imported: receipt.flags & IMPORTED != 0,
            sale_lines: receipt.sale_lines,
            return_lines: receipt.return_lines,
            gross: receipt.gross,
            returns: receipt.returns,
        })
    }

    fn parts_by_row(&self, receipt: u32) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for row in self
            .receipts
            .rows(receipt)
            .filter(|row| self.class(*row) != Class::Other)
        {
            let (owner, imported) = (self.owner(row), self.imported(row));
            let own = |part: &&mut Part| part.owner == owner && part.imported == imported;
            let sale = self.class(row) == Class::Sale;
            let (sale_lines, return_lines) = if sale { (1, 0) } else { (0, 1) };
            let (gross, returns) = (self.gross(row), self.returns(row));
            if let Some(part) = parts.iter_mut().find(own) {
                part.sale_lines += sale_lines;
                part.return_lines += return_lines;
                part.gross += gross;
                part.returns += returns;
            } else {
                parts.push(Part {
                    receipt,
                    owner,
                    imported,
                    sale_lines,
                    return_lines,
                    gross,
                    returns,
                });
            }
        }
        parts
    }

    /// Gross of a row, in cents: a sale line that is turnover.
    pub(crate) fn gross(&self, row: u32) -> i64 {
        if self.class(row) == Class::Sale && self.apart(row).is_none() {
            self.amount(row)
        } else {
            0
        }
    }

    /// Returns of a row, in cents: minus the amount of a return line that was turnover.
    pub(crate) fn returns(&self, row: u32) -> i64 {
        if self.class(row) == Class::Return && self.apart(row).is_none() {
            -self.amount(row)
        } else {
            0
        }
    }

    /// The lines and touchpoints of a receipt, in no particular order.
    pub(crate) fn rows_of_receipt(&self, receipt: u32) -> impl Iterator<Item = u32> + '_ {
        self.receipts
            .rows(receipt)
            .filter(|row| self.columns.is_event(*row))
    }

    /// The same, and the rounding of its payment.
    pub(crate) fn money_rows_of_receipt(&self, receipt: u32) -> impl Iterator<Item = u32> + '_ {
        self.receipts.rows(receipt)
    }
}
