//! Reading events is the one part of checking a batch in which no event needs another, and the largest.

use retail::event::{Event, EventError};

/// Events of a batch from which on a second thread is worth its start.
const LONG: usize = 64;

/// Reads the events of a batch, a long one in two halves at once: a till waits for it.
pub(super) fn read(events: &[Vec<u8>]) -> Vec<Result<Event, EventError>> {
    if events.len() < LONG {
        return one_by_one(events);
    }
    let (first, second) = events.split_at(events.len() / 2);
    std::thread::scope(|scope| {
        let other = std::thread::Builder::new().spawn_scoped(scope, || one_by_one(second));
        let mut all = one_by_one(first);
        // Where there was no thread to be had, this one reads on.
        let rest = other.ok().and_then(|thread| thread.join().ok());
        all.extend(rest.unwrap_or_else(|| one_by_one(second)));
        all
    })
}

fn one_by_one(events: &[Vec<u8>]) -> Vec<Result<Event, EventError>> {
    events.iter().map(|bytes| Event::read(bytes)).collect()
}
