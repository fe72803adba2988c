//! Links, statements and texts that travel beside events.

use retail::wire::{Down, DownPage, PATH_DOWN, Side};

use super::kinds;
use crate::kit::{Kassa, customer, desk};
use crate::store::read;

#[test]
fn a_card_enrolled_twice_keeps_its_first_customer() {
    let desk = desk();
    let (mut first, mut second) = (Kassa::enrol(&desk, 1), Kassa::enrol(&desk, 2));
    for (kassa, mark, yes) in [(&mut first, 1, true), (&mut second, 2, false)] {
        kassa.sell(1_000, Some(customer(mark)));
        kassa.state(mark, customer(mark), Some("2610000000018"), yes);
        kassa.send_all(&desk).unwrap();
    }
    assert_eq!(kinds(&desk), ["card_twice"]);
    let (one, two) = (customer(1).to_string(), customer(2).to_string());
    let scope = desk.office.command_line_scope();
    let person = desk.office.person(&scope, &two).unwrap().unwrap();
    assert_eq!(
        (person.id, person.aliases, person.points),
        (one.clone(), vec![two], 20)
    );
    assert_eq!(person.cards, ["2610000000018"]);
    assert!(!person.marketing.unwrap().given, "only if both gave it");
    let book = desk.office.book().unwrap();
    let visits = journey::reports::volumes(book.dataset(), &journey::Query::all());
    assert_eq!(visits.customers_purchasing, 1);
    drop(book);

    let page = first.ask(&desk, "GET", &format!("{PATH_DOWN}?after=0"), &[]);
    let page: DownPage = serde_json::from_slice(&page.body).unwrap();
    assert_eq!(page.watermark, Some(first.head()));
    let entries: Vec<_> = page
        .changes
        .iter()
        .filter_map(|change| match change {
            Down::Customer(entry) => Some(entry),
            _ => None,
        })
        .collect();
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].points, entries[0].visits), (20, 1));
    assert_eq!(entries[0].phase.as_deref(), Some("gebruik"));
    assert!(page.changes.contains(&Down::Alias {
        customer: customer(2),
        into: customer(1)
    }));
    assert_eq!(
        desk.office.rebuild_check(&mut |_, _| {}).unwrap().differ,
        Vec::<String>::new()
    );
}

#[test]
fn late_links_of_a_forgotten_customer_are_dropped_and_counted() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    kassa.sell(1_000, Some(customer(1)));
    kassa.state(1, customer(1), Some("2610000000018"), true);
    kassa.send_all(&desk).unwrap();
    desk.office.forget(&customer(1).to_string()).unwrap();
    kassa.sell(700, Some(customer(1)));
    kassa.state(2, customer(1), Some("2610000000018"), true);
    kassa.side.push(Side::Text {
        seq: kassa.head().seq,
        id: retail::ids::RecordId([4; 16]),
        text: "met een naam erin".to_owned(),
    });
    kassa.send_all(&desk).unwrap();
    let scope = desk.office.command_line_scope();
    let till = desk.office.tills(&scope).unwrap().remove(0).till;
    assert_eq!(
        till.traffic.dropped_late, 5,
        "two links, two statements, a text"
    );
    assert_eq!(
        desk.office
            .person(&scope, &customer(1).to_string())
            .unwrap(),
        None
    );
    let book = desk.office.book().unwrap();
    let volumes = journey::reports::volumes(book.dataset(), &journey::Query::all());
    assert_eq!(
        (volumes.net_cents, volumes.sale_receipts_identified),
        (1_700, 0),
        "the books stay whole"
    );
}

/// The first delivery came without its side records (head office had refused them once): what it lacked is counted when
/// it comes, once.
#[test]
fn links_and_texts_that_come_later_are_counted_once() {
    let desk = desk();
    let mut kassa = Kassa::enrol(&desk, 1);
    kassa.sell(1_995, Some(customer(1)));
    kassa.side.push(Side::Text {
        seq: kassa.head().seq,
        id: retail::ids::RecordId([4; 16]),
        text: "maat 42".to_owned(),
    });
    let mut bare = kassa.batch(1, 2);
    bare.side.clear();
    kassa.send(&desk, &bare).unwrap();
    let seen = || {
        let book = desk.office.book().unwrap();
        let volumes = journey::reports::volumes(book.dataset(), &journey::Query::all());
        let notes = book
            .dataset()
            .events()
            .filter(|event| event.note() == Some("maat 42"));
        let notes = notes.count();
        let points = read(desk.office.store(), |tables| {
            tables.points(&customer(1).to_string())
        });
        (volumes.gross_identified_cents, notes, points.unwrap())
    };
    assert_eq!(seen(), (0, 0, 0));
    for _ in 0..2 {
        kassa.send_all(&desk).unwrap();
        assert_eq!(seen(), (1_995, 1, 19));
    }
    let rebuilt = desk.office.rebuild_check(&mut |_, _| {}).unwrap();
    assert_eq!(rebuilt.differ, Vec::<String>::new());
    // A text alone, of an event that is there with its customer.
    kassa.side.push(Side::Text {
        seq: kassa.head().seq,
        id: retail::ids::RecordId([5; 16]),
        text: "en een tas".to_owned(),
    });
    kassa.send_all(&desk).unwrap();
    let book = desk.office.book().unwrap();
    let said = |text: &str| {
        let mut notes = book.dataset().events().filter_map(|event| event.note());
        notes.any(|note| note.contains(text))
    };
    assert!(said("maat 42") && said("en een tas"));
}
