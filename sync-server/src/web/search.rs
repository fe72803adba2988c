//! The search: one customer or receipt by its number, a customer by his name or e-mail address.

use axum::response::{IntoResponse, Redirect};
use journey::reports::receipts as receipt_report;
use maud::html;
use retail::ids::CustomerId;

use super::ask::{Answer, Ask, Refused};
use super::params::link;
use super::{customer, customers, layout, receipt};
use crate::scope::Filter;
use crate::store;

/// Where one searches.
pub(crate) const PATH: &str = "/zoek";

/// People shown who were found by name or e-mail address.
const ON_PAGE: usize = 20;

/// `GET /zoek?zoek=`: a card, a customer or a receipt by its number; a customer by his name or e-mail address.
pub(crate) fn page(ask: &Ask) -> Answer {
    let words = ask.words();
    let text = ask.params.get("zoek").unwrap_or_default().trim().to_owned();
    if let Some(href) = found(ask, &text)? {
        return Ok(Redirect::to(&href).into_response());
    }
    let people = ask
        .web
        .office
        .people_called(ask.scope(), &text, ON_PAGE + 1)?;
    if let [only] = people.as_slice() {
        return Ok(Redirect::to(&link(customer::PATH, &[("id", &only.id)])).into_response());
    }
    let main = html! {
        (layout::heading(words.search_label, &html! {}))
        @if people.is_empty() {
            div.card.empty {
                h2 { (words.search_nothing) }
                p { (words.search_hint) }
            }
        } @else {
            section.card {
                h2 { (words.search_found.replace("{}", &text)) }
                ul.found {
                    @for person in people.iter().take(ON_PAGE) {
                        li {
                            a href=(link(customer::PATH, &[("id", &person.id)])) { (person.name.clone().unwrap_or_else(|| customers::short(&person.id))) }
                            " " span.soft { (customers::short(&person.id)) @if let Some(email) = &person.email { " · " (email) } }
                        }
                    }
                }
                @if people.len() > ON_PAGE { p.soft { (words.search_more) } }
            }
        }
    };
    ask.page(words.search_label, &main)
}

/// The one customer of ours whose number begins so, as lists and pages show it.
fn by_short(ask: &Ask, text: &str) -> Result<Option<String>, Refused> {
    if text.len() != customers::SHORT || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(None);
    }
    let start = text.to_ascii_lowercase();
    let found: Vec<String> = {
        let book = ask.web.office.book()?;
        let dataset = book.dataset();
        let ids = dataset.customers().into_iter();
        ids.map(|number| dataset.customer_id(number))
            .filter(|id| id.starts_with(&start) && id.parse::<CustomerId>().is_ok())
            .map(str::to_owned)
            .collect()
    };
    let mut seen = Vec::new();
    for id in found {
        if ask.web.office.person(ask.scope(), &id)?.is_some() {
            seen.push(id);
        }
    }
    Ok(seen.pop().filter(|_| seen.is_empty()))
}

fn found(ask: &Ask, text: &str) -> Result<Option<String>, Refused> {
    if text.is_empty() {
        return Ok(None);
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let barcode = retail::barcode::receipt_code::decode(&digits)
        .ok()
        .map(|number| number.to_string());
    let query = ask.scope().query(&Filter::default());
    {
        let book = ask.web.office.book()?;
        for number in std::iter::once(text).chain(barcode.as_deref()) {
            if receipt_report::receipt(book.dataset(), &query, number).is_some() {
                return Ok(Some(link(receipt::PATH, &[("nr", number)])));
            }
        }
    }
    if let Some(customer) = by_short(ask, text)? {
        return Ok(Some(link(customer::PATH, &[("id", &customer)])));
    }
    let card = store::read(ask.web.office.store(), |tables| {
        match tables.card(&digits)? {
            Some(customer) => tables.root(&customer).map(Some),
            None => Ok(None),
        }
    })?;
    for customer in card.iter().map(String::as_str).chain(std::iter::once(text)) {
        if ask.web.office.person(ask.scope(), customer)?.is_some() {
            return Ok(Some(link(customer::PATH, &[("id", customer)])));
        }
    }
    Ok(None)
}
