//! *Synchronisatie*: every till, what it delivered and up to where, what is missing, and whether its closed days are
//! equal to what is kept here, to the cent.

use maud::{Markup, html};

use super::ask::{Answer, Ask, Refused};
use super::health::{Finding, Health, called, health, open_holes, unproven, unwell};
use super::params::link;
use super::strings::Language;
use super::table::{Cell, Column, Entry, Table};
use super::zones::Zones;
use super::{format, layout, problems, receipt};
use crate::book::lookup::TillStatus;
use crate::store::rows::{DayRow, Shop};

/// Where it is.
pub(crate) const PATH: &str = "/synchronisatie";

/// Closed days shown per till.
const DAYS: usize = 7;

/// How long ago, in words.
fn ago(ms: i64, language: Language) -> String {
    let words = language.strings();
    let minutes = ms.max(0) / 60_000;
    let (text, number) = match minutes {
        0 => return words.just_now.to_owned(),
        2_880.. => {
            let days = language.number((minutes + 720) / 1_440);
            return words.days_ago.replace("{}", &language.days(&days));
        }
        1..=89 => (words.minutes_ago, minutes),
        _ => (words.hours_ago, (minutes + 30) / 60),
    };
    text.replace("{}", &language.number(number))
}

fn offset(ms: i64, language: Language) -> String {
    let words = language.strings();
    let seconds = ms.saturating_abs() / 1_000;
    if seconds == 0 {
        return words.clock_right.to_owned();
    }
    // Receive time minus the till's: positive means that the till is behind.
    let text = if ms > 0 {
        words.clock_behind
    } else {
        words.clock_ahead
    };
    text.replace("{}", &language.number(seconds))
}

/// `GET /synchronisatie`
pub(crate) fn page(ask: &Ask) -> Answer {
    let (words, language) = (ask.words(), ask.language);
    let shops = ask.shops()?;
    let zones = Zones::of(&shops);
    let now_ms = ask.web.office.now_ms();
    let tills = ask.web.office.tills(ask.scope())?;
    let open = ask.web.office.problems(ask.scope())?;
    let unwell = unwell(&tills, &open, now_ms, language);
    let beside = html! { p.soft { (words.made_at) " " (zones.instant(language, now_ms, zones.asked(None))) } };
    let main = html! {
        (layout::heading(words.menu_sync, &beside))
        @if tills.is_empty() {
            div.card.empty {
                h2 { (words.no_tills) }
                p { (words.no_tills_text) }
                p { code { "sync-server till-code --shop " (shops.first().map_or("ID", |shop| shop.id.as_str())) } }
            }
        } @else {
            p.answer { (sentence(&tills, open.len(), now_ms, language)) }
            section aria-labelledby="kassas-kop" {
                div.heading { h2 id="kassas-kop" { (words.tills) } (layout::downloads(ask, "kassas", "")) }
                div.tills { @for till in &tills { (one(ask, till, &shops, now_ms)) } }
                @for (term, meaning) in [
                    (words.duplicates, words.duplicates_mean),
                    (words.restarts, words.restarts_mean),
                    (words.forks, words.forks_mean),
                    (words.holes, words.holes_mean),
                ] { p.means { strong { (term) ":" } " " (meaning) } }
            }
        }
        section.card aria-labelledby="aandacht-kop" {
            div.heading { h2 id="aandacht-kop" { (words.problems) } (layout::downloads(ask, "aandachtspunten", "")) }
            (problems::list(ask, &open, &unwell, &tills, &zones))
        }
        @if !tills.is_empty() {
            section.card aria-labelledby="dagen-kop" {
                div.heading { h2 id="dagen-kop" { (words.closed_days) } (layout::downloads(ask, "dagen", "")) }
                p.means { (words.closed_days_mean) }
                @let table = days_table(&tills, language, DAYS);
                @if table.rows.is_empty() { p { (words.no_days) } } @else { (table.html(language)) }
            }
        }
    };
    ask.page(words.menu_sync, &main)
}

/// How the tills are, and that something stands below when they are all well: `open` problems.
fn sentence(tills: &[TillStatus], open: usize, now_ms: i64, language: Language) -> String {
    let words = language.strings();
    let well = tills
        .iter()
        .filter(|till| health(till, now_ms, language).health == Health::Good)
        .count();
    if well == tills.len() {
        let tills = match well {
            1 => words.only_till_well.to_owned(),
            2 => words.both_tills_well.to_owned(),
            _ => words.all_tills_well.replace("{}", &language.count(well)),
        };
        let all = words.all_is_in.replace("{}", &tills);
        if open == 0 {
            return all;
        }
        let below = language.plural(open, words.one_to_look_at, words.n_to_look_at);
        return format!("{all} {below}");
    }
    if tills.len() == 1 {
        return words.only_till_unwell.to_owned();
    }
    if well == 0 {
        return words
            .no_tills_well
            .replace("{}", &language.count(tills.len()));
    }
    words
        .some_tills_well
        .replacen("{}", &language.count(well), 1)
        .replacen("{}", &language.count(tills.len()), 1)
}

fn one(ask: &Ask, till: &TillStatus, shops: &[Shop], now_ms: i64) -> Markup {
    let (words, language) = (ask.words(), ask.language);
    let zones = Zones::of(shops);
    let zone = zones.shop(&till.till.shop);
    let shop = shops
        .iter()
        .find(|shop| shop.id == till.till.shop)
        .map_or(till.till.shop.as_str(), |shop| &shop.name);
    let Finding { health, why, .. } = health(till, now_ms, language);
    let (name, number) = called(language, till.till.till, &till.till.name);
    let traffic = &till.till.traffic;
    let contact = |at: Option<i64>| match at {
        Some(at) => {
            html! { (ago(now_ms.saturating_sub(at), language)) " " span.soft { (zones.instant(language, at, zone)) } }
        }
        None => html! { (words.never) },
    };
    html! {
        article.card.till {
            div.heading {
                h3 { (name) @if let Some(number) = number { " " span.soft { (number) } } }
                span class={ "badge " (health.class()) } { (why) }
            }
            p.soft { (shop) }
            dl.facts {
                div { dt { (words.last_receipt) } dd {
                    @match till.last_receipt {
                        Some(number) => { a href=(link(receipt::PATH, &[("nr", &number.to_string())])) { (number) } }
                        None => { (words.none_yet) }
                    }
                } }
                div { dt { (words.last_contact) } dd { (contact(till.last_seen_ms)) } }
                div { dt { (words.last_batch) } dd { (contact(traffic.last_batch_ms)) } }
                div { dt { (words.events_kept) } dd { (language.number(i64::try_from(traffic.events).unwrap_or(i64::MAX))) } }
                div { dt { (words.duplicates) } dd { (language.number(i64::try_from(traffic.duplicates).unwrap_or(i64::MAX))) } }
                div { dt { (words.restarts) } dd { (restarts_text(till, language)) } }
                div { dt { (words.forks) } dd { (forks(till, language)) } }
                div { dt { (words.holes) } dd { (language.count(till.holes.len())) } }
                div { dt { (words.clock) } dd { (traffic.clock_offset_ms.map_or(words.unknown.to_owned(), |ms| offset(ms, language))) } }
                div { dt { (words.last_day) } dd { (last_day(till.days.first(), language)) } }
                @if traffic.dropped_late > 0 {
                    div { dt { (words.dropped_late) } dd { (language.number(i64::try_from(traffic.dropped_late).unwrap_or(i64::MAX))) } }
                }
                @if let Some(at) = till.till.revoked_ms { div { dt { (words.key_revoked) } dd { (zones.instant(language, at, zone)) } } }
            }
            @for hole in open_holes(till) {
                div.notice.bad {
                    p { (words.hole_text
                        .replacen("{}", &hole.from.to_string(), 1)
                        .replacen("{}", &hole.to.to_string(), 1)
                        .replacen("{}", &hole.epoch.to_string(), 1)) " (" (words.hole(&hole.reason)) ")" }
                    form method="post" action=(problems::HOLE_PATH) {
                        input type="hidden" name="token" value=(ask.who.csrf);
                        input type="hidden" name="id" value=(hole.id);
                        button.button type="submit" { (words.acknowledge) span.sr { ": " (words.hole_of_till) " " (till.till.till) } }
                    }
                }
            }
        }
    }
}

/// How often a till began anew: each time it came up behind what it had written before.
fn restarts(till: &TillStatus) -> i64 {
    let epoch = till.branches.iter().map(|branch| branch.head.epoch.get());
    i64::from(epoch.max().map_or(0, |last| last.saturating_sub(1)))
}

fn restarts_text(till: &TillStatus, language: Language) -> String {
    match restarts(till) {
        0 => language.strings().none.to_owned(),
        times => language.number(times),
    }
}

fn forks(till: &TillStatus, language: Language) -> String {
    let words = language.strings();
    if till.forks == 0 {
        return words.none.to_owned();
    }
    let forked = i64::try_from(till.till.traffic.forked).unwrap_or(i64::MAX);
    words
        .forks_value
        .replacen("{}", &language.count(till.forks), 1)
        .replacen("{}", &language.number(forked), 1)
}

fn last_day(day: Option<&DayRow>, language: Language) -> Markup {
    let words = language.strings();
    html! {
        @match day {
            None => { (words.none_yet) }
            Some(day) => {
                (language.day(day.day)) " "
                @if day.proven { span.badge.good { (words.proven) } } @else { span.badge.bad { (words.not_proven) } }
            }
        }
    }
}

fn days_table(tills: &[TillStatus], language: Language, most: usize) -> Table {
    let words = language.strings();
    let mut days: Vec<&DayRow> = tills
        .iter()
        .flat_map(|till| till.days.iter().take(most))
        .collect();
    days.sort_by_key(|day| (std::cmp::Reverse(day.day), day.till));
    let rows = days.into_iter().map(|day| {
        let off = day.claimed.net().0 - day.found.net().0;
        let receipts = |totals: &retail::day::DayTotals| {
            Cell::Number(i64::try_from(totals.sales + totals.returns).unwrap_or(i64::MAX))
        };
        vec![
            Cell::Day(Some(day.day)).into(),
            Entry::text(day.till.to_string()),
            receipts(&day.claimed).into(),
            receipts(&day.found).into(),
            Cell::Cents(day.claimed.net().0).into(),
            Cell::Cents(day.found.net().0).into(),
            Cell::Cents(off).into(),
            match day.counted_cents {
                Some(cents) => Cell::Cents(cents).into(),
                None => Entry::text(words.not_counted).tone("soft"),
            },
            if day.proven {
                Entry::text(words.proven).tone("good")
            } else {
                Entry::text(words.not_proven).tone("bad")
            },
        ]
    });
    Table {
        caption: words.closed_days.to_owned(),
        columns: vec![
            Column::new("day", words.day),
            Column::new("till", words.till),
            Column::new("claimed_receipts", words.receipts_till).minor(),
            Column::new("found_receipts", words.receipts_here).minor(),
            Column::new("claimed_net_cents", words.net_till),
            Column::new("found_net_cents", words.net_here).minor(),
            Column::new("difference_cents", words.difference),
            Column::new("counted_cents", words.counted).minor(),
            Column::new("proven", words.proof),
        ],
        rows: rows.collect(),
    }
}

fn tills_table(tills: &[TillStatus], shops: &[Shop], now_ms: i64, language: Language) -> Table {
    let words = language.strings();
    let zones = Zones::of(shops);
    let shop_name = |id: &str| {
        let shop = shops.iter().find(|shop| shop.id == id);
        shop.map_or(id, |shop| &shop.name).to_owned()
    };
    let rows = tills.iter().map(|till| {
        let zone = zones.shop(&till.till.shop);
        let traffic = &till.till.traffic;
        let time = |at: Option<i64>| {
            at.map_or(Cell::Empty, |at| Cell::Time(format::local(at, zone)))
                .into()
        };
        let count = |count: u64| Cell::Number(i64::try_from(count).unwrap_or(i64::MAX)).into();
        vec![
            Entry::text(till.till.till.to_string()),
            Entry::text(till.till.name.clone()),
            Entry::text(match language {
                Language::Nl => shop_name(&till.till.shop),
                Language::En => till.till.shop.clone(),
            }),
            Entry::text(
                till.last_receipt
                    .map_or(String::new(), |number| number.to_string()),
            ),
            time(till.last_seen_ms),
            time(traffic.last_batch_ms),
            till.lag_ms.map_or(Cell::Empty, Cell::Number).into(),
            count(traffic.events),
            count(traffic.duplicates),
            Cell::Number(restarts(till)).into(),
            Cell::Count(till.forks).into(),
            Cell::Count(open_holes(till).count()).into(),
            traffic
                .clock_offset_ms
                .map_or(Cell::Empty, Cell::Number)
                .into(),
            Cell::Day(till.days.first().map(|day| day.day)).into(),
            Cell::Count(unproven(till)).into(),
            Entry::text(health(till, now_ms, language).why),
            Entry::text(zone.name()),
        ]
    });
    Table {
        caption: words.tills.to_owned(),
        columns: vec![
            Column::new("till", words.till),
            Column::new("name", words.name),
            Column::new("shop", words.shop),
            Column::new("last_receipt", words.last_receipt),
            Column::new("last_seen", words.last_contact),
            Column::new("last_batch", words.last_batch),
            Column::new("lag_ms", words.lag_ms),
            Column::new("events", words.events_kept),
            Column::new("duplicates", words.duplicates),
            Column::new("restarts", words.restarts),
            Column::new("forks", words.forks),
            Column::new("open_holes", words.holes),
            Column::new("clock_offset_ms", words.clock_ms),
            Column::new("last_closed_day", words.last_day),
            Column::new("days_not_proven", words.days_not_proven),
            Column::new("state", words.state),
            Column::new("time_zone", words.time_zone),
        ],
        rows: rows.collect(),
    }
}

/// The tables of this page for a file.
pub(crate) fn export(ask: &Ask, name: &str) -> Result<Table, Refused> {
    let shops = ask.shops()?;
    let language = ask.language;
    let tills = ask.web.office.tills(ask.scope())?;
    if name == "aandachtspunten" {
        let open = ask.web.office.problems(ask.scope())?;
        let now_ms = ask.web.office.now_ms();
        let unwell = unwell(&tills, &open, now_ms, language);
        let zones = Zones::of(&shops);
        return Ok(problems::table(
            &open, &unwell, &tills, &zones, now_ms, language,
        ));
    }
    Ok(match name {
        "dagen" => days_table(&tills, language, usize::MAX),
        _ => tills_table(&tills, &shops, ask.web.office.now_ms(), language),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_ago_is_said_in_words() {
        let hour = 3_600_000;
        for (ms, text) in [
            (0, "zojuist"),
            (60_000, "1 min geleden"),
            (2 * hour, "2 uur geleden"),
            (48 * hour, "2 dagen geleden"),
        ] {
            assert_eq!(ago(ms, Language::Nl), text);
        }
    }
}
