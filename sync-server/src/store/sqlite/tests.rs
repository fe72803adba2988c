//! What this engine promises beyond the contract: who waits for whom, how long its log gets, which plans it makes.

use super::*;
use crate::store::contract;

#[test]
fn keeps_the_contract() {
    contract::check(&mut || {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("head-office.db")).unwrap();
        (
            Box::new(store) as Box<dyn Store>,
            Box::new(folder) as Box<dyn std::any::Any>,
        )
    });
}

#[test]
fn a_look_up_is_prepared_once_and_uses_its_index() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("head-office.db")).unwrap();
    let connection = lock(&store.writer);
    for (column, index) in [("of_receipt", "event_of"), ("receipt", "event_receipt")] {
        let sql = format!("SELECT n FROM event WHERE {column} = ?1 ORDER BY n");
        let plan: String = connection
            .query_row(&format!("EXPLAIN QUERY PLAN {sql}"), [1], |row| row.get(3))
            .unwrap();
        assert!(plan.contains(index), "{plan}");
        let mut statement = connection.prepare(&sql).unwrap();
        for receipt in 0..9 {
            assert!(!statement.exists([receipt]).unwrap());
        }
        let again = statement.get_status(rusqlite::StatementStatus::RePrepare);
        assert_eq!(again, 0, "{sql}");
    }
}

#[test]
fn who_writes_without_a_pause_keeps_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head-office.db");
    let importing = Sqlite::open(&path).unwrap();
    let serving = Sqlite::open(&path).unwrap();
    let (done, stop) = std::sync::mpsc::channel();
    let (begun, begins) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let long = scope.spawn(move || {
            for round in 1..1_000 {
                let mut stopped = false;
                importing
                    .write(&mut |tables| {
                        tables.set_meta("round", &round.to_string())?;
                        let _ = begun.send(());
                        let held = Duration::from_millis(20);
                        stopped = stop.recv_timeout(held).is_ok();
                        Ok(())
                    })
                    .unwrap();
                if stopped {
                    return round;
                }
            }
            panic!("nobody else ever came to write");
        });
        begins.recv().unwrap();
        for turn in 0..5 {
            serving
                .write(&mut |tables| tables.set_meta("turn", &turn.to_string()))
                .unwrap();
        }
        done.send(()).unwrap();
        assert!(long.join().unwrap() > 1);
    });
}

#[test]
fn a_database_that_is_up_to_date_opens_while_another_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head-office.db");
    let writing = Sqlite::open(&path).unwrap();
    writing
        .write(&mut |tables| {
            tables.set_meta("a", "b")?;
            let opened = Sqlite::open(&path)?;
            opened.read(&mut |tables| {
                assert_eq!(tables.meta("a")?, None, "not committed yet");
                Ok(())
            })
        })
        .unwrap();
}

/// Pages in the log, and how many of them are written back.
fn log(path: &Path) -> (i32, i32) {
    let connection = Connection::open(path).unwrap();
    connection
        .query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| {
            Ok((row.get(1)?, row.get(2)?))
        })
        .unwrap()
}

/// One transaction of somewhat more pages than this, if another letter was written before.
fn write_pages(store: &Sqlite, letter: &str, pages: i32) {
    let text = letter.repeat(usize::try_from(pages).unwrap() * 4_096);
    store
        .write(&mut |tables| tables.set_meta("text", &text))
        .unwrap();
}

#[test]
fn a_long_log_is_written_back_beside_the_writer_and_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head-office.db");
    let store = Sqlite::open(&path).unwrap();
    write_pages(&store, "a", 1);
    let (short, before) = log(&path);
    store.write_back().unwrap();
    assert_eq!(log(&path), (short, before), "short: not worth it");

    write_pages(&store, "b", LONG_LOG);
    let (long, before) = log(&path);
    assert!(
        long > LONG_LOG && before < LONG_LOG,
        "no commit waits for it"
    );
    store
        .write(&mut |tables| {
            tables.set_meta("a", "b")?;
            store.write_back()
        })
        .unwrap();
    let (pages, back) = log(&path);
    assert_eq!(back, long, "up to where the writer had begun");
    assert!(pages > long);

    store
        .read(&mut |tables| {
            tables.meta("a")?;
            store.write(&mut |tables| tables.set_meta("a", "c"))?;
            store.write_back()
        })
        .unwrap();
    assert_eq!(log(&path).1, pages, "a reader needs what was before him");
    store.write_back().unwrap();
    store
        .write(&mut |tables| tables.set_meta("a", "d"))
        .unwrap();
    assert!(log(&path).0 < LONG_LOG, "begun anew");
}

#[test]
fn a_log_that_nobody_writes_back_has_a_bound() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head-office.db");
    let store = Sqlite::open(&path).unwrap();
    for letter in ["a", "b", "c", "d", "e", "f", "g", "h", "i"] {
        write_pages(&store, letter, LONGEST_LOG / 3);
        assert!(log(&path).0 < LONGEST_LOG * 2);
    }
}

#[test]
fn the_writer_is_durable_and_the_readers_only_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("head-office.db")).unwrap();
    let synchronous: i64 = lock(&store.writer)
        .query_row("PRAGMA synchronous", [], |row| row.get(0))
        .unwrap();
    assert_eq!(synchronous, 2, "FULL");
    let refused = store.read(&mut |tables| tables.set_meta("a", "b"));
    assert!(refused.is_err());
}

#[test]
fn what_came_back_of_a_batch_is_looked_up_by_its_own_events() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("head-office.db")).unwrap();
    let connection = lock(&store.writer);
    let mut explain = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {}", journal::RETURNED))
        .unwrap();
    let plan: Vec<String> = explain
        .query_map((1, 1, 1, 9), |row| row.get(3))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let at = |index: &str| plan.iter().position(|step| step.contains(index));
    assert!(at("event_name").is_some(), "{plan:#?}");
    assert!(at("event_of").is_some(), "{plan:#?}");
    assert!(at("event_name") < at("event_of"), "{plan:#?}");
}
