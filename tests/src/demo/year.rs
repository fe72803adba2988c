//! A year of a clothing-and-gift shop, planned from a seed: who comes when, what he buys, how he pays, what he brings back.
//!
//! Pure. Customers are of four kinds - faithful, occasional, once, lapsed - so that the reports have something to find.
//! A plan says what to scan; the till's own code makes the sales of it ([`super::history`]).

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use crate::dice::Dice;

/// A customer of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// First name.
    pub name: &'static str,
    /// His loyalty card, EAN-13.
    pub card: String,
    /// May be written to.
    pub marketing: bool,
}

/// One visit to the counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Local wall time.
    pub at: NaiveDateTime,
    /// Which till, from 0.
    pub till: usize,
    /// Who, as an index into the people; `None`: no card.
    pub person: Option<usize>,
    /// The person gets his card at this visit.
    pub enrols: bool,
    /// What happens.
    pub what: What,
}

/// What happens at the counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Articles (index into the catalogue, pieces), paid.
    Buys {
        /// What is scanned.
        basket: Vec<(usize, u32)>,
        /// Paid in cash, else by card.
        cash: bool,
    },
    /// One line of the visit with this index is brought back.
    Returns {
        /// Index of the visit in the plan.
        of: usize,
        /// Index into [`retail::sale::ReturnReason::ALL`].
        reason: usize,
    },
}

/// The whole year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    /// The customers with a card.
    pub people: Vec<Person>,
    /// All visits; purchases in order of time, then what is brought back. See [`Year::in_order`].
    pub visits: Vec<Visit>,
}

impl Year {
    /// Indices of the visits in order of time.
    #[must_use]
    pub fn in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.visits.len()).collect();
        order.sort_by_key(|index| (self.visits[*index].at, *index));
        order
    }
}

/// None is a cashier's: two people of one name at the counter are one too many.
const NAMES: [&str; 165] = [
    "Jip", "Nienke", "Joris", "Fatima", "Bram", "Lotte", "Mohammed", "Femke", "Thijs", "Noor",
    "Sem", "Aylin", "Ruben", "Eva", "Jasper", "Merel", "Yusuf", "Iris", "Koen", "Zoë", "Pieter",
    "Anouk", "Willem", "Saskia", "Omar", "Maud", "Hugo", "Tess", "Jeroen", "Marijke", "Gijs",
    "Esra", "Lars", "Roos", "Dirk", "Samira", "Niels", "Fleur", "Bas", "Hanneke", "Milan", "Julia",
    "Cees", "Emma", "Rachid", "Linde", "Stijn", "Anna", "Sofie", "Daniël", "Hamza", "Elin", "Ravi",
    "Ingrid", "Joost", "Nora", "Teun", "Lisa", "Karim", "Bente", "Ties", "Yara", "Wouter", "Lieke",
    "Amir", "Sven", "Hilde", "Mees", "Jasmijn", "Adam", "Marieke", "Floris", "Dewi", "Luuk",
    "Carmen", "Henk", "Isa", "Noah", "Petra", "Arjen", "Malika", "Job", "Vera", "Ilias", "Sarah",
    "Tobias", "Naomi", "Frank", "Elise", "Bilal", "Rosa", "Maarten", "Lina", "Olivier", "Johanna",
    "Senna", "Kees", "Amina", "Rik", "Evelien", "Tygo", "Mila", "Ahmed", "Paula", "Victor",
    "Sophie", "Jelle", "Khadija", "Erik", "Silke", "Mustafa", "Loes", "Boaz", "Hannah", "Ferdi",
    "Wies", "Siem", "Leyla", "Rutger", "Fenna", "Diego", "Mirjam", "Tim", "Zeynep", "Robin",
    "Yvonne", "Pim", "Aïsha", "Marcel", "Liv", "Jan", "Nadia", "Guus", "Levi", "Marloes", "Casper",
    "Wilma", "Salim", "Janneke", "Bart", "Puck", "Ali", "Suzanne", "Ivo", "Romy", "Peter",
    "Dilara", "Vince", "Truus", "Stan", "Myrthe", "Hassan", "Corrie", "Thomas", "Yasmin", "Aad",
    "Jet", "Remco", "Indra", "Nick", "Elif", "Simon", "Karin", "Dani", "Margriet",
];

/// Plans a year that ends on `last_day`, for `tills` tills and a catalogue of `articles`.
#[must_use]
pub fn plan(seed: u64, last_day: NaiveDate, tills: usize, articles: usize) -> Year {
    let mut dice = Dice::new(seed);
    let first_day = last_day - Days::new(364);
    let mut visits = Vec::new();
    let people = (0..260)
        .map(|number| {
            let mut own = dice.fork(number);
            let index = usize::try_from(number).unwrap_or(0);
            add_person_visits(&mut visits, &mut own, index, first_day, last_day, articles);
            // Who he is does not hang on the length of the year; the cards that the counter shows are of different people.
            Person {
                name: NAMES[index % NAMES.len()],
                card: card(number),
                marketing: Dice::new(seed.rotate_left(17) ^ number).percent(40),
            }
        })
        .collect();
    let mut own = dice.fork(1_000);
    for day in first_day.iter_days().take_while(|day| *day <= last_day) {
        for _ in 0..own.below(2 * bustle(day) / 10 + 1) {
            visits.push(buy(&mut own, day, None, false, articles));
        }
    }
    visits.retain(|visit| opening_hours(visit.at.date()).is_some());
    visits.sort_by_key(|visit| visit.at);
    for visit in &mut visits {
        // A customer goes where he is known: tills hear of each other's customers only at night.
        visit.till = visit.person.unwrap_or_else(|| own.index(tills)) % tills.max(1);
    }
    add_returns(&mut visits, &mut own, last_day);
    Year { people, visits }
}

/// How busy a day is: 60 on a quiet Tuesday, more on Saturdays and before the holidays.
fn bustle(day: NaiveDate) -> u64 {
    let weekday = match day.weekday() {
        Weekday::Sat => 160,
        Weekday::Fri | Weekday::Thu => 100,
        Weekday::Sun => 70,
        _ => 60,
    };
    let season = match (day.month(), day.day()) {
        (12, 1..=24) | (11, 25..=30) => 170,
        (5 | 6 | 9 | 10, _) => 110,
        (1 | 2 | 8, _) => 75,
        _ => 100,
    };
    weekday * season / 100
}

/// First and last hour of a sale on this day; `None` when the shop is closed.
fn opening_hours(day: NaiveDate) -> Option<(u32, u32)> {
    if matches!((day.month(), day.day()), (1, 1) | (12, 25 | 26)) {
        return None;
    }
    Some(match day.weekday() {
        Weekday::Mon | Weekday::Sun => (12, 17),
        Weekday::Thu => (10, 20),
        _ => (10, 17),
    })
}

/// The card of customer `number`: prefix 261, a number, the check digit of EAN-13.
#[must_use]
pub fn card(number: u64) -> String {
    let body = format!("261{:09}", 4_000 + number * 17);
    let sum: u32 = body
        .chars()
        .rev()
        .enumerate()
        .map(|(i, c)| c.to_digit(10).unwrap_or(0) * if i % 2 == 0 { 3 } else { 1 })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn add_person_visits(
    visits: &mut Vec<Visit>,
    dice: &mut Dice,
    person: usize,
    first_day: NaiveDate,
    last_day: NaiveDate,
    articles: usize,
) {
    let joined_within = if dice.percent(40) { 90 } else { 350 };
    let start = first_day + Days::new(dice.below(joined_within));
    // Most visits, gap in days, and the day after which he stays away.
    let (most, gap, until) = match dice.below(100) {
        0..=15 => (40, 18 + dice.below(20), last_day),
        16..=44 => (9, 45 + dice.below(60), last_day),
        45..=62 => (
            14,
            20 + dice.below(20),
            start + Days::new(60 + dice.below(120)),
        ),
        _ => (1, 30, last_day),
    };
    let mut day = start;
    for nth in 0..most {
        while opening_hours(day).is_none() {
            day = day + Days::new(1);
        }
        if day > until || day > last_day {
            break;
        }
        visits.push(buy(dice, day, Some(person), nth == 0, articles));
        day = day + Days::new(1 + gap / 2 + dice.below(gap));
    }
}

fn buy(
    dice: &mut Dice,
    day: NaiveDate,
    person: Option<usize>,
    enrols: bool,
    articles: usize,
) -> Visit {
    let most = dice.below(4);
    let lines = 1 + dice.below(3).min(most);
    let basket = (0..lines)
        .map(|_| {
            (
                favourite(dice, articles),
                if dice.one_in(9) { 2 } else { 1 },
            )
        })
        .collect();
    let cash = dice.percent(24);
    Visit {
        at: moment(dice, day),
        till: 0,
        person,
        enrols,
        what: What::Buys { basket, cash },
    }
}

/// An article; those at the head of the catalogue are bought more often.
fn favourite(dice: &mut Dice, articles: usize) -> usize {
    let one = dice.index(articles);
    one.min(dice.index(articles))
}

fn moment(dice: &mut Dice, day: NaiveDate) -> NaiveDateTime {
    let (from, to) = opening_hours(day).unwrap_or((10, 17));
    let second = u64::from(from) * 3600 + dice.below(u64::from(to - from) * 3600);
    let second = u32::try_from(second).unwrap_or(0);
    day.and_time(NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap_or_default())
}

/// About one purchase in sixteen is partly brought back, by whom bought it, within five weeks, at the till where he bought it.
fn add_returns(visits: &mut Vec<Visit>, dice: &mut Dice, last_day: NaiveDate) {
    let bought = visits.len();
    let mut back = Vec::new();
    for (of, visit) in visits.iter().enumerate().take(bought) {
        if !dice.one_in(16) {
            continue;
        }
        let day = visit.at.date() + Days::new(1 + dice.below(35));
        if day > last_day || opening_hours(day).is_none() {
            continue;
        }
        let reason = [0, 0, 2, 2, 2, 1, 3][dice.index(7)];
        back.push(Visit {
            at: moment(dice, day),
            enrols: false,
            what: What::Returns { of, reason },
            ..visit.clone()
        });
    }
    visits.extend(back);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year() -> Year {
        plan(7, NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(), 2, 62)
    }

    #[test]
    fn the_same_seed_plans_the_same_year() {
        assert_eq!(year(), year());
    }

    #[test]
    fn cards_are_valid_and_unique() {
        let mut cards: Vec<_> = year().people.into_iter().map(|p| p.card).collect();
        assert!(
            cards
                .iter()
                .all(|card| card.len() == 13 && card.starts_with("261"))
        );
        cards.sort();
        cards.dedup();
        assert_eq!(cards.len(), 260);
    }

    #[test]
    fn the_first_customers_have_names_of_their_own_and_none_is_a_cashiers() {
        let people = year().people;
        let mut names: Vec<_> = people.iter().take(NAMES.len()).map(|p| p.name).collect();
        for (cashier, _) in crate::demo::shop::CASHIERS {
            assert!(!names.contains(&cashier), "{cashier}");
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), NAMES.len());
    }

    #[test]
    fn nobody_returns_before_he_bought_and_nobody_comes_when_the_shop_is_closed() {
        let year = year();
        for visit in &year.visits {
            assert!(opening_hours(visit.at.date()).is_some(), "{}", visit.at);
            if let What::Returns { of, .. } = visit.what {
                assert!(year.visits[of].at < visit.at);
                assert_eq!(year.visits[of].person, visit.person);
            }
        }
    }

    #[test]
    fn some_come_once_and_some_come_often() {
        let mut visits = vec![0_u32; 260];
        for visit in year().visits {
            if let (Some(person), What::Buys { .. }) = (visit.person, &visit.what) {
                visits[person] += 1;
            }
        }
        let once = visits.iter().filter(|n| **n == 1).count();
        let often = visits.iter().filter(|n| **n >= 8).count();
        assert!((60..160).contains(&once), "{once} come once");
        assert!((15..90).contains(&often), "{often} come often");
    }
}
