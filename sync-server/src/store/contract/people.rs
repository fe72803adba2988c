//! Links, aliases, statements, cards, tombstones, points, changes.

use retail::ids::{CustomerId, LinkId, RecordId};

use super::journal::{event, ground};
use crate::store::rows::{AliasRow, Change, ProfileRow};
use crate::store::{Store, Tables, write};

fn alias(customer: &str, into: &str) -> AliasRow {
    AliasRow {
        customer: customer.to_owned(),
        into: into.to_owned(),
        at_ms: 3,
    }
}

pub(super) fn check(store: &dyn Store) {
    write(store, |tables| {
        aliases(tables);
        statements(tables);
        looked_through(tables);
        points(tables);
        changes(tables);
        erasing(tables);
        Ok(())
    })
    .unwrap();
    write(store, |tables| {
        let link = LinkId([1; 16]);
        assert!(tables.add_link(link, "a")?);
        assert!(!tables.add_link(link, "a")?, "once");
        assert!(!tables.add_link(link, "b")?);
        let kept = tables.link(link)?;
        assert_eq!(kept.as_deref(), Some("a"), "a link stands for one customer");
        Ok(())
    })
    .unwrap();
}

fn aliases(tables: &mut dyn Tables) {
    tables.add_alias(&alias("b", "a")).unwrap();
    tables.add_alias(&alias("a", "r")).unwrap();
    for customer in ["a", "b", "r"] {
        assert_eq!(
            tables.root(customer).unwrap(),
            "r",
            "a chain is one step long"
        );
    }
    assert_eq!(tables.members("r").unwrap(), ["r", "a", "b"]);
    assert_eq!(tables.members("x").unwrap(), ["x"]);
    assert_eq!(tables.aliases().unwrap().len(), 2);
    assert_eq!(tables.alias("a").unwrap(), Some(alias("a", "r")));
    assert_eq!(tables.alias("r").unwrap(), None);
}

/// Every statement in which a text may stand is shown, whatever its capitals; wildcards are signs like others.
fn looked_through(tables: &mut dyn Tables) {
    for (id, name) in [(31, "Zoë 100% Wol"), (32, "zoo"), (33, "iemand")] {
        let row = ProfileRow {
            json: format!("{{\"name\":\"{name}\"}}"),
            at_ms: 1,
        };
        let who = format!("naam-{id}");
        tables.add_profile(RecordId([id; 16]), &who, &row).unwrap();
    }
    let mut with = |text: &str, most: usize| {
        let mut found = Vec::new();
        tables
            .profiles_with(text, &mut |customer, _| {
                found.push(customer);
                Ok(found.len() < most)
            })
            .unwrap();
        found
    };
    assert_eq!(
        with("ZOË", 9),
        ["naam-31", "naam-32"],
        "the visitor decides"
    );
    assert_eq!(with("zo", 1), ["naam-31"]);
    assert_eq!(with("100%", 9), ["naam-31"]);
    assert_eq!(with("z_o", 9), [""; 0]);
    for id in [31, 32, 33] {
        tables.erase(&format!("naam-{id}")).unwrap();
    }
}

fn statements(tables: &mut dyn Tables) {
    let row = |json: &str, at_ms| ProfileRow {
        json: json.to_owned(),
        at_ms,
    };
    assert!(
        tables
            .add_profile(RecordId([2; 16]), "a", &row("later", 9))
            .unwrap()
    );
    assert!(
        tables
            .add_profile(RecordId([1; 16]), "a", &row("first", 4))
            .unwrap()
    );
    assert!(
        !tables
            .add_profile(RecordId([1; 16]), "a", &row("again", 4))
            .unwrap()
    );
    let kept = tables.profiles("a").unwrap();
    assert_eq!(kept, [row("first", 4), row("later", 9)], "by time");
    tables.add_card("2610000000018", "a").unwrap();
    assert_eq!(tables.card("2610000000018").unwrap().as_deref(), Some("a"));
    assert_eq!(tables.card("1").unwrap(), None);
    assert_eq!(tables.cards("a").unwrap(), ["2610000000018"]);
}

fn points(tables: &mut dyn Tables) {
    tables.add_points("a", 12).unwrap();
    tables.add_points("a", -2).unwrap();
    tables.add_points("r", 1).unwrap();
    tables.move_points("a", "r").unwrap();
    assert_eq!(tables.points("a").unwrap(), 0);
    assert_eq!(tables.points("r").unwrap(), 11);
    assert_eq!(tables.all_points().unwrap(), [("r".to_owned(), 11)]);
}

fn changes(tables: &mut dyn Tables) {
    let jip = Change::Directory(CustomerId([1; 16]));
    let merged = Change::Alias {
        customer: "a".to_owned(),
        into: "r".to_owned(),
    };
    let first = tables.add_change(&jip).unwrap();
    tables.add_change(&merged).unwrap();
    let last = tables.add_change(&jip).unwrap();
    assert!(last > first);
    let kept: Vec<Change> = tables
        .changes(0, 9)
        .unwrap()
        .into_iter()
        .map(|row| row.change)
        .collect();
    assert_eq!(kept, [merged, jip], "the latest of a kind stays");
    assert_eq!(tables.changes(last, 9).unwrap(), vec![]);
    tables
        .add_change(&Change::Tombstone("z".to_owned()))
        .unwrap();
    tables.add_change(&Change::Reload).unwrap();
    assert_eq!(
        tables.changes(last, 1).unwrap()[0].change,
        Change::Tombstone("z".to_owned())
    );
    assert_eq!(tables.ends().unwrap().change, last + 2);
}

fn erasing(tables: &mut dyn Tables) {
    let batch = ground(tables);
    let n = tables.add_events(&[event(1, 5, batch)]).unwrap()[0];
    tables.add_link(LinkId([5; 16]), "a").unwrap();
    tables
        .add_text(RecordId([5; 16]), n, Some(LinkId([5; 16])), "te klein")
        .unwrap();
    tables.add_points("a", 3).unwrap();
    assert_eq!(tables.erase("a").unwrap(), 0);
    assert_eq!(tables.link(LinkId([5; 16])).unwrap(), None);
    assert_eq!(tables.profiles("a").unwrap(), vec![]);
    assert_eq!(tables.card("2610000000018").unwrap(), None);
    assert_eq!(tables.points("a").unwrap(), 0);
    let mut texts = Vec::new();
    tables
        .each_event(0, &mut |row| {
            texts.push((row.customer, row.text));
            Ok(())
        })
        .unwrap();
    assert_eq!(texts, [(None, None)], "the event stays, the person is gone");
    assert!(tables.add_tombstone("a", 1).unwrap());
    assert!(!tables.add_tombstone("a", 2).unwrap());
    assert!(tables.tombstoned("a").unwrap());
    assert!(!tables.tombstoned("b").unwrap());
    assert_eq!(tables.tombstones().unwrap(), [("a".to_owned(), 1)]);
}
