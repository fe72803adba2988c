//! A table, as a page shows it and as a file holds it: made once, so that both say the same.
//! A cell knows what it is (money, a rate, a day), not how it is written; the first column names the row.

use chrono::{NaiveDate, NaiveDateTime};
use maud::{Markup, html};

use super::strings::Language;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// Nothing.
    Empty,
    /// A text, possibly from outside.
    Text(String),
    /// How many.
    Count(usize),
    /// A number with a sign.
    Number(i64),
    /// Cents.
    Cents(i64),
    /// Thousandths.
    Quantity(i64),
    /// A fraction; none where there is nothing to divide by.
    Rate(Option<f64>),
    /// A number with a fraction, of days for example; none where there is nothing to count over.
    Decimal(Option<f64>),
    /// A calendar day.
    Day(Option<NaiveDate>),
    /// Wall time in the shop.
    Time(NaiveDateTime),
    /// Yes or no.
    Flag(bool),
}

impl Cell {
    pub(crate) const fn is_number(&self) -> bool {
        !matches!(
            self,
            Self::Text(_) | Self::Empty | Self::Day(_) | Self::Time(_) | Self::Flag(_)
        )
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.is_empty(),
            _ => false,
        }
    }

    /// As people read it.
    pub(crate) fn text(&self, language: Language) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Count(count) => language.count(*count),
            Self::Number(number) => language.number(*number),
            Self::Cents(cents) => language.money(*cents),
            Self::Quantity(thousandths) => language.quantity(*thousandths),
            Self::Rate(rate) => rate.map_or("–".to_owned(), |rate| language.rate(rate)),
            Self::Decimal(value) => value.map_or("–".to_owned(), |value| language.decimal(value)),
            Self::Day(day) => day.map_or("–".to_owned(), |day| language.day(day)),
            Self::Time(at) => language.time(*at),
            Self::Flag(true) => language.strings().yes.to_owned(),
            Self::Flag(false) => language.strings().no.to_owned(),
        }
    }
}

/// A cell with what it leads to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) cell: Cell,
    pub(crate) href: Option<String>,
    /// 0 to 10: how dark a cell of a heat map is.
    pub(crate) heat: Option<u8>,
    /// A class of its own: good, bad, soft.
    pub(crate) tone: Option<&'static str>,
}

impl From<Cell> for Entry {
    fn from(cell: Cell) -> Self {
        Self {
            cell,
            href: None,
            heat: None,
            tone: None,
        }
    }
}

impl Entry {
    /// A cell that leads somewhere; zero leads nowhere.
    pub(crate) fn link(cell: Cell, href: impl FnOnce() -> String) -> Self {
        let leads = !matches!(cell, Cell::Count(0) | Cell::Empty);
        Self {
            href: leads.then(href),
            ..cell.into()
        }
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Cell::Text(text.into()).into()
    }

    pub(crate) const fn tone(mut self, tone: &'static str) -> Self {
        self.tone = Some(tone);
        self
    }
}

/// Where a column is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// On pages and in files.
    Everywhere,
    /// Only in files.
    InFiles,
    /// Only on pages.
    OnPages,
}

/// A column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// Its name in a CSV file: that of the report definitions where it has one.
    pub(crate) name: String,
    /// Its name for people.
    pub(crate) head: String,
    pub(crate) shown: Shown,
    /// Gives way on a phone.
    pub(crate) minor: bool,
    /// Leads to the same list in this order, with what `aria-sort` says now.
    pub(crate) sort: Option<(String, Option<&'static str>)>,
}

impl Column {
    pub(crate) fn new(name: impl Into<String>, head: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            head: head.into(),
            shown: Shown::Everywhere,
            minor: false,
            sort: None,
        }
    }

    pub(crate) const fn minor(mut self) -> Self {
        self.minor = true;
        self
    }

    pub(crate) const fn only(mut self, shown: Shown) -> Self {
        self.shown = shown;
        self
    }
}

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// What it is called above it and for whoever hears the page.
    pub(crate) caption: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Entry>>,
}

impl Table {
    /// The same without its first column.
    pub(crate) fn without_first(mut self) -> Self {
        self.columns.remove(0);
        for row in &mut self.rows {
            row.remove(0);
        }
        self
    }

    /// As HTML, in a box that scrolls by itself when it is too wide. A column in which nothing stands is left out.
    pub(crate) fn html(&self, language: Language) -> Markup {
        let empty = |at: usize| {
            let mut cells = self.rows.iter().filter_map(|row| row.get(at)).peekable();
            cells.peek().is_some() && cells.all(|entry| entry.cell.is_empty())
        };
        let shown: Vec<bool> = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| column.shown != Shown::InFiles && !empty(at))
            .collect();
        let number = |at: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(at))
                .any(|entry| entry.cell.is_number())
        };
        html! {
            div.scroll tabindex="0" role="region" aria-label=(self.caption) {
                table {
                    caption.sr { (self.caption) }
                    thead { tr {
                        @for (at, column) in self.columns.iter().enumerate().filter(|(at, _)| shown.get(*at) == Some(&true)) {
                            @let class = class([number(at).then_some("num"), column.minor.then_some("minor")]);
                            @match &column.sort {
                                Some((href, sorted)) => {
                                    th scope="col" class=[&class] aria-sort=[*sorted] {
                                        a.sort href=(href) { (column.head) }
                                    }
                                }
                                None => { th scope="col" class=[&class] { (column.head) } }
                            }
                        }
                    } }
                    tbody {
                        @for row in &self.rows {
                            tr {
                                @for (at, entry) in row.iter().enumerate().filter(|(at, _)| shown.get(*at) == Some(&true)) {
                                    (cell(entry, at == 0, self.columns.get(at).is_some_and(|column| column.minor), language))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn class<const N: usize>(names: [Option<&str>; N]) -> Option<String> {
    let names: Vec<&str> = names.into_iter().flatten().collect();
    (!names.is_empty()).then(|| names.join(" "))
}

fn cell(entry: &Entry, names_row: bool, minor: bool, language: Language) -> Markup {
    let heat = entry.heat.map(|heat| format!("heat-{}", heat.min(10)));
    let class = class([
        entry.cell.is_number().then_some("num"),
        match entry.cell {
            Cell::Day(_) => Some("day"),
            Cell::Time(_) => Some("time"),
            _ => None,
        },
        heat.as_deref(),
        entry.tone,
        minor.then_some("minor"),
    ]);
    let text = match &entry.cell {
        // On a phone the time stands under its day.
        Cell::Time(at) => {
            html! { span.whole { (language.day(at.date())) } " " span.whole { (language.clock(*at)) } }
        }
        cell => html! { (cell.text(language)) },
    };
    let content = html! {
        @match &entry.href {
            Some(href) => { a href=(href) { (text) } }
            None => { (text) }
        }
    };
    html! {
        @if names_row {
            th scope="row" class=[&class] { (content) }
        } @else {
            td class=[&class] { (content) }
        }
    }
}
