//! Key figures, each with its definition beside it and a way down to what it is made of.

use journey::reports::repeat::Repeat;
use journey::reports::visits::Visits;
use journey::reports::volumes::Volumes;
use maud::{Markup, html};

use super::customers;
use super::filter::Asked;
use super::receipts;
use super::returning::Reports;
use super::strings::{Language, Strings};
use super::table::{Cell, Column, Entry, Table};

/// One figure on the page.
#[derive(Debug)]
struct Figure {
    label: &'static str,
    value: String,
    detail: String,
    definition: &'static str,
    href: Option<String>,
}

fn fill(template: &str, values: &[String]) -> String {
    let mut parts = template.split("{}");
    let mut text = parts.next().unwrap_or_default().to_owned();
    let mut values = values.iter();
    for part in parts {
        text.push_str(values.next().map_or("", String::as_str));
        text.push_str(part);
    }
    text
}

/// The answer in one sentence.
///
/// `narrowed`: the figures are of some days or shops, while who came before is told by the whole history.
pub(crate) fn answer(language: Language, reports: &Reports, narrowed: bool) -> Markup {
    let words = language.strings();
    let repeat = &reports.all.repeat;
    let Some(rate) = repeat.repeat_rate else {
        return html! {};
    };
    let counts = [
        language.count(repeat.repeat_customers),
        language.count(repeat.purchasing_customers),
    ];
    let share = repeat
        .repeat_revenue_share
        .map(|share| language.rate(share));
    html! {
        p.answer {
            strong { (language.rate(rate)) " " (words.answer_came_back) }
            " " (fill(if narrowed { words.answer_counts_narrowed } else { words.answer_counts }, &counts))
            @if let Some(share) = share { " " (fill(if narrowed { words.answer_share_narrowed } else { words.answer_share }, &[share])) }
        }
    }
}

/// The time between visits; with nothing to count over there is no number to show.
fn gap(language: Language, visits: &Visits, href: Option<String>) -> Figure {
    let words = language.strings();
    let days = |days: f64| language.days(&language.decimal(days));
    let median = visits.median_days_between_visits.map(days);
    let mean = visits.mean_days_between_visits.map(days);
    Figure {
        label: words.gap,
        value: median.unwrap_or_else(|| "–".to_owned()),
        detail: mean.map_or_else(
            || words.not_yet.to_owned(),
            |mean| fill(words.gap_mean, &[mean]),
        ),
        definition: words.gap_means,
        href,
    }
}

fn figures(language: Language, reports: &Reports, asked: &Asked) -> Vec<Figure> {
    let words = language.strings();
    let (volumes, repeat, visits) = (
        &reports.all.volumes,
        &reports.all.repeat,
        &reports.all.visits,
    );
    let rate = |rate: Option<f64>| Cell::Rate(rate).text(language);
    let behind = |which: &str| Some(asked.link(customers::PATH, &[("achter", which)]));
    let one = repeat.purchasing_customers == 1;
    let of_customers = |count: usize| {
        fill(
            if one {
                words.of_customer
            } else {
                words.of_customers
            },
            &[
                language.count(count),
                language.count(repeat.purchasing_customers),
            ],
        )
    };
    vec![
        Figure {
            label: words.repeat_rate,
            value: rate(repeat.repeat_rate),
            detail: of_customers(repeat.repeat_customers),
            definition: words.repeat_rate_means,
            href: behind("terug"),
        },
        Figure {
            label: words.repeat_share,
            value: rate(repeat.repeat_revenue_share),
            detail: fill(
                words.of_gross,
                &[language.money(volumes.gross_identified_cents)],
            ),
            definition: words.repeat_share_means,
            href: behind("kopers"),
        },
        gap(language, visits, behind("terug")),
        Figure {
            label: words.visits,
            value: language.count(visits.visits),
            detail: fill(
                if one {
                    words.visits_by_one
                } else {
                    words.visits_by
                },
                &[language.count(repeat.purchasing_customers)],
            ),
            definition: words.visits_means,
            href: behind("kopers"),
        },
        Figure {
            label: words.net,
            value: language.money(volumes.net_cents),
            detail: fill(
                words.net_of,
                &[
                    language.money(volumes.gross_cents),
                    language.money(volumes.returns_cents),
                ],
            ),
            definition: words.net_means,
            href: Some(asked.link(receipts::PATH, &[])),
        },
        Figure {
            label: words.receipts,
            value: language.count(volumes.sale_receipts),
            detail: fill(
                words.receipts_known,
                &[language.count(volumes.sale_receipts_identified)],
            ),
            definition: words.receipts_mean,
            href: Some(asked.link(receipts::PATH, receipts::SALES)),
        },
        Figure {
            label: words.gross_identified,
            value: language.money(volumes.gross_identified_cents),
            detail: fill(words.of_gross, &[language.money(volumes.gross_cents)]),
            definition: words.gross_identified_means,
            href: behind("kopers"),
        },
        Figure {
            label: words.repeat_by_receipts,
            value: rate(repeat.repeat_rate_by_receipts),
            detail: of_customers(repeat.repeat_customers_by_receipts),
            definition: words.repeat_by_receipts_means,
            href: behind("bonnen2"),
        },
    ]
}

/// The figures as a list of cards.
pub(crate) fn html(language: Language, reports: &Reports, asked: &Asked) -> Markup {
    html! {
        dl.figures {
            @for figure in figures(language, reports, asked) {
                div.card {
                    dt { (figure.label) }
                    dd.value {
                        @match &figure.href {
                            Some(href) => { a href=(href) { (figure.value) } }
                            None => { (figure.value) }
                        }
                    }
                    @if !figure.detail.is_empty() { dd.detail { (figure.detail) } }
                    dd.means { (figure.definition) }
                }
            }
        }
        (apart(language, reports))
    }
}

/// Money outside gross, when there is any.
fn apart(language: Language, reports: &Reports) -> Markup {
    let words = language.strings();
    let apart = reports.all.apart;
    let parts: Vec<String> = [
        (words.deposit, apart.deposit_cents),
        (words.gift_cards, apart.gift_cards_cents),
        (words.rounding, apart.rounding_cents),
    ]
    .into_iter()
    .filter(|(_, cents)| *cents != 0)
    .map(|(name, cents)| format!("{name} {}", language.money(cents)))
    .collect();
    html! {
        @if !parts.is_empty() {
            p.soft { (words.apart) ": " (parts.join(" · ")) }
        }
    }
}

/// A figure by its name in the report definitions, its label, its value.
type Row = (&'static str, &'static str, Cell);

fn volume_rows(words: &'static Strings, volumes: &Volumes) -> Vec<Row> {
    vec![
        ("events", words.events, Cell::Count(volumes.events)),
        (
            "sale_lines",
            words.sale_lines,
            Cell::Count(volumes.sale_lines),
        ),
        (
            "return_lines",
            words.return_lines,
            Cell::Count(volumes.return_lines),
        ),
        (
            "anonymous_sale_lines",
            words.anonymous_lines,
            Cell::Count(volumes.anonymous_sale_lines),
        ),
        (
            "sale_receipts",
            words.receipts,
            Cell::Count(volumes.sale_receipts),
        ),
        (
            "sale_receipts_identified",
            words.receipts_identified,
            Cell::Count(volumes.sale_receipts_identified),
        ),
        (
            "return_receipts",
            words.return_receipts,
            Cell::Count(volumes.return_receipts),
        ),
        (
            "customers_purchasing",
            words.customers_purchasing,
            Cell::Count(volumes.customers_purchasing),
        ),
        ("gross_cents", words.gross, Cell::Cents(volumes.gross_cents)),
        (
            "returns_cents",
            words.returned,
            Cell::Cents(volumes.returns_cents),
        ),
        ("net_cents", words.net, Cell::Cents(volumes.net_cents)),
        (
            "gross_identified_cents",
            words.gross_identified,
            Cell::Cents(volumes.gross_identified_cents),
        ),
        (
            "returns_identified_cents",
            words.returns_identified,
            Cell::Cents(volumes.returns_identified_cents),
        ),
        ("shops", words.shops, Cell::Count(volumes.shops)),
        (
            "products_sold",
            words.products_sold,
            Cell::Count(volumes.products_sold),
        ),
        (
            "first_sale_day",
            words.first_sale_day,
            Cell::Day(volumes.first_sale_day),
        ),
        (
            "last_sale_day",
            words.last_sale_day,
            Cell::Day(volumes.last_sale_day),
        ),
    ]
}

fn visit_rows(words: &'static Strings, repeat: &Repeat, visits: &Visits) -> Vec<Row> {
    vec![
        (
            "purchasing_customers",
            words.customers_purchasing,
            Cell::Count(repeat.purchasing_customers),
        ),
        (
            "repeat_customers",
            words.repeat_customers,
            Cell::Count(repeat.repeat_customers),
        ),
        (
            "repeat_rate",
            words.repeat_rate,
            Cell::Rate(repeat.repeat_rate),
        ),
        (
            "repeat_rate_by_receipts",
            words.repeat_by_receipts,
            Cell::Rate(repeat.repeat_rate_by_receipts),
        ),
        (
            "repeat_revenue_share",
            words.repeat_share,
            Cell::Rate(repeat.repeat_revenue_share),
        ),
        ("visits", words.visits, Cell::Count(visits.visits)),
        (
            "median_days_between_visits",
            words.gap,
            Cell::Decimal(visits.median_days_between_visits),
        ),
        (
            "mean_days_between_visits",
            words.gap_mean_label,
            Cell::Decimal(visits.mean_days_between_visits),
        ),
    ]
}

/// Every figure for a file; by its name in the report definitions where it is for programs too.
pub(crate) fn table(language: Language, reports: &Reports) -> Table {
    let words = language.strings();
    let mut rows = volume_rows(words, &reports.all.volumes);
    rows.extend(visit_rows(words, &reports.all.repeat, &reports.all.visits));
    if language == Language::Nl {
        // Two reports name this figure; for people it is one.
        rows.retain(|(name, _, _)| *name != "purchasing_customers");
    }
    let unit = |cell: &Cell| match cell {
        Cell::Cents(_) => words.unit_euro,
        Cell::Rate(_) => words.unit_percent,
        Cell::Decimal(_) => words.unit_days,
        Cell::Day(_) => words.unit_date,
        _ => words.unit_count,
    };
    let mut table = Table {
        caption: words.key_figures.to_owned(),
        columns: vec![
            Column::new("figure", words.field),
            Column::new("label", words.figure),
            Column::new("value", words.value),
            Column::new("unit", words.unit),
        ],
        rows: rows
            .into_iter()
            .map(|(name, label, cell)| {
                let unit = unit(&cell);
                vec![
                    Entry::text(name),
                    Entry::text(label),
                    cell.into(),
                    Entry::text(unit),
                ]
            })
            .collect(),
    };
    // Names of fields are for programs; a Dutch file is for people, and in it `gross_cents` would stand for euros.
    if language == Language::Nl {
        table.without_first()
    } else {
        table.columns.pop();
        for row in &mut table.rows {
            row.pop();
        }
        table
    }
}
