//! The queue of scans of the hub: what is decided about one stays decided.

use std::sync::Arc;

use link::message::{BootId, ScanId};

use crate::clock::SystemClock;
use crate::peripherals::hub::ScanQueue as _;
use crate::store::{Store, StoredScans};

#[test]
fn a_scan_that_beeped_is_never_in_doubt_and_never_put_away_unread() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("till.db")).unwrap();
    let barcodes = retail::barcode::Settings::default();
    let zone = chrono_tz::Europe::Amsterdam;
    let clock = Arc::new(SystemClock::new());
    let mut queue = StoredScans::new(store, barcodes, clock, zone).unwrap();
    let boot = BootId(9);
    let id = ScanId { boot, sequence: 1 };
    queue.commit(id, b"8712345678906").unwrap();
    let ready = queue.confirm(id).unwrap().unwrap();
    queue.doubt(id).unwrap();
    assert_eq!(queue.unheard().unwrap(), None);
    queue.forget(ready.ticket).unwrap();
    assert_eq!(queue.ready().unwrap(), [ready]);
}
