//! Figures that were computed already, by what was asked (which carries the shops of the scope) and by the version of
//! the data. On little data every answer is of this moment. On much, where computing costs more than a page may, an
//! answer may be [`STALE_MS`] old while a newer one is made beside it, and the page says of when it is.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::store::rows::Ends;

/// Answers kept.
const MOST: usize = 96;
/// Computing that took longer may be answered from before.
const SLOW_MS: u64 = 40;
/// How old such an answer may be.
const STALE_MS: u64 = 60_000;

/// Which data a figure is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) ends: Ends,
    pub(crate) dataset: u64,
}

struct Entry {
    version: Version,
    made_ms: u64,
    took_ms: u64,
    used_ms: u64,
    renewing: bool,
    value: Arc<dyn Any + Send + Sync>,
}

/// What became of a question.
#[derive(Debug)]
pub(crate) enum Found<T> {
    /// It is of this version.
    Fresh(Arc<T>),
    /// It is of an older version but good enough; whoever gets `renew` makes the next.
    Stale {
        /// The answer.
        value: Arc<T>,
        /// Nobody else is at it.
        renew: bool,
    },
    /// Nobody asked this, or too long ago.
    Missing,
}

/// The answers by question.
#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<String, Entry>>);

impl Cache {
    /// Looks for an answer.
    pub(crate) fn find<T: Any + Send + Sync>(
        &self,
        question: &str,
        version: Version,
        now_ms: u64,
    ) -> Found<T> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = entries.get_mut(question) else {
            return Found::Missing;
        };
        let Ok(value) = Arc::clone(&entry.value).downcast::<T>() else {
            return Found::Missing;
        };
        entry.used_ms = now_ms;
        if entry.version == version {
            return Found::Fresh(value);
        }
        let age_ms = now_ms.saturating_sub(entry.made_ms);
        if entry.took_ms <= SLOW_MS || age_ms > STALE_MS {
            return Found::Missing;
        }
        let renew = !entry.renewing;
        entry.renewing = true;
        Found::Stale { value, renew }
    }

    /// Keeps an answer that took from `began_ms` to `now_ms`.
    pub(crate) fn keep<T: Any + Send + Sync>(
        &self,
        question: &str,
        version: Version,
        began_ms: u64,
        now_ms: u64,
        value: &Arc<T>,
    ) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST && !entries.contains_key(question) {
            let oldest = entries.iter().min_by_key(|(_, entry)| entry.used_ms);
            if let Some(oldest) = oldest.map(|(question, _)| question.clone()) {
                entries.remove(&oldest);
            }
        }
        let value: Arc<dyn Any + Send + Sync> = Arc::<T>::clone(value);
        entries.insert(
            question.to_owned(),
            Entry {
                version,
                made_ms: now_ms,
                took_ms: now_ms.saturating_sub(began_ms),
                used_ms: now_ms,
                renewing: false,
                value,
            },
        );
    }

    /// Whoever is forgotten must not stand in an answer from before.
    pub(crate) fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(dataset: u64) -> Version {
        Version {
            ends: Ends::default(),
            dataset,
        }
    }

    #[test]
    fn quick_answers_are_never_stale_and_slow_ones_only_for_a_while() {
        let cache = Cache::default();
        cache.keep("quick", version(1), 0, 10, &Arc::new(7));
        cache.keep("slow", version(1), 0, 100, &Arc::new(8));
        let find = |question, at, now_ms| cache.find::<i32>(question, version(at), now_ms);
        assert!(matches!(find("quick", 1, 5_000), Found::Fresh(seven) if *seven == 7));
        assert!(matches!(find("quick", 2, 5_000), Found::Missing));
        assert!(matches!(find("slow", 1, 5_000), Found::Fresh(_)));
        assert!(matches!(
            find("slow", 2, 5_000),
            Found::Stale { renew: true, .. }
        ));
        assert!(matches!(
            find("slow", 2, 5_000),
            Found::Stale { renew: false, .. }
        ));
        assert!(matches!(find("slow", 2, 70_000), Found::Missing));
        assert!(matches!(find("other", 1, 0), Found::Missing));
        cache.clear();
        assert!(matches!(find("slow", 1, 0), Found::Missing));
    }

    #[test]
    fn only_so_many_answers_are_kept() {
        let cache = Cache::default();
        for n in 0..1_000 {
            cache.keep(&n.to_string(), version(1), 0, n, &Arc::new(n));
        }
        assert_eq!(cache.0.lock().unwrap().len(), MOST);
        assert!(matches!(
            cache.find::<u64>("999", version(1), 0),
            Found::Fresh(_)
        ));
    }
}
