//! What a sale must not wait for: the marker file, and moving the write-ahead log into the database. A thread of its own does
//! both, within a second of the last event.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use retail::wire::Head;

use crate::store::{Marker, Store, StoreError};

/// Events that come in the same breath share one write.
const GATHER: Duration = Duration::from_millis(300);
/// The log is moved when it is larger than this, in bytes.
const LOG_BYTES: u64 = 4 * 1024 * 1024;

#[derive(Debug, Default)]
struct Slot {
    head: Option<Head>,
    stop: bool,
}

/// The running thread. Writes what is left when it is dropped.
#[derive(Debug)]
pub(super) struct Keeper {
    slot: Arc<(Mutex<Slot>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    pub(super) fn start(store: Store) -> io::Result<Self> {
        let slot: Arc<(Mutex<Slot>, Condvar)> = Arc::default();
        let shared = Arc::clone(&slot);
        let thread = std::thread::Builder::new()
            .name("keeper".to_owned())
            .spawn(move || work(&store, &shared))?;
        Ok(Self {
            slot,
            thread: Some(thread),
        })
    }

    /// The journal has come this far. Never waits.
    pub(super) fn written(&self, head: Head) {
        let (slot, bell) = &*self.slot;
        slot.lock().unwrap_or_else(PoisonError::into_inner).head = Some(head);
        bell.notify_one();
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let (slot, bell) = &*self.slot;
        slot.lock().unwrap_or_else(PoisonError::into_inner).stop = true;
        bell.notify_one();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so itself.
            let _ = thread.join();
        }
    }
}

fn work(store: &Store, shared: &(Mutex<Slot>, Condvar)) {
    let (slot, bell) = shared;
    let marker = Marker::of(store.path());
    let mut failing = false;
    loop {
        let guard = slot.lock().unwrap_or_else(PoisonError::into_inner);
        let guard = bell
            .wait_while(guard, |slot| slot.head.is_none() && !slot.stop)
            .unwrap_or_else(PoisonError::into_inner);
        let (mut guard, _) = bell
            .wait_timeout_while(guard, GATHER, |slot| !slot.stop)
            .unwrap_or_else(PoisonError::into_inner);
        let (head, stop) = (guard.head.take(), guard.stop);
        drop(guard);
        let result = head
            .map_or(Ok(()), |head| marker.write(head))
            .and_then(|()| tidy(store, stop));
        if let Err(error) = &result
            && !failing
        {
            tracing::warn!(%error, "the marker of the journal is late");
        }
        failing = result.is_err();
        if stop {
            return;
        }
    }
}

fn tidy(store: &Store, now: bool) -> Result<(), StoreError> {
    let mut log = store.path().as_os_str().to_owned();
    log.push("-wal");
    let large = std::fs::metadata(PathBuf::from(log)).is_ok_and(|log| log.len() > LOG_BYTES);
    if large || now {
        store.checkpoint()
    } else {
        Ok(())
    }
}
