//! Imported rows, customers to refold, derived state.

use journey::{Kind, Record};

use crate::store::rows::{DerivedRow, Inserted};
use crate::store::{Store, Tables, write};

fn record(id: &str) -> Record {
    Record {
        till: "1".to_owned(),
        customer: Some("jip".to_owned()),
        receipt: Some("r1".to_owned()),
        product: None,
        category: Some("Tassen > Leer".to_owned()),
        quantity: 1_000,
        amount_cents: 1_995,
        imported: true,
        ..Record::new(
            id,
            1_000,
            60,
            "utrecht",
            Kind::Other("adjustment".to_owned()),
        )
    }
}

pub(super) fn check(store: &dyn Store) {
    write(store, |tables| {
        imported(tables);
        derived(tables);
        Ok(())
    })
    .unwrap();
}

fn imported(tables: &mut dyn Tables) {
    assert_eq!(tables.ends().unwrap().imported, 0);
    assert_eq!(
        tables.add_imported(&record("a"), &[1; 16], 1).unwrap(),
        Inserted::New
    );
    assert_eq!(
        tables.add_imported(&record("a"), &[1; 16], 1).unwrap(),
        Inserted::Same
    );
    assert_eq!(
        tables.add_imported(&record("a"), &[2; 16], 1).unwrap(),
        Inserted::Other
    );
    assert_eq!(
        tables.add_imported(&record("b"), &[1; 16], 1).unwrap(),
        Inserted::New,
        "equal lines are common"
    );
    let mut seen = Vec::new();
    let mut after = 0;
    tables
        .each_imported(0, &mut |row| {
            after = row.n;
            assert_eq!(
                (row.kind, row.product, row.customer),
                ("adjustment", None, Some("jip"))
            );
            assert_eq!(
                (
                    row.at_ms,
                    row.offset_minutes,
                    row.quantity,
                    row.amount_cents
                ),
                (1_000, 60, 1_000, 1_995)
            );
            seen.push(row.event_id.to_owned());
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, ["a", "b"]);
    assert_eq!(tables.ends().unwrap().imported, after);
    tables
        .each_imported(after, &mut |_| unreachable!("nothing came after"))
        .unwrap();
    assert_eq!(
        tables.erase("jip").unwrap(),
        2,
        "imported rows become anonymous"
    );
}

fn derived(tables: &mut dyn Tables) {
    for customer in ["b", "a", "b"] {
        tables.add_dirty(customer).unwrap();
    }
    assert_eq!(tables.dirty(9).unwrap(), ["a", "b"]);
    assert_eq!(tables.dirty(1).unwrap(), ["a"]);
    tables.clear_dirty("a").unwrap();
    assert_eq!(tables.dirty_count().unwrap(), 1);
    let row = |bytes: &[u8]| DerivedRow {
        customer: "b".to_owned(),
        bytes: bytes.to_vec(),
    };
    assert!(tables.put_derived(&row(b"1")).unwrap());
    assert!(!tables.put_derived(&row(b"1")).unwrap(), "nothing changed");
    assert!(tables.put_derived(&row(b"2")).unwrap());
    assert_eq!(tables.derived("b").unwrap().as_deref(), Some(&b"2"[..]));
    let mut all = Vec::new();
    tables
        .each_derived(&mut |row| {
            all.push(row);
            Ok(())
        })
        .unwrap();
    assert_eq!(all, [row(b"2")]);
    tables.drop_derived("b").unwrap();
    assert_eq!(tables.derived("b").unwrap(), None);
}
