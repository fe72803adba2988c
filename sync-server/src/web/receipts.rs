//! The receipts of a selection, latest first.

use journey::reports::receipts::{ReceiptRow, Which, which_export, which_of_selection};
use maud::html;
use retail::ids::ReceiptNumber;

use super::ask::{Answer, Ask, Refused};
use super::filter::Misread;
use super::params::{Params, link};
use super::table::{Cell, Column, Entry, Shown, Table};
use super::{customer, customers, layout, notes, receipt};
use crate::store::rows::Shop;

/// Where they are.
pub(crate) const PATH: &str = "/bonnen";

/// Only receipts with a sale line, in an address.
pub(crate) const SALES: &[(&str, &str)] = &[("soort", "aankoop")];

const ROWS: usize = 50;
/// The most receipts of a file.
const IN_FILE: usize = 100_000;

/// Which receipts an address asks for, and how it says so.
type Kind = (Which, &'static [(&'static str, &'static str)]);

fn kind(params: &Params) -> Result<Kind, Misread> {
    match params.get("soort") {
        None => Ok((Which::All, &[])),
        Some("aankoop") => Ok((Which::Sales, SALES)),
        Some(other) => Err(Misread::choice("soort", other)),
    }
}

/// The table of these receipts.
pub(crate) fn table(ask: &Ask, rows: &[ReceiptRow], shops: &[Shop]) -> Result<Table, Refused> {
    let words = ask.words();
    let names = customers::names(ask, rows.iter().filter_map(|row| row.customer.as_deref()))?;
    let shop = |id: &str| {
        shops
            .iter()
            .find(|shop| shop.id == id)
            .map_or(id, |shop| &shop.name)
            .to_owned()
    };
    let rows = rows.iter().map(|row| {
        vec![
            Entry {
                // A number of ours is never broken; one of an outside history may be of any length.
                tone: row
                    .receipt
                    .parse::<ReceiptNumber>()
                    .is_ok()
                    .then_some("whole"),
                ..Entry::link(Cell::Text(row.receipt.clone()), || {
                    link(receipt::PATH, &[("nr", &row.receipt)])
                })
            },
            Cell::Time(row.at.naive_local()).into(),
            Entry::text(shop(&row.shop)),
            Entry::text(row.till.clone()),
            match &row.customer {
                Some(id) => Entry {
                    href: Some(link(customer::PATH, &[("id", id)])),
                    ..Entry::text(customers::called(&names, id))
                },
                None => Cell::Empty.into(),
            },
            Entry::text(row.customer.clone().unwrap_or_default()),
            Entry::text(
                row.customer
                    .as_ref()
                    .and_then(|id| names.get(id))
                    .cloned()
                    .unwrap_or_default(),
            ),
            Cell::Count(row.sale_lines + row.return_lines).into(),
            Cell::Cents(row.gross_cents).into(),
            Cell::Cents(row.returns_cents).into(),
            Cell::Cents(row.net_cents).into(),
            Entry::text(if row.imported {
                words.imported_mark
            } else {
                ""
            })
            .tone("soft"),
        ]
    });
    Ok(Table {
        caption: words.menu_receipts.to_owned(),
        columns: vec![
            Column::new("receipt", words.receipt),
            Column::new("at", words.time),
            Column::new("shop", words.shop).minor(),
            Column::new("till", words.till).minor(),
            Column::new("customer_short", words.customer).only(Shown::OnPages),
            Column::new("customer", words.customer).only(Shown::InFiles),
            Column::new("name", words.name).only(Shown::InFiles),
            Column::new("lines", words.lines).minor(),
            Column::new("gross_cents", words.gross).only(Shown::InFiles),
            Column::new("returns_cents", words.returned).only(Shown::InFiles),
            Column::new("net_cents", words.net_short),
            Column::new("imported", words.origin).minor(),
        ],
        rows: rows.collect(),
    })
}

/// `GET /bonnen`
pub(crate) fn page(ask: &Ask) -> Answer {
    let (words, language) = (ask.words(), ask.language);
    let shops = ask.shops()?;
    let asked = ask.asked(&shops)?;
    let (which, keep) = kind(&ask.params)?;
    let number = customers::page_number(&ask.params)?;
    let query = ask.scope().query(&asked.filter());
    let found = ask.cached(&format!("receipts {which:?} {query:?} {number}"), |book| {
        which_of_selection(book.dataset(), &query, which, (number - 1) * ROWS, ROWS)
    })?;
    let beside = html! { p.soft { (notes::period_text(ask, &asked)) } };
    let page_link = |number: usize| {
        let number = number.to_string();
        asked.link(PATH, &[keep, &[("blad", number.as_str())]].concat())
    };
    let main = html! {
        (layout::heading(words.menu_receipts, &beside))
        (notes::filter_bar(ask, &asked, &shops, keep))
        @if which == Which::Sales {
            p { (words.only_sales) " " a href=(asked.link(PATH, &[])) { (words.all_receipts) } }
        }
        section.card {
            div.heading {
                h2 { (language.plural(found.total, words.receipt_count, words.receipts_count)) }
                (layout::downloads(ask, "bonnen", &asked.query_string(keep)))
            }
            @if found.total == 0 { p { (words.no_receipts) } }
            @else {
                (table(ask, &found.rows, &shops)?.html(language))
                (customers::pager(ask, number, found.total, ROWS, &page_link))
                @if found.total > IN_FILE { p.soft { (words.files_are_bounded.replace("{}", &language.count(IN_FILE))) } }
            }
        }
    };
    ask.page(words.menu_receipts, &main)
}

/// The latest of them, for a file.
pub(crate) fn export(ask: &Ask) -> Result<Table, Refused> {
    let shops = ask.shops()?;
    let asked = ask.asked(&shops)?;
    let query = ask.scope().query(&asked.filter());
    let rows = {
        let book = ask.web.office.book()?;
        which_export(book.dataset(), &query, kind(&ask.params)?.0, IN_FILE)
    };
    table(ask, &rows, &shops)
}
