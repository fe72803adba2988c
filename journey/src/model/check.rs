//! What a model file must be beyond well-formed: names, phases, rules and shape that go together.
//! Every message says what to mend in the words of the file.

use super::{FORMAT, Fold, Model, ModelError, Shape};
use crate::record::Kind;

pub(super) fn check(model: &Model) -> Result<(), ModelError> {
    if model.format != FORMAT {
        return Err(ModelError::Format(model.format));
    }
    name("model name", &model.name)?;
    for (at, phase) in model.phases.iter().enumerate() {
        name("phase", &phase.id)?;
        if model
            .phases
            .iter()
            .take(at)
            .any(|before| before.id == phase.id)
        {
            return Err(ModelError::PhaseTwice(phase.id.clone()));
        }
    }
    shape(model)?;
    for (number, rule) in (1..).zip(&model.rules) {
        if let Some(named) = &rule.phase {
            phase(model, "rule", number, named)?;
        }
        kinds("rule", number, &rule.kinds)?;
        let never = |why| {
            Err(ModelError::NeverFits {
                what: "rule",
                number,
                why,
            })
        };
        if matches!((rule.visit_from, rule.visit_to), (Some(from), Some(to)) if from > to) {
            return never("visit_from is beyond visit_to");
        }
        if matches!((rule.score_from, rule.score_to), (Some(from), Some(to)) if from > to) {
            return never("score_from is beyond score_to");
        }
        if rule.score_from.is_some_and(|score| score > 10) {
            return never("scores go from 0 to 10");
        }
    }
    for (number, goal) in (1..).zip(&model.goals) {
        phase(model, "goal", number, &goal.phase)?;
        kinds("goal", number, &goal.kinds)?;
    }
    Ok(())
}

fn name(what: &'static str, name: &str) -> Result<(), ModelError> {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !name.is_empty() && name.len() <= 64 && name.bytes().all(good) {
        Ok(())
    } else {
        Err(ModelError::Name {
            what,
            name: name.to_owned(),
        })
    }
}

fn shape(model: &Model) -> Result<(), ModelError> {
    let wrong = |why| Err(ModelError::Shape(why));
    match (model.fold, model.shape, model.phases.len()) {
        (Fold::Visits, _, count) if count != 3 => wrong(
            "fold = \"visits\" needs exactly three phases: purchase, use and loyalty, in this order",
        ),
        (Fold::Visits, shape, _) if shape != Shape::Line => {
            wrong("fold = \"visits\" needs shape = \"line\"")
        }
        (_, Shape::Sequence, count) if count > 0 => wrong("shape = \"sequence\" has no phases"),
        (_, Shape::Line | Shape::Circle | Shape::LoyaltyLoop, 0) => wrong("there is no [[phase]]"),
        _ if model.settings.patience_factor == 0 && model.settings.patience_days == 0 => {
            wrong("patience_days and patience_factor cannot both be 0")
        }
        _ => Ok(()),
    }
}

fn phase(model: &Model, what: &'static str, number: usize, named: &str) -> Result<(), ModelError> {
    if model.phases.iter().any(|phase| phase.id == named) {
        return Ok(());
    }
    let known: Vec<&str> = model.phases.iter().map(|phase| phase.id.as_str()).collect();
    Err(ModelError::UnknownPhase {
        what,
        number,
        phase: named.to_owned(),
        known: known.join(", "),
    })
}

fn kinds(what: &'static str, number: usize, kinds: &[String]) -> Result<(), ModelError> {
    if kinds.is_empty() {
        return Err(ModelError::NeverFits {
            what,
            number,
            why: "kinds is empty",
        });
    }
    for kind in kinds {
        if !Kind::parse(kind).is_known() {
            let nearest = Kind::KNOWN
                .iter()
                .map(Kind::as_str)
                .min_by_key(|known| distance(known, kind));
            let nearest = nearest.filter(|known| distance(known, kind) <= 3);
            return Err(ModelError::UnknownKind {
                what,
                number,
                kind: kind.clone(),
                nearest,
            });
        }
    }
    Ok(())
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (to, above) in b.iter().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(from != *to))
                .min(left + 1)
                .min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "", 0),
            ("sale", "sale", 0),
            ("sale", "sales", 1),
            ("advice", "advise", 1),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }
}
