//! One receipt, as it was: lines, VAT, tenders, and the returns that name it. A receipt of a till is read from its
//! signed event; one from an outside history has lines only. Two branches of a fork may carry one number: both show.

use journey::reports::receipts::{LineRow, ReceiptRow, lines, receipt};
use maud::{Markup, html};
use retail::event::{Body, Event};
use retail::ids::ReceiptNumber;
use retail::sale::{LineClass, Receipt, TenderKind};

use super::ask::{Answer, Ask, Refused};
use super::filter::Asked;
use super::params::link;
use super::strings::Language;
use super::table::{Cell, Column, Entry, Table};
use super::{customer, customers, layout, receipts};
use crate::ingest::receipt_key;
use crate::scope::Filter;
use crate::store;
use crate::store::rows::{EventRow, Shop};

/// Where it is.
pub(crate) const PATH: &str = "/bon";

/// `GET /bon?nr=`
pub(crate) fn page(ask: &Ask) -> Answer {
    let words = ask.words();
    let number = ask.params.get("nr").ok_or(Refused::NotFound)?;
    let shops = ask.shops()?;
    let query = ask.scope().query(&Filter::default());
    let (row, lines) = {
        let book = ask.web.office.book()?;
        let row = receipt(book.dataset(), &query, number).ok_or(Refused::NotFound)?;
        (row, lines(book.dataset(), number))
    };
    let live: Option<ReceiptNumber> = number.parse().ok().filter(|_| !row.imported);
    let (events, returns) = match live {
        Some(number) => of_till(ask, number)?,
        None => (Vec::new(), Vec::new()),
    };
    let title = format!("{} {number}", words.receipt);
    let main = html! {
        (layout::heading(&title, &html! {}))
        (facts(ask, &row, &shops)?)
        @if events.is_empty() {
            section.card { (imported_lines(ask.language, &lines).html(ask.language)) p.soft { (words.imported_lines) } }
        }
        @for (at, (row, event)) in events.iter().enumerate() {
            (one(ask.language, event, row, (events.len() > 1).then_some(at + 1)))
        }
        @if !returns.is_empty() {
            section.card {
                h2 { (words.returns_of_this) }
                ul.plain {
                    @for number in &returns { li { a href=(link(PATH, &[("nr", number)])) { (words.receipt) " " (number) } } }
                }
            }
        }
    };
    ask.page(&title, &main)
}

type Found = (Vec<(EventRow, Event)>, Vec<String>);

/// The events with this number in shops that may be seen, and the receipts of returns that name it.
fn of_till(ask: &Ask, number: ReceiptNumber) -> Result<Found, Refused> {
    let key = receipt_key(number);
    let (events, returns) = store::read(ask.web.office.store(), |tables| {
        Ok((
            tables.events_of_receipt(key)?,
            tables.returns_of_receipt(key)?,
        ))
    })?;
    let read = |row: EventRow| {
        let event = Event::read(&row.bytes).ok()?;
        ask.scope().sees(&row.shop).then_some((row, event))
    };
    let mut numbers: Vec<String> = returns
        .into_iter()
        .filter_map(read)
        .filter_map(|(row, event)| match event.body {
            Body::Return(back) => Some(
                ReceiptNumber {
                    till: row.till,
                    epoch: row.epoch,
                    serial: back.receipt.receipt,
                }
                .to_string(),
            ),
            _ => None,
        })
        .collect();
    numbers.dedup();
    Ok((events.into_iter().filter_map(read).collect(), numbers))
}

fn facts(ask: &Ask, row: &ReceiptRow, shops: &[Shop]) -> Result<Markup, Refused> {
    let (words, language) = (ask.words(), ask.language);
    let names = customers::names(ask, row.customer.as_deref())?;
    let name = row
        .customer
        .as_deref()
        .map_or(String::new(), |id| customers::called(&names, id));
    let shop = shops
        .iter()
        .find(|shop| shop.id == row.shop)
        .map_or(row.shop.as_str(), |shop| &shop.name);
    let day = Asked::default().on(row.day).link(receipts::PATH, &[]);
    Ok(html! {
        dl.facts.card {
            div { dt { (words.time) } dd { a href=(day) { (language.time(row.at.naive_local())) } } }
            div { dt { (words.shop) } dd { (shop) } }
            @if !row.till.is_empty() { div { dt { (words.till) } dd { (row.till) } } }
            div { dt { (words.customer) } dd {
                @match &row.customer {
                    Some(id) => { a href=(link(customer::PATH, &[("id", id)])) { (name) } }
                    None => { (words.anonymous) }
                }
            } }
            div { dt { (words.net_short) } dd { (language.money(row.net_cents)) } }
            @if row.imported { div { dt { (words.origin) } dd { (words.imported_mark) } } }
        }
    })
}

fn imported_lines(language: Language, lines: &[LineRow]) -> Table {
    let words = language.strings();
    let rows = lines.iter().map(|line| {
        let name = line.product_name.as_deref().or(line.product.as_deref());
        vec![
            Entry::text(name.unwrap_or(&line.kind)),
            Entry::text(line.category.clone().unwrap_or_default()),
            Entry::text(words.kind(&line.kind)),
            Cell::Quantity(line.quantity).into(),
            Cell::Cents(line.amount_cents).into(),
        ]
    });
    Table {
        caption: words.lines.to_owned(),
        columns: vec![
            Column::new("product", words.article),
            Column::new("category", words.category),
            Column::new("kind", words.what),
            Column::new("quantity", words.quantity),
            Column::new("amount_cents", words.amount),
        ],
        rows: rows.collect(),
    }
}

fn one(language: Language, event: &Event, row: &EventRow, branch: Option<usize>) -> Markup {
    let words = language.strings();
    let (receipt, of) = match &event.body {
        Body::Sale(sale) => (sale, None),
        Body::Return(back) => (&back.receipt, Some(back.of)),
        _ => return html! {},
    };
    html! {
        @if let Some(branch) = branch {
            p.notice.mind { (words.branch_note.replacen("{}", &branch.to_string(), 1)) }
        }
        section.card {
            @if let Some(of) = of {
                p { (words.returns_from) " " a href=(link(PATH, &[("nr", &of.to_string())])) { (of) } }
            }
            (lines_table(language, receipt).html(language))
            div.side-by-side {
                (vat_table(language, receipt).html(language))
                (tenders_table(language, receipt).html(language))
            }
            @if let Some(text) = &row.text { p { (words.note) ": “" (text) "”" } }
            p.soft {
                (words.cashier) " " (receipt.cashier)
                @if receipt.points != 0 { " · " (words.points) " " (language.number(receipt.points)) }
                @if let Some(wait) = receipt.wait_s { " · " (words.wait.replace("{}", &wait.to_string())) }
            }
        }
    }
}

fn lines_table(language: Language, receipt: &Receipt) -> Table {
    let words = language.strings();
    let rows = receipt.lines.iter().map(|line| {
        let mut name = line.name.clone();
        let class = match line.class {
            LineClass::Goods => "",
            LineClass::Deposit => words.deposit,
            LineClass::GiftCard => words.gift_cards,
        };
        if !name.to_lowercase().contains(class) {
            name.push_str(&format!(" ({class})"));
        }
        if let Some(reason) = line.reason {
            name.push_str(&format!(" – {}", words.reason(reason.name())));
        }
        vec![
            Entry::text(name),
            Entry::text(line.category.clone()),
            Cell::Quantity(line.qty.0).into(),
            Cell::Cents(line.price.0).into(),
            Entry::text(line.vat.to_string()),
            Cell::Cents(line.amount.0).into(),
        ]
    });
    let mut rows: Vec<Vec<Entry>> = rows.collect();
    let sum = |label: &str, cents: i64| {
        vec![
            Entry::text(label).tone("strong"),
            Cell::Empty.into(),
            Cell::Empty.into(),
            Cell::Empty.into(),
            Cell::Empty.into(),
            Entry::from(Cell::Cents(cents)).tone("strong"),
        ]
    };
    rows.push(sum(words.total, receipt.total.0));
    if receipt.rounding.0 != 0 {
        rows.push(sum(words.rounding_line, receipt.rounding.0));
    }
    Table {
        caption: words.lines.to_owned(),
        columns: vec![
            Column::new("name", words.article),
            Column::new("category", words.category),
            Column::new("quantity", words.quantity),
            Column::new("price_cents", words.price),
            Column::new("vat", words.vat),
            Column::new("amount_cents", words.amount),
        ],
        rows,
    }
}

fn vat_table(language: Language, receipt: &Receipt) -> Table {
    let words = language.strings();
    Table {
        caption: words.vat.to_owned(),
        columns: vec![
            Column::new("rate", words.vat),
            Column::new("base_cents", words.vat_base),
            Column::new("vat_cents", words.vat_amount),
            Column::new("gross_cents", words.vat_gross),
        ],
        rows: receipt
            .vat
            .iter()
            .map(|row| {
                vec![
                    Entry::text(row.rate.to_string()),
                    Cell::Cents(row.base.0).into(),
                    Cell::Cents(row.vat.0).into(),
                    Cell::Cents(row.gross.0).into(),
                ]
            })
            .collect(),
    }
}

fn tenders_table(language: Language, receipt: &Receipt) -> Table {
    let words = language.strings();
    Table {
        caption: words.paid.to_owned(),
        columns: vec![
            Column::new("tender", words.paid),
            Column::new("amount_cents", words.amount),
            Column::new("tendered_cents", words.tendered),
            Column::new("change_cents", words.change),
        ],
        rows: receipt
            .tenders
            .iter()
            .map(|tender| {
                let kind = match tender.kind {
                    TenderKind::Cash => words.cash,
                    TenderKind::Card => words.card,
                };
                let optional = |cents: Option<retail::money::Cents>| {
                    Entry::from(cents.map_or(Cell::Empty, |cents| Cell::Cents(cents.0)))
                };
                vec![
                    Entry::text(kind),
                    Cell::Cents(tender.amount.0).into(),
                    optional(tender.tendered),
                    optional(tender.change),
                ]
            })
            .collect(),
    }
}
