//! The places a till names when it asks head office where it stands: dense where it matters, then at doubling distances.
//!
//! Head first, back to the cursor, the cursor itself, back to the first event ever: whatever head office still has, the
//! newest place it recognises is at most half as far back again as the truth, and the cursor is found exactly.

use retail::ids::Epoch;

/// The most places in a query.
pub const MAX_PLACES: usize = 64;

/// The places to name, newest first. `epochs` as [`super::outbox::Outbox::epochs`] gives them, `cursor` the place of the cursor.
#[must_use]
pub fn places(epochs: &[(Epoch, u64)], cursor: Option<(Epoch, u64)>) -> Vec<(Epoch, u64)> {
    let total: u64 = epochs.iter().map(|(_, last)| last).sum();
    let Some(newest) = total.checked_sub(1) else {
        return Vec::new();
    };
    let at_cursor = cursor.and_then(|place| index_of(epochs, place));
    let mut indexes = Vec::with_capacity(MAX_PLACES);
    walk(&mut indexes, newest, at_cursor.map_or(0, |at| at + 1));
    if let Some(at) = at_cursor {
        walk(&mut indexes, at, 0);
    }
    if indexes.last() != Some(&0) {
        indexes.push(0);
    }
    indexes
        .into_iter()
        .filter_map(|index| place_of(epochs, index))
        .collect()
}

/// `from`, and down to `to` (inclusive) at distances 1, 1, 2, 4, 8...: at most 31 of them.
fn walk(indexes: &mut Vec<u64>, from: u64, to: u64) {
    if from < to {
        return;
    }
    let mut at = from;
    let mut step = 1;
    for taken in 0..31 {
        indexes.push(at);
        match at.checked_sub(step) {
            Some(next) if next >= to => at = next,
            _ => return,
        }
        if taken > 0 {
            step *= 2;
        }
    }
}

fn index_of(epochs: &[(Epoch, u64)], (epoch, seq): (Epoch, u64)) -> Option<u64> {
    let mut before = 0;
    for (other, last) in epochs {
        if *other == epoch {
            return (1..=*last).contains(&seq).then(|| before + seq - 1);
        }
        before += last;
    }
    None
}

fn place_of(epochs: &[(Epoch, u64)], mut index: u64) -> Option<(Epoch, u64)> {
    for (epoch, last) in epochs {
        if index < *last {
            return Some((*epoch, index + 1));
        }
        index -= last;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn epoch(n: u8) -> Epoch {
        Epoch::new(n).unwrap()
    }

    #[test]
    fn nothing_written_nothing_named() {
        assert_eq!(places(&[], None), []);
    }

    #[test]
    fn head_cursor_and_first_are_always_there() {
        let epochs = [(epoch(1), 100), (epoch(3), 7)];
        let found = places(&epochs, Some((epoch(1), 60)));
        assert_eq!(found.first(), Some(&(epoch(3), 7)));
        assert!(found.contains(&(epoch(1), 60)));
        assert_eq!(found.last(), Some(&(epoch(1), 1)));
    }

    proptest! {
        #[test]
        fn ordered_bounded_and_close_to_any_truth(
            spans in prop::collection::vec(1_u64..5_000_000, 1..6),
            pick in any::<prop::sample::Index>(),
            with_cursor in any::<bool>(),
        ) {
            let epochs: Vec<_> = (1..).zip(&spans).map(|(n, last)| (epoch(n), *last)).collect();
            let at = pick.index(epochs.len());
            let cursor = with_cursor.then(|| (epochs[at].0, 1 + epochs[at].1 / 2));
            let found = places(&epochs, cursor);
            prop_assert!(found.len() <= MAX_PLACES);
            prop_assert!(found.windows(2).all(|pair| pair[0] > pair[1]), "{:?}", found);
            prop_assert_eq!(found.last().copied(), Some((epoch(1), 1)));
            if let Some(cursor) = cursor {
                prop_assert!(found.contains(&cursor));
            }
        }
    }
}
