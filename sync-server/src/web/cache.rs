//! Figures that were computed already, by what was asked (which carries the shops of the scope) and by the version of the
//! data: an answer from here is the answer of this moment, never an older one.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::book::Version;

/// Answers kept.
const MOST: usize = 96;

struct Entry {
    version: Version,
    /// Counts up with every question: the smallest was asked longest ago.
    used: u64,
    value: Arc<dyn Any + Send + Sync>,
}

#[derive(Default)]
struct Entries {
    by_question: HashMap<String, Entry>,
    questions: u64,
}

/// The answers by question.
#[derive(Default)]
pub(crate) struct Cache(Mutex<Entries>);

impl Cache {
    /// The answer to a question, when it was given of this version of the data.
    pub(crate) fn find<T: Any + Send + Sync>(
        &self,
        question: &str,
        version: Version,
    ) -> Option<Arc<T>> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.questions += 1;
        let used = entries.questions;
        let entry = entries.by_question.get_mut(question)?;
        if entry.version != version {
            return None;
        }
        entry.used = used;
        Arc::clone(&entry.value).downcast::<T>().ok()
    }

    /// Keeps an answer; the one asked longest ago gives way.
    pub(crate) fn keep<T: Any + Send + Sync>(
        &self,
        question: &str,
        version: Version,
        value: &Arc<T>,
    ) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.questions += 1;
        let used = entries.questions;
        let by_question = &mut entries.by_question;
        if by_question.len() >= MOST && !by_question.contains_key(question) {
            let oldest = by_question.iter().min_by_key(|(_, entry)| entry.used);
            if let Some(oldest) = oldest.map(|(question, _)| question.clone()) {
                by_question.remove(&oldest);
            }
        }
        let value: Arc<dyn Any + Send + Sync> = Arc::<T>::clone(value);
        by_question.insert(
            question.to_owned(),
            Entry {
                version,
                used,
                value,
            },
        );
    }

    /// Whoever is forgotten must not stand in an answer from before.
    pub(crate) fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .by_question
            .clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(dataset: u64) -> Version {
        Version { run: 1, dataset }
    }

    #[test]
    fn an_answer_is_of_its_version_and_of_no_other() {
        let cache = Cache::default();
        cache.keep("question", version(1), &Arc::new(7));
        let find = |question, at| cache.find::<i32>(question, version(at)).map(|seven| *seven);
        assert_eq!(find("question", 1), Some(7));
        assert_eq!(find("question", 2), None);
        assert_eq!(find("other", 1), None);
        let again = Version { run: 2, dataset: 1 };
        assert_eq!(cache.find::<i32>("question", again), None);
        cache.clear();
        assert_eq!(find("question", 1), None);
    }

    #[test]
    fn only_so_many_answers_are_kept_and_the_last_asked_stay() {
        let cache = Cache::default();
        cache.keep("often", version(1), &Arc::new(0_u64));
        for n in 1..1_000_u64 {
            cache.keep(&n.to_string(), version(1), &Arc::new(n));
            assert!(cache.find::<u64>("often", version(1)).is_some());
        }
        assert_eq!(cache.0.lock().unwrap().by_question.len(), MOST);
        assert!(cache.find::<u64>("999", version(1)).is_some());
        assert!(cache.find::<u64>("1", version(1)).is_none());
    }
}
