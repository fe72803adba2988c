//! One customer: where he is on his path, how he came there, what he bought, and who he is as far as he said so.
//! Somebody who may see some shops sees what happened there, and nothing of elsewhere.

use axum::response::{IntoResponse, Redirect};
use chrono::NaiveDate;
use journey::path::{self, Path};
use journey::reports::customers::{CustomerRow, MAX_PAGE, customer};
use journey::reports::last_sale_day;
use journey::reports::receipts::{ReceiptRow, of_customer};
use maud::{Markup, html};

use super::ask::{Answer, Ask, Refused};
use super::params::link;
use super::strings::Language;
use super::table::Table;
use super::{customers, journey_line, layout, receipts, timeline};
use crate::book::Book;
use crate::people::Person;
use crate::scope::Filter;
use crate::store::rows::Shop;

/// Where one is.
pub(crate) const PATH: &str = "/klant";
/// Where one is forgotten.
pub(crate) const FORGET_PATH: &str = "/klant/vergeten";

/// Receipts shown on a page.
const RECEIPTS: usize = 25;

/// What the book says of somebody.
#[derive(Debug)]
struct Known {
    path: Path,
    row: Option<CustomerRow>,
    receipts: Vec<ReceiptRow>,
    total_receipts: usize,
}

/// The id he is known by now; a merge may have given him another.
fn person(ask: &Ask) -> Result<Person, Refused> {
    let id = ask.params.get("id").ok_or(Refused::NotFound)?;
    ask.web
        .office
        .person(ask.scope(), id)?
        .ok_or(Refused::NotFound)
}

fn known(ask: &Ask, book: &Book, id: &str, today: NaiveDate) -> Option<Known> {
    let dataset = book.dataset();
    let number = dataset.customer(id)?;
    let query = ask.scope().query(&Filter::default());
    let mut history = dataset.history(number);
    if let Some(shops) = ask.scope().shops() {
        history = history.in_shops(shops);
    }
    let last = history.events().map(|event| event.local_day()).max();
    // One year that was mistyped in an import puts nobody else to sleep.
    let until_today = Filter {
        to: Some(today),
        ..Filter::default()
    };
    let as_of = last_sale_day(dataset, &ask.scope().query(&until_today))
        .max(last)
        .unwrap_or_default();
    let found = of_customer(dataset, &query, number, 0, MAX_PAGE);
    let mut row = customer(dataset, &query, number);
    if let Some(row) = &mut row
        && ask.scope().shops().is_some()
    {
        row.first_visit = history.visit_days().first().copied();
    }
    Some(Known {
        path: path::path(&history, book.model(), as_of),
        row,
        receipts: found.rows,
        total_receipts: found.total,
    })
}

/// His number: short, and in full for who opens it.
fn number(id: &str, language: Language) -> Markup {
    let words = language.strings();
    let short = customers::short(id);
    html! {
        @if short == id {
            p.soft.id { (words.customer_id) " " (id) }
        } @else {
            details.id {
                summary { (words.customer_id) " " (short) span.sr { ", " (words.in_full) } }
                code { (id) }
            }
        }
    }
}

fn called(person: &Person, language: Language) -> String {
    person.name.clone().unwrap_or_else(|| {
        format!(
            "{} {}",
            language.strings().customer,
            customers::short(&person.id)
        )
    })
}

/// `GET /klant?id=`
pub(crate) fn page(ask: &Ask) -> Answer {
    let (words, language) = (ask.words(), ask.language);
    let person = person(ask)?;
    let shops = ask.shops()?;
    let title = called(&person, language);
    let may_forget = ask.web.office.only_here(ask.scope(), &person.id)?;
    let book = ask.web.office.book()?;
    let known = known(ask, &book, &person.id, ask.today(&shops));
    let model = book.model().clone();
    drop(book);
    let file = link("", &[("id", &person.id)]);
    let file = file.trim_start_matches('?');
    let main = html! {
        (layout::heading(&title, &number(&person.id, language)))
        @match &known {
            None => { div.card.empty { h2 { (words.never_bought) } p { (words.never_bought_text) } } }
            Some(known) => {
                section.card aria-labelledby="pad-kop" {
                    div.heading { h2 id="pad-kop" { (words.path) } p.soft { (words.seen_on) " " (language.day(known.path.as_of)) } }
                    p.answer { (summary(&known.path, &model, language)) }
                    (journey_line::html(&known.path, &model, language))
                    @if ask.scope().shops().is_some() { p.soft { (words.only_your_shops) } }
                }
                @if let Some(row) = &known.row { (facts(row, &known.path, language)) }
            }
        }
        (who(&person, ask, may_forget))
        @if let Some(known) = &known {
            section.card aria-labelledby="tijdlijn-kop" {
                div.heading { h2 id="tijdlijn-kop" { (words.timeline) } (layout::downloads(ask, "klant-tijdlijn", file)) }
                (timeline::html(&known.path, &model, &known.receipts, &shops, language))
            }
            section.card aria-labelledby="bonnen-kop" {
                div.heading { h2 id="bonnen-kop" { (words.menu_receipts) } (layout::downloads(ask, "klant-bonnen", file)) }
                @if known.receipts.is_empty() { p { (words.no_receipts) } }
                @else {
                    @let shown = known.receipts.get(..RECEIPTS).unwrap_or(&known.receipts);
                    (own_receipts(ask, shown, &shops)?.html(language))
                    @if known.total_receipts > shown.len() {
                        p.soft { (words.and_earlier.replace("{}", &language.count(known.total_receipts - shown.len()))) }
                    }
                }
            }
        }
    };
    ask.page(&title, &main)
}

/// His receipts: whose they are goes without saying.
fn own_receipts(ask: &Ask, rows: &[ReceiptRow], shops: &[Shop]) -> Result<Table, Refused> {
    let mut table = receipts::table(ask, rows, shops)?;
    for column in &mut table.columns {
        if column.name == "customer_short" {
            column.shown = super::table::Shown::InFiles;
        }
    }
    Ok(table)
}

fn summary(path: &Path, model: &journey::model::Model, language: Language) -> String {
    let (model_language, euro) = match language {
        Language::Nl => (journey::model::Language::Nl, "€\u{a0}"),
        Language::En => (journey::model::Language::En, "€"),
    };
    for_a_page(&path::summary(path, model, model_language), euro)
}

/// The sentence of a path is for every screen and printer; a page has arrows and the sign of the euro.
fn for_a_page(sentence: &str, euro: &str) -> String {
    sentence
        .replace(" -> ", " → ")
        .replace(", EUR -", &format!(", \u{2212}{euro}"))
        .replace(", EUR ", &format!(", {euro}"))
}

fn facts(row: &CustomerRow, path: &Path, language: Language) -> Markup {
    let words = language.strings();
    let day = |day: Option<NaiveDate>| day.map_or("–".to_owned(), |day| language.day(day));
    html! {
        dl.facts.card {
            div { dt { (words.visits) } dd { (language.count(row.visits)) } }
            div { dt { (words.receipts) } dd { (language.count(row.receipts)) } }
            div { dt { (words.spent) } dd { (language.money(row.net_cents)) } }
            @if row.returns_cents != 0 { div { dt { (words.returned) } dd { (language.money(row.returns_cents)) } } }
            div { dt { (words.first_visit) } dd { (day(row.first_visit)) } }
            div { dt { (words.last_visit) } dd { (day(row.last_visit)) } }
            @if let Some(since) = path.loyal_since { div { dt { (words.loyal_since) } dd { (language.day(since)) } } }
            @if let Some(since) = path.asleep_since { div { dt { (words.asleep_since) } dd { (language.day(since)) } } }
            @if path.won_back > 0 { div { dt { (words.won_back_times) } dd { (language.count(path.won_back)) } } }
        }
    }
}

fn who(person: &Person, ask: &Ask, may_forget: bool) -> Markup {
    let words = ask.words();
    let consent = |consent: &Option<retail::loyalty::Consent>| match consent {
        Some(consent) if consent.given => words.yes,
        Some(_) => words.no,
        None => words.not_asked,
    };
    let own = !person.cards.is_empty()
        || person.member.is_some()
        || person.name.is_some()
        || person.email.is_some();
    html! {
        section.card aria-labelledby="wie-kop" {
            h2 id="wie-kop" { (words.details) }
            @if own {
                dl.facts {
                    div { dt { (words.name) } dd { (person.name.as_deref().unwrap_or("–")) } }
                    div { dt { (words.email) } dd { (person.email.as_deref().unwrap_or("–")) } }
                    div { dt { (words.cards) } dd { (if person.cards.is_empty() { "–".to_owned() } else { person.cards.join(", ") }) } }
                    div { dt { (words.points) } dd { (ask.language.number(person.points)) } }
                    div { dt { (words.member) } dd { (consent(&person.member)) } }
                    div { dt { (words.marketing) } dd { (consent(&person.marketing)) } }
                }
            } @else { p { (words.no_details) } }
            @if !person.aliases.is_empty() {
                p.soft { (words.also_known) " " (person.aliases.iter().map(|id| customers::short(id)).collect::<Vec<_>>().join(", ")) }
            }
            @if may_forget {
                p.no-print { a.danger href=(link(FORGET_PATH, &[("id", &person.id)])) { (words.forget) } }
            } @else { p.soft.no-print { (words.forget_not_yours) } }
        }
    }
}

/// `GET /klant/vergeten?id=`: what it means, and the question whether it is meant.
pub(crate) fn ask_to_forget(ask: &Ask) -> Answer {
    let words = ask.words();
    let person = person(ask)?;
    let name = called(&person, ask.language);
    let title = words.forget_title.replace("{}", &name);
    let back = link(PATH, &[("id", &person.id)]);
    let main = html! {
        (layout::heading(&title, &html! {}))
        div.card {
            @if !ask.web.office.only_here(ask.scope(), &person.id)? {
                p { (words.forget_not_yours) }
                p { a.button href=(back) { (words.back) } }
            } @else {
                p { (words.forget_what) }
                p { (words.forget_stays) }
                p { strong { (words.forget_final) } }
                form.buttons method="post" action=(FORGET_PATH) {
                    input type="hidden" name="token" value=(ask.who.csrf);
                    input type="hidden" name="id" value=(person.id);
                    label.check { input type="checkbox" name="zeker" value="ja" required; " " (words.forget_sure) }
                    button.danger type="submit" { (words.forget_now) }
                    a.button href=(back) { (words.back) }
                }
            }
        }
    };
    ask.page(&title, &main)
}

/// `POST /klant/vergeten`
pub(crate) fn forget(ask: &Ask) -> Answer {
    let id = ask.form.get("id").ok_or(Refused::NotFound)?;
    if ask.form.get("zeker") != Some("ja") {
        return Err(Refused::NotFound);
    }
    let person = ask
        .web
        .office
        .person(ask.scope(), id)?
        .ok_or(Refused::NotFound)?;
    if !ask.web.office.only_here(ask.scope(), &person.id)? {
        return Err(Refused::NotFound);
    }
    ask.web.office.forget(&person.id)?;
    ask.web.cache.clear();
    Ok(Redirect::to(&link(customers::PATH, &[("gedaan", "vergeten")])).into_response())
}

/// Receipts and timeline of one customer for a file.
pub(crate) fn export(ask: &Ask, name: &str) -> Result<Table, Refused> {
    let person = person(ask)?;
    let shops = ask.shops()?;
    let book = ask.web.office.book()?;
    let known = known(ask, &book, &person.id, ask.today(&shops)).ok_or(Refused::NotFound)?;
    Ok(match name {
        "klant-tijdlijn" => timeline::table(&known.path, book.model(), &shops, ask.language),
        _ => receipts::table(ask, &known.receipts, &shops)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_writes_euros_as_everywhere_else() {
        let sentence = "aankoop 12 mrt -> loyaliteit 4 bezoeken, EUR 1.212,40 -> teruggewonnen 2 sep, 1 bezoek, EUR -5,00";
        assert_eq!(
            for_a_page(sentence, "€\u{a0}"),
            format!(
                "aankoop 12 mrt → loyaliteit 4 bezoeken, {} → teruggewonnen 2 sep, 1 bezoek, {}",
                Language::Nl.money(121_240),
                Language::Nl.money(-500)
            )
        );
    }
}
