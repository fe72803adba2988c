//! *Terugkerende klanten*: who comes back, in figures that all mean what the report definitions say and that all open
//! down to customers and receipts.

use journey::reports::cohorts::Cohort;
use journey::reports::customers::{Behind, Paging};
use journey::reports::overview::Overview;
use journey::reports::repeat::Repeat;
use journey::reports::weeks::Week;
use journey::{Query, reports};
use maud::{Markup, html};

use super::ask::{Answer, Ask, Refused};
use super::chart::{self, Chart};
use super::filter::Asked;
use super::strings::Language;
use super::table::{Cell, Column, Entry, Table};
use super::zones::Zones;
use super::{cohort_table, customers, figures, layout, notes};
use crate::scope::Filter;

/// Where it is.
pub(crate) const PATH: &str = "/terugkerende-klanten";

/// Weeks drawn and shown on the page, the latest ones; files hold all.
const WEEKS_ON_PAGE: usize = 104;
/// Customers on this page.
const CUSTOMERS_ON_PAGE: usize = 10;

/// All reports of one selection.
#[derive(Debug)]
pub(crate) struct Reports {
    pub(crate) all: Overview,
    /// The last day with a sale, in the shop that was asked for.
    last_day_here: Option<chrono::NaiveDate>,
    /// The last day with a sale in everything that may be seen.
    last_day_of_all: Option<chrono::NaiveDate>,
    made_ms: i64,
}

fn asked_reports(ask: &Ask, asked: &Asked) -> Result<std::sync::Arc<Reports>, Refused> {
    let query = ask.scope().query(&asked.filter());
    let everything = ask.scope().query(&Filter::default());
    let made_ms = ask.web.office.now_ms();
    ask.cached(&format!("reports {query:?}"), |book| {
        let dataset = book.dataset();
        let here = Query {
            shops: query.shops.clone(),
            ..Query::default()
        };
        Reports {
            all: reports::overview(dataset, &query),
            last_day_here: reports::last_sale_day(dataset, &here),
            last_day_of_all: reports::last_sale_day(dataset, &everything),
            made_ms,
        }
    })
}

/// `GET /terugkerende-klanten`
pub(crate) fn page(ask: &Ask) -> Answer {
    let (words, language) = (ask.words(), ask.language);
    let shops = ask.shops()?;
    let asked = ask.asked(&shops)?;
    let reports = asked_reports(ask, &asked)?;
    let filter = notes::filter_bar(ask, &asked, &shops, &[]);
    let narrowed = asked.shop.is_some() || asked.from.is_some() || ask.scope().shops().is_some();
    let zones = Zones::of(&shops);
    let made = zones.instant(
        language,
        reports.made_ms,
        zones.asked(asked.shop.as_deref()),
    );
    let beside = html! {
        p.soft { (notes::period_text(ask, &asked)) " · " (words.made_at) " " (made) }
    };
    let main = html! {
        (layout::heading(words.menu_returning, &beside))
        (filter)
        @if reports.all.volumes.sale_receipts == 0 {
            (notes::empty(ask, reports.last_day_here, reports.last_day_of_all))
        } @else {
            (figures::answer(language, &reports, narrowed))
            section aria-labelledby="kerncijfers-kop" {
                div.heading { h2 id="kerncijfers-kop" { (words.key_figures) } (layout::downloads(ask, "kerncijfers", &asked.query_string(&[]))) }
                (figures::html(language, &reports, &asked))
            }
            (weeks_section(ask, &asked, &reports.all.weeks))
            (cohorts_section(ask, &asked, &reports.all.cohorts))
            (second_visit(ask, &asked, &reports.all.repeat))
            (customers_section(ask, &asked)?)
        }
    };
    ask.page(words.menu_returning, &main)
}

fn weeks_section(ask: &Ask, asked: &Asked, weeks: &[Week]) -> Markup {
    let (words, language) = (ask.words(), ask.language);
    let shown = weeks
        .get(weeks.len().saturating_sub(WEEKS_ON_PAGE)..)
        .unwrap_or_default();
    let labels: Vec<String> = shown
        .iter()
        .map(|week| language.day_in_words(week.monday))
        .collect();
    let chart = Chart {
        id: "weken",
        label: words.weeks_chart.to_owned(),
        plot: chart::stacked(
            language,
            &labels,
            (
                words.returning,
                shown.iter().map(|week| week.returning).collect(),
            ),
            (words.new, shown.iter().map(|week| week.new).collect()),
        ),
    };
    html! {
        section.card aria-labelledby="weken-kop" {
            div.heading { h2 id="weken-kop" { (words.weeks) } (layout::downloads(ask, "weken", &asked.query_string(&[]))) }
            p.means { (words.weeks_mean) }
            (chart.html(words.drawing))
            details {
                summary { (words.as_table) }
                (weeks_table(language, shown.iter().rev(), asked).html(language))
            }
        }
    }
}

fn weeks_table<'a>(
    language: Language,
    weeks: impl Iterator<Item = &'a Week>,
    asked: &Asked,
) -> Table {
    let words = language.strings();
    let rows = weeks.map(|week| {
        let behind = |kind: &str| {
            let which = format!("{kind}:{}", week.monday);
            asked.link(customers::PATH, &[("achter", &which)])
        };
        vec![
            Entry::text(week.week.clone()),
            Cell::Day(Some(week.monday)).into(),
            Entry::link(Cell::Count(week.new), || behind("week-nieuw")),
            Entry::link(Cell::Count(week.returning), || behind("week-terug")),
            Cell::Cents(week.gross_new_cents).into(),
            Cell::Cents(week.gross_returning_cents).into(),
            Cell::Cents(week.gross_anonymous_cents).into(),
        ]
    });
    Table {
        caption: words.weeks.to_owned(),
        columns: vec![
            Column::new("week", words.week),
            Column::new("monday", words.monday),
            Column::new("new", words.new),
            Column::new("returning", words.returning),
            Column::new("gross_new_cents", words.gross_new),
            Column::new("gross_returning_cents", words.gross_returning),
            Column::new("gross_anonymous_cents", words.gross_anonymous),
        ],
        rows: rows.collect(),
    }
}

fn cohorts_section(ask: &Ask, asked: &Asked, cohorts: &[Cohort]) -> Markup {
    let (words, language) = (ask.words(), ask.language);
    html! {
        section.card aria-labelledby="cohorten-kop" {
            div.heading { h2 id="cohorten-kop" { (words.cohorts) } (layout::downloads(ask, "cohorten", &asked.query_string(&[]))) }
            p.means { (words.cohorts_mean) }
            @for note in cohort_table::notes(language, cohorts) { p.notice.mind { (note) } }
            @if let Some((chart, scale)) = cohort_table::chart(language, cohorts) {
                (chart.html(words.drawing))
                p.means { (scale) }
            }
            details {
                summary { (words.as_table) }
                (cohort_table::table(language, cohorts, asked).html(language))
            }
        }
    }
}

fn second_visit(ask: &Ask, asked: &Asked, repeat: &Repeat) -> Markup {
    let (words, language) = (ask.words(), ask.language);
    let behind = |kind: &str, days: i32| {
        let which = format!("{kind}:{days}");
        asked.link(customers::PATH, &[("achter", &which)])
    };
    html! {
        section.card aria-labelledby="tweede-kop" {
            div.heading { h2 id="tweede-kop" { (words.second_visit) } (layout::downloads(ask, "tweede-bezoek", &asked.query_string(&[]))) }
            p.means { (words.second_visit_means) }
            table.bars {
                caption.sr { (words.second_visit) }
                thead { tr {
                    th scope="col" { (words.within) }
                    th.num scope="col" { (words.came_back) }
                    th.bar aria-hidden="true" {}
                    th.num scope="col" { (words.returned_customers) }
                    th.num scope="col" { (words.eligible) }
                } }
                tbody {
                    @for visit in &repeat.second_visit_within_days {
                        tr {
                            th scope="row" { (language.days(&visit.days.to_string())) }
                            td.num.strong { (Cell::Rate(visit.rate).text(language)) }
                            td.bar aria-hidden="true" {
                                @if let Some(rate) = visit.rate {
                                    svg viewBox="0 0 100 8" preserveAspectRatio="none" {
                                        rect.rail width="100" height="8" {}
                                        rect.fill width=(format!("{:.1}", rate * 100.0)) height="8" {}
                                    }
                                }
                            }
                            td.num {
                                @if visit.returned > 0 { a href=(behind("tweede-terug", visit.days)) { (language.count(visit.returned)) } }
                                @else { "0" }
                            }
                            td.num {
                                @if visit.eligible > 0 { a href=(behind("tweede", visit.days)) { (language.count(visit.eligible)) } }
                                @else { "0" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn second_visit_table(language: Language, repeat: &Repeat) -> Table {
    let words = language.strings();
    let rows = repeat.second_visit_within_days.iter().map(|visit| {
        vec![
            Cell::Number(i64::from(visit.days)).into(),
            Cell::Count(visit.eligible).into(),
            Cell::Count(visit.returned).into(),
            Cell::Rate(visit.rate).into(),
        ]
    });
    Table {
        caption: words.second_visit.to_owned(),
        columns: vec![
            Column::new("days", words.within),
            Column::new("eligible", words.eligible),
            Column::new("returned", words.returned_customers),
            Column::new("rate", words.came_back),
        ],
        rows: rows.collect(),
    }
}

fn customers_section(ask: &Ask, asked: &Asked) -> Result<Markup, Refused> {
    let words = ask.words();
    let paging = Paging {
        limit: CUSTOMERS_ON_PAGE,
        ..Paging::default()
    };
    let page = customers::list(ask, asked, Behind::Purchasing, paging)?;
    let table = customers::table(ask, &page.rows, None)?;
    Ok(html! {
        section.card aria-labelledby="klanten-kop" {
            div.heading { h2 id="klanten-kop" { (words.latest_customers) } (layout::downloads(ask, "klanten", &asked.query_string(&[]))) }
            @if page.rows.is_empty() { p { (words.nobody_known) } }
            @else {
                (table.html(ask.language))
                p { a.button href=(asked.link(customers::PATH, &[])) {
                    (words.all_customers.replace("{}", &ask.language.count(page.total)))
                } }
            }
        }
    })
}

/// The tables of this page for a file.
pub(crate) fn export(ask: &Ask, name: &str) -> Result<Table, Refused> {
    let shops = ask.shops()?;
    let asked = ask.asked(&shops)?;
    let reports = asked_reports(ask, &asked)?;
    let language = ask.language;
    Ok(match name {
        "weken" => weeks_table(language, reports.all.weeks.iter(), &asked),
        "cohorten" => cohort_table::file(language, &reports.all.cohorts),
        "tweede-bezoek" => second_visit_table(language, &reports.all.repeat),
        _ => figures::table(language, &reports),
    })
}
