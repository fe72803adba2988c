//! The customers behind a figure: sorted, page by page, with their names where they gave one.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use journey::day::month_from_text;
use journey::reports;
use journey::reports::customers as report;
use journey::reports::customers::{Behind, CustomerRow, Page, Paging, SortBy};
use maud::{Markup, html};
use retail::ids::CustomerId;

use super::ask::{Answer, Ask, Refused};
use super::filter::{Asked, Misread};
use super::params::{Params, link};
use super::strings::Language;
use super::table::{Cell, Column, Entry, Shown, Table};
use super::{customer, layout, notes};
use crate::people::person;
use crate::store;

/// Where they are.
pub(crate) const PATH: &str = "/klanten";

const ROWS: usize = 50;
/// Digits of a number of ours that are shown of somebody without a name.
pub(crate) const SHORT: usize = 8;

/// Reads which figure a list is behind; everyone, when none is named.
fn behind(params: &Params) -> Result<(Behind, String), Misread> {
    let text = params.get("achter").unwrap_or("kopers");
    let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
    let days = || rest.parse().ok();
    let week = |returning| {
        rest.parse()
            .ok()
            .map(|monday| Behind::Week { monday, returning })
    };
    let found = match kind {
        "kopers" => Some(Behind::Purchasing),
        "terug" => Some(Behind::Repeat),
        "bonnen2" => Some(Behind::RepeatByReceipts),
        "retour" => Some(Behind::WithReturn),
        "alleen-retour" => Some(Behind::OnlyReturns),
        "tweede" => days().map(|days| Behind::SecondVisit {
            days,
            returned: false,
        }),
        "tweede-terug" => days().map(|days| Behind::SecondVisit {
            days,
            returned: true,
        }),
        "week-nieuw" => week(false),
        "week-terug" => week(true),
        "cohort" => rest.split_once(':').and_then(|(month, k)| {
            let month = month_from_text(month)?;
            let k = k.parse().ok().filter(|k| (0..100_000).contains(k))?;
            Some(Behind::Cohort { month, k })
        }),
        _ => None,
    };
    match found {
        Some(found) => Ok((found, text.to_owned())),
        None => Err(Misread::choice("achter", text)),
    }
}

fn title(language: Language, behind: Behind, which: &str) -> String {
    let words = language.strings();
    match behind {
        Behind::Purchasing => words.behind_purchasing.to_owned(),
        Behind::Repeat => words.behind_repeat.to_owned(),
        Behind::RepeatByReceipts => words.behind_receipts.to_owned(),
        Behind::WithReturn => words.behind_with_return.to_owned(),
        Behind::OnlyReturns => words.behind_only_returns.to_owned(),
        Behind::SecondVisit { days, returned } => {
            let text = if returned {
                words.behind_second
            } else {
                words.behind_eligible
            };
            text.replace("{}", &language.days(&language.number(i64::from(days))))
        }
        Behind::Week { monday, returning } => {
            let text = if returning {
                words.behind_week_returning
            } else {
                words.behind_week_new
            };
            text.replace("{}", &language.day_in_words(monday))
        }
        Behind::Cohort { k, .. } => {
            let month = which.split(':').nth(1).unwrap_or_default();
            let text = if k == 0 {
                words.behind_cohort
            } else {
                words.behind_cohort_later
            };
            text.replacen("{}", &language.month(month), 1).replacen(
                "{}",
                &language.month_count(usize::try_from(k).unwrap_or_default()),
                1,
            )
        }
    }
}

const SORTS: [(SortBy, &str); 5] = [
    (SortBy::LastVisit, "laatste"),
    (SortBy::FirstVisit, "eerste"),
    (SortBy::Visits, "bezoeken"),
    (SortBy::Spend, "besteed"),
    (SortBy::Customer, "klant"),
];

fn sorting(params: &Params) -> Result<(SortBy, bool), Misread> {
    let name = params.get("op").unwrap_or("laatste");
    let sort = SORTS
        .iter()
        .find(|(_, known)| *known == name)
        .map(|(sort, _)| *sort)
        .ok_or_else(|| Misread::choice("op", name))?;
    let descending = match params.get("orde") {
        Some("op") => false,
        Some("af") => true,
        None => sort != SortBy::Customer,
        Some(other) => return Err(Misread::choice("orde", other)),
    };
    Ok((sort, descending))
}

fn sort_name(sort: SortBy) -> &'static str {
    SORTS
        .iter()
        .find(|(known, _)| *known == sort)
        .map_or("laatste", |(_, name)| *name)
}

/// One page of customers, from memory when it was asked before.
pub(crate) fn list(
    ask: &Ask,
    asked: &Asked,
    behind: Behind,
    paging: Paging,
) -> Result<Arc<Page<CustomerRow>>, Refused> {
    let query = ask.scope().query(&asked.filter());
    ask.cached(
        &format!("customers {query:?} {behind:?} {paging:?}"),
        |book| report::customers(book.dataset(), &query, behind, paging),
    )
}

/// The names of those who gave one. Imported customers are known by their id alone.
pub(crate) fn names<'a>(
    ask: &Ask,
    customers: impl IntoIterator<Item = &'a str>,
) -> Result<HashMap<String, String>, Refused> {
    let own: BTreeSet<&str> = customers
        .into_iter()
        .filter(|customer| customer.parse::<CustomerId>().is_ok())
        .collect();
    let names = store::read(ask.web.office.store(), |tables| {
        let mut names = HashMap::new();
        for customer in own {
            if let Some(name) = person(tables, customer)?.and_then(|person| person.name) {
                names.insert(customer.to_owned(), name);
            }
        }
        Ok(names)
    })?;
    Ok(names)
}

/// What a customer is called on a page: by his name, or by his number.
pub(crate) fn called(names: &HashMap<String, String>, customer: &str) -> String {
    names
        .get(customer)
        .cloned()
        .unwrap_or_else(|| short(customer))
}

/// What a customer without a name is called on a page.
pub(crate) fn short(customer: &str) -> String {
    if customer.parse::<CustomerId>().is_ok() {
        return customer.chars().take(SHORT).collect();
    }
    customer.to_owned()
}

/// The first visits that may be seen: of the whole history, or those in the shops of the scope.
fn first_days(ask: &Ask, rows: &[CustomerRow]) -> Result<Vec<Option<NaiveDate>>, Refused> {
    let Some(shops) = ask.scope().shops() else {
        return Ok(rows.iter().map(|row| row.first_visit).collect());
    };
    let book = ask.web.office.book()?;
    let dataset = book.dataset();
    let first = |row: &CustomerRow| {
        let number = dataset.customer(&row.customer)?;
        let days = dataset.history(number).in_shops(shops).visit_days();
        days.first().copied()
    };
    Ok(rows.iter().map(first).collect())
}

/// Where the order of a list leads: the address of a page in an order.
pub(crate) type Sorted<'a> = (SortBy, bool, &'a dyn Fn(&str, &str) -> String);

/// The table of these customers.
pub(crate) fn table(
    ask: &Ask,
    rows: &[CustomerRow],
    sorted: Option<Sorted<'_>>,
) -> Result<Table, Refused> {
    let words = ask.words();
    let names = names(ask, rows.iter().map(|row| row.customer.as_str()))?;
    let first_days = first_days(ask, rows)?;
    let column = |name: &str, head: &str, sort: SortBy| {
        let mut column = Column::new(name, head);
        // The order by first visit is that of all shops: whoever sees some of them gets no list in it.
        let sorted = sorted.filter(|_| sort != SortBy::FirstVisit || ask.scope().shops().is_none());
        column.sort = sorted.map(|(now, descending, href)| {
            let this = now == sort;
            let turn = if this {
                !descending
            } else {
                sort != SortBy::Customer
            };
            let state = this.then_some(if descending {
                "descending"
            } else {
                "ascending"
            });
            (href(sort_name(sort), if turn { "af" } else { "op" }), state)
        });
        column
    };
    let columns = vec![
        column("customer", words.customer, SortBy::Customer),
        Column::new("name", words.name).only(Shown::InFiles),
        column("last_visit", words.last_visit, SortBy::LastVisit),
        column("visits", words.visits, SortBy::Visits),
        Column::new("receipts", words.receipts).minor(),
        Column::new("gross_cents", words.gross).only(Shown::InFiles),
        Column::new("returns_cents", words.returned).only(Shown::InFiles),
        column("net_cents", words.spent, SortBy::Spend),
        column("first_visit", words.first_visit, SortBy::FirstVisit).minor(),
    ];
    let rows = rows.iter().zip(first_days).map(|(row, first_day)| {
        let name = names.get(&row.customer).cloned();
        let shown = called(&names, &row.customer);
        vec![
            Entry::link(Cell::Text(shown), || {
                link(customer::PATH, &[("id", &row.customer)])
            }),
            Entry::text(name.unwrap_or_default()),
            Cell::Day(row.last_visit).into(),
            Cell::Count(row.visits).into(),
            Cell::Count(row.receipts).into(),
            Cell::Cents(row.gross_cents).into(),
            Cell::Cents(row.returns_cents).into(),
            Cell::Cents(row.net_cents).into(),
            Cell::Day(first_day).into(),
        ]
    });
    Ok(Table {
        caption: words.menu_customers.to_owned(),
        columns,
        rows: rows.collect(),
    })
}

/// A page number of an address, from 1.
pub(crate) fn page_number(params: &Params) -> Result<usize, Misread> {
    let Some(text) = params.get("blad") else {
        return Ok(1);
    };
    let page = text.parse().ok();
    page.filter(|page| (1..1_000_000).contains(page))
        .ok_or_else(|| Misread::choice("blad", text))
}

/// Forth and back through a long list.
pub(crate) fn pager(
    ask: &Ask,
    page: usize,
    total: usize,
    rows: usize,
    href: &dyn Fn(usize) -> String,
) -> Markup {
    let (words, language) = (ask.words(), ask.language);
    let pages = total.div_ceil(rows).max(1);
    let first = (page - 1) * rows + 1;
    let text = words
        .rows_of
        .replacen("{}", &language.count(first.min(total)), 1)
        .replacen("{}", &language.count((page * rows).min(total)), 1)
        .replacen("{}", &language.count(total), 1);
    html! {
        nav.pager aria-label=(words.pages) {
            @if page > 1 { a.button rel="prev" href=(href(page - 1)) { (words.previous) } }
            span { (text) }
            @if page < pages { a.button rel="next" href=(href(page + 1)) { (words.next) } }
        }
    }
}

/// `GET /klanten`
pub(crate) fn page(ask: &Ask) -> Answer {
    let (words, language) = (ask.words(), ask.language);
    let shops = ask.shops()?;
    let asked = ask.asked(&shops)?;
    let (behind, which) = behind(&ask.params)?;
    let (sort, descending) = sorting(&ask.params)?;
    let number = page_number(&ask.params)?;
    let paging = Paging {
        sort,
        descending,
        offset: (number - 1) * ROWS,
        limit: ROWS,
    };
    let found = list(ask, &asked, behind, paging)?;
    let keep = [("achter", which.as_str())];
    let order = if descending { "af" } else { "op" };
    let sort_link = |by: &str, order: &str| {
        asked.link(PATH, &[("achter", &which), ("op", by), ("orde", order)])
    };
    let table = table(ask, &found.rows, Some((sort, descending, &sort_link)))?;
    let page_link = |number: usize| {
        let number = number.to_string();
        asked.link(
            PATH,
            &[
                ("achter", &which),
                ("op", sort_name(sort)),
                ("orde", order),
                ("blad", &number),
            ],
        )
    };
    let title = title(language, behind, &which);
    let beside = html! { p.soft { (notes::period_text(ask, &asked)) } };
    let everyone = matches!(behind, Behind::Purchasing);
    let customers = language.plural(found.total, words.customer_count, words.customers_count);
    let heading = if everyone && found.total > 0 {
        // The figure that leads here may count visits: the list says how many it is of.
        let query = ask.scope().query(&asked.filter());
        let visits = ask.cached(&format!("visits {query:?}"), |book| {
            reports::visits(book.dataset(), &query).visits
        })?;
        words
            .visits_of
            .replacen(
                "{}",
                &language.plural(*visits, words.one_visit, words.n_visits),
                1,
            )
            .replacen("{}", &customers, 1)
    } else {
        customers
    };
    let main = html! {
        (layout::heading(&title, &beside))
        @if ask.params.get("gedaan") == Some("vergeten") { p.notice.good role="status" { (words.forgotten) } }
        (notes::filter_bar(ask, &asked, &shops, &keep))
        section.card {
            div.heading {
                h2 { (heading) }
                (layout::downloads(ask, "klanten", &asked.query_string(&[("achter", &which), ("op", sort_name(sort)), ("orde", order)])))
            }
            @if found.total == 0 { p { (words.nobody_here) } }
            @else {
                (table.html(language))
                (pager(ask, number, found.total, ROWS, &page_link))
            }
            @if !everyone { p { a href=(asked.link(PATH, &[])) { (words.show_everyone) } } }
        }
    };
    ask.page(&title, &main)
}

/// All of them, for a file.
pub(crate) fn export(ask: &Ask) -> Result<Table, Refused> {
    let shops = ask.shops()?;
    let asked = ask.asked(&shops)?;
    let (behind, _) = behind(&ask.params)?;
    let (sort, descending) = sorting(&ask.params)?;
    let paging = Paging {
        sort,
        descending,
        offset: 0,
        limit: usize::MAX,
    };
    let query = ask.scope().query(&asked.filter());
    let found = {
        let book = ask.web.office.book()?;
        report::export(book.dataset(), &query, behind, paging)
    };
    let mut table = table(ask, &found.rows, None)?;
    // In a file the customer is the whole id; the name stands in its own column.
    for (row, known) in table.rows.iter_mut().zip(&found.rows) {
        if let Some(first) = row.first_mut() {
            *first = Entry::text(known.customer.clone());
        }
    }
    Ok(table)
}
