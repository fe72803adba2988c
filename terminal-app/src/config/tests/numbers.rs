//! Numbers of the shop and prefixes of its cards: what would stand wrongly on every receipt, or make cards of articles.

use super::{WHOLE, blames, parse};

#[test]
fn a_btw_number_has_its_form() {
    for wrong in [
        "NL12345678B01",
        "NL1234567890B01",
        "NL123456789C01",
        "NL123456789B1",
        "123456789B01",
        "NL",
        "btw",
        "B0",
        "DE12345678901234",
        "BE0123/456/789",
    ] {
        blames(
            "vat_id = \"NL001234567B01\"",
            &format!("vat_id = \"{wrong}\""),
            wrong,
            "NL861234567B01",
        );
    }
}

#[test]
fn a_btw_number_is_read_as_people_write_it() {
    let read = |written: &str| {
        let text = WHOLE.replace("NL001234567B01", written);
        parse(&text).unwrap().shop.vat_id
    };
    assert_eq!(read("NL8612.34.567.B01"), "NL861234567B01");
    assert_eq!(read(" nl 861234567 b01 "), "NL861234567B01");
    assert_eq!(read("BE 0123.456.789"), "BE0123456789");
    assert_eq!(read("DE123456789"), "DE123456789");
    assert_eq!(read("ESX1234567X"), "ESX1234567X");
    assert_eq!(read("IE1+23456A"), "IE1+23456A");
    assert_eq!(read("ATU12345678"), "ATU12345678");
    assert_eq!(read(""), "");
}

#[test]
fn cards_never_begin_as_articles_do() {
    for (wrong, reason) in [
        ("", "2 to 11 digits"),
        ("2", "2 to 11 digits"),
        ("26x", "2 to 11 digits"),
        ("2612345678901", "2 to 11 digits"),
        ("87", "taken for cards"),
        ("871", "taken for cards"),
        ("30", "taken for cards"),
    ] {
        blames(
            "card_prefixes = [\"261\", \"262\"]",
            &format!("card_prefixes = [\"261\", \"{wrong}\"]"),
            reason,
            "\"261\"",
        );
    }
    let own = WHOLE.replace("\"262\"", "\"04\", \"8712345\"");
    assert_eq!(parse(&own).unwrap().card_prefixes, ["261", "04", "8712345"]);
}
