//! Imports of files: numbers, counts, and taking one back piece by piece.

use journey::{Kind, Record};

use crate::store::rows::{ImportRun, Inserted};
use crate::store::{Store, Tables, write};

fn record(id: &str, customer: &str) -> Record {
    Record {
        customer: Some(customer.to_owned()),
        receipt: Some("r1".to_owned()),
        quantity: 1_000,
        amount_cents: 100,
        imported: true,
        ..Record::new(id, 1_000, 60, "utrecht", Kind::Sale)
    }
}

fn kept(tables: &mut dyn Tables) -> Vec<String> {
    let mut ids = Vec::new();
    tables
        .each_imported(0, &mut |row| {
            ids.push(row.event_id.to_owned());
            Ok(())
        })
        .unwrap();
    ids
}

pub(super) fn check(store: &dyn Store) {
    write(store, |tables| {
        runs(tables);
        taken_back(tables);
        Ok(())
    })
    .unwrap();
}

fn runs(tables: &mut dyn Tables) {
    let first = tables.open_import("/a.csv", None, 10).unwrap();
    let again = tables.open_import("/a.csv", None, 20).unwrap();
    assert_eq!(again, first, "one that was stopped goes on");
    let other = tables.open_import("/a.csv", Some("oud"), 20).unwrap();
    assert_ne!(other, first, "another source is another import");
    let run = ImportRun {
        id: first,
        file: "/a.csv".to_owned(),
        started_ms: 10,
        finished_ms: Some(30),
        read: 3,
        added: 2,
        known: 1,
        ..ImportRun::default()
    };
    assert!(tables.put_import(&run).unwrap());
    assert_eq!(tables.import(first).unwrap(), Some(run));
    assert_eq!(tables.import(99).unwrap(), None);
    let next = tables.open_import("/a.csv", None, 40).unwrap();
    assert_ne!(next, first, "one that ended does not");
    let newest = tables.imports(2).unwrap();
    let ids: Vec<i64> = newest.iter().map(|run| run.id).collect();
    assert_eq!(ids, [next, other]);
}

fn taken_back(tables: &mut dyn Tables) {
    let (a, b) = (1, 2);
    for (id, customer, import) in [("a1", "jip", a), ("b1", "mo", b), ("a2", "kim", a)] {
        let added = tables.add_imported(&record(id, customer), &[1; 16], import);
        assert_eq!(added.unwrap(), Inserted::New);
    }
    assert_eq!(tables.imported_count().unwrap(), 3);
    assert_eq!(tables.take_back(a, 50).unwrap(), 2);
    assert_eq!(kept(tables), ["b1"], "gone for readers at once");
    assert_eq!(tables.imported_count().unwrap(), 1);
    assert_eq!(tables.imports_standing().unwrap(), [(b, 1)]);
    assert_eq!(tables.dirty(9).unwrap(), ["jip", "kim"]);
    assert_eq!(
        tables.beside_import(a).unwrap(),
        ["mo"],
        "all on one receipt"
    );
    assert!(tables.beside_import(99).unwrap().is_empty());
    let run = tables.import(a).unwrap().unwrap();
    assert_eq!((run.undone_ms, run.undone_rows), (Some(50), Some(2)));
    assert!(!tables.put_import(&run).unwrap(), "its counts stand");

    // Before it is cleared up the same row can come again, with any content.
    let again = tables.add_imported(&record("a1", "jip"), &[9; 16], b);
    assert_eq!(again.unwrap(), Inserted::New);
    assert_eq!(kept(tables), ["b1", "a1"]);
    let mut after = 0;
    while let Some(upto) = tables.clear_taken_back(after, 1, 60).unwrap() {
        after = upto;
    }
    assert_eq!(kept(tables), ["b1", "a1"]);
    assert_eq!(
        tables.clear_taken_back(0, 1, 60).unwrap(),
        None,
        "nothing waits"
    );
    let known = tables.add_imported(&record("a1", "jip"), &[9; 16], b);
    assert_eq!(known.unwrap(), Inserted::Same);
}
