//! The bar with which a selection is chosen, in words and as a form; the empty page that says what to do next.

use maud::{Markup, html};

use super::ask::Ask;
use super::filter::{Asked, Misread, Period};
use super::layout;
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
        @if asked.after_today > 0 {
            p.notice.mind { (ask.language.plural(asked.after_today, words.line_after_today, words.lines_after_today)) }
        }
    }
}

/// The period in words.
pub(crate) fn period_text(ask: &Ask, asked: &Asked) -> String {
    let (words, language) = (ask.words(), ask.language);
    match (asked.from, asked.to) {
        (None, Some(_)) if asked.after_today > 0 => words.history_until_today.to_owned(),
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

/// The page of an address that asks for what cannot be: what is wrong, and the selection to choose anew.
pub(crate) fn misread(ask: &Ask, misread: &Misread) -> Markup {
    let words = ask.words();
    let field = |name: &str| match name {
        "van" => words.from,
        _ => words.to,
    };
    let text = match misread {
        Misread::Day { name, text } => words
            .misread_day
            .replacen("{}", field(name), 1)
            .replacen("{}", text, 1),
        Misread::Backwards { from, to } => words
            .misread_backwards
            .replacen("{}", &ask.language.day_in_words(*from), 1)
            .replacen("{}", &ask.language.day_in_words(*to), 1),
        Misread::Choice { name, text } => words
            .misread_choice
            .replacen("{}", name, 1)
            .replacen("{}", text, 1),
    };
    let is_file = ask.path.starts_with("/export/");
    let days = match misread {
        Misread::Backwards { from, to } => (Some(*from), Some(*to)),
        _ => (None, None),
    };
    let asked = Asked {
        period: days.0.map_or(Period::All, |_| Period::Own),
        from: days.0,
        to: days.1,
        shop: ask.params.get("winkel").map(str::to_owned),
        without_imported: ask.params.get("import") == Some("uit"),
        after_today: 0,
    };
    let main = html! {
        (layout::heading(words.misread, &html! {}))
        @if !is_file { (filter_bar(ask, &asked, &ask.shops().unwrap_or_default(), &[])) }
        div.card.empty {
            p.notice.bad role="alert" { (text) }
            p { (words.misread_nothing_shown) }
            p { a.button href=(if is_file { "/" } else { ask.path.as_str() }) { (words.show_all) } }
        }
    };
    layout::page(ask, words.misread, &main)
}

/// There is nothing: because there is nothing at all, not in this shop, or not in this selection.
///
/// `here` and `anywhere`: the last day with a sale in the shop that was asked for, and in all that may be seen.
pub(crate) fn empty(
    ask: &Ask,
    here: Option<chrono::NaiveDate>,
    anywhere: Option<chrono::NaiveDate>,
) -> Markup {
    let words = ask.words();
    html! {
        div.card.empty {
            @if let Some(last) = here {
                h2 { (words.empty_selection) }
                p { (words.empty_selection_text.replace("{}", &ask.language.day(last))) }
                p { a.button href=(ask.path) { (words.show_all) } }
            } @else if let Some(last) = anywhere {
                h2 { (words.empty_chosen) }
                p { (words.empty_chosen_text.replace("{}", &ask.language.day(last))) }
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
