//! The contract of every engine, as checks over the trait alone. An engine's test calls [`check`] with a maker of empty
//! stores; what it returns beside the store is kept until the check is over (a folder to clean up).

use std::any::Any;

use super::{Result, Store, StoreError, read, write};

mod history;
mod imports;
mod journal;
mod office;
mod people;

/// Makes an empty store, and what must live as long.
pub(crate) type Make<'m> = &'m mut dyn FnMut() -> (Box<dyn Store>, Box<dyn Any>);

/// Runs the whole suite.
pub(crate) fn check(make: Make<'_>) {
    let cases: [fn(&dyn Store); 6] = [
        transactions,
        office::check,
        journal::check,
        people::check,
        history::check,
        imports::check,
    ];
    for case in cases {
        let (store, keep) = make();
        case(&*store);
        drop(store);
        drop(keep);
    }
}

fn transactions(store: &dyn Store) {
    write(store, |tables| tables.set_meta("org", "a")).unwrap();
    let failed: Result<()> = write(store, |tables| {
        tables.set_meta("org", "b")?;
        Err(StoreError::Corrupt("on purpose".to_owned()))
    });
    assert!(failed.is_err());
    let org = read(store, |tables| tables.meta("org")).unwrap();
    assert_eq!(org.as_deref(), Some("a"), "all or nothing");

    let held = read(store, |tables| {
        tables.meta("org")?;
        write(store, |tables| tables.set_meta("run", "x"))?;
        store.scrub()
    });
    assert!(!held.unwrap(), "a reader needs what was before");
    assert!(store.scrub().unwrap());

    let refused = read(store, |tables| tables.set_meta("org", "c"));
    assert!(refused.is_err(), "reading changes nothing");
    write(store, |tables| tables.set_meta("org", "d")).unwrap();
    let org = read(store, |tables| tables.meta("org")).unwrap();
    assert_eq!(
        org.as_deref(),
        Some("d"),
        "a refused write does not wedge the store"
    );

    read(store, |tables| {
        let before = tables.meta("org")?;
        write(store, |tables| tables.set_meta("org", "e"))?;
        store.write_back()?;
        assert_eq!(tables.meta("org")?, before, "a reader sees one state");
        Ok(())
    })
    .unwrap();
}
