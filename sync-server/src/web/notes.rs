//! The bar with which a selection is chosen, in words and as a form; the empty page that says what to do next.

use maud::{Markup, html};

use super::ask::Ask;
use super::filter::{Asked, Period};
use crate::store::rows::Shop;

/// Period, shop, imported history.
pub(crate) fn filter_bar(
    ask: &Ask,
    asked: &Asked,
    shops: &[Shop],
    keep: &[(&str, &str)],
) -> Markup {
    let words = ask.words();
    let name = |period| match period {
        Period::Month => words.this_month,
        Period::Weeks12 => words.weeks_12,
        Period::Year => words.this_year,
        Period::All => words.all_days,
        Period::Own => words.own_days,
    };
    let day = |day: Option<chrono::NaiveDate>| {
        day.filter(|_| asked.period == Period::Own)
            .map(|day| day.to_string())
    };
    html! {
        section.filter aria-label=(words.selection) {
            ul.periods {
                @for period in Period::CHOICES {
                    li {
                        a href=(asked.with_period(period).link(&ask.path, keep)) aria-current=[(asked.period == period).then_some("true")] {
                            (name(period))
                        }
                    }
                }
            }
            form.choose method="get" action=(ask.path) data-auto {
                @for (name, value) in keep { input type="hidden" name=(name) value=(value); }
                label { span { (words.from) } input type="date" name="van" value=[day(asked.from)]; }
                label { span { (words.to) } input type="date" name="tot" value=[day(asked.to)]; }
                @if shops.len() > 1 {
                    label { span { (words.shop) }
                        select name="winkel" {
                            option value="" { (words.all_shops) }
                            @for shop in shops {
                                option value=(shop.id) selected[asked.shop.as_deref() == Some(shop.id.as_str())] { (shop.name) }
                            }
                        }
                    }
                }
                label { span { (words.imported) }
                    select name="import" {
                        option value="" { (words.imported_in) }
                        option value="uit" selected[asked.without_imported] { (words.imported_out) }
                    }
                }
                @if let Some(period) = asked.period_name() { input type="hidden" name="periode" value=(period); }
                button.button type="submit" { (words.show) }
            }
        }
    }
}

/// The period in words.
pub(crate) fn period_text(ask: &Ask, asked: &Asked) -> String {
    let (words, language) = (ask.words(), ask.language);
    match (asked.from, asked.to) {
        (Some(from), Some(to)) if from == to => language.day_in_words(from),
        (Some(from), Some(to)) => format!(
            "{} – {}",
            language.day_in_words(from),
            language.day_in_words(to)
        ),
        (Some(from), None) => format!("{} {}", words.since, language.day_in_words(from)),
        (None, Some(to)) => format!("{} {}", words.until, language.day_in_words(to)),
        (None, None) => words.whole_history.to_owned(),
    }
}

/// There is nothing: because there is nothing at all, or not in this selection.
pub(crate) fn empty(ask: &Ask, anything: Option<chrono::NaiveDate>) -> Markup {
    let words = ask.words();
    html! {
        div.card.empty {
            @if let Some(last) = anything {
                h2 { (words.empty_selection) }
                p { (words.empty_selection_text.replace("{}", &ask.language.day(last))) }
                p { a.button href=(ask.path) { (words.show_all) } }
            } @else {
                h2 { (words.empty_shop) }
                p { (words.empty_shop_text) }
                ol {
                    li { (words.empty_import) " " code { "sync-server import --db head-office.db --csv verkopen.csv" } }
                    li { (words.empty_till) " " code { "sync-server till-code --shop ID" } }
                }
            }
        }
    }
}
