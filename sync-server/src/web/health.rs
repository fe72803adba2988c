//! How the tills are doing, and what can be done about it: one answer for the cards, for the first sentence of the page
//! and for the list of attention.

use retail::ids::TillId;

use super::strings::Language;
use crate::book::lookup::TillStatus;
use crate::store::rows::{HoleRow, ProblemRow};

/// A till that was silent for longer is worth a look.
const SILENT_MS: i64 = 36 * 3_600_000;
/// A clock that is off by more.
const CLOCK_MS: i64 = 120_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    Good,
    Look,
    Bad,
}

impl Health {
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Look => "mind",
            Self::Bad => "bad",
        }
    }
}

/// Events that are missing and that nobody has said to be gone.
pub(crate) fn open_holes(till: &TillStatus) -> impl Iterator<Item = &HoleRow> {
    till.holes
        .iter()
        .filter(|hole| hole.acknowledged_ms.is_none())
}

/// Closed days that are not proven equal.
pub(crate) fn unproven(till: &TillStatus) -> usize {
    till.days.iter().filter(|day| !day.proven).count()
}

/// How a till is doing: in one phrase why, and what can be done about it.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) health: Health,
    pub(crate) why: String,
    to_do: &'static str,
    /// The kind of problem that tells of the same.
    problem: Option<&'static str>,
}

pub(crate) fn health(till: &TillStatus, now_ms: i64, language: Language) -> Finding {
    let words = language.strings();
    let found = |health, why: String, to_do, problem| Finding {
        health,
        why,
        to_do,
        problem,
    };
    let off = till.till.traffic.clock_offset_ms.unwrap_or_default();
    if till.till.revoked_ms.is_some() {
        let why = words.key_revoked.to_owned();
        return found(Health::Bad, why, words.key_revoked_to_do, None);
    }
    if unproven(till) > 0 {
        let why = language.plural(unproven(till), words.day_differs, words.days_differ);
        return found(Health::Bad, why, words.days_differ_to_do, None);
    }
    if open_holes(till).next().is_some() {
        let why = language.plural(open_holes(till).count(), words.hole_open, words.holes_open);
        return found(Health::Bad, why, words.holes_open_to_do, Some("hole"));
    }
    let Some(seen_ms) = till.last_seen_ms else {
        let why = words.never_seen.to_owned();
        return found(Health::Look, why, words.never_seen_to_do, None);
    };
    if now_ms.saturating_sub(seen_ms) > SILENT_MS {
        let why = words.silent.to_owned();
        return found(Health::Look, why, words.silent_to_do, None);
    }
    if off.saturating_abs() > CLOCK_MS {
        let why = words.clock_off.to_owned();
        return found(Health::Look, why, words.clock_off_to_do, None);
    }
    if till.forks > 0 {
        let why = language.plural(till.forks, words.fork_kept, words.forks_kept);
        return found(Health::Look, why, words.forks_kept_to_do, Some("fork"));
    }
    found(Health::Good, words.all_well.to_owned(), "", None)
}

/// A till that needs attention, as the list of attention has it.
#[derive(Debug)]
pub(crate) struct Unwell {
    pub(crate) till: TillId,
    pub(crate) name: String,
    pub(crate) why: String,
    pub(crate) to_do: &'static str,
    pub(crate) shop: String,
}

/// The tills that the first sentence of the page counts as not well, but for those whose open problem says the same.
pub(crate) fn unwell(
    tills: &[TillStatus],
    open: &[ProblemRow],
    now_ms: i64,
    language: Language,
) -> Vec<Unwell> {
    let mut unwell = Vec::new();
    for status in tills {
        let till = status.till.till;
        let found = health(status, now_ms, language);
        let is_told = open
            .iter()
            .any(|row| row.till == Some(till) && Some(row.kind.as_str()) == found.problem);
        if found.health != Health::Good && !is_told {
            let (name, number) = called(language, till, &status.till.name);
            unwell.push(Unwell {
                till,
                name: number.map_or(name.clone(), |number| format!("{name} {number}")),
                why: found.why,
                to_do: found.to_do,
                shop: status.till.shop.clone(),
            });
        }
    }
    unwell
}

/// A till by its name, and by its number where the name does not say it.
pub(crate) fn called(language: Language, number: TillId, name: &str) -> (String, Option<String>) {
    let words = language.strings();
    let numbered = format!("{} {number}", words.till);
    let name = name.trim();
    if name.is_empty() || name.eq_ignore_ascii_case(&numbered) {
        (numbered, None)
    } else {
        let number = words.till_number.replace("{}", &number.to_string());
        (name.to_owned(), Some(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_till_is_named_once() {
        let till = TillId::new(1).unwrap();
        let called = |name| {
            let (name, number) = called(Language::Nl, till, name);
            number.map_or(name.clone(), |number| format!("{name} {number}"))
        };
        assert_eq!(called("Kassa 1"), "Kassa 1");
        assert_eq!(called("kassa 1 "), "Kassa 1");
        assert_eq!(called("Kassa 11"), "Kassa 11 (nr. 1)");
        assert_eq!(called("Balie"), "Balie (nr. 1)");
    }
}
