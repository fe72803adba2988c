//! Sums by the shop and local day that receipts count for, over everything and over live rows alone. Whatever has no
//! customer's order in it (volumes, anonymous turnover, first and last sale day) is added up from these few cells.

use hashbrown::HashMap;

use super::super::{Class, Dataset, NONE};
use super::{Articles, add_article, sold};
use crate::record::Apart;

/// Names every sum once: the fields, and how they are added.
macro_rules! sums {
    ($($(#[$doc:meta])+ $name:ident),+ $(,)?) => {
        /// What is counted and added up. Signed, so that it can be taken out again.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub(crate) struct Sums {
            $($(#[$doc])+ pub(crate) $name: i64,)+
        }

        impl Sums {
            /// Adds others so many times (-1 takes them out).
            pub(crate) const fn add(&mut self, other: &Self, times: i64) {
                $(self.$name += times * other.$name;)+
            }
        }
    };
}

sums! {
    /// Lines and touchpoints.
    events,
    /// Those of them that happened in the cell's own shop.
    events_here,
    /// Lines sold.
    sale_lines,
    /// Lines brought back.
    return_lines,
    /// Lines sold without a customer.
    anonymous_sale_lines,
    /// Receipts with a line.
    receipts,
    /// Receipts with a sale line.
    sale_receipts,
    /// Receipts with a sale line of a customer.
    sale_receipts_identified,
    /// Receipts with a return line.
    return_receipts,
    /// Cents sold.
    gross,
    /// Cents brought back.
    returns,
    /// Cents sold to customers.
    gross_identified,
    /// Cents brought back by customers.
    returns_identified,
    /// Cents sold on receipts without a customer.
    gross_anonymous,
    /// Statiegeld.
    deposit,
    /// Gift cards.
    gift_cards,
    /// Cash rounding.
    rounding,
}

/// One shop on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) shop: u32,
    pub(crate) day: i32,
    all: Sums,
    live: Sums,
}

impl Cell {
    /// With imported rows or without.
    pub(crate) const fn sums(&self, live_only: bool) -> &Sums {
        if live_only { &self.live } else { &self.all }
    }
}

/// All cells.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    numbers: HashMap<(u32, i32), u32>,
    cells: Vec<Cell>,
    /// Of each shop the cell that was found last: rows come in order of time, so the next is mostly of it too.
    latest: Vec<u32>,
    /// Events of another shop than the receipt they are on: by cell and that shop, how many, and how many live.
    elsewhere: HashMap<(u32, u32), (i64, i64)>,
}

impl Cells {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter()
    }

    /// (cell, shop) with events of that shop on receipts of the cell's.
    pub(crate) fn elsewhere(&self, live_only: bool) -> impl Iterator<Item = (u32, u32)> + '_ {
        let counts = move |(all, live): &(i64, i64)| if live_only { *live } else { *all };
        self.elsewhere
            .iter()
            .filter(move |(_, found)| counts(found) > 0)
            .map(|(key, _)| *key)
    }

    /// The cell a row counts in.
    pub(super) fn of(&mut self, dataset: &Dataset, deciding: u32) -> u32 {
        let (shop, day) = (dataset.shop(deciding), dataset.day(deciding));
        let latest = self.latest.get(shop as usize).copied().unwrap_or(NONE);
        if self
            .cells
            .get(latest as usize)
            .is_some_and(|cell| cell.shop == shop && cell.day == day)
        {
            return latest;
        }
        let next = u32::try_from(self.cells.len()).unwrap_or(NONE);
        let number = *self.numbers.entry((shop, day)).or_insert(next);
        if number == next {
            self.cells.push(Cell {
                shop,
                day,
                ..Cell::default()
            });
        }
        if self.latest.len() <= shop as usize {
            self.latest.resize(dataset.shop_count(), NONE);
        }
        if let Some(latest) = self.latest.get_mut(shop as usize) {
            *latest = number;
        }
        number
    }

    /// The articles of all rows, each with the cell that it counts in: every row is in one.
    pub(super) fn articles(&self, dataset: &Dataset) -> Articles {
        let mut articles = Articles::default();
        for row in dataset.money_rows() {
            let deciding = sold(dataset, row);
            let cell = deciding.and_then(|row| {
                let place = (dataset.shop(row), dataset.day(row));
                self.numbers.get(&place)
            });
            if let Some(cell) = cell {
                add_article(&mut articles, dataset, row, *cell);
            }
        }
        articles
    }

    /// Counts a whole receipt so many times (-1 takes it out): every row in the cell of the receipt's earliest line,
    /// or in its own while there is no line.
    pub(super) fn receipt(&mut self, dataset: &Dataset, receipt: u32, times: i64) {
        let lines = dataset
            .receipt_info(receipt)
            .filter(|info| info.has_sale || info.has_return);
        let whole = lines.map(|info| self.of(dataset, info.first));
        let (mut all, mut live) = (Has::default(), Has::default());
        for row in dataset.money_rows_of_receipt(receipt) {
            let cell = whole.unwrap_or_else(|| self.of(dataset, row));
            self.row(dataset, row, cell, times);
            all.note(dataset, row);
            if !dataset.imported(row) {
                live.note(dataset, row);
            }
        }
        if let Some(cell) = whole.and_then(|cell| self.cells.get_mut(cell as usize)) {
            cell.all.add(&all.sums(), times);
            cell.live.add(&live.sums(), times);
        }
    }

    /// Counts one row in a cell.
    pub(super) fn row(&mut self, dataset: &Dataset, row: u32, number: u32, times: i64) {
        let Some(cell) = self.cells.get_mut(number as usize) else {
            return;
        };
        let here = dataset.shop(row) == cell.shop;
        let sums = sums_of(dataset, row, here);
        let live = !dataset.imported(row);
        cell.all.add(&sums, times);
        if live {
            cell.live.add(&sums, times);
        }
        if !here && sums.events > 0 {
            let found = self
                .elsewhere
                .entry((number, dataset.shop(row)))
                .or_default();
            found.0 += times;
            found.1 += if live { times } else { 0 };
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.cells.capacity() * size_of::<Cell>() + self.numbers.capacity() * 16
    }
}

/// What one row adds.
fn sums_of(dataset: &Dataset, row: u32, here: bool) -> Sums {
    let mut sums = Sums::default();
    let amount = dataset.amount(row);
    match dataset.apart(row) {
        Some(Apart::Rounding) => {
            sums.rounding = amount;
            return sums;
        }
        Some(Apart::Deposit) => sums.deposit = amount,
        Some(Apart::GiftCard) => sums.gift_cards = amount,
        None => {}
    }
    sums.events = 1;
    sums.events_here = i64::from(here);
    sums.gross = dataset.gross(row);
    sums.returns = dataset.returns(row);
    let identified = dataset.owner(row) != NONE;
    if identified {
        sums.gross_identified = sums.gross;
        sums.returns_identified = sums.returns;
    } else if dataset.receipt(row) != NONE {
        sums.gross_anonymous = sums.gross;
    }
    match dataset.class(row) {
        Class::Sale => {
            sums.sale_lines = 1;
            sums.anonymous_sale_lines = i64::from(!identified);
        }
        Class::Return => sums.return_lines = 1,
        Class::Other => {}
    }
    sums
}

/// What a receipt has at least one of.
#[derive(Debug, Clone, Copy, Default)]
struct Has {
    sale: bool,
    identified: bool,
    back: bool,
}

impl Has {
    fn note(&mut self, dataset: &Dataset, row: u32) {
        match dataset.class(row) {
            Class::Sale => {
                self.sale = true;
                self.identified |= dataset.owner(row) != NONE;
            }
            Class::Return => self.back = true,
            Class::Other => {}
        }
    }

    fn sums(self) -> Sums {
        Sums {
            receipts: i64::from(self.sale || self.back),
            sale_receipts: i64::from(self.sale),
            sale_receipts_identified: i64::from(self.identified),
            return_receipts: i64::from(self.back),
            ..Sums::default()
        }
    }
}
